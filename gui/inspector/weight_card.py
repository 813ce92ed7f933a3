"""One tensor, shown: what was drawn for it over what theory says, in numbers, and as a matrix."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from engine.design.kind import Shape
from gui import theme
from gui.inspector.slot import Slot
from gui.inspector.swatch import Swatch
from gui.learn.answers import Drawing
from gui.learn.law import TensorLaw, fans_of, gain_of
from gui.widgets.card_painting import PAD, header_width
from gui.widgets.pieces import plain_label
from gui.widgets.plot_axis import number_text

if TYPE_CHECKING:
    from gui.widgets.image import MatrixImage
    from gui.widgets.plot import Plot

_HEIGHT = 156
_MATRIX_HEIGHT = 220


class WeightCard(QWidget):
    """Shows theory at once, and the drawn values when there are some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layer_id = 0
        self._name = ""
        self._shape: Shape = ()
        self._law = TensorLaw(None, None, "")
        self._pictured: object = None
        """What the plot shows, as far as that is known from here."""
        self._drawing: Drawing | None = None
        self._as_matrix = False
        self._plot: Slot[Plot] = Slot(self._make_plot, self._redraw, "weights", _HEIGHT)
        self._matrix: Slot[MatrixImage] = Slot(
            self._make_matrix, self._redraw, "weights", _MATRIX_HEIGHT
        )
        self._matrix.hide()
        self._formula = _mono()
        self._table = _Table()
        self._fans = _mono()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT + 2)
        for widget in (self._plot, self._matrix, self._formula, self._table, self._fans):
            column.addWidget(widget)

    def show_tensor(self, layer_id: int, name: str, shape: Shape, law: TensorLaw) -> None:
        """Show a tensor of a layer; what was drawn of another one, or of another shape, is forgotten."""
        if (layer_id, name, shape) != (self._layer_id, self._name, self._shape):
            self._drawing = None
        self._layer_id = layer_id
        self._plot.file_name = self._matrix.file_name = name
        self._name, self._shape, self._law = name, shape, law
        self._write()
        self._redraw()

    def show_drawing(self, drawing: Drawing | None) -> None:
        """Show what was drawn; None while nothing is."""
        self._drawing = drawing
        self._write()
        self._redraw()

    def show_as_matrix(self, wished: bool) -> None:
        """Show the matrix as an image, or the histogram."""
        self._as_matrix = wished
        self._matrix.setVisible(wished)
        self._plot.setVisible(not wished)
        self._redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._write()
            self._redraw()

    # --- in words ------------------------------------------------------------------------------

    def _write(self) -> None:
        law, drawing = self._law.distribution, self._drawing
        explained = law.explained() if law is not None else ""
        self._formula.setText(explained)
        self._formula.setVisible(bool(explained) and not self._fits(explained))
        self._table.show_numbers(
            None if law is None else (law.mean, law.std),
            None if drawing is None else (drawing.mean, _cleaned(drawing)),
        )
        self._fans.setText("   ".join(self._facts()))

    def _facts(self) -> list[str]:
        flat = len(self._shape) == 1
        facts = [self.tr("{0} values").format(f"{self._shape[0]:,}")] if flat else []
        facts += [] if flat else [" × ".join(map(str, self._shape)) or "1"]
        fans = fans_of(self._shape)
        if fans is not None:
            facts += [f"fan_in {fans.fan_in}", f"fan_out {fans.fan_out}"]
        gain = gain_of(self._law.initializer)
        if gain is not None:
            facts.append(f"gain {number_text(gain, 3)}")
        shown = prod(self._drawing.values.shape) if self._drawing is not None else 0
        if 0 < shown < prod(self._shape):
            facts.append(self.tr("{0} values drawn").format(f"{shown:,}"))
        return facts

    def _fits(self, explained: str) -> bool:
        """Whether the plot's own header has room for the formula."""
        return header_width(self._name, explained) + 2 * PAD + 12 <= self.width()

    def _caption(self) -> str:
        law = self._law.distribution
        explained = law.explained() if law is not None else ""
        return explained if self._fits(explained) else ""

    # --- in pictures ---------------------------------------------------------------------------

    def _make_plot(self) -> Plot:
        from gui.widgets.plot import Plot

        plot = Plot()
        plot.set_axis_labels(y=self.tr("share of values"))
        return plot

    def _make_matrix(self) -> MatrixImage:
        from gui.widgets.image import MatrixImage

        return MatrixImage()

    def _redraw(self) -> None:
        if self._as_matrix:
            self._redraw_matrix()
        else:
            self._redraw_plot()

    def _redraw_plot(self) -> None:
        plot = self._plot.widget
        if plot is None:
            return
        wanted = (plot, self._name, self._caption(), self._law.distribution, self._drawing)
        if wanted == self._pictured:
            return
        self._pictured = wanted
        from gui.inspector.weight_marks import pictured

        picture = pictured(self._law.distribution, self._values())
        plot.set_title(self._name)
        plot.set_caption(self._caption())
        plot.display(picture.marks, over=(picture.low, picture.high))

    def _redraw_matrix(self) -> None:
        image = self._matrix.widget
        if image is None:
            return
        import numpy as np

        values = self._values()
        image.set_title(self._name)
        image.set_caption(self._caption())
        if values is None:
            image.display(np.zeros((0, 0)))
            return
        columns = prod(self._shape[1:]) if len(self._shape) > 1 else values.size
        rows = max(values.size // max(columns, 1), 1)
        columns = min(columns, values.size)
        image.display(values[: rows * columns].reshape(rows, columns))

    def _values(self) -> Any:
        """What was drawn, flat; None while nothing is."""
        if self._drawing is None:
            return None
        return self._drawing.values.to_numpy().reshape(-1).astype("float64")


class _Table(QWidget):
    """Mean and std as theory gives them, beside those of what was drawn."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.MEDIUM)
        grid.setVerticalSpacing(1)
        grid.addWidget(Swatch(self.tr("theory"), "text", "line"), 0, 1)
        grid.addWidget(Swatch(self.tr("drawn"), "bars", "bar"), 0, 2)
        self._cells: list[list[QLabel]] = []
        for row, name in enumerate((self.tr("mean"), self.tr("std")), start=1):
            grid.addWidget(plain_label(name, "caption"), row, 0)
            cells = [_mono(), _mono()]
            for column, cell in enumerate(cells, start=1):
                cell.setProperty("role", "")
                grid.addWidget(cell, row, column)
            self._cells.append(cells)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 3)

    def show_numbers(
        self, theory: tuple[float, float] | None, drawn: tuple[float, float] | None
    ) -> None:
        for column, pair in enumerate((theory, drawn)):
            for row in range(2):
                text = "–" if pair is None else number_text(pair[row], 3)
                self._cells[row][column].setText(text)


def _cleaned(drawing: Drawing) -> float:
    """The std, without what rounding to float32 leaves of a constant."""
    return drawing.std if drawing.std > 1e-6 * abs(drawing.mean) else 0.0


def _mono() -> QLabel:
    label = plain_label(role="caption", wrap=True)
    label.setFont(theme.mono_font(theme.CAPTION))
    return label
