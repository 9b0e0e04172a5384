"""Hostile and foreign files: refused with a plain sentence, in bounded time and memory, before openpyxl sees them;
what is odd but harmless is read, and said."""

import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import defusedxml
import openpyxl
import pytest
import xlsxwriter

from model.problems import Refused
from model.workbook import read, read_scan
from model.workbook.read_formulas import canonical

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def book(tmp_path):
    """A small, harmless workbook."""
    path = tmp_path / "book.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("Terms")
    sheet.write_string(0, 0, "label")
    sheet.write_number(0, 1, 1.5)
    sheet.write_formula(1, 1, "=B1*2", None, 3)
    made.define_name("rate", "=Terms!$B$1")
    made.close()
    return path


def rebuilt(book, changes, name="changed.xlsx"):
    """A copy in which parts are replaced (by bytes, or by a function of the old ones), added, or removed (None)."""
    target = book.with_name(name)
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in dict.fromkeys([*old.namelist(), *changes]):
            change = changes.get(part, lambda data: data)
            data = change(old.read(part)) if callable(change) else change
            if data is not None:
                new.writestr(part, data)
    return target


def sheet_xml(rows, tail=""):
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{tail}</worksheet>'.encode()


def with_sheet(book, rows, tail=""):
    return rebuilt(book, {SHEET: sheet_xml(rows, tail)})


def refused(path):
    start = time.process_time()
    with pytest.raises(Refused) as caught:
        read.scan(path)
    assert time.process_time() - start < 10
    problem = caught.value.problems[0]
    assert problem.what.endswith(".") and problem.remedy.endswith((".", "instead."))
    return problem.what


# -- XML -----------------------------------------------------------------------------------------

BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", "docProps/core.xml", "[Content_Types].xml"])  # fmt: skip
def test_an_entity_bomb_is_refused_wherever_it_stands(book, part):
    def bomb(data):
        head, _, rest = data.decode().partition("?>")
        return (BOMB + "]>" + rest.strip()).encode() if head else data

    assert "entities" in refused(rebuilt(book, {part: bomb}))


def test_an_external_entity_is_refused_and_its_file_not_read(book, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP")
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>&e;</v></c></row></sheetData></worksheet>'
    what = refused(rebuilt(book, {SHEET: xml.encode()}))
    assert "entities" in what and "TOP" not in what


def test_defusedxml_is_in_use_behind_the_scan(book):
    """A second wall: openpyxl itself refuses entities, because defusedxml is installed."""
    from openpyxl.xml import functions

    assert openpyxl.DEFUSEDXML or openpyxl.LXML
    assert functions.iterparse.__module__.startswith("defusedxml")
    with pytest.raises(defusedxml.DefusedXmlException):
        functions.fromstring(BOMB + "]><x>&i;</x>")


def test_without_defusedxml_nothing_is_read(book, monkeypatch):
    monkeypatch.setattr(openpyxl, "DEFUSEDXML", False)
    monkeypatch.setattr(openpyxl, "LXML", False)
    with pytest.raises(Refused, match="defusedxml"):
        read.read_book(book)


def test_xml_that_is_not_well_formed_is_refused(book):
    assert "not valid XML" in refused(rebuilt(book, {SHEET: b"<worksheet><row>"}))


def test_deep_nesting_is_refused(book):
    assert "nested too deeply" in refused(rebuilt(book, {"xl/styles.xml": b"<a>" * 5000 + b"</a>" * 5000}))


def test_an_unknown_encoding_is_refused(book):
    assert "encoding" in refused(rebuilt(book, {SHEET: b'<?xml version="1.0" encoding="nonsense"?><worksheet/>'}))


# -- the archive ---------------------------------------------------------------------------------


def test_a_deflate_bomb_is_refused(book):
    path = rebuilt(book, {"xl/media/image1.xml": b" " * 40_000_000})
    assert path.stat().st_size < 100_000
    assert "bomb" in refused(path)


def patched(path, part, field, value):
    """Overwrite a field of a part's entry in the central directory, and the same in its local header."""
    data = bytearray(path.read_bytes())
    name = part.encode()
    at = data.rindex(name) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    offset, size = {"compressed": (20, 4), "size": (24, 4), "flags": (8, 2), "offset": (42, 4)}[field]
    data[at + offset : at + offset + size] = value.to_bytes(size, "little")
    path.write_bytes(data)
    return path


def test_declared_sizes_are_summed_before_anything_is_unpacked(book):
    path = patched(rebuilt(book, {}), SHEET, "size", 4_000_000_000)
    assert "4,000 MB" in refused(path)


def test_a_part_longer_than_it_declares_is_refused(book):
    path = with_sheet(book, "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(1, 2000)))
    assert "damaged" in refused(patched(path, SHEET, "size", 300))


def test_a_part_shorter_than_it_declares_is_refused(book):
    path = rebuilt(book, {})
    assert refused(patched(path, SHEET, "size", 1_000_000))


def test_overlapping_parts_are_refused(book):
    """The trick of bombs that declare ten gigabytes in fifty kilobytes: many entries, one body."""
    path = rebuilt(book, {})
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0].header_offset
    assert "overlap" in refused(patched(path, SHEET, "offset", first)).lower()


def test_an_encrypted_part_is_refused(book):
    assert "password" in refused(patched(rebuilt(book, {}), SHEET, "flags", 1))


def test_two_parts_of_one_name_are_refused(book):
    path = rebuilt(book, {})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning):
        archive.writestr(SHEET, sheet_xml(""))
    assert "Two parts" in refused(path)


