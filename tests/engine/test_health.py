"""The verdict names the layer that is worst, and is silent where all is well."""

from __future__ import annotations

from math import nan

from hypothesis import given
from hypothesis import strategies as st

from engine.views.health import DEAD, GRADIENT, SATURATED, UPDATE, verdicts

WELL = [1e-2, 1e-3, 0.0, 0.1, 0.0, 1.0, 0.1, 0.1]
NAMES = ("first", "second", "third")


def changed(**at: float) -> list[list[float]]:
    """Three layers that fare well, but for numbers given as `dead1`: number and layer."""
    rows = [list(WELL) for _ in NAMES]
    numbers = {"gradient": GRADIENT, "update": UPDATE, "dead": DEAD, "saturated": SATURATED}
    for key, value in at.items():
        rows[int(key[-1])][numbers[key[:-1]]] = value
    return rows


def sentences(**at: float) -> str:
    return " ".join(f"{each.sentence} {each.advice}" for each in verdicts(NAMES, changed(**at)))


def test_a_layer_that_fares_well_is_left_in_peace():
    assert verdicts(NAMES, changed()) == ()
    assert verdicts((), []) == ()
    assert verdicts(("only",), [WELL]) == ()


def test_the_worst_layer_is_named_with_what_may_help():
    assert "gradient of first is 10^-6 of that of second: it hardly learns" in sentences(
        gradient0=1e-8
    )
    assert "No gradient reaches third" in sentences(gradient2=0.0)
    assert "80% of the units of second" in sentences(dead1=0.8, dead0=0.6)
    assert "95% of the outputs of first" in sentences(saturated0=0.95)
    assert "weights of third by 20% of their length. Lower the learning rate" in sentences(
        update2=0.2
    )
    assert "no layer change any more" in sentences(update0=0.0, update1=1e-9, update2=nan)


@given(st.lists(st.lists(st.floats() | st.just(nan), min_size=8, max_size=8), max_size=6))
def test_any_numbers_have_a_verdict(seen: list[list[float]]):
    names = [f"layer{place}" for place in range(len(seen))]
    for each in verdicts(names, seen):
        assert 0 <= each.layer < len(seen)
        assert each.sentence.endswith(".")
        assert each.advice.endswith(".")
