"""One sheet being filled: texts, inputs and formulas with their looks, widths and page setup."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from model.engine import Calc
from model.fields import Field, make_field
from model.formula.excel import MAX_LENGTH, to_excel
from model.problems import Problem, Refused, refuse
from model.values import NO_CAP, ErrorValue, to_serial
from model.workbook.book import COVER, HEAD_ROW, LABEL, MASTER, SCENARIO, SOURCES, SUBTITLE, VALUE, VERSION, Book, Entry
from model.workbook.exact import ExactWorksheet
from model.workbook.metrics import column_for, column_pixels, wrapped_lines
from model.workbook.scenarios import label_of
from model.workbook.styles import BAD, GOOD, Styles, formula_colour
from model.workbook.text import footer, is_printable_formula, looks_like_formula
from model.workbook.viewpoint import Viewpoint, cell, letters

ROW_HEIGHT: Final = 15.6  # not XlsxWriter's 15, which it would leave to the reader's program
NOTE_LINE: Final = 12.0
_FIRST_DAY: Final = dt.date(1900, 1, 1)
_TALLEST: Final = 409.0  # a row of Excel is not higher

LINE: Final = 12.9
SMALL: Final = 9.0  # points of small text
A4: Final = 9
_PAGE_TRUE: Final = 0.658  # height of what is printed on a landscape A4 page by its width
_PAGE: Final = 0.63  # the same with a reserve
FLOW: Final = 0.3  # how much of a page may stay empty so that a group stays whole
_APART: Final = 0.7  # the size of what would become too small if its width had to fit
_DRAWN: Final = 0.05  # how much smaller that may be where it saves a page
SMALLEST: Final = 0.55
_BESIDE: Final = 0.62  # how small pages beside each other may become where that saves pages
READABLE: Final = 0.73  # the size at which small text is still read with ease (six and a half points)
_ACROSS: Final = 1045.0  # pixels of full size on its width
_PIXELS_A_UNIT: Final = column_pixels(1) - column_pixels(0)
_SURE: Final = 0.93  # how much of it is used where no program draws a sheet in: LibreOffice has wider columns by 6 %


class Canvas:
    """A worksheet, its book and its styles."""

    def __init__(self, book: Book, name: str, sheet: ExactWorksheet, styles: Styles, workbook: Any = None) -> None:
        self.workbook = workbook
        self.book = book
        self.name = name
        self.sheet = sheet
        self.style = styles
        self._heights: dict[int, float] = {}
        self._widths: dict[int, float] = {0: 2.0}

    # -- cells -------------------------------------------------------------------------------

    def text(self, row: int, col: int, text: str, *looks: str, where: str = "", **more: Any) -> None:
        """Text that stays text, also where it looks like a formula."""
        clean = self.book.texts.clean(text, where or f"{self.name} sheet")
        if looks_like_formula(clean):
            more["quote_prefix"] = True
        self.sheet.put_text(row, col, clean, self.style(*looks, **more))

    def note(self, row: int, col: int, text: str, width: float, where: str = "", valign: str = "top") -> None:
        """A wrapped remark; the row grows with it."""
        self.text(row, col, text, "note", where=where, valign=valign)
        self.fit(row, (text, width))

    def fit(self, row: int, *texts: tuple[str, float]) -> str:
        """Grow a row for small texts that wrap at their widths; how its cells stand: at the top where one wraps."""
        lines = max(wrapped_lines(text, width, SMALL, indent=1) for text, width in texts)
        self.grow(row, lines)
        return "top" if lines > 3 else "vcenter"

    def merged_note(self, row: int, first: int, last: int, text: str, width: float, where: str = "") -> None:
        """A remark across several columns."""
        if text:
            self.sheet.merge_range(row, first, row, last, "", self.style("note"))
            self.note(row, first, text, width, where=where)

    def link(self, row: int, col: int, target: str, text: str, *looks: str, **more: Any) -> None:
        """A link to a place in this book; its text stays text."""
        text = self.book.texts.clean(text, f"{self.name} sheet")
        self.sheet.write_url(row, col, target, self.style(*looks, **more), string=text)
        self.text(row, col, text, *looks, **more)

    def source(
        self, row: int, col: int, key: str, rows: Mapping[str, int], *looks: str, width: float = 255.0, **more: Any
    ) -> None:
        """The label of a source, leading to its row on the Sources sheet; other texts as they are. A label that would
        be wrapped in a column of this width leads nowhere: links do not wrap in every program."""
        sources = self.book.calc.deal.sources
        where = more.pop("where", "")
        if key in rows and column_for(sources[key].label, SMALL, indent=1) > width:
            self.text(row, col, sources[key].label, *looks, where=f"sources.{key}.label", text_wrap=True, **more)
        elif key in rows:
            label = self.book.texts.clean(sources[key].label, f"sources.{key}.label")
            self.link(row, col, f"internal:'{SOURCES}'!B{rows[key] + 1}", label, *looks, text_wrap=True, **more)
        else:
            self.text(row, col, key, *looks, where=where, **more)

    def wrap(self, row: int, text: str, width: float) -> None:
        """Grow the row for a text of full size that wraps at this width."""
        self.grow(row, wrapped_lines(text, width), LINE)

    def grow(self, row: int, lines: int, line: float = NOTE_LINE) -> None:
        """Make the row as high as this many lines need, of small text by default."""
        height = min(_TALLEST, max(ROW_HEIGHT, line * lines + 3))
        if height > max(self._heights.get(row, 0.0), ROW_HEIGHT):
            self._heights[row] = height
            self.sheet.set_row(row, height)

    def blanks(self, row: int, first: int, last: int, *looks: str, **more: Any) -> None:
        style = self.style(*looks, **more)
        for col in range(first, last + 1):
            self.sheet.write_blank(row, col, None, style)

    def constant(self, row: int, col: int, value: Any, *looks: str, where: str = "", **more: Any) -> None:
        """A value that is not computed in the workbook."""
        if value is None:
            self.sheet.write_blank(row, col, None, self.style(*looks, **more))
        elif isinstance(value, ErrorValue):
            self.text(row, col, value.word, *looks, where=where, **more)
        elif isinstance(value, str):
            self.text(row, col, value, *looks, where=where, **more)
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, col, value, self.style(*looks, **more))
        else:
            self.sheet.write_number(row, col, value, self.style(*looks, **more))

    def day(self, row: int, col: int, day: dt.date | None, *looks: str, **more: Any) -> None:
        """A day that is not computed; as text where Excel's calendar has not begun."""
        if day is not None and day < _FIRST_DAY:
            self.text(row, col, f"{day.day} {day:%b} {day.year}", *looks, **more)
        else:
            shown = make_field("date").excel_format
            self.constant(row, col, None if day is None else to_serial(day), *looks, num_format=shown, **more)

    def formula(self, row: int, col: int, formula: str, value: Any, *looks: str, **more: Any) -> None:
        """A formula with the value it has now."""
        if isinstance(value, str):
            value = self.book.texts.clean(value, f"{self.name} sheet")
        self.sheet.put_formula(row, col, formula, self.style(*looks, **more), value)

    def item(
        self,
        row: int,
        col: int,
        key: str,
        value: Any,
        *looks: str,
        where: str,
        view: Viewpoint | None = None,
        **more: Any,
    ) -> None:
        """A single computed cell of the deal, in the colour of what it reads."""
        view = view or Viewpoint(self.book, self.name)
        text = printed(self.book, key, value, view, where)
        self.formula(row, col, text, value, *looks, font_color=formula_colour(view.foreign), **more)

    # -- looks of whole sheets ---------------------------------------------------------------

    def open(self, title: str, widths: Mapping[int, float], *, status: bool = True) -> None:
        """Title, the line that says which deal this is, the master check, column widths, page setup."""
        calc = self.book.calc
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_default_row(ROW_HEIGHT)
        base = self.style()
        sheet.set_column(0, 0, 2, base)
        self._widths.update(widths)
        for col, width in widths.items():
            sheet.set_column(col, col, width, base)
        self.text(0, LABEL, title, "title")
        sheet.set_row(0, 24)
        self._heights[0] = 24
        place = self.book.scalars[SUBTITLE]
        if self.name != COVER:
            self.formula(1, LABEL, f"{COVER}!{cell(place.row, place.col)}", subtitle(self.book), "subtitle")
        if status:
            self.status(0, VALUE)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(
            f"&L&8{footer(calc.deal.name)} · exported as {footer(view_name(calc) or 'base')}&C&8&A&R&8Page &P of &N",
            {"scale_with_doc": False},
        )

    def subtitle_within(self, last_col: int, widths: Mapping[int, float]) -> None:
        """The line that says which deal this is, inside the columns that pages repeat: beyond them it would be cut."""
        text, place = subtitle(self.book), self.book.scalars[SUBTITLE]
        look = self.style("subtitle", text_wrap=True)
        if last_col > LABEL:
            self.sheet.merge_range(1, LABEL, 1, last_col, "", look)
        self.formula(1, LABEL, f"{COVER}!{cell(place.row, place.col)}", text, "subtitle", text_wrap=True)
        # another version's or scenario's name may be longer
        self.fit(1, (f"{text} {'x' * 12}", sum(widths[c] for c in range(LABEL, last_col + 1))))

    def status(self, row: int, col: int) -> None:
        """The master check in words, live."""
        name = self.book.names[MASTER]
        holds = self.book.calc.holds()
        shown = "All checks hold" if holds else "A check fails"
        self.formula(row, col, f'=IF({name},"All checks hold","A check fails")', shown, "status", valign="vcenter")
        self.good_or_bad(row, col, row, col, '"All checks hold"')

    def good_or_bad(self, row: int, col: int, row2: int, col2: int, good: str, **more: Any) -> None:
        """Green where the cell equals ``good``, red elsewhere."""
        for criteria, colour in (("==", GOOD), ("!=", BAD)):
            style = self.style.bare(font_color=colour, **more)
            rule = {"type": "cell", "criteria": criteria, "value": good, "format": style}
            self.sheet.conditional_format(row, col, row2, col2, rule)

    def header(
        self,
        row: int,
        labels: dict[int, str],
        left: frozenset[int],
        center: frozenset[int] = frozenset(),
        first: int = LABEL,
    ) -> None:
        """A dark row of column headings; those in ``left`` stand over text."""
        last = max(labels)
        tall = 1
        for col in range(first, last + 1):
            label = labels.get(col, "")
            more: dict[str, Any] = {"align": "left", "indent": int(col > first)} if col in left else {"align": "right"}
            if col in center:
                more = {"align": "center"}
            self.text(row, col, label, "head", text_wrap="\n" in label, **more)
            tall = max(tall, label.count("\n") + 1)
        self._heights[row] = 6 + 12 * tall
        self.sheet.set_row(row, 6 + 12 * tall)

    def section(self, row: int, label: str, last: int, first: int = LABEL) -> None:
        self.blanks(row, first, last, "section")
        self.text(row, first, label, "section")

    def close(
        self, last_row: int, last_col: int, freeze_col: int = 0, freeze_row: int = HEAD_ROW + 1, repeat: int = 0
    ) -> None:
        """Print area, repeated heading (``repeat`` rows, else the frozen ones) and frozen panes."""
        self.sheet.print_area(0, 0, max(last_row, HEAD_ROW), last_col)
        self.sheet.repeat_rows(0, (repeat or freeze_row) - 1)
        self.sheet.freeze_panes(freeze_row, freeze_col)
        # a sum over periods leaves out the year above on purpose; real inconsistencies stay marked
        self.sheet.ignore_errors({"formula_range": f"A1:{letters(last_col)}{max(last_row, HEAD_ROW) + 1}"})

    def scale(self, last_col: int) -> float:
        """How large a sheet is printed if its width must fit."""
        return min(1.0, _ACROSS / self._wide(last_col))

    def reach(self, last_col: int) -> int:
        """The last column, up to this one, that still stands on the first page of a block printed apart."""
        return max(LABEL, *(c for c in range(last_col + 1) if self._wide(c) <= _SURE * _ACROSS / _APART))

    def paginate(self, blocks: Sequence[tuple[int, int]], last_col: int, repeated: int, waste: float = 1.0) -> None:
        """Where pages end, once the width fits the page: before a block (first and last row) that would not fit whole,
        unless more than ``waste`` of the page would stay empty. A sheet that is only a little longer than its pages is
        drawn in instead."""
        if not blocks:
            return
        wide = max(_ACROSS, self._wide(last_col))
        head = sum(self._height(row) for row in range(repeated))
        whole = sum(self._height(row) for row in range(repeated, blocks[-1][1] + 1))
        pages = whole / (wide * _PAGE_TRUE * 72 / 96 - head)
        drawn = _drawn_in(pages, _ACROSS / wide)
        fits, least = round(100 * _ACROSS / wide), round(100 * (READABLE - _DRAWN))
        if drawn == 1 or (drawn and waste < 1.0):
            for percent in range(int(fits * _SURE), max(least, int(fits * 0.8)) - 1, -1):
                whole_blocks = self._breaks(blocks, _room(percent, head), 1.0)
                if 1 < len(whole_blocks) + 1 <= drawn:  # as many pages, none of which ends within a block
                    self.sheet.set_print_scale(percent)
                    self.sheet.set_h_pagebreaks(whole_blocks)
                    return
            self.sheet.fit_to_pages(1, drawn)
            return
        breaks = self._breaks(blocks, wide * _PAGE * 72 / 96 - head, waste)
        for percent in range(int(fits * _SURE), max(least, fits - 10) - 1, -1):
            fewer = self._breaks(blocks, _room(percent, head), waste)
            if len(fewer) < len(breaks):  # a little smaller saves a page
                self.sheet.set_print_scale(percent)
                breaks = fewer
                break
        self.sheet.set_h_pagebreaks(breaks)

    def _breaks(self, blocks: Sequence[tuple[int, int]], room: float, waste: float, least: float = 0.0) -> list[int]:
        """The rows before which a page ends. A block that flows on takes at least this part of the next page."""
        used, breaks, before = 0.0, [], blocks[0][0]
        for first, last in blocks:
            high = sum(self._height(row) for row in range(min(before, first), last + 1))
            over = used + high - room
            if used and over > 0 and (room - used <= waste * room or over < least * room):
                breaks.append(first)
                used = 0.0
            used = (used + high) % room if used + high > room else used + high
            before = last + 1
        return breaks

    def paginate_across(
        self, blocks: Sequence[tuple[int, int]], pages: Sequence[tuple[int, int]], repeated: int, waste: float
    ) -> None:
        """Pages side by side, each with its first and last column beside the repeated ones, all at the size that the
        widest allows: breaks stand where they mean something, which pages that are fitted to a width do not offer."""
        widest = max(self._wide(last) - self._wide(first - 1) for first, last in pages)
        most = max(10, min(100, int(100 * _SURE * _ACROSS / (self._wide(pages[0][0] - 1) + widest))))
        head = sum(self._height(row) for row in range(repeated))
        rows = sum(self._height(row) for row in range(repeated, blocks[-1][1] + 1))
        found = []
        for percent in range(most, min(most, round(100 * _BESIDE)) - 1, -1):  # smaller only where that saves pages
            room = _room(percent, head)
            breaks = self._breaks(blocks, room, waste, 0.15)
            found.append((max(len(breaks) + 1, math.ceil(rows / room)), -percent, breaks))
        _, percent, breaks = min(found)
        self.sheet.set_print_scale(-percent)
        self.sheet.set_v_pagebreaks([first for first, _ in pages[1:]])
        self.sheet.set_h_pagebreaks(breaks)

    def print_apart(self, blocks: Sequence[tuple[int, int, int, int]], repeated: int) -> None:
        """Blocks (first row, row of the headings, last row, last column) of very different widths, at a size that can
        be read: what of a block is too wide for the page follows on pages of its own, below its headings."""
        head, found = sum(self._height(row) for row in range(repeated)), []
        for percent in range(round(100 * _APART), round(100 * (_APART - _DRAWN)) - 1, -1):
            room = _room(percent, head)
            breaks = self._breaks([(first, last) for first, _, last, _ in blocks], room, 1.0)
            found.append((len(breaks), -percent, breaks))
        _, percent, breaks = min(found)
        self.sheet.set_print_scale(-percent)
        self.sheet.set_h_pagebreaks(breaks)
        end = max(across for *_, across in blocks)
        areas = [(0, 0, blocks[-1][2], self.reach(end))]
        for _, head, last, across in blocks:
            col = self.reach(across) + 1
            while col <= across:
                to = max(c for c in range(col, across + 1) if c == col or self._fits_apart(col, c))
                areas.append((head, col, last, to))
                col = to + 1
        ranges = [f"'{self.name}'!{cell(top, left)}:{cell(last, right)}" for top, left, last, right in areas]
        self.sheet.print_area_range = ",".join(ranges)  # XlsxWriter's own call takes one range
        self.sheet.repeat_columns(0, LABEL)

    def _fits_apart(self, first: int, last: int) -> bool:
        """Whether these columns fit beside the repeated ones on a page of a sheet that is printed apart."""
        return self._wide(LABEL) + self._wide(last) - self._wide(first - 1) <= _SURE * _ACROSS / _APART

    def _wide(self, last_col: int) -> float:
        """Pixels up to a column."""
        return sum(column_pixels(self._widths.get(col, 9.0)) for col in range(last_col + 1))

    def _height(self, row: int) -> float:
        return self._heights.get(row, ROW_HEIGHT)


