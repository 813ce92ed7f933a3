"""The laws that theory gives for the entries of a freshly filled tensor, in closed form.

A histogram of the weights really drawn is shown over `density` and `atoms`; `explained` is the line
below it. Each law is that of one entry: entries of an orthogonal or a sparse matrix depend on one
another, which a histogram does not show.
"""

from __future__ import annotations

from math import erfc, exp, isinf, lgamma, log, pi, sqrt

from engine.design.value import value

Atoms = tuple[tuple[float, float], ...]
"""Single values with a probability of their own: ((value, probability), ...)."""
Support = tuple[float, float]

WIDTH = 4.0
"""Standard deviations to each side that a plot of an unbounded law shows."""


def number(value: float) -> str:
    """A number as an explanation writes it, with three digits that count."""
    return f"{value:.3g}"


def percent(share: float) -> str:
    """A probability as an explanation writes it."""
    return f"{100 * share:.3g} %"


@value
class Uniform:
    """Every value from `low` to `high` is equally likely. `formula` says where a symmetric bound
    comes from.
    """

    low: float
    high: float
    formula: str = ""

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    @property
    def std(self) -> float:
        return (self.high - self.low) / sqrt(12)

    @property
    def atoms(self) -> Atoms:
        return ()

    @property
    def support(self) -> Support:
        return (self.low, self.high)

    def density(self, x: float) -> float:
        return 1 / (self.high - self.low) if self.low <= x <= self.high else 0.0

    def explained(self) -> str:
        if self.formula:
            return f"bound = {self.formula} = {number(self.high)}"
        return f"uniform from {number(self.low)} to {number(self.high)}"


@value
class Normal:
    """The bell curve around `mean`; `std` is above 0 and `formula` says where it comes from."""

    mean: float
    std: float
    formula: str = ""

    @property
    def atoms(self) -> Atoms:
        return ()

    @property
    def support(self) -> Support:
        return (self.mean - WIDTH * self.std, self.mean + WIDTH * self.std)

    def density(self, x: float) -> float:
        return bell((x - self.mean) / self.std) / self.std

    def explained(self) -> str:
        std = (
            f"std = {self.formula} = {number(self.std)}"
            if self.formula
            else f"std = {number(self.std)}"
        )
        return std if self.mean == 0 and self.formula else f"mean = {number(self.mean)}, {std}"


@value
class TruncatedNormal:
    """A bell curve around `centre` of width `spread`, drawn anew until the value lies from `low` to
    `high`.
    """

    centre: float
    spread: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """Probability that the uncut bell falls between the bounds."""
        a, b = self._bounds()
        return between(a, b)

    @property
    def mean(self) -> float:
        return self.centre + self.spread * self._shift()

    @property
    def std(self) -> float:
        a, b = self._bounds()
        edges = (edge(a) - edge(b)) / self.share
        return self.spread * sqrt(max(0.0, 1 + edges - self._shift() ** 2))

    @property
    def atoms(self) -> Atoms:
        return ()

    @property
    def support(self) -> Support:
        wide = WIDTH * self.spread
        low, high = max(self.low, self.centre - wide), min(self.high, self.centre + wide)
        return (low, high) if low < high else (self.low, self.high)

    def density(self, x: float) -> float:
        if not self.low <= x <= self.high:
            return 0.0
        return bell((x - self.centre) / self.spread) / (self.spread * self.share)

    def explained(self) -> str:
        bell_text = f"normal with mean {number(self.centre)} and std {number(self.spread)}"
        cut = f"cut at {number(self.low)} and {number(self.high)}"
        return f"{bell_text}, {cut}: std = {number(self.std)}"

    def _bounds(self) -> tuple[float, float]:
        return (self.low - self.centre) / self.spread, (self.high - self.centre) / self.spread

    def _shift(self) -> float:
        """How far the mean moves, in widths of the bell."""
        a, b = self._bounds()
        return (bell(a) - bell(b)) / self.share


@value
class Constant:
    """Every entry is the same number."""

    value: float

    @property
    def mean(self) -> float:
        return self.value

    @property
    def std(self) -> float:
        return 0.0

    @property
    def atoms(self) -> Atoms:
        return ((self.value, 1.0),)

    @property
    def support(self) -> Support:
        """A range around the value, so that a plot has a width."""
        room = abs(self.value) / 2 or 0.5
        return (self.value - room, self.value + room)

    def density(self, x: float) -> float:
        return 0.0

    def explained(self) -> str:
        return f"every entry is {number(self.value)}"


