"""The normal form of a design: the rules that make its code unambiguous (docs/architecture.md, "Normal form").

Each rule was broken on purpose in a prototype: the written class then crashed, read back otherwise, or silently gave
other numbers. So a design that breaks one has a fault, and is neither built nor written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from engine.design.edit import Rename, RenameClass, RenameNetwork, SetInputs
from engine.design.kind import DTYPES, LARGEST_TENSOR, Misfit, TensorSpec
from engine.design.names import (
    fault_of_class_name,
    fault_of_variable,
    free_name,
)  # fmt: skip
from engine.design.naming import default_name
from engine.design.scope_names import attributes, changed_nodes, node_name_fault
from engine.design.tree import (
    DEEPEST,
    Again,
    Block,
    Group,
    Input,
    Layer,
    Node,
    Parallel,
    Repeat,
    Stack,
    others_of,
    scope,
    stacks_of,
)  # fmt: skip
from engine.design.value import replace
from engine.views.facts import Fault, FaultMend, NodeFacts, StackFacts, label

_class_name_fault = lru_cache(maxsize=1024)(fault_of_class_name)


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
        if needs := _needs_of_input(each.spec):
            spec = replace(each.spec, shape=tuple(max(size, 1) for size in each.spec.shape))
            mends: tuple[FaultMend, ...] = ()
            if spec != each.spec and not _needs_of_input(spec):
                better = tuple(replace(one, spec=spec) if one is each else one for one in inputs)
                mends = (FaultMend(f"Make it {spec}", SetInputs(better)),)
            yield Fault(0, "The input", needs, f"{each.spec.dtype} {each.spec}", mends)


def _needs_of_input(spec: TensorSpec) -> str:
    if spec.dtype not in DTYPES:
        return f"numbers of type {' or '.join(DTYPES)}"
    if any(size < 1 for size in spec.shape):
        return "sizes of at least 1"
    return (
        "smaller sizes: no machine holds that many numbers"
        if spec.elements > LARGEST_TENSOR
        else ""
    )


@lru_cache(maxsize=64)
def known_inputs(inputs: tuple[Input, ...]) -> dict[str, TensorSpec | None]:
    """What flows in by name; None for what no tensor can be, so that nothing is known behind it either."""
    return {each.name: None if _needs_of_input(each.spec) else each.spec for each in inputs}


def name_faults(body: Stack, inputs: frozenset[str], named: bool) -> Iterator[Fault]:
    """Faults of the names in one class: no identifiers, taken twice, or clashing with the variables of its forward.

    `named` says whether nodes of the class need names: those of an nn.Sequential are numbered.
    """
    taken = set(attributes(scope(body)))
    seen: set[str] = set()
    variables = taken | inputs
    recalled = set(_sources(body)) - inputs
    for node in scope(body):
        match node:
            case Layer() | Group() | Repeat():
                own = [name for name in attributes((node,)) if name]
                clash = next((name for name in own if name in seen), "")
                seen.update(own)
                wrong = _node_fault(node.name, recalled, named)
                if not wrong and clash:
                    wrong = f"`{clash}` is taken by another layer here"
                if wrong:
                    yield _renaming(node, wrong, taken)
            case Parallel():
                for branch in node.branches:
                    if wrong := _branch_fault(branch.name, variables):
                        needs = f"another name for a branch: {wrong}"
                        yield Fault(node.id, label(node), needs)
                    variables.add(branch.name)
            case Again():
                pass


def _node_fault(name: str, recalled: set[str], named: bool) -> str:
    if not name and not named:
        return ""
    return node_name_fault(name) or (fault_of_variable(name) if name in recalled else "")


def _branch_fault(name: str, taken: set[str]) -> str:
    """A branch is a variable of its own: read back, `conv1 = x` would be a recall of a layer of that name."""
    if not name:
        return ""
    if wrong := fault_of_variable(name):
        return wrong
    return (
        f"`{name}` is the name of an input, a layer or another branch here" if name in taken else ""
    )


def _renaming(node: Layer | Group | Repeat, wrong: str, taken: set[str]) -> Fault:
    wanted = node.name or (default_name(node.kind) if isinstance(node, Layer) else "block1")
    free = free_name(wanted, taken)
    taken.add(free)
    place = _shown(node.name) if node.name else label(node)
    mend = FaultMend(f"Call it {free}", Rename(node.id, free))
    return Fault(node.id, place, f"another name: {wrong}", "", (mend,))


def _shown(name: str) -> str:
    return name if name.isprintable() and len(name) <= 60 else ascii(name[:40])


def _sources(body: Stack) -> Iterator[str]:
    for node in scope(body):
        if isinstance(node, Parallel):
            yield from (branch.source for branch in node.branches if branch.source)
        else:
            yield from others_of(node)


def parallel_fault(node: Parallel, flow: str) -> Misfit | None:
    """What is wrong with the form of a Parallel, rules 1 to 4; `flow` is the name of what flows into it."""
    free = [branch for branch in node.branches if not branch.source]
    if any(_continues(inner) for branch in node.branches for inner in branch.nodes):
        return Misfit("no branch in which the flow goes on from elsewhere")
    if _continues(node):
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


def _continues(node: Node) -> bool:
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


def class_faults(name: str, body: StackFacts) -> Iterator[Fault]:
    """Faults of class names: no identifier, the network's own, or blocks of one class that are not alike (rule 8)."""
    first: dict[str, Block] = {}
    blocks = [node for node in _blocks(body.blocks) if node.class_name]
    taken = {name, *(node.class_name for node in blocks)}
    for node in blocks:
        wrong = _class_name_fault(node.class_name)
        other = first.setdefault(node.class_name, node)
        if not wrong and node.class_name == name:
            wrong = f"`{name}` is the network itself"
        if not wrong and other is not node and _taking_form(other) != _taking_form(node):
            wrong = f"`{other.name}` has it and is built otherwise; only numbers may differ in one class"
        if wrong:
            free = free_name(node.class_name, taken)
            mend = FaultMend(f"Call it {free}", RenameClass(node.id, free))
            place = _shown(node.name) if node.name else label(node)
            yield Fault(node.id, place, f"another class name: {wrong}", "", (mend,))