def test_other_ways_of_packing_are_refused(book):
    path = book.with_name("bz.xlsx")
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
    assert "packed" in refused(path)


def test_a_book_cut_short_anywhere_is_refused(book):
    data = book.read_bytes()
    path = book.with_name("cut.xlsx")
    for size in range(0, len(data) - 1, 97):
        path.write_bytes(data[:size])
        assert refused(path)


def test_flipped_bytes_never_end_in_anything_but_a_refusal(book):
    data = book.read_bytes()
    path = book.with_name("flipped.xlsx")
    for at in range(0, len(data), 61):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        try:
            read.read_book(path)
        except Refused as err:
            assert err.problems[0].what.endswith(".")


# -- what stands in the sheets -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('<row r="99999999"><c r="A99999999"><v>1</v></c></row>', "outside a worksheet"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "outside a worksheet"),
        ('<row r="1"><c r="A0"><v>1</v></c></row>', "outside a worksheet"),
        ('<row r="1"><c r="ZZZZ9"><v>1</v></c></row>', "not the address"),
        ('<row r="1"><c r="A7"><v>1</v></c></row>', "stands in row 1"),
        ('<row r="x"><c r="A1"><v>1</v></c></row>', "not the number of a row"),
        ('<row r="1"><c r="A1" t="s"><v>77</v></c></row>', "text number 77"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "text number -1"),
        ('<row r="1"><c r="A1" t="s"><v>0.5</v></c></row>', "text number 0.5"),
        ('<row r="1"><c r="A1"><v>NaN</v></c></row>', "not a finite number"),
        ('<row r="1"><c r="A1"><v>1e999</v></c></row>', "not a finite number"),
        ('<row r="1"><c r="A1"><v>INF</v></c></row>', "not a finite number"),
        ('<row r="1"><c r="A1"><v>1_000</v></c></row>', "not a finite number"),
        ('<row r="1"><c r="A1"><f>1/0</f><v>nan</v></c></row>', "not a finite number"),
        ('<row r="1"><c r="A1" t="b"><v>7</v></c></row>', "neither true nor false"),
        ('<row r="1"><c r="A1" t="zz"><v>7</v></c></row>', "unknown kind"),
        ('<row r="1"><c r="A1" t="str"><v>' + "x" * 50_000 + "</v></c></row>", "more text"),
    ],
)  # fmt: skip
def test_cells_that_no_worksheet_can_hold_are_refused(book, rows, said):
    assert said in refused(with_sheet(book, rows))


