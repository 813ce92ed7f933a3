"""Whole stacks of transformer layers in one module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from engine.catalogue.attention import Attending, TransformerEncoderLayer
from engine.design.distribution import Constant, Distribution
from engine.design.kind import Call, Role, Shape, TensorSpec, signature
from engine.design.knob import flag, whole

MOST_LAYERS = 48
NORM_PARAMETERS = (
    "normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None"
)


def _of_layer(field: str) -> Any:
    """The same field as that of a single layer."""
    return TransformerEncoderLayer.knob(field)


class TransformerEncoder(Attending):
    """Several TransformerEncoderLayers on top of each other, all beginning with the same numbers.
    For [N, L, F].

    The encoder of BERT and ViT in one module. torch makes one layer and copies it, so that at first
    all hold the same weights. A Repeat around a TransformerEncoderLayer draws each anew, and its
    layers can be opened, changed and frozen one by one.

    The heads must divide the features. With norm_first, switch last_norm on.
    """

    nhead: int = _of_layer("nhead")
    num_layers: int = whole(6, "Layers on top of each other.", at_least=1, at_most=MOST_LAYERS)
    dim_feedforward: int = _of_layer("dim_feedforward")
    dropout: float = _of_layer("dropout")
    inner_activation: str = _of_layer("inner_activation")
    layer_norm_eps: float = _of_layer("layer_norm_eps")
    norm_first: bool = _of_layer("norm_first")
    bias: bool = _of_layer("bias")
    last_norm: bool = flag(False, "Normalise once more behind the last layer.")

    aliases = ("transformer", "encoder", "attention", "bert", "vit", "stack")
    module = "nn.TransformerEncoder"
    fixed: ClassVar[dict[str, Any]] = {"enable_nested_tensor": False}
    parameters = "encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True"
    structural = ("num_layers", "last_norm", "bias")
    tensors = (
        *(
            f"layers.{layer}.{tensor}"
            for layer in range(MOST_LAYERS)
            for tensor in TransformerEncoderLayer.tensors
        ),
        "norm.weight",
        "norm.bias",
    )

    def layer(self) -> TransformerEncoderLayer:
        """One of its layers."""
        own = {knob.name: self.__dict__[knob.name] for knob in TransformerEncoderLayer.knobs}
        return TransformerEncoderLayer(**own)

    def output(self, x: TensorSpec) -> TensorSpec:
        self.needs_heads(x, "nhead")
        return x

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        known = signature(NORM_PARAMETERS)
        size = {"eps": self.layer_norm_eps, "bias": self.bias}
        norm = Call("nn.LayerNorm", known, known.bind((x.shape[-1],), size))
        return {"encoder_layer": self.layer().call(x), "norm": norm if self.last_norm else None}

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        match arguments["encoder_layer"]:
            case Call("nn.TransformerEncoderLayer", arguments=given):
                own = {knob.name: given.get(knob.name) for knob in TransformerEncoderLayer.knobs}
                own |= TransformerEncoderLayer.implied(given)
                return own | {"last_norm": arguments["norm"] is not None}
            case _:
                return {}

    @classmethod
    def role(cls, tensor: str) -> Role:
        *layer, module, own = tensor.split(".")
        if module == "norm":
            return "scale" if own == "weight" else "bias"
        return TransformerEncoderLayer.role(".".join([*layer[2:], module, own]))

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        inside = self.layer().weights(x)
        found = {
            f"layers.{number}.{tensor}": shape
            for number in range(self.num_layers)
            for tensor, shape in inside.items()
        }
        if self.last_norm:
            found["norm.weight"] = (x.shape[-1],)
            if self.bias:
                found["norm.bias"] = (x.shape[-1],)
        return found

    def macs(self, x: TensorSpec) -> int:
        return self.num_layers * self.layer().macs(x)

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        match tensor.split(".", 2):
            case ["layers", number, own] if number in map(str, range(self.num_layers)):
                return self.layer().torch_default(own, x)
            case ["norm", "weight"] if self.last_norm:
                return Constant(1.0), "All ones: the normalised numbers stay as they are at first."
            case ["norm", "bias"] if self.last_norm:
                return Constant(0.0), "All zeros: the normalised numbers stay as they are at first."
            case _:
                raise KeyError(tensor)

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


KINDS = (TransformerEncoder,)
