"""What one side of the worker's pipe says, the other side reads; and nothing else gets through."""

from __future__ import annotations

import json
import math
import re
import struct
import subprocess
import sys
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.worker import frames, protocol
from engine.worker.frames import FrameReader, encode
from engine.worker.protocol import MESSAGES, Array, Message, ProtocolError

DOCUMENT = Path(protocol.__file__).parents[2] / "docs" / "worker-protocol.md"
ITEM_BYTES = {"float32": 4, "float64": 8, "int64": 8, "int32": 4, "uint8": 1, "bool": 1}


@st.composite
def arrays(draw: st.DrawFn) -> Array:
    dtype = draw(st.sampled_from(sorted(ITEM_BYTES)))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=4)))
    length = math.prod(shape) * ITEM_BYTES[dtype]
    return Array(dtype, shape, draw(st.binary(min_size=length, max_size=length)))


documents = st.dictionaries(
    st.text(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
FIELDS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, st.integers()),
    (float, st.floats(allow_nan=False)),
    (str, st.text()),
    (protocol.Document, documents),
    (protocol.EntryDocument, st.text() | documents),
    (Array, arrays()),
    (dict[str, Array], st.dictionaries(st.text(), arrays(), max_size=3)),
]


def messages_of(kind: type[Message]) -> st.SearchStrategy[Message]:
    """Every message of a class, from the types of its fields."""
    return st.builds(
        kind,
        **{
            name: next(strategy for declared, strategy in FIELDS if declared == hint)
            for name, hint in get_type_hints(kind).items()
        },
    )


messages = st.sampled_from(list(MESSAGES.values())).flatmap(messages_of)


def read(*chunks: bytes) -> list[Message]:
    reader = FrameReader()
    return [message for chunk in chunks for message in reader.feed(chunk)]


@pytest.mark.parametrize("kind", MESSAGES.values(), ids=list(MESSAGES))
def test_every_message_is_read_back_as_it_was_sent(kind: type[Message]) -> None:
    @given(messages_of(kind))
    def check(message: Message) -> None:
        assert read(encode(message)) == [message]

    check()


@given(st.lists(messages, max_size=4), st.data())
def test_the_chunks_of_a_stream_make_no_difference(sent: list[Message], data: st.DataObject):
    stream = b"".join(map(encode, sent))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)])]
    assert read(*chunks) == sent


def test_a_stream_that_comes_byte_by_byte_is_read_all_the_same() -> None:
    sent = [protocol.Beat("drawing"), protocol.Result(3, {"sum": 1}, {"y": Array.of([1.0, 2.0])})]
    stream = b"".join(map(encode, sent))
    assert read(*(bytes([byte]) for byte in stream)) == sent


@given(st.binary(max_size=200))
def test_bytes_at_random_raise_nothing_but_the_one_error(noise: bytes) -> None:
    with pytest.raises(ProtocolError) if len(noise) >= 16 else nullcontext():
        read(noise)


@given(messages, st.data())
def test_a_damaged_frame_raises_nothing_but_the_one_error(message: Message, data: st.DataObject):
    frame = bytearray(encode(message))
    for place in data.draw(st.lists(st.integers(0, len(frame) - 1), min_size=1, max_size=4)):
        frame[place] = data.draw(st.integers(0, 255))
    with suppress(ProtocolError):
        read(bytes(frame))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(list(MESSAGES)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["message", "fields", "request", "x"]), inner)
    ),
    max_leaves=10,
)


@given(
    st.sampled_from(list(MESSAGES)) | json_values, json_values, json_values, st.binary(max_size=20)
)
def test_a_header_of_any_json_raises_nothing_but_the_one_error(
    name: object, fields: object, described: object, payload: bytes
) -> None:
    header = {"message": name, "fields": fields, "arrays": described}
    with suppress(ProtocolError):
        read(frame_of(json.dumps(header).encode(), payload))


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ('{"message": "Beat", "fields": {}, "arrays": []}', "Beat.busy_with is missing"),
        (
            '{"message": "Beat", "fields": {"busy_with": 3}, "arrays": []}',
            "Beat.busy_with: found 3, wanted a text",
        ),
        (
            '{"message": "Cancel", "fields": {"request": true}, "arrays": []}',
            "Cancel.request: found True, wanted a whole number",
        ),
        (
            '{"message": "Warm", "fields": {"colour": "red"}, "arrays": []}',
            "Warm has no field 'colour'",
        ),
        ('{"message": "Explode", "fields": {}, "arrays": []}', "there is no message 'Explode'"),
        (
            '{"message": "Warm", "fields": {}, "arrays": [["float32", [2]]]}',
            "array 0 ends behind the 0 bytes sent",
        ),
        (
            '{"message": "Warm", "fields": {}, "arrays": [["complex64", [2]]]}',
            "array type 'complex64' is not among float32, float64, int64, int32, uint8, bool",
        ),
        (
            '{"message": "Result", "fields": {"request": 1, "arrays": {"y": 0}}, "arrays": []}',
            "Result.arrays: found 0, wanted one of 0 arrays",
        ),
    ],
)
def test_a_wrong_header_says_what_was_found_and_wanted(header: str, sentence: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(frame_of(header.encode()))
    assert str(caught.value) == sentence


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "1" * 5_000, "\xff", ""])
def test_a_header_that_json_cannot_read_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ProtocolError, match="not readable as JSON"):
        read(frame_of(text.encode("latin-1")))


