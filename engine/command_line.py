"""What Layerloom does without a window: `new`, `check`, `summary`, `export` and `train`, results on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    # Imported where it is used, as main asks this module also on its way to the window.
    import argparse

    from engine.design.project import Project

DONE, FAULTY, WRONG = 0, 1, 2
COMMANDS = ("new", "check", "summary", "export", "train")
EXAMPLES = """\
Without a command the window opens: layerloom [FILE.loom]

examples:
  layerloom new iris -o flowers.loom                 start from a template
  layerloom check flowers.loom                       what is wrong, what could be better
  layerloom summary flowers.loom --format markdown   the table for a README
  layerloom export flowers.loom --as module -o flowers.py --prove
  layerloom train flowers.loom --out first-try       train it; --resume goes on after a stop
"""
Run = Callable[["argparse.Namespace"], int]
FORMATS = ("text", "markdown", "csv", "json", "html", "latex")


def run(given: Sequence[str]) -> int:
    """Do what the words of a command line say; the exit status."""
    from engine.design.error import DesignError

    wanted = parser().parse_args(given)
    try:
        return wanted.run(wanted)
    except DesignError as error:
        return said(str(error))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    import argparse

    from engine.version import version

    class Parser(argparse.ArgumentParser):
        """Says what is wrong in one line instead of after a usage that hides it."""

        def error(self, message: str) -> NoReturn:
            said(f"{message}; see {self.prog} --help")
            sys.exit(WRONG)

    whole = Parser(
        prog="layerloom", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Compose a PyTorch network as a stack of layers, and leave with its code.",
        epilog=EXAMPLES,
    )  # fmt: skip
    whole.add_argument("--version", action="version", version=f"layerloom {version()}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Run, text: str, more: str = "") -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=f"{text} {more}".strip())
        one.set_defaults(run=run)
        return one

    new = add("new", run_new, "List the templates, or start a project from one.",
              "The list has a template a line: its name, a tab and a sentence.")  # fmt: skip
    new.add_argument(
        "template", nargs="?", metavar="TEMPLATE", help="a name from the list; without it, the list"
    )
    new.add_argument("-o", "--output", metavar="FILE.loom", help="where to write the project")
    new.add_argument("--force", action="store_true", help="overwrite a file that is there")

    check = add("check", run_check, "Say what is wrong with a design, and what a good colleague would advise.",
                "Exit status 1 if there are faults; advice alone changes nothing.")  # fmt: skip
    check.add_argument("file", metavar="FILE.loom")

    summary = add("summary", run_summary, "Print layers, output shapes, parameters and sizes.",
                  "Nothing is built, so networks of any size take a moment.")  # fmt: skip
    summary.add_argument("file", metavar="FILE.loom")
    summary.add_argument(
        "--batch", type=positive, default=1, metavar="N", help="rows at once (default 1)"
    )
    summary.add_argument(
        "--format", choices=FORMATS, default="text", help="default text, the table of torchsummary"
    )
    summary.add_argument(
        "-o", "--output", metavar="OUT", help="write to a file instead of standard output"
    )

    export = add("export", run_export, "Write the design in another form.",
                 "The module is a Python file that needs torch alone.")  # fmt: skip
    export.add_argument("file", metavar="FILE.loom")
    export.add_argument(
        "--as", dest="form", choices=("module",), required=True, help="module: a PyTorch nn.Module"
    )
    export.add_argument("-o", "--output", metavar="OUT", required=True, help="where to write it")
    export.add_argument("--prove", action="store_true",
                        help="first run it in a clean Python without Layerloom and compare its numbers")  # fmt: skip
    export.add_argument(
        "--seed",
        type=natural,
        default=0,
        metavar="N",
        help="seed of the proof's weights (default 0)",
    )
    train = add("train", run_train, "Train a project by its recipe, its progress on standard error.",
                "The run is kept in a folder: run.json, metrics.jsonl and checkpoints. Stopped in any way, it goes on "
                "with --resume as if it had never been.")  # fmt: skip
    train.add_argument("file", metavar="FILE.loom")
    train.add_argument("--epochs", type=positive, metavar="N", help="instead of the project's own")
    train.add_argument(
        "--seed", type=natural, metavar="N", help="of weights, order and dropout, likewise"
    )
    train.add_argument("--out", metavar="DIR", help="folder of the run (default FILE.runs/run-N)")
    train.add_argument(
        "--resume", action="store_true", help="go on with that run, or with the latest one"
    )
    return whole


def run_new(wanted: argparse.Namespace) -> int:
    """List the templates or write one."""
    import resources
    from resources.samples import TEMPLATES

    if wanted.template is None:
        if wanted.output is not None:
            return said(f"say which template; there are {', '.join(TEMPLATES)}")
        for name, template in TEMPLATES.items():
            print(f"{name}\t{template.sentence}")
        return DONE
    if wanted.template not in TEMPLATES:
        return said(f"there is no template {wanted.template!r}; there are {', '.join(TEMPLATES)}")
    if wanted.output is None:
        return said(f"say where to write it: new {wanted.template} -o {wanted.template}.loom")
    path = Path(wanted.output)
    if path.exists() and not path.is_dir() and not wanted.force:
        return said(f"{path} is there already; choose another name, or say --force to overwrite it")
    write(path, resources.path("samples", f"{wanted.template}.loom").read_bytes())
    return DONE


def run_check(wanted: argparse.Namespace) -> int:
    """Faults and advice, a line each."""
    from engine.views.advice import advise
    from engine.views.pricing import priced
    from engine.views.shapes import infer

    project = load(wanted.file)
    analysis = priced(infer(project.network))
    for fault in analysis.faults:
        mends = "; ".join(mend.title for mend in fault.mends)
        print(f"fault: {fault.sentence}" + (f" ({mends})" if mends else ""))
    for advice in advise(project, analysis):
        place = analysis.name_of(advice.node_id)
        print(f"advice: {place + ': ' if place else ''}{advice.title}. {advice.sentence}")
    if not analysis.faults:
        print(
            f"valid design: {analysis.totals.layers} layers, {analysis.totals.parameters:,} parameters"
        )
    return FAULTY if analysis.faults else DONE


def run_summary(wanted: argparse.Namespace) -> int:
    """The table of layers; also of a design with faults, as far as it is sound."""
    from engine import summarize

    summary = summarize(load(wanted.file).network, batch_size=wanted.batch)
    text = summary.to(wanted.format)
    if wanted.output is None:
        print(text, end="")
    else:
        write(Path(wanted.output), text.encode(), wanted.file)
    if wanted.format == "csv":
        for fault in summary.faults:
            said(fault.sentence)
    return FAULTY if summary.faults else DONE


def run_export(wanted: argparse.Namespace) -> int:
    """The design as a PyTorch module, with the proof where it is wished."""
    from engine import write_module

    project = load(wanted.file)
    if _says_faults(wanted.file, project):
        return FAULTY
    text = write_module(project.network)
    if wanted.prove:
        from engine.runtime.prove import prove

        print(prove(project.network, text, seed=wanted.seed).sentence)
    write(Path(wanted.output), text.encode(), wanted.file)
    return DONE


def run_train(wanted: argparse.Namespace) -> int:
    """A run from its beginning, or from its last checkpoint, to its end."""
    from engine.threads import limit_threads

    project = load(wanted.file)
    if _says_faults(wanted.file, project):
        return FAULTY
    limit_threads()
    from engine.runtime.headless import headless

    out = None if wanted.out is None else Path(wanted.out)
    print(headless(project, Path(wanted.file), out, wanted.epochs, wanted.seed, wanted.resume))
    return DONE


def _says_faults(name: str, project: Project) -> bool:
    """Say on standard error why a design can be neither exported nor trained; whether there was anything to say."""
    from engine.views.shapes import infer

    faults = [fault.sentence for fault in infer(project.network).faults]
    if not project.network.body.nodes:
        faults = ["the network is empty; add a layer first"]
    for sentence in faults:
        said(f"{name}: {sentence}")
    return bool(faults)


def load(name: str) -> Project:
    """The project in a file, the file's name before what is wrong with it."""
    from engine import DesignError
    from engine import load as load_project

    try:
        return load_project(name)
    except DesignError as error:
        text = str(error)
        raise DesignError(text if text.startswith(name) else f"{name}: {text}") from None


def write(path: Path, content: bytes, source: str | None = None) -> None:
    """Write a file whole or not at all, and never over the project that it was made from."""
    from engine.design.error import DesignError
    from engine.files.store import atomic_save

    if source is not None and path.exists() and path.samefile(source):
        raise DesignError(
            f"{path} is the project itself and was not overwritten; choose another name"
        )
    atomic_save(path, content)


def said(sentence: str) -> int:
    """An error as a line on standard error; the exit status of wrong use."""
    line = " ".join(sentence.split())
    line = line if line.isprintable() else ascii(line)[1:-1]
    if sys.stderr is not None:
        print(f"layerloom: {line}", file=sys.stderr)
    return WRONG


def positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    return _whole(text, 1)


def natural(text: str) -> int:
    """A whole number from 0 on, for argparse."""
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    import argparse

    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number") from None
    if not least <= number <= 2**31 - 1:
        raise argparse.ArgumentTypeError(f"{text[:40]} is not between {least} and {2**31 - 1}")
    return number
