"""Networks of 200 nodes and more, nested at least five deep: generated networks as the blocks of larger ones.

One draw cannot hold so many choices. So the small ones are drawn once, always the same, and a large one is a choice
of them and of what is put around them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from math import prod
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.shaping import Flatten, Unflatten
from engine.design.kind import TensorSpec
from engine.design.placing import renumbered
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack, walk
from engine.views.shapes import infer
from tests.laws.designs import networks

PIECES, LEAST_OF_PIECE, LEAST_NODES, LEAST_DEPTH = 40, 3, 200, 5


@dataclass(frozen=True)
class Piece:
    """A small network as the body of a block, with what it takes and gives."""

    body: Stack
    takes: TensorSpec
    gives: TensorSpec


@cache
def pieces() -> tuple[Piece, ...]:
    """Generated networks of one input that take and give real numbers."""
    found: list[Piece] = []

    @settings(
        max_examples=250,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
    )
    @given(networks())
    def collect(network: Network) -> None:
        output = infer(network).output
        assert output is not None
        alone = len(network.inputs) == 1 and not network.ties and not network.outputs
        specs = (network.inputs[0].spec, output)
        real = all(each.dtype == "float32" and each.shape for each in specs)
        if (
            alone
            and real
            and len(found) < PIECES
            and len(list(walk(network.body))) >= LEAST_OF_PIECE
        ):
            body = _own_classes(network.body, f"Of{len(found)}")
            block = Stack((Group(0, "block", "Piece", body),))
            # What speaks of the network's input by name cannot do so from inside a block.
            if infer(Network("Net", (Input("image", specs[0]),), block)).valid:
                found.append(Piece(body, *specs))

    collect()
    return tuple(found)


def _own_classes(body: Stack, suffix: str) -> Stack:
    """The body with class names that no other piece has."""

    def renamed(node: Node) -> Node:
        match node:
            case Group() | Repeat():
                name = node.class_name and f"{node.class_name}{suffix}"
                return replace(node, class_name=name, body=_own_classes(node.body, suffix))
            case Parallel():
                branches = tuple(_own_classes(each, suffix) for each in node.branches)
                return replace(node, branches=branches)
            case _:
                return node

    return replace(body, nodes=tuple(map(renamed, body.nodes)))


def depth(stack: Stack) -> int:
    """Blocks and branches around the innermost layer."""
    inner = 0
    for node in stack.nodes:
        match node:
            case Group() | Repeat():
                inner = max(inner, 1 + depth(node.body))
            case Parallel():
                inner = max(inner, 1 + max(map(depth, node.branches), default=0))
            case _:
                pass
    return inner


@dataclass
class Grower:
    """Grows one network."""

    draw: st.DrawFn
    numbers: Any = field(default_factory=lambda: count(1))

    def stack(self, x: TensorSpec, levels: int, members: int, keep: bool) -> tuple[Node, ...]:
        """Blocks one after the other, each fed in the shape that it takes; with `keep` it gives what it takes."""
        nodes: list[Node] = []
        now = x
        for _ in range(members):
            node, takes, gives = self.block(levels)
            nodes += [*self.fed(now, takes), node]
            now = gives
        return (*nodes, *(self.fed(now, x) if keep else ()))

    def block(self, levels: int) -> tuple[Node, TensorSpec, TensorSpec]:
        """A node with what it takes and gives."""
        chosen = self.draw(st.sampled_from(range(len(pieces()))))
        piece, number = pieces()[chosen], next(self.numbers)
        if not levels:
            return (
                Group(0, f"piece{number}", f"Piece{chosen}", piece.body),
                piece.takes,
                piece.gives,
            )
        x, members = piece.takes, self.draw(st.integers(2, 3))
        body = Stack(self.stack(x, levels - 1, members, keep=True))
        match self.draw(st.integers(0, 2)):
            case 0:
                node: Node = Group(0, f"level{number}", f"Level{number}", body)
            case 1:
                node = Repeat(
                    0, f"level{number}", f"Level{number}", body, self.draw(st.integers(1, 2))
                )
            case _:
                # What is named inside a branch belongs to the class around it.
                node = Parallel(0, Add(), (Stack(()), body))
        return node, x, x

    def fed(self, x: TensorSpec, wanted: TensorSpec) -> tuple[Node, ...]:
        """Layers from one shape to another."""
        if x == wanted:
            return ()
        number, found = next(self.numbers), list[Node]()
        if len(x.shape) > 1:
            found.append(Layer(0, f"flat{number}", Flatten()))
        found.append(Layer(0, f"sized{number}", Linear(prod(wanted.shape))))
        if len(wanted.shape) > 1:
            found.append(Layer(0, f"shaped{number}", Unflatten(1, wanted.shape)))
        return tuple(found)


@st.composite
def large_networks(draw: st.DrawFn) -> Network:
    """A network without faults, of at least 200 nodes nested at least five deep."""
    grower = Grower(draw)
    deep = max(pieces(), key=lambda piece: depth(piece.body))
    x = deep.takes
    levels = max(1, LEAST_DEPTH - 1 - depth(deep.body))
    first = Group(0, "deepest", "Deepest", deep.body)
    for number in range(levels):
        inner = (first, *grower.fed(deep.gives, x)) if number == 0 else (first,)
        first = Group(0, f"around{number}", f"Around{number}", Stack(inner))
    nodes: tuple[Node, ...] = (first,)
    while sum(1 for _ in walk(Stack(nodes))) < LEAST_NODES:
        node, takes, gives = grower.block(draw(st.integers(1, 2)))
        back = grower.fed(gives, x)
        nodes = (*nodes, *grower.fed(x, takes), node, *back)
    numbered, next_id = renumbered(nodes, 1)
    return Network("Large", (Input("x", x),), Stack(numbered), (), next_id)
