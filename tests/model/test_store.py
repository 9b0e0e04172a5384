"""The deal file: what it keeps, what it refuses and where it says the fault is, and how it is saved."""

from __future__ import annotations

import datetime as dt
import errno
import os
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import store
from model.deal import (
    Chart,
    Check,
    Column,
    Deal,
    Event,
    Line,
    Output,
    Party,
    Scenario,
    Series,
    Source,
    Table,
    Term,
    TimelineSpec,
    Version,
)  # fmt: skip
from model.problems import Refused
from model.store import dumps, find, list_templates, load, loads, save
from model.store.scan import is_plain, scan
from tests.thorough import examples

SMALL = """\
name = "small"
unit = "$bn"
version = "amended"
scenario = "late"
headline = ["paid"]

[timeline]
start = 2025-01-01
end = 2030-12-31

[sections]
cash = "Cash"

[terms.stake]
label = "Stake"
kind = "percent"
value = "27%"
low = 0.2

[terms.cap]
label = "Cap"
kind = "money"
value = "No cap"

[terms.remedy]
label = "Remedy"
kind = "choice"
choices = ["none", "per-period take-or-pay"]
value = "take_or_pay"

[terms.half]
label = "Half"
formula = "stake / 2"

[series.plan]
label = "Plan"
values = {2025 = 13, 2026 = "30bn"}

[tables.rounds]
label = "Rounds"
columns.day = {label = "Day", kind = "date"}
columns.funded = {label = "Funded", kind = "percent"}
columns.own = {label = "Own", kind = "number"}

[tables.rounds.records.first]
day = 31 Dec
funded = 0
own = "=1+1"

[lines.paid]
label = "Paid"
formula = "BYYEAR(plan, 0)"
section = "cash"

[versions.amended]
label = "Amended"
set = {rounds.first.funded = 1, "plan.2026" = 40, stake = "30 %"}

[scenarios.late]
label = "Late"
probability = 0.5
set.cap = 38
""".replace("day = 31 Dec\n", 'day = "31 Dec 2026"\n')


def deal_text(*more: str, head: str = "") -> str:
    start = f'name = "d"\n{head}\n[timeline]\nstart = 2025-01-01\nend = 2030-12-31\n'
    return start + "\n".join(more)


def refusal(text: str) -> str:
    began = time.perf_counter()
    with pytest.raises(Refused) as caught:
        loads(text)
    assert time.perf_counter() - began < 5
    assert all(problem.what for problem in caught.value.problems)
    return str(caught.value)


# -- what a file keeps ---------------------------------------------------------------------------


def test_inputs_are_canonical_after_loading() -> None:
    deal = loads(SMALL)
    assert deal.terms["stake"].value == 0.27
    assert deal.terms["cap"].value == "none"
    assert deal.terms["remedy"].value == "per-period take-or-pay"
    assert deal.series["plan"].values == {"2025": 13.0, "2026": 30.0}
    assert deal.tables["rounds"].records["first"] == {"day": dt.date(2026, 12, 31), "funded": 0.0, "own": "=1+1"}
    assert deal.versions["amended"].set == {"rounds.first.funded": 1.0, "plan.2026": 40.0, "stake": 0.3}
    assert deal.scenarios["late"].set == {"cap": 38.0}


def test_what_is_written_reads_back_and_is_stable() -> None:
    deal = loads(SMALL)
    text = dumps(deal)
    assert loads(text) == deal
    assert dumps(loads(text)) == text
    assert list(loads(text).terms) == ["stake", "cap", "remedy", "half"]


def test_written_text_is_readable() -> None:
    text = dumps(loads(SMALL))
    assert "[tables.rounds.records.first]\nday = 2026-12-31\nfunded = 0\n" in text
    assert "values.2025 = 13\nvalues.2026 = 30\n" in text
    assert '[versions.amended.set]\n"rounds.first.funded" = 1\n' in text
    for noise in ("note", "decimals", "fixed", "[tables.rounds.columns]\n", "13.0"):
        assert noise not in text
    several = msgspec.structs.replace(loads(SMALL), note='one\n"two"\\\n')
    assert 'note = """\none\n\\"two\\"\\\\\n"""' in dumps(several) and loads(dumps(several)) == several


