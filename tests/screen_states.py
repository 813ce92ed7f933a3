"""The states of the window that `screens.py` renders: each brings the window there and waits until it stands still."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QScrollArea,
    QTableView,
    QTabWidget,
    QWidget,
)

import engine
import resources
from engine.catalogue import ACTIVATIONS, INITIALIZERS, JOINS, KINDS
from engine.catalogue.datasets import Dataset
from engine.catalogue.embedding import Embedding
from engine.catalogue.files import CsvFile, ImageFolder
from engine.catalogue.linear import Linear
from engine.catalogue.sequence_sets import SampleText
from engine.design.address import Place
from engine.design.edit import Insert, SetActivation, SetInitializer, SetKind, apply, layer
from engine.design.kind import TensorSpec
from engine.design.project import Data, Project, SetData
from engine.design.tree import (
    Group,
    Input,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    node_name,
    walk,
)
from engine.design.value import replace
from engine.worker.protocol import Result
from gui.dialogs.compare import CompareDialog
from gui.dialogs.verify import VerifyDialog
from gui.document import opened
from gui.inspector.memory_part import MemoryPart
from gui.inspector.segments import Segments
from gui.inspector.weight_part import WeightPart
from gui.palette import open_palette
from gui.recovery import Recovery, rescued
from gui.run.panel import OUTPUT
from gui.stack.card import Spot
from gui.views.data_view import DataView
from gui.widgets.choice_popup import ChoicePopup
from gui.widgets.pieces import Notice
from gui.window import Window
from tests.screen_networks import IMAGES, WORDS, images, words

PATIENCE_S = 30.0
SOON_MS = 500
"""Timers up to this long belong to what is being shown; longer ones save, or take messages back."""

Show = Callable[[Window], QPixmap | None]
"""Brings the window into a state; returns the picture itself where only a part is to be seen."""


def screens() -> Iterator[tuple[str, Show]]:
    """Name and maker of each screen, in an order in which one may build on the one before it."""
    yield "01-first-start", lambda w: _then(w, w.show_start)
    yield "02-tutorial", _tutorial
    for number, page in enumerate(("output", "layers", "parameters")):
        yield f"0{3 + number}-tutorial-run-{page}", partial(_run, page=number)
    yield "06-summary", lambda w: _then(w, partial(w.show_view, 1))
    yield "07-code", lambda w: _then(w, partial(w.show_view, 2))
    yield "08-data", partial(_data, name="tutorial")
    yield "08-data-iris", partial(_data, name="iris")
    yield "08-data-moons", partial(_data, name="moons")
    yield "08-data-digits", partial(_data, name="digits")
    yield "08-data-table", _table
    yield "08-data-text", partial(_other_data, chosen=SampleText())
    yield "08-data-no-file", partial(_other_data, chosen=ImageFolder())
    yield "09-moons", partial(_ran, name="moons", selected="hidden2")
    for number, page in enumerate(("training", "health", "runs")):
        yield f"09-moons-{page}", partial(_trained, name="moons", page=number)
    yield "10-moons-nothing-selected", lambda w: _then(w, partial(w.document.select, ()))
    yield "11-several-selected", lambda w: _then(w, w.deeds.select_all)
    yield "12-digits", partial(_start, name="digits")
    for name in ("digits", "siamese", "tutorial"):
        yield f"12-{name}-training", partial(_trained, name=name, page=0)
    yield "13-fault", _fault
    yield "14-fault-code", lambda w: _then(w, partial(w.show_view, 2))
    yield "15-advice", _advice
    yield "17-empty", partial(_start, name="empty")
    yield "18-message", _message
    yield "19-export-nothing", partial(_dialog, command="show_export")
    yield "20-preferences", partial(_dialog, command="show_preferences")
    yield "21-shortcuts", partial(_dialog, command="show_shortcuts")
    yield "22-reference", partial(_dialog, command="show_reference")
    yield "23-about", partial(_dialog, command="show_about")
    yield "24-palette", partial(_palette, query="")
    yield "25-palette-query", partial(_palette, query="norm")
    yield "26-palette-nothing-found", partial(_palette, query="qqq")
    yield "27-export-proven", _export_proven
    yield "28-engine-log", partial(_dialog, command="show_engine_log")
    yield "30-thousand-layers", _thousand
    yield "31-activation-list", partial(_card_list, part="activation")
    yield "32-initializer-list", partial(_card_list, part="initializer")
    yield "33-card-menu", _card_menu
    yield "34-type-to-add", lambda w: _typed(w, "nor")
    yield "35-rename", partial(_rename, name="hidden9")
    yield "36-rename-refused", partial(_rename, name="hidden1")
    yield "37-recovery-notice", partial(_recovered, count=1)
    yield "38-start-with-recovered-work", partial(_recovered, count=3)
    yield "39-unsaved-question", _unsaved
    for number, page in enumerate(("output", "layers", "parameters")):
        yield f"4{number}-iris-{page}", partial(_iris, page=number)
    yield "43-weights", partial(_weights, tensor="weight")
    yield "44-bias", partial(_weights, tensor="bias")
    for number, name in enumerate(("words", "norm", "pool", "batch")):
        yield f"5{number}-card-{name}", partial(_kinds, selected=name)
    yield "60-blocks-folded", partial(_blocks, fold=True, selected="")
    yield "61-blocks-unfolded", partial(_blocks, fold=False, selected="")
    yield "62-repeat", partial(_blocks, fold=True, selected="blocks")
    yield "63-group", partial(_blocks, fold=True, selected="head")
    yield "64-parallel", partial(_blocks, fold=False, selected="+")
    yield "70-images", partial(_network, nodes=images(), spec=IMAGES, selected="conv2")
    yield "71-images-pooling", partial(_select, name="pool1")
    yield "72-images-summary", lambda w: _then(w, partial(w.show_view, 1))
    yield "73-words", partial(_network, nodes=words(), spec=WORDS, selected="lstm")
    yield "74-words-attention", partial(_select, name="encoder")
    yield "75-words-code", lambda w: _then(w, partial(w.show_view, 2))
    yield "76-gallery", partial(_dialog, command="show_gallery")
    yield "77-resnet-50", partial(_start, name="resnet-50")
    yield "78-resnet-50-block", partial(_select, name="layer2")
    yield "79-u-net", partial(_start, name="u-net")
    yield "79-u-net-summary", lambda w: _then(w, partial(w.show_view, 1))
    yield "80-u-net-fields", _fields
    yield "81-u-net-memory", _memory
    yield "82-compared", partial(_compared, name="resnet-18")
    yield "83-difference", _difference
    yield "84-designs-compared", partial(_designs, page=0)
    yield "85-designs-compared-code", partial(_designs, page=1)
    yield "86-designs-not-compared", _not_compared
    yield "65-menu-file", partial(_menu, name="File")
    for key in ACTIVATIONS:
        yield f"activation-{key}", partial(_with_activation, key=key)
    for key in INITIALIZERS:
        yield f"initializer-{key}", partial(_with_initializer, key=key)
    yield "90-worker-gone", _worker_gone


# --- waiting ---


def until(holds: Callable[[], object], what: str) -> None:
    """Let the event loop run until something holds; TimeoutError names what did not come."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"after {PATIENCE_S:.0f} s it does not hold that {what}")
        QApplication.processEvents()
        time.sleep(0.002)


