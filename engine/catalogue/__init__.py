"""Every kind of layer, activation, initializer, join, loss, optimizer, scheduler and data set, each
declared once.

The tables say what a file may hold: an entry by its key, and nothing else.
"""

from __future__ import annotations

from engine.catalogue import (
    activations,
    attention,
    batch_norm,
    cells,
    convolution,
    decoding,
    dropout,
    embedding,
    expressions,
    folding,
    linear,
    norm,
    padding,
    pairs,
    parameters,
    pooling,
    positions,
    recurrent,
    resampling,
    shaping,
    sized_pooling,
    transformer,
    unpooling,
    upsampling,
)
from engine.catalogue.datasets import SHIPPED, Dataset, Moons, RandomInput
from engine.catalogue.files import FILES
from engine.catalogue.initializers import INITIALIZERS as INITIALIZER_ORDER
from engine.catalogue.joins import JOINS as JOIN_ORDER
from engine.catalogue.losses import LOSSES as LOSS_ORDER
from engine.catalogue.losses import Loss
from engine.catalogue.optimizers import OPTIMIZERS as OPTIMIZER_ORDER
from engine.catalogue.optimizers import Optimizer
from engine.catalogue.schedulers import SCHEDULERS as SCHEDULER_ORDER
from engine.catalogue.schedulers import Scheduler
from engine.catalogue.sequence_sets import SEQUENCE_SETS
from engine.catalogue.toys import TOYS
from engine.design.kind import Activation, Initializer, Join, Kind
from engine.design.knob import by_key

FAMILIES: dict[str, str] = {
    "linear": "Dense",
    "convolution": "Convolution",
    "pooling": "Pooling",
    "padding": "Padding",
    "recurrent": "Recurrent",
    "attention": "Attention",
    "embedding": "Embedding",
    "shaping": "Shape",
    "upsampling": "Upsampling",
    "norm": "Normalisation",
    "dropout": "Dropout",
    "activation": "Activation",
}
"""The families of kinds with their titles, in the order of the palette."""

KINDS: dict[str, type[Kind]] = by_key(
    (
        *linear.KINDS,
        *pairs.KINDS,
        *expressions.CALCULATING,
        *convolution.KINDS,
        *pooling.KINDS,
        *sized_pooling.KINDS,
        *unpooling.KINDS,
        *expressions.SUMMING,
        *padding.KINDS,
        *recurrent.KINDS,
        *cells.KINDS,
        *attention.KINDS,
        *transformer.KINDS,
        *decoding.KINDS,
        *embedding.KINDS,
        *parameters.KINDS,
        *positions.KINDS,
        *shaping.KINDS,
        *folding.KINDS,
        *expressions.SHAPING,
        *resampling.KINDS,
        *upsampling.KINDS,
        *batch_norm.KINDS,
        *norm.KINDS,
        *parameters.SCALES,
        *dropout.KINDS,
        *activations.KINDS,
    )
)
"""Every kind that a Layer can be of, the activations included."""
ACTIVATIONS: dict[str, type[Activation]] = by_key(activations.KINDS)
INITIALIZERS: dict[str, type[Initializer]] = by_key(INITIALIZER_ORDER)
JOINS: dict[str, type[Join]] = by_key(JOIN_ORDER)
LOSSES: dict[str, type[Loss]] = by_key(LOSS_ORDER)
OPTIMIZERS: dict[str, type[Optimizer]] = by_key(OPTIMIZER_ORDER)
SCHEDULERS: dict[str, type[Scheduler]] = by_key(SCHEDULER_ORDER)
DATASETS: dict[str, type[Dataset]] = by_key(
    (RandomInput, Moons, *TOYS, *SHIPPED, *SEQUENCE_SETS, *FILES)
)
