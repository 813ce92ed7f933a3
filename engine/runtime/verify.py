"""All that Layerloom says of a network against torch itself: shapes, parameters, keys and multiply-accumulates.

torch runs on its meta device, which knows shapes and no numbers: a network of any size is compared in little memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from engine.design.kind import TensorSpec
from engine.design.tree import (
    Again,
    Group,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    node_name,
    scope,
)
from engine.runtime.build import Built, on_meta
from engine.source.sound import sound
from engine.views.facts import Analysis, NodeFacts, StackFacts, turns_of
from engine.views.ties import tensors

BATCH = 2
MOST_SHOWN = 50
"""Differences that are told one by one."""
UNCOUNTED = frozenset({"nn.Bilinear"})
"""Modules whose multiply-accumulates torch's counter does not know."""

Report = Callable[[int, int, str], None]
"""How far it is, as `Job.report`; raises where nobody waits any more."""


@dataclass(frozen=True)
class Comparison:
    """How many facts were compared, and a sentence for each that differs, the first MOST_SHOWN of them."""

    comparisons: int
    differences: tuple[str, ...]
    different: int
    torch: str


class Findings:
    """Counts comparisons, and says of those that fail what was found."""

    def __init__(self) -> None:
        self.comparisons = 0
        self.different = 0
        self.sentences: list[str] = []

    def compare(self, place: str, what: str, ours: object, theirs: object) -> None:
        self.comparisons += 1
        if ours == theirs:
            return
        self.different += 1
        if len(self.sentences) < MOST_SHOWN:
            self.sentences.append(
                f"{place}: {what} {_shown(ours)} here and {_shown(theirs)} in torch."
            )


def verify(network: Network, report: Report = lambda done, total, text: None) -> Comparison:
    """Compare a whole network with torch. Raises DesignError for a faulty one."""
    analysis = sound(network)
    report(0, 3, "Building it on torch's meta device …")
    return compared(analysis, on_meta(network, analysis), report)


def compared(
    analysis: Analysis, model: Built, report: Report = lambda done, total, text: None
) -> Comparison:
    """What an analysis says against a model of torch, which is on the meta device."""
    findings = Findings()
    report(1, 3, "Comparing parameters and buffers …")
    _compare_tensors(analysis, model, findings)
    report(2, 3, "Running it and counting …")
    record, flops = _ran(analysis.network, model, report)
    _compare_outputs(analysis, record, findings)
    _compare_macs(analysis, flops, findings)
    report(3, 3, "")
    return Comparison(
        findings.comparisons, tuple(findings.sentences), findings.different, torch.__version__
    )


# --- parameters and buffers --------------------------------------------------------------------------------------


def _compare_tensors(analysis: Analysis, model: Built, findings: Findings) -> None:
    ours = {path: shape for path, (shape, _, _) in tensors(analysis.body).items()}
    ours |= dict(_buffers(analysis))
    theirs = {path: tuple(each.shape) for path, each in model.state_dict(keep_vars=True).items()}
    for path in ours.keys() | theirs.keys():
        findings.compare(path, "the tensor is", ours.get(path), theirs.get(path))
    for path, facts in _layers(analysis.body, ""):
        held = [each for each in _own(model, path, facts) if each is not None]
        findings.compare(
            path,
            "the number of parameters is",
            facts.totals.parameters,
            sum(each.numel() for each in held),
        )
    parameters = list(model.parameters())
    findings.compare(
        "The network", "the number of all parameters is",
        analysis.totals.parameters, sum(each.numel() for each in parameters),
    )  # fmt: skip
    trained = sum(each.numel() for each in parameters if each.requires_grad)
    findings.compare(
        "The network", "the number of trained ones is", analysis.totals.trainable, trained
    )


def _buffers(analysis: Analysis) -> Iterator[tuple[str, tuple[int, ...]]]:
    for path, facts in _layers(analysis.body, ""):
        node = facts.node
        assert isinstance(node, Layer)
        if facts.input is not None:
            for name, spec in node.kind.buffers(facts.input).items():
                yield f"{path}.{name}", spec.shape


def _own(model: Built, path: str, facts: NodeFacts) -> Iterator[Tensor | None]:
    """The parameters that torch has for one layer."""
    named = dict.fromkeys(each.path for each in facts.weights)
    own = node_name(facts.node)
    prefix = path[: len(path) - len(own)] if own else f"{path}."
    for name in named:
        try:
            yield model.get_parameter(prefix + name)
        except AttributeError:
            yield None


def _layers(body: StackFacts, prefix: str) -> Iterator[tuple[str, NodeFacts]]:
    """Every layer that has a module of its own, by its path."""
    for path, facts, is_again in _in_order(body, prefix):
        if isinstance(facts.node, Layer) and not is_again:
            yield path, facts


