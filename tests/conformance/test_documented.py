"""What Microsoft's pages say that their examples give, and what `eval` gives."""

from __future__ import annotations

import io
import json

import pytest

from model.commands.evaluate import command
from model.formula.functions import ALIASES, FUNCTIONS
from tests.conformance.documented import DOCUMENTED

#: functions whose page has no example that can be written with literals
WITHOUT = {
    "TRUE", "FALSE", "PI", "DEGREES", "ATAN", "COSH", "TANH", "COUNTBLANK", "ISNONTEXT", "NA",
}  # fmt: skip


def shows(value: object, shown: str) -> bool:
    """Whether a value is what a page shows: a number to its last digit."""
    if shown.startswith('"'):
        return value == shown[1:-1]
    if shown.startswith("#"):
        return value == {"error": shown}
    if shown in ("TRUE", "FALSE"):
        return value is (shown == "TRUE")
    digits = len(shown.partition(".")[2])
    return isinstance(value, float) and abs(value - float(shown)) <= 0.500001 * 10.0**-digits


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_examples_of_a_functions_page_have_their_results(name):
    out = io.StringIO()
    lines = "\n".join(f"={formula}" for formula, _ in DOCUMENTED[name])
    assert command((), io.BytesIO(lines.encode()), out) == 0
    got = [json.loads(line) for line in out.getvalue().splitlines()]
    wrong = [(f, s, v) for (f, s), v in zip(DOCUMENTED[name], got, strict=True) if not shows(v, s)]
    assert not wrong
    assert any(f"{name}(" in formula for formula, _ in DOCUMENTED[name])


def test_every_function_has_its_documented_examples():
    assert set(DOCUMENTED) | WITHOUT == set(FUNCTIONS)
    assert not set(DOCUMENTED) & WITHOUT


def test_names_of_newer_workbooks_stand_for_functions_of_the_table():
    assert set(ALIASES.values()) <= set(FUNCTIONS)
    assert not set(ALIASES) & set(FUNCTIONS)
