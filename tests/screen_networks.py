"""Networks of images and sequences in the window, for the screens that `screen_states.py` makes."""

from __future__ import annotations

from engine.catalogue import ACTIVATIONS, KINDS
from engine.design.kind import TensorSpec
from engine.design.tree import Layer, Node

IMAGES = TensorSpec((1, 28, 28))
WORDS = TensorSpec((64,), "int64")


def _layer(name: str, kind: str, activation: str = "", **fields: object) -> Layer:
    return Layer(0, name, KINDS[kind](**fields), ACTIVATIONS[activation]() if activation else None)


def images() -> tuple[Node, ...]:
    """LeNet-5 as it is written today."""
    return (
        _layer("conv1", "Conv2d", "ReLU", out_channels=6, kernel_size=5, padding=2),
        _layer("pool1", "MaxPool2d", kernel_size=2),
        _layer("conv2", "Conv2d", "ReLU", out_channels=16, kernel_size=(5, 3), dilation=(1, 2)),
        _layer("norm", "BatchNorm2d"),
        _layer("pool2", "MaxPool2d", kernel_size=2),
        _layer("flatten", "Flatten"),
        _layer("fc1", "Linear", "ReLU", out_features=120),
        _layer("logits", "Linear", out_features=10),
    )


def words() -> tuple[Node, ...]:
    """A classifier of texts, with a recurrent layer in both directions and one of a transformer."""
    return (
        _layer("embedding", "Embedding", num_embeddings=10_000, embedding_dim=64),
        _layer("encoder", "TransformerEncoderLayer", nhead=4, dim_feedforward=256),
        _layer("lstm", "LSTM", hidden_size=64, num_layers=2, bidirectional=True, gives="last step"),
        _layer("dropout", "Dropout", p=0.3),
        _layer("logits", "Linear", out_features=2),
    )
