"""What a card says, in words: the same for its picture, its tooltip and a screen reader."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QCoreApplication

from engine.catalogue import Loss
from engine.catalogue.datasets import RandomInput
from engine.catalogue.squashers import Hardsigmoid, LogSigmoid, Sigmoid
from engine.catalogue.vectors import LogSoftmax, Softmax, Softmax2d, Softmin
from engine.design.kind import Activation, Kind, Shape, TensorSpec
from engine.design.knob import Flag
from engine.design.tree import Again, Group, Layer, Parallel, Repeat
from engine.design.value import replace, value
from engine.views.facts import Fault, FaultMend, NodeFacts, label
from gui.stack.offers import has_chips, main_tensor
from gui.stack.rows import BranchRow, InputRow, NodeRow, OutputRow, is_block, layers_in

translate = QCoreApplication.translate

FAMILY_COLOURS = {
    "norm": "family_normalization",
    "padding": "family_shaping",
    "upsampling": "family_pooling",
    "activation": "activation",
}
"""Where the colour of a family is not called after it."""

MOST_INSIDE = 8
"""Kinds that a block's card names; there is no room for more."""


@value
class CardText:
    """The words on one card; an empty text is not there."""

    title: str
    brief: str = ""
    name: str = ""
    line: str = ""
    """Below the title, in small letters, where there are no chips."""
    shape: str = ""
    count: str = ""
    colour: str = "family_shaping"
    """The colour token of the bar."""
    badge: str = ""
    activation: str = ""
    initializer: str = ""
    chips: bool = False
    """Whether the chips have a line of their own; else the activation's shows while the card is in use."""
    faults: tuple[Fault, ...] = ()
    note: str = ""
    frozen: bool = False
    foldable: bool = False
    folded: bool = False


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun; `many` has a {0} for the number."""
    return one if number == 1 else many.format(f"{number:,}")


def layers_counted(number: int) -> str:
    """5 layers."""
    return counted(number, translate("Stack", "1 layer"), translate("Stack", "{0} layers"))


def parameters_counted(number: int) -> str:
    """386 params; 25.6 M params where all digits would not fit."""
    if number < 100_000_000:
        return counted(number, translate("Stack", "1 param"), translate("Stack", "{0} params"))
    scale, unit = (1e9, "B") if number >= 1_000_000_000 else (1e6, "M")
    return translate("Stack", "{0} params").format(f"{number / scale:,.1f} {unit}")


def family_colour(family: str) -> str:
    """The colour token of a family of kinds."""
    return FAMILY_COLOURS.get(family, f"family_{family}")


def card_text(row: NodeRow | InputRow | OutputRow) -> CardText:
    """The words on a card."""
    match row:
        case InputRow():
            return _input_text(row)
        case OutputRow():
            return _output_text(row)
        case NodeRow():
            return _node_text(row)


def heading_text(row: BranchRow) -> str:
    """The line above a branch: `branch 2 · from encoder1 → [N, 64, 32, 32]`."""
    if row.placeholder and row.parent:
        return translate("Stack", "Empty: add a layer here")
    if row.placeholder:
        return translate("Stack", "No layers yet: type a name, such as linear")
    parts = [translate("Stack", "branch {0}").format(row.branch + 1)]
    if row.name:
        parts.append(row.name)
    if row.source:
        parts.append(translate("Stack", "from {0}").format(row.source))
    if row.empty:
        parts.append(translate("Stack", "identity"))
    heading = " · ".join(parts)
    return f"{heading} → {row.output}" if row.output is not None else heading


# --- input and output ------------------------------------------------------------------------------------------------


def _input_text(row: InputRow) -> CardText:
    several = len(row.inputs) > 1
    first = row.inputs[0] if row.inputs else None
    scaling = {
        "standardised": translate("Stack", "standardised"),
        "unit range": translate("Stack", "unit range"),
    }.get(row.scaling, "")
    if isinstance(row.dataset, RandomInput):
        scaling = ""
    return CardText(
        translate("Stack", "Input"),
        translate("Stack", "{0} inputs").format(len(row.inputs))
        if several
        else _size(first.spec) if first else "",
        ", ".join(each.name for each in row.inputs),
        " · ".join(filter(None, (row.dataset.title(), scaling))),
        ", ".join(str(each.spec) for each in row.inputs),
        ", ".join(dict.fromkeys(each.spec.dtype for each in row.inputs)),
        "family_input",
        faults=row.faults,
    )  # fmt: skip


def _size(spec: TensorSpec) -> str:
    """2 features, 512 tokens, 28 × 28 pixels."""
    match spec.shape:
        case ():
            return translate("Stack", "1 number")
        case (size,) if spec.dtype == "int64":
            one, many = translate("Stack", "1 token"), translate("Stack", "{0} tokens")
            return counted(size, one, many)
        case (size,):
            one, many = translate("Stack", "1 feature"), translate("Stack", "{0} features")
            return counted(size, one, many)
        case (_, height, width):
            return translate("Stack", "{0} × {1} pixels").format(height, width)
        case sizes:
            return " × ".join(map(str, sizes))


def _output_text(row: OutputRow) -> CardText:
    shape = str(row.spec) if row.spec is not None else "?"
    brief = _answers(row, row.spec.shape) if row.spec is not None and row.spec.shape else ""
    line = row.loss.title() if row.loss is not None else ""
    dtype = row.spec.dtype if row.spec is not None else ""
    return CardText(translate("Stack", "Output"), brief, "", line, shape, dtype, "family_input")


def _answers(row: OutputRow, shape: Shape) -> str:
    """2 classes · logits; 2 probabilities, or 8 × 32 × 32 numbers, where no loss says what they are for."""
    size, *more = shape
    loss = row.loss if isinstance(row.loss, Loss) else None
    given = _given(row)
    if loss is None or loss.task == "regression":
        one, many = _plain(given)
        return many.format(" × ".join(map(str, shape))) if more else counted(size, one, many)
    if loss.task == "classification":
        words = translate("Stack", "1 class"), translate("Stack", "{0} classes")
    else:
        words = translate("Stack", "1 answer"), translate("Stack", "{0} answers")
    said = {
        "probabilities": translate("Stack", "probabilities"),
        "log_probabilities": translate("Stack", "log-probabilities"),
        "logits": translate("Stack", "logits"),
    }
    return " · ".join(filter(None, (counted(size, *words), said.get(given, ""))))


def _given(row: OutputRow) -> str:
    """What the numbers are, by what they came through last; plain scores are logits for a loss that wants them."""
    match row.activation:
        case Softmax() | Softmax2d() | Softmin() | Sigmoid() | Hardsigmoid():
            return "probabilities"
        case LogSoftmax() | LogSigmoid():
            return "log_probabilities"
        case None if isinstance(row.loss, Loss) and row.loss.expects == "logits":
            return "logits"
        case _:
            return "numbers"


def _plain(given: str) -> tuple[str, str]:
    """One and many of what is given, without a loss."""
    match given:
        case "probabilities":
            return translate("Stack", "1 probability"), translate("Stack", "{0} probabilities")
        case "log_probabilities":
            return translate("Stack", "1 log-probability"), translate(
                "Stack", "{0} log-probabilities"
            )
        case _:
            return translate("Stack", "1 number"), translate("Stack", "{0} numbers")


# --- nodes -----------------------------------------------------------------------------------------------------------


def _node_text(row: NodeRow) -> CardText:
    node, facts = row.node, row.facts
    known = facts.output is not None
    plain = CardText(
        "",
        shape=str(facts.output) if known else "?",
        count=parameters_counted(facts.totals.parameters) if known else "",
        colour="family_block",
        faults=row.faults,
        note=node.note,
        folded=row.folded,
    )
    match node:
        case Layer():
            return _layer_text(node, facts, plain)
        case Parallel() if not is_block(node):
            return replace(
                plain,
                title=node.join.title(),
                brief=", ".join(branch.source for branch in node.branches),
            )
        case Parallel():
            one, many = translate("Stack", "1 branch"), translate("Stack", "{0} branches")
            return replace(plain, title=node.join.title(), brief=counted(len(node.branches), one, many),
                           line=_branches(node), activation=activation_text(node.activation),
                           chips=node.activation is not None, foldable=True)  # fmt: skip
        case Group():
            title = node.class_name or "Sequential"
            return replace(plain, title=title, brief=layers_counted(layers_in(node.body)), name=node.name,
                           line=_inside(node), foldable=True)  # fmt: skip
        case Repeat():
            return replace(plain, title=node.class_name, badge=f"× {node.times}", name=node.name,
                           brief=layers_counted(layers_in(node.body)),
                           line=_inside(node), foldable=True)  # fmt: skip
        case Again():
            return replace(plain, title=node.of, brief=_with(node, translate("Stack", "again")),
                           line=translate("Stack", "the same weights"), activation=activation_text(node.activation),
                           chips=node.activation is not None)  # fmt: skip
        case _:
            assert_never(node)


def _branches(node: Parallel) -> str:
    """dim 1 · identity · 3 layers."""
    fields = [f"{name} {value}" for name, value in node.join.values().items()]
    branches = [layers_counted(layers_in(branch)) if branch.nodes else translate("Stack", "identity")
                for branch in node.branches]  # fmt: skip
    return " · ".join(fields + branches)


def _inside(block: Group | Repeat) -> str:
    """What a block is handed, and the kinds that stand in it, the first few: with encoder · LayerNorm · Add."""
    kinds = " · ".join(label(node) for node in block.body.nodes[:MOST_INSIDE])
    return _with(block, kinds)


def _with(node: Layer | Group | Repeat | Again, words: str) -> str:
    """What a node takes beside what flows in, before other words on it."""
    if not node.others:
        return words
    taken = translate("Stack", "with {0}").format(", ".join(node.others))
    return f"{taken} · {words}" if words else taken


def _layer_text(node: Layer, facts: NodeFacts, plain: CardText) -> CardText:
    tensor = main_tensor(node.kind)
    initializer = node.initializer(tensor) if tensor else None
    chosen = initializer.title() if initializer else translate("Stack", "torch's default")
    return replace(
        plain,
        title=node.kind.title(),
        brief=_with(node, node.kind.brief(facts.input)),
        name=node.name,
        line=second_line(node.kind),
        colour=family_colour(node.kind.family),
        activation=activation_text(node.activation),
        initializer=chosen if tensor else "",
        chips=has_chips(node),
        frozen=node.frozen,
    )


def activation_text(activation: Activation | None) -> str:
    """What an activation's chip says."""
    return translate("Stack", "none") if activation is None else activation.title()


