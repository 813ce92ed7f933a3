"""The diagram: neurons and weights of dense networks, boxes for all else, with the values of the last run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from engine.files.document import to_document
from engine.views.diagram import Diagram, Memory, diagram
from engine.views.diagram_folding import folded_at_first, hidden_in
from gui import theme
from gui.asking import Ask
from gui.document import State
from gui.stack.rows import blocks_around
from gui.status import short
from gui.views.diagram_canvas import DiagramCanvas
from gui.views.diagram_legend import FamilyLegend
from gui.views.diagram_lines import Live
from gui.widgets.pieces import EmptyState, plain_label, push_button

if TYPE_CHECKING:
    from engine.worker.protocol import Array, Result
    from gui.run.forward import ForwardValues

DRAWN_WEIGHTS = 64 * 64
"""Numbers of the largest matrix whose lines are drawn in its colours."""

MOST_WEIGHTS = 10_000_000
"""Parameters of the largest network that is built for its lines alone; a larger one waits for other wishes."""

MANY = 300
PAUSE_MS, LONG_PAUSE_MS = 120, 500
"""After an edit, until weights are asked for; a longer one for many layers, whose request and answer take as long as a
keystroke each: not between two keys."""

LARGE = 2_000
"""Layers from which the drawing follows an edit a moment later, so that typing never waits for it."""


class Matrices(Mapping[str, Any]):
    """The matrices of an answer as numpy arrays, each made when it is first drawn: few of a thousand are seen."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = {path: array for path, array in arrays.items() if len(array.shape) == 2}
        self._made: dict[str, Any] = {}

    def __getitem__(self, path: str) -> Any:
        if path not in self._made:
            self._made[path] = self._arrays[path].to_numpy()
        return self._made[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)


