"""Where the lines of a plot's grid stand, and what is written beside them."""

from __future__ import annotations

import math

_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most about `most` round numbers (1, 2 or 5 times a power of ten) from low to high."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low or most < 1:
        return []
    step = _round_step((high - low) / most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, min(last, first + 100) + 1)]


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(max(least, 1e-300)))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= least), 10 * power)


def tick_labels(values: list[float]) -> list[str]:
    """The ticks as text, with as many decimals as tell neighbours apart."""
    if not values:
        return []
    step = values[1] - values[0] if len(values) > 1 else abs(values[0]) or 1.0
    largest = max(abs(value) for value in values) or step
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
