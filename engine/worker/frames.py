"""Messages as frames of bytes, and frames of bytes as messages.

A frame is a preamble (`LOOM`, the length of the header, the length of the payload), a header in
JSON and a payload of raw arrays; `docs/worker-protocol.md` shows one. Nothing here knows any one
message: what a field may hold follows from how its class declares it.
"""

from __future__ import annotations

import json
import reprlib
import struct
from collections.abc import Iterator
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeGuard, cast, get_type_hints

from engine.worker.protocol import (
    MESSAGES,
    PAYLOAD_LIMIT,
    Array,
    Document,
    EntryDocument,
    Message,
    ProtocolError,
    byte_count,
)

HEADER_LIMIT = 16 * 2**20
"""Bytes. What is longer is refused before any of it is read."""

_PREAMBLE = struct.Struct("<4sIQ")
_MAGIC = b"LOOM"
_ALIGNMENT = 8

_FIELDS: tuple[tuple[object, type | tuple[type, ...], str], ...] = (
    (int, int, "a whole number"),
    (float, float, "a number"),
    (str, str, "a text"),
    (Document, dict, "an object"),
    (EntryDocument, (str, dict), "a text or an object"),
    (Array, Array, "an array"),
    (dict[str, Array], dict, "arrays by their names"),
)
"""How a message declares a field, the type of its value, and what a person calls it."""


def encode(message: Message) -> bytes:
    """The message as one frame.

    Raises ProtocolError when a field has another type than declared or the frame is too long.
    """
    name = type(message).__name__
    arrays: list[Array] = []
    packed = {
        field_name: _packed(getattr(message, field_name), hint, f"{name}.{field_name}", arrays)
        for field_name, hint in _hints(name).items()
    }
    described = [[each.dtype, each.shape] for each in arrays]
    try:
        header = json.dumps(
            {"message": name, "fields": packed, "arrays": described}, separators=(",", ":")
        ).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ProtocolError(f"{name} holds what JSON cannot say: {error}") from error
    payload: list[bytes | memoryview] = []
    for each in arrays:
        payload += (each.content, bytes(_padding(len(each.content))))
    length = sum(map(len, payload))
    _check_lengths(len(header), length)
    return b"".join((_PREAMBLE.pack(_MAGIC, len(header), length), header, *payload))


class FrameReader:
    """Turns a stream of bytes, cut anywhere, into the messages it carries."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, chunk: bytes | bytearray | memoryview) -> Iterator[Message]:
        """The messages that are complete with this chunk.

        Raises ProtocolError, after the messages before it, at the first frame that is none. What
        follows a frame with a wrong preamble cannot be read any more.
        """
        self._buffer += chunk
        return self._complete()

    def _complete(self) -> Iterator[Message]:
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> Message | None:
        if len(self._buffer) < _PREAMBLE.size:
            return None
        magic, header_length, payload_length = _PREAMBLE.unpack_from(self._buffer)
        if magic != _MAGIC:
            raise ProtocolError(f"a frame starts with {_MAGIC!r}, found {magic!r}")
        _check_lengths(header_length, payload_length)
        start = _PREAMBLE.size + header_length
        end = start + payload_length
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            header, payload = bytes(view[_PREAMBLE.size : start]), bytes(view[start:end])
        del self._buffer[:end]
        return _decoded(header, payload)


@cache
def _hints(name: str) -> dict[str, object]:
    """How a message declares its fields; looked up at its first use, not at the window's start."""
    return get_type_hints(MESSAGES[name])


@cache
def _needed(name: str) -> frozenset[str]:
    return frozenset(
        each.name
        for each in fields(MESSAGES[name])
        if each.default is MISSING and each.default_factory is MISSING
    )


def _check_lengths(header: int, payload: int) -> None:
    if header > HEADER_LIMIT or payload > PAYLOAD_LIMIT:
        raise ProtocolError(
            f"a frame with a header of {header} bytes and {payload} bytes of arrays is too long: "
            f"at most {HEADER_LIMIT} and {PAYLOAD_LIMIT}"
        )


