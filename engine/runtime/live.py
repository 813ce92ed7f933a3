"""The network that was last asked for, kept alive so that the next question about it costs no building."""

from __future__ import annotations

from engine.design.tree import Network
from engine.runtime.build import Built, build
from engine.views.facts import Analysis


class Live:
    """At most one built network, in evaluation mode.

    Its weights are always those of `build(network, seed)`, never left over from an earlier design: what the window
    shows is then what the exported class has under that seed, whatever was edited before, and in a new worker too.
    """

    def __init__(self) -> None:
        self._asked: tuple[Network, int] | None = None
        self._model: Built | None = None

    def model(self, network: Network, seed: int, analysis: Analysis | None = None) -> Built:
        """The network with its weights; built anew only when network or seed changed. Raises DesignError as `build`."""
        if self._model is None or not self.holds(network, seed):
            self.forget()
            self._model = build(network, seed, analysis).eval()
            self._asked = (network, seed)
        return self._model

    def holds(self, network: Network, seed: int) -> bool:
        """Whether this very network is alive."""
        return self._asked == (network, seed)

    def forget(self) -> None:
        """Give the memory back."""
        self._asked, self._model = None, None