@pytest.mark.parametrize("name", list_templates())
def test_shipped_deals_are_plain_so_that_they_open_without_a_scan(name: str) -> None:
    text = (store.TEMPLATES / f"{name}.deal").read_text(encoding="utf-8")
    assert is_plain(text)
    assert is_plain(dumps(loads(text)))


@pytest.mark.parametrize(
    "text",
    [
        "a = [[[[1]]]]", "a = [\n1]", "a = {b = {c = {d = {e = 1}}}}", "[[a]]", "a.b.c.d.e = 1", "[a.b.c.d.e.f.g]",
        f"{'k' * 300} = 1", f"a = {'9' * 70}", f'a = {{"{"k" * 300}" = 1}}', 'a = "x', "a = 1 2 ]x\n\"",
    ],
)  # fmt: skip
def test_text_that_nests_or_goes_on_for_long_is_scanned(text: str) -> None:
    assert not is_plain(text)


_LINES = st.lists(
    st.sampled_from(
        ["[a]", "[a.b]", "x = 1", "x.y = 'z'", 'x."y z" = [1, 2]', "y = {a = {b = [1]}}", "y = {a.b = 1, c = 2}", "# c",
         'z = """a\nb"""', "[a.b]", "x = 1979-05-27", "q = [1, {a = 2}]", "w = [[1], [2]]", "]", "= 1", "x = {", "}"]
    )
)  # fmt: skip


@given(_LINES)
def test_what_the_scan_refuses_in_plain_text_the_reader_refuses_too(lines: list[str]) -> None:
    text = "\n".join(lines)
    if is_plain(text):
        try:
            tomli.loads(text)
        except tomli.TOMLDecodeError:
            return
        scan(text)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "a.deal"
    file.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(file).deal == loads(SMALL)


def test_own_keys_are_kept_warned_about_and_written_back(tmp_path: Path) -> None:
    text = deal_text(
        '[terms]\nx-all = 1\n[terms.a]\nlabel = "A"\nx-own = {"p.q" = [1, {r = 2025-01-01}]}\n'
        '[x-mine.deep]\nmore = "yes"\n'
        '[series.s]\nlabel = "S"\nvalues.2025 = 1\nvalues.x-v = 2\n[versions.v]\nlabel = "V"\nset.x-s = 3\nset.a = 1'
    )
    file = tmp_path / "a.deal"
    file.write_text(text)
    loaded = load(file)
    assert set(loaded.deal.extras) == {
        "terms.x-all", "terms.a.x-own", "x-mine", "series.s.values.x-v", "versions.v.set.x-s",
    }  # fmt: skip
    assert len(loaded.warnings) == 5 and all(w.severity == "warning" for w in loaded.warnings)
    assert loads(dumps(loaded.deal)) == loaded.deal
    gone = msgspec.structs.replace(loaded.deal, terms={}, versions={})
    assert set(loads(dumps(gone)).extras) == {"terms.x-all", "x-mine", "series.s.values.x-v"}


def test_a_newer_format_is_read_only(tmp_path: Path) -> None:
    file = tmp_path / "a.deal"
    file.write_text(deal_text("[terms.a]\nlabel = 'A'\nshape = 'round'\n[rockets.r]\nfuel = 1", head="format = 2"))
    loaded = load(file)
    assert loaded.read_only and "newer" in loaded.warnings[0].what and len(loaded.warnings) == 3
    with pytest.raises(Refused, match="newer"):
        save(loaded.deal, file)


def test_bidirectional_marks_in_labels_load_and_are_written_visibly() -> None:
    deal = loads(deal_text('[terms.a]\nlabel = "safe\\u202Egnp"'))
    assert deal.terms["a"].label == "safe\u202egnp"
    assert "\\u202E" in dumps(deal) and loads(dumps(deal)) == deal


