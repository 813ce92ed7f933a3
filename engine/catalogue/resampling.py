"""Layers that make images of another size by copying or by blending what is there; nothing is learned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from engine.catalogue.expressions import Expression
from engine.catalogue.needs import needs_numbers
from engine.catalogue.spatial import Axes, Spatial
from engine.design.kept import INPUT, NOTHING, Kept
from engine.design.kind import ANY, Dimensions, Kind, Mend, Misfit, SetField, Shape, TensorSpec
from engine.design.knob import flag, one_of, per_axis, real, sizes, whole
from engine.design.reach import Along, Reach

SIZE = "Size that comes out; empty where scale_factor says it."
SCALE = "How many times as large every axis gets; empty where a size says it."
AXES = {"nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "linear": (1,), "bilinear": (2,), "bicubic": (2,),
        "trilinear": (3,)}  # fmt: skip
"""Axes of the images that each way of blending is for (torch.nn.functional.interpolate)."""
BLENDING = {1: "linear", 2: "bilinear", 3: "trilinear"}


def resized(sizes: Shape, size: Axes | None, scale_factor: float | None) -> Shape:
    """The sizes that come out. Raises Misfit where nothing says them, both do, or one would be 0."""
    if size is None and scale_factor is None:
        raise Misfit("a size or a scale_factor", "neither",
                     (Mend("Double every axis", SetField("scale_factor", 2.0)),))  # fmt: skip
    if scale_factor is None:
        assert size is not None
        return size if isinstance(size, tuple) else (size,) * len(sizes)
    if size is not None:
        mends = (Mend("Use the size", SetField("scale_factor", None)),
                 Mend("Use the factor", SetField("size", None)))  # fmt: skip
        raise Misfit("either a size or a scale_factor", "both", mends)
    out = tuple([int(each * scale_factor) for each in sizes])
    if 0 in out:
        needs = f"a scale_factor that leaves one of {min(sizes)} places"
        mend = Mend("Keep the size", SetField("scale_factor", 1.0))
        raise Misfit(needs, f"{scale_factor:g}", (mend,))
    return out


TAPS = {"nearest": 0, "nearest-exact": 0, "linear": 1, "bilinear": 1, "trilinear": 1, "bicubic": 2}
"""Old places to each side that a new one is blended from; 0 where it copies one."""


def resized_reach(
    sizes: Shape, out: Shape, scale_factor: float | None, mode: str, corners: bool
) -> Reach:
    """What a new place sees of the old ones (torch.nn.functional.interpolate)."""
    from fractions import Fraction

    found: list[Along] = []
    for size, wide in zip(sizes, out, strict=True):
        step = Fraction(size, wide) if scale_factor is None else 1 / Fraction(repr(scale_factor))
        centre = Fraction(0)
        if corners:
            step = Fraction(size - 1, max(wide - 1, 1))
        elif mode != "nearest":
            centre = step / 2 if mode == "nearest-exact" else (step - 1) / 2
        # Where an output looks is a multiple of this, so that it is so far at least from the next whole place.
        part = Fraction(1, step.denominator * (1 if corners or mode == "nearest" else 2))
        taps = TAPS[mode]
        first, last = (
            (centre - taps + part, centre + taps - part) if taps else (centre - 1 + part, centre)
        )
        found.append(Along(first, last, step))
    return tuple(found)


def brief_size(size: Axes | None, scale_factor: float | None) -> str:
    """`× 2`, or the size where that is given."""
    if scale_factor is not None:
        return f"× {scale_factor:g}"
    if size is None:
        return ""
    return f"to {'×'.join(map(str, size)) if isinstance(size, tuple) else size}"


class Upsample(Kind):
    """Images get another size: each new place is copied from the nearest old one, or blended from its neighbours. For
    [N, C, L], [N, C, H, W] and [N, C, D, H, W].

    The decoder of a U-Net uses it before a convolution, which together leave less of a chequered pattern than
    ConvTranspose2d. "nearest" copies, "bilinear" blends; "linear" and "trilinear" do so for other numbers of axes.
    """

    size: int | None = whole(None, SIZE, at_least=1, optional=True)
    scale_factor: float | None = real(2.0, SCALE, above=0, at_most=1024, optional=True)
    mode: str = one_of("nearest", "How new places come about.", tuple(AXES))
    corners: bool = flag(
        False, "Whether the corners of both images are the same places (align_corners)."
    )

    family = "upsampling"
    aliases = ("interpolate", "resize", "scale", "bilinear", "bicubic", "nearest")
    module = "nn.Upsample"
    parameters = "size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None"
    fixed: ClassVar[Mapping[str, Any]] = {"recompute_scale_factor": None}
    keeps = NOTHING

    def dims_in(self) -> Dimensions:
        return ("channels", ANY)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        axes = len(x.shape) - 1
        if axes not in AXES[self.mode]:
            known = BLENDING.get(axes)
            mends = (Mend(f"Use {known}", SetField("mode", known)),) if known else ()
            wanted = " or ".join(map(str, AXES[self.mode]))
            raise Misfit(f"channels and {wanted} axes behind them for {self.mode}", str(x), mends)
        if self.corners and self.mode.startswith("nearest"):
            mends = (Mend("Leave the corners", SetField("corners", False)),
                     Mend(f"Use {BLENDING[axes]}", SetField("mode", BLENDING[axes])))  # fmt: skip
            raise Misfit("a mode that blends, to align corners", self.mode, mends)
        return TensorSpec((x.shape[0], *resized(x.shape[1:], self.size, self.scale_factor)))

    def reach(self, x: TensorSpec) -> Reach:
        out = self.output(x).shape[1:]
        return resized_reach(x.shape[1:], out, self.scale_factor, self.mode, self.corners)

    def derived(self, x: TensorSpec) -> dict[str, Any]:
        return {"align_corners": True if self.corners else None}

    @classmethod
    def implied(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"corners": bool(arguments["align_corners"])}

    def brief(self, x: TensorSpec | None) -> str:
        return " ".join(filter(None, (brief_size(self.size, self.scale_factor), self.mode)))


class Upsampling2d(Spatial):
    """Images of another size, in one of the two common ways."""

    size: Axes | None = per_axis(None, SIZE, optional=True)
    scale_factor: float | None = real(2.0, SCALE, above=0, at_most=1024, optional=True)

    family = "upsampling"
    aliases = ("interpolate", "resize")
    parameters = "size=None, scale_factor=None"
    keeps = NOTHING

    def output(self, x: TensorSpec) -> TensorSpec:
        channels, sizes = self.picture(x)
        return TensorSpec((channels, *resized(sizes, self.size, self.scale_factor)))

    def brief(self, x: TensorSpec | None) -> str:
        return brief_size(self.size, self.scale_factor)


class UpsamplingNearest2d(Upsampling2d, axes=2):
    """Images get another size, each new place a copy of the nearest old one. For [N, C, H, W].

    torch's older name for Upsample with mode "nearest".
    """

    module = "nn.UpsamplingNearest2d"

    def reach(self, x: TensorSpec) -> Reach:
        out = self.output(x).shape[1:]
        return resized_reach(x.shape[1:], out, self.scale_factor, "nearest", False)


class UpsamplingBilinear2d(Upsampling2d, axes=2):
    """Images get another size, each new place a blend of four old ones, corners on corners. For [N, C, H, W].

    torch's older name for Upsample with mode "bilinear" and aligned corners.
    """

    module = "nn.UpsamplingBilinear2d"

    def reach(self, x: TensorSpec) -> Reach:
        out = self.output(x).shape[1:]
        return resized_reach(x.shape[1:], out, self.scale_factor, "bilinear", True)


class Interpolate(Expression):
    """Images get a given size: each new place is copied from the nearest old one, or blended from its neighbours. For
    [N, C, L], [N, C, H, W] and [N, C, D, H, W].

    Where Upsample says how many times as large, this one says how large: so that two branches meet whose sizes do not
    divide. "area" takes the mean of what each new place covers, and is the one for making images smaller.
    """

    size: tuple[int, ...] = sizes(
        (8,), "Size that comes out: one number for all axes, or one for each.", longest=3
    )
    mode: str = one_of("nearest", "How new places come about.", (*AXES, "area"))

    family = "upsampling"
    aliases = ("resize", "upsample", "scale", "bilinear", "area", "match")
    forms: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "F.interpolate(x, size=f.size, mode=f.mode)": {}
    }

    def dims_in(self) -> Dimensions:
        return ("channels", ANY)

    def output(self, x: TensorSpec) -> TensorSpec:
        needs_numbers(x)
        axes = len(x.shape) - 1
        if not 1 <= axes <= 3:
            raise Misfit("channels with one to three axes behind them", str(x))
        if axes not in AXES.get(self.mode, (1, 2, 3)):
            mend = Mend(f"Use {BLENDING[axes]}", SetField("mode", BLENDING[axes]))
            raise Misfit(f"a mode for {axes} axes", self.mode, (mend,))
        if len(self.size) not in (1, axes):
            mend = Mend("Use the first for all", SetField("size", self.size[:1]))
            raise Misfit(f"one size, or {axes}", str(len(self.size)), (mend,))
        size = self.size if len(self.size) == axes else self.size * axes
        return TensorSpec((x.shape[0], *size))

    def reach(self, x: TensorSpec) -> Reach | None:
        out = self.output(x).shape[1:]
        if self.mode != "area":
            return resized_reach(x.shape[1:], out, None, self.mode, False)
        pairs = list(zip(x.shape[1:], out, strict=True))
        if any(size % wide for size, wide in pairs):
            return None
        return tuple([Along(0, size // wide - 1, size // wide) for size, wide in pairs])

    def kept(self, x: TensorSpec) -> Kept:
        # One mean of everything needs no more than the size, as in adaptive average pooling.
        return INPUT if self.mode == "area" and set(self.size) != {1} else NOTHING

    def brief(self, x: TensorSpec | None) -> str:
        return f"to {'×'.join(map(str, self.size))}"


KINDS = (Upsample, UpsamplingNearest2d, UpsamplingBilinear2d, Interpolate)
