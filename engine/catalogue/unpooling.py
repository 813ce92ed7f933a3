"""Layers that undo a max pooling: every number goes back to the place where the pooling took it from."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.catalogue.needs import needs_others
from engine.catalogue.spatial import Axes, Spatial, brief_axes
from engine.design.kept import INDEX_BYTES, Kept
from engine.design.kind import Indices, Mend, Misfit, ReplaceKind, Shape, TensorSpec
from engine.design.knob import per_axis


class Unpooling(Spatial):
    """What all unpoolings have in common: zeros wherever the pooling took nothing."""

    kernel_size: Axes = per_axis(
        2, "The pooling's window: together with the stride it says the size."
    )
    stride: Axes | None = per_axis(
        None, "The pooling's stride; empty for the window's own size.", optional=True
    )
    padding: Axes = per_axis(0, "The pooling's padding, which is cut away again.", at_least=0)

    family = "pooling"
    aliases = ("unpooling", "upsampling", "decoder", "segnet", "switches")
    parameters = "kernel_size, stride=None, padding=0"
    takes: ClassVar[dict[str, str]] = {
        "indices": "The max pooling whose places they go back to; it has to give its indices."
    }
    forms: ClassVar[dict[str, dict[str, Any]]] = {"m(x, indices)": {}}

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(bytes=INDEX_BYTES * x.elements)

    def output(self, x: TensorSpec) -> TensorSpec:
        channels, sizes = self.picture(x)
        indices = needs_others(self, x)[0]
        if not isinstance(indices, Indices):
            raise Misfit("the indices of a max pooling", f"{indices.dtype} {indices}")
        if indices.shape != x.shape:
            raise Misfit(f"indices of its input's own shape {_own(x)}", str(indices))
        out = self.unpooled(sizes)
        if out != indices.of[1:]:
            needs = f"to give {brief_axes(indices.of[1:])} again, which the indices are places of"
            raise Misfit(needs, brief_axes(out), self._fitting(sizes, indices.of[1:]))
        return TensorSpec((channels, *out))

    def _steps(self) -> tuple[int, ...]:
        return self.each(self.kernel_size if self.stride is None else self.stride)

    def unpooled(self, sizes: Shape) -> Shape:
        """What comes out (torch.nn.MaxUnpool2d, "Shape"), for it undoes a pooling that left nothing over."""
        kernels, cuts = self.each(self.kernel_size), self.each(self.padding)
        axes = zip(sizes, kernels, self._steps(), cuts, strict=True)
        return tuple([(size - 1) * step - 2 * cut + kernel for size, kernel, step, cut in axes])

    def _fitting(self, sizes: Shape, wanted: Shape) -> tuple[Mend, ...]:
        """The same with the window, and where that is not enough the stride, that give the wanted sizes."""
        near = tuple([max(whole // size, 1) for whole, size in zip(wanted, sizes, strict=True)])
        for steps in (self._steps(), near):
            parts = zip(wanted, sizes, steps, self.each(self.padding), strict=True)
            kernels = tuple(
                [whole + 2 * cut - (size - 1) * step for whole, size, step, cut in parts]
            )
            if min(kernels) >= 1:
                better = self.with_fields(kernel_size=_short(kernels), stride=_short(steps))
                title = f"Use a window of {brief_axes(_short(kernels))}, stride {brief_axes(_short(steps))}"
                return (Mend(title, ReplaceKind(better)),)
        return ()

    def brief(self, x: TensorSpec | None) -> str:
        window = brief_axes(self.kernel_size)
        if self.stride is None or self.each(self.stride) == self.each(self.kernel_size):
            return window
        text = f"{window} /{brief_axes(self.stride)}"
        return text if len(text) <= 40 else window


def _own(x: TensorSpec) -> TensorSpec:
    return TensorSpec(x.shape)


def _short(numbers: tuple[int, ...]) -> Axes:
    return numbers[0] if len(set(numbers)) == 1 else numbers


class MaxUnpool1d(Unpooling, axes=1):
    """Puts every number of a sequence back where a max pooling took it from, with zeros between. For [N, C, L].

    For decoders of signals whose peaks have to stand where they stood. Nothing is learned; convolutions behind it
    fill the zeros. The pooling has to give its indices.
    """

    module = "nn.MaxUnpool1d"


class MaxUnpool2d(Unpooling, axes=2):
    """Puts every number of an image back where a max pooling took it from, with zeros between. For [N, C, H, W].

    SegNet's decoder: edges come back where they were, which an Upsample blurs, and nothing is learned or copied but
    places. Convolutions behind it fill the zeros. Each unpooling takes the indices of the pooling that it undoes, the
    last of them first.
    """

    module = "nn.MaxUnpool2d"


class MaxUnpool3d(Unpooling, axes=3):
    """Puts every number of a volume back where a max pooling took it from, with zeros between. For [N, C, D, H, W].

    For the decoders of networks that mark parts of scans. Nothing is learned; convolutions behind it fill the zeros.
    The pooling has to give its indices.
    """

    module = "nn.MaxUnpool3d"


KINDS = (MaxUnpool1d, MaxUnpool2d, MaxUnpool3d)
