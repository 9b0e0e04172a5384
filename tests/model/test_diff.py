"""The headless diff: two deals, versions or scenarios, for reading and as JSON."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest

from model import store
from model.commands import diff, headless
from model.deal import Line, Output, Party, Right, Source, Term
from model.engine import run
from model.layers import default_view
from model.rights import Span, granted, in_words
from model.values import NEVER, ErrorValue, to_serial
from model.whatif.compare import compare
from model.whatif.entries import entries
from model.whatif.entries import in_words as entry_in_words
from tests.model.deals import deal


def said(a, b):
    left, right = (run(d, default_view(d)) for d in (a, b))
    return diff.table(left, right, compare(left, right)).splitlines()


def test_two_versions_of_a_shipped_deal_for_reading(capsys):
    assert headless.main(["diff", "microsoft-openai@oct_2025", "microsoft-openai@apr_2026"]) == 0
    out = capsys.readouterr().out
    assert "none → 38.0   (reported, [7] Press on the cap, Apr 2026)" in out  # none is a cap that is not there
    assert "28 Oct 2025 – no end → 28 Oct 2025 – 26 Apr 2026\n" in out
    assert "107.1 → 38.5 $bn\n" in out
    assert "not yet → 24 Dec 2028\n" in out  # a date has no unit
    assert "Document" not in out and "Formulas" not in out


def test_the_same_as_json(capsys):
    assert headless.main(["diff", "microsoft-openai@oct_2025", "microsoft-openai@apr_2026", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["a"] == {"deal": "Microsoft–OpenAI", "version": "oct_2025", "scenario": "base"}
    rights = {r["key"]: r for r in found["rights"]}
    assert {(r["a"]["until"], r["b"]["until"]) for r in rights.values()} >= {(None, "2026-04-26")}
    assert found["document"] == found["formulas"] == []


def test_nothing_different_is_said():
    a = deal(terms={"x": Term(label="X", value=1.0)})
    assert said(a, a) == ["Terms", "  no difference", "", "Rights", "  no difference", "", "Outputs", "  no difference"]


def test_units_are_written_once():
    def of(x):
        outputs = {
            "o": Output(label="Money", formula="= x", unit="$m"),
            "p": Output(label="Share", formula="= x / 100", kind="percent", unit="%"),
            "m": Output(label="Multiple", formula="= x", kind="multiple", unit="x"),
        }
        return deal(terms={"x": Term(label="X", value=x)}, outputs=outputs)

    lines = [line.split("  ")[-1].strip().replace("\u2009", " ") for line in said(of(1.0), of(2.0))]
    assert lines[-3:] == ["1.0 → 2.0 $m", "1.0 % → 2.0 %", "1.0x → 2.0x"]


def test_what_is_empty_and_what_is_not_there_are_told_apart():
    a = deal(terms={"x": Term(label="X"), "y": Term(label="Y", value=2.0)})
    b = deal(
        terms={"x": Term(label="X", value=1.0), "z": Term(label="Z")}, outputs={"o": Output(label="O", formula="= x")}
    )
    lines = [" ".join(line.split()) for line in said(a, b)]
    assert lines[1:4] == ["X empty → 1.00", "Y 2.00 → not there", "Z not there → empty"]
    assert "O not there → 1.0" in lines
    assert not any("none" in line for line in lines)


def test_formulas_are_named_by_their_labels():
    def of(opening, body):
        return deal(lines={"x": Line(label="Balance", formula=body, opening=opening)})

    lines = [" ".join(line.split()) for line in said(of("= 1", "= PREV(x)"), of("= 2", "= PREV(x) + 1"))]
    assert "Balance: = PREV(x) → = PREV(x) + 1" in lines
    assert "Balance, opening: = 1 → = 2" in lines
    assert not any("@" in line for line in lines)


def test_parties_sources_headings_order_and_deletions_are_said():
    a = deal(
        parties={"p": Party(label="Buyer"), "q": Party(label="Bank")}, sources={"s": Source(label="Old"), "t": Source(label="New")},
        sections={"m": "Money", "n": "Notes"}, terms={"x": Term(label="X", value=1.0, source="s", note="so")},
    )  # fmt: skip
    b = deal(
        parties={"p": Party(label="Purchaser")}, sources={"s": Source(label="Old"), "t": Source(label="New"), "u": Source(label="Third")},
        sections={"n": "Notes", "m": "Cash"}, terms={"x": Term(label="X", value=1.0, source="t")},
    )  # fmt: skip
    assert [entry_in_words(a, b, e) for e in entries(a, b)] == [
        "Party Purchaser, label: “Buyer” → “Purchaser”",
        "Party Bank: removed",
        "Source Third: added",
        "Heading Cash: “Money” → “Cash”",
        "Headings: in another order",
        "Term X, source: “Old” → “New”",
        "Term X, note: “so” → empty",
    ]
    assert [line.strip() for line in said(a, b)[-7:]] == [entry_in_words(a, b, e) for e in entries(a, b)]


def test_what_stands_among_the_terms_is_not_said_again():
    a = deal(terms={"x": Term(label="X", value=1.0), "gone": Term(label="Gone", value=1.0)})
    b = deal(terms={"x": Term(label="X", value=2.0)}, checks={})
    assert "Document" not in said(a, b)


def test_a_path_with_an_at_sign_is_a_path(tmp_path, capsys):
    folder = tmp_path / "me@corp.com"
    folder.mkdir()
    shutil.copy(store.find("microsoft-openai"), folder / "a.deal")
    assert headless.main(["diff", f"{folder}/a.deal@oct_2025", "microsoft-openai@oct_2025"]) == 0
    assert "no difference" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("left", "status", "words"),
    [
        ("microsoft-openai@", 2, "has no version or scenario “”"),
        ("microsoft-openai@nonsense", 2, "has no version or scenario “nonsense”"),
        ("no-such-deal", 1, "there is no template and no file"),
        ("no@such.deal", 1, "there is no template and no file"),
    ],
)
def test_what_cannot_be_compared_is_said(left, status, words, capsys):
    assert headless.main(["diff", left, "blank"]) == status
    assert words in capsys.readouterr().err


# -- rights in words ------------------------------------------------------------------------------------

FIRST, LAST = to_serial(dt.date(2025, 10, 28)), to_serial(dt.date(2032, 12, 31))


@pytest.mark.parametrize(
    ("held", "words", "brief"),
    [
        (None, "no such right", "no such right"),
        (Span(FIRST, LAST, 1.0), "28 Oct 2025 – 31 Dec 2032", "to 31 Dec 2032"),
        (Span(FIRST, NEVER, 1.0), "28 Oct 2025 – no end", "no end"),
        (Span(FIRST, None, 1.0), "28 Oct 2025 – undisclosed", "end undisclosed"),
        (Span(None, LAST, 0.5), "undisclosed – 31 Dec 2032, unknown", "to 31 Dec 2032, if"),
        (Span(NEVER, NEVER, 1.0), "not yet", "not yet"),
        (Span(LAST, FIRST, 1.0), "excluded", "excluded"),
        (Span(FIRST, LAST, 0.0), "excluded", "excluded"),
        (Span(None, LAST, 1.0, ErrorValue("#REF!")), "#REF!", "#REF!"),
    ],
)
def test_when_a_right_holds_is_said_alike_everywhere(held, words, brief):
    assert (in_words(held), in_words(held, brief=True)) == (words, brief)
    assert held is None or held.error or granted(held) == (words not in ("not yet", "excluded"))


def test_an_end_that_becomes_disclosed_is_a_difference():
    def of(until):
        terms = {"end_on": Term(label="End", kind="date", value=until)}
        return deal(terms=terms, rights={"r": Right(label="R", holder="", from_="= DATE(2025,1,1)", until="= end_on")})

    a, b = (run(d, default_view(d)) for d in (of("undisclosed"), of("never")))
    (right,) = compare(a, b).rights
    assert (in_words(right.a), in_words(right.b)) == ("1 Jan 2025 – undisclosed", "1 Jan 2025 – no end")
