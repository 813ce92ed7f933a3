"""What a choice offers, and which of it a search finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.catalogue.search import MISSING, closeness
from engine.design.knob import Entry
from engine.design.value import value


@value
class Option:
    """One thing to choose; with a `disabled_reason` it is shown but can't be chosen."""

    key: str
    title: str
    subtitle: str = ""
    disabled_reason: str = ""
    group: str = ""
    aliases: tuple[str, ...] = ()
    """Other names that a search finds it by."""


def entry_options(table: Mapping[str, type[Entry]]) -> list[Option]:
    """The entries of a table of the catalogue, each with its sentence."""
    return [
        Option(key, each.title(), each.sentence(), aliases=each.aliases)
        for key, each in table.items()
    ]


@value
class Heading:
    """The name of the group of options below it."""

    title: str


Row = Option | Heading


def rows(options: Sequence[Option], query: str) -> list[Row]:
    """The options with a heading over each group; with a query the matches alone, best first."""
    if query.strip():
        return list(matches(options, query))
    shown: list[Row] = []
    group = ""
    for option in options:
        if option.group != group:
            group = option.group
            shown.append(Heading(group))
        shown.append(option)
    return shown


def matches(options: Sequence[Option], query: str) -> list[Option]:
    """The options that fit the query, best first by the search of the catalogue; what is refused comes last.

    Words in the sentence or the group count only after every name, as do several words out of order.
    """
    ranked = [
        (_distance(option, query), bool(option.disabled_reason), option) for option in options
    ]
    fitting = [each for each in ranked if each[0] <= MISSING]
    return [option for *_, option in sorted(fitting, key=lambda each: each[:2])]


def _distance(option: Option, query: str) -> int:
    """How far an option is from what was typed: MISSING for mere mentions, more for nothing at all."""
    distance = closeness(query, option.key, option.title, option.aliases, option.subtitle)
    if distance < MISSING:
        return distance
    said = f"{option.title} {option.key} {option.subtitle} {option.group}".casefold()
    return MISSING if all(word in said for word in query.casefold().split()) else MISSING + 1
