"""Layers that slide small matrices over an image."""

from __future__ import annotations

from math import gcd, prod, sqrt
from typing import Any

from engine.catalogue.spatial import Axes, Spatial, along, brief_axes
from engine.design.distribution import Distribution, Uniform
from engine.design.kept import FOR_WEIGHTS, Kept
from engine.design.kind import Mend, Misfit, SetField, Shape, TensorSpec
from engine.design.knob import flag, one_of, per_axis, whole
from engine.design.reach import Reach

KERNEL = "Size of the window: one number for all axes, or one for each."
STRIDE = "Steps from one window to the next; 2 halves the image."
DILATION = "Distance between the numbers that a window looks at; 1 means neighbours."
GROUPS = "Parts that channels are split into, each with matrices of its own; as many as channels for a depthwise one."
MODES = ("zeros", "reflect", "replicate", "circular")


class AnyConvolution(Spatial):
    """What convolutions and their transposes have in common."""

    out_channels: int = whole(
        32, "Channels that come out: how many patterns it looks for.", at_least=1
    )
    kernel_size: Axes = per_axis(3, KERNEL)
    stride: Axes = per_axis(1, STRIDE)

    padding: Axes | str = per_axis(0, "", at_least=0)
    dilation: Axes = per_axis(1, DILATION)
    groups: int = whole(1, GROUPS, at_least=1)
    bias: bool = flag(True, "Add a learned number to every output channel.")

    family = "convolution"
    tensors = ("weight", "bias")
    keeps = FOR_WEIGHTS

    def needs_groups(self, channels: int) -> None:
        """Raises Misfit where the groups do not divide both numbers of channels."""
        if channels % self.groups == 0 and self.out_channels % self.groups == 0:
            return
        fitting = gcd(channels, self.out_channels, self.groups)
        needs = f"groups that divide {channels} channels in and {self.out_channels} out"
        mend = Mend(f"Use groups = {fitting}", SetField("groups", fitting))
        raise Misfit(needs, str(self.groups), (mend,))

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"in_channels": x.shape[0]}

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        weight = {"weight": self.matrix(x.shape[0])}
        return weight | {"bias": (self.out_channels,)} if self.bias else weight

    def matrix(self, channels: int) -> Shape:
        """The shape of the weight."""
        raise NotImplementedError

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        matrix = self.matrix(x.shape[0])
        bound = 1 / sqrt(prod(matrix[1:]))
        law = Uniform(-bound, bound, "1/√fan_in")
        match tensor:
            case "weight":
                written = f"{self.module} writes it as kaiming_uniform_ with a = √5"
                return law, f"Uniform between ±1/√fan_in; {written}."
            case "bias":
                return law, "Uniform between ±1/√fan_in, the same bound as the weight's."
            case _:
                raise KeyError(tensor)

    def brief(self, x: TensorSpec | None) -> str:
        into = x.shape[0] if x and x.shape else "?"
        kernel = "×".join(map(str, self.each(self.kernel_size)))
        text = f"{into} → {self.out_channels}, {kernel}"
        if self.stride not in (1, (1,) * self.axes):
            text += f" /{brief_axes(self.stride)}"
        return text if len(text) <= 40 else f"{into} → {self.out_channels}"[:40]

    def formula(self, x: TensorSpec) -> str:
        matrix = self.matrix(x.shape[0])
        product = " × ".join(map(str, matrix))
        words = " × ".join(self.words())
        if not self.bias:
            return f"{words} = {product}"
        return f"{words} + out = {product} + {self.out_channels}"

    def words(self) -> tuple[str, ...]:
        """What the sizes of the weight are, in words."""
        raise NotImplementedError


