"""Layers in which every step of a sequence looks at every other."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod, sqrt
from typing import Any, ClassVar

from engine.catalogue.fan_rules import XavierNormal, XavierUniform
from engine.catalogue.linear import Linear
from engine.catalogue.sequences import needs_sequence
from engine.design.distribution import Constant, Distribution, Uniform
from engine.design.kept import Kept
from engine.design.kind import (
    Dimensions,
    InsertBefore,
    Kind,
    Mend,
    Misfit,
    Role,
    SetField,
    Shape,
    TensorSpec,
)
from engine.design.knob import flag, one_of, real, whole

MOST_TRIED = 256
"""Head counts that are tried for a mend."""
WIDEST = 2**20

HEADS = "Parts that the features are split into, each with attention of its own; must divide them."


class Attending(Kind):
    """What the layers with attention have in common."""

    family = "attention"
    fixed: ClassVar[dict[str, Any]] = {"batch_first": True}

    def dims_in(self) -> Dimensions:
        return ("time", "features")

    def needs_heads(self, x: TensorSpec, field: str) -> tuple[int, int]:
        """Steps and features of the input. Raises Misfit where the heads do not divide the features."""
        steps, features = needs_sequence(x)
        heads: int = self.__dict__[field]
        if features % heads == 0:
            return steps, features
        tried = range(1, min(heads, features, MOST_TRIED) + 1)
        fitting = max(count for count in tried if features % count == 0)
        mends = [Mend(f"Use {field} = {fitting}", SetField(field, fitting))]
        wide = -(-features // heads) * heads
        if wide <= WIDEST:
            title = f"Insert a Linear to {wide}"
            mends.append(Mend(title, InsertBefore(Linear(wide))))
        raise Misfit(f"heads that divide its {features} features", str(heads), tuple(mends))


def attention_kept(steps: int, seen: int, features: int, heads: int, dropout: float) -> int:
    """Numbers that autograd keeps of attention: what goes in, queries, keys, values and the weighted sum.

    Without dropout torch works the weights out again on the way back; with it they, what is dropped and what is left
    of them are kept, and queries and keys as they are scaled.
    """
    plain = (3 * steps + 2 * seen) * features
    if not dropout:
        return plain + heads * steps
    return plain + (steps + seen) * features + 3 * heads * steps * seen


def feedforward_kept(steps: int, features: int, inner: int, dropout: float, activation: str) -> int:
    """Of the part of a transformer's layer behind attention, and of both norms around it.

    ReLU looks at what it gave, GELU at what it got, and the second Linear at what comes after both.
    """
    looked_at = 2 if activation == "gelu" and not dropout else 1
    masks = 2 * steps * features + 2 * steps * inner if dropout else 0
    return 3 * steps * features + looked_at * steps * inner + 4 * steps + masks


def attention_weights(features: int, bias: bool) -> dict[str, Shape]:
    """The tensors of attention in torch's order, without bias_k and bias_v."""
    three: dict[str, Shape] = {"in_proj_weight": (3 * features, features)}
    out: dict[str, Shape] = {"out_proj.weight": (features, features)}
    if not bias:
        return three | out
    return three | {"in_proj_bias": (3 * features,)} | out | {"out_proj.bias": (features,)}


def attention_macs(steps: int, seen: int, features: int) -> int:
    """Four square matrices for every step, and for each pair of steps a product and a share of a sum."""
    return 4 * steps * features**2 + 2 * steps * seen * features


def attention_default(tensor: str, features: int) -> tuple[Distribution, str]:
    """What torch fills a tensor of attention with."""
    match tensor:
        case "in_proj_weight":
            law = XavierUniform().distribution((3 * features, features))
            return (
                law,
                "Xavier uniform over all three matrices at once, so that fan_out is 3 × features.",
            )
        case "bias_k" | "bias_v":
            law = XavierNormal().distribution((1, 1, features))
            return law, "Xavier normal: std 1/√features."
        case "in_proj_bias" | "out_proj.bias":
            return Constant(0.0), "All zeros: at first nothing is added."
        case "out_proj.weight":
            return plain_default(features)
        case _:
            raise KeyError(tensor)


def plain_default(fan_in: int) -> tuple[Distribution, str]:
    """What torch fills the weight and bias of a Linear with."""
    bound = 1 / sqrt(fan_in)
    return Uniform(-bound, bound, "1/√fan_in"), "Uniform between ±1/√fan_in, as in every Linear."


