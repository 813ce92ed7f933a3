"""The list that a choice opens: a line to search with, groups, thumbnails, reasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QCloseEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.widgets.options import Heading, Option, Row, rows
from gui.widgets.pieces import plain_label

Thumbnail = Callable[[str], QPixmap]
Found = Callable[[str], Sequence[Option]]
"""The options that fit a query, best first, where something else than their words decides that."""
Index = QModelIndex | QPersistentModelIndex

THUMBNAIL = QSize(56, 32)
_WIDTH, _TALLEST = 420, 440
_EDGE, _PICTURE_GAP = 10, 12
_TITLE_LINE, _OTHER_HEIGHT = 20, 32
_ROW_ROLE = Qt.ItemDataRole.UserRole
_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class RowsModel(QAbstractListModel):
    """The rows that the search has left."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shown: list[Row] = []

    def show(self, shown: list[Row]) -> None:
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.shown[index.row()]
        match row, role:
            case _, Qt.ItemDataRole.UserRole:
                return row
            case _, Qt.ItemDataRole.DisplayRole:
                return row.title
            case Option(), Qt.ItemDataRole.AccessibleDescriptionRole:
                return row.disabled_reason or row.subtitle
            case Option(), Qt.ItemDataRole.ToolTipRole:
                return row.disabled_reason or None
            case _:
                return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        match self.shown[index.row()]:
            case Option(disabled_reason=""):
                return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            case _:
                return Qt.ItemFlag.NoItemFlags


class RowPainter(QStyledItemDelegate):
    """Paints a heading, or an option with its thumbnail, title and sentence."""

    def __init__(self, parent: QObject, thumbnail: Thumbnail | None, current: str) -> None:
        super().__init__(parent)
        self._thumbnail = thumbnail
        self._pictures: dict[str, QPixmap] = {}
        self._current = current

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        match index.data(_ROW_ROLE):
            case Heading():
                return QSize(10, 28)
            case Option(subtitle="", disabled_reason="") if self._thumbnail is None:
                return QSize(10, 30)
            case Option() as row:
                view: QWidget = option.widget  # type: ignore[attr-defined]
                width = view.viewport().width() if isinstance(view, QListView) else _WIDTH
                return QSize(10, _OTHER_HEIGHT + self._lines_height(row, width))
            case _:
                return QSize(10, 46)

    def _lines_height(self, row: Option, width: int) -> int:
        """How high the sentence below the title gets, which is never cut."""
        pictures = 8 + THUMBNAIL.width() + _PICTURE_GAP if self._thumbnail else _EDGE
        room = QRect(0, 0, width - pictures - _EDGE, 1000)
        metrics = QFontMetrics(theme.body_font(theme.CAPTION))
        below = row.disabled_reason or row.subtitle
        return metrics.boundingRect(room, _WRAPPED, below).height() if below else 14

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        match index.data(_ROW_ROLE):
            case Heading(title):
                _write(painter, rect.adjusted(10, 6, -10, 0), title.upper(), "text_muted",
                       theme.body_font(theme.CAPTION, bold=True))  # fmt: skip
            case Option() as row:
                self._paint_option(
                    painter, rect, row, bool(state & QStyle.StateFlag.State_Selected)
                )
            case _:
                pass
        painter.restore()

    def _paint_option(self, painter: QPainter, rect: QRect, row: Option, selected: bool) -> None:
        if selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.current().colour("selected"))
            painter.drawRoundedRect(rect, 5, 5)
        words = rect.adjusted(_EDGE, 0, -_EDGE, 0)
        if self._thumbnail is not None:
            where = QRect(rect.left() + 8, 0, THUMBNAIL.width(), THUMBNAIL.height())
            where.moveTop(rect.center().y() - THUMBNAIL.height() // 2)
            if row.disabled_reason:
                painter.setOpacity(0.35)
            painter.drawPixmap(where, self._picture(row.key))
            painter.setOpacity(1)
            words.setLeft(where.right() + _PICTURE_GAP)
        title = QRect(words)
        below = row.disabled_reason or row.subtitle
        if below:
            title = QRect(words.left(), words.top() + 5, words.width(), _TITLE_LINE)
            lines = QRect(
                words.left(), title.bottom() + 1, words.width(), words.bottom() - title.bottom()
            )
            painter.setFont(theme.body_font(theme.CAPTION))
            painter.setPen(
                theme.current().colour("warning" if row.disabled_reason else "text_muted")
            )
            painter.drawText(lines, _WRAPPED, below)
        if row.key == self._current:
            _write(
                painter, title, "✓", "accent", theme.body_font(theme.STRONG, bold=True), right=True
            )
        _write(painter, title.adjusted(0, 0, -20, 0), row.title,
               "text_faint" if row.disabled_reason else "text",
               theme.body_font(theme.BODY, bold=row.key == self._current))  # fmt: skip

    def _picture(self, key: str) -> QPixmap:
        if key not in self._pictures and self._thumbnail is not None:
            self._pictures[key] = self._thumbnail(key)
        return self._pictures[key]


def _write(
    painter: QPainter, rect: QRect, text: str, token: str, font: QFont, *, right: bool = False
) -> None:
    painter.setFont(font)
    painter.setPen(theme.current().colour(token))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | side, shown)


