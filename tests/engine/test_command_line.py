"""The command line as a person or a script uses it: whole processes, their output, their exit status."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import engine
import resources
from engine.design.tree import Layer, Stack
from engine.views.table import FORMATS
from resources.samples import TEMPLATES, names

MAIN = Path(__file__).parent.parent.parent / "main.py"


class Done:
    """What a run left: its exit status, what it printed and the lines of its errors."""

    def __init__(self, run: subprocess.CompletedProcess[str]) -> None:
        self.status = run.returncode
        self.output = run.stdout
        self.errors = run.stderr.splitlines()
        assert "Traceback" not in run.stderr
        assert all(line.startswith("layerloom: ") for line in self.errors)


def run(*arguments: str, folder: Path | None = None, **environment: str) -> Done:
    return Done(
        subprocess.run(
            [sys.executable, str(MAIN), *arguments],
            cwd=folder,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    )


@pytest.fixture
def tutorial(tmp_path: Path) -> str:
    file = tmp_path / "tutorial.loom"
    file.write_bytes(resources.path("samples", "tutorial.loom").read_bytes())
    return str(file)


@pytest.fixture
def faulty(tmp_path: Path, tutorial: str) -> str:
    """The tutorial with two layers of one name."""
    project = engine.load(tutorial)
    first, second, *others = project.network.body.nodes
    assert isinstance(second, Layer)
    nodes = (first, replace(second, name="linear1"), *others)
    file = tmp_path / "faulty.loom"
    engine.save(replace(project, network=replace(project.network, body=Stack(nodes))), file)
    return str(file)


# --- new -------------------------------------------------------------------------------------------------------------


def test_new_lists_the_templates_a_name_a_tab_and_a_sentence_each():
    done = run("new")
    assert done.status == 0
    listed = [(name, template.sentence) for name, template in TEMPLATES.items()]
    assert [tuple(line.split("\t")) for line in done.output.splitlines()] == listed
    assert names("first steps") == ("empty", "tutorial", "moons", "iris", "digits")


@pytest.mark.parametrize("name", TEMPLATES)
def test_new_writes_a_template_that_loads(name: str, tmp_path: Path):
    assert run("new", name, "-o", "net.loom", folder=tmp_path).status == 0
    assert engine.load(tmp_path / "net.loom") == engine.load(
        resources.path("samples", f"{name}.loom")
    )


def test_new_overwrites_nothing_unless_it_is_told_to(tutorial: str):
    before = Path(tutorial).read_bytes()
    done = run("new", "iris", "-o", tutorial)
    assert done.status == 2
    assert "is there already" in done.errors[0]
    assert Path(tutorial).read_bytes() == before
    assert run("new", "iris", "-o", tutorial, "--force").status == 0
    assert engine.load(tutorial).network.name == "Iris"


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_says_that_a_sound_design_is_valid(tutorial: str):
    done = run("check", tutorial)
    assert (done.status, done.errors) == (0, [])
    assert "valid design: 3 layers, 26 parameters" in done.output


def test_check_names_faults_with_their_mends_and_its_status_says_so(faulty: str):
    done = run("check", faulty)
    assert done.status == 1
    assert done.output.splitlines()[0] == (
        "fault: linear1 needs another name: `linear1` is taken by another layer or input here. (Call it linear2)"
    )


# --- summary ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_summary_prints_and_writes_what_the_engine_says(form: str, tutorial: str, tmp_path: Path):
    expected = engine.summarize(engine.load(tutorial).network, batch_size=7).to(form)
    done = run("summary", tutorial, "--batch", "7", "--format", form)
    assert (done.status, done.output) == (0, expected)
    assert (
        run(
            "summary", tutorial, "--batch", "7", "--format", form, "-o", "out", folder=tmp_path
        ).output
        == ""
    )
    assert (tmp_path / "out").read_text(encoding="utf-8") == expected


def test_summary_without_options_is_the_familiar_table_of_one_row(tutorial: str):
    output = run("summary", tutorial).output
    assert output == engine.summarize(engine.load(tutorial).network).to_text()
    assert "[1, 3]" in output


def test_summary_as_json_holds_rows_and_totals(tutorial: str):
    document = json.loads(run("summary", tutorial, "--format", "json", "--batch", "5").output)
    assert [row["parameters"] for row in document["rows"]] == [12, 8, 6]
    assert document["rows"][0]["output_shape"] == [5, 3]
    assert document["totals"]["parameters"] == 26


@pytest.mark.parametrize("form", FORMATS)
def test_summary_of_a_design_with_faults_shows_its_sound_part_and_names_them(
    form: str, faulty: str
):
    done = run("summary", faulty, "--format", form)
    assert done.status == 1
    assert "linear1" in done.output
    assert "taken" in done.output + "".join(done.errors)


# --- export ----------------------------------------------------------------------------------------------------------


def test_export_writes_the_module_and_proves_it(tutorial: str, tmp_path: Path):
    done = run(
        "export",
        tutorial,
        "--as",
        "module",
        "-o",
        "net.py",
        "--prove",
        "--seed",
        "3",
        folder=tmp_path,
    )
    assert (done.status, done.errors) == (0, [])
    assert "largest difference 0" in done.output
    assert (tmp_path / "net.py").read_text() == engine.write_module(engine.load(tutorial).network)


@pytest.mark.parametrize("name", ["faulty", "empty"])
def test_export_refuses_a_design_with_faults_and_one_without_layers(
    name: str, faulty: str, tmp_path: Path
):
    file = faulty if name == "faulty" else str(resources.path("samples", "empty.loom"))
    done = run("export", file, "--as", "module", "-o", "net.py", folder=tmp_path)
    assert (done.status, done.output, len(done.errors)) == (1, "", 1)
    assert not (tmp_path / "net.py").exists()


@pytest.mark.parametrize("given", [["summary"], ["export", "--as", "module"]])
def test_nothing_is_written_over_the_project_that_it_is_made_from(given: list[str], tutorial: str):
    before = Path(tutorial).read_bytes()
    folder = Path(tutorial).parent
    (folder / "link.loom").symlink_to(tutorial)
    for name in ("tutorial.loom", "link.loom"):
        done = run(*given, tutorial, "-o", name, folder=folder)
        assert (done.status, done.output) == (2, "")
        assert done.errors == [
            f"layerloom: {name} is the project itself and was not overwritten; choose another name"
        ]
        assert Path(tutorial).read_bytes() == before


# --- disks -----------------------------------------------------------------------------------------------------------


MOUNTED = """
mount -t tmpfs -o size=64k layerloom "$1" || exit 99
cp "$2" "$1/net.loom"
head -c 1000000 /dev/zero > "$1/all-the-rest" 2> /dev/null
[ -z "$3" ] || mount -o remount,ro "$1" || exit 99
cd "$1"
shift 3
"$@"
status=$?
cat net.loom
exit $status
"""


@pytest.mark.skipif(
    shutil.which("unshare") is None, reason="only Linux lets anyone mount a disk of his own"
)
@pytest.mark.parametrize(("how", "why"), [("", "disk is full"), ("read-only", "read-only")])
@pytest.mark.parametrize(
    "given",
    [
        ["new", "digits", "-o", "net.loom", "--force"],
        ["new", "digits", "-o", "other.loom"],
        ["summary", "net.loom", "-o", "other.txt"],
        ["export", "net.loom", "--as", "module", "-o", "other.py"],
    ],
)
def test_on_a_disk_that_takes_no_more_nothing_is_lost_and_a_line_says_so(
    given: list[str], how: str, why: str, tutorial: str, tmp_path: Path
):
    (tmp_path / "disk").mkdir()
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", MOUNTED, "sh"]
    done = subprocess.run(
        [*command, str(tmp_path / "disk"), tutorial, how, sys.executable, str(MAIN), *given],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if "unshare" in done.stderr or done.returncode == 99:
        pytest.skip("this account may not mount a disk of its own")
    assert done.returncode == 2
    assert done.stdout == Path(tutorial).read_text(encoding="utf-8")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("layerloom: ")
    assert "was not saved" in done.stderr
    assert why in done.stderr


# --- wrong use -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--surprise"], "see layerloom --help"),
        (["new", "resnet"], "there is no template 'resnet'; there are empty,"),
        (["new", "iris"], "say where to write it: new iris -o iris.loom"),
        (["new", "-o", "x.loom"], "say which template"),
        (["new", "iris", "-o", "missing/x.loom"], "there is no such file or folder"),
        (["new", "iris", "-o", "."], "it is a folder"),
        (["check"], "the following arguments are required: FILE.loom"),
        (["check", "missing.loom"], "missing.loom cannot be read: there is no such file or folder"),
        (["check", "."], "it is a folder"),
        (["check", "damaged.loom"], "damaged.loom: the file is not valid JSON"),
        (["check", "wrong.loom"], "wrong.loom: network.layers[0].out_features: 0 is below 1"),
        (["check", "nu\\ll.loom"], "cannot be read"),
        (["summary", "good.loom", "--batch", "0"], "argument --batch: 0 is not between 1 and"),
        (["summary", "good.loom", "--batch", "two"], "'two' is not a whole number"),
        (["summary", "good.loom", "--format", "xml"], "invalid choice: 'xml'"),
        (["export", "good.loom", "--as", "onnx", "-o", "x"], "invalid choice: 'onnx'"),
        (["export", "good.loom", "--as", "module"], "the following arguments are required: -o"),
        (["tarin"], "'tarin' is neither a file nor a command"),
        (["a.loom", "b.loom"], "one file at a time"),
        (["check", "\x1b[31mred\n.loom"], "\\x1b[31mred"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line_and_status_2(arguments: list[str], words: str, tmp_path: Path):
    good = resources.path("samples", "tutorial.loom").read_bytes()
    (tmp_path / "good.loom").write_bytes(good)
    (tmp_path / "damaged.loom").write_bytes(good[:100])
    (tmp_path / "wrong.loom").write_bytes(good.replace(b'"out_features": 3', b'"out_features": 0'))
    done = run(*arguments, folder=tmp_path)
    assert (done.status, done.output, len(done.errors)) == (2, "", 1)
    assert words in done.errors[0]
    assert done.errors[0].isprintable()


@pytest.mark.parametrize("command", [[], ["new"], ["check"], ["summary"], ["export"]])
def test_help_is_there_for_all(command: list[str]):
    done = run(*command, "--help")
    assert (done.status, done.errors) == (0, [])
    assert done.output.startswith("usage: layerloom")
    assert run("--version").output.startswith("layerloom ")


# --- surroundings ----------------------------------------------------------------------------------------------------


@pytest.fixture
def long_file(tmp_path: Path) -> str:
    """A design whose summary is larger than any pipe."""
    project = engine.load(resources.path("samples", "tutorial.loom"))
    layer = project.network.body.nodes[0]
    nodes = tuple(replace(layer, id=own, name=f"linear{own}") for own in range(1, 3001))
    network = replace(project.network, body=Stack(nodes), next_id=3001)
    engine.save(replace(project, network=network), tmp_path / "long.loom")
    return str(tmp_path / "long.loom")


@pytest.mark.skipif(os.name != "posix", reason="pipes and shells of POSIX")
def test_a_reader_that_has_seen_enough_is_no_error(long_file: str):
    command = (
        f'"{sys.executable}" "{MAIN}" summary "{long_file}" | head -n 3; echo "${{PIPESTATUS[0]}}"'
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_finds_no_room_is_one_line(tutorial: str):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, str(MAIN), "summary", tutorial], stdout=full, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "layerloom: the output: No space left on device\n"


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_results_are_utf_8_whatever_the_locale(locale: str, tmp_path: Path):
    project = engine.load(resources.path("samples", "tutorial.loom"))
    layer = replace(project.network.body.nodes[0], name="слой")
    file = tmp_path / "net.loom"
    engine.save(replace(project, network=replace(project.network, body=Stack((layer,)))), file)
    done = run("summary", str(file), LC_ALL=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert "слой (Linear)" in done.output


def test_no_command_loads_qt_torch_or_numpy(tutorial: str, tmp_path: Path):
    text = f"""
import sys
sys.path.insert(0, {str(MAIN.parent)!r})
from main import main
for given in (["new"], ["check", {tutorial!r}], ["summary", {tutorial!r}],
              ["export", {tutorial!r}, "--as", "module", "-o", {str(tmp_path / "net.py")!r}]):
    assert main(given) == 0
print(sorted({{"PySide6", "torch", "numpy"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_importing_the_engine_loads_nothing_heavy():
    text = "import sys, engine; print(sorted({'torch', 'numpy', 'PySide6', 'engine.catalogue'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, cwd=MAIN.parent
    )
    assert done.stdout == "[]\n"


def test_the_public_names_of_the_engine_work_together(tmp_path: Path):
    project = engine.load(resources.path("samples", "moons.loom"))
    engine.save(project, tmp_path / "net.loom")
    assert engine.load(tmp_path / "net.loom") == project
    network = engine.read_module(engine.write_module(project.network))
    assert engine.summarize(network).totals == engine.summarize(project.network).totals
    assert all(hasattr(engine, name) for name in engine.__all__)
    with pytest.raises(engine.DesignError):
        engine.read_module("this is no Python")
    with pytest.raises(AttributeError, match="no attribute 'surprise'"):
        _ = engine.surprise
