"""Rows are what the file says, in the shape of the network, and what is wrong is said with its place."""

from __future__ import annotations

import gzip
import os
import pickle
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn import datasets as referee

from engine.catalogue import DATASETS
from engine.catalogue.datasets import (
    Dataset,
    Diabetes,
    Digits,
    Iris,
    Moons,
    RandomInput,
    Wine,
)
from engine.catalogue.files import CsvFile, NpyFile
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.project import Data
from engine.design.tree import Input, Network
from engine.files.tables import csv_bytes, npy_bytes
from engine.runtime.data import Rows, batch, first_rows, training_rows
from engine.runtime.table import table

SHIPPED = [kind for kind in DATASETS.values() if kind.resource]


def network(*shape: int, dtype: str = "float32") -> Network:
    return Network("Net", (Input("x", TensorSpec(shape, dtype)),))


def plain(dataset: Dataset) -> Data:
    return Data(dataset, scaling="none")


def csv_rows(tmp_path: Path, text: str | bytes, width: int = 2, **fields: Any) -> Rows:
    path = tmp_path / "data.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return first_rows(network(width), plain(CsvFile(path=str(path), **fields)), 100)


def refusal(tmp_path: Path, text: str | bytes, **fields: Any) -> str:
    with pytest.raises(DesignError) as error:
        csv_rows(tmp_path, text, **fields)
    return error.value.sentence


# --- shipped sets and moons ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", SHIPPED)
def test_a_shipped_set_is_what_its_entry_declares(kind: type[Dataset]):
    found = table(kind())
    assert len(found.x) == kind.stored_rows
    assert found.x.shape[1:] == kind.row_shape
    assert len(found.class_names) == len(kind.classes)
    assert len(found.feature_names) in (0, found.x[0].size)
    assert kind().facts() == found.facts()
    assert found.y is not None
    if found.class_names:
        assert set(found.y.tolist()) == set(range(len(found.class_names)))


@pytest.mark.parametrize(
    ("kind", "load"),
    [(Iris, referee.load_iris), (Wine, referee.load_wine), (Digits, referee.load_digits)],
)
def test_shipped_numbers_are_those_of_scikit_learn(kind: type[Dataset], load):
    x, y = load(return_X_y=True)
    found = table(kind())
    assert np.array_equal(found.x.reshape(x.shape), x.astype(np.float32))
    assert found.y is not None
    assert np.array_equal(found.y, y)


def test_moons_without_noise_are_those_of_scikit_learn():
    x, y = referee.make_moons(60, shuffle=False, noise=None)
    found = table(Moons(samples=60, noise=0.0))
    assert np.allclose(found.x, x, atol=1e-6)
    assert found.y is not None
    assert np.array_equal(found.y, y)


def test_moons_are_the_same_for_the_same_seed_and_others_for_another():
    same, again, other = (table(Moons(seed=seed)).x for seed in (1, 1, 2))
    assert np.array_equal(same, again)
    assert not np.array_equal(same, other)


# --- random input --------------------------------------------------------------------------------


def test_random_input_is_drawn_from_a_generator_that_anyone_can_repeat():
    rows = batch(network(3), Data(RandomInput()), 5, 7)
    expected = torch.randn(5, 3, generator=torch.Generator().manual_seed(7))
    assert np.array_equal(rows.x, expected.numpy())
    assert rows.y is None


@pytest.mark.parametrize(
    ("chosen", "low", "high"),
    [
        (RandomInput("uniform", low=-2.0, high=3.0), -2, 3),
        (RandomInput("integers", low=4.0, count=3), 4, 6),
        (RandomInput("ones"), 1, 1),
        (RandomInput("zeros"), 0, 0),
    ],
)
def test_random_input_stays_within_its_bounds(chosen: RandomInput, low: float, high: float):
    x = batch(network(4, 2), Data(chosen), 200, 0).x
    assert x.shape == (200, 4, 2)
    assert x.dtype == np.float32
    assert x.min() >= low
    assert x.max() <= high


def test_random_input_for_whole_numbers_is_whole():
    x = batch(network(6, dtype="int64"), Data(RandomInput(count=4)), 50, 0).x
    assert x.dtype == np.int64
    assert set(x.ravel().tolist()) == {0, 1, 2, 3}


