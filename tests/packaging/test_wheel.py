"""The built wheel, installed like anybody's, works away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
Layerloom = Callable[..., str]

SOURCE_FOLDERS = ("engine", "gui", "resources")

# The environment is made once, also when the tests are spread over several processes.
pytestmark = pytest.mark.xdist_group("wheel")


def succeed(*command: str | Path, folder: Path) -> str:
    """What the command prints; the test fails with its whole output when it does."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with the hatchling of the test environment, so that no network is needed."""
    out = tmp_path_factory.mktemp("wheel")
    succeed(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, CHECKOUT,
        folder=out,
    )  # fmt: skip
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of a new environment in which the wheel alone is installed."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    scripts = place / ("Scripts" if os.name == "nt" else "bin")
    succeed(
        sys.executable, "-m", "pip", "--python", scripts / "python",
        "install", "--quiet", "--no-deps", "--no-index", wheel,
        folder=place,
    )  # fmt: skip
    # torch and Qt are gigabytes. The new environment sees those of the running one, after its own
    # packages and without its .pth files, so an editable Layerloom there stays out of sight.
    purelib = succeed(
        scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))",
        folder=place,
    ).strip()  # fmt: skip
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(purelib) / "dependencies.pth").write_text("\n".join(sorted(borrowed)))
    return scripts


@pytest.fixture
def layerloom(scripts: Path, tmp_path: Path) -> Layerloom:
    """Run the installed command from an empty folder, and get what it prints."""
    return lambda *arguments: succeed(scripts / "layerloom", *arguments, folder=tmp_path)


def test_the_wheel_holds_every_file_of_the_checkout_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    on_disk = {
        file.relative_to(CHECKOUT).as_posix()
        for folder in SOURCE_FOLDERS
        for file in (CHECKOUT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert packed == on_disk | {"main.py"}


def test_licence_and_notice_travel_with_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name for name in archive.namelist() if "/licenses/" in name}
    assert names == {"LICENSE", "NOTICE"}


def test_resources_are_found_in_the_installed_package(scripts: Path, tmp_path: Path) -> None:
    ask = "import resources; print(resources.path('data', 'iris.csv'))"
    found = Path(succeed(scripts / "python", "-c", ask, folder=tmp_path).strip())
    assert found.is_relative_to(scripts.parent)
    assert found.read_bytes() == (CHECKOUT / "resources/data/iris.csv").read_bytes()


def test_the_command_lists_its_templates_from_an_empty_folder(layerloom: Layerloom) -> None:
    templates = dict(line.split("\t") for line in layerloom("new").splitlines())
    assert {"empty", "tutorial", "moons", "iris", "digits"} <= set(templates)
    assert all(templates.values())


def test_a_template_is_written_checked_summarised_and_exported(
    layerloom: Layerloom, tmp_path: Path
) -> None:
    layerloom("new", "tutorial", "-o", "net.loom")
    layerloom("check", "net.loom")
    totals = json.loads(layerloom("summary", "net.loom", "--format", "json"))["totals"]
    assert totals["parameters"] == 26
    layerloom("export", "net.loom", "--as", "module", "-o", "net.py")
    assert "nn.Module" in (tmp_path / "net.py").read_text(encoding="utf-8")