def quiet(window: Window) -> None:
    """Let the event loop run until the engine has answered all, and nothing that is due soon is left."""
    rounds = 0

    def still() -> bool:
        nonlocal rounds
        rounds = rounds + 1 if not _waits(window) else 0
        return rounds > 3

    until(still, "the window stands still")


def _waits(window: Window) -> bool:
    if window.engine.state.name != "READY" or window.engine._requests._open:
        return True
    timers = window.findChildren(QTimer)
    if any(
        each.isActive() and each.isSingleShot() and each.interval() <= SOON_MS for each in timers
    ):
        return True
    labels = window.findChildren(QLabel)
    return any(
        each.isVisible() and each.text().startswith(("Waiting", "Drawing", "Reading", "running"))
        for each in labels
    )


def close_all(window: Window) -> None:
    """Close what the state before has opened above the window."""
    for widget in QApplication.topLevelWidgets():
        if widget is not window and widget.isVisible():
            widget.close()
    window.notice.hide()


def _then(window: Window, act: Callable[[], object]) -> None:
    act()
    quiet(window)


# --- whole windows ---


def sample(name: str) -> Project:
    """A project that comes with the program."""
    return engine.load(resources.path("samples", f"{name}.loom"))


def _start(window: Window, name: str) -> None:
    window.document.start(sample(name))
    window.show_view(0)
    quiet(window)


def _data(window: Window, name: str) -> None:
    _start(window, name)
    window.show_view(3)
    quiet(window)


def _other_data(window: Window, chosen: Dataset) -> None:
    _data(window, "iris")
    window.document.do(SetData(Data(chosen)))
    quiet(window)
    QTest.qWait(600)
    quiet(window)


