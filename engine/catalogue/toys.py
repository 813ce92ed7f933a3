"""Sets of points that are drawn at random, to see what a network can bend: small, quick, and endless."""

from __future__ import annotations

from engine.catalogue.datasets import Dataset
from engine.design.knob import one_of, real, whole

SAMPLES = "How many points."
NOISE = "Standard deviation of the noise added to each point."
SEED = "Start of the random numbers."


class Points(Dataset):
    """Points in the plane, each of a class."""

    samples: int = whole(400, SAMPLES, at_least=2, at_most=1_000_000)
    noise: float = real(0.1, NOISE, at_least=0, at_most=10)
    seed: int = whole(0, SEED, at_least=0)

    task = "classification"
    row_shape = (2,)

    def rows(self) -> int | None:
        return self.samples


class Xor(Points):
    """Four squares of points, opposite ones of one class: two features, two classes.

    The smallest task that no straight line solves. Without a hidden layer a network gets half of
    it right; two units in one are enough.
    """

    aliases = ("exclusive or",)
    classes = ("same signs", "different signs")

    @classmethod
    def title(cls) -> str:
        return "XOR"


class Circles(Points):
    """A small circle of points inside a large one: two features, two classes.

    The boundary is closed, so at least three straight pieces are needed. With the distance from
    the middle as a third feature a straight cut would do.
    """

    inner: float = real(0.5, "Radius of the inner circle; the outer one has 1.", above=0, at_most=1)

    aliases = ("rings",)
    classes = ("outer", "inner")


class Spirals(Points):
    """Two spirals that wind around one another: two features, two classes.

    Hard for a small network: the boundary winds along with them. Try more units, more layers, or
    sine and cosine of the angle as features.
    """

    noise: float = real(0.05, NOISE, at_least=0, at_most=10)
    turns: float = real(1.5, "How often each winds around the middle.", above=0, at_most=10)

    classes = ("first", "second")


class Gaussians(Points):
    """Three clouds of points that overlap a little: two features, three classes.

    Straight lines separate them as well as can be, so a single linear layer is enough. A large
    network only learns the noise. Watch the gap between training and validation.
    """

    noise: float = real(0.4, NOISE, at_least=0, at_most=10)

    aliases = ("blobs", "clouds")
    classes = ("left", "right", "upper")


class Checkerboard(Points):
    """Squares of two classes in turn, as on a board: two features, two classes.

    The more squares, the more pieces the boundary has, and the wider or deeper the network has to
    be. A good test of how much one can bend.
    """

    samples: int = whole(1000, SAMPLES, at_least=2, at_most=1_000_000)
    noise: float = real(0.0, NOISE, at_least=0, at_most=10)
    squares: int = whole(4, "Squares along a side.", at_least=2, at_most=20)

    aliases = ("chess board",)
    classes = ("white", "black")


class Curve(Dataset):
    """A curve over one number, with noise: one feature, one number to predict.

    Shows how a network puts a curve together from its units: of straight pieces with ReLU, of
    smooth bends with tanh. Beyond the points it says what it likes.
    """

    shape: str = one_of(
        "sine", "What is to be fitted.", ("sine", "bump", "step", "absolute value", "cubic"),
    )  # fmt: skip
    samples: int = whole(200, SAMPLES, at_least=2, at_most=1_000_000)
    noise: float = real(0.1, NOISE, at_least=0, at_most=10)
    seed: int = whole(0, SEED, at_least=0)

    aliases = ("function", "sine", "regression")
    task = "regression"
    row_shape = (1,)

    @classmethod
    def title(cls) -> str:
        return "Curve to fit"

    def rows(self) -> int | None:
        return self.samples

    def outputs(self) -> int | None:
        return 1


TOYS: tuple[type[Dataset], ...] = (Xor, Circles, Spirals, Gaussians, Checkerboard, Curve)
