"""What edits that make blocks keep: the normal form, ties, and blocks of one class alike."""

from __future__ import annotations

from collections.abc import Iterator

from engine.design.address import located, node_at
from engine.design.error import DesignError
from engine.design.forms import parallel_fault, sequential_fault, wrong_names
from engine.design.kind import Misfit
from engine.design.limits import check_nesting, nesting
from engine.design.limits import ties as checked_ties
from engine.design.names import fault_of_class_name, free_name
from engine.design.naming import class_respoken
from engine.design.placing import changed, renumbered
from engine.design.scope_names import ACTIVATION
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
    Tie,
    node_name,
    others_of,
    walk,
)  # fmt: skip
from engine.design.value import replace

Troubles = dict[tuple[int, str], str]
"""What breaks the normal form: the node and what is wrong with it; the text is for a person."""
Path = tuple[str | int, ...]
"""Where a layer is in the `state_dict`: names, and the id of a Repeat where the number of a turn stands."""


def kept(before: Network, after: Network, inside: int) -> Network:
    """The network after an edit of the node `inside` (0: its own stack), with ties following and alike blocks parted.

    Raises DesignError where the edit would break the normal form.
    """
    check_nesting(nesting(after.body))
    after = parted(tied(before, after), inside)
    new = troubles(after)
    if new:
        old = troubles(before)
        for key, sentence in new.items():
            if key not in old:
                raise DesignError(sentence)
    return after


# --- the normal form -------------------------------------------------------------------------------------------------


def troubles(network: Network) -> Troubles:
    """All that breaks the normal form and can be seen without shapes."""
    found: Troubles = {}
    inputs = frozenset(each.name for each in network.inputs)
    known = _class_troubles(network.body, inputs, True, found)
    for name in network.outputs:
        if name not in known:
            found[0, f"output {name}"] = _unreachable("what the network returns", name)
    _tie_troubles(network, found)
    return found


def _class_troubles(
    body: Stack, inputs: frozenset[str], named: bool, found: Troubles
) -> frozenset[str]:
    """Note what is wrong in one class; the names that its forward knows at the end."""
    for node, wrong in wrong_names(body, inputs, named):
        found[node.id, wrong] = f"a name would not do any more: {wrong}"
    first = body.nodes[0] if body.nodes else None
    if isinstance(first, Parallel) and first.join.at_most == 1:
        found[first.id, "first"] = "where the flow goes on from elsewhere, a layer must come before"
    known = set(inputs)
    _stack_troubles(body, "", known, found)
    return frozenset(known)


def _stack_troubles(stack: Stack, flow: str, known: set[str], found: Troubles) -> None:
    for node in stack.nodes:
        for name in _read_by(node):
            if name not in known:
                found[node.id, f"reads {name}"] = _unreachable(_called(node), name)
        match node:
            case Parallel():
                _note(node, parallel_fault(node, flow), found)
                for branch in node.branches:
                    _stack_troubles(branch, branch.source or flow, known, found)
            case Group() | Repeat():
                _note(node, sequential_fault(node), found)
                named = isinstance(node, Repeat) or bool(node.class_name)
                _class_troubles(node.body, frozenset(node.takes), named, found)
            case Layer() | Again():
                pass
        flow = node_name(node)
        if flow:
            known.add(flow)
        if isinstance(node, Layer):
            known.update(f"{flow}{GIVEN}{given}" for given in node.kind.given())


def _read_by(node: Node) -> Iterator[str]:
    """The names that a node itself speaks of."""
    match node:
        case Again():
            yield node.of
        case Parallel():
            yield from (branch.source for branch in node.branches if branch.source)
        case _:
            pass
    yield from others_of(node)


def _note(node: Node, misfit: Misfit | None, found: Troubles) -> None:
    if misfit is not None:
        got = f", not {misfit.got}" if misfit.got else ""
        found[node.id, misfit.needs] = f"{_called(node)} would need {misfit.needs}{got}"


def _called(node: Node) -> str:
    match node:
        case Again():
            return f"the second use of `{node.of}`"
        case Parallel():
            return node.join.title()
        case Layer():
            return f"`{node.name}`" if node.name else node.kind.title()
        case Group() | Repeat():
            return f"`{node.name}`" if node.name else node.class_name or "nn.Sequential"


def _unreachable(reader: str, name: str) -> str:
    return f"{reader} takes `{name}`, which would be out of its reach; take both or neither"


# --- blocks of one class ---------------------------------------------------------------------------------------------


def class_names(network: Network) -> set[str]:
    """The names of all classes of the exported code."""
    blocks = (node for node in walk(network.body) if isinstance(node, Group | Repeat))
    return {network.name, *(node.class_name for node in blocks)}


def free_class_name(network: Network, wanted: str) -> str:
    """`wanted` as a class name, with a number at its end where it is taken or means something else."""
    taken = class_names(network)
    sound = wanted if not fault_of_class_name(wanted) else "Block"
    return free_name(sound, taken)