def test_a_long_formula_shared_by_many_cells_is_refused_before_it_is_written_out(book):
    shared = '<f t="shared" si="0"/>'
    rows = f'<row r="1"><c r="A1"><f t="shared" ref="A1:A20000" si="0">{"1+" * 4000}1</f></c></row>'
    rows += "".join(f'<row r="{i}"><c r="A{i}">{shared}</c></row>' for i in range(2, 20_000))
    assert "share" in refused(with_sheet(book, rows))


def test_a_formula_of_quotation_marks_takes_no_time():
    start = time.process_time()
    for text in ("'" * 8192, '"' * 8191, "a" * 8192, "$" * 8192, "'a" * 4096, "A1:" * 2700):
        canonical(text, "Terms")
    assert time.process_time() - start < 3


@pytest.mark.parametrize("merges", ['<mergeCell ref="A1:XFD1048576"/>', '<mergeCell ref="A1:B2"/>' * 150_000, '<mergeCell ref="A1:B9999999"/>'])  # fmt: skip
def test_huge_merges_are_refused(book, merges):
    assert "merges" in refused(with_sheet(book, "", f"<mergeCells>{merges}</mergeCells>"))


def test_fifty_thousand_merges_are_read_at_once(book):
    merges = "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(1, 50_001))
    path = with_sheet(book, '<row r="1"><c r="A1"><v>1</v></c></row>', f"<mergeCells>{merges}</mergeCells>")
    start = time.process_time()
    assert read.read_book(path).sheets["Terms"].cells == {(0, 0): read.Cell(1.0)}
    assert time.process_time() - start < 5


def test_one_far_cell_is_read_sparsely(book):
    path = with_sheet(
        book, '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    )
    start = time.process_time()
    assert read.read_book(path).sheets["Terms"].cells == {(0, 0): read.Cell(1.0), (1048575, 16383): read.Cell(2.0)}
    assert time.process_time() - start < 2


def test_more_cells_than_this_program_holds_are_refused(book, monkeypatch):
    monkeypatch.setattr(read_scan, "MAX_CELLS", 5_000)
    row = "".join(f"<c><v>{i}</v></c>" for i in range(1000))
    assert "5,000 cells" in refused(with_sheet(book, f"<row>{row}</row>" * 6))


def test_parts_that_openpyxl_would_keep_as_objects_are_bounded(book):
    def many(data):
        formats = "".join(f'<xf numFmtId="{i * 7919 % 99_991}"/>' for i in range(300_000))
        return data.replace(b"</cellXfs>", formats.encode() + b"</cellXfs>")

    assert "more elements" in refused(rebuilt(book, {"xl/styles.xml": many}))


# -- other kinds of file -------------------------------------------------------------------------


def ole(*names):
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 1016
        + b"".join(n.encode("utf-16-le") for n in names)
        + b"\0" * 512
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ole("EncryptionInfo", "EncryptedPackage"), "encrypted with a password"),
        (ole("Root Entry", "Workbook"), "97–2003"),
        (ole("WordDocument"), "older Office document"),
        (b"", "empty"),
        (b"a;b;c\n1;2;3\n", "a text file"),
        (b"<html><table></table></html>", "a web page"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x00\x01\x02\x03" * 100, "another kind of file"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged"),
    ],
)
def test_other_files_are_refused_by_content_not_by_name(tmp_path, content, said):
    path = tmp_path / "looks-fine.xlsx"
    path.write_bytes(content)
    assert said in refused(path)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"readme.txt": "x"}, "no workbook"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}, "OpenDocument spreadsheet"),
        ({"[Content_Types].xml": '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>', "word/document.xml": "<x/>"}, "Word document"),
        ({"[Content_Types].xml": '<Types><Override ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>', "xl/workbook.bin": "x"}, ".xlsb"),
    ],
)  # fmt: skip
def test_other_archives_are_refused(tmp_path, parts, said):
    path = tmp_path / "looks-fine.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert said in refused(path)


