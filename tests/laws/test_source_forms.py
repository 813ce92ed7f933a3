"""Forms of the catalogue beside the plain call: written, unified and run by one text."""

from __future__ import annotations

import ast

import pytest
import torch
from torch import nn

from engine.catalogue import JOINS
from engine.design.error import DesignError
from engine.runtime.forward import applied_form, joining
from engine.source.syntax import Names, constant, parsed
from engine.source.unify import unified


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def names() -> Names:
    """What the imports of an exported file bring."""
    found = Names()
    for statement in parsed(
        "import torch\nfrom torch import nn\nfrom torch.nn import functional as F"
    ).body:
        assert isinstance(statement, ast.Import | ast.ImportFrom)
        found.imports(statement)
    return found


def test_the_holes_of_a_form_are_filled_by_what_stands_there() -> None:
    holes = unified("m(x)[0][:, -1]", expression("self.lstm(self.fc(y))[0][:, -1]"), names())
    assert holes is not None
    assert {hole: ast.unparse(found) for hole, found in holes.items()} == {
        "m": "self.lstm",
        "x": "self.fc(y)",
    }


def test_a_hole_that_occurs_twice_has_to_be_filled_with_the_same() -> None:
    form = "m(x, x, x, need_weights=False)[0]"
    assert unified(form, expression("self.a(y, y, y, need_weights=False)[0]"), names()) is not None
    assert unified(form, expression("self.a(y, z, z, need_weights=False)[0]"), names()) is None
    assert unified(form, expression("self.a(y, y, y, need_weights=True)[0]"), names()) is None


def test_another_form_is_not_taken_for_this_one() -> None:
    assert unified("m(x)[0]", expression("self.lstm(y)[1]"), names()) is None
    assert unified("m(x)[0]", expression("self.lstm(y)"), names()) is None
    assert unified("a + b", expression("y - z"), names()) is None
    assert unified("torch.maximum(a, b)", expression("torch.minimum(y, z)"), names()) is None


def test_arguments_of_known_functions_are_found_by_place_and_by_name() -> None:
    for text in (
        "torch.cat([y, z], dim=2)",
        "torch.cat([y, z], 2)",
        "torch.cat(dim=2, tensors=[y, z])",
    ):
        holes = unified("torch.cat(all, dim=f.dim)", expression(text), names())
        assert holes is not None
        assert constant(holes["f.dim"], {}) == 2


@pytest.mark.parametrize("join", JOINS.values(), ids=lambda join: join.key())
def test_every_join_computes_what_its_form_says(join: type) -> None:
    entry = join()
    first, second = torch.randn(2, 3, 3), torch.randn(2, 3, 3)
    space = {"torch": torch, "a": first, "b": second, "all": [first, second], "f": entry}
    expected = eval(entry.form, space)  # noqa: S307 - the catalogue's own text
    assert torch.equal(joining(entry)([first, second]), expected)


def test_a_form_with_an_index_runs_as_it_is_written() -> None:
    torch.manual_seed(0)
    module, value = nn.LSTM(3, 4, batch_first=True), torch.randn(2, 5, 3)
    assert torch.equal(applied_form("m(x)[0][:, -1]")(module, value), module(value)[0][:, -1])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4 * width", 12),
        ("-1", -1),
        ("(width, 2)", (3, 2)),
        ("[1]", (1,)),
        ("7 // 2", 3),
        ("'a'", "a"),
    ],
)
def test_constants_are_folded(text: str, value: object) -> None:
    assert constant(expression(text), {"width": 3}) == value


@pytest.mark.parametrize(
    "text", ["x", "f(3)", "2 ** 9999", "1 // 0", "2**62 * 9", "True + 1", "'a' * 9", "lambda: 0"]
)
def test_what_is_no_constant_is_refused(text: str) -> None:
    with pytest.raises(DesignError):
        constant(expression(text), {})
