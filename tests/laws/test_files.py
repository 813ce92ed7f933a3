"""Laws of project files: what is saved comes back, and no bytes do anything but make a project or say what is wrong."""

from __future__ import annotations

import codecs
import copy
import json
from collections.abc import Iterator
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

import resources
from engine.design.edit import Duplicate, Remove, apply
from engine.design.error import DesignError
from engine.design.history import History
from engine.design.limits import MOST_NODES
from engine.design.project import Project
from engine.design.tree import DEEPEST, Network, walk
from engine.design.value import replace
from engine.files.document import nodes_document, to_document
from engine.files.parse import LARGEST_FILE
from engine.files.reading import from_document, read_nodes
from engine.files.store import dumps, loads
from resources.samples import names
from tests.laws import designs
from tests.laws.edits import project_edits, projects

Path = tuple[str | int, ...]


# --- what is saved comes back ----------------------------------------------------------------------------------------


@given(projects)
def test_what_is_saved_is_what_is_loaded_ids_included(project: Project):
    content = dumps(project)
    assert loads(content) == project
    assert dumps(loads(content)) == content


@given(projects, designs.networks())
def test_a_network_that_was_read_from_code_keeps_the_order_in_which_it_draws(
    project: Project, network: Network
):
    project = replace(project, network=network)
    assert loads(dumps(project)) == project


@given(projects, st.data())
def test_whatever_edits_make_can_be_saved(project: Project, data: st.DataObject):
    history = History.of(project)
    for _ in range(5):
        try:
            history = history.done(data.draw(project_edits(history.present)))
        except DesignError:
            continue
        assert loads(dumps(history.present)) == history.present


@given(projects)
def test_nodes_survive_the_clipboard(project: Project):
    nodes = project.network.body.nodes
    assert read_nodes(json.loads(json.dumps(nodes_document(nodes)))) == nodes


@given(projects)
def test_a_file_without_ids_gets_some(project: Project):
    document = to_document(project)
    for path, value in list(_places(document["network"])):
        if path[-1:] == ("id",) and isinstance(value, int):
            _put(document["network"], path, 0)
    network = from_document(document).network
    ids = [node.id for node in walk(network.body)]
    assert sorted(ids) == list(range(1, len(ids) + 1))
    assert network.next_id > len(ids)


@given(projects)
def test_what_a_file_leaves_out_has_its_default(project: Project):
    document = json.loads(dumps(project))
    for part in ("data", "training", "forward"):
        document[part] = {}
    document.pop("notes")
    read = from_document(document)
    assert read.network == project.network
    assert read.notes == ""


# --- no bytes do anything else ---------------------------------------------------------------------------------------


def read(content: bytes) -> Project | DesignError:
    """The project, or the one error there is."""
    try:
        project = loads(content)
    except DesignError as error:
        result = error
    else:
        assert loads(dumps(project)) == project
        return project
    assert len(str(result)) in range(1, 1000)
    assert str(result).isprintable()
    return result


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b"")
@example(b"\xff\xfe")
@example(b"PK\x03\x04")
@example(b"null")
@example(b"\xef\xbb\xbf{}")
def test_no_bytes_are_more_than_refused(content: bytes):
    assert isinstance(read(content), DesignError)


@given(projects, st.data())
def test_damaged_files_are_read_or_refused(project: Project, data: st.DataObject):
    content = bytearray(dumps(project))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "cut", "insert", "truncate"])):
            case "flip":
                content[place] ^= 1 << data.draw(st.integers(0, 7))
            case "cut":
                del content[place : place + data.draw(st.integers(1, 40))]
            case "insert":
                content[place:place] = data.draw(st.binary(min_size=1, max_size=8))
            case _:
                del content[place:]
        if not content:
            break
    read(bytes(content))


@given(projects, st.data())
def test_a_file_that_is_cut_off_is_refused(project: Project, data: st.DataObject):
    content = dumps(project)
    stop = data.draw(st.integers(0, len(content.rstrip()) - 1))
    assert isinstance(read(content[:stop]), DesignError)


STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, -0.0, 1e300, 2**31, 2**53 + 1, 10**39, "", "x", "Linear", "class", "\x00",
    "\ud800", "ℌ", '"; import os', "a" * 300, [], [0], ["x"], [[]], {}, {"kind": "Linear"}, {"": 0}, {"self": 1},
    {"kind": 3},
)  # fmt: skip


