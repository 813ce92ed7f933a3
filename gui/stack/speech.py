"""A card in one sentence, for a screen reader."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.stack.card import Spot
from gui.stack.rows import BranchRow, NodeRow, Row
from gui.stack.words import CardText, card_text, counted, fault_text, heading_text, mend_text

translate = QCoreApplication.translate


def spoken(row: Row) -> str:
    """A row as a screen reader says it, its most telling word first."""
    if isinstance(row, BranchRow):
        return heading_text(row)
    text = card_text(row)
    parts = [" ".join(filter(None, (text.title, text.badge))), text.name]
    parts.append(text.brief.replace(" → ", translate("Stack", " to ")))
    if text.shape not in ("", "?"):
        parts.append(translate("Stack", "output {0}").format(_spoken_shape(text.shape)))
    if isinstance(row, NodeRow):
        parts.append(_spoken_count(row))
    if text.activation:
        parts.append(translate("Stack", "activation {0}").format(text.activation))
    if text.initializer:
        parts.append(translate("Stack", "weights {0}").format(text.initializer))
    if text.line and not text.chips:
        parts.append(text.line)
    if text.frozen:
        parts.append(translate("Stack", "frozen"))
    if text.note:
        parts.append(translate("Stack", "note: {0}").format(text.note))
    if text.foldable:
        parts.append(
            translate("Stack", "folded") if text.folded else translate("Stack", "unfolded")
        )
    if isinstance(row, NodeRow) and row.depth:
        parts.append(translate("Stack", "level {0}").format(row.depth + 1))
    parts += [fault_text(fault) for fault in text.faults] or [translate("Stack", "no fault")]
    return ", ".join(filter(None, parts))  # fmt: skip


def _spoken_shape(shape: str) -> str:
    return shape.strip("[]").replace(", ", translate("Stack", " by "))


def _spoken_count(row: NodeRow) -> str:
    if row.facts.output is None:
        return ""
    one, many = translate("Stack", "1 parameter"), translate("Stack", "{0} parameters")
    return counted(row.facts.totals.parameters, one, many)


def spoken_spot(text: CardText, spot: Spot) -> str:
    """A part of a card that Tab has gone to."""
    mends = [mend_text(mend) for fault in text.faults for mend in fault.mends]
    match spot.part:
        case "activation":
            return translate("Stack", "Activation: {0}, choose another").format(text.activation)
        case "initializer":
            return translate("Stack", "Weights start as: {0}, choose another").format(
                text.initializer
            )
        case "mend":
            return translate("Stack", "Mend: {0}").format(mends[spot.number])
        case _:
            return text.brief