@value
class Mixture:
    """Single values with a probability of their own and, for what is left of the probability, a
    `rest` law.

    `formula` says where the first value's probability comes from; `rest` is None where nothing is
    left.
    """

    atoms: Atoms
    rest: Uniform | Normal | None = None
    formula: str = ""

    @property
    def left(self) -> float:
        """Probability of the continuous part."""
        return 1 - sum(share for _, share in self.atoms) if self.rest else 0.0

    @property
    def mean(self) -> float:
        mean = sum(value * share for value, share in self.atoms)
        return mean + self.left * self.rest.mean if self.rest else mean

    @property
    def std(self) -> float:
        mean = self.mean
        variance = sum((value - mean) ** 2 * share for value, share in self.atoms)
        if self.rest:
            variance += self.left * (self.rest.std**2 + (self.rest.mean - mean) ** 2)
        return sqrt(variance)

    @property
    def support(self) -> Support:
        ends = [value for value, _ in self.atoms] + list(self.rest.support if self.rest else ())
        low, high = min(ends), max(ends)
        room = 0.0 if self.rest else (high - low) / 4 or 0.5
        return (low - room, high + room)

    def density(self, x: float) -> float:
        return self.left * self.rest.density(x) if self.rest else 0.0

    def explained(self) -> str:
        value, share = self.atoms[0]
        first = (
            f"{number(value)} with probability {self.formula or number(share)} = {percent(share)}"
        )
        others = [
            f"{number(value)} with probability {percent(share)}" for value, share in self.atoms[1:]
        ]
        last = (
            [f"else {type(self.rest).__name__.lower()}: {self.rest.explained()}"]
            if self.rest
            else []
        )
        return "; ".join([first, *others, *last])


@value
class Orthogonal:
    """One entry of a random matrix with orthonormal rows or columns, times `gain` (above 0).

    Its column is a random point on the sphere in `size` dimensions, `size` at least 2 being the
    larger side of the matrix, hence the density (1 - (x/gain)²)^((size - 3)/2) up to a factor
    (Muirhead, Aspects of Multivariate Statistical Theory, 1.5.7). For `size` 2 it grows without
    bound toward ± gain, for 3 it is uniform, beyond that nearly normal.
    """

    size: int
    gain: float
    formula: str = "gain/√(larger side)"

    @property
    def mean(self) -> float:
        return 0.0

    @property
    def std(self) -> float:
        return self.gain / sqrt(self.size)

    @property
    def atoms(self) -> Atoms:
        return ()

    @property
    def support(self) -> Support:
        end = min(self.gain, WIDTH * self.std)
        return (-end, end)

    def density(self, x: float) -> float:
        inside = 1 - (x / self.gain) ** 2
        if inside <= 0:
            return 1 / (2 * self.gain) if inside == 0 and self.size == 3 else 0.0
        factor = lgamma(self.size / 2) - lgamma((self.size - 1) / 2) - log(pi) / 2
        return exp(factor + (self.size - 3) / 2 * log(inside)) / self.gain

    def explained(self) -> str:
        return f"std = {self.formula} = {number(self.std)}"


Distribution = Uniform | Normal | TruncatedNormal | Constant | Mixture | Orthogonal


def uniform(low: float, high: float, formula: str = "") -> Uniform | Constant:
    """Uniform, or the one value there is when both ends are the same."""
    return Uniform(low, high, formula) if low < high else Constant(low)


def normal(mean: float, std: float, formula: str = "") -> Normal | Constant:
    """Normal, or its mean alone when it has no width."""
    return Normal(mean, std, formula) if std > 0 else Constant(mean)


def bell(x: float) -> float:
    """Density of the standard normal law."""
    return exp(-x * x / 2) / sqrt(2 * pi)


def edge(x: float) -> float:
    """x times the standard normal density, which is 0 at the ends of the line."""
    return 0.0 if isinf(x) else x * bell(x)


def between(a: float, b: float) -> float:
    """Probability of the standard normal law from a to b, exact also far out in a tail."""
    if a > 0:
        a, b = -b, -a
    return (erfc(-b / sqrt(2)) - erfc(-a / sqrt(2))) / 2
