"""Activations that are bounded, or that make small numbers zero."""

from __future__ import annotations

from math import tanh

from engine.catalogue.bounds import FAR
from engine.catalogue.curves import Curve, sigmoid, softplus
from engine.catalogue.needs import needs_numbers
from engine.design.kept import OUTPUT, Kept
from engine.design.kind import Mend, Misfit, SetField, TensorSpec
from engine.design.knob import real

# --- s-shaped: bounded on both sides -------------------------------------------------------------


class Sigmoid(Curve):
    """Every number is pressed into the range from 0 to 1. 1/(1 + e⁻ˣ).

    Use it at the output for a probability of yes or no, and as a gate that multiplies. Between
    hidden layers it saturates: outside about ±6 its slope is below 0.0025, and even at its steepest
    it is 1/4, so that the gradient of the first layers vanishes within a few layers. Its outputs
    are not centred on zero. Before BCEWithLogitsLoss leave it out: that loss contains it.
    """

    module = "nn.Sigmoid"
    aliases = ("logistic",)
    parameters = ""
    function = "torch.sigmoid"
    keeps = OUTPUT

    def at(self, x: float) -> float:
        return sigmoid(x)


class Tanh(Curve):
    """Every number is pressed into the range from -1 to 1, around zero. A sigmoid twice as steep
    and centred.

    The better s-curve for hidden layers: its outputs are centred on zero and its slope at zero is
    1. It still saturates outside about ±3, so that deep stacks learn slowly. Xavier initialisation
    is made for it.
    """

    module = "nn.Tanh"
    aliases = ("hyperbolic tangent",)
    parameters = ""
    function = "torch.tanh"
    keeps = OUTPUT

    def at(self, x: float) -> float:
        return tanh(x)


class Softsign(Curve):
    """A curve from -1 to 1 like tanh that flattens out more slowly. x/(1 + |x|).

    Its slope falls with the square of the distance, not exponentially, so that units come back from
    saturation more easily. It is seldom used; between deep layers it still shrinks gradients.
    """

    module = "nn.Softsign"
    parameters = ""
    function = "F.softsign"

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, numbers=x.elements)

    def at(self, x: float) -> float:
        return x / (1 + abs(x))


class Hardsigmoid(Curve):
    """A sigmoid made of three straight lines. min(max(x/6 + 1/2, 0), 1).

    Cheap on phones, and used for gates in MobileNetV3. Outside ±3 its slope is exactly zero and
    nothing is learned there.
    """

    module = "nn.Hardsigmoid"
    parameters = "inplace=False"
    function = "F.hardsigmoid"
    function_parameters = "input, inplace=False"

    @classmethod
    def title(cls) -> str:
        return "Hard sigmoid"

    def at(self, x: float) -> float:
        return min(max(x + 3, 0.0), 6.0) / 6


class Hardtanh(Curve):
    """Numbers are cut off below and above; between the bounds nothing changes.

    A tanh made of three straight lines: cheap, and exact in the middle. Outside its bounds the
    slope is zero and nothing is learned there.
    """

    min_val: float = real(-1.0, "Lower bound.", at_least=-FAR, at_most=FAR)
    max_val: float = real(1.0, "Upper bound.", at_least=-FAR, at_most=FAR)

    module = "nn.Hardtanh"
    aliases = ("clip", "clamp")
    parameters = "min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None"
    function = "F.hardtanh"
    function_parameters = "input, min_val=-1.0, max_val=1.0, inplace=False"

    @classmethod
    def title(cls) -> str:
        return "Hard tanh"

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if self.max_val <= self.min_val:
            mend = Mend(
                f"Set max_val to {self.min_val + 1:g}", SetField("max_val", self.min_val + 1)
            )
            raise Misfit("max_val above min_val", f"{self.max_val:g} and {self.min_val:g}", (mend,))
        return x

    def at(self, x: float) -> float:
        return min(max(x, self.min_val), self.max_val)


class LogSigmoid(Curve):
    """The logarithm of the sigmoid: always negative, straight on the left, flat on the right.

    Use it where a loss wants the logarithm of a probability of yes; computing the logarithm of a
    sigmoid by oneself overflows. It is no activation for hidden layers: large inputs have no slope.
    """

    module = "nn.LogSigmoid"
    parameters = ""
    function = "F.logsigmoid"

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, numbers=x.elements)

    @classmethod
    def title(cls) -> str:
        return "Log-sigmoid"

    def at(self, x: float) -> float:
        return -softplus(-x)


# --- shrinkers: small numbers become zero -------------------------------------------------------


class Hardshrink(Curve):
    """Numbers from -lambd to lambd become zero; all others stay.

    Makes codes sparse by dropping what is small, for denoising and sparse coding. The curve jumps
    at both ends, and what became zero gets no gradient: between ordinary hidden layers choose
    something else.
    """

    lambd: float = real(0.5, "Numbers up to this size become zero.", at_least=0, at_most=FAR)

    module = "nn.Hardshrink"
    parameters = "lambd=0.5"
    function = "F.hardshrink"
    function_parameters = "input, lambd=0.5"

    @classmethod
    def title(cls) -> str:
        return "Hard shrink"

    def at(self, x: float) -> float:
        return 0.0 if -self.lambd <= x <= self.lambd else x


class Softshrink(Curve):
    """Every number moves toward zero by lambd, and stops there.

    The step of sparse coding (ISTA) that a penalty on absolute values leads to. Unlike Hard shrink
    it does not jump, but large numbers come out too small by lambd. What became zero gets no
    gradient.
    """

    lambd: float = real(0.5, "How far every number moves toward zero.", at_least=0, at_most=FAR)

    module = "nn.Softshrink"
    parameters = "lambd=0.5"
    function = "F.softshrink"
    function_parameters = "input, lambd=0.5"

    @classmethod
    def title(cls) -> str:
        return "Soft shrink"

    def at(self, x: float) -> float:
        return x - self.lambd if x > self.lambd else x + self.lambd if x < -self.lambd else 0.0


class Tanhshrink(Curve):
    """What tanh cuts off: x - tanh(x). Small numbers nearly vanish, large ones move toward zero by
    1.

    A smooth shrinker for sparse codes. Its slope at zero is zero, so that a layer which starts with
    small weights hardly learns.
    """

    module = "nn.Tanhshrink"
    parameters = ""
    function = "F.tanhshrink"

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(numbers=x.elements)

    @classmethod
    def title(cls) -> str:
        return "Tanh shrink"

    def at(self, x: float) -> float:
        return x - tanh(x)
