"""The normal form of a design: the rules that make its code unambiguous (docs/architecture.md, "Normal form").

Each rule was broken on purpose in a prototype: the written class then crashed, read back otherwise, or silently gave other
numbers. So a design that breaks one has a fault, and is neither built nor written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from engine.design.edit import Rename, RenameClass, RenameNetwork
from engine.design.kind import DTYPES, LARGEST_TENSOR, Misfit
from engine.design.names import (
    fault_of_class_name,
    fault_of_node_name,
    fault_of_variable,
    free_name,
)  # fmt: skip
from engine.design.naming import activation_name, attributes
from engine.design.tree import (
    Again,
    Group,
    Input,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    node_name,
    scope,
    walk,
)  # fmt: skip
from engine.views.facts import Fault, FaultMend, label

_node_name_fault = lru_cache(maxsize=8192)(fault_of_node_name)


@lru_cache(maxsize=64)
def network_faults(name: str, inputs: tuple[Input, ...]) -> tuple[Fault, ...]:
    """Faults of the network's own name and inputs."""
    return tuple(_network_faults(name, inputs))


def _network_faults(name: str, inputs: tuple[Input, ...]) -> Iterator[Fault]:
    if wrong := fault_of_class_name(name):
        mend = FaultMend("Call it Net", RenameNetwork("Net"))
        yield Fault(0, "The network", f"another name: {wrong}", "", (mend,))
    if not inputs:
        yield Fault(0, "The network", "at least one input")
    seen: set[str] = set()
    for each in inputs:
        lone = len(inputs) == 1 and each.name == "x"
        if not lone and (wrong := fault_of_variable(each.name)):
            yield Fault(0, "The input", f"another name: {wrong}")
        if each.name in seen:
            yield Fault(0, "The input", "a name of its own", f"`{each.name}` twice")
        seen.add(each.name)
        if each.spec.elements > LARGEST_TENSOR:
            yield Fault(
                0, "The input", "smaller sizes: no machine holds that many numbers", str(each.spec)
            )
        if each.spec.dtype not in DTYPES or any(size < 1 for size in each.spec.shape):
            yield Fault(0, "The input", "sizes of at least 1", str(each.spec))


def plainly_named(nodes: tuple[Node, ...], names: dict[str, int]) -> bool:
    """Whether these nodes are layers and blocks whose names are sound and their own: no need to look further."""
    return all(
        isinstance(node, Layer | Group | Repeat)
        and all(names[each] == 1 for each in attributes((node,)))
        and (not node.name or not _node_name_fault(node.name))
        for node in nodes
    )


def name_faults(body: Stack, names: dict[str, int], inputs: frozenset[str]) -> list[Fault]:
    """Faults of the names in one class: no identifiers, taken twice, or clashing with the variables of its forward."""
    found: list[Fault] = []
    doubled = {name for name, count in names.items() if count > 1}
    taken = set(names)
    seen: set[str] = set()
    recalled = set(_sources(body)) - inputs
    variables: list[str] = []
    for node in scope(body):
        name = node_name(node)
        if isinstance(node, Layer | Group | Repeat):
            wrong = _node_name_fault(name) if name else ""
            if not wrong and name in recalled:
                wrong = fault_of_variable(name)
                wrong = wrong or (f"`{name}` is an input, too" if name in inputs else "")
            second = (
                activation_name(name, node.activation) if isinstance(node, Layer) and name else ""
            )
            if (
                not wrong
                and (name in seen or (second and second in seen))
                and name in doubled | {name}
            ):
                clash = name if name in seen else second
                wrong = f"`{clash}` is taken by another layer here" if clash in doubled else ""
            seen.update({name, second} - {""})
            if wrong:
                found.append(_renaming(node, name, wrong, taken))
        elif isinstance(node, Parallel):
            variables.extend(branch.name for branch in node.branches if branch.name)
            for branch in node.branches:
                wrong = fault_of_variable(branch.name) if branch.name else ""
                if not wrong and branch.name and (branch.name in inputs or branch.name in recalled):
                    wrong = (
                        f"`{branch.name}` is the name of an input or of a layer that is recalled"
                    )
                if wrong:
                    found.append(Fault(node.id, label(node), f"another name for a branch: {wrong}"))
    return found


def _renaming(node: Node, name: str, wrong: str, taken: set[str]) -> Fault:
    free = free_name(name, taken)
    return Fault(node.id, _shown(name), f"another name: {wrong}", "",
                 (FaultMend(f"Call it {free}", Rename(node.id, free)),))  # fmt: skip


def _shown(name: str) -> str:
    return name if name.isprintable() and len(name) <= 60 else ascii(name[:40])


