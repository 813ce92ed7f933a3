"""What texts and numbers a design may hold, so that every design that edits can make is one that a file can keep."""

from __future__ import annotations

from typing import cast

from engine.design.error import DesignError
from engine.design.kind import DTYPES, TensorSpec
from engine.design.knob import OneOf, Sizes, Whole, is_writable, shown
from engine.design.tree import DEEPEST, Input, Stack, Tie, stacks_of

LONGEST_TEXT = 1_000_000
"""Characters of a note."""
LONGEST_NAME = 200
"""Characters of a name, sound or not; one that is used in code is shorter."""
LONGEST_PATH = 16_384
"""Characters of a parameter's path: a name for every level."""
MOST_NODES = 100_000
"""Layers and blocks, each counted once however often a Repeat repeats it."""
MOST_INPUTS = 16
MOST_TIES = 1000
MOST_BRANCHES = 64
MOST_OTHERS = 16
"""Values that one node takes beside what flows in."""

TIMES = Whole(1)
INPUT_SHAPE = Sizes(1, 0, 8)
INPUT_DTYPE = OneOf(DTYPES)


def text(value: object, longest: int = LONGEST_TEXT) -> str:
    """A text that can be written to a file. Raises DesignError for others."""
    if not isinstance(value, str):
        raise DesignError(f"{shown(value)} is not a text")
    if len(value) > longest:
        raise DesignError(
            f"a text of {len(value):,} characters is too long; use at most {longest:,}"
        )
    if not is_writable(value):
        raise DesignError(
            "a text holds half a character (a lone surrogate); type that character again"
        )
    return value


def name(value: object) -> str:
    """A name that can be kept, whether it is a sound one or not. Raises DesignError."""
    return text(value, LONGEST_NAME)


def path(value: object) -> str:
    """The path of a parameter in the `state_dict`. Raises DesignError."""
    return text(value, LONGEST_PATH)


def times(value: object) -> int:
    """The turns of a Repeat. Raises DesignError."""
    return cast(int, TIMES.checked(value))


def inputs(values: tuple[Input, ...]) -> tuple[Input, ...]:
    """What a network takes. Raises DesignError, its place the input's name."""
    if len(values) > MOST_INPUTS:
        raise DesignError(f"{len(values)} inputs are more than {MOST_INPUTS}")
    return tuple(Input(name(each.name), spec(each.spec)) for each in values)


def others(values: tuple[str, ...]) -> tuple[str, ...]:
    """Names of what a node takes beside what flows in. Raises DesignError."""
    if len(values) > MOST_OTHERS:
        raise DesignError(f"{len(values)} further values are more than {MOST_OTHERS}")
    return tuple(name(each) for each in values)


def spec(value: TensorSpec) -> TensorSpec:
    """The shape and dtype of an input. Raises DesignError."""
    shape = cast("tuple[int, ...]", INPUT_SHAPE.checked(value.shape))
    return TensorSpec(shape, cast(str, INPUT_DTYPE.checked(value.dtype)))


def ties(values: tuple[Tie, ...]) -> tuple[Tie, ...]:
    """Which parameters are one. Raises DesignError."""
    if len(values) > MOST_TIES:
        raise DesignError(f"{len(values)} ties are more than {MOST_TIES:,}")
    return tuple(Tie(path(each.path), path(each.owner)) for each in values)


def check_branches(branches: int) -> None:
    """Raises DesignError where there are more branches than a join may have."""
    if branches > MOST_BRANCHES:
        raise DesignError(f"{branches} branches are more than {MOST_BRANCHES}")


def nesting(stack: Stack) -> int:
    """How many blocks stand inside one another at most."""
    return max((nesting(inner) + 1 for node in stack.nodes for inner in stacks_of(node)), default=0)


def check_nesting(blocks: int) -> None:
    """Raises DesignError where more blocks stand inside one another than a design may have."""
    if blocks > DEEPEST:
        raise DesignError(f"blocks would be nested {blocks} deep; {DEEPEST} is the most")


def check_count(nodes: int) -> None:
    """Raises DesignError where there are more layers and blocks than a design may have."""
    if nodes > MOST_NODES:
        raise DesignError(
            f"a design has at most {MOST_NODES:,} layers and blocks, and this is one too many"
        )
