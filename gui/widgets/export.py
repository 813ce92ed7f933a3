"""Takes a painted picture away: to a file, to the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QCoreApplication,
    QIODevice,
    QRectF,
    QSize,
)
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QMenu

from gui import theme

Kind = Literal["png", "svg", "csv"]
Paint = Callable[[QPainter, QRectF], None]


def picture(size: QSize, paint: Paint, scale: float) -> QImage:
    """What `paint` paints in `size`, with `scale` pixels to one."""
    image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(theme.current().colour("panel"))
    painter = QPainter(image)
    painter.scale(scale, scale)
    try:
        paint(painter, QRectF(0, 0, size.width(), size.height()))
    finally:
        painter.end()  # Qt aborts when a picture goes while it is painted
    return image


def png_bytes(image: QImage) -> bytes:
    """The image as a PNG file."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())


def svg_bytes(size: QSize, paint: Paint, title: str) -> bytes:
    """What `paint` paints in `size` as an SVG file; text stays text."""
    from PySide6.QtSvg import QSvgGenerator  # only an export needs it

    content = QByteArray()
    generator = QSvgGenerator()
    buffer = QBuffer(content)
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setResolution(96)
    painter = QPainter(generator)
    try:
        paint(painter, QRectF(0, 0, size.width(), size.height()))
    finally:
        painter.end()
    return bytes(content.data())


def add_export_actions(
    menu: QMenu,
    image: Callable[[], QImage],
    numbers: Callable[[], str] | None,
    save: Callable[[Kind], None],
) -> None:
    """Add all ways to take a picture, and its numbers where it has some, away; `save` asks where to and writes."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Export", text)

    clipboard = QGuiApplication.clipboard()
    menu.addAction(tr("Copy picture"), lambda: clipboard.setImage(image()))
    if numbers is not None:
        menu.addAction(tr("Copy numbers"), lambda: clipboard.setText(numbers()))
    menu.addSeparator()
    menu.addAction(tr("Save as PNG…"), lambda: save("png"))
    menu.addAction(tr("Save as SVG…"), lambda: save("svg"))
    if numbers is not None:
        menu.addAction(tr("Save numbers as CSV…"), lambda: save("csv"))