# -- what is refused, and where ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "place", "reason"),
    [
        ("[terms.a]\nlabel = 1", "terms.a.label (line 7)", "text was expected, not a number"),
        ("[terms.a]\nlabel = 'A'\nlable = 'B'", "terms.a.lable (line 8)", "“label”"),
        ("[terms.a]\nkind = 'money'", "terms.a (line 6)", "“label” is missing"),
        ("[terms.a]\nlabel = 'A'\nkind = 'mony'", "terms.a.kind (line 8)", "“money”"),
        ("[terms.a]\nlabel = 'A'\nvalue = [1]", "terms.a.value", "list"),
        ("[terms.a]\nlabel = 'A'\nvalue = 'abc'", "terms.a.value (line 8)", "not a number"),
        ("[terms.a]\nlabel = 'A'\nvalue = '=1'", "terms.a.value", "formula"),
        ("[terms.a]\nlabel = 'A'\nvalue = 1\nformula = '2'", "terms.a", "not both"),
        ("[terms.a]\nlabel = 'A'\nkind = 'date'\nlow = 2025-01-01T10:00:00", "terms.a.low", "time"),
        ("[terms.a]\nlabel = 'A'\nkind = 'choice'\nvalue = 'x'", "terms.a", "choices"),
        ("[terms.a]\nlabel = 'A'\nfixed = 1", "terms.a.fixed", "true or false"),
        ("[lines.a]\nlabel = 'A'\nformula = 3", "lines.a.formula (line 8)", "text was expected"),
        ("[lines.a]\nlabel = 'A'\nformula = '1'\nsection = 'cash'", "lines.a.section", "no section"),
        ("[outputs.a]\nlabel = 'A'\nformula = '1'\nstatus = 'b'", "outputs.a.status", "“b”"),
        ("[charts.a]\nlabel = 'A'\nlines = ['x']", "charts.a.lines.1", "no line"),
        ("[terms.start]\nlabel = 'A'", "terms.start", "meaning of its own"),
        ("[terms.True]\nlabel = 'A'", "terms.True", "meaning of its own"),
        ("[terms.a]\nlabel = 'A'\n[lines.A]\nlabel = 'A'\nformula = '1'", "lines.A", "already taken by terms.a"),
        ("[terms.a]\nlabel = 'A'\n[terms.A]\nlabel = 'A'", "terms.A", "differ only by case"),
        ("[terms.'../../etc/passwd']\nlabel = 'A'", "../../etc/passwd", "cannot be a key"),
        ("[terms.1a]\nlabel = 'A'", "terms.1a", "cannot be a key"),
        (f"[terms.{'a' * 65}]\nlabel = 'A'", "terms.", "cannot be a key"),
        ("[terms.'a\\u00e9']\nlabel = 'A'", "terms.", "cannot be a key"),
        ("[series.s]\nlabel = 'S'\nvalues = {26 = 1}", "series.s.values.26", "calendar year"),
        ("[series.s]\nlabel = 'S'\nvalues = {2026 = '12,34'}", "series.s.values.2026", "two ways"),
        ("[tables.t]\nlabel = 'T'\ncolumns.c.label = 'C'\nrecords.r.d = 1", "tables.t.records.r.d", "no column"),
        ("[tables.t]\nlabel = 'T'\ncolumns.c.label = 'C'\nrecords.r.c = 'x'", "tables.t.records.r.c", "not a number"),
        ("[tables.t]\nlabel = 'T'\ncolumns.c.label = 'C'\nrecords.'r-1'.c = 1", "records.r-1", "cannot be a key"),
        ("[versions.v]\nlabel = 'V'\nset.stake = 1", "versions.v.set.stake (line 8)", "no input"),
        ("[terms.a]\nlabel = 'A'\nformula = '1'\n[versions.v]\nlabel = 'V'\nset.a = 1", "versions.v.set.a", "computed"),
        ("[terms.a]\nlabel = 'A'\n[versions.v]\nlabel = 'V'\nset.a = '=1'", "versions.v.set.a", "never formulas"),
        ("[terms.a]\nlabel = 'A'\n[versions.v]\nlabel = 'V'\nset.a = []", "versions.v.set.a", "not one value"),
        ("[versions.v]\nlabel = 'V'\nset.a.b = 1\nset.'a.b' = 2", "versions.v.set.a.b", "twice"),
        ("[versions.v]\nlabel = 'V'\nbase = 'w'", "versions.v.base", "no version"),
        ("[versions.v]\nlabel = 'V'\nbase = 'w'\n[versions.w]\nlabel = 'W'\nbase = 'v'", "versions.v.base",
        "v → w → v"),
        ("[scenarios.s]\nlabel = 'S'\nbase = 's'", "scenarios.s.base", "s → s"),
        ("[scenarios.s]\nlabel = 'S'\nprobability = 1.5", "scenarios.s.probability", "between 0 and 1"),
        ("[trems.a]\nlabel = 'A'", "trems (line 6)", "“terms”"),
        ("terms = 3", "timeline.terms (line 6)", "no key"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_path_line_and_reason(more: str, place: str, reason: str) -> None:
    said = refusal(deal_text(more))
    assert place in said and reason in said


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("version = 'v'", "no version"), ("scenario = 's'", "no scenario"), ("headline = ['h']", "“h”"),
        ("format = 0", "format"),
        ("format = '1'", "format"), ("format = true", "format"), ("extras = {a = 1}", "no key “extras”"),
        ("terms = 3", "group of values"), ("headline = 'a'", "a list was expected"), ("title = 1", "text"),
    ],
)  # fmt: skip
def test_faults_of_the_document_itself_are_named(head: str, reason: str) -> None:
    assert reason in refusal(deal_text(head=head))


