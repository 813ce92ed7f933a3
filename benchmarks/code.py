"""How long it takes to write a design as Python, to read it back and to build it: medians in milliseconds.

    python -m benchmarks.code

The rival in the same run is Python itself: parsing the same text, and unparsing that tree.
"""

from __future__ import annotations

import ast
import statistics
import time
from collections.abc import Callable

from engine.catalogue.activations import GELU, ReLU
from engine.catalogue.dropout import Dropout
from engine.catalogue.initializers import KaimingNormal
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.design.kind import TensorSpec
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack
from engine.source.reader import read_module
from engine.source.writer import write_module
from engine.views.shapes import infer

RUNS = 15


def stack(layers: int) -> Network:
    """Linear layers one after another, every one with its own initializer."""
    weights = (("weight", KaimingNormal()),)
    nodes = tuple(
        Layer(number, f"linear{number}", Linear(64), ReLU(), weights)
        for number in range(1, layers + 1)
    )
    return Network("Net", (Input("x", TensorSpec((64,))),), Stack(nodes), (), layers + 1)


def block(first_id: int, name: str, wide: int, out: int) -> Group:
    """A residual block of an MLP."""
    inner: tuple[Node, ...] = (
        Layer(first_id + 2, "norm", LayerNorm()),
        Layer(first_id + 3, "expand", Linear(wide), GELU(), (("weight", KaimingNormal()),)),
        Layer(first_id + 4, "drop", Dropout(0.1)),
        Layer(first_id + 5, "contract", Linear(out)),
    )
    body = Stack((Parallel(first_id + 1, Add(), (Stack(), Stack(inner))),))
    return Group(first_id, name, "Block", body)


def nested(groups: int) -> Network:
    """Blocks of a few widths, layers between them that change the width, and one body twelve times over."""
    nodes: list[Node] = []
    for number in range(groups):
        wide = 32 * (1 + number % 4)
        nodes.append(Layer(10 * number + 1, f"to{number}", Linear(wide)))
        nodes.append(block(10 * number + 2, f"block{number}", 4 * wide, wide))
    last = 10 * groups
    nodes.append(
        Repeat(last, "tail", "Tail", Stack((Layer(last + 1, "fc", Linear(32), ReLU()),)), 12)
    )
    return Network("Net", (Input("x", TensorSpec((32,))),), Stack(tuple(nodes)), (), last + 2)


def median_ms(run: Callable[[], object]) -> float:
    """The median time of a few runs, after one that fills the caches."""
    run()
    times: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        run()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    print(f"{'design':<24}{'write':>9}{'read':>9}{'parse':>9}{'unparse':>9}{'lines':>8}")
    for title, network in (("1000-layer stack", stack(1000)), ("50 nested groups", nested(50))):
        analysis = infer(network)
        text = write_module(network, analysis)
        tree = ast.parse(text)
        write = median_ms(
            lambda network=network, analysis=analysis: write_module(network, analysis)
        )
        read = median_ms(lambda text=text: read_module(text))
        parse = median_ms(lambda text=text: ast.parse(text))
        unparse = median_ms(lambda tree=tree: ast.unparse(tree))
        lines = text.count("\n")
        print(f"{title:<24}{write:>9.1f}{read:>9.1f}{parse:>9.1f}{unparse:>9.1f}{lines:>8}")
    try:
        from engine.runtime.build import build
    except ImportError:
        return
    for title, network in (("1000-layer stack", stack(1000)), ("50 nested groups", nested(50))):
        print(f"{title:<24}{median_ms(lambda network=network: build(network)):>9.1f} to build")


if __name__ == "__main__":
    main()