def _room(percent: int, head: float) -> float:
    """Points of height that a landscape page has below a repeated head, of what is printed at this size."""
    return _ACROSS * _PAGE * 72 / 96 / percent * 100 - head


def _drawn_in(pages: float, scale: float) -> int | None:
    """On how many pages a sheet of this length is printed a little smaller, so that no page has a few rows only; None
    where it would become too small. ``scale`` is what its width leaves."""
    whole = max(1, int(pages))
    over = (pages - whole) / whole
    if whole == 1 and pages <= 1:
        return 1
    return whole if over <= 0.1 or (over <= 0.4 and scale / (1 + over) >= 0.72) else None


def narrowed(widths: Mapping[int, float], last_col: int, least: Mapping[int, float]) -> dict[int, float]:
    """Column widths with which a sheet printed up to a column can be read: those whose texts wrap give way, in
    proportion to what they have above their ``least``."""
    over = sum(column_pixels(widths.get(c, 2.0)) for c in range(last_col + 1)) - _ACROSS / READABLE
    spare = sum(max(0.0, widths[c] - low) for c, low in least.items())
    share = min(1.0, over / _PIXELS_A_UNIT / spare) if over > 0 and spare else 0.0
    return {c: w - share * max(0.0, w - least.get(c, w)) for c, w in widths.items()}


