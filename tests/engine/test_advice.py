"""Advice speaks where a design is unwise, is silent where it is sound, and its mends do what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given as drawn

import resources
from engine.catalogue import ACTIVATIONS
from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.datasets import BreastCancer, Diabetes, Iris, Moons, RandomInput
from engine.catalogue.dropout import AlphaDropout, Dropout
from engine.catalogue.embedding import Embedding
from engine.catalogue.fan_rules import KaimingNormal, KaimingUniform, XavierNormal, XavierUniform
from engine.catalogue.joins import Add, Concat
from engine.catalogue.linear import Identity, Linear
from engine.catalogue.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
)
from engine.catalogue.norm import LayerNorm
from engine.catalogue.optimizers import AdamW
from engine.catalogue.plain_rules import ConstantInit, NormalInit, Ones, Zeros
from engine.catalogue.rectifiers import SELU, LeakyReLU, ReLU
from engine.catalogue.schedulers import ConstantRate
from engine.catalogue.shaping import Flatten
from engine.catalogue.squashers import Sigmoid, Tanh
from engine.catalogue.vectors import LogSoftmax, Softmax
from engine.design.kind import Activation, Initializer, Kind, TensorSpec
from engine.design.knob import Entry
from engine.design.project import Data, Project, Training, edited
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack
from engine.files.store import load
from engine.views.advice import Advice, advise
from engine.views.flow import runs
from engine.views.shapes import infer
from tests.laws.edits import projects

ids = iter(range(1, 10**9))


def layer(kind: Kind, activation: Activation | None = None, weight: Initializer | None = None,
          name: str | None = None) -> Layer:  # fmt: skip
    own = next(ids)
    chosen = (("weight", weight),) if weight else ()
    return Layer(own, f"layer{own}" if name is None else name, kind, activation, chosen)


def project(*nodes: Node, inputs: int | tuple[int, ...] = 2, data: Entry | None = None,
            loss: Entry | None = None, dtype: str = "float32") -> Project:  # fmt: skip
    shape = inputs if isinstance(inputs, tuple) else (inputs,)
    network = Network("Net", (Input("x", TensorSpec(shape, dtype)),), Stack(nodes), (), next(ids))
    training = Training(loss or CrossEntropyLoss(), AdamW(), ConstantRate())
    return Project(network, Data(data or RandomInput()), training)


def advice_of(given: Project) -> tuple[Advice, ...]:
    return advise(given, infer(given.network))


def titles(given: Project) -> list[str]:
    return [each.title for each in advice_of(given)]


TUTORIAL = project(
    layer(Linear(3), Sigmoid(), XavierNormal()),
    layer(Linear(2), ReLU(), KaimingNormal()),
    layer(Linear(2), Softmax()),
    inputs=3,
)
MOONS = project(
    layer(Linear(16), Tanh(), XavierNormal()),
    layer(Linear(16), ReLU(), KaimingNormal()),
    layer(Dropout(0.1)),
    layer(Linear(2), None, KaimingUniform()),
    data=Moons(),
)
IRIS = project(
    layer(Linear(16, bias=False)),
    layer(BatchNorm1d(), ReLU()),
    layer(Linear(3)),
    inputs=4,
    data=Iris(),
)
RESIDUAL = project(
    layer(Linear(16), ReLU()),
    Parallel(
        next(ids),
        Add(),
        (Stack(), Stack((layer(Linear(16), ReLU()), layer(Linear(16), None, Zeros())))),
        ReLU(),
    ),
    layer(Linear(2)),
    data=Moons(),
)
SOUND = {
    "tutorial": TUTORIAL,
    "moons": MOONS,
    "iris": IRIS,
    "residual": RESIDUAL,
    "empty": project(),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_design_gets_no_advice(name: str):
    assert advice_of(SOUND[name]) == ()


def hidden(*nodes: Node) -> Project:
    """The nodes between a sound beginning and a sound end."""
    return project(layer(Linear(8), ReLU()), *nodes, layer(Linear(3)), inputs=4, data=Iris())


UNWISE: dict[str, Project] = {
    "Softmax before cross entropy": project(layer(Linear(3), Softmax()), inputs=4, data=Iris()),
    "Log-softmax before cross entropy": project(layer(Linear(3), LogSoftmax()), inputs=4, data=Iris()),
    "Sigmoid before binary cross entropy with logits": project(
        layer(Linear(1), Sigmoid()), data=Moons(), loss=BCEWithLogitsLoss()
    ),
    "This loss wants a log-softmax": project(layer(Linear(2), Softmax()), data=Moons(), loss=NLLLoss()),
    "This loss wants probabilities": project(layer(Linear(1)), data=Moons(), loss=BCELoss()),
    "Mean squared error does not suit Iris": project(layer(Linear(3)), inputs=4, data=Iris(), loss=MSELoss()),
    "Cross entropy does not suit Diabetes": project(layer(Linear(1)), inputs=10, data=Diabetes()),
    "Outputs don't match the data": project(layer(Linear(5)), inputs=4, data=Iris()),
    "ReLU at the end": project(layer(Linear(3), ReLU()), inputs=4, data=Iris()),
    "Sigmoid at the end": project(layer(Linear(1), Sigmoid()), inputs=10, data=Diabetes(), loss=L1Loss()),
    "Data and input don't fit": project(layer(Linear(3)), inputs=3, data=Iris()),
    "Random numbers beyond the table": project(layer(Embedding(5, 4)), layer(Flatten()), inputs=6, dtype="int64"),
    "Weights of a hidden layer all alike": hidden(layer(Linear(8), ReLU(), Zeros())),
    "Xavier normal under ReLU": hidden(layer(Linear(8), ReLU(), XavierNormal())),
    "Xavier uniform under Leaky ReLU": hidden(layer(Linear(8), LeakyReLU(0.2), XavierUniform())),
    "Kaiming normal under Tanh": hidden(layer(Linear(8), Tanh(), KaimingNormal())),
    "Kaiming uniform under Sigmoid": hidden(layer(Linear(8), None, KaimingUniform()), layer(Sigmoid())),
    "Weights that start too large": hidden(layer(Linear(32), ReLU()), layer(Linear(8), ReLU(), NormalInit())),
    "Weights that start too small": hidden(layer(Linear(8), ReLU(), NormalInit(std=1e-3))),
    "Weights that don't suit SELU": hidden(layer(Linear(8), SELU())),
    "3 layers of Sigmoid in a row": hidden(
        layer(Linear(8), Sigmoid()), layer(Linear(8), Sigmoid(), XavierNormal()), layer(Linear(8)), layer(Sigmoid()),
    ),
    "No activation between two linear layers": hidden(layer(Linear(8))),
    "Softmax between hidden layers": hidden(layer(Linear(8), Softmax())),
    "Softmax of a single number": project(layer(Linear(8), ReLU()), layer(Linear(1), Softmax())),
    "Bias before a batch norm": hidden(layer(Linear(8)), layer(BatchNorm1d(), ReLU())),
    "Dropout before BatchNorm1d": hidden(layer(Dropout()), layer(BatchNorm1d())),
    "Dropout at the end": project(layer(Linear(2)), layer(Dropout()), data=Moons()),
    "Very strong dropout": hidden(layer(Dropout(0.9))),
    "LayerNorm over a single number": project(layer(Linear(1)), layer(LayerNorm())),
    "Plain dropout after SELU": hidden(
        layer(Linear(8), SELU(), KaimingNormal(nonlinearity="linear")), layer(Dropout())
    ),
    "A hidden layer of one unit": hidden(layer(Linear(1), ReLU())),
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
    assert titles(edited(UNWISE[title], given.mends[0].edit)) == []


@pytest.mark.parametrize("title", UNWISE)
def test_advice_names_a_node_of_the_design_and_explains_itself(title: str):
    (given,) = advice_of(UNWISE[title])
    analysis = infer(UNWISE[title].network)
    assert given.node_id == 0 or analysis.facts(given.node_id) is not None
    assert given.sentence.endswith((".", "?"))
    assert given.why.endswith(".")
    assert 2 <= given.why.count(". ") + 1 <= 5


@pytest.mark.parametrize(
    "alike", [ConstantInit(), Ones(), NormalInit(std=0.0), XavierNormal(gain=0.0)]
)
def test_any_rule_that_gives_one_number_alone_is_seen(alike: Initializer):
    assert titles(hidden(layer(Linear(8), Tanh(), alike))) == [
        "Weights of a hidden layer all alike"
    ]
    assert titles(project(layer(Linear(2), None, alike), data=Moons())) == []


def test_softmax_is_no_topic_where_nothing_is_judged():
    assert titles(project(layer(Linear(3), Softmax()), inputs=4)) == []
    assert (
        titles(project(layer(Linear(3), LogSoftmax()), inputs=4, data=Iris(), loss=NLLLoss())) == []
    )


def test_the_same_advice_for_many_layers_is_said_once_and_mended_at_once():
    deep = project(
        *(layer(Linear(8), ReLU(), XavierNormal()) for _ in range(50)),
        layer(Linear(2)),
        data=Moons(),
    )
    (given,) = advice_of(deep)
    assert len(given.others) == 49
    assert "49 more" in given.sentence
    assert advice_of(edited(deep, given.mends[0].edit)) == ()


def test_blocks_are_looked_into_and_across():
    body = Stack((layer(Linear(8), name="linear"),))
    inside = project(Group(next(ids), "stage", "Stage", body), layer(Linear(2)), data=Moons())
    assert titles(inside) == ["No activation between two linear layers"]
    turns = project(
        Repeat(next(ids), "stages", "Stage", body, 3), layer(ReLU()), layer(Linear(2)), data=Moons()
    )
    assert titles(turns) == ["No activation between two linear layers"]


def test_repeats_within_repeats_cost_no_more_than_their_depth():
    node: Node = layer(Linear(4), ReLU(), name="linear")
    for depth in range(40):
        node = Repeat(next(ids), f"level{depth}", f"Level{depth}", Stack((node,)), 3)
    analysis = infer(project(node, inputs=4).network)
    assert sum(len(run.nodes) for run in runs(analysis.body)) < 200


def test_a_numbered_layer_is_called_by_its_path_and_mended_by_a_layer_behind_it():
    body = Stack((layer(Linear(8), name=""), layer(Linear(2), name="")))
    given = project(Group(next(ids), "net", "", body), data=Moons())
    (said,) = advice_of(given)
    assert said.sentence.startswith("net.0 and net.1 ")
    mended = edited(given, said.mends[0].edit)
    assert infer(mended.network).valid
    assert advice_of(mended) == ()


def test_branches_end_at_their_join():
    towers = Parallel(next(ids), Concat(), (Stack((layer(Linear(8)),)), Stack((layer(Linear(8)),))))
    assert titles(project(towers, layer(Linear(2)), data=Moons())) == []


def test_a_bias_whose_result_is_recalled_is_not_called_useless():
    first = layer(Linear(8), name="first")
    skip = Parallel(next(ids), Add(), (Stack(), Stack((), source="first")))
    given = project(first, layer(BatchNorm1d(), ReLU()), skip, layer(Linear(2)), data=Moons())
    assert titles(given) == []


def test_a_bias_before_a_norm_along_another_dimension_is_not_called_useless():
    assert titles(project(layer(Linear(8)), layer(BatchNorm1d(), ReLU()), inputs=(5, 2))) == []


def test_swapping_puts_dropout_right_behind_the_norm():
    given = UNWISE["Dropout before BatchNorm1d"]
    (said,) = advice_of(given)
    kinds = [type(node.kind) for node in edited(given, said.mends[0].edit).network.body.nodes]  # type: ignore[union-attr]
    assert kinds == [Linear, BatchNorm1d, Dropout, Linear]


def test_an_input_that_nothing_reads_is_named():
    given = project(layer(Linear(3)))
    two = replace(
        given,
        network=replace(
            given.network, inputs=(*given.network.inputs, Input("other", TensorSpec((2,))))
        ),
    )
    (said,) = advice_of(two)
    assert "other" in said.sentence
    assert advice_of(edited(two, said.mends[0].edit)) == ()


def test_columns_of_different_size_are_only_a_topic_unscaled():
    given = project(layer(Linear(2)), inputs=30, data=BreastCancer())
    assert titles(given) == []
    assert titles(replace(given, data=replace(given.data, scaling="none"))) == [
        "Columns of very different size"
    ]


def test_identity_and_dropout_between_do_not_hide_a_missing_activation():
    assert titles(hidden(layer(Linear(8)), layer(Identity()), layer(Dropout()))) == [
        "No activation between two linear layers"
    ]


def test_alpha_dropout_suits_selu():
    given = hidden(
        layer(Linear(8), SELU(), KaimingNormal(nonlinearity="linear")), layer(AlphaDropout())
    )
    assert titles(given) == []


def test_faulty_designs_are_advised_as_far_as_they_are_known():
    given = project(
        layer(Linear(8)),
        layer(BatchNorm1d(), ReLU()),
        layer(Embedding()),
        layer(Linear(2)),
        data=Moons(),
    )
    assert titles(given) == ["Bias before a batch norm"]


@drawn(projects)
def test_no_design_stops_the_rules_and_every_mend_applies(given: Project):
    for said in advice_of(given):
        for mend in said.mends:
            edited(given, mend.edit)


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_no_activation_stops_the_rules(key: str):
    kind = ACTIVATIONS[key]()
    given = project(layer(Linear(8), kind), layer(kind), layer(Linear(8), kind), data=Moons())
    for said in advice_of(given):
        for mend in said.mends:
            edited(given, mend.edit)


@pytest.mark.parametrize(
    "path", sorted(resources.path("samples").glob("*.loom")), ids=lambda path: path.stem
)
def test_what_is_shipped_needs_no_advice(path: Path):
    assert titles(load(path)) == []
