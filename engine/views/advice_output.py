"""Advice about the ends of a network: the data it gets, what it gives, and the loss that judges it."""

from __future__ import annotations

from collections.abc import Iterator
from math import e, log

from engine.catalogue.datasets import (
    BreastCancer,
    Dataset,
    Diabetes,
    RandomInput,
    Wine,
)
from engine.catalogue.embedding import Embedding
from engine.catalogue.linear import Linear
from engine.catalogue.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    Loss,
    MSELoss,
    MultiLabelSoftMarginLoss,
    NLLLoss,
    SoftMarginLoss,
)
from engine.catalogue.rectifiers import ReLU, ReLU6
from engine.catalogue.squashers import Hardsigmoid, Hardtanh, LogSigmoid, Sigmoid, Softsign, Tanh
from engine.catalogue.vectors import LogSoftmax, Softmax, Softmax2d, Softmin
from engine.design.edit import Edit, SetField, SetInputs
from engine.design.kind import Activation
from engine.design.knob import Entry
from engine.design.project import Project, SetData, SetTraining
from engine.design.tree import Input, Layer, Parallel, others_of, walk
from engine.design.value import replace
from engine.views.advising import Advice, AdviceMend, Ending, called, several, wearing
from engine.views.facts import Analysis

CONTAINED: dict[type[Entry], str] = {
    CrossEntropyLoss: "softmax",
    BCEWithLogitsLoss: "sigmoid",
    MultiLabelSoftMarginLoss: "sigmoid",
    SoftMarginLoss: "sigmoid",
}
"""Losses that contain an activation themselves."""

SCORES_TO_SHARES = (Softmax, LogSoftmax, Softmax2d, Softmin, Sigmoid, Hardsigmoid, LogSigmoid)
"""Activations that a network ends in for probabilities, and that such a loss must not get."""

PROBABILITIES = (Sigmoid, Hardsigmoid, Softmax, Softmax2d, Softmin)
BOUNDED = (Sigmoid, Hardsigmoid, Tanh, Hardtanh, Softsign)
UNEVEN = (Wine, BreastCancer, Diabetes)
"""Data sets whose columns differ in scale by a thousand and more."""


def _judged(project: Project, analysis: Analysis) -> tuple[Dataset, Loss] | None:
    """Data and loss, where there is a target and the network has an output to be judged."""
    data, loss = project.data.set, project.training.loss
    if not isinstance(data, Dataset) or not isinstance(loss, Loss):
        return None
    return (data, loss) if data.predicts() and analysis.output is not None else None


def _using(project: Project, loss: Loss) -> AdviceMend:
    training = replace(project.training, loss=loss)
    return AdviceMend(f"Use {loss.title()}", SetTraining(training))


def _one(edits: tuple[Edit, ...], title: str) -> AdviceMend:
    return AdviceMend(title, several(edits, title))


# --- loss and output ---------------------------------------------------------------------------------------------


