"""One step of a recurrent layer, to look into."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.catalogue.needs import needs_numbers
from engine.catalogue.recurrent import (
    BIAS,
    GRU,
    LSTM,
    NONLINEARITIES,
    NONLINEARITY,
    RNN,
    WORDS,
    Recurrent,
    Walking,
    product_of,
)
from engine.catalogue.shaping import Flatten
from engine.design.kept import Kept
from engine.design.kind import (
    Dimensions,
    InsertBefore,
    Mend,
    Misfit,
    ReplaceKind,
    Shape,
    TensorSpec,
)
from engine.design.knob import flag, one_of


class Cell(Walking):
    """One step of a recurrent layer, from a state of zeros."""

    bias: bool = flag(True, BIAS)

    keeps_state: ClassVar[bool] = True
    """Whether autograd keeps the state that comes out."""
    tensors = WORDS

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(True, output=self.keeps_state, numbers=self.step_numbers * self.hidden_size)

    def dims_in(self) -> Dimensions:
        return ("features",)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if len(x.shape) != 1:
            raise Misfit("features (F) of a single step per sample", str(x), self._mends(x))
        return TensorSpec((self.hidden_size,))

    def _mends(self, x: TensorSpec) -> tuple[Mend, ...]:
        if len(x.shape) == 2:
            walk = self.whole_walk()
            return (
                Mend(f"Use {walk.title()}, which takes all steps", ReplaceKind(walk)),
                Mend("Insert a Flatten", InsertBefore(Flatten())),
            )
        return (Mend("Insert a Flatten", InsertBefore(Flatten())),) if x.shape else ()

    def whole_walk(self) -> Recurrent:
        """The layer that does over a whole sequence what the cell does in one step."""
        raise NotImplementedError

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"input_size": x.shape[0]}

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        rows = self.gates * self.hidden_size
        matrices: dict[str, Shape] = {
            "weight_ih": (rows, x.shape[0]),
            "weight_hh": (rows, self.hidden_size),
        }
        return matrices | {"bias_ih": (rows,), "bias_hh": (rows,)} if self.bias else matrices

    def macs(self, x: TensorSpec) -> int:
        return self.gates * self.hidden_size * (x.shape[0] + self.hidden_size)

    def brief(self, x: TensorSpec | None) -> str:
        into = str(x.shape[-1]) if x and x.shape else "?"
        return f"{into} → {self.hidden_size}"

    def formula(self, x: TensorSpec) -> str:
        words, numbers = product_of([
            *([(str(self.gates), self.gates)] if self.gates > 1 else []),
            ("hidden", self.hidden_size),
            (f"(in + hidden{' + 2' if self.bias else ''})",
             x.shape[0] + self.hidden_size + 2 * self.bias),
        ])  # fmt: skip
        return f"{words} = {numbers}"


class RNNCell(Cell):
    """One step of an RNN from a state of zeros: a weighted sum of the input, squashed. For [N, F].

    To look into a single step. Its matrix for the state meets zeros only and learns nothing: for sequences
    use RNN, which walks over all steps.
    """

    nonlinearity: str = one_of("tanh", NONLINEARITY, NONLINEARITIES)

    aliases = ("recurrent", "step")
    module = "nn.RNNCell"
    parameters = "input_size, hidden_size, bias=True, nonlinearity='tanh', device=None, dtype=None"

    def whole_walk(self) -> Recurrent:
        return RNN(self.hidden_size, bias=self.bias, nonlinearity=self.nonlinearity)


class LSTMCell(Cell):
    """One step of an LSTM from a state and a memory of zeros; the new state comes out. For [N, F].

    To look into a single step. Its matrix for the state meets zeros only and learns nothing: for sequences
    use LSTM, which walks over all steps.
    """

    aliases = ("long short-term memory", "recurrent", "step")
    module = "nn.LSTMCell"
    parameters = "input_size, hidden_size, bias=True, device=None, dtype=None"
    forms: ClassVar[dict[str, dict[str, Any]]] = {"m(x)[0]": {}}
    gates = 4
    keeps_state = False
    step_numbers = 6

    def whole_walk(self) -> Recurrent:
        return LSTM(self.hidden_size, bias=self.bias)


class GRUCell(Cell):
    """One step of a GRU from a state of zeros. For [N, F].

    To look into a single step. Its matrix for the state meets zeros only and learns nothing: for sequences
    use GRU, which walks over all steps.
    """

    aliases = ("gated recurrent unit", "recurrent", "step")
    module = "nn.GRUCell"
    parameters = "input_size, hidden_size, bias=True, device=None, dtype=None"
    gates = 3
    step_numbers = 6

    def whole_walk(self) -> Recurrent:
        return GRU(self.hidden_size, bias=self.bias)


KINDS = (RNNCell, LSTMCell, GRUCell)
