"""Sequences to learn from: a text for character models, and two tasks that ask a network to remember."""

from __future__ import annotations

from typing import ClassVar

from engine.catalogue.datasets import Dataset, RowFacts
from engine.catalogue.toys import SEED
from engine.design.kind import TensorSpec
from engine.design.knob import whole

SEQUENCES = "How many sequences."


class SampleText(Dataset):
    """Alice's Adventures in Wonderland, for a model that says the next character at every place.

    The book (L. Carroll, 1865) is cut into pieces of equal length. Guessing by how often each of
    its 70 characters occurs costs 3.14 nats a character; a small recurrent network comes below 2
    in minutes.
    """

    length: int = whole(64, "Characters of one piece.", at_least=1, at_most=10_000)

    aliases = ("alice", "characters", "language model", "text")
    task = "classification"
    file: ClassVar[str] = "alice.txt.gz"
    letters: ClassVar[int] = 146_459
    """In the whole book."""
    characters: ClassVar[int] = 70
    """Different ones."""

    @classmethod
    def title(cls) -> str:
        return "Alice in Wonderland"

    def rows(self) -> int | None:
        return (self.letters - 1) // self.length

    def outputs(self) -> int | None:
        return self.characters

    def facts(self) -> RowFacts | None:
        given = TensorSpec((self.length,), "int64")
        return RowFacts(given, self.characters, (self.length,), self.characters)

    def brief(self) -> str:
        return f"{self.length} characters → {self.length} next ones"


class CopyTask(Dataset):
    """Remember a few symbols over a gap and repeat them: whole numbers in, a class at every place.

    From S. Hochreiter and J. Schmidhuber (1997). Symbols come first, then blanks, then a sign to
    begin. Plain recurrent networks forget as the gap grows, gated ones hold out, attention looks
    back.
    """

    symbols: int = whole(8, "Different symbols.", at_least=2, at_most=1000)
    length: int = whole(5, "Symbols to remember.", at_least=1, at_most=1000)
    gap: int = whole(10, "Blanks before the sign to begin.", at_least=0, at_most=10_000)
    samples: int = whole(2000, SEQUENCES, at_least=2, at_most=1_000_000)
    seed: int = whole(0, SEED, at_least=0)

    aliases = ("memory", "copying")
    task = "classification"

    @classmethod
    def title(cls) -> str:
        return "Copy task"

    @property
    def steps(self) -> int:
        """Places of a sequence: symbols, the gap, the sign to begin, room for the answer."""
        return 2 * self.length + self.gap + 1

    def rows(self) -> int | None:
        return self.samples

    def outputs(self) -> int | None:
        return self.symbols + 1

    def facts(self) -> RowFacts | None:
        given = TensorSpec((self.steps,), "int64")
        return RowFacts(given, self.symbols + 1, (self.steps,), self.symbols + 2)

    def brief(self) -> str:
        return f"{self.steps} places → {self.symbols + 1} classes at each"


class AddingTask(Dataset):
    """Add the two marked numbers of a long sequence: [steps, 2] in, one number to predict.

    From S. Hochreiter and J. Schmidhuber (1997). Saying 1 always is wrong by 1/6 in the mean of the
    squares; a network that has not learnt to remember stays there.
    """

    steps: int = whole(40, "Places of a sequence.", at_least=2, at_most=10_000)
    samples: int = whole(2000, SEQUENCES, at_least=2, at_most=1_000_000)
    seed: int = whole(0, SEED, at_least=0)

    aliases = ("memory", "addition", "sum")
    task = "regression"

    @classmethod
    def title(cls) -> str:
        return "Adding task"

    def rows(self) -> int | None:
        return self.samples

    def outputs(self) -> int | None:
        return 1

    def facts(self) -> RowFacts | None:
        return RowFacts(TensorSpec((self.steps, 2)))

    def brief(self) -> str:
        return f"{self.steps} × 2 numbers → 1 number"


SEQUENCE_SETS: tuple[type[Dataset], ...] = (CopyTask, AddingTask, SampleText)
