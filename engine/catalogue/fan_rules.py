"""Initializers that choose the size of the weights by the size of the layer: Xavier and Kaiming."""

from __future__ import annotations

from math import sqrt

from engine.catalogue.bounds import FAR
from engine.design.distribution import Distribution, normal, uniform
from engine.design.fans import fans
from engine.design.kind import Initializer, Shape
from engine.design.knob import one_of, real

NONLINEARITIES = (
    "relu", "leaky_relu", "tanh", "sigmoid", "selu", "linear",
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
)  # fmt: skip
NO_FANS = (
    "It needs fan-in and fan-out, which a tensor with fewer than two dimensions does not have."
)


def gain(nonlinearity: str, a: float = 0.01) -> float:
    """How much larger weights should be before this activation, as torch.nn.init.calculate_gain has
    it.

    `a` is the slope of a leaky ReLU. A convolution counts as linear.
    """
    match nonlinearity:
        case "relu":
            return sqrt(2)
        case "leaky_relu":
            return sqrt(2 / (1 + a * a))
        case "tanh":
            return 5 / 3
        case "selu":
            return 3 / 4
        case _:
            return 1.0


class ByFans(Initializer):
    """What Xavier and Kaiming have in common: they need both fans."""

    def refusal(self, shape: Shape) -> str:
        return "" if len(shape) >= 2 else NO_FANS


class Xavier(ByFans):
    """What both Xavier rules have in common: a gain over the mean of both fans."""

    gain: float = real(
        1.0, "Factor for the activation: 1 for none, 5/3 for tanh.", at_least=0, at_most=FAR
    )

    parameters = "tensor, gain=1.0"

    def spread(self, shape: Shape, share: int) -> tuple[float, str]:
        """gain·√(share/(fan_in + fan_out)), and how that is written."""
        sides = fans(shape)
        found = self.gain * sqrt(share / (sides.fan_in + sides.fan_out))
        return found, f"gain·√({share}/(fan_in + fan_out))"


class XavierUniform(Xavier):
    """Uniform, with a bound that keeps the variance the same forward and backward through layers of
    tanh.

    Also called Glorot. The bound follows from fan-in and fan-out: large layers get small weights.
    For ReLU it is too small, because ReLU drops half of the signal: use Kaiming there, or a gain of
    √2.
    """

    aliases = ("glorot uniform",)
    function = "nn.init.xavier_uniform_"

    @classmethod
    def title(cls) -> str:
        return "Xavier uniform"

    def distribution(self, shape: Shape) -> Distribution:
        bound, formula = self.spread(shape, 6)
        return uniform(-bound, bound, formula)


class XavierNormal(Xavier):
    """Normal, with a std that keeps the variance the same forward and backward through layers of
    tanh.

    Also called Glorot. The std follows from fan-in and fan-out: large layers get small weights. For
    ReLU it is too small, because ReLU drops half of the signal: use Kaiming there, or a gain of √2.
    """

    aliases = ("glorot normal",)
    function = "nn.init.xavier_normal_"

    @classmethod
    def title(cls) -> str:
        return "Xavier normal"

    def distribution(self, shape: Shape) -> Distribution:
        std, formula = self.spread(shape, 2)
        return normal(0.0, std, formula)


class Kaiming(ByFans):
    """What both Kaiming rules have in common: the gain of an activation, over one of the fans."""

    a: float = real(
        0.0, "Slope of the leaky ReLU behind the layer; used with leaky_relu alone.",
        at_least=-FAR, at_most=FAR,
    )  # fmt: skip
    mode: str = one_of(
        "fan_in", "fan_in keeps the size of the signal forward, fan_out that of the gradient.",
        ("fan_in", "fan_out"),
    )  # fmt: skip
    nonlinearity: str = one_of(
        "relu", "Activation behind the layer; sets the gain.", NONLINEARITIES
    )

    parameters = "tensor, a=0.0, mode='fan_in', nonlinearity='leaky_relu'"

    def idle(self) -> frozenset[str]:
        return frozenset() if self.nonlinearity == "leaky_relu" else frozenset({"a"})

    def gain(self) -> float:
        """The factor for the activation."""
        return gain(self.nonlinearity, self.a)

    def spread(self, shape: Shape, share: int) -> tuple[float, str]:
        """gain·√(share/fan), and how that is written."""
        sides = fans(shape)
        fan = sides.fan_in if self.mode == "fan_in" else sides.fan_out
        written = f"gain/√{self.mode}" if share == 1 else f"gain·√({share}/{self.mode})"
        return self.gain() * sqrt(share / fan), written


class KaimingUniform(Kaiming):
    """Uniform, with a bound that keeps the variance the same through layers of ReLU.

    Also called He. It makes up for the half of the signal that ReLU drops by a gain of √2. Under
    tanh or sigmoid with that gain the weights are too large and units start saturated: use Xavier
    there.
    """

    aliases = ("he uniform",)
    function = "nn.init.kaiming_uniform_"

    @classmethod
    def title(cls) -> str:
        return "Kaiming uniform"

    def distribution(self, shape: Shape) -> Distribution:
        bound, formula = self.spread(shape, 3)
        return uniform(-bound, bound, formula)


class KaimingNormal(Kaiming):
    """Normal, with a std that keeps the variance the same through layers of ReLU.

    Also called He. It makes up for the half of the signal that ReLU drops by a gain of √2. Under
    tanh or sigmoid with that gain the weights are too large and units start saturated: use Xavier
    there.
    """

    aliases = ("he normal",)
    function = "nn.init.kaiming_normal_"

    @classmethod
    def title(cls) -> str:
        return "Kaiming normal"

    def distribution(self, shape: Shape) -> Distribution:
        std, formula = self.spread(shape, 1)
        return normal(0.0, std, formula)
