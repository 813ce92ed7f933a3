"""The templates written a second time, by hand in torch: what they are held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tests.templates import hand_blocks as blocks
from tests.templates import hand_convolutional as conv
from tests.templates import hand_mixing as mixing
from tests.templates import hand_sequences as sequences
from tests.templates import hand_transformers as transformers

Inputs = Callable[[], tuple[Tensor, ...]]


@dataclass(frozen=True)
class Referee:
    """A network by hand, and one sample for it."""

    make: Callable[[], nn.Module]
    inputs: Inputs


REFEREES = {
    "lenet-5": Referee(conv.LeNet5, lambda: conv.image(32, 1)),
    "alexnet": Referee(conv.alexnet, lambda: conv.image(224)),
    "vgg-16": Referee(conv.vgg_16, lambda: conv.image(224)),
    "resnet-18": Referee(lambda: conv.resnet(False, (2, 2, 2, 2)), lambda: conv.image(224)),
    "resnet-50": Referee(lambda: conv.resnet(True, (3, 4, 6, 3)), lambda: conv.image(224)),
    "mobilenet-v2": Referee(conv.mobilenet_v2, lambda: conv.image(224)),
    "se-resnet": Referee(blocks.se_resnet_50, lambda: conv.image(224)),
    "densenet-bc": Referee(blocks.densenet_bc, lambda: conv.image(32)),
    "inception": Referee(blocks.googlenet, lambda: conv.image(224)),
    "u-net": Referee(blocks.UNet, lambda: conv.image(256)),
    "autoencoder": Referee(blocks.autoencoder, lambda: conv.image(28, 1)),
    "variational-encoder": Referee(blocks.VariationalEncoder, lambda: conv.image(28, 1)),
    "siamese": Referee(sequences.Siamese, lambda: conv.image(46, 1) * 2),
    "pointnet": Referee(sequences.PointNet, lambda: (torch.zeros(1, 3, 1024),)),
    "wavenet": Referee(sequences.WaveNet, lambda: (torch.zeros(1, 1, 1024),)),
    "lstm-classifier": Referee(sequences.LSTMClassifier, lambda: sequences.words(200)),
    "vit-b-16": Referee(transformers.VisionTransformer, lambda: conv.image(224)),
    "bert-base": Referee(transformers.BERT, lambda: sequences.words(512)),
    "gpt2-small": Referee(
        lambda: transformers.Writer(1024, 50_257, 768, 12, 12, tied=True),
        lambda: sequences.words(1024),
    ),
    "character-transformer": Referee(
        lambda: transformers.Writer(256, 96, 192, 6, 6, tied=False), lambda: sequences.words(256)
    ),
    "convnext": Referee(mixing.ConvNeXt, lambda: conv.image(224)),
    "mlp-mixer": Referee(mixing.Mixer, lambda: conv.image(224)),
    "gru-tagger": Referee(sequences.GRUTagger, lambda: sequences.words(60)),
}
