"""Whole stacks of transformer layers in one module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from engine.catalogue.attention import HEADS, Attending, TransformerEncoderLayer, norm_default
from engine.catalogue.decoding import MEMORY, TransformerDecoderLayer
from engine.catalogue.fan_rules import XavierUniform
from engine.catalogue.needs import needs_others
from engine.design.call import Call, signature
from engine.design.distribution import Distribution
from engine.design.kept import Kept
from engine.design.kind import Gathered, InsertBefore, Mend, Misfit, Role, Shape, TensorSpec
from engine.design.knob import flag, whole

OneLayer = TransformerEncoderLayer | TransformerDecoderLayer
MOST_LAYERS = 24
LAYERS = "Layers on top of each other."
NORM_PARAMETERS = (
    "normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None"
)


def _of_layer(field: str) -> Any:
    """The same field as that of a single layer."""
    return TransformerDecoderLayer.knob(field)


def _layer(kind: type[OneLayer], fields: Mapping[str, Any]) -> OneLayer:
    """One layer with those of the fields that it has."""
    return kind(**{knob.name: fields[knob.name] for knob in kind.knobs})


def _within(tensor: str) -> tuple[str, str]:
    """A tensor's name inside its layer, "" where it is in the last norm; and its own name."""
    *before, module, own = tensor.split(".")
    if module == "norm":
        return "", own
    return ".".join([*before[before.index("layers") + 2 :], module, own]), own


class Stacked(Attending):
    """What stacks of layers have in common: the fields of one, how many there are, and a norm behind the last."""

    nhead: int = _of_layer("nhead")
    num_layers: int = whole(6, LAYERS, at_least=1, at_most=MOST_LAYERS)
    dim_feedforward: int = _of_layer("dim_feedforward")
    dropout: float = _of_layer("dropout")
    inner_activation: str = _of_layer("inner_activation")
    layer_norm_eps: float = _of_layer("layer_norm_eps")
    norm_first: bool = _of_layer("norm_first")
    bias: bool = _of_layer("bias")
    last_norm: bool = flag(False, "Normalise once more behind the last layer.")

    one: ClassVar[type[OneLayer]]
    """The kind of its layers."""
    argument: ClassVar[str]
    """What torch calls the layer that it takes."""
    structural = ("num_layers", "last_norm", "bias")

    def layer(self) -> OneLayer:
        """One of its layers."""
        return _layer(self.one, self.__dict__)

    def output(self, x: TensorSpec) -> TensorSpec:
        return self.layer().output(x)

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        known = signature(NORM_PARAMETERS)
        size = {"eps": self.layer_norm_eps, "bias": self.bias}
        norm = Call("nn.LayerNorm", known, known.bind((x.shape[-1],), size))
        return {self.argument: self.layer().call(x), "norm": norm if self.last_norm else None}

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        match arguments[cls.argument]:
            case Call(function, arguments=given) if function == cls.one.module:
                own = {knob.name: given[knob.name] for knob in cls.one.knobs if knob.name in given}
                return own | cls.one.implied(given) | {"last_norm": arguments["norm"] is not None}
            case _:
                return {}

    @classmethod
    def role(cls, tensor: str) -> Role:
        inside, own = _within(tensor)
        if not inside:
            return "scale" if own == "weight" else "bias"
        return cls.one.role(inside)

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        inside = self.layer().weights(x)
        found = {
            f"layers.{number}.{tensor}": shape
            for number in range(self.num_layers)
            for tensor, shape in inside.items()
        }
        norm = ("norm.weight", "norm.bias")[: 1 + self.bias] if self.last_norm else ()
        return found | dict.fromkeys(norm, (x.shape[-1],))

    def kept(self, x: TensorSpec) -> Kept:
        norm = x.elements + 2 * x.shape[0] if self.last_norm else 0
        return Kept(numbers=self.num_layers * self.layer().kept(x).numbers + norm)

    def macs(self, x: TensorSpec) -> int:
        return self.num_layers * self.layer().macs(x)

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        if tensor not in self.weights(x):
            raise KeyError(tensor)
        inside, own = _within(tensor)
        return self.layer().torch_default(inside, x) if inside else norm_default(own)

    def brief(self, x: TensorSpec | None) -> str:
        plural = "s" if self.num_layers > 1 else ""
        return f"{self.num_layers} layer{plural}, {self.layer().brief(x)}"

    def formula(self, x: TensorSpec) -> str:
        words, _, numbers = self.layer().formula(x).partition(" = ")
        all_words = [f"layers × {term}" for term in words.split(" + ")]
        all_numbers = [f"{self.num_layers} × {term}" for term in numbers.split(" + ")]
        if self.last_norm:
            all_words.append(f"{1 + self.bias} × features")
            all_numbers.append(f"{1 + self.bias} × {x.shape[-1]}")
        return f"{' + '.join(all_words)} = {' + '.join(all_numbers)}"


