"""The files that Layerloom ships beside its code: icons, data, samples, lessons, translations."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent


def path(*parts: str) -> Path:
    """Where a shipped file or folder lies: `path("data", "iris.csv")`.

    Holds for a checkout and for an installed wheel alike. Raises FileNotFoundError when it is
    not there, which means that the installation is damaged.
    """
    found = _FOLDER.joinpath(*parts)
    if not found.exists():
        name = "/".join(parts)
        raise FileNotFoundError(
            f"resources/{name} is missing from this installation. Install Layerloom again."
        )
    return found
