"""The templates against torch: the same networks written by hand, and the numbers that were published."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import engine
import resources
from engine.design.equality import equal_up_to_ids
from engine.design.project import Project
from engine.runtime.build import build
from engine.source.reader import read_module
from engine.source.writer import write_module
from engine.views.shapes import Analysis, infer
from resources.samples import TEMPLATES, names
from tests.templates.hand import REFEREES

KNOWN = [name for name in TEMPLATES if name not in names("first steps")]

PARAMETERS = {
    "lenet-5": 61_706,
    "alexnet": 61_100_840,
    "vgg-16": 138_357_544,
    "resnet-18": 11_689_512,
    "resnet-50": 25_557_032,
    "mobilenet-v2": 3_504_872,
    "inception": 6_624_904,
    "convnext": 28_589_128,
    "vit-b-16": 86_567_656,
    "mlp-mixer": 18_528_264,
    "bert-base": 109_482_240,
    "gpt2-small": 124_439_808,
}
"""Trainable numbers as torchvision publishes them; LeNet-5 by the layers of the paper, MLP-Mixer S/16, BERT and GPT-2
by the weights that their authors published."""

MACS = {
    "alexnet": 0.714e9,
    "vgg-16": 15.47e9,
    "resnet-18": 1.814e9,
    "resnet-50": 4.089e9,
    "mobilenet-v2": 0.301e9,
    "inception": 1.498e9,
    "convnext": 4.456e9,
    "vit-b-16": 17.564e9,
}
"""Multiply-adds of one image of 224 × 224, the column GFLOPS of "Table of all available classification weights" in
torchvision's documentation (docs.pytorch.org/vision/stable/models.html)."""


@cache
def template(name: str) -> Project:
    return engine.load(resources.path("samples", f"{name}.loom"))


@cache
def analysis(name: str) -> Analysis:
    return infer(template(name).network)


@cache
def by_hand(name: str) -> nn.Module:
    """Without memory: only shapes are asked for."""
    with torch.device("meta"):
        return REFEREES[name].make().eval()


@cache
def built(name: str) -> nn.Module:
    with torch.device("meta"):
        return build(template(name).network).eval()


@cache
def code(name: str) -> str:
    return write_module(template(name).network)


def sizes(module: nn.Module) -> list[tuple[int, ...]]:
    """Shapes in the order of the `state_dict`."""
    return [tuple(each.shape) for each in module.state_dict().values()]


def count(module: nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())


def flops(module: nn.Module, inputs: Sequence[Tensor]) -> int:
    """What torch counts of one sample: two for a multiplication and its addition."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        module(*inputs)
    return counter.get_total_flops()


def sample(name: str) -> tuple[Tensor, ...]:
    with torch.device("meta"):
        return REFEREES[name].inputs()


def test_every_known_network_has_a_referee():
    assert set(KNOWN) == set(REFEREES)


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_the_published_number(name: str):
    totals = analysis(name).totals
    assert totals.parameters == totals.trainable == PARAMETERS[name] == count(by_hand(name))


@pytest.mark.parametrize("name", MACS)
def test_macs_are_the_published_figure(name: str):
    assert analysis(name).totals.macs == pytest.approx(MACS[name], rel=0.01)


@pytest.mark.parametrize("name", KNOWN)
def test_the_parameters_that_the_gallery_says_are_those_of_the_design(name: str):
    assert TEMPLATES[name].parameters == analysis(name).totals.parameters


@pytest.mark.parametrize("name", KNOWN)
def test_a_template_has_the_tensors_of_the_network_by_hand_in_its_order(name: str):
    assert sizes(built(name)) == sizes(by_hand(name))
    assert analysis(name).totals.parameters == count(built(name)) == count(by_hand(name))


@pytest.mark.parametrize("name", KNOWN)
def test_a_template_gives_what_the_network_by_hand_gives(name: str):
    found = by_hand(name)(*sample(name))
    output = analysis(name).output
    assert output is not None
    assert tuple(found.shape) == (1, *output.shape) == tuple(built(name)(*sample(name)).shape)


@pytest.mark.parametrize("name", KNOWN)
def test_torch_counts_as_much_arithmetic_as_in_the_network_by_hand(name: str):
    found = flops(built(name), sample(name))
    assert found == flops(by_hand(name), sample(name)) == 2 * analysis(name).totals.macs


SMALL = [name for name in KNOWN if TEMPLATES[name].parameters < 15_000_000]
"""What every test may build with all its weights."""


@pytest.mark.parametrize("name", SMALL)
def test_with_the_same_weights_both_give_the_same_numbers(name: str):
    torch.manual_seed(0)
    ours, theirs = build(template(name).network).eval(), REFEREES[name].make().eval()
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    inputs = [
        torch.randint(0, 50, each.shape) if each.dtype is torch.int64 else torch.randn_like(each)
        for each in REFEREES[name].inputs()
    ]
    with torch.no_grad():
        torch.testing.assert_close(ours(*inputs), theirs(*inputs), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", KNOWN)
def test_the_code_reads_back_to_the_design(name: str):
    assert equal_up_to_ids(read_module(code(name)), template(name).network)


@pytest.mark.parametrize("name", KNOWN)
def test_the_class_has_the_tensors_of_the_design(name: str):
    space: dict[str, Any] = {"__name__": "written"}
    exec(compile(code(name), f"{name}.py", "exec"), space)  # noqa: S102
    made = cast("type[nn.Module]", space[template(name).network.name])
    with torch.device("meta"):
        module = made()
    assert list(module.state_dict()) == list(built(name).state_dict())
    assert sizes(module) == sizes(built(name))


def test_all_code_is_formatted_and_clean(tmp_path: Path):
    for name in KNOWN:
        (tmp_path / f"{name.replace('-', '_')}.py").write_text(code(name), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "--isolated", "--check", str(tmp_path)], check=True)
    rules = ["--select", "F,I,UP,B,C4,E9,PIE"]
    subprocess.run([*ruff, "check", "--isolated", *rules, str(tmp_path)], check=True)


def test_the_code_of_resnet_50_is_one_that_a_reviewer_accepts():
    text = code("resnet-50")
    assert len(text.splitlines()) < 120
    assert text.count("class ") == 3
    for stage, blocks in enumerate((3, 4, 6, 3), start=1):
        part = text.partition(f"self.layer{stage} = nn.Sequential(")[2].partition("self.")[0]
        assert part.count("Bottleneck(") == blocks