def _table(window: Window) -> None:
    rows = "\n".join(f"{n % 7},{'' if n % 5 == 0 else n * 0.3:.4},{'yes' if n % 3 else 'no'}" if n % 5 else
                     f"{n % 7},,{'yes' if n % 3 else 'no'}" for n in range(60))  # fmt: skip
    path = Path(tempfile.mkdtemp()) / "measurements.csv"
    path.write_text("length,width,healthy\n" + rows)
    _other_data(window, CsvFile(path=str(path), gaps="mean"))
    window.findChildren(DataView)[0].show_page("columns")
    quiet(window)


def _select(window: Window, name: str) -> None:
    ids = [node.id for node in walk(window.document.state.network.body) if node_name(node) == name]
    window.document.select(tuple(ids[:1]))
    quiet(window)


def _tutorial(window: Window) -> None:
    _start(window, "tutorial")
    _select(window, "linear2")


def _run(window: Window, page: int) -> None:
    window.run.tabs.setCurrentIndex(OUTPUT + page)
    window.deeds.run_forward()
    quiet(window)
    until(lambda: window.run._values is not None, "the run has an output")


def _trained(window: Window, name: str, page: int) -> None:
    """A run that has come to its end."""
    _start(window, name)
    window.run.tabs.setCurrentIndex(page)
    window.deeds.trainer.train()
    until(lambda: window.document.state.run.phase == "done", "the end of the training")
    quiet(window)
    QTest.qWait(SOON_MS)


def _ran(window: Window, name: str, selected: str) -> None:
    _start(window, name)
    _select(window, selected)
    _run(window, 0)


def _iris(window: Window, page: int) -> None:
    _start(window, "iris")
    _run(window, page)


def _fault(window: Window) -> None:
    _start(window, "moons")
    window.document.do(Insert((layer(KINDS["Dropout2d"]()),), Place(1)))
    quiet(window)


def _advice(window: Window) -> None:
    _start(window, "moons")
    ids = tuple(node.id for node in window.document.state.network.body.nodes)
    window.document.do(SetInitializer(ids[:1], "weight", INITIALIZERS["Zeros"]()))
    window.document.do(SetActivation(ids[1:2], None))
    window.document.select(ids[:1])
    quiet(window)


def _message(window: Window) -> None:
    text = "net.loom was not saved: the disk is full."
    window.say("danger", text, "Save as…", lambda: None)
    quiet(window)


def _thousand(window: Window) -> None:
    _start(window, "empty")
    nodes = tuple(
        Layer(0, f"hidden{i + 1}", Linear(out_features=16 + i % 8), ACTIVATIONS["ReLU"]())
        for i in range(1000)
    )
    window.document.do(Insert(nodes, Place(0)))
    _select(window, "hidden500")


def _kinds(window: Window, selected: str) -> None:
    """Words as numbers, normalised, pooled and normalised again."""
    nodes = (
        Layer(0, "words", Embedding(num_embeddings=1000, embedding_dim=16)),
        Layer(0, "norm", KINDS["LayerNorm"]()),
        Layer(0, "pool", KINDS["Flatten"]()),
        Layer(0, "batch", KINDS["BatchNorm1d"](), ACTIVATIONS["ReLU"]()),
        Layer(0, "out", Linear(out_features=2)),
    )
    _start_with(window, nodes, TensorSpec((12,), "int64"))
    _select(window, selected)


def _blocks(window: Window, fold: bool, selected: str) -> None:
    def dense(name: str, size: int, active: bool = True) -> Layer:
        activation = ACTIVATIONS["ReLU"]() if active else None
        return Layer(0, name, Linear(out_features=size), activation)

    inner = Stack((dense("expand", 32), dense("contract", 8, False)))
    residual = Parallel(0, JOINS["Add"](), (Stack(), inner))
    norm = Layer(0, "norm", KINDS["LayerNorm"]())
    block = Repeat(0, "blocks", "Block", Stack((norm, residual)), 3)
    head = Group(0, "head", "Head", Stack((dense("hidden", 8), dense("logits", 2, False))))
    _start_with(window, (dense("stem", 8), block, head), TensorSpec((2,)))
    window.stack.fold_all(fold)
    if selected == "+":
        joined = next(
            n for n in walk(window.document.state.network.body) if isinstance(n, Parallel)
        )
        window.document.select((joined.id,))
    elif selected:
        _select(window, selected)
    quiet(window)


