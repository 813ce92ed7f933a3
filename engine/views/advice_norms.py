"""Advice about norms and dropouts: in the wrong place, too strong, or undone by what is beside them."""

from __future__ import annotations

from collections.abc import Hashable

from engine.catalogue.batch_norm import BatchNormalising, InstanceNormalising
from engine.catalogue.convolution import AnyConvolution
from engine.catalogue.dropout import AlphaDropout, Dropout, Dropping
from engine.catalogue.linear import Linear
from engine.catalogue.norm import GroupNorm, LayerNorm, Normalising
from engine.catalogue.rectifiers import SELU
from engine.design.address import parent_of
from engine.design.edit import Edit, Move, Remove, SetField, SetInitializer, SetKind
from engine.design.kind import Kind
from engine.design.tree import Layer
from engine.design.value import replace
from engine.views.advising import Advice, AdviceMend, Found, LayerRule, several
from engine.views.flow import Step

HEAVY = 0.85
"""From this probability on, a dropout leaves too little to learn from."""


def _norm_behind(step: Step) -> Layer | None:
    """The norm that takes a layer's result as it is."""
    behind = next(step.following(), None)
    if behind is None or not isinstance(behind.node, Layer):
        return None
    return behind.node if isinstance(behind.node.kind, Normalising) else None


def _takes_bias_away(norm: Kind, channels: int) -> bool:
    """Whether a norm subtracts a mean for every single channel; over several, biases keep their differences."""
    if isinstance(norm, GroupNorm):
        return norm.num_groups == channels
    return isinstance(norm, BatchNormalising | InstanceNormalising)


def _bias_before_norm(step: Step) -> Hashable:
    """A map whose bias the norm behind it takes away again; [N, L, C] of a Linear is normalised along L."""
    kind = step.layer.kind
    assert isinstance(kind, Linear | AnyConvolution)
    if not kind.bias or step.layer.activation is not None or step.layer.id in step.run.recalled:
        return None
    if step.output is None or (isinstance(kind, Linear) and len(step.output.shape) != 1):
        return None
    norm = _norm_behind(step)
    if norm is None or not _takes_bias_away(norm.kind, step.output.shape[0]):
        return None
    return _family_of(norm.kind)


def _family_of(norm: Kind) -> str:
    match norm:
        case InstanceNormalising():
            return "an instance norm"
        case GroupNorm():
            return "a group norm of single channels"
        case _:
            return "a batch norm"


def _say_bias_before_norm(found: Found) -> Advice:
    norm = _norm_behind(found.first)
    assert norm is not None
    edits: list[Edit] = [SetField(found.ids, "bias", False)]
    given = tuple(step.layer.id for step in found.steps if step.layer.initializer("bias"))
    if given:
        edits.append(SetInitializer(given, "bias", None))
    return Advice(
        found.first.layer.id,
        f"Bias before {_family_of(norm.kind)}",
        f"The bias of {found.name()} does nothing: {found.name(norm)} takes it away again."
        + (f" {len(found.ids) - 1} more are like it." if len(found.ids) > 1 else ""),
        "The norm subtracts from every feature or channel its mean. A bias adds the same number "
        "everywhere in it, so it goes away with the mean, gets no gradient and only "
        "costs parameters. The norm's own learned shift takes its place.",
        (AdviceMend("Remove the bias", several(tuple(edits), "Remove the bias")),),
        found.ids[1:],
    )


def _dropout_before_norm(step: Step) -> Hashable:
    kind = step.layer.kind
    assert isinstance(kind, Dropping)
    norm = _norm_behind(step)
    remembers = norm is not None and isinstance(norm.kind, BatchNormalising)
    return type(norm.kind) if kind.p > 0 and norm is not None and remembers else None


def _say_dropout_before_norm(found: Found) -> Advice:
    norm = _norm_behind(found.first)
    assert norm is not None
    moves: list[Edit] = []
    for step in found.steps:
        place = parent_of(found.project.network.body, next(step.following()).node.id)
        moves.append(Move((step.layer.id,), replace(place, index=place.index + 1)))
    return Advice(
        found.first.layer.id,
        f"{found.first.layer.kind.title()} before {norm.kind.title()}",
        f"{found.name()} shifts the variance that {found.name(norm)} learns.{found.more()} Swap them?",
        "While training, dropout sets numbers to zero and scales up the rest, which makes the variance "
        "larger; in evaluation it does nothing. The norm remembers the variance of training and then "
        "divides by it in evaluation, where it is wrong. Behind the norm, dropout does no such harm.",
        (AdviceMend("Swap", several(tuple(moves), "Swap")),),
        found.ids[1:],
    )


