"""Foreign tables come in as they are meant or not at all: columns by heading, cells read by their field, nothing guessed."""

import datetime as dt
import os

import openpyxl
import pytest
from msgspec import structs

from model import edits
from model.deal import Column, Deal, Scenario, Series, Table, Term, TimelineSpec
from model.layers import View, default_view
from model.problems import Refused
from model.tables_in import KEY, YEAR, apply, best_target, preview, propose, read_grid, read_text

DEAL = Deal(
    name="Small",
    unit="$m",
    timeline=TimelineSpec(start=dt.date(2025, 1, 1), end=dt.date(2030, 12, 31)),
    terms={"rate": Term(label="Rate", kind="percent", value=0.2)},
    series={"path": Series(label="Revenue path", values={"2026": 1.0, "2027": 2.0}), "share": Series(label="Share", kind="percent", values={})},
    tables={
        "rounds": Table(
            label="Rounds",
            columns={
                "name": Column(label="Name", kind="text"),
                "closed": Column(label="Closed on", kind="date"),
                "amount": Column(label="Amount raised", kind="money", unit="$m"),
                "twice": Column(label="Twice", formula="= amount * 2"),
            },
            records={"one": {"name": "First round", "closed": dt.date(2025, 3, 1), "amount": 10.0}, "two": {"name": "Second round", "amount": 20.0}},
        )
    },
    scenarios={"low": Scenario(label="Low", set={"path.2026": 0.5})},
)  # fmt: skip
VIEW = default_view(DEAL)


def looked_at(text_or_grid, target, decimal="", deal=DEAL, view=VIEW):
    grid = read_text(text_or_grid) if isinstance(text_or_grid, str) else text_or_grid
    return preview(deal, view, grid, propose(deal, grid, target), decimal)


def applied(shown, deal=DEAL, view=VIEW):
    edit = apply(deal, view, shown)
    changed, back = edits.apply(deal, edit)
    assert edits.apply(changed, back)[0] == deal, "one step takes all of it back"
    return changed


# -- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_delimiter_is_found(mark):
    grid = read_text(f"Year{mark}Revenue path\n2026{mark}5\n2027{mark}6\n")
    assert grid.rows == (("Year", "Revenue path"), ("2026", "5"), ("2027", "6"))


def test_semicolons_win_where_decimal_commas_also_stand():
    assert read_text("Year;Revenue path\n2026;1,5\n2027;2,5\n").rows[1] == ("2026", "1,5")


def test_excels_own_hint_is_heeded():
    assert read_text("sep=|\na|b,c\n1|2\n").rows == (("a", "b,c"), ("1", "2"))


@pytest.mark.parametrize(
    ("encoding", "note"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("utf-16-le", "UTF-16"), ("cp1252", "Western European")],
)
def test_encodings_are_found_and_guesses_are_said(tmp_path, encoding, note):
    path = tmp_path / "a.csv"
    path.write_bytes("Straße;Größe\nMünchen;1\n".encode(encoding))
    grid = read_grid(path)
    assert grid.rows[0] == ("Straße", "Größe") and grid.rows[1][0] == "München"
    assert any(note in n for n in grid.notes) if note else not any("Read as" in n for n in grid.notes)


