"""What is wrong beyond formulas and checks."""

from model import store
from model.commands.headless import main as headless
from model.engine import run
from model.faults import unvalued
from model.layers import View
from tests.model.deals import Line, Term, Version, deal

DEAL = deal(
    terms={
        "fee": Term(label="Fee", kind="money"),
        "mode": Term(label="Mode", kind="choice", choices=("a", "b")),
        "idle": Term(label="Idle", kind="money"),
        "known": Term(label="Known", value=0.0),
        "secret": Term(label="Secret", value="undisclosed"),
    },
    lines={"paid": Line(label="Paid", formula='= fee + IF(mode = "a", 1, known) + secret')},
    versions={"v": Version(label="V", set={"fee": 3.0})},
)


def test_a_term_without_a_value_that_formulas_read_is_said_and_what_they_make_of_it():
    found = unvalued(run(DEAL, View()))
    assert [p.where for p in found] == ["terms.fee", "terms.mode"]  # not what nobody reads, is zero or undisclosed
    assert "“Fee” has no value" in found[0].what
    assert "as zero" in found[0].what
    assert "as empty text" in found[1].what
    assert "undisclosed" in found[0].remedy


def test_a_version_that_gives_the_value_leaves_nothing_to_say():
    assert [p.where for p in unvalued(run(DEAL, View("v")))] == ["terms.mode"]


def test_show_and_check_say_it_too(tmp_path, capsys):
    path = tmp_path / "d.deal"
    store.save(DEAL, path)
    assert headless(["show", str(path)]) == 0
    assert "“Fee” has no value" in capsys.readouterr().err
    assert headless(["check", str(path)]) == 1
    assert "“Mode” has no value" in capsys.readouterr().out
