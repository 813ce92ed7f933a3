"""The style sheet of the whole application, written from a theme's colours."""

from __future__ import annotations

import resources
from gui.tokens import BODY, CAPTION, STRONG, TITLE, Theme

# `$token` is a colour, `$title_size` and the like a size of letters, `$pictures` the folder of arrows and
# ticks in the theme's colours. What can have the keyboard's focus keeps a border of one width, so that
# nothing moves when it gets it.
_SHEET = """
* { outline: none; }
QMainWindow, QDialog, QMessageBox, QStatusBar, QToolBar, QMenuBar, *[role="panel"] {
    background: $panel; }
*[role="canvas"] { background: $canvas; }
QFrame[role="card"] { background: $card; border: 1px solid $card_border; border-radius: 8px; }
QFrame[role="start"] { background: $card; border: 1px solid $card_border; border-radius: 8px; }
QFrame[role="start"]:hover { background: $raised; border-color: $border_strong; }
QFrame[role="start"]:focus { border-color: $accent; }
QFrame[role="sunken"] { background: $canvas; border: 1px solid $border; border-radius: 8px; }
QFrame[role="popup"] { background: $popup; border: 1px solid $border_strong; }
QFrame[role="floating"] {
    background: $popup; border: 1px solid $border_strong; border-radius: 8px; }
QFrame[role="popup"] QListView { background: transparent; }
QFrame[role="notice"] { border: none; border-radius: 6px; }
QFrame[role="notice"][tone="note"] { background: $note_fill; }
QFrame[role="notice"][tone="ok"] { background: $ok_fill; }
QFrame[role="notice"][tone="warning"] { background: $warning_fill; }
QFrame[role="notice"][tone="danger"] { background: $danger_fill; }
QWidget:disabled { color: $text_faint; }

QLabel { background: transparent; }
QLabel[role="title"] { font-size: $title_size; font-weight: bold; }
QLabel[role="heading"] { font-size: $caption_size; font-weight: bold; color: $text_muted; }
QLabel[role="muted"] { color: $text_muted; }
QLabel[role="caption"] { font-size: $caption_size; color: $text_faint; }
QLabel[role="fault"] { font-size: $caption_size; color: $danger; }

QMessageBox { messagebox-question-icon: url("$pictures/question.svg");
    messagebox-warning-icon: url("$pictures/warning.svg"); }
QMessageBox QLabel#qt_msgbox_label { min-width: 300px; font-size: $strong_size; font-weight: bold; }
QMessageBox QLabel#qt_msgbox_informativelabel { min-width: 300px; color: $text_muted; }

QLabel[role="ok"] { color: $ok; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="pill"] { background: $raised; border-radius: 14px; padding: 0 14px; }
QLabel[role="pill"][tone="note"] { color: $note; }
QLabel[role="pill"][tone="ok"] { color: $ok; }
QLabel[role="pill"][tone="warning"] { color: $warning; }
QLabel[role="pill"][tone="danger"] { color: $danger; }

QToolTip { background: $popup; color: $text; border: 1px solid $border_strong; padding: 5px 7px; }

QMenuBar { padding: 4px 6px; color: $text_muted; }
QMenuBar::item { padding: 5px 10px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $raised_hover; color: $text; }
QMenu { background: $popup; color: $text; border: 1px solid $border_strong; padding: 5px; }
QMenu::item { padding: 5px 26px 5px 10px; border-radius: 4px; margin: 0; }
QMenu::item:selected { background: $selected; color: $text; }
QMenu::item:disabled { color: $text_faint; background: transparent; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 5px 4px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 6px; }
QMenu::indicator:checked { image: url("$pictures/check-text.svg"); }
QMenu::right-arrow { image: url("$pictures/chevron-right.svg"); width: 12px; margin-right: 6px; }

QToolBar { border: none; spacing: 6px; padding: 6px 12px; }
QToolBar::handle { image: none; width: 0; height: 0; }
QToolBar::separator { background: transparent; width: 8px; }
QPushButton, QToolButton {
    background: $raised; color: $text; border: 1px solid $raised_border; border-radius: 6px;
    padding: 0 13px; min-height: 26px; }
QToolButton { padding: 0 10px; }
QPushButton:hover, QToolButton:hover { background: $raised_hover; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked {
    background: $raised_pressed; }
QPushButton:checked, QToolButton:checked { border-color: $border_strong; }
QPushButton:disabled, QToolButton:disabled { color: $text_faint; background: $panel; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton[role="primary"], QToolButton[role="primary"] {
    background: $accent; color: $accent_text; border-color: $accent; font-weight: bold; }
QPushButton[role="primary"]:hover, QToolButton[role="primary"]:hover {
    background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:focus, QToolButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled {
    background: $raised; color: $text_faint; border-color: $border; }
QPushButton[role="search"] { text-align: left; padding: 0 14px; border-radius: 14px;
    color: $text_muted; }
QPushButton[role="link"], QToolButton[role="link"] {
    background: transparent; border-color: transparent; color: $accent; padding: 0 4px; }
QPushButton[role="link"]:hover, QToolButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="quiet"], QToolButton[role="quiet"] {
    background: transparent; border-color: transparent; color: $text_muted; padding: 0 6px; }
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover {
    background: $raised_hover; color: $text; }
QPushButton[role="link"]:disabled, QPushButton[role="quiet"]:disabled,
QToolButton[role="link"]:disabled, QToolButton[role="quiet"]:disabled { color: $text_faint; }
QPushButton[role="link"]:focus, QToolButton[role="link"]:focus,
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus { border-color: $accent; }
QPushButton[role="mend"] { border-radius: 11px; min-height: 20px; padding: 0 12px;
    font-size: $caption_size; font-weight: bold; }
QPushButton[role="mend"][tone="warning"] {
    background: $warning_fill; color: $warning; border-color: $warning_fill; }
QPushButton[role="mend"][tone="danger"] {
    background: $danger_fill; color: $danger; border-color: $danger_fill; }
QPushButton[role="mend"][tone="warning"]:hover { border-color: $warning; }
QPushButton[role="mend"][tone="danger"]:hover { border-color: $danger; }
QPushButton[role="mend"][tone="warning"]:focus, QPushButton[role="mend"][tone="danger"]:focus {
    border-color: $accent; }
QPushButton[role="why"] { background: transparent; border-color: transparent; color: $text_muted;
    min-height: 20px; padding: 0 4px; font-size: $caption_size; }
QPushButton[role="why"]:hover { color: $text; text-decoration: underline; }
QPushButton[role="why"]:focus { border-color: $accent; }
QPushButton[role="add"] { background: $canvas; color: $accent; border-radius: 8px;
    border-color: $border; min-height: 32px; }
QPushButton[role="add"]:hover { border-color: $border_strong; color: $accent_hover; }
QPushButton[role="add"]:focus { border-color: $accent; }
QPushButton::menu-indicator { image: url("$pictures/chevron-down.svg"); width: 12px;
    subcontrol-position: right center; right: 4px; }
QPushButton[opens="menu"] { padding-right: 20px; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
    background: $canvas; color: $text; border: 1px solid $field_border; border-radius: 6px;
    selection-background-color: $accent; selection-color: $accent_text;
    placeholder-text-color: $text_faint; }
QLineEdit, QAbstractSpinBox, QComboBox { padding: 0 8px; min-height: 26px; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $border_strong; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QComboBox:on, QPlainTextEdit:focus,
QTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    background: $panel; color: $text_faint; }
QLineEdit[role="search"] { border-radius: 14px; padding: 0 14px; }
QLineEdit[fault="true"], QPlainTextEdit[fault="true"] { border-color: $danger; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {
    border: none; background: transparent; padding: 0; min-height: 0; }
QAbstractSpinBox { padding: 0; min-height: 24px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$pictures/chevron-down.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
    background: $popup; border: 1px solid $border_strong; padding: 4px; }
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 6px; border-radius: 4px; }

QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator, QTreeView::indicator, QTableView::indicator,
QListView::indicator, QGroupBox::indicator {
    width: 14px; height: 14px; background: $canvas; border: 1px solid $border_strong; }
QCheckBox::indicator, QTreeView::indicator, QTableView::indicator, QListView::indicator,
QGroupBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked,
QListView::indicator:checked, QGroupBox::indicator:checked {
    background: $accent; border-color: $accent; image: url("$pictures/check.svg"); }
QCheckBox::indicator:indeterminate, QTreeView::indicator:indeterminate {
    background: $accent; border-color: $accent; image: url("$pictures/dash.svg"); }
QRadioButton::indicator:checked {
    background: $accent; border-color: $accent; image: url("$pictures/dot.svg"); }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }

QTabWidget::pane { border: none; background: $canvas; }
QTabBar { background: $panel; border: none; qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $text_muted; border: none; border-bottom: 2px solid transparent;
    padding: 7px 4px 6px 4px; margin: 0 10px 0 12px; font-size: $strong_size; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; font-weight: bold; }
QTabBar::tab:focus { color: $accent; }
QTabBar::tab:disabled { color: $text_faint; }
QTabBar QToolButton { min-height: 0; padding: 0; }

QAbstractItemView {
    background: $canvas; color: $text; border: none; gridline-color: $border;
    selection-background-color: $selected; selection-color: $text; }
QTreeView::item, QTableView::item, QListView::item { padding: 3px 6px; border: none; }
QTreeView::item:hover, QListView::item:hover { background: $raised_hover; }
QTreeView::item:selected, QTableView::item:selected, QListView::item:selected {
    background: $selected; color: $text; }
QTableView::item:focus, QTreeView::item:focus { border: 1px solid $accent; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:closed { image: url("$pictures/branch-closed.svg"); }
QTreeView::branch:has-children:open { image: url("$pictures/branch-open.svg"); }
QHeaderView { background: $panel; border: none; }
QHeaderView::section {
    background: $panel; color: $text_muted; border: none; border-bottom: 1px solid $border;
    padding: 5px 8px; font-size: $caption_size; font-weight: bold; }
QHeaderView::section:hover { color: $text; }
QHeaderView::section:vertical { border-bottom: none; border-right: 1px solid $border; }
QHeaderView::down-arrow { image: url("$pictures/chevron-down.svg"); width: 10px; }
QHeaderView::up-arrow { image: url("$pictures/chevron-up.svg"); width: 10px; }
QTableCornerButton::section { background: $panel; border: none; }

QScrollArea { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $border_strong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $text_faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }

QSplitter::handle { background: $panel; }
QSplitter::handle:horizontal { border-left: 1px solid $border; width: 5px; }
QSplitter::handle:vertical { border-top: 1px solid $border; height: 5px; }
QSplitter::handle:hover, QSplitter::handle:pressed { border-color: $accent; }

QStatusBar { min-height: 24px; color: $text_muted; border-top: 1px solid $border; font-size: $body_size; }
QStatusBar::item { border: none; }
QProgressBar {
    background: $raised_pressed; border: none; border-radius: 2px; max-height: 4px;
    min-height: 4px; color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QSlider::groove:horizontal { height: 4px; background: $border_strong; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal {
    background: $text; width: 14px; height: 14px; margin: -6px 0; border-radius: 7px;
    border: 1px solid $panel; }
QSlider::handle:horizontal:focus { border-color: $accent; background: $accent; }

QGroupBox { border: 1px solid $border; border-radius: 8px; margin-top: 18px; padding: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 2px; color: $text_muted; font-weight: bold; }
QDockWidget { color: $text_muted; }
QDockWidget::title { background: $panel; padding: 6px 12px; }
"""


def style_sheet(theme: Theme) -> str:
    """The whole application's style sheet in the colours of `theme`."""
    words = {name: str(each) for name, each in vars(theme).items()}
    folder = resources.path("style", theme.name).as_posix()
    words["pictures"] = folder.replace("\\", "\\\\").replace('"', '\\"')
    for name, pixels in (
        ("caption", CAPTION),
        ("body", BODY),
        ("strong", STRONG),
        ("title", TITLE),
    ):
        words[f"{name}_size"] = f"{pixels}px"
    sheet = _SHEET
    for name in sorted(words, key=len, reverse=True):  # $border_strong before $border
        sheet = sheet.replace(f"${name}", words[name])
    return sheet
