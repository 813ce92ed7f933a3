"""Every join gives what its expression gives in torch, and refuses what torch refuses."""

from __future__ import annotations

import re

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from torch.utils.flop_counter import FlopCounterMode

from engine.catalogue import JOINS
from engine.catalogue.joins import Add, Concat, MatMul, Stack
from engine.design.kind import Join, Misfit, SetField, TensorSpec
from tests.laws.entries import entries, named, sample, spec_of, specs

every_join = pytest.mark.parametrize("kind", JOINS.values(), ids=named)
few = settings(max_examples=settings().max_examples)


def joined(join: Join, values: list[torch.Tensor]) -> torch.Tensor:
    """What the written expression gives; one over `a` and `b` is applied from left to right."""
    form = re.sub(r"f\.(\w+)", lambda field: repr(join.values()[field[1]]), join.form)
    if re.search(r"\ball\b", form):
        return eval(form, {"torch": torch, "all": values})  # noqa: S307 - the catalogue's own text
    result = values[0]
    for value in values[1:]:
        result = eval(form, {"torch": torch, "a": result, "b": value})  # noqa: S307
    return result


def branches(data: st.DataObject, join: Join) -> tuple[TensorSpec, ...]:
    """Branches that are alike but for a size here and there."""
    first = data.draw(specs(3))
    count = data.draw(st.integers(min(2, join.at_most), min(3, join.at_most)))
    found = [first]
    for _ in range(count - 1):
        shape = [data.draw(st.sampled_from([size, size, 1, 3])) for size in first.shape]
        if data.draw(st.sampled_from([False] * 5 + [True])):
            shape = shape[1:] if data.draw(st.booleans()) else [*shape, 2]
        if isinstance(join, MatMul) and len(shape) >= 2 and data.draw(st.booleans()):
            shape[-2] = first.shape[-1]
        dtype = data.draw(st.sampled_from([first.dtype] * 3 + ["float32"]))
        found.append(TensorSpec(tuple(shape), dtype))
    return tuple(found)


@every_join
@few
@given(data=st.data())
def test_its_shape_is_torchs_or_torch_refuses_too(kind: type[Join], data: st.DataObject):
    join = data.draw(entries(kind))
    given_branches = branches(data, join)
    values = [sample(spec, device="cpu") for spec in given_branches]
    misfit = refused(join, given_branches)
    if misfit is None:
        assert spec_of(joined(join, values)) == join.output(given_branches)
        return
    assert misfit.needs
    assert_mends(join, given_branches, misfit)
    if not stricter(join, given_branches):
        with pytest.raises((RuntimeError, IndexError)):
            joined(join, values)


def refused(join: Join, given_branches: tuple[TensorSpec, ...]) -> Misfit | None:
    """Why they don't meet; None where they do."""
    try:
        join.output(given_branches)
    except Misfit as misfit:
        return misfit
    return None


def stricter(join: Join, given_branches: tuple[TensorSpec, ...]) -> bool:
    """Whether torch would take these, but mix samples, or work on whole numbers."""
    ranks = {len(spec.shape) for spec in given_branches}
    rank = max(ranks) + 1 + isinstance(join, Stack)
    dim = join.values().get("dim", 1)
    mixes = -rank <= dim < rank and dim % rank == 0
    whole = any(spec.dtype == "int64" for spec in given_branches)
    return len(ranks) > 1 or mixes or whole or (isinstance(join, MatMul) and min(ranks) < 2)


def assert_mends(join: Join, given_branches: tuple[TensorSpec, ...], misfit: Misfit):
    """A mend of a join is another value of one of its fields, and the complaint does not come again."""
    for mend in misfit.mends:
        assert isinstance(mend.change, SetField)
        mended = join.with_fields(**{mend.change.name: mend.change.value})
        still = refused(mended, given_branches)
        assert still is None or (still.needs, still.got) != (misfit.needs, misfit.got)


@every_join
def test_it_says_how_many_branches_it_takes(kind: type[Join]):
    assert (kind.at_most == 2) == (kind.key() in ("Subtract", "MatMul"))
    assert (kind.at_most == 1) == (kind.key() == "Continue")
    three = (TensorSpec((4, 4)),) * 3
    if kind.at_most == 2:
        with pytest.raises(Misfit, match="exactly two"):
            kind().output(three)
    else:
        kind().output(three)


def test_two_matrices_cost_what_torch_counts():
    both = (TensorSpec((5, 3)), TensorSpec((3, 7)))
    with FlopCounterMode(display=False) as counter:
        joined(MatMul(), [sample(spec, batch=2, device="cpu") for spec in both])
    assert counter.get_total_flops() == 2 * 2 * MatMul().macs(both)
    assert Add().macs(both) == 0


def test_a_misfit_names_the_branches():
    with pytest.raises(Misfit) as caught:
        Concat().output((TensorSpec((8, 5, 5)), TensorSpec((8, 5, 4))))
    assert caught.value.needs == "branches that differ in dim 1 (channels) alone"
    assert caught.value.got == "[N, 8, 5, 5] from branch 1, [N, 8, 5, 4] from branch 2"
    assert caught.value.mends[0].change == SetField("dim", 3)


def test_forms_read_as_an_engineer_writes_them():
    assert [kind.form for kind in JOINS.values()] == [
        "a + b",
        "torch.cat(all, dim=f.dim)",
        "a * b",
        "a - b",
        "torch.stack(all).mean(dim=0)",
        "torch.maximum(a, b)",
        "torch.stack(all, dim=f.dim)",
        "a @ b",
        "a",
    ]
