"""Layers that torch has no module for, as each is one parameter: positions, token types, a class token, a scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from engine.catalogue.needs import needs_numbers
from engine.catalogue.sequences import needs_sequence
from engine.design.call import PARAMETER, Call, tensor_call
from engine.design.distribution import Constant, Distribution
from engine.design.kept import FOR_WEIGHTS, NOTHING
from engine.design.kind import (
    ANY,
    Dimensions,
    Kind,
    Mend,
    Misfit,
    Role,
    SetField,
    Shape,
    TensorSpec,
)
from engine.design.knob import flag, real, whole
from engine.design.reach import Reach


class Learned(Kind):
    """A kind that is a parameter itself: its path in the `state_dict` is the layer's name alone."""

    family = "embedding"
    module = PARAMETER
    parameters = "data, requires_grad=True"
    tensors = ("weight",)
    roles: ClassVar[Mapping[str, Role]] = {"weight": "bias"}
    keeps = NOTHING

    def size(self, x: TensorSpec) -> Shape:
        """The shape of the parameter."""
        raise NotImplementedError

    def weights(self, x: TensorSpec) -> dict[str, Shape]:
        return {"weight": self.size(x)}

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"data": tensor_call("torch.zeros", *self.size(x))}

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        if tensor != "weight":
            raise KeyError(tensor)
        return Constant(0.0), "It starts at zero, so that at first it says nothing."

    def formula(self, x: TensorSpec) -> str:
        return f"steps × features = {' × '.join(map(str, self.size(x)))}"


class LearnedPositions(Learned):
    """Adds a learned row to each step of a sequence, so that later layers know where it stands. For [N, T, E].

    Attention sees a set; without positions the order of words is lost. Put it behind the embedding. It knows as many
    steps as the network's input has; GPT-2, BERT and vision transformers start it with a normal law of std 0.02.
    """

    aliases = ("position embedding", "positional encoding", "wpe")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x + m": {}, "m + x": {}}

    def dims_in(self) -> Dimensions:
        return ("time", "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_sequence(x)
        return x

    def size(self, x: TensorSpec) -> Shape:
        return x.shape


class TokenTypes(Learned):
    """Adds the row of the first type to each step, as BERT does where there is but one text. For [N, T, E].

    The rows of the other types are there for fine-tuning on pairs of texts; here they are not used, but are counted.
    """

    types: int = whole(2, "Rows that there are; the first is added.", at_least=1)

    aliases = ("segment embedding", "token type", "bert")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x + m[0]": {}, "m[0] + x": {}}

    def dims_in(self) -> Dimensions:
        return ("time", "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_sequence(x)
        return x

    def size(self, x: TensorSpec) -> Shape:
        return self.types, x.shape[-1]

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        sizes = list(arguments["data"].arguments.values())
        return {"types": sizes[0]}

    def formula(self, x: TensorSpec) -> str:
        return f"types × features = {self.types} × {x.shape[-1]}"

    def brief(self, x: TensorSpec | None) -> str:
        return f"{self.types} types" if self.types > 1 else "1 type"


class ClassToken(Learned):
    """Puts one learned step before a sequence, in which the network gathers what it says of the whole. For [N, T, E].

    BERT and vision transformers read their answer from this step alone: select step 0 behind the last block.
    """

    aliases = ("cls", "classification token", "vit")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "torch.cat([m.expand(x.shape[0], -1, -1), x], dim=1)": {}
    }

    def dims_in(self) -> Dimensions:
        return ("time", "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_sequence(x)
        return TensorSpec((x.shape[0] + 1, x.shape[1]))

    def size(self, x: TensorSpec) -> Shape:
        return 1, 1, x.shape[-1]

    def formula(self, x: TensorSpec) -> str:
        return f"features = {x.shape[-1]}"


class LayerScale(Learned):
    """Multiplies each feature by a learned number, at first so small that a residual branch hardly matters.

    Deep transformers and ConvNeXt put it at the end of each residual branch: training then starts near the identity
    and is stable. For images it scales channels, otherwise the last dimension.
    """

    initial: float = real(1e-6, "What every number starts at.", at_least=-1e6, at_most=1e6)
    channels: bool = flag(
        False, "Whether it scales channels, with axes behind them, not the last dimension."
    )

    family = "norm"
    roles: ClassVar[Mapping[str, Role]] = {"weight": "scale"}
    aliases = ("gamma", "convnext", "cait")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {"x * m": {}, "m * x": {}}
    keeps = FOR_WEIGHTS

    def dims_in(self) -> Dimensions:
        return ("channels", ANY) if self.channels else (ANY, "features")

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        if not x.shape:
            raise Misfit("features to scale", "a single number per sample")
        if self.channels and len(x.shape) < 2:
            mend = Mend("Scale the last dimension", SetField("channels", False))
            raise Misfit("channels with at least one axis behind them", str(x), (mend,))
        return x

    def reach(self, x: TensorSpec) -> Reach:
        return ()

    def size(self, x: TensorSpec) -> Shape:
        return (x.shape[0], *(1,) * (len(x.shape) - 1)) if self.channels else x.shape[-1:]

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"data": tensor_call("torch.full", self.size(x), self.initial)}

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        made: Call = arguments["data"]
        if made.function != "torch.full":
            return {}
        size, initial = made.arguments.values()
        return {"initial": initial, "channels": isinstance(size, tuple) and len(size) > 1}  # pyright: ignore[reportUnknownArgumentType]

    def torch_default(self, tensor: str, x: TensorSpec) -> tuple[Distribution, str]:
        if tensor != "weight":
            raise KeyError(tensor)
        return Constant(self.initial), f"Every number starts at {self.initial:g}."

    def formula(self, x: TensorSpec) -> str:
        return f"{'channels' if self.channels else 'features'} = {max(self.size(x))}"

    def brief(self, x: TensorSpec | None) -> str:
        return f"from {self.initial:g}"


KINDS = (LearnedPositions, TokenTypes, ClassToken)
SCALES = (LayerScale,)
