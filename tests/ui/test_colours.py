"""The colours of the client, computed from its style sheet: told apart by all, readable by all."""

import pytest

from tests.house.source import ROOT
from tests.ui.colours import VISIONS, contrast, distance, nearest, tokens

TOKENS = ROOT / "ui" / "src" / "tokens.css"
FAMILIES = ("idle", "plugged", "active", "waiting", "problem", "out")
LEAST_DISTANCE = {"light": 13.4, "dark": 15.4}
READABLE = 4.5
STATE_READABLE = 4.9
VISIBLE = 3.0


@pytest.mark.parametrize("theme", LEAST_DISTANCE)
@pytest.mark.parametrize("vision", VISIONS)
def test_the_families_of_states_are_told_apart(theme: str, vision: str) -> None:
    colours = tokens(TOKENS, theme)

    least, one, other = nearest({each: colours[f"{each}-fill"] for each in FAMILIES}, vision)

    assert least >= LEAST_DISTANCE[theme], f"{one} and {other} are {least:.1f} apart"


@pytest.mark.parametrize("theme", LEAST_DISTANCE)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_words_on_a_state_are_readable(theme: str, family: str) -> None:
    colours = tokens(TOKENS, theme)

    assert contrast(colours[f"{family}-fill"], colours[f"{family}-ink"]) >= STATE_READABLE


@pytest.mark.parametrize("theme", LEAST_DISTANCE)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("ground", "surface")),
        ("ink-soft", "sunken"),
        ("accent", "ground"),
        ("accent", "surface"),
        ("accent", "sunken"),
        ("danger", "surface"),
        ("danger", "ground"),
        ("on-accent", "accent"),
        ("on-accent", "accent-hover"),
        ("on-danger", "danger"),
        ("on-danger", "danger-hover"),
        ("ground", "ink"),
    ],
)
def test_text_is_readable(theme: str, ink: str, ground: str) -> None:
    colours = tokens(TOKENS, theme)

    assert contrast(colours[ink], colours[ground]) >= READABLE


@pytest.mark.parametrize("theme", LEAST_DISTANCE)
@pytest.mark.parametrize("edge", ["line-strong", "focus"])
def test_edges_and_focus_are_visible(theme: str, edge: str) -> None:
    colours = tokens(TOKENS, theme)

    assert contrast(colours[edge], colours["surface"]) >= VISIBLE
    assert contrast(colours[edge], colours["ground"]) >= VISIBLE


def test_the_yardsticks_know_what_is_known() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert distance("#ff0000", "#00ff00", "normal") == pytest.approx(170.6, abs=0.2)
    assert distance("#ff0000", "#00ff00", "deutan") < distance("#ff0000", "#00ff00", "normal") / 2
