"""The memory that a network needs: its lasting part to the byte against torch, what a pass keeps against its hooks."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import engine
import resources
from engine.catalogue.decoding import CrossAttention
from engine.catalogue.linear import Linear
from engine.catalogue.optimizers import OPTIMIZERS, SGD, Adam, Optimizer
from engine.catalogue.rectifiers import ReLU
from engine.catalogue.shaping import Unflatten
from engine.design.kind import TensorSpec
from engine.design.project import Precision
from engine.design.tree import Again, Input, Layer, Network, Repeat, Stack, walk
from engine.runtime.build import build
from engine.views.kept import passes
from engine.views.memory import Memory, memory
from engine.views.shapes import infer
from engine.views.table import BYTES
from tests.laws.designs import networks
from tests.laws.entries import entries, torch_object

TYPES: dict[Precision, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}
optimizers = st.sampled_from(OPTIMIZERS).flatmap(entries).filter(lambda each: not each.refusal())


def size(tensors: Iterator[torch.Tensor]) -> int:
    return sum(each.numel() * each.element_size() for each in tensors)


def stepped(optimizer: Optimizer, net: nn.Module) -> torch.optim.Optimizer:
    """torch's own optimizer after a step with gradients everywhere."""
    call = optimizer.call()
    arguments = {name: given for name, given in call.arguments.items() if name != "params"}
    trained = [each for each in net.parameters() if each.requires_grad]
    made = torch_object(call.function)(trained, **arguments)
    for each in trained:
        each.grad = torch.zeros_like(each)
    made.step()
    return made


@pytest.mark.filterwarnings("ignore:mean is more than 2 std")
@settings(max_examples=40, deadline=None)
@given(networks(), optimizers, st.sampled_from(sorted(TYPES)))
def test_weights_gradients_and_what_an_optimizer_remembers_are_exact(
    network: Network, optimizer: Optimizer, precision: Precision
):
    found = memory(infer(network), optimizer, precision)
    net = build(network, 0).to(TYPES[precision])
    assert found.weights == size(net.parameters())
    trained = [each for each in net.parameters() if each.requires_grad]
    assume(trained)
    assert found.gradients == size(iter(trained))
    states = stepped(optimizer, net).state.values()
    tensors = (
        each for state in states for each in state.values() if isinstance(each, torch.Tensor)
    )
    assert found.optimizer == size(tensors)