def test_an_encoding_can_be_given_and_is_checked(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("a;ß\n1;2\n".encode("cp1252"))
    assert read_grid(path, encoding="latin-1").rows[0] == ("a", "ß")
    with pytest.raises(Refused, match="not text in utf-8"):
        read_grid(path, encoding="utf-8")


def test_rows_of_different_lengths_quotes_and_empty_edges_are_read():
    grid = read_text('\n\na,"b, with comma"\n1\n2,"line\nbreak",\n,,\n')
    assert grid.rows == (("a", "b, with comma"), ("1", None), ("2", "line\nbreak"))
    assert grid.first_row == 3


def test_a_worksheet_is_read_with_its_types_from_where_it_begins(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Data"
    for row in (["Year", "Revenue path"], [2026, 5.5], [2027, "6"]):
        book.active.append([None, *row])
    book.create_sheet("More")["A1"] = 1
    book.save(tmp_path / "named.csv")  # by content, not by name
    grid = read_grid(tmp_path / "named.csv")
    assert grid.rows == (("Year", "Revenue path"), (2026.0, 5.5), (2027.0, "6"))
    assert grid.sheets == ("Data", "More") and any("More" in n for n in grid.notes)
    assert looked_at(grid, "path").rows[0].cells[0].where == "C2"
    assert read_grid(tmp_path / "named.csv", sheet="More").rows == ((1.0,),)
    with pytest.raises(Refused, match="no sheet"):
        read_grid(tmp_path / "named.csv", sheet="Other")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03" * 50, b"\n\n;;\n", b"\xff\xfea"])
def test_what_holds_no_table_is_refused(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Refused):
        read_grid(path)


@pytest.mark.parametrize(("content", "said"), [(b"%PDF-1.7\na,b\n1,2\n", "a PDF"), (b"<html><table></table></html>", "a web page")])  # fmt: skip
def test_a_file_of_another_kind_is_refused_as_what_it_is(tmp_path, content, said):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(Refused, match=f"not a table but {said}"):
        read_grid(path)


def test_hostile_files_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "encrypted.csv").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 9
    )
    (tmp_path / "long.csv").write_text("a,b\n" * 20_002)
    (tmp_path / "wide.csv").write_text("," * 600 + "a\n")
    (tmp_path / "field.csv").write_text('a,"' + "x" * 200_000 + '"\n')
    for name in ("pipe.csv", "encrypted.csv", "long.csv", "wide.csv", "field.csv", "missing.csv"):
        with pytest.raises(Refused):
            read_grid(tmp_path / name)


def test_days_of_a_table_are_not_taken_for_the_years_of_a_series():
    text = "Bezeichnung;Datum;Betrag\nA;22.07.2026;1,5\nB;05.06.2027;2,25\n"
    assert best_target(DEAL, read_text(text), "rounds") == "rounds"
    assert best_target(DEAL, read_text("Stand;Betrag\n31.12.2026;1,5\n31.12.2027;2\n"), "rounds") in DEAL.series


# -- series --------------------------------------------------------------------------------------


def test_a_series_comes_in_by_year_and_value():
    shown = looked_at("Year;Revenue path ($m)\n2026;5\n2028;7\n", "path")
    assert not shown.problems and shown.count == 2
    assert [(r.key, r.is_new) for r in shown.rows] == [("2026", False), ("2028", True)]
    assert applied(shown).series["path"].values == {"2026": 5.0, "2027": 2.0, "2028": 7.0}


def test_headings_decide_and_every_match_gives_its_reason():
    grid = read_text("Costs,Jahr,Revenue Path,Note\n9,2026,5,x\n")
    proposal = propose(DEAL, grid, "path")
    assert [m.to for m in proposal.columns] == ["", YEAR, "path", ""]
    assert all(m.reason for m in proposal.columns)
    notes = preview(DEAL, VIEW, grid, proposal).notes
    assert any("“Costs” is left out" in n for n in notes) and any("“Note”" in n for n in notes)


def test_a_table_without_headings_is_matched_by_what_it_holds():
    assert propose(DEAL, read_text("2026\t5\n2027\t6\n"), "path").column("path") == 1
    assert looked_at("2026\t5\n2027\t6\n", "path").count == 2


def test_two_columns_of_numbers_are_not_guessed_but_can_be_matched_by_hand():
    grid = read_text("Year,Plan,Actual\n2026,5,6\n")
    proposal = propose(DEAL, grid, "path")
    assert proposal.column("path") is None
    with pytest.raises(Refused, match="column of years"):
        preview(DEAL, VIEW, grid, proposal)
    assert preview(DEAL, VIEW, grid, proposal.matched(2, "path")).rows[0].cells[0].new == 6.0
    assert proposal.matched(1, "path").matched(2, "path").column("path") == 2


def test_years_may_run_across():
    shown = looked_at("Item,2026,2027,FY2028\nCosts,1,2,3\nRevenue path,4,5,6\n", "path")
    assert applied(shown).series["path"].values == {"2026": 4.0, "2027": 5.0, "2028": 6.0}
    with pytest.raises(Refused, match="rows below may be"):
        looked_at("Item,2026,2027\nCosts,1,2\nOther,4,5\n", "path")


def test_years_that_are_none_or_come_twice_are_problems_of_their_rows():
    shown = looked_at("Year,Revenue path\n2026,1\n2026,2\ntotal,3\n2027,9\n", "path")
    assert [p.where for p in shown.problems] == ["A3", "A4"]
    assert applied(shown).series["path"].values == {"2026": 1.0, "2027": 9.0}