def blocks_of(entries: Sequence[Entry], head: str) -> list[tuple[int, int]]:
    """First and last row of each group of a sheet's entries; ``head`` is the kind of its headings."""
    out: list[tuple[int, int]] = []
    for row, kind, _ in entries:
        if kind == head or not out:
            out.append((row, row))
        else:
            out[-1] = (out[-1][0], row)
    return out


def fitted(texts: Iterable[str], least: float, most: float, size: float = SMALL) -> float:
    """The width of a column that shows these texts on one line, within limits."""
    return min(most, max([least, *(column_for(t, size, indent=1) + 0.5 for t in texts)]))


def printed(book: Book, key: str, value: Any, view: Viewpoint, where: str) -> str:
    """The formula of a node in Excel's words; where it is at fault, the Excel error that the app shows."""
    formula = book.formula(key)
    if formula is None:
        kind = value[0] if isinstance(value, list) and value else value
        return f"={kind.kind}" if isinstance(kind, ErrorValue) else "=#NAME?"
    if not is_printable_formula(formula.text):
        raise refuse(
            where, "The formula holds a control character, which a workbook cannot.", "Remove it, then export again."
        )
    try:
        return to_excel(formula.tree, view)
    except Refused as err:
        raise Refused(*(Problem(where, p.what, p.remedy) for p in err.problems)) from None


