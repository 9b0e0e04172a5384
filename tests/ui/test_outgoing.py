"""What goes out besides the workbook: a table as CSV, copied cells, the deal on one page, charts as pictures."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPageSize, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog

import main
from model import edits, store
from model.layers import View
from model.problems import Refused
from tests.ui import kit
from tests.ui.kit import CTRL, K, go, press, show
from ui import pictures, theme
from ui.charts import ChartView
from ui.documents import open_session
from ui.exchange import summary_page
from ui.exchange.outgoing import write_whole
from ui.exchange.summary_page import paint_page
from ui.exchange.summary_pdf import write_summary


@pytest.fixture
def window(qtbot, tmp_path):
    return kit.window(qtbot, tmp_path, kit.copy_of(tmp_path))


def saved_as(monkeypatch, path: Path | str) -> list[str]:
    proposed: list[str] = []

    def run(_parent, _title, start, _kinds):
        proposed.append(Path(start).name)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", run)
    return proposed


def exported(window, tmp_path, monkeypatch) -> list[list[str]]:
    path = tmp_path / "out.csv"
    saved_as(monkeypatch, path)
    window.actions_["export_table"].trigger()
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")  # Excel reads it as UTF-8
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# --- CSV and TSV ---------------------------------------------------------------------------------


def test_a_table_goes_out_in_full_precision_with_its_sections(window, tmp_path, monkeypatch):
    edit = edits.set_values(window.session.deal, View(), [("rate", 1 / 3), ("commitment", 100.123456789)], layer="")
    window.session.edit(edit)
    rows = exported(window, tmp_path, monkeypatch)
    assert rows[0][:3] == ["Section", "Term", "Value"]
    found = {row[1]: row for row in rows[1:]}
    assert found["Commitment"][:3] == ["Money", "Commitment", "100.123456789"]
    assert float(found["Rate"][2]) == 1 / 3
    assert found["First day"][2] == "2025-01-01" and found["Stopped"][2] == "not yet"


def test_the_schedule_goes_out_with_its_periods(window, tmp_path, monkeypatch):
    show(window, "Schedule")
    rows = exported(window, tmp_path, monkeypatch)
    (sold,) = [row for row in rows if "Sold" in row]
    at = rows[0].index("2026")
    assert float(sold[at]) == window.session.calc.line("sold")[1]


def test_an_outflow_goes_out_is_copied_and_summed_with_the_sign_it_is_shown_with(window, tmp_path, monkeypatch):
    show(window, "Schedule")
    value = window.session.calc.line("bought")[1]
    rows = exported(window, tmp_path, monkeypatch)
    (row,) = [row for row in rows if "Bought" in row]
    assert value > 0 and float(row[rows[0].index("2026")]) == -value
    grid = window.panel.grid
    at = grid.grid_model.row_of("bought"), [c.header for c in grid.grid_model.columns].index("2026")
    grid.go_to(*at)
    press(grid, K.Key_C, CTRL)
    assert float(QApplication.clipboard().text()) == -value and grid.grid_model.cell(*at).text.startswith("(")
    assert grid.stats().total == -value


def test_text_that_looks_like_a_formula_is_no_formula_in_csv(window, tmp_path, monkeypatch):
    put = edits.set_attribute(window.session.deal, ("terms", "rate", "note"), '=HYPERLINK("http://x")', "note")
    window.session.edit(put)
    cells = [cell for row in exported(window, tmp_path, monkeypatch) for cell in row]
    assert '\'=HYPERLINK("http://x")' in cells
    assert not any(c[:1] in "=+@" and c for c in cells)


def test_a_csv_that_cannot_be_written_meets_a_sentence(window, tmp_path, monkeypatch):
    proposed = saved_as(monkeypatch, tmp_path / "no" / "out.csv")
    window.actions_["export_table"].trigger()
    assert proposed[0].endswith(".csv") and "supply" in proposed[0]
    assert window.banner.isVisible() and "out.csv was not written" in window.banner.label.text()


def test_copied_cells_have_full_precision_whatever_is_shown(window):
    window.session.edit(edits.set_values(window.session.deal, View(), [("commitment", 100.123456789)], layer=""))
    grid = go(window, "commitment")
    shown = grid.grid_model.cell(*grid.current).text
    press(grid, K.Key_C, CTRL)
    assert shown == "100.1" and QApplication.clipboard().text() == "100.123456789\n"


# --- one page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", store.list_templates())
@pytest.mark.parametrize("size", [QPageSize.PageSizeId.A4, QPageSize.PageSizeId.Letter])
def test_every_template_fits_one_page(name, size, tmp_path):
    session, _ = open_session(name)
    path = tmp_path / "summary.pdf"
    write_summary(session, path, QPageSize(size))
    data = path.read_bytes()
    assert data.startswith(b"%PDF-") and data.count(b"/Type /Page\n") == 1
    assert list(tmp_path.iterdir()) == [path]


def test_the_page_is_for_paper_whatever_the_theme_of_the_window(qapp, tmp_path):
    session = kit.session()
    theme.install(qapp, "dark")
    image = QImage(794, 1123, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    with theme.painting(theme.light()):
        paint_page(painter, session, QRectF(0, 0, 794, 1123))
    painter.end()
    assert theme.current() is theme.dark()
    colours = {image.pixel(x, y) & 0xFFFFFF for x in range(0, 794, 2) for y in range(0, 1123, 2)}
    assert int(theme.light().accent[1:], 16) in colours
    assert int(theme.dark().background[1:], 16) not in colours
    edge = [image.pixelColor(x, y).lightness() for x in (2, 791) for y in range(0, 1123, 3)]
    assert min(edge) == 255, "nothing is drawn over the margins"


@pytest.mark.parametrize("version", ["oct_2025", "apr_2026"])
def test_the_page_says_in_full_until_when_each_right_lasts(version, qapp, monkeypatch):
    session, _ = open_session("microsoft-openai")
    session.set_view(version=version)
    image = QImage(794, 1123, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    cut: list[str] = []

    def text(page, box, said, px, *_args, **_more):
        if said.startswith("ends with") and page.width(said, px) > box.width() + 1:
            cut.append(said)

    monkeypatch.setattr(summary_page._Page, "text", text)
    paint_page(painter, session, QRectF(0, 0, 794, 1123))
    painter.end()
    assert not cut


def test_the_menu_writes_the_page_and_says_where(window, tmp_path, monkeypatch):
    saved_as(monkeypatch, tmp_path / "one")
    told: list[str] = []
    window.session.told.connect(told.append)
    window.actions_["export_summary"].trigger()
    assert (tmp_path / "one.pdf").exists() and told == [f"Wrote {tmp_path / 'one.pdf'}."]
    saved_as(monkeypatch, tmp_path / "no" / "one.pdf")
    window.actions_["export_summary"].trigger()
    assert "one.pdf was not written" in window.banner.label.text()


def test_the_command_line_writes_the_page_too(tmp_path, capsys):
    path = tmp_path / "x.pdf"
    assert main.main(["export", str(kit.SUPPLY), "-o", str(path), "--scenario", "low"]) == 0
    assert path.read_bytes().startswith(b"%PDF-") and "Wrote" in capsys.readouterr().err
    assert main.main(["export", str(kit.SUPPLY), "-o", str(tmp_path / "no" / "x.pdf")]) == 1
    assert main.main(["export", str(kit.SUPPLY), "-o", str(path), "--scenario", "nonsense"]) == 2
    assert main.main(["export", "nothing-of-this-name", "-o", str(path)]) == 1


def test_writing_workbooks_needs_no_window():
    code = "import sys, main; main.main(['export', sys.argv[1], '-o', sys.argv[2]]); assert not any('PySide6' in m for m in sys.modules)"
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([sys.executable, "-c", code, str(kit.SUPPLY), f"{folder}/x.xlsx"], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)  # fmt: skip
        assert run.returncode == 0, run.stderr


# --- charts ----------------------------------------------------------------------------------------


@pytest.fixture
def chart(qtbot) -> ChartView:
    session, _ = open_session("blank")
    view = ChartView(session, next(iter(session.deal.charts)))
    session.setParent(view)
    qtbot.addWidget(view)
    view.resize(400, 220)
    return view


def test_a_chart_is_saved_at_twice_its_size_or_as_a_drawing(chart, tmp_path):
    pictures.save(chart, tmp_path / "c.png")
    image = QImage(str(tmp_path / "c.png"))
    assert (image.width(), image.height()) == (800, 440)
    pictures.save(chart, tmp_path / "c.svg")
    root = ElementTree.parse(tmp_path / "c.svg").getroot()
    assert root.tag.endswith("svg") and root.get("viewBox") == "0 0 400 220"
    assert chart.data.label in "".join(root.itertext())


def test_a_drawings_texts_are_shapes_where_the_apps_font_would_stand(chart, tmp_path):
    pictures.save(chart, tmp_path / "c.svg")
    text = (tmp_path / "c.svg").read_text(encoding="utf-8")
    assert "<text" not in text
    shapes = re.findall(r'<title>([^<]+)</title><path [^>]*d="M([\d.]+),([\d.]+) ', text)
    assert len(shapes) > 5
    assert all(0 <= float(x) <= 400 and 0 <= float(y) <= 220 for _, x, y in shapes)


def test_texts_of_a_drawing_with_signs_of_xml_stay_whole():
    svg = b'<svg><text fill="#fff" fill-opacity="1" x="3" y="9" font-family="Sans" font-size="12" font-weight="600" font-style="normal" \n >R&amp;D &lt;5 %</text></svg>'
    root = ElementTree.fromstring(pictures.outlined(svg))
    assert "".join(root.itertext()) == "R&D <5 %"
    assert root.find(".//path").get("d").startswith("M")


def test_the_charts_menu_asks_for_a_place_and_tells(chart, tmp_path, monkeypatch):
    told: list[str] = []
    chart.session.told.connect(told.append)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "chart"), "SVG drawing (*.svg)"))
    chart.button.save_picture()
    assert (tmp_path / "chart.svg").exists() and "chart.svg" in told[0]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "chart.png"), ""))
    chart.button.save_picture()
    assert "cannot be written" in told[1]


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_the_rights_picture_and_the_bridge_are_saved_too(qtbot, tmp_path, ending):
    from model.engine import run
    from model.whatif.bridge import bridge
    from ui.panels.bridge_chart import BridgeChart

    window = kit.window(qtbot, tmp_path)
    session, _ = open_session("amd-openai")
    window.set_session(session)
    show(window, "Rights")
    pictures.save(window.panel.picture, tmp_path / f"rights{ending}")
    deal, view = session.deal, session.view
    other = run(deal, view._replace(scenario=list(deal.scenarios)[1]), session.calc)
    output = next(k for k in deal.outputs if session.calc.scalar(k) != other.scalar(k))
    chart = BridgeChart(session.told.emit)
    qtbot.addWidget(chart)
    from model.fields import field_for

    chart.show_bridge(bridge(session.calc, other, output, lambda _: True), field_for(deal.outputs[output], deal.unit), "An output", ("A", "B"))  # fmt: skip
    chart.resize(600, 300)
    pictures.save(chart, tmp_path / f"bridge{ending}")
    for name in ("rights", "bridge"):
        assert (tmp_path / f"{name}{ending}").stat().st_size > 3000


def test_copied_cells_carry_numbers_and_formats_for_spreadsheets(window):
    edit = edits.set_values(window.session.deal, View(), [("rate", 1 / 3)], layer="")
    window.session.edit(edit)
    put = edits.set_attribute(window.session.deal, ("terms", "rate", "note"), "=1+1 <b>", "note")
    window.session.edit(put)
    grid = go(window, "rate")
    row = grid.current[0]
    grid.select_block(row, 0, row, grid.grid_model.columnCount() - 1)
    press(grid, K.Key_C, CTRL)
    html = QApplication.clipboard().mimeData().html()
    assert f'x:num="{1 / 3!r}"' in html and f'sdval="{1 / 3!r}"' in html and "0.0%" in html
    assert "=1+1 &lt;b&gt;" in html and html.count('sdnum="1033;0;@"') >= 2
    assert QApplication.clipboard().text().count("\n") == 1


@pytest.mark.parametrize(
    ("shown", "form"),
    [
        ("27.0 %", "0.0%"),
        ("1,234.5", "#,##0.0"),
        ("(6.2)", "#,##0.0_);(#,##0.0)"),
        ("(3.0 %)", "0.0%_);(0.0%)"),
        ("11.6x", '0.0"x"'),
        ("–", "#,##0"),
        ("12", "#,##0"),
    ],
)
def test_a_copied_number_keeps_the_look_it_has_here(shown, form):
    from ui.grid.clipboard import number_format

    assert number_format(shown) == form


@pytest.mark.parametrize(("name", "nth"), [("open", 1), ("write", 1), ("fsync", 1), ("replace", 1)])
def test_a_call_that_fails_while_writing_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, name, nth):
    path = tmp_path / "out.csv"
    path.write_bytes(b"before")
    real, calls = getattr(os, name), []

    def failing(*args, **more):
        calls.append(args)
        if len(calls) == nth:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*args, **more)

    monkeypatch.setattr(os, name, failing)
    with pytest.raises(Refused, match="cannot be written"):
        write_whole(path, b"after")
    monkeypatch.undo()
    assert len(calls) >= nth
    assert path.read_bytes() == b"before" and [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_a_read_only_file_is_kept_and_a_link_and_its_mode_too(tmp_path):
    path = tmp_path / "out.csv"
    path.write_bytes(b"before")
    path.chmod(0o400)
    with pytest.raises(Refused, match="read-only"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    path.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    write_whole(link, b"after")
    assert link.is_symlink() and path.read_bytes() == b"after" and path.stat().st_mode & 0o777 == 0o640


def test_a_page_on_a_full_disk_leaves_the_old_one_and_nothing_else(qapp, tmp_path, monkeypatch):
    path = tmp_path / "one.pdf"
    path.write_bytes(b"the old page")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="no space left"):
        write_summary(kit.session(), path)
    assert path.read_bytes() == b"the old page" and list(tmp_path.iterdir()) == [path]


def test_a_page_goes_through_a_link_and_never_over_a_read_only_file(qapp, tmp_path):
    session, target, link = kit.session(), tmp_path / "kept.pdf", tmp_path / "link.pdf"
    target.write_bytes(b"the old page")
    link.symlink_to(target)
    write_summary(session, link)
    assert link.is_symlink() and target.read_bytes().startswith(b"%PDF-")
    target.write_bytes(b"the old page")
    target.chmod(0o444)
    with pytest.raises(Refused, match="read-only"):
        write_summary(session, target)
    assert target.read_bytes() == b"the old page"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_a_killed_writing_left_goes_with_the_next_one(tmp_path, kind):
    from model.engine import run
    from model.layers import default_view
    from model.workbook.write import export

    stale = tmp_path / f".out.{kind}.1-aaaa.saving"
    young = tmp_path / f".out.{kind}.2-bbbb.saving"
    for path in (stale, young):
        path.write_bytes(b"half")
    os.utime(stale, (1_000_000, 1_000_000))
    target = tmp_path / f"out.{kind}"
    if kind == "csv":
        write_whole(target, b"whole")
    else:
        deal = store.load(kit.SUPPLY).deal
        export(run(deal, default_view(deal)), target)
    assert target.exists() and not stale.exists() and young.exists()
