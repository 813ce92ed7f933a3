"""Where each step of a sequence stands, said without parameters."""

from __future__ import annotations

from engine.catalogue.sequences import needs_sequence
from engine.design.kept import NOTHING
from engine.design.kind import Dimensions, Kind, TensorSpec
from engine.design.knob import real


class SinusoidalPositions(Kind):
    """Adds sines and cosines of where each step stands, so that later layers know its place. For [N, T, E].

    Attention sees a set; without positions the order of words is lost. Nothing is learned, and any length will do, also
    one longer than in training; LearnedPositions fit short texts a little better. The first transformer had these.
    """

    base: float = real(
        10_000.0, "What the longest wave's length is in steps, times 2π.", above=1, at_most=1e9
    )

    family = "embedding"
    module = "SinusoidalPositions"
    parameters = "base=10000.0"
    aliases = ("positional encoding", "position embedding", "sine", "cosine", "transformer")
    keeps = NOTHING

    def dims_in(self) -> Dimensions:
        return ("time", "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_sequence(x)
        return x

    def brief(self, x: TensorSpec | None) -> str:
        return "" if self.base == 10_000 else f"base {self.base:g}"


KINDS = (SinusoidalPositions,)