def test_percentages_are_read_as_the_field_reads_them():
    assert applied(looked_at("Year;Share\n2026;27,5 %\n2027;0.3\n", "share", ",")).series["share"].values == {
        "2026": 0.275
    }
    assert applied(looked_at("Year;Share\n2026;27.5%\n2027;0.3\n", "share")).series["share"].values == {
        "2026": 0.275,
        "2027": 0.3,
    }


def test_values_go_to_the_layer_that_holds_them():
    view = View(scenario="low")
    changed = applied(looked_at("Year,Revenue path\n2026,5\n2027,6\n", "path", view=view), view=view)
    assert changed.scenarios["low"].set == {"path.2026": 5.0}
    assert changed.series["path"].values == {"2026": 1.0, "2027": 6.0}


@pytest.mark.parametrize(("mark", "value"), [(".", 1.234), (",", 1234.0)])
def test_the_decimal_mark_is_asked_not_guessed(mark, value):
    text = "Year;Revenue path\n2026;1.234\n"
    shown = looked_at(text, "path")
    assert shown.asks_decimal and len(shown.problems) == 1 and shown.count == 0
    told = looked_at(text, "path", mark)
    assert not told.asks_decimal and told.rows[0].cells[0].new == value


def test_a_cell_that_cannot_be_read_is_a_problem_with_its_place_and_stays_out():
    shown = looked_at("Year,Revenue path\n2026,lots\n2027,8\n", "path")
    (problem,) = shown.problems
    assert problem.where == "B2" and "lots" in problem.what and problem.remedy
    assert applied(shown).series["path"].values == {"2026": 1.0, "2027": 8.0}


# -- tables --------------------------------------------------------------------------------------


def test_records_are_found_by_their_key_or_their_name_and_new_ones_are_added():
    shown = looked_at(
        "Key,Name,Closed on,Amount raised ($m)\none,First round,2025-04-01,11\n,Third round,2027-01-31,30\n", "rounds"
    )
    assert [(r.key, r.is_new) for r in shown.rows] == [("one", False), ("third_round", True)]
    table = applied(shown).tables["rounds"]
    assert table.records["one"] == {"name": "First round", "closed": dt.date(2025, 4, 1), "amount": 11.0}
    assert table.records["two"] == DEAL.tables["rounds"].records["two"]
    assert table.records["third_round"] == {"name": "Third round", "closed": dt.date(2027, 1, 31), "amount": 30.0}
    by_name = looked_at("name;amount\nSECOND-ROUND;21\n", "rounds")
    assert [(r.key, r.is_new) for r in by_name.rows] == [("two", False)]


def test_columns_nearly_alike_are_matched_with_the_reason_and_computed_ones_left_out():
    grid = read_text("Name,Amount raise,Twice,Whatever\nx,1,2,3\n")
    columns = propose(DEAL, grid, "rounds").columns
    assert [m.to for m in columns] == ["name", "amount", "", ""]
    assert "nearly the same" in columns[1].reason and "computed" in columns[2].reason


def test_two_new_records_of_one_name_get_keys_of_their_own():
    shown = looked_at("Name,Amount raised\nNew,1\nNew,2\n", "rounds")
    assert [r.key for r in shown.rows] == ["new", "new_2"]


def test_a_record_that_comes_twice_and_names_that_fit_several_are_problems():
    twice = looked_at("Key,Amount raised\none,1\none,2\n", "rounds")
    assert "comes twice" in twice.problems[0].what
    assert applied(twice).tables["rounds"].records["one"]["amount"] == 1.0
    records = {**DEAL.tables["rounds"].records, "three": {"name": "First round"}}
    import msgspec

    deal = msgspec.structs.replace(
        DEAL, tables={"rounds": msgspec.structs.replace(DEAL.tables["rounds"], records=records)}
    )
    assert "may be any of" in looked_at("Name,Amount raised\nFirst round,5\n", "rounds", deal=deal).problems[0].what


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "+1", "-x", "@SUM(A1)"])
def test_text_that_looks_like_a_formula_stays_text(text):
    shown = looked_at(f'Name;Amount raised\n"{text}";1\n', "rounds")
    changed = applied(shown)
    (record,) = [r for k, r in changed.tables["rounds"].records.items() if k not in ("one", "two")]
    assert not record["name"].startswith("=")
    assert record["name"].lstrip("'") == text
    assert bool(shown.notes) >= text.startswith("=")


