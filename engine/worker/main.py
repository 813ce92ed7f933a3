"""The worker process: `python -m engine.worker.main`, started by a window over its own streams.

Frames come through standard input and go through standard output; errors go to standard error.
The process ends when its standard input does, so it never outlives its window.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from engine.threads import limit_threads
from engine.worker.protocol import Failure, Ready
from engine.worker.serve import Inbox, Outbox, Service, beat, failure_sentence, listen, serve

GRACE_S = 1.5
"""How long a running answer has to come to its end after the window has gone."""


def run(prepared: Callable[[], Service]) -> NoReturn:
    """Serve the window behind the standard streams with what `prepared` loads; then end."""
    faulthandler.enable()
    # Ctrl+C in the terminal is meant for the window, which closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = _private_streams()
    outbox = Outbox(sink)
    inbox = Inbox(outbox.send)
    inbox.activity = "loading PyTorch"
    for work in (partial(_listen, source, inbox, outbox), partial(beat, inbox, outbox.send)):
        threading.Thread(target=work, daemon=True).start()
    try:
        service = prepared()
    except Exception as error:  # noqa: BLE001 - the window shows why, whatever it was
        traceback.print_exc()
        outbox.send(Failure(0, failure_sentence(error, inbox.activity)))
        _end(1)
    serve(service, inbox, outbox.send)
    _end(0)


def torch_service() -> Service:
    """Torch and the functions that use it: 1.5 s to load. Its warm-up takes another 1.5 s."""
    limit_threads()
    import torch

    from engine.worker.answers import torch_answers
    from engine.worker.training import TrainingRun

    run = TrainingRun()
    ready = Ready(torch.__version__, str(torch.get_default_device()), torch.get_num_threads())
    warm_up = (_load_sympy, _load_dynamo, _train_one_step)
    return Service(ready, torch_answers() | run.answers(), warm_up, run)


def _load_sympy() -> None:
    """A third of what loading torch._dynamo takes, as a step of its own."""
    importlib.import_module("sympy")


def _load_dynamo() -> None:
    """What the first torch.optim optimizer loads."""
    importlib.import_module("torch._dynamo")


def _train_one_step() -> None:
    import torch

    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.zeros(1, 2)).sum().backward()
    optimizer.step()


def _private_streams() -> tuple[int, int]:
    """The pipe from and to the window, where no stray print or child process can reach it."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, sink


def _listen(source: int, inbox: Inbox, outbox: Outbox) -> None:
    listen(source, inbox, outbox.send)
    time.sleep(GRACE_S)
    _end(1)


def _end(status: int) -> NoReturn:
    """Leave without the seconds that torch may take to tidy up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    run(torch_service)