class Convolution(AnyConvolution):
    """A convolution of any number of axes."""

    padding: Axes | str = per_axis(
        0, 'Zeros around the image: kernel_size // 2, or "same", keeps its size.',
        at_least=0, words=("same", "valid"),
    )  # fmt: skip
    padding_mode: str = one_of("zeros", "What the padding is filled with.", MODES)

    parameters = (
        "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, "
        "bias=True, padding_mode='zeros', device=None, dtype=None"
    )

    def output(self, x: TensorSpec) -> TensorSpec:
        channels, sizes = self.picture(x)
        self.needs_groups(channels)
        if self.padding == "same" and any(step != 1 for step in self.each(self.stride)):
            mends = (Mend("Use a stride of 1", SetField("stride", 1)),
                     Mend("Use no padding", SetField("padding", 0)))  # fmt: skip
            raise Misfit('a stride of 1 with padding "same"', brief_axes(self.stride), mends)
        kernels, steps, holes = map(self.each, (self.kernel_size, self.stride, self.dilation))
        around = self._around()
        self._needs_mode(sizes, around)
        out = [
            (size + before + after - hole * (kernel - 1) - 1) // step + 1
            for size, kernel, step, hole, (before, after) in zip(
                sizes, kernels, steps, holes, around, strict=True
            )
        ]
        for number, size in enumerate(out):
            if size < 1:
                self._too_large(sizes, number)
        return TensorSpec((self.out_channels, *out))

    def reach(self, x: TensorSpec) -> Reach:
        before = tuple([each[0] for each in self._around()])
        return self.slid(self.kernel_size, self.stride, before, self.dilation)

    def kept(self, x: TensorSpec) -> Kept:
        around = self._around()
        if self.padding_mode == "zeros":
            # What is padded by more on one side is padded apart, by that.
            around = [(0, after - before) for before, after in around]
            if not any(map(any, around)):
                return self.keeps
        sizes = zip(x.shape[1:], around, strict=True)
        padded = x.shape[0] * prod([size + sum(ends) for size, ends in sizes])
        return Kept(input=self.padding_mode in ("reflect", "replicate"), numbers=padded)

    def share_inside(self, x: TensorSpec) -> float:
        """Which share of all products has a number of the image in it, and not a zero of the padding."""
        if self.padding_mode != "zeros":
            return 1.0
        share = 1.0
        made = self.output(x).shape[1:]
        axes = zip(
            x.shape[1:], made, self.each(self.kernel_size), self.each(self.stride),
            self.each(self.dilation), self._around(), strict=True,
        )  # fmt: skip
        for size, count, kernel, step, hole, (before, _) in axes:
            inside = 0
            for tap in range(kernel):
                first = -(
                    -(before - tap * hole) // step
                )  # the first place at which the tap is in the image
                last = (size - 1 + before - tap * hole) // step
                inside += max(min(last, count - 1) - max(first, 0) + 1, 0)
            share *= inside / (count * kernel)
        return share

    def _around(self) -> list[tuple[int, int]]:
        """Padding before and after, for each axis."""
        if self.padding == "valid":
            return [(0, 0)] * self.axes
        if isinstance(self.padding, str):
            spans = zip(self.each(self.dilation), self.each(self.kernel_size), strict=True)
            whole = [hole * (kernel - 1) for hole, kernel in spans]
            return [(both // 2, both - both // 2) for both in whole]
        return [(each, each) for each in self.each(self.padding)]

    def _needs_mode(self, sizes: Shape, around: list[tuple[int, int]]) -> None:
        """Raises Misfit where a reflection or a circle needs more of the image than there is."""
        most = {"reflect": -1, "circular": 0}.get(self.padding_mode)
        if most is None:
            return
        for number, (size, sides) in enumerate(zip(sizes, around, strict=True)):
            if max(sides) > size + most:
                where = along(self.axes, number)
                needs = f"a padding of at most {size + most}{where} to {self.padding_mode}"
                mend = Mend("Fill with zeros", SetField("padding_mode", "zeros"))
                raise Misfit(needs, str(max(sides)), (mend,))

    def _too_large(self, sizes: Shape, number: int) -> None:
        kernel, hole = self.each(self.kernel_size)[number], self.each(self.dilation)[number]
        span = hole * (kernel - 1) + 1
        before, after = self._around()[number]
        needed = -(-(span - sizes[number] - before - after) // 2) + max(before, after)
        mends = [Mend(f"Use padding {needed}", SetField("padding", needed))]
        if self.padding_mode != "zeros":
            mends = []
        least = min(sizes)
        mends.append(Mend(f"Use a kernel of {least}", SetField("kernel_size", least)))
        if hole > 1:
            mends = [Mend("Use a dilation of 1", SetField("dilation", 1))]
        needs = f"a window of at most {sizes[number] + before + after}{along(self.axes, number)}"
        raise Misfit(needs, str(span), tuple(mends))

    def matrix(self, channels: int) -> Shape:
        return (self.out_channels, channels // self.groups, *self.each(self.kernel_size))

    def macs(self, x: TensorSpec) -> int:
        out = self.output(x)
        return out.elements * prod(self.matrix(x.shape[0])[1:])

    def words(self) -> tuple[str, ...]:
        into = "in" if self.groups == 1 else "in/groups"
        return ("out", into, *["kernel"] * self.axes)


class Conv1d(Convolution, axes=1):
    """Looks for short patterns along a sequence: every output is a weighted sum of a window of neighbours,
    with the same weights everywhere. For [N, C, L].

    For sound, text and measurements over time. The second dimension is the channels: embeddings, which come as
    [N, L, C], have to be transposed first. With padding on both sides an output sees the future.
    """

    aliases = ("convolution", "conv", "temporal", "cnn")
    module = "nn.Conv1d"


class Conv2d(Convolution, axes=2):
    """Looks for small patterns anywhere in an image: every output is a weighted sum of a window of
    neighbours, with the same weights everywhere. For [N, C, H, W].

    The layer of image networks. Two of 3 × 3 see as far as one of 5 × 5 with fewer weights. Without padding
    each takes kernel_size - 1 from height and width. Follow it by a batch norm (then without bias) and a ReLU.
    """

    aliases = ("convolution", "conv", "image", "cnn", "depthwise", "pointwise")
    module = "nn.Conv2d"


class Conv3d(Convolution, axes=3):
    """Looks for small patterns in a volume or a film, with the same weights everywhere.
    For [N, C, D, H, W].

    For scans and videos. Its cost grows with the third power of the kernel: 3 × 3 × 3 is 27 numbers for
    each pair of channels. Splitting it into 1 × 3 × 3 and 3 × 1 × 1 saves two thirds.
    """

    aliases = ("convolution", "conv", "volume", "video", "cnn")
    module = "nn.Conv3d"


class TransposedConvolution(AnyConvolution):
    """A convolution run backwards, of any number of axes."""

    padding: Axes = per_axis(
        0,
        "Cut away around the result: the padding of the convolution that it reverses.",
        at_least=0,
    )
    output_padding: Axes = per_axis(
        0, "Rows added at one side, where several sizes would shrink to the same.", at_least=0
    )
    padding_mode: str = one_of("zeros", "torch has only zeros here.", ("zeros",))

    parameters = (
        "in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, "
        "bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None"
    )

    def output(self, x: TensorSpec) -> TensorSpec:
        channels, sizes = self.picture(x)
        self.needs_groups(channels)
        kernels, steps, cut = map(self.each, (self.kernel_size, self.stride, self.cut))
        added, holes = map(self.each, (self.output_padding, self.dilation))
        for number in range(self.axes):
            if added[number] >= max(steps[number], holes[number]):
                least = max(steps[number], holes[number]) - 1
                needs = f"an output_padding below its stride or dilation, at most {least}"
                raise Misfit(f"{needs}{along(self.axes, number)}", str(added[number]),
                             (Mend("Use output_padding = 0", SetField("output_padding", 0)),))  # fmt: skip
        out = [
            (sizes[number] - 1) * steps[number] - 2 * cut[number]
            + holes[number] * (kernels[number] - 1) + added[number] + 1
            for number in range(self.axes)
        ]  # fmt: skip
        for number, size in enumerate(out):
            if size < 1:
                most = (size + 2 * cut[number] - 1) // 2
                raise Misfit(f"a padding of at most {most}{along(self.axes, number)}", str(cut[number]),
                             (Mend("Use no padding", SetField("padding", 0)),))  # fmt: skip
        return TensorSpec((self.out_channels, *out))

    def reach(self, x: TensorSpec) -> Reach:
        return self.spread(self.kernel_size, self.stride, self.cut, self.dilation)

    @property
    def cut(self) -> Axes:
        """The padding, which no word stands for here."""
        assert not isinstance(self.padding, str)
        return self.padding

    def matrix(self, channels: int) -> Shape:
        return (channels, self.out_channels // self.groups, *self.each(self.kernel_size))

    def macs(self, x: TensorSpec) -> int:
        return x.elements * prod(self.matrix(x.shape[0])[1:])

    def words(self) -> tuple[str, ...]:
        out = "out" if self.groups == 1 else "out/groups"
        return ("in", out, *["kernel"] * self.axes)


class ConvTranspose1d(TransposedConvolution, axes=1):
    """Spreads every number over a window of the result: with a stride of 2 it doubles the length. For [N, C, L].

    For decoders of sound and sequences. A kernel that its stride does not divide leaves stripes; kernel 4 with
    stride 2 and padding 1 doubles the length exactly.
    """

    aliases = ("deconvolution", "transposed convolution", "upconv", "decoder")
    module = "nn.ConvTranspose1d"


class ConvTranspose2d(TransposedConvolution, axes=2):
    """Spreads every number over a window of the result: with a stride of 2 it doubles height and width.
    For [N, C, H, W].

    For decoders and generators of images. A kernel that its stride does not divide leaves a chequered pattern:
    kernel 4 with stride 2 and padding 1, or kernel 2 with stride 2, leaves none. Upsampling before a plain
    convolution does not either.
    """

    aliases = ("deconvolution", "transposed convolution", "upconv", "decoder")
    module = "nn.ConvTranspose2d"


class ConvTranspose3d(TransposedConvolution, axes=3):
    """Spreads every number over a window of the result: with a stride of 2 it doubles depth, height and
    width. For [N, C, D, H, W].

    For decoders of volumes and films. What is said of two axes holds here with even more memory: watch the size
    of what comes out.
    """

    aliases = ("deconvolution", "transposed convolution", "upconv", "decoder")
    module = "nn.ConvTranspose3d"


KINDS = (Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
