"""Every kind of layer does on paper what its torch module does: torch is the referee."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import prod
from typing import Any

import pytest
import torch
import torchinfo
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from engine.catalogue import ACTIVATIONS, FAMILIES, KINDS
from engine.catalogue.attention import Attending
from engine.catalogue.decoding import LookingElsewhere, ScaledDotProductAttention
from engine.catalogue.dropout import DroppingChannels, FeatureAlphaDropout
from engine.catalogue.embedding import Embedding, EmbeddingBag
from engine.catalogue.expressions import Chunk, Squeeze, Unsqueeze
from engine.catalogue.folding import Fold
from engine.catalogue.needs import axis
from engine.catalogue.norm import NormalisingLast
from engine.catalogue.padding import CircularPadding, ConstantPadding, Padding
from engine.catalogue.pairs import Bilinear, CosineSimilarity, PairwiseDistance
from engine.catalogue.parameters import Learned
from engine.catalogue.positions import SinusoidalPositions
from engine.catalogue.recurrent import Recurrent
from engine.catalogue.reference import gathered
from engine.catalogue.resampling import Upsample, Upsampling2d, UpsamplingNearest2d
from engine.catalogue.roles import fits
from engine.catalogue.shaping import Flatten, Unflatten
from engine.catalogue.sized_pooling import AdaptiveAvgPool2d, AdaptiveAvgPool3d, FractionalPooling
from engine.catalogue.spatial import Spatial
from engine.catalogue.unpooling import Unpooling
from engine.catalogue.upsampling import Shuffling
from engine.catalogue.vectors import Softmax2d
from engine.design.call import REQUIRED
from engine.design.kind import (
    Activation,
    Gathered,
    Indices,
    InsertBefore,
    Kind,
    Mend,
    Misfit,
    ReplaceKind,
    SetField,
)
from engine.design.kind import TensorSpec as Spec
from engine.design.tree import Input, Layer, Network, Stack
from engine.source.reader import read_module
from engine.source.writer import write_module
from tests.laws.entries import (
    Used,
    assert_follows,
    assert_signature,
    entries,
    module_of,
    named,
    sample,
    samples,
    spec_of,
    specs,
    torch_object,
    torch_signature,
)

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=named)
every_module = pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind.is_module()], ids=named
)
every_weighted_kind = pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind.tensors], ids=named
)
few = settings(
    max_examples=settings().max_examples // 3, suppress_health_check=[HealthCheck.filter_too_much]
)


def stricter(layer: Kind, x: Spec) -> str:
    """Why the layer refuses an input that torch takes; "" where it should not."""
    rank = len(x.shape) + 1
    dims = [
        dim
        for name in ("dim", "dim0", "dim1", "start_dim", "end_dim")
        if name in layer.values()
        for dim in numbers(layer.values()[name])
    ]
    if x.dtype == "int64" and not isinstance(layer, Embedding | EmbeddingBag):
        return "networks work on real numbers, though torch has whole ones for some"
    if isinstance(x, Gathered) and (why := stricter_of_pairs(layer, x)):
        return why
    if any(dim % rank == 0 for dim in dims if -rank <= dim < rank):
        return "the batch is no dimension to work on: samples would mix"
    if isinstance(layer, Unsqueeze) and layer.dim in (0, -1 - rank):
        return "the batch stays in front"
    if isinstance(layer, DroppingChannels | Softmax2d):
        return "torch takes the batch for channels where one dimension is missing"
    if isinstance(layer, Spatial) and rank == layer.axes + (not isinstance(layer, ConstantPadding)):
        return "torch takes the batch for channels or an axis where one dimension is missing"
    means = isinstance(layer, AdaptiveAvgPool2d | AdaptiveAvgPool3d)
    if means and set(layer.each(layer.output_size)) == {1}:
        return "torch does not look where a plain mean will do"
    if isinstance(layer, Padding) and crops_all(layer, x):
        return "nothing of the image is left, or torch goes round with what lies in memory"
    if isinstance(layer, Recurrent | Attending) and rank == 2:
        return "torch takes the batch for the time where one dimension is missing"
    if isinstance(layer, Recurrent) and layer.dropout and layer.num_layers == 1:
        return "torch warns that dropout does nothing there"
    if isinstance(layer, UpsamplingNearest2d):
        return "torch takes images of any number of axes, whatever its name says"
    if isinstance(layer, Learned):
        return "torch adds and multiplies whatever shapes can be broadcast"
    if isinstance(layer, Shuffling) and rank > 4:
        return "torch takes any number of batches in front"
    if isinstance(layer, FeatureAlphaDropout) and layer.p in (0, 1):
        return "torch does not look where it has nothing to do"
    if isinstance(layer, SinusoidalPositions):
        return "torch adds along the last two of any axes, the batch among them"
    if isinstance(layer, Squeeze):
        return "torch leaves a dimension of another size as it is"
    if isinstance(layer, Chunk):
        return "torch gives a shorter last part, or fewer of them"
    if isinstance(layer, NormalisingLast):
        return "there is no shape to ask torch about"
    return ""


def numbers(value: int | tuple[int, ...]) -> tuple[int, ...]:
    """One dimension, or several."""
    return value if isinstance(value, tuple) else (value,)


def stricter_of_pairs(layer: Kind, x: Gathered) -> str:
    """The same for layers of two values."""
    if isinstance(layer, Unpooling):
        return "torch finds out where indices point at only when it fills a place"
    if any(each.dtype == "int64" for each in x.others):
        return "networks work on real numbers, though torch has whole ones for some"
    if isinstance(layer, CosineSimilarity | PairwiseDistance | Bilinear):
        if len({len(each.shape) for each in (x, *x.others)}) > 1:
            return "torch would take the batch for another dimension"
        if not x.shape:
            return "torch takes the batch for features"
    if isinstance(layer, ScaledDotProductAttention):
        first = {each.shape[:-2] for each in (x, *x.others)}
        if len(first) > 1 or any(len(each.shape) < 2 for each in (x, *x.others)):
            return "torch repeats what stands before time and features, the batch included"
    if isinstance(layer, LookingElsewhere) and {len(each.shape) for each in (x, *x.others)} != {2}:
        return "torch takes the batch for the time where one dimension is missing"
    return ""


def crops_all(layer: Padding, x: Spec) -> bool:
    """Whether a crop leaves nothing of an axis, or less than a circle is to go round."""
    for size, (before, after) in zip(x.shape[-layer.axes :], layer.ends(), strict=False):
        rest = size + min(before, 0) + min(after, 0)
        if rest < 1 or (isinstance(layer, CircularPadding) and rest < max(before, after)):
            return min(before, after) < 0
    return False


MOST_MENDS = 4
"""Mends in a row by which a layer is made to fit."""


def fitting(data: st.DataObject, kind: type[Kind]) -> tuple[Kind, Spec, Spec]:
    """A layer of that kind, an input that it takes and what comes out.

    Hardly a layer with any fields takes any input. One that does not is mended as it says itself, which gives more
    and other layers than drawing on until one fits.
    """
    taken = [x for _, x in examples(kind)]
    ranks = sorted({len(x.shape) for x in taken})
    x = data.draw(inputs_of(kind, sorted({x.dtype for x in taken}), ranks))
    layer = data.draw(entries(kind))
    if isinstance(layer, Fold):  # which any number of windows but one does not fit
        try:
            windows = layer.places(layer.each(layer.output_size))
        except Misfit:
            assume(False)
            raise
        kernel = prod(layer.each(layer.kernel_size))
        x = Spec((kernel * data.draw(st.integers(1, 3)), prod(windows)))
    if isinstance(layer, Unpooling):  # of which hardly any two sizes fit by chance
        x = Spec(tuple(data.draw(st.integers(1, 6)) for _ in range(layer.axes + 1)))
        whole = (*x.shape[:1], *layer.unpooled(x.shape[1:]))
        assume(min(whole) > 0)
        x = Gathered(x.shape, x.dtype, (Indices(x.shape, "int64", whole),))
    for _ in range(MOST_MENDS):
        misfit = refused(layer, x)
        if misfit is None:
            return layer, x, layer.output(x)
        mended = [found for mend in misfit.mends if (found := after(mend, layer, x)) is not None]
        assume(mended)
        layer, x = data.draw(st.sampled_from(mended))
    assume(False)
    raise AssertionError


def after(mend: Mend, layer: Kind, x: Spec) -> tuple[Kind, Spec] | None:
    """The layer and what flows in after a mend; None where it would be another kind of layer."""
    match mend.change:
        case SetField(name, value):
            return layer.with_fields(**{name: value}), x
        case InsertBefore(before):
            fed = before.output(x)
            others = x.others if isinstance(x, Gathered) else ()
            return layer, Gathered(fed.shape, fed.dtype, others) if others else fed
        case _:
            return None


@st.composite
def inputs_of(
    draw: st.DrawFn,
    kind: type[Kind],
    dtypes: Iterable[str] = ("float32", "int64"),
    ranks: Iterable[int] = range(5),
) -> Spec:
    """Any input, with the further values that the kind takes: like it but for a size here and there, or just any."""
    x = draw(st.one_of(*[specs(rank, dtypes, least=rank) for rank in ranks]))
    if not kind.takes:
        return x
    others: list[Spec] = []
    for _ in kind.takes:
        shape = tuple(draw(st.sampled_from([size] * 4 + [1, 5])) for size in x.shape)
        if issubclass(kind, Unpooling):
            others.append(draw(pooled(x, kind.axes) | specs()))
            continue
        near = st.just(x) | st.just(Spec(shape, x.dtype)) | st.just(Spec(x.shape, "int64"))
        others.append(draw(near | specs()))
    return Gathered(x.shape, x.dtype, tuple(others))


def pooled(x: Spec, axes: int) -> st.SearchStrategy[Spec]:
    """Indices of a pooling that gives this, of images up to three times as large or just any."""
    sizes = st.tuples(*(st.sampled_from([size * 2] * 4 + [size * 3, size]) for size in x.shape))
    near = sizes.map(lambda found: Indices(x.shape, "int64", (*x.shape[:-axes], *found[-axes:])))
    return near | st.just(Spec(x.shape, "int64"))


@cache
def examples(kind: type[Kind]) -> list[tuple[Kind, Spec]]:
    """The kind with its defaults, and inputs that it takes."""
    candidates = [Spec(shape, dtype) for dtype in ("float32", "int64")
                  for shape in [(6,), (4, 6), (4, 8), (4, 9), (2, 4, 6), (4, 4, 6), (2, 3, 4, 6), (64,),
                                (6, 1)]]  # fmt: skip
    found: list[tuple[Kind, Spec]] = []
    for x in (whole for each in candidates for whole in gathered(kind(), each)):
        try:
            kind().output(x)
        except Misfit:
            continue
        found.append((kind(), x))
    return found


@every_module
def test_its_signature_is_that_of_its_module(kind: type[Kind]):
    # A parameter without a tensor is empty, and no design has one.
    apart = ("data",) if kind.is_parameter() else ()
    assert_signature(kind.parameters, torch_object(kind.module), apart=apart)


@every_module
def test_its_fields_have_the_defaults_of_torch(kind: type[Kind]):
    theirs = dict(torch_signature(torch_object(kind.module)).defaults)
    ours = {knob.name: knob.default for knob in kind.knobs if knob.name in theirs}
    deprecated = {"dim"} if kind.key() in ("Softmax", "LogSoftmax", "Softmin") else set[str]()
    if issubclass(kind, FractionalPooling):
        theirs["output_ratio"] = REQUIRED  # torch wants it or an output_size
    if issubclass(kind, Upsample | Upsampling2d):
        theirs["scale_factor"] = REQUIRED  # torch wants it or a size
    for name, default in ours.items():
        if name not in deprecated and not isinstance(theirs[name], type(None) | float | int | str):
            continue  # required by torch, so that the default is our own choice
        if name not in deprecated:
            assert default == theirs[name], name


@every_kind
def test_it_belongs_to_a_family_and_fits_something_with_its_defaults(kind: type[Kind]):
    assert kind.family in FAMILIES
    assert kind.__doc__
    assert examples(kind)


@every_kind
@few
@given(data=st.data())
def test_shapes_weights_and_buffers_are_those_of_the_built_module(
    kind: type[Kind], data: st.DataObject
):
    layer, x, output = fitting(data, kind)
    with torch.device("meta"):
        module = module_of(layer, x)
    assert spec_of(Used(layer, module).eval()(*samples(x))) == output
    assert spec_of(torch_takes(layer, x)) == output
    module = held(module)
    weights = {name: tuple(tensor.shape) for name, tensor in module.named_parameters()}
    buffers = {
        name: Spec(tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."))
        for name, tensor in module.named_buffers()
    }
    assert list(layer.weights(x).items()) == list(weights.items())
    assert list(layer.buffers(x).items()) == list(buffers.items())
    assert set(weights) <= set(kind.tensors), "a file may name only these"
    assert list(module.state_dict()) == [*weights, *buffers]
    assert read_back(layer, x) == layer
    assert_formula(layer.formula(x), sum(map(prod, weights.values())))
    assert_brief(layer.brief(x))
    assert fits(layer.dims_in(), len(x.shape))
    assert fits(layer.dims_out(), len(output.shape))


def held(made: Any) -> torch.nn.Module:
    """A layer's module; of a layer that is a parameter one that holds it."""
    if isinstance(made, torch.nn.Module):
        return made
    module = torch.nn.Module()
    module.register_parameter("weight", made)
    return module


