"""The one error that the engine raises at a person's input."""


class DesignError(Exception):
    """What is wrong, where, and what to do, in one sentence that can be shown as it is.

    `place` says where in a file or design (`network.layers[3].out_features`), "" where that is plain.
    """

    def __init__(self, sentence: str, place: str = "") -> None:
        super().__init__(sentence, place)
        self.sentence = sentence
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence

    def within(self, place: str) -> "DesignError":
        """The same error, seen from further out: `within("network")` of `layers[3]` is `network.layers[3]`."""
        joint = "" if not self.place or self.place.startswith("[") else "."
        return DesignError(self.sentence, f"{place}{joint}{self.place}")
