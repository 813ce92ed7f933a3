"""All rules of torch.nn.init, in the order in which drop-downs offer them."""

from __future__ import annotations

from engine.catalogue.fan_rules import (
    KaimingNormal,
    KaimingUniform,
    XavierNormal,
    XavierUniform,
    gain,
)
from engine.catalogue.matrix_rules import Dirac, Eye, OrthogonalInit, Sparse
from engine.catalogue.plain_rules import (
    ConstantInit,
    NormalInit,
    Ones,
    TruncatedNormalInit,
    UniformInit,
    Zeros,
)
from engine.design.kind import Initializer

__all__ = [
    "INITIALIZERS", "gain",
    "XavierUniform", "XavierNormal", "KaimingUniform", "KaimingNormal",
    "UniformInit", "NormalInit", "TruncatedNormalInit", "ConstantInit", "Zeros", "Ones",
    "OrthogonalInit", "Sparse", "Eye", "Dirac",
]  # fmt: skip

INITIALIZERS: tuple[type[Initializer], ...] = (
    XavierUniform, XavierNormal, KaimingUniform, KaimingNormal, UniformInit, NormalInit, TruncatedNormalInit,
    OrthogonalInit, ConstantInit, Zeros, Ones, Sparse, Eye, Dirac,
)  # fmt: skip
