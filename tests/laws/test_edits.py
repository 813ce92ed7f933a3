"""Laws of edits: what they do to a design, to what follows from it and to its history."""

from __future__ import annotations

from collections import Counter
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, assume, given, settings

from engine.catalogue.rectifiers import ReLU
from engine.design.address import located, node_at
from engine.design.edit import Rename, RenameTaken, SetActivation, SetField, SetFrozen, apply
from engine.design.error import DesignError
from engine.design.history import History
from engine.design.project import Forward, Project, SetForward
from engine.design.scope_names import attributes, names_of
from engine.design.tree import (
    Group,
    Layer,
    Network,
    Node,
    Repeat,
    Stack,
    stacks_of,
    walk,
    with_stacks,
)
from engine.design.value import replace
from engine.views.facts import Analysis, StackFacts
from engine.views.shapes import infer
from tests.laws import designs
from tests.laws.edits import edits_of, field_values, networks, project_edits, projects


def after(network: Network, edit: Any) -> Network:
    try:
        return apply(network, edit)
    except DesignError:
        return network


@given(networks(), st.data())
def test_edits_either_make_a_network_or_say_why_not(network: Network, data: st.DataObject):
    for _ in range(4):
        before = repr(network)
        new = after(network, data.draw(edits_of(network)))
        assert repr(network) == before
        assert (new is network) == (new == network)
        network = new


@given(networks(), st.data())
def test_ids_stay_unique_and_are_never_given_twice(network: Network, data: st.DataObject):
    ever = {node.id for node in walk(network.body)}
    for _ in range(4):
        new = after(network, data.draw(edits_of(network)))
        ids = [node.id for node in walk(new.body)]
        assert len(set(ids)) == len(ids)
        come = set(ids) - {node.id for node in walk(network.body)}
        assert not come & ever
        assert all(own < new.next_id for own in ids)
        ever |= set(ids)
        network = new


def plain(facts: StackFacts) -> Any:
    """Facts without what only serves speed."""
    nodes = [
        (n.node, n.input, n.output, n.totals, n.fault, [plain(s) for s in n.stacks])
        for n in facts.nodes
    ]
    return (facts.stack, facts.input, facts.output, facts.totals, facts.naming, nodes)


def assert_same(found: Analysis, wanted: Analysis) -> None:
    assert found.network == wanted.network
    assert found.output == wanted.output
    assert found.faults == wanted.faults
    assert found.totals == wanted.totals
    assert plain(found.body) == plain(wanted.body)


@given(networks(), st.data())
def test_what_follows_after_an_edit_is_what_follows_from_scratch(
    network: Network, data: st.DataObject
):
    first, analysis = network, infer(network)
    for _ in range(6):
        network = after(network, data.draw(edits_of(network)))
        analysis = infer(network, analysis)
        assert_same(analysis, infer(anew(network)))
    assert_same(infer(anew(first), analysis), infer(first))


@given(designs.networks(), st.data())
def test_one_layer_of_a_sound_design_changes_what_it_would_from_scratch(
    network: Network, data: st.DataObject
):
    analysis = infer(network)
    layers = [node for node in walk(network.body) if isinstance(node, Layer)]
    for layer in data.draw(st.lists(st.sampled_from(layers), max_size=4)):
        kept = located(network.body, layer.id)[1]
        assert isinstance(kept, Layer)
        changes = [SetFrozen((layer.id,), not kept.frozen), Rename(layer.id, "other")]
        changes += [SetActivation((layer.id,), None), SetActivation((layer.id,), ReLU())]
        changes += [
            SetField((layer.id,), knob.name, data.draw(field_values(knob)))
            for knob in kept.kind.knobs
        ]
        network = after(network, data.draw(st.sampled_from(changes)))
        analysis = infer(network, analysis)
        assert_same(analysis, infer(anew(network)))


def anew(network: Network) -> Network:
    """An equal network of which nothing is known from earlier ones."""

    def stack(old: Stack) -> Stack:
        return replace(old, nodes=tuple(map(node, old.nodes)))

    def node(old: Node) -> Node:
        return with_stacks(old, tuple(map(stack, stacks_of(old))))

    return replace(network, body=stack(network.body))


@given(networks(), st.data())
def test_what_is_known_of_names_after_edits_is_what_a_count_finds(
    network: Network, data: st.DataObject
):
    infer(network)
    said: set[str] = set()
    for _ in range(6):
        said |= set(attributes(walk(network.body)))
        network = after(network, data.draw(edits_of(network)))
        for kept, counted in zip(classes(network.body), classes(anew(network).body), strict=True):
            names, wanted = names_of(kept), names_of(counted)
            assert (names.twice, names.oddities) == (wanted.twice, wanted.oddities)
            for name in said | set(attributes(walk(kept))):
                assert names.count(name) == wanted.count(name)


