"""Advice about images, residual sums and depth speaks of what is unwise, and not of what everybody builds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from engine.catalogue.activations import KINDS as ACTIVATIONS
from engine.catalogue.attention import MultiheadAttention
from engine.catalogue.batch_norm import BatchNorm2d, InstanceNorm1d, InstanceNorm2d
from engine.catalogue.convolution import Conv1d, Conv2d, ConvTranspose2d
from engine.catalogue.datasets import Digits
from engine.catalogue.dropout import Dropout, Dropout2d
from engine.catalogue.embedding import Embedding
from engine.catalogue.fan_rules import KaimingNormal, XavierNormal
from engine.catalogue.joins import Add, Concat
from engine.catalogue.linear import Linear
from engine.catalogue.norm import GroupNorm, LayerNorm
from engine.catalogue.plain_rules import Zeros
from engine.catalogue.pooling import AvgPool2d, MaxPool2d
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.shaping import Flatten
from engine.catalogue.sized_pooling import AdaptiveAvgPool2d
from engine.catalogue.smooth import GELU
from engine.catalogue.squashers import Sigmoid, Tanh
from engine.catalogue.vectors import LogSoftmax, Softmax
from engine.design.kind import Activation, Join, Kind
from engine.design.project import Project, edited
from engine.design.tree import Layer, Node, Parallel, Repeat, Stack
from engine.views.advice import advise
from engine.views.shapes import infer
from engine.views.strength import strengths
from tests.engine.test_advice import advice_of, ids, layer, project, titles

IMAGE = (3, 32, 32)


def joined(join: Join, *branches: tuple[Node, ...], activation: Activation | None = None) -> Parallel:  # fmt: skip
    return Parallel(next(ids), join, tuple(map(Stack, branches)), activation)


def images(*nodes: Node) -> Project:
    """The nodes between a sound first layer of images, small enough for few layers to see, and a sound classifier."""
    head = (layer(AdaptiveAvgPool2d(1)), layer(Flatten()), layer(Linear(10)))
    return project(layer(Conv2d(16, 3, padding=1), ReLU()), *nodes, *head, inputs=(3, 6, 6))


def same(width: int = 16, bias: bool = True, activation: Activation | None = None) -> Layer:
    return layer(Conv2d(width, 3, padding=1, bias=bias), activation)


def quiet(kind: Kind, activation: Activation | None, rule: KaimingNormal | XavierNormal) -> Layer:
    """A layer whose bias starts at zero, so that nothing keeps a signal alive."""
    return replace(layer(kind, activation), initializers=(("bias", Zeros()), ("weight", rule)))


def deep(count: int, activation: Activation, rule: KaimingNormal | XavierNormal) -> Project:
    return project(*(quiet(Linear(64), activation, rule) for _ in range(count)),
                   layer(Linear(10)), inputs=64)  # fmt: skip


RELU_BODY = (same(), layer(BatchNorm2d(), ReLU()), same(activation=ReLU()))
PRE_BODY = (layer(BatchNorm2d(), ReLU()), same(bias=False), layer(BatchNorm2d(), ReLU()), same())

UNWISE: dict[str, Project] = {
    "Time taken for channels": project(
        layer(Embedding(50, 8)), layer(Dropout()), layer(Conv1d(16, 3), ReLU()), layer(Flatten()), layer(Linear(2)),
        inputs=12, dtype="int64",
    ),
    "An image with its channels last": project(
        layer(Conv2d(8, 3), ReLU()), layer(Flatten()), layer(Linear(10)), inputs=(28, 28, 3)
    ),
    "A stride larger than the kernel": images(layer(Conv2d(16, 2, stride=3), ReLU())),
    "A Linear along the width of an image": project(
        layer(Conv2d(8, 3), ReLU()), layer(MaxPool2d()), layer(Linear(10)), inputs=IMAGE
    ),
    "Softmax along the width": project(
        layer(Conv2d(8, 3), ReLU()), layer(Conv2d(4, 1), Softmax()), inputs=IMAGE
    ),
    "Log-softmax along the height": project(
        layer(Conv2d(4, 3)), layer(LogSoftmax(dim=2)), inputs=IMAGE
    ),
    "ReLU right before a residual sum": images(
        joined(Add(), (), (same(bias=False), layer(BatchNorm2d(), ReLU()), same(activation=ReLU())))
    ),
    "ReLU behind a pre-activation sum": images(joined(Add(), (), PRE_BODY, activation=ReLU())),
    "Bias before a batch norm": images(same(), layer(BatchNorm2d(), ReLU())),
    "Bias before an instance norm": images(same(), layer(InstanceNorm2d(), ReLU())),
    "Bias before a group norm of single channels": images(same(), layer(GroupNorm(16), ReLU())),
    "Dropout2d before BatchNorm2d": images(layer(Dropout2d()), layer(BatchNorm2d())),
    "A receptive field smaller than half the image": project(
        *(same(activation=ReLU()) for _ in range(4)),
        layer(AdaptiveAvgPool2d(1)), layer(Flatten()), layer(Linear(10)), inputs=(3, 24, 24),
    ),
    "Pixels go in unscaled": replace(
        project(layer(Flatten()), layer(Linear(10)), inputs=(1, 8, 8), data=Digits()),
        data=replace(project(data=Digits()).data, scaling="none"),
    ),
    "The signal fades with depth": project(
        *(replace(layer(Linear(64), ReLU()), initializers=(("bias", Zeros()),)) for _ in range(60)),
        layer(Linear(10)), inputs=64,
    ),
}  # fmt: skip


@pytest.mark.parametrize("title", UNWISE)
def test_unwise_designs_get_the_advice_that_they_need_and_no_other(title: str):
    assert titles(UNWISE[title]) == [title]


@pytest.mark.parametrize("title", UNWISE)
def test_every_mend_takes_its_advice_away_and_makes_no_fault(title: str):
    (given,) = advice_of(UNWISE[title])
    assert given.mends
    for mend in given.mends:
        mended = edited(UNWISE[title], mend.edit)
        assert title not in titles(mended)
        assert infer(mended.network).valid


def residual_tower(count: int) -> Project:
    """Residual sums with nothing that keeps their branches in bounds."""
    blocks = [joined(Add(), (), (quiet(Linear(64), ReLU(), KaimingNormal()),
                                 quiet(Linear(64), None, XavierNormal()))) for _ in range(count)]  # fmt: skip
    return project(*blocks, layer(Linear(10)), inputs=64)


def test_sums_without_a_norm_explode_with_depth_and_with_one_do_not():
    assert titles(residual_tower(5)) == []
    assert titles(residual_tower(60)) == ["The signal explodes with depth"]
    block = joined(Add(), (), (layer(LayerNorm()), layer(Linear(256), GELU()), layer(Linear(64))))
    body = Stack((block,))
    normed = project(Repeat(next(ids), "blocks", "Block", body, 60), layer(Linear(10)), inputs=64)
    assert titles(normed) == []


def test_where_no_weights_are_enough_a_norm_is():
    fading = project(*(quiet(Linear(64), GELU(), KaimingNormal()) for _ in range(60)),
                     layer(Linear(10)), inputs=64)  # fmt: skip
    (given,) = advice_of(fading)
    assert [mend.title for mend in given.mends] == ["Insert a LayerNorm"]
    assert titles(edited(fading, given.mends[0].edit)) == []


def test_behind_a_fault_nothing_is_said_of_depth():
    assert titles(project(layer(Linear(4)), inputs=())) == []
    assert titles(project(layer(Conv2d(4, 9)), layer(Conv2d(4, 1)), inputs=(3, 4, 4))) == []


def test_a_repeat_is_as_strong_as_its_turns_written_out():
    def made(weight: KaimingNormal) -> Layer:
        return quiet(Linear(64), Tanh(), weight)

    flat = project(*(made(KaimingNormal()) for _ in range(12)), inputs=64)
    body = Stack((made(KaimingNormal()),))
    turned = project(Repeat(next(ids), "blocks", "Block", body, 12), layer(Linear(64)), inputs=64)
    written = [power for _, power in strengths(infer(flat.network).body)]
    repeated = [power for _, power in strengths(infer(turned.network).body)]
    assert repeated[:3] == written[:3]


@drawn(st.integers(1, 40), st.sampled_from(ACTIVATIONS))
def test_weights_made_for_relu_keep_its_signal_and_none_is_below_zero(
    count: int, activation: type[Activation]
):
    relu = deep(count, ReLU(), KaimingNormal())
    for _, power in list(strengths(infer(relu.network).body))[:-1]:
        assert power == pytest.approx(2.0, rel=0.15)
    other = project(layer(Linear(64), activation()), layer(Linear(8)), inputs=64)
    for _, power in strengths(infer(other.network).body):
        assert power >= 0


# --- what everybody builds ---------------------------------------------------------------------------------------


def basic(width: int, stride: int) -> Parallel:
    """A block of ResNet-18, with a projection where the size changes."""
    short = (
        (layer(Conv2d(width, 1, stride, bias=False)), layer(BatchNorm2d())) if stride > 1 else ()
    )
    body = (
        layer(Conv2d(width, 3, stride, 1, bias=False)), layer(BatchNorm2d(), ReLU()),
        layer(Conv2d(width, 3, 1, 1, bias=False)), layer(BatchNorm2d()),
    )  # fmt: skip
    return joined(Add(), short, body, activation=ReLU())


def residual() -> Project:
    stem = (
        layer(Conv2d(16, 7, 2, 3, bias=False)),
        layer(BatchNorm2d(), ReLU()),
        layer(MaxPool2d(3, 2, 1)),
    )
    head = (layer(AdaptiveAvgPool2d(1)), layer(Flatten()), layer(Linear(10)))
    blocks = (basic(16, 1), basic(32, 2), basic(32, 1), basic(64, 2))
    return project(*stem, *blocks, *head, inputs=(3, 64, 64))  # fmt: skip


def pre_activated() -> Project:
    return images(*(joined(Add(), (), tuple(replace(each, id=next(ids), name=f"layer{next(ids)}")
                    for each in (layer(BatchNorm2d(), ReLU()), same(bias=False),
                                 layer(BatchNorm2d(), ReLU()), same()))) for _ in range(8)))  # fmt: skip


def plain_deep() -> Project:
    """As VGG: convolutions with Kaiming's weights, poolings, and a head of three layers."""
    stages: list[Node] = []
    for width, count in ((16, 2), (32, 2), (64, 3), (64, 3), (64, 3)):
        stages += [
            layer(Conv2d(width, 3, padding=1), ReLU(), KaimingNormal(mode="fan_out"))
            for _ in range(count)
        ]
        stages.append(layer(MaxPool2d()))
    head = (layer(Flatten()), layer(Linear(128), ReLU()), layer(Dropout()), layer(Linear(10)))
    return project(*stages, *head, inputs=(3, 64, 64))


