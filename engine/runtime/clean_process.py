"""Runs an exported module as a stranger would, in a Python that cannot import Layerloom.

`python -E -P clean_process.py FOLDER` reads `ask.json`, `module.py`, `weights.safetensors` and `inputs.safetensors` in
that folder and writes `answer.json` and `given.safetensors`. Nothing here may import any other file of Layerloom.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

OURS = ("engine", "gui", "resources", "main")


class Refusing:
    """Makes as if Layerloom were not installed, also where it is."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in OURS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def imported(path: Path) -> ModuleType:
    """The module in a file."""
    spec = importlib.util.spec_from_file_location("module", path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def given(folder: Path, ask: dict[str, Any]) -> dict[str, Tensor]:
    """What the module's class has at first, and what it gives with the weights that lie in the folder."""
    import torch
    from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]

    torch.set_num_threads(ask["threads"])
    found = imported(folder / "module.py")
    torch.manual_seed(ask["seed"])
    network: nn.Module = getattr(found, ask["class"])()
    result = {f"initial:{key}": each.clone() for key, each in network.state_dict().items()}
    network.load_state_dict(load_file(folder / "weights.safetensors"), strict=True)
    named = load_file(folder / "inputs.safetensors")
    inputs = [named[key] for key in sorted(named)]
    with torch.no_grad():
        result |= outputs("evaluation", network.eval()(*inputs))
        torch.manual_seed(ask["seed"])
        result |= outputs("training", network.train()(*inputs))
    result |= {f"after:{key}": each.clone() for key, each in network.state_dict().items()}
    return result


def outputs(what: str, found: Tensor | tuple[Tensor, ...]) -> dict[str, Tensor]:
    """Copies of all that the network returned, those behind the first with their number."""
    several = found if isinstance(found, tuple) else (found,)
    names = [what, *(f"{what}:{number}" for number in range(2, len(several) + 1))]
    return {name: each.contiguous().clone() for name, each in zip(names, several, strict=True)}


def main(folder: Path) -> None:
    """Write what came of it, or why nothing did."""
    sys.meta_path.insert(0, Refusing())
    try:
        from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]

        ask = json.loads((folder / "ask.json").read_text(encoding="utf-8"))
        save_file(given(folder, ask), folder / "given.safetensors")
        answer = {"loaded": sorted(name for name in OURS if name in sys.modules)}
    except BaseException as error:  # noqa: BLE001 - whatever the module does is the answer
        answer = {"error": f"{type(error).__name__}: {error}"}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
