"""Networks of papers composed from the empty stack, with nothing but keys, clicks and what the window offers."""

from __future__ import annotations

import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from engine import runtime
from engine.design.tree import Again, Group, Layer, Node, Parallel, Repeat, node_name, walk
from engine.source.reader import read_module
from engine.source.writer import write_module
from gui.start_page import StartCard
from gui.widgets.choice import Choice
from tests.journeys.person import CONTROL, SHIFT, Key, Person


def begin(person: Person, shape: str, numbers: str = "") -> None:
    """The empty stack with an input of that shape, and of that type where it is another."""
    person.click(person.named(StartCard, "Empty stack"))
    person.fill("shape", shape)
    person.press(Key.Key_Return)
    if numbers:
        person.click(person.named(Choice, "type", person.window.inspector))
        person.choose(numbers)
    person.click_stack()


def add(person: Person, *kinds: str) -> None:
    """Type to add, behind what is selected."""
    for kind in kinds:
        person.window.stack.view.setFocus()
        person.write(kind)
        person.press(Key.Key_Return)


def selected(person: Person) -> Node:
    (node,) = person.state.selected_nodes
    return node


def fields(person: Person, **values: str) -> None:
    """Fill fields of the layer that is selected."""
    for name, text in values.items():
        person.fill(name, text)
        person.press(Key.Key_Return)


def select(person: Person, first: str, last: str) -> None:
    person.click_card(first)
    person.click_card(last, held=SHIFT)


def command(person: Person, key: Qt.Key, held: Qt.KeyboardModifier = CONTROL) -> Node:
    """What the command made or left selected."""
    person.press(key, held)
    return person.state.selected_nodes[0]


def choose(person: Person, name: str, wanted: str) -> None:
    """Take one entry of a drop-down of the inspector."""
    person.click(person.named(Choice, name, person.window.inspector))
    person.choose(wanted)


def name_the_last_input(person: Person, name: str) -> None:
    """Each input has a field for its name."""
    lines = person.all(QLineEdit, person.window.inspector)
    person.click([each for each in lines if each.accessibleName() == "name"][-1])
    person.press(Key.Key_A, CONTROL)
    person.write(name)
    person.press(Key.Key_Return)


def assert_whole(person: Person, *inputs: torch.Tensor) -> torch.Tensor:
    """Sound, built by the engine, and the same when its code is read back. What it gives for the inputs."""
    analysis = person.state.analysis
    assert analysis.valid, [fault.sentence for fault in analysis.faults]
    network = person.network
    text = write_module(network)
    assert write_module(read_module(text)) == text
    with torch.no_grad():
        made = runtime.build(network)(*inputs)
    assert isinstance(made, torch.Tensor)
    assert analysis.output is not None
    assert tuple(made.shape[1:]) == analysis.output.shape
    return made


def test_a_small_u_net(person: Person):
    begin(person, "3, 32, 32")
    add(person, "conv2d")
    fields(person, name="encoder1", out_channels="8", kernel_size="3", padding="1")
    add(person, "maxpool2d", "conv2d")
    fields(person, name="encoder2", out_channels="16", kernel_size="3", padding="1")
    add(person, "maxpool2d", "conv2d")
    fields(person, name="bottom", out_channels="32", kernel_size="3", padding="1")
    for level, channels in ((2, "16"), (1, "8")):
        add(person, "convtranspose2d")
        fields(person, name=f"up{level}", out_channels=channels, kernel_size="2", stride="2")
        # What came before the pooling is laid beside what has come up again.
        person.press(Key.Key_Escape)
        person.click_card(f"up{level}")
        add(person, "identity")
        kept = node_name(selected(person))
        person.press(Key.Key_B, CONTROL)
        choose(person, "branch 2", f"encoder{level}")
        assert kept not in [node_name(node) for node in person.network.body.nodes]
        add(person, "conv2d")
        fields(person, name=f"decoder{level}", out_channels=channels, kernel_size="3", padding="1")
    add(person, "conv2d")
    fields(person, name="classes", out_channels="2", kernel_size="1", padding="0")
    joins = [node for node in person.network.body.nodes if isinstance(node, Parallel)]
    assert sorted(branch.source for join in joins for branch in join.branches) == [
        "", "", "encoder1", "encoder2",
    ]  # fmt: skip
    made = assert_whole(person, torch.randn(2, 3, 32, 32))
    assert made.shape == (2, 2, 32, 32)


