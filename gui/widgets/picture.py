"""What widgets that paint one picture have in common: they leave as PNG, SVG or CSV, by the right button or a menu."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from gui.widgets.export import Kind, add_export_actions, picture, png_bytes, svg_bytes


class Picture(QWidget):
    """A widget whose `paint` draws all of it, whose accessible name is its title, and whose numbers are a CSV."""

    save_requested = Signal(str)  # a Kind: the window asks where to, and writes `exported(kind)`

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Draw it as a file is to hold it: without the marks of focus and pointer."""
        raise NotImplementedError

    def csv_text(self) -> str:
        """Its numbers, unrounded."""
        raise NotImplementedError

    def image(self, scale: float = 2.0) -> QImage:
        """The widget as a picture, `scale` pixels to one of the screen's."""
        return picture(self.size(), self.paint, scale)

    def exported(self, kind: Kind) -> bytes:
        """The widget as the content of a file."""
        match kind:
            case "png":
                return png_bytes(self.image())
            case "svg":
                return svg_bytes(self.size(), self.paint, self.accessibleName())
            case "csv":
                return self.csv_text().encode()
            case _:
                assert_never(kind)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_export_actions(menu, self.image, self.csv_text, self.save_requested.emit)
        menu.popup(event.globalPos())
