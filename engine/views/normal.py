"""The normal form of a design: the rules that make its code unambiguous (docs/architecture.md, "Normal form").

Each rule was broken on purpose in a prototype: the written class then crashed, read back otherwise, or silently gave
other numbers. So a design that breaks one has a fault, and is neither built nor written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from engine.design.edit import Rename, RenameClass, RenameNetwork, SetInputs
from engine.design.forms import wrong_names
from engine.design.kind import DTYPES, LARGEST_TENSOR, TensorSpec
from engine.design.names import (
    fault_of_class_name,
    fault_of_variable,
    free_name,
)  # fmt: skip
from engine.design.naming import default_name
from engine.design.scope_names import attributes, changed_nodes
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
    for node, wrong in wrong_names(body, inputs, named):
        if isinstance(node, Layer | Group | Repeat):
            yield _renaming(node, wrong, taken)
        else:
            yield Fault(node.id, label(node), f"another name for a branch: {wrong}")


def _renaming(node: Layer | Group | Repeat, wrong: str, taken: set[str]) -> Fault:
    wanted = node.name or (default_name(node.kind) if isinstance(node, Layer) else "block1")
    free = free_name(wanted, taken)
    taken.add(free)
    place = _shown(node.name) if node.name else label(node)
    mend = FaultMend(f"Call it {free}", Rename(node.id, free))
    return Fault(node.id, place, f"another name: {wrong}", "", (mend,))


def _shown(name: str) -> str:
    return name if name.isprintable() and len(name) <= 60 else ascii(name[:40])


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
            return same_node(new, old)


def same_node(new: Node, old: Node) -> bool:
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
    """Whether two layers of one kind have one name, take the same values, and are called and frozen alike."""
    plain = len(new.kind.forms) == 1 and bool(new.kind.module)
    forms = plain or new.kind.form() == old.kind.form()
    said = new.name == old.name and new.frozen == old.frozen and new.others == old.others
    return forms and said


def _same_stack(new: Stack, old: Stack) -> bool:
    if new is old:
        return True
    start, stop, old_stop = changed_nodes(new, old)
    if (new.source, new.name, stop) != (old.source, old.name, old_stop):
        return False
    return all(map(same_node, new.nodes[start:stop], old.nodes[start:stop]))


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
