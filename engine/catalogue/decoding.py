"""Layers in which every step of a sequence looks at another sequence, as a decoder does at what an encoder made."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

from engine.catalogue.attention import (
    Attending,
    MultiheadAttention,
    TransformerEncoderLayer,
    attention_default,
    attention_kept,
    attention_macs,
    attention_weights,
    feedforward_kept,
    layer_default,
)
from engine.catalogue.expressions import Expression
from engine.catalogue.fan_rules import XavierUniform
from engine.catalogue.needs import needs_numbers, needs_others
from engine.design.distribution import Distribution
from engine.design.kept import Kept
from engine.design.kind import ANY, Dimensions, Misfit, Role, Shape, TensorSpec
from engine.design.knob import flag

MEMORY = "The sequence that is looked at, [N, S, F]: often what an encoder gives."


class LookingElsewhere(Attending):
    """What these layers have in common: a second sequence."""

    takes: ClassVar[dict[str, str]] = {"memory": MEMORY}

    def needs_memory(self, x: TensorSpec) -> tuple[int, int]:
        """Steps and features of the other sequence. Raises Misfit where it is none."""
        memory = needs_others(self, x)[0]
        if memory.dtype != "float32":
            raise Misfit("a memory of real numbers (float32)", f"{memory.dtype} {memory}")
        if len(memory.shape) != 2:
            raise Misfit("a memory of time and features (S, F) per sample", str(memory))
        return memory.shape[0], memory.shape[1]


def _of_attention(field: str) -> Any:
    """The same field as that of self-attention."""
    return MultiheadAttention.knob(field)


class CrossAttention(LookingElsewhere):
    """Every step asks all steps of another sequence, the memory, and takes a weighted mean of what they hold, several
    times side by side. For [N, L, F].

    How a decoder reads what an encoder made of a sentence or picture, and how a few learned steps gather what a long
    sequence says. The memory may have any length, and another width. It knows nothing of order: add positions to both.

    Put it on a residual branch with a LayerNorm. The heads must divide the features.
    """

    num_heads: int = _of_attention("num_heads")
    dropout: float = _of_attention("dropout")
    bias: bool = _of_attention("bias")
    add_bias_kv: bool = _of_attention("add_bias_kv")
    add_zero_attn: bool = _of_attention("add_zero_attn")

    aliases = (
        "attention",
        "encoder-decoder attention",
        "memory",
        "transformer",
        "heads",
        "perceiver",
    )
    module = "nn.MultiheadAttention"
    tensors = (
        "in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias",
        "bias_k", "bias_v", "out_proj.weight", "out_proj.bias",
    )  # fmt: skip
    roles: ClassVar[dict[str, Role]] = {"in_proj_bias": "bias"}
    forms: ClassVar[dict[str, dict[str, Any]]] = {"m(x, memory, memory, need_weights=False)[0]": {}}
    parameters = MultiheadAttention.parameters

    def output(self, x: TensorSpec) -> TensorSpec:
        steps, features = self.needs_heads(x, "num_heads")
        self.needs_memory(x)
        return TensorSpec((steps, features))

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        wide = self.needs_memory(x)[1]
        own = None if wide == x.shape[-1] else wide
        return {"embed_dim": x.shape[-1], "kdim": own, "vdim": own}

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        features, wide = x.shape[-1], self.needs_memory(x)[1]
        found = attention_weights(features, self.bias)
        if wide != features:
            del found["in_proj_weight"]
            found["q_proj_weight"] = (features, features)
            found |= dict.fromkeys(("k_proj_weight", "v_proj_weight"), (features, wide))
        if self.add_bias_kv:
            found |= dict.fromkeys(("bias_k", "bias_v"), (1, 1, features))
        return {name: found[name] for name in self.tensors if name in found}

    def kept(self, x: TensorSpec) -> Kept:
        steps, features = x.shape
        seen, wide = self.needs_memory(x)
        most = seen + self.add_bias_kv + self.add_zero_attn
        looks = attention_kept(steps, most, features, self.num_heads, self.dropout)
        return Kept(numbers=looks + seen * wide)

    def macs(self, x: TensorSpec) -> int:
        steps, features = x.shape
        seen, wide = self.needs_memory(x)
        projected = 2 * steps * features**2 + 2 * seen * wide * features
        return projected + 2 * steps * (seen + self.add_bias_kv + self.add_zero_attn) * features

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        if tensor not in ("q_proj_weight", "k_proj_weight", "v_proj_weight"):
            return attention_default(tensor, x.shape[-1])
        law = XavierUniform().distribution(self.weights(x)[tensor])
        return law, "Xavier uniform: ±√(6 / (fan_in + fan_out))."

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.num_heads} head{'s' if self.num_heads > 1 else ''}"

    def formula(self, x: TensorSpec) -> str:
        features, wide = x.shape[-1], self.needs_memory(x)[1]
        words = ["2 × features × features", "2 × features × memory"]
        numbers = [f"2 × {features} × {features}", f"2 × {features} × {wide}"]
        if count := 4 * self.bias + 2 * self.add_bias_kv:
            words.append(f"{count} × features")
            numbers.append(f"{count} × {features}")
        return f"{' + '.join(words)} = {' + '.join(numbers)}"


def _of_layer(field: str) -> Any:
    """The same field as that of an encoder's layer."""
    return TransformerEncoderLayer.knob(field)


