"""Files of one's own become the rows that their formats say, and damage becomes a sentence."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from engine.catalogue.datasets import Dataset
from engine.catalogue.files import (
    CsvFile,
    IdxFile,
    ImageFolder,
    NpzFile,
    ParquetFile,
    TextFile,
)
from engine.catalogue.sequence_sets import AddingTask, CopyTask, SampleText
from engine.design.error import DesignError
from engine.design.kind import TensorSpec
from engine.design.project import Data
from engine.design.tree import Input, Network
from engine.runtime.data import first_rows, training_rows
from engine.runtime.table import table
from engine.runtime.tabular import Table

IN_PLACE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def network(*shape: int) -> Network:
    return Network("Net", (Input("x", TensorSpec(shape)),))


def written(path: Path, content: bytes | str) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def refusal(chosen: Dataset) -> str:
    with pytest.raises(DesignError) as error:
        np.array(table(chosen).x[:])
    assert error.value.sentence.isprintable()
    return error.value.sentence


def targets(found: Table) -> list[Any]:
    assert found.y is not None
    return found.y.tolist()


# --- tables --------------------------------------------------------------------------------------


def test_missing_values_become_the_mean_of_the_rows_that_train(tmp_path: Path):
    generator = np.random.default_rng(0)
    x = generator.normal(3, 5, (80, 3))
    x[generator.random(x.shape) < 0.2] = np.nan
    lines = [
        ",".join("" if np.isnan(v) else f"{v:.9g}" for v in row) + f",{n % 2}"
        for n, row in enumerate(x)
    ]
    chosen = CsvFile(path=written(tmp_path / "a.csv", "a,b,c,y\n" + "\n".join(lines)), gaps="mean")
    data = Data(chosen)
    rows = first_rows(network(3), data, 80).x
    train = training_rows(table(chosen), data)
    imputer: Any = SimpleImputer().fit(x[train])
    # Gaps count for nothing in the spread either.
    scaler: Any = StandardScaler().fit(x[train])
    assert np.allclose(rows, scaler.transform(imputer.transform(x)), atol=1e-4)
    plain = first_rows(network(3), Data(chosen, scaling="none"), 80)
    assert np.allclose(plain.x, imputer.transform(x), atol=1e-4)
    assert "missing values filled" in plain.where_from


def test_rows_with_missing_values_are_left_out_when_that_is_asked_for(tmp_path: Path):
    path = written(tmp_path / "a.csv", "a,b,y\n1,2,0\n3,,1\n5,6,\n7,8,1\n")
    found = table(CsvFile(path=path, gaps="drop"))
    assert found.x.tolist() == [[1, 2], [7, 8]]
    assert targets(found) == [0, 1]
    assert found.remark == "2 rows with missing values left out"
    assert "line 3, column `b`" in refusal(CsvFile(path=path))
    assert "column `y`: the value to predict is missing" in refusal(CsvFile(path=path, gaps="mean"))


def test_a_column_without_any_value_is_named(tmp_path: Path):
    path = written(tmp_path / "a.csv", "a,b,y\n1,,0\n3,,1\n")
    assert "column `b`: not one value is there" in refusal(CsvFile(path=path, gaps="mean"))
    assert "every row has a missing value" in refusal(CsvFile(path=path, gaps="drop"))


def test_words_become_a_column_each_as_scikit_learn_has_them(tmp_path: Path):
    words = ["red", "blue", "green", "blue", "red"]
    path = written(
        tmp_path / "a.csv", "c,n,y\n" + "\n".join(f"{w},{n},{n}.5" for n, w in enumerate(words))
    )
    found = table(CsvFile(path=path, words="one-hot"))
    encoder: Any = OneHotEncoder(sparse_output=False)
    wanted = encoder.fit_transform(np.array(words)[:, None])
    assert np.array_equal(found.x[:, :3], wanted)
    assert found.feature_names == ("c = blue", "c = green", "c = red", "n")
    assert "line 2, column `c`: 'red' is not a number" in refusal(CsvFile(path=path))


def test_columns_are_chosen_by_name(tmp_path: Path):
    path = written(tmp_path / "a.csv", 'a,b,"c, d",y\n1,2,3,0\n4,5,6,1\n')
    assert table(CsvFile(path=path, columns="b, a")).x.tolist() == [[2, 1], [5, 4]]
    assert table(CsvFile(path=path, columns="c, d")).x.tolist() == [[3], [6]]
    assert "the only column to learn from is the target" in refusal(CsvFile(path=path, columns="y"))
    assert "has no column `z`; it has a, b, c, d, y" in refusal(CsvFile(path=path, columns="a,z"))


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16-le", "utf-16-be", "cp1252"])
def test_an_encoding_without_a_mark_is_found_out_and_said(tmp_path: Path, encoding: str):
    letters = "长度,宽度,种类" if encoding.startswith("gb") else "Länge,größe,año"
    text = (
        letters + "\n1,2,é\n3,4,b\n"
        if not encoding.startswith("gb")
        else letters + "\n1,2,红色\n3,4,蓝色\n"
    )
    found = table(CsvFile(path=written(tmp_path / "a.csv", text.encode(encoding))))
    assert (*found.feature_names,) == tuple(letters.split(",")[:2])
    assert found.remark.startswith("read as ")


def test_a_chosen_encoding_and_separator_are_used_and_checked(tmp_path: Path):
    path = written(tmp_path / "a.txt", "名前 値\n1 2\n3 4\n".encode("shift_jis"))
    found = table(CsvFile(path=path, separator="space", encoding="shift_jis"))
    assert found.feature_names == ("名前",)
    assert "is not utf-8, as the choice says" in refusal(CsvFile(path=path, encoding="utf-8"))


def test_a_wrong_separator_is_suspected(tmp_path: Path):
    path = written(tmp_path / "a.csv", "a;b\n1,5;2\n3;4\n")
    assert "Is the separator right?" in refusal(CsvFile(path=path, separator="comma"))


def test_parquet_holds_the_same_as_the_table_in_text(tmp_path: Path):
    frame = polars.DataFrame({
        "a": [1.5, 2.0, 3.0], "n": [1, 2, 3], "flag": [True, False, True], "y": ["x", "y", "x"],
    })  # fmt: skip
    frame.write_parquet(tmp_path / "a.parquet")
    found = table(ParquetFile(path=str(tmp_path / "a.parquet")))
    assert found.x.tolist() == [[1.5, 1, 1], [2, 2, 0], [3, 3, 1]]
    assert (found.class_names, targets(found)) == (("x", "y"), [0, 1, 0])
    chosen = ParquetFile(path=str(tmp_path / "a.parquet"), target="a", columns="n")
    assert table(chosen).x.tolist() == [[1], [2], [3]]


def test_what_parquet_cannot_give_is_named(tmp_path: Path):
    polars.DataFrame({"a": [[1], [2]], "y": [0, 1]}).write_parquet(tmp_path / "a.parquet")
    assert "column `a` holds List" in refusal(ParquetFile(path=str(tmp_path / "a.parquet")))
    polars.DataFrame({"a": [1.0, None], "y": [0, 1]}).write_parquet(tmp_path / "b.parquet")
    assert "1 value is missing, in row 2" in refusal(ParquetFile(path=str(tmp_path / "b.parquet")))
    whole = (tmp_path / "b.parquet").read_bytes()
    assert "is no whole Parquet file" in refusal(
        ParquetFile(path=written(tmp_path / "c.parquet", whole[:-9]))
    )


# --- arrays --------------------------------------------------------------------------------------


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_archive_gives_its_arrays_by_their_usual_names(tmp_path: Path, save: Any):
    x, y = np.arange(12.0).reshape(4, 3), np.array([3, 5, 3, 5])
    path = tmp_path / "a.npz"
    save(path, y=y, x=x)
    found = table(NpzFile(path=str(path)))
    assert np.array_equal(found.x, x)
    assert (found.class_names, targets(found)) == (("3", "5"), [0, 1, 0, 1])
    save(path, first=x, second=y)
    assert "no array with a usual name; it has first, second" in refusal(NpzFile(path=str(path)))
    assert targets(table(NpzFile(path=str(path), x="first", y="second"))) == [0, 1, 0, 1]
    assert isinstance(table(NpzFile(path=str(path), x="first")).x, np.ndarray)


def test_an_archive_that_is_not_packed_is_mapped(tmp_path: Path):
    np.savez(tmp_path / "a.npz", x=np.zeros((5, 2)))
    assert isinstance(table(NpzFile(path=str(tmp_path / "a.npz"))).x, np.memmap)


def test_an_archive_never_runs_what_it_holds(tmp_path: Path):
    np.savez(tmp_path / "a.npz", x=np.array([{}, []], dtype=object))
    assert "Python objects" in refusal(NpzFile(path=str(tmp_path / "a.npz")))
    assert "no archive" in refusal(NpzFile(path=written(tmp_path / "b.npz", pickle.dumps([1]))))


def idx(array: np.ndarray[Any, Any]) -> bytes:
    head = struct.pack(">4B", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


@pytest.mark.parametrize("packed", [False, True])
def test_pictures_of_idx_files_find_their_labels(tmp_path: Path, packed: bool):
    pictures = np.random.default_rng(0).integers(0, 256, (6, 4, 5))
    wrap, end = (gzip.compress, ".gz") if packed else (bytes, "")
    path = written(tmp_path / f"train-images-idx3-ubyte{end}", wrap(idx(pictures)))
    assert "there are no labels beside" in refusal(IdxFile(path=path))
    written(tmp_path / f"train-labels-idx1-ubyte{end}", wrap(idx(np.array([1, 0, 1, 2, 2, 0]))))
    found = table(IdxFile(path=path))
    assert np.array_equal(found.x[:, 0], pictures)
    assert targets(found) == [1, 0, 1, 2, 2, 0]


@IN_PLACE
@given(st.data())
def test_damaged_archives_and_idx_files_are_refused_or_read(tmp_path: Path, data: st.DataObject):
    stream = io.BytesIO()
    np.savez(stream, x=np.arange(8.0).reshape(4, 2), y=np.arange(4))
    whole = data.draw(st.sampled_from([stream.getvalue(), idx(np.arange(6).reshape(6, 1))]))
    cut = data.draw(st.integers(0, len(whole)))
    place, byte = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    damaged = bytearray(whole)
    damaged[place] = byte
    path = written(tmp_path / "a", bytes(damaged[:cut]))
    for chosen in (NpzFile(path=path), IdxFile(path=path, target_path=path)):
        with suppress(DesignError):
            np.array(table(chosen).x[:2])


# --- pictures ------------------------------------------------------------------------------------


def picture(path: Path, pixels: np.ndarray[Any, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(np.uint8)).save(path)


def test_a_folder_of_images_gives_pixels_and_classes(tmp_path: Path):
    generator = np.random.default_rng(0)
    red, grey = generator.integers(0, 256, (8, 8, 3)), generator.integers(0, 256, (8, 8))
    picture(tmp_path / "pets" / "cats" / "1.png", red)
    picture(tmp_path / "pets" / "dogs" / "2.PNG", grey)
    (tmp_path / "pets" / "dogs" / "notes.txt").write_text("no picture")
    (tmp_path / "pets" / "empty").mkdir()
    found = table(ImageFolder(path=str(tmp_path / "pets"), size=8))
    assert found.class_names == ("cats", "dogs")
    assert targets(found) == [0, 1]
    assert np.array_equal(found.x[np.array([0])][0], red.transpose(2, 0, 1))
    plain = table(ImageFolder(path=str(tmp_path / "pets"), size=8, colours=False))
    assert np.array_equal(plain.x[1:2][0, 0], grey)
    rows = first_rows(network(3, 8, 8), Data(ImageFolder(path=str(tmp_path / "pets"), size=8)), 5)
    assert rows.x.shape == (2, 3, 8, 8)


def test_pictures_of_any_size_fill_the_one_that_is_asked_for(tmp_path: Path):
    picture(tmp_path / "a" / "wide.png", np.full((10, 30, 3), 200))
    assert table(ImageFolder(path=str(tmp_path), size=16)).x[:].shape == (1, 3, 16, 16)


def test_a_half_written_and_a_vanished_picture_are_named(tmp_path: Path):
    for name in ("1.png", "2.png"):
        picture(tmp_path / "a" / name, np.random.default_rng(0).integers(0, 256, (40, 40, 3)))
    half = (tmp_path / "a" / "2.png").read_bytes()
    written(tmp_path / "a" / "2.png", half[: len(half) // 2])
    chosen = ImageFolder(path=str(tmp_path), size=8)
    assert "a/2.png cannot be read: it is no whole picture" in refusal(chosen)
    found = table(chosen)
    (tmp_path / "a" / "2.png").unlink()
    with pytest.raises(DesignError, match=r"a/2\.png is not there any more"):
        np.array(found.x[:])


def test_pictures_that_lie_loose_are_not_taken_for_classes(tmp_path: Path):
    picture(tmp_path / "1.png", np.zeros((4, 4, 3)))
    assert "but not in folders by class" in refusal(ImageFolder(path=str(tmp_path)))
    assert "there is no such" in refusal(ImageFolder(path=str(tmp_path / "nowhere")))


# --- text and sequences --------------------------------------------------------------------------


@IN_PLACE
@given(
    st.text(st.characters(exclude_categories=("Cs",)), min_size=9, max_size=60), st.integers(1, 4)
)
def test_a_text_predicts_the_character_that_comes_next(tmp_path: Path, text: str, length: int):
    path = written(tmp_path / "a.txt", text)
    found = table(TextFile(path=path, length=length, encoding="utf-8"))
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    count = len(found.x) * length
    assert "".join(found.class_names[n] for n in found.x.ravel()) == plain[:count]
    assert "".join(found.class_names[n] for n in np.ravel(targets(found))) == plain[1 : count + 1]


def test_a_text_that_is_too_short_says_so(tmp_path: Path):
    path = written(tmp_path / "a.txt", "short")
    assert "has 5 characters, which are not two pieces of 64" in refusal(TextFile(path=path))


def test_the_shipped_text_is_what_its_entry_declares():
    found, chosen = table(SampleText(length=100)), SampleText(length=100)
    assert len(found.x) == chosen.rows()
    assert found.facts() == chosen.facts()


@given(st.integers(2, 9), st.integers(1, 6), st.integers(0, 9))
def test_the_copy_task_asks_for_the_symbols_again(symbols: int, length: int, gap: int):
    chosen = CopyTask(symbols=symbols, length=length, gap=gap, samples=20)
    found = table(chosen)
    assert found.facts() == chosen.facts()
    y = np.array(targets(found))
    assert np.array_equal(found.x[:, :length], y[:, -length:])
    assert (found.x < found.vocabulary).all()
    assert (found.x == symbols + 1).sum() == 20
    assert not y[:, :-length].any()


def test_the_adding_task_asks_for_the_sum_of_the_marked_numbers():
    found = table(AddingTask(steps=7, samples=30))
    assert found.facts() == AddingTask(steps=7).facts()
    assert np.allclose((found.x[..., 0] * found.x[..., 1]).sum(1), targets(found))
    assert (found.x[..., 1].sum(1) == 2).all()
