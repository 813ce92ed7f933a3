"""Names as edits need them: free ones for new nodes, and one name changed wherever it is spoken of.

A name is unique in its class: among the nodes of a stack and of the branches in it, whose layers are attributes of the
class around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable

from engine.design.address import Address, Place, located, node_at, spliced, stack_at
from engine.design.error import DesignError
from engine.design.kind import Kind
from engine.design.names import free_name
from engine.design.scope_names import attributes, names_of
from engine.design.tree import (
    Again,
    Group,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    Tie,
    scope,
    spoken,
    walk,
)  # fmt: skip
from engine.design.value import replace


def default_name(kind: Kind) -> str:
    """What the first layer of a kind is called: `linear1`, `batchnorm1`."""
    return re.sub(r"\dd$", "", kind.key().lower()) + "1"


def class_body(network: Network, at: Place) -> Stack:
    """The outermost stack of the class that a place is in."""
    while at.parent:
        address, node = located(network.body, at.parent)
        if isinstance(node, Group | Repeat):
            return node.body
        if len(address) == 1:
            break
        at = Place(0, node_at(network.body, address[:-2]).id)
    return network.body


class Taken(Container[str]):
    """The attributes of one class, and of the nodes that come into it."""

    def __init__(self, body: Stack) -> None:
        self._names = names_of(body)
        self._added: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return name in self._names or name in self._added

    def reserve(self, names: Iterable[str]) -> None:
        """Take names that are no attributes: of inputs and branches."""
        self._added.update(names)

    def add(self, node: Node) -> None:
        """Take the attributes of one more node."""
        self._added.update(attributes((node,)))


def taken_names(network: Network, at: Place) -> Taken:
    """The attributes of the class that a place is in."""
    stack_at(network.body, at)
    return Taken(class_body(network, at))


class Named:
    """Gives free names to nodes that come into a class, and remembers them."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken
        self.changed: dict[str, str] = {}

    def all(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """The nodes with free names; what is said of a renamed one among themselves follows."""
        renamed_nodes = tuple(self._one(node) for node in nodes)
        if not self.changed:
            return renamed_nodes
        return tuple(
            respoken(node, lambda name: self.changed.get(name, name)) for node in renamed_nodes
        )

    def _one(self, node: Node) -> Node:
        match node:
            case Layer() if not node.kind.is_module():
                return replace(node, name="") if node.name else node
            case Layer() | Group() | Repeat():
                wanted = node.name or (
                    default_name(node.kind) if isinstance(node, Layer) else "block1"
                )
                name = free_name(wanted, self.taken)
                if node.name and name != node.name:
                    self.changed[node.name] = name
                named = replace(node, name=name) if name != node.name else node
                self.taken.add(named)
                return named
            case Parallel():
                branches = tuple(
                    replace(branch, nodes=tuple(map(self._one, branch.nodes)))
                    for branch in node.branches
                )
                return replace(node, branches=branches)
            case Again():
                return node


def respoken(node: Node, name_of: Callable[[str], str]) -> Node:
    """The node with every mention of another node of its class passed through `name_of`."""
    match node:
        case Again():
            of, others = name_of(node.of), tuple(spoken(name, name_of) for name in node.others)
            same = (of, others) == (node.of, node.others)
            return node if same else replace(node, of=of, others=others)
        case Parallel():
            branches = tuple(
                replace(
                    branch,
                    source=name_of(branch.source) if branch.source else "",
                    nodes=tuple(respoken(inner, name_of) for inner in branch.nodes),
                )
                for branch in node.branches
            )
            return node if branches == node.branches else replace(node, branches=branches)
        case Layer() | Group() | Repeat() if node.others:
            others = tuple(spoken(name, name_of) for name in node.others)
            return node if others == node.others else replace(node, others=others)
        case Layer() | Group() | Repeat():
            return node


def renamed(network: Network, node_id: int, name: str) -> Network:
    """The network with one node called otherwise, and recalls, second uses and ties following it."""
    address, node = located(network.body, node_id)
    if not isinstance(node, Layer | Group | Repeat) or node.name == name:
        return network
    body = spliced(network.body, address, (replace(node, name=name),))
    old, own_class = node.name, _class_of(network.body, address)
    names = names_of(own_class)
    if old and names.reads and names.count(old) == 1:
        body = class_respoken(body, address, lambda one: name if one == old else one)
    ties = network.ties
    if ties:
        path = path_of(network, address)
        new_path = path[: len(path) - len(old)] + name
        ties = tuple(
            Tie(_moved_path(tie.path, path, new_path), _moved_path(tie.owner, path, new_path))
            for tie in ties
        )
    outputs = network.outputs
    if old in outputs and own_class is network.body and names.count(old) == 1:
        outputs = tuple(name if one == old else one for one in outputs)
    return replace(network, body=body, ties=ties, outputs=outputs)


def taken_renamed(network: Network, node_id: int, place: int, name: str) -> Network:
    """The network with one of the values that a block is handed called otherwise inside, where it is spoken of too."""
    address, node = located(network.body, node_id)
    if not isinstance(node, Group | Repeat) or not 0 <= place < len(node.takes):
        raise DesignError("that block is not handed such a value")
    old = node.takes[place]
    if old == name:
        return network
    takes = (*node.takes[:place], name, *node.takes[place + 1 :])
    body = node.body
    if node.takes.count(old) == 1 and old not in names_of(body):
        spoken_of = tuple(
            respoken(inner, lambda one: name if one == old else one) for inner in body.nodes
        )
        body = replace(body, nodes=spoken_of)
    block = replace(node, takes=takes, body=body)
    return replace(network, body=spliced(network.body, address, (block,)))


def branch_names(body: Stack) -> frozenset[str]:
    """The variables that branches of one class are."""
    return frozenset(
        branch.name
        for node in scope(body)
        if isinstance(node, Parallel)
        for branch in node.branches
        if branch.name
    )


def given_names(network: Network, at: Place) -> frozenset[str]:
    """What the class that a place is in is given by name: the network's inputs, or what the block takes."""
    body = class_body(network, at)
    if body is network.body:
        return frozenset(each.name for each in network.inputs)
    blocks = (node for node in walk(network.body) if isinstance(node, Group | Repeat))
    return frozenset(next(block for block in blocks if block.body is body).takes)


def _moved_path(path: str, old: str, new: str) -> str:
    return new + path[len(old) :] if path.startswith(f"{old}.") else path


def _class_of(body: Stack, address: Address) -> Stack:
    if len(outer := _class_address(body, address)) == 0:
        return body
    block = node_at(body, outer)
    return block.body if isinstance(block, Group | Repeat) else body


def _class_address(body: Stack, address: Address) -> Address:
    """Address of the Group or Repeat that a node is an attribute of; () for the network itself."""
    while len(address) > 1:
        address = address[:-2]
        if isinstance(node_at(body, address), Group | Repeat):
            return address
    return ()


def class_respoken(body: Stack, address: Address, name_of: Callable[[str], str]) -> Stack:
    outer = _class_address(body, address)
    inner = _class_of(body, address)
    spoken = replace(inner, nodes=tuple(respoken(node, name_of) for node in inner.nodes))
    if not outer:
        return spoken
    block = node_at(body, outer)
    assert isinstance(block, Group | Repeat)
    return spliced(body, outer, (replace(block, body=spoken),))


def path_of(network: Network, address: Address) -> str:
    """The path of a node in the `state_dict`, with turn 0 of every Repeat."""
    parts: list[str] = []
    stack = network.body
    numbered = False
    while address:
        node = stack.nodes[address[0]]
        if isinstance(node, Layer | Group | Repeat):
            parts.append(str(address[0]) if numbered else node.name)
        if isinstance(node, Repeat) and len(address) > 1:
            parts.append("0")
        numbered = isinstance(node, Group) and not node.class_name
        if len(address) > 1:
            stack = node.branches[address[1]] if isinstance(node, Parallel) else _body(node)
        address = address[2:]
    return ".".join(parts)


def _body(node: Node) -> Stack:
    assert isinstance(node, Group | Repeat)
    return node.body