def heading(label: str, unit: str, width: float) -> str:
    """A column's heading with its unit below, broken where it does not fit."""
    lines = [""]
    for word in label.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and column_for(longer, SMALL, bold=True) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    said = unit and unit.casefold() != label.casefold()
    return "\n".join([*lines, unit] if said else lines)


def unit_width(units: Iterable[str], least: float) -> float:
    """Width of the column of units, in small text."""
    return min(22.0, max([least, *(column_for(u, SMALL, indent=1) for u in units)]))


def check_length(formula: str, where: str) -> None:
    if len(formula) > MAX_LENGTH:
        what = f"The formula would need {len(formula):,} characters in Excel, which takes {MAX_LENGTH:,}."
        raise refuse(where, what, "Split it into helper lines.")


def number_format(field: Field, values: Any) -> str:
    """The field's Excel format; the one that can say "none" where one of the values is that."""
    limit = any(v == "none" or (isinstance(v, float) and v >= NO_CAP) for v in values)
    return field.excel_format_limit if limit else field.excel_format


def as_shown(value: Any) -> Any:
    """A value as an input's cell shows it: an undisclosed one by its word."""
    return "undisclosed" if isinstance(value, ErrorValue) and value.is_undisclosed else value


def view_name(calc: Calc) -> str:
    """Version and scenario as a reader calls them."""
    deal, view = calc.deal, calc.view
    parts = []
    if view.version in deal.versions:
        parts.append(deal.versions[view.version].label)
    if view.scenario in deal.scenarios:
        parts.append(deal.scenarios[view.scenario].label)
    return " · ".join(parts)


