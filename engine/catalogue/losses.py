"""Losses of torch.nn: what training makes small."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from engine.catalogue.bounds import FAR
from engine.design.call import Call, signature
from engine.design.knob import Entry, flag, real, whole

Task = Literal["classification", "yes or no", "regression"]
"""One of several classes; one or several independent yes-or-no answers; numbers."""
Expects = Literal["logits", "log_probabilities", "probabilities", "numbers"]
"""What the network's output has to be: any numbers that a softmax or sigmoid would make
probabilities, and so on.
"""
Target = Literal["class", "like the output", "signs"]
"""A class as a whole number; numbers in the shape of the output; -1 and 1 in the shape of the
output.
"""


class Loss(Entry):
    """One loss that compares an output with a target, averaged over the batch."""

    module: ClassVar[str] = ""
    """The torch class as code names it: `nn.MSELoss`."""
    parameters: ClassVar[str] = ""
    """torch's own signature of it."""
    task: ClassVar[Task] = "regression"
    expects: ClassVar[Expects] = "numbers"
    target: ClassVar[Target] = "like the output"

    @classmethod
    def measure(cls) -> str:
        """What a network trained with it is judged by, 1 where all is right."""
        return "R²" if cls.task == "regression" else "accuracy"

    def call(self) -> Call:
        """The constructor's call."""
        known = signature(self.parameters)
        named: dict[str, Any] = {k: v for k, v in self.values().items() if k in known.defaults}
        return Call(self.module, known, known.bind((), named))


# --- one of several classes ----------------------------------------------------------------------


class CrossEntropyLoss(Loss):
    """Minus the logarithm of the probability that the network gives to the right class. For one of
    several classes.

    The usual loss of a classifier. It contains the softmax: give it the plain scores of the last
    layer, without an activation. An untrained network with k classes starts near log k. With label
    smoothing it never wants to be fully sure.
    """

    label_smoothing: float = real(
        0.0, "Share of the target that is spread over all classes.", at_least=0, at_most=1
    )
    ignore_index: int = whole(-100, "Class number that does not count, such as filling.")

    aliases = ("softmax loss", "log loss", "classification")
    module = "nn.CrossEntropyLoss"
    parameters = (
        "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', "
        "label_smoothing=0.0"
    )
    task = "classification"
    expects = "logits"
    target = "class"

    @classmethod
    def title(cls) -> str:
        return "Cross entropy"


class NLLLoss(Loss):
    """Minus the logarithm of a probability that the network has already taken the logarithm of. For
    one of several classes.

    Put a log-softmax at the end of the network; together they are the cross entropy. With a plain
    softmax in front of it the numbers are wrong and no error says so.
    """

    ignore_index: int = whole(-100, "Class number that does not count, such as filling.")

    aliases = ("negative log likelihood",)
    module = "nn.NLLLoss"
    parameters = "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'"
    task = "classification"
    expects = "log_probabilities"
    target = "class"

    @classmethod
    def title(cls) -> str:
        return "Negative log-likelihood"


class MultiMarginLoss(Loss):
    """The right class has to be ahead of every other by a margin. For one of several classes.

    The hinge loss of support vector machines. Samples that are ahead by enough teach nothing any
    more; the scores are no probabilities.
    """

    p: int = whole(1, "Power of what is missing: 1 or 2.", at_least=1, at_most=2)
    margin: float = real(
        1.0, "How far ahead the right class has to be.", at_least=-FAR, at_most=FAR
    )

    aliases = ("hinge", "svm")
    module = "nn.MultiMarginLoss"
    parameters = "p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction='mean'"
    task = "classification"
    expects = "logits"
    target = "class"

    @classmethod
    def title(cls) -> str:
        return "Multi-class margin"


# --- yes or no -----------------------------------------------------------------------------------


class BCEWithLogitsLoss(Loss):
    """Minus the logarithm of the probability of the right answer, yes or no, for every output
    apart.

    For two classes with one output, and for labels of which several may hold. It contains the
    sigmoid: give it plain scores. When yes is rare, a network that always says no has a small loss
    already.
    """

    aliases = ("binary cross entropy", "bce", "sigmoid loss")
    module = "nn.BCEWithLogitsLoss"
    parameters = "weight=None, size_average=None, reduce=None, reduction='mean', pos_weight=None"
    task = "yes or no"
    expects = "logits"

    @classmethod
    def title(cls) -> str:
        return "Binary cross entropy with logits"


