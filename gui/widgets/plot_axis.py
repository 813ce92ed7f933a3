"""Numbers as people write them, and how far apart the lines of a plot's grid stand."""

from __future__ import annotations

import math

_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(max(least, 1e-300)))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= least), 10 * power)


def tick_labels(values: list[float], step: float) -> list[str]:
    """The ticks as text, with as many decimals as tell those `step` apart from each other."""
    largest = max((abs(value) for value in values), default=0.0) or step
    place = math.floor(math.log10(step) + 1e-9)  # of the step's only digit
    if largest >= 1e6 or largest < 1e-3:
        digits = math.floor(math.log10(largest) + 1e-9) - place + 1
        return [number_text(value, min(digits, 17)) for value in values]
    decimals = max(0, -place)
    return [_signed(f"{value + 0.0:,.{decimals}f}".replace(",", _THIN_SPACE)) for value in values]


def number_text(value: float, digits: int = 4) -> str:
    """A number for a person: `digits` significant digits, a true minus sign, 1e−5 not 1e-05."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.{digits}g}"
    mantissa, e, exponent = text.partition("e")
    return _signed(f"{mantissa}e{int(exponent)}" if e else text)


def _signed(text: str) -> str:
    negative = text.startswith("-")
    rest = text.removeprefix("-").replace("e-", "e−")
    return f"−{rest}" if negative and any(digit in rest for digit in "123456789") else rest