def _places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every part of a document with the way to it, the whole first."""
    yield path, value
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, each in items:
        yield from _places(each, (*path, key))


def _put(document: Any, path: Path, value: Any) -> Any:
    """The document, changed in place, with something else at a path."""
    if not path:
        return value
    inside = document
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return document


def _shown(path: Path) -> str:
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).lstrip(".")


def assert_placed(error: DesignError, path: Path) -> None:
    """The error's place is that of the change, or around it, or inside what was put there.

    Where the change is the kind of an entry, its fields are what is wrong.
    """
    shown = _shown(path[:-1] if path and path[-1] in ("kind", "layer") else path)
    assert error.place.startswith(shown) or shown.startswith(error.place)


@given(projects, st.data())
def test_strange_values_anywhere_are_read_or_refused_at_their_place(
    project: Project, data: st.DataObject
):
    document = to_document(project)
    paths = [path for path, _ in _places(document)]
    path = data.draw(st.sampled_from(paths))
    changed = _put(document, path, data.draw(st.sampled_from(STRANGE)))
    content = json.dumps(changed).encode()
    try:
        result = loads(content)
    except DesignError as error:
        assert_placed(error, path)
        read(content)
        return
    assert loads(dumps(result)) == result


@pytest.mark.parametrize("name", names("first steps"))
def test_every_part_of_a_sample_refuses_what_it_is_not(name: str):
    document = json.loads(resources.path("samples", f"{name}.loom").read_bytes())
    refused = 0
    for path, value in list(_places(document)):
        for strange in STRANGE:
            changed = _put(copy.deepcopy(document), path, strange)
            try:
                project = from_document(changed)
            except DesignError as error:
                assert_placed(error, path)
                refused += 1
            else:
                assert type(strange) is type(value) or strange is None or _kin(strange, value)
                assert from_document(to_document(project)) == project
    assert refused > 100


def _kin(strange: Any, value: Any) -> bool:
    """A whole number for a real one, an entry's name for its object, an empty part for a full one, and so on."""
    pairs = (
        (int, float),
        (str, dict),
        (dict, str),
        (float, int),
        (str, type(None)),
        (dict, type(None)),
    )
    return any(isinstance(strange, a) and isinstance(value, b) for a, b in pairs)


@pytest.mark.parametrize("name", names("first steps"))
def test_unknown_keys_are_refused_wherever_they_stand(name: str):
    document = json.loads(resources.path("samples", f"{name}.loom").read_bytes())
    for path, value in list(_places(document)):
        if isinstance(value, dict):
            changed = copy.deepcopy(document)
            for key in ("surprise", "self", "__class__", "\ud800", "a b"):
                inside = changed
                for step in path:
                    inside = inside[step]
                inside[key] = 1
                if path[-1:] == ("initializers",):
                    continue
                with pytest.raises(DesignError) as caught:
                    from_document(changed)
                assert_placed(caught.value, path)
                del inside[key]


# --- what is said ----------------------------------------------------------------------------------------------------


