"""A design as a live torch module, made without writing or running any text.

Attributes, `state_dict` keys and random draws are those of the class that `engine.source.writer` writes: in each class
all constructors in the order of the tree, then shared parameters, then initialisation in the order of the tree, then
what is frozen; an inner class is finished inside its own constructor.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from engine.design.call import Call
from engine.design.kind import Misfit
from engine.design.scope_names import activation_name
from engine.design.tree import Again, Group, Layer, Network, Parallel, Repeat, Tie
from engine.runtime.forward import Record, Run, compiled
from engine.runtime.initialize import evaluated, initialize
from engine.runtime.memory import refuse_what_does_not_fit
from engine.source.classes import own_layers
from engine.source.sound import sound
from engine.views.facts import Analysis, NodeFacts, StackFacts
from engine.views.rules import applied

BODY, INPUTS, OUTPUTS = "__body__", "__inputs__", "__outputs__"
"""Where a Built keeps what it runs; no layer can be called so."""


class Built(nn.Module):
    """A class of the design, alive: a network, or one of its blocks.

    `module(*inputs)` gives what the exported class gives. With `record={}` it also notes what every node gave.
    """

    def __init__(self, run: Run, inputs: tuple[str, ...], outputs: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.__dict__[BODY] = run
        self.__dict__[INPUTS] = inputs
        self.__dict__[OUTPUTS] = outputs

    def forward(self, *values: Tensor, record: Record | None = None) -> Tensor | tuple[Tensor, ...]:
        """The network's output, or all of them where there are several; raises TypeError as `outputs` does."""
        first, *others = self.outputs(*values, record=record)
        return (first, *others) if others else first

    def outputs(self, *values: Tensor, record: Record | None = None) -> tuple[Tensor, ...]:
        """All that it returns, what flows out first; raises TypeError when the number of inputs is another."""
        names: tuple[str, ...] = self.__dict__[INPUTS]
        run: Run = self.__dict__[BODY]
        if len(values) != len(names):
            raise TypeError(f"this network takes {', '.join(names)}; {len(values)} were given")
        known = dict(zip(names, values, strict=True))
        last = run(self, values[0], known, record)
        return (last, *[known[name] for name in self.__dict__[OUTPUTS]])


def build(network: Network, seed: int = 0, analysis: Analysis | None = None) -> Built:
    """The network with the weights that its exported class has after `torch.manual_seed(seed)`.

    Only torch's CPU generator is used, and it is put back as it was: the caller's random numbers do not change.
    Raises DesignError when the network has faults or does not fit into memory.
    """
    facts = sound(network, analysis)
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed)
        return construct(network, facts)


def construct(network: Network, analysis: Analysis | None = None) -> Built:
    """The same from torch's generator as it stands, which moves on. Raises DesignError as `build` does."""
    facts = sound(network, analysis)
    refuse_what_does_not_fit(facts)
    inputs = tuple(each.name for each in network.inputs)
    return _built(facts.body, inputs, network.ties, outputs=network.outputs)


def on_meta(network: Network, analysis: Analysis | None = None) -> Built:
    """The network on torch's meta device: all of its shapes and none of its numbers, so that any size fits.

    Raises DesignError for a faulty network.
    """
    facts = sound(network, analysis)
    inputs = tuple(each.name for each in network.inputs)
    with torch.device("meta"):
        return _built(facts.body, inputs, network.ties, outputs=network.outputs)


def _built(
    body: StackFacts,
    inputs: tuple[str, ...] = ("x",),
    ties: tuple[Tie, ...] = (),
    run: Run | None = None,
    outputs: tuple[str, ...] = (),
) -> Built:
    """One class with its own layers and those of the blocks inside."""
    module = Built(run or compiled(body.stack, outputs), inputs, outputs)
    _add_modules(module, body)
    for tie in ties:
        _tie(module, tie)
    owned = [(path, facts) for path, facts in own_layers(body) if _has_more(facts)]
    for path, facts in owned:
        _initialize(module, path, facts)
    for path, facts in owned:
        _freeze(module, path, facts)
    return module