def transformer() -> Project:
    attention = (layer(LayerNorm()), layer(MultiheadAttention(num_heads=4)))
    feed = (layer(LayerNorm()), layer(Linear(128), GELU()), layer(Linear(32)))
    block = Stack((joined(Add(), (), attention), joined(Add(), (), feed)))
    blocks = Repeat(next(ids), "blocks", "Block", block, 24)
    return project(layer(Embedding(100, 32)), blocks, layer(LayerNorm()), layer(Linear(100)),
                   inputs=(16,), dtype="int64")  # fmt: skip


def post_normed() -> Project:
    feed = joined(Add(), (), (layer(Linear(128), ReLU()), layer(Linear(32))))
    attention = joined(Add(), (), (layer(MultiheadAttention(num_heads=4)),))
    block = Stack((attention, layer(LayerNorm()), feed, layer(LayerNorm())))
    return project(
        Repeat(next(ids), "blocks", "Block", block, 6), layer(Linear(5)), inputs=(16, 32)
    )


def dense() -> Project:
    def grown() -> Parallel:
        return joined(Concat(), (), (layer(BatchNorm2d(), ReLU()), same(12, bias=False)))

    return images(*(grown() for _ in range(6)), layer(BatchNorm2d(), ReLU()),
                  layer(Conv2d(16, 1)), layer(AvgPool2d()))  # fmt: skip