def _tensors(kind: type[OneLayer], prefix: str = "") -> tuple[str, ...]:
    """All that a stack of such layers can have."""
    inside = (f"{n}.{tensor}" for n in range(MOST_LAYERS) for tensor in kind.tensors)
    return (
        *(f"{prefix}layers.{own}" for own in inside),
        f"{prefix}norm.weight",
        f"{prefix}norm.bias",
    )


class TransformerEncoder(Stacked):
    """Several TransformerEncoderLayers on top of each other, all beginning with the same numbers.
    For [N, L, F].

    The encoder of BERT and ViT in one module. torch makes one layer and copies it, so that at first
    all hold the same weights. A Repeat around a TransformerEncoderLayer draws each anew, and its
    layers can be opened, changed and frozen one by one.

    The heads must divide the features. With norm_first, switch last_norm on. Switch `causal` on
    where it learns to write: no step then sees the ones after it.
    """

    causal: bool = _of_layer("causal")

    aliases = ("transformer", "encoder", "attention", "bert", "vit", "stack")
    module = "nn.TransformerEncoder"
    fixed: ClassVar[dict[str, Any]] = {"enable_nested_tensor": False}
    forms: ClassVar[dict[str, dict[str, Any]]] = {
        "m(x)": {"causal": False},
        "m(x, mask=nn.Transformer.generate_square_subsequent_mask(x.size(1), device=x.device), "
        "is_causal=True)": {"causal": True},
    }
    parameters = "encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True"
    one = TransformerEncoderLayer
    argument = "encoder_layer"
    tensors = _tensors(TransformerEncoderLayer)


class TransformerDecoder(Stacked):
    """Several TransformerDecoderLayers on top of each other, all beginning with the same numbers,
    each looking at the same memory. For [N, L, F].

    The second half of a translator: what flows in is what has been written so far, the memory what
    an encoder made of the source. As in TransformerEncoder torch copies one layer; a Repeat that
    the memory is handed into draws each anew.

    Switch `causal` on where it learns to write: no step then sees the ones after it.
    """

    causal: bool = _of_layer("causal")

    aliases = ("transformer", "decoder", "attention", "memory", "translation", "stack")
    takes: ClassVar[dict[str, str]] = {"memory": MEMORY}
    module = "nn.TransformerDecoder"
    fixed: ClassVar[dict[str, Any]] = {}
    forms: ClassVar[dict[str, dict[str, Any]]] = {
        "m(x, memory)": {"causal": False},
        "m(x, memory, tgt_mask=nn.Transformer.generate_square_subsequent_mask(x.size(1), "
        "device=x.device), tgt_is_causal=True)": {"causal": True},
    }
    parameters = "decoder_layer, num_layers, norm=None"
    one = TransformerDecoderLayer
    argument = "decoder_layer"
    tensors = _tensors(TransformerDecoderLayer)


