"""Networks that read something step by step: words, or the samples of a sound."""

from __future__ import annotations

from engine.catalogue.activations import ReLU, Sigmoid, Tanh
from engine.catalogue.convolution import Conv1d
from engine.catalogue.dropout import Dropout
from engine.catalogue.embedding import Embedding
from engine.catalogue.joins import Add, Multiply
from engine.catalogue.linear import Linear
from engine.catalogue.padding import ZeroPad1d
from engine.catalogue.recurrent import EVERY, GRU, LAST, LSTM
from engine.design.kind import Activation, TensorSpec
from engine.design.project import Project
from engine.design.tree import Group, Layer, Node
from resources.samples.networks.parts import (
    Made,
    block,
    branch,
    layer,
    network,
    parallel,
    project,
    residual,
)

CHANNELS, SKIP, LEVELS = 32, 256, 256
"""What flows through the blocks, what they add up, and the loudness levels to tell apart."""
DEPTH = 10
"""Blocks; the last looks 2^9 steps back."""

WAVENET = (
    "A small WaveNet: from 1,024 samples of a sound, for each the scores of the 256 levels of the next.",
    "Every block looks twice as far back as the one before it, so ten blocks see 1,025 samples. Zeros "
    "are put in front only, so that no output sees the future. A block is a gate: one convolution "
    "says what, the other how much of it. The results of all blocks are added up at the end.",
    "Try it: set all dilations to 1 and see in the inspector how little is seen then.",
)
CLASSIFIER = (
    "An LSTM that reads a text of 200 words and says which of two kinds it is, as of film reviews.",
    "Words become vectors; the LSTM walks over them and keeps in its state what matters. Only its "
    "last state goes on.",
    "Try it: let the LSTM walk in both directions, and see that the dense layer gets twice as much.",
)
TAGGER = (
    "A GRU that says of each of 60 words which of 17 kinds it is: noun, verb, and so on.",
    "It walks over the sentence in both directions, so each word is judged by those before and behind "
    "it. All steps go on, and the same dense layer decides for every word.",
    "Try it: put another GRU on top by num_layers, with dropout between.",
)


def conv(name: str, channels: int, activation: Activation | None = None) -> Layer:
    """A convolution that looks at one step alone."""
    return layer(name, Conv1d(channels, 1), activation)


def gate(number: int) -> Group:
    """What two convolutions say of a step and one far before it: one what, the other how much."""
    dilation = 2 ** (number - 1)
    kind = Conv1d(CHANNELS, 2, dilation=dilation)
    what, how_much = layer("filter", kind, Tanh()), layer("gate", kind, Sigmoid())
    return block(
        f"gate{number}",
        "GatedConvolution",
        layer("pad", ZeroPad1d((dilation, 0))),
        parallel(Multiply(), branch(what), branch(how_much)),
    )


def wavenet() -> Project:
    """Ten gates, each with a way around it and a result that is kept for the end."""
    last = f"skip{DEPTH}"
    blocks: list[Node] = [
        residual(gate(number), conv(f"mix{number}", CHANNELS)) for number in range(1, DEPTH)
    ]
    earlier = [
        branch(conv(f"skip{number}", SKIP), source=f"gate{number}") for number in range(1, DEPTH)
    ]
    net = network(
        "WaveNet",
        {"sound": TensorSpec((1, 1024))},
        layer("pad", ZeroPad1d((1, 0))),
        layer("stem", Conv1d(CHANNELS, 2)),
        *blocks,
        gate(DEPTH),
        conv(last, SKIP),
        parallel(Add(), branch(), *earlier, activation=ReLU()),
        conv("hidden", SKIP, ReLU()),
        conv("levels", LEVELS),
    )
    return project(net, WAVENET)


def lstm_classifier() -> Project:
    """Words, one walk, one decision."""
    net = network(
        "LSTMClassifier",
        {"words": TensorSpec((200,), "int64")},
        layer("embedding", Embedding(20_000, 128)),
        layer("lstm", LSTM(128, gives=LAST)),
        layer("dropout", Dropout(0.5)),
        layer("classifier", Linear(2)),
    )
    return project(net, CLASSIFIER, batch=16)


def gru_tagger() -> Project:
    """Words, a walk in both directions, a decision for each."""
    net = network(
        "GRUTagger",
        {"words": TensorSpec((60,), "int64")},
        layer("embedding", Embedding(20_000, 100)),
        layer("dropout1", Dropout(0.3)),
        layer("gru", GRU(128, bidirectional=True, gives=EVERY)),
        layer("dropout2", Dropout(0.3)),
        layer("tags", Linear(17)),
    )
    return project(net, TAGGER, batch=16)


SAMPLES: Made = {
    "wavenet": wavenet,
    "lstm-classifier": lstm_classifier,
    "gru-tagger": gru_tagger,
}
"""By name."""
