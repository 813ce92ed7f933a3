"""Layers that walk along a sequence and carry what they have seen from step to step."""

from __future__ import annotations

from itertools import product
from math import prod, sqrt
from typing import Any, ClassVar

from engine.catalogue.sequences import needs_sequence
from engine.design.distribution import Distribution, Uniform
from engine.design.kept import Kept
from engine.design.kind import (
    Dimensions,
    Kind,
    Mend,
    Misfit,
    SetField,
    Shape,
    TensorSpec,
)
from engine.design.knob import flag, one_of, real, whole

MOST_LAYERS = 16
EVERY, LAST = "every step", "last step"
HIDDEN = "Numbers that it carries from step to step."
BIAS = "Add learned numbers: one set to the input's part, one to the state's."
NONLINEARITY = "What squashes the state after each step."
NONLINEARITIES = ("tanh", "relu")


class Walking(Kind):
    """What all of them have in common: gates, each with a matrix for the input and one for the state."""

    hidden_size: int = whole(32, HIDDEN, at_least=1)

    family = "recurrent"
    gates: ClassVar[int] = 1
    """Matrices of each sort that stand on top of each other: the gates, and what may be added to the memory."""
    step_numbers: ClassVar[int] = 1
    """Numbers, as many as the state has, that autograd keeps of each step."""

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        if tensor not in self.weights(x):
            raise KeyError(tensor)
        bound = 1 / sqrt(self.hidden_size)
        law = Uniform(-bound, bound, "1/√hidden")
        return law, "Uniform between ±1/√hidden, for all its matrices and biases alike."


def names(suffixes: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    """The tensors of every layer and direction, as torch calls them: `weight_ih_l0_reverse`."""
    ways = product(range(MOST_LAYERS), suffixes)
    return tuple(f"{word}_l{layer}{way}" for layer, way in ways for word in words)


BOTH_WAYS = ("", "_reverse")
WORDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class Recurrent(Walking):
    """A recurrent layer, or several on top of each other, over whole sequences."""

    num_layers: int = whole(
        1, "Layers on top of each other: each walks over what the one below gives.",
        at_least=1, at_most=MOST_LAYERS,
    )  # fmt: skip
    bias: bool = flag(True, BIAS)
    dropout: float = real(
        0.0, "Share of the numbers set to 0 between its layers, in training.", at_least=0, at_most=1
    )
    bidirectional: bool = flag(
        False, "Walk from the end, too, and put both results side by side: twice the features."
    )
    gives: str = one_of(
        EVERY, "What comes out: the state after every step, or the one when all has been seen.",
        (EVERY, LAST),
    )  # fmt: skip

    fixed: ClassVar[dict[str, Any]] = {"batch_first": True}
    tensors = names(BOTH_WAYS, WORDS)
    tensors_may_miss = True
    # The last step of the backward way is the first in time: [:, -1] would give what it knows of one step alone.
    forms: ClassVar[dict[str, dict[str, Any]]] = {
        "m(x)[0]": {"gives": EVERY},
        "m(x)[0][:, -1]": {"gives": LAST, "bidirectional": False},
        "torch.cat(torch.unbind(m(x)[1][-2:]), dim=1)": {"gives": LAST, "bidirectional": True},
    }
    parameters = (
        "input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, "
        "bidirectional=False, device=None, dtype=None"
    )

    def dims_in(self) -> Dimensions:
        return ("time", "features")

    def dims_out(self) -> Dimensions:
        return ("time", "features") if self.gives == EVERY else ("features",)

    def output(self, x: TensorSpec) -> TensorSpec:
        steps, _ = needs_sequence(x)
        if self.dropout and self.num_layers == 1:
            mends = (Mend("Use 2 layers", SetField("num_layers", 2)),
                     Mend("Use no dropout", SetField("dropout", 0.0)))  # fmt: skip
            raise Misfit("2 layers or more for its dropout, which acts between layers", "1", mends)
        features = self.ways * self.carried
        return TensorSpec((steps, features) if self.gives == EVERY else (features,))

    @property
    def ways(self) -> int:
        """Directions that it walks in."""
        return 2 if self.bidirectional else 1

    @property
    def carried(self) -> int:
        """Numbers of the state that the next step sees."""
        return self.hidden_size

    def kept(self, x: TensorSpec) -> Kept:
        """Of every layer and way the input again and so many numbers a step, as torch's own code for the CPU has it."""
        steps = x.shape[0]
        widths = [x.shape[-1]] + [self.ways * self.carried] * (self.num_layers - 1)
        read = steps * sum(widths) * self.ways
        return Kept(
            numbers=read
            + self.num_layers * self.ways * steps * self.step_numbers * self.hidden_size
        )

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"input_size": x.shape[-1]}

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        found: dict[str, Shape] = {}
        for layer in range(self.num_layers):
            width = self.ways * self.carried if layer else x.shape[-1]
            for way in BOTH_WAYS[: self.ways]:
                for word, shape in self.cell(width).items():
                    found[f"{word}_l{layer}{way}"] = shape
        return found

    def cell(self, width: int) -> dict[str, Shape]:
        """The tensors of one layer in one direction, which gets vectors of that width."""
        rows = self.gates * self.hidden_size
        matrices: dict[str, Shape] = {"weight_ih": (rows, width), "weight_hh": (rows, self.carried)}
        return matrices | {"bias_ih": (rows,), "bias_hh": (rows,)} if self.bias else matrices

    def macs(self, x: TensorSpec) -> int:
        matrices = [shape for shape in self.weights(x).values() if len(shape) == 2]
        return x.shape[0] * sum(map(prod, matrices))

    def brief(self, x: TensorSpec | None) -> str:
        into = str(x.shape[-1]) if x and x.shape else "?"
        more = [f"{into} → {self.ways * self.carried}"]
        if self.num_layers > 1:
            more.append(f"{self.num_layers} layers")
        if self.gives == LAST:
            more.append(LAST)
        text = ", ".join(more)
        return text if len(text) <= 40 else more[0]

    def formula(self, x: TensorSpec) -> str:
        words, numbers = self._terms("in", x.shape[-1], 1)
        if self.num_layers > 1:
            more = self._terms("below", self.ways * self.carried, self.num_layers - 1)
            words, numbers = f"{words} + {more[0]}", f"{numbers} + {more[1]}"
        return f"{words} = {numbers}"

    def _terms(self, below: str, width: int, layers: int) -> tuple[str, str]:
        """What layers that get vectors of that width add to the count, in words and in numbers."""
        factors = [(f"{layers} layers", layers)] if layers > 1 else []
        factors += [("ways", self.ways)] if self.bidirectional else []
        whole = [
            *factors, *([(str(self.gates), self.gates)] if self.gates > 1 else []),
            ("hidden", self.hidden_size),
            (f"({below} + {self.carried_word}{' + 2' if self.bias else ''})",
             width + self.carried + 2 * self.bias),
        ]  # fmt: skip
        return product_of(whole)

    carried_word: ClassVar[str] = "hidden"


