"""Layerloom: compose a PyTorch network as a stack of layers.

    python main.py [FILE.loom]            the window
    python main.py new                    lists the templates
    python main.py new TEMPLATE -o FILE   starts a project from one
    python main.py check FILE             faults and advice
    python main.py summary FILE           layers, shapes and parameters as a table
    python main.py export FILE --as module -o OUT
    python main.py train FILE [--epochs N] [--seed N] [--out DIR] [--resume]

Exit status: 0 done, 1 the design has faults, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from engine.command_line import COMMANDS, DONE, run, said


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _speak_plainly()
    try:
        status = run(given) if given and _is_command(given[0]) else window(given)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        status = DONE
    except KeyboardInterrupt:
        status = said("stopped")
    except OSError as error:
        status = said(f"{error.filename or 'the output'}: {error.strerror or error}")
    except Exception as error:
        # The edge of the process: a person gets a line, not a traceback.
        if os.environ.get("LAYERLOOM_DEBUG"):
            raise
        status = said(
            f"a mistake in Layerloom itself, {type(error).__name__}: {error}; please report it "
            "(with LAYERLOOM_DEBUG=1 it says where)"
        )
    else:
        return status
    _forget_output()
    return status


def _is_command(word: str) -> bool:
    return word in COMMANDS or word.startswith("-")


def _speak_plainly() -> None:
    """Results in UTF-8 where a program reads them; on a terminal what it cannot show is written as a number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
            if not stream.isatty():
                stream.reconfigure(encoding="utf-8")


def _forget_output() -> None:
    """Drop what could not be written, which would be tried again, and fail again, at the end of the process."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def window(given: Sequence[str]) -> int:
    """Open the window, or say in a line why there can be none."""
    path = given[0] if given else None
    if len(given) > 1:
        return said(f"one file at a time: {given[1]!r} is too much; see --help")
    if path is not None and not path.endswith(".loom") and not Path(path).exists():
        commands = ", ".join(COMMANDS)
        return said(f"{path!r} is neither a file nor a command; there are {commands}; see --help")

    # Nothing that a start makes is garbage, and looking for some would be a seventh of it;
    # gui.launch begins to collect behind the first paint.
    gc.disable()
    from gui.preflight import problem
    from gui.quick_import import quickly

    with quickly():
        why = problem()
    if why:
        return said(why)
    from gui import launch

    return launch.run(path)


if __name__ == "__main__":
    sys.exit(main())