def test_every_input_of_a_network_gets_random_rows():
    two = Network("Net", (Input("a", TensorSpec((3,))), Input("b", TensorSpec((2, 2)))))
    assert [x.shape for x in batch(two, Data(RandomInput()), 4, 0).inputs] == [(4, 3), (4, 2, 2)]


def test_random_input_does_not_touch_the_random_numbers_of_others():
    torch.manual_seed(3)
    expected = torch.randn(2)
    torch.manual_seed(3)
    batch(network(3), Data(RandomInput()), 5, 0)
    assert torch.equal(torch.randn(2), expected)


# --- batches and scaling ---------------------------------------------------------------------------


def test_a_batch_is_rows_of_the_set_with_their_own_targets():
    whole = table(Iris())
    rows = batch(network(4), plain(Iris()), 12, 5)
    assert len(rows.x) == 12
    assert rows.y is not None
    assert whole.y is not None
    for x, y in zip(rows.x, rows.y, strict=True):
        found = np.flatnonzero((whole.x == x).all(axis=1))
        assert y in whole.y[found]


def test_a_batch_larger_than_the_set_is_the_whole_set():
    assert len(batch(network(4), plain(Iris()), 10_000, 0).x) == 150


@pytest.mark.parametrize("kind", [Iris, Wine, Diabetes])
def test_standardised_training_rows_have_mean_0_and_std_1(kind: type[Dataset]):
    data = Data(kind())
    rows = first_rows(network(4), data, 10_000).x[training_rows(table(kind()), data)]
    assert np.allclose(rows.mean(axis=0), 0, atol=1e-4)
    assert np.allclose(rows.std(axis=0), 1, atol=1e-4)


def test_training_rows_in_unit_range_run_from_0_to_1():
    data = Data(Wine(), scaling="unit range", train_share=1.0)
    rows = first_rows(network(13), data, 1000).x
    assert np.allclose(rows.min(axis=0), 0)
    assert np.allclose(rows.max(axis=0), 1)


def test_pixels_of_an_image_are_scaled_together():
    raw, scaled = (
        first_rows(network(1, 8, 8), Data(Digits(), scaling=s), 50).x
        for s in ("none", "standardised")
    )
    ratio = (scaled - scaled.ravel()[0]) / np.where(
        raw == raw.ravel()[0], np.nan, raw - raw.ravel()[0]
    )
    known = ratio[np.isfinite(ratio)]
    assert np.allclose(known, known[0], rtol=1e-4)


def test_stratified_training_rows_hold_every_class_in_its_share():
    found = table(Wine())
    chosen = training_rows(found, Data(Wine(), train_share=0.5))
    assert found.y is not None
    assert np.allclose(np.bincount(found.y[chosen]), np.bincount(found.y) / 2, atol=1)


def test_rows_that_do_not_fit_the_network_say_what_to_do():
    with pytest.raises(DesignError) as error:
        batch(network(3), Data(Iris()), 5, 0)
    assert error.value.sentence == (
        "Iris has 4 columns, but the network's input takes 3; give the input 4, or choose other data"
    )


def test_one_table_does_not_feed_two_inputs():
    two = Network("Net", (Input("a", TensorSpec((4,))), Input("b", TensorSpec((4,)))))
    with pytest.raises(DesignError, match="takes 2 inputs"):
        batch(two, Data(Iris()), 5, 0)


# --- CSV -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
def test_a_table_reads_the_same_whatever_its_separator_and_encoding(
    tmp_path: Path, separator: str, encoding: str
):
    lines = ["größe,breite,art", "1.5,2,rot", "-3,4e-1,blau", "0,7,rot"]
    text = "\n".join(lines).replace(",", separator)
    rows = csv_rows(tmp_path, text.encode(encoding))
    assert rows.x.tolist() == [[1.5, 2.0], [-3.0, np.float32(0.4)], [0.0, 7.0]]
    assert rows.feature_names == ("größe", "breite")
    assert rows.class_names == ("blau", "rot")
    assert rows.y is not None
    assert rows.y.tolist() == [1, 0, 1]


