"""From a keystroke to all visible panels repainted, in a real window with its engine.

Real key events go to the widget that has the keyboard; the time runs from when the key was due to the end of the event
loop's pass that paints. Run: python -m benchmarks.keystroke [--layers 100 1000] [--views diagram summary code], or
python -m benchmarks.keystroke --networks resnet-50 flat-2000: a template, or so many convolutions one after the other.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.screen import (
    Act,
    application,
    clocked,
    network_of,
    nothing,
    opened,
    paints,
    report,
    rest,
    stack_of,
)

if TYPE_CHECKING:
    from gui.window import Window

WANTED_MS = {100: 16.0, 1000: 33.0}
VIEWS = ("diagram", "summary", "code")


def main() -> None:
    """Print median and 95th percentile of each input, and what each painted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, nargs="*", default=[*WANTED_MS])
    parser.add_argument("--views", nargs="*", default=VIEWS, choices=VIEWS)
    parser.add_argument("--keys", nargs="*", default=[*KEYS])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--networks", nargs="*", default=[])
    wished = parser.parse_args()
    kept = application()
    for name in wished.networks:
        with opened(network_of(name)) as window:
            in_a_network(window, name, wished.views, wished.rounds)
    if wished.networks:
        return
    for layers in wished.layers:
        wanted = WANTED_MS.get(layers, 33.0)
        with opened(stack_of(layers)) as window:
            for view in wished.views:
                window.show_view(VIEWS.index(view))
                print(f"\n{layers} layers, {view} in front, ms (95 % wanted: {wanted:.0f})")
                for name in wished.keys:
                    measure(window, name, wanted, wished.rounds)
    del kept


def in_a_network(window: Window, name: str, views: list[str], rounds: int) -> None:
    """Digits typed in the inspector for a convolution in the middle, wherever it lies."""
    from engine.catalogue.convolution import Conv2d
    from engine.design.tree import Layer, walk

    nodes = [
        node.id for node in walk(window.document.state.network.body)
        if isinstance(node, Layer) and isinstance(node.kind, Conv2d)
    ]  # fmt: skip
    for view in views:
        window.show_view(VIEWS.index(view))
        print(f"\n{name}, {view} in front, ms (95 % wanted: 16)")
        for what, field, act in (
            ("digit of the channels", "out_channels", digit),
            ("digit of the padding", "padding", digit),
            ("digit of a name", "name", digit),
        ):
            window.document.select((nodes[len(nodes) // 2],))
            rest(0.5)
            typed_in_the_inspector(window, field)
            report(what, 16.0, clocked(rounds, act))
            paints(window, act, {"inspector"})
            rest(0.3)


def measure(window: Window, name: str, wanted: float, rounds: int) -> None:
    """One line about one key, and one about what it painted."""
    nodes = window.document.state.network.body.nodes
    window.document.select((nodes[len(nodes) // 2].id,))
    rest(0.5)
    prepare, act = KEYS[name](window)
    report(name, wanted, clocked(rounds, act, prepare))
    # Summary and code may stay as they are, and long code is written a moment later; the inspector shows no order.
    drawn = {"centre"} if window.centre.tabs.currentIndex() == 0 else set[str]()
    drawn |= {"inspector"} if "inspector" in name else set[str]()
    paints(window, act, {"stack"} | drawn, prepare)
    press("Escape")
    rest(0.3)


# --- keys ---------------------------------------------------------------------------------------------------------


def press(*keys: str, held: str = "") -> None:
    """Press and release keys in what has the keyboard."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    modifiers = Qt.KeyboardModifier.NoModifier
    for each in held.split():
        modifiers |= Qt.KeyboardModifier[f"{each}Modifier"]
    for key in keys:
        focus = QApplication.focusWidget()
        assert focus is not None, "nothing has the keyboard"
        QTest.keyClick(focus, Qt.Key[f"Key_{key}"], modifiers)


def digit(turn: int) -> None:
    """A digit, which the next turn takes away."""
    press("Backspace" if turn % 2 else "1")


def width_on_the_card(window: Window) -> tuple[Act, Act]:
    window.stack.floating.type_number(window.document.state.selection[0])
    press("End")
    return nothing, digit


def typed_in_the_inspector(window: Window, name: str) -> tuple[Act, Act]:
    """A digit at the end of a field of the inspector."""
    from PySide6.QtWidgets import QLineEdit

    line = next(
        each for each in window.inspector.findChildren(QLineEdit)
        if each.isVisible() and each.accessibleName() == name
    )  # fmt: skip
    line.setFocus()
    press("End")
    return nothing, digit


def stepped_width(window: Window) -> tuple[Act, Act]:
    """Another width at every key, which nothing of what was painted can be shown again for."""
    typed_in_the_inspector(window, "out_features")
    return nothing, lambda turn: press("Up")


def activation(window: Window) -> tuple[Act, Act]:
    """The list is opened and gone through before; the key that takes what it points at is measured."""
    from gui.widgets.choice import Choice

    choice = next(
        each for each in window.inspector.findChildren(Choice)
        if each.isVisible() and each.accessibleName().startswith("activation")
    )  # fmt: skip

    def prepare(turn: int) -> None:
        choice.setFocus()
        press("Down")
        rest(0.1)
        press("Up" if turn % 2 else "Down")

    return prepare, lambda turn: press("Return")


def other_card(window: Window) -> tuple[Act, Act]:
    window.stack.view.setFocus()
    return nothing, lambda turn: press("Down")


def moved(window: Window) -> tuple[Act, Act]:
    window.stack.view.setFocus()
    return nothing, lambda turn: press("Up" if turn % 2 else "Down", held="Alt")


def undone(window: Window) -> tuple[Act, Act]:
    window.stack.view.setFocus()
    press("Down", held="Alt")
    return nothing, lambda turn: press("Z", held="Control Shift" if turn % 2 else "Control")


def duplicated(window: Window) -> tuple[Act, Act]:
    document = window.document
    middle = document.state.selection
    window.stack.view.setFocus()

    def prepare(turn: int) -> None:
        if turn % 2 == 0:
            document.select(middle)

    return prepare, lambda turn: press("Delete") if turn % 2 else press("D", held="Control")


KEYS: dict[str, Callable[[Window], tuple[Act, Act]]] = {
    "digit of a width, on the card": width_on_the_card,
    "digit of a width, in the inspector": partial(typed_in_the_inspector, name="out_features"),
    "Up on a width, in the inspector": stepped_width,
    "digit of a name, in the inspector": partial(typed_in_the_inspector, name="name"),
    "Return on an activation": activation,
    "Down to the next card": other_card,
    "Alt+Up and Alt+Down": moved,
    "Ctrl+Z and Ctrl+Y": undone,
    "Ctrl+D and Delete": duplicated,
}


if __name__ == "__main__":
    main()
