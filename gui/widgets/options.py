"""What a choice offers, and which of it a search finds."""

from __future__ import annotations

from collections.abc import Sequence

from engine.design.value import value


@value
class Option:
    """One thing to choose; with a `disabled_reason` it is shown but can't be chosen."""

    key: str
    title: str
    subtitle: str = ""
    disabled_reason: str = ""
    group: str = ""


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
    """The options that have every word of the query in their title, subtitle, key or group.

    First those whose title begins with the query, then those with a word of the title that does,
    then those with the query in the title, then the rest; in the given order among equals.
    """
    words = query.casefold().split()
    found = [option for option in options if all(word in _haystack(option) for word in words)]
    whole = " ".join(words)
    return sorted(
        found, key=lambda option: (_distance(option, whole), bool(option.disabled_reason))
    )


def _haystack(option: Option) -> str:
    return f"{option.title} {option.key} {option.subtitle} {option.group}".casefold()


def _distance(option: Option, query: str) -> int:
    title = option.title.casefold()
    if title.startswith(query):
        return 0
    if any(word.startswith(query) for word in title.replace("-", " ").replace("_", " ").split()):
        return 1
    return 2 if query in title or query in option.key.casefold() else 3
