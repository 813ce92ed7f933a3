"""A worker without torch, for tests: the real process and loop, with answers that misbehave.

`Vector` gives its values back. `Curve` takes `stop` seconds in steps of 10 ms. `Draw` does what its
`tensor` says. An argument says what goes wrong before the worker is ready.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from engine.design.error import DesignError
from engine.worker.main import run
from engine.worker.protocol import Array, Curve, Draw, Ready, Result, Vector
from engine.worker.serve import Answer, Answers, Job, Service


def echo(request: Vector, job: Job) -> Result:
    return Result(request.request, {}, {"result": request.values})


def slow(request: Curve, job: Job) -> Result:
    steps = int(request.stop * 100)
    for step in range(steps):
        job.report(step, steps, "still at it")
        time.sleep(0.01)
    return Result(request.request, {"points": request.points})


def misbehaving(request: Draw, job: Job) -> Result:
    match request.tensor:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die once":
            marker = Path(request.project["marker"])
            if not marker.exists():
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        case "freeze":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "print":
            print("a stray print")
            os.write(1, b"a stray write\n")
            child = "import sys; print('a child that reads', repr(sys.stdin.read()))"
            subprocess.run([sys.executable, "-c", child], check=True)
            print("a stray line on standard error", file=sys.stderr)
        case "fault":
            raise DesignError("0 is below 1", "layers[3].out_features")
        case "bug":
            raise ValueError("no such thing\nand more that nobody reads")
        case "exit":
            raise SystemExit(3)
        case "memory":
            raise RuntimeError(
                "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate "
                "memory: you tried to allocate 40000000000 bytes. Error code 12"
            )
        case "nonsense":
            return Result(request.request, {"x": object()})
        case "large":
            return Result(request.request, {}, {"x": Array("uint8", (2**23,), bytes(2**23))})
        case "deaf":
            time.sleep(60)
        case _:
            raise AssertionError(request.tensor)
    return Result(request.request, {"process": os.getpid()})


ANSWERS: Answers = {
    Vector: Answer("echoing", echo),
    Curve: Answer("drawing slowly", slow),
    Draw: Answer("misbehaving", misbehaving),
}


def small_service() -> Service:
    match sys.argv[1:]:
        case ["die"]:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["fail"]:
            raise ImportError("No module named 'torch'")
        case _:
            pass
    return Service(Ready("none", "cpu", 1), ANSWERS, (lambda: time.sleep(0.01),))


if __name__ == "__main__":
    run(small_service)