def test_decimal_commas_are_read_where_another_separator_stands(tmp_path: Path):
    assert csv_rows(tmp_path, "a;b\n1,5;2\n-0,25;3\n", has_target=False).x.tolist() == [
        [1.5, 2],
        [-0.25, 3],
    ]


def test_the_line_in_which_excel_names_the_separator_is_no_row(tmp_path: Path):
    assert csv_rows(tmp_path, "sep=;\r\na;b;y\r\n1,5;2;0\r\n").x.tolist() == [[1.5, 2]]
    with pytest.raises(DesignError, match="line 3, column `b`"):
        csv_rows(tmp_path, "sep=;\r\na;b;y\r\n1,5;red;0\r\n")


def test_quotes_and_blank_lines_are_no_cells(tmp_path: Path):
    rows = csv_rows(tmp_path, 'a,b,c\n\n"1","2","x, y"\n\n3,4,z\n')
    assert rows.class_names == ("x, y", "z")
    assert rows.x.tolist() == [[1, 2], [3, 4]]


def test_a_gzipped_table_is_read_as_it_is(tmp_path: Path):
    assert csv_rows(tmp_path, gzip.compress(b"a,b,c\n1,2,0\n3,4,1\n")).x.tolist() == [
        [1, 2],
        [3, 4],
    ]


def test_the_target_may_be_any_column_or_none(tmp_path: Path):
    text = "a,b,c\n1,2,3.5\n4,5,6.25\n"
    last = csv_rows(tmp_path, text)
    assert last.y is not None
    assert last.y.tolist() == [3.5, 6.25]
    first = csv_rows(tmp_path, text, target="a")
    assert first.feature_names == ("b", "c")
    assert csv_rows(tmp_path, text, has_target=False).x.shape == (2, 3)


def test_few_whole_numbers_are_classes_and_many_are_numbers(tmp_path: Path):
    few = csv_rows(tmp_path, "a,y\n" + "\n".join(f"{n},{10 * (n % 3)}" for n in range(60)))
    assert few.class_names == ("0", "10", "20")
    many = csv_rows(tmp_path, "a,y\n" + "\n".join(f"{n},{n}" for n in range(60)))
    assert many.class_names == ()


def test_a_first_row_of_numbers_is_data_and_said_to_be(tmp_path: Path):
    rows = csv_rows(tmp_path, "1.5,2,0\n3,4,1\n")
    assert len(rows.x) == 2
    assert "counts as data" in rows.where_from
    numbered = csv_rows(tmp_path, "0,1,2\n1.5,2,0\n3,4,1\n")
    assert numbered.feature_names == ("0", "1")


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        (
            "a,b,y\n1,2,0\n3,,1\n,NaN,1\n",
            {},
            "3 values are missing, the first in line 3, column `b`",
        ),
        ("a,b,y\n1,2,0\n3,?,1\n", {}, "1 value is missing, in line 3, column `b`"),
        ("a,b,y\n1,red,0\n", {}, "line 2, column `b`: 'red' is not a number"),
        ("a,b,y\n1,inf,0\n", {}, "column `b`: 'inf' is not finite"),
        (
            "a,b,y\n1,1e39,0\n",
            {},
            "line 2, column `b`: '1e39' is not finite, or too large for float32",
        ),
        ("a,b,y\n1,2,0\n1,2,inf\n", {}, "line 3, column `y`: 'inf' is not finite"),
        ("a,b,y\n1,2,0\n1,2,1e39\n", {}, "line 3, column `y`: '1e39' is not finite, or too large"),
        ("a,b,y\n1,1_000,0\n", {}, "line 2, column `b`: '1_000' is not a number"),
        ('a,b,y\n1,2,0\n1,2,"x\n3,4,z\n', {}, "from line 3 on: a quotation mark is never closed"),
        ("a,b,y\n1,2," + "x" * 200_000, {}, "from line 2 on: field larger than field limit"),
        ("a\x1b[31m,b,y\nred,2,0\n", {}, "column `a?[31m`: 'red' is not a number"),
        ("a,b,y\n1,2,0\n", {"target": "\x1b\n"}, "has no column `?`"),
        (",,,\n\n,,,\n", {}, "is empty"),
        ("a,b,y\n1,2,\n", {}, "line 2, column `y`: the value to predict is missing"),
        ("a,b,y\n1,2,0\n1,2\n", {}, "line 3: 2 columns where the first line has 3"),
        ("a,b,y\n1,2,0\n", {"target": "z"}, "has no column `z`; it has a, b, y"),
        ("y\n1\n2\n", {}, "has one column, which is the target"),
        ("a,b\n", {}, "has a row of names and no rows of numbers"),
        ("", {}, "is empty"),
        (b"\x89PNG\0\0\0", {}, "is no text"),
        (b"\xff\xfea", {}, "is not utf-16, as it says, from byte 2 on"),
        (gzip.compress(b"a,b\n1,2\n" * 100, mtime=0)[:-30], {}, "damaged gzip"),
    ],
)
def test_what_is_wrong_in_a_table_is_said_with_its_place(
    tmp_path: Path, text: str | bytes, fields, words: str
):
    sentence = refusal(tmp_path, text, **fields)
    assert words in sentence
    assert sentence.isprintable()


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(DesignError, match="there is no such file"):
        first_rows(network(2), plain(CsvFile(path="/nowhere/data.csv")), 5)
    with pytest.raises(DesignError, match="no CSV file is chosen yet"):
        first_rows(network(2), plain(CsvFile()), 5)


