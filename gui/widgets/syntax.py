"""How values are typed: text to value, value to text, and one step up or down."""

from __future__ import annotations

import math
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QCoreApplication

from engine.design.value import value

T = TypeVar("T")

_LONGEST_NUMBER = 25  # characters; no number that torch takes needs more


@value
class Invalid:
    """Why a text is no value, as one sentence for the person who typed it."""

    reason: str


class Syntax(Protocol[T]):
    """One kind of value as it is typed."""

    def read(self, text: str) -> T | Invalid:
        """The value that `text` stands for."""
        ...

    def write(self, value: T) -> str:
        """The text that stands for `value`; `read` gives the value back."""
        ...

    def stepped(self, value: T, steps: int) -> T:
        """The value some steps up or down, within its bounds; the same if it can't be stepped."""
        ...


def _tr(text: str) -> str:
    return QCoreApplication.translate("Syntax", text)


@value
class IntegerSyntax:
    """A whole number from `minimum` to `maximum`, or nothing where `optional`."""

    minimum: int = -(2**31 - 1)
    maximum: int = 2**31 - 1
    optional: bool = False

    def read(self, text: str) -> int | Invalid | None:
        written = text.strip()
        if self.optional and _stands_for_nothing(written):
            return None
        value = _whole_number(written)
        if value is None:
            return Invalid(_tr("Type a whole number, such as {0}.").format(max(self.minimum, 16)))
        return _bounded(value, self.minimum, self.maximum)

    def write(self, value: int | None) -> str:
        return "" if value is None else str(value)

    def stepped(self, value: int | None, steps: int) -> int | None:
        start = max(self.minimum, 0) - (1 if steps > 0 else 0) if value is None else value
        return min(max(start + steps, self.minimum), self.maximum)


@value
class RealSyntax:
    """A finite number within bounds, `above` excluded; or nothing where `optional`."""

    minimum: float = -math.inf
    maximum: float = math.inf
    above: float = -math.inf
    optional: bool = False

    def read(self, text: str) -> float | Invalid | None:
        written = text.strip()
        if self.optional and _stands_for_nothing(written):
            return None
        value = _real_number(written)
        if value is None:
            return Invalid(_tr("Type a number, such as 0.5 or 1e-3."))
        if value <= self.above:
            return Invalid(_tr("This must be above {0}.").format(_short(self.above)))
        return _bounded(value, self.minimum, self.maximum)

    def write(self, value: float | None) -> str:
        return "" if value is None else _short(value)

    def stepped(self, value: float | None, steps: int) -> float | None:
        """A step is one unit of the second digit: 0.5 to 0.51, 0.01 to 0.011, 20 to 21."""
        start = 0.0 if value is None else value
        exponent = math.floor(math.log10(abs(start)) + 1e-9) - 1 if start else -2
        size = 10.0 ** min(max(exponent, -12), 12)
        result = min(max(round(start / size + steps) * size, self.minimum), self.maximum)
        result = float(f"{result:.12g}")
        return start if result <= self.above else result


@value
class TextSyntax:
    """One line of text."""

    longest: int = 4096

    def read(self, text: str) -> str | Invalid:
        if len(text) > self.longest:
            return Invalid(_tr("At most {0} characters, please.").format(self.longest))
        return text

    def write(self, value: str) -> str:
        return value

    def stepped(self, value: str, steps: int) -> str:
        return value


@value
class ShapeSyntax:
    """Whole numbers with commas, spaces or × between them, such as "3, 224, 224"."""

    minimum: int = 1
    shortest: int = 1
    longest: int = 8

    def read(self, text: str) -> tuple[int, ...] | Invalid:
        bare = text.strip().strip("()[]").replace("×", ",").replace(",", " ")
        sizes: list[int] = []
        for part in bare.split():
            size = _whole_number(part)
            if size is None:
                return Invalid(_tr("Type whole numbers with commas, such as 3, 224, 224."))
            if size < self.minimum:
                return Invalid(
                    _tr("{0} is below {1}, the least a size can be.").format(size, self.minimum)
                )
            if size > 2**31 - 1:
                return Invalid(_tr("{0} is too large.").format(size))
            sizes.append(size)
        if self.shortest <= len(sizes) <= self.longest:
            return tuple(sizes)
        return Invalid(self._wanted_length())

    def write(self, value: tuple[int, ...]) -> str:
        return ", ".join(str(size) for size in value)

    def stepped(self, value: tuple[int, ...], steps: int) -> tuple[int, ...]:
        return value

    def _wanted_length(self) -> str:
        if self.shortest == self.longest == 1:
            return _tr("Type one number.")
        if self.shortest == self.longest:
            return _tr("Type {0} numbers with commas between them.").format(self.longest)
        wanted = _tr("Type {0} to {1} numbers with commas between them.")
        return wanted.format(self.shortest, self.longest)


@value
class PerAxisSyntax:
    """One whole number for all axes, or one for each with commas: "3", "3, 5"; or a word, such as "same"."""

    count: int
    minimum: int = 1
    optional: bool = False
    words: tuple[str, ...] = ()

    def read(self, text: str) -> int | str | tuple[int, ...] | Invalid | None:
        if self.optional and _stands_for_nothing(text.strip()):
            return None
        if text.strip().lower() in self.words:
            return text.strip().lower()
        found = ShapeSyntax(self.minimum, 1, self.count).read(text)
        if isinstance(found, tuple) and len(found) == 1:
            return found[0]
        if isinstance(found, tuple) and len(found) != self.count:
            return Invalid(_tr("Type one number, or {0} with commas.").format(self.count))
        return found

    def write(self, value: int | str | tuple[int, ...] | None) -> str:
        if isinstance(value, tuple):
            return ", ".join(str(size) for size in value)
        return "" if value is None else str(value)

    def stepped(self, value: Any, steps: int) -> Any:
        if isinstance(value, int):
            return min(max(value + steps, self.minimum), 2**31 - 1)
        return value


def _stands_for_nothing(text: str) -> bool:
    return text.lower() in ("", "none")


def _whole_number(text: str) -> int | None:
    """The whole number that `text` writes, also "1e3", "1,024" and "1 000"."""
    digits = text.replace(" ", "").replace("_", "").replace(",", "").replace("−", "-")
    if not digits or len(digits) > _LONGEST_NUMBER or not digits.isascii():
        return None
    try:
        return int(digits)
    except ValueError:
        value = _real_number(digits)
    return int(value) if value is not None and value.is_integer() and abs(value) < 2**63 else None


def _real_number(text: str) -> float | None:
    """The finite number that `text` writes, also with a decimal comma."""
    if len(text) > _LONGEST_NUMBER or "_" in text:
        return None
    try:
        value = float(text.replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


N = TypeVar("N", int, float)


def _bounded(value: N, minimum: N, maximum: N) -> N | Invalid:
    if value < minimum:
        return Invalid(
            _tr("{0} is below {1}, the least it can be.").format(_short(value), _short(minimum))
        )
    if value > maximum:
        return Invalid(
            _tr("{0} is above {1}, the most it can be.").format(_short(value), _short(maximum))
        )
    return value


def _short(value: float) -> str:
    """The shortest text that reads back as the same number: 0.5, 3, 1e-05."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text