def selectable(book: Book) -> list[str]:
    """The kinds of layers that there are to choose from."""
    deal = book.calc.deal
    return [kind for kind, found in (("version", deal.versions), ("scenario", deal.scenarios)) if found]


def subtitle(book: Book) -> str:
    """Which deal, version, scenario, unit and period length a sheet shows."""
    calc = book.calc
    name = book.texts.clean(calc.deal.name, "name")
    if book.scenarios is None:
        return f"{name} · {_basis(book)}"
    chosen = {"version": calc.view.version, "scenario": calc.view.scenario}
    return " · ".join([name, *(label_of(book, kind, chosen[kind]) for kind in selectable(book)), _basis(book)])


def subtitle_formula(book: Book) -> str:
    """The same, following the selectors."""
    parts = [cell(0, LABEL)]
    parts += [book.names[{"version": VERSION, "scenario": SCENARIO}[kind]] for kind in selectable(book)]
    basis = _basis(book).replace('"', '""')
    return '&" · "&'.join([*parts, f'"{basis}"'])


def _basis(book: Book) -> str:
    calc = book.calc
    unit = book.texts.clean(" ".join(calc.deal.unit.split())[:80], "unit")
    by = {"month": "monthly", "quarter": "quarterly", "year": "annual"}[calc.view.period]
    return f"{unit} unless stated · {by}" if unit else by