def test_a_changed_file_is_read_again(tmp_path: Path):
    assert csv_rows(tmp_path, "a,b,y\n1,2,0\n").x.tolist() == [[1, 2]]
    assert csv_rows(tmp_path, "a,b,y\n5,6,0\n7,8,1\n").x.tolist() == [[5, 6], [7, 8]]


def test_columns_take_the_shape_of_the_input(tmp_path: Path):
    (tmp_path / "data.csv").write_text("a,b,c,d\n1,2,3,4\n")
    data = plain(CsvFile(path=str(tmp_path / "data.csv"), has_target=False))
    assert batch(network(1, 2, 2), data, 5, 0).x.tolist() == [[[[1, 2], [3, 4]]]]


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_design_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
):
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(content)
    with suppress(DesignError):
        first_rows(network(2), plain(CsvFile(path=str(path))), 10)


# --- NPY -------------------------------------------------------------------------------------------


def npy(tmp_path: Path, name: str, array: np.ndarray) -> str:
    path = tmp_path / name
    np.save(path, array, allow_pickle=True)
    return str(path)


def test_arrays_are_rows_with_targets_from_a_second_file(tmp_path: Path):
    x = npy(tmp_path, "x.npy", np.arange(24, dtype=np.float64).reshape(4, 2, 3))
    y = npy(tmp_path, "y.npy", np.array([5, 7, 5, 9]))
    rows = first_rows(network(2, 3), plain(NpyFile(path=x, target_path=y)), 3)
    assert rows.x.tolist() == np.arange(18).reshape(3, 2, 3).tolist()
    assert rows.class_names == ("5", "7", "9")
    assert rows.y is not None
    assert rows.y.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([{"a": 1}], dtype=object), "Python objects, which could run code"),
        (np.array(["a", "b"]), "an array of numbers is needed"),
        (np.array(3.0), "the first dimension has to count rows"),
        (np.empty((0, 3)), "the first dimension has to count rows"),
    ],
)
def test_arrays_that_are_no_rows_of_numbers_are_refused(
    tmp_path: Path, array: np.ndarray, words: str
):
    with pytest.raises(DesignError, match=words):
        table(NpyFile(path=npy(tmp_path, "x.npy", array)))


def test_a_damaged_array_is_refused(tmp_path: Path):
    path = tmp_path / "x.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00garbage")
    with pytest.raises(DesignError, match="it is damaged, or shorter than it says"):
        table(NpyFile(path=str(path)))


def header(text: str, body: bytes = b"\0" * 64) -> bytes:
    """A file of numpy with a header of one's own."""
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + body


