"""What slides over images: windows are counted as torch counts them, and paddings show nothing but the image."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch

from engine.catalogue.convolution import Conv1d, Conv2d
from engine.catalogue.padding import (
    CircularPad1d,
    ConstantPad1d,
    Padding,
    ReflectionPad1d,
    ReplicationPad1d,
)
from engine.catalogue.pooling import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    AvgPooling,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    MaxPooling,
)
from engine.catalogue.sized_pooling import FractionalMaxPool2d
from engine.design.kind import Kind, Mend, Misfit, ReplaceKind
from engine.design.kind import TensorSpec as Spec
from tests.laws.entries import made, named, sample, spec_of

WINDOWS = (MaxPool1d, MaxPool2d, MaxPool3d, AvgPool1d, AvgPool2d, AvgPool3d)
PADDINGS = (ReflectionPad1d, ReplicationPad1d, CircularPad1d, ConstantPad1d)


def fault(layer: Kind, x: Spec) -> Misfit:
    with pytest.raises(Misfit) as caught:
        layer.output(x)
    return caught.value


def outcome(layer: Kind, x: Spec) -> Spec | None:
    try:
        return layer.output(x)
    except Misfit:
        return None


def torchs(layer: Kind, x: Spec) -> Spec | None:
    try:
        return spec_of(made(layer.call(x))(sample(x)))
    except RuntimeError:
        return None


@pytest.mark.parametrize("kind", WINDOWS, ids=named)
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_windows_are_counted_as_torch_counts_them(
    kind: type[MaxPooling | AvgPooling], ceil_mode: bool
):
    holes = (1, 2) if issubclass(kind, MaxPooling) else (None,)
    for size, kernel, stride, around, hole in product(
        (1, 2, 5, 6), (1, 2, 3, 4), (None, 1, 3, 5), (0, 1, 2), holes
    ):
        fields: dict[str, Any] = {"dilation": hole} if hole else {}
        layer = kind(
            kernel_size=kernel, stride=stride, padding=around, ceil_mode=ceil_mode, **fields
        )
        x = Spec((2, *[size] * kind.axes))
        assert outcome(layer, x) == torchs(layer, x), (layer, x)


@pytest.mark.parametrize("kind", PADDINGS, ids=named)
def test_a_padding_shows_numbers_of_the_image_alone(kind: type[Padding]):
    for size, before, after in product(range(1, 5), range(-4, 6), range(-4, 6)):
        fields: dict[str, Any] = {"value": 0.0} if kind is ConstantPad1d else {}
        layer, x = kind(padding=(before, after), **fields), Spec((1, size))
        found = outcome(layer, x)
        if found is None:
            continue
        image = torch.arange(float(size)).reshape(1, 1, size)
        padded = made(layer.call(x))(image)
        assert spec_of(padded) == found
        assert set(padded.flatten().tolist()) <= set(image.flatten().tolist())


@pytest.mark.parametrize(
    ("layer", "x", "instead"),
    [
        (Conv1d(4), Spec((3, 8, 8)), Conv2d(4)),
        (MaxPool2d(2, stride=1), Spec((3, 8)), MaxPool1d(2, stride=1)),
        (AvgPool1d(3), Spec((3, 8, 8)), AvgPool2d(3)),
        (AvgPool2d((3, 2)), Spec((3, 8, 8, 8)), AvgPool3d()),
    ],
)
def test_a_layer_for_other_axes_can_be_exchanged(layer: Kind, x: Spec, instead: Kind):
    mends = fault(layer, x).mends
    assert mends[-1] == Mend(f"Use {instead.title()}", ReplaceKind(instead))


def test_there_is_no_fractional_pooling_of_sequences_to_exchange_it_for():
    assert [mend.title for mend in fault(FractionalMaxPool2d(), Spec((3, 8))).mends] == [
        "Add the missing dimensions"
    ]


def test_a_sentence_for_each_common_mistake():
    def said(layer: Kind, *shape: int) -> tuple[str, str]:
        misfit = fault(layer, Spec(shape))
        return misfit.needs, misfit.got

    assert said(MaxPool2d(), 8, 1, 4) == ("a window of at most 1 in the height", "2")
    assert said(MaxPool2d(3, padding=2), 8, 6, 6) == (
        "a padding of at most 1 in the height, half the window",
        "2",
    )
    assert said(ReflectionPad1d(4), 8, 4) == (
        "a padding of at most 3 in the length, as there is nothing farther to reflect",
        "4",
    )
    assert said(CircularPad1d((-2, 3)), 8, 4) == (
        "a padding of at most 2 in the length, which is once round",
        "3",
    )
    assert said(ReplicationPad1d(-2), 8, 3) == ("a crop of at most 2 in the length", "4")
    assert said(FractionalMaxPool2d(output_size=4), 8, 6, 6) == (
        "either an output_size or an output_ratio",
        "both",
    )
    assert said(FractionalMaxPool2d(output_ratio=0.1), 8, 6, 6) == (
        "an output_ratio that leaves one of 6 in the height",
        "0.1",
    )