def _twice(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """An activation before a loss that contains it."""
    judged = _judged(project, analysis)
    if judged is None or end.node is None or not isinstance(end.activation, SCORES_TO_SHARES):
        return
    loss, activation = judged[1], end.activation
    inner = CONTAINED.get(type(loss))
    if inner is None:
        return
    title = activation.title()
    mends = [_one(wearing(analysis.network, (end.node,), None), f"Remove the {title.lower()}")]
    if isinstance(activation, LogSoftmax) and isinstance(loss, CrossEntropyLoss):
        mends.append(_using(project, NLLLoss()))
    if isinstance(activation, Sigmoid) and isinstance(loss, BCEWithLogitsLoss):
        mends.append(_using(project, BCELoss()))
    yield Advice(
        end.node.id,
        f"{title} before {loss.title().lower()}",
        f"{called(analysis, end.node)} ends in {title.lower()}, and the loss applies a {inner} once more.",
        _why_twice(activation, loss, inner, _width(analysis)),
        tuple(mends),
    )


def _why_twice(activation: Activation, loss: Loss, inner: str, outputs: int) -> str:
    start = (
        f"{loss.title()} expects plain scores, because it contains the {inner}, computed safely. "
    )
    match activation, loss:
        case (LogSoftmax(), CrossEntropyLoss()):
            return (
                start
                + "A second log-softmax changes nothing, so the result is right, but it costs time and "
                "misleads a reader. Either leave it out, or keep it and use the negative log-likelihood."
            )
        case (Softmax() | Softmax2d() | Softmin(), CrossEntropyLoss()) if outputs > 1:
            return (
                start
                + f"With a softmax before it, its scores lie between 0 and 1: even for a network "
                f"that is sure and right, the loss stays above {log(1 + (outputs - 1) / e):.2f} "
                f"for {outputs} classes, and its gradient is small. Learning gets much slower."
            )
        case (Sigmoid() | Hardsigmoid(), _) if inner == "sigmoid":
            return (
                start
                + "A sigmoid of a sigmoid lies between 0.5 and 0.73, so that the network can never say "
                "no: its loss for such samples stays above 0.69, and gradients are small."
            )
        case _:
            return (
                start
                + f"Behind {activation.title().lower()} its scores are limited, so that the network can "
                "never be as sure as it should be and its gradient is small."
            )


def _width(analysis: Analysis) -> int:
    output = analysis.output
    return output.shape[0] if output is not None and output.shape else 1


def _log_probabilities(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """The negative log-likelihood of anything but a log-softmax."""
    judged = _judged(project, analysis)
    if judged is None or not isinstance(judged[1], NLLLoss) or end.node is None:
        return
    if isinstance(end.activation, LogSoftmax):
        return
    plain = end.activation is None or not isinstance(end.activation, SCORES_TO_SHARES)
    mends = [_one(wearing(analysis.network, (end.node,), LogSoftmax()), "End in log-softmax")]
    if plain:
        mends.append(_using(project, CrossEntropyLoss()))
    gives = end.activation.title().lower() if end.activation is not None else "plain scores"
    yield Advice(
        end.node.id,
        "This loss wants a log-softmax",
        f"Negative log-likelihood takes logarithms of probabilities; {called(analysis, end.node)} gives {gives}.",
        "This loss is minus the output for the right class and nothing more. Given logarithms of "
        "probabilities that is the cross entropy; given anything else training pushes one output up without "
        "bound, the loss turns negative and means nothing. torch reports no error.",
        tuple(mends),
    )


def _probabilities(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """Binary cross entropy of what need not lie between 0 and 1."""
    judged = _judged(project, analysis)
    if judged is None or not isinstance(judged[1], BCELoss) or end.node is None:
        return
    bent = end.activation
    if isinstance(bent, PROBABILITIES):
        return
    if isinstance(bent, Hardtanh) and bent.min_val >= 0 and bent.max_val <= 1:
        return
    yield Advice(
        end.node.id,
        "This loss wants probabilities",
        f"Binary cross entropy takes numbers from 0 to 1; what {called(analysis, end.node)} gives may lie outside.",
        "This loss takes the logarithm of the output, and of 1 minus the output; torch stops the run at the "
        "first output outside 0 to 1. A sigmoid brings outputs into that range. Better still is the loss with "
        "logits, which contains the sigmoid and stays exact where it saturates.",
        (
            _using(project, BCEWithLogitsLoss()),
            _one(wearing(analysis.network, (end.node,), Sigmoid()), "End in a sigmoid"),
        ),
    )


def _other_task(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """A loss for numbers on classes, or the reverse."""
    judged = _judged(project, analysis)
    if judged is None:
        return
    data, loss = judged
    if data.task == "classification" and loss.task == "regression":
        wanted, names = CrossEntropyLoss(), "classes, whose numbers are only names"
    elif data.task == "regression" and loss.task != "regression":
        wanted, names = MSELoss(), "numbers, not classes"
    else:
        return
    yield Advice(
        0,
        f"{loss.title()} does not suit {data.title()}",
        f"The targets of {data.title()} are {names}.",
        "A loss for numbers measures distances: it would take class 2 for twice as much as class 1, "
        "although the order of classes means nothing. A loss for classes counts only whether the right one "
        "got the highest score, and can't say how far off a number is.",
        (_using(project, wanted),),
    )


def _other_count(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """As many outputs as the data have classes, or one for a number."""
    judged = _judged(project, analysis)
    facts = judged[0].facts() if judged is not None else None
    if judged is None or facts is None or facts.output is None or analysis.output is None:
        return
    data, loss = judged
    got, wanted = analysis.output.shape, facts.output[-1]
    one_is_enough = loss.task == "yes or no" and wanted == 2
    channels_first = bool(facts.classes) and got == (wanted, *facts.output[:-1])
    if got == facts.output or channels_first or (one_is_enough and got == (1,)):
        return
    what = f"{wanted} classes" if data.task == "classification" else "one number to predict"
    if facts.target:
        what = f"{what} at each of {facts.target[0]} places"
    mends: tuple[AdviceMend, ...] = ()
    last = end.map
    given = (
        isinstance(last.kind, Linear) and got == (*facts.output[:-1], last.kind.out_features)
        if last
        else False
    )
    if last is not None and given:
        title = f"Give {last.name or 'the last layer'} {wanted} output{'s' if wanted > 1 else ''}"
        mends = (AdviceMend(title, SetField((last.id,), "out_features", wanted)),)
    yield Advice(
        last.id if last is not None else 0,
        "Outputs don't match the data",
        f"{data.title()} has {what}; the network gives {analysis.output}.",
        "A classifier gives one score for every class, and the highest wins; a regression gives the number "
        "itself. With fewer outputs than classes the run stops at the first sample of a class that has none; "
        "with more, the network first has to learn that the others never occur.",
        mends,
    )


def _cut_off(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """An output that cannot reach all that the loss may ask for."""
    judged = _judged(project, analysis)
    if judged is None or end.node is None or end.activation is None:
        return
    data, loss = judged
    bounded = isinstance(end.activation, BOUNDED) and data.task == "regression"
    if not bounded and not isinstance(end.activation, ReLU | ReLU6):
        return
    if loss.expects not in ("logits", "numbers"):
        return
    name, title = called(analysis, end.node), end.activation.title()
    if bounded:
        why = (
            "A regression has to be able to say any number that occurs. Behind this activation its answers stay "
            "within fixed bounds, and toward them the gradient vanishes. Leave the last layer without an "
            "activation, or scale the targets into these bounds."
        )
        sentence = f"{name} can't give numbers outside the bounds of its {title.lower()}."
    else:
        why = (
            f"{title} makes every negative result zero, and a zero has no gradient: an output that starts "
            "negative for all samples never learns. Scores and most numbers may be negative, so the last layer "
            "usually has no activation; where outputs must be positive, softplus keeps a gradient everywhere."
        )
        sentence = f"{name} can't give negative numbers, and outputs may die."
    yield Advice(
        end.node.id,
        f"{title} at the end",
        sentence,
        why,
        (_one(wearing(analysis.network, (end.node,), None), f"Remove the {title}"),),
    )


# --- data and input ------------------------------------------------------------------------------------------------


def _other_input(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """An input of another shape than the rows of the data set."""
    data, inputs = project.data.set, analysis.network.inputs
    facts = data.facts() if isinstance(data, Dataset) else None
    if facts is None or not inputs:
        return
    spec, wanted = inputs[0].spec, facts.given
    if spec.shape == wanted.shape and spec.dtype == wanted.dtype:
        return
    row = f"{wanted}"
    given = Input(inputs[0].name, wanted)
    yield Advice(
        0,
        "Data and input don't fit",
        f"{data.title()} gives {row}{_dtype(wanted.dtype)}; the input of the network is {spec}{_dtype(spec.dtype)}.",
        "Rows flow into the network as they are, so its input must have their shape. Change the input and "
        "all that follows is derived anew, or choose other data.",
        (AdviceMend(f"Make the input {row}", SetInputs((given, *inputs[1:]))),),
    )


def _dtype(dtype: str) -> str:
    return "" if dtype == "float32" else f" of {dtype}"


def _unscaled(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """Columns of very different size that go in as they are."""
    data = project.data
    if not isinstance(data.set, Dataset) or data.scaling != "none":
        return
    if not isinstance(data.set, UNEVEN) and len(data.set.row_shape or ()) != 3:
        return
    first = analysis.body.nodes[0].node if analysis.body.nodes else None
    if isinstance(first, Layer) and first.kind.family == "norm":
        return
    standardise = AdviceMend("Standardise", SetData(replace(data, scaling="standardised")))
    if not isinstance(data.set, UNEVEN):
        yield Advice(
            0,
            "Pixels go in unscaled",
            f"{data.set.title()} comes as it is stored, from 0 up to the brightest pixel.",
            "Weights are drawn for inputs of mean 0 and a size of about 1. Brightness as it is stored is never "
            "negative and often large: the first layer then starts far from where its activation bends, and all "
            "gradients of its weights share one sign for each sample. Standardising mends both.",
            (standardise,),
        )
        return
    yield Advice(
        0,
        "Columns of very different size",
        f"{data.set.title()} goes in unscaled, and its largest column drowns the others.",
        "Weights start alike for all inputs, so a column in the thousands decides everything and one in "
        "tenths nothing; the loss then is steep in one direction and flat in another, and no learning rate "
        "suits both. Standardising gives every column mean 0 and standard deviation 1.",
        (standardise,),
    )


def _beyond_table(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """Random whole numbers that an embedding at the input has no row for."""
    data = project.data.set
    first = analysis.body.nodes[0].node if analysis.body.nodes else None
    if not isinstance(data, RandomInput) or not isinstance(first, Layer):
        return
    if not isinstance(first.kind, Embedding):
        return
    rows, low = first.kind.num_embeddings, int(data.low)
    if low >= 0 and low + data.count <= rows:
        return
    fitting = data.with_fields(low=0.0, count=min(data.count, rows))
    yield Advice(
        first.id,
        "Random numbers beyond the table",
        f"{called(analysis, first)} has rows 0 to {rows - 1}; the random input runs from {low} to "
        f"{low + data.count - 1}.",
        "An embedding looks up the row whose number comes in. For a number without a row there is nothing to "
        "look up, and torch stops with an index error.",
        (
            AdviceMend(
                f"Draw from 0 to {min(data.count, rows) - 1}",
                SetData(replace(project.data, set=fitting)),
            ),
        ),
    )


def _unused_input(project: Project, analysis: Analysis, end: Ending) -> Iterator[Advice]:
    """A second input that no branch reads."""
    inputs = analysis.network.inputs
    if len(inputs) < 2:
        return
    read: set[str] = set()
    for node in walk(analysis.network.body):
        read.update(others_of(node))
        if isinstance(node, Parallel):
            read.update(branch.source for branch in node.branches)
    for each in inputs[1:]:
        if each.name not in read:
            others = tuple(one for one in inputs if one is not each)
            yield Advice(
                0,
                "An input that nothing reads",
                f"The network takes {each.name}, and no layer uses it.",
                "The first input flows into the first layer; every other one is read by a branch that names it "
                "as its source. One that no branch reads changes nothing, and whoever calls the network has to "
                "provide it all the same.",
                (AdviceMend(f"Remove {each.name}", SetInputs(others)),),
            )


NETWORK_RULES = (
    _other_input,
    _unused_input,
    _beyond_table,
    _unscaled,
    _other_task,
    _other_count,
    _twice,
    _log_probabilities,
    _probabilities,
    _cut_off,
)
