"""Finding an entry by a few letters, for the palette and for every searchable list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from engine.catalogue import KINDS
from engine.design.kind import Kind
from engine.design.knob import Entry

E = TypeVar("E", bound=Entry)

MISSING = 9


def find_kinds(text: str) -> list[type[Kind]]:
    """The kinds that fit what was typed, best first; all of them, in the palette's order, for ""."""
    return found(KINDS.values(), text)


def found(entries: Iterable[type[E]], text: str) -> list[type[E]]:
    """The entries that fit what was typed, best first; equally good ones keep their order."""
    wanted = letters(text)
    if not wanted:
        return list(entries)
    ranked = [(rank(entry, text), entry) for entry in entries]
    fitting = [pair for pair in ranked if pair[0] < MISSING]
    return [entry for _, entry in sorted(fitting, key=lambda pair: pair[0])]


def rank(entry: type[Entry], text: str) -> int:
    """How well an entry fits: 0 is its very name, MISSING not at all."""
    return closeness(text, entry.key(), entry.title(), entry.aliases, entry.sentence())


def closeness(text: str, key: str, title: str, aliases: Sequence[str], sentence: str) -> int:
    """How well something of these words fits: 0 is its very name, MISSING not at all.

    Names come before other names, beginnings before middles; then letters in order, as `btn1` in
    BatchNorm1d, and at last whole words of its first sentence.
    """
    wanted = letters(text)
    names = {letters(key), letters(title)}
    others = {letters(alias) for alias in aliases}
    starts = {letters(word) for name in (title, *aliases) for word in name.split()}
    described = sentence.lower()
    tests = (
        wanted in names,
        any(name.startswith(wanted) for name in names),
        wanted in others,
        any(name.startswith(wanted) for name in others),
        any(word.startswith(wanted) for word in starts),
        any(wanted in name for name in names),
        any(wanted in name for name in others),
        any(in_order(wanted, name) for name in names),
        len(wanted) > 2 and all(word in described for word in text.lower().split()),
    )
    return tests.index(True) if True in tests else MISSING


def letters(text: str) -> str:
    """What counts for a match: letters, digits and signs, in lower case, without spaces and hyphens."""
    return "".join(text.lower().replace("-", " ").replace("_", " ").split()) or text.strip()


def in_order(wanted: str, name: str) -> bool:
    """Whether all letters of `wanted` come in `name`, in that order, from the same first one on."""
    rest = iter(name)
    return name[:1] == wanted[:1] and all(letter in rest for letter in wanted)