def tutorial() -> Any:
    return json.loads(resources.path("samples", "tutorial.loom").read_bytes())


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("network", "layers", 1, "out_features"), 0, "network.layers[1].out_features: 0 is below 1"),
        (("network", "layers", 1, "out_features"), 10**10,
         "network.layers[1].out_features: 10000000000 is above 2147483647"),
        (("network", "layers", 1, "out_features"), 2.5,
         "network.layers[1].out_features: 2.5 is not a whole number"),
        (("network", "layers", 1, "bias"), 1, "network.layers[1].bias: 1 is neither true nor false"),
        (("network", "layers", 0, "layer"), "Linaer",
         "network.layers[0].layer: 'Linaer' is no kind of layer that this version knows; did you mean Linear?"),
        (("network", "layers", 0, "layer"), "os.system",
         "network.layers[0].layer: 'os.system' is no kind of layer that this version knows"),
        (("network", "layers", 0, "activation"), {"kind": "Sigmoid", "alpha": 1},
         "network.layers[0].activation.alpha: Sigmoid has no such field"),
        (("network", "layers", 0, "initializers"), {"weight": "XavierNormal", "bias": "Magic"},
         "network.layers[0].initializers.bias: 'Magic' is no initializer that this version knows"),
        (("network", "inputs", 0, "shape"), [3, 0], "network.inputs[0].shape: 0 is below 1"),
        (("network", "inputs", 0, "dtype"), "object", "network.inputs[0].dtype: 'object' is none of float32, int64"),
        (("network", "layers", 0, "name"), "a" * 201,
         "network.layers[0].name: a text of 201 characters is too long; use at most 200"),
        (("training", "device"), "tpu", "training.device: 'tpu' is none of auto, cpu, cuda, mps"),
        (("version",), 2, "version: this file is of format 2, made by a newer Layerloom; this one reads up to 1"),
        (("format",), "keras", "format: this is no Layerloom project: 'keras' stands where 'layerloom' should"),
    ],
)  # fmt: skip
def test_the_place_and_what_is_wrong_are_said(path: Path, value: Any, sentence: str):
    with pytest.raises(DesignError) as caught:
        from_document(_put(tutorial(), path, value))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[" * 100_000, "nests brackets too deeply"),
        (b'{"a":' * 100_000, "nests brackets too deeply"),
        (b'{"format": "layerloom", "format": "x"}', "format: this key stands twice"),
        (b'{"a": [0, {"b c": 1, "b c": 1}]}', "a[1].'b c': this key stands twice"),
        (b'{"version": NaN}', "version: NaN is not a number"),
        (b'{"a": {"b": [2, [-Infinity]]}}', "a.b[1][0]: -Infinity is not a number"),
        (b'{"version": 1e999}', "version: 1e999 is too large"),
        (b'{"version": ' + b"9" * 5000 + b"}", "version: a number of 5000 digits"),
        (b'{"a": NaN, "a": 1}', "NaN is not a number"),
        (b'{"key": ' * 900 + b"NaN" + b"}" * 900, "NaN is not a number"),
        (b"", "the file is empty"),
        (b" \r\n\t", "the file is empty"),
        ('{"format": "layerloom"}'.encode("utf-16"), "UTF-16 or UTF-32; save it as UTF-8"),
        ('{"format": "layerloom"}'.encode("utf-32"), "UTF-16 or UTF-32; save it as UTF-8"),
        (b"{}", "format: this is no Layerloom project: nothing stands where 'layerloom' should"),
        (b'{"version": 1.' + b"9" * 5000 + b"}", "is too large"),
        (b'{"format": "layerloom"', "line 1, column 23; it may be cut off"),
        (b"\x80abc", "byte 0 is no UTF-8"),
        (b'{"format": "layerloom", "version": 1}', "network: is missing"),
        (b"[]", "[] is not an object"),
    ],
)
def test_bytes_that_are_no_project_are_named(content: bytes, words: str):
    result = read(content)
    assert isinstance(result, DesignError)
    assert words in str(result)


def test_a_byte_order_mark_and_other_line_ends_are_no_fault():
    content = resources.path("samples", "tutorial.loom").read_bytes()
    assert loads(codecs.BOM_UTF8 + content.replace(b"\n", b"\r\n")) == loads(content)


def layers(count: int) -> bytes:
    document = tutorial()
    document["network"]["layers"] = [{"layer": "Linear"}] * count
    return json.dumps(document).encode()


def test_a_file_holds_as_many_layers_as_edits_can_make_and_no_more():
    full = loads(layers(MOST_NODES))
    result = read(layers(4 * MOST_NODES))
    assert isinstance(result, DesignError)
    assert result.place == f"network.layers[{MOST_NODES}]"
    assert "at most 100,000 layers and blocks" in str(result)
    again = Duplicate((full.network.body.nodes[0].id,))
    with pytest.raises(DesignError, match="at most 100,000 layers and blocks"):
        apply(full.network, again)
    less = apply(full.network, Remove((full.network.body.nodes[1].id,)))
    assert sum(1 for _ in walk(apply(less, again).body)) == MOST_NODES


def test_a_file_may_not_be_larger_than_any_project():
    result = read(b" " * (LARGEST_FILE + 1))
    assert isinstance(result, DesignError)
    assert "a project has at most" in str(result)


def test_many_keys_one_of_them_twice_are_refused_in_good_time():
    content = b"{" + b",".join(b'"%d":0' % number for number in range(300_000)) + b',"299999":1}'
    assert isinstance(read(content), DesignError)


def nested(depth: int) -> bytes:
    layer = '{"layer": "Linear", "name": "a"}'
    for level in range(depth):
        layer = f'{{"group": "Class{level}", "name": "g", "layers": [{layer}]}}'
    network = f'{{"name": "Net", "inputs": [{{"name": "x", "shape": [2]}}], "layers": [{layer}]}}'
    return f'{{"format": "layerloom", "version": 1, "network": {network}, "data": {{}}, "training": {{}}}}'.encode()


def test_blocks_nest_as_deep_as_is_said_and_no_deeper():
    project = read(nested(DEEPEST))
    assert isinstance(project, Project)
    assert loads(dumps(project)) == project
    assert "nested 65 deep" in str(read(nested(DEEPEST + 1)))
    assert "deep" in str(read(nested(5000)))
