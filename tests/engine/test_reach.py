"""What a layer can be given is what the walk over the design knows at its place."""

from __future__ import annotations

from hypothesis import given, settings

from engine.design.edit import SetOthers, apply
from engine.design.tree import Layer, Network, walk
from engine.views.reach import in_reach
from engine.views.shapes import infer
from tests.laws.designs import networks


@settings(max_examples=settings().max_examples // 5)
@given(networks())
def test_a_value_in_reach_is_never_said_to_be_unknown(network: Network) -> None:
    for node in walk(network.body):
        if isinstance(node, Layer) and node.others:
            names = in_reach(network, node.id)
            assert set(node.others) <= set(names)
            for name in names:
                taking = apply(network, SetOthers((node.id,), (name,) * len(node.others)))
                got = [fault.got for fault in infer(taking).faults]
                assert "none of that name" not in got


def test_nothing_is_in_reach_of_a_layer_that_is_not_there() -> None:
    assert in_reach(Network(), 99) == ()
