"""Named tuples that are cheap to declare.

`typing.NamedTuple` compiles the annotation of every field, 0.16 ms a class; thirty classes would be 4 ms of the
program's start. This one is `collections.namedtuple` in the same words; type checkers see typing's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple

    class _Meta(type):
        """Makes of a class statement a subclass of tuple."""

        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, object]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            fields = namespace.get("__annotations__", {})
            defaults = [namespace.pop(field) for field in fields if field in namespace]
            made = namedtuple(name, fields, defaults=defaults, module=namespace["__module__"])
            for key, each in namespace.items():
                setattr(made, key, each)
            return made

    class NamedTuple(metaclass=_Meta):
        """The base that a class statement names."""
