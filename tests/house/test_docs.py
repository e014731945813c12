"""The pages can be trusted: links lead somewhere, decisions are whole, lists are complete."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, files

DECISIONS = ROOT / "docs" / "decisions"
HEADINGS = ["Context", "Decision", "Consequences", "Refused"]
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)

PAGES = [path for path in files() if path.suffix == ".md"]
RECORDS = sorted(DECISIONS.glob("[0-9]*.md"))


def anchors(page: str) -> set[str]:
    """The names under which the headings of a page can be linked to."""
    heads = re.findall(r"^#+ +(.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken_links(page: Path, text: str) -> list[str]:
    """Relative links of a page that lead to no file or to no heading."""
    broken = []
    for link in LINK.finditer(CODE.sub("", text)):
        name, _, anchor = link["target"].partition("#")
        if re.match(r"[a-z]+:", name):
            continue
        goal = (page.parent / name).resolve() if name else page
        if not goal.exists():
            broken.append(f"{link['target']}: no such file")
        elif anchor and anchor not in anchors(goal.read_text("utf-8")):
            broken.append(f"{link['target']}: no such heading")
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert not broken_links(page, page.read_text("utf-8"))


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    page = DECISIONS / "README.md"

    assert broken_links(page, "[a](nowhere.md) [b](README.md#no-such-words) `[c](code.md)`") == [
        "nowhere.md: no such file",
        "README.md#no-such-words: no such heading",
    ]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert RECORDS
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_decision_says_why_what_at_what_price_and_what_else(record: Path) -> None:
    text = record.read_text("utf-8")
    sections = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)[1:]

    assert re.match(rf"# {int(record.name[:4])}\. \S", text)
    assert sections[::2] == HEADINGS
    assert all(len(body.split()) >= 8 for body in sections[1::2])


def test_the_list_of_decisions_is_complete() -> None:
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (DECISIONS / "README.md").read_text("utf-8"))

    assert listed == [path.name for path in RECORDS]


def test_each_promise_and_each_point_of_the_screen_name_tests_that_exist() -> None:
    page = (ROOT / "docs" / "testing.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)`: ((?:`test_\w+`(?:, )?)+)", page)
    tests = [(path, name) for path, names in named for name in re.findall(r"`(\w+)`", names)]

    assert len(re.findall(r"^\| [1-7] \|", page, re.MULTILINE)) == 7
    rows = [int(number) for number in re.findall(r"^\| U(\d+) \|", page, re.MULTILINE)]
    assert rows == [*range(1, 11), *range(12, 18)]
    assert len(tests) > 14
    missing = [
        each for each in tests if f"def {each[1]}(" not in (ROOT / each[0]).read_text("utf-8")
    ]
    assert not missing
