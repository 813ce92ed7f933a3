"""How branches side by side become one value."""

from __future__ import annotations

from engine.catalogue.needs import axis
from engine.catalogue.roles import ROLES, differing, place_of, roles
from engine.design.kind import Join, Mend, Misfit, SetField, TensorSpec
from engine.design.knob import whole
from engine.design.reach import Reach

Branches = tuple[TensorSpec, ...]


class PlaceByPlace(Join):
    """A join whose every number is made of those at the same place."""

    def reach(self, branches: Branches) -> Reach:
        return ()


class Add(PlaceByPlace):
    """The branches are added, number by number.

    With an empty branch beside a body this is a residual connection: the body learns only what has
    to change, and gradients pass the empty branch unhindered. All branches need the same shape, or
    sizes of 1 that are repeated.
    """

    aliases = ("residual", "skip", "sum", "plus", "+")
    form = "a + b"

    def output(self, branches: Branches) -> TensorSpec:
        return together(branches)


class Subtract(PlaceByPlace):
    """The second branch is subtracted from the first, number by number.

    For what two values have different, such as the towers of a siamese network. The order of the
    branches matters.
    """

    aliases = ("difference", "minus", "-")
    form = "a - b"
    at_most = 2

    def output(self, branches: Branches) -> TensorSpec:
        exactly_two(branches)
        return together(branches)


class Multiply(PlaceByPlace):
    """The branches are multiplied, number by number.

    With an empty branch beside one that ends in a sigmoid this is a gate: it says of every number
    how much passes. Products of large numbers grow quickly, and where one branch is zero the other
    learns nothing.
    """

    aliases = ("gate", "product", "times", "*")
    keeps_branches = True
    form = "a * b"

    def output(self, branches: Branches) -> TensorSpec:
        return together(branches)


class Mean(PlaceByPlace):
    """The branches are averaged, number by number.

    Averages the opinions of several towers. Unlike a sum it keeps the size of the numbers, however
    many branches there are. All branches need the same shape.
    """

    aliases = ("average",)
    form = "torch.stack(all).mean(dim=0)"

    def output(self, branches: Branches) -> TensorSpec:
        for number, branch in enumerate(branches, start=1):
            if branch.dtype != "float32":
                raise Misfit("real numbers (float32)", f"{branch.dtype} from branch {number}")
        return alike(branches)


class Maximum(PlaceByPlace):
    """Of the branches the largest number is kept, place by place.

    A maxout: the branches compete, and only the winner of a place gets its gradient. A branch that
    never wins learns nothing.
    """

    aliases = ("max", "maxout", "largest")
    keeps_branches = True
    form = "torch.maximum(a, b)"

    def output(self, branches: Branches) -> TensorSpec:
        return together(branches)


class Concat(Join):
    """The branches are laid end to end along one dimension; its sizes add up.

    For skips that bring fine detail back (U-Net), for Inception and DenseNet, and for several
    inputs. Nothing is lost, but what follows gets wider. All other dimensions have to be equal.
    """

    dim: int = whole(
        1,
        "Dimension along which they are laid; 0 is the batch, -1 the last.",
        at_least=-64,
        at_most=64,
    )

    aliases = ("concatenate", "cat", "merge")
    form = "torch.cat(all, dim=f.dim)"

    def output(self, branches: Branches) -> TensorSpec:
        first = branches[0]
        for branch in branches[1:]:
            if len(branch.shape) != len(first.shape):
                raise Misfit("branches with equally many dimensions", listed(branches))
        at = axis(first, self.dim)
        for branch in branches[1:]:
            if (*branch.shape[:at], *branch.shape[at + 1 :]) != (
                *first.shape[:at],
                *first.shape[at + 1 :],
            ):
                needs = f"branches that differ in {place_of(len(first.shape), at)} alone"
                raise Misfit(needs, listed(branches), self._mends(branches))
        size = sum(branch.shape[at] for branch in branches)
        return TensorSpec((*first.shape[:at], size, *first.shape[at + 1 :]), common_dtype(branches))

    def reach(self, branches: Branches) -> Reach | None:
        return () if self.free_axis(len(branches[0].shape)) == 0 else None

    def free_axis(self, axes: int) -> int | None:
        place = self.dim + axes if self.dim < 0 else self.dim - 1
        return place if 0 <= place < axes else None

    def _mends(self, branches: Branches) -> tuple[Mend, ...]:
        """Another dimension, where the branches differ in that alone."""
        columns = zip(*(branch.shape for branch in branches), strict=True)
        differing = [place for place, sizes in enumerate(columns, start=1) if len(set(sizes)) > 1]
        if len(differing) != 1:
            return ()
        return (Mend(f"Use dim {differing[0]}", SetField("dim", differing[0])),)