class Transformer(Attending):
    """An encoder reads what flows in, and a decoder writes the target with what the encoder made of it.
    For [N, S, F] and a target of [N, T, F].

    The whole network of "Attention is all you need" between its embeddings and its last Linear.
    For translation and other tasks that make one sequence of another. Put embeddings with positions before both, and
    a Linear to as many features as there are words behind. A stack of encoders alone, as BERT, is a
    TransformerEncoder.

    Without `causal` every step of the target sees those after it and learns to copy them.
    """

    nhead: int = whole(8, HEADS, at_least=1)
    num_encoder_layers: int = whole(6, LAYERS, at_least=1, at_most=MOST_LAYERS)
    num_decoder_layers: int = whole(6, LAYERS, at_least=1, at_most=MOST_LAYERS)
    dim_feedforward: int = _of_layer("dim_feedforward")
    dropout: float = _of_layer("dropout")
    inner_activation: str = _of_layer("inner_activation")
    layer_norm_eps: float = _of_layer("layer_norm_eps")
    norm_first: bool = _of_layer("norm_first")
    bias: bool = _of_layer("bias")
    causal: bool = flag(True, "Let no step of the target see those after it.")

    aliases = ("encoder-decoder", "translation", "attention", "seq2seq")
    takes: ClassVar[dict[str, str]] = {
        "target": "The sequence that is written, [N, T, F], with as many features."
    }
    module = "nn.Transformer"
    forms: ClassVar[dict[str, dict[str, Any]]] = {
        "m(x, target)": {"causal": False},
        "m(x, target, tgt_mask=nn.Transformer.generate_square_subsequent_mask(target.size(1), "
        "device=target.device), tgt_is_causal=True)": {"causal": True},
    }
    parameters = (
        "d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, dim_feedforward=2048, "
        "dropout=0.1, activation='relu', custom_encoder=None, custom_decoder=None, "
        "layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, "
        "dtype=None"
    )
    structural = ("num_encoder_layers", "num_decoder_layers", "bias")
    tensors = (
        *_tensors(TransformerEncoderLayer, "encoder."),
        *_tensors(TransformerDecoderLayer, "decoder."),
    )

    def halves(self, x: TensorSpec) -> tuple[tuple[str, Stacked, TensorSpec], ...]:
        """Encoder and decoder by their names, with what each gets."""
        target = needs_others(self, x)[0]
        written = Gathered(target.shape, target.dtype, (TensorSpec(x.shape, x.dtype),))
        own = {name: value for name, value in self.__dict__.items() if not name.startswith("num_")}
        encoder = {name: value for name, value in own.items() if name != "causal"}
        return (
            ("encoder", TransformerEncoder(
                **encoder, num_layers=self.num_encoder_layers, last_norm=True), x),
            ("decoder", TransformerDecoder(
                **own, num_layers=self.num_decoder_layers, last_norm=True), written),
        )  # fmt: skip

    def output(self, x: TensorSpec) -> TensorSpec:
        try:
            return self._written(x)
        except Misfit as misfit:
            # A layer in front changes the source alone, and the target may be what does not fit.
            mends = tuple(mend for mend in misfit.mends if self._is_helped(x, mend))
            raise Misfit(misfit.needs, misfit.got, mends) from None

    def _written(self, x: TensorSpec) -> TensorSpec:
        (_, encoder, _), (_, decoder, written) = self.halves(x)
        encoder.output(x)
        return decoder.output(written)

    def _is_helped(self, x: TensorSpec, mend: Mend) -> bool:
        if not isinstance(mend.change, InsertBefore):
            return True
        try:
            source = mend.change.kind.output(x)
            self._written(Gathered(source.shape, source.dtype, needs_others(self, x)))
        except Misfit:
            return False
        return True

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"d_model": x.shape[-1], "activation": self.inner_activation}

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"inner_activation": arguments["activation"]}

    @classmethod
    def role(cls, tensor: str) -> Role:
        half = TransformerEncoder if tensor.startswith("encoder.") else TransformerDecoder
        return half.role(tensor)

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        return {
            f"{name}.{tensor}": shape
            for name, half, given in self.halves(x)
            for tensor, shape in half.weights(given).items()
        }

    def kept(self, x: TensorSpec) -> Kept:
        return Kept(numbers=sum(half.kept(given).numbers for _, half, given in self.halves(x)))

    def macs(self, x: TensorSpec) -> int:
        return sum(half.macs(given) for _, half, given in self.halves(x))

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        for name, half, given in self.halves(x):
            own = tensor.removeprefix(f"{name}.")
            if own != tensor:
                shape = half.weights(given)[own]
                if len(shape) < 2:
                    return half.torch_default(own, given)
                law = XavierUniform().distribution(shape)
                return law, "Xavier uniform: ±√(6 / (fan_in + fan_out)), in all its matrices."
        raise KeyError(tensor)

    def brief(self, x: TensorSpec | None) -> str:
        plural = "s" if self.nhead > 1 else ""
        return f"{self.num_encoder_layers} + {self.num_decoder_layers} layers, {self.nhead} head{plural}"

    def formula(self, x: TensorSpec) -> str:
        parts = [half.formula(given).partition(" = ") for _, half, given in self.halves(x)]
        return f"{' + '.join(p[0] for p in parts)} = {' + '.join(p[2] for p in parts)}"


KINDS = (TransformerEncoder, TransformerDecoder, Transformer)