class DiagramView(QWidget):
    """The canvas, a legend below it, and buttons that zoom."""

    selected = Signal(object)
    commanded = Signal(str)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._state: State | None = None
        self._drawn: object = None
        self._folded: frozenset[int] = frozenset()
        self._diagram: Diagram | None = None
        self._memory = Memory()
        self._found: frozenset[int] | None = None
        self._at = 0
        self._asked: object = None
        self._weights: Mapping[str, Any] = {}
        self._trained: Matrices | None = None
        self._trained_step = 0
        self._values: dict[int, Sequence[float]] = {}
        sheet = QWidget(self)
        self.canvas = DiagramCanvas(sheet)
        self.canvas.picked.connect(self.selected)
        self.canvas.fold_wished.connect(self._fold)
        self.canvas.save_requested.connect(self._save)
        self.families = FamilyLegend(sheet)
        self._legend = plain_label("", "muted", sheet)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.WIDE, theme.TIGHT, theme.MEDIUM, theme.NARROW)
        foot.setSpacing(2)
        foot.addWidget(self._legend)
        foot.addStretch(1)
        for text, name, run in (
            ("−", self.tr("Zoom out"), partial(self.canvas.zoom_by, 0.8)),
            ("+", self.tr("Zoom in"), partial(self.canvas.zoom_by, 1.25)),
            (self.tr("Fit"), self.tr("Show all (F)"), self.canvas.fit),
        ):
            button = push_button(text, "quiet", sheet)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(partial(_do, run))
            foot.addWidget(button)
        column = QVBoxLayout(sheet)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.families)
        column.addLayout(foot)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(sheet)
        self._draw_soon = QTimer(self, interval=40, singleShot=True)
        self._draw_soon.timeout.connect(self._draw)
        self._weights_soon = QTimer(self, singleShot=True)
        self._weights_soon.timeout.connect(self._ask_weights)

    @cached_property
    def _empty(self) -> EmptyState:
        """What stands here while there is no layer."""
        empty = EmptyState(
            "stack-2", self.tr("An empty stack"),
            self.tr("Add a first layer: type its name on the left, or press the button."),
            self.tr("Add a layer"), self,
        )  # fmt: skip
        empty.acted.connect(lambda: self.commanded.emit("layer.add"))
        self._pages.addWidget(empty)
        return empty

    def show_state(self, old: State | None, new: State) -> None:
        shown, self._state = self._state, new
        if shown is None or shown.document is not new.document:
            self._folded = folded_at_first(new.network)
            self._drawn = None
            self.canvas.start_over()
        elif new.selection and new.selection != shown.selection:
            self._unfold_around(new)
        if new.network.body.nodes:
            self._pages.setCurrentIndex(0)
        else:
            self._pages.setCurrentWidget(self._empty)
        if self._drawn is not new.analysis:
            if self._drawn is None or old is None or new.analysis.totals.layers <= LARGE:
                self._draw()
            else:
                self._draw_soon.start()
        self.canvas.show_selection(new.selection)
        if self._found is not None:
            self.show_found(self._found, 0)
        if self._wanted_weights() != self._asked:
            many = new.analysis.totals.layers > MANY
            self._weights_soon.start(LONG_PAUSE_MS if many else PAUSE_MS)

    def _fold(self, node_id: int) -> None:
        """Fold a block, or unfold it."""
        self._folded = self._folded ^ {node_id}
        self._drawn = None
        self._draw()
        self.show_found(self._found, 0)
        if self._wanted_weights() != self._asked:
            self._weights_soon.start(PAUSE_MS)

    def _unfold_around(self, state: State) -> None:
        """Show what was selected last, wherever it is."""
        if not self._folded:
            return
        hidden = self._folded.intersection(blocks_around(state.network, state.selection[-1]))
        if hidden:
            self._folded -= hidden
            self._drawn = None
            self.show_found(self._found, 0)

    def show_found(self, ids: frozenset[int] | None, at: int) -> None:
        """Mark what a search has found; a folded block for what is inside it. Bring the one looked at into sight."""
        self._found, self._at = ids, at
        state = self._state
        if ids is None or state is None or not self._folded:
            self.canvas.show_found(ids, at)
            return
        instead = hidden_in(state.network, self._folded)
        shown = frozenset(instead.get(node_id, node_id) for node_id in ids)
        self.canvas.show_found(shown, instead.get(at, at))

    def show_forward(self, values: ForwardValues | None) -> None:
        """What neurons gave in the last run; None when that no longer holds."""
        self._values = {}
        if values is not None:
            self._values = {node.id: node.first.ravel().tolist() for node in values.nodes}
            self._values[0] = values.input[0].ravel().tolist() if len(values.input) else []
        self._show_live()
        self._say_legend()

    def show_trained(self, weights: Mapping[str, Array] | None, step: int = 0) -> None:
        """The weights that training has made of the initial ones; None where these are to be shown again."""
        self._trained = Matrices(weights) if weights is not None else None
        self._trained_step = step
        self._show_live()
        self._say_legend()

    @property
    def wants_trained(self) -> bool:
        """Whether there are lines in sight that weights would colour."""
        return self.isVisible() and bool(self._weights)

    def _draw(self) -> None:
        self._draw_soon.stop()
        state = self._state
        if state is None or self._drawn is state.analysis:
            return
        self._drawn = state.analysis
        self._diagram = diagram(state.analysis, self._memory, self._folded)
        self.canvas.show_diagram(self._diagram)
        self.families.show_diagram(self._diagram)
        self._say_legend()

    def _wanted_weights(self) -> object:
        state = self._state
        return (state.network, state.project.forward.seed) if state is not None else None

    def _ask_weights(self) -> None:
        state = self._state
        if state is None or not state.analysis.valid or not state.network.body.nodes:
            return
        if not self._diagram or not any(bundle.weight for bundle in self._diagram.bundles):
            return
        if state.analysis.totals.parameters > MOST_WEIGHTS:
            self._asked = self._wanted_weights()
            self._no_weights(self._grey())
            return
        from engine.worker.protocol import Weights

        self._asked = self._wanted_weights()
        request = Weights(
            project=to_document(state.project), seed=state.project.forward.seed, limit=DRAWN_WEIGHTS
        )
        self._ask(request, self._show_weights, self._no_weights, "diagram weights")

    def _show_weights(self, result: Result) -> None:
        self._weights = Matrices(result.arrays)
        self._show_live()
        self._say_legend()

    def _no_weights(self, sentence: str) -> None:
        self._weights = {}
        self._show_live()
        self._legend.setText(sentence)

    def _show_live(self) -> None:
        weights = self._weights if self._trained is None else self._trained
        self.canvas.show_live(Live(weights, self._values))

    def _grey(self) -> str:
        """Why the lines of a large network have no colours."""
        most = short(MOST_WEIGHTS)
        return self.tr(
            "lines stay grey: more than {0} weights are not drawn for them alone"
        ).format(most)

    def _say_legend(self) -> None:
        has_lines = self._diagram is not None and any(
            bundle.weight for bundle in self._diagram.bundles
        )
        if has_lines and self._weights:
            said = self.tr("line width |w| · blue w > 0 · orange w < 0")
            discs = self.tr(" · disc = value of the first row") if self._values else ""
            trained = self.tr(" · trained, step {0:,}").format(self._trained_step)
            self._legend.setText(said + discs + (trained if self._trained is not None else ""))
        elif has_lines and self._state and self._state.analysis.totals.parameters > MOST_WEIGHTS:
            self._legend.setText(self._grey())
        elif has_lines:
            self._legend.setText(self.tr("lines are coloured once the weights are drawn"))
        else:
            self._legend.setText(
                self.tr(
                    "shapes stand on the lines · double click or Space folds and unfolds a block"
                )
            )

    def _save(self, kind: str) -> None:
        state, drawn = self._state, self._diagram
        if state is None or drawn is None:
            return
        from engine.views.diagram_svg import to_svg
        from gui.saving import ask_and_save
        from gui.widgets.export import png_bytes

        def content() -> bytes:
            if kind == "svg":
                return to_svg(drawn, self._weights, values=self._values).encode()
            return png_bytes(self.canvas.image())

        said = ask_and_save(self, f"{state.network.name}-diagram", kind, content)
        if said:
            self._legend.setText(said)


def _do(run: Callable[[], None], checked: bool = False) -> None:
    run()
