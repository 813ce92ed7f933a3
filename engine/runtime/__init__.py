"""The only place that imports torch: building, initializing, probing and proving a design.

from engine import runtime

module = runtime.build(project.network, seed=0)
"""

from __future__ import annotations

from engine.runtime.build import build as build

__all__ = ["build"]
