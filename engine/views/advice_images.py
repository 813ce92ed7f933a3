"""Advice about layers of images: pixels that nothing sees, and layers that take the wrong dimension."""

from __future__ import annotations

from collections.abc import Hashable

from engine.catalogue.convolution import Convolution
from engine.catalogue.linear import Linear
from engine.catalogue.pooling import WindowPooling
from engine.catalogue.roles import roles
from engine.catalogue.shaping import Flatten
from engine.catalogue.spatial import Spatial
from engine.catalogue.vectors import AlongDim, LogSoftmax, Softmax, Softmin
from engine.design.address import Before
from engine.design.edit import Insert, SetActivation, SetField, layer
from engine.design.kind import Shape
from engine.design.tree import Layer
from engine.views.advising import Advice, AdviceMend, Found, LayerRule
from engine.views.flow import Step, passes

# --- pixels that nothing sees ------------------------------------------------------------------------------------


def _skipping(step: Step) -> Hashable:
    """A window that steps over pixels, where no other branch beside it sees them."""
    kind = step.layer.kind
    assert isinstance(kind, Convolution | WindowPooling)
    if step.run.join is not None or step.output is None or kind.stride is None:
        return None
    kernels, steps = kind.each(kind.kernel_size), kind.each(kind.stride)
    holes = kind.each(kind.dilation) if isinstance(kind, Convolution) else (1,) * kind.axes
    several = (size > 1 for size in step.output.shape[-kind.axes :])
    over = [
        number
        for number, found in enumerate(zip(kernels, steps, holes, several, strict=True))
        if found[1] > found[0] and found[2] == 1 and found[3]
    ]
    return (type(kind), kind.stride, kind.kernel_size, tuple(over)) if over else None


def _say_skipping(found: Found) -> Advice:
    kind = found.first.layer.kind
    assert isinstance(kind, Convolution | WindowPooling)
    assert kind.stride is not None
    kernels, steps = kind.each(kind.kernel_size), kind.each(kind.stride)
    seen = 1.0
    for kernel, stride in zip(kernels, steps, strict=True):
        seen *= min(kernel / stride, 1.0)
    larger = tuple(max(pair) for pair in zip(kernels, steps, strict=True))
    wide = larger[0] if len(set(larger)) == 1 else larger
    narrower = tuple(min(pair) for pair in zip(kernels, steps, strict=True))
    step = narrower[0] if len(set(narrower)) == 1 else narrower
    return Advice(
        found.first.layer.id,
        "A stride larger than the kernel",
        f"{found.name()} never looks at about {1 - seen:.0%} of its input.{found.more()}",
        "A window moves on by its stride. Where that is more than its own size, the numbers between two "
        "windows belong to none: they are computed by the layers before, or come with the image, and are "
        "thrown away. With a kernel as large as the stride every number counts once.",
        (
            AdviceMend("Use a stride as large as the kernel", SetField(found.ids, "stride", step)),
            AdviceMend("Enlarge the kernel", SetField(found.ids, "kernel_size", wide)),
        ),
        found.ids[1:],
    )


# --- the wrong dimension -----------------------------------------------------------------------------------------


def _picture_before(step: Step) -> Shape | None:
    """The shape of what a layer of images gives that this layer gets."""
    if step.input is None or len(step.input.shape) < 3:
        return None
    for index in range(step.at - 1, -1, -1):
        node = step.run.nodes[index].node
        if not isinstance(node, Layer):
            return None
        if isinstance(node.kind, Spatial):
            return step.input.shape
        if node.kind.family not in ("norm", "activation", "dropout") and not passes(node):
            return None
    return None


def _across_width(step: Step) -> Hashable:
    """A Linear that takes the width of an image for its features."""
    shape = _picture_before(step)
    return (step.layer.id,) if shape is not None else None


def _say_across_width(found: Found) -> Advice:
    step = found.first
    assert step.input is not None
    count = len(step.input.shape)
    others = roles(count, list(range(count - 1)))
    return Advice(
        step.layer.id,
        "A Linear along the width of an image",
        f"{found.name()} mixes the {step.input.shape[-1]} pixels of each row, and keeps {others} apart.",
        "A Linear works on the last dimension, which is the width of an image. Behind convolutions it is "
        "meant to see all of the image: a Flatten before it makes one row of features. Where each pixel's "
        "channels are to be mixed, a 1 × 1 convolution does that.",
        (AdviceMend("Insert a Flatten", Insert((layer(Flatten()),), Before(step.layer.id))),),
    )


def _softmax_across(step: Step) -> Hashable:
    """A softmax behind a layer of images along height or width."""
    chosen = step.layer.activation or step.layer.kind
    if not isinstance(chosen, AlongDim) or step.output is None:
        return None
    shape = step.output.shape
    place = chosen.dim + len(shape) if chosen.dim < 0 else chosen.dim - 1
    if len(shape) < 3 or place == 0 or shape[0] < 2:
        return None
    own = isinstance(step.layer.kind, Spatial)
    return (chosen, place, len(shape)) if own or _picture_before(step) is not None else None


def _say_softmax_across(found: Found) -> Advice:
    step = found.first
    chosen = step.layer.activation or step.layer.kind
    assert isinstance(chosen, AlongDim)
    assert step.output is not None
    count = len(step.output.shape)
    place = chosen.dim + count if chosen.dim < 0 else chosen.dim - 1
    better = chosen.with_fields(dim=1)
    own = tuple(each.layer.id for each in found.steps if each.layer.activation is not None)
    edit = SetActivation(own, better) if own else SetField(found.ids, "dim", 1)
    what = roles(count, [place])
    return Advice(
        step.layer.id,
        f"{chosen.title()} along the {what}",
        f"{found.name()} shares out along the {what} of the image, not among its channels.{found.more()}",
        "A softmax makes numbers along one dimension add up to 1. In an image the classes or patterns lie "
        "in the channels, dimension 1 behind the batch, so that each pixel gets probabilities of its own. "
        "Along height or width, pixels compete with their neighbours instead.",
        (AdviceMend("Use the channels", edit),),
        found.ids[1:],
    )


IMAGE_RULES = (
    LayerRule((Convolution, WindowPooling), _skipping, _say_skipping),
    LayerRule((Linear,), _across_width, _say_across_width),
    LayerRule((Softmax, LogSoftmax, Softmin), _softmax_across, _say_softmax_across),
)
