"""What autograd keeps of a pass through a layer until the way back, as torch does it on the CPU."""

from __future__ import annotations

from engine.design.tuples import NamedTuple


class Kept(NamedTuple):
    """Of what a layer gets and gives, and what it makes besides, per sample.

    `numbers` are of the type that the network computes in, `bytes` those of indices and masks.
    """

    input: bool = False
    input_for_weights: bool = False
    """Whether it needs its input only where its own weights are trained."""
    output: bool = False
    numbers: int = 0
    bytes: int = 0
    is_view: bool = False
    """Whether what comes out is what went in, under another shape or none."""


NOTHING = Kept()
INPUT = Kept(input=True)
OUTPUT = Kept(output=True)
FOR_WEIGHTS = Kept(input_for_weights=True)
VIEW = Kept(is_view=True)
BOTH = Kept(input=True, output=True)
"""Where nothing better is declared: rather too much than too little."""
INDEX_BYTES = 8
NUMBER_BYTES = 4
