"""Smooth relatives of ReLU."""

from __future__ import annotations

from math import erfc, pi, sqrt, tanh

from engine.catalogue.bounds import FAR
from engine.catalogue.curves import Curve, sigmoid, softplus
from engine.design.knob import one_of, real


class GELU(Curve):
    """Every number is multiplied by the probability that a standard normal one is smaller. x ·
    Φ(x).

    The activation of BERT, GPT and ViT: a smooth ReLU that lets slightly negative numbers through,
    so that units don't die. It is not monotone: its lowest value is about -0.17 near x = -0.75.
    `tanh` is a close and faster formula, the one of GPT-2; weights trained with one should be used
    with the same.
    """

    approximate: str = one_of("none", "Exact, or by a formula with tanh.", ("none", "tanh"))

    module = "nn.GELU"
    parameters = "approximate='none'"
    function = "F.gelu"
    function_parameters = "input, *, approximate='none'"

    def at(self, x: float) -> float:
        if self.approximate == "none":
            return x * (erfc(-x / sqrt(2)) / 2)
        return x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x * x * x))


class SiLU(Curve):
    """Every number is multiplied by its own sigmoid. x · σ(x), also known as swish.

    A smooth ReLU that often does a little better in deep networks (EfficientNet, YOLO, Llama). It
    costs an exponential, and far below zero its slope vanishes. Its lowest value is about -0.28
    near x = -1.28.
    """

    module = "nn.SiLU"
    aliases = ("swish",)
    parameters = "inplace=False"
    function = "F.silu"
    function_parameters = "input, inplace=False"

    def at(self, x: float) -> float:
        return x * sigmoid(x)


class Mish(Curve):
    """Every number is multiplied by the tanh of its softplus. x · tanh(log(1 + eˣ)).

    Close to SiLU, a little steeper; known from YOLOv4. It costs an exponential, a logarithm and a
    tanh for each number: measure whether the gain over SiLU or GELU is worth it.
    """

    module = "nn.Mish"
    parameters = "inplace=False"
    function = "F.mish"
    function_parameters = "input, inplace=False"

    def at(self, x: float) -> float:
        return x * tanh(softplus(x))


class Hardswish(Curve):
    """SiLU made of straight pieces and one parabola, cheap on phones. x · min(max(x + 3, 0), 6)/6.

    From MobileNetV3. Below -3 the output is exactly zero and nothing is learned there; above 3 it
    is x itself.
    """

    module = "nn.Hardswish"
    parameters = "inplace=False"
    function = "F.hardswish"
    function_parameters = "input, inplace=False"

    @classmethod
    def title(cls) -> str:
        return "Hard swish"

    def at(self, x: float) -> float:
        return x * (min(max(x + 3, 0.0), 6.0) / 6)


class Softplus(Curve):
    """A smooth ReLU that is always positive. log(1 + e^(beta · x))/beta.

    Use it where an output has to be positive, such as a variance. Between hidden layers its mean is
    well above zero and it trains more slowly than ReLU. Above the threshold it is x itself, to keep
    the arithmetic safe.
    """

    beta: float = real(
        1.0, "How sharp the bend is; large values approach ReLU.", at_least=1e-6, at_most=FAR
    )
    threshold: float = real(
        20.0, "Where beta · x is above it, the result is x itself.", at_least=-FAR, at_most=FAR
    )

    module = "nn.Softplus"
    parameters = "beta=1.0, threshold=20.0"
    function = "F.softplus"
    function_parameters = "input, beta=1.0, threshold=20.0"

    def at(self, x: float) -> float:
        scaled = self.beta * x
        return x if scaled > self.threshold else softplus(scaled) / self.beta
