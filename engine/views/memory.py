"""The memory that a network needs: to infer, and to train with an optimizer, a batch and a precision.

Training takes, in bytes of the precision,

    weights + buffers + gradients + what the optimizer remembers
        + batch × (what autograd keeps of a sample + the most that a pass has at once),

inference weights + buffers + batch × (the most that a pass has at once). Weights, gradients and the optimizer's
numbers are exact. What autograd keeps is that of torch on the CPU (`kept.py`); other devices keep masks in fewer bytes
and choose other ways through attention and recurrent layers. Not counted: what is fleeting inside a recurrent layer,
attention or a convolution, what an optimizer's step works with, the loss, torch itself (some 200 MB, on a GPU up to
1 GB), and what an allocator keeps back. Leave a tenth for these.
"""

from __future__ import annotations

from engine.catalogue.optimizers import Optimizer
from engine.design.project import Precision
from engine.design.tree import Layer, Repeat
from engine.design.tuples import NamedTuple
from engine.views.facts import Analysis, NodeFacts, StackFacts
from engine.views.kept import passes
from engine.views.rules import Rule, layer_rule
from engine.views.table import BYTES

HALF = 2
"""Bytes of a number in bfloat16 or float16."""
STORED: dict[Precision, int] = {
    "float32": BYTES["float32"],
    "mixed": BYTES["float32"],
    "bfloat16": HALF,
}
"""Bytes of a weight, its gradient and each number that is remembered of it."""
COMPUTED: dict[Precision, int] = {"float32": BYTES["float32"], "mixed": HALF, "bfloat16": HALF}
"""Bytes of what flows from layer to layer."""


class Memory(NamedTuple):
    """In bytes: what is there whatever the batch, and what comes for each sample of it."""

    weights: int
    buffers: int
    gradients: int
    optimizer: int
    copies: int
    """Of the weights in half precision, which autocast keeps for a pass."""
    kept: int
    """For each sample, until the way back."""
    flowing: int
    """For each sample, the most that a pass has at once."""

    def training(self, batch_size: int) -> int:
        """All that a step of training needs."""
        fixed = self.weights + self.buffers + self.gradients + self.optimizer + self.copies
        return fixed + batch_size * (self.kept + self.flowing)

    def inference(self, batch_size: int) -> int:
        """All that a pass without a way back needs."""
        return self.weights + self.buffers + self.copies + batch_size * self.flowing

    def largest_batch(self, available: int) -> int:
        """The most samples that a step of training can have within so many bytes; 0 where not even one fits."""
        free = available - self.training(0)
        each = self.kept + self.flowing
        return max(free // each, 0) if each else 0


def memory(analysis: Analysis, optimizer: Optimizer, precision: Precision) -> Memory:
    """The memory of a network, or of its sound part where it has faults."""
    totals, one = analysis.totals, passes(analysis)
    stored, computed = STORED[precision], COMPUTED[precision]
    remembered = stored * optimizer.remembers() * totals.trainable
    counters = (
        BYTES["float32"] * optimizer.counters * trained_tensors(analysis)
        if optimizer.counters
        else 0
    )
    return Memory(
        weights=stored * totals.parameters,
        buffers=stored * totals.buffers,
        gradients=stored * totals.trainable,
        optimizer=remembered + counters,
        copies=computed * totals.parameters if computed < stored else 0,
        kept=computed * one.numbers + one.bytes,
        flowing=computed * one.most_at_once,
    )


def trained_tensors(analysis: Analysis) -> int:
    """Parameters that an optimizer steps, shared ones once."""
    shared = len(analysis.network.ties) if analysis.ties else 0
    return max(_tensors(analysis.body) - shared, 0)


def _tensors(body: StackFacts) -> int:
    return sum(map(_tensors_of, body.nodes))


def _tensors_of(facts: NodeFacts) -> int:
    node = facts.node
    if not facts.totals.trainable:
        return 0
    if isinstance(node, Layer):
        assert facts.input is not None
        rule = layer_rule(node.kind, node.activation, node.frozen, facts.input)
        return len(rule.weights) if isinstance(rule, Rule) else 0
    found = sum(map(_tensors, facts.stacks))
    if isinstance(node, Repeat) and facts.output is not None:
        found += (node.times - len(facts.stacks)) * _tensors(facts.stacks[-1])
    return found
