"""The table of a network: a row for every layer and block, and what the layers add up to.

`summarize(network, previous=summary)` equals `summarize(network)`; `previous` only makes it fast: rows of nodes that
did not change are taken over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import accumulate, chain
from math import prod
from typing import Any, cast

from engine.design.error import DesignError
from engine.design.kind import Kind, TensorSpec
from engine.design.spans import Span, changed_span
from engine.design.tree import (
    Again,
    Group,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    node_name,
    scope,
)
from engine.design.tuples import NamedTuple
from engine.views.details import details
from engine.views.facts import Analysis, Fault, NodeFacts, Shared, StackFacts, label, turns_of
from engine.views.shapes import infer
from engine.views.table import (
    BYTES,
    FORMATS,
    LARGEST_BATCH,
    Detail,
    OutputShape,
    Row,
    SummaryTotals,
)

MANY = 16
"""Layers from which on their rows are made at once."""

_new_row: Any = partial(tuple.__new__, Row)
"""A row from its fields in a tuple, at the speed of C."""


class StackRows(NamedTuple):
    """The rows of one stack, so that an edit can exchange a few.

    `sizes` says how many rows each node has, None where it is one each; `inner` holds the stacks inside by node id.
    """

    facts: StackFacts
    place: _Place
    rows: tuple[Row, ...]
    sizes: tuple[int, ...] | None
    inner: Mapping[int, tuple[StackRows, ...]]

    @property
    def tops(self) -> tuple[Row, ...]:
        """The rows of the nodes themselves, without those of what is inside them."""
        if self.sizes is None:
            return self.rows
        starts = accumulate(self.sizes[:-1], initial=0)
        return tuple([self.rows[start] for start in starts]) if self.sizes else ()

    def with_nodes(
        self, facts: StackFacts, span: Span, rows: tuple[Row, ...], sizes: tuple[int, ...] | None
    ) -> StackRows:
        """The rows after an edit that put nodes with these rows in the place of others."""
        start, _, stop = span
        if self.sizes is None:
            kept = self.rows[:start] + rows + self.rows[stop:]
        else:
            kept = self.rows[: sum(self.sizes[:start])] + rows + self.rows[sum(self.sizes[:stop]) :]
        if self.sizes is not None or sizes is not None:
            old = self.sizes or (1,) * len(self.facts.nodes)
            sizes = old[:start] + ((1,) * len(rows) if sizes is None else sizes) + old[stop:]
        return StackRows(facts, self.place, kept, sizes, self.inner)


class _Place(NamedTuple):
    """Where a stack's rows stand, which is in their names."""

    prefix: str
    shown: str
    """The part of `prefix` that its parent's row does not say already."""
    depth: int
    numbered: bool
    counted: bool
    """False inside a second use, whose weights were counted at the first."""


