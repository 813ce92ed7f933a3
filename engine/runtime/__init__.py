"""The only place that imports torch: building, initializing, probing, proving and training a design.

from engine import runtime

module = runtime.build(project.network, seed=0)
trained = runtime.train(project, on_event=print)
"""

from __future__ import annotations

from engine.runtime.build import build as build
from engine.runtime.train import train as train

__all__ = ["build", "train"]