def layer_default(tensor: str, features: int, layer: Attending) -> tuple[Distribution, str]:
    """What torch fills a tensor of a transformer's layer with. Raises KeyError for one that it never has."""
    if tensor not in layer.tensors:
        raise KeyError(tensor)
    module, _, own = tensor.partition(".")
    match module:
        case "self_attn" | "multihead_attn":
            return attention_default(own, features)
        case "linear1":
            return plain_default(features)
        case "linear2":
            inner: int = layer.__dict__["dim_feedforward"]
            return plain_default(inner)
        case _:
            return norm_default(own)


def norm_default(tensor: str) -> tuple[Distribution, str]:
    """What torch fills the weight and bias of a norm with."""
    same = "the normalised numbers stay as they are at first."
    return (
        (Constant(1.0), f"All ones: {same}")
        if tensor == "weight"
        else (Constant(0.0), f"All zeros: {same}")
    )


class MultiheadAttention(Attending):
    """Every step asks all steps of its sequence and takes a weighted mean of what they hold: self-attention,
    several times side by side. For [N, L, F].

    The heart of transformers: each step sees every other at once, however far. It knows nothing of order:
    add positions before it. Its cost grows with the square of the length.

    Put it on a residual branch with a LayerNorm, and an MLP on another behind it: that is a
    TransformerEncoderLayer. The heads must divide the features.
    """

    num_heads: int = whole(4, HEADS, at_least=1)
    dropout: float = real(
        0.0, "Share of the looks at other steps that training leaves out.", at_least=0, at_most=1
    )
    bias: bool = flag(True, "Add learned numbers in all four matrices.")
    add_bias_kv: bool = flag(False, "Add a learned step that every other can look at.")
    add_zero_attn: bool = flag(
        False, "Add a step of zeros to look at, so that a head may take nothing."
    )
    causal: bool = flag(False, "Let no step see those after it, as for writing word by word.")

    aliases = ("attention", "self-attention", "mha", "transformer", "heads")
    module = "nn.MultiheadAttention"
    tensors = (
        "in_proj_weight", "in_proj_bias", "bias_k", "bias_v", "out_proj.weight", "out_proj.bias",
    )  # fmt: skip
    roles: ClassVar[dict[str, Role]] = {"in_proj_bias": "bias"}
    forms: ClassVar[dict[str, dict[str, Any]]] = {
        "m(x, x, x, need_weights=False)[0]": {"causal": False},
        "m(x, x, x, need_weights=False, "
        "attn_mask=nn.Transformer.generate_square_subsequent_mask(x.size(1), device=x.device))[0]": {
            "causal": True
        },
    }
    parameters = (
        "embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, "
        "kdim=None, vdim=None, batch_first=False, device=None, dtype=None"
    )

    def output(self, x: TensorSpec) -> TensorSpec:
        self.needs_heads(x, "num_heads")
        return x

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"embed_dim": x.shape[-1]}

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        found = attention_weights(x.shape[-1], self.bias)
        if self.add_bias_kv:
            found |= dict.fromkeys(("bias_k", "bias_v"), (1, 1, x.shape[-1]))
        return {name: found[name] for name in self.tensors if name in found}

    def kept(self, x: TensorSpec) -> Kept:
        steps, features = x.shape
        seen = steps + self.add_bias_kv + self.add_zero_attn
        return Kept(numbers=attention_kept(steps, seen, features, self.num_heads, self.dropout))

    def macs(self, x: TensorSpec) -> int:
        steps, features = x.shape
        return attention_macs(steps, steps + self.add_bias_kv + self.add_zero_attn, features)

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        return attention_default(tensor, x.shape[-1])

    def brief(self, x: TensorSpec | None) -> str:
        plural = "s" if self.num_heads > 1 else ""
        fits = x is not None and x.shape and x.shape[-1] % self.num_heads == 0
        each = f" of {x.shape[-1] // self.num_heads}" if x and fits else ""
        return f"{self.num_heads} head{plural}{each}"

    def formula(self, x: TensorSpec) -> str:
        wide = x.shape[-1]
        words, numbers = ["4 × features × features"], [f"4 × {wide} × {wide}"]
        if count := 4 * self.bias + 2 * self.add_bias_kv:
            words.append(f"{count} × features")
            numbers.append(f"{count} × {wide}")
        return f"{' + '.join(words)} = {' + '.join(numbers)}"


