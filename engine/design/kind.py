"""What a kind of layer declares, and the values that its rules speak in.

A kind is one class in `engine.catalogue`; all that the program knows about it stands there once. Shapes are tuples
without the batch dimension, which every tensor has in front; a dimension given by a field counts as torch counts, the
batch being 0.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from engine.design.call import PARAMETER, Call, signature
from engine.design.kept import BOTH, Kept
from engine.design.knob import Entry
from engine.design.names import SUPPORT
from engine.design.reach import Reach
from engine.design.value import value

if TYPE_CHECKING:
    from engine.design.distribution import Distribution

Shape = tuple[int, ...]
Dimensions = tuple[str, ...]
"""What dimensions are for: `channels`, `time`, `depth`, `height`, `width`, `features`, or ANY of them."""
ANY = "…"
"""Any number of dimensions, whatever they are for."""
Role = Literal["weight", "bias", "scale"]
DTYPES = ("float32", "int64")
LARGEST_TENSOR = 2**50
"""Elements a tensor may have in a design: more fits no machine, and a product of such stays an exact, short number."""


@value
class TensorSpec:
    """Shape without the batch, and dtype, of what flows from one layer to the next."""

    shape: Shape
    dtype: str = "float32"

    def __init__(self, shape: Shape, dtype: str = "float32") -> None:
        # By hand, as a walk over a design makes and compares thousands of them.
        values = self.__dict__
        values["shape"] = shape
        values["dtype"] = dtype

    def __hash__(self) -> int:
        return hash(self.shape)

    @property
    def elements(self) -> int:
        """Numbers per sample."""
        return prod(self.shape)

    def __str__(self) -> str:
        return f"[{', '.join(['N', *map(str, self.shape)])}]"


@value
class Gathered(TensorSpec):
    """What flows into a layer whose kind takes further values, with those: so every rule speaks of one input."""

    others: tuple[TensorSpec, ...] = ()

    def __str__(self) -> str:
        return " and ".join(map(str, (self.alone, *self.others)))

    @property
    def alone(self) -> TensorSpec:
        """What flows in, without the further values."""
        return TensorSpec(self.shape, self.dtype)


@value
class Indices(TensorSpec):
    """Whole numbers that each point at a place of another value, as those do that a max pooling took."""

    of: Shape = ()
    """The shape of what they point into."""


# --- what a layer's rule may propose when its input does not fit -----------------------------------------------------


@value
class SetField:
    """Give one of the layer's own fields another value."""

    name: str
    value: Any


@value
class InsertBefore:
    """Put a layer of this kind in front of the faulty one."""

    kind: Kind


@value
class ReplaceKind:
    """Make the layer one of another kind, keeping its name."""

    kind: Kind


@value
class DropActivation:
    """Take the layer's activation away, or give it another."""

    instead: Activation | None = None


Change = SetField | InsertBefore | ReplaceKind | DropActivation


@value
class Mend:
    """One click that repairs a fault: what its button says, and the change to the faulty layer."""

    title: str
    change: Change


class Misfit(Exception):
    """A rule's answer to an input that does not fit: what came, what it needs, and what would mend it.

    The walk over the design turns it into a Fault on the layer; it never leaves `engine.views.shapes`.
    """

    def __init__(self, needs: str, got: str = "", mends: tuple[Mend, ...] = ()) -> None:
        super().__init__(needs, got, mends)
        self.needs = needs
        self.got = got
        self.mends = mends


# --- a call in Python source -----------------------------------------------------------------------------------------


def wrong_others(takes: Collection[str], given: int) -> Misfit:
    """What is wrong where so many further values are given to what takes these."""
    needs = f"a further value beside what flows in: {', '.join(takes)}"
    if len(takes) != 1:
        needs = f"{len(takes)} further values beside what flows in: {', '.join(takes)}"
    return Misfit(needs if takes else "nothing beside what flows in", str(given or "none"))


# --- kinds -----------------------------------------------------------------------------------------------------------


FIELD = re.compile(r"(\*?)\bf\.(\w+)")
"""Where a form has a field of the layer: `f.dim`, or `*f.dims` for each number of a tuple."""
FIRST = "[0]"
"""How the form of a kind ends that takes the first of several values."""