class Stack(Join):
    """The branches are laid on one another along a new dimension, whose size is their number.

    Use it to make a sequence of several vectors, or channels of several images. All branches need
    the same shape.
    """

    dim: int = whole(
        1,
        "Place of the new dimension; 0 would be the batch, -1 is the last.",
        at_least=-64,
        at_most=64,
    )

    form = "torch.stack(all, dim=f.dim)"

    def output(self, branches: Branches) -> TensorSpec:
        one = alike(branches)
        last = len(one.shape) + 1
        at = self.dim + last + 1 if self.dim < 0 else self.dim
        if not 1 <= at <= last:
            got = f"{self.dim}, which is the batch" if at == 0 else str(self.dim)
            mends = (Mend("Use dim 1", SetField("dim", 1)),)
            raise Misfit(f"a dim from 1 to {last}, or counted from the end", f"dim {got}", mends)
        return TensorSpec((*one.shape[: at - 1], len(branches), *one.shape[at - 1 :]), one.dtype)


class MatMul(Join):
    """The matrix product of two branches: rows of the first with columns of the second.

    For attention by hand and for bilinear models: [N, n, k] and [N, k, m] give [N, n, m]. The order
    of the branches matters, and the inner sizes have to be equal.
    """

    aliases = ("matrix product", "dot", "bmm", "attention", "@")
    keeps_branches = True
    form = "a @ b"
    at_most = 2

    @classmethod
    def title(cls) -> str:
        return "Matrix product"

    def output(self, branches: Branches) -> TensorSpec:
        exactly_two(branches)
        a, b = branches
        for number, branch in enumerate(branches, start=1):
            if branch.dtype != "float32":
                raise Misfit("real numbers (float32)", f"{branch.dtype} from branch {number}")
            if len(branch.shape) < 2:
                raise Misfit("matrices (n, k) per sample", f"{branch} from branch {number}")
        if len(a.shape) != len(b.shape):
            raise Misfit("branches with equally many dimensions", listed(branches))
        if a.shape[-1] != b.shape[-2]:
            needs = "as many columns in branch 1 as rows in branch 2"
            raise Misfit(needs, f"{a.shape[-1]} and {b.shape[-2]} ({listed(branches)})")
        outer = together((TensorSpec(a.shape[:-2]), TensorSpec(b.shape[:-2])))
        return TensorSpec((*outer.shape, a.shape[-2], b.shape[-1]))

    def macs(self, branches: Branches) -> int:
        return self.output(branches).elements * branches[0].shape[-1]


class Continue(PlaceByPlace):
    """The flow goes on from something earlier: from another input, or from what a layer gave before.

    For networks of several parts: make something of the first input, go on from the second one, and let a layer take
    what the first part gave. What flowed up to here is lost unless something behind speaks of it by name.
    """

    aliases = ("restart", "second input", "switch", "decoder", "from")
    form = "a"
    at_most = 1

    @classmethod
    def title(cls) -> str:
        return "Continue from"

    def output(self, branches: Branches) -> TensorSpec:
        return branches[0]


def exactly_two(branches: Branches) -> None:
    """Raises Misfit for any other number."""
    if len(branches) != 2:
        raise Misfit("exactly two branches", str(len(branches)))


def alike(branches: Branches) -> TensorSpec:
    """The shape that all have. Raises Misfit when they differ."""
    if any(branch.shape != branches[0].shape for branch in branches):
        raise Misfit(f"branches of the same {_unlike(branches)}", listed(branches))
    return TensorSpec(branches[0].shape, common_dtype(branches))


def together(branches: Branches) -> TensorSpec:
    """The shape of a result number by number, sizes of 1 repeated.

    Raises Misfit when sizes differ, or dimensions are missing: torch would then take the batch for
    one of them.
    """
    first = branches[0]
    if all(branch == first for branch in branches):
        return first
    if any(len(branch.shape) != len(branches[0].shape) for branch in branches):
        raise Misfit("branches with equally many dimensions", listed(branches))
    shape: list[int] = []
    for sizes in zip(*(branch.shape for branch in branches), strict=True):
        wide = set(sizes) - {1}
        if len(wide) > 1:
            needs = f"branches of the same {_unlike(branches)}, or with sizes of 1"
            raise Misfit(needs, listed(branches))
        shape.append(wide.pop() if wide else 1)
    return TensorSpec(tuple(shape), common_dtype(branches))


def _unlike(branches: Branches) -> str:
    """What the branches differ in: `channels and height`, or `shape` where they have other dimensions."""
    shapes = [branch.shape for branch in branches]
    if len({len(shape) for shape in shapes}) > 1 or len(shapes[0]) not in ROLES:
        return "shape"
    return roles(len(shapes[0]), differing(shapes))


def common_dtype(branches: Branches) -> str:
    """What torch promotes them to: whole numbers become real ones beside real ones."""
    return "float32" if any(branch.dtype == "float32" for branch in branches) else branches[0].dtype


def listed(branches: Branches) -> str:
    """The shapes by branch, a few of them."""
    shown = ", ".join(f"{branch} from branch {n}" for n, branch in enumerate(branches[:4], start=1))
    return f"{shown} and more" if len(branches) > 4 else shown


JOINS: tuple[type[Join], ...] = (
    Add, Concat, Multiply, Subtract, Mean, Maximum, Stack, MatMul, Continue,
)  # fmt: skip