def test_all_faults_are_reported_at_once() -> None:
    said = refusal(deal_text("[terms.a]\nlabel = 'A'\nvalue = 'x'\n[terms.b]\nlabel = 'B'\nvalue = 'y'"))
    assert "terms.a.value" in said and "terms.b.value" in said


def test_thousands_of_faults_stop_at_fifty_in_bounded_time() -> None:
    terms = "".join(f"[terms.a{n}]\nlabel = 'A'\n" for n in range(5_000))
    sets = "".join(f"b{n} = 1\n" for n in range(5_000))
    layer = f"[versions.v]\nlabel='V'\n[versions.v.set]\n{sets}"
    for text in (terms.replace("'A'", "1"), terms.replace("'A'", "'A'\nvalue = 'x'"), terms + layer):
        with pytest.raises(Refused) as caught:
            loads(deal_text(text))
        assert len(caught.value.problems) == 50


def test_a_timeline_has_a_sane_span() -> None:
    for start, end in (("2030-01-01", "2025-01-01"), ("1800-01-01", "2025-01-01"), ("2000-01-01", "9999-12-31")):
        assert "timeline." in refusal(f'name = "d"\ntimeline = {{start = {start}, end = {end}}}')


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('name = "a"\nname = "b"', "line 2"), ("[terms.a]\n[terms.b]\n[terms.a]", "line 3"),
        ("a = {b = 1, b = 2}", "line 1"),
        ("x-a = nan", "x-a (line 1)"), ("x-a = -inf", "x-a"), ("x-a = 1e999", "x-a"), ("x-a = [1, [inf]]", "x-a.2.1"),
        ("x-a = " + "9" * 5000, "line 1"), ("\nx-a = 0x" + "f" * 5000, "line 2"),
        ("x-a = " + "9" * 60 + "." + "9" * 5000, "line 1"),
        ("x-a = " + "[" * 100_000, "line 1"), ("x-a = " + "[" * 100_000 + "]" * 100_000, "line 1"),
        ("x-a = " + "{a = " * 100_000, "line 1"), ("[" * 100_000, "line 1"), (".".join("a" * 20_000) + " = 1",
        "line 1"),
        ("[" + ".".join("a" * 20_000) + "]", "line 1"), ('"' + "k" * 100_000 + '" = 1', "line 1"),
        ("[a.b.c.d]\n" * 3, "line 2"), ('name = "\\ud800"', "line 1"), ('name = "a\ud800"', "line 1"),
        ('name = "a\x00"', "line 1"), ("# \x1b", "line 1"), ("a = 1\rb = 2", "line 1"),
        ('\n\nname = "\\u0007"', "name (line 3)"),
        ('name = "a', "line 1"), ('name = """a\n\n' * 3, "line"), ("name = 'a\n'", "line 1"),
        ('name = """' + '"' * 100_000, "line 1"),
        ("name = “a”", "line 1"), ("name", "line 1"), ("= 1", "line 1"), ("a = 2025-13-45", ""), ("a = 25:61:00", ""),
        ('x-a = 1\nX-a = 2', "X-a"), ('x-é = 1\n"x-e\u0301" = 2', ""), ("", "missing"), ("#", "missing"),
        ("\ufeff\ufeff", "line 1"), ("[[terms]]\n" * 10, "terms"), ("x-a = 1979-05-27T07:32:00+99:00", ""),
    ],
)  # fmt: skip
def test_hostile_text_is_refused_in_bounded_time_with_its_place(text: str, place: str) -> None:
    assert place in refusal(text)


