"""A menu with every column of a table: what is learnt from is ticked, and one is predicted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from engine.catalogue.files import TabularFile


class ColumnMenu(QMenu):
    """Wishes for other fields of a table's entry."""

    wished = Signal(str, object)
    """The name of the field, and its value."""

    def __init__(
        self, entry: TabularFile, columns: tuple[str, ...], target: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not columns:
            self.addAction(self.tr("Choose a file that can be read first")).setEnabled(False)
            return
        features = [name for name in columns if not entry.has_target or name != target]
        asked = [name.strip() for name in entry.columns.split(",") if name.strip()]
        self._chosen = [name for name in features if not asked or name in asked]
        self._features = features
        self._tick(self, features, self._chosen, self._learn_from)
        self.addSeparator()
        predicted = [target] if entry.has_target else []
        self._tick(self.addMenu(self.tr("Predict")), columns, predicted, self._predict)

    def _tick(
        self, menu: QMenu, names: Sequence[str], ticked: list[str], act: Callable[[str, bool], None]
    ) -> None:
        for name in names:
            action = menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(name in ticked)
            action.triggered.connect(partial(act, name))

    def _learn_from(self, name: str, on: bool) -> None:
        wanted = [each for each in self._features if (on if each == name else each in self._chosen)]
        if wanted:
            every = wanted == self._features
            self.wished.emit("columns", "" if every else ", ".join(wanted))

    def _predict(self, name: str, on: bool) -> None:
        self.wished.emit("target", name)
