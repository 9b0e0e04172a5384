"""Which keys can be Excel names as they are, and what becomes of the others."""

import pytest

from model.workbook.metrics import column_for, wrapped_lines
from model.workbook.names import defined_names, is_name
from model.workbook.text import Texts, file_name


@pytest.mark.parametrize(
    "key",
    [
        "Q1",
        "AGI1",
        "xfd1048576",
        "a1",
        "R2D2",
        "C1_FOO",
        "r",
        "C",
        "rc",
        "R1C1",
        "true",
        "FALSE",
        "Print_Area",
        "rc_x",
        "log10",
    ],
)
def test_what_excel_takes_for_a_cell_or_its_own_word_is_no_name(key):
    assert not is_name(key)
    assert is_name(defined_names([key])[key])


@pytest.mark.parametrize(
    "key",
    ["rate", "xirr", "rs_cap", "cap", "xfe1", "a1048577", "azure_end", "abcd1", "d_q1", "rcap", "c_x", "total2_x"],
)
def test_ordinary_keys_keep_their_names(key):
    assert defined_names([key]) == {key: key}


def test_a_prefixed_name_never_takes_the_name_of_another_key():
    names = defined_names(["q1", "d_q1", "D_Q1_2", "Q1"])
    assert names["d_q1"] == "d_q1" and names["D_Q1_2"] == "D_Q1_2"
    assert len({n.lower() for n in names.values()}) == 4


def test_names_depend_on_the_keys_only():
    keys = ["q1", "agi1", "rate", "R"]
    assert defined_names(keys) == defined_names(list(keys))
    assert list(defined_names(keys)) == keys


def test_two_keys_that_differ_by_case_only_get_different_names():
    names = defined_names(["rate", "RATE"])
    assert names["rate"] == "rate" and names["RATE"].lower() != "rate"


def test_a_long_key_is_cut_to_what_excel_takes():
    assert is_name(defined_names(["x" * 400])["x" * 400])


def test_characters_that_no_file_can_hold_are_replaced_and_remembered():
    texts = Texts()
    assert texts.clean("a\x00b\ufffec\ud800\nd", "here") == "a\ufffdb\ufffdc\ufffd\nd"
    assert texts.clean("fine", "there") == "fine"
    assert texts.replaced == ["here"]


@pytest.mark.parametrize(
    ("text", "name"),
    [("a/b:c", "a-b-c"), ("CON", "_CON"), ("nul.x", "_nul.x"), ("  .x. ", "x"), ("a\x00b", "a-b"), ("Base", "Base")],
)
def test_file_names_are_legal_everywhere(text, name):
    assert file_name(text) == name


def test_wrapped_text_takes_the_lines_that_its_letters_need():
    assert wrapped_lines("", 10) == 1
    assert wrapped_lines("one two three four", 9) == 2 or wrapped_lines("one two three four", 9) == 3
    assert wrapped_lines("x" * 95, 10) >= 8
    assert wrapped_lines("a\nb\nc", 10) == 3
    assert wrapped_lines("W" * 40, 40) > wrapped_lines("i" * 40, 40) == 1
    assert wrapped_lines("words of ordinary length " * 8, 40, 9) < wrapped_lines(
        "words of ordinary length " * 8, 40, 12
    )


def test_a_column_wide_enough_for_a_text_does_not_wrap_it():
    for text in ("31 Dec 2032", "end-of-term true-up", "(1,234.5)", "Wärme für 中文"):
        assert wrapped_lines(text, column_for(text) + 0.5) == 1
