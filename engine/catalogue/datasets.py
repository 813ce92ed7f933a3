"""Where rows come from: random numbers, the sets that are shipped, and files of one's own.

An entry declares what can be said without reading a file; `engine.runtime` reads.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from engine.catalogue.bounds import FAR
from engine.design.kind import Shape, TensorSpec
from engine.design.knob import Entry, one_of, real, whole
from engine.design.value import value

Purpose = Literal["classification", "regression", "none"]
"""What its target is for: classes, numbers, or that there is no target."""


@value
class RowFacts:
    """What one row of a data set is, as far as a network and a loss have to meet it."""

    given: TensorSpec
    """What flows in."""
    classes: int = 0
    """How many there are to tell apart; 0 where numbers are to be predicted."""
    target: Shape | None = ()
    """Shape of what is to be predicted for a row: () for one class or number; None where there is nothing."""
    vocabulary: int = 0
    """Whole numbers that flow in are below it; 0 where numbers are measured."""

    @property
    def output(self) -> Shape | None:
        """What a network gives for a row, scores for each class last; None where nothing is to be predicted."""
        if self.target is None:
            return None
        return (*self.target, self.classes) if self.classes else self.target or (1,)


class Dataset(Entry):
    """One source of rows."""

    task: ClassVar[Purpose] = "none"
    resource: ClassVar[str] = ""
    """The name of a shipped set: `resources/data/NAME.json` describes it; "" for others."""
    row_shape: ClassVar[Shape | None] = None
    """Shape of one row as the network gets it; None where the file or the network decides."""
    classes: ClassVar[tuple[str, ...]] = ()
    """Names of the classes in order."""
    stored_rows: ClassVar[int] = 0
    """Rows of a shipped set."""

    def rows(self) -> int | None:
        """How many rows there are; None where the file decides or there are any number."""
        return self.stored_rows or None

    def outputs(self) -> int | None:
        """How many numbers a network has to give: one a class, or one number; None where the file
        decides.
        """
        match self.task:
            case "classification":
                return len(self.classes) or None
            case "regression":
                return 1 if self.resource else None
            case "none":
                return None

    def predicts(self) -> bool:
        """Whether rows come with something to predict, without which no loss is ever asked."""
        return self.task != "none"

    def facts(self) -> RowFacts | None:
        """What a row is; None where the file decides."""
        if self.row_shape is None:
            return None
        target = () if self.predicts() else None
        return RowFacts(TensorSpec(self.row_shape), len(self.classes), target)

    def brief(self) -> str:
        """`4 features → 3 classes`, as far as that is known without reading."""
        if self.row_shape is None:
            return ""
        pixels = len(self.row_shape) == 3
        size = " × ".join(map(str, self.row_shape[1:] if pixels else self.row_shape))
        given = f"{size} pixels" if pixels else f"{size} features"
        wanted = f"{len(self.classes)} classes" if self.classes else "1 number"
        return f"{given} → {wanted}"


class RandomInput(Dataset):
    """Random numbers in the shape that the network wants. Training makes up targets that follow
    from them.

    Tells whether shapes fit, how large outputs are, where units saturate and how fast a step is,
    before there is any data. What is to be learnt then is a fixed random function of the numbers:
    don't judge a network by it.
    """

    distribution: str = one_of(
        "normal", "What real numbers are drawn from; whole numbers are always drawn evenly.",
        ("normal", "uniform", "ones", "zeros", "integers"),
    )  # fmt: skip
    low: float = real(
        0.0, "Lower bound of uniform numbers and of integers.", at_least=-FAR, at_most=FAR
    )
    high: float = real(1.0, "Upper bound of uniform numbers.", at_least=-FAR, at_most=FAR)
    count: int = whole(10, "Integers run from low to low + count - 1.", at_least=1)
    samples: int = whole(
        512, "Rows that are made up for training; fewer where they are large.", at_least=2,
        at_most=1_000_000,
    )  # fmt: skip

    aliases = ("noise", "randn")

    @classmethod
    def title(cls) -> str:
        return "Random input"

    def idle(self) -> frozenset[str]:
        matter = {"uniform": {"low", "high"}, "integers": {"low", "count"}}
        return frozenset({"low", "high", "count"} - matter.get(self.distribution, set()))

    def brief(self) -> str:
        return self.distribution


class Iris(Dataset):
    """150 flowers of three species, with the lengths and widths of their sepals and petals.

    The classic first classifier (R. A. Fisher, 1936). One species stands apart, the other two
    overlap: about 97 % is as good as it gets.
    """

    task = "classification"
    resource = "iris"
    row_shape = (4,)
    classes = ("setosa", "versicolor", "virginica")
    stored_rows = 150


class Wine(Dataset):
    """178 Italian wines from three varieties of grape, with 13 chemical measurements of each.

    Small and easy, if its columns are scaled. One runs in the thousands, another in tenths:
    unscaled, the largest drowns the rest.
    """

    task = "classification"
    resource = "wine"
    row_shape = (13,)
    classes = ("cultivar 1", "cultivar 2", "cultivar 3")
    stored_rows = 178


class BreastCancer(Dataset):
    """569 breast masses, malignant or benign, with 30 numbers taken from a picture of their cell
    nuclei.

    Two classes of different size: always saying benign is right in 63 % of the cases, so look at
    more than accuracy. Columns differ in scale by more than ten thousand; scale them.
    """

    task = "classification"
    resource = "breast-cancer"
    row_shape = (30,)
    classes = ("malignant", "benign")
    stored_rows = 569

    @classmethod
    def title(cls) -> str:
        return "Breast cancer"


class Diabetes(Dataset):
    """442 patients with ten measurements, and how far their diabetes had gone a year later: a
    number.

    A hard little regression: even good models explain only half of what varies. Scale columns and
    compare with always saying the mean.
    """

    task = "regression"
    resource = "diabetes"
    row_shape = (10,)
    stored_rows = 442


class Digits(Dataset):
    """1,797 handwritten digits as pictures of 8 × 8 pixels.

    Small enough to train in seconds, and already a picture problem. Dense layers behind a Flatten
    reach about 97 %, convolutions a little more.
    """

    task = "classification"
    resource = "digits"
    row_shape = (1, 8, 8)
    classes = tuple("0123456789")
    stored_rows = 1797


class Moons(Dataset):
    """Two half moons that reach into one another, drawn at random: two features, two classes.

    Shows what a hidden layer is for: no straight line separates them. With much noise the moons
    overlap, and a network that still gets every training point right has learned the noise.
    """

    samples: int = whole(
        400, "How many points, half of them of each moon.", at_least=2, at_most=1_000_000
    )
    noise: float = real(
        0.2, "Standard deviation of the noise added to each point.", at_least=0, at_most=10
    )
    seed: int = whole(0, "Start of the random numbers.", at_least=0)

    aliases = ("two moons",)
    task = "classification"
    row_shape = (2,)
    classes = ("upper", "lower")

    @classmethod
    def title(cls) -> str:
        return "Two moons"

    def rows(self) -> int | None:
        return self.samples


class Mnist(Dataset):
    """5,000 handwritten digits as pictures of 28 × 28 pixels, 500 of each: a part of MNIST.

    The classic of picture recognition (Y. LeCun and others, 1998). Dense layers reach about 94 % on
    digits that they have not seen, a small convolutional network 97 %.
    """

    aliases = ("handwritten digits",)
    task = "classification"
    resource = "mnist-5k"
    row_shape = (1, 28, 28)
    classes = tuple("0123456789")
    stored_rows = 5000

    @classmethod
    def title(cls) -> str:
        return "MNIST-5k"


SHIPPED: tuple[type[Dataset], ...] = (Iris, Wine, BreastCancer, Digits, Mnist, Diabetes)
