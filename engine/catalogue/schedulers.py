"""Schedules of torch.optim.lr_scheduler: how the learning rate changes while training goes on."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from engine.catalogue.optimizers import Optimizer
from engine.design.call import Call, signature
from engine.design.knob import Entry, flag, one_of, real, whole
from engine.design.tuples import NamedTuple


class Course(NamedTuple):
    """What a schedule has to know of the training: its length and the optimizer's learning rate."""

    epochs: int
    steps_per_epoch: int
    lr: float


class Scheduler(Entry):
    """One schedule; `call` is None for the one that leaves the rate as it is."""

    function: ClassVar[str] = ""
    """As code names it: `torch.optim.lr_scheduler.StepLR`; "" where there is none."""
    parameters: ClassVar[str] = ""
    """torch's own signature of it."""
    every: ClassVar[Literal["epoch", "step"]] = "epoch"
    """When it moves on."""
    watches: ClassVar[bool] = False
    """Whether `step` is given the loss on the validation rows."""

    def derived(self, course: Course) -> dict[str, Any]:
        """Arguments that follow from the length of the training."""
        return {}

    def is_planned(self) -> bool:
        """Whether it follows from the length of the training, which cannot be changed on the way then."""
        return bool(self.derived(Course(1, 1, 1.0)))

    def refusal(self, course: Course, optimizer: Optimizer) -> str:
        """Why torch does not take the schedule for this training; "" where it does."""
        return ""

    def call(self, course: Course) -> Call | None:
        """The constructor's call; its first argument is None and stands for the optimizer."""
        if not self.function:
            return None
        known = signature(self.parameters)
        named = {name: value for name, value in self.values().items() if name in known.defaults}
        bound = known.bind((), {"optimizer": None, **named, **self.derived(course)})
        return Call(self.function, known, bound)


class ConstantRate(Scheduler):
    """The learning rate stays what it is.

    A good start: first find a rate at which the loss falls, then let it fall toward the end of
    training. With a constant rate the loss often keeps trembling at the end.
    """

    aliases = ("none",)

    @classmethod
    def title(cls) -> str:
        return "Constant"


class StepLR(Scheduler):
    """Every so many epochs the learning rate is multiplied by gamma.

    The classic stairs of image networks. The loss falls visibly at each stair; too early a stair
    stops learning.
    """

    step_size: int = whole(30, "Epochs between two stairs.", at_least=1, unit="epochs")
    gamma: float = real(0.1, "Factor of each stair.", above=0, at_most=10)

    function = "torch.optim.lr_scheduler.StepLR"
    parameters = "optimizer, step_size, gamma=0.1, last_epoch=-1"

    @classmethod
    def title(cls) -> str:
        return "Steps"


class ExponentialLR(Scheduler):
    """After every epoch the learning rate is multiplied by gamma.

    A smooth fall. With gamma 0.95 the rate is halved every 14 epochs; with 0.5 there is nothing
    left after ten.
    """

    gamma: float = real(0.95, "Factor of every epoch.", above=0, at_most=10)

    function = "torch.optim.lr_scheduler.ExponentialLR"
    parameters = "optimizer, gamma, last_epoch=-1"

    @classmethod
    def title(cls) -> str:
        return "Exponential"


class CosineAnnealingLR(Scheduler):
    """The learning rate falls along half a cosine, over the whole of the training.

    Needs no choice of stairs: slow at first, fast in the middle, slow at the end. Stop the training
    early and the rate has not fallen yet.
    """

    eta_min: float = real(0.0, "Learning rate at the end.", at_least=0, at_most=1e6)

    function = "torch.optim.lr_scheduler.CosineAnnealingLR"
    parameters = "optimizer, T_max, eta_min=0.0, last_epoch=-1"

    @classmethod
    def title(cls) -> str:
        return "Cosine"

    def derived(self, course: Course) -> dict[str, Any]:
        return {"T_max": course.epochs}


class OneCycleLR(Scheduler):
    """The learning rate rises to a peak and falls far below its start, step by step, once in the
    training.

    Allows a larger peak rate than a constant one, and so a short training. The optimizer's own rate
    is replaced; momentum runs the other way round.
    """

    max_lr: float = real(0.01, "Learning rate at the peak.", above=0, at_most=1e6)
    pct_start: float = real(
        0.3, "Share of the training that the rise takes.", at_least=0, at_most=0.99
    )
    anneal_strategy: str = one_of("cos", "Along a cosine or a straight line.", ("cos", "linear"))
    cycle_momentum: bool = flag(True, "Let momentum fall while the rate rises.")
    div_factor: float = real(25.0, "The start is the peak divided by it.", above=0, at_most=1e9)
    final_div_factor: float = real(
        1e4, "The end is the start divided by it.", above=0, at_most=1e12
    )
    three_phase: bool = flag(False, "Fall back to the start first, then to the end.")

    function = "torch.optim.lr_scheduler.OneCycleLR"
    parameters = (
        "optimizer, max_lr, total_steps=None, epochs=None, steps_per_epoch=None, pct_start=0.3, "
        "anneal_strategy='cos', cycle_momentum=True, base_momentum=0.85, max_momentum=0.95, "
        "div_factor=25.0, final_div_factor=10000.0, three_phase=False, last_epoch=-1"
    )
    every = "step"

    @classmethod
    def title(cls) -> str:
        return "One cycle"

    def derived(self, course: Course) -> dict[str, Any]:
        return {"total_steps": course.epochs * course.steps_per_epoch}

    def refusal(self, course: Course, optimizer: Optimizer) -> str:
        if self.cycle_momentum and not {"momentum", "beta1"} & set(optimizer.values()):
            return f"It moves the momentum, and {optimizer.title()} has none: switch cycle_momentum off."
        # torch divides by the length of the rise, counted from its first step.
        if self.pct_start * course.epochs * course.steps_per_epoch == 1:
            return "The rise would take a single step, which torch can't divide: change pct_start."
        return ""


class ReduceLROnPlateau(Scheduler):
    """When the validation loss stops falling, the learning rate is multiplied by a factor.

    Needs no plan in advance. A noisy loss makes it wait too long or fall too early: choose the
    patience to suit.
    """

    factor: float = real(0.1, "Factor of each fall.", above=0, at_most=0.999999)
    patience: int = whole(10, "Epochs without progress before a fall.", at_least=0, unit="epochs")
    threshold: float = real(
        1e-4, "Progress smaller than this share does not count.", at_least=0, at_most=1
    )
    cooldown: int = whole(0, "Epochs to wait after a fall.", at_least=0, unit="epochs")
    min_lr: float = real(0.0, "The rate does not fall below it.", at_least=0, at_most=1e6)

    aliases = ("plateau",)
    function = "torch.optim.lr_scheduler.ReduceLROnPlateau"
    parameters = (
        "optimizer, mode='min', factor=0.1, patience=10, threshold=0.0001, threshold_mode='rel', "
        "cooldown=0, min_lr=0.0, eps=1e-08"
    )
    watches = True

    @classmethod
    def title(cls) -> str:
        return "On a plateau"


SCHEDULERS: tuple[type[Scheduler], ...] = (
    ConstantRate, CosineAnnealingLR, OneCycleLR, StepLR, ExponentialLR, ReduceLROnPlateau,
)  # fmt: skip
