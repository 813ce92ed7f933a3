"""What PySide6 compiles at every start is kept; without it, or with a broken one, all is as always."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START = """
import builtins, sys
compiled = []
compile_ = builtins.compile
def counted(source, filename, mode, *more, **named):
    compiled.append(str(filename))
    return compile_(source, filename, mode, *more, **named)
builtins.compile = counted
from gui.quick_import import keep, quickly
with quickly():
    from PySide6.QtWidgets import QLabel
assert builtins.compile is counted
keep()
print("compiled:", *(name for name in compiled if name.startswith("shibokensupport")))
try:
    QLabel(1, 2, 3)
except TypeError as error:
    print("said:", str(error).splitlines()[0])
from shibokensupport.signature.lib import pyi_generator
print("there:", callable(pyi_generator.generate_pyi), hasattr(pyi_generator, "no_such"))
"""
AS_ALWAYS = [
    "said: 'PySide6.QtWidgets.QLabel.__init__' called with wrong argument types:",
    "there: True False",
]


def started(home: Path, **more: str) -> tuple[list[str], list[str]]:
    """What had to be compiled, and what PySide6 said."""
    environment = os.environ | {"XDG_CACHE_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""} | more
    run = subprocess.run(
        [sys.executable, "-c", START],
        capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    compiled, *rest = run.stdout.splitlines()
    return compiled.split()[1:], rest


def kept(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


@pytest.mark.skipif(sys.platform != "linux", reason="XDG_CACHE_HOME names the cache on Linux alone")
class TestKeptCode:
    def test_the_second_start_compiles_nothing_of_the_first(self, tmp_path: Path):
        first, said = started(tmp_path)
        assert first
        assert said == AS_ALWAYS
        assert len(kept(tmp_path)) == 1
        assert started(tmp_path) == ([], AS_ALWAYS)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda content: b"",
            lambda content: content[: len(content) // 2],
            lambda content: content[:2000] + b"\0" + content[2001:],
            lambda content: b"\x7fELF" * 1000,
        ],
    )
    def test_one_that_is_not_whole_is_made_anew(
        self, tmp_path: Path, spoil: Callable[[bytes], bytes]
    ):
        first, _ = started(tmp_path)
        (file,) = kept(tmp_path)
        whole = file.read_bytes()
        file.write_bytes(spoil(whole))
        assert started(tmp_path) == (first, AS_ALWAYS)
        assert started(tmp_path) == ([], AS_ALWAYS)

    def test_where_nothing_can_be_kept_all_is_as_always(self, tmp_path: Path):
        file = tmp_path / "file"
        file.write_text("not a folder")
        first, said = started(file)
        assert first
        assert said == AS_ALWAYS

    def test_who_wants_no_byte_code_written_gets_none(self, tmp_path: Path):
        started(tmp_path, PYTHONDONTWRITEBYTECODE="1")
        assert not kept(tmp_path)