def second_line(kind: Kind) -> str:
    """What stands below the title of a card without chips: `track running stats · affine`, `regularisation`."""
    match kind.family:
        case "dropout":
            return translate("Stack", "regularisation")
        case "norm":
            on = [
                knob.name
                for knob in kind.knobs
                if isinstance(knob.range, Flag) and kind.values()[knob.name]
            ]
            words = {
                "track_running_stats": translate("Stack", "running statistics"),
                "affine": translate("Stack", "affine"),
                "elementwise_affine": translate("Stack", "affine"),
            }
            return " · ".join(words[name] for name in reversed(on) if name in words)
        case "shaping":
            return translate("Stack", "reshapes")
        case "activation":
            return translate("Stack", "activation")
        case _:
            return ""  # fmt: skip


def mend_text(mend: FaultMend) -> str:
    """A mend with what it costs, where mends of its fault cost anything."""
    match mend.cost:
        case None:
            return mend.title
        case 0:
            return translate("Stack", "{0} (+0)").format(mend.title)
        case _:
            cost = translate("Stack", "{0} (+{1} params)")
            return cost.format(mend.title, f"{mend.cost:,}")


def fault_text(fault: Fault) -> str:
    """A fault as its own card says it, where the place is plain."""
    message = fault.message
    return message[:1].upper() + message[1:]