def classes(body: Stack) -> list[Stack]:
    """The bodies of a network's classes."""
    return [body, *(node.body for node in walk(body) if isinstance(node, Group | Repeat))]


@given(networks(), st.data())
def test_a_node_is_found_wherever_edits_put_it(network: Network, data: st.DataObject):
    for _ in range(4):
        network = after(network, data.draw(edits_of(network)))
        for node in walk(network.body):
            address, found = located(network.body, node.id)
            assert found is node
            assert node_at(network.body, address) is node


@given(networks(), networks())
def test_any_earlier_analysis_may_be_given(network: Network, other: Network):
    assert_same(infer(network, infer(other)), infer(network))


# --- history ---------------------------------------------------------------------------------------------------------


class Model:
    """What undo and redo should do, told with two lists."""

    def __init__(self, project: Project) -> None:
        self.past = [project]
        self.future: list[Project] = []

    def did(self, project: Project, merged: bool) -> None:
        if merged:
            self.past.pop()
        self.past.append(project)
        self.future = []

    def undo(self) -> None:
        if len(self.past) > 1:
            self.future.append(self.past.pop())

    def redo(self) -> None:
        if self.future:
            self.past.append(self.future.pop())


def chain(history: History) -> list[Project]:
    """The projects that undo leads to, the present one last."""
    found = [history.present]
    while history.undo() is not history:
        history = history.undo()
        found.insert(0, history.present)
    return found


@given(projects, st.data())
def test_undo_and_redo_give_the_very_values_that_were(project: Project, data: st.DataObject):
    history, model, saved = History.of(project), Model(project), project
    for _ in range(12):
        match data.draw(st.sampled_from(["edit", "edit", "edit", "undo", "redo", "seal", "save"])):
            case "edit":
                history, before = done(history, data.draw(project_edits(history.present))), history
                if history is not before:
                    assert not (before.sealed and len(chain(history)) <= len(chain(before)))
                    model.did(history.present, merged=len(chain(history)) == len(chain(before)))
            case "undo":
                history = history.undo()
                model.undo()
            case "redo":
                history = history.redo()
                model.redo()
            case "seal":
                history = history.seal()
            case _:
                saved = history.present
        assert history.present is model.past[-1]
        assert (history.present is saved) == (model.past[-1] is saved)
        assert all(a is b for a, b in zip(chain(history), model.past, strict=True))
        assert bool(history.redo_edit) == bool(model.future)


def done(history: History, edit: Any) -> History:
    try:
        return history.done(edit)
    except DesignError:
        return history


@given(projects, st.integers(1, 4), st.integers(1, 4))
def test_a_value_that_is_dragged_is_one_step(project: Project, first: int, second: int):
    history = History.of(project)
    for seed in range(1, first + 1):
        history = history.done(SetForward(Forward(seed, 2**63 - 1 - seed)))
    history = history.seal()
    for seed in range(1, second + 1):
        history = history.done(SetForward(Forward(100 - seed, seed)))
    assert len(chain(history)) == 3
    assert history.undo().present.forward == Forward(first, 2**63 - 1 - first)
    assert history.undo().undo().present is project


# --- mends -----------------------------------------------------------------------------------------------------------


@given(networks())
def test_every_mend_of_a_fault_applies_and_changes_something(network: Network):
    for fault in infer(network).faults:
        for mend in fault.mends:
            assert mend.title
            assert apply(network, mend.edit) != network


@given(networks(), st.data())
def test_a_mend_still_fits_after_an_edit_elsewhere(network: Network, data: st.DataObject):
    """Faults that an edit did not touch are taken over, and their mends with them."""
    analysis = infer(network)
    network = after(network, data.draw(edits_of(network)))
    for fault in infer(network, analysis).faults:
        for mend in fault.mends:
            assert apply(network, mend.edit) != network


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(designs.networks(), st.data())
def test_what_a_block_is_handed_can_be_called_otherwise_inside(
    network: Network, data: st.DataObject
):
    blocks = [node for node in walk(network.body) if isinstance(node, Group | Repeat)]
    classes = Counter(block.class_name for block in blocks)
    handed = [
        (block, place)
        for block in blocks
        for place in range(len(block.takes))
        if classes[block.class_name] == 1
    ]
    assume(handed)
    block, place = data.draw(st.sampled_from(handed))
    other = apply(network, RenameTaken(block.id, place, "called_otherwise"))
    assert infer(other).valid
    kept = located(other.body, block.id)[1]
    assert isinstance(kept, Group | Repeat)
    assert kept.takes[place] == "called_otherwise"
    assert kept.others == block.others
    assert apply(other, RenameTaken(block.id, place, block.takes[place])) == network
