"""Networks to start from: what each is called and what is said of it. The files lie beside this one.

`resources/samples/networks` has the Python that makes them, `python -m resources.samples` writes them anew. The command
line, the gallery and the reference page read this table.
"""

from __future__ import annotations

from typing import Literal

from engine.design.value import value

Family = Literal["first steps", "images", "sequences"]
"""What a template is for."""


@value
class Template:
    """One network to start from. `paper` is the authors, the title and the year, "" where there is none."""

    title: str
    family: Family
    parameters: int
    sentence: str
    paper: str = ""


TEMPLATES: dict[str, Template] = {
    "empty": Template(
        "Empty stack", "first steps", 0,
        "Nothing but an input of two features: build your own.",
    ),
    "tutorial": Template(
        "Tutorial network", "first steps", 26,
        "Three small layers, each with another activation and initializer: 26 parameters.",
    ),
    "moons": Template(
        "Two moons", "first steps", 354,
        "Two interleaved half circles to tell apart: two hidden layers of 16 units.",
    ),
    "iris": Template(
        "Iris classifier", "first steps", 403,
        "Four measurements of a flower, three species: a first classifier.",
    ),
    "digits": Template(
        "Digits classifier", "first steps", 6_570,
        "Handwritten digits of 8 × 8 pixels: flattened, then dense layers to ten classes.",
    ),
    "lenet-5": Template(
        "LeNet-5", "images", 61_706,
        "The first convolutional network that read cheques, here with ReLU and max pooling.",
        "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition, 1998",
    ),
    "alexnet": Template(
        "AlexNet", "images", 61_100_840,
        "Five convolutions and three wide dense layers: the network that began the decade of deep learning.",
        "A. Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014",
    ),
    "vgg-16": Template(
        "VGG-16", "images", 138_357_544,
        "Thirteen convolutions of 3 × 3 and three dense layers, which hold nine tenths of the parameters.",
        "K. Simonyan, A. Zisserman: Very deep convolutional networks for large-scale image recognition, 2014",
    ),
    "resnet-18": Template(
        "ResNet-18", "images", 11_689_512,
        "Residual blocks of two convolutions in four stages: the usual first choice for images.",
        "K. He, X. Zhang, S. Ren, J. Sun: Deep residual learning for image recognition, 2015",
    ),
    "resnet-50": Template(
        "ResNet-50", "images", 25_557_032,
        "Sixteen bottlenecks of three convolutions, each with a way around it.",
        "K. He, X. Zhang, S. Ren, J. Sun: Deep residual learning for image recognition, 2015",
    ),
    "mobilenet-v2": Template(
        "MobileNetV2", "images", 3_504_872,
        "Inverted residuals with depthwise convolutions: small enough for a telephone.",
        "M. Sandler, A. Howard, M. Zhu, A. Zhmoginov, L.-C. Chen: "
        "MobileNetV2: inverted residuals and linear bottlenecks, 2018",
    ),
}  # fmt: skip
"""Templates by name, in the order in which they are listed."""


def names(family: Family) -> tuple[str, ...]:
    """The templates of one family."""
    return tuple(name for name, template in TEMPLATES.items() if template.family == family)