def _in_order(
    body: StackFacts, prefix: str, is_again: bool = False, numbered: bool = False
) -> Iterator[tuple[str, NodeFacts, bool]]:
    """Path and facts of every node in the order in which it runs, and whether that is a second use.

    Second uses come with the path of the first, and what is inside them once more.
    """
    named = {name: node for node in scope(body.stack) if (name := node_name(node))}
    yield from _stack_in_order(body, prefix, is_again, numbered, named)


def _stack_in_order(
    body: StackFacts, prefix: str, is_again: bool, numbered: bool, named: dict[str, Node]
) -> Iterator[tuple[str, NodeFacts, bool]]:
    for position, facts in enumerate(body.nodes):
        node, again = facts.node, is_again
        path = prefix + (str(position) if numbered else node_name(node))
        if isinstance(node, Again):
            path, again = prefix + node.of, True
            once = named[node.of]
            inside = facts._replace(node=once)
        else:
            inside = facts
        if inside.stacks and not isinstance(inside.node, Layer):
            yield from _inside(inside, path, prefix, again, named)
        yield path, facts, again


def _inside(
    facts: NodeFacts, path: str, prefix: str, is_again: bool, named: dict[str, Node]
) -> Iterator[tuple[str, NodeFacts, bool]]:
    node = facts.node
    match node:
        case Layer() | Again():
            pass
        case Group():
            yield from _in_order(facts.stacks[0], f"{path}.", is_again, not node.class_name)
        case Parallel():
            for branch in facts.stacks:
                yield from _stack_in_order(branch, prefix, is_again, False, named)
        case Repeat():
            for turn, inner in enumerate(turns_of(facts)):
                yield from _in_order(inner, f"{path}.{turn}.", is_again)


# --- a pass ------------------------------------------------------------------------------------------------------


class _Heard(TorchDispatchMode):
    """Lets a pass be cancelled between two operations."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        self._report(2, 3, "Running it and counting …")
        return function(*args, **(kwargs or {}))


def _ran(
    network: Network, model: Built, report: Report
) -> tuple[dict[int, list[Tensor]], dict[str, int]]:
    """What every node gave, by its id, and the operations that torch counted, by the path of the module."""
    record: dict[int, list[Tensor]] = {}
    values = [_fed(each.spec) for each in network.inputs]
    counter = FlopCounterMode(display=False)
    was_fast = torch.backends.mha.get_fastpath_enabled()
    # The fast path through transformers is one operation, whose parts nothing counts.
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with _Heard(report), counter:
            model.eval()(*values, record=record)
    finally:
        torch.backends.mha.set_fastpath_enabled(was_fast)
    counted = counter.get_flop_counts()
    return record, {path: sum(operations.values()) for path, operations in counted.items()}


def _fed(spec: TensorSpec) -> Tensor:
    return torch.empty((BATCH, *spec.shape), dtype=getattr(torch, spec.dtype), device="meta")


def _compare_outputs(
    analysis: Analysis, record: dict[int, list[Tensor]], findings: Findings
) -> None:
    expected: dict[int, list[tuple[str, TensorSpec | None]]] = {}
    for path, facts, _ in _in_order(analysis.body, ""):
        expected.setdefault(facts.node.id, []).append((path, facts.output))
    for node_id, outputs in expected.items():
        given = record.get(node_id, [])
        findings.compare(outputs[0][0], "the times that it runs are", len(outputs), len(given))
        for (path, spec), tensor in zip(outputs, given, strict=False):
            ours = None if spec is None else (BATCH, *spec.shape)
            findings.compare(path, "the output is", ours, tuple(tensor.shape))
            numbers = None if spec is None else spec.dtype
            findings.compare(
                path, "its numbers are", numbers, str(tensor.dtype).removeprefix("torch.")
            )


def _compare_macs(analysis: Analysis, flops: dict[str, int], findings: Findings) -> None:
    """torch counts a multiplication and an addition as two, and a module that is used twice, twice."""
    expected: Counter[str] = Counter()
    uncounted: set[str] = set()
    for path, facts, _ in _in_order(analysis.body, ""):
        node = facts.node
        if isinstance(node, Layer) and node.kind.module in UNCOUNTED:
            uncounted.add(path)
        if isinstance(node, Layer) or (isinstance(node, Again) and not facts.stacks):
            expected[path] += BATCH * facts.totals.macs
    root = Built.__name__
    for path, macs in expected.items():
        if path not in uncounted:
            counted = flops.get(f"{root}.{path}", 0) // 2
            findings.compare(path, "the number of multiply-accumulates is", macs, counted)
    whole = BATCH * analysis.totals.macs - sum(expected[path] for path in uncounted)
    counted = flops.get("Global", 0) // 2
    findings.compare("The network", "the number of all multiply-accumulates is", whole, counted)


def _shown(value: object) -> str:
    match value:
        case None:
            return "missing"
        case int():
            return f"{value:,}"
        case tuple():
            return str(list(value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        case _:
            return str(value)
