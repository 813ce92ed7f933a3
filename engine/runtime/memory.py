"""Whether a network fits into this machine's memory before anything of it is allocated."""

from __future__ import annotations

import os
from pathlib import Path

from engine.design.error import DesignError
from engine.views.facts import Analysis
from engine.views.table import BYTES

SAFETY = 1.6
"""Measured peaks were 1.2 to 1.55 times the plain sum."""


def predicted_bytes(analysis: Analysis) -> int:
    """What the weights and buffers of a network take while it is built."""
    whole = analysis.body.totals
    return int(BYTES["float32"] * (whole.parameters + whole.buffers) * SAFETY)


def available_bytes() -> int | None:
    """Memory that can be had without swapping, within a container's limit; None where the system does not say."""
    found = [each for each in (_of_machine(), _of_container()) if each is not None]
    return min(found) if found else None


def refuse_what_does_not_fit(analysis: Analysis, available: int | None = None) -> None:
    """Raises DesignError when a network needs more memory than there is."""
    there = available_bytes() if available is None else available
    needed = predicted_bytes(analysis)
    if there is not None and needed > there:
        raise DesignError(
            f"building {analysis.network.name} takes about {_shown(needed)} of memory, and {_shown(there)} are free; "
            "make its widest layers smaller"
        )


def _of_machine() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _of_container() -> int | None:
    folder = Path("/sys/fs/cgroup")
    try:
        most = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = (folder / "memory.current").read_text(encoding="ascii").strip()
        return max(int(most) - int(used), 0)
    except (OSError, ValueError):
        return None


def _shown(count: int) -> str:
    unit = "GB" if count >= 1e9 else "MB"
    return f"{count / (1e9 if unit == 'GB' else 1e6):,.1f} {unit}"
