"""Where rows come from: random numbers, the sets that are shipped, and files of one's own.

An entry declares what can be said without reading a file; `engine.runtime` reads.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from engine.catalogue.bounds import FAR
from engine.design.kind import Shape
from engine.design.knob import Entry, flag, one_of, real, text, whole

Purpose = Literal["classification", "regression", "none"]
"""What its target is for: classes, numbers, or that there is no target."""


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


class CsvFile(Dataset):
    """A table of one's own: one row a sample, columns separated by commas, semicolons or tabs.

    All columns but the target are features and have to be numbers. A target of words, or of few
    whole numbers, is taken for classes.
    """

    path: str = text("", "Where the file lies.")
    target: str = text("", "Name of the column to predict; empty for the last.")
    has_target: bool = flag(True, "Off: all columns are features, for a forward pass alone.")
    header: bool = flag(True, "The first row holds the names of the columns.")

    aliases = ("table", "csv")

    @classmethod
    def title(cls) -> str:
        return "CSV file"

    def idle(self) -> frozenset[str]:
        return frozenset() if self.has_target else frozenset({"target"})

    def brief(self) -> str:
        return self.path.replace("\\", "/").rpartition("/")[2]


class NpyFile(Dataset):
    """An array of one's own, as numpy.save writes it: the first dimension counts the samples.

    The targets lie in a second file with as many entries. Only plain arrays of numbers are read: a
    file of Python objects could run code and is refused.
    """

    path: str = text("", "Where the array lies.")
    target_path: str = text("", "Where the array of targets lies; empty for none.")

    aliases = ("numpy", "array")

    @classmethod
    def title(cls) -> str:
        return "NPY file"

    def brief(self) -> str:
        return self.path.replace("\\", "/").rpartition("/")[2]


def has_target(data: Dataset) -> bool:
    """Whether rows come with something to predict, without which no loss is ever asked."""
    match data:
        case CsvFile():
            return data.has_target and bool(data.path)
        case NpyFile():
            return bool(data.target_path)
        case _:
            return data.task != "none"


SHIPPED: tuple[type[Dataset], ...] = (Iris, Wine, BreastCancer, Digits, Diabetes)
