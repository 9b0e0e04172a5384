from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.grid import clipboard
from ui.grid.clipboard import decode, encode

tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.text(st.sampled_from(list('ab"\t\n\r ,;=\u2028\x0bé€')), max_size=6), min_size=width, max_size=width),
        min_size=1, max_size=5,
    )
)  # fmt: skip


@given(tables)
def test_what_is_copied_is_what_is_pasted(table: list[list[str]]) -> None:
    assert decode(encode(table)) == table


@given(st.text(st.sampled_from(list('a"\t\n\r')), max_size=30))
def test_any_text_decodes_to_a_rectangle(text: str) -> None:
    rows = decode(text)
    assert len({len(row) for row in rows}) <= 1
    assert bool(rows) == bool(text)


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("1\t2\r\n3\t4\r\n", [["1", "2"], ["3", "4"]]),
        ("1\t2\n3\t4", [["1", "2"], ["3", "4"]]),
        ("old\rMac\r", [["old"], ["Mac"]]),
        ("5", [["5"]]),
        ("\n", [[""]]),
        ("", []),
        ("a\t", [["a", ""]]),
        ("\t\n", [["", ""]]),
        ("a\n\nb\n", [["a"], [""], ["b"]]),
        ("a\tb\nc\n", [["a", "b"], ["c", ""]]),
        ('"two\nlines"\tx\r\n', [["two\nlines", "x"]]),
        ('"say ""hi""\tnow"\n', [['say "hi"\tnow']]),
        ('say "hi"\t5" pipe\n', [['say "hi"', '5" pipe']]),
        ('"unclosed\tx\n', [['"unclosed', "x"]]),
        ('"closed" late\tx\n', [['"closed" late', "x"]]),
        ("line\u2028sep\x0bvt\n", [["line\u2028sep\x0bvt"]]),
    ],
)
def test_text_as_excel_and_others_write_it(text: str, table: list[list[str]]) -> None:
    assert decode(text) == table


@pytest.mark.parametrize("cell", ['"', '"a', 'a"', "\t", "a\nb", "\r", '""', " ", "="])
def test_awkward_cells_survive(cell: str) -> None:
    assert decode(encode([[cell, "x"], ["y", cell]])) == [[cell, "x"], ["y", cell]]


def test_a_large_clipboard_decodes_quickly() -> None:
    text = encode([["1234.5678"] * 100] * 2000)
    started = time.perf_counter()
    assert len(decode(text)) == 2000
    assert time.perf_counter() - started < 3


def test_many_lone_quotes_do_not_take_quadratic_time() -> None:
    started = time.perf_counter()
    decode('"a\t' * 200_000)
    decode('"""' * 200_000)
    assert time.perf_counter() - started < 3


def test_a_text_that_looks_like_a_day_and_is_none_is_copied_as_text():
    out = clipboard.html([[("2026-02-28", None, "28 Feb 2026"), ("2026-02-30", None, "2026-02-30")]])
    assert 'x:num="46081.0"' in out
    assert ">2026-02-30</td>" in out and out.count("x:num=") == 1
