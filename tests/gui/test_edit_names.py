"""What the Undo menu says of an edit: always something, short, and of what the edit was done to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import resources
from engine.catalogue.activations import ReLU
from engine.design.address import Place
from engine.design.edit import Edit, Insert, Remove, Rename, SetField, layer
from engine.design.error import DesignError
from engine.design.history import History
from engine.design.project import Project
from engine.design.tree import Group
from engine.design.value import replace
from engine.design.wrapping import AsGroup, Unwrap, Wrap
from engine.files import store
from gui.commands import BY_NAME
from gui.document import opened
from gui.edit_names import edit_name, redone_by, undone_by
from tests.laws.edits import project_edits, projects


@given(projects, st.data())
def test_every_edit_has_a_short_name_of_one_line(project: Project, data: st.DataObject):
    edit = data.draw(project_edits(project))
    assert not undone_by(History.of(project))
    try:
        history = History.of(project).done(edit)
    except DesignError:
        return
    name = edit_name(edit, project)
    assert name
    assert len(name) <= 160
    assert name.isprintable()
    if history.undo_edit is not None:
        assert undone_by(history) == name == redone_by(history.undo())


def test_the_menu_says_what_was_done_to_what():
    project = store.load(resources.path("samples", "tutorial.loom"))
    first, second = (node.id for node in project.network.body.nodes[:2])
    history = History.of(project)
    steps: tuple[tuple[Edit, str], ...] = (
        (Insert((layer(ReLU()),), Place(0)), "insert ReLU"),
        (Rename(first, "first"), "rename linear1"),
        (SetField((first,), "out_features", 7), "change out_features of first"),
        (Wrap((first, second), AsGroup()), "make a block of 2 layers"),
        (Remove((first,)), "delete first"),
    )
    for edit, name in steps:
        history = history.seal().done(edit)
        assert undone_by(history) == name
        state = replace(opened(project), history=history)
        assert BY_NAME["edit.undo"].text_in(state) == f"Undo: {name}"
    (block,) = (node for node in history.present.network.body.nodes if isinstance(node, Group))
    assert edit_name(Unwrap(block.id), history.present) == "unwrap block1"
