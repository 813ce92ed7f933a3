"""What a network gives before it is trained: its weights, and what every layer makes of a batch."""

from __future__ import annotations

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.design.error import DesignError
from engine.design.project import Project
from engine.design.tree import Layer, Network, alone
from engine.runtime.build import build
from engine.runtime.curves import CurveValues, curve, vector
from engine.runtime.data import Rows, batch
from engine.runtime.live import Live
from engine.runtime.memory import SAFETY, available_bytes, predicted_bytes
from engine.source.sound import sound
from engine.views.facts import Analysis, NodeFacts, walk_places
from engine.views.rules import weights_of
from engine.views.table import BYTES

__all__ = [
    "CurveValues", "Drawn", "ForwardPass", "NodeOutput", "Parameter", "Statistics",
    "curve", "draw", "forward", "parameters", "statistics", "values", "vector", "weights",
]  # fmt: skip

QUICKLY_BUILT = 50_000_000
"""Parameters up to which a network is built whole to look at one tensor of it: half a second."""

SENT_PER_NODE, SENT_IN_ALL, SENT_OF_FIRST = 100_000, 20_000_000, 4_096
"""Numbers of its outputs that are kept for histograms, for one node and for all; and for the first sample."""

LARGEST_SENT = 50_000_000
"""Numbers in one array that leave the worker."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Mean, standard deviation (over all numbers, not one less), smallest and largest, and how many there are."""

    mean: float
    std: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """One named parameter."""

    name: str
    shape: tuple[int, ...]
    trainable: bool
    statistics: Statistics


@dataclass(frozen=True, eq=False)
class Drawn:
    """The first `limit` numbers of a tensor, with the statistics of all.

    `exact` says that they are those which the whole network has under this seed. A network that is too large is not
    built: its tensor is drawn alone, by the same rule.
    """

    values: Tensor
    shape: tuple[int, ...]
    statistics: Statistics
    exact: bool


@dataclass(frozen=True, eq=False)
class NodeOutput:
    """What one node gave, its activation applied: over all turns where it is in a Repeat, the shape of the last."""

    id: int
    name: str
    shape: tuple[int, ...]
    statistics: Statistics
    sample: Tensor
    first: Tensor


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A batch in evaluation mode, from the rows to the output, with every node in the order of the code."""

    rows: Rows
    output: Tensor
    nodes: tuple[NodeOutput, ...]
    seconds: float


def statistics(tensor: Tensor) -> Statistics:
    """The statistics of a tensor's numbers; of none they are NaN."""
    flat = tensor.detach().reshape(-1)
    if not flat.numel():
        return Statistics(torch.nan, torch.nan, torch.nan, torch.nan, 0)
    low, high = torch.aminmax(flat)
    # torch sums float32 in float64 here, so that a mean of millions loses no digits.
    std, mean = torch.std_mean(flat if flat.is_floating_point() else flat.double(), correction=0)
    return Statistics(float(mean), float(std), float(low), float(high), flat.numel())


# --- weights -----------------------------------------------------------------------------------------------------


def draw(
    network: Network, path: str, seed: int, limit: int = 1_000_000, live: Live | None = None
) -> Drawn:
    """One parameter as it is drawn, by its path in the `state_dict`. Raises DesignError."""
    analysis = sound(network)
    kept = live or Live()
    quick = analysis.totals.parameters <= QUICKLY_BUILT and _fits(predicted_bytes(analysis))
    exact = quick or kept.holds(network, seed)
    if exact:
        found = _parameter(kept, network, path, seed, analysis)
    else:
        found = _drawn_alone(network, analysis, path, seed)
    whole = found.detach()
    return Drawn(whole.reshape(-1)[:limit].clone(), tuple(whole.shape), statistics(whole), exact)


def _drawn_alone(network: Network, analysis: Analysis, path: str, seed: int) -> Tensor:
    """A parameter of a network that holds nothing but its layer; of a tied one that of its owner."""
    owner = next((tie.owner for tie in network.ties if tie.path == path), path)
    for prefix, facts in _layers(analysis):
        for weight in facts.weights:
            if prefix + weight.path == owner:
                return _alone(facts, weight.tensor, seed)
    raise _unknown(path)


def _alone(facts: NodeFacts, tensor: str, seed: int) -> Tensor:
    """One tensor of a layer that is a network of its own."""
    assert isinstance(facts.node, Layer)
    assert facts.input is not None
    network = alone(facts.node, facts.input)
    weights = weights_of(network.body.nodes[0], facts.input)
    path = next(each.path for each in weights if each.tensor == tensor)
    return build(network, seed).get_parameter(path)


