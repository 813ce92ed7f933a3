"""Shapes, parameters and cost of what is selected, as a short table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from engine.catalogue.roles import dims
from engine.design.kind import Misfit
from engine.design.tree import Layer
from engine.views.details import field_words
from engine.views.facts import Analysis, NodeFacts
from engine.views.rules import Totals, applied
from gui import theme
from gui.inspector.section import Section
from gui.widgets.pieces import plain_label

SHORT = 160
"""Pixels that a text may take to stand in one line also where the column is narrowest."""

Row = tuple[str, str, str]
"""A name, what stands beside it, and a sentence about it."""


class _Value(QLabel):
    """A value that can be selected with the mouse. Qt makes a document of such a text, and so only where a mouse is."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.mono_font())

    def enterEvent(self, event: QEnterEvent) -> None:
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_text(self, text: str) -> None:
        """Show a text that wraps only where it may have to: what wraps is laid out several times."""
        if not self.underMouse():
            self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        long = self.fontMetrics().horizontalAdvance(text) > SHORT
        if self.wordWrap() != long:
            self.setWordWrap(long)
        self.setText(text)


class FactsPart(Section):
    """A section of facts."""

    def __init__(self, key: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(key, title, parent)
        self._facts = Facts()
        self.body.addWidget(self._facts)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; those with an empty value are left out."""
        self._facts.show_rows(rows)


class Facts(QWidget):
    """Rows of a name and a value that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[QLabel, _Value]] = []
        self._shown: tuple[Row, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.MEDIUM)
        self._grid.setVerticalSpacing(theme.TIGHT)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, 76)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; those with an empty value are left out."""
        wanted = tuple(row for row in rows if row[1])
        if wanted == self._shown:
            return
        self._shown = wanted
        while len(self._rows) < len(wanted):
            self._add_row()
        for place, (name, value) in enumerate(self._rows):
            there = place < len(wanted)
            name.setVisible(there)
            value.setVisible(there)
            if there:
                name.setText(wanted[place][0])
                value.show_text(wanted[place][1])
                value.setAccessibleName(f"{wanted[place][0]}: {wanted[place][1]}")
                name.setToolTip(wanted[place][2])
                value.setToolTip(wanted[place][2])

    def _add_row(self) -> None:
        name, value = plain_label(role="muted"), _Value()
        place = len(self._rows)
        self._grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, place, 1)
        self._rows.append((name, value))


def layer_rows(facts: NodeFacts, analysis: Analysis) -> list[Row]:
    """What one layer gets, gives, sees, holds and costs."""
    node = facts.node
    rows = [shape_row(facts), field_row(analysis, node.id)]
    if isinstance(node, Layer):
        rows.append((_tr("parameters"), _parameters(node, facts),
                     _tr("Numbers that training changes")))  # fmt: skip
    rows += cost_rows(facts.totals, analysis.totals)
    return rows


def shape_row(facts: NodeFacts) -> Row:
    """What flows in and what comes out; N is the batch."""
    got = str(facts.input) if facts.input is not None else "?"
    given = str(facts.output) if facts.output is not None else "?"
    help = _tr("What flows in and what comes out; N is the batch")
    node = facts.node
    if isinstance(node, Layer) and facts.input is not None and facts.output is not None:
        help = f"{help}.\n{_tr('Dimensions')}: {dims(node.kind, facts.input, facts.output)}"
    return _tr("shape"), f"{got} → {given}", help


def _parameters(layer: Layer, facts: NodeFacts) -> str:
    """The count with how it comes about: "in × out + out = 3 × 2 + 2 = 8"."""
    if facts.input is None or facts.fault is not None:
        return ""
    count = facts.totals.parameters
    terms: list[str] = []
    rule = applied(layer.kind, facts.input)
    if isinstance(rule, Misfit):
        return ""
    terms.append(layer.kind.formula(facts.input))
    if layer.activation is not None:
        terms.append(layer.activation.formula(rule.output))
    said = [term for term in terms if term]
    if not count or not said:
        return f"{count:,}"
    return f"{'; '.join(said)} = {count:,}" if len(said) == 1 else f"{'; '.join(said)}: {count:,}"


def cost_rows(totals: Totals, whole: Totals) -> list[Row]:
    """Cost of a part, with its share of the whole network."""
    return [
        (_tr("share"), _share(totals.parameters, whole.parameters),
         _tr("Of all parameters of the network")),
        (_tr("frozen"), _frozen(totals), _tr("Parameters that training leaves alone")),
        (_tr("buffers"), f"{totals.buffers:,}" if totals.buffers else "",
         _tr("Numbers that are kept and saved but not learned")),
        (_tr("MACs"), _with_share(totals.macs, whole.macs),
         _tr("Multiply-accumulates for one sample, and their share of the whole network's")),
        (_tr("memory"), memory(totals.parameters + totals.buffers),
         _tr("Of parameters and buffers as float32")),
        (_tr("outputs"), memory(totals.activations),
         _tr("Memory of what the layers give for one sample, as float32")),
    ]  # fmt: skip


def field_row(analysis: Analysis, node_id: int) -> Row:
    """The receptive field of a node."""
    return (_tr("sees"), field_words(analysis, node_id),
            _tr("Receptive field: how much of the input one output sees, away from the border, and how far apart "
                "neighbours look; the statistics of norms are not counted"))  # fmt: skip


def _with_share(part: int, whole: int) -> str:
    """A count, with its share where it is but a part."""
    if not part:
        return ""
    return f"{part:,} ({_share(part, whole)})" if part < whole else f"{part:,}"


def _share(part: int, whole: int) -> str:
    if not part or not whole:
        return ""
    share = 100 * part / whole
    return f"{share:.1f} %" if share >= 0.05 else "< 0.1 %"


def _frozen(totals: Totals) -> str:
    frozen = totals.parameters - totals.trainable
    return f"{frozen:,}" if frozen else ""


def memory(numbers: int) -> str:
    """The bytes that so many float32 numbers take."""
    return bytes_text(4 * numbers) if numbers else ""


def bytes_text(count: int) -> str:
    """A size in units of a thousand: `97.5 MB`."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1000
    return ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("FactsPart", text)
