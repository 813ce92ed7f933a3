"""Activations whose every output depends on several inputs."""

from __future__ import annotations

from engine.catalogue.needs import axis, needs_numbers
from engine.design.kept import INPUT, OUTPUT
from engine.design.kind import (
    Activation,
    Dimensions,
    Mend,
    Misfit,
    ReplaceKind,
    SetField,
    TensorSpec,
)
from engine.design.knob import whole
from engine.design.reach import Reach

DIM = "Dimension along which the numbers belong together; 0 is the batch, -1 the last."


class AlongDim(Activation):
    """What all of them have in common: a dimension of the sample that they work along."""

    dim: int = whole(-1, DIM, at_least=-64, at_most=64)

    vector = True
    keeps = OUTPUT

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        axis(x, self.dim)
        return x

    def reach(self, x: TensorSpec) -> Reach | None:
        return () if len(x.shape) > 1 and self.dim in (1, -len(x.shape)) else None

    def brief(self, x: TensorSpec | None) -> str:
        return "" if self.dim == -1 else f"dim {self.dim}"


class Softmax(AlongDim):
    """Scores become probabilities: all positive, and their sum is 1. e^xᵢ divided by the sum of all
    e^xⱼ.

    Use it at the end of a classifier when the output itself has to be probabilities, and for
    attention. Leave it out before CrossEntropyLoss, which contains it: with both, learning slows
    down badly. It favours the largest score, and where one is far ahead the gradient of all is
    nearly zero. Only differences between scores matter.
    """

    module = "nn.Softmax"
    aliases = ("probabilities", "softargmax")
    parameters = "dim=None"
    function = "torch.softmax"
    function_parameters = "input, dim=None, dtype=None"


class LogSoftmax(AlongDim):
    """The logarithm of the softmax, computed safely. All outputs are negative, and their
    exponentials add up to 1.

    Use it at the end of a classifier that is trained with NLLLoss. Taking the logarithm of a
    softmax by oneself gives minus infinity for small scores. Before CrossEntropyLoss leave it out:
    that loss contains it.
    """

    module = "nn.LogSoftmax"
    aliases = ("log probabilities",)
    parameters = "dim=None"
    function = "F.log_softmax"
    function_parameters = "input, dim=None, _stacklevel=3, dtype=None"

    @classmethod
    def title(cls) -> str:
        return "Log-softmax"


class Softmin(AlongDim):
    """Softmax of the negative scores: the smallest one gets the largest share.

    Use it where the scores are distances or costs. All else is as with softmax, the weak gradient
    far from the smallest included.
    """

    module = "nn.Softmin"
    parameters = "dim=None"
    function = "F.softmin"
    function_parameters = "input, dim=None, _stacklevel=3, dtype=None"


class GLU(AlongDim):
    """One half of the numbers is multiplied by the sigmoid of the other half: a gate. The dimension
    halves.

    Common in language and speech models: the network decides for each number how much passes. The
    layer before it has to be twice as wide, and with it its parameters. Where the gate saturates,
    little is learned.
    """

    module = "nn.GLU"
    aliases = ("gate", "gated linear unit")
    parameters = "dim=-1"
    function = "F.glu"
    keeps = INPUT
    function_parameters = "input, dim=-1"

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        at = axis(x, self.dim)
        if x.shape[at] % 2:
            even = (place for place, size in enumerate(x.shape) if size % 2 == 0)
            mends = tuple(
                Mend(f"Use dim {place + 1}", SetField("dim", place + 1)) for place in even
            )
            raise Misfit(f"an even size in dim {self.dim}, to halve it", str(x), mends)
        return TensorSpec((*x.shape[:at], x.shape[at] // 2, *x.shape[at + 1 :]))


class Softmax2d(Activation):
    """Softmax over the channels at every pixel of an image. For [N, C, H, W].

    Use it at the end of a network that says for each pixel which class it belongs to. Before
    CrossEntropyLoss, which takes such images too, leave it out.
    """

    vector = True
    keeps = OUTPUT
    module = "nn.Softmax2d"
    parameters = ""

    @classmethod
    def title(cls) -> str:
        return "Softmax 2d"

    def dims_in(self) -> Dimensions:
        return ("channels", "height", "width")

    def reach(self, x: TensorSpec) -> Reach:
        return ()

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if len(x.shape) != 3:
            mends = (Mend("Use Softmax", ReplaceKind(Softmax())),) if x.shape else ()
            raise Misfit("channels, height and width (C, H, W) per sample", str(x), mends)
        return x