def _dropout_last(step: Step) -> Hashable:
    kind = step.layer.kind
    assert isinstance(kind, Dropping)
    return (step.layer.id,) if kind.p > 0 and step.run.last and not step.is_hidden() else None


def _say_dropout_last(found: Found) -> Advice:
    step = found.first
    return Advice(
        step.layer.id,
        "Dropout at the end",
        f"{found.name()} sets outputs of the network itself to zero at random while it trains.",
        "Dropout makes a network not rely on single hidden features. Behind the last layer it hides "
        "answers instead: the loss then punishes outputs that were set to zero at random, which no weight can "
        "mend. Put it before the last layer, or leave it out.",
        (AdviceMend("Remove it", Remove((step.layer.id,))),),
    )


def _dropout_heavy(step: Step) -> Hashable:
    kind = step.layer.kind
    assert isinstance(kind, Dropping)
    return kind.p if kind.p >= HEAVY else None


def _say_dropout_heavy(found: Found) -> Advice:
    kind = found.first.layer.kind
    assert isinstance(kind, Dropping)
    kept = f"only {100 * (1 - kind.p):.2g} % of" if kind.p < 1 else "none of"
    return Advice(
        found.first.layer.id,
        "Very strong dropout",
        f"{found.name()} keeps {kept} its numbers while training.{found.more()}",
        "`p` is the probability that a number is dropped, not that it is kept. With so much of the signal "
        "gone the network learns slowly or, at p = 1, nothing at all. Values from 0.1 to 0.5 are usual.",
        (AdviceMend("Use p = 0.5", SetField(found.ids, "p", 0.5)),),
        found.ids[1:],
    )


def _norm_of_one(step: Step) -> Hashable:
    kind = step.layer.kind
    assert isinstance(kind, LayerNorm)
    if step.input is None or not step.input.shape:
        return None
    normed = step.input.shape[-min(kind.dimensions, len(step.input.shape)) :]
    return True if all(size == 1 for size in normed) else None


def _say_norm_of_one(found: Found) -> Advice:
    return Advice(
        found.first.layer.id,
        "LayerNorm over a single number",
        f"{found.name()} gives the same for every input.{found.more()}",
        "LayerNorm subtracts the mean of the numbers that it normalises. Of a single number the mean is "
        "that number, so that zero is left, and what comes out is the norm's own bias. All that the layers "
        "before it computed is lost.",
        (AdviceMend("Remove it", Remove(found.ids)),),
        found.ids[1:],
    )


def _dropout_after_selu(step: Step) -> Hashable:
    """Plain dropout behind SELU; AlphaDropout is a kind of its own and no subclass of Dropout."""
    if step.at == 0:
        return None
    before = step.run.nodes[step.at - 1].node
    if not isinstance(before, Layer):
        return None
    return True if isinstance(before.activation or before.kind, SELU) else None


def _say_dropout_after_selu(found: Found) -> Advice:
    kind = found.first.layer.kind
    assert isinstance(kind, Dropout)
    return Advice(
        found.first.layer.id,
        "Plain dropout after SELU",
        f"{found.name()} upsets the mean 0 and variance 1 that SELU keeps up.{found.more()}",
        "The point of SELU is that mean 0 and variance 1 hold from layer to layer. Setting numbers to zero "
        "changes both. AlphaDropout sets them to SELU's lowest value instead and rescales the result, so that "
        "both hold.",
        (AdviceMend("Use AlphaDropout", SetKind(found.ids, AlphaDropout(p=kind.p))),),
        found.ids[1:],
    )


NORM_RULES = (
    LayerRule((Linear, AnyConvolution), _bias_before_norm, _say_bias_before_norm),
    LayerRule((Dropping,), _dropout_before_norm, _say_dropout_before_norm),
    LayerRule((Dropping,), _dropout_last, _say_dropout_last),
    LayerRule((Dropping,), _dropout_heavy, _say_dropout_heavy),
    LayerRule((Dropout,), _dropout_after_selu, _say_dropout_after_selu),
    LayerRule((LayerNorm,), _norm_of_one, _say_norm_of_one),
)