def test_quoted_text_may_look_like_anything() -> None:
    deal = loads(
        deal_text("[terms.a]\nlabel = '''[[[{ = \" # '''\nnote = \"\"\"\n\\\"\\\" '' [x]\n# y\"\"\"\nsource = ''")
    )
    assert deal.terms["a"].label == '[[[{ = " # ' and deal.terms["a"].note == "\"\" '' [x]\n# y"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (SMALL.encode("utf-16"), "UTF-16"), (SMALL.encode("utf-16-le"), r"U\+0000"),
        (b"PK\x03\x04" + bytes(100), "workbook"),
        (bytes(range(256)), "UTF-8"), (b'name = "\xed\xa0\x80"', "UTF-8"), (b"# \xff", "line 1"), (b"", "missing"),
        (b" " * 2_000_001, "2,000,000 bytes"),
    ],
)  # fmt: skip
def test_binary_and_oversized_files_are_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    file = tmp_path / "a.deal"
    file.write_bytes(data)
    with pytest.raises(Refused, match=reason) as caught:
        load(file)
    assert str(file) in str(caught.value)


def test_a_huge_sparse_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "a.deal"
    with file.open("wb") as handle:
        handle.truncate(200_000_000_000)
    with pytest.raises(Refused, match="bytes"):
        load(file)


def test_the_largest_accepted_text_is_handled_in_time() -> None:
    body = "".join(f'[terms.t{n}]\nlabel = "{"x" * 100}"\nvalue = {n}\n' for n in range(10_000))
    began = time.perf_counter()
    assert len(loads(deal_text(body)).terms) == 10_000
    assert time.perf_counter() - began < 10


@pytest.mark.skipif(os.name != "posix", reason="pipes, devices and links of POSIX")
def test_pipes_devices_loops_and_folders_are_refused_before_reading(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.deal")
    (tmp_path / "loop.deal").symlink_to("loop.deal")
    (tmp_path / "zero.deal").symlink_to("/dev/zero")
    (tmp_path / "folder.deal").mkdir()
    bad = [*tmp_path.iterdir(), tmp_path / "missing.deal", Path("/dev/zero"), Path("a\0b.deal"), tmp_path / ("n" * 300)]
    assert len(bad) == 8
    for path in bad:
        with pytest.raises(Refused):
            load(path)
        with pytest.raises(Refused):
            save(loads(SMALL), path if path.name != "missing.deal" else tmp_path / "no" / "missing.deal")


def test_truncation_at_every_byte_refuses_and_offers_the_backup(tmp_path: Path) -> None:
    file = tmp_path / "a.deal"
    deal = loads(deal_text("[terms.a]\nlabel = 'Ä'\nvalue = 1", '[versions.v]\nlabel = "V"\nset.a = 2'))
    save(deal, file)
    save(msgspec.structs.replace(deal, title="second"), file)
    whole = file.read_bytes()
    for length in range(len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(Refused, match=r"a\.deal\.bak"):
            load(file)
    file.write_bytes(whole[:-1])  # only the last line end is gone
    assert load(file).deal.title == "second"
    assert load(tmp_path / "a.deal.bak").deal == deal


def test_hand_written_text_cut_anywhere_is_refused_or_a_deal() -> None:
    read = 0
    for length in range(len(SMALL)):
        try:
            read += isinstance(loads(SMALL[:length]), Deal)
        except Refused as refused:
            assert refused.problems
    assert 0 < read < len(SMALL) / 2


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(SMALL) - 1), st.text(max_size=4), st.integers(0, 5))
def test_damaged_text_is_refused_or_a_deal(at: int, put: str, cut: int) -> None:
    try:
        deal = loads(SMALL[:at] + put + SMALL[at + cut :])
    except Refused as refused:
        assert refused.problems
    else:
        assert loads(dumps(deal)) == deal


