"""Frozen values that are cheap to declare, to make and to change.

`@dataclass(frozen=True)` writes and compiles six methods for each class, about a millisecond; a hundred such classes
would be a third of the program's start. `@value` shares one set of methods among all classes. `dataclasses.fields`,
`asdict` and `replace` work on its instances too, and type checkers see a frozen dataclass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

_ABSENT: Any = object()


class Field:
    """What `field` says about one field."""

    __slots__ = ("annotation", "default", "default_factory", "kw_only")

    def __init__(
        self, default: Any, default_factory: Callable[[], Any] | None, kw_only: bool
    ) -> None:
        self.default = default
        self.default_factory = default_factory
        self.kw_only = kw_only
        self.annotation: Any = None


def field(
    *,
    default: Any = _ABSENT,
    default_factory: Callable[[], Any] | None = None,
    kw_only: bool = False,
) -> Any:
    """A field of a value whose default is made anew for each instance, or that is given by name only."""
    return Field(default, default_factory, kw_only)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """Make a class with annotated fields a frozen value: constructor, equality, hash and repr by its fields.

    Fields of base classes come first, those with `field(kw_only=True)` last. A mutable default is given as
    `field(default_factory=...)`.
    """
    fields: dict[str, Field] = dict(getattr(cls, "_fields", {}))
    # inspect.get_annotations says the same, but inspect is slow to import.
    for name, annotation in cls.__dict__.get("__annotations__", {}).items():  # noqa: RUF063
        if not str(annotation).startswith("ClassVar"):
            fields[name] = _declared(cls, name)
            fields[name].annotation = annotation
    fields = dict(sorted(fields.items(), key=lambda item: item[1].kw_only))
    own: dict[str, Any] = {"_fields": fields, "__match_args__": tuple(fields)}
    own["__dataclass_fields__"] = _DATACLASS_FIELDS
    own["_template"] = {name: each.default for name, each in fields.items()}
    own["_made"] = {
        name: each.default_factory for name, each in fields.items() if each.default_factory
    }
    for name, method in own.items():
        setattr(cls, name, method)
    for name, method in _METHODS.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return cls


def replace(old: T, /, **changes: Any) -> T:
    """The value with other contents of some fields; TypeError for a name that is no field of it."""
    cls: Any = type(old)
    template = cls._template
    old_values = vars(old)
    if len(old_values) != len(template):
        # An instance may hold what a cached property has found out.
        old_values = {name: old_values[name] for name in template}
    new = object.__new__(cls)
    values: dict[str, Any] = new.__dict__
    values.update(old_values)
    values.update(changes)
    if len(values) != len(template):
        unknown = next(name for name in values if name not in template)
        raise TypeError(f"{cls.__name__} has no field {unknown}")
    return new


def _declared(cls: type, name: str) -> Field:
    given: Any = cls.__dict__.get(name, _ABSENT)
    if isinstance(given, Field):
        delattr(cls, name)
        return given
    return Field(given, None, False)


class _DataclassFields:
    """The fields as the module `dataclasses` knows them; it is imported when it asks."""

    def __get__(self, instance: object, cls: Any) -> Mapping[str, Any]:
        import dataclasses

        known: dict[str, Any] = {}
        for name, each in cls._fields.items():
            default = dataclasses.MISSING if each.default is _ABSENT else each.default
            factory: Any = each.default_factory or dataclasses.MISSING
            made: Any = dataclasses.field(
                default=default, default_factory=factory, kw_only=each.kw_only
            )
            made.name, made.type = name, each.annotation
            # The mark by which `dataclasses` knows a field from a pseudo-field has no public name.
            made._field_type = vars(dataclasses)["_FIELD"]
            known[name] = made
        cls.__dataclass_fields__ = known
        return known


_DATACLASS_FIELDS = _DataclassFields()


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
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed; make a new value")


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