def _layers(analysis: Analysis) -> list[tuple[str, NodeFacts]]:
    """Every layer with weights, behind the path of the class or nn.Sequential that it is in."""
    found: list[tuple[str, NodeFacts]] = []
    for path, _, facts in walk_places(analysis.body, "", 0):
        if facts.weights:
            own = getattr(facts.node, "name", "")
            found.append((path[: len(path) - len(own)] if own else f"{path}.", facts))
    return found


def _parameter(
    live: Live, network: Network, path: str, seed: int, analysis: Analysis | None
) -> Tensor:
    try:
        return live.model(network, seed, analysis).get_parameter(path)
    except AttributeError:
        raise _unknown(path) from None


def _unknown(path: str) -> DesignError:
    return DesignError(f"the network has no parameter `{path[:100]}`")


def parameters(network: Network, seed: int, live: Live | None = None) -> tuple[Parameter, ...]:
    """All parameters by name, in torch's order, shared ones once. Raises DesignError."""
    model = (live or Live()).model(network, seed)
    return tuple(
        Parameter(name, tuple(each.shape), each.requires_grad, statistics(each))
        for name, each in model.named_parameters()
    )


def values(network: Network, name: str, seed: int, live: Live | None = None) -> Tensor:
    """All numbers of one parameter. Raises DesignError when it is not there or too large to be sent."""
    found = _parameter(live or Live(), network, name, seed, None).detach()
    return _sendable(found, name)


def weights(network: Network, seed: int, limit: int, live: Live | None = None) -> dict[str, Tensor]:
    """Every parameter of at most `limit` numbers, by its path. Raises DesignError."""
    model = (live or Live()).model(network, seed)
    found: dict[str, Tensor] = {}
    room = LARGEST_SENT
    for name, each in model.named_parameters():
        if each.numel() <= min(limit, room):
            found[name] = each.detach()
            room -= each.numel()
    return found


def _sendable(tensor: Tensor, name: str) -> Tensor:
    if tensor.numel() > LARGEST_SENT:
        raise DesignError(
            f"{name} has {tensor.numel():,} numbers; at most {LARGEST_SENT:,} can be shown"
        )
    return tensor


# --- forward -----------------------------------------------------------------------------------------------------


def forward(project: Project, batch_size: int, seed: int, live: Live | None = None) -> ForwardPass:
    """One batch of the project's data through its network, in evaluation mode and without gradients.

    Weights and rows both follow from the seed. Raises DesignError for a faulty network, for data that do not fit it and
    for what does not fit into memory.
    """
    network = project.network
    analysis = sound(network)
    model = (live or Live()).model(network, seed, analysis)
    _refuse_large_batches(analysis, batch_size)
    rows = batch(network, project.data, batch_size, seed)
    record: dict[int, list[Tensor]] = {}
    started = time.perf_counter()
    with torch.no_grad():
        try:
            values = (torch.from_numpy(x) for x in rows.inputs)
            output, *_ = model.outputs(*values, record=record)
        except IndexError:
            raise DesignError("a whole number in the input has no row in an embedding; draw smaller numbers, or give "
                              "the embedding more rows") from None  # fmt: skip
    seconds = time.perf_counter() - started
    names: dict[int, str] = {}
    for path, _, facts in walk_places(analysis.body, "", 0, turns=1):
        names.setdefault(facts.node.id, path)
    room = min(SENT_PER_NODE, SENT_IN_ALL // max(len(record), 1))
    nodes = tuple(
        _node_output(node_id, name, record[node_id], room)
        for node_id, name in names.items()
        if node_id in record
    )
    return ForwardPass(rows, _sendable(output, "the output"), nodes, seconds)


def _node_output(node_id: int, name: str, given: list[Tensor], room: int) -> NodeOutput:
    last = given[-1]
    flat = torch.cat([each.reshape(-1) for each in given]) if len(given) > 1 else last.reshape(-1)
    step = max(1, -(-flat.numel() // room))
    first = last[:1].reshape(-1)[:SENT_OF_FIRST]
    return NodeOutput(
        node_id, name, tuple(last.shape), statistics(flat), _plain(flat[::step]), _plain(first)
    )


def _plain(tensor: Tensor) -> Tensor:
    """A copy in a type that messages carry."""
    known = tensor.dtype in (torch.float32, torch.float64, torch.int64)
    return (tensor if known else tensor.float()).clone()


def _refuse_large_batches(analysis: Analysis, batch_size: int) -> None:
    """Raises DesignError when the outputs of all layers, which are kept, do not fit."""
    needed = int(BYTES["float32"] * batch_size * analysis.totals.activations * SAFETY)
    if not _fits(needed):
        rows = "1 row" if batch_size == 1 else f"{batch_size:,} rows"
        raise DesignError(f"a batch of {rows} takes about {needed / 1e9:,.1f} GB of memory, more than is free; use a "
                          "smaller batch or narrower layers")  # fmt: skip


def _fits(needed: int) -> bool:
    there = available_bytes()
    return there is None or needed <= there
