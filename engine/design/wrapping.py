"""Blocks made of layers, and layers of blocks again, as edits.

What stood in the run is still there and keeps its ids, so that selection and live weights follow. Names that are read
across the new border are handed in or led out; what cannot be is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.design import limits
from engine.design.address import (
    Address,
    Place,
    located,
    located_all,
    parent_of,
    spliced,
    stack_at,
    with_stack,
)
from engine.design.error import DesignError
from engine.design.keeping import free_class_name, kept, reads_moved
from engine.design.kind import Join
from engine.design.names import fault_of_variable, free_name
from engine.design.naming import Named, class_body, respoken, taken_names
from engine.design.placing import Ids, inserted, numbered
from engine.design.scope_names import attributes, exchanged
from engine.design.tree import (
    GIVEN,
    Again,
    Group,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    node_name,
    others_of,
    owner_of,
    scope,
)  # fmt: skip
from engine.design.value import replace, value


@value
class AsGroup:
    """A Group with a class of its own."""

    class_name: str = "Block"
    name: str = "block1"


@value
class AsRepeat:
    """A Repeat with a class of its own."""

    class_name: str = "Block"
    name: str = "blocks"
    times: int = 2


@value
class AsBranches:
    """A Parallel: the run beside an empty branch, or each node `apart` in a branch of its own."""

    join: Join
    apart: bool = False


@value
class Wrap:
    """Make one block of neighbouring nodes of one stack."""

    ids: Ids
    form: AsGroup | AsRepeat | AsBranches


@value
class Unwrap:
    """Put what is in a block in its place: the body, or the branches one after another."""

    id: int


@value
class UseAgain:
    """Use the module of an earlier node once more at a place, with the same weights."""

    of: int
    at: Place


def is_run(body: Stack, ids: Ids) -> bool:
    """Whether nodes are neighbours in one stack, so that a block can be made of them."""
    try:
        _run(body, ids)
    except DesignError:
        return False
    return True


def _run(body: Stack, ids: Ids) -> tuple[tuple[Node, ...], Place]:
    """The nodes in their order, and the place of the first. Raises DesignError where they are no neighbours."""
    nodes = located_all(body, ids)
    first = parent_of(body, nodes[0].id)
    for step, node in enumerate(nodes):
        if parent_of(body, node.id) != replace(first, index=first.index + step):
            raise DesignError("a block is made of neighbours; select layers that follow each other")
    return nodes, first


# --- wrapping --------------------------------------------------------------------------------------------------------


def wrapped(network: Network, edit: Wrap) -> Network:
    """With a block of the nodes. Raises DesignError where they are none, or it could not be written as code."""
    nodes, at = _run(network.body, edit.ids)
    body = class_body(network, at)
    form = edit.form
    last = ""
    if isinstance(form, AsBranches):
        inner = _as_named(network, nodes, at)
        apart = tuple(Stack((node,)) for node in inner)
        branches = apart if form.apart else (Stack(), Stack(inner))
        limits.check_branches(len(branches))
        block: Node = Parallel(network.next_id, form.join, branches)
    else:
        last = node_name(nodes[-1])
        _check_reads_of(body, nodes, last)
        block = _made(network, form, nodes, at)
    stack = stack_at(network.body, at)
    new = exchanged(stack, at.index, at.index + len(nodes), (block,))
    after = _with(network, at, new)
    after = replace(after, next_id=network.next_id + 1)
    if last and node_name(block):
        after = _led_out(after, block, last, class_body(after, at) is after.body)
    return kept(network, after, at.parent)


def _with(network: Network, at: Place, stack: Stack) -> Network:
    return replace(network, body=with_stack(network.body, at, stack))


def _led_out(network: Network, block: Node, last: str, outermost: bool) -> Network:
    """With all that speaks of the last of the nodes speaking of their block, which gives the same value."""
    address, _ = located(network.body, block.id)
    network = reads_moved(network, address, last, node_name(block))
    if outermost and last in network.outputs:
        outputs = tuple(node_name(block) if name == last else name for name in network.outputs)
        network = replace(network, outputs=outputs)
    return network


def _made(
    network: Network, form: AsGroup | AsRepeat, nodes: tuple[Node, ...], at: Place
) -> Group | Repeat:
    """The block around the nodes, handed what they read from outside."""
    if not form.class_name:
        raise DesignError("a block needs a class name, such as Block")
    own = {name for name in map(node_name, scope(Stack(nodes))) if name}
    for node in scope(Stack(nodes)):
        if isinstance(node, Again) and node.of not in own:
            raise DesignError(f"the second use of `{node.of}` shares weights with a layer outside; "
                              "select both or neither")  # fmt: skip
    outside = tuple(
        dict.fromkeys(name for name in _reads(Stack(nodes)) if owner_of(name) not in own)
    )
    takes = _handed(outside, nodes)
    given = dict(zip(outside, takes, strict=True))
    inner = tuple(respoken(node, lambda name: given.get(name, name)) for node in nodes)
    if numbered(network, at):
        name, inner = "", _as_named(network, inner, at)
    else:
        name = free_name(limits.name(form.name), _taken(network, at))
    class_name = free_class_name(network, limits.name(form.class_name))
    block = Group(network.next_id, name, class_name, Stack(inner), "", takes, outside)
    if isinstance(form, AsGroup):
        return block
    times = limits.times(form.times)
    return Repeat(block.id, name, class_name, block.body, times, "", takes, outside)


def _handed(outside: tuple[str, ...], nodes: tuple[Node, ...]) -> tuple[str, ...]:
    """What the values that are handed in are called inside."""
    limits.others(outside)
    taken = {*attributes(scope(Stack(nodes))), *_branch_names(Stack(nodes))}
    names: list[str] = []
    for name in outside:
        inside = name.replace(GIVEN, "_")
        inside = inside if not fault_of_variable(inside) else "given1"
        inside = free_name(inside, taken)
        taken.add(inside)
        names.append(inside)
    return tuple(names)


def _as_named(network: Network, nodes: tuple[Node, ...], at: Place) -> tuple[Node, ...]:
    """The nodes with names where they came from an nn.Sequential and have none."""
    return Named(taken_names(network, at)).all(nodes) if numbered(network, at) else nodes


def _reads(stack: Stack) -> Iterator[str]:
    """The values that nodes of a class take by name, in the order of the code."""
    for node in scope(stack):
        if isinstance(node, Parallel):
            yield from (branch.source for branch in node.branches if branch.source)
        yield from others_of(node)


def _branch_names(stack: Stack) -> Iterator[str]:
    for node in scope(stack):
        if isinstance(node, Parallel):
            yield from (branch.name for branch in node.branches if branch.name)


def _taken(network: Network, at: Place) -> set[str]:
    """All names that mean something in the class of a place."""
    body = class_body(network, at)
    inputs = {each.name for each in network.inputs} if body is network.body else set[str]()
    return {*attributes(scope(body)), *_branch_names(body), *inputs}


def _check_reads_of(body: Stack, nodes: tuple[Node, ...], last: str) -> None:
    """Raises DesignError where something outside reads what only the inside of the block would know."""
    inside = {node.id for node in scope(Stack(nodes))}
    own = {name for name in map(node_name, scope(Stack(nodes))) if name}
    for node in scope(body):
        if node.id not in inside and isinstance(node, Again) and node.of in own:
            raise DesignError(f"`{node.of}` is used again further down, with the same weights; "
                              "select both or neither")  # fmt: skip
    outside = [*_reads(body)]
    for name in _reads(Stack(nodes)):
        outside.remove(name)
    for name in outside:
        if name in own and name != last:
            raise DesignError(f"`{name}` is recalled further down, and inside a block it could not be; "
                              "let the block end with it")  # fmt: skip


# --- unwrapping ------------------------------------------------------------------------------------------------------


def unwrapped(network: Network, edit: Unwrap) -> Network:
    """With what is in a block in its place. Raises DesignError where that could not be written as code."""
    address, block = located(network.body, edit.id)
    at = parent_of(network.body, edit.id)
    match block:
        case Parallel():
            after = _joined(network, block, address)
        case Group() | Repeat():
            after = _opened(network, block, address, at)
        case _:
            raise DesignError("only a block can be unwrapped; select a group, a repeat or branches")
    return kept(network, after, at.parent)


def _joined(network: Network, block: Parallel, address: Address) -> Network:
    for branch in block.branches:
        if branch.source:
            raise DesignError(f"a branch starts from `{branch.source}`; let it take what flows in first")  # fmt: skip
    nodes = tuple(node for branch in block.branches for node in branch.nodes)
    return replace(network, body=spliced(network.body, address, nodes))


def _opened(network: Network, block: Group | Repeat, address: Address, at: Place) -> Network:
    without = replace(network, body=spliced(network.body, address, ()))
    given = dict(zip(block.takes, block.others, strict=False))
    if numbered(network, at):
        nodes = tuple(
            replace(node, name="") if isinstance(node, Layer | Group | Repeat) else node
            for node in block.body.nodes
        )
    else:
        taken = _taken(without, at)
        names = taken_names(without, at)
        names.reserve(taken)
        naming = Named(names)
        naming.changed.update(given)
        own = tuple(_without_names(node, taken) for node in block.body.nodes)
        nodes = naming.all(own)
    after = replace(network, body=spliced(network.body, address, nodes))
    last = node_name(nodes[-1]) if nodes else ""
    if not (last and block.name):
        return after
    body = class_body(network, at)
    if any(isinstance(node, Again) and node.of == block.name for node in scope(body)):
        raise DesignError(f"`{block.name}` is used again further down; remove the second use first")
    outer, _ = located(after.body, nodes[-1].id)
    if last == block.name:
        return after
    after = reads_moved(after, outer, block.name, last)
    if body is network.body and block.name in after.outputs:
        outputs = tuple(last if name == block.name else name for name in after.outputs)
        after = replace(after, outputs=outputs)
    return after


def _without_names(node: Node, taken: set[str]) -> Node:
    """The node without names of branches that mean something else where it goes."""
    if not isinstance(node, Parallel):
        return node
    branches = tuple(
        replace(
            branch,
            name="" if branch.name in taken else branch.name,
            nodes=tuple(_without_names(inner, taken) for inner in branch.nodes),
        )
        for branch in node.branches
    )
    return node if branches == node.branches else replace(node, branches=branches)


# --- using again -----------------------------------------------------------------------------------------------------


def used_again(network: Network, edit: UseAgain) -> Network:
    """With a second use of a node. Raises DesignError where it does not come before, or is of another class."""
    _, node = located(network.body, edit.of)
    if not isinstance(node, Layer | Group | Repeat) or not node.name:
        raise DesignError("only a layer or block with a name can be used again")
    again = Again(0, node.name, others=others_of(node))
    return kept(network, inserted(network, (again,), edit.at), edit.at.parent)
