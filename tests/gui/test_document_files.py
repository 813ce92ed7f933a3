"""A document overwrites nothing that another program wrote behind its back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import engine
import resources
from gui.document import ChangedOnDisk, Document, opened, read


def test_a_file_that_changed_after_its_lost_work_was_recovered_is_not_overwritten(tmp_path: Path):
    path = Path(shutil.copy(resources.path("samples", "moons.loom"), tmp_path / "net.loom"))
    lost = engine.load(resources.path("samples", "iris.loom"))
    state, content = read(path)
    document = Document(state, None, content)
    document.recover(lost, path)
    theirs = resources.path("samples", "digits.loom").read_bytes()
    path.write_bytes(theirs)
    with pytest.raises(ChangedOnDisk):
        document.save(path)
    assert path.read_bytes() == theirs
    document.save(path, even_if_changed=True)
    assert engine.load(path) == lost
    assert (tmp_path / "net.loom.bak").read_bytes() == theirs


def test_recovered_work_whose_file_is_gone_is_saved_there_again(tmp_path: Path):
    lost = engine.load(resources.path("samples", "iris.loom"))
    document = Document(opened(lost))
    document.recover(lost, tmp_path / "net.loom")
    document.save(tmp_path / "net.loom")
    assert engine.load(tmp_path / "net.loom") == lost
