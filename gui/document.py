"""The document of a window: the project with its history, what follows from it, the selection and its file.

One of the few objects that change (docs/architecture.md). Panels get its states, which are values, never itself.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.design.error import DesignError
from engine.design.history import History
from engine.design.project import Project, ProjectEdit
from engine.design.tree import Network, Node, find, stacks_of, walk
from engine.design.value import field, replace, value
from engine.files import store
from engine.views.facts import Analysis
from engine.views.pricing import priced
from engine.views.shapes import infer
from engine.views.steering import goes_on_as

Phase = Literal["none", "starting", "running", "paused", "done", "failed"]

_FEW = 8
"""Nodes up to which each is looked for by itself."""


@value
class Run:
    """The training run of a window, as far as commands and panels have to know. Compared by `is`."""

    phase: Phase = "none"
    project: Project | None = None
    """What it trains, which may have been edited since."""
    folder: Path | None = None
    sentence: str = ""
    """Why it failed, or what became of it."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def is_going(self) -> bool:
        return self.phase in ("starting", "running")

    def trains(self, project: Project) -> bool:
        """Whether it is a run of this very network on this data with this recipe."""
        own = self.project
        return own is not None and (
            own is project
            or (own.network, own.data, own.training)
            == (project.network, project.data, project.training)
        )

    def can_go_on(self, project: Project) -> bool:
        """Whether Train goes on with it: another rate, decay, batch or length is taken over, all else begins anew."""
        own = self.project
        if own is None or not goes_on_as(own, project):
            return False
        if self.phase != "done":
            return self.phase != "none"
        old, new = own.training, project.training
        ended_early = (old.patience, old.minutes) != (new.patience, new.minutes)
        return old.epochs < new.epochs or ended_early


NO_RUN = Run()


@value
class State:
    """All that the window shows at one moment; everything else is derived from it. Compared by `is`."""

    history: History
    analysis: Analysis
    selection: tuple[int, ...] = ()
    path: Path | None = None
    saved: Project | None = None
    run: Run = NO_RUN
    template: Project | None = None
    """What it was started from, while it has no file: there is nothing of one's own in it."""
    document: object = field(default_factory=object)
    """Another object for another project: what belongs to a project and not to its value (a run) follows it."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def project(self) -> Project:
        return self.history.present

    @property
    def network(self) -> Network:
        return self.history.present.network

    @property
    def is_saved(self) -> bool:
        return self.saved is self.project

    @property
    def is_changed(self) -> bool:
        """Whether something would be lost that no file and no template has."""
        return self.project is not self.saved and self.project is not self.template

    @cached_property
    def selected_nodes(self) -> tuple[Node, ...]:
        """The selected nodes in the order of selection."""
        body = self.network.body
        if len(self.selection) <= _FEW:
            found = (find(body, node_id) for node_id in self.selection)
            return tuple(node for node in found if node is not None)
        nodes = {node.id: node for node in walk(body)}
        return tuple(nodes[node_id] for node_id in self.selection if node_id in nodes)

    @property
    def title(self) -> str:
        """The file's name, or the network's while there is no file."""
        return self.path.name if self.path else self.network.name


def opened(project: Project) -> State:
    """The first state of a project that is started from."""
    return State(History.of(project), priced(infer(project.network)), template=project)


def read(path: Path) -> tuple[State, bytes]:
    """The first state of the project in a file, and the file's bytes. Raises DesignError."""
    content = store.read_bytes(path, store.LARGEST_FILE)
    project = store.loads(content)
    return replace(opened(project), path=path, saved=project, template=None), content


class ChangedOnDisk(Exception):
    """The file holds something else than what this window last read from it or wrote to it."""