def same_blocks(new: Stack, old: Stack) -> bool:
    """Whether two versions of a network have the same blocks up to numbers, and so the same faults of class names."""
    start, stop, old_stop = changed_nodes(new, old)
    return _same_inside(new.nodes[start:stop], old.nodes[start:old_stop])


def _same_inside(come: tuple[Node, ...], gone: tuple[Node, ...]) -> bool:
    """The same for nodes of the network's own class, of which no block has the form."""
    new = [node for node in come if type(node) is not Layer]
    old = [node for node in gone if type(node) is not Layer]
    return len(new) == len(old) and all(map(_same_own, new, old))


def _same_own(new: Node, old: Node) -> bool:
    match new, old:
        case Parallel(), Parallel() if len(new.branches) == len(old.branches):
            for after, before in zip(new.branches, old.branches, strict=True):
                start, stop, old_stop = changed_nodes(after, before)
                if not _same_inside(after.nodes[start:stop], before.nodes[start:old_stop]):
                    return False
            return True
        case _:
            return _same_node(new, old)


def _same_node(new: Node, old: Node) -> bool:
    """Whether two nodes are alike up to numbers, and have one id."""
    match new, old:
        case Layer(), Layer():
            # In short for the commonest edit, that of a number.
            same = new.activation is old.activation and new.initializers is old.initializers
            if same and type(new.kind) is type(old.kind) and not new.kind.structural:
                return new is old or _said_alike(new, old)
            return _alike_node(new) == _alike_node(old)
        case Parallel(), Parallel():
            head = new.id == old.id and new.join == old.join and new.activation == old.activation
            same = head and len(new.branches) == len(old.branches)
            return same and all(map(_same_stack, new.branches, old.branches))
        case (Group(), Group()) | (Repeat(), Repeat()):
            names = (new.id, new.name, new.class_name) == (old.id, old.name, old.class_name)
            names = names and (new.takes, new.others) == (old.takes, old.others)
            return names and _same_stack(new.body, old.body)
        case _:
            return new == old


def _said_alike(new: Layer, old: Layer) -> bool:
    """Whether two layers of one kind have one name and are called and frozen alike."""
    forms = len(new.kind.forms) == 1 or new.kind.form() == old.kind.form()
    return forms and new.name == old.name and new.frozen == old.frozen


def _same_stack(new: Stack, old: Stack) -> bool:
    if new is old:
        return True
    start, stop, old_stop = changed_nodes(new, old)
    if (new.source, new.name, stop) != (old.source, old.name, old_stop):
        return False
    return all(map(_same_node, new.nodes[start:stop], old.nodes[start:stop]))


def _blocks(found: Iterable[NodeFacts]) -> Iterator[Block]:
    """Every Group and Repeat, parents first; those inside a Repeat once."""
    for facts in found:
        node = facts.node
        if isinstance(node, Group | Repeat):
            yield node
        known = facts.stacks if isinstance(node, Parallel) else facts.stacks[:1]
        if known and not isinstance(node, Again):
            for inner in known:
                yield from _blocks(inner.blocks)
        else:
            yield from _unknown_blocks(node)


def _unknown_blocks(node: Node, depth: int = 0) -> Iterator[Block]:
    """The same inside a node that a fault keeps the walk out of."""
    for stack in stacks_of(node) if depth <= DEEPEST else ():
        for inner in stack.nodes:
            if isinstance(inner, Group | Repeat):
                yield inner
            yield from _unknown_blocks(inner, depth + 1)


def _taking_form(node: Block) -> object:
    return node.takes, _form(node.body)


_forms: dict[int, tuple[Stack, object]] = {}


def _form(body: Stack) -> object:
    """`alike` of a body, remembered while the very same body is asked for: an edit changes few of them."""
    known = _forms.get(id(body))
    if known is None or known[0] is not body:
        if len(_forms) >= 512:
            _forms.clear()
        known = _forms[id(body)] = (body, alike(body))
    return known[1]


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
                tuple(node.kind.__dict__[name] for name in node.kind.structural),
                node.activation,
                initializers,
                node.frozen,
                node.others,
            )
        case Parallel():
            return "parallel", node.join, node.activation, tuple(map(alike, node.branches))
        case Group():
            given = node.takes, node.others
            return "group", node.name, node.class_name, given, alike(node.body)
        case Repeat():
            given = node.takes, node.others
            return "repeat", node.name, node.class_name, given, alike(node.body)
        case Again():
            return "again", node.of, node.activation, node.others
