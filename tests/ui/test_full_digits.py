"""A paste from a spreadsheet brings all digits of a number, never another number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication

from model.layers import base_value
from tests.ui import kit
from tests.ui.kit import go
from ui.grid import clipboard
from ui.grid.full_digits import with_all_digits


def html(*rows: tuple[tuple[str, str], ...], name: str = "sdval") -> str:
    """As LibreOffice writes it: closing tags and line breaks between cells."""
    body = "".join(
        "<tr>\n" + "".join(f'<td align="right" {name}="{n}" sdnum="1033;"><font>{t}</font></td>\n' if n else f"<td><font>{t}</font></td>\n" for t, n in row) + "</tr>\n"
        for row in rows
    )  # fmt: skip
    return f'<html><body><table cellspacing="0"><colgroup width="86"></colgroup>\n{body}</table></body></html>'


@pytest.mark.parametrize(
    ("shown", "number", "wanted"),
    [
        ("0.33", "0.333333333333333", "0.333333333333333"),
        ("33.3%", "0.333333333333333", "33.3333333333333%"),
        ("33,3 %", "0.333333333333333", "33.3333333333333 %"),
        ("(1,234.6)", "-1234.5678", "(1234.5678)"),
        ("-1.234,57 €", "-1234.5678", "-1234.5678 €"),
        ("$1,234,567.9", "1234567.891", "$1234567.891"),
        ("1,000", "1000", "1000"),
        ("1.2x", "1.23456", "1.23456x"),
        ("1.2bn", "1234567890", "1.2bn"),  # a format that scales: what is shown counts
        ("12", "15", "12"),
        ("2025-12-08", "45999", "2025-12-08"),
        ("###", "5", "###"),
        ("0.5", "nan", "0.5"),
        ("0.5", "1e999", "0.5"),
        ("1", "1e-400", "1"),
        ("text", "", "text"),
    ],
)
def test_a_number_is_completed_only_where_it_rounds_to_what_is_shown(shown, number, wanted):
    text = clipboard.encode([[shown, "x"]])
    assert clipboard.decode(with_all_digits(text, html(((shown, number), ("x", ""))))) == [[wanted, "x"]]


@given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False), st.integers(0, 4))
def test_every_number_that_is_shown_rounded_comes_in_whole(number, places):
    shown = f"{number:,.{places}f}"
    out = clipboard.decode(with_all_digits(shown + "\n", html(((shown, repr(number)),))))[0][0]
    assert abs(float(out) - number) <= 1e-12 * max(1.0, abs(number))


def test_excels_own_html_has_them_too():
    assert with_all_digits("0.33\n", html((("0.33", "0.33333333333333331"),), name="x:num")) == "0.33333333333333331\n"


@pytest.mark.parametrize(
    "other",
    [
        html((("0.33", "0.3333"), ("1", "1"))),  # another shape
        html((("0.34", "0.3333"),)),  # another text
        html((("0.33", "0.3333"),)).replace("<td ", "<td colspan=2 "),
        "<td sdval='0.3333'>0.33</td>",  # no table
        "<table><tr><td sdval='0.3333'>0.33",  # cut off
        "<p>0.33</p>",
        "<" * 10_000 + "sdval=",
    ],
)
def test_html_that_does_not_match_the_text_changes_nothing(other):
    assert with_all_digits("0.33\n", other) == "0.33\n"


def test_lines_inside_a_cell_keep_their_table_apart():
    text = clipboard.encode([["a\nb", "0.33"]])
    assert clipboard.decode(with_all_digits(text, html((("a<br>b", ""), ("0.33", "0.3333"))))) == [["a\nb", "0.3333"]]


def test_a_paste_into_a_cell_takes_all_digits(qtbot, tmp_path):
    window = kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))
    grid = go(window, "rate")
    data = QMimeData()
    data.setText("33.3%\n")
    data.setHtml(html((("33.3%", "0.333333333333333"),)))
    QApplication.clipboard().setMimeData(data)
    assert grid.paste()
    assert base_value(window.session.deal, "rate") == pytest.approx(0.333333333333333, abs=1e-16)


def test_what_was_copied_here_comes_back_exactly(qtbot, tmp_path):
    window = kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))
    from model.edits import set_value

    window.session.edit(set_value(window.session.deal, window.session.view, "rate", 1 / 3))
    grid = go(window, "rate")
    grid.copy()
    text = QApplication.clipboard().text()
    assert float(clipboard.decode(with_all_digits(text, QApplication.clipboard().mimeData().html()))[0][0].strip(" %")) == float(text.strip(" %\n"))  # fmt: skip
