"""Advice about images that are judged by parts too small to hold what is to be seen."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalogue.convolution import Convolution
from engine.design.edit import Edit, SetField
from engine.design.kind import Shape
from engine.design.reach import EVERYTHING, Along
from engine.design.tree import Layer
from engine.views.advising import Advice, AdviceMend, called, several
from engine.views.details import sees
from engine.views.facts import Analysis, NodeFacts
from engine.views.flow import Run
from engine.views.receptive_field import receptive_fields

MOST_DILATION = 4
"""Beyond this the places between two that a window looks at are too many for a proposal."""


def field_advice(analysis: Analysis, main: Run) -> Iterator[Advice]:
    """A pooling over the whole image whose places see less than half of it along an axis, and more than one pixel.

    Where each place sees only itself, as in networks of points, that is what is meant. What comes behind a Flatten is
    not spoken of: a Linear there joins all places.
    """
    pooling = _last_pooling(main)
    inputs = analysis.network.inputs
    if pooling is None or len(inputs) != 1:
        return
    image = inputs[0].spec.shape[1:]
    seen = receptive_fields(analysis).before.get(pooling.node.id)
    if not isinstance(seen, tuple) or len(seen) != len(image):
        return
    if not any(_missing(seen, image)):
        return
    if any(along.size < 2 for along in seen):
        return
    name, pixels = called(analysis, pooling.node), "×".join(map(str, image))
    yield Advice(
        pooling.node.id,
        "A receptive field smaller than half the image",
        f"Each place that {name} takes together sees {sees(seen)} of {pixels} pixels.",
        "A place before the pooling knows only its receptive field, and the pooling forgets where the places were. "
        "An object larger than the field is never seen as a whole, but as a bag of its parts: enough for textures, "
        "not for shapes. More layers, a stride or a pooling earlier, larger kernels or dilation enlarge it.",
        tuple(_dilated(main, pooling, seen, image)),
    )


def _last_pooling(main: Run) -> NodeFacts | None:
    """The last layer that takes all places of an image together."""
    for facts in reversed(main.nodes):
        node, x = facts.node, facts.input
        if isinstance(node, Layer) and node.kind.family == "pooling" and x is not None:
            is_image = len(x.shape) > 2 and facts.output is not None
            return facts if is_image and node.kind.reach(x) is EVERYTHING else None
    return None


def _dilated(
    main: Run, pooling: NodeFacts, seen: tuple[Along, ...], image: Shape
) -> Iterator[AdviceMend]:
    """The last convolution before it with such a dilation that its places see half the image, where that is little."""
    before = main.nodes[: main.nodes.index(pooling)]
    last = next((each.node for each in reversed(before) if _is_plain(each)), None)
    if not isinstance(last, Layer) or not isinstance(last.kind, Convolution):
        return
    kind = last.kind
    kernel, step = kind.kernel_size, max(along.stride for along in seen)
    assert isinstance(kernel, int)
    wider = 1 - (-max(_missing(seen, image)) // int((kernel - 1) * step))
    if wider <= MOST_DILATION:
        edits: list[Edit] = [SetField((last.id,), "dilation", wider)]
        if kind.padding != "same":
            edits.append(SetField((last.id,), "padding", wider * (kernel // 2)))
        title = f"Dilate {last.name or 'the last convolution'} by {wider}"
        yield AdviceMend(title, several(tuple(edits), title))


def _missing(seen: tuple[Along, ...], image: Shape) -> list[int]:
    """Pixels by which a field is smaller than half the image, along each axis; 0 where it is not."""
    return [max(-(-size // 2) - along.size, 0) for along, size in zip(seen, image, strict=True)]


def _is_plain(facts: NodeFacts) -> bool:
    """A convolution that keeps the size of its image, with one odd number for its kernel and no dilation yet."""
    node = facts.node
    if not isinstance(node, Layer) or not isinstance(node.kind, Convolution):
        return False
    kind = node.kind
    kernel = kind.kernel_size
    if not isinstance(kernel, int) or kernel < 3 or kernel % 2 == 0 or kind.dilation != 1:
        return False
    return kind.stride == 1 and kind.padding in ("same", kernel // 2)
