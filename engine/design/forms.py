"""The forms that a design may have, as far as no shape is needed: of names, branches and the bodies of blocks.

These are rules of the normal form (docs/architecture.md). The walk makes faults of what breaks one, and the edits that
make blocks ask here before they break any.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import TypeGuard

from engine.design.kind import Misfit
from engine.design.names import fault_of_variable
from engine.design.scope_names import attributes, changed_nodes, given_name, node_name_fault
from engine.design.tree import (
    Again,
    Group,
    Layer,
    Node,
    Parallel,
    Repeat,
    Stack,
    others_of,
    scope,
)  # fmt: skip


def wrong_names(body: Stack, inputs: frozenset[str], named: bool) -> Iterator[tuple[Node, str]]:
    """What is wrong with the names in one class, and at which node.

    They are no identifiers, taken twice, or clash with the variables of its forward.

    `named` says whether nodes of the class need names: those of an nn.Sequential are numbered.
    """
    taken = set(attributes(scope(body)))
    seen: set[str] = set()
    variables = taken | inputs
    recalled = set(_sources(body)) - inputs
    for node in scope(body):
        match node:
            case Layer() if not node.kind.is_module():
                if node.name:
                    yield node, f"no name, as {node.kind.title()} is no attribute of the class"
            case Layer() | Group() | Repeat():
                own = [name for name in attributes((node,)) if name]
                clash = next((name for name in own if name in seen), "") or _of_input(node, inputs)
                seen.update(own)
                wrong = _node_fault(node.name, recalled, named)
                if not wrong and clash:
                    wrong = f"`{clash}` is taken by another layer or input here"
                if wrong:
                    yield node, wrong
            case Parallel():
                for branch in node.branches:
                    if wrong := branch_fault(branch.name, variables):
                        yield node, wrong
                    variables.add(branch.name)
            case Again():
                pass


def _of_input(node: Layer | Group | Repeat, inputs: frozenset[str]) -> str:
    """The variable of a further value that is called like an input, "" where there is none."""
    if not isinstance(node, Layer) or not node.kind.gives_beside:
        return ""
    variables = (given_name(node.name, given) for given in node.kind.given())
    return next((name for name in variables if name in inputs), "")


def _node_fault(name: str, recalled: set[str], named: bool) -> str:
    if not name and not named:
        return ""
    return node_name_fault(name) or (fault_of_variable(name) if name in recalled else "")


def branch_fault(name: str, taken: Container[str]) -> str:
    """Why a branch cannot be called so, "" where it can; `taken` is all that has a name in its class.

    A branch is a variable of its own: read back, `conv1 = x` would be a recall of a layer of that name.
    """
    if not name:
        return ""
    if wrong := fault_of_variable(name):
        return wrong
    return (
        f"`{name}` is the name of an input, a layer or another branch here" if name in taken else ""
    )


def _sources(body: Stack) -> Iterator[str]:
    for node in scope(body):
        if isinstance(node, Parallel):
            yield from (branch.source for branch in node.branches if branch.source)
        else:
            yield from others_of(node)


def parallel_fault(node: Parallel, flow: str) -> Misfit | None:
    """What is wrong with the form of a Parallel, rules 1 to 4; `flow` is the name of what flows into it."""
    free = [branch for branch in node.branches if not branch.source]
    if any(continues(inner) for branch in node.branches for inner in branch.nodes):
        return Misfit("no branch in which the flow goes on from elsewhere")
    if continues(node):
        return _continued_fault(node, flow)
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
    return None


def continues(node: Node) -> TypeGuard[Parallel]:
    """Whether the flow goes on from elsewhere here."""
    return isinstance(node, Parallel) and node.join.at_most == 1


def _continued_fault(node: Parallel, flow: str) -> Misfit | None:
    """What is wrong with the form of a Parallel that stands for another value alone."""
    if len(node.branches) != 1:
        return Misfit("a single branch, which says from where", f"{len(node.branches)}")
    branch = node.branches[0]
    if branch.nodes or branch.name or node.activation is not None:
        return Misfit("its layers and activation behind it, where the flow goes on")
    if not branch.source:
        return Misfit("the name of an input or an earlier layer, from which the flow goes on")
    if branch.source == flow:
        return Misfit("another value than the one that flows in anyway", f"`{flow}`")
    return None


def _empty_behind(free: list[Stack]) -> bool:
    return any(not branch.nodes for branch in free[1:])


def _recalls(node: Node) -> bool:
    return isinstance(node, Parallel) and any(
        branch.source or any(map(_recalls, branch.nodes)) for branch in node.branches
    )


def sequential_fault(node: Group | Repeat, old: Node | None = None) -> Misfit | None:
    """What is wrong with the form of a Group or Repeat: empty, or a plain nn.Sequential that needs a forward.

    `old` is an earlier version of the node in which nothing was, if there is one.
    """
    if not node.body.nodes:
        return Misfit("at least one layer inside")
    if node.takes and (misfit := _takes_fault(node)) is not None:
        return misfit
    if node.body.source or node.body.name:
        return Misfit("a body that takes what flows in and has no name")
    if isinstance(node, Repeat) and not node.class_name:
        return Misfit("a class name")
    if node.class_name:
        return None
    nodes = node.body.nodes
    if isinstance(old, Group) and not old.class_name:
        start, stop, _ = changed_nodes(node.body, old.body)
        nodes = nodes[start:stop]
    for each in nodes:
        match each:
            case Layer(activation=None, kind=kind) if kind.form() != "m(x)":
                used = re.sub(r"\bm\b", kind.title(), kind.form())
                return Misfit(f"a class name, as nn.Sequential cannot write {used}")
            case Layer(activation=None) | Group() | Repeat():
                if not isinstance(each, Layer) and each.takes:
                    return Misfit("a class name, as nn.Sequential hands on a single value")
                if each.name:
                    return Misfit(
                        "layers without names inside, or a class name: nn.Sequential numbers them"
                    )
            case Layer():
                return Misfit("a class name, as nn.Sequential holds no activation functions")
            case Parallel() | Again():
                return Misfit("a class name, as nn.Sequential holds no branches and no second uses")
    return None


def _takes_fault(node: Group | Repeat) -> Misfit | None:
    """What is wrong with the names of the further values that a block takes."""
    if not node.class_name:
        return Misfit("a class name, as nn.Sequential hands on a single value")
    for name in node.takes:
        if wrong := fault_of_variable(name):
            return Misfit(f"another name for a value that it takes: {wrong}")
        if node.takes.count(name) > 1:
            return Misfit("a name of its own for each value that it takes", f"`{name}` twice")
    return None