def _sources(body: Stack) -> Iterator[str]:
    for node in scope(body):
        if isinstance(node, Parallel):
            yield from (branch.source for branch in node.branches if branch.source)


def parallel_fault(node: Parallel, flow: str) -> Misfit | None:
    """What is wrong with the form of a Parallel, rules 1 to 4; `flow` is the name of what flows into it."""
    free = [branch for branch in node.branches if not branch.source]
    if len(node.branches) < 2:
        return Misfit("at least two branches", str(len(node.branches)))
    if len(node.branches) > node.join.at_most:
        return Misfit(f"at most {node.join.at_most} branches", str(len(node.branches)))
    if not free:
        return Misfit(
            "a branch that takes what flows in", "only branches that recall something earlier"
        )
    if len(free) == 1 and free[0].nodes:
        return Misfit("the layers of its only branch without a source before the join, not in it")
    if len(free) > 1 and any(branch.nodes for branch in free) and _empty_behind(free):
        return Misfit("its empty branch first")
    for branch in node.branches:
        if branch.source and any(_recalls(inner) for inner in branch.nodes):
            return Misfit("no recall inside a branch that itself recalls something")
        if branch.source and branch.source == flow:
            return Misfit("no branch that recalls what flows in anyway", f"`{flow}`")
    if node.activation is not None and not node.activation.function:
        return Misfit(
            f"{node.activation.title()} as a layer of its own behind it: it has no function to call"
        )
    return None


def _empty_behind(free: list[Stack]) -> bool:
    return any(not branch.nodes for branch in free[1:])


def _recalls(node: Node) -> bool:
    return isinstance(node, Parallel) and any(
        branch.source or any(map(_recalls, branch.nodes)) for branch in node.branches
    )


def sequential_fault(node: Group | Repeat) -> Misfit | None:
    """What is wrong with the form of a Group or Repeat: empty, or a plain nn.Sequential that needs a forward."""
    if not node.body.nodes:
        return Misfit("at least one layer inside")
    if node.body.source:
        return Misfit("a body that takes what flows in")
    if isinstance(node, Repeat) and not node.class_name:
        return Misfit("a class name")
    if node.class_name:
        unnamed = any(
            not each.name for each in scope(node.body) if isinstance(each, Layer | Group | Repeat)
        )
        return Misfit("a name for every layer inside") if unnamed else None
    for each in node.body.nodes:
        match each:
            case Layer(activation=None) | Group() | Repeat():
                if each.name:
                    return Misfit(
                        "layers without names inside, or a class name: nn.Sequential numbers them"
                    )
            case Layer():
                return Misfit("a class name, as nn.Sequential holds no activation functions")
            case Parallel() | Again():
                return Misfit("a class name, as nn.Sequential holds no branches and no second uses")
    return None


def class_faults(network: Network) -> Iterator[Fault]:
    """Faults of class names: no identifier, the network's own, or blocks of one class that are not alike (rule 8)."""
    first: dict[str, tuple[Node, object]] = {}
    taken = {network.name} | {
        node.class_name for node in walk(network.body) if isinstance(node, Group | Repeat)
    }
    for node in walk(network.body):
        if not isinstance(node, Group | Repeat) or not node.class_name:
            continue
        wrong = fault_of_class_name(node.class_name)
        if not wrong and node.class_name == network.name:
            wrong = f"`{network.name}` is the network itself"
        if not wrong:
            form = alike(node.body)
            if node.class_name not in first:
                first[node.class_name] = (node, form)
            elif first[node.class_name][1] != form:
                other = node_name(first[node.class_name][0])
                wrong = (
                    f"`{other}` has it and is built otherwise; only numbers may differ in one class"
                )
        if wrong:
            free = free_name(node.class_name, taken)
            mend = FaultMend(f"Call it {free}", RenameClass(node.id, free))
            yield Fault(node.id, _shown(node.name), f"another class name: {wrong}", "", (mend,))


def alike(stack: Stack) -> object:
    """What two bodies of one class share: everything but numbers."""
    return stack.source, stack.name, tuple(_alike_node(node) for node in stack.nodes)


def _alike_node(node: Node) -> object:
    match node:
        case Layer():
            initializers = tuple((tensor, chosen) for tensor, chosen in node.initializers)
            return (
                "layer",
                node.name,
                type(node.kind),
                node.kind.form(),
                node.activation,
                initializers,
                node.frozen,
            )
        case Parallel():
            return "parallel", node.join, node.activation, tuple(map(alike, node.branches))
        case Group():
            return "group", node.name, node.class_name, alike(node.body)
        case Repeat():
            return "repeat", node.name, node.class_name, alike(node.body)
        case Again():
            return "again", node.of, node.activation
