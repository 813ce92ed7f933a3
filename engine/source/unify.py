"""Whether an expression of a file has a form that the catalogue declares, and what stands in its holes."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache

from engine.design.call import REQUIRED, signature
from engine.design.names import IMPORTED
from engine.source.syntax import Names, full_name

SIGNATURES = {
    "torch.cat": "tensors, dim=0",
    "torch.stack": "tensors, dim=0",
    "torch.maximum": "input, other",
}
"""Functions of forms whose arguments may be given by position or by name."""

Holes = dict[str, ast.expr]
"""What stands for `m`, `x`, `a`, `b`, `all` and `f.<field>`."""


@cache
def pattern(form: str) -> ast.expr:
    """The syntax tree of a form, parsed once."""
    return ast.parse(form, mode="eval").body


def unified(form: str, found: ast.expr, names: Names) -> Holes | None:
    """The holes of a form as an expression fills them; None where it has another form.

    A hole that occurs twice has to be filled with the same text.
    """
    holes: Holes = {}
    return holes if _unify(pattern(form), found, names, holes) else None


def _unify(form: ast.expr, found: ast.expr, names: Names, holes: Holes) -> bool:
    match form, found:
        case ast.Name(id=hole), _ if hole not in IMPORTED:
            return _fill(hole, found, holes)
        case ast.Attribute(value=ast.Name(id="f"), attr=field), _:
            return _fill(f"f.{field}", found, holes)
        case (ast.Name() | ast.Attribute(), _) if _is_dotted(form):
            return names.dotted(found) == full_name(ast.unparse(form))
        case ast.Attribute(value=inner, attr=name), ast.Attribute(value=other, attr=same) if (
            name == same
        ):
            return _unify(inner, other, names, holes)
        case ast.Constant(value=value), ast.Constant(value=other):
            return type(value) is type(other) and value == other
        case ast.UnaryOp(op=sign, operand=inner), ast.UnaryOp(op=same, operand=other):
            return type(sign) is type(same) and _unify(inner, other, names, holes)
        case ast.BinOp(left=left, op=sign, right=right), ast.BinOp(
            left=first, op=same, right=second
        ):
            return (
                type(sign) is type(same)
                and _unify(left, first, names, holes)
                and _unify(right, second, names, holes)
            )
        case ast.Subscript(value=inner, slice=index), ast.Subscript(value=other, slice=same):
            return _unify(inner, other, names, holes) and _unify(index, same, names, holes)
        case (ast.Tuple(elts=items), ast.Tuple(elts=others)) | (
            ast.List(elts=items),
            ast.List(elts=others),
        ) if len(items) == len(others):
            return all(_unify(a, b, names, holes) for a, b in zip(items, others, strict=True))
        case ast.Slice(), ast.Slice():
            ends = ((form.lower, found.lower), (form.upper, found.upper), (form.step, found.step))
            return all(_unify_optional(a, b, names, holes) for a, b in ends)
        case ast.Call(), ast.Call():
            return _unify_call(form, found, names, holes)
        case _:
            return False


def _unify_optional(
    form: ast.expr | None, found: ast.expr | None, names: Names, holes: Holes
) -> bool:
    if form is None or found is None:
        return form is found
    return _unify(form, found, names, holes)


def _unify_call(form: ast.Call, found: ast.Call, names: Names, holes: Holes) -> bool:
    if not _unify(form.func, found.func, names, holes):
        return False
    match form.args, form.keywords:
        case [*firsts, ast.Starred(value=ast.Attribute(value=ast.Name(id="f"), attr=field))], []:
            return _unify_rest(firsts, field, found, names, holes)
        case _:
            pass
    known = SIGNATURES.get(names.dotted(found.func), "")
    wanted, given = arguments(form, known), arguments(found, known)
    if wanted is None or given is None or wanted.keys() != given.keys():
        return False
    return all(_unify(wanted[name], given[name], names, holes) for name in wanted)


def _unify_rest(
    firsts: list[ast.expr], field: str, found: ast.Call, names: Names, holes: Holes
) -> bool:
    """Arguments by position of which all behind the first ones are the numbers of a field, `x.permute(0, *f.dims)`."""
    count = len(firsts)
    if found.keywords or len(found.args) < count:
        return False
    if any(isinstance(each, ast.Starred) for each in found.args):
        return False
    numbers = ast.Tuple(elts=found.args[count:], ctx=ast.Load())
    ahead = zip(firsts, found.args, strict=False)
    return all(_unify(a, b, names, holes) for a, b in ahead) and _fill(f"f.{field}", numbers, holes)


def arguments(call: ast.Call, known: str) -> Mapping[str, ast.expr] | None:
    """The arguments of a call by name, or by position where the signature is not `known`; None for * and **."""
    order = list(signature(known).defaults) if known else []
    found: dict[str, ast.expr] = {}
    for position, each in enumerate(call.args):
        if isinstance(each, ast.Starred):
            return None
        found[order[position] if position < len(order) else str(position)] = each
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in found:
            return None
        found[keyword.arg] = keyword.value
    for name, default in signature(known).defaults.items() if known else ():
        if name not in found and default is not REQUIRED:
            found[name] = ast.Constant(default)
    return found


def _fill(hole: str, found: ast.expr, holes: Holes) -> bool:
    if hole in holes:
        return ast.dump(holes[hole]) == ast.dump(found)
    holes[hole] = found
    return True


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in IMPORTED
