"""What the window and its worker say to each other: one class for each message.

How they become bytes follows from their fields (`frames.py`), so a new message is a new class and
its place in `Request` or `Reply`. The fields of the results are in `docs/worker-protocol.md`.
Only the standard library, because the window imports this before its first paint.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias, get_args

from engine.design.value import field, value

if TYPE_CHECKING:
    import numpy as np

PROTOCOL = 2
"""Grows with every change after which an older window and a newer worker misread each other."""

PAYLOAD_LIMIT = 512 * 2**20
"""Bytes of arrays in one message."""

AXES_LIMIT = 32

_FORMATS = {"float32": "f", "float64": "d", "int64": "q", "int32": "i", "uint8": "B", "bool": "?"}
_SIZES = {dtype: struct.calcsize(code) for dtype, code in _FORMATS.items()}

Document: TypeAlias = dict[str, Any]
"""A JSON object. In results its numbers may be NaN or infinite, as those of a network may."""

EntryDocument: TypeAlias = str | dict[str, Any]
"""One entry of the catalogue as a project's file writes it: its name, or an object with fields."""


class ProtocolError(Exception):
    """What came or was to be sent is no message; says in one sentence what was found and wanted."""


@dataclass(frozen=True, slots=True)
class Array:
    """Numbers of one type in C order and in the machine's own byte order."""

    dtype: str
    shape: tuple[int, ...]
    content: bytes | memoryview

    def __post_init__(self) -> None:
        wanted = byte_count(self.dtype, self.shape)
        if len(self.content) != wanted:
            raise ProtocolError(
                f"an array of {self.dtype} {list(self.shape)} takes {wanted} bytes, "
                f"found {len(self.content)}"
            )

    @classmethod
    def of(cls, values: Iterable[float], dtype: str = "float64") -> Self:
        """A row of numbers, made without numpy."""
        row = tuple(values)
        try:
            content = struct.pack(f"{len(row)}{_FORMATS[dtype]}", *row)
        except (struct.error, OverflowError) as error:
            raise ProtocolError(f"these numbers are no row of {dtype}: {error}") from error
        return cls(dtype, (len(row),), content)

    @classmethod
    def of_numpy(cls, values: np.ndarray[Any, Any]) -> Self:
        """The same numbers, not copied where they lie in C order already."""
        if values.dtype.name not in _FORMATS:
            raise ProtocolError(f"{values.dtype.name} is not among {', '.join(_FORMATS)}")
        shape = tuple(values.shape)
        if not values.flags.c_contiguous or not values.size:
            return cls(values.dtype.name, shape, values.tobytes())
        return cls(values.dtype.name, shape, values.data.cast("B"))

    def to_numpy(self) -> np.ndarray[Any, Any]:
        """A read-only view of these numbers."""
        import numpy as np

        view = np.frombuffer(self.content, dtype=self.dtype).reshape(self.shape)
        view.flags.writeable = False
        return view

    def to_list(self) -> list[Any]:
        """The numbers in C order, without their shape and without numpy."""
        if not self.content:
            return []
        view: Any = memoryview(self.content)
        return view.cast(_FORMATS[self.dtype]).tolist()


def byte_count(dtype: str, shape: tuple[int, ...]) -> int:
    """How many bytes an array takes; refuses a type or shape that none has."""
    if dtype not in _SIZES:
        raise ProtocolError(f"array type {dtype[:20]!r} is not among {', '.join(_SIZES)}")
    if len(shape) > AXES_LIMIT or not all(0 <= size <= PAYLOAD_LIMIT for size in shape):
        raise ProtocolError(f"an array has at most {AXES_LIMIT} axes of 0 to {PAYLOAD_LIMIT} each")
    return math.prod(shape) * _SIZES[dtype]


# --- What the window asks ------------------------------------------------------------------------


@value
class Asked:
    """What every request carries.

    `request` is its number, given by `EngineProcess.ask`. Of the requests of one type on one
    `channel` that still wait, the worker keeps the last; on the channel "" it keeps all.
    """

    request: int = field(default=0, kw_only=True)
    channel: str = field(default="", kw_only=True)


@value
class Hello(Asked):
    """Do both sides speak the same protocol? Values: `protocol`, `python`, `process`."""

    protocol: int = PROTOCOL


@value
class Ping(Asked):
    """An empty result, once all that was asked before is answered."""


@value
class Curve(Asked):
    """An activation and its derivative at evenly spaced points."""

    activation: EntryDocument
    start: float
    stop: float
    points: int


@value
class Vector(Asked):
    """A vector through an activation that looks at all of it, such as softmax."""

    activation: EntryDocument
    values: Array


@value
class Draw(Asked):
    """One tensor as its initializer draws it, and no other tensor; at most `limit` values of it."""

    project: Document
    tensor: str
    seed: int
    limit: int = 1_000_000


