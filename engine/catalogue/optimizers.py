"""Optimizers of torch.optim: how a gradient becomes a step."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.design.call import Call, signature
from engine.design.knob import Entry, flag, real

LR = "Size of a step. Too large and the loss jumps or grows, too small and it hardly falls."
DECAY = "Pulls every weight toward zero."
EPS = "Added to the divisor, so that nothing is divided by zero."
LARGEST = 1e6


class Optimizer(Entry):
    """One optimizer with its arguments; `lr` is a field of each."""

    lr: float = real(1e-3, LR, at_least=0, at_most=LARGEST)

    function: ClassVar[str] = ""
    """As code names it: `torch.optim.Adam`."""
    parameters: ClassVar[str] = ""
    """torch's own signature of it."""

    remembering: ClassVar[tuple[str, ...]] = ()
    """Fields that decide how much it remembers."""
    counters: ClassVar[int] = 1
    """Single numbers that it keeps for each tensor, such as the count of its steps."""

    def remembers(self) -> int:
        """Numbers that it keeps for each trained one from step to step."""
        raise NotImplementedError

    def derived(self) -> dict[str, Any]:
        """Arguments that are made of several fields."""
        return {}

    def refusal(self) -> str:
        """Why torch takes these arguments not together; "" where it does."""
        return ""

    def call(self) -> Call:
        """The constructor's call; its first argument is None and stands for the parameters."""
        known = signature(self.parameters)
        named = {name: value for name, value in self.values().items() if name in known.defaults}
        return Call(
            self.function, known, known.bind((), {"params": None, **named, **self.derived()})
        )


class SGD(Optimizer):
    """Each weight moves against its gradient, times the learning rate. With momentum it keeps
    rolling.

    Simple, and with momentum 0.9 and a falling learning rate still the best for many image
    networks. It needs a learning rate that suits the network: usually 0.01 to 0.1.
    """

    lr: float = real(1e-3, LR, at_least=0, at_most=LARGEST)
    momentum: float = real(
        0.0, "Share of the last step that goes on; 0.9 is usual.", at_least=0, at_most=1
    )
    dampening: float = real(
        0.0, "How much of the new gradient momentum holds back.", at_least=0, at_most=1
    )
    weight_decay: float = real(0.0, DECAY, at_least=0, at_most=LARGEST)
    nesterov: bool = flag(False, "Look one step ahead; needs momentum.")

    aliases = ("gradient descent", "momentum")
    remembering = ("momentum",)
    counters = 0
    function = "torch.optim.SGD"
    parameters = (
        "params, lr=0.001, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False, *, "
        "maximize=False, foreach=None, differentiable=False, fused=None"
    )

    def remembers(self) -> int:
        return 1 if self.momentum else 0

    def refusal(self) -> str:
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            return "Nesterov needs a momentum above 0 and a dampening of 0."
        return ""


class Adaptive(Optimizer):
    """What Adam and its relatives have in common: running means of the gradient and of its
    square.
    """

    lr: float = real(1e-3, LR, at_least=0, at_most=LARGEST)
    beta1: float = real(0.9, "Memory of the mean gradient.", at_least=0, at_most=0.999999)
    beta2: float = real(0.999, "Memory of the mean squared gradient.", at_least=0, at_most=0.999999)
    eps: float = real(1e-8, EPS, at_least=0, at_most=1)
    weight_decay: float = real(0.0, DECAY, at_least=0, at_most=LARGEST)

    def remembers(self) -> int:
        return 2

    def derived(self) -> dict[str, Any]:
        return {"betas": (self.beta1, self.beta2)}


class Adam(Adaptive):
    """Each weight has a step of its own, by the mean and the spread of its past gradients.

    Works at once on most networks with a learning rate near 0.001. It needs twice the memory of the
    weights besides. Its weight decay mixes with the step sizes: for weight decay use AdamW.
    """

    amsgrad: bool = flag(False, "Keep the largest spread seen, so that steps never grow again.")

    remembering = ("amsgrad",)
    function = "torch.optim.Adam"
    parameters = (
        "params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0, amsgrad=False, *, "
        "foreach=None, maximize=False, capturable=False, differentiable=False, fused=None, "
        "decoupled_weight_decay=False"
    )

    def remembers(self) -> int:
        return 3 if self.amsgrad else 2


class AdamW(Adaptive):
    """Adam with a weight decay that does not mix with the step sizes.

    The usual choice for transformers, and a good first choice elsewhere. Learning rates of 0.0003
    to 0.003 are common; norm layers and biases are often kept out of the decay.
    """

    weight_decay: float = real(0.01, DECAY, at_least=0, at_most=LARGEST)
    amsgrad: bool = flag(False, "Keep the largest spread seen, so that steps never grow again.")

    remembering = ("amsgrad",)
    function = "torch.optim.AdamW"
    parameters = (
        "params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01, amsgrad=False, *, "
        "maximize=False, foreach=None, capturable=False, differentiable=False, fused=None"
    )

    def remembers(self) -> int:
        return 3 if self.amsgrad else 2


