"""What the worker answers is what the network of the document gives, whatever was asked before."""

from __future__ import annotations

import math
from pathlib import Path
from threading import Timer
from typing import Any, get_args

import numpy as np
import pytest

from engine.design.error import DesignError
from engine.design.project import Project
from engine.files import store
from engine.files.document import to_document
from engine.runtime.build import build
from engine.source.writer import write_module
from engine.worker import protocol
from engine.worker.answers import torch_answers
from engine.worker.frames import FrameReader, encode
from engine.worker.protocol import Array, Result
from engine.worker.serve import Answers, Cancelled, Job
from engine.worker.training import TrainingRun

SAMPLES = Path(protocol.__file__).parents[2] / "resources" / "samples"


@pytest.fixture(scope="module")
def answers() -> Answers:
    return torch_answers() | TrainingRun().answers()


def sample(name: str) -> Project:
    return store.load(SAMPLES / f"{name}.loom")


def answer(answers: Answers, request: Any) -> Result:
    """The answer as the window gets it, through the bytes of a frame."""
    result = answers[type(request)].call(request, Job(request, lambda reply: None))
    (received,) = FrameReader().feed(encode(result))
    assert isinstance(received, Result)
    return received


def test_every_request_has_an_answer(answers: Answers) -> None:
    by_every_worker = {protocol.Hello, protocol.Ping}
    assert answers.keys() == set(get_args(protocol.Request)) - by_every_worker


def test_a_curve_has_torchs_values_and_slopes(answers: Answers) -> None:
    result = answer(answers, protocol.Curve("Tanh", -3.0, 3.0, 61))
    x, y, slope = (result.arrays[name].to_numpy() for name in ("x", "y", "slope"))
    assert np.allclose(y, np.tanh(x), atol=1e-12)
    assert np.allclose(slope, 1 - np.tanh(x) ** 2, atol=1e-12)
    assert result.values["high"] == pytest.approx(math.tanh(3))
    assert result.values["mean"] == pytest.approx(0, abs=1e-9)


def test_softmax_makes_shares_of_a_whole(answers: Answers) -> None:
    activation = {"kind": "Softmax", "dim": -1}
    result = answer(answers, protocol.Vector(activation, Array.of([0.0, math.log(3)])))
    assert result.arrays["y"].to_list() == pytest.approx([0.25, 0.75])
    assert result.values["sum"] == pytest.approx(1)


def test_weights_are_the_same_however_they_are_asked_for(answers: Answers) -> None:
    project = sample("tutorial")
    document, model = to_document(project), build(project.network, seed=7)
    all_of_them = answer(answers, protocol.Weights(document, 7, 1000)).arrays
    listed = answer(answers, protocol.Parameters(document, 7)).values["parameters"]
    assert [row["name"] for row in listed] == [name for name, _ in model.named_parameters()]
    for row in listed:
        name, wanted = row["name"], model.get_parameter(row["name"]).detach().numpy()
        drawn = answer(answers, protocol.Draw(document, name, 7))
        whole = answer(answers, protocol.Values(document, name, 7))
        assert (all_of_them[name].to_numpy() == wanted).all()
        assert (whole.arrays["values"].to_numpy() == wanted).all()
        assert (drawn.arrays["values"].to_numpy() == wanted.ravel()).all()
        assert drawn.values["shape"] == row["shape"] == list(wanted.shape)
        assert drawn.values["std"] == row["std"] == pytest.approx(wanted.std())


def test_a_forward_pass_shows_what_every_node_gave(answers: Answers) -> None:
    document = to_document(sample("tutorial"))
    result = answer(answers, protocol.Forward(document, 5, 0))
    output = result.arrays["output"].to_numpy()
    assert result.arrays["input"].shape == (5, 3)
    assert output.shape == (5, 2)
    assert np.allclose(output.sum(axis=1), 1)
    nodes = result.values["nodes"]
    assert [node["name"] for node in nodes] == ["linear1", "linear2", "out"]
    last = nodes[-1]
    assert last["shape"] == [5, 2]
    assert (result.arrays[f"node:{last['id']}"].to_numpy() == output.ravel()).all()
    assert (result.arrays[f"first:{last['id']}"].to_numpy() == output[0]).all()


def test_rows_come_with_their_names_and_their_target(answers: Answers) -> None:
    result = answer(answers, protocol.Rows(to_document(sample("iris")), 20))
    assert result.arrays["x"].shape == (20, 4)
    assert result.arrays["y"].shape == (20,)
    assert len(result.values["feature_names"]) == 4
    assert len(result.values["class_names"]) == 3


def test_an_answer_does_not_depend_on_what_was_asked_before(answers: Answers) -> None:
    tutorial, iris = (to_document(sample(name)) for name in ("tutorial", "iris"))
    asked = [
        protocol.Parameters(document, seed) for document in (tutorial, iris) for seed in (0, 1)
    ]
    first = [answer(answers, request) for request in asked]
    again = [answer(answers, request) for request in reversed(asked)]
    assert first == again[::-1]
    assert first[0] != first[1]


@pytest.mark.parametrize(
    "request_",
    [
        protocol.Draw(to_document(sample("tutorial")), "linear9.weight", 0),
        protocol.Values(to_document(sample("tutorial")), "", 0),
        protocol.Parameters({}, 0),
        protocol.Parameters(to_document(sample("empty")), 0),
        protocol.Curve("NoSuchThing", -1.0, 1.0, 5),
        protocol.Curve({"kind": "Softmax"}, -1.0, 1.0, 5),
        protocol.Curve("Tanh", 1.0, math.nan, 5),
        protocol.Vector("Tanh", Array.of([])),
    ],
    ids=lambda request: type(request).__name__,
)
def test_what_cannot_be_answered_is_said_in_a_sentence(answers: Answers, request_: Any) -> None:
    with pytest.raises(DesignError) as caught:
        answer(answers, request_)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_comparison_with_torch_counts_and_finds_no_difference(answers: Answers) -> None:
    values = answer(answers, protocol.Verify(to_document(sample("lenet-5")))).values
    assert values["comparisons"] > 40
    assert (values["different"], values["differences"]) == (0, [])


def test_an_exported_module_is_proven_and_a_changed_one_is_not(answers: Answers) -> None:
    project = sample("tutorial")
    document, text = to_document(project), write_module(project.network)
    proof = answer(answers, protocol.Prove(document, text, 3)).values
    assert proof["largest_difference"] == 0
    assert proof["parameters"] == 26
    with pytest.raises(DesignError, match="differs in"):
        answer(answers, protocol.Prove(document, text.replace("sigmoid", "tanh"), 3))


def test_a_proof_that_nobody_waits_for_ends_at_once(answers: Answers) -> None:
    project = sample("tutorial")
    module = f"import time\ntime.sleep(60)\n{write_module(project.network)}"
    request = protocol.Prove(to_document(project), module, 0)
    job = Job(request, lambda reply: None)
    Timer(0.5, job.cancel).start()
    with pytest.raises(Cancelled):
        answers[protocol.Prove].call(request, job)