def parted(network: Network, inside: int) -> Network:
    """With a class name of its own for each block around the node that shares its class: they are alike no more."""
    if not inside:
        return network
    address, _ = located(network.body, inside)
    around = [node_at(network.body, address[:end]) for end in range(1, len(address) + 1, 2)]
    for block in around:
        if not isinstance(block, Group | Repeat) or not block.class_name:
            continue
        same = (
            node
            for node in walk(network.body)
            if isinstance(node, Group | Repeat)
            and node.class_name == block.class_name
            and node.id != block.id
        )
        if next(same, None) is not None:
            name = free_class_name(network, block.class_name)
            network = changed(
                network, (block.id,), lambda node, name=name: _called_class(node, name)
            )
    return network


def _called_class(node: Node, name: str) -> Node:
    assert isinstance(node, Group | Repeat)
    return replace(node, class_name=name)


# --- names and ties --------------------------------------------------------------------------------------------------


def reads_moved(network: Network, at: tuple[int, ...], old: str, new: str) -> Network:
    """With everything in the class of the address that speaks of `old` speaking of `new`."""
    body = class_respoken(network.body, at, lambda name: new if name == old else name)
    return replace(network, body=body)


def tied(before: Network, after: Network) -> Network:
    """With ties that follow their layers; those of layers that are gone are gone."""
    if not before.ties:
        return after
    old, new = dict(_paths(before.body)), dict(_paths(after.body))
    ties: list[Tie] = []
    for tie in before.ties:
        path, owner = _moved(tie.path, old, new), _moved(tie.owner, old, new)
        if path is not None and owner is not None:
            ties.append(Tie(path, owner))
    return after if tuple(ties) == after.ties else replace(after, ties=tuple(ties))


def with_ties_of(
    before: Network, after: Network, nodes: tuple[Node, ...], ties: tuple[Tie, ...]
) -> Network:
    """With the ties of nodes that an edit has put in; what names none of their parameters is left out."""
    fresh, _ = renumbered(nodes, before.next_id)
    old, new = dict(_paths(Stack(fresh))), dict(_paths(after.body))

    def there(path: str) -> bool:
        return any(_matched(path.split("."), way) is not None for way in old.values())

    moved = [
        Tie(path, owner)
        for tie in ties
        if there(tie.path) and there(tie.owner)
        and (path := _moved(tie.path, old, new)) and (owner := _moved(tie.owner, old, new))
    ]  # fmt: skip
    return replace(after, ties=checked_ties((*after.ties, *moved)))


def _paths(stack: Stack, around: Path = (), numbered: bool = False) -> Iterator[tuple[int, Path]]:
    """Each layer's id and path, in the order of the code."""
    for index, node in enumerate(stack.nodes):
        match node:
            case Layer():
                yield node.id, (*around, str(index) if numbered else node.name)
            case Parallel():
                for branch in node.branches:
                    yield from _paths(branch, around)
            case Group():
                own = (*around, str(index) if numbered else node.name)
                yield from _paths(node.body, own, not node.class_name)
            case Repeat():
                yield from _paths(
                    node.body, (*around, str(index) if numbered else node.name, node.id)
                )
            case Again():
                pass


def _moved(path: str, old: dict[int, Path], new: dict[int, Path]) -> str | None:
    """A parameter's path after the edit; as it was where no layer has it, None where its layer is gone."""
    parts = path.split(".")
    for node_id, way in old.items():
        turns = _matched(parts, way)
        if turns is None:
            continue
        if node_id not in new:
            return None
        words = [turns.get(each, "0") if isinstance(each, int) else each for each in new[node_id]]
        if parts[len(way) - 1] != way[-1]:
            words[-1] += ACTIVATION
        return ".".join((*words, *parts[len(way) :]))
    return path


def _matched(parts: list[str], way: Path) -> dict[int, str] | None:
    """The turns of the Repeats on a way that a path goes; None where it goes another."""
    if len(parts) < len(way):
        return None
    turns: dict[int, str] = {}
    for place, (part, word) in enumerate(zip(parts, way, strict=False)):
        if isinstance(word, int):
            turns[word] = part
        elif part != word and not (place == len(way) - 1 and part == word + ACTIVATION):
            return None
    return turns


def _tie_troubles(network: Network, found: Troubles) -> None:
    if not network.ties:
        return
    ways = list(_paths(network.body))

    def order(path: str) -> int:
        parts = path.split(".")
        return next((n for n, (_, way) in enumerate(ways) if _matched(parts, way) is not None), -1)

    for number, tie in enumerate(network.ties):
        if order(tie.owner) > order(tie.path) >= 0:
            found[0, f"tie {number}"] = f"`{tie.owner}`, which `{tie.path}` shares, must come first"
