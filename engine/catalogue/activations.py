"""All activations of torch.nn, in the order in which drop-downs offer them."""

from __future__ import annotations

from engine.catalogue.rectifiers import (
    CELU,
    ELU,
    SELU,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    RReLU,
    Threshold,
)
from engine.catalogue.smooth import GELU, Hardswish, Mish, SiLU, Softplus
from engine.catalogue.squashers import (
    Hardshrink,
    Hardsigmoid,
    Hardtanh,
    LogSigmoid,
    Sigmoid,
    Softshrink,
    Softsign,
    Tanh,
    Tanhshrink,
)
from engine.catalogue.vectors import GLU, LogSoftmax, Softmax, Softmax2d, Softmin
from engine.design.kind import Activation

KINDS: tuple[type[Activation], ...] = (
    ReLU, Sigmoid, Tanh, Softmax, GELU, SiLU, LeakyReLU,
    PReLU, RReLU, ReLU6, ELU, CELU, SELU, Mish, Hardswish, Softplus, Threshold,
    Softsign, Hardsigmoid, Hardtanh, LogSigmoid, Hardshrink, Softshrink, Tanhshrink,
    LogSoftmax, Softmin, GLU, Softmax2d,
)  # fmt: skip
