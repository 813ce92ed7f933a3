"""The proof holds for what the writer writes, and for nothing else. Real processes, real files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import engine.runtime.prove as prover
from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.dropout import Dropout
from engine.catalogue.embedding import Embedding
from engine.catalogue.fan_rules import KaimingNormal, XavierNormal
from engine.catalogue.joins import Add, Concat
from engine.catalogue.linear import Identity, Linear
from engine.catalogue.norm import LayerNorm
from engine.catalogue.rectifiers import PReLU, ReLU
from engine.catalogue.shaping import Flatten
from engine.catalogue.squashers import Sigmoid
from engine.catalogue.vectors import Softmax
from engine.design.error import DesignError
from engine.design.kind import Activation, Initializer, Kind, TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack, Tie
from engine.runtime.prove import prove
from engine.source.writer import write_module

ids = iter(range(1, 10**9))


def layer(
    name: str, kind: Kind, activation: Activation | None = None, weight: Initializer | None = None
) -> Layer:
    return Layer(next(ids), name, kind, activation, (("weight", weight),) if weight else ())


def network(*nodes: Node, inputs: tuple[int, ...] = (3,), dtype: str = "float32") -> Network:
    return Network("Net", (Input("x", TensorSpec(inputs, dtype)),), Stack(nodes), (), next(ids))


TUTORIAL = network(
    layer("linear1", Linear(3), Sigmoid(), XavierNormal()),
    layer("linear2", Linear(2), ReLU(), KaimingNormal()),
    layer("out", Linear(2), Softmax()),
)
BODY = Stack(
    (
        layer("norm", LayerNorm()),
        layer("up", Linear(16), PReLU()),
        layer("drop", Dropout(0.3)),
        layer("down", Linear(8)),
    )
)
RICH = network(
    layer("embed", Embedding(50, 8)),
    Repeat(next(ids), "blocks", "Block", Stack((Parallel(next(ids), Add(), (Stack(), BODY)),)), 3),
    Group(next(ids), "head", "", Stack((layer("", Flatten()), layer("", Linear(12)), layer("", BatchNorm1d())))),
    Parallel(next(ids), Concat(), (Stack((layer("a", Linear(4), ReLU()),)), Stack((layer("b", Linear(2)),)))),
    layer("out", Linear(50, bias=False)),
    inputs=(6,), dtype="int64",
)  # fmt: skip
SHARED = replace(
    network(
        layer("embed", Embedding(20, 8)),
        layer("head", Linear(20, bias=False)),
        inputs=(4,),
        dtype="int64",
    ),
    ties=(Tie("head.weight", "embed.weight"),),
)
NOTHING = network(layer("same", Identity()))


def refusal(text: str, net: Network = TUTORIAL) -> str:
    with pytest.raises(DesignError) as error:
        prove(net, text)
    assert "\n" not in error.value.sentence
    return error.value.sentence


@pytest.mark.parametrize(
    "net", [TUTORIAL, RICH, SHARED, NOTHING], ids=["tutorial", "rich", "shared", "nothing"]
)
def test_what_the_writer_writes_gives_exactly_the_same(net: Network):
    proof = prove(net, write_module(net), seed=7)
    assert proof.largest_difference == 0
    assert proof.torch == torch.__version__
    assert "largest difference 0" in proof.sentence


def test_the_tutorial_network_has_its_26_parameters():
    steps: list[tuple[int, int, str]] = []
    proof = prove(TUTORIAL, write_module(TUTORIAL), report=lambda *step: steps.append(step))
    assert proof.parameters == 26
    assert steps[0][:2] == (0, 3)
    assert steps[-1] == (3, 3, "proven")


def changed(old: str, new: str) -> str:
    text = write_module(TUTORIAL)
    assert old in text
    return text.replace(old, new)


TAMPERED: dict[str, tuple[Callable[[], str], str]] = {
    "another activation": (lambda: changed("torch.relu(", "torch.tanh("), "differs in the output in evaluation"),
    "another initializer": (
        lambda: changed("xavier_normal_", "xavier_uniform_"), "differs in the initial weight linear1.weight"
    ),
    "no bias": (lambda: changed("nn.Linear(3, 2)", "nn.Linear(3, 2, bias=False)"), "Unexpected key"),
    "a layer more": (
        lambda: changed("nn.init.xavier", "self.more = nn.Linear(1, 1)\n        nn.init.xavier"), "Missing key"
    ),
    "a wrong name": (lambda: changed("class Net", "class Other"), "Net"),
    "no Python": (lambda: "class Net(", "SyntaxError"),
    "Layerloom inside": (lambda: "import engine\n" + write_module(TUTORIAL), "No module named 'engine'"),
    "an end of its own": (lambda: "import os\nos._exit(3)\n", "ended with status 3"),
    "only in training": (
        lambda: changed("softmax(self.out(x), dim=-1)", "softmax(self.out(x), dim=-1) * (1 + self.training)"),
        "differs in the output in training",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_file_is_not_proven(name: str):
    text, words = TAMPERED[name]
    with pytest.raises(DesignError, match=words):
        prove(TUTORIAL, text())


def test_given_weights_are_those_that_it_loads():
    other = {key: tensor * 2 for key, tensor in prover.build(TUTORIAL, 3).state_dict().items()}
    assert prove(TUTORIAL, write_module(TUTORIAL), weights=other).largest_difference == 0
    with pytest.raises(DesignError, match="do not fit the network"):
        prove(TUTORIAL, write_module(TUTORIAL), weights={"linear1.weight": torch.zeros(2, 2)})


def test_a_module_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(prover, "TIMEOUT_S", 0.5)
    assert "was stopped" in refusal("while True: pass")


def test_a_proof_that_nobody_waits_for_leaves_no_process_and_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(prover.tempfile, "tempdir", str(tmp_path))

    class Stopped(Exception):
        pass

    def report(done: int, total: int, text: str) -> None:
        if done == 1:
            raise Stopped

    with pytest.raises(Stopped):
        prove(TUTORIAL, "while True: pass", report=report)
    assert list(tmp_path.iterdir()) == []


def test_a_proof_beyond_memory_is_refused_before_anything_is_allocated():
    assert "of memory" in refusal("", network(layer("wide", Linear(2**20)), inputs=(2**20,)))


def test_a_proof_leaves_the_random_numbers_of_others_alone():
    torch.manual_seed(5)
    expected = torch.randn(3)
    torch.manual_seed(5)
    prove(TUTORIAL, write_module(TUTORIAL))
    assert torch.equal(torch.randn(3), expected)
