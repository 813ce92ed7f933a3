"""The strength of a signal that is predicted for deep networks is the one that torch measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import count
from math import log10

import pytest
import torch
from torch import Tensor, nn

from engine.catalogue import INITIALIZERS, KINDS
from engine.catalogue.convolution import Conv2d
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.catalogue.plain_rules import NormalInit
from engine.design.kind import Activation, Initializer, TensorSpec
from engine.design.tree import Input, Layer, Network, Node, Parallel, Repeat, Stack
from engine.runtime.build import build
from engine.views.shapes import infer
from engine.views.strength import strengths

DEPTH = 30
SEEDS = 2
FORMS = ("plain", "residual", "repeated", "normed", "convolutional")
ACTIVATIONS = ("none", "ReLU", "Tanh", "Sigmoid", "SELU", "GELU", "Softplus")
STARTS: dict[str, Initializer | None] = {
    "torch's default": None,
    "Kaiming": INITIALIZERS["KaimingNormal"](),
    "Xavier": INITIALIZERS["XavierUniform"](),
    "orthogonal": INITIALIZERS["Orthogonal"](),
    "small": NormalInit(std=0.01),
    "large": NormalInit(std=0.2),
}


def deep(form: str, activation: Activation | None, start: Initializer | None) -> Network:
    """Thirty layers one behind the other."""
    ids = count(1)
    chosen = () if start is None else (("weight", start),)

    def layer() -> Layer:
        own = next(ids)
        kind = Conv2d(12, 3, padding=1) if form == "convolutional" else Linear(96)
        return Layer(own, f"layer{own}", kind, activation, chosen)

    def nodes() -> Iterator[Node]:
        for number in range(DEPTH):
            match form:
                case "residual":
                    yield Parallel(next(ids), Add(), (Stack(), Stack((layer(),))))
                case "normed":
                    yield layer()
                    if number % 5 == 4:
                        yield Layer(next(ids), f"norm{number}", LayerNorm())
                case _:
                    yield layer()

    shape = (12, 10, 10) if form == "convolutional" else (96,)
    body = Stack(tuple(nodes()))
    if form == "repeated":
        block = Parallel(next(ids), Add(), (Stack(), Stack((layer(),))))
        body = Stack((Repeat(next(ids), "blocks", "Block", Stack((block,)), DEPTH), layer()))
    return Network("Net", (Input("image", TensorSpec(shape)),), body, next_id=999)


def note(found: list[float], layer: nn.Module, given: object, made: Tensor) -> None:
    found.append(float((made**2).mean()))


def measured(network: Network) -> dict[str, float]:
    """E[z²] of what each layer with weights gives, before its activation, over some seeds and inputs."""
    found: dict[str, list[float]] = defaultdict(list)
    for seed in range(SEEDS):
        module = build(network, seed).double()

        for name, layer in module.named_modules():
            if isinstance(layer, nn.Linear | nn.Conv2d):
                layer.register_forward_hook(partial(note, found[name]))
        generator = torch.Generator().manual_seed(seed)
        shape = (16, *network.inputs[0].spec.shape)
        with torch.no_grad():
            module(torch.randn(shape, dtype=torch.double, generator=generator))
    return {name: sum(each) / len(each) for name, each in found.items()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_over_thirty_layers_the_prediction_is_off_by_a_twentieth_of_a_decade_a_layer(
    form: str, name: str
):
    activation = None if name == "none" else KINDS[name]()
    assert activation is None or isinstance(activation, Activation)
    for start in STARTS.values():
        network = deep(form, activation, start)
        analysis = infer(network)
        assert analysis.valid
        predicted = [power for _, power in strengths(analysis.body)]
        found = list(measured(network).values())
        if form == "repeated":  # what stands behind it tells how the turns were gone on with
            predicted, found = predicted[-1:], found[-1:]
        for power, real in zip(predicted, found, strict=True):
            assert abs(log10(power) - log10(real)) < 0.5 + 0.05 * DEPTH, (start, power, real)


@pytest.mark.parametrize("form", FORMS)
def test_weights_that_are_all_positive_are_known_to_explode(form: str):
    network = deep(form, None, INITIALIZERS["Uniform"]())
    predicted = [power for _, power in strengths(infer(network).body)][-1]
    real = list(measured(network).values())[-1]
    if form == "normed":
        assert abs(log10(predicted) - log10(real)) < 5
    else:
        assert min(predicted, real) > 1e90
