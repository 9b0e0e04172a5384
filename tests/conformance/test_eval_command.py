"""``main.py eval``: a formula a line in, a JSON value a line out, whatever the line holds."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from model.commands import headless
from model.commands.evaluate import command

ROOT = Path(__file__).parents[2]


def answers(*lines, sets=()):
    out = io.StringIO()
    text = "\n".join(lines).encode("utf-8", "surrogateescape")
    assert command(sets, io.BytesIO(text), out) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1+2", 3),
        ("= 0.1+0.2", 0.30000000000000004),
        ('"a"&1', "a1"),
        ("1>2", False),
        ("IF(TRUE,,5)", 0),
        ("1/0", {"error": "#DIV/0!"}),
        ("NA()", {"error": "#N/A"}),
        ("NOSUCH(1)", {"error": "#NAME?"}),
        ("nosuch", {"error": "#NAME?"}),
        ("SUM({1,2;3,4})", 10),
        ('SUMIF({1,5,9},">2",{10,20,30})', 50),
        ('SUMPRODUCT(({"a","b","a"}="a")*{1,2,3})', 4),
        ("SUMPRODUCT({1,2},{1;2})", {"error": "#VALUE!"}),
        ("SUMPRODUCT({1,2}*{3;4})", 21),
        ("INDEX({1,2;3,4},2,1)", 3),
        ("INDEX({1,2;3,4},3,1)", {"error": "#REF!"}),
        ("SUM(INDEX({1,2;3,4},0,2))", 6),
        ("MATCH(2,{1,2;3,4},0)", {"error": "#N/A"}),
        ("SUM(IF({1,0,1}>0,5,7))", 17),
        ('SUM({1,TRUE,"3"})', 1),
        ("{7,8}", 7),
        ("ABS({-3,2})", 3),
        ("_xlfn.IFS(FALSE,1,TRUE,2)", 2),
        ("-0", 0),
    ],
)
def test_a_formula_is_answered_by_its_value(formula, value):
    (got,) = answers(formula)
    assert got == value
    assert type(got) is type(value) or isinstance(got, float)


@pytest.mark.parametrize(
    ("formula", "at"),
    [("1+", [2, 2]), ("(1", [0, 1]), ("{1;2,3}", [0, 7]), ("{1+1}", [2, 3]), ("1 2", [2, 3]), ("PREV(1)", [0, 7])],
)
def test_what_is_no_formula_is_refused_with_its_place(formula, at):
    (got,) = answers(formula)
    assert got["error"] == "syntax"
    assert got["why"]
    assert got["at"] == at


def test_names_come_from_set_and_behave_as_cells():
    sets = ("rate=20%", 'word="7"', "empty=", "day=2026-01-15", "list={1,2;3,4}", "flag=TRUE", "mode=ramp")
    formulas = (
        "RATE*2",
        "SUM(word)",
        "word+1",
        "ISBLANK(empty)",
        'empty&"x"',
        "day",
        "SUM(list)",
        "flag",
        'mode="RAMP"',
    )
    assert answers(*formulas, sets=sets) == [0.4, 0, 8, True, "x", 46037, 10, True, True]


@pytest.mark.parametrize("text", ["x", "=1", "1x=2", "x y=2", "x==1+", "x={1", "x=1.2.3", "true=1", 'x="a'])
def test_a_set_that_is_no_name_and_value_ends_with_status_2(text, capsys):
    assert headless.main(["eval", "--json", "--set", text]) == 2
    assert "--set" in capsys.readouterr().err


def test_hostile_lines_get_one_answer_each():
    lines = [
        "(" * 5000, "=" + "-" * 9000 + "1", "1" + "+1" * 4000, "{" * 100, '"' * 4001, "", "\x00\x07", "é=1", "\udcff\udcfe",
        "x" * 10_000_000, '=REPT("ab",32767)&"c"', 'COUNTIF({"aaaaaaaaaaaaaaaa"},"' + "*a" * 120 + 'b")', "9^9^9^9", "1e999",
        "SUM(" + ",".join("1" * 1 for _ in range(256)) + ")",
    ]  # fmt: skip
    got = answers(*lines, "1+1")
    assert len(got) == len(lines) + 1
    assert got[-1] == 2
    assert [g for g in got[:-1] if not (isinstance(g, dict) and "error" in g) and g != 0] == []


def test_lines_of_every_make_are_read_alike():
    out = io.StringIO()
    source = '\ufeff=1\r\n\r\n   \n\t="Ä"&"日本"&"\U0001f600"\n= sum( 1 , 2 )\n=_xlfn.concat("a",1)\r\n=5'.encode()
    assert command((), io.BytesIO(source), out) == 0
    got = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [g if not isinstance(g, dict) else g["error"] for g in got] == [1, "syntax", "syntax", "Ä日本😀", 3, "a1", 5]


def test_thousands_of_lines_get_thousands_of_answers():
    lines = [f'=ROUND({i}/7,2)&TEXT({i},"0000")' for i in range(5_000)] + ["=" + "1" * 9_000, "=2"]
    got = answers(*lines)
    assert len(got) == 5_002
    assert got[:2] == ["00000", "0.140001"]
    assert (got[-2]["error"], got[-1]) == ("syntax", 2)


@pytest.mark.parametrize(
    ("given", "shown", "total", "blank"),
    [
        ("1.5e3", 1500, 1500, False), ("-2", -2, -2, False), ("50%", 0.5, 0.5, False), ("$5", 5, 5, False), ("1,000", 1000, 1000, False), ("2026-01-15", 46037, 46037, False),
        ("1/15/2026", 46037, 46037, False), ("12:00", 0.5, 0.5, False), ("TRUE", True, 0, False), ("false", False, 0, False), ("ramp", "ramp", 0, False), ('"7"', "7", 0, False), ('"a""b"', 'a"b', 0, False),
        ("", 0, 0, True), ("#DIV/0!", {"error": "#DIV/0!"}, {"error": "#DIV/0!"}, False), ("{1,2;3,4}", 1, 10, False), ('{"x",TRUE,5}', "x", 5, False), ("=1+2", 3, 3, False),
    ],
)  # fmt: skip
def test_a_set_takes_every_kind_of_value(given, shown, total, blank):
    assert answers("=a", "=SUM(a)", "=ISBLANK(a)", sets=(f"a={given}",)) == [shown, total, blank]


def test_the_limits_of_a_formula_are_excels():
    deep = "(" * 64 + "1" + ")" * 64
    deeper = f"({deep})"
    long = "1" + " " * 8191
    got = answers(deep, deeper, long, long + " ")
    assert (got[0], got[2]) == (1, 1)
    assert got[1]["error"] == got[3]["error"] == "syntax"


def test_the_command_answers_each_line_at_once_and_survives_a_closed_pipe():
    run = [sys.executable, str(ROOT / "main.py"), "eval", "--json", "--set", "a=2"]
    with subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdin.write(b"=a*3\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"6.0\n"
        process.stdout.close()
        process.stdin.write(b"1\n" * 10)
        process.stdin.close()
        assert process.wait(20) == 0
        assert process.stderr.read() == b""
