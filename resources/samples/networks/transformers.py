"""Networks of attention: for images, for understanding text and for writing it."""

from __future__ import annotations

from engine.catalogue.activations import GELU, Tanh
from engine.catalogue.attention import MultiheadAttention, TransformerEncoderLayer
from engine.catalogue.convolution import Conv2d
from engine.catalogue.dropout import Dropout
from engine.catalogue.embedding import Embedding
from engine.catalogue.expressions import Select, Transpose
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.catalogue.parameters import ClassToken, LearnedPositions, TokenTypes
from engine.catalogue.plain_rules import NormalInit
from engine.catalogue.shaping import Flatten
from engine.design.kind import TensorSpec
from engine.design.project import Project
from engine.design.tree import Layer, Network, Repeat, Tie
from engine.design.value import replace
from resources.samples.networks.parts import (
    Made,
    images,
    layer,
    network,
    project,
    repeat,
    residual,
)

FEATURES, HEADS, DEPTH = 768, 12, 12
"""Of the three large ones: they have the same width."""
NARROW = NormalInit(0.0, 0.02)
"""What all of them start their matrices with."""

VIT = (
    "The smaller Vision Transformer (ViT-B/16): an image of 224 × 224 becomes 196 words of 16 × 16 pixels each.",
    "A convolution that never overlaps makes a vector of each patch. Before them comes a learned class token, which "
    "gathers what the others say; positions are added, as attention knows no order. Twelve equal blocks follow: "
    "attention, then two Linear layers on each step, each with a norm before it and a way around.",
    "Try it: in the convolution set kernel_size and stride to 32, and see how few steps are left.",
)
BERT = (
    "BERT-base as it reads a text of 512 tokens, up to its pooler: one vector that stands for the whole.",
    "Three tables are added up: words, positions and types of text. In its twelve blocks every step sees every other, "
    "before and behind it; the norm stands behind each sum, as in the first transformer.",
    "Try it: put a Linear with two outputs behind the pooler, and it is a classifier to fine-tune.",
)
GPT = (
    "GPT-2 small: from 1,024 tokens the scores of the next one, at each of them.",
    "Attention is causal: no step sees those after it, so all can be learned from at once. The head that scores the "
    "50,257 words is the table of the embedding turned around: one tensor, counted once.",
    "Try it: untie the head and see 38.6 million parameters more.",
)
CHARACTERS = (
    "A small transformer that writes character by character, as GPT-2 does word by word.",
    "Of 96 characters it has seen at most 256 when it scores the next one. Small enough to be trained without a "
    "graphics card.",
    "Try it: switch causal off in the attention: the loss falls at once, as it reads the answer.",
)


def dropped(name: str, share: float) -> tuple[Layer, ...]:
    """A dropout, where there is any."""
    return (layer(name, Dropout(share)),) if share else ()


def blocks(
    times: int, heads: int, wide: int, dropout: float, *, causal: bool, eps: float
) -> Repeat:
    """Attention and two Linear layers, each with a norm before it and a way around."""
    attention = MultiheadAttention(num_heads=heads, dropout=dropout, causal=causal)
    return repeat(
        "blocks",
        "Block",
        times,
        residual(
            layer("norm1", LayerNorm(eps=eps)),
            layer("attention", attention),
            *dropped("dropout1", dropout),
        ),
        residual(
            layer("norm2", LayerNorm(eps=eps)),
            layer("up", Linear(4 * wide), GELU(), weight=NARROW),
            layer("down", Linear(wide), weight=NARROW),
            *dropped("dropout2", dropout),
        ),
    )


def vit_b_16() -> Project:
    """Patches, a class token, twelve blocks, and a decision by the class token alone."""
    net = network(
        "VisionTransformer",
        images(3, 224),
        layer("patches", Conv2d(FEATURES, 16, stride=16)),
        layer("flatten", Flatten(start_dim=2)),
        layer("", Transpose(1, 2)),
        layer("class_token", ClassToken()),
        layer("positions", LearnedPositions(), weight=NARROW),
        blocks(DEPTH, HEADS, FEATURES, 0.0, causal=False, eps=1e-6),
        layer("norm", LayerNorm(eps=1e-6)),
        layer("", Select(1, 0)),
        layer("head", Linear(1000)),
    )
    return project(net, VIT)


def bert_base() -> Project:
    """Three tables, twelve encoder layers as torch has them, and the pooler."""
    encoder = TransformerEncoderLayer(
        HEADS, 4 * FEATURES, inner_activation="gelu", layer_norm_eps=1e-12
    )
    net = network(
        "BERT",
        {"tokens": TensorSpec((512,), "int64")},
        layer("words", Embedding(30_522, FEATURES, padding_idx=0), weight=NARROW),
        layer("positions", LearnedPositions(), weight=NARROW),
        layer("types", TokenTypes(2), weight=NARROW),
        layer("norm", LayerNorm(eps=1e-12)),
        layer("dropout", Dropout(0.1)),
        repeat("encoder", "Encoder", DEPTH, layer("layer", encoder)),
        layer("", Select(1, 0)),
        layer("pooler", Linear(FEATURES), Tanh(), weight=NARROW),
    )
    return project(net, BERT)


def gpt2_small() -> Project:
    """A table, twelve causal blocks, and the same table as the head."""
    net = writer("GPT2", 1024, 50_257, FEATURES, DEPTH, HEADS, 0.1, bias=False)
    return project(replace(net, ties=(Tie("head.weight", "embedding.weight"),)), GPT)


def character_transformer() -> Project:
    """The same in small, with a head of its own."""
    return project(writer("CharacterTransformer", 256, 96, 192, 6, 6, 0.2), CHARACTERS, batch=8)


def writer(
    name: str,
    steps: int,
    words: int,
    wide: int,
    depth: int,
    heads: int,
    dropout: float,
    *,
    bias: bool = True,
) -> Network:
    """A network that scores, at each of so many steps, all words for the next one."""
    return network(
        name,
        {"tokens": TensorSpec((steps,), "int64")},
        layer("embedding", Embedding(words, wide), weight=NARROW),
        layer("positions", LearnedPositions(), weight=NARROW),
        layer("dropout", Dropout(dropout)),
        blocks(depth, heads, wide, dropout, causal=True, eps=1e-5),
        layer("norm", LayerNorm()),
        layer("head", Linear(words, bias=bias)),
    )


SAMPLES: Made = {
    "vit-b-16": vit_b_16,
    "bert-base": bert_base,
    "gpt2-small": gpt2_small,
    "character-transformer": character_transformer,
}
"""By name."""
