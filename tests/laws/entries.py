"""Random entries and inputs for the laws of the catalogue, and torch's side of each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, assert_never, get_overloads

import hypothesis.strategies as st
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from engine.design.call import REQUIRED, Call, Signature, signature
from engine.design.distribution import Distribution
from engine.design.kind import Gathered, Kind, TensorSpec
from engine.design.knob import Entry, Flag, Knob, OneOf, PerAxis, Real, Sizes, Text, Whole
from engine.support.sinusoidal_positions import SinusoidalPositions

E = TypeVar("E", bound=Entry)
NAMES = {"torch": torch, "nn": nn, "F": F, "SinusoidalPositions": SinusoidalPositions}
DTYPES = {"float32": torch.float32, "int64": torch.int64}


def named(entry: type[Entry]) -> str:
    """How pytest shows an entry."""
    return entry.key()


# --- random entries ------------------------------------------------------------------------------


def field_values(knob: Knob, widest: int = 4) -> st.SearchStrategy[Any]:
    """Values that the field takes, near zero, its default among them."""
    found: st.SearchStrategy[Any]
    match knob.range:
        case Whole(low, high, optional):
            found = st.integers(max(low, -widest), min(high, max(low, -widest) + 2 * widest))
            found = found | st.none() if optional else found
        case Real(low, high, above, optional):
            least = max(low, above + 1e-3, -widest)
            most = min(high, max(least, 0) + widest)
            found = st.floats(least, most, allow_subnormal=False)
            found = found | st.none() if optional else found
        case Flag():
            found = st.booleans()
        case OneOf(words):
            found = st.sampled_from(words)
        case Sizes(low, shortest, longest):
            size = st.integers(low, low + widest)
            found = st.lists(size, min_size=shortest, max_size=min(longest, 3)).map(tuple)
        case PerAxis(count, low, optional, words):
            size = st.integers(max(low, -widest), max(low + widest - 1, widest))
            found = size | st.lists(size, min_size=count, max_size=count).map(tuple)
            found = found | st.sampled_from(words) if words else found
            found = found | st.none() if optional else found
        case Text():
            found = st.text(max_size=8)
        case _:
            assert_never(knob.range)
    return st.just(knob.default) | found


def entries(entry: type[E], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[E]:
    """Entries of one class with any fields; `given` narrows some of them."""
    fields = {knob.name: given.get(knob.name, field_values(knob)) for knob in entry.knobs}
    return st.fixed_dictionaries(fields).map(lambda values: entry(**values))


def specs(longest: int = 4, dtypes: Iterable[str] = ("float32", "int64"), least: int = 0) -> Any:
    """Shapes without the batch, of few and small dimensions."""
    shapes = st.lists(st.integers(1, 6), min_size=least, max_size=longest).map(tuple)
    return st.builds(TensorSpec, shapes, st.sampled_from(list(dtypes)))


# --- torch as the referee ------------------------------------------------------------------------


def torch_object(name: str) -> Any:
    """The class or function that code names so: `nn.Linear`, `F.elu`, `torch.optim.SGD`."""
    first, *rest = name.split(".")
    found: Any = NAMES[first]
    for part in rest:
        found = getattr(found, part)
    return found


def made(call: Call) -> Any:
    """What the text of a call makes, as the exported code has it."""
    return eval(str(call), dict(NAMES))  # noqa: S307 - the catalogue's own text


def applied(call: Call, first: Any, **more: Any) -> Any:
    """The result of a call whose first argument stands for a value."""
    stand_in = next(iter(call.signature.defaults))
    arguments = {
        name: value
        for name, value in call.arguments.items()
        if name != stand_in
        and (call.signature.defaults[name] is REQUIRED or value != call.signature.defaults[name])
    }
    return torch_object(call.function)(first, **arguments, **more)


def torch_signature(what: Callable[..., Any]) -> Signature:
    """torch's own parameters, without `*args`, `**kwargs` and the random generator.

    A function that is a default counts as the word that torch takes in its place: `F.relu` is "relu".
    """
    defaults: dict[str, Any] = {}
    for name, parameter in inspect.signature(_overloaded(what)).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if name not in ("generator", "self", "cls"):
            default = parameter.default
            word = getattr(default, "__name__", default) if inspect.isfunction(default) else default
            defaults[name] = REQUIRED if default is inspect.Parameter.empty else word
    return Signature(defaults)


def _overloaded(what: Callable[..., Any]) -> Callable[..., Any]:
    """What says the parameters: the first overload of a constructor that itself takes `*args`, as those of RNNs do.

    A tensor such as nn.Parameter has no constructor but `__new__`.
    """
    if inspect.isclass(what) and not inspect.isfunction(what.__init__):
        return what.__new__
    overloads = get_overloads(what.__init__) if inspect.isclass(what) else ()
    return overloads[0] if overloads else what


def module_of(layer: Kind, x: TensorSpec) -> Any:
    """What torch makes of a layer: a module or a parameter; of one that is neither a module without any."""
    return made(layer.call(x)) if layer.is_module() else nn.Identity()


class Used(nn.Module):
    """A layer's module as `forward` uses it, in the form that the layer's fields choose."""

    def __init__(self, layer: Kind, module: nn.Module | nn.Parameter) -> None:
        super().__init__()
        self.module = module
        names = ", ".join(("m", "x", *layer.takes))
        self.form = eval(f"lambda {names}: {layer.form()}", dict(NAMES))  # noqa: S307 - the catalogue's own text

    def forward(self, *values: torch.Tensor) -> Any:
        return self.form(self.module, *values)


def assert_signature(text: str, what: Callable[..., Any], *, apart: Iterable[str] = ()) -> None:
    """Names, order and defaults are torch's; those of `apart` are known not to have its default."""
    ours, theirs = signature(text).defaults, torch_signature(what).defaults
    assert list(ours) == list(theirs)
    for name in set(ours) - set(apart):
        assert ours[name] is theirs[name] or ours[name] == theirs[name], name