# -- any deal reads back -------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t"), max_size=12).filter(
    lambda t: "\ufeff" not in t
)
LABEL = TEXT
KEYS = [f"k{n}" for n in range(40)]
NUMBER = st.floats(-1e14, 1e14, allow_nan=False) | st.sampled_from(["undisclosed"])
INPUTS: dict[str, st.SearchStrategy[Any]] = {
    "money": NUMBER | st.just("none"), "number": NUMBER, "percent": NUMBER, "multiple": NUMBER | st.just("none"),
    "integer": st.integers(-(10**12), 10**12), "year": st.integers(1900, 9999),
    "date": st.dates(dt.date(1900, 1, 1), dt.date(9999, 12, 30)) | st.just("never"),
    "yesno": st.sampled_from(["yes", "no", "unknown"]),
    "flag": st.booleans(), "text": st.sampled_from(["", "a b", "two\nlines", "ü", 'q"uote\\']),
}  # fmt: skip
CLASSES = st.sampled_from(["stated", "official", "reported", "assumption", ""])


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    keys = iter(draw(st.permutations(KEYS)))

    def some(make: Any, most: int = 2) -> dict[str, Any]:
        return {next(keys): make() for _ in range(draw(st.integers(0, most)))}

    def term() -> Term:
        kind = draw(st.sampled_from(sorted(INPUTS)))
        value = INPUTS[kind]
        return Term(
            label=draw(LABEL), kind=kind, value=draw(value), low=draw(st.none() | value), note=draw(TEXT),
            class_=draw(CLASSES), fixed=draw(st.booleans()), decimals=draw(st.none() | st.integers(0, 5)),
        )  # fmt: skip

    def series() -> Series:
        years = draw(st.lists(st.integers(1900, 2100).map(str), unique=True, max_size=3))
        values = {year: draw(INPUTS["money"]) for year in years}
        return Series(label=draw(LABEL), values=values, marks={y: draw(CLASSES) for y in years[:1]})

    def table() -> Table:
        kinds = {name: draw(st.sampled_from(sorted(INPUTS))) for name in ("col_a", "col_b")[: draw(st.integers(0, 2))]}
        columns = {name: Column(label=draw(LABEL), kind=kind) for name, kind in kinds.items()}
        cells = {name: INPUTS[kind] | st.just("=1+1") for name, kind in kinds.items()}
        records = {f"r{n}": draw(st.fixed_dictionaries({}, optional=cells)) for n in range(draw(st.integers(0, 2)))}
        return Table(label=draw(LABEL), columns=columns, records=records)

    terms, many_series, tables = some(term, 3), some(series), some(table)
    sections = {"one": draw(TEXT)}
    lines = some(lambda: Line(label=draw(LABEL), formula=draw(TEXT), section="one", opening=draw(st.none() | TEXT)))
    layers = [(key, INPUTS[term.kind]) for key, term in terms.items()]
    layers += [(f"{key}.{year}", INPUTS["money"]) for key, one in many_series.items() for year in one.values]
    overlay = st.fixed_dictionaries({}, optional=dict(layers))
    plain = st.booleans() | st.integers() | TEXT | st.dates() | st.floats(allow_nan=False, allow_infinity=False)
    extra = st.recursive(
        plain, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b c"]), inner)
    )
    end = draw(st.dates(dt.date(2026, 1, 1), dt.date(2099, 1, 1)))
    extras = {"x-top": draw(extra)} | {f"terms.{key}.x-own": draw(extra) for key in list(terms)[:1]}
    return Deal(
        name=draw(TEXT), note=draw(TEXT), timeline=TimelineSpec(start=dt.date(2025, 1, 1), end=end),
        version="v2", headline=tuple(terms)[:1], parties={"p": Party(label=draw(LABEL))},
        sources={"s1": Source(label=draw(LABEL), date=draw(st.none() | st.dates()))}, sections=sections, terms=terms,
        series=many_series, tables=tables, lines=lines, outputs={"out": Output(label="o", formula="1", status="")},
        checks={"ok": Check(label="ok", formula=draw(TEXT))}, events={"e": Event(label="e", on="never")},
        charts={"c": Chart(label="c", lines=tuple(lines))},
        versions={"v1": Version(label="1", set=draw(overlay)), "v2": Version(label="2", base="v1", set=draw(overlay))},
        scenarios={"sc": Scenario(label="s", probability=draw(st.none() | st.floats(0, 1)), set=draw(overlay))},
        extras=extras,
    )  # fmt: skip