def _add_modules(module: nn.Module, body: StackFacts) -> None:
    for facts in body.nodes:
        match node := facts.node:
            case Parallel():
                for branch in facts.stacks:
                    _add_modules(module, branch)
            case Layer() if not node.kind.is_module():
                pass
            case Layer():
                _add_layer(module, node, facts)
                if node.activation is not None and (
                    second := activation_name(node.name, node.activation)
                ):
                    assert facts.input is not None
                    rule = applied(node.kind, facts.input)
                    assert not isinstance(rule, Misfit)
                    module.add_module(second, _called(node.activation.call(rule.output)))
            case Group() | Repeat():
                module.add_module(node.name, _module(facts))
            case Again():
                pass


def _add_layer(module: nn.Module, node: Layer, facts: NodeFacts) -> None:
    if node.kind.is_parameter():
        assert facts.input is not None
        made = evaluated(node.kind.call(facts.input))
        assert isinstance(made, nn.Parameter)
        module.register_parameter(node.name, made)
    else:
        module.add_module(node.name, _module(facts))


def _module(facts: NodeFacts) -> nn.Module:
    """The module of a node that is one."""
    match node := facts.node:
        case Layer():
            assert facts.input is not None
            return _called(node.kind.call(facts.input))
        case Group(class_name=""):
            return nn.Sequential(*(_module(inner) for inner in facts.stacks[0].nodes))
        case Group():
            return _built(facts.stacks[0], ("x", *node.takes))
        case Repeat():
            last = len(facts.stacks) - 1
            run = compiled(node.body)
            turns = (facts.stacks[min(turn, last)] for turn in range(node.times))
            built = [_built(turn, ("x", *node.takes), run=run) for turn in turns]
            return nn.ModuleList(built) if node.takes else nn.Sequential(*built)
        case Parallel() | Again():
            raise AssertionError("a sound nn.Sequential holds neither branches nor second uses")


def _called(call: Call) -> nn.Module:
    return cast(nn.Module, evaluated(call))


def _tie(module: nn.Module, tie: Tie) -> None:
    owner, _, tensor = tie.owner.rpartition(".")
    holder, _, name = tie.path.rpartition(".")
    setattr(module.get_submodule(holder), name, getattr(module.get_submodule(owner), tensor))


def _has_more(facts: NodeFacts) -> bool:
    return isinstance(facts.node, Layer) and bool(facts.node.initializers or facts.node.frozen)


def _modules(
    module: nn.Module, path: tuple[str, ...], node: Layer
) -> tuple[nn.Module | nn.Parameter, nn.Module | None]:
    """The module or parameter of a layer, and the module of its activation where it has one."""
    own = (
        module.get_parameter(node.name)
        if node.kind.is_parameter()
        else module.get_submodule(".".join(path))
    )
    second = activation_name(node.name, node.activation)
    return own, module.get_submodule(second) if second else None


def _initialize(module: nn.Module, path: tuple[str, ...], facts: NodeFacts) -> None:
    node = facts.node
    assert isinstance(node, Layer)
    there = {weight.tensor for weight in facts.weights}
    for tensor, initializer in node.initializers:
        if tensor in there:
            initialize(_tensor(module, path, node, tensor), initializer)


def _tensor(module: nn.Module, path: tuple[str, ...], node: Layer, tensor: str) -> nn.Parameter:
    """One parameter of a layer."""
    if node.kind.is_parameter() and tensor == "weight":
        return module.get_parameter(node.name)
    own, activation = _modules(module, path, node)
    owner = activation if tensor.startswith("activation.") else own
    assert isinstance(owner, nn.Module)
    return owner.get_parameter(tensor.removeprefix("activation."))


def _freeze(module: nn.Module, path: tuple[str, ...], facts: NodeFacts) -> None:
    node = facts.node
    if isinstance(node, Layer) and node.frozen:
        for each in _modules(module, path, node):
            if each is not None:
                each.requires_grad_(False)
