"""What one living process holds nobody else gets, and its end, however it comes, lets go."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from engine.files.hold import Hold, hold

HOLDER = """
import sys
from pathlib import Path
from engine.files.hold import hold
held = hold(Path(sys.argv[1]))
print(held is not None, flush=True)
"""


def holder(path: Path, goes_on: str = "sys.stdin.read()") -> subprocess.Popen[str]:
    """A process that holds it, and then does something."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER + goes_on, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


def killed(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_one_process_holds_it_until_it_is_killed(tmp_path: Path):
    path = tmp_path / "it.lock"
    process = holder(path)
    assert hold(path) is None
    killed(process)
    held = hold(path)
    assert held is not None
    held.release()
    assert not path.exists()


def test_the_same_process_gets_it_once(tmp_path: Path):
    first = hold(tmp_path / "it.lock")
    assert first is not None
    assert hold(tmp_path / "it.lock") is None
    first.release()
    first.release()
    assert hold(tmp_path / "it.lock") is not None


def test_a_child_that_lives_on_holds_nothing(tmp_path: Path):
    reads_on = "import subprocess; subprocess.Popen([sys.executable, '-c', 'input()'])"
    parent = holder(tmp_path / "it.lock", reads_on)
    parent.wait()
    assert hold(tmp_path / "it.lock") is not None
    parent.communicate("\n")


def test_of_many_who_take_and_release_never_two_hold_it(tmp_path: Path):
    path, holding, most = tmp_path / "it.lock", [], []

    def take() -> None:
        for _ in range(300):
            held = hold(path)
            if held is not None:
                holding.append(held)
                most.append(len(holding))
                holding.remove(held)
                held.release()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1}
    assert isinstance(hold(path), Hold)