def read_back(layer: Kind, x: Spec) -> Kind:
    """The layer that its call and its form give away: what the input decides is no field."""
    if not layer.is_module():
        return read_expression(layer, x)
    arguments = layer.call(x).arguments
    said = {knob.name: arguments[knob.name] for knob in layer.knobs if knob.name in arguments}
    return type(layer)(**said | type(layer).implied(arguments) | dict(layer.forms[layer.form()]))


def read_expression(layer: Kind, x: Spec) -> Kind:
    """The layer that the reader finds in a class that does nothing else."""
    others = x.others if isinstance(x, Gathered) else ()
    inputs = (Input("given", Spec(x.shape, x.dtype)), *map(Input, layer.takes, others))
    design = Network("Net", inputs, Stack((Layer(1, "", layer, others=tuple(layer.takes)),)))
    (node,) = read_module(write_module(design)).body.nodes
    assert isinstance(node, Layer)
    return node.kind


def assert_formula(formula: str, count: int):
    """The parameter formula gives the count; there is none where there are no parameters."""
    assert bool(formula) == bool(count)
    if formula:
        numbers = formula.rpartition("=")[2]
        assert sum(prod(map(int, term.split("×"))) for term in numbers.split("+")) == count


def assert_brief(brief: str):
    """What a card shows fits on it."""
    assert len(brief) <= 40
    assert "\n" not in brief


