"""The forward of a built module: the tree compiled into steps, evaluated in the order of the written code.

Steps know modules by their names, not the modules themselves, so that a copied network runs its own weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, cast

from torch import Tensor, nn

from engine.design.kind import FIRST, Activation, Join
from engine.design.scope_names import activation_name, given_name, variables_taken
from engine.design.tree import Again, Group, Layer, Node, Parallel, Repeat, Stack, node_name, scope
from engine.design.value import replace
from engine.runtime.initialize import ROOTS, arguments, named
from engine.source.forward import sources

Record = dict[int, list[Tensor]]
"""Node ids with what the node gave, its activation applied: one tensor for each time it ran (the turns of a Repeat)."""
Values = dict[str, Tensor]
"""The inputs by name, and what recalled nodes gave."""
Run = Callable[[nn.Module, Tensor, Values, Record | None], Tensor]
Apply = Callable[[nn.Module, Tensor], Tensor]


def compiled(body: Stack, outputs: tuple[str, ...] = ()) -> Run:
    """The forward of one class."""
    nodes = {name: node for node in scope(body) if (name := node_name(node))}
    return _stack(body, nodes, frozenset((*sources(body), *outputs)))


def _stack(stack: Stack, nodes: dict[str, Node], recalled: frozenset[str]) -> Run:
    steps = tuple(
        (
            node.id,
            name if (name := node_name(node)) in recalled else "",
            _node(node, nodes, recalled),
        )
        for node in stack.nodes
    )

    def run(module: nn.Module, value: Tensor, values: Values, record: Record | None) -> Tensor:
        for node_id, name, step in steps:
            value = step(module, value, values, record)
            if record is not None:
                record.setdefault(node_id, []).append(value)
            if name:
                values[name] = value
        return value

    return run


def _node(node: Node, nodes: dict[str, Node], recalled: frozenset[str]) -> Run:
    match node:
        case Layer():
            return _layer(node, variables_taken(node), _kept_values(node, recalled))
        case Group() | Repeat():
            return _block(node, node.name, variables_taken(node))
        case Again():
            first = nodes[node.of]
            others = variables_taken(node)
            if isinstance(first, Layer):
                return _layer(replace(first, activation=node.activation), others)
            assert isinstance(first, Group | Repeat)
            return _activated(_block(first, node.of, others), node.activation)
        case Parallel():
            return _parallel(node, nodes, recalled)


def _kept_values(node: Layer, recalled: frozenset[str]) -> tuple[str, ...]:
    """Variables of the further values that a layer gives, where something takes one of them."""
    variables = tuple([given_name(node.name, given) for given in node.kind.given()])
    return variables if recalled.intersection(variables) else ()


def _layer(node: Layer, others: tuple[str, ...], kept: tuple[str, ...] = ()) -> Run:
    """A layer; `kept` are the names under which its further values are remembered."""
    kind, name, activation = node.kind, node.name, node.activation
    module_name = activation_name(name, activation)
    form = kind.form().removesuffix(FIRST) if kept else kind.form()
    if form == "m(x)" and activation is None and not kept:
        return lambda module, value, values, record: child(module, name)(value)
    use = applied_form(form, tuple(kind.takes))
    held = itself if not kind.is_module() else parameter if kind.is_parameter() else child

    def run(module: nn.Module, value: Tensor, values: Values, record: Record | None) -> Tensor:
        found = use(held(module, name), value, *[values[other] for other in others])
        if not kept:
            return found
        first, *further = cast(tuple[Tensor, ...], found)
        values.update(zip(kept, further, strict=True))
        return first

    if module_name:
        return lambda module, value, values, record: child(module, module_name)(
            run(module, value, values, record)
        )
    return _activated(run, activation)


def _activated(run: Run, activation: Activation | None) -> Run:
    if activation is None:
        return run
    apply = functional(activation)
    return lambda module, value, values, record: apply(module, run(module, value, values, record))


def _block(node: Group | Repeat, name: str, others: tuple[str, ...]) -> Run:
    looped = isinstance(node, Repeat) and bool(node.takes)

    def run(module: nn.Module, value: Tensor, values: Values, record: Record | None) -> Tensor:
        block = child(module, name)
        given = [values[other] for other in others]
        if looped:
            for turn in block:
                value = turn(value, *given, record=record)
            return value
        if record is None:
            return block(value, *given)
        return recorded(node, block, value, record, given)

    return run


def recorded(
    node: Node, module: nn.Module, value: Tensor, record: Record, given: Sequence[Tensor] = ()
) -> Tensor:
    """A module that has a node of its own run, and what is inside recorded."""
    match node:
        case Group(class_name=""):
            for inner, each in zip(node.body.nodes, module.children(), strict=True):
                value = recorded(inner, each, value, record)
                record.setdefault(inner.id, []).append(value)
            return value
        case Repeat():
            for turn in module.children():
                value = turn(value, record=record)
            return value
        case Group():
            return cast(Tensor, module(value, *given, record=record))
        case _:
            return cast(Tensor, module(value))


def _parallel(node: Parallel, nodes: dict[str, Node], recalled: frozenset[str]) -> Run:
    branches = tuple((branch.source, _stack(branch, nodes, recalled)) for branch in node.branches)
    join = joining(node.join)

    def run(module: nn.Module, value: Tensor, values: Values, record: Record | None) -> Tensor:
        results = [
            branch(module, values[source] if source else value, values, record)
            for source, branch in branches
        ]
        return join(results)

    return _activated(run, node.activation)


def child(module: nn.Module, name: str) -> Any:
    """The submodule of that name, without the detour through nn.Module.__getattr__."""
    return module._modules[name]  # pyright: ignore[reportPrivateUsage]


def parameter(module: nn.Module, name: str) -> Any:
    """The parameter of that name, where a layer is no module."""
    return module._parameters[name]  # pyright: ignore[reportPrivateUsage]


def itself(module: nn.Module, name: str) -> Any:
    """What an expression speaks of: the class around it, as in `self.training`."""
    return module


@cache
def functional(activation: Activation) -> Apply:
    """The function of an activation with its arguments, called as the exported code calls it."""
    call = activation.function_call()
    function = named(call.function)
    positional, by_name = arguments(call, first=True)
    match activation.function_tail:
        case "" if not positional and not by_name:
            return lambda module, value: function(value)
        case "":
            return lambda module, value: function(value, *positional, **by_name)
        case "training=self.training":
            return lambda module, value: function(
                value, *positional, **by_name, training=module.training
            )
        case tail:
            raise AssertionError(f"no rule for {tail}")


@cache
def applied_form(form: str, takes: tuple[str, ...] = ()) -> Callable[..., Tensor]:
    """A form of the catalogue such as `m(x)[0]` as a function of module, value and further values."""
    return eval(f"lambda {', '.join(('m', 'x', *takes))}: {form}", dict(ROOTS))  # noqa: S307 - a constant of the catalogue, never a person's text


@cache
def joining(join: Join) -> Callable[[list[Tensor]], Tensor]:
    """A join as a function of the branches' values, two at a time where its form has `a` and `b`."""
    whole = "all" in join.form
    head = "lambda f: lambda all: " if whole else "lambda f: lambda a, b: "
    function = eval(head + join.form, dict(ROOTS))(join)  # noqa: S307 - a constant of the catalogue
    if whole:
        return function

    def folded(values: list[Tensor]) -> Tensor:
        result, *others = values
        for value in others:
            result = function(result, value)
        return result

    return folded
