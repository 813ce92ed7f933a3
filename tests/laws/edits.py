"""Random designs, sound and unsound, and random edits of them, sensible and senseless.

No torch here: these strategies serve laws about values alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st

from engine.catalogue import (
    ACTIVATIONS,
    DATASETS,
    INITIALIZERS,
    JOINS,
    KINDS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULERS,
)  # fmt: skip
from engine.catalogue.linear import Linear
from engine.design import branching, wrapping
from engine.design import edit as edits
from engine.design.address import Place
from engine.design.edit import Edit
from engine.design.kind import TensorSpec
from engine.design.knob import Entry, Flag, Knob, OneOf, PerAxis, Real, Sizes, Text, Whole
from engine.design.placing import renumbered
from engine.design.project import (
    Data,
    Forward,
    Project,
    ProjectEdit,
    SetData,
    SetForward,
    SetNotes,
    SetTraining,
    Training,
)  # fmt: skip
from engine.design.tree import (
    Again,
    Group,
    Input,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    Tie,
    stacks_of,
    walk,
)  # fmt: skip

NAMES = ("linear1", "linear2", "hidden", "out", "block", "skip", "x", "memory")
BAD_NAMES = ("", "forward", "class", "__init__", "ℌ", '"; import os', "\ud800", "a" * 300, "y")
PATHS = (*(f"{name}.{tensor}" for name in NAMES for tensor in ("weight", "bias")), "nothing")


FIELDS = ("out_features", *sorted({knob.name for kind in KINDS.values() for knob in kind.knobs}))
VALUES: tuple[Any, ...] = (
    1,
    2,
    4,
    8,
    0,
    -1,
    0.5,
    True,
    None,
    "x",
    (2, 2),
    [4],
    float("nan"),
    10**12,
)


# --- values ----------------------------------------------------------------------------------------------------------


def field_values(knob: Knob) -> st.SearchStrategy[Any]:
    """Values that the field takes: its default and a few small ones."""
    match knob.range:
        case Whole(low, high, optional):
            few = [value for value in (1, 2, 4, 8, -1) if low <= value <= high]
            return st.sampled_from([knob.default, *few, *([None] if optional else [])])
        case Real(low, high, above, optional):
            few = [v for v in (0.0, 0.25, 1.0, -1.5) if low <= v <= high and v > above]
            return st.sampled_from([knob.default, *few, *([None] if optional else [])])
        case Flag():
            return st.booleans()
        case OneOf(words):
            return st.sampled_from(words)
        case Sizes(low, shortest, longest):
            size = st.sampled_from([max(low, size) for size in (1, 2, 4, 8)])
            return st.lists(size, min_size=shortest, max_size=min(longest, 3)).map(tuple)
        case PerAxis(at_least=low, words=words):
            few = [size for size in (1, 2, 4) if size >= low]
            return st.sampled_from([knob.default, *few, *words])
        case Text():
            return st.text(max_size=8)


@st.composite
def entries(draw: st.DrawFn, table: dict[str, type[Any]]) -> Any:
    """An entry of a table with fields near their defaults."""
    entry: type[Entry] = draw(st.sampled_from(list(table.values())))
    return entry(**{knob.name: draw(field_values(knob)) for knob in entry.knobs})


specs = st.builds(
    TensorSpec,
    st.sampled_from([(4,), (8,), (2, 4), (1, 4, 4), ()]),
    st.sampled_from(["float32", "float32", "float32", "int64"]),
)
# Mostly layers that keep shapes, so that most designs are sound over some length.
plain_kinds = st.sampled_from(
    [Linear(out_features=size) for size in (4, 8)]
    + [KINDS["Identity"](), KINDS["Flatten"](), KINDS["Dropout"](), KINDS["ReLU"]()]
)
kinds = plain_kinds | plain_kinds | entries(KINDS)
activations = st.none() | st.none() | entries(ACTIVATIONS)
initializers = st.lists(
    st.tuples(st.sampled_from(["weight", "bias"]), entries(INITIALIZERS)),
    max_size=2,
    unique_by=lambda pair: pair[0],
).map(lambda pairs: tuple(sorted(pairs, key=lambda pair: pair[0])))
names = st.sampled_from(NAMES)
others = st.sampled_from([()] * 6 + [("x",), ("linear1",), ("memory", "hidden")])
taken = st.sampled_from([()] * 4 + [("memory",), ("x",), ("hidden", "hidden")])
notes = st.sampled_from(["", "", "", "a note", "ééé 🙂"])


# --- nodes -----------------------------------------------------------------------------------------------------------


def layers(named: st.SearchStrategy[str]) -> st.SearchStrategy[Node]:
    return st.builds(
        Layer, st.just(0), named, kinds, activations, st.just(()) | initializers,
        st.booleans(), notes, others,
    )  # fmt: skip


@st.composite
def stacks(draw: st.DrawFn, depth: int, source: bool = False) -> Stack:
    nodes = tuple(draw(st.lists(any_node(depth), max_size=3)))
    if not source:
        return Stack(nodes)
    return Stack(
        nodes, draw(st.sampled_from(("", "", "", *NAMES))), draw(st.sampled_from(("", "", "side")))
    )


@st.composite
def any_node(draw: st.DrawFn, depth: int = 2) -> Node:
    """A node without an id, with blocks inside blocks down to `depth`."""
    what = draw(
        st.sampled_from(["layer"] * 5 + ["parallel", "group", "sequential", "repeat", "again"])
    )
    if depth == 0 or what == "layer":
        return draw(layers(names))
    match what:
        case "parallel":
            branches = draw(st.lists(stacks(depth - 1, source=True), min_size=1, max_size=3))
            free = draw(st.booleans())
            branches = [Stack(), *branches] if free else branches
            return Parallel(
                0, draw(entries(JOINS)), tuple(branches), draw(activations), draw(notes)
            )
        case "group":
            return Group(
                0,
                draw(names),
                draw(st.sampled_from(["Block", "Other"])),
                draw(stacks(depth - 1)),
                takes=draw(taken),
                others=draw(others),
            )
        case "sequential":
            inner = draw(st.lists(layers(st.just("")), max_size=3))
            return Group(0, draw(names), "", Stack(tuple(inner)))
        case "repeat":
            return Repeat(
                0,
                draw(names),
                "Turn",
                draw(stacks(depth - 1)),
                draw(st.sampled_from([1, 2, 3, 2000])),
                takes=draw(taken),
                others=draw(others),
            )
        case _:
            return Again(0, draw(names), draw(activations), others=draw(others))


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """A network of up to a dozen nodes, many of them with faults."""
    inputs = [Input("x", draw(specs))]
    if draw(st.booleans()):
        inputs = [Input("memory", draw(specs)), Input("image", draw(specs))]
    nodes = draw(st.lists(any_node(), max_size=6))
    body, next_id = renumbered(tuple(nodes), 1)
    ties = draw(st.just(()) | st.lists(ties_drawn, max_size=2).map(tuple))
    return Network(
        draw(st.sampled_from(["Net", "Block"])),
        tuple(inputs),
        Stack(body),
        ties,
        next_id,
        draw(st.sampled_from([()] * 5 + [("linear1",), ("x", "x"), ("block", "memory")])),
    )


ties_drawn = st.builds(Tie, st.sampled_from(PATHS), st.sampled_from(PATHS))


forms = st.one_of(
    st.builds(wrapping.AsGroup, st.sampled_from(["Block", "Net", "", "9"]), names),
    st.builds(
        wrapping.AsRepeat, st.sampled_from(["Block", "Other"]), names, st.sampled_from([1, 2, 3, 0])
    ),
    st.builds(wrapping.AsBranches, entries(JOINS), st.booleans()),
)


# --- edits -----------------------------------------------------------------------------------------------------------


def _places(network: Network) -> list[Place]:
    """Every gap of the network, and some that are none."""
    found = [Place(index) for index in range(len(network.body.nodes) + 1)]
    for node in walk(network.body):
        for branch, stack in enumerate(stacks_of(node)):
            found += [Place(index, node.id, branch) for index in range(len(stack.nodes) + 1)]
    return [*found, Place(99), Place(-1), Place(0, 999), Place(0, 1, 7)]


@st.composite
def edits_of(draw: st.DrawFn, network: Network, depth: int = 1) -> Edit:
    """An edit of any class, most of them with ids and values that make sense."""
    ids = [node.id for node in walk(network.body)] or [1]
    one = st.sampled_from([*ids, *ids, 999])
    several = st.lists(one, max_size=3).map(tuple)
    place = st.sampled_from(_places(network))
    fresh = st.lists(any_node(1), max_size=2).map(tuple)
    name = st.sampled_from((*NAMES, *BAD_NAMES, "fresh"))
    branch = st.sampled_from([0, 1, 2, -1, 99])
    made: dict[str, Callable[[], st.SearchStrategy[Edit]]] = {
        "insert": lambda: st.builds(edits.Insert, fresh, place),
        "remove": lambda: st.builds(edits.Remove, several),
        "move": lambda: st.builds(edits.Move, several, place),
        "duplicate": lambda: st.builds(edits.Duplicate, several),
        "field": lambda: st.builds(
            edits.SetField, several, st.sampled_from(FIELDS), st.sampled_from(VALUES)
        ),
        "kind": lambda: st.builds(edits.SetKind, several, kinds),
        "activation": lambda: st.builds(edits.SetActivation, several, activations),
        "initializer": lambda: st.builds(
            edits.SetInitializer, several, st.sampled_from(["weight", "bias"]),
            st.none() | entries(INITIALIZERS),
        ),
        "others": lambda: st.builds(
            edits.SetOthers, several,
            others | st.lists(name, max_size=2).map(tuple) | st.just(("x",) * 99),
        ),
        "frozen": lambda: st.builds(edits.SetFrozen, several, st.booleans()),
        "note": lambda: st.builds(edits.SetNote, one, st.sampled_from(["", "note", "\ud800"])),
        "rename": lambda: st.builds(edits.Rename, one, name),
        "class": lambda: st.builds(edits.RenameClass, one, st.sampled_from(["", "Block", "Net", "9", "\ud800"])),
        "join": lambda: st.builds(edits.SetJoin, one, entries(JOINS)),
        "takes": lambda: st.builds(edits.SetTakes, one, taken | st.lists(name, max_size=2).map(tuple)),
        "taken": lambda: st.builds(edits.RenameTaken, one, st.sampled_from([0, 1, -1]), name),
        "times": lambda: st.builds(edits.SetTimes, one, st.sampled_from([1, 2, 5, 0, -3, 5000, 10**12])),
        "inputs": lambda: st.builds(
            edits.SetInputs, st.lists(st.builds(Input, st.just("x") | name, specs), max_size=2).map(tuple)
        ),
        "outputs": lambda: st.builds(edits.SetOutputs, st.lists(name, max_size=2).map(tuple)),
        "network": lambda: st.builds(edits.RenameNetwork, name),
        "wrap": lambda: st.builds(wrapping.Wrap, several, forms),
        "unwrap": lambda: st.builds(wrapping.Unwrap, one),
        "again": lambda: st.builds(wrapping.UseAgain, one, place),
        "add branch": lambda: st.builds(branching.AddBranch, one, branch, st.just(()) | fresh),
        "remove branch": lambda: st.builds(branching.RemoveBranch, one, branch),
        "move branch": lambda: st.builds(branching.MoveBranch, one, branch, branch),
        "branch": lambda: st.builds(branching.SetBranch, one, branch, st.just("") | name, st.just("") | name),
        "settle": lambda: st.builds(branching.SettleBranches, one, st.just("") | name),
        "ties": lambda: st.builds(edits.SetTies, st.lists(ties_drawn, max_size=2).map(tuple)),
    }  # fmt: skip
    if depth and draw(st.integers(0, 9)) == 0:
        inner = draw(st.lists(edits_of(network, depth - 1), max_size=3))
        return edits.Several(tuple(inner), "Several")
    return draw(made[draw(st.sampled_from(sorted(made)))]())


# --- projects --------------------------------------------------------------------------------------------------------

seeds = st.integers(0, 2**63 - 1)
datas = st.builds(
    Data, entries(DATASETS), st.sampled_from([0.5, 0.8, 1.0]), st.booleans(),
    st.sampled_from(["none", "standardised", "unit range"]), seeds,
)  # fmt: skip
trainings = st.builds(
    Training, entries(LOSSES), entries(OPTIMIZERS), entries(SCHEDULERS), st.integers(1, 1000), st.integers(1, 100),
    seeds, st.sampled_from(["auto", "cpu", "cuda", "mps"]), st.sampled_from(["float32", "mixed", "bfloat16"]),
    st.sampled_from([0.0, 0.5, 10.0]), st.integers(0, 50), st.sampled_from([0.0, 1.5]),
)  # fmt: skip
forwards = st.builds(Forward, st.integers(1, 100), seeds)
projects = st.builds(Project, networks(), datas, trainings, forwards, notes)


@st.composite
def project_edits(draw: st.DrawFn, project: Project) -> ProjectEdit:
    match draw(st.sampled_from(["network"] * 8 + ["data", "training", "forward", "notes"])):
        case "network":
            return draw(edits_of(project.network))
        case "data":
            return SetData(draw(datas))
        case "training":
            return SetTraining(draw(trainings))
        case "forward":
            return SetForward(draw(forwards))
        case _:
            return SetNotes(draw(st.sampled_from(["", "a", "b", "\udfff"])))
