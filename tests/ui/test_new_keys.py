"""What is added by typing and duplicating has keys under which its file opens again."""

from __future__ import annotations

import pytest
from msgspec import structs

from model import store
from model.deal import Source
from model.edits import apply
from model.engine import run
from model.layers import BASE, default_view
from ui import entries, legal_entries
from ui.targets import Target

DEAL = store.load(store.find("microsoft-openai")).deal


def with_source(deal, text):
    target = Target("text", "stake_pct", ("terms", "stake_pct", "source"))
    return apply(deal, entries.make_edit(run(deal, default_view(deal)), [(target, text)], lambda key: BASE))[0]


def opens_again(deal):
    return store.loads(store.dumps(deal)) == deal


@pytest.mark.parametrize("texts", [("2025 press", "2025-press!"), ("Filing!",), ("日本", "日本の")])
def test_a_source_typed_into_a_term(texts):
    made = structs.replace(DEAL, sources={**DEAL.sources, "Filing": Source(label="A filing")})
    for text in texts:
        made = with_source(made, text)
    assert len(made.sources) == len(DEAL.sources) + 1 + len(texts)
    assert opens_again(made)


def test_copies_of_copies_of_rights_and_rules():
    made, right, question = DEAL, next(iter(DEAL.rights)), "hosting"
    rule = next(iter(DEAL.questions[question].rules))
    for _ in range(40):
        edit = legal_entries.copy_right(made, right)
        made, right = apply(made, edit)[0], edit.puts[0].path[1]
        edit = legal_entries.copy_rule(made, question, rule)
        made, rule = apply(made, edit)[0], edit.puts[0].path[3]
    assert opens_again(made)


def test_a_copy_differs_by_more_than_case_and_keeps_a_year_in_its_key():
    rights = {"Share_2026": DEAL.rights["partnership"], "share_2026_1": DEAL.rights["partnership"]}
    made = structs.replace(DEAL, rights=rights)
    assert legal_entries.copy_right(made, "Share_2026").puts[0].path == ("rights", "Share_2026_2")
