"""The table of colours and sizes: every token once, in the dark and in the light theme."""

from __future__ import annotations

from typing import cast

from PySide6.QtGui import QColor

from engine.design.value import value

# Distances between things, in pixels.
TIGHT, NARROW, MEDIUM, WIDE = 4, 8, 12, 16
CONTROL_HEIGHT = 28
RADIUS = 6
CARD_RADIUS = 8

# Font sizes, in pixels.
CAPTION, BODY, STRONG, TITLE, DISPLAY = 11, 12, 13, 16, 22


@value
class Theme:
    """A colour for every purpose, as `#rrggbb`; the names of the fields are the colour tokens."""

    name: str
    dark: bool

    # Surfaces, from the back to the front.
    canvas: str  # diagrams, plots, and what is typed into
    panel: str  # the window and its side panels
    card: str
    raised: str  # buttons
    raised_hover: str
    raised_pressed: str
    selected: str
    popup: str  # menus, drop-downs, tooltips
    border: str
    border_strong: str  # edges under the mouse, connecting lines, scroll bars
    field_border: str  # the edge of what can be edited
    raised_border: str  # the edge of a button
    card_border: str

    # Text.
    text: str
    text_muted: str
    text_faint: str  # captions and what is disabled
    accent: str
    accent_hover: str
    accent_text: str  # on accent
    ok: str
    ok_fill: str
    warning: str
    warning_fill: str
    danger: str
    danger_fill: str
    note: str
    note_fill: str

    # Chips.
    activation: str
    activation_fill: str
    initializer: str
    initializer_fill: str
    neutral: str
    neutral_fill: str

    # Families of layers: the stripe of a card, the box in the diagram.
    family_input: str
    family_linear: str
    family_convolution: str
    family_pooling: str
    family_normalization: str
    family_dropout: str
    family_recurrent: str
    family_attention: str
    family_embedding: str
    family_shaping: str
    family_block: str

    # Numbers.
    positive: str
    negative: str
    zero: str
    grid: str
    axis: str
    bars: str
    series_1: str
    series_2: str
    series_3: str
    series_4: str
    series_5: str
    series_6: str

    def hex(self, token: str) -> str:
        """The colour of a token as `#rrggbb`; AttributeError if there is no such token."""
        return cast(str, getattr(self, token))

    def colour(self, token: str, alpha: float = 1.0) -> QColor:
        """The colour of a token, `alpha` opaque (0 to 1); AttributeError if there is none."""
        colour = QColor(self.hex(token))
        colour.setAlphaF(alpha)
        return colour


DARK = Theme(
    name="dark",
    dark=True,
    canvas="#14161a",
    panel="#191c22",
    card="#22262e",
    raised="#22262e",
    raised_hover="#2b303a",
    raised_pressed="#1d2027",
    selected="#28303d",
    popup="#1f232a",
    border="#262a32",
    border_strong="#363c48",
    field_border="#2d323c",
    raised_border="#262b34",
    card_border="#262b34",
    text="#e7e9ee",
    text_muted="#a8b0bd",
    text_faint="#959ca8",
    accent="#5b9dff",
    accent_hover="#7ab0ff",
    accent_text="#0b1220",
    ok="#3ecf8e",
    ok_fill="#1f3a32",
    warning="#f0b429",
    warning_fill="#3b3424",
    danger="#f87171",
    danger_fill="#40262b",
    note="#8ab8ff",
    note_fill="#1f2d45",
    activation="#d0a2ff",
    activation_fill="#3b354e",
    initializer="#3ecfb2",
    initializer_fill="#274043",
    neutral="#c3c9d3",
    neutral_fill="#333944",
    family_input="#a8b0bd",
    family_linear="#5b9dff",
    family_convolution="#a78bfa",
    family_pooling="#7dd3fc",
    family_normalization="#3ecfb2",
    family_dropout="#f87171",
    family_recurrent="#f0b429",
    family_attention="#f472b6",
    family_embedding="#a3d65c",
    family_shaping="#94a3b8",
    family_block="#ff9f5b",
    positive="#5b9dff",
    negative="#ff9f5b",
    zero="#22262e",
    grid="#20242b",
    axis="#959ca8",
    bars="#2b7b6d",
    series_1="#5b9dff",
    series_2="#ff9f5b",
    series_3="#3ecfb2",
    series_4="#c084fc",
    series_5="#f0b429",
    series_6="#f472b6",
)

LIGHT = Theme(
    name="light",
    dark=False,
    canvas="#ffffff",
    panel="#f5f6f8",
    card="#ffffff",
    raised="#ffffff",
    raised_hover="#eceef2",
    raised_pressed="#e2e5ea",
    selected="#e8f0ff",
    popup="#ffffff",
    border="#e2e5ea",
    border_strong="#c6ccd6",
    field_border="#d5dae2",
    raised_border="#e2e5ea",
    card_border="#e2e5ea",
    text="#1b1f27",
    text_muted="#4b5465",
    text_faint="#626a79",
    accent="#2563eb",
    accent_hover="#1d54cf",
    accent_text="#ffffff",
    ok="#0a7a4f",
    ok_fill="#e0f2ea",
    warning="#8f5600",
    warning_fill="#f7ecdc",
    danger="#c02b2b",
    danger_fill="#fbe6e6",
    note="#1d54cf",
    note_fill="#e6eefd",
    activation="#7d33c4",
    activation_fill="#ebdff6",
    initializer="#0a6f5b",
    initializer_fill="#d9ece7",
    neutral="#4b5465",
    neutral_fill="#e6e9ee",
    family_input="#4b5465",
    family_linear="#2563eb",
    family_convolution="#6d3fd1",
    family_pooling="#0b7285",
    family_normalization="#0b7560",
    family_dropout="#c02b2b",
    family_recurrent="#8f5600",
    family_attention="#be185d",
    family_embedding="#4d7c0f",
    family_shaping="#5b6678",
    family_block="#b04a05",
    positive="#2563eb",
    negative="#b04a05",
    zero="#eef0f3",
    grid="#eceef1",
    axis="#626a79",
    bars="#7ab4a8",
    series_1="#2563eb",
    series_2="#b04a05",
    series_3="#0b7560",
    series_4="#7d33c4",
    series_5="#8f5600",
    series_6="#be185d",
)

THEMES = {DARK.name: DARK, LIGHT.name: LIGHT}

# Every text colour with every surface it is put on, as (text, surface) tokens.
TEXT_ON_SURFACE: tuple[tuple[str, str], ...] = (
    *(
        (text, surface)
        for surface in ("canvas", "panel", "card", "raised", "selected", "popup")
        for text in (
            "text",
            "text_muted",
            "text_faint",
            "accent",
            "ok",
            "warning",
            "danger",
            "note",
        )
    ),
    *(("text", surface) for surface in ("raised_hover", "raised_pressed")),
    *(("axis", surface) for surface in ("canvas", "card")),
    *(
        (text, f"{chip}_fill")
        for chip in ("ok", "warning", "danger", "note")
        for text in (chip, "text", "text_muted")
    ),
    *((chip, f"{chip}_fill") for chip in ("activation", "initializer", "neutral")),
    *(("accent_text", surface) for surface in ("accent", "accent_hover")),
    *((f"series_{number}", "canvas") for number in range(1, 7)),
    *((sign, "canvas") for sign in ("positive", "negative")),
)

SERIES = tuple(f"series_{number}" for number in range(1, 7))


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