class TransformerDecoderLayer(LookingElsewhere):
    """Self-attention, attention to another sequence, then two Linear layers on every step, each added to what came in
    and normalised. For [N, L, F].

    The block that repeats in translation and captioning: the memory is what an encoder made of the source. Both need
    as many features, and positions added before. Put it into a Repeat that the memory is handed into.

    Switch `causal` on where it learns to write: no step then sees the ones after it.
    """

    nhead: int = _of_layer("nhead")
    dim_feedforward: int = _of_layer("dim_feedforward")
    dropout: float = _of_layer("dropout")
    inner_activation: str = _of_layer("inner_activation")
    layer_norm_eps: float = _of_layer("layer_norm_eps")
    norm_first: bool = _of_layer("norm_first")
    bias: bool = _of_layer("bias")
    causal: bool = flag(False, "Let no step see those after it, as for writing word by word.")

    aliases = ("transformer", "decoder", "attention", "memory", "translation", "block")
    module = "nn.TransformerDecoderLayer"
    forms: ClassVar[dict[str, dict[str, Any]]] = {
        "m(x, memory)": {"causal": False},
        "m(x, memory, tgt_mask=nn.Transformer.generate_square_subsequent_mask(x.size(1), device=x.device))": {
            "causal": True
        },
    }
    tensors = (
        "self_attn.in_proj_weight", "self_attn.in_proj_bias",
        "self_attn.out_proj.weight", "self_attn.out_proj.bias",
        "multihead_attn.in_proj_weight", "multihead_attn.in_proj_bias",
        "multihead_attn.out_proj.weight", "multihead_attn.out_proj.bias",
        "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias",
        "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias", "norm3.weight", "norm3.bias",
    )  # fmt: skip
    roles: ClassVar[dict[str, Role]] = {
        "self_attn.in_proj_bias": "bias",
        "multihead_attn.in_proj_bias": "bias",
        "norm1.weight": "scale",
        "norm2.weight": "scale",
        "norm3.weight": "scale",
    }
    parameters = TransformerEncoderLayer.parameters

    def output(self, x: TensorSpec) -> TensorSpec:
        steps, features = self.needs_heads(x, "nhead")
        wide = self.needs_memory(x)[1]
        if wide != features:
            raise Misfit(f"a memory of {features} features, as what flows in has", str(wide))
        return TensorSpec((steps, features))

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"d_model": x.shape[-1], "activation": self.inner_activation}

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"inner_activation": arguments["activation"]}

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        wide, inner = x.shape[-1], self.dim_feedforward
        inside = attention_weights(wide, self.bias)
        found: dict[str, Shape] = {
            f"{attention}.{name}": shape
            for attention in ("self_attn", "multihead_attn")
            for name, shape in inside.items()
        }
        sizes: dict[str, Shape] = {"linear1": (inner, wide), "linear2": (wide, inner)}
        sizes |= dict.fromkeys(("norm1", "norm2", "norm3"), (wide,))
        for name, shape in sizes.items():
            found[f"{name}.weight"] = shape
            if self.bias:
                found[f"{name}.bias"] = shape[:1]
        return found

    def kept(self, x: TensorSpec) -> Kept:
        steps, features = x.shape
        seen, _ = self.needs_memory(x)
        looks = attention_kept(steps, steps, features, self.nhead, self.dropout)
        across = attention_kept(steps, seen, features, self.nhead, self.dropout)
        inner = feedforward_kept(
            steps, features, self.dim_feedforward, self.dropout, self.inner_activation
        )
        # A third norm, and what is dropped before it.
        between = (2 if self.dropout else 1) * steps * features + 2 * steps
        return Kept(numbers=looks + across + inner + between)

    def macs(self, x: TensorSpec) -> int:
        steps, features = x.shape
        seen = self.needs_memory(x)[0]
        projected = 2 * steps * features**2 + 2 * seen * features**2
        across = projected + 2 * steps * seen * features
        linear = 2 * prod(x.shape) * self.dim_feedforward
        return attention_macs(steps, steps, features) + across + linear

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        return layer_default(tensor, x.shape[-1], self)

    def brief(self, x: TensorSpec | None) -> str:
        plural = "s" if self.nhead > 1 else ""
        return f"{self.nhead} head{plural}, {self.dim_feedforward} inside"

    def formula(self, x: TensorSpec) -> str:
        wide, inner = x.shape[-1], self.dim_feedforward
        words = ["8 × features × features", "2 × features × inner"]
        numbers = [f"8 × {wide} × {wide}", f"2 × {wide} × {inner}"]
        # Biases: four of each attention, one of the second Linear, and three norms with both.
        words.append(f"{15 if self.bias else 3} × features")
        numbers.append(f"{15 if self.bias else 3} × {wide}")
        if self.bias:
            words.append("inner")
            numbers.append(str(inner))
        return f"{' + '.join(words)} = {' + '.join(numbers)}"


