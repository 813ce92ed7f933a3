"""Shapes and summary against torchinfo and others, the cost of an edit, and 7 billion parameters undrawn.

    python -m benchmarks.summary              all of it
    python -m benchmarks.summary templates    every template against torchinfo, torchsummary, ptflops and torchview

Rivals get the exported class of the very same design. "cold" forgets every rule before each run, as when a file is
opened; "warm" is the walk of a design whose layers were seen before. Medians; the ratio is that of medians.
"""

from __future__ import annotations

import contextlib
import sys
import tracemalloc
from pathlib import Path

from benchmarks.rivals import against_rivals, all_templates, median_ms
from engine.catalogue.embedding import Embedding
from engine.catalogue.joins import Add, Multiply
from engine.catalogue.linear import Linear
from engine.catalogue.norm import RMSNorm
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.smooth import SiLU
from engine.design.address import Place
from engine.design.edit import Edit, Insert, Remove, Rename, SetField, apply, layer
from engine.design.kind import TensorSpec
from engine.design.placing import renumbered
from engine.design.tree import Group, Input, Layer, Network, Node, Parallel, Repeat, Stack
from engine.views.shapes import infer
from engine.views.summary import summarize

COUNT = 1000
RUNS = 11
LONGEST_S = 20.0


# --- designs ---------------------------------------------------------------------------------------------------------


def network(nodes: tuple[Node, ...], spec: TensorSpec) -> Network:
    numbered, next_id = renumbered(nodes, 1)
    return Network("Net", (Input("x", spec),), Stack(numbered), (), next_id)


def dense(name: str, width: int) -> Layer:
    return Layer(0, name, Linear(out_features=width), ReLU())


def equal_layers() -> Network:
    return network(tuple(dense(f"linear{n}", 32) for n in range(COUNT)), TensorSpec((32,)))


def different_layers() -> Network:
    """No two of the layers are alike, so that nothing known of one serves another."""
    return network(tuple(dense(f"linear{n}", n + 1) for n in range(COUNT)), TensorSpec((32,)))


def nested_layers(depth: int = 20) -> Network:
    """Blocks inside blocks, fifty layers in each."""
    nodes: tuple[Node, ...] = ()
    for level in range(depth, 0, -1):
        own = tuple(dense(f"linear{n}", 32) for n in range(COUNT // depth))
        nodes = (Group(0, f"level{level}", f"Level{level}", Stack((*own, *nodes))),)
    return network(nodes, TensorSpec((32,)))


def decoder(width: int = 4096, hidden: int = 11008, blocks: int = 32) -> Network:
    """The sizes of a decoder of 7 billion parameters: four square matrices and a gated pair of wide ones in a block."""
    attention = tuple(
        Layer(0, name, Linear(out_features=width, bias=False))
        for name in ("query", "key", "value", "out")
    )
    gate = Layer(0, "gate", Linear(out_features=hidden, bias=False), SiLU())
    up, down = (
        Layer(0, name, Linear(out_features=size, bias=False))
        for name, size in (("up", hidden), ("down", width))
    )
    gated = Parallel(0, Multiply(), (Stack((gate,)), Stack((up,))))
    first = Stack((Layer(0, "norm1", RMSNorm()), *attention))
    second = Stack((Layer(0, "norm2", RMSNorm()), gated, down))
    block = Stack((Parallel(0, Add(), (Stack(), first)), Parallel(0, Add(), (Stack(), second))))
    nodes = (
        Layer(0, "tokens", Embedding(num_embeddings=32000, embedding_dim=width)),
        Repeat(0, "blocks", "Block", block, blocks),
        Layer(0, "norm", RMSNorm()),
        Layer(0, "head", Linear(out_features=32000, bias=False)),
    )
    return network(nodes, TensorSpec((128,), "int64"))


# --- measuring -------------------------------------------------------------------------------------------------------


def edits(design: Network) -> None:
    """An edit in the engine, at three places, with what follows from it and with its table."""
    analysis = infer(design)
    summary = summarize(design, 1, analysis)
    print(f"\nan edit of {COUNT} layers, in µs:   apply   + shapes   + table")
    for where, index in (("start", 0), ("middle", COUNT // 2), ("end", COUNT - 1)):
        own = design.body.nodes[index].id
        made: dict[str, Edit] = {
            "set a field": SetField((own,), "bias", False),
            "change a width": SetField((own,), "out_features", 33),
            "insert": Insert((layer(Linear(out_features=32)),), Place(index)),
            "remove": Remove((own,)),
            "rename": Rename(own, "fresh"),
        }
        for what, edit in made.items():

            def change(edit: Edit = edit) -> Network:
                return apply(design, edit)

            def walk(edit: Edit = edit) -> object:
                return infer(apply(design, edit), analysis)

            def table(edit: Edit = edit) -> object:
                new = apply(design, edit)
                return summarize(new, 1, infer(new, analysis), summary)

            times = [median_ms(step, 301, lambda: None) * 1e3 for step in (change, walk, table)]
            print(f"  {what:15} {where:8} {times[0]:14.1f} {times[1]:10.1f} {times[2]:9.1f}")


def billions() -> None:
    """What a network of 7 billion parameters costs that is described, edited and summed up, but not built."""
    before = resident_bytes()
    tracemalloc.start()
    design = decoder()
    analysis = infer(design)
    summary = summarize(design, 1, analysis)
    block = design.body.nodes[1]
    assert isinstance(block, Repeat)
    inner = block.body.nodes[1]
    assert isinstance(inner, Parallel)
    edit = SetField((inner.branches[1].nodes[-1].id,), "bias", True)
    new = apply(design, edit)
    edited = infer(new, analysis)
    text = summarize(new, 1, edited, summary).to_text()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    grown = resident_bytes() - before
    once = median_ms(lambda: infer(apply(design, edit), analysis), 101, lambda: None) * 1e3
    print(
        f"\n{summary.totals.parameters / 1e9:.2f} billion parameters described, edited and summed up:"
    )
    print(
        f"  {peak / 2**20:.2f} MB allocated at most, {grown / 2**20:.1f} MB more resident, {len(text):,} characters"
    )
    print(f"  an edit inside the repeated block: {once:.0f} µs")


def resident_bytes() -> int:
    """Memory of this process; 0 where /proc does not say."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * 4096
    return 0


def main() -> None:
    if "templates" not in sys.argv[1:]:
        designs()
    import torch

    torch.set_num_threads(1)
    all_templates()


def designs() -> None:
    """Designs made for measuring."""
    billions()
    edits(equal_layers())
    import torch

    torch.set_num_threads(1)
    print(
        f"\nPython {sys.version.split()[0]}, torch {torch.__version__}, one thread; the full walk and table:"
    )
    against_rivals("1000 equal layers", equal_layers(), "cpu")
    against_rivals("1000 different widths", different_layers(), "meta")
    against_rivals("1000 layers, 20 blocks deep", nested_layers(), "cpu")
    against_rivals("a decoder of 7 billion parameters", decoder(), "meta")


if __name__ == "__main__":
    main()
