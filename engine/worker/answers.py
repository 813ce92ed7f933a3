"""What answers each request: one row, and one function between the message and the runtime."""

from __future__ import annotations

from engine.worker.serve import Answers

ANSWERS: Answers = {}