def _network(window: Window, nodes: tuple[Node, ...], spec: TensorSpec, selected: str) -> None:
    _start_with(window, nodes, spec)
    _select(window, selected)
    quiet(window)


def _memory(window: Window) -> None:
    """What training needs in memory, where nothing is selected."""
    _start(window, "u-net")
    window.document.select(())
    quiet(window)
    part = window.inspector.findChild(MemoryPart)
    assert part is not None
    area = part.parentWidget()
    while not isinstance(area, QScrollArea):
        assert area is not None
        area = area.parentWidget()
    inside = area.widget()
    assert inside is not None
    area.verticalScrollBar().setValue(part.mapTo(inside, QPoint(0, 0)).y() - 8)
    quiet(window)


def _compared(window: Window, name: str) -> None:
    """The design compared with torch."""
    _start(window, name)
    window.show_view(1)
    window.deeds.show_verify()
    quiet(window)


def _difference(window: Window) -> None:
    """What the dialog says where something differs."""
    _compared(window, "lenet-5")
    dialog = window.findChild(VerifyDialog)
    assert dialog is not None
    differences = ["fc1: the output is [2, 120] here and [2, 84] in torch."]
    values = {"comparisons": 53, "different": 1, "differences": differences, "torch": "2.13.0"}
    dialog._show(Result(0, values))  # pyright: ignore[reportPrivateUsage]


def _designs(window: Window, page: int) -> None:
    """One known network beside another."""
    _start(window, "resnet-50")
    dialog = _compare_with(window, resources.path("samples", "resnet-18.loom"))
    table = dialog.findChild(QTableView)
    assert table is not None
    until(table.isVisible, "the comparison")
    table.selectRow(1)
    tabs = dialog.findChild(QTabWidget)
    assert tabs is not None
    tabs.setCurrentIndex(page)
    quiet(window)


def _not_compared(window: Window) -> None:
    """What the dialog says of a file that is none."""
    dialog = _compare_with(window, Path("/nowhere/old.loom"))
    notice = dialog.findChild(Notice)
    assert notice is not None
    until(lambda: "cannot" in notice.accessibleName(), "the sentence")
    quiet(window)


def _compare_with(window: Window, path: Path) -> CompareDialog:
    close_all(window)
    window.deeds.show_compare()
    # The one of the state before is deleted a moment after it has closed.
    dialog = next(each for each in window.findChildren(CompareDialog) if each.isVisible())
    dialog.compare_with(path)
    return dialog


def _fields(window: Window) -> None:
    """The summary with receptive fields instead of shares and MACs."""
    _start(window, "u-net")
    window.show_view(1)
    window.document.select((window.document.state.network.body.nodes[-1].id,))
    for action in window.findChildren(QAction):
        if action.text() in ("Share", "MACs", "Sees", "Steps") and action.isCheckable():
            action.trigger()
    quiet(window)


def _start_with(window: Window, nodes: tuple[Node, ...], spec: TensorSpec) -> None:
    network = apply(Network(inputs=(Input("x", spec),)), Insert(nodes, Place(0)))
    window.document.start(replace(sample("empty"), network=network))
    window.show_view(0)
    window.document.select(())
    quiet(window)


def _worker_gone(window: Window) -> None:
    _tutorial(window)
    os.kill(window.engine.process_id, signal.SIGKILL)
    until(lambda: window.notice.isVisible(), "the window says that the engine is gone")


# --- what opens above the window ---


def _dialog(window: Window, command: str) -> None:
    window.show_view(0)
    getattr(window.deeds, command)()
    until(lambda: _open_dialog(window) is not None, "the dialog is open")
    quiet(window)


def _open_dialog(window: Window) -> QDialog | None:
    return next((each for each in window.findChildren(QDialog) if each.isVisible()), None)


def _export_proven(window: Window) -> None:
    from gui.dialogs.export import ExportDialog

    _tutorial(window)
    _dialog(window, "show_export")
    dialog = _open_dialog(window)
    assert isinstance(dialog, ExportDialog)
    dialog.save_to(Path(tempfile.mkdtemp(prefix="layerloom-screens-")) / "tutorial.py")
    until(lambda: "proven" in dialog._notice.accessibleName(), "the proof is finished")


def _palette(window: Window, query: str) -> None:
    _start(window, "tutorial")
    popup = open_palette(
        window.head.search,
        window.document.state,
        window.deeds.insert_kind,
        window.actions_table.run,
    )
    assert isinstance(popup, ChoicePopup)
    popup._search.setText(query)
    quiet(window)


