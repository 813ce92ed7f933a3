"""The lines of a difference make the one text of the other."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from engine.source.line_diff import line_diff

LINES = st.lists(st.sampled_from(["a = 1", "b = 2", "", "c = a + b", "return c"]), max_size=20)
MANY = 1000


@given(LINES, LINES)
def test_the_lines_hold_both_texts(old: list[str], new: list[str]):
    lines = line_diff("\n".join(old), "\n".join(new), context=MANY)
    if "\n".join(old).splitlines() == "\n".join(new).splitlines():
        assert not lines
        return
    kept = [line for line in lines if line.sign in " -"]
    come = [line for line in lines if line.sign in " +"]
    assert [line.text for line in kept] == "\n".join(old).splitlines()
    assert [line.text for line in come] == "\n".join(new).splitlines()
    assert [line.before for line in kept] == list(range(1, len(kept) + 1))
    assert [line.after for line in come] == list(range(1, len(come) + 1))


@given(LINES, LINES, st.integers(0, 3))
def test_what_is_left_out_is_counted(old: list[str], new: list[str], context: int):
    whole = line_diff("\n".join(old), "\n".join(new), context=MANY)
    some = line_diff("\n".join(old), "\n".join(new), context)
    hidden = sum(int(line.text) for line in some if line.sign == "@")
    assert hidden + sum(line.sign != "@" for line in some) == len(whole)
    assert [line for line in some if line.sign in "+-"] == [
        line for line in whole if line.sign in "+-"
    ]