@settings(max_examples=examples(80), deadline=None, suppress_health_check=list(HealthCheck))
@given(deals())
def test_every_deal_reads_back_as_it_was_written(deal: Deal) -> None:
    text = dumps(deal)
    again = loads(text)
    assert again == deal
    assert dumps(again) == text
    assert list(again.terms) == list(deal.terms)


# -- saving --------------------------------------------------------------------------------------


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_saving_keeps_the_previous_content_as_a_backup(tmp_path: Path) -> None:
    deal, file = loads(SMALL), tmp_path / "a.deal"
    assert load_after(save(deal, file), file).backup is None
    first = file.read_bytes()
    second = msgspec.structs.replace(deal, title="two")
    mark = save(second, file)
    loaded = load(file)
    assert loaded.deal == second and loaded.backup == tmp_path / "a.deal.bak" and loaded.fingerprint == mark
    assert loaded.backup.read_bytes() == first and names(tmp_path) == {"a.deal", "a.deal.bak"}
    save(second, file)  # nothing changed, so the backup stays the older state
    assert loaded.backup.read_bytes() == first


def load_after(mark: store.Fingerprint, file: Path) -> store.Loaded:
    loaded = load(file)
    assert loaded.fingerprint == mark
    return loaded


def test_a_file_changed_outside_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "a.deal"
    save(loads(SMALL), file)
    mark = load(file).fingerprint
    theirs = file.read_text().replace("small", "other")
    file.write_text(theirs)
    with pytest.raises(Refused, match="another program"):
        save(loads(SMALL), file, expect=mark)
    assert file.read_text() == theirs and names(tmp_path) == {"a.deal"}
    file.write_text(theirs.replace("other", "small"))  # touched, but the same content as when it was opened
    save(msgspec.structs.replace(loads(SMALL), title="mine"), file, expect=mark)


@pytest.mark.skipif(os.name != "posix", reason="links and modes of POSIX")
def test_links_and_modes_are_kept_and_read_only_files_are_respected(tmp_path: Path) -> None:
    real, link = tmp_path / "real.deal", tmp_path / "link.deal"
    save(loads(SMALL), real)
    real.chmod(0o640)
    link.symlink_to("real.deal")
    save(msgspec.structs.replace(loads(SMALL), title="via link"), link)
    assert link.is_symlink() and load(real).deal.title == "via link" and real.stat().st_mode & 0o777 == 0o640
    real.chmod(0o440)
    before = real.read_bytes()
    with pytest.raises(Refused, match="read-only"):
        save(loads(SMALL), link)
    assert real.read_bytes() == before


