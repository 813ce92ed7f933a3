"""What kinds that work on sequences of vectors have in common: [N, L, F], the steps in order of time."""

from __future__ import annotations

from engine.catalogue.needs import needs_numbers
from engine.catalogue.shaping import Flatten, Unflatten
from engine.design.kind import InsertBefore, Mend, Misfit, TensorSpec


def needs_sequence(x: TensorSpec) -> tuple[int, int]:
    """Steps and features of the input. Raises Misfit where it is no sequence of vectors.

    torch itself takes [N, F] for one sequence without a batch, and samples would mix.
    """
    needs_numbers(x)
    if len(x.shape) != 2:
        raise Misfit("time and features (L, F) per sample", str(x), _made_sequence(x))
    steps, features = x.shape
    return steps, features


def _made_sequence(x: TensorSpec) -> tuple[Mend, ...]:
    match x.shape:
        case ():
            return ()
        case (size,):
            return (
                Mend("Make each number a step", InsertBefore(Unflatten(1, (size, 1)))),
                Mend("Make it one step", InsertBefore(Unflatten(1, (1, size)))),
            )
        case _:
            return (Mend("Flatten what is behind the time", InsertBefore(Flatten(2))),)
