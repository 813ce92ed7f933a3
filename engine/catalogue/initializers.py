"""The rules of torch.nn.init that a tensor may be filled with, and what theory says of each."""

from __future__ import annotations

from math import ceil, prod, sqrt
from typing import ClassVar

from engine.design.distribution import (
    Constant,
    Distribution,
    Mixture,
    Normal,
    Orthogonal,
    TruncatedNormal,
    normal,
    uniform,
)
from engine.design.kind import Initializer, Shape, fans
from engine.design.knob import one_of, real, whole

FAR = 1e30
"""Bound of arguments that may be any number, well within float32."""
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


# --- the same for every tensor -------------------------------------------------------------------


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
        if self.a > self.b:
            return f"The lower bound a = {self.a:g} is above the upper bound b = {self.b:g}."
        return ""

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
        if self.a >= self.b:
            return f"The lower bound a = {self.a:g} is not below the upper bound b = {self.b:g}."
        return ""

    def distribution(self, shape: Shape) -> Distribution:
        return TruncatedNormal(self.mean, self.std, self.a, self.b)


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


# --- by the size of the layer --------------------------------------------------------------------


class ByFans(Initializer):
    """What Xavier and Kaiming have in common: they need both fans."""

    def refusal(self, shape: Shape) -> str:
        return "" if len(shape) >= 2 else NO_FANS


class XavierUniform(ByFans):
    """Uniform, with a bound that keeps the variance the same forward and backward through layers of
    tanh.

    Also called Glorot. The bound follows from fan-in and fan-out: large layers get small weights.
    For ReLU it is too small, because ReLU drops half of the signal: use Kaiming there, or a gain of
    √2.
    """

    gain: float = real(
        1.0, "Factor for the activation: 1 for none, 5/3 for tanh.", at_least=0, at_most=FAR
    )

    aliases = ("glorot uniform",)
    function = "nn.init.xavier_uniform_"
    parameters = "tensor, gain=1.0"

    @classmethod
    def title(cls) -> str:
        return "Xavier uniform"

    def distribution(self, shape: Shape) -> Distribution:
        sides = fans(shape)
        bound = self.gain * sqrt(6 / (sides.fan_in + sides.fan_out))
        return uniform(-bound, bound, "gain·√(6/(fan_in + fan_out))")


class XavierNormal(ByFans):
    """Normal, with a std that keeps the variance the same forward and backward through layers of
    tanh.

    Also called Glorot. The std follows from fan-in and fan-out: large layers get small weights. For
    ReLU it is too small, because ReLU drops half of the signal: use Kaiming there, or a gain of √2.
    """

    gain: float = real(
        1.0, "Factor for the activation: 1 for none, 5/3 for tanh.", at_least=0, at_most=FAR
    )

    aliases = ("glorot normal",)
    function = "nn.init.xavier_normal_"
    parameters = "tensor, gain=1.0"

    @classmethod
    def title(cls) -> str:
        return "Xavier normal"

    def distribution(self, shape: Shape) -> Distribution:
        sides = fans(shape)
        std = self.gain * sqrt(2 / (sides.fan_in + sides.fan_out))
        return normal(0.0, std, "gain·√(2/(fan_in + fan_out))")


class Kaiming(ByFans):
    """What both Kaiming rules have in common: gain and fan."""

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

    parameters: ClassVar[str] = "tensor, a=0.0, mode='fan_in', nonlinearity='leaky_relu'"

    def gain(self) -> float:
        """The factor for the activation."""
        return gain(self.nonlinearity, self.a)

    def fan(self, shape: Shape) -> int:
        """The fan that the mode chooses."""
        sides = fans(shape)
        return sides.fan_in if self.mode == "fan_in" else sides.fan_out


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
        bound = self.gain() * sqrt(3 / self.fan(shape))
        return uniform(-bound, bound, f"gain·√(3/{self.mode})")


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
        return normal(0.0, self.gain() / sqrt(self.fan(shape)), f"gain/√{self.mode}")


# --- matrices with a structure -------------------------------------------------------------------


