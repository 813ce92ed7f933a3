"""Files of one's own that rows are read from. What they hold is known when they have been read, not before."""

from __future__ import annotations

from engine.catalogue.datasets import Dataset
from engine.design.knob import flag, one_of, text, whole

SEPARATORS = ("find out", "comma", "semicolon", "tab", "bar", "space")
ENCODINGS = (
    "find out", "utf-8", "utf-16", "cp1252", "gb18030", "big5", "shift_jis", "euc_kr", "cp1251",
)  # fmt: skip
GAPS = ("refuse", "mean", "drop")
WORDS = ("refuse", "one-hot")


class FileSet(Dataset):
    """Rows in a file."""

    path: str = text("", "Where it lies.")

    def brief(self) -> str:
        return self.path.replace("\\", "/").rstrip("/").rpartition("/")[2]


class TabularFile(FileSet):
    """A table with named columns, of which one may be the target."""

    target: str = text("", "Name of the column to predict; empty for the last.")
    has_target: bool = flag(True, "Off: all columns are features, for a forward pass alone.")
    columns: str = text(
        "", "Names of the columns to learn from, with commas between; empty for all."
    )
    gaps: str = one_of(
        "refuse", "What is done about missing values: say so, fill in the mean of the rows that "
        "train, or leave those rows out.", GAPS,
    )  # fmt: skip
    words: str = one_of(
        "refuse", "What is done about words in a column to learn from: say so, or make a column of "
        "0 and 1 for each word.", WORDS,
    )  # fmt: skip

    def idle(self) -> frozenset[str]:
        return frozenset() if self.has_target else frozenset({"target"})

    def predicts(self) -> bool:
        return self.has_target and bool(self.path)


class CsvFile(TabularFile):
    """A table of one's own: one row a sample, columns separated by commas, semicolons or tabs.

    All columns but the target are features and have to be numbers, or words of which each becomes
    a column. A target of words, or of few whole numbers, is taken for classes.
    """

    header: bool = flag(True, "The first row holds the names of the columns.")
    separator: str = one_of("find out", "What stands between two columns.", SEPARATORS)
    encoding: str = one_of("find out", "How letters are written as bytes.", ENCODINGS)

    aliases = ("table", "csv", "tsv", "text")

    @classmethod
    def title(cls) -> str:
        return "CSV or TSV file"


class ParquetFile(TabularFile):
    """A table as Parquet, the column format of data frames. Needs the library polars.

    Only the columns that are asked for are read. Booleans become 0 and 1, and a target of words is
    taken for classes.
    """

    aliases = ("polars", "pandas", "arrow", "data frame")

    @classmethod
    def title(cls) -> str:
        return "Parquet file"


class NpyFile(FileSet):
    """An array of one's own, as numpy.save writes it: the first dimension counts the samples.

    The targets lie in a second file with as many entries. The array is mapped, not loaded, so it
    may be larger than the memory. A file of Python objects could run code and is refused.
    """

    target_path: str = text("", "Where the array of targets lies; empty for none.")

    aliases = ("numpy", "array")

    @classmethod
    def title(cls) -> str:
        return "NPY file"

    def predicts(self) -> bool:
        return bool(self.target_path)


class NpzFile(FileSet):
    """Several arrays in one archive, as numpy.savez writes it: one of features and one of targets.

    By default the array called x (or X, data, features, images) is learnt from, and y (or target,
    labels) predicted. Archives of numpy.savez are mapped, compressed ones are unpacked into memory.
    """

    x: str = text("", "Name of the array to learn from; empty for the usual ones.")
    y: str = text("", "Name of the array to predict; empty for the usual ones.")

    aliases = ("numpy", "archive", "savez")

    @classmethod
    def title(cls) -> str:
        return "NPZ archive"

    def predicts(self) -> bool:
        return bool(self.path)


class IdxFile(FileSet):
    """Pictures and labels as MNIST and its kin keep them: two IDX files, which may be gzipped.

    Choose train-images-idx3-ubyte. Its labels are found beside it unless another file is named, and
    files that are not packed are mapped, not loaded.
    """

    target_path: str = text("", "Where the labels lie; empty to look beside the pictures.")

    aliases = ("mnist", "fashion", "ubyte")

    @classmethod
    def title(cls) -> str:
        return "IDX files"

    def predicts(self) -> bool:
        return bool(self.path)


class ImageFolder(FileSet):
    """Pictures in folders that bear the names of their classes: cats/1.png, dogs/2.jpg.

    All are brought to one size: scaled so that they fill it, and cut around the middle. Those that
    fit into memory are decoded once, others each time they are needed.
    """

    size: int = whole(
        32, "Height and width that pictures are brought to.", at_least=1, at_most=1024
    )
    colours: bool = flag(True, "Red, green and blue; off, one channel of grey.")

    aliases = ("pictures", "png", "jpeg", "photos")

    @classmethod
    def title(cls) -> str:
        return "Folder of images"

    def predicts(self) -> bool:
        return bool(self.path)


class TextFile(FileSet):
    """A text of one's own, for a model that says the next character at every place.

    It is cut into pieces of equal length. The characters that occur, in their order in Unicode,
    are the classes, and the numbers that flow in.
    """

    length: int = whole(64, "Characters of one piece.", at_least=1, at_most=65_536)
    encoding: str = one_of("find out", "How letters are written as bytes.", ENCODINGS)

    aliases = ("characters", "language model", "txt")
    task = "classification"

    @classmethod
    def title(cls) -> str:
        return "Text file"

    def predicts(self) -> bool:
        return bool(self.path)


FILES: tuple[type[Dataset], ...] = (
    CsvFile, ParquetFile, NpyFile, NpzFile, IdxFile, ImageFolder, TextFile,
)  # fmt: skip
