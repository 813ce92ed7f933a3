"""The bytes of a table as text: encodings, separators and a row of names, found out by looking."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from pathlib import Path

from engine.design.error import DesignError
from engine.design.tuples import NamedTuple
from engine.files.store import read_bytes

LARGEST_FILE = 512 * 2**20
LARGEST_TABLE = 50_000_000
"""Cells of a table, read into memory as 8 bytes each."""

SEPARATORS = (",", ";", "\t", "|")
_WORDS = {"unexpected end of data": "a quotation mark is never closed"}

LOOKED_AT = 30
"""Lines that the separator is found out from."""

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-"))


class Text(NamedTuple):
    """A table before its cells are numbers: rows of text, each with its line in the file, and the separator."""

    rows: list[list[str]]
    lines: list[int]
    separator: str
    remark: str = ""


def cells(path: Path, separator: str = "", encoding: str = "find out") -> Text:
    """The cells of a table in a file; separator and encoding are found out where they are not told.

    Raises DesignError for what is no table of text.
    """
    text, remark = decoded(content(path), path.name, encoding)
    return parsed(text, path.name, separator)._replace(remark=remark)


def content(path: Path) -> bytes:
    """A file's bytes, unpacked where it is gzipped. Raises DesignError."""
    raw = read_bytes(path, LARGEST_FILE)
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            found = packed.read(LARGEST_FILE + 1)
    except (OSError, EOFError, zlib.error):
        raise DesignError(f"{path.name} is a damaged gzip file; copy it again") from None
    if len(found) > LARGEST_FILE:
        raise DesignError(
            f"{path.name} unpacks to more than {LARGEST_FILE:,} bytes; use fewer rows"
        )
    return found


def decoded(raw: bytes, name: str, encoding: str = "find out") -> tuple[str, str]:
    """Bytes as text, and what is to be said about it.

    Where no encoding is told: by their byte order mark, as UTF-16 where every other byte is zero, as UTF-8, as Chinese
    where most pairs are common characters of it, else as the Western code page of Windows.
    """
    if encoding != "find out":
        return _as(raw, encoding, name, "the choice says").removeprefix("\ufeff"), ""
    for mark, found in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return _as(raw, found, name, "it says"), ""
    if b"\0" in raw[:4096]:
        if guess := _half_zero(raw[:4096]):
            return _as(raw, guess, name, "it looks"), "read as UTF-16"
        raise DesignError(f"{name} is no text: it holds zero bytes. A table is a text file; an array of numpy ends "
                          "in .npy and is chosen as such")  # fmt: skip
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    if _is_chinese(raw):
        return raw.decode("gb18030"), "read as GB 18030"
    return raw.decode("cp1252", errors="replace"), "read as Windows-1252"


def _half_zero(start: bytes) -> str:
    """Which UTF-16 it is where nearly every second byte is zero, as in Western text; "" where it is none."""
    many = len(start) // 2
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if many and odd > 0.7 * many and even < 0.05 * many:
        return "utf-16-le"
    return "utf-16-be" if many and even > 0.7 * many and odd < 0.05 * many else ""


def _is_chinese(raw: bytes) -> bool:
    """Whether bytes are GB 18030 of which most pairs are common: letters with accents would be rare characters."""
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    pairs = re.findall(rb"[\x81-\xfe][\x40-\xfe]", raw[:100_000])
    common = sum(0xA1 <= pair[0] <= 0xD7 and pair[1] >= 0xA1 for pair in pairs)
    return common > 0.6 * len(pairs)


def _as(raw: bytes, encoding: str, name: str, who: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise DesignError(f"{name} is not {encoding}, as {who}, from byte {error.start} on; save it as UTF-8, or "
                          "choose the encoding that it has") from None  # fmt: skip


def parsed(text: str, name: str, separator: str = "") -> Text:
    """Text as rows of cells, without empty lines. Raises DesignError when rows differ in length."""
    told = re.match(r"sep=([,;|\t])\r?\n", text)
    separator = separator or (told[1] if told else separator_of(text))
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    rows: list[list[str]] = []
    lines: list[int] = []
    count = 0
    try:
        for row in reader:
            # Excel may write the separator as a line of its own.
            if not any(cell.strip() for cell in row) or (told and reader.line_num == 1):
                continue
            rows.append(row)
            lines.append(reader.line_num)
            count += len(row)
            if count > LARGEST_TABLE:
                raise DesignError(f"{name} has more than {LARGEST_TABLE:,} cells; use fewer rows")
    except csv.Error as error:
        begun = lines[-1] + 1 if lines else 1
        why = _WORDS.get(str(error), str(error))
        raise DesignError(
            f"{name}, in the row from line {begun} on: {why}; is it a table?"
        ) from None
    if not rows:
        raise DesignError(f"{name} is empty; a table needs rows of numbers")
    _need_one_width(rows, lines, name)
    return Text(rows, lines, separator)


def _need_one_width(rows: list[list[str]], lines: list[int], name: str) -> None:
    wanted = len(rows[0])
    for row, line in zip(rows, lines, strict=True):
        if len(row) != wanted:
            raise DesignError(
                f"{name}, line {line}: {_columns(len(row))} where the first line has {_columns(wanted)}; every row "
                "needs as many. Is the separator right?"
            )


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count} columns"


def separator_of(text: str) -> str:
    """The separator that splits the first lines into equally many columns, the most of them; a comma by default."""
    start = [line for line in text[:200_000].splitlines() if line.strip()][:LOOKED_AT]
    best, most = ",", 1
    for separator in SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(start, delimiter=separator))
        except csv.Error:
            # A cell without end; reading all says where.
            continue
        width, times = max(widths.items(), key=lambda each: (each[1], each[0]), default=(1, 0))
        if width > most and times > 0.7 * len(start):
            best, most = separator, width
    return best


def number(cell: str, separator: str = ",") -> float | None:
    """A cell as a number, None where it is none; with another separator than a comma, `3,5` is 3.5."""
    word = cell.strip()
    try:
        # To Python 1_000 is a number; in a table it is somebody's code.
        return float(word) if "_" not in word else None
    except ValueError:
        pass
    if separator != "," and re.fullmatch(r"[+-]?\d*,\d+([eE][+-]?\d+)?", word):
        return float(word.replace(",", "."))
    return None


def plain(cell: str) -> str:
    """A cell as one short line that can be shown."""
    line = " ".join(cell.split())[:200]
    return (
        line
        if line.isprintable()
        else "".join(each if each.isprintable() else "?" for each in line)
    )


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip().lower() in MISSING


def is_header(row: list[str], separator: str) -> bool:
    """Whether a first row holds names: any word in it, or whole numbers that count the columns."""
    values = [number(cell, separator) for cell in row]
    if any(value is None and not is_missing(cell) for value, cell in zip(values, row, strict=True)):
        return True
    return len(row) > 1 and values in ([*range(len(row))], [*range(1, len(row) + 1)])
