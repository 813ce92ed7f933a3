"""Initializers that fill every tensor alike, whatever its shape."""

from __future__ import annotations

from math import exp, pi, sqrt

from engine.catalogue.bounds import FAR
from engine.design.distribution import Constant, Distribution, TruncatedNormal, normal, uniform
from engine.design.kind import Initializer, Shape
from engine.design.knob import real

LEAST_ACCEPTANCE = 0.05
"""Below it, filling a large tensor with a truncated normal law takes longer than a person waits."""
FAR_TAIL = 8.0
"""Standard deviations beyond which float32 no longer tells one density from another."""


class UniformInit(Initializer):
    """Every value between two bounds is equally likely.

    Simple and bounded, but it does not look at the size of the layer: with fixed bounds the signal
    grows or fades from layer to layer. Xavier and Kaiming uniform choose the bounds to suit.
    """

    a: float = real(0.0, "Lower bound.", at_least=-FAR, at_most=FAR)
    b: float = real(1.0, "Upper bound.", at_least=-FAR, at_most=FAR)

    function = "nn.init.uniform_"
    parameters = "tensor, a=0.0, b=1.0"

    @classmethod
    def key(cls) -> str:
        return "Uniform"

    def refusal(self, shape: Shape) -> str:
        return crossed(self.a, self.b)

    def distribution(self, shape: Shape) -> Distribution:
        return uniform(self.a, self.b)


class NormalInit(Initializer):
    """The bell curve: values near the mean are likely, far ones rare.

    GPT-2 and BERT use it with std 0.02. With a fixed std the signal grows or fades from layer to
    layer, unless norm layers hold it; Xavier and Kaiming normal choose the std to suit the size of
    the layer.
    """

    mean: float = real(0.0, "Centre of the bell.", at_least=-FAR, at_most=FAR)
    std: float = real(1.0, "Standard deviation.", at_least=0, at_most=FAR)

    function = "nn.init.normal_"
    parameters = "tensor, mean=0.0, std=1.0"

    @classmethod
    def key(cls) -> str:
        return "Normal"

    def distribution(self, shape: Shape) -> Distribution:
        return normal(self.mean, self.std)


class TruncatedNormalInit(Initializer):
    """The bell curve, with what falls outside two bounds drawn again.

    No weight starts as an outlier; common in vision transformers with std 0.02. The bounds are
    numbers, not standard deviations: with std 0.02 the usual -2 and 2 cut off nothing.
    """

    mean: float = real(0.0, "Centre of the bell.", at_least=-FAR, at_most=FAR)
    std: float = real(1.0, "Standard deviation before the cut.", at_least=1e-6, at_most=FAR)
    a: float = real(-2.0, "Lower bound.", at_least=-FAR, at_most=FAR)
    b: float = real(2.0, "Upper bound.", at_least=-FAR, at_most=FAR)

    function = "nn.init.trunc_normal_"
    parameters = "tensor, mean=0.0, std=1.0, a=-2.0, b=2.0"

    @classmethod
    def key(cls) -> str:
        return "TruncatedNormal"

    @classmethod
    def title(cls) -> str:
        return "Truncated normal"

    def refusal(self, shape: Shape) -> str:
        if self.a > self.b:
            return crossed(self.a, self.b)
        if self.acceptance() < LEAST_ACCEPTANCE:
            return (
                f"Between {self.a:g} and {self.b:g} lies only the far tail of the bell, so that "
                f"drawing would hardly ever end. Move the mean toward the bounds."
            )
        return ""

    def distribution(self, shape: Shape) -> Distribution:
        if self.a == self.b:
            return Constant(self.a)
        return TruncatedNormal(self.mean, self.std, self.a, self.b)

    def acceptance(self) -> float:
        """Share of torch's proposals that it keeps: it draws again until none is left to draw.

        Where less than 0.3 of the bell lies between the bounds, torch draws evenly between them and
        keeps a value with its density over the largest one there.
        """
        if self.a == self.b:
            return 1.0
        law = TruncatedNormal(self.mean, self.std, self.a, self.b)
        if law.share > 0.3:
            return law.share
        width = (self.b - self.a) / self.std
        nearest = min(max(self.mean, self.a), self.b)
        outside = abs(nearest - self.mean) / self.std
        if outside > FAR_TAIL:
            return 0.0
        return law.share * sqrt(2 * pi) * exp(outside**2 / 2) / width


class ConstantInit(Initializer):
    """Every entry is the same number.

    Meant for biases and for scales. On the weights of a hidden layer all its units stay alike for
    ever: they get the same gradient, and the layer is worth one unit.
    """

    val: float = real(0.1, "The number.", at_least=-FAR, at_most=FAR)

    function = "nn.init.constant_"
    parameters = "tensor, val"

    @classmethod
    def key(cls) -> str:
        return "Constant"

    def distribution(self, shape: Shape) -> Distribution:
        return Constant(self.val)


class Ones(Initializer):
    """Every entry is 1.

    Right for the scale of a norm layer, which then changes nothing at first. On the weights of a
    hidden layer all its units stay alike for ever.
    """

    function = "nn.init.ones_"
    parameters = "tensor"

    def distribution(self, shape: Shape) -> Distribution:
        return Constant(1.0)


class Zeros(Initializer):
    """Every entry is 0.

    Right for biases, and for the last layer of a residual branch, which then starts as the
    identity. On the weights of a hidden layer nothing passes, and all its units stay alike for
    ever.
    """

    function = "nn.init.zeros_"
    parameters = "tensor"

    def distribution(self, shape: Shape) -> Distribution:
        return Constant(0.0)


def crossed(a: float, b: float) -> str:
    """What is wrong with two bounds, "" where they are in order."""
    return f"The lower bound a = {a:g} is above the upper bound b = {b:g}." if a > b else ""
