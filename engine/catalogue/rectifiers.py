"""Activations with a straight half for positive numbers, and something else for negative ones."""

from __future__ import annotations

from math import expm1

from engine.catalogue.bounds import FAR
from engine.catalogue.curves import Curve
from engine.catalogue.needs import needs_numbers
from engine.design.distribution import Constant, Distribution
from engine.design.kept import OUTPUT, Kept
from engine.design.kind import Mend, Misfit, SetField, Shape, TensorSpec
from engine.design.knob import real, whole

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


class ReLU(Curve):
    """Negative numbers become zero, positive ones stay. max(0, x).

    The usual choice between hidden layers: cheap, and its slope of 1 does not make gradients
    vanish. Its outputs are never negative, and a unit whose input is negative for every sample gets
    no gradient any more: it has died. Too large a learning rate kills many; Leaky ReLU or GELU do
    not die. Kaiming initialisation is made for it.
    """

    aliases = ("rectifier", "rectified linear")
    module = "nn.ReLU"
    parameters = "inplace=False"
    function = "torch.relu"
    keeps = OUTPUT

    def at(self, x: float) -> float:
        return max(x, 0.0)


class ReLU6(Curve):
    """ReLU that stops at 6. min(max(0, x), 6).

    From MobileNet: a bounded range survives arithmetic with few bits. Like ReLU it dies below zero,
    and above 6 its slope is zero too. Without such arithmetic there is little reason to prefer it
    to ReLU.
    """

    module = "nn.ReLU6"
    parameters = "inplace=False"
    function = "F.relu6"
    function_parameters = "input, inplace=False"

    def at(self, x: float) -> float:
        return min(max(x, 0.0), 6.0)


class LeakyReLU(Curve):
    """ReLU with a small slope for negative numbers, so that units can't die.

    Use it where ReLU units die, and in the discriminators of GANs, often with slope 0.2. A slope
    near 1 makes the layer almost linear. Kaiming initialisation takes this slope as its a.
    """

    negative_slope: float = real(0.01, "Slope for negative numbers.", at_least=-FAR, at_most=FAR)

    module = "nn.LeakyReLU"
    parameters = "negative_slope=0.01, inplace=False"
    function = "F.leaky_relu"
    function_parameters = "input, negative_slope=0.01, inplace=False"

    @classmethod
    def title(cls) -> str:
        return "Leaky ReLU"

    def at(self, x: float) -> float:
        return x if x >= 0 else self.negative_slope * x


class PReLU(Curve):
    """Leaky ReLU whose slope for negative numbers is learned: one for all channels, or one for
    each.

    Costs next to no parameters and adapts its leak. On small data the extra freedom may only fit
    noise. Don't apply weight decay to the slope: it would push the unit toward a ReLU. Because it
    has a weight it is a module of its own.
    """

    num_parameters: int = whole(
        1, "Learned slopes: 1, or as many as there are channels.", at_least=1
    )
    init: float = real(0.25, "Slope at the start.", at_least=-FAR, at_most=FAR)

    module = "nn.PReLU"
    tensors = ("weight",)
    parameters = "num_parameters=1, init=0.25, device=None, dtype=None"

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        channels = x.shape[0] if x.shape else 1
        if self.num_parameters not in (1, channels):
            fitting = f"1 or {channels} slopes" if channels > 1 else "1 slope"
            raise Misfit(f"{fitting} for {x}", f"num_parameters {self.num_parameters}", tuple(
                Mend(f"Use {n}", SetField("num_parameters", n)) for n in sorted({1, channels})
            ))  # fmt: skip
        return x

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        return {"weight": (self.num_parameters,)}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        if tensor != "weight":
            raise KeyError(tensor)
        return Constant(self.init), f"Every slope starts at init = {self.init:g}."

    def formula(self, x: TensorSpec) -> str:
        return f"slopes = {self.num_parameters}"

    def at(self, x: float) -> float:
        """With the slope that it starts with."""
        return x if x >= 0 else self.init * x