@value
class Weights(Asked):
    """Every parameter of at most `limit` numbers, for a picture of a small network."""

    project: Document
    seed: int
    limit: int


@value
class Rows(Asked):
    """The first rows of the project's data, as its network gets them."""

    project: Document
    count: int


@value
class Forward(Asked):
    """One pass of a batch of the project's data through its network, with what each node gave."""

    project: Document
    batch_size: int
    seed: int


@value
class Parameters(Asked):
    """The named parameters with their shapes and statistics, without their values."""

    project: Document
    seed: int


@value
class Values(Asked):
    """All values of one named parameter of the network that `Parameters` describes."""

    project: Document
    tensor: str
    seed: int


@value
class Prove(Asked):
    """Does the text of an exported module do, in a clean process, exactly what the design does?"""

    project: Document
    module: str
    seed: int


@value
class Verify(Asked):
    """Are shapes, parameters, keys and multiply-accumulates of a network what torch itself says?"""

    project: Document


@value
class Train(Asked):
    """Take up the run in a folder, or begin one where the folder is empty; the run before is kept.

    A project that differs in what can be steered steers the run, also one that is under way (`engine.views.steering`).

    The answer says where it stands; from then on `Training` says how it goes, while other requests are answered.
    """

    project: Document
    folder: str
    until: str = "end"
    """As in `Steer`."""


@value
class Steer(Asked):
    """How far the run goes on: to its "end", to the end of this "epoch", one "step", or no further than "now".

    What pauses is kept. "leave" keeps it and lets go of its folder.
    """

    until: str


@value
class Respond(Asked):
    """What the network of the run gives at present for rows as they are before scaling."""

    x: Array


@value
class Judge(Asked):
    """What the network of the run gives at present for rows of its data, at most `limit` of them.

    `part` is "training" or "validation", the rows that judge; where all rows train, those.
    """

    part: str
    limit: int = 2000


@value
class Held(Asked):
    """Every parameter of at most `limit` numbers as the network of the run has it at present."""

    limit: int


@value
class Cancel:
    """Forget this request: it leaves the queue, or stops at its next report of progress."""

    request: int


# --- What the worker answers ---------------------------------------------------------------------


@value
class Ready:
    """Torch is loaded and requests are being answered."""

    torch_version: str
    device: str
    threads: int


@value
class Warm:
    """What torch loads at its first training step is loaded too."""


@value
class Beat:
    """Sent each second, whatever else happens; `busy_with` is "" when nothing does."""

    busy_with: str


@value
class Started:
    """This request is being worked on from now; should the worker die, it was this one."""

    request: int
    busy_with: str


@value
class Progress:
    """`done` of `total` steps of a request are done; a `total` of 0 means that nobody knows."""

    request: int
    done: int
    total: int
    text: str


@value
class Result:
    """The answer to a request: what JSON can say, and arrays by name."""

    request: int
    values: Document = field(default_factory=dict[str, Any])
    arrays: dict[str, Array] = field(default_factory=dict[str, Array])


@value
class Failure:
    """Why a request has no result; as request 0, why the worker itself cannot go on."""

    request: int
    sentence: str


@value
class Dropped:
    """A request left the queue unanswered: a newer one replaced it, or it was cancelled."""

    request: int


@value
class Training:
    """How the run goes that `request` took up: while it trains at most 30 times a second, and when it pauses or ends.

    `losses` and `rates` are those of the steps since the report before, the last of them being `step`; `epochs` are
    those that ended since, as [epoch, step, loss, validation, score, rate, seconds]. At each of the steps `looks` all
    layers that learn were looked at; `layers` is [look, layer, number], the numbers being gradient, update, mean and
    std of weights, mean and std of outputs, dead and saturated share (`engine.views.health.Health`).
    """

    request: int
    phase: str
    """`running`, `paused`, `done`, or `failed`: then `sentence` says why, and the run is as it was last kept."""
    step: int
    epoch: int
    steps_per_epoch: int
    """Of this epoch: another batch size counts from the next."""
    rate: float
    rows_per_second: float
    """nan while nobody knows."""
    sentence: str
    losses: Array
    rates: Array
    epochs: Array
    looks: Array
    layers: Array


Request: TypeAlias = (
    Hello
    | Ping
    | Curve
    | Vector
    | Draw
    | Weights
    | Rows
    | Forward
    | Parameters
    | Values
    | Prove
    | Verify
    | Train
    | Steer
    | Respond
    | Judge
    | Held
)
Reply: TypeAlias = Ready | Warm | Beat | Started | Progress | Result | Failure | Dropped | Training
Message: TypeAlias = Request | Cancel | Reply

MESSAGES: dict[str, type[Message]] = {kind.__name__: kind for kind in get_args(Message)}