def product_of(factors: list[tuple[str, int]]) -> tuple[str, str]:
    """A formula in words and in numbers, from its factors in both."""
    return " × ".join(word for word, _ in factors), " × ".join(str(size) for _, size in factors)


class RNN(Recurrent):
    """At every step the new state is a weighted sum of the input and the old state, squashed by tanh or ReLU.
    For [N, L, F].

    The plainest memory: for short sequences, and to see how recurrence works. Over more than some ten steps
    its gradients vanish or explode and it forgets: use a GRU or an LSTM there.

    It wants the features last, [N, L, F], as an Embedding gives them. What comes out has hidden_size features,
    or twice as many when it walks both ways.
    """

    nonlinearity: str = one_of("tanh", NONLINEARITY, NONLINEARITIES)

    aliases = ("recurrent", "elman", "sequence", "time series")
    module = "nn.RNN"
    parameters = (
        "input_size, hidden_size, num_layers=1, nonlinearity='tanh', bias=True, batch_first=False, "
        "dropout=0.0, bidirectional=False, device=None, dtype=None"
    )

    def kept(self, x: TensorSpec) -> Kept:
        states = self.num_layers * self.ways * self.hidden_size  # those that it begins with
        return Kept(numbers=super().kept(x).numbers + states)


class LSTM(Recurrent):
    """Walks over a sequence with a memory beside its state: three gates decide what is kept, what is added and
    what is shown. For [N, L, F].

    The classic for text, speech and measurements over time; it remembers over hundreds of steps. It computes
    step after step, so that long sequences are slow: attention looks at all steps at once.

    Take the last step to judge a whole sequence, every step to label each or to put another recurrent layer
    behind it. The other way round of a bidirectional one has seen everything at the first step; the last step here
    joins the end of both walks.
    """

    proj_size: int = whole(
        0, "Shrinks the state to so many numbers before the next step sees it; 0 leaves it.",
        at_least=0,
    )  # fmt: skip

    aliases = ("long short-term memory", "recurrent", "sequence", "time series", "text")
    module = "nn.LSTM"
    gates = 4
    step_numbers = 16  # of which the workspace of oneDNN takes fifteen
    tensors = names(BOTH_WAYS, (*WORDS, "weight_hr"))
    forms: ClassVar[dict[str, dict[str, Any]]] = {
        "m(x)[0]": {"gives": EVERY},
        "m(x)[0][:, -1]": {"gives": LAST, "bidirectional": False},
        "torch.cat(torch.unbind(m(x)[1][0][-2:]), dim=1)": {"gives": LAST, "bidirectional": True},
    }
    parameters = (
        "input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, "
        "bidirectional=False, proj_size=0, device=None, dtype=None"
    )
    carried_word = "state"

    def output(self, x: TensorSpec) -> TensorSpec:
        if self.proj_size >= self.hidden_size:
            needs = f"a proj_size below its hidden_size of {self.hidden_size}"
            raise Misfit(needs, str(self.proj_size),
                         (Mend("Use no projection", SetField("proj_size", 0)),))  # fmt: skip
        return super().output(x)

    @property
    def carried(self) -> int:
        return self.proj_size or self.hidden_size

    def cell(self, width: int) -> dict[str, Shape]:
        found = super().cell(width)
        return (
            found | {"weight_hr": (self.proj_size, self.hidden_size)} if self.proj_size else found
        )

    def formula(self, x: TensorSpec) -> str:
        plain = super().formula(x)
        if not self.proj_size:
            return plain
        words, _, numbers = plain.partition(" = ")
        more, counts = product_of([
            ("layers", self.num_layers), ("ways", self.ways),
            ("proj", self.proj_size), ("hidden", self.hidden_size),
        ])  # fmt: skip
        return f"{words} + {more} = {numbers} + {counts}"


class GRU(Recurrent):
    """Walks over a sequence with a state that two gates renew: one says how much of it is new, one how much of
    the old is looked at for that. For [N, L, F].

    Does what an LSTM does with three quarters of its weights, often as well: a good first choice for sequences.
    It computes step after step, so that long sequences are slow.

    Take the last step to judge a whole sequence, every step to label each or to put another recurrent layer
    behind it.
    """

    aliases = ("gated recurrent unit", "recurrent", "sequence", "time series", "text")
    module = "nn.GRU"
    gates = 3
    step_numbers = 7


KINDS = (RNN, LSTM, GRU)
