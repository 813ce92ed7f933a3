"""Fields of a catalogue entry, each declared once with its default, range, unit and a sentence.

The inspector's form, the file format, the reference page and the command line all read a `Knob`; `Entry` is the
frozen value that carries them. Entries are no dataclasses because generating 200 of those costs a fifth of a second at
start-up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

from engine.design.error import DesignError
from engine.design.value import value

LARGEST_WHOLE = 2**31 - 1


_SURROGATE = re.compile("[\ud800-\udfff]")


def is_writable(text: str) -> bool:
    """Whether a text can be written as UTF-8: half a character cannot."""
    return _SURROGATE.search(text) is None


def shown(value: object) -> str:
    """A wrong value as an error quotes it: short, and never a megabyte of a hostile file."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


@value
class Whole:
    """A whole number from `at_least` to `at_most`, or None where `optional`."""

    at_least: int = -LARGEST_WHOLE
    at_most: int = LARGEST_WHOLE
    optional: bool = False

    def checked(self, value: object) -> object:
        if value is None and self.optional:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise DesignError(f"{shown(value)} is not a whole number")
        if value < self.at_least:
            raise DesignError(f"{shown(value)} is below {self.at_least}")
        if value > self.at_most:
            raise DesignError(f"{shown(value)} is above {self.at_most}")
        return value


