"""One worker process and the two ways of the pipe to it, from its start to its end."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from engine.worker import protocol
from engine.worker.frames import FrameReader, encode
from engine.worker.protocol import Cancel, ProtocolError, Request

# -P: a file called torch.py in the folder where the window was started is not PyTorch.
COMMAND = (sys.executable, "-P", "-X", "utf8", "-m", "engine.worker.main")

CLOSING_MS = 2000
_ROOT = Path(protocol.__file__).resolve().parents[2]
_LINE_LIMIT = 10_000


class WorkerPipe(QObject):
    """Starts a process, sends it messages and says what comes back, without ever waiting for it."""

    received = Signal(object)
    """A message from the worker."""
    said = Signal(str)
    """A line that it wrote to its standard error."""
    ended = Signal()
    """The process is gone, or never came; said once."""

    def __init__(self, command: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._reader = FrameReader()
        self._last_line = bytearray()
        self._process = QProcess(self)
        self._process.setProgram(command[0])
        self._process.setArguments(list(command[1:]))
        self._process.setProcessEnvironment(_environment())
        # A folder that is always there, and none that a person may want to remove or unmount.
        self._process.setWorkingDirectory(str(_ROOT))
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_errors)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._fail)

    @property
    def process_id(self) -> int:
        return self._process.processId()

    def start(self) -> None:
        self._process.start()

    def send(self, message: Request | Cancel) -> None:
        """Raises ProtocolError when the message cannot be sent."""
        self._process.write(encode(message))

    def close(self) -> None:
        """Ask the process to end, and kill it where it has not within 2 s."""
        self._process.closeWriteChannel()
        QTimer.singleShot(CLOSING_MS, self, self._process.kill)

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> None:
        """Block until a closed process has ended; only for when no event loop runs any more."""
        if not self._process.waitForFinished(CLOSING_MS):
            self._process.kill()
            self._process.waitForFinished(CLOSING_MS)

    def _read(self) -> None:
        chunk = self._process.readAllStandardOutput().data()
        try:
            for message in self._reader.feed(chunk):
                self.received.emit(message)
        except ProtocolError as error:
            self.said.emit(f"Stopped, because its output could not be read: {error}")
            self._process.kill()

    def _read_errors(self) -> None:
        self._last_line += self._process.readAllStandardError().data()
        *lines, rest = self._last_line.split(b"\n")
        self._last_line = rest[-_LINE_LIMIT:]
        for line in lines:
            self.said.emit(line[:_LINE_LIMIT].decode(errors="replace").rstrip())

    def _finish(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_errors()
        how = "signal" if status is QProcess.ExitStatus.CrashExit else "exit status"
        self.said.emit(f"Ended with {how} {code}")
        self.ended.emit()

    def _fail(self, error: QProcess.ProcessError) -> None:
        """Every other error comes with the end of the process, which says it."""
        if error is QProcess.ProcessError.FailedToStart:
            self.said.emit(f"{self._process.program()}: {self._process.errorString()}")
            self.ended.emit()


def _environment() -> QProcessEnvironment:
    """The window's own, and where to find `engine` unless it is installed."""
    environment = QProcessEnvironment.systemEnvironment()
    if Path(sysconfig.get_path("purelib")) != _ROOT:
        paths = (str(_ROOT), environment.value("PYTHONPATH"))
        separator = ";" if sys.platform == "win32" else ":"
        environment.insert("PYTHONPATH", separator.join(filter(None, paths)))
    return environment
