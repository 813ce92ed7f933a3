"""Renders every widget in both themes: `python -m tests.gui.gallery OUT`, to be looked at."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap, QPolygonF, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QProgressBar,
    QRadioButton,
    QSlider,
    QSpinBox,
    QSplitter,
    QTableView,
    QTabWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.widgets.bars import VectorBars
from gui.widgets.choice import Choice, Look
from gui.widgets.choice_popup import ChoicePopup
from gui.widgets.fields import IntegerField, RealField, ShapeField, Switch, TextField
from gui.widgets.form import Form
from gui.widgets.image import MatrixImage
from gui.widgets.options import Option
from gui.widgets.pieces import (
    Card,
    ElidedLabel,
    EmptyState,
    FlowLayout,
    Notice,
    Pill,
    SectionHeading,
    Severity,
    plain_label,
    push_button,
)
from gui.widgets.plot import Marker, Plot, Series, Zone, histogram

OPTIONS = (
    Option("relu", "ReLU", "max(0, x): cheap, does not saturate above zero", "", "Rectifiers"),
    Option("leaky_relu", "LeakyReLU", "a small slope below zero keeps units alive", "", "Rectifiers"),
    Option("prelu", "PReLU", "the slope below zero is learned", "", "Rectifiers"),
    Option("tanh", "Tanh", "squashes to −1 … 1, centred at zero", "", "Sigmoids"),
    Option("sigmoid", "Sigmoid", "squashes to 0 … 1; its gradient vanishes", "", "Sigmoids"),
    Option("glu", "GLU", "a gate: half of the values times the other half",
           "It halves the last dimension, and 3 is odd.", "Gates"),
    Option("softmax", "Softmax", "turns scores into shares that sum to 1", "", "Vectors"),
)  # fmt: skip


def thumbnail(key: str) -> QPixmap:
    """A small curve, as the window draws for an activation."""
    pixmap = QPixmap(56, 32)
    pixmap.fill(Qt.GlobalColor.transparent)
    x = np.linspace(-4, 4, 40)
    y = {"relu": np.maximum(x, 0) / 4, "tanh": np.tanh(x)}.get(key, 1 / (1 + np.exp(-x)))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.current().colour("series_1"))
    painter.drawPolyline(
        QPolygonF([QPointF(28 + a * 6.5, 24 - b * 16) for a, b in zip(x.tolist(), y.tolist())])
    )
    painter.end()
    return pixmap


def inspector() -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 12, 16, 12)
    head = QHBoxLayout()
    head.addWidget(plain_label("hidden2", "title"))
    kind = ElidedLabel("Linear", "accent", theme.STRONG)
    head.addWidget(kind)
    head.addStretch(1)
    head.addWidget(push_button("nn.Linear ↗", "quiet"))
    column.addLayout(head)
    form = Form()
    features = IntegerField(1, 100_000)
    features.set_value(16)
    form.add_row("out_features", features, "How many numbers the layer gives")
    bias = Switch()
    bias.set_value(True)
    form.add_row("bias", bias, "Whether a learned number is added to each output")
    activation = Choice()
    activation.set_options(OPTIONS, thumbnail)
    activation.set_current("relu")
    form.add_row("activation", activation, mono=False)
    column.addWidget(form)
    column.addWidget(activation_plot())
    more = Form()
    shape = ShapeField(1, 3, 3)
    shape.set_value((3, 224, 224))
    more.add_row("normalized_shape", shape)
    wrong = RealField(0, 1)
    wrong.reset(0.5)
    wrong._line.setText("1.5")
    wrong._line.textEdited.emit("1.5")
    more.add_row("p", wrong)
    name = TextField()
    name.set_value("hidden2")
    more.add_row("name", name, mono=False)
    column.addWidget(more)
    column.addWidget(weights_plot())
    column.addStretch(1)
    page.setFixedWidth(356)
    return page


def activation_plot() -> Plot:
    plot = Plot("f(x) and f′(x)")
    plot.set_caption("zero-centred: no")
    x = np.linspace(-9, 9, 901)
    y = 1 / (1 + np.exp(-x))
    plot.display(
        [
            Zone(-9, -6, "warning", "saturated"),
            Zone(6, 9, "warning", "saturated"),
            Series(x, y, "f", "series_1"),
            Series(x, y * (1 - y), "f′", "series_2", dashed=True),
        ]
    )
    plot.setFixedHeight(180)
    return plot


def weights_plot() -> Plot:
    plot = Plot("weights")
    plot.set_caption("σ = √(2 / fan_in) = 0.354")
    drawn = np.random.default_rng(0).normal(0, 0.354, 20_000)
    x = np.linspace(-1.5, 1.5, 301)
    density = np.exp(-(x**2) / (2 * 0.354**2)) / (0.354 * np.sqrt(2 * np.pi))
    plot.display([histogram(drawn, 36), Series(x, density, "theory", "text")])
    plot.setFixedHeight(160)
    return plot


def plots() -> QWidget:
    page = QWidget()
    grid = QGridLayout(page)
    random = np.random.default_rng(1)
    epochs = np.arange(1, 101)
    loss = Plot("loss")
    train = np.exp(-epochs / 20) + 0.03 * random.random(100)
    loss.display(
        [
            Series(epochs, train, "train"),
            Series(epochs, train + 0.04, "validation", "series_2", dashed=True),
            Marker(60, "best"),
        ]
    )
    loss.set_axis_labels("epoch", "cross entropy")
    walk = Plot("a million points")
    walk.display([Series(np.arange(1e6), random.normal(size=1_000_000).cumsum())])
    gaps = Plot("gaps and a fill")
    x = np.linspace(-3, 3, 300)
    with np.errstate(divide="ignore"):
        pole = np.where(np.abs(x) < 0.2, np.nan, 1 / x)
    gaps.display([Series(x, pole, "1/x"), Series(x, np.exp(-x * x), "e", "series_3", fill=True)])
    many = Plot("several compared")
    many.display(
        [Series(x, np.tanh(x * k), f"k = {k}", theme.SERIES[k - 1], dashed=k % 2 == 0)
         for k in range(1, 7)]
    )  # fmt: skip
    many.set_caption("six curves")
    empty = Plot("nothing yet")
    empty.set_empty_text("The curves appear with the first run.")
    for number, plot in enumerate((loss, walk, gaps, many, weights_plot(), empty)):
        grid.addWidget(plot, number // 3, number % 3)
    page.setFixedSize(1080, 440)
    return page


def pictures() -> QWidget:
    page = QWidget()
    grid = QGridLayout(page)
    random = np.random.default_rng(2)
    small = MatrixImage("weight")
    small.set_caption("3 × 3")
    small.display(random.normal(size=(3, 3)))
    middle = MatrixImage("hidden1.weight")
    middle.display(random.normal(size=(16, 24)))
    large = MatrixImage("2000 × 2000")
    large.display(random.normal(size=(2000, 2000)))
    bias = MatrixImage("bias")
    bias.display(random.normal(size=16))
    digit = MatrixImage("digit 0")
    digit.display_picture(np.clip(random.normal(8, 6, (8, 8)), 0, 16), 0, 16)
    broken = MatrixImage("not finite")
    holes = random.normal(size=(6, 9))
    holes[2, 3] = np.nan
    broken.display(holes)
    for number, image in enumerate((small, middle, large, bias, digit, broken)):
        grid.addWidget(image, number // 3, number % 3)
    page.setFixedSize(1080, 480)
    return page


def bars() -> QWidget:
    page = QWidget()
    row = QHBoxLayout(page)
    scores = [0.2, 0.02, 0.15, 0.15, 1.3, 0.5, 0.06, 1.1, 0.05, 3.75]
    softmax = (np.exp(scores) / np.exp(scores).sum()).tolist()
    one = VectorBars("softmax")
    one.set_names("scores", "shares")
    one.display(scores, softmax, sum(softmax))
    two = VectorBars("log-softmax")
    signed = [-1.5, 0.0, 2.25, -0.25]
    two.display(signed, np.log(np.exp(signed) / np.exp(signed).sum()).tolist())
    row.addWidget(one, alignment=Qt.AlignmentFlag.AlignTop)
    row.addWidget(two, alignment=Qt.AlignmentFlag.AlignTop)
    page.setFixedWidth(820)
    return page


def pieces() -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(theme.MEDIUM)
    column.addWidget(SectionHeading("Layers", "5 layers · 386 params"))
    card = Card()
    card.body.addWidget(plain_label("Dropout before BatchNorm"))
    card.body.addWidget(plain_label("shifts the variance BatchNorm learns. Swap them?", "muted"))
    column.addWidget(card)
    messages: tuple[tuple[Severity, str, str], ...] = (
        ("note", "The engine is starting.", ""),
        ("ok", "Exported and proven: largest difference 0.", "Open the folder"),
        ("warning", "The file was changed by another program.", "Load it again"),
        ("danger", "Not saved: the disk is full. Free some space, or save elsewhere.", "Save as…"),
    )
    for severity, text, action in messages:
        notice = Notice()
        notice.show_message(severity, text, action)
        column.addWidget(notice)
    pills = QWidget()
    flow = FlowLayout(pills)
    states: tuple[tuple[Severity, str], ...] = (
        ("ok", "CPU ready"), ("note", "starting"), ("warning", "slow"), ("danger", "engine gone"),
    )  # fmt: skip
    for severity, text in states:
        flow.addWidget(Pill(text, severity))
    looks: tuple[Look, ...] = ("activation", "initializer", "neutral")
    for look in looks:
        chip = Choice(look)
        chip.set_options(OPTIONS)
        chip.set_current("relu")
        flow.addWidget(chip)
    column.addWidget(pills)
    column.addWidget(ElidedLabel("a very long name of a layer that does not fit " * 3))
    column.addWidget(
        EmptyState("box", "No layers yet", "Add a layer, or start from a template.", "Add a layer")
    )
    page.setFixedSize(460, 620)
    return page


def controls() -> QWidget:
    page = QMainWindow()
    for name in ("File", "Edit", "Layer", "View", "Run", "Learn", "Help"):
        page.menuBar().addMenu(name)
    bar = page.addToolBar("Main")
    for name in ("New", "Open", "Save"):
        bar.addWidget(push_button(name))
    search = QLineEdit()
    search.setPlaceholderText("Add a layer or run a command…")
    theme.set_role(search, "search")
    bar.addWidget(search)
    bar.addWidget(push_button("Train", "primary"))
    disabled = push_button("Pause")
    disabled.setEnabled(False)
    bar.addWidget(disabled)
    tabs = QTabWidget()
    tabs.addTab(_basic_controls(), "Diagram")
    tabs.addTab(QWidget(), "Summary")
    tabs.addTab(QWidget(), "Code")
    splitter = QSplitter()
    splitter.addWidget(tabs)
    splitter.addWidget(_views())
    page.setCentralWidget(splitter)
    page.statusBar().showMessage("386 params · 320 MACs · 1.5 kB weights · saved just now")
    page.resize(1000, 520)
    return page


def _basic_controls() -> QWidget:
    page = QWidget()
    grid = QGridLayout(page)
    combo = QComboBox()
    combo.addItems(["Cross entropy", "MSE"])
    spin = QSpinBox()
    spin.setValue(32)
    checked = QCheckBox("checked")
    checked.setChecked(True)
    radio = QRadioButton("one of these")
    radio.setChecked(True)
    progress = QProgressBar()
    progress.setValue(42)
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setValue(30)
    group = QGroupBox("Group")
    QVBoxLayout(group).addWidget(QCheckBox("not checked"))
    text = QPlainTextEdit("class Net(nn.Module):\n    ...\n" * 6)
    text.setFont(theme.mono_font())
    for number, widget in enumerate(
        (combo, spin, checked, radio, progress, slider, push_button("A link", "link"),
         push_button("Quiet", "quiet"), group, text)
    ):  # fmt: skip
        grid.addWidget(widget, number // 2, number % 2)
    return page


def _views() -> QWidget:
    model = QStandardItemModel(0, 3)
    model.setHorizontalHeaderLabels(["layer", "output shape", "parameters"])
    for name, shape, count in (("linear1", "[1, 3]", "12"), ("linear2", "[1, 2]", "8")) * 12:
        parent = QStandardItem(name)
        parent.appendRow([QStandardItem("weight"), QStandardItem(shape), QStandardItem(count)])
        model.appendRow([parent, QStandardItem(shape), QStandardItem(count)])
    page = QWidget()
    column = QVBoxLayout(page)
    table = QTableView()
    table.setModel(model)
    table.selectRow(1)
    tree = QTreeView()
    tree.setModel(model)
    tree.expand(model.index(0, 0))
    column.addWidget(table)
    column.addWidget(tree)
    return page


def popup(query: str = "") -> QWidget:
    owner = QWidget()
    _kept.append(owner)
    opened = ChoicePopup(owner, OPTIONS, thumbnail, "tanh")
    opened.open_at(QRect(QPoint(40, 40), QPoint(240, 68)), query)
    return opened


def search() -> QWidget:
    return popup("lu")


def menu() -> QWidget:
    owner = activation_plot()
    _kept.append(owner)
    shown = owner.menu()
    shown.setActiveAction(shown.actions()[2])
    shown.popup(QPoint(10, 10))
    return shown


_kept: list[QWidget] = []  # the parents of popups, which would be gone with their last reference
PAGES: tuple[Callable[[], QWidget], ...] = (
    inspector, plots, pictures, bars, pieces, controls, popup, search, menu,
)  # fmt: skip


def render(folder: Path, scale: float = 1.0) -> list[Path]:
    """Write a PNG of every page in both themes; returns where."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for look in (theme.DARK, theme.LIGHT):
        theme.apply(application, look)
        for page in PAGES:
            widget = page()
            if widget.property("role") is None:
                theme.set_role(widget, "panel")
            widget.show()
            application.processEvents()
            pixmap = QPixmap(widget.size() * scale)
            pixmap.setDevicePixelRatio(scale)
            widget.render(pixmap)
            written.append(folder / f"{page.__name__}-{look.name}.png")
            pixmap.save(str(written[-1]))
            widget.close()
    return written


if __name__ == "__main__":
    render(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
