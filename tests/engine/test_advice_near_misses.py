"""What only looks like a mistake gets no advice: beside each kind of advice stand designs that miss it narrowly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.catalogue.attention import MultiheadAttention
from engine.catalogue.batch_norm import BatchNorm1d, BatchNorm2d
from engine.catalogue.convolution import Conv1d, Conv2d
from engine.catalogue.datasets import Digits
from engine.catalogue.dropout import Dropout
from engine.catalogue.fan_rules import KaimingNormal
from engine.catalogue.joins import Add, Concat
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.catalogue.pooling import MaxPool2d
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.shaping import Flatten
from engine.catalogue.sized_pooling import AdaptiveAvgPool2d
from engine.catalogue.squashers import Sigmoid, Tanh
from engine.catalogue.vectors import Softmax
from engine.design.project import Project
from engine.views.shapes import infer
from tests.engine.test_advice import hidden, layer, project, titles
from tests.engine.test_advice_blocks import IMAGE, images, joined, quiet, same

DIGITS = project(layer(Flatten()), layer(Linear(10)), inputs=(1, 8, 8), data=Digits())
NEAR: dict[str, Project] = {
    "residual sum after an activation: the activation follows the sum": images(
        joined(Add(), (), (same(activation=ReLU()), same()), activation=ReLU())
    ),
    "residual sum after an activation: Tanh also takes away": images(
        joined(Add(), (), (same(activation=ReLU()), same(activation=Tanh())))
    ),
    "residual sum after an activation: a concat adds nothing up": images(
        joined(Concat(), (), (same(activation=ReLU()), same(activation=ReLU())))
    ),
    "batch norm after dropout: the dropout stands behind it": hidden(
        layer(BatchNorm1d(), ReLU()), layer(Dropout())
    ),
    "batch norm after dropout: a layer norm remembers no variance": hidden(
        layer(Dropout()), layer(LayerNorm(), ReLU())
    ),
    "batch norm after dropout: one that drops nothing": hidden(
        layer(Dropout(0.0)), layer(BatchNorm1d(), ReLU())
    ),
    "heads: 8 divide 64": project(layer(MultiheadAttention(num_heads=8)), inputs=(7, 64)),
    "heads: a single one divides all": project(
        layer(MultiheadAttention(num_heads=1)), inputs=(7, 65)
    ),
    "stride: as large as the kernel": images(layer(Conv2d(16, 2, stride=2), ReLU())),
    "stride: a shortcut of 1 × 1 beside a body that sees all": images(
        joined(Add(), (layer(Conv2d(32, 1, stride=2)),),
               (layer(Conv2d(32, 3, stride=2, padding=1), ReLU()), same(32)))
    ),
    "receptive field: half the image": project(
        *(same(activation=ReLU()) for _ in range(6)),
        layer(AdaptiveAvgPool2d(1)), layer(Flatten()), layer(Linear(10)), inputs=(3, 24, 24),
    ),
    "receptive field: a Flatten joins all places": project(
        same(activation=ReLU()), layer(Flatten()), layer(Linear(10)), inputs=(3, 24, 24)
    ),
    "softmax: along the channels": project(
        layer(Conv2d(8, 3), ReLU()), layer(Conv2d(4, 1), Softmax(dim=1)), inputs=IMAGE
    ),
    "softmax: along the last of features": project(
        layer(Linear(8), ReLU()), layer(Linear(4), Softmax()), inputs=(7, 16)
    ),
    "pixels: standardised": DIGITS,
    "pixels: unscaled, and a batch norm comes first": replace(
        project(layer(BatchNorm2d()), layer(Flatten()), layer(Linear(10)), inputs=(1, 8, 8), data=Digits()),
        data=replace(DIGITS.data, scaling="none"),
    ),
    "one unit: at the end": project(layer(Linear(8), ReLU()), layer(Linear(1))),
    "one unit: two of them": hidden(layer(Linear(2), ReLU())),
    "one unit: a gate beside what it weighs": hidden(
        joined(Concat(), (), (layer(Linear(1), Sigmoid()),))
    ),
    "depth: Kaiming's weights under ReLU": project(
        *(quiet(Linear(64), ReLU(), KaimingNormal()) for _ in range(50)), layer(Linear(10)), inputs=64
    ),
    "depth: torch's weights with a norm after each": project(
        *(each for _ in range(50) for each in (layer(Linear(64, bias=False)), layer(BatchNorm1d(), ReLU()))),
        layer(Linear(10)), inputs=64,
    ),
    "time for channels: a convolution over a sequence of channels": project(
        layer(Conv1d(8, 3, padding=1), ReLU()), layer(Conv1d(8, 3), ReLU()), layer(Flatten()), layer(Linear(2)),
        inputs=(4, 20),
    ),
    "width: a pooling before a Flatten": project(
        layer(Conv2d(8, 3), ReLU()), layer(MaxPool2d()), layer(Flatten()), layer(Linear(10)), inputs=IMAGE
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NEAR)
def test_what_only_looks_like_a_mistake_gets_no_advice(case: str):
    analysis = infer(NEAR[case].network)
    assert analysis.valid, analysis.faults
    assert titles(NEAR[case]) == []
