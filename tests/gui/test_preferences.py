"""Settings are kept from one start to the next, survive damage, and in tests are never a person's own."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QSettings

from gui.preferences import Preferences, account_settings


def test_tests_write_into_a_folder_of_their_own_in_a_format_that_is_a_file_on_every_system():
    settings = account_settings()
    assert settings.format() is QSettings.Format.IniFormat
    assert Path(settings.fileName()).is_relative_to(os.environ["XDG_CONFIG_HOME"])


def test_what_is_damaged_counts_as_its_default():
    settings = account_settings()
    for key in ("theme", "reopen_last", "last", "recent", "folder", "layout/window"):
        settings.setValue(key, [1, "x", None])
    try:
        kept = Preferences()
        assert kept.theme == "dark"
        assert kept.last is None
        assert kept.layout("window") is None
        assert Path(kept.folder).is_dir()
        assert kept.reopens_last
        assert all(isinstance(path, Path) for path in kept.recent)
    finally:
        settings.clear()


def test_what_the_whole_machine_has_is_not_taken_for_this_account(tmp_path: Path):
    form, scopes = QSettings.Format.IniFormat, QSettings.Scope
    QSettings.setPath(form, scopes.SystemScope, str(tmp_path))
    try:
        of_all = QSettings(form, scopes.SystemScope, "Layerloom", "Layerloom")
        of_all.setValue("last", str(tmp_path / "other.loom"))
        of_all.sync()
        assert account_settings().contains("last") is False
        assert Preferences().last is None
    finally:
        QSettings.setPath(form, scopes.SystemScope, os.environ["XDG_CONFIG_HOME"])
