"""Which names a design may use.

Each becomes an identifier of the exported class, so none may clash with what is there already.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Container

from engine.design.knob import shown

LONGEST = 64
"""Characters in a name."""

WRITER_LETTERS = ("x", "y", "z", "w", "v", "u", "t", "s", "r", "q", "p")
"""The variables of an exported `forward`: one for what flows, others for branches beside it."""

_NUMBERED_LETTER = re.compile("[p-z]_[0-9]+")

IMPORTED = frozenset({"torch", "Tensor", "nn", "F"})
"""What an exported file imports."""

SUPPORT = frozenset({"SinusoidalPositions"})
"""Classes of `engine/support`, which an exported file may hold beside those of the design."""

# fmt: off
BUILT_IN = frozenset((
    "super", "range", "int", "float", "bool", "str", "tuple", "list", "dict", "set", "object",
    "type", "len", "print", "property", "self",
))
# fmt: on
"""What exported code calls or writes by its built-in name, and what readers expect there."""

# fmt: off
MODULE_ATTRIBUTES = frozenset((
    "T_destination", "_apply", "_backward_hooks", "_backward_pre_hooks", "_buffers",
    "_call_impl", "_compiled_call_impl", "_extra_state", "_forward_hooks",
    "_forward_hooks_always_called", "_forward_hooks_with_kwargs", "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs", "_get_backward_hooks", "_get_backward_pre_hooks",
    "_get_name", "_is_full_backward_hook", "_load_from_state_dict",
    "_load_state_dict_post_hooks", "_load_state_dict_pre_hooks",
    "_maybe_warn_non_full_backward_hook", "_modules", "_named_members",
    "_non_persistent_buffers_set", "_parameters", "_register_load_state_dict_pre_hook",
    "_register_state_dict_hook", "_replicate_for_data_parallel", "_save_to_state_dict",
    "_slow_forward", "_state_dict_hooks", "_state_dict_pre_hooks", "_version",
    "_wrapped_call_impl", "add_module", "apply", "bfloat16", "buffers", "call_super_init",
    "children", "compile", "cpu", "cuda", "double", "dump_patches", "eval", "extra_repr",
    "float", "forward", "get_buffer", "get_extra_state", "get_parameter", "get_submodule",
    "half", "ipu", "load_state_dict", "modules", "mtia", "named_buffers", "named_children",
    "named_modules", "named_parameters", "parameters", "register_backward_hook",
    "register_buffer", "register_forward_hook", "register_forward_pre_hook",
    "register_full_backward_hook", "register_full_backward_pre_hook",
    "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook",
    "register_module", "register_parameter", "register_state_dict_post_hook",
    "register_state_dict_pre_hook", "requires_grad_", "set_extra_state", "set_submodule",
    "share_memory", "state_dict", "to", "to_empty", "train", "training", "type", "xpu",
    "zero_grad",
))
# fmt: on
"""What every nn.Module has (torch 2.13; a test compares it), but for double underscores."""


def fault_of_node_name(name: str) -> str:
    """Why a layer or block cannot have this name, in a sentence; "" where it can."""
    if fault := _fault_of_identifier(name):
        return fault
    if name in MODULE_ATTRIBUTES:
        return f"{_quoted(name)} is something that every nn.Module has already; choose another name"
    return ""


def fault_of_class_name(name: str) -> str:
    """Why a network or block cannot have this class name, in a sentence; "" where it can."""
    if fault := _fault_of_identifier(name):
        return fault
    if name in IMPORTED or name in BUILT_IN or name in SUPPORT:
        return f"{_quoted(name)} means something else in the exported code; choose another name"
    return ""


def fault_of_variable(name: str) -> str:
    """Why an input, branch or recalled layer cannot have this name, in a sentence; "" where it can.

    A network's only input may be called `x` all the same.
    """
    if fault := _fault_of_identifier(name):
        return fault
    if name in WRITER_LETTERS or _NUMBERED_LETTER.fullmatch(name):
        return f"{_quoted(name)} is a variable of the exported code; choose a longer name"
    if name in IMPORTED or name in BUILT_IN:
        return f"{_quoted(name)} means something else in the exported code; choose another name"
    return ""


def free_name(wanted: str, taken: Container[str]) -> str:
    """`wanted` as a node's name, with the next free number at its end where it cannot be had."""
    name = _cleaned(wanted)
    if name not in taken and not fault_of_node_name(name):
        return name
    stem = name.rstrip("0123456789") or "layer"
    number = int(name[len(stem) :] or 1) + 1 if len(name) < LONGEST else 2
    stem = stem[: LONGEST - 10]
    if fault_of_node_name(f"{stem}2"):
        stem = "layer"

    def refused(number: int) -> bool:
        candidate = f"{stem}{number}"
        return candidate in taken or candidate in MODULE_ATTRIBUTES

    return f"{stem}{_first_not(refused, number)}"


def _first_not(refused: Callable[[int], bool], number: int) -> int:
    """A number from `number` on that is not refused and comes after one that is, in few questions.

    That is the first one where refused ones follow each other, as in `linear1` to `linear1000`.
    """
    if not refused(number):
        return number
    low, step = number, 1
    while refused(low + step):
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if refused(middle) else (low, middle)
    return high


def _fault_of_identifier(name: str) -> str:
    if not name:
        return "a name is missing; give it one, such as `hidden`"
    if len(name) > LONGEST:
        return f"{_quoted(name)} has {len(name)} characters; use at most {LONGEST}"
    plain = unicodedata.normalize("NFKC", name)
    if plain != name:
        return f"Python reads {_quoted(name)} as {_quoted(plain)}; use plain characters"
    if not name.isidentifier():
        return (
            f"{_quoted(name)} is not a name in Python; use letters, digits and _ (no digit first)"
        )
    if keyword.iskeyword(name):
        return f"{_quoted(name)} is a word of Python itself; choose another name"
    if name.startswith("__"):
        return f"{_quoted(name)} starts with two underscores, as Python's own names do; use one"
    return ""


def _quoted(name: str) -> str:
    return f"`{shown(name)[1:-1]}`" if name.isprintable() and "`" not in name else shown(name)


def _cleaned(wanted: str) -> str:
    """The nearest identifier: other characters become underscores."""
    plain = unicodedata.normalize("NFKC", wanted[: 2 * LONGEST])[:LONGEST]
    letters = "".join(letter if ("_" + letter).isidentifier() else "_" for letter in plain)
    joined = "_".join(part for part in letters.split("_") if part)
    if not joined:
        return "layer"
    # What was put in front of a combining accent may combine with it.
    return unicodedata.normalize("NFKC", joined if joined.isidentifier() else f"layer{joined}")
