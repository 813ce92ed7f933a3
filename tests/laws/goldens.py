"""Designs whose written code is kept, to be read by people and compared by tests."""

from __future__ import annotations

from itertools import count

from engine.catalogue.activations import GELU, PReLU, ReLU, Sigmoid, Softmax, Tanh
from engine.catalogue.attention import TransformerEncoderLayer
from engine.catalogue.batch_norm import BatchNorm1d
from engine.catalogue.convolution import Conv2d
from engine.catalogue.decoding import TransformerDecoderLayer
from engine.catalogue.dropout import Dropout
from engine.catalogue.embedding import Embedding
from engine.catalogue.initializers import KaimingNormal, NormalInit, XavierNormal, Zeros
from engine.catalogue.joins import Add, Concat, Continue, Multiply
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.catalogue.pooling import MaxPool2d
from engine.catalogue.shaping import Flatten
from engine.catalogue.unpooling import MaxUnpool2d
from engine.design.kind import Activation, Initializer, Join, Kind, TensorSpec
from engine.design.tree import (
    Again,
    Group,
    Input,
    Layer,
    Network,
    Node,
    Parallel,
    Repeat,
    Stack,
    Tie,
    walk,
)
from engine.design.value import replace

_ids = count(1)


def layer(
    name: str,
    kind: Kind,
    activation: Activation | None = None,
    frozen: bool = False,
    **initializers: Initializer,
) -> Layer:
    """A layer with a new id; initializers by their tensor."""
    return Layer(next(_ids), name, kind, activation, tuple(initializers.items()), frozen)


def parallel(join: Join, *branches: Stack, activation: Activation | None = None) -> Parallel:
    return Parallel(next(_ids), join, branches, activation)


def stack(*nodes: Node, source: str = "", name: str = "") -> Stack:
    return Stack(nodes, source, name)


def group(name: str, class_name: str, *nodes: Node) -> Group:
    return Group(next(_ids), name, class_name, Stack(nodes))


def repeat(name: str, class_name: str, times: int, *nodes: Node) -> Repeat:
    return Repeat(next(_ids), name, class_name, Stack(nodes), times)


def network(
    name: str, inputs: dict[str, tuple[int, ...]], *nodes: Node, ties: tuple[Tie, ...] = ()
) -> Network:
    """A network of real inputs with these shapes."""
    made = tuple(Input(each, TensorSpec(shape)) for each, shape in inputs.items())
    body = Stack(nodes)
    return Network(name, made, body, ties, 1 + max(node.id for node in walk(body)))


def tutorial() -> Network:
    """The reference network: 12 + 8 + 6 parameters."""
    return network(
        "Tutorial",
        {"x": (3,)},
        layer("linear1", Linear(3), Sigmoid(), weight=XavierNormal()),
        layer("linear2", Linear(2), ReLU(), weight=KaimingNormal()),
        layer("out", Linear(2), Softmax()),
    )


def residual_mlp() -> Network:
    """Blocks with a skip around them, of one class with arguments."""

    def block(name: str, wide: int, out: int) -> Group:
        hidden = layer("expand", Linear(wide), GELU(), weight=KaimingNormal())
        body = stack(
            layer("norm", LayerNorm()),
            hidden,
            layer("drop", Dropout(0.1)),
            layer("contract", Linear(out)),
        )
        return group(name, "Block", parallel(Add(), stack(), body))

    return network(
        "ResidualMLP",
        {"features": (16,)},
        block("block1", 64, 16),
        layer("widen", Linear(32), ReLU()),
        block("block2", 128, 32),
        block("block3", 128, 32),
        layer("head", Linear(10)),
    )


def repeated() -> Network:
    """A body several times over: once with the same numbers each turn, once with others."""
    mix = stack(layer("hidden", Linear(8, bias=False), Tanh()))
    return network(
        "Repeated",
        {"x": (16,)},
        repeat(
            "shrink", "Shrink", 3, layer("linear", Linear(8), ReLU()), layer("norm", BatchNorm1d())
        ),
        repeat("blocks", "Mixer", 12, parallel(Add(), stack(), mix, activation=ReLU())),
        repeat(
            "dense",
            "Dense",
            4,
            parallel(Concat(-1), stack(), stack(layer("grow", Linear(4), ReLU()))),
        ),
        group(
            "head", "", layer("", Linear(8, bias=False), weight=Zeros()), layer("", Dropout(0.2))
        ),
        layer("out", Linear(2)),
    )