class TransformerEncoderLayer(Attending):
    """Self-attention, then two Linear layers on every step, each added to what came in and normalised.
    For [N, L, F].

    The block that BERT and ViT repeat: put it into a Repeat for a whole encoder, with positions added before the
    first. The heads must divide the features; dim_feedforward is usually four times the features.

    With norm_first deep stacks train more steadily, and a LayerNorm belongs behind the last. Switch `causal` on
    where it learns to write, as GPT does: no step then sees the ones after it.
    """

    nhead: int = whole(4, HEADS, at_least=1)
    dim_feedforward: int = whole(2048, "Units between its two Linear layers.", at_least=1)
    dropout: float = real(
        0.1, "Share of numbers set to 0 in training, at four places.", at_least=0, at_most=1
    )
    inner_activation: str = one_of(
        "relu", "What follows the first of its two Linear layers.", ("relu", "gelu")
    )
    layer_norm_eps: float = real(
        1e-5, "Added to the variance in its norms, so that nothing is divided by zero.",
        at_least=0, at_most=1e6,
    )  # fmt: skip
    norm_first: bool = flag(
        False, "Normalise before attention and before the Linear layers, not behind."
    )
    bias: bool = flag(True, "Add learned numbers in all matrices and norms.")
    causal: bool = flag(False, "Let no step see those after it, as for writing word by word.")

    aliases = ("transformer", "encoder", "attention", "bert", "gpt", "vit", "block")
    module = "nn.TransformerEncoderLayer"
    forms: ClassVar[dict[str, dict[str, Any]]] = {
        "m(x)": {"causal": False},
        "m(x, src_mask=nn.Transformer.generate_square_subsequent_mask(x.size(1), device=x.device))": {
            "causal": True
        },
    }
    tensors = (
        "self_attn.in_proj_weight", "self_attn.in_proj_bias",
        "self_attn.out_proj.weight", "self_attn.out_proj.bias",
        "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias",
        "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias",
    )  # fmt: skip
    roles: ClassVar[dict[str, Role]] = {
        "self_attn.in_proj_bias": "bias",
        "norm1.weight": "scale",
        "norm2.weight": "scale",
    }
    parameters = (
        "d_model, nhead, dim_feedforward=2048, dropout=0.1, activation='relu', "
        "layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, "
        "dtype=None"
    )

    def output(self, x: TensorSpec) -> TensorSpec:
        self.needs_heads(x, "nhead")
        return x

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"d_model": x.shape[-1], "activation": self.inner_activation}

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"inner_activation": arguments["activation"]}

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        wide, inner = x.shape[-1], self.dim_feedforward
        inside = attention_weights(wide, self.bias)
        found: dict[str, Shape] = {f"self_attn.{name}": shape for name, shape in inside.items()}
        sizes: dict[str, Shape] = {
            "linear1": (inner, wide), "linear2": (wide, inner), "norm1": (wide,), "norm2": (wide,),
        }  # fmt: skip
        for name, shape in sizes.items():
            found[f"{name}.weight"] = shape
            if self.bias:
                found[f"{name}.bias"] = shape[:1]
        return found

    def kept(self, x: TensorSpec) -> Kept:
        steps, features = x.shape
        looks = attention_kept(steps, steps, features, self.nhead, self.dropout)
        inner = feedforward_kept(
            steps, features, self.dim_feedforward, self.dropout, self.inner_activation
        )
        return Kept(numbers=looks + inner)

    def macs(self, x: TensorSpec) -> int:
        steps, features = x.shape
        linear = 2 * prod(x.shape) * self.dim_feedforward
        return attention_macs(steps, steps, features) + linear

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        return layer_default(tensor, x.shape[-1], self)

    def brief(self, x: TensorSpec | None) -> str:
        plural = "s" if self.nhead > 1 else ""
        return f"{self.nhead} head{plural}, {self.dim_feedforward} inside"

    def formula(self, x: TensorSpec) -> str:
        wide, inner = x.shape[-1], self.dim_feedforward
        words = ["4 × features × features", "2 × features × inner"]
        numbers = [f"4 × {wide} × {wide}", f"2 × {wide} × {inner}"]
        # Biases: four of attention, one of the second Linear, and two norms with both; the first Linear has its own.
        words.append(f"{9 if self.bias else 2} × features")
        numbers.append(f"{9 if self.bias else 2} × {wide}")
        if self.bias:
            words.append("inner")
            numbers.append(str(inner))
        return f"{' + '.join(words)} = {' + '.join(numbers)}"


KINDS = (MultiheadAttention, TransformerEncoderLayer)