CALLS = [
    (name, nth)
    for name, most in (("open", 4), ("write", 2), ("fsync", 3), ("replace", 2))
    for nth in range(1, most + 1)
]


@pytest.mark.parametrize(("name", "nth"), CALLS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_failing_call_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, nth: int, code: int
) -> None:
    file = tmp_path / "a.deal"
    save(loads(SMALL), file)
    before = file.read_bytes()
    real, calls = getattr(os, name), []

    def failing(*args: Any, **more: Any) -> Any:
        calls.append(args)
        if len(calls) == nth:
            raise OSError(code, os.strerror(code))
        return real(*args, **more)

    monkeypatch.setattr(os, name, failing)
    with pytest.raises(Refused) as caught:
        save(msgspec.structs.replace(loads(SMALL), title="new"), file)
    monkeypatch.undo()
    assert len(calls) >= nth, "the call under test was reached"
    (problem,) = caught.value.problems
    assert str(file) in problem.where and problem.remedy
    assert file.read_bytes() == before and names(tmp_path) <= {"a.deal", "a.deal.bak"}
    if (tmp_path / "a.deal.bak").exists():
        assert (tmp_path / "a.deal.bak").read_bytes() == before


def test_a_folder_that_cannot_be_synced_after_the_rename_still_holds_the_whole_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.deal"
    save(loads(SMALL), file)
    real, calls = os.fsync, []

    def failing(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 4:
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(Refused):
        save(msgspec.structs.replace(loads(SMALL), title="new"), file)
    monkeypatch.undo()
    assert load(file).deal.title == "new" and load(tmp_path / "a.deal.bak").deal == loads(SMALL)
    assert names(tmp_path) == {"a.deal", "a.deal.bak"}


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data[:7])))
    save(loads(SMALL), tmp_path / "a.deal")
    monkeypatch.undo()
    assert load(tmp_path / "a.deal").deal == loads(SMALL)


def test_opening_removes_temporary_files_of_killed_saves_but_not_young_ones(tmp_path: Path) -> None:
    file = tmp_path / "a[1].deal"
    save(loads(SMALL), file)
    old, young, other = (tmp_path / f".{n}.saving" for n in ("a[1].deal.9-ab", "a[1].deal.9-cd", "b.deal.9-ab"))
    for path in (old, young, other):
        path.write_text("part")
    for path in (old, other):
        os.utime(path, (0, 0))
    load(file)
    assert names(tmp_path) == {file.name, young.name, other.name}


# -- finding -------------------------------------------------------------------------------------


def test_names_find_templates_and_paths_find_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "one-two.deal").write_text(SMALL)
    monkeypatch.setattr(store, "TEMPLATES", shipped)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.deal").write_text(SMALL)
    assert list_templates() == ["one-two"]
    assert find("one-two") == find("One_Two") == shipped / "one-two.deal"
    assert find("mine").resolve() == find("mine.deal").resolve() == tmp_path / "mine.deal"
    for wrong, hint in (
        ("one-tow", "one-two"),
        ("mien.deal", "mine.deal"),
        ("zzz", "one-two"),
        ("", "one-two"),
        ("a\0b", "no"),
    ):
        with pytest.raises(Refused, match=hint):
            find(wrong)
    for path in ("no/such.deal", "x" * 5000, "../../etc/passwd"):
        with pytest.raises(Refused):
            find(path)


def test_every_shipped_template_loads_and_writes_back() -> None:
    for name in list_templates():
        loaded = load(find(name))
        assert not loaded.warnings and loads(dumps(loaded.deal)) == loaded.deal


def test_what_could_not_be_opened_again_is_not_written(tmp_path):
    path = tmp_path / "mine.deal"
    good = load(find("blank")).deal
    save(good, path)
    before = path.read_bytes()
    bad = msgspec.structs.replace(good, sources={"2025_press": Source(label="Press")})
    with pytest.raises(Refused, match=r"could not be opened again: sources\.2025_press .*cannot be a key"):
        save(bad, path)
    assert path.read_bytes() == before