class Kind(Entry):
    """A kind of layer: a torch module with its shape rule, its weights, its cost and its text in code."""

    family: ClassVar[str] = ""
    module: ClassVar[str] = ""
    """The torch class as code names it: `nn.Linear`."""
    parameters: ClassVar[str] = ""
    """torch's own signature of it; a test compares it with `inspect.signature`."""
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"m(x)": {}}
    """How `forward` uses the module, by the fields that choose the form."""
    takes: ClassVar[Mapping[str, str]] = {}
    """Further values that it takes beside what flows in, each with a sentence of help; its forms name them.

    Its rules find them in `Gathered.others`, and refuse an input that comes without them.
    """
    gives_beside: ClassVar[Mapping[str, str]] = {}
    """Further values that it may give beside what flows on, each with a sentence of help.

    It gives them where its form takes the first of several, `m(x)[0]`. Who takes a value of that name from such a
    layer gets it instead of what flows on.
    """
    fixed: ClassVar[Mapping[str, Any]] = {}
    """Arguments that are the same for every layer of this kind and no field."""
    tensors: ClassVar[tuple[str, ...]] = ()
    """Names of the parameters that it has with some choice of its fields."""
    tensors_may_miss: ClassVar[bool] = False
    """Whether torch's module has no attribute at all for a tensor that its arguments rule out, instead of None."""
    structural: ClassVar[tuple[str, ...]] = ()
    """Fields that say what modules are inside: blocks of one class have them alike, as no line of code could ask."""
    roles: ClassVar[Mapping[str, Role]] = {}
    """Roles of tensors whose name does not say it."""
    keeps: ClassVar[Kept] = BOTH
    """What autograd keeps of it, where that does not depend on its fields or its input."""

    def output(self, x: TensorSpec) -> TensorSpec:
        """What comes out for `x`. Raises Misfit when `x` does not fit."""
        return x

    def dims_in(self) -> Dimensions:
        """What the dimensions behind the batch are for, as this kind takes them."""
        return (ANY,)

    def dims_out(self) -> Dimensions:
        """The same of what comes out."""
        return self.dims_in()

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        """The parameters by their name in the `state_dict`, in torch's order."""
        return {}

    def buffers(self, x: TensorSpec) -> dict[str, TensorSpec]:
        """What the `state_dict` holds beside the parameters, with full shapes."""
        return {}

    def macs(self, x: TensorSpec) -> int:
        """Multiply-accumulates per sample."""
        return 0

    def reach(self, x: TensorSpec) -> Reach | None:
        """Which places of the input one output sees; None where no rule is declared.

        What the statistics of a norm see is not counted.
        """
        return None

    def kept(self, x: TensorSpec) -> Kept:
        """What autograd keeps of a training pass through it."""
        return self.keeps

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        """Arguments of the call that follow from the input, such as `in_features`."""
        return {}

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Fields that a call's derived arguments give away: how many dimensions a `normalized_shape` has."""
        return {}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        """What torch itself fills this tensor with, and that in a sentence. Raises KeyError for an unknown tensor."""
        raise KeyError(tensor)

    def brief(self, x: TensorSpec | None) -> str:
        """The key fields as a card shows them: `16 → 2`, `p = 0.10`."""
        return ""

    def formula(self, x: TensorSpec) -> str:
        """How the parameter count comes about: `in × out + out = 3 × 2 + 2`; "" without parameters."""
        return ""

    @classmethod
    def is_parameter(cls) -> bool:
        """Whether it is a parameter of the class and no module, so that its path is the layer's name alone."""
        return cls.module == PARAMETER

    @classmethod
    def is_support(cls) -> bool:
        """Whether its class is none of torch but one of `engine/support`, which exported code brings along."""
        return cls.module in SUPPORT

    @classmethod
    def role(cls, tensor: str) -> Role:
        """What a tensor is for, which decides what advice and drop-downs say about it."""
        if tensor in cls.roles:
            return cls.roles[tensor]
        return "bias" if tensor.rpartition(".")[2].startswith("bias") else "weight"

    def call(self, x: TensorSpec) -> Call:
        """The constructor's call for the input `x`."""
        known = signature(self.parameters)
        mine = {name: value for name, value in self.__dict__.items() if name in known.defaults}
        return Call(self.module, known, known.bind((), {**mine, **self.fixed, **self.derived(x)}))

    def further(self, x: TensorSpec) -> dict[str, TensorSpec]:
        """The values of `gives_beside` for an input that fits."""
        return {}

    def given(self) -> tuple[str, ...]:
        """Names of the further values that it gives with these fields, in torch's order."""
        return tuple(self.gives_beside) if self.gives_beside and self.form().endswith(FIRST) else ()

    def giving(self) -> Self:
        """The same kind with the fields that make it give its further values."""
        return self.with_fields(
            **next(fields for form, fields in self.forms.items() if form.endswith(FIRST))
        )

    @classmethod
    def is_module(cls) -> bool:
        """Whether it is an attribute of the class: a module or a parameter, and no mere expression in its forward."""
        return bool(cls.module)

    def in_code(self, x: TensorSpec) -> str:
        """How code says it for the input `x`: the constructor's call, or the line of a kind that is no module."""
        return str(self.call(x)) if self.is_module() else f"x = {self.form()}"

    def form(self) -> str:
        """The expression over `m` and `x` that this layer's fields choose."""
        for form, fields in self.forms.items():
            if all(self.__dict__[name] == value for name, value in fields.items()):
                return form if self.module else FIELD.sub(self._filled, form)
        raise AssertionError(f"{self!r} has no form")

    def _filled(self, hole: re.Match[str]) -> str:
        """What stands in a form for a field: all of its numbers for `*f.dims`."""
        value: int | float | str | tuple[int, ...] = self.__dict__[hole[2]]
        numbers = value if isinstance(value, tuple) else ()
        if hole[1] or len(numbers) == 1:
            return ", ".join(map(str, numbers))
        return f'"{value}"' if isinstance(value, str) else repr(value)


