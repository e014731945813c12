"""Colours as eyes see them: contrast, distance, and what is left of it with a colour weakness.

Contrast is that of WCAG 2; distance is the plain one in CIELAB (1976); the three weaknesses are
simulated by the matrices of Machado, Oliveira and Fernandes (2009) for their full strength.
"""

import math
import re
from itertools import combinations
from pathlib import Path

Colour = tuple[float, float, float]

VISIONS: dict[str, tuple[Colour, Colour, Colour]] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_WHITE = (0.95047, 1.0, 1.08883)


def tokens(path: Path, theme: str) -> dict[str, str]:
    """Return the colours that a theme gives to names."""
    css = path.read_text("utf-8")
    block = re.search(r"\[data-theme=\"" + theme + r"\"\][^{]*\{(.*?)\n\}", css, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block[1]))


def contrast(one: str, other: str) -> float:
    """Return how much lighter one colour is than the other, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def nearest(colours: dict[str, str], vision: str) -> tuple[float, str, str]:
    """Return the least distance between any two of these colours, and between which."""
    return min(
        (distance(first, second, vision), one, other)
        for (one, first), (other, second) in combinations(colours.items(), 2)
    )


def distance(one: str, other: str, vision: str) -> float:
    """Return how far apart two colours are to eyes of this kind."""
    seen = [_lab(_seen(_linear(each), vision)) for each in (one, other)]
    return math.hypot(*(a - b for a, b in zip(*seen, strict=True)))


def _linear(colour: str) -> Colour:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _seen(colour: Colour, vision: str) -> Colour:
    red, green, blue = (
        min(max(sum(part * each for part, each in zip(row, colour, strict=True)), 0.0), 1.0)
        for row in VISIONS[vision]
    )
    return red, green, blue


def _lab(colour: Colour) -> Colour:
    red, green, blue = colour
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (
        each ** (1 / 3) if each > 216 / 24389 else (24389 / 27 * each + 16) / 116
        for each in (x / _WHITE[0], y / _WHITE[1], z / _WHITE[2])
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