@value
class Real:
    """A finite number within bounds; `above` excludes the lower bound itself (a learning rate is above 0)."""

    at_least: float = -math.inf
    at_most: float = math.inf
    above: float = -math.inf
    optional: bool = False

    def checked(self, value: object) -> object:
        if value is None and self.optional:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DesignError(f"{shown(value)} is not a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise DesignError(f"{shown(value)} is not a finite number")
        if number < self.at_least:
            raise DesignError(f"{shown(value)} is below {self.at_least:g}")
        if number <= self.above:
            raise DesignError(f"{shown(value)} is not above {self.above:g}")
        if number > self.at_most:
            raise DesignError(f"{shown(value)} is above {self.at_most:g}")
        return number


@value
class Flag:
    """On or off."""

    def checked(self, value: object) -> object:
        if not isinstance(value, bool):
            raise DesignError(f"{shown(value)} is neither true nor false")
        return value


@value
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def checked(self, value: object) -> object:
        if value not in self.words or not isinstance(value, str):
            raise DesignError(f"{shown(value)} is none of {', '.join(self.words)}")
        return value


@value
class Sizes:
    """A tuple of whole numbers, such as a shape; a JSON list in a file."""

    at_least: int = 1
    shortest: int = 1
    longest: int = 8

    def checked(self, value: object) -> object:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise DesignError(f"{shown(value)} is not a list of whole numbers")
        entries: list[object] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        if not self.shortest <= len(entries) <= self.longest:
            wanted = f"{self.shortest} to {self.longest}"
            raise DesignError(f"{shown(entries)} has {len(entries)} entries and needs {wanted}")
        each = Whole(self.at_least)
        return tuple(each.checked(size) for size in entries)


@value
class PerAxis:
    """A whole number for every axis of an image alike, or a tuple of one for each: 3, or (3, 5); a JSON list in a file.

    `count` is how many there are in such a tuple: one for each axis, or, where `sides` is 2, one for each end of it.
    `words` may stand for numbers, such as a padding "same".
    """

    count: int
    at_least: int = 1
    optional: bool = False
    words: tuple[str, ...] = ()
    sides: int = 1

    def checked(self, value: object) -> object:
        if value is None and self.optional:
            return None
        if isinstance(value, str):
            return self._word(value)
        each = Whole(self.at_least)
        if not isinstance(value, Sequence):
            return each.checked(value)
        entries: list[object] = list(value)  # pyright: ignore[reportUnknownArgumentType]
        if len(entries) != self.count:
            wanted = f"one number, or {self.count}" if self.count > 1 else "one number"
            raise DesignError(f"{shown(entries)} has {len(entries)} entries and needs {wanted}")
        return tuple(each.checked(size) for size in entries)

    def _word(self, word: str) -> str:
        if word not in self.words:
            wanted = f"none of {', '.join(self.words)}" if self.words else "not a whole number"
            raise DesignError(f"{shown(word)} is {wanted}")
        return word


@value
class Text:
    """A line of text, such as the path of a data file."""

    longest: int = 4096

    def checked(self, value: object) -> object:
        if not isinstance(value, str):
            raise DesignError(f"{shown(value)} is not a text")
        if len(value) > self.longest:
            raise DesignError(f"a text of {len(value)} characters is longer than {self.longest}")
        if not is_writable(value):
            raise DesignError(
                "half a character (a lone surrogate) is in it, which no file can hold"
            )
        return value


Range = Whole | Real | Flag | OneOf | Sizes | PerAxis | Text


@value
class Knob:
    """One field of an entry: its name, what values it takes, its default and a sentence about it."""

    name: str
    default: Any
    range: Range
    help: str
    unit: str = ""

    def with_axes(self, axes: int) -> Knob:
        """The same field of a kind that works on so many axes."""
        known = self.range
        if not isinstance(known, PerAxis):
            return self
        count = axes * known.sides
        known = PerAxis(count, known.at_least, known.optional, known.words, known.sides)
        return Knob(self.name, self.default, known, self.help, self.unit)

    def checked(self, value: object) -> Any:
        """The value as the entry keeps it (lists become tuples, whole numbers reals where the field is real).

        Raises DesignError, its place the field's name, when the value is of another type or out of range.
        """
        try:
            return self.range.checked(value)
        except DesignError as error:
            raise error.within(self.name) from None


def whole(default: int | None, help: str, *, at_least: int = -LARGEST_WHOLE, at_most: int = LARGEST_WHOLE,
          optional: bool = False, unit: str = "") -> Any:  # fmt: skip
    """Declare a field of whole numbers."""
    return Knob("", default, Whole(at_least, at_most, optional), help, unit)


def real(default: float | None, help: str, *, at_least: float = -math.inf, at_most: float = math.inf,
         above: float = -math.inf, optional: bool = False, unit: str = "") -> Any:  # fmt: skip
    """Declare a field of finite numbers."""
    return Knob("", default, Real(at_least, at_most, above, optional), help, unit)


def flag(default: bool, help: str) -> Any:
    """Declare a field that is on or off."""
    return Knob("", default, Flag(), help)


def one_of(default: str, help: str, words: Sequence[str]) -> Any:
    """Declare a field that is one of a few words."""
    return Knob("", default, OneOf(tuple(words)), help)


def sizes(default: tuple[int, ...], help: str, *, at_least: int = 1, shortest: int = 1, longest: int = 8,
          unit: str = "") -> Any:  # fmt: skip
    """Declare a field that is a tuple of whole numbers."""
    return Knob("", default, Sizes(at_least, shortest, longest), help, unit)


def per_axis(default: int | None, help: str, *, at_least: int = 1, optional: bool = False,
             words: Sequence[str] = (), sides: int = 1) -> Any:  # fmt: skip
    """Declare a field with a whole number for each axis; how many axes there are, the class says as `axes=`."""
    return Knob("", default, PerAxis(sides, at_least, optional, tuple(words), sides), help)


def text(default: str, help: str) -> Any:
    """Declare a field that is a line of text."""
    return Knob("", default, Text(), help)


@dataclass_transform(frozen_default=True)
class Entry:
    """A catalogue entry with its arguments: `Linear(out_features=3)`. Frozen, hashable, equal by value.

    A subclass declares its fields as annotated attributes made by `whole`, `real`, `flag`, `one_of`, `sizes` or
    `text`; its docstring's first sentence is what the palette and the reference say. Constructing one checks every
    value and raises DesignError at the first that is wrong.
    """

    # The hash lies beside the fields, so that `__dict__` holds nothing but them.
    __slots__ = ("__dict__", "_hash")
    _hash: int

    knobs: ClassVar[tuple[Knob, ...]] = ()
    axes: ClassVar[int] = 0
    """Axes of the images it works on: `class Conv2d(Convolution, axes=2)`; 0 where that is no matter."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other names under which people look for it."""

    def __init_subclass__(cls, axes: int = 0, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Knob)}
        for name, knob in own.items():
            own[name] = Knob(name, knob.default, knob.range, knob.help, knob.unit)
            delattr(cls, name)
        if own:
            # A field declared again keeps its place: the learning rate stays an optimizer's first.
            kept = [own.pop(knob.name, knob) for knob in cls.knobs]
            cls.knobs = (*kept, *own.values())
        if axes:
            cls.axes = axes
            cls.knobs = tuple([knob.with_axes(axes) for knob in cls.knobs])

    def __init__(self, /, *positional: Any, **named: Any) -> None:
        if len(positional) > len(self.knobs):
            raise TypeError(
                f"{type(self).__name__} has {len(self.knobs)} fields, not {len(positional)}"
            )
        given = dict(zip((knob.name for knob in self.knobs), positional, strict=False)) | named
        values = self.__dict__
        for knob in self.knobs:
            values[knob.name] = (
                knob.checked(given.pop(knob.name)) if knob.name in given else knob.default
            )
        if given:
            name = next(iter(given))
            raise DesignError(f"{self.title()} has no such field", name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return self is other or (type(self) is type(other) and self.__dict__ == other.__dict__)

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash((type(self), *self.__dict__.values())))
            return self._hash

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.changed().items())
        return f"{type(self).__name__}({fields})"

    def values(self) -> dict[str, Any]:
        """Every field with its value, in the order of declaration."""
        return dict(self.__dict__)

    def changed(self) -> dict[str, Any]:
        """The fields that differ from their default, in the order of declaration."""
        return {knob.name: self.__dict__[knob.name] for knob in self.knobs
                if self.__dict__[knob.name] != knob.default}  # fmt: skip

    def idle(self) -> frozenset[str]:
        """The fields that have no effect with the present values, such as the bounds of numbers not drawn evenly."""
        return frozenset()

    def with_fields(self, /, **values: Any) -> Self:
        """The same entry with some fields changed. Raises DesignError when a value does not fit."""
        # What it has was checked when it was made, and an edit of a spin box that is dragged should cost little.
        checked = {name: self.knob(name).checked(value) for name, value in values.items()}
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, **checked)
        return made

    @classmethod
    def knob(cls, name: str) -> Knob:
        """The field of that name. Raises DesignError when there is none."""
        for knob in cls.knobs:
            if knob.name == name:
                return knob
        raise DesignError(f"{cls.title()} has no such field", name)

    @classmethod
    def key(cls) -> str:
        """The name that files use: the class's own."""
        return cls.__name__

    @classmethod
    def title(cls) -> str:
        """The name that people see; the key unless an entry has a better one."""
        return cls.key()

    @classmethod
    def help(cls) -> str:
        """What it is, when to use it and what goes wrong: the docstring, its paragraphs unwrapped."""
        paragraphs = (cls.__doc__ or "").strip().split("\n\n")
        return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)

    @classmethod
    def sentence(cls) -> str:
        """The first sentence of the help."""
        first, dot, _ = cls.help().partition("\n\n")[0].partition(". ")
        return first + "." if dot else first


E = TypeVar("E", bound=Entry)


def by_key(entries: Sequence[type[E]]) -> dict[str, type[E]]:
    """The closed table that files are read with."""
    return {entry.key(): entry for entry in entries}