class Summary:
    """Rows, totals and faults of a network for one batch size, as a value and in six formats."""

    def __init__(self, analysis: Analysis, batch_size: int, body: StackRows) -> None:
        self.network = analysis.network
        self.analysis = analysis
        self._details: tuple[Detail, ...] | None = None
        self.batch_size = batch_size
        self.body = body
        self.ties = analysis.ties
        self.turns = analysis.turns
        self.totals = _totals(analysis, batch_size)
        self.faults: tuple[Fault, ...] = analysis.faults
        self.input_shapes: tuple[OutputShape, ...] = tuple(
            (batch_size, *each.spec.shape) for each in self.network.inputs
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """Parents before what is inside them, in the order of the code."""
        return self.body.rows

    @property
    def details(self) -> tuple[Detail, ...]:
        """What the rows have beside their counts; worked out when it is first asked for."""
        if self._details is None:
            self._details = details(self.analysis, self.rows)
        return self._details

    @property
    def input_bytes(self) -> int:
        """Bytes of one batch of all inputs."""
        specs = (each.spec for each in self.network.inputs)
        return self.batch_size * sum(spec.elements * BYTES[spec.dtype] for spec in specs)

    def to(self, form: str) -> str:
        """The summary in one of FORMATS. Raises DesignError for another."""
        from engine.views.formats import WRITERS

        if form not in WRITERS:
            raise DesignError(f"{form!r} is no format of a summary; there are {', '.join(FORMATS)}")
        return WRITERS[form](self)

    def to_text(self) -> str:
        """The familiar table of torchsummary."""
        return self.to("text")

    def to_markdown(self) -> str:
        return self.to("markdown")

    def to_csv(self) -> str:
        return self.to("csv")

    def to_json(self) -> str:
        return self.to("json")

    def to_html(self) -> str:
        """A page of its own, with nothing to load."""
        return self.to("html")

    def to_latex(self) -> str:
        """A table for a document that uses the package booktabs."""
        return self.to("latex")

    def __str__(self) -> str:
        return self.to_text()


def summarize(
    network: Network, batch_size: int = 1, analysis: Analysis | None = None, previous: Summary | None = None
) -> Summary:  # fmt: skip
    """The table of a network, also of one with faults: behind them shapes are unknown and nothing is counted.

    `analysis` is that of the network where it is known already. Raises DesignError for a batch that is none.
    """
    if type(batch_size) is not int or not 1 <= batch_size <= LARGEST_BATCH:
        raise DesignError(f"a batch of {batch_size!r} rows; use a whole number from 1 on")
    if analysis is None or analysis.network is not network:
        analysis = infer(network)
    walk = _Walk(batch_size, analysis)
    old = previous.body if previous is not None and walk.like(previous) else None
    body = walk.stack(analysis.body, network.body, _Place("", "", 0, False, True), old)
    return Summary(analysis, batch_size, body)


class _Walk:
    """Makes the rows of one analysis."""

    def __init__(self, batch_size: int, analysis: Analysis) -> None:
        self.batch_size = batch_size
        self.turns = analysis.turns
        self.ties: Mapping[str, Shared] = analysis.ties
        self.shapes: dict[int, OutputShape] = {}
        """Output shapes by the identity of what they are made of; the analysis keeps that alive."""
        self.words: dict[type[Kind], tuple[str, str]] = {}

    def like(self, summary: Summary) -> bool:
        """Whether rows of that summary would be the same here for the same facts."""
        return (summary.batch_size, summary.turns, summary.ties) == (
            self.batch_size,
            self.turns,
            self.ties,
        )

    def stack(
        self, facts: StackFacts, body: Stack, place: _Place, old: StackRows | None = None
    ) -> StackRows:
        """The rows of a stack in the class with this body, taking over from `old` what is the same."""
        # The row of a second use speaks of another node, so that its own facts do not say whether it changed.
        if old is None or old.place != place or facts.reads:
            rows, sizes, inner = self._nodes(facts.nodes, 0, body, place, {})
            return StackRows(facts, place, rows, sizes, inner)
        if old.facts is facts:
            return old
        span = changed_span(facts.nodes, old.facts.nodes)
        if place.numbered and span[1] != span[2]:
            span = (span[0], len(facts.nodes), len(old.facts.nodes))
        start, stop, old_stop = span
        rows, sizes, fresh = self._nodes(facts.nodes[start:stop], start, body, place, old.inner)
        new = old.with_nodes(facts, span, rows, sizes)
        lost = {each.node.id for each in old.facts.nodes[start:old_stop]} & old.inner.keys()
        if not (lost or fresh):
            return new
        kept = {own: stacks for own, stacks in old.inner.items() if own not in lost}
        return new._replace(inner=kept | fresh)

    def _nodes(
        self, nodes: tuple[NodeFacts, ...], first: int, body: Stack, place: _Place,
        earlier: Mapping[int, tuple[StackRows, ...]],
    ) -> tuple[tuple[Row, ...], tuple[int, ...] | None, dict[int, tuple[StackRows, ...]]]:  # fmt: skip
        """The rows of nodes, how many each has, and the stacks inside them."""
        many = len(nodes) >= MANY and not self.ties and not place.numbered
        if many and {type(facts[0]) for facts in nodes} == {Layer}:
            return self._plain(nodes, place), None, {}
        rows: list[Row] = []
        sizes: list[int] = []
        inner: dict[int, tuple[StackRows, ...]] = {}
        for position, facts in enumerate(nodes, first):
            node = facts.node
            name = str(position) if place.numbered else node_name(node)
            if isinstance(node, Layer):
                own = (self._layer(facts, node, name, place),)
            else:
                own, inner[node.id] = self._block(
                    facts, name, body, place, earlier.get(node.id, ())
                )
            rows += own
            sizes.append(len(own))
        return tuple(rows), tuple(sizes) if inner else None, inner

    def _plain(self, nodes: tuple[NodeFacts, ...], place: _Place) -> tuple[Row, ...]:
        """Rows of layers that share no weights, in one loop: a thousand take half a millisecond."""
        prefix, shown, depth, _, counted = place
        batch = self.batch_size
        rows: list[Row] = []
        kind, key, title, spec, shape = None, "", "", None, None
        for node, _, output, totals, _, _ in nodes:
            layer = cast(Layer, node)
            if type(layer.kind) is not kind:
                kind = type(layer.kind)
                key, title = self._words(kind)
            if output is not spec:
                spec, shape = output, self._shape(output)
            name = layer.name or f"({title})"
            parameters, trainable = (totals[0], totals[1]) if counted else (0, 0)
            rows.append(_new_row((
                prefix + name, depth, key, shape, parameters, trainable, totals[2] * batch, shown + name, title,
                layer.id,
            )))  # fmt: skip
        return tuple(rows)

    def _words(self, kind: type[Kind]) -> tuple[str, str]:
        """The key and the title of a kind."""
        known = self.words.get(kind)
        if known is None:
            known = self.words[kind] = (kind.key(), kind.title())
        return known

    def _layer(self, facts: NodeFacts, node: Layer, name: str, place: _Place) -> Row:
        name = name or f"({node.kind.title()})"
        path = place.prefix + name
        totals = facts.totals
        parameters, trainable = (totals[0], totals[1]) if place.counted else (0, 0)
        if self.ties and place.counted and path in self.ties:
            parameters -= self.ties[path].parameters
            trainable -= self.ties[path].trainable
        key, title = self._words(type(node.kind))
        output, macs = self._shape(facts.output), totals[2] * self.batch_size
        own = place.shown + name
        row: Row = _new_row(
            (path, place.depth, key, output, parameters, trainable, macs, own, title, node.id)
        )
        return row

    def _shape(self, spec: TensorSpec | None) -> OutputShape | None:
        if spec is None:
            return None
        known = self.shapes.get(id(spec))
        if known is None:
            known = self.shapes[id(spec)] = (self.batch_size, *spec.shape)
        return known

    def _block(
        self, facts: NodeFacts, name: str, body: Stack, place: _Place, old: tuple[StackRows, ...]
    ) -> tuple[tuple[Row, ...], tuple[StackRows, ...]]:
        """The row of a node that is no plain layer, with the rows inside it."""
        node, title = facts.node, label(facts.node)
        if isinstance(node, Again):
            return self._again(facts, node, body, place)
        name = name or f"({title})"
        inside = list(self._inside(facts, place.prefix + name, place, body))
        earlier = [*old, *[None] * len(inside)]
        stacks = tuple(
            [self.stack(*each, before) for each, before in zip(inside, earlier, strict=False)]
        )
        rows = [*chain.from_iterable(each.rows for each in stacks)]
        tops = [row for each in stacks for row in each.tops]
        output, macs = self._shape(facts.output), facts.totals.macs * self.batch_size
        own = macs - sum(row.macs for row in tops)
        if isinstance(node, Parallel) and own:
            # A join that costs something is a line of its own, so that lines that are no blocks add up.
            join, text = node.join, f"({node.join.title()})"
            path, depth = place.prefix + text, place.depth + 1
            rows.append(
                Row(path, depth, join.key(), output, 0, 0, own, text, join.title(), node.id)
            )
        parameters, trainable = facts.totals[:2] if place.counted else (0, 0)
        if self.ties:
            parameters = sum(row.parameters for row in tops)
            trainable = sum(row.trainable for row in tops)
        row = Row(
            place.prefix + name, place.depth, type(node).__name__, output, parameters, trainable, macs,
            place.shown + name, title, node.id,
        )  # fmt: skip
        return (row, *rows), stacks

    def _inside(
        self, facts: NodeFacts, path: str, place: _Place, body: Stack
    ) -> Iterator[tuple[StackFacts, Stack, _Place]]:
        """The stacks inside a node, each with the body of its class and where its rows stand."""
        depth, counted = place.depth + 1, place.counted
        match facts.node:
            case Parallel():
                for branch in facts.stacks:
                    yield branch, body, _Place(place.prefix, "", depth, False, counted)
            case Group(class_name=class_name):
                for inner in facts.stacks:
                    yield inner, inner.stack, _Place(f"{path}.", "", depth, not class_name, counted)
            case Repeat():
                for turn, inner in enumerate(turns_of(facts, self.turns)):
                    shown = f"{turn}."
                    yield (
                        inner,
                        inner.stack,
                        _Place(f"{path}.{shown}", shown, depth, False, counted),
                    )
            case _:
                pass

    def _again(
        self, facts: NodeFacts, node: Again, body: Stack, place: _Place
    ) -> tuple[tuple[Row, ...], tuple[StackRows, ...]]:
        """A second use: the rows of the first once more, without its weights."""
        once = next((each for each in scope(body) if node_name(each) == node.of), None)
        again = place._replace(counted=False)
        if isinstance(once, Layer):
            row = self._layer(facts._replace(node=once), once, node.of, again)
            return (self._renamed(row, node),), ()
        if isinstance(once, Group | Repeat):
            rows, _ = self._block(facts._replace(node=once), node.of, body, again, ())
            return (self._renamed(rows[0], node), *rows[1:]), ()
        path, shown = place.prefix + node.of, place.shown + node.of
        return (Row(path, place.depth, "Again", None, 0, 0, 0, shown, "again", node.id),), ()

    def _renamed(self, row: Row, node: Node) -> Row:
        return row._replace(title=f"{row.title}, again", node_id=node.id)


def _totals(analysis: Analysis, batch_size: int) -> SummaryTotals:
    counted = analysis.totals
    activation_bytes = counted.activations * BYTES["float32"]
    if any(each.spec.dtype != "float32" for each in analysis.network.inputs):
        activation_bytes = sum(_output_bytes(facts) for _, _, facts in analysis.places())
    return SummaryTotals(
        counted.parameters,
        counted.trainable,
        counted.macs * batch_size,
        counted.parameters * BYTES["float32"],
        activation_bytes * batch_size,
    )


def _output_bytes(facts: NodeFacts) -> int:
    """Bytes per sample of what one layer gives, and of what a second use gives inside it."""
    if isinstance(facts.node, Layer) or (isinstance(facts.node, Again) and not facts.stacks):
        spec = facts.output
        return prod(spec.shape) * BYTES[spec.dtype] if spec is not None else 0
    if isinstance(facts.node, Again):
        return sum(_output_bytes(each) for stack in facts.stacks for each in stack.nodes)
    return 0