class NAdam(Adaptive):
    """Adam that looks one step ahead, as Nesterov's momentum does.

    Sometimes a little faster than Adam at the same cost. Seldom a reason to change.
    """

    lr: float = real(2e-3, LR, at_least=0, at_most=LARGEST)
    momentum_decay: float = real(4e-3, "How fast the look ahead grows.", at_least=0, at_most=1)

    counters = 2
    function = "torch.optim.NAdam"
    parameters = (
        "params, lr=0.002, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0, momentum_decay=0.004, "
        "decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False, "
        "differentiable=False"
    )


class RAdam(Adaptive):
    """Adam that starts carefully until it knows the spread of the gradients.

    Does without the warm-up of the learning rate that Adam often needs in transformers. Its first
    steps are plain momentum and may look slow.
    """

    function = "torch.optim.RAdam"
    parameters = (
        "params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0, "
        "decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False, "
        "differentiable=False"
    )


class Adamax(Adaptive):
    """Adam that divides by the largest recent gradient instead of a mean.

    Calmer where gradients are sparse and sometimes huge, such as embeddings. Elsewhere Adam is the
    usual choice.
    """

    lr: float = real(2e-3, LR, at_least=0, at_most=LARGEST)

    function = "torch.optim.Adamax"
    parameters = (
        "params, lr=0.002, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0, foreach=None, *, "
        "maximize=False, differentiable=False, capturable=False"
    )


class RMSprop(Optimizer):
    """Each weight's step is divided by the spread of its recent gradients.

    Known from recurrent networks and reinforcement learning. Without momentum it is Adam's simpler
    ancestor, and its first steps are large.
    """

    lr: float = real(1e-2, LR, at_least=0, at_most=LARGEST)
    alpha: float = real(0.99, "Memory of the mean squared gradient.", at_least=0, at_most=1)
    eps: float = real(1e-8, EPS, at_least=0, at_most=1)
    weight_decay: float = real(0.0, DECAY, at_least=0, at_most=LARGEST)
    momentum: float = real(0.0, "Share of the last step that goes on.", at_least=0, at_most=1)
    centered: bool = flag(False, "Divide by the spread around the mean gradient.")

    remembering = ("momentum", "centered")
    function = "torch.optim.RMSprop"
    parameters = (
        "params, lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0.0, momentum=0.0, centered=False, "
        "capturable=False, foreach=None, maximize=False, differentiable=False"
    )

    def remembers(self) -> int:
        return 1 + (self.momentum > 0) + self.centered


class Adagrad(Optimizer):
    """Each weight's step shrinks with the sum of all its squared gradients so far.

    Good for sparse features, where rare ones keep large steps. The sum only grows, so that long
    training comes to a halt.
    """

    lr: float = real(1e-2, LR, at_least=0, at_most=LARGEST)
    lr_decay: float = real(
        0.0, "Lowers the learning rate with every step.", at_least=0, at_most=LARGEST
    )
    weight_decay: float = real(0.0, DECAY, at_least=0, at_most=LARGEST)
    initial_accumulator_value: float = real(
        0.0, "Where the sum starts.", at_least=0, at_most=LARGEST
    )
    eps: float = real(1e-10, EPS, at_least=0, at_most=1)

    function = "torch.optim.Adagrad"
    parameters = (
        "params, lr=0.01, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10, "
        "foreach=None, *, maximize=False, differentiable=False, fused=None"
    )

    def remembers(self) -> int:
        return 1


class Adadelta(Optimizer):
    """Adagrad with a short memory, whose steps have the scale of the weights.

    Made to do without a learning rate; torch starts at 1. Usually slower than Adam.
    """

    lr: float = real(1.0, LR, at_least=0, at_most=LARGEST)
    rho: float = real(0.9, "Memory of squared gradients and steps.", at_least=0, at_most=1)
    eps: float = real(1e-6, EPS, at_least=0, at_most=1)
    weight_decay: float = real(0.0, DECAY, at_least=0, at_most=LARGEST)

    function = "torch.optim.Adadelta"
    parameters = (
        "params, lr=1.0, rho=0.9, eps=1e-06, weight_decay=0.0, foreach=None, *, capturable=False, "
        "maximize=False, differentiable=False"
    )

    def remembers(self) -> int:
        return 2


OPTIMIZERS: tuple[type[Optimizer], ...] = (
    Adam, AdamW, SGD, RMSprop, NAdam, RAdam, Adamax, Adagrad, Adadelta,
)  # fmt: skip
