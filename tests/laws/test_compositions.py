"""Published networks composed of kinds: their parameters are the published number."""

from __future__ import annotations

from engine.catalogue.attention import MultiheadAttention, TransformerEncoderLayer
from engine.catalogue.embedding import Embedding
from engine.catalogue.joins import Add
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.catalogue.parameters import LearnedPositions, TokenTypes
from engine.catalogue.smooth import GELU
from engine.design.kind import TensorSpec
from engine.design.tree import Input, Layer, Network, Parallel, Repeat, Stack, Tie
from engine.source.reader import read_module
from engine.source.writer import write_module
from engine.views.summary import summarize

FEATURES = 768


def test_gpt_2_small_with_a_tied_head():
    attention = Stack((
        Layer(5, "norm1", LayerNorm()),
        Layer(6, "attention", MultiheadAttention(num_heads=12, causal=True)),
    ))  # fmt: skip
    mlp = Stack((
        Layer(8, "norm2", LayerNorm()),
        Layer(9, "up", Linear(4 * FEATURES), GELU()),
        Layer(10, "down", Linear(FEATURES)),
    ))  # fmt: skip
    body = Stack((
        Parallel(4, Add(), (Stack(), attention)),
        Parallel(7, Add(), (Stack(), mlp)),
    ))  # fmt: skip
    network = Network(
        "GPT2",
        (Input("tokens", TensorSpec((1024,), "int64")),),
        Stack((
            Layer(1, "embedding", Embedding(50_257, FEATURES)),
            Layer(2, "positions", LearnedPositions()),
            Repeat(3, "blocks", "Block", body, 12),
            Layer(11, "norm", LayerNorm()),
            Layer(12, "head", Linear(50_257, bias=False)),
        )),
        (Tie("head.weight", "embedding.weight"),),
        13,
    )  # fmt: skip
    assert summarize(network).totals.parameters == 124_439_808
    assert read_module(write_module(network)) == network


def test_bert_base_up_to_its_pooler():
    block = TransformerEncoderLayer(12, 4 * FEATURES, inner_activation="gelu", layer_norm_eps=1e-12)
    network = Network(
        "BERT",
        (Input("tokens", TensorSpec((512,), "int64")),),
        Stack((
            Layer(1, "words", Embedding(30_522, FEATURES, padding_idx=0)),
            Layer(2, "positions", LearnedPositions()),
            Layer(3, "types", TokenTypes(2)),
            Layer(4, "norm", LayerNorm(eps=1e-12)),
            Repeat(5, "blocks", "Block", Stack((Layer(6, "layer", block),)), 12),
        )),
        (),
        7,
    )  # fmt: skip
    pooler = FEATURES * FEATURES + FEATURES
    assert summarize(network).totals.parameters == 109_482_240 - pooler
    assert read_module(write_module(network)) == network