class Document(QObject):
    """Holds the state and replaces it; whoever shows it listens to `changed`."""

    changed = Signal(object, object)
    """The state before and the state now; both None-free."""
    rejected = Signal(str)
    """Why an edit did not apply, in a sentence; nothing changed."""

    def __init__(self, state: State, parent: QObject | None = None, on_disk: bytes = b"") -> None:
        super().__init__(parent)
        self.state = state
        self._on_disk = on_disk
        """What this window last read from the file or wrote to it; a few kilobytes."""

    def do(self, edit: ProjectEdit) -> bool:
        """Apply an edit. False, with `rejected`, when it does not apply."""
        before = self.state
        try:
            history = before.history.done(edit)
        except DesignError as error:
            self.rejected.emit(str(error))
            return False
        first_new = before.network.next_id
        self._move_to(history, _brought_in(history.present.network, first_new))
        return True

    def undo(self) -> None:
        self._move_to(self.state.history.undo())

    def redo(self) -> None:
        self._move_to(self.state.history.redo())

    def seal(self) -> None:
        """The next edit is a step of its own, even if it continues the last one."""
        history = self.state.history.seal()
        if history is not self.state.history:
            self.state = replace(self.state, history=history)

    def select(self, ids: tuple[int, ...]) -> None:
        if ids != self.state.selection:
            self.seal()
            self._show(replace(self.state, selection=ids))

    def start(self, project: Project) -> None:
        """Go on with a project that is no file's yet, its history empty."""
        self._on_disk = b""
        self._show(opened(project))

    def recover(self, project: Project, path: Path | None) -> None:
        """Go on with work that was never saved; it belongs to the file at `path`, or to none yet."""
        self._on_disk = b""
        if path is not None:
            # Whoever writes the file from now on is another program.
            with suppress(DesignError):
                self._on_disk = store.read_bytes(path, store.LARGEST_FILE)
        self._show(replace(opened(project), path=path, template=None))

    def open(self, path: Path) -> None:
        """Go on with the project in a file. Raises DesignError; the present project then stays."""
        self.take(*read(path))

    def take(self, state: State, on_disk: bytes) -> None:
        """Go on with what `read` has found in a file."""
        self._on_disk = on_disk
        self._show(state)

    def save(self, path: Path, even_if_changed: bool = False) -> None:
        """Write the project; "saved" is true only when it is on the disk.

        Raises DesignError when it cannot be written, and ChangedOnDisk when another program has written the file since.
        """
        own = self._on_disk if self.state.path == path and path.exists() else b""
        if own and not even_if_changed and own != store.read_bytes(path, store.LARGEST_FILE):
            raise ChangedOnDisk(str(path))
        project = self.state.project
        store.save(project, path)
        self._on_disk = store.dumps(project)
        self.seal()
        self._show(replace(self.state, path=path, saved=project, template=None))

    def show_run(self, run: Run) -> None:
        """Take note of how training goes; no edit, so nothing to undo."""
        self._show(replace(self.state, run=run))

    def _move_to(self, history: History, selection: tuple[int, ...] = ()) -> None:
        if history is self.state.history:
            return
        network = history.present.network
        same = network is self.state.network
        analysis = self.state.analysis if same else priced(infer(network, self.state.analysis))
        kept = self.state.selection if same else _still_there(network, self.state.selection)
        state = replace(self.state, history=history, analysis=analysis, selection=selection or kept)
        self._show(state)

    def _show(self, state: State) -> None:
        before, self.state = self.state, state
        self.changed.emit(before, state)


def _brought_in(network: Network, first_new: int) -> tuple[int, ...]:
    """What an edit brought in, without what lies inside it: a person goes on with that."""
    if network.next_id == first_new:
        return ()
    tops: list[int] = []
    inside: set[int] = set()
    for node in walk(network.body):
        if node.id >= first_new:
            inside.update(inner.id for stack in stacks_of(node) for inner in walk(stack))
            if node.id not in inside:
                tops.append(node.id)
    return tuple(tops)


def _still_there(network: Network, ids: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(node_id for node_id in ids if find(network.body, node_id) is not None)
