"""What came out: the output as a table, and as a picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.document import State
from gui.run.forward import ForwardValues
from gui.saving import ask_and_save
from gui.widgets.pieces import ElidedLabel, plain_label, push_button
from gui.widgets.rows_table import RowsTable

if TYPE_CHECKING:
    from gui.widgets.image import MatrixImage

MOST_SHOWN = 2000
"""Rows and columns of the picture; the table shows all rows."""


class OutputPage(QWidget):
    """A table of the output beside its picture, and buttons that save it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: ForwardValues | None = None
        self._table = RowsTable()
        self._picture: MatrixImage | None = None
        self._caption = plain_label("", "muted")
        self._said = ElidedLabel("", token="text_muted")
        foot = QHBoxLayout()
        foot.setSpacing(theme.NARROW)
        foot.addWidget(self._caption)
        foot.addWidget(self._said, 1)
        for kind in ("csv", "npy"):
            button = push_button(self.tr("Save {kind}").format(kind=kind.upper()), "quiet")
            button.setToolTip(self.tr("Save the whole output as {kind}").format(kind=kind.upper()))
            button.clicked.connect(partial(self._save, kind))
            foot.addWidget(button)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.WIDE)
        self._row.addWidget(self._table, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addLayout(self._row, 1)
        column.addLayout(foot)

    def show_run(self, state: State, values: ForwardValues | None) -> None:
        if values is None or values is self._values:
            return
        self._values = values
        flat = values.output.reshape(len(values.output), -1)
        names = _names(values, flat.shape[1])
        target = values.target if values.target is not None and values.target.ndim == 1 else None
        self._table.show_rows(flat, target, names, values.class_names if target is not None else ())
        shape = " × ".join(map(str, values.output.shape))
        sums = flat.sum(axis=1)
        note = ""
        if flat.shape[1] > 1 and bool((abs(sums - 1) < 1e-4).all()):
            note = self.tr(" · every row sums to 1")
        self._caption.setText(self.tr("output {shape}").format(shape=shape) + note)
        self._show_picture(flat)

    def _show_picture(self, flat: Any) -> None:
        if self._picture is None:
            from gui.widgets.image import MatrixImage

            self._picture = MatrixImage(self.tr("output, one row a sample"))
            self._picture.setMinimumWidth(220)
            self._picture.save_requested.connect(self._save_picture)
            self._row.addWidget(self._picture, 2)
        self._picture.display(flat[:MOST_SHOWN, :MOST_SHOWN])

    def _save(self, kind: str, checked: bool = False) -> None:
        values = self._values
        if values is None:
            return
        from engine.files.tables import csv_bytes, npy_bytes

        flat = values.output.reshape(len(values.output), -1)
        names = _names(values, flat.shape[1]) or tuple(map(str, range(flat.shape[1])))
        content = (
            (lambda: csv_bytes(flat, names))
            if kind == "csv"
            else (lambda: npy_bytes(values.output))
        )
        self._said.set_text(
            ask_and_save(self, f"{values.project.network.name}-output", kind, content)
        )

    def _save_picture(self, kind: str) -> None:
        if self._picture is not None and self._values is not None:
            picture = self._picture
            name = f"{self._values.project.network.name}-output"
            self._said.set_text(ask_and_save(self, name, kind, lambda: picture.exported(kind)))  # type: ignore[arg-type]


def _names(values: ForwardValues, columns: int) -> tuple[str, ...]:
    return values.class_names if len(values.class_names) == columns else ()