def sample(spec: TensorSpec, batch: int = 3, device: str = "meta") -> torch.Tensor:
    """A tensor of that shape, the batch in front."""
    if spec.dtype == "int64":
        return torch.zeros((batch, *spec.shape), dtype=torch.int64, device=device)
    return torch.randn((batch, *spec.shape), device=device)


def samples(x: TensorSpec, batch: int = 3, device: str = "meta") -> list[torch.Tensor]:
    """A tensor for what flows in, and one for each further value that comes with it."""
    others = x.others if isinstance(x, Gathered) else ()
    return [sample(each, batch, device) for each in (x, *others)]


def spec_of(tensor: torch.Tensor) -> TensorSpec:
    """Shape without the batch, and dtype."""
    return TensorSpec(tuple(tensor.shape[1:]), str(tensor.dtype).removeprefix("torch."))


# --- theory against samples ----------------------------------------------------------------------


def cumulative(law: Distribution, points: int = 20_001) -> tuple[np.ndarray, np.ndarray]:
    """Probability of the continuous part up to each of many places, by the midpoint rule.

    The places lie dense toward both ends, where the density of an orthogonal entry may be infinite.
    """
    low, high = law.support
    middle, half = (low + high) / 2, (high - low) / 2 * 1.5
    if low == high:
        return np.array([low]), np.array([0.0])
    edges = [low, high] if law.density(low - 1e-6 * half) == 0 else [middle - half, middle + half]
    middle, half = sum(edges) / 2, (edges[1] - edges[0]) / 2
    angles = (np.arange(points) + 0.5) * np.pi / points
    places = middle - half * np.cos(angles)
    mass = np.array([law.density(float(x)) for x in places]) * half * np.sin(angles)
    return places, np.cumsum(mass) * np.pi / points


def distance(values: np.ndarray, law: Distribution) -> float:
    """Kolmogorov's: the largest gap between how the values lie and how the law says they should.

    For the continuous part alone; a law without one gives 0.
    """
    places, below = cumulative(law)
    total = below[-1]
    if total == 0 or len(values) == 0:
        return 0.0
    ordered = np.sort(values)
    expected = np.interp(ordered, places, below / total)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return float(max(np.max(steps[1:] - expected), np.max(expected - steps[:-1])))


def assert_follows(values: np.ndarray, law: Distribution, *, slack: float = 2.5) -> None:
    """Atoms, mean, std and the whole shape of the values are those of the law."""
    count = len(values)
    rest = values
    least = float(np.finfo(np.float32).tiny)  # below which torch's numbers become 0
    for value, share in law.atoms:
        here = np.isclose(values, value, rtol=1e-6, atol=least)
        spread = 5 * np.sqrt(share * (1 - share) / count) + 1e-9
        assert abs(here.mean() - share) <= spread, (value, share, here.mean())
        rest = rest[~np.isclose(rest, value, rtol=1e-6, atol=least)]
    blurred = 5 * law.std / np.sqrt(count) + 1e-6 * abs(law.mean) + least
    assert abs(values.mean() - law.mean) <= blurred
    blur = max(0.05, 3 / np.sqrt(max(len(rest), 1)))
    assert abs(values.std() - law.std) <= blur * law.std + 1e-12
    assert distance(rest, law) <= slack / np.sqrt(max(len(rest), 1))