class Planted:
    """Something that runs when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('unpickled')",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is no NPY file"),
        (b"a,b\n1,2\n", "it is no NPY file"),
        (pickle.dumps(Planted()), "Python objects, which could run code"),
        (header("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n", pickle.dumps([Planted()])),
         "Python objects, which could run code"),
        (b"PK\x03\x04 and so on", "an archive"),
        (header("exec('raise SystemExit')\n"), "it is damaged"),
        (header("(" * 9000 + "\n"), "it is damaged"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (True, 2)}\n"), "it is damaged"),
        *((header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, 2)}}\n"),
           "it is damaged, or shorter than it says") for rows in (-1, 9, 10**9, 10**18, 10**30)),
    ],
)  # fmt: skip
def test_a_file_that_is_no_array_or_lies_about_itself_is_refused_and_nothing_in_it_is_run(
    tmp_path: Path, content: bytes, words: str
):
    path = tmp_path / "x.npy"
    path.write_bytes(content)
    with pytest.raises(DesignError, match=words):
        table(NpyFile(path=str(path)))


@given(st.binary(max_size=120), st.integers(0, 3))
def test_no_header_raises_anything_but_a_design_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, version: int
):
    path = tmp_path_factory.getbasetemp() / "fuzz.npy"
    path.write_bytes(b"\x93NUMPY" + bytes([version, 0, len(content), 0]) + content)
    with suppress(DesignError):
        table(NpyFile(path=str(path)))


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
def test_data_comes_from_files_alone(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for place, words in ((tmp_path / "pipe", "no file but a pipe"), ("/dev/zero", "no file but a pipe"),
                         (tmp_path, "it is a folder")):  # fmt: skip
        for dataset in (CsvFile(path=str(place)), NpyFile(path=str(place))):
            with pytest.raises(DesignError, match=words):
                table(dataset)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e300])
def test_what_float32_does_not_hold_is_refused_wherever_it_stands(tmp_path: Path, wrong: float):
    good = npy(tmp_path, "good.npy", np.ones((50, 2)))
    bad = np.ones((50, 2))
    bad[40, 1] = wrong
    y = npy(tmp_path, "y.npy", bad[:, 1])
    with pytest.raises(DesignError, match=r"y.npy, row 41: the value to predict is not a finite"):
        table(NpyFile(path=good, target_path=y))
    x = NpyFile(path=npy(tmp_path, "x.npy", bad))
    with pytest.raises(DesignError, match="row 41: a value is not a finite number"):
        first_rows(network(2), plain(x), 50)
    scaled = Data(x, scaling="standardised", train_share=1.0)
    with pytest.raises(DesignError, match="in a row that trains, a value is not a finite number"):
        first_rows(network(2), scaled, 5)


def test_a_few_rows_of_very_many_cost_little(tmp_path: Path):
    path = tmp_path / "many.npy"
    with path.open("wb") as file:
        file.write(
            header("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000, 2)}\n", b"")
        )
        file.truncate(2 * 10**9 + 1000)
    tracemalloc.start()
    try:
        rows = batch(network(2), plain(NpyFile(path=str(path))), 32, 1)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
    assert rows.x.shape == (32, 2)


def test_an_array_with_nan_says_in_which_row(tmp_path: Path):
    x = np.ones((5, 2))
    x[3, 1] = np.nan
    with pytest.raises(DesignError, match="row 4"):
        first_rows(network(2), plain(NpyFile(path=npy(tmp_path, "x.npy", x))), 5)


def test_targets_of_another_number_are_refused(tmp_path: Path):
    x, y = npy(tmp_path, "x.npy", np.ones((5, 2))), npy(tmp_path, "y.npy", np.ones(4))
    with pytest.raises(DesignError, match=r"5 rows and .* has 4 targets"):
        table(NpyFile(path=x, target_path=y))


# --- saving ----------------------------------------------------------------------------------------


@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
def test_saved_numbers_are_read_back_as_they_were(numbers: list[float]):
    import io

    values = np.array(numbers, dtype=np.float32).reshape(1, -1)
    text = csv_bytes(values, [f"c{n}" for n in range(values.shape[1])]).decode().splitlines()
    read = np.array([float(cell) for cell in text[1].split(",")], dtype=np.float32)
    assert np.array_equal(read, values[0], equal_nan=True)
    assert np.array_equal(
        np.load(io.BytesIO(npy_bytes(values)), allow_pickle=False), values, equal_nan=True
    )


def test_scaling_is_named_where_rows_come_from():
    data = Data(Iris())
    assert "standardised" in first_rows(network(4), data, 5).where_from
    assert "standardised" not in first_rows(network(4), replace(data, scaling="none"), 5).where_from
