"""What one output sees, against the gradients of torch."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engine.catalogue.convolution import Conv1d
from engine.catalogue.pooling import AvgPool1d
from engine.design.kind import Kind, TensorSpec
from engine.views.receptive_field import through

SIZE = 400
convolutions = st.builds(
    Conv1d, out_channels=st.just(1), kernel_size=st.integers(1, 4), stride=st.integers(1, 2),
    padding=st.integers(0, 2), dilation=st.integers(1, 2))  # fmt: skip
poolings = st.builds(AvgPool1d, kernel_size=st.integers(2, 3))


@settings(max_examples=40, deadline=None)
@given(st.lists(convolutions | poolings, min_size=1, max_size=3))
def test_an_output_sees_the_inputs_that_its_gradient_reaches(kinds: list[Kind]):
    fed, modules, x = [], [], TensorSpec((1, SIZE))
    for kind in kinds:
        fed.append((kind, x))
        call = kind.call(x)
        modules.append(getattr(nn, call.function.removeprefix("nn."))(**call.arguments))
        x = kind.output(x)
    net = nn.Sequential(*modules)
    for each in net.parameters():
        nn.init.ones_(each)
    given_in = torch.ones(1, 1, SIZE, requires_grad=True)
    place = x.shape[1] // 2
    net(given_in)[0, 0, place].backward()
    assert given_in.grad is not None
    touched = given_in.grad[0, 0].nonzero().flatten().tolist()
    reach = through(fed)
    assert isinstance(reach, tuple)
    (along,) = reach
    start = place * along.stride
    assert (touched[0], touched[-1]) == (start + along.first, start + along.last)