class ChoicePopup(QFrame):
    """Lets a person search and choose one of many options, and is gone when they have."""

    chosen = Signal(str)
    highlighted = Signal(str)  # the option under the mouse or the arrow keys, for a preview
    closed = Signal()

    def __init__(
        self,
        parent: QWidget,
        options: Sequence[Option],
        thumbnail: Thumbnail | None,
        current: str = "",
        found: Found | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme.set_role(self, "popup")
        self._options = options
        self._found = found
        self._anchor = QRect()
        self._model = RowsModel(self)
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search…"))
        self._search.setAccessibleName(self.tr("Search"))
        self._search.setClearButtonEnabled(False)
        self._search.textChanged.connect(self._filter)
        self._search.installEventFilter(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(RowPainter(self, thumbnail, current))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setResizeMode(QListView.ResizeMode.Adjust)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName(self.tr("Choices"))
        self._list.entered.connect(self._hover)
        self._list.clicked.connect(self._choose)
        self._list.selectionModel().currentChanged.connect(self._highlight)
        self._nothing = plain_label(role="muted", wrap=True)
        self._nothing.setContentsMargins(10, 8, 10, 8)
        self._nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(7, 7, 7, 7)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self._search)
        column.addWidget(self._nothing)
        column.addWidget(self._list, 1)
        self.setFocusProxy(self._search)
        self._filter("")
        self._go_to(self._row_of(current))

    def open_at(self, anchor: QRect, query: str = "") -> None:
        """Appear below `anchor` (in global coordinates), or above where there is more room."""
        self._anchor = anchor
        self._place()
        self.show()
        self._search.setFocus()
        self._search.setText(query)
        self._list.scrollTo(self._list.currentIndex(), QListView.ScrollHint.PositionAtCenter)

    def _place(self) -> None:
        """Take the room that the rows need, beside the anchor and inside the screen."""
        screen = self.screen().availableGeometry()
        width = min(max(self._anchor.width(), _WIDTH), screen.width())
        self.resize(width, _TALLEST)  # the height of the rows depends on it
        height = min(_TALLEST, self._content_height())
        x = max(screen.left(), min(self._anchor.left(), screen.right() - width))
        below = screen.bottom() - self._anchor.bottom() - 3
        above = self._anchor.top() - screen.top() - 3
        if below >= min(_TALLEST, above):
            height = min(height, below)
            y = self._anchor.bottom() + 3
        else:
            height = min(height, above)
            y = self._anchor.top() - 3 - height
        self.setGeometry(QRect(x, y, width, height))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key_pressed(event.key())
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)

    def _key_pressed(self, key: int) -> bool:
        here = self._list.currentIndex().row()
        last = self._model.rowCount() - 1
        match key:
            case Qt.Key.Key_Down:
                self._go_to(self._enabled_from(here + 1, 1))
            case Qt.Key.Key_Up:
                self._go_to(self._enabled_from(here - 1, -1))
            case Qt.Key.Key_PageDown:
                self._go_to(self._enabled_from(min(here + 7, last), -1))
            case Qt.Key.Key_PageUp:
                self._go_to(self._enabled_from(max(here - 7, 0), 1))
            case Qt.Key.Key_Home:
                self._go_to(self._enabled_from(0, 1))
            case Qt.Key.Key_End:
                self._go_to(self._enabled_from(last, -1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(self._list.currentIndex())
            case Qt.Key.Key_Escape:
                self.close()
            case _:
                return False
        return True

    def _filter(self, query: str) -> None:
        if self._found is not None and query.strip():
            self._model.show(list(self._found(query)))
        else:
            self._model.show(rows(self._options, query))
        found = self._model.rowCount() > 0
        self._list.setVisible(found)
        self._nothing.setVisible(not found)
        self._nothing.setText(self.tr("Nothing is called “{0}”.").format(query))
        if self.isVisible():
            self._place()
        self._go_to(self._enabled_from(0, 1))

    def _row_of(self, key: str) -> int | None:
        for number, row in enumerate(self._model.shown):
            if isinstance(row, Option) and row.key == key and not row.disabled_reason:
                return number
        return None

    def _enabled_from(self, start: int, direction: int) -> int | None:
        number = start
        while 0 <= number < self._model.rowCount():
            if self._model.flags(self._model.index(number)) & Qt.ItemFlag.ItemIsEnabled:
                return number
            number += direction
        return None

    def _go_to(self, number: int | None) -> None:
        if number is None:
            return
        self._list.setCurrentIndex(self._model.index(number))
        if number == 1 and isinstance(self._model.shown[0], Heading):
            self._list.scrollToTop()

    def _hover(self, index: QModelIndex) -> None:
        if index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self._list.setCurrentIndex(index)

    def _highlight(self, index: QModelIndex) -> None:
        row = index.data(_ROW_ROLE)
        if isinstance(row, Option) and self.isVisible():
            self.highlighted.emit(row.key)

    def _choose(self, index: QModelIndex) -> None:
        row = index.data(_ROW_ROLE)
        if isinstance(row, Option) and not row.disabled_reason:
            self.close()
            self.chosen.emit(row.key)

    def _content_height(self) -> int:
        heights = (self._list.sizeHintForRow(row) for row in range(self._model.rowCount()))
        return (sum(heights) or 34) + theme.CONTROL_HEIGHT + 7 * 2 + theme.TIGHT + 6