class OrthogonalInit(Initializer):
    """A random matrix whose rows, or columns, are orthogonal and of length gain.

    Lengths pass through it unchanged, so that very deep and recurrent networks start stable.
    Dimensions beyond the second are taken together. For large layers filling takes long: it needs a
    QR decomposition.
    """

    gain: float = real(1.0, "Length of every row or column.", at_least=-FAR, at_most=FAR)

    function = "nn.init.orthogonal_"
    parameters = "tensor, gain=1.0"

    @classmethod
    def key(cls) -> str:
        return "Orthogonal"

    def refusal(self, shape: Shape) -> str:
        return (
            ""
            if len(shape) >= 2
            else "It fills matrices, and this tensor has fewer than two dimensions."
        )

    def distribution(self, shape: Shape) -> Distribution:
        size = max(shape[0], prod(shape[1:]))
        length = abs(self.gain)
        if length == 0:
            return Constant(0.0)
        if size == 1:
            return Mixture(((-length, 0.5), (length, 0.5)), formula="1/2")
        side = "rows" if shape[0] >= prod(shape[1:]) else "columns"
        return Orthogonal(size, length, f"gain/√{side}")


class Sparse(Initializer):
    """In every column a share of the entries is zero; the others are normal.

    Each unit starts with few connections, so that it is not flooded by many inputs. The zeros are
    only a start: training fills them. A column whose entries are all zero passes nothing at first.
    """

    sparsity: float = real(
        0.5, "Share of each column that is zero, rounded up.", at_least=0, at_most=1
    )
    std: float = real(0.01, "Standard deviation of the others.", at_least=0, at_most=FAR)

    function = "nn.init.sparse_"
    parameters = "tensor, sparsity, std=0.01"

    def refusal(self, shape: Shape) -> str:
        if len(shape) != 2:
            return f"It fills matrices alone, and this tensor has {dimensions(shape)}."
        return ""

    def distribution(self, shape: Shape) -> Distribution:
        rows = shape[0]
        zeros = ceil(self.sparsity * rows)
        if zeros == 0:
            return normal(0.0, self.std)
        if zeros >= rows or self.std == 0:
            return Constant(0.0)
        return Mixture(((0.0, zeros / rows),), Normal(0.0, self.std), "⌈sparsity · rows⌉/rows")


class Eye(Initializer):
    """The identity matrix: ones on the diagonal, zeros elsewhere.

    A Linear starts by passing its inputs through, as many as there are outputs. For recurrent
    weights and for layers that are to change little at first. Several such layers in a row start
    without any randomness.
    """

    aliases = ("identity",)
    function = "nn.init.eye_"
    parameters = "tensor"

    def refusal(self, shape: Shape) -> str:
        if len(shape) != 2:
            return f"It fills matrices alone, and this tensor has {dimensions(shape)}."
        return ""

    def distribution(self, shape: Shape) -> Distribution:
        return ones_among_zeros(min(shape), prod(shape))


class Dirac(Initializer):
    """The identity of convolutions: each output channel starts as a copy of one input channel.

    For convolutions that are to change little at first. As many channels are kept as there are
    outputs in a group; the others start at zero.
    """

    groups: int = whole(1, "Groups of the convolution; each keeps its own channels.", at_least=1)

    function = "nn.init.dirac_"
    parameters = "tensor, groups=1"

    def refusal(self, shape: Shape) -> str:
        if len(shape) not in (3, 4, 5):
            wanted = "It fills weights of convolutions, with 3 to 5 dimensions"
            return f"{wanted}, and this tensor has {dimensions(shape)}."
        if shape[0] % self.groups:
            return f"{shape[0]} output channels can't be divided into {self.groups} groups."
        return ""

    def distribution(self, shape: Shape) -> Distribution:
        kept = self.groups * min(shape[0] // self.groups, shape[1])
        return ones_among_zeros(kept, prod(shape))


def dimensions(shape: Shape) -> str:
    """How many dimensions a tensor has, in words."""
    return "1 dimension" if len(shape) == 1 else f"{len(shape)} dimensions"


def ones_among_zeros(ones: int, entries: int) -> Distribution:
    """The law of a tensor with so many ones, all else zero."""
    if ones == entries:
        return Constant(1.0)
    share = ones / entries
    return Mixture(((1.0, share), (0.0, 1 - share)), formula=f"{ones}/{entries}")


INITIALIZERS: tuple[type[Initializer], ...] = (
    XavierUniform, XavierNormal, KaimingUniform, KaimingNormal, UniformInit, NormalInit, TruncatedNormalInit,
    OrthogonalInit, ConstantInit, Zeros, Ones, Sparse, Eye, Dirac,
)  # fmt: skip