def _padding(length: int) -> int:
    return -length % _ALIGNMENT


def _decoded(header: bytes, payload: bytes) -> Message:
    try:
        parsed: Any = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"a header is not readable as JSON: {error}") from error
    if not _is_object(parsed) or parsed.keys() != {"message", "fields", "arrays"}:
        raise ProtocolError("a header is an object of a message, its fields and its arrays")
    name, raw, described = parsed["message"], parsed["fields"], parsed["arrays"]
    if not isinstance(name, str) or not _is_object(raw) or not isinstance(described, list):
        raise ProtocolError("a header names its message, holds its fields and lists its arrays")
    return _message(name, raw, _arrays(cast("list[Any]", described), payload))


def _message(name: str, raw: Document, arrays: list[Array]) -> Message:
    if name not in MESSAGES:
        raise ProtocolError(f"there is no message {name[:40]!r}")
    hints = _hints(name)
    if strange := sorted(raw.keys() - hints.keys()):
        raise ProtocolError(f"{name} has no field {strange[0][:40]!r}")
    if missing := sorted(_needed(name) - raw.keys()):
        raise ProtocolError(f"{name}.{missing[0]} is missing")
    checked: dict[str, Any] = {
        key: _unpacked(each, hints[key], f"{name}.{key}", arrays) for key, each in raw.items()
    }
    return MESSAGES[name](**checked)


def _arrays(described: list[Any], payload: bytes) -> list[Array]:
    """The arrays that lie in the payload, one behind the other, each at a multiple of 8 bytes."""
    arrays: list[Array] = []
    view, start = memoryview(payload), 0
    for each in described:
        dtype, shape = _described(each)
        end = start + byte_count(dtype, shape)
        if end > len(payload):
            raise ProtocolError(f"array {len(arrays)} ends behind the {len(payload)} bytes sent")
        arrays.append(Array(dtype, shape, view[start:end]))
        start = end + _padding(end)
    if start != len(payload):
        raise ProtocolError(f"the arrays take {start} bytes, found {len(payload)}")
    return arrays


def _described(raw: Any) -> tuple[str, tuple[int, ...]]:
    match raw:
        case [str(dtype), [*sizes]] if all(type(size) is int for size in sizes):
            return dtype, tuple(sizes)
        case _:
            raise ProtocolError("an array is described by its type and its shape")


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return type(value) is dict


def _packed(value: Any, hint: object, place: str, arrays: list[Array]) -> object:
    """A field as the header says it: an array by its number in the payload."""
    if hint == Array and isinstance(value, Array):
        arrays.append(value)
        return len(arrays) - 1
    if hint == dict[str, Array] and _is_object(value):
        return {key: _packed(each, Array, place, arrays) for key, each in value.items()}
    return _plain(value, hint, place)


def _unpacked(raw: Any, hint: object, place: str, arrays: list[Array]) -> object:
    if hint == Array:
        if type(raw) is not int or not 0 <= raw < len(arrays):
            raise ProtocolError(
                f"{place}: found {reprlib.repr(raw)}, wanted one of {len(arrays)} arrays"
            )
        return arrays[raw]
    if hint == dict[str, Array] and _is_object(raw):
        return {key: _unpacked(each, Array, place, arrays) for key, each in raw.items()}
    return _plain(raw, hint, place)


def _plain(value: Any, hint: object, place: str) -> object:
    """A field that JSON says by itself; a whole number serves where a number is wanted."""
    if hint is float and type(value) is int:
        return _as_float(value, place)
    kind, wanted = next(row[1:] for row in _FIELDS if row[0] == hint)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise ProtocolError(f"{place}: found {reprlib.repr(value)}, wanted {wanted}")
    return value


def _as_float(value: int, place: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ProtocolError(f"{place}: {value.bit_length()} bits are too many") from None