def siamese() -> Network:
    """One tower for two inputs."""
    tower = group("tower", "Tower", layer("flatten", Flatten()), layer("fc", Linear(32), ReLU()))
    return network(
        "Siamese",
        {"left": (12, 12), "right": (12, 12)},
        tower,
        parallel(Concat(), stack(), stack(Again(next(_ids), "tower"), source="right")),
        layer("head", Linear(1), Sigmoid()),
    )


def gate() -> Network:
    """A squeeze and excitation on features: a branch says how much of each passes."""
    excite = stack(layer("squeeze", Linear(4), ReLU()), layer("excite", Linear(16), Sigmoid()))
    return network(
        "Gate",
        {"x": (8,)},
        layer("stem", Linear(16), PReLU()),
        parallel(Multiply(), stack(), excite),
        layer("head", Linear(2), frozen=True),
    )


def two_inputs() -> Network:
    """Whole numbers and features that come together."""
    words = stack(
        layer("fc", Linear(8), ReLU()), layer("norm", LayerNorm()), source="features", name="side"
    )
    found = network(
        "TwoInputs",
        {"tokens": (6,), "features": (3,)},
        layer("embedding", Embedding(100, 4)),
        layer("flatten", Flatten()),
        parallel(Concat(), stack(), words),
        layer("head", Linear(2), Softmax()),
    )
    tokens = Input("tokens", TensorSpec((6,), "int64"))
    return Network(found.name, (tokens, found.inputs[1]), found.body, (), found.next_id)


def tied() -> Network:
    """An autoencoder of tokens whose last layer has the weights of the first."""
    found = network(
        "Tied",
        {"tokens": (6,)},
        layer("embedding", Embedding(50, 16), weight=NormalInit(std=0.02)),
        layer("mix", Linear(16), GELU()),
        layer("head", Linear(50, bias=False)),
        ties=(Tie("head.weight", "embedding.weight"),),
    )
    return Network(
        found.name,
        (Input("tokens", TensorSpec((6,), "int64")),),
        found.body,
        found.ties,
        found.next_id,
    )


def long_skip() -> Network:
    """Layers that are recalled further down, across joins."""
    inner = stack(layer("down", Linear(4), ReLU()), layer("up", Linear(8), ReLU()))
    return network(
        "LongSkip",
        {"x": (8,)},
        layer("encoder1", Linear(8), ReLU()),
        layer("encoder2", Linear(8), ReLU()),
        parallel(Add(), stack(), inner),
        parallel(Concat(), stack(source="encoder1"), stack()),
        layer("decoder", Linear(8), ReLU()),
        parallel(Concat(), stack(), stack(source="x")),
        layer("head", Linear(2)),
    )


def encoder_decoder() -> Network:
    """A small transformer for translation: words of one language in, scores of the next word of another out."""
    encoder = TransformerEncoderLayer(4, 64)
    decoder = TransformerDecoderLayer(4, 64, causal=True)
    found = network(
        "Translator",
        {"source": (9,), "target": (7,)},
        layer("source_embedding", Embedding(100, 32)),
        repeat("encoder", "EncoderLayer", 2, layer("layer", encoder)),
        parallel(Continue(), stack(source="target")),
        layer("target_embedding", Embedding(120, 32)),
        replace(
            repeat(
                "decoder",
                "DecoderLayer",
                3,
                replace(layer("layer", decoder), others=("memory",)),
                layer("norm", LayerNorm()),
            ),
            takes=("memory",),
            others=("encoder",),
        ),
        layer("head", Linear(120)),
    )
    words = tuple(replace(each, spec=TensorSpec(each.spec.shape, "int64")) for each in found.inputs)
    return replace(found, inputs=words)


def unpooling() -> Network:
    """SegNet in small: each unpooling puts back what its pooling took, one of them inside a block."""
    un, pool = MaxUnpool2d(), MaxPool2d(return_indices=True)

    def wide(name: str, channels: int) -> Layer:
        return layer(name, Conv2d(out_channels=channels, kernel_size=3, padding=1), ReLU())

    inner = group("up", "Up", replace(layer("unpool", un), others=("indices",)), wide("conv", 2))
    return network(
        "SegNet",
        {"image": (3, 16, 12)},
        wide("conv1", 4),
        layer("pool1", pool),
        wide("conv2", 6),
        layer("pool2", pool, ReLU()),
        replace(layer("unpool2", un), others=("pool2.indices",)),
        wide("conv3", 4),
        replace(inner, takes=("indices",), others=("pool1.indices",)),
    )


DESIGNS = {
    "unpooling": unpooling,
    "encoder_decoder": encoder_decoder,
    "tutorial": tutorial,
    "residual_mlp": residual_mlp,
    "repeated": repeated,
    "siamese": siamese,
    "gate": gate,
    "two_inputs": two_inputs,
    "tied": tied,
    "long_skip": long_skip,
}
