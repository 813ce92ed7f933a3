"""What holds for every test: no screen, no person's own settings, one thread, bounded examples."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Two torch threads on two busy cores are many times slower than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Set before any test imports Qt, so that it holds for QSettings, QStandardPaths and every process
# that a test starts.
_home = Path(tempfile.mkdtemp(prefix="layerloom-tests-"))
for _variable, _folder in {
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "share",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
}.items():
    (_home / _folder).mkdir()
    os.environ[_variable] = str(_home / _folder)

_slow_is_fine = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile("ci", deadline=None, max_examples=50, suppress_health_check=_slow_is_fine)
settings.register_profile(
    "thorough", deadline=None, max_examples=2000, suppress_health_check=_slow_is_fine
)
# Two hundred cases of each kind of layer against torch: half an hour of tests/laws/test_catalogue_kinds.py.
settings.register_profile(
    "conformance", deadline=None, max_examples=600, suppress_health_check=_slow_is_fine
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_unconfigure() -> None:
    """Leave nothing behind in the temporary folder."""
    shutil.rmtree(_home, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def settings_of_tests_alone() -> None:
    """Keep QSettings in the temporary folder, also where Qt would use a registry or a plist."""
    from PySide6.QtCore import QSettings

    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
        QSettings.setPath(QSettings.Format.IniFormat, scope, str(_home / "config"))