class Activation(Kind):
    """A kind without a shape of its own that may follow any layer: `torch.relu(self.hidden(x))`.

    It can also be a layer of its own, `self.relu = nn.ReLU()`. One without a `function` (PReLU has a weight, Softmax2d
    would read back as a softmax over dimension -3) is a module in both cases: after a layer `conv` its attribute is
    `conv_activation`.
    """

    family = "activation"
    function: ClassVar[str] = ""
    """The function as code names it, `torch.relu` or `F.elu`; "" where only the module will do."""
    function_parameters: ClassVar[str] = "input"
    """The function's own signature; its parameters beyond the first are named like the fields."""
    function_tail: ClassVar[str] = ""
    """What a written call ends with beside the fields, such as `training=self.training`."""
    vector: ClassVar[bool] = False
    """True where one output depends on several inputs (softmax, GLU), so that bars say more than a curve."""

    def at(self, x: float) -> float:
        """f(x) in closed form, for thumbnails and the first paint; torch's autograd draws the real plot.

        Raises TypeError for a vector activation.
        """
        raise TypeError(f"{self.title()} works on vectors")

    def reach(self, x: TensorSpec) -> Reach | None:
        return None if self.vector else ()

    def function_call(self) -> Call:
        """The function's call; its first argument is None and stands for the value."""
        known = signature(self.function_parameters)
        mine = {name: value for name, value in self.__dict__.items() if name in known.defaults}
        first = next(iter(known.defaults))
        return Call(self.function, known, known.bind((), {first: None, **mine}))


class Initializer(Entry):
    """One rule of `torch.nn.init`."""

    function: ClassVar[str] = ""
    """As code names it: `nn.init.xavier_normal_`."""
    parameters: ClassVar[str] = "tensor"
    """torch's own signature of it, without `generator`."""

    def refusal(self, shape: Shape) -> str:
        """Why torch's rule does not hold for a tensor of this shape; "" where it does."""
        return ""

    def distribution(self, shape: Shape) -> Distribution:
        """What theory says the entries are drawn from. Only for shapes that are not refused."""
        raise NotImplementedError

    def call(self) -> Call:
        """The call; its first argument is None and stands for the tensor."""
        known = signature(self.parameters)
        return Call(self.function, known, known.bind((), {"tensor": None, **self.__dict__}))


class Join(Entry):
    """How the branches of a Parallel become one value."""

    form: ClassVar[str] = ""
    """An expression over `a` and `b` for two values at a time (`a + b`), over `all` for a list, or `a` for one."""
    at_most: ClassVar[int] = 64
    keeps_branches: ClassVar[bool] = False
    """Whether autograd keeps what the branches give."""

    def output(self, branches: tuple[TensorSpec, ...]) -> TensorSpec:
        """What comes out. Raises Misfit when the branches do not meet."""
        raise NotImplementedError

    def reach(self, branches: tuple[TensorSpec, ...]) -> Reach | None:
        """Which places of every branch one output sees; None where no rule is declared."""
        return None

    def free_axis(self, axes: int) -> int | None:
        """The place in a shape of so many sizes where branches may differ; None where they meet as one shape."""
        return None

    def macs(self, branches: tuple[TensorSpec, ...]) -> int:
        """Multiply-accumulates per sample; only for branches that meet."""
        return 0