@every_kind
@settings(few, max_examples=5)
@given(data=st.data())
def test_torchinfo_counts_the_same_parameters(kind: type[Kind], data: st.DataObject):
    layer, x, output = fitting(data, kind)
    with torch.device("meta"):
        module = Used(layer, module_of(layer, x))
    table = torchinfo.summary(module, input_data=samples(x), device="meta", verbose=0)
    assert table.total_params == sum(map(prod, layer.weights(x).values()))
    assert tuple(table.summary_list[0].output_size) == (3, *output.shape)


@every_kind
@few
@given(data=st.data())
def test_what_it_refuses_torch_refuses_too_and_its_mends_mend(
    kind: type[Kind], data: st.DataObject
):
    x = data.draw(inputs_of(kind))
    layer = data.draw(entries(kind))
    assert_brief(layer.brief(x))
    misfit = refused(layer, x)
    if misfit is None:
        return
    assert misfit.needs
    assert not misfit.needs.endswith(".")
    for mend in misfit.mends:
        assert_mends(layer, x, mend)
    if not stricter(layer, x):
        assert_torch_makes_nothing(layer, x)


def assert_torch_makes_nothing(layer: Kind, x: Spec):
    """torch refuses the input too, or gives a tensor without a number in it."""
    try:
        made = torch_takes(layer, x)
    except (RuntimeError, ValueError, IndexError, AssertionError):
        return
    assert isinstance(made, torch.Tensor)
    assert made.numel() == 0


