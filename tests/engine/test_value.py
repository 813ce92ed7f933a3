"""A value behaves as a frozen dataclass, to people and to the module `dataclasses`."""

from __future__ import annotations

import dataclasses
from functools import cached_property

import pytest

from engine.design.tuples import NamedTuple
from engine.design.value import field, replace, value


@value
class Point:
    """Two numbers, a list made anew, and a mark by name only."""

    x: int
    y: int = 2
    mark: str = field(default="", kw_only=True)
    seen: tuple[int, ...] = field(default_factory=tuple)

    @cached_property
    def length(self) -> int:
        return self.x + self.y


@value
class Named(Point):
    name: str = "origin"


class Row(NamedTuple):
    """A tuple with a default and a method."""

    key: str
    times: int = 1

    @property
    def text(self) -> str:
        return f"{self.key}: {self.times}"


def test_fields_come_in_order_those_by_name_only_last():
    assert Point.__match_args__ == ("x", "y", "seen", "mark")
    assert repr(Named(1)) == "Named(x=1, y=2, seen=(), name='origin', mark='')"


def test_values_are_equal_by_their_fields_and_their_type():
    assert Point(1, 2) == Point(x=1) != Point(2)
    assert hash(Point(1)) == hash(Point(1, 2))
    assert Point(1) != Named(1)


def test_a_value_cannot_be_changed_only_replaced():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Point(1).x = 3  # type: ignore[misc]
    assert replace(Point(1, 5), x=3) == Point(3, 5) == dataclasses.replace(Point(1, 5), x=3)


def test_what_a_cached_property_found_out_is_not_taken_over():
    before = Point(1, 5)
    assert before.length == 6
    assert replace(before, x=3).length == 8


@pytest.mark.parametrize(
    "make",
    [lambda: Point(), lambda: Point(1, z=2), lambda: replace(Point(1), z=2)],  # type: ignore[call-arg]
)
def test_missing_and_unknown_fields_are_refused(make):
    with pytest.raises(TypeError):
        make()


def test_the_module_dataclasses_knows_values():
    assert [each.name for each in dataclasses.fields(Named(1))] == [
        "x",
        "y",
        "seen",
        "name",
        "mark",
    ]
    assert dataclasses.asdict(Point(1)) == {"x": 1, "y": 2, "seen": (), "mark": ""}
    assert dataclasses.fields(Point)[0].default is dataclasses.MISSING


def test_a_named_tuple_is_one():
    row = Row("a")
    assert row == ("a", 1) == Row(key="a", times=1)
    assert row._replace(times=2).text == "a: 2"
    assert Row._fields == ("key", "times")
    assert isinstance(row, Row)
    with pytest.raises(TypeError):
        Row()  # type: ignore[call-arg]
