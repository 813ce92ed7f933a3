"""Whether an exported module is the network that was designed: run in a clean process and compared bit by bit."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor

from engine.catalogue.embedding import Embedding
from engine.design.error import DesignError
from engine.design.tree import Layer, Network, walk
from engine.runtime.build import Built, build
from engine.runtime.clean_process import outputs
from engine.runtime.memory import available_bytes, predicted_bytes
from engine.source.sound import sound
from engine.views.facts import Analysis

ROWS = 5
TIMEOUT_S = 600.0
LOOK_EVERY_S = 0.1
COPIES = 4
"""Networks in memory at once: two here, the file's content, and the one in the other process."""

Report: TypeAlias = Callable[[int, int, str], None]
"""Called with steps done, steps in all and what is going on; may raise to stop the proof."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found: the largest difference of any weight, buffer or output, which is 0."""

    largest_difference: float
    parameters: int
    seconds: float
    torch: str
    sentence: str


def prove(
    network: Network,
    text: str,
    seed: int = 0,
    weights: Mapping[str, Tensor] | None = None,
    report: Report | None = None,
) -> Proof:
    """Run the module `text` in a Python that cannot import Layerloom, and compare it with the built network.

    Its class has to draw the same initial weights under `seed`, load `weights` strictly (those of another seed where
    none are given), and give the same outputs and buffers in evaluation and in training. Raises DesignError with the
    first thing that differs, and what `report` raises.
    """
    say = report or _quiet
    started = time.monotonic()
    analysis = sound(network)
    _need_memory(analysis)
    say(0, 3, "building the network")
    expected, files = _expected(network, analysis, seed, weights)
    with tempfile.TemporaryDirectory(prefix="layerloom-proof-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write(folder, network, text, seed, files)
        say(1, 3, "importing the file in a clean process")
        _run(folder, say)
        say(2, 3, "comparing")
        largest = _compared(expected, load_file(folder / "given.safetensors"))
    say(3, 3, "proven")
    count = analysis.totals.parameters
    sentence = (
        f"Imported in a clean process without Layerloom, it drew the same {count:,} parameters under seed {seed}, "
        "loaded a second set of weights, and gave the same outputs in evaluation and training: largest difference 0."
    )
    return Proof(largest, count, time.monotonic() - started, torch.__version__, sentence)


def _quiet(done: int, total: int, text: str) -> None:
    """Nobody wants to know."""


def _need_memory(analysis: Analysis) -> None:
    there, needed = available_bytes(), COPIES * predicted_bytes(analysis)
    if there is not None and needed > there:
        raise DesignError(f"the proof takes about {needed / 1e9:,.1f} GB of memory, more than is free; close other "
                          "programs, or export without it")  # fmt: skip


# --- what it should give -------------------------------------------------------------------------------------------


def _expected(
    network: Network, analysis: Analysis, seed: int, weights: Mapping[str, Tensor] | None
) -> tuple[dict[str, Tensor], dict[str, dict[str, Tensor]]]:
    """What the other process has to answer, and the tensors that it gets as files."""
    model = build(network, seed, analysis)
    expected = {f"initial:{key}": each.clone() for key, each in model.state_dict().items()}
    other = weights or build(network, (seed + 1) % 2**63, analysis).state_dict()
    # Copies, because a file holds no two names for one tensor.
    stored = {key: each.detach().clone().contiguous() for key, each in other.items()}
    try:
        model.load_state_dict(stored, strict=True)
    except RuntimeError as error:
        why = " ".join(str(error).split())
        raise DesignError(f"these weights do not fit the network: {why[:300]}") from None
    inputs = _inputs(network)
    expected |= _outputs(model, list(inputs.values()), seed)
    return expected, {"weights": stored, "inputs": inputs}


def _inputs(network: Network) -> dict[str, Tensor]:
    """A few rows for every input, whole numbers being rows of the smallest embedding."""
    rows = [
        node.kind.num_embeddings
        for node in walk(network.body)
        if isinstance(node, Layer) and isinstance(node.kind, Embedding)
    ]
    generator = torch.Generator().manual_seed(1)
    found: dict[str, Tensor] = {}
    for place, each in enumerate(network.inputs):
        size = (ROWS, *each.spec.shape)
        whole = each.spec.dtype == "int64"
        # Safetensors gives names back in an order of its own, hence the numbers in front.
        found[f"{place:03}:{each.name}"] = (
            torch.randint(0, min(rows, default=10), size, generator=generator)
            if whole
            else torch.randn(size, generator=generator)
        )
    return found


def _outputs(model: Built, inputs: list[Tensor], seed: int) -> dict[str, Tensor]:
    with torch.no_grad(), torch.random.fork_rng(devices=()):
        found = outputs("evaluation", model.eval()(*inputs))
        torch.default_generator.manual_seed(seed)
        found |= outputs("training", model.train()(*inputs))
    return found | {f"after:{key}": each.clone() for key, each in model.state_dict().items()}


# --- the other process ---------------------------------------------------------------------------------------------


def _write(
    folder: Path, network: Network, text: str, seed: int, files: dict[str, dict[str, Tensor]]
) -> None:
    ask = {"class": network.name, "seed": seed, "threads": torch.get_num_threads()}
    try:
        (folder / "module.py").write_text(text, encoding="utf-8")
        (folder / "ask.json").write_text(json.dumps(ask), encoding="utf-8")
        for name, tensors in files.items():
            save_file(tensors, folder / f"{name}.safetensors")
    except OSError as error:
        raise DesignError(
            f"the proof could not write its files: {error.strerror or error}"
        ) from None


def _run(folder: Path, say: Report) -> None:
    """Let the other process answer. Raises DesignError with what it says, or when it says nothing."""
    script = Path(__file__).with_name("clean_process.py")
    # Nothing from Python's environment variables and nothing from the folder of the script; packages of this user stay,
    # for torch may be one of them.
    command = [sys.executable, "-E", "-P", "-B", str(script), str(folder)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    with (
        (folder / "errors.txt").open("wb") as errors,
        _started(command, folder, environment, errors) as process,
    ):
        stop = time.monotonic() + TIMEOUT_S
        while process.poll() is None:
            if time.monotonic() > stop:
                raise DesignError(
                    f"the exported file was not done within {TIMEOUT_S / 60:.0f} minutes and was stopped"
                )
            say(1, 3, "importing the file in a clean process")
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_EVERY_S)
    _read_answer(folder, process.returncode)


@contextlib.contextmanager
def _started(
    command: list[str], folder: Path, environment: dict[str, str], errors: Any
) -> Generator[subprocess.Popen[bytes]]:
    """A process that does not outlive the block."""
    nothing = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=nothing, stdout=nothing, stderr=errors
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _read_answer(folder: Path, status: int | None) -> None:
    try:
        answer = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        lines = (folder / "errors.txt").read_text(encoding="utf-8", errors="replace").split("\n")
        why = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        raise DesignError(f"the clean process ended with status {status}: {why[:300]}") from None
    if "error" in answer:
        why = " ".join(str(answer["error"]).split())
        raise DesignError(f"the exported file does not run by itself: {why[:300]}")
    if answer["loaded"]:
        raise DesignError(
            f"the exported file needs Layerloom: it imported {', '.join(answer['loaded'])}"
        )


# --- comparing -------------------------------------------------------------------------------------------------------


def _compared(expected: dict[str, Tensor], found: dict[str, Tensor]) -> float:
    """The largest difference, which is 0. Raises DesignError with the first thing that differs."""
    missing, more = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    if missing or more:
        parts = [
            f"{what} {_named(names[0])}"
            for what, names in (("lacks", missing), ("has also", more))
            if names
        ]
        raise DesignError(f"the exported class {' and '.join(parts)}")
    for name, tensor in expected.items():
        other = found[name]
        if other.shape != tensor.shape or other.dtype != tensor.dtype:
            raise DesignError(f"{_named(name)} of the exported class is {other.dtype} {list(other.shape)}, and should "
                              f"be {tensor.dtype} {list(tensor.shape)}")  # fmt: skip
        if not _same(tensor, other):
            raise DesignError(
                f"the exported class differs in {_named(name)}: largest difference {_difference(tensor, other):.3g}"
            )
    return max((_difference(expected[name], found[name]) for name in expected), default=0.0)


def _same(a: Tensor, b: Tensor) -> bool:
    """Equal to the bit, but that any NaN is as good as another."""
    return torch.equal(a, b) or (
        a.is_floating_point() and torch.allclose(a, b, rtol=0, atol=0, equal_nan=True)
    )


def _difference(a: Tensor, b: Tensor) -> float:
    if not a.numel():
        return 0.0
    apart = (a.double() - b.double()).abs()
    return float(torch.where(apart.isnan() & (a.isnan() == b.isnan()), 0.0, apart).max())


def _named(key: str) -> str:
    """A key of the answer in words."""
    what, _, name = key.partition(":")
    match what:
        case "initial":
            return f"the initial weight {name}"
        case "after":
            return f"the buffer {name} after a training step"
        case _:
            return f"output {name} in {what}" if name else f"the output in {what}"
