"""Networks to start from: what each is called and what is said of it. The files lie beside this one.

`resources/samples/networks` has the Python that makes them, `python -m resources.samples` writes them anew. The command
line, the gallery and `docs/templates.md` read this table.
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
        "Nothing but an input: build your own.",
    ),
    "tutorial": Template(
        "Tutorial network", "first steps", 26,
        "Three small layers, each with another activation and initializer.",
    ),
    "moons": Template(
        "Two moons", "first steps", 354,
        "Two interleaved half circles to tell apart.",
    ),
    "iris": Template(
        "Iris classifier", "first steps", 403,
        "Four measurements of a flower, three species.",
    ),
    "digits": Template(
        "Digits classifier", "first steps", 6_570,
        "Handwritten digits of 8 × 8 pixels, ten classes.",
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
    "se-resnet": Template(
        "SE-ResNet-50", "images", 28_088_024,
        "ResNet-50 whose blocks weigh their channels by what the whole picture says of them.",
        "J. Hu, L. Shen, S. Albanie, G. Sun, E. Wu: Squeeze-and-excitation networks, 2017",
    ),
    "densenet-bc": Template(
        "DenseNet-BC", "images", 769_162,
        "A hundred layers for small images, each of which sees all that came before it in its block.",
        "G. Huang, Z. Liu, L. van der Maaten, K. Q. Weinberger: Densely connected convolutional networks, 2016",
    ),
    "inception": Template(
        "GoogLeNet", "images", 6_624_904,
        "Nine inception blocks: four looks at once, side by side.",
        "C. Szegedy, W. Liu, Y. Jia, P. Sermanet, S. Reed, D. Anguelov, D. Erhan, V. Vanhoucke, A. Rabinovich: "
        "Going deeper with convolutions, 2014",
    ),
    "convnext": Template(
        "ConvNeXt-T", "images", 28_589_128,
        "A residual network rebuilt as transformers are: kernels of 7 × 7, and dense layers on each place.",
        "Z. Liu, H. Mao, C.-Y. Wu, C. Feichtenhofer, T. Darrell, S. Xie: A ConvNet for the 2020s, 2022",
    ),
    "vit-b-16": Template(
        "ViT-B/16", "images", 86_567_656,
        "An image as 196 words of 16 × 16 pixels, read by twelve blocks of attention.",
        "A. Dosovitskiy and others: An image is worth 16 × 16 words: transformers for image recognition at scale, 2020",
    ),
    "mlp-mixer": Template(
        "MLP-Mixer", "images", 18_528_264,
        "Nothing but dense layers, once across the patches of an image and once across their channels.",
        "I. Tolstikhin and others: MLP-Mixer: an all-MLP architecture for vision, 2021",
    ),
    "u-net": Template(
        "U-Net", "images", 31_037_698,
        "A class for each pixel: down to a small image and up again, with recalls across.",
        "O. Ronneberger, P. Fischer, T. Brox: U-Net: convolutional networks for biomedical image segmentation, 2015",
    ),
    "autoencoder": Template(
        "Autoencoder", "images", 2_837_314,
        "784 pixels through a narrow middle of 30 numbers and back.",
        "G. E. Hinton, R. R. Salakhutdinov: Reducing the dimensionality of data with neural networks, 2006",
    ),
    "variational-encoder": Template(
        "Variational encoder", "images", 330_040,
        "From a picture to the means and log variances of 20 hidden numbers.",
        "D. P. Kingma, M. Welling: Auto-encoding variational Bayes, 2013",
    ),
    "siamese": Template(
        "Siamese pair", "images", 61_067,
        "One tower for two pictures, with one set of weights, and the distance between both results.",
        "R. Hadsell, S. Chopra, Y. LeCun: Dimensionality reduction by learning an invariant mapping, 2006",
    ),
    "pointnet": Template(
        "PointNet", "images", 817_512,
        "1,024 points in space without an order: the same layers for each, and the maximum over all.",
        "C. R. Qi, H. Su, K. Mo, L. J. Guibas: PointNet: deep learning on point sets, 2016",
    ),
    "wavenet": Template(
        "WaveNet", "sequences", 267_264,
        "Gated convolutions over sound, each of which looks twice as far back as the one before.",
        "A. van den Oord and others: WaveNet: a generative model for raw audio, 2016",
    ),
    "lstm-classifier": Template(
        "LSTM classifier", "sequences", 2_692_354,
        "Reads 200 words one after the other and decides by its last state.",
        "S. Hochreiter, J. Schmidhuber: Long short-term memory, 1997",
    ),
    "gru-tagger": Template(
        "GRU tagger", "sequences", 2_181_009,
        "Reads a sentence from both ends and says of each word which of 17 kinds it is.",
        "K. Cho and others: Learning phrase representations using RNN encoder-decoder, 2014",
    ),
    "bert-base": Template(
        "BERT-base", "sequences", 109_482_240,
        "Reads 512 tokens in both directions at once, up to the vector that stands for all of them.",
        "J. Devlin, M.-W. Chang, K. Lee, K. Toutanova: BERT: pre-training of deep bidirectional transformers, 2018",
    ),
    "gpt2-small": Template(
        "GPT-2 small", "sequences", 124_439_808,
        "Scores the next of 50,257 words behind each of 1,024; the head is the embedding turned around.",
        "A. Radford, J. Wu, R. Child, D. Luan, D. Amodei, I. Sutskever: "
        "Language models are unsupervised multitask learners, 2019",
    ),
    "character-transformer": Template(
        "Character transformer", "sequences", 2_755_680,
        "A small GPT that writes letter by letter, and can be trained on any computer.",
        "A. Vaswani and others: Attention is all you need, 2017",
    ),
}  # fmt: skip
"""Templates by name, in the order in which they are listed."""


def names(family: Family) -> tuple[str, ...]:
    """The templates of one family."""
    return tuple(name for name, template in TEMPLATES.items() if template.family == family)