@pytest.mark.parametrize(("header", "payload"), [(2**24 + 1, 0), (0, 2**29 + 1), (0, 2**63)])
def test_a_frame_that_announces_too_much_is_refused_before_it_comes(
    header: int, payload: int
) -> None:
    with pytest.raises(ProtocolError, match="too long"):
        read(struct.pack("<4sIQ", b"LOOM", header, payload))


def test_an_array_that_is_too_long_is_refused_before_it_is_sent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "PAYLOAD_LIMIT", 64)
    encode(protocol.Result(1, {}, {"y": Array.of([0.0] * 8)}))
    with pytest.raises(ProtocolError, match="too long"):
        encode(protocol.Result(1, {}, {"y": Array.of([0.0] * 9)}))


@pytest.mark.parametrize("values", [{"x": object()}, {"x": {1, 2}}, {"x": b"bytes"}])
def test_a_result_that_json_cannot_say_is_refused_before_it_is_sent(values: Any) -> None:
    with pytest.raises(ProtocolError, match="Result holds what JSON cannot say"):
        encode(protocol.Result(1, values))


def test_a_field_of_the_wrong_type_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ProtocolError, match=r"Curve.points: found '9', wanted a whole number"):
        encode(replace(protocol.Curve({}, -1.0, 1.0, 9), points="9"))  # type: ignore[arg-type]


def test_numbers_that_a_network_may_have_survive_the_way() -> None:
    values = {"mean": math.nan, "max": math.inf, "min": -math.inf, "std": -0.0}
    (result,) = read(encode(protocol.Result(1, values)))
    assert isinstance(result, protocol.Result)
    assert repr(result.values) == repr(values)


@pytest.mark.parametrize("dtype", ITEM_BYTES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3)])
def test_an_array_of_numpy_comes_back_as_it_was(dtype: str, shape: tuple[int, ...]) -> None:
    values = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    sent = {"odd": Array.of([1], "uint8"), "y": Array.of_numpy(values)}
    (result,) = read(encode(protocol.Result(1, {}, sent)))
    assert isinstance(result, protocol.Result)
    back = result.arrays["y"].to_numpy()
    assert back.dtype == values.dtype
    assert back.shape == values.shape
    assert (back == values).all()
    assert back.flags.aligned
    assert result.arrays["y"].to_list() == values.ravel().tolist()


def test_an_array_of_numpy_in_another_order_is_sent_in_c_order() -> None:
    values = np.arange(6.0).reshape(2, 3).T
    assert (Array.of_numpy(values).to_numpy() == values).all()


def test_a_type_of_numbers_outside_the_table_is_refused() -> None:
    with pytest.raises(ProtocolError, match="float16 is not among"):
        Array.of_numpy(np.zeros(3, dtype=np.float16))


def test_an_array_whose_bytes_do_not_fill_its_shape_is_refused() -> None:
    with pytest.raises(ProtocolError, match="takes 8 bytes, found 7"):
        Array("float32", (2,), bytes(7))


def test_numbers_that_do_not_fit_their_type_are_refused() -> None:
    with pytest.raises(ProtocolError, match="no row of uint8"):
        Array.of([256], "uint8")


def test_every_request_carries_its_number_and_its_channel() -> None:
    for kind in get_args(protocol.Request):
        assert {"request", "channel"} <= get_type_hints(kind).keys()


def test_the_protocol_loads_neither_numpy_nor_torch_nor_qt() -> None:
    program = (
        "import sys, engine.worker.frames; "
        "print([name for name in ('numpy', 'torch', 'PySide6') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout == "[]\n", run.stderr


def frame_of(header: bytes, payload: bytes = b"") -> bytes:
    return struct.pack("<4sIQ", b"LOOM", len(header), len(payload)) + header + payload


def test_the_document_names_every_message_with_its_fields() -> None:
    rows = {
        match[1]: set(re.findall(r"`(\w+)`", match[2]))
        for match in re.finditer(r"^\| `(\w+)` \|([^|]*)\|", DOCUMENT.read_text(), re.MULTILINE)
    }
    envelope = get_type_hints(protocol.Asked).keys()
    declared = {
        name: get_type_hints(kind).keys()
        - (envelope if issubclass(kind, protocol.Asked) else set())
        for name, kind in MESSAGES.items()
        if kind is not protocol.Cancel
    }
    assert rows == declared
