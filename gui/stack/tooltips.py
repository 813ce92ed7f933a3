"""What the mouse is told when it rests on a card."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.stack.card import Layout, Spot
from gui.stack.words import CardText

translate = QCoreApplication.translate


def tooltip(spot: Spot, text: CardText, layout: Layout) -> str:
    """A sentence about a part of a card: what does not fit on it, or what a sign means."""
    match spot.part:
        case "note":
            return text.note
        case "frozen":
            return translate("Stack", "Frozen: training leaves these weights as they are.")
        case "activation":
            return translate("Stack", "Activation: {0}. Click to choose another.").format(
                text.activation
            )
        case "initializer":
            return translate("Stack", "Weights start as: {0}. Click to choose another.").format(
                text.initializer
            )
        case "fold":
            return translate("Stack", "Unfold") if text.folded else translate("Stack", "Fold")
        case "mend":
            return ""
        case _:
            cut = [words.whole for words in (layout.title, layout.brief, layout.name, layout.line)
                   if words and words.text != words.whole]  # fmt: skip
            if text.name and layout.name is None:
                cut.append(text.name)
            return "\n".join(cut)  # fmt: skip
