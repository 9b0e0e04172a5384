"""The commands for scripts: JSON, exit statuses, messages."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from model import store
from model.commands import common, headless
from model.commands.common import to_json
from model.deal import Output
from model.values import NO_CAP

ROOT = Path(__file__).parents[2]


def call(capsys, *argv):
    status = headless.main(argv)
    out, err = capsys.readouterr()
    return status, out, err


def show(capsys, *argv):
    status, out, err = call(capsys, "show", "microsoft-openai", "--json", *argv)
    assert status == 0, err
    return json.loads(out)


def year(data, key, wanted):
    labels = [p["label"] for p in data["periods"]]
    return data["lines"][key][labels.index(str(wanted))]


# the worked figures of the deal document ----------------------------------------------------------


def test_remaining_commitment_and_revenue_share_at_year_ends(capsys):
    data = show(capsys)
    assert year(data, "azure_closing", 2025) == pytest.approx(243.802, abs=5e-4)
    assert year(data, "azure_closing", 2028) == pytest.approx(139.302, abs=5e-4)
    assert year(data, "revenue_share_accrued", 2026) == pytest.approx(6.0)
    assert data["outputs"]["implied_equity"] == pytest.approx(500)
    assert data["outputs"]["expected_revenue_share"] == pytest.approx(81.751, abs=5e-4)
    assert data["outputs"]["pv_azure"] == pytest.approx(181.039, abs=5e-4)
    assert data["outputs"]["xirr"] == pytest.approx(0.888, abs=5e-4)
    assert data["outputs"]["rs_cap_binds_on"] == "never"


def test_revenue_share_stops_on_verification(capsys):
    data = show(capsys, "--set", "agi_declared=2027-12-31")
    assert data["terms"]["verified"] == "2028-06-30"
    assert data["outputs"]["revenue_share_total"] == pytest.approx(28.808, abs=5e-4)
    assert data["outputs"]["revenue_share_forgone"] == pytest.approx(
        show(capsys)["outputs"]["revenue_share_total"] - data["outputs"]["revenue_share_total"]
    )
    by_scenario = show(capsys, "--scenario", "AGI verified mid-2028")
    assert by_scenario["outputs"]["revenue_share_total"] == data["outputs"]["revenue_share_total"]


def test_stake_after_the_round_fully_funded(capsys):
    data = show(capsys, "--set", "rounds.round_1.funded=100%")
    assert data["outputs"]["stake_after_round"] == pytest.approx(0.2313, abs=5e-5)
    assert data["outputs"]["cost_to_hold_stake"] == pytest.approx(0.27 * 122)


def test_the_amendments_cap_binds_on_its_day(capsys):
    data = show(capsys, "--version", "april 2026")
    assert data["version"] == "apr_2026"
    assert data["outputs"]["rs_cap_binds_on"] == "2028-12-24"


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_headlines_do_not_depend_on_the_period(capsys, period):
    data = show(capsys, "--period", period)
    reference = show(capsys)
    for key, value in reference["outputs"].items():
        assert data["outputs"][key] == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value), key
    assert len(data["periods"]) == {"month": 192, "quarter": 64, "year": 16}[period]


# form ---------------------------------------------------------------------------------------------


def test_json_has_the_agreed_shape(capsys):
    data = show(capsys)
    assert {"deal", "version", "scenario", "periods", "terms", "lines", "outputs", "checks", "problems"} <= set(data)
    assert data["periods"][0] == {"start": "2025-01-01", "end": "2025-12-31", "label": "2025"}
    assert data["terms"]["agi_declared"] == "never"
    assert data["terms"]["ms_threshold"] == "undisclosed"
    assert data["terms"]["rs_cap"] == "none"
    assert data["terms"]["sign_date"] == "2025-10-28"
    assert data["problems"] == []
    assert all(value is True for value in data["checks"].values())
    lines = {
        "revenue", "azure_opening", "azure_drawdown", "azure_shortfall", "azure_closing", "revenue_share_accrued",
        "revenue_share_paid", "revenue_share_payable", "stake", "equity_value", "stake_worth", "p_verified",
    }  # fmt: skip
    assert lines <= set(data["lines"])


def test_an_amount_above_no_limit_is_none_in_json_as_on_the_screen(capsys):
    """Twice no limit is no limit; of plain numbers only the very value is, as their field shows them."""
    for kind, told in (("money", "none"), ("multiple", "none"), ("number", 2 * NO_CAP)):
        assert to_json(Output(label="Double", kind=kind, formula="= cap * 2"), 2 * NO_CAP) == told
        assert to_json(Output(label="Same", kind=kind, formula="= cap"), NO_CAP) == "none"
    assert to_json(Output(label="Debt", kind="money", formula="= -cap * 2"), -2 * NO_CAP) == -2 * NO_CAP


def test_an_error_is_an_object_with_its_root_cell(capsys):
    data = show(capsys, "--set", "stake_pct=0%")
    assert data["outputs"]["implied_equity"] == {"error": "#DIV/0!", "at": "implied_equity", "why": "division by zero"}


def test_csv_tables_come_from_frames(capsys):
    _, out, _ = call(capsys, "show", "microsoft-openai", "--csv")
    head = out.splitlines()[0].split(",")
    assert head[:4] == ["line", "label", "unit", "opening"]
    _, out, _ = call(capsys, "show", "microsoft-openai", "--csv", "annual", "--period", "month")
    assert "2040" in out.splitlines()[0]
    _, out, _ = call(capsys, "show", "microsoft-openai", "--csv", "terms")
    assert out.startswith("term,label,value")


def test_text_that_looks_like_a_formula_is_prefixed_in_csv():
    assert [common.safe_csv(v) for v in ("=1", "+1", "-1", "@x", "\tx", "x", -1.0)] == [
        "'=1", "'+1", "'-1", "'@x", "'\tx", "x", -1.0,
    ]  # fmt: skip


def test_the_readable_table_shows_terms_schedule_outputs_and_checks(capsys):
    status, out, _ = call(capsys, "show", "microsoft-openai")
    assert status == 0
    for word in ("Terms", "Schedule", "Outputs", "Checks", "holds", "139.3"):
        assert word in out


def test_check_covers_every_version_and_scenario(capsys):
    status, out, _ = call(capsys, "check", "microsoft-openai")
    assert status == 0
    assert "8 combinations" in out
    assert call(capsys, "check", "blank") == (0, "New deal: no problems; its check holds.\n", "")


# refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "status", "words"),
    [
        (["show", "no-such-deal"], 1, "no-such-deal"),
        (["show", "microsoft-openai", "--version", "1999"], 2, "There is no version"),
        (["show", "microsoft-openai", "--scenario", "zzz"], 2, "There is no scenario"),
        (["show", "microsoft-openai", "--set", "stake_valu=1"], 2, "Did you mean “stake_value”?"),
        (["show", "microsoft-openai", "--set", "stake_value=abc"], 2, "--set stake_value"),
        (["show", "microsoft-openai", "--set", "stake_value"], 2, "KEY=VALUE"),
        (["show", "microsoft-openai", "--set", "verified=2030-01-01"], 2, "computed"),
        (["show", "microsoft-openai", "--set", "azure_end=03/04/2032"], 2, "2032-04-03"),
    ],
)
def test_wrong_input_is_one_sentence_on_stderr(capsys, argv, status, words):
    got, out, err = call(capsys, *argv)
    assert got == status
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_a_deal_with_a_faulty_formula_reports_it_and_exits_1(tmp_path, capsys):
    text = (ROOT / "templates" / "blank.deal").read_text()
    assert "[outputs." in text
    path = tmp_path / "bad.deal"
    path.write_text(text.replace('formula = "= ', 'formula = "= nowhere + ', 1))
    status, out, err = call(capsys, "show", str(path), "--json")
    assert status == 1
    assert "nowhere" in err
    assert json.loads(out)["problems"][0]["where"].endswith(".formula")


def test_the_command_line_works_as_a_process():
    done = subprocess.run(
        [sys.executable, "main.py", "show", "blank", "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["problems"] == []
    usage = subprocess.run([sys.executable, "main.py", "show"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert usage.returncode == 2
    assert "DEAL" in usage.stderr


def test_what_is_written_is_utf_8_whatever_the_system_speaks():
    speaks = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    for argv in (["diff", "microsoft-openai@oct_2025", "microsoft-openai@apr_2026"], ["show", "blank"]):
        done = subprocess.run(
            [sys.executable, "main.py", *argv], cwd=ROOT, capture_output=True, env=speaks, check=False
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        done.stdout.decode("utf-8")


def test_check_is_strict_about_a_term_without_a_value_and_show_only_says_so(tmp_path, capsys):
    path = tmp_path / "half.deal"
    deal = store.load(store.find("blank")).deal
    terms = {
        key: structs.replace(term, value=None) if term.formula is None else term for key, term in deal.terms.items()
    }
    store.save(structs.replace(deal, terms=terms, checks={}), path)
    status, out, _ = call(capsys, "check", str(path))
    assert status == 1
    assert "has no value, and formulas that read it count it as zero." in out
    status, _, err = call(capsys, "show", str(path), "--json")
    assert status == 0
    assert "has no value" in err


def test_the_exit_statuses_stand_in_the_help(capsys):
    with pytest.raises(SystemExit) as end:
        headless.main(["--help"])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert headless.STATUSES in out
    assert all(f"\n  {n}  " in out for n in (common.OK, common.PROBLEMS, common.USAGE))


def test_a_reader_that_stops_early_is_no_error():
    show = [sys.executable, "main.py", "show", "microsoft-openai", "--period", "month", "--csv"]
    with subprocess.Popen(show, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 0
