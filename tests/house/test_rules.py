"""The house keeps its rules, and each rule notices when it is broken."""

from collections.abc import Callable, Iterator

import pytest

from tests.house import rules
from tests.house.source import Module, module_of, modules

Rule = Callable[[Module], Iterator[str]]

HELD = '"""Says what it knows."""\n'
BROKEN: dict[Rule, str] = {
    rules.long_file: HELD + "x = 1\n" * 400,
    rules.long_function: HELD + "def f() -> None:\n" + "    g()\n" * 60,
    rules.silent_module: "x = 1\n",
    rules.empty_word: HELD + "class SessionManager:\n    x = 1\n",
    rules.reads_the_clock: HELD + "import time\nx = time.time()\n",
    rules.hidden_import: HELD + "def f() -> None:\n    import os\n",
    rules.smuggled_type: HELD + "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    x = 1\n",
    rules.untyped_value: HELD + "from typing import Any\nx: Any = 1\n",
    rules.broad_except: HELD + "try:\n    f()\nexcept (ValueError, Exception):\n    g()\n",
    rules.placeholder: HELD + "# TO" + "DO later\n",
    rules.silenced_check: HELD + "import os  # no" + "qa: F401\n",
}
# Other spellings of the same offence.
ALSO_BROKEN: list[tuple[Rule, str]] = [
    (rules.empty_word, HELD + "def f(raw_data: bytes) -> None:\n    g()\n"),
    (rules.empty_word, HELD + "for info in x:\n    g()\n"),
    (rules.empty_word, HELD + "class DBHelper:\n    x = 1\n"),
    (rules.untyped_value, HELD + "from typing import Any as Anything\n"),
    (rules.reads_the_clock, HELD + "import datetime\nx = datetime.datetime.now(datetime.UTC)\n"),
    (rules.reads_the_clock, HELD + "from time import monotonic\n"),
    (rules.untyped_value, HELD + "import typing\nx: dict[str, typing.Any] = {}\n"),
    (rules.broad_except, HELD + "try:\n    f()\nexcept:\n    g()\n"),
    (rules.placeholder, HELD + "import pytest\npytest.sk" + "ip('not today')\n"),
    (rules.silenced_check, HELD + "x = f()  # type: ig" + "nore\n"),
]
TOLERATED: list[tuple[Rule, str]] = [
    (rules.empty_word, HELD + "def data_transfer(id_tag_info: str) -> None:\n    g()\n"),
    (rules.silenced_check, HELD + "import os  # no" + "qa: F401  # seen by the test runner only\n"),
]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    offences = [f"{module.name}:{offence}" for module in modules() for offence in rule(module)]

    assert not offences, "\n".join([rule.__doc__ or "", *offences])


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_notices_when_it_is_broken(rule: Rule) -> None:
    assert list(rule(module_of("src/onetime/kit/sample.py", BROKEN[rule])))


@pytest.mark.parametrize(("rule", "text"), ALSO_BROKEN)
def test_the_rule_notices_other_spellings(rule: Rule, text: str) -> None:
    assert list(rule(module_of("src/onetime/kit/sample.py", text)))


@pytest.mark.parametrize(("rule", "text"), TOLERATED)
def test_the_rule_tolerates_what_it_names(rule: Rule, text: str) -> None:
    assert not list(rule(module_of("src/onetime/kit/sample.py", text)))


@pytest.mark.parametrize("name", sorted(rules.MAY_CATCH_ALL))
def test_no_exception_to_a_rule_is_left_over(name: str) -> None:
    """A module that is listed as the top of a task still is one."""
    assert f"src/onetime/{name}" in {module.name for module in modules() if "except" in module.text}
