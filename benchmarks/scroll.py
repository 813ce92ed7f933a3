"""Scrolling a thousand cards by the wheel, and dragging an activation's argument, in a real window with its engine.

Real wheel and mouse events; the time runs from when an event was due to the end of the event loop's pass that paints.
Run: python -m benchmarks.scroll
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from benchmarks.screen import application, clocked, opened, paints, report, rest, stack_of

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QWidget

    from benchmarks.screen import Act
    from gui.window import Window

WANTED_MS = 16.0
FRAME_S = (0.012, 0.024)
"""A mouse reports about once a frame, and does not wait for what it caused."""


def main() -> None:
    """Print median and 95th percentile of each input, and what each painted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--rounds", type=int, default=200)
    wished = parser.parse_args()
    kept = application()
    for layers in wished.layers:
        with opened(stack_of(layers)) as window:
            print(f"\n{layers} layers, ms (95 % wanted: {WANTED_MS:.0f})")
            wheel = wheel_over_cards(window)
            report(
                "notch of the wheel over the cards",
                WANTED_MS,
                clocked(wished.rounds, wheel, pause_s=FRAME_S),
            )
            paints(window, wheel, {"stack"})
            drag = drag_of_an_argument(window)
            report(
                "move of the mouse with an argument",
                WANTED_MS,
                clocked(wished.rounds, drag, pause_s=FRAME_S),
            )
            paints(window, drag, {"stack", "inspector"})
    del kept


def wheel_over_cards(window: Window) -> Act:
    """Down to the last card, and up again."""
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    viewport, bar = window.stack.view.viewport(), window.stack.view.verticalScrollBar()
    at, down = QPointF(150, 400), [True]

    def turn_wheel(turn: int) -> None:
        if bar.value() in (bar.minimum(), bar.maximum()):
            down[0] = bar.value() == bar.minimum()
        event = QWheelEvent(
            at, viewport.mapToGlobal(at), QPoint(), QPoint(0, -120 if down[0] else 120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(viewport, event)

    return turn_wheel


def drag_of_an_argument(window: Window) -> Act:
    """The name of `negative_slope` is held, and drawn to the right and back."""
    from PySide6.QtCore import QEvent, QPointF

    from gui.widgets.form import FieldLabel

    nodes = window.document.state.network.body.nodes
    window.document.select((nodes[len(nodes) // 2].id,))
    rest(1.0)
    name = next(
        each for each in window.inspector.findChildren(FieldLabel)
        if each.isVisible() and each.text() == "negative_slope"
    )  # fmt: skip
    mouse(name, QEvent.Type.MouseButtonPress, QPointF(10, 10))

    def draw(turn: int) -> None:
        steps = turn % 60
        mouse(name, QEvent.Type.MouseMove, QPointF(10 + 4 * min(steps, 60 - steps), 10))

    return draw


def mouse(widget: QWidget, kind: QEvent.Type, at: object) -> None:
    """One event of a mouse whose left button is held."""
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    assert isinstance(at, QPointF)
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        kind, at, widget.mapToGlobal(at), left, left, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


if __name__ == "__main__":
    main()
