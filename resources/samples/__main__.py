"""Writes the sample projects anew: `python -m resources.samples`."""

from __future__ import annotations

from pathlib import Path

from engine.files.store import dumps
from resources.samples.networks import projects

FOLDER = Path(__file__).parent


def main() -> None:
    """Write every sample beside this file."""
    for name, made in projects().items():
        (FOLDER / f"{name}.loom").write_bytes(dumps(made))


if __name__ == "__main__":
    main()
