"""The tables of others: torchinfo, torchsummary, ptflops and torchview, timed in turn with ours.

Rivals get the exported class of the very same design, on the meta device where they can, so that they need not
calculate.
Those that are not installed are said to be missing.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import io
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from engine.design.tree import Network
from engine.views import rules
from engine.views.summary import summarize

RUNS = 9
LONGEST_S = 8.0


class Times(NamedTuple):
    """Medians in milliseconds: ours with rules that are known, ours as in a new process, and the rival's."""

    warm: float
    cold: float
    theirs: float


def median_ms(
    run: Callable[[], object], runs: int = RUNS, before: Callable[[], object] = gc.collect
) -> float:
    times: list[float] = []
    for _ in range(runs):
        before()
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def forget() -> None:
    """As in a process that has just started."""
    rules.applied.cache_clear()
    rules.layer_rule.cache_clear()
    gc.collect()


def exported(design: Network, device: str) -> Any:
    """The exported class, imported from a file as a stranger would, and built."""
    import torch

    from engine import write_module

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "exported.py"
        file.write_text(write_module(design), encoding="utf-8")
        spec = importlib.util.spec_from_file_location("exported", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    with torch.device(device):
        return getattr(module, design.name)()


def samples(design: Network, device: str) -> list[Any]:
    """One sample for each input."""
    import torch

    return [
        torch.zeros(1, *each.spec.shape, dtype=getattr(torch, each.spec.dtype), device=device)
        for each in design.inputs
    ]


def torchinfo_table(model: Any, design: Network, device: str) -> str:
    import torchinfo

    given = samples(design, device)
    return str(torchinfo.summary(model, input_data=given, device=device, depth=64, verbose=0))


def torchsummary_table(model: Any, design: Network, device: str) -> str:
    import torchsummary  # pyright: ignore[reportMissingImports]

    shapes = [each.spec.shape for each in design.inputs]
    with contextlib.redirect_stdout(io.StringIO()) as table:
        torchsummary.summary(model, shapes if len(shapes) > 1 else shapes[0], device=device)
    return table.getvalue()


def ptflops_table(model: Any, design: Network, device: str) -> str:
    import ptflops  # pyright: ignore[reportMissingImports]

    def given(_shape: object) -> dict[str, Any]:
        made = samples(design, device)
        return {each.name: one for each, one in zip(design.inputs, made, strict=True)}

    table = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        found = ptflops.get_model_complexity_info(
            model, design.inputs[0].spec.shape, input_constructor=given, ost=table,
            backend="pytorch", print_per_layer_stat=True, as_strings=False,
        )  # fmt: skip
    if found[0] is None:
        raise RuntimeError(said.getvalue())
    return table.getvalue()


def torchview_table(model: Any, design: Network, device: str) -> str:
    import torchview  # pyright: ignore[reportMissingImports]

    given = samples(design, device)
    graph = torchview.draw_graph(
        model, input_data=given, device=device, depth=64, expand_nested=True
    )
    return str(graph.visual_graph.source)


class Rival(NamedTuple):
    """What makes a table or a graph of a network, and the devices to try it on."""

    package: str
    table: Callable[[Any, Network, str], str]
    devices: tuple[str, ...] = ("meta", "cpu")


RIVALS = {
    "torchinfo": Rival("torchinfo", torchinfo_table),
    "torchinfo on CPU": Rival("torchinfo", torchinfo_table, ("cpu",)),
    "torchsummary": Rival("torchsummary", torchsummary_table),
    "ptflops": Rival("ptflops", ptflops_table),
    "torchview": Rival("torchview", torchview_table),
}
"""torchinfo is timed twice: on meta, and where it calculates, which is what it does unless told otherwise."""


def missing() -> tuple[str, ...]:
    """Rivals that are not installed."""
    found = importlib.util.find_spec
    return tuple(name for name, each in RIVALS.items() if found(each.package) is None)


def why_not(rival: str, model: Any, design: Network, device: str) -> str:
    """In a line why a rival fails on a network; "" where it does not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            RIVALS[rival].table(model, design, device)
        except Exception as error:  # noqa: BLE001  (a rival may fail in any way)
            return f"{type(error).__name__}: {' '.join(str(error).split())}"[:110]
    return ""


def timed(rival: str, model: Any, design: Network, device: str) -> Times:
    """Ours and a rival's in turns, so that a busy machine troubles both alike; each runs several times in a row."""

    def ours() -> str:
        return summarize(design).to_text()

    def theirs() -> str:
        return RIVALS[rival].table(model, design, device)

    rounds: list[Times] = []
    start = time.monotonic()
    while len(rounds) < RUNS and (not rounds or time.monotonic() - start < LONGEST_S):
        cold = median_ms(ours, 1, forget)
        gc.collect()
        warm = median_ms(ours, 5, lambda: None)
        gc.collect()
        rounds.append(Times(warm, cold, median_ms(theirs, 3, lambda: None)))
    return Times(*(statistics.median(column) for column in zip(*rounds, strict=True)))


def against_rivals(name: str, design: Network, device: str) -> None:
    """One design: ours, and each rival or why it fails."""
    print(f"\n{name} ({device})")
    model = exported(design, device)
    for rival in ("torchinfo", "torchsummary"):
        reason = why_not(rival, model, design, device)
        if reason:
            print(f"  {rival:14} fails: {reason}")
            continue
        warm, cold, theirs = timed(rival, model, design, device)
        print(f"  {rival:14} {theirs:9.1f} ms, Layerloom {warm:.2f} ms warm and {cold:.2f} ms cold: "
              f"{theirs / warm:.1f} and {theirs / cold:.1f} times faster")  # fmt: skip


def all_templates() -> None:
    """Every template against every rival: times, ratios, and which of them fails on which network."""
    import engine
    import resources
    from resources.samples import TEMPLATES

    gone = missing()
    if gone:
        print(f"\nnot installed: {', '.join(gone)}")
    rivals = [rival for rival in RIVALS if rival not in gone]
    # Collecting garbage before each run is not to walk through all of torch every time.
    gc.freeze()
    print(f"\n{'template':20} {'ours, ms':>15}  " + "".join(f"{rival:>24}" for rival in rivals))
    print(f"{'':20} {'warm   cold':>15}  " + f"{'ms   warm   cold':>24}" * len(rivals))
    ratios: dict[str, list[float]] = {rival: [] for rival in rivals}
    failures: list[str] = []
    for name in TEMPLATES:
        design = engine.load(resources.path("samples", f"{name}.loom")).network
        if design.body.nodes:
            print(_line(name, design, rivals, ratios, failures), flush=True)
    for rival, found in ratios.items():
        if found:
            median = statistics.median(found)
            print(f"against {rival}: {median:.0f} times faster in the median of {len(found)} "
                  f"networks, at least {min(found):.0f} times (warm)")  # fmt: skip
    print("\n".join(failures))


def _line(
    name: str,
    design: Network,
    rivals: list[str],
    ratios: dict[str, list[float]],
    failures: list[str],
) -> str:
    """The times of one template; notes down ratios and failures. A rival that fails on meta is tried on the CPU."""
    cells: list[str] = []
    own: list[Times] = []
    for rival in rivals:
        reason = ""
        for device in RIVALS[rival].devices:
            model = exported(design, device)
            reason = why_not(rival, model, design, device)
            if not reason:
                times = timed(rival, model, design, device)
                own.append(times)
                ratios[rival].append(times.theirs / times.warm)
                cells.append(f"{times.theirs:8.1f} {times.theirs / times.warm:5.0f}× "
                             f"{times.theirs / times.cold:5.0f}×{'' if device == 'meta' else 'c'}")  # fmt: skip
                break
        else:
            cells.append("fails")
            failures.append(f"{rival} fails on {name}: {reason}")
    warm = statistics.median(each.warm for each in own)
    cold = statistics.median(each.cold for each in own)
    return f"{name:20} {warm:7.2f} {cold:7.2f}  " + "".join(f"{cell:>24}" for cell in cells)