def torch_takes(layer: Kind, x: Spec) -> Any:
    """torch's own result, in training, where it checks more."""
    try:
        module = module_of(layer, x)
    except IndexError as missing:  # nothing to derive a size from: no such module can be written
        raise RuntimeError from missing
    return Used(layer, module)(*samples(x, device="cpu"))


def assert_mends(layer: Kind, x: Spec, mend: Mend):
    """After the mend the same complaint does not come again."""
    assert mend.title
    if isinstance(mend.change, ReplaceKind):
        mended, fed = mend.change.kind, x
    else:
        found = after(mend, layer, x)
        assert found is not None, "a kind knows nothing of the activation behind it"
        assert found != (layer, x)
        mended, fed = found
    still, before_it = refused(mended, fed), refused(layer, x)
    assert still is None or (still.needs, still.got) != (before_it.needs, before_it.got)


def refused(layer: Kind, x: Spec) -> Any:
    """Why the layer does not take it; None where it does."""
    try:
        layer.output(x)
    except Misfit as misfit:
        return misfit
    return None


@every_kind
def test_multiply_accumulates_are_half_of_torchs_flops(kind: type[Kind]):
    for layer, x in examples(kind):
        with torch.device("meta"):
            module = Used(layer, module_of(layer, x))
        with FlopCounterMode(display=False) as counter:
            if isinstance(layer, Bilinear):  # which torch's counter does not know
                F.linear(sample(x, batch=2), layer_weight(module))
            else:
                module(*samples(x, batch=2))
        assert counter.get_total_flops() == 2 * 2 * layer.macs(x)