class RReLU(Curve):
    """Leaky ReLU whose slope is drawn anew for every negative number while training; afterwards it
    is the middle one.

    The randomness regularises a little, as dropout does. It is seldom used: results in training
    differ from run to run, and dropout gives more control.
    """

    lower: float = real(1 / 8, "Smallest slope.", at_least=-FAR, at_most=FAR)
    upper: float = real(1 / 3, "Largest slope.", at_least=-FAR, at_most=FAR)

    module = "nn.RReLU"
    parameters = "lower=0.125, upper=0.3333333333333333, inplace=False"
    function = "F.rrelu"
    function_parameters = (
        "input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False"
    )
    function_tail = "training=self.training"

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(input=True, numbers=x.elements)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if self.lower > self.upper:
            mend = Mend(f"Set upper to {self.lower:g}", SetField("upper", self.lower))
            raise Misfit("lower to be at most upper", f"{self.lower:g} and {self.upper:g}", (mend,))
        return x

    def at(self, x: float) -> float:
        """As in evaluation: with the middle slope."""
        return x if x >= 0 else (self.lower + self.upper) / 2 * x


class Threshold(Curve):
    """Numbers up to a threshold become one fixed value; larger ones stay.

    With both at 0 it is ReLU. With a value other than the threshold the curve jumps, and the
    gradient knows nothing of the jump. Below the threshold nothing is learned.
    """

    threshold: float = real(0.0, "Numbers above it pass.", at_least=-FAR, at_most=FAR)
    value: float = real(0.0, "What all others become.", at_least=-FAR, at_most=FAR)

    module = "nn.Threshold"
    parameters = "threshold, value, inplace=False"
    function = "F.threshold"
    function_parameters = "input, threshold, value, inplace=False"

    def at(self, x: float) -> float:
        return x if x > self.threshold else self.value


class ELU(Curve):
    """Positive numbers stay; negative ones bend smoothly toward -alpha.

    Its mean output is nearer to zero than that of ReLU, which speeds up learning, and its units
    don't die outright. Far below zero it saturates: the slope there is that of eˣ. It costs an
    exponential.
    """

    alpha: float = real(
        1.0, "Depth that it tends to for negative numbers.", at_least=-FAR, at_most=FAR
    )

    module = "nn.ELU"
    parameters = "alpha=1.0, inplace=False"
    function = "F.elu"
    function_parameters = "input, alpha=1.0, inplace=False"

    def at(self, x: float) -> float:
        return x if x > 0 else self.alpha * expm1(x)


class CELU(Curve):
    """ELU whose slope has no kink at zero, whatever alpha is. Negative numbers bend toward -alpha.

    For alpha 1 it is ELU. Choose it where alpha is another number and a smooth curve matters. It
    saturates below about -3 alpha.
    """

    alpha: float = real(
        1.0, "Depth that it tends to for negative numbers.", at_least=1e-6, at_most=FAR
    )

    module = "nn.CELU"
    parameters = "alpha=1.0, inplace=False"
    function = "F.celu"
    function_parameters = "input, alpha=1.0, inplace=False"

    def at(self, x: float) -> float:
        return x if x > 0 else self.alpha * expm1(x / self.alpha)


class SELU(Curve):
    """ELU with two fixed numbers that drive each layer's output toward mean 0 and variance 1.

    Deep dense networks train with it without any norm layer. That holds only with weights of
    variance 1/fan_in (Kaiming normal with nonlinearity linear), standardised inputs and
    AlphaDropout in place of Dropout; skips and norm layers break it.
    """

    module = "nn.SELU"
    aliases = ("self-normalising",)
    parameters = "inplace=False"
    function = "F.selu"
    function_parameters = "input, inplace=False"

    def at(self, x: float) -> float:
        return SELU_SCALE * (x if x > 0 else SELU_ALPHA * expm1(x))