class ScaledDotProductAttention(Expression):
    """The bare sum at the heart of attention: softmax(q kᵀ / √E) v, what flows in being the queries. For [N, T, E], or
    with heads [N, H, T, E].

    For attention made by hand of three Linear layers; MultiheadAttention has them inside. Nothing is learned here.
    """

    is_causal: bool = flag(False, "Whether a step sees only those up to its own.")

    family = "attention"
    takes: ClassVar[dict[str, str]] = {
        "key": "What the queries are compared with, [N, S, E].",
        "value": "What is taken the mean of, [N, S, F].",
    }
    aliases = ("sdpa", "flash", "dot product", "softmax")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "F.scaled_dot_product_attention(x, key, value)": {"is_causal": False},
        "F.scaled_dot_product_attention(x, key, value, is_causal=True)": {"is_causal": True},
    }

    def dims_in(self) -> Dimensions:
        return (ANY, "time", "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        key, value = needs_others(self, x)
        for name, other in (("key", key), ("value", value)):
            if other.dtype != "float32":
                raise Misfit(f"a {name} of real numbers (float32)", f"{other.dtype} {other}")
            if len(other.shape) != len(x.shape) or other.shape[:-2] != x.shape[:-2]:
                raise Misfit(f"a {name} with the dimensions of {x}", str(other))
        if len(x.shape) < 2:
            raise Misfit("time and features (T, E) per sample", str(x))
        if key.shape[-1] != x.shape[-1]:
            raise Misfit(f"a key of {x.shape[-1]} features, as the queries have", str(key))
        if value.shape[-2] != key.shape[-2]:
            raise Misfit(f"a value of {key.shape[-2]} steps, as the key has", str(value))
        return TensorSpec((*x.shape[:-1], value.shape[-1]))

    def macs(self, x: TensorSpec) -> int:
        key, value = needs_others(self, x)
        heads, steps = prod(x.shape[:-2]), x.shape[-2]
        return heads * steps * key.shape[-2] * (x.shape[-1] + value.shape[-1])

    def kept(self, x: TensorSpec) -> Kept:
        if len(x.shape) == 2:  # torch's plain way, which keeps the weights
            key, _ = needs_others(self, x)
            return Kept(input=True, numbers=x.shape[0] * key.shape[0])
        # With heads it keeps one number for each query, and works the weights out again.
        return Kept(input=True, output=True, numbers=prod(x.shape[:-1]))


KINDS = (CrossAttention, TransformerDecoderLayer, ScaledDotProductAttention)
