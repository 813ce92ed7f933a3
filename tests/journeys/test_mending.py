"""What cannot work says so on its layer, and one click or one key mends it, whatever the design."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from engine.catalogue import JOINS, KINDS
from engine.catalogue.joins import Concat
from engine.catalogue.linear import Linear
from engine.design.edit import SetTies, apply
from engine.design.kind import TensorSpec
from engine.design.project import Project
from engine.design.tree import Group, Input, Layer, Node, Parallel, Repeat, Stack, Tie
from engine.design.value import replace
from engine.files import store
from engine.views.facts import Fault
from gui.stack.advice_list import AdviceList
from gui.stack.card import Spot
from gui.stack.words import mend_text
from tests.gui.stack_rig import project
from tests.journeys.conftest import Come
from tests.journeys.person import Key, Person


def layer(name: str, key: str, **fields: object) -> Layer:
    return Layer(0, name, KINDS[key](**fields))


def residual() -> Project:
    body = (layer("wide", "Conv2d", out_channels=8, kernel_size=3, stride=2, padding=1),)
    return project((Parallel(0, JOINS["Add"](), (Stack(), Stack(body))),), (3, 16, 16))


def unlike() -> Project:
    branches = tuple(
        Stack((layer(f"see{size}", "Conv2d", out_channels=4, kernel_size=size),)) for size in (3, 5)
    )
    return project((Parallel(0, JOINS["Concat"](), branches),), (3, 16, 16))


def flat() -> Project:
    """Branches with unlike many dimensions."""
    return project(
        (Parallel(0, JOINS["Add"](), (Stack(), Stack((layer("row", "Flatten"),)))),), (3, 8, 8)
    )


def narrowed() -> Project:
    """A body that makes an image smaller without steps, and changes its channels as well."""
    body = (layer("see", "Conv2d", out_channels=8, kernel_size=3),)
    return project((Parallel(0, JOINS["Add"](), (Stack(), Stack(body))),), (3, 8, 8))


def missing() -> Project:
    branches = (Stack(), Stack((Layer(0, "wide", Linear(2)),)))
    return project((Parallel(0, Concat(dim=7), branches),))


def tied() -> Project:
    made = project((layer("tokens", "Embedding", num_embeddings=50, embedding_dim=8),
                    layer("head", "Linear", out_features=40)))  # fmt: skip
    words = (Input("x", TensorSpec((6,), "int64")),)
    network = replace(made.network, inputs=words)
    return replace(made, network=apply(network, SetTies((Tie("head.weight", "tokens.weight"),))))


def turns() -> Project:
    body = Stack((Layer(0, "inner", Linear(2)),))
    return project((Repeat(0, "blocks", "Block", body, 10**9),))


def alone(*nodes: Node, shape: tuple[int, ...]) -> Callable[[], Project]:
    return lambda: project(nodes, shape)


BAD: dict[str, Callable[[], Project]] = {
    "a shortcut that does not meet": residual,
    "branches of other sizes": unlike,
    "a concat over a missing dimension": missing,
    "a tie of other shapes": tied,
    "a billion turns": turns,
    "a kernel larger than its image": alone(
        layer("see", "Conv2d", out_channels=4, kernel_size=9), shape=(3, 4, 4)
    ),
    "heads that do not divide": alone(
        layer("attention", "MultiheadAttention", num_heads=5), shape=(7, 64)
    ),
    "groups that do not divide": alone(
        layer("see", "Conv2d", out_channels=8, kernel_size=3, groups=4), shape=(6, 9, 9)
    ),
    "an embedding of floats": alone(
        layer("first", "Linear", out_features=4), layer("tokens", "Embedding"), shape=(6,)
    ),
    "an embedding of floats as the first layer": alone(layer("tokens", "Embedding"), shape=(6,)),
    "a dimension that becomes 0 by pooling": alone(
        layer("half", "MaxPool2d"), layer("gone", "MaxPool2d"), shape=(3, 3, 3)
    ),
    "a dimension that becomes 0 by a crop": alone(
        layer("crop", "ZeroPad2d", padding=(-4, -4, 0, 0)), shape=(3, 8, 8)
    ),
    "a dimension that becomes 0 by a transposed convolution": alone(
        layer("up", "ConvTranspose2d", out_channels=4, kernel_size=2, padding=4), shape=(3, 4, 4)
    ),
    "a slice beyond the end": alone(layer("", "Slice", dim=1, start=9, length=1), shape=(6,)),
    "branches of other ranks": flat,
    "a body that cuts the edges away": narrowed,
    "a convolution of a row": alone(
        layer("see", "Conv2d", out_channels=4, kernel_size=1), shape=(12,)
    ),
    "an empty block": alone(Group(0, "stage", "Stage", Stack()), shape=(6,)),
}


def only(person: Person) -> Fault:
    (fault,) = person.state.analysis.faults
    return fault


def is_there(person: Person, fault: Fault) -> bool:
    return any(each.sentence == fault.sentence for each in person.state.analysis.faults)


@pytest.fixture(params=BAD)
def person(request: pytest.FixtureRequest, come: Come, tmp_path: Path) -> Person:
    """Somebody who opens a file of one of these designs."""
    path = tmp_path / "bad.loom"
    store.save(BAD[request.param](), path)
    return come(path)


def test_a_fault_is_mended_by_a_click_and_after_undo_by_a_key(person: Person):
    fault = only(person)
    (said,) = person.all(AdviceList)
    assert fault.needs in person.words(said)
    assert "fault" in person.words(person.window.status)
    person.click_button(mend_text(fault.mends[0]), said)
    assert not is_there(person, fault)
    person.press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert only(person) == fault
    view = person.window.stack.view
    row = person.scene.model.place_of_node(fault.node_id)
    view.reveal(row)
    person.click(view.viewport(), person.scene.card_rect(row).topRight() + QPoint(-22, 6))
    for _ in range(12):
        if person.scene.sub_focus == Spot("mend"):
            break
        person.press(Key.Key_Tab)
    assert person.scene.sub_focus == Spot("mend")
    person.press(Key.Key_Return)
    assert not is_there(person, fault)
