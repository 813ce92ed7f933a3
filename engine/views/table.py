"""What a summary is made of, as the formats read it."""

from __future__ import annotations

from typing import Literal, Protocol, get_args

from engine.design.reach import Reach
from engine.design.tree import Network
from engine.design.tuples import NamedTuple
from engine.views.facts import Fault

Format = Literal["text", "markdown", "csv", "json", "html", "latex"]
FORMATS: tuple[Format, ...] = get_args(Format)
BLOCKS = ("Group", "Repeat", "Parallel")
"""Kinds of rows that are no layers: what they count is counted by the rows inside them, too."""
LARGEST_BATCH = 2**31 - 1
BYTES = {"float32": 4, "int64": 8}
OutputShape = tuple[int, ...]


class Row(NamedTuple):
    """One line: a layer, or a block whose counts are those of all that is inside.

    `name` is the path in the `state_dict`, `output_shape` starts with the batch and is None where it is unknown.
    """

    name: str
    depth: int
    kind: str
    output_shape: OutputShape | None
    parameters: int
    trainable: int
    macs: int
    label: str
    """The name as it stands below its parent's."""
    title: str
    """The kind as people see it: the class name of a Group, `Linear, again` for a second use."""
    node_id: int

    @property
    def is_block(self) -> bool:
        return self.kind in BLOCKS


FIELDS = Row._fields[:7]
"""What of a row files show."""


class Detail(NamedTuple):
    """Of one row: the bytes of what its layers give for the whole batch, and its receptive field."""

    activation_bytes: int
    seen: Reach | None


DETAILS = ("activation_bytes", "receptive_field", "stride")
"""What files show of a row beside its counts."""


class SummaryTotals(NamedTuple):
    """What the rows of layers add up to, for the whole batch; shared weights once."""

    parameters: int
    trainable: int
    macs: int
    parameter_bytes: int
    activation_bytes: int


class Table(Protocol):
    """A summary as the formats see it."""

    @property
    def network(self) -> Network: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def rows(self) -> tuple[Row, ...]: ...
    @property
    def details(self) -> tuple[Detail, ...]: ...
    @property
    def totals(self) -> SummaryTotals: ...
    @property
    def faults(self) -> tuple[Fault, ...]: ...
    @property
    def input_shapes(self) -> tuple[OutputShape, ...]: ...
    @property
    def input_bytes(self) -> int: ...