class BCELoss(Loss):
    """The same for a network that ends in a sigmoid: it expects probabilities from 0 to 1.

    Prefer the form with logits: where the sigmoid saturates, this one loses digits and its
    gradient. An output outside 0 to 1 stops the run.
    """

    aliases = ("binary cross entropy",)
    module = "nn.BCELoss"
    parameters = "weight=None, size_average=None, reduce=None, reduction='mean'"
    task = "yes or no"
    expects = "probabilities"

    @classmethod
    def title(cls) -> str:
        return "Binary cross entropy"


class SoftMarginLoss(Loss):
    """log(1 + e^(-y·x)) for answers y of -1 or 1: the logistic loss in another notation.

    Gives the same gradients as binary cross entropy with logits. Targets of 0 and 1 would be wrong
    here, and no error says so.
    """

    aliases = ("logistic",)
    module = "nn.SoftMarginLoss"
    parameters = "size_average=None, reduce=None, reduction='mean'"
    task = "yes or no"
    expects = "logits"
    target = "signs"

    @classmethod
    def title(cls) -> str:
        return "Soft margin"


class MultiLabelSoftMarginLoss(Loss):
    """Binary cross entropy with logits, averaged over the labels of a sample. For labels of which
    several may hold.

    For tags of an image or a text. Without weights rare labels are easily ignored.
    """

    aliases = ("multi-label",)
    module = "nn.MultiLabelSoftMarginLoss"
    parameters = "weight=None, size_average=None, reduce=None, reduction='mean'"
    task = "yes or no"
    expects = "logits"

    @classmethod
    def title(cls) -> str:
        return "Multi-label soft margin"


# --- numbers -------------------------------------------------------------------------------------


class MSELoss(Loss):
    """The mean of the squared differences. For numbers.

    The usual loss of a regression. Large errors count with their square, so that a few outliers may
    lead the network. Scale the targets: values in the thousands give losses in the millions and
    steps that are too large.
    """

    aliases = ("l2", "squared error", "regression")
    module = "nn.MSELoss"
    parameters = "size_average=None, reduce=None, reduction='mean'"

    @classmethod
    def title(cls) -> str:
        return "Mean squared error"


class L1Loss(Loss):
    """The mean of the absolute differences. For numbers.

    Outliers count less than with squares; the network learns the median. Its gradient has the same
    size however small the error, so that the last bit of training needs a smaller learning rate.
    """

    aliases = ("mae", "absolute error")
    module = "nn.L1Loss"
    parameters = "size_average=None, reduce=None, reduction='mean'"

    @classmethod
    def title(cls) -> str:
        return "Mean absolute error"


class SmoothL1Loss(Loss):
    """Squares for small differences, absolute values for large ones, divided by beta. For numbers.

    From object detection: calm near the target, and outliers do not lead it. With beta 0 it is the
    mean absolute error.
    """

    beta: float = real(1.0, "Where squares turn into absolute values.", at_least=0, at_most=FAR)

    module = "nn.SmoothL1Loss"
    parameters = "size_average=None, reduce=None, reduction='mean', beta=1.0"

    @classmethod
    def title(cls) -> str:
        return "Smooth absolute error"


class HuberLoss(Loss):
    """Squares for small differences, absolute values for large ones. For numbers.

    Between the squared and the absolute error: choose delta as the size of an error that you would
    call ordinary. It is Smooth absolute error times delta.
    """

    delta: float = real(1.0, "Where squares turn into absolute values.", above=0, at_most=FAR)

    module = "nn.HuberLoss"
    parameters = "reduction='mean', delta=1.0"

    @classmethod
    def title(cls) -> str:
        return "Huber"


class PoissonNLLLoss(Loss):
    """For counts: minus the logarithm of the probability that a Poisson law gives them. Its rate is
    what the network says.

    For numbers of events, which are never negative and spread with their mean. By default the
    output is the logarithm of the rate, so that it may be any number.
    """

    log_input: bool = flag(True, "The output is the logarithm of the rate; off, the rate itself.")
    full: bool = flag(False, "Add the terms that do not depend on the output (Stirling).")
    eps: float = real(1e-8, "Keeps the logarithm of a rate of 0 finite.", above=0, at_most=1)

    aliases = ("counts",)
    module = "nn.PoissonNLLLoss"
    parameters = (
        "log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'"
    )

    @classmethod
    def title(cls) -> str:
        return "Poisson"


LOSSES: tuple[type[Loss], ...] = (
    CrossEntropyLoss, NLLLoss, MultiMarginLoss,
    BCEWithLogitsLoss, BCELoss, SoftMarginLoss, MultiLabelSoftMarginLoss,
    MSELoss, L1Loss, SmoothL1Loss, HuberLoss, PoissonNLLLoss,
)  # fmt: skip