def test_residual_blocks_three_times_over(person: Person):
    begin(person, "8, 16, 16")
    add(person, "conv2d")
    fields(person, name="conv", out_channels="8", kernel_size="3", padding="1")
    add(person, "batchnorm2d")
    fields(person, name="norm")
    select(person, "conv", "norm")
    block = command(person, Key.Key_A, CONTROL | SHIFT)
    assert isinstance(block, Parallel)
    repeat = command(person, Key.Key_R, CONTROL | SHIFT)
    assert isinstance(repeat, Repeat)
    fields(person, **{"class name": "Residual", "times": "3"})
    assert "class Residual" in write_module(person.network)
    assert_whole(person, torch.randn(2, 8, 16, 16))
    assert len([name for name, _ in runtime.build(person.network).named_parameters()]) == 12


def test_a_siamese_pair(person: Person):
    begin(person, "4")
    fields(person, name="left")
    person.click_button("Add an input")
    name_the_last_input(person, "right")
    assert [each.name for each in person.network.inputs] == ["left", "right"]
    person.click_stack()
    add(person, "linear")
    fields(person, name="dense", out_features="6")
    person.click_card("dense")
    block = command(person, Key.Key_G)
    assert isinstance(block, Group)
    fields(person, **{"name": "tower", "class name": "Tower"})
    person.click_card("tower")
    person.press(Key.Key_L, CONTROL | SHIFT)
    choose(person, "branch 1", "right")
    person.click_card("tower")
    person.press(Key.Key_U, CONTROL | SHIFT)
    again = selected(person)
    assert isinstance(again, Again)
    # The second use stands behind the flow that comes from the other input.
    while not isinstance(person.network.body.nodes[-1], Again):
        person.press(Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    add(person, "pairwise")
    choose(person, "other", "tower")
    assert_whole(person, torch.randn(3, 4), torch.randn(3, 4))
    assert len(list(runtime.build(person.network).parameters())) == 2


def test_an_encoder_and_a_decoder_that_is_handed_its_memory(person: Person):
    begin(person, "9, 16")
    fields(person, name="source")
    person.click_button("Add an input")
    name_the_last_input(person, "target")
    person.click_stack()
    add(person, "transformerencoderlayer")
    fields(person, name="encoder", nhead="4")
    person.press(Key.Key_L, CONTROL | SHIFT)
    choose(person, "branch 1", "target")
    add(person, "transformerdecoderlayer")
    fields(person, name="layer", nhead="4")
    choose(person, "memory", "encoder")
    person.click_card("layer")
    block = command(person, Key.Key_R, CONTROL | SHIFT)
    assert isinstance(block, Repeat)
    assert block.others == ("encoder",)
    fields(person, **{"name": "decoder", "class name": "Decoder", "called inside": "memory"})
    repeat = person.node("decoder")
    assert isinstance(repeat, Repeat)
    assert repeat.takes == ("memory",)
    inner = repeat.body.nodes[0]
    assert isinstance(inner, Layer)
    assert inner.others == ("memory",)
    assert_whole(person, torch.randn(2, 9, 16), torch.randn(2, 9, 16))


def test_four_branches_with_names_side_by_side(person: Person):
    begin(person, "8, 12, 12")
    for name, kind, more in (
        ("plain", "conv2d", {"out_channels": "4", "kernel_size": "1"}),
        ("middle", "conv2d", {"out_channels": "6", "kernel_size": "3", "padding": "1"}),
        ("wide", "conv2d", {"out_channels": "2", "kernel_size": "5", "padding": "2"}),
        ("pooled", "maxpool2d", {"kernel_size": "3", "stride": "1", "padding": "1"}),
    ):
        add(person, kind)
        fields(person, name=name, **more)
    select(person, "plain", "pooled")
    block = command(person, Key.Key_B)
    assert isinstance(block, Parallel)
    assert [len(branch.nodes) for branch in block.branches] == [1, 1, 1, 1]
    for number, name in enumerate(("narrow", "usual", "far", "pool"), start=1):
        person.fill(f"name of branch {number}", name)
        person.press(Key.Key_Return)
    (join,) = [node for node in walk(person.network.body) if isinstance(node, Parallel)]
    assert [branch.name for branch in join.branches] == ["narrow", "usual", "far", "pool"]
    text = write_module(person.network)
    assert "far = " in text
    person.fill("name of branch 1", "middle")
    assert "is the name of an input, a layer or another branch" in person.words()
    person.press(Key.Key_Escape)
    made = assert_whole(person, torch.randn(2, 8, 12, 12))
    assert made.shape == (2, 20, 12, 12)