def encoder_and_decoder() -> Project:
    return project(
        layer(Conv2d(16, 4, 2, 1), ReLU()), layer(Conv2d(32, 4, 2, 1), ReLU()),
        layer(ConvTranspose2d(16, 4, 2, 1), ReLU()), layer(ConvTranspose2d(3, 4, 2, 1), Sigmoid()),
        inputs=IMAGE,
    )  # fmt: skip


def of_sound() -> Project:
    return project(
        layer(Conv1d(16, 3, padding=1, bias=False)), layer(InstanceNorm1d(), ReLU()),
        layer(Conv1d(16, 3, padding=2, dilation=2), Tanh()), layer(Flatten()), layer(Linear(4)),
        inputs=(2, 50),
    )  # fmt: skip


def patches() -> Project:
    return project(layer(Conv2d(64, 8, 8)), layer(Flatten(2)), layer(Linear(10)), inputs=IMAGE)


@pytest.mark.parametrize(
    "design",
    [residual, pre_activated, plain_deep, transformer, post_normed, dense, encoder_and_decoder,
     of_sound, patches],
)  # fmt: skip
def test_what_everybody_builds_gets_no_advice(design: Callable[[], Project]):
    given = design()
    analysis = infer(given.network)
    assert analysis.valid, analysis.faults
    assert [each.title for each in advise(given, analysis)] == []


def test_a_field_is_told_with_its_size_and_points_that_see_themselves_alone_are_meant_so():
    design = UNWISE["A receptive field smaller than half the image"]
    (given,) = advice_of(design)
    assert given.sentence.endswith("sees 9×9 of 24×24 pixels.")
    assert "Dilate" in given.mends[0].title
    points = project(layer(Conv2d(8, 1), ReLU()), layer(AdaptiveAvgPool2d(1)), layer(Flatten()),
                     layer(Linear(10)), inputs=(3, 24, 24))  # fmt: skip
    assert titles(points) == []
