"""The headless ``ask``, the rights and maturity of ``show``, and faults of decision tables as problems."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from model.commands import headless

ROOT = Path(__file__).parents[2]
DEAL = "microsoft-openai"
JOINT_API = ["--given", "product=api", "made=codeveloped", "customer=commercial", "cloud=other"]


def call(capsys, *argv):
    status = headless.main(argv)
    out, err = capsys.readouterr()
    return status, out, err


def ask(capsys, *argv, deal=DEAL):
    status, out, err = call(capsys, "ask", deal, *argv, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def show(capsys, *argv, deal=DEAL):
    status, out, err = call(capsys, "show", deal, "--json", *argv)
    assert status == 0, err
    return json.loads(out)


# ask ------------------------------------------------------------------------------------------------


def test_an_answer_has_rule_words_class_source_and_the_day_it_changes(capsys):
    found = ask(capsys, "hosting", *JOINT_API, "--on", "1 Jan 2027", "--scenario", "agi_mid_2028")
    assert {key: found[key] for key in ("answer", "rule", "class", "until", "then", "on")} == {
        "answer": "no", "rule": "H6", "class": "stated", "until": "2028-06-30", "then": "yes", "on": "2027-01-01",
    }  # fmt: skip
    assert "exclusive to Azure" in found["why"]
    assert (found["source"], found["source_key"]) == ("Press article, 29 Oct 2025", "article")
    assert found["given"] == {"product": "api", "made": "codeveloped", "customer": "commercial", "cloud": "other"}
    assert (found["question"], found["version"], found["scenario"]) == ("hosting", "oct_2025", "agi_mid_2028")


def test_an_answer_that_stays_has_no_until(capsys):
    found = ask(capsys, "hosting", *JOINT_API, "--on", "2027-01-01")
    assert (found["answer"], found["until"], found["then"]) == ("no", None, None)


def test_version_scenario_and_set_decide_the_answer(capsys):
    assert ask(capsys, "hosting", *JOINT_API, "--on", "2027-01-01", "--version", "april")["answer"] == "yes"
    assert ask(capsys, "hosting", *JOINT_API, "--on", "2026-01-31", "--version", "april")["answer"] == "no"
    moved = ask(
        capsys, "hosting", *JOINT_API, "--on", "2027-01-01", "--set", "agi_declared=1.3.2026", "--set", "agi_lag=1"
    )
    assert (moved["answer"], moved["rule"]) == ("yes", "H7")


@pytest.mark.parametrize(
    "on", ["2027-01-31", "31.1.2027", "31 Jan 2027", "Jan 2027", "January 31, 2027", "31. Januar 2027"]
)
def test_days_are_read_as_the_date_field_reads_them(capsys, on):
    assert ask(capsys, "compute", "--given", "use=train", "--on", on)["on"] == "2027-01-31"


def test_questions_and_facts_may_be_named_by_label_and_given_one_by_one(capsys):
    found = ask(capsys, "open weights", "--given", "criteria=not met", "--on", "2027-01-01")
    assert (found["question"], found["answer"]) == ("open_weights", "no")
    given = [part for fact in JOINT_API[1:] for part in ("--given", fact)]
    assert ask(capsys, "hosting", *given, "--on", "2027-01-01")["rule"] == "H6"


def test_a_fact_left_open_is_unknown_where_it_decides(capsys):
    found = ask(capsys, "agi", "--given", "ip=with", "--on", "2027-01-01")
    assert (found["answer"], found["rule"], found["source"]) == ("unknown", None, None)
    assert found["why"] == "It depends on what is left open: Compute."
    assert ask(capsys, "agi", "--given", "ip=without", "--on", "2027-01-01")["answer"] == "yes"


def test_before_signing_nothing_is_known(capsys):
    found = ask(capsys, "hosting", *JOINT_API, "--on", "2025-10-27")
    assert (found["answer"], found["until"], found["then"]) == ("unknown", "2025-10-27", "no")
    assert "earlier" in found["why"]


def test_the_readable_answer_says_it_in_plain_words(capsys):
    status, out, _ = call(
        capsys, "ask", DEAL, "hosting", *JOINT_API, "--on", "2027-01-01", "--scenario", "agi_mid_2028"
    )
    assert status == 0
    for words in (
        "May OpenAI host",
        "another cloud",
        "1 Jan 2027",
        "\nNo\n",
        "until 30 Jun 2028",
        "then: yes",
        "Rule H6 · stated",
    ):
        assert words in out


def test_the_list_names_questions_facts_and_values(capsys):
    status, out, _ = call(capsys, "ask", DEAL, "--list", "--json")
    assert status == 0
    questions = json.loads(out)["questions"]
    assert list(questions) == ["hosting", "model_ip", "agi", "open_weights", "compute"]
    assert questions["hosting"]["label"]
    assert questions["hosting"]["facts"]["cloud"] == {
        "label": "Cloud",
        "values": {"azure": "Azure", "other": "another cloud"},
    }
    _, out, _ = call(capsys, "ask", DEAL, "--list")
    assert "hosting" in out and "codeveloped" in out
    _, out, _ = call(capsys, "ask", "blank", "--list")
    assert "no questions" in out


@pytest.mark.parametrize(
    ("argv", "status", "words"),
    [
        ([DEAL, "parking", "--on", "2027-01-01"], 2, "There is no question “parking”"),
        ([DEAL, "--on", "2027-01-01"], 2, "no question was named"),
        (["blank", "hosting", "--on", "2027-01-01"], 2, "This deal has: none"),
        ([DEAL, "hosting"], 2, "depends on the day"),
        ([DEAL, "hosting", "--on", "never"], 2, "“never” is not a day"),
        ([DEAL, "hosting", "--on", "03/04/2027"], 2, "two ways"),
        ([DEAL, "hosting", "--on", "2027"], 2, "not a day"),
        ([DEAL, "hosting", "--given", "cloud", "--on", "2027-01-01"], 2, "KEY=VALUE"),
        ([DEAL, "hosting", "--given", "cloud=steam", "--on", "2027-01-01"], 2, "azure (Azure), other (another cloud)"),
        ([DEAL, "hosting", "--given", "rain=yes", "--on", "2027-01-01"], 2, "Facts: product, made, customer, cloud"),
        ([DEAL, "hosting", "--given", "cloud=azure", "cloud=other", "--on", "2027-01-01"], 2, "given twice"),
        ([DEAL, "hosting", "--on", "2027-01-01", "--version", "1999"], 2, "There is no version"),
        ([DEAL, "hosting", "--on", "2027-01-01", "--set", "agi_lag=soon"], 2, "--set agi_lag"),
        (["no-such-deal", "hosting", "--on", "2027-01-01"], 1, "no-such-deal"),
    ],
)
def test_bad_input_is_one_clear_sentence(capsys, argv, status, words):
    got, out, err = call(capsys, "ask", *argv)
    assert (got, out) == (status, "")
    assert words in err and len(err.strip().splitlines()) == 1


def test_ask_works_as_a_process():
    command = [
        sys.executable,
        "main.py",
        "ask",
        DEAL,
        "compute",
        "--given",
        "use=train",
        "--on",
        "2027-01-01",
        "--json",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["answer"] == "yes"


# rights and maturity in show ------------------------------------------------------------------------


def test_show_tells_how_rights_stand_on_each_day_asked(capsys):
    data = show(capsys, "--scenario", "agi_mid_2028", "--on", "1.3.2028", "--on", "2028-07-01")
    assert data["rights"]["exclusive_ip"]["on"] == {"2028-03-01": "in force", "2028-07-01": "ended"}
    assert data["rights"]["agi_openai_ip"]["on"] == {"2028-03-01": "ended", "2028-07-01": "ended"}
    assert data["rights"]["hardware_ip"]["on"]["2028-03-01"] == "excluded"
    assert data["rights"]["open_weights"]["on"]["2028-03-01"] == "unknown"
    assert (data["rights"]["exclusive_ip"]["from"], data["rights"]["exclusive_ip"]["until"]) == (
        "2025-10-28",
        "2028-06-30",
    )
    assert data["rights"]["equity_stake"]["until"] == "never"
    assert show(capsys)["rights"]["exclusive_ip"]["on"] == {}


def test_the_readable_show_has_a_column_for_each_day(capsys):
    _, out, _ = call(capsys, "show", DEAL, "--on", "2027-01-01")
    assert "1 Jan 2027" in out and "not yet" in out
    status, out, err = call(capsys, "show", DEAL, "--on", "soon")
    assert (status, out) == (2, "") and "--on" in err


def test_show_has_the_maturity_table_of_every_deal_that_names_one(capsys):
    rows = show(capsys)["maturity"]
    assert [row["record"] for row in rows] == ["rest", "year_1", "year_2", "year_3", "year_4", "year_5", "thereafter"]
    assert sum(row["amount"] for row in rows) == pytest.approx(250)
    assert rows[0] == {**rows[0], "due": "Rest of the valuation year", "offset": 0, "cal_year": 2025}
    moved = show(capsys, "--set", "valuation_date=2027-12-31")
    remaining = moved["outputs"]["azure_remaining_at_valuation"]
    assert sum(row["amount"] for row in moved["maturity"]) == pytest.approx(remaining)
    assert show(capsys, deal="amd-openai")["maturity"][0]["record"] == "rest"
    assert "maturity" not in show(capsys, deal="blank")


# faults of the tables -------------------------------------------------------------------------------


@pytest.fixture
def faulty(tmp_path):
    text = (ROOT / "templates" / f"{DEAL}.deal").read_text(encoding="utf-8")
    path = tmp_path / "faulty.deal"
    old = '[questions.hosting.rules.H8]\nwhen = { product = "api", cloud = "other" }'
    assert old in text
    path.write_text(text.replace(old, '[questions.hosting.rules.H8]\nwhen = { product = "api" }'), encoding="utf-8")
    return str(path)


def test_an_overlap_that_only_a_version_has_is_found_by_check(capsys, faulty):
    status, out, _ = call(capsys, "check", faulty)
    assert status == 1
    assert "questions.hosting.rules.H1" in out and "H1 and H8 overlap" in out
    status, out, _ = call(capsys, "check", faulty, "--json")
    assert len(json.loads(out)["problems"]) == 1


def test_show_reports_faults_of_tables_as_problems_of_its_view(capsys, faulty):
    status, out, err = call(capsys, "show", faulty, "--json", "--version", "apr_2026")
    assert status == 1 and "overlap" in err
    assert json.loads(out)["problems"][0]["where"] == "questions.hosting.rules.H1"
    status, out, _ = call(capsys, "show", faulty, "--json")
    assert status == 0 and json.loads(out)["problems"] == []


def test_ask_answers_ambiguous_where_rules_overlap_and_exits_1(capsys, faulty):
    argv = ["--given", "product=api", "cloud=azure", "--on", "2027-01-01", "--version", "apr_2026", "--json"]
    status, out, err = call(capsys, "ask", faulty, "hosting", *argv)
    assert status == 1 and "overlap" in err
    assert json.loads(out)["answer"] == "ambiguous"
