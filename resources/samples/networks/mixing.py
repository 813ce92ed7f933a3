"""Networks for images that learnt from transformers, and do without attention."""

from __future__ import annotations

from engine.catalogue.activations import GELU
from engine.catalogue.convolution import Conv2d
from engine.catalogue.expressions import MeanOver, Permute, Transpose
from engine.catalogue.linear import Linear
from engine.catalogue.norm import LayerNorm
from engine.catalogue.parameters import LayerScale
from engine.catalogue.shaping import Flatten
from engine.design.project import Project
from engine.design.tree import Layer, Node, Repeat
from resources.samples.networks.parts import (
    Made,
    images,
    layer,
    network,
    project,
    repeat,
    residual,
)

CONVNEXT = (
    "ConvNeXt-T: a residual network rebuilt step by step as transformers are built, and as good as they.",
    "A block looks at each channel alone with a kernel of 7 × 7, brings the channels to the end, where a norm and two "
    "Linear layers work on each place, and brings them back. A layer scale makes every block start near the identity.",
    "Try it: set the kernels of a stage to 3 and see in the inspector how much less the last block sees.",
)
MIXER = (
    "MLP-Mixer S/16: 196 patches of 16 × 16 pixels, and nothing but Linear layers behind them.",
    "Each block mixes twice: across the patches, for which the table is turned around, and across the channels of each "
    "patch. All patches share the same layers.",
    "Try it: take away both Transpose layers of a block, and it no longer knows what other patches hold.",
)
STAGES = ((96, 3), (192, 3), (384, 9), (768, 3))
"""Channels and blocks of each of ConvNeXt's stages."""


def last_norm(name: str) -> tuple[Node, ...]:
    """A norm over the channels of each place: they are brought to the end and back."""
    return (
        layer("", Permute((2, 3, 1))),
        layer(name, LayerNorm(eps=1e-6)),
        layer("", Permute((3, 1, 2))),
    )


def stage(number: int, channels: int, times: int) -> Repeat:
    """Blocks that keep the size of the image."""
    wide = Conv2d(channels, 7, padding=3, groups=channels)
    return repeat(
        f"stage{number}",
        "ConvNeXtBlock",
        times,
        residual(
            layer("depthwise", wide),
            layer("", Permute((2, 3, 1))),
            layer("norm", LayerNorm(eps=1e-6)),
            layer("up", Linear(4 * channels), GELU()),
            layer("down", Linear(channels)),
            layer("", Permute((3, 1, 2))),
            layer("scale", LayerScale(1e-6, channels=True)),
        ),
    )


def convnext() -> Project:
    """Patches of 4 × 4, four stages with half the size each, a mean over all places."""
    first, *others = STAGES
    nodes: list[Node] = [
        layer("stem", Conv2d(first[0], 4, stride=4)),
        *last_norm("stem_norm"),
        stage(1, *first),
    ]
    for number, (channels, times) in enumerate(others, start=2):
        nodes += last_norm(f"norm{number}")
        nodes.append(layer(f"down{number}", Conv2d(channels, 2, stride=2)))
        nodes.append(stage(number, channels, times))
    net = network(
        "ConvNeXt",
        images(3, 224),
        *nodes,
        layer("", MeanOver((2, 3))),
        layer("norm", LayerNorm(eps=1e-6)),
        layer("head", Linear(1000)),
    )
    return project(net, CONVNEXT)


def dense(name: str, wide: int, then: int) -> tuple[Layer, Layer]:
    """Two Linear layers over the last dimension."""
    return layer(f"{name}_up", Linear(wide), GELU()), layer(f"{name}_down", Linear(then))


def mlp_mixer() -> Project:
    """Patches, eight blocks, the mean of all patches."""
    net = network(
        "MLPMixer",
        images(3, 224),
        layer("patches", Conv2d(512, 16, stride=16)),
        layer("flatten", Flatten(start_dim=2)),
        layer("", Transpose(1, 2)),
        repeat(
            "blocks",
            "Block",
            8,
            residual(
                layer("norm1", LayerNorm(eps=1e-6)),
                layer("", Transpose(1, 2)),
                *dense("patch", 256, 196),
                layer("", Transpose(1, 2)),
            ),
            residual(layer("norm2", LayerNorm(eps=1e-6)), *dense("channel", 2048, 512)),
        ),
        layer("norm", LayerNorm(eps=1e-6)),
        layer("", MeanOver((1,))),
        layer("head", Linear(1000)),
    )
    return project(net, MIXER)


SAMPLES: Made = {"convnext": convnext, "mlp-mixer": mlp_mixer}
"""By name."""