def _card_list(window: Window, part: str) -> None:
    _start(window, "moons")
    _select(window, "hidden2")
    scene = window.stack.view.scene
    gestures = window.stack.gestures
    gestures.use(scene.model.place_of_node(window.document.state.selection[0]),
                 Spot("activation" if part == "activation" else "initializer"))  # fmt: skip
    quiet(window)


def _card_menu(window: Window) -> None:
    _start(window, "moons")
    _select(window, "hidden2")
    view = window.stack.view
    index = view.scene.model.place_of_node(window.document.state.selection[0])
    at = view.scene.card_rect(index).center()
    where = view.viewport().mapToGlobal(at)
    QApplication.sendEvent(
        view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, where)
    )
    quiet(window)


def _typed(window: Window, text: str) -> None:
    _start(window, "moons")
    _select(window, "hidden2")
    window.stack.open_palette(text)
    quiet(window)


def _rename(window: Window, name: str) -> None:
    _start(window, "moons")
    _select(window, "hidden2")
    window.stack.rename()
    editor = window.stack.floating.editor
    assert editor is not None
    line = editor.findChild(QLineEdit)
    assert line is not None
    line.clear()
    QTest.keyClicks(line, name)
    quiet(window)


def _menu(window: Window, name: str) -> None:
    action = next(each for each in window.menuBar().actions() if each.objectName() == name)
    menu = action.menu()
    assert isinstance(menu, QMenu)
    where = window.menuBar().actionGeometry(action).bottomLeft()
    menu.popup(window.menuBar().mapToGlobal(where + QPoint(0, 1)))
    quiet(window)


def _recovered(window: Window, count: int) -> None:
    """Work of windows that ended unexpectedly; with more than one, the start page with those that wait."""
    from gui.rescue import Rescue

    _start(window, "empty")
    for name in ("iris", "moons", "digits")[:count]:
        lost = Recovery()
        lost.follow(None, replace(opened(sample(name)), template=None))
        lost.flush()
        assert lost._held is not None
        lost._held.release()
        lost._timer.stop()
    window.rescue = Rescue(
        rescued(), window.document, window.recovery, window.files, window.say, window.show_start
    )
    window.rescue.begin(None)
    if count > 1:
        window.notice.hide()
        window.preferences.add_recent(resources.path("samples", "iris.loom"))
        window.show_start()
    quiet(window)


def _unsaved(window: Window) -> QPixmap:
    """The question blocks until it is answered: its picture is taken while it does."""
    from tests.screens import picture_of

    _start(window, "moons")
    window.document.do(Insert((layer(KINDS["Dropout"]()),), Place(1)))
    quiet(window)
    pictures: list[QPixmap] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(20, look)
            return
        pictures.append(picture_of(window))
        box.button(QMessageBox.StandardButton.Cancel).click()

    QTimer.singleShot(20, look)
    window.files.may_leave()
    return pictures[0]


# --- parts of the inspector ---


def _with_activation(window: Window, key: str) -> QPixmap:
    first = _only_linear(window, 4)
    window.document.do(SetActivation((first,), ACTIVATIONS[key]()))
    return _part(window, "ActivationPart")


def _with_initializer(window: Window, key: str) -> QPixmap:
    first = _only_linear(window, 128)
    window.document.do(SetInitializer((first,), "weight", INITIALIZERS[key]()))
    return _part(window, "WeightPart")


def _weights(window: Window, tensor: str) -> None:
    _start(window, "moons")
    _select(window, "hidden2")
    _part(window, "WeightPart")
    part = next(each for each in window.inspector.findChildren(WeightPart) if each.isVisible())
    tensors = part.findChild(Segments)
    assert tensors is not None
    tensors.set_current(tensor)
    tensors.chosen.emit(tensor)
    _part(window, "WeightPart")


def _only_linear(window: Window, size: int) -> int:
    project = sample("tutorial")
    window.document.start(project)
    first = project.network.body.nodes[0].id
    window.document.do(SetKind((first,), Linear(out_features=size)))
    window.document.select((first,))
    return first


def _part(window: Window, part: str) -> QPixmap:
    """The inspector, the visible part of that class at its top."""
    quiet(window)
    page = window.inspector.widget()
    assert page is not None
    for each in window.inspector.findChildren(QWidget):
        if type(each).__name__ == part and each.isVisible():
            bar = window.inspector.verticalScrollBar()
            bar.setValue(each.mapTo(page, QPoint(0, 0)).y())
            quiet(window)
            break
    return window.inspector.grab()
