"""The first card says what goes in, the last what comes out: what the numbers are, and a loss only where there is
something to compare with.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.catalogue import ACTIVATIONS, DATASETS, KINDS, LOSSES
from engine.catalogue.files import NpyFile
from engine.catalogue.shaping import Unflatten
from engine.design.kind import TensorSpec
from engine.design.knob import Entry
from engine.design.project import Data
from engine.design.tree import Group, Input, Layer, Stack
from engine.views.shapes import infer
from gui.stack.rows import rows_of
from gui.stack.speech import spoken
from gui.stack.words import CardText, card_text
from tests.gui.stack_rig import linear, project


def output(
    *nodes: Layer | Group, data: Entry | None = None, loss: str = "CrossEntropyLoss"
) -> CardText:
    base = project(nodes)
    training = replace(base.training, loss=LOSSES[loss]())
    whole = replace(base, data=Data(data or DATASETS["Moons"]()), training=training)
    row = rows_of(whole, infer(whole.network), frozenset())[-1]
    return card_text(row)  # type: ignore[arg-type]


def test_plain_scores_before_a_cross_entropy_are_logits():
    text = output(linear(3, "out"))
    assert (text.brief, text.line) == ("3 classes · logits", "Cross entropy")


@pytest.mark.parametrize("end", ["Softmax", "Softmin", "Sigmoid"])
def test_what_comes_through_a_softmax_is_not_called_logits(end: str):
    assert output(linear(3, "out", end)).brief == "3 classes · probabilities"
    alone = Layer(0, "end", ACTIVATIONS[end]())
    assert output(linear(3, "out"), alone).brief == "3 classes · probabilities"
    inside = Group(0, "head", "Head", Stack((linear(3, "out", end),)))
    assert output(inside).brief == "3 classes · probabilities"


def test_other_activations_give_numbers_that_have_no_name():
    assert output(linear(3, "out", "ReLU")).brief == "3 classes"
    assert (
        output(linear(3, "out", "LogSoftmax"), loss="NLLLoss").brief
        == "3 classes · log-probabilities"
    )


def test_without_a_target_there_is_no_loss_and_there_are_no_classes():
    noise = DATASETS["RandomInput"]()
    assert (output(linear(2, "out", "Softmax"), data=noise).brief) == "2 probabilities"
    assert (output(linear(2, "out"), data=noise).brief) == "2 numbers"
    assert (output(linear(1, "out", "Sigmoid"), data=noise).brief) == "1 probability"
    picture = Layer(3, "split", Unflatten(1, (2, 3, 4)))
    assert output(linear(24, "out"), picture, data=noise).brief == "2 × 3 × 4 numbers"
    assert output(linear(2, "out"), data=noise).line == ""
    assert output(linear(2, "out"), data=NpyFile(path="x.npy")).line == ""


def test_regression_counts_numbers():
    text = output(linear(1, "out"), data=DATASETS["Diabetes"](), loss="MSELoss")
    assert (text.brief, text.line) == ("1 number", "Mean squared error")


def test_an_output_that_is_not_known_is_said_to_be_so():
    faulty = output(Layer(0, "drop", KINDS["Dropout2d"]()), linear(2, "out"))
    assert (faulty.brief, faulty.shape) == ("", "?")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (TensorSpec((512,), "int64"), "512 tokens"),
        (TensorSpec((1,), "int64"), "1 token"),
        (TensorSpec((512,)), "512 features"),
        (TensorSpec((3, 28, 28)), "28 × 28 pixels"),
    ],
)
def test_a_row_of_whole_numbers_is_tokens_on_the_input_card_and_in_speech(
    spec: TensorSpec, said: str
):
    base = project(())
    given = replace(base, network=replace(base.network, inputs=(Input("x", spec),)))
    first = rows_of(given, infer(given.network), frozenset())[0]
    assert card_text(first).brief == said  # type: ignore[arg-type]
    assert f", {said}, " in spoken(first)