def layer_weight(module: Used) -> torch.Tensor:
    """The matrix that takes the first value of a bilinear layer to all products with numbers of the second."""
    weight = held(module.module).get_parameter("weight")
    return weight.transpose(1, 2).flatten(0, 1)


@every_kind
def test_what_it_says_of_torchs_default_is_what_torch_does(kind: type[Kind]):
    for layer, x in examples(kind):
        assert_torch_default(layer, x)
        with pytest.raises(KeyError):
            layer.torch_default("no such tensor", x)


@every_weighted_kind
@settings(few, max_examples=8, derandomize=True)
@given(data=st.data())
def test_what_it_says_of_torchs_default_holds_for_all_its_fields(
    kind: type[Kind], data: st.DataObject
):
    layer, x, _ = fitting(data, kind)
    assert_torch_default(layer, x)


def assert_torch_default(layer: Kind, x: Spec):
    """Every tensor of modules that torch has just made follows the law that is said of it."""
    torch.manual_seed(0)
    shapes = layer.weights(x)
    times = 1 + 4000 // max(1, min(map(prod, shapes.values()), default=1))
    size = sum(map(prod, shapes.values()))
    count = min(times, 400, 1 + 2_000_000 // max(1, size), 1 + 1500 // max(1, len(shapes)))
    modules = [
        dict(held(module_of(layer, x)).named_parameters()) for _ in range(count if shapes else 0)
    ]
    for tensor in shapes:
        law, sentence = layer.torch_default(tensor, x)
        drawn = torch.stack([tensors[tensor] for tensors in modules]).detach()
        assert_follows(drawn.double().flatten().numpy(), law)
        assert sentence.endswith(".")


def test_an_embeddings_padding_row_is_zero_and_said_to_be():
    layer = Embedding(num_embeddings=4, embedding_dim=2000, padding_idx=-1)
    x = Spec((3,), "int64")
    law, sentence = layer.torch_default("weight", x)
    assert_follows(module_of(layer, x).weight.detach().double().flatten().numpy(), law)
    assert "-1" in sentence


@every_kind
def test_a_weight_has_a_role(kind: type[Kind]):
    for layer, x in examples(kind):
        roles = {tensor: kind.role(tensor) for tensor in layer.weights(x)}
        assert roles.get("bias", "bias") == "bias"
        assert kind.family != "norm" or roles.get("weight", "scale") == "scale"


def test_every_activation_is_a_layer_too():
    assert set(ACTIVATIONS) <= set(KINDS)
    assert all(issubclass(KINDS[key], Activation) for key in ACTIVATIONS)
    assert len(ACTIVATIONS) == 28


@given(specs(), st.integers(-8, 8))
def test_a_dimension_counts_as_torch_counts_and_is_never_the_batch(x: Spec, dim: int):
    rank = len(x.shape) + 1
    try:
        at = axis(x, dim)
    except Misfit:
        assert not -rank <= dim < rank or dim % rank == 0
    else:
        assert at + 1 == dim % rank


def test_a_sentence_for_each_common_mistake():
    image, words, row = Spec((3, 8, 8)), Spec((7,), "int64"), Spec((4,))
    said = {
        key: (refused(KINDS[key](), x).needs, refused(KINDS[key](), x).got)
        for key, x in {"BatchNorm1d": image, "Linear": words, "Embedding": row}.items()
    }
    assert said == {
        "BatchNorm1d": ("features (C) or channels and a length (C, L) per sample", "[N, 3, 8, 8]"),
        "Linear": ("real numbers (float32)", "int64 [N, 7]"),
        "Embedding": ("whole numbers (int64), each the number of a row", "float32 [N, 4]"),
    }


@few
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple), specs(2))
def test_unflatten_undoes_flatten(sizes: tuple[int, ...], x: Spec):
    split = Unflatten(dim=1, unflattened_size=sizes)
    row = Spec((prod(sizes), *x.shape), x.dtype)
    apart = split.output(row)
    assert apart == Spec((*sizes, *x.shape), x.dtype)
    assert Flatten(1, len(sizes)).output(apart) == row
    assert spec_of(module_of(split, row)(sample(row))) == apart
