"""How many threads torch may use; to be said before torch is loaded."""

from __future__ import annotations

import os


def limit_threads() -> None:
    """One, unless the environment says otherwise: two on two busy cores are many times slower than one."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("MKL_NUM_THREADS", "1")
