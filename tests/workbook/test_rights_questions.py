"""Rights and questions inside the book: dates, facts and terms changed there must give what the app answers."""

import datetime as dt
import itertools
import random

import pytest

from model.decisions import ask, combinations
from model.edits import apply, set_values
from model.engine import run
from model.layers import View
from model.rights import status, year_ends
from model.values import to_serial
from model.workbook.facts import fact_choices
from model.workbook.sheet_rights import MATRIX, ON
from model.workbook.viewpoint import letters
from model.workbook.write import export
from tests.workbook import engines
from tests.workbook.engines import coordinates

DAYS = tuple(dt.date.fromisoformat(d) for d in ("2025-10-27", "2025-10-28", "2026-04-26", "2026-04-27", "2029-09-30", "2033-01-01"))  # fmt: skip
VIEWS = (View("oct_2025", "base", "year"), View("apr_2026", "agi_mid_2028", "year"))


@pytest.fixture(scope="module", params=VIEWS, ids=lambda v: f"{v.version}-{v.scenario}")
def opened(request, template, tmp_path_factory):
    """A book of the template, its cells, and the run it came from."""
    path = tmp_path_factory.mktemp("rights") / "book.xlsx"
    calc = run(template, request.param)
    export(calc, path)
    return path, engines.read(path), calc


def rows_by_key(cells, sheet, column):
    found = {}
    for ref, cell in cells[sheet].items():
        if ref.rstrip("0123456789") == column and isinstance(cell.value, str):
            found.setdefault(cell.value, coordinates(ref)[0])
    return found


def test_rights_stand_as_in_the_app_at_every_year_end_and_on_any_day(opened):
    path, cells, calc = opened
    days = year_ends(calc)
    labels = rows_by_key(cells, "Rights", "B")
    engine = engines.Formualizer(path, cells)
    count = 0
    for day in DAYS:
        made = engine.after({("Rights", f"{letters(ON)}3"): to_serial(day)})
        for key, right in calc.deal.rights.items():
            row = labels[right.label]
            assert made["Rights"][f"{letters(ON)}{row}"].value == status(calc, key, day).state, (key, day)
            for i, end in enumerate(days):
                col = letters(MATRIX + i)
                assert made["Rights"][f"{col}{row}"].value == status(calc, key, end).state, (key, end)
                count += 1
    assert count > 500


def test_a_term_changed_in_the_book_moves_its_rights(template, opened):
    path, cells, calc = opened
    changed = run(
        apply(template, set_values(template, calc.view, [("ip_model_end", dt.date(2027, 3, 31))], "x"))[0], calc.view
    )
    cell = engines.input_cell(calc, "ip_model_end")
    made = engines.formualizer(path, cells, {cell: changed.scalar("ip_model_end")})
    labels = rows_by_key(cells, "Rights", "B")
    ends = year_ends(calc)
    moved = 0
    for key, right in calc.deal.rights.items():
        for i, end in enumerate(ends):
            col = letters(MATRIX + i)
            got = made["Rights"][f"{col}{labels[right.label]}"].value
            assert got == status(changed, key, end).state, key
            moved += got != status(calc, key, end).state
    assert moved > 5


def block(cells, deal, name):
    """Where a question stands: cells of its facts, its day and its reply."""
    question = deal.questions[name]
    row = rows_by_key(cells, "Questions", "B")[question.label] + 2
    facts = {fact: ("Questions", f"C{row + i}") for i, fact in enumerate(question.facts)}
    row += len(facts)
    reply = {word: f"C{row + 1 + i}" for i, word in enumerate(("answer", "rule", "why", "source", "until", "then"))}
    return facts, ("Questions", f"C{row}"), reply


def asked(calc, cells, limit, seed):
    """Questions with facts and days: all of them, or a sample."""
    deal = calc.deal
    for name, question in deal.questions.items():
        cases = list(itertools.product(combinations(question), DAYS))
        if len(cases) > limit:
            cases = random.Random(seed).sample(cases, limit)
        facts, on, reply = block(cells, deal, name)
        for given, day in cases:
            changes = {on: to_serial(day)}
            for fact, value in given.items():
                position = list(question.facts[fact].values).index(value)
                changes[facts[fact]] = fact_choices(question, fact)[position]
            yield name, given, day, changes, reply


def check(calc, name, given, day, made, reply):
    wanted = ask(calc, name, given, day)
    got = {word: made[ref].value for word, ref in reply.items()}
    place = (name, given, day, got, wanted)
    assert got["answer"] == wanted.answer, place
    assert (got["rule"] or "") == wanted.rule, place
    assert got["until"] == ("it stays so" if wanted.until is None else to_serial(wanted.until)), place
    assert (got["then"] or "") == (wanted.then or ""), place


def test_the_questions_answer_as_the_app_does_for_every_combination_sampled(opened):
    path, cells, calc = opened
    engine = engines.Formualizer(path, cells)
    count = 0
    for name, given, day, changes, reply in asked(calc, cells, 25, 1):
        check(calc, name, given, day, engine.after(changes)["Questions"], reply)
        count += 1
    print(f"{count} questions asked in the book")
    assert count >= 80


def test_a_fact_left_open_is_answered_with_incomplete(opened):
    path, cells, calc = opened
    name = next(iter(calc.deal.questions))
    facts, _, reply = block(cells, calc.deal, name)
    made = engines.formualizer(path, cells, {next(iter(facts.values())): ""})
    assert made["Questions"][reply["answer"]].value == "incomplete"


@pytest.mark.libreoffice
def test_the_questions_answer_alike_in_libreoffice(opened, libreoffice, tmp_path):
    path, cells, calc = opened
    together = {}
    for name, given, day, changes, reply in asked(calc, cells, 6, 2):
        together.setdefault(name, []).append((given, day, changes, reply))
    rounds = []
    for i in range(6):
        chosen = [(name, cases[i % len(cases)]) for name, cases in together.items()]
        changes = {cell: value for _, (_, _, c, _) in chosen for cell, value in c.items()}
        target = tmp_path / f"asked-{i}.xlsx"
        engines.edit(path, target, changes)
        rounds.append((target, chosen))
    made = libreoffice.convert([target for target, _ in rounds], tmp_path / "out")
    for (_, chosen), book in zip(rounds, made, strict=True):
        found = engines.read(book)["Questions"]
        for name, (given, day, _, reply) in chosen:
            check(calc, name, given, day, found, reply)
