"""A design as the Python that a good engineer would write for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engine.design.error import DesignError
from engine.design.names import fault_of_class_name
from engine.design.scope_names import activation_name
from engine.design.tree import Layer, Network, Tie, walk
from engine.source.arguments import Parameter, behind_first
from engine.source.classes import WrittenClass, own_layers, printable, written_classes
from engine.source.forward import Forward
from engine.source.layout import INDENT, LINE_LENGTH, Call, Chain, Piece, condition, statement
from engine.source.sound import sound
from engine.source.support import support_class
from engine.views.facts import Analysis, NodeFacts

BODY = 2 * INDENT


def write_module(network: Network, analysis: Analysis | None = None) -> str:
    """The network as a module that imports torch alone, formatted as `ruff format` would.

    `analysis` is what `infer` found, where it is known already. Raises DesignError when the network has faults.
    """
    facts = sound(network, analysis)
    lines = _support(network)
    classes = written_classes(facts)
    for written in classes:
        own = written is classes[-1]
        lines += ["", "", *_class(written, facts if own else None)]
    return "\n".join([*_imports(lines), *lines, ""])


def _support(network: Network) -> list[str]:
    """The classes that the layers need and torch lacks, each once."""
    kinds = dict.fromkeys(type(node.kind) for node in walk(network.body) if isinstance(node, Layer))
    needed = [kind.module for kind in kinds if kind.is_support()]
    return [line for name in needed for line in ("", "", *support_class(name))]


def _imports(lines: list[str]) -> list[str]:
    """The imports that the classes use."""
    text = "\n".join(lines)
    found = ["import torch"] if re.search(r"(?<![\w.])torch\.", text) else []
    found.append("from torch import Tensor, nn")
    if re.search(r"(?<![\w.])F\.", text):
        found.append("from torch.nn import functional as F")
    return found


def _class(written: WrittenClass, whole: Analysis | None) -> list[str]:
    """One class; `whole` is the network's analysis where it is the network's own class."""
    if fault := fault_of_class_name(written.name):
        raise DesignError(fault)
    body = written.uses[0]
    inputs = tuple(each.name for each in whole.network.inputs) if whole else ("x", *written.takes)
    outputs = whole.network.outputs if whole else ()
    lines = [f"class {written.name}(nn.Module):"]
    lines += (
        _network_docstring(whole) if whole else [f'    """{written.name}: {_purpose(written)}."""']
    )
    lines += [
        "",
        *_signature("__init__", [_parameter(each) for each in written.parameters], "None"),
    ]
    lines.append(" " * BODY + "super().__init__()")
    for name, piece in written.constructors:
        lines += statement(piece, BODY, f"self.{name} = ")
    for tie in whole.network.ties if whole else ():
        lines += _tie(tie)
    owned = _own_layers(written)
    for path, uses in owned:
        lines += _initializations(path, uses)
    for path, uses in owned:
        for module in _frozen(path, uses[0]):
            lines += statement(Call(f"{module}.requires_grad_", ("False",)), BODY)
    lines += ["", *_signature("forward", [f"{name}: Tensor" for name in inputs], _given(outputs))]
    for target, piece, over in Forward(body.stack, inputs, outputs).write():
        inside = BODY
        if over:
            lines += statement(over, BODY)
            inside += INDENT
        lines += statement(piece, inside, f"{target} = " if target else "return ")
    return lines


def _signature(name: str, parameters: list[str], returns: str) -> list[str]:
    pieces = ("self", *parameters)
    return statement(Call(f"def {name}", pieces, f" -> {returns}:"), INDENT)


def _given(outputs: tuple[str, ...]) -> str:
    """The annotation of what `forward` returns."""
    if not outputs:
        return "Tensor"
    return (
        f"tuple[{', '.join(['Tensor'] * (len(outputs) + 1))}]"
        if len(outputs) < 4
        else "tuple[Tensor, ...]"
    )


def _parameter(parameter: Parameter) -> str:
    text = f"{parameter.name}: {parameter.annotation}"
    # ruff would break a longer hint inside its brackets.
    return text if len(text) < LINE_LENGTH - BODY else f"{parameter.name}: tuple"


def _purpose(written: WrittenClass) -> str:
    """What a block gives, or how often it is used where its uses give different shapes."""
    outputs = {use.output for use in written.uses}
    if len(outputs) > 1:
        return f"used {written.count} times"
    output = outputs.pop()
    assert output is not None
    return f"returns {batched(output.shape)}"


def _network_docstring(whole: Analysis) -> list[str]:
    """The shapes in the form that the reader takes them from."""
    output = whole.output
    assert output is not None
    return [
        f'    """{whole.network.name}.',
        "",
        *(
            f"    {each.name}: {batched(each.spec.shape)} {each.spec.dtype}"
            for each in whole.network.inputs
        ),
        f"    returns: {batched(output.shape)}",
        *(
            f"    {name}: {batched(each.shape)}, returned beside it"
            for name, each in zip(whole.network.outputs, whole.more, strict=True)
            if each is not None
        ),
        '    """',
    ]


def batched(shape: tuple[int, ...]) -> str:
    """A shape as a docstring says it: `(batch, 3, 224, 224)`."""
    return f"(batch, {', '.join(map(str, shape))})" if shape else "(batch,)"


def _own_layers(written: WrittenClass) -> list[tuple[str, tuple[NodeFacts, ...]]]:
    """The class's own layers by how the code calls them, each as it is in every use."""
    uses = [list(own_layers(use)) for use in written.uses]
    return [
        (_said(each[0][0]), tuple(facts for _, facts in each)) for each in zip(*uses, strict=True)
    ]


def _initializations(path: str, uses: tuple[NodeFacts, ...]) -> Iterator[str]:
    """The lines that initialise one layer: asking first for a tensor, such as a bias, that some uses lack."""
    node = uses[0].node
    assert isinstance(node, Layer)
    if not node.initializers:
        return
    there = [{weight.tensor for weight in facts.weights} for facts in uses]
    for tensor, initializer in node.initializers:
        own = path if node.kind.is_parameter() and tensor == "weight" else _tensor(path, tensor)
        piece = Call(initializer.function, (own, *behind_first(initializer)))
        if all(tensor in tensors for tensors in there):
            yield from statement(piece, BODY)
        elif any(tensor in tensors for tensors in there):
            if node.kind.tensors_may_miss and own == f"{path}.{tensor}":
                asked: Piece = Call("hasattr", (path, f'"{tensor}"'))
            else:
                asked = Chain((own, "None"), "is not")
            yield from condition(asked, BODY)
            yield from statement(piece, BODY + INDENT)


def _tensor(path: str, tensor: str) -> str:
    own = tensor.removeprefix("activation.")
    owner = path if own == tensor else f"{path}_activation"
    return _said(own.split("."), owner)


def _frozen(path: str, facts: NodeFacts) -> Iterator[str]:
    node = facts.node
    assert isinstance(node, Layer)
    if node.frozen:
        yield path
        if activation_name(node.name, node.activation):
            yield f"{path}_activation"


def _tie(tie: Tie) -> list[str]:
    owner, path = _said(tie.owner.split(".")), _said(tie.path.split("."))
    return statement(owner, BODY, f"{path} = ")


def _said(parts: Sequence[str], owner: str = "self") -> str:
    """A path of the `state_dict` as the class says it: blocks, 0, fc is `self.blocks[0].fc`."""
    text = owner
    for part in parts:
        text += f"[{part}]" if part.isascii() and part.isdecimal() else f".{printable(part)}"
    return text
