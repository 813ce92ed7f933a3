"""Frozen values that are cheap to declare.

`@dataclass(frozen=True)` writes and compiles six methods for each class, about a millisecond; a hundred such classes
would be a third of the program's start. `@value` shares one set of methods among all classes. `dataclasses.replace` and
`dataclasses.fields` work on its instances, and type checkers see a frozen dataclass.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar("T")

_ABSENT: Any = object()
_MARK: Any = vars(dataclasses)["_FIELD"]
"""The mark by which `dataclasses` knows a field from a pseudo-field; it has no public name."""


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def value(cls: type[T]) -> type[T]:
    """Make a class with annotated fields a frozen value: constructor, equality, hash and repr by its fields.

    Fields of base classes come first, those with `field(kw_only=True)` last. A mutable default is given as
    `field(default_factory=...)`.
    """
    fields: dict[str, dataclasses.Field[Any]] = dict(getattr(cls, "__dataclass_fields__", {}))
    # inspect.get_annotations says the same, but inspect is slow to import.
    for name, annotation in cls.__dict__.get("__annotations__", {}).items():  # noqa: RUF063
        if not str(annotation).startswith("ClassVar"):
            fields[name] = _field(cls, name, annotation)
    fields = dict(sorted(fields.items(), key=lambda item: item[1].kw_only is True))
    own: dict[str, Any] = {"__dataclass_fields__": fields, "__match_args__": tuple(fields)}
    own["_template"] = {name: _default(field) for name, field in fields.items()}
    own["_made"] = {
        name: field.default_factory
        for name, field in fields.items()
        if field.default_factory is not dataclasses.MISSING
    }
    for name, method in own.items():
        setattr(cls, name, method)
    for name, method in _METHODS.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return cls


def _field(cls: type, name: str, annotation: Any) -> dataclasses.Field[Any]:
    given: Any = cls.__dict__.get(name, dataclasses.MISSING)
    if isinstance(given, dataclasses.Field):
        delattr(cls, name)
    else:
        given = dataclasses.field(default=given)
    field = cast("Any", given)
    field.name, field.type = name, annotation
    field._field_type = _MARK
    return field


def _default(field: dataclasses.Field[Any]) -> Any:
    return _ABSENT if field.default is dataclasses.MISSING else field.default


def _init(self: Any, *positional: Any, **named: Any) -> None:
    """The constructor of every value; TypeError for fields that are missing, unknown or too many."""
    cls: Any = self.__class__
    template: Mapping[str, Any] = cls._template
    if len(positional) > len(template):
        raise TypeError(f"{cls.__name__} has {len(template)} fields, not {len(positional)}")
    values: dict[str, Any] = self.__dict__
    # The template sets the order, so that hash and repr do not depend on how the fields were given.
    values.update(template)
    values.update(zip(template, positional))
    values.update(named)
    if len(values) != len(template):
        unknown = next(name for name in values if name not in template)
        raise TypeError(f"{cls.__name__} has no field {unknown}")
    for name, each in values.items():
        if each is _ABSENT:
            if name not in cls._made:
                raise TypeError(f"{cls.__name__} needs {name}")
            values[name] = cls._made[name]()


def _frozen(self: object, name: str, value: object = None) -> None:
    raise dataclasses.FrozenInstanceError(
        f"{type(self).__name__}.{name} cannot be changed; make a new value"
    )


def _equal(self: object, other: object) -> bool:
    return self is other or (type(self) is type(other) and self.__dict__ == other.__dict__)


def _hash(self: object) -> int:
    return hash((type(self), *self.__dict__.values()))


def _text(self: object) -> str:
    fields = ", ".join(f"{name}={each!r}" for name, each in self.__dict__.items())
    return f"{type(self).__name__}({fields})"


_METHODS: dict[str, Callable[..., Any]] = {
    "__init__": _init,
    "__setattr__": _frozen,
    "__delattr__": _frozen,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _text,
}