def test_the_strict_form_is_refused_instead_of_read_as_empty(book):
    def strict(data):
        return data.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")

    assert "Strict" in refused(rebuilt(book, {"xl/workbook.xml": strict, SHEET: strict}))


def test_things_that_are_no_file_are_refused_without_waiting(tmp_path):
    fifo = tmp_path / "pipe.xlsx"
    os.mkfifo(fifo)
    loop = tmp_path / "loop.xlsx"
    loop.symlink_to(loop)
    for path in (fifo, loop, tmp_path, tmp_path / "missing.xlsx", Path("/dev/zero"), Path("a\0b.xlsx")):
        assert refused(path)


# -- odd, but read -------------------------------------------------------------------------------


def test_macros_and_links_are_read_as_values_only_and_said(book):
    path = rebuilt(book, {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    notes = " ".join(read.read_book(path).notes)
    assert "macros" in notes and "not run" in notes and "links" in notes


def test_hidden_sheets_and_the_calendar_of_1904_are_said(book):
    def hide(data):
        text = data.decode().replace("<workbookPr", '<workbookPr date1904="1"')
        return text.replace('name="Terms"', 'name="Terms" state="hidden"').encode()

    found = read.read_book(rebuilt(book, {"xl/workbook.xml": hide}))
    assert found.since_1904
    assert any("1904" in n for n in found.notes) and any("Hidden sheets" in n and "Terms" in n for n in found.notes)


def test_escaped_characters_are_decoded(book):
    path = with_sheet(book, '<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000D_\nb_x0041_</t></is></c></row>')
    assert read.read_book(path).sheets["Terms"].cells[0, 0].value == "a\nbA"


def test_shared_formulas_are_read_as_the_formula_of_each_cell(book):
    rows = '<row r="1"><c r="B1"><f t="shared" ref="B1:C1" si="0">A1*2</f><v>2</v></c><c r="C1"><f t="shared" si="0"/><v>4</v></c></row>'
    cells = read.read_book(with_sheet(book, rows)).sheets["Terms"].cells
    assert [cells[0, 1].formula, cells[0, 2].formula] == ["A1*2", "B1*2"]


def test_names_and_results_are_read(book):
    found = read.read_book(book)
    assert found.names == {"rate": read.Target("Terms", 0, 1)}
    assert found.results("Terms", {(1, 1)}) == {(1, 1): 3.0}


# -- bounds --------------------------------------------------------------------------------------


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the peak of memory is read from /proc")
def test_the_worst_files_stay_within_ten_seconds_and_500_megabytes(book, tmp_path):
    """In a process of its own, so that the peak of memory is theirs."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(deflate.compress(b"<a/>" * 250_000) for _ in range(260)) + deflate.flush()
    assert len(packed) < 1_000_000
    files = [
        rebuilt(book, {"xl/drawings/d.xml": b"<x>" + b"<a/>" * 1_240_000 + b"</x>"}, "many.xlsx"),
        with_sheet(book, "<row>" + "<c><v>1</v></c>" * 400_000 + "</row>"),
    ]
    bomb = tmp_path / "bomb.xlsx"
    name = b"xl/worksheets/sheet1.xml"
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), 260_000_000, len(name), 0) + name
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(packed), 260_000_000, len(name), 0, 0, 0, 0, 0, 0) + name  # fmt: skip
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(head) + len(packed), 0)
    bomb.write_bytes(head + packed + entry + tail)
    program = (
        "import sys, time\nfrom model.problems import Refused\nfrom model.workbook.read import scan\n"
        "for p in sys.argv[1:]:\n    t = time.process_time()\n    try: scan(p)\n    except Refused: pass\n"
        "    assert time.process_time() - t < 10, p\n"
        # not ru_maxrss: a child's begins at the peak of the process that started it
        "status = open('/proc/self/status').read()\n"
        "print(int(status.split('VmHWM:')[1].split()[0]) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *map(str, [*files, bomb])], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 500
