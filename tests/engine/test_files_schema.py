"""The JSON Schema of project files: current, and of one mind with the reader."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

import resources
from engine.design.error import DesignError
from engine.design.project import Project
from engine.files.document import to_document
from engine.files.reading import from_document
from engine.files.schema import schema
from engine.views.shapes import infer
from resources.samples import TEMPLATES
from tests.laws.edits import projects
from tests.laws.test_files import STRANGE, _places, _put

ROOT = Path(__file__).parent.parent.parent
FILE = ROOT / "docs" / "project.schema.json"
VALIDATOR = Draft202012Validator(schema())


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(schema())


def test_the_file_in_the_documentation_is_current():
    printed = subprocess.run(
        [sys.executable, "-m", "engine.files.schema"], capture_output=True, check=True, cwd=ROOT
    ).stdout
    assert FILE.read_bytes() == printed, (
        "run: python -m engine.files.schema > docs/project.schema.json"
    )
    assert json.loads(printed) == schema()


@pytest.mark.parametrize("name", TEMPLATES)
def test_samples_keep_to_it(name: str):
    VALIDATOR.validate(json.loads(resources.path("samples", f"{name}.loom").read_bytes()))


def test_the_example_in_the_documentation_keeps_to_it_and_is_a_project():
    text = (ROOT / "docs" / "file-format.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in text.split("```json\n")[1:]]
    assert len(blocks) == 1
    document = json.loads(blocks[0])
    VALIDATOR.validate(document)
    assert infer(from_document(document).network).faults == ()


@given(projects)
def test_whatever_is_saved_keeps_to_it(project: Project):
    VALIDATOR.validate(json.loads(json.dumps(to_document(project))))


def beyond_a_schema(value: Any) -> bool:
    """A whole number with a point, which JSON Schema takes for one; half a character, which it cannot see."""
    if isinstance(value, float):
        return math.isfinite(value) and value.is_integer()
    return isinstance(value, str) and "\ud800" in value


@given(projects, st.data())
def test_it_refuses_what_the_reader_refuses_and_nothing_else(project: Project, data: st.DataObject):
    document = json.loads(json.dumps(to_document(project)))
    path = data.draw(st.sampled_from([path for path, _ in _places(document)]))
    strange = data.draw(st.sampled_from([each for each in STRANGE if not beyond_a_schema(each)]))
    changed = _put(document, path, strange)
    try:
        from_document(changed)
        read = True
    except DesignError:
        read = False
    assert VALIDATOR.is_valid(changed) == read
