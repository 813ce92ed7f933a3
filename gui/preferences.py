"""What a person chose and where things stood, kept from one start to the next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

RECENT_KEPT = 10


def account_settings() -> QSettings:
    """The settings of this account alone, in the system's own format unless another one is the default, as in tests."""
    form, user = QSettings.defaultFormat(), QSettings.Scope.UserScope
    found = QSettings(form, user, "Layerloom", "Layerloom")
    # Qt would take what is not there from the whole machine's: a file that somebody else had open last.
    found.setFallbacksEnabled(False)
    return found


class Preferences:
    """Reads and writes the settings of this account; a value that is not there or is damaged counts as its default."""

    def __init__(self) -> None:
        self._kept = account_settings()

    @property
    def theme(self) -> str:
        """`dark` or `light`."""
        return "light" if self._kept.value("theme", "dark") == "light" else "dark"

    @theme.setter
    def theme(self, name: str) -> None:
        self._kept.setValue("theme", name)

    @property
    def reopens_last(self) -> bool:
        """Whether the window opens with the project that was open last."""
        return self._kept.value("reopen_last", "true") not in ("false", False)

    @reopens_last.setter
    def reopens_last(self, wished: bool) -> None:
        self._kept.setValue("reopen_last", "true" if wished else "false")

    @property
    def last(self) -> Path | None:
        """The project that was open last, None where the start page was."""
        path = self._kept.value("last", "")
        return Path(path) if isinstance(path, str) and path else None

    @last.setter
    def last(self, path: Path | None) -> None:
        self._kept.setValue("last", str(path) if path else "")

    @property
    def recent(self) -> list[Path]:
        """Files that were opened or saved and are still there, the latest first."""
        kept = self._kept.value("recent", [])
        paths = [kept] if isinstance(kept, str) else kept if isinstance(kept, list) else []  # pyright: ignore[reportUnknownVariableType]
        return [Path(str(path)) for path in paths if path]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]

    def add_recent(self, path: Path) -> None:
        others = [each for each in self.recent if each != path]
        self._kept.setValue("recent", [str(each) for each in [path, *others][:RECENT_KEPT]])

    def forget_recent(self, path: Path) -> None:
        self._kept.setValue("recent", [str(each) for each in self.recent if each != path])

    def layout(self, part: str) -> QByteArray | None:
        """Where a part of the window stood: `window`, or the name of a splitter."""
        kept = self._kept.value(f"layout/{part}")
        return kept if isinstance(kept, QByteArray) else None

    def keep_layout(self, part: str, state: QByteArray) -> None:
        self._kept.setValue(f"layout/{part}", state)

    def hides(self, panel: str) -> bool:
        """Whether a panel was hidden: `inspector` or `run`."""
        return self._kept.value(f"layout/hides_{panel}", "false") in ("true", True)

    def keep_hidden(self, panel: str, hidden: bool) -> None:
        self._kept.setValue(f"layout/hides_{panel}", "true" if hidden else "false")

    @property
    def folder(self) -> str:
        """Where a file was last opened or saved."""
        kept = self._kept.value("folder", "")
        return kept if isinstance(kept, str) and Path(kept).is_dir() else str(Path.home())

    @folder.setter
    def folder(self, path: str) -> None:
        self._kept.setValue("folder", path)