def kept(net: nn.Module, values: list[torch.Tensor]) -> int:
    """Bytes that torch keeps of a training pass, without parameters and buffers."""
    own = {each.untyped_storage().data_ptr() for each in (*net.parameters(), *net.buffers())}
    storages: dict[int, Any] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storages[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = net.train()(*values)
    assert result is not None
    return sum(each.nbytes() for place, each in storages.items() if place not in own)


class AtOnce(TorchDispatchMode):
    """Counts the bytes of all values that are there at the same time."""

    def __init__(self, net: nn.Module, values: list[torch.Tensor]) -> None:
        super().__init__()
        owned = (*net.parameters(), *net.buffers())
        self._own = {each.untyped_storage()._cdata for each in owned}  # pyright: ignore[reportPrivateUsage]
        self._holders: dict[int, int] = {}
        self._sizes: dict[int, int] = {}
        self.most = 0
        for each in values:
            self._came(each)

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        for each in tree_leaves(result):
            if isinstance(each, torch.Tensor):
                self._came(each)
        return result

    def _came(self, tensor: torch.Tensor) -> None:
        storage = tensor.untyped_storage()
        place = storage._cdata  # pyright: ignore[reportPrivateUsage]
        if place in self._own:
            return
        self._holders[place] = self._holders.get(place, 0) + 1
        self._sizes[place] = storage.nbytes()
        self.most = max(self.most, sum(self._sizes.values()))
        weakref.finalize(tensor, self._went, place)

    def _went(self, place: int) -> None:
        self._holders[place] -= 1
        if not self._holders[place]:
            del self._holders[place], self._sizes[place]


CONVOLUTIONAL = ("lenet-5", "autoencoder", "mobilenet-v2", "resnet-18", "se-resnet", "inception", "siamese",
                 "pointnet", "digits", "tutorial")  # fmt: skip
SEQUENCES = ("gru-tagger", "lstm-classifier", "wavenet")


def fed(name: str, batch: int) -> tuple[Network, nn.Module, list[torch.Tensor]]:
    network = engine.load(resources.path("samples", f"{name}.loom")).network
    torch.manual_seed(0)
    values = [
        torch.zeros((batch, *each.spec.shape), dtype=getattr(torch, each.spec.dtype))
        for each in network.inputs
    ]
    return network, build(network, 0), values


@pytest.mark.parametrize("name", [*CONVOLUTIONAL, *SEQUENCES])
def test_a_pass_through_a_known_network_keeps_what_is_predicted(name: str):
    network, net, values = fed(name, 2)
    one = passes(infer(network))
    predicted = 2 * (BYTES["float32"] * one.numbers + one.bytes)
    # Norms keep two numbers a channel for the whole batch, and oneDNN rounds the workspace of an LSTM.
    assert predicted == pytest.approx(kept(net, values), rel=0.02)


@pytest.mark.parametrize("name", CONVOLUTIONAL)
def test_a_pass_without_a_way_back_has_at_once_what_is_predicted(name: str):
    network, net, values = fed(name, 2)
    watch = AtOnce(net, values)
    with torch.no_grad(), watch:
        net.eval()(*values)
    assert watch.most == 2 * BYTES["float32"] * passes(infer(network)).most_at_once


def dense(times: int) -> Network:
    body = Stack((Layer(3, "fc", Linear(16), ReLU()),))
    layers = (Layer(1, "first", Linear(16)), Repeat(2, "blocks", "Block", body, times))
    return Network("Net", (Input("x", TensorSpec((16,))),), Stack(layers), next_id=4)


@given(st.integers(1, 12))
def test_turns_of_a_repeat_are_counted_at_once(times: int):
    network = dense(times)
    net = build(network, 0)
    found = memory(infer(network), Adam(), "float32")
    assert found.kept == kept(net, [torch.zeros(1, 16)])
    assert found.optimizer == 2 * found.weights + 4 * len(list(net.parameters()))


def test_a_frozen_layer_needs_no_gradients_and_what_comes_before_all_trained_ones_is_not_kept():
    layers = (Layer(1, "frozen", Linear(8), ReLU(), frozen=True), Layer(2, "head", Linear(2)))
    network = Network("Net", (Input("x", TensorSpec((4,))),), Stack(layers), next_id=3)
    found = memory(infer(network), SGD(), "float32")
    assert found.gradients == 4 * (8 * 2 + 2)
    assert found.kept == 4 * 8 == kept(build(network, 0), [torch.zeros(1, 4)])


def test_mixed_precision_keeps_weights_whole_and_what_flows_in_half():
    analysis = infer(dense(3))
    whole, mixed = memory(analysis, Adam(), "float32"), memory(analysis, Adam(), "mixed")
    assert (mixed.weights, mixed.gradients, mixed.optimizer) == whole[:1] + whole[2:4]
    assert 2 * mixed.kept == whole.kept
    assert mixed.copies == whole.weights // 2


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(0, 10**12))
def test_the_largest_batch_fits_and_one_more_does_not(lasting: int, each: int, available: int):
    found = Memory(lasting, 0, 0, 0, 0, each, 0)
    batch = found.largest_batch(available)
    assert batch == 0 or found.training(batch) <= available
    assert found.training(batch + 1) > available


def test_with_a_fault_the_memory_is_that_of_the_sound_part():
    layers = (
        Layer(1, "fc", Linear(4)),
        Layer(2, "wrong", Unflatten()),
        Layer(3, "behind", Linear(9)),
    )
    network = Network("Net", (Input("x", TensorSpec((4,))),), Stack(layers), next_id=4)
    assert [node.id for node in walk(network.body)] == [1, 2, 3]
    assert memory(infer(network), Adam(), "float32").weights == 4 * 20


def test_a_second_use_of_a_layer_that_takes_two_values_is_counted_with_its_own():
    looking = Layer(2, "look", CrossAttention(num_heads=2), others=("x",))
    layers = (Layer(1, "first", Linear(8)), looking, Again(3, "look", others=("first",)))
    network = Network("Net", (Input("x", TensorSpec((5, 8))),), Stack(layers), next_id=4)
    assert infer(network).valid
    once = Network("Net", network.inputs, Stack(layers[:2]), next_id=4)
    two, one = (memory(infer(each), Adam(), "float32") for each in (network, once))
    assert two.weights == one.weights
    assert two.kept > one.kept