def test_a_formula_in_a_column_of_numbers_is_a_problem():
    assert "formula" in looked_at("Name,Amount raised\nx,=1+1\n", "rounds").problems[0].what


def test_errors_and_formulas_without_results_in_a_worksheet_are_problems(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Name", "Amount raised"], ["a", "=1+1"], ["b", "#DIV/0!"], ["c", 3]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    shown = looked_at(read_grid(tmp_path / "a.xlsx"), "rounds")
    assert [p.where for p in shown.problems] == ["B2", "B3"]
    assert "save it once" in shown.problems[0].remedy and "#DIV/0!" in shown.problems[1].what


def test_nothing_to_bring_in_and_targets_that_do_not_exist_are_refused():
    with pytest.raises(Refused, match="nothing to bring in"):
        apply(DEAL, VIEW, looked_at("Year,Revenue path\n2026,1\n2027,2\n", "path"))
    with pytest.raises(Refused, match="no series or table"):
        propose(DEAL, read_text("a,b\n1,2\n"), "nonsense")
    with pytest.raises(Refused, match="headings"):
        propose(DEAL, read_text("1,2\n3,4\n"), "rounds")
    assert KEY != YEAR


# -- what a column says about itself -------------------------------------------------------------


def test_a_column_shows_its_decimal_mark_and_an_unclear_cell_follows_it():
    shown = looked_at("Year;Revenue path\n2026;1.234\n2027;2.500,75\n", "path")
    assert [r.cells[0].new for r in shown.rows] == [1234.0, 2500.75] and not shown.asks_decimal
    assert any("decimal comma" in n for n in shown.notes)


def test_a_column_that_contradicts_itself_is_asked_about():
    shown = looked_at("Year;Revenue path\n2026;1,5\n2027;2.5\n2028;1.234\n", "path")
    assert shown.asks_decimal and shown.problems


@pytest.mark.parametrize(("dates", "first"), [(("03/04/2026", "31/12/2026"), dt.date(2026, 4, 3)), (("03/04/2026", "12/31/2026"), dt.date(2026, 3, 4))])  # fmt: skip
def test_dates_follow_the_order_that_some_of_them_show(dates, first):
    shown = looked_at("Name,Closed on\n" + "".join(f"n{i},{d}\n" for i, d in enumerate(dates)), "rounds")
    assert shown.rows[0].cells[1].new == first and any("begin with the" in n for n in shown.notes)


def test_the_order_of_dates_is_asked_where_none_shows_it():
    grid = read_text("Name,Closed on\nx,03/04/2026\n")
    proposal = propose(DEAL, grid, "rounds")
    shown = preview(DEAL, VIEW, grid, proposal)
    assert shown.asks_order and "two ways" in shown.problems[0].what
    told = preview(DEAL, VIEW, grid, proposal, order="mdy")
    assert not told.asks_order and told.rows[0].cells[1].new == dt.date(2026, 3, 4)


def test_titles_above_the_headings_are_passed_over():
    text = "Forecast 2026\n\nName,Closed on,Amount raised\nx,2026-01-01,5\n"
    assert [m.to for m in propose(DEAL, read_text(text), "rounds").columns] == ["name", "closed", "amount"]


def test_the_row_of_headings_can_be_said():
    grid = read_text("Name,Amount raised\nx,5\n")
    assert propose(DEAL, grid, "rounds", -1).columns[0].to == ""
    assert propose(DEAL, grid, "rounds", -1).matched(0, "name").column("name") == 0
    assert len(preview(DEAL, VIEW, grid, propose(DEAL, grid, "rounds", 0)).rows) == 1


# -- how it is brought in ------------------------------------------------------------------------


def mode(text, target, how):
    grid = read_text(text)
    return preview(DEAL, VIEW, grid, propose(DEAL, grid, target), mode=how)


def test_append_only_adds():
    table = applied(mode("Name,Amount raised\nFirst round,5\n", "rounds", "append")).tables["rounds"]
    assert list(table.records) == ["one", "two", "first_round"]
    shown = mode("Year,Revenue path\n2026,5\n2028,6\n", "path", "append")
    assert "already" in shown.rows[0].problem.what
    assert applied(shown).series["path"].values == {"2026": 1.0, "2027": 2.0, "2028": 6.0}


def test_replace_takes_out_what_is_not_listed_in_one_step():
    shown = mode("Name,Amount raised\nSecond round,21\nNew,3\n", "rounds", "replace")
    assert shown.removed == (("one", "First round"),)
    assert list(applied(shown).tables["rounds"].records) == ["two", "new"]
    shown = mode("Year,Revenue path\n2027,5\n", "path", "replace")
    assert applied(shown).series["path"].values == {"2027": 5.0}
    assert apply(DEAL, VIEW, shown).title == "Bring 1 value into Revenue path, take 1 out"


def test_the_likely_target_is_found():
    assert best_target(DEAL, read_text("Year,Share\n2026,5%\n")) == "share"
    assert best_target(DEAL, read_text("Name,Closed on\nx,2026-01-01\n")) == "rounds"
    assert best_target(DEAL, read_text("2026\t5\n2027\t6\n"), "share") == "share"


@pytest.mark.parametrize(("heading", "said"), [("$bn", True), ("$m", False), ("USD mn", False), ("%", True), ("net", False)])  # fmt: skip
def test_a_heading_that_names_another_unit_is_pointed_out(heading, said):
    shown = looked_at(f"Year,Revenue path ({heading})\n2026,5\n", "path")
    assert bool(shown.units) == said and shown.rows[0].cells[0].new == 5.0


def many(count):
    return read_text("Name\tAmount raised\n" + "".join(f"Tranche\t{i}\n" for i in range(count)))


def test_progress_is_heard_and_may_end_the_reading():
    grid, heard = many(1_000), []
    preview(DEAL, VIEW, grid, propose(DEAL, grid, "rounds"), progress=heard.append)
    assert len(heard) >= 4 and heard == sorted(heard) and heard[0] >= 0 and heard[-1] <= 1

    def cancel(part):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        preview(DEAL, VIEW, grid, propose(DEAL, grid, "rounds"), progress=cancel)


def test_many_rows_of_one_name_get_keys_of_their_own_and_can_be_taken_back():
    grid = many(5_000)
    shown = preview(DEAL, VIEW, grid, propose(DEAL, grid, "rounds"), mode="append")
    edit = apply(DEAL, VIEW, shown)
    made, inverse = edits.apply(DEAL, edit)
    assert list(made.tables["rounds"].records)[2:5] == ["tranche", "tranche_2", "tranche_3"]
    assert len(made.tables["rounds"].records) == 5_002
    assert edits.apply(made, inverse)[0] == DEAL


def test_more_new_records_than_a_deal_can_bear_are_refused():
    grid = many(5_001)
    with pytest.raises(Refused, match="5,001 new records are too many"):
        apply(DEAL, VIEW, preview(DEAL, VIEW, grid, propose(DEAL, grid, "rounds"), mode="append"))


def test_a_record_named_exactly_so_wins_over_one_that_only_begins_so():
    table = DEAL.tables["rounds"]
    records = {"one": {"name": "Cloud", "amount": 10.0}, "two": {"name": "Cloud, extension", "amount": 20.0}}
    deal = structs.replace(DEAL, tables={"rounds": structs.replace(table, records=records)})
    got = looked_at("Name\tAmount raised\ncloud\t11\nCloud, extension\t22\nCloud, third\t33\n", "rounds", deal=deal)
    assert [(r.key, r.is_new) for r in got.rows[:2]] == [("one", False), ("two", False)]
    assert got.rows[2].problem is not None and "may be any of" in got.rows[2].problem.what


@pytest.mark.parametrize(
    "heading", ["Amount raised $m", "amount raised  $M", "Amount raised, $m", "Amount raised ($m)"]
)
def test_a_heading_with_its_unit_is_found(heading):
    grid = read_text(f"Name\t{heading}\nFirst round\t11\n")
    assert [m.to for m in propose(DEAL, grid, "rounds").columns] == ["name", "amount"]


def test_a_heading_with_another_unit_behind_it_is_not_taken_for_the_column():
    assert propose(DEAL, read_text("Name\tAmount £k\nFirst round\t11\n"), "rounds").columns[1].to == ""
