"""What stands on the one page of a deal: headline, charts, rights, years, key terms, checks and sources.

Drawn in pixels of 1/96 inch, on whatever the painter paints. Heights are shared out: what is fixed first, then the
rights, then the years and as many key terms as still fit, so that every deal stays on one page.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from model import store
from model.engine import run
from model.fields import field_for
from model.fields.date_text import show_date
from model.fields.number_formats import show_text
from model.fields.unit_text import with_unit
from model.values import ErrorValue, to_serial
from ui import theme as themes
from ui.charts import ChartView
from ui.rights_bars import RightsPicture
from ui.session import DealSession
from ui.wording import counted

_EDGE: Final = 38.0
_CARD, _CHART, _LINE = 52.0, 148.0, 14.0
_CHART_WIDTH: Final = 300.0
_MOST_CHARTS, _CARDS_A_ROW = 3, 4
_WEIGHT: Final = {"stated": 0, "official": 0, "reported": 1, "": 2, "assumption": 3}
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def paint_page(p: QPainter, session: DealSession, page: QRectF) -> None:
    """Draw the page in the theme that is on."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    body = page.adjusted(_EDGE, _EDGE - 4, -_EDGE, -_EDGE + 4)
    drawn = _Page(p, session, body)
    drawn.head()
    drawn.cards()
    drawn.charts()
    drawn.rights()
    drawn.foot()
    drawn.years()
    drawn.columns()


class _Page:
    def __init__(self, p: QPainter, session: DealSession, body: QRectF) -> None:
        self.p, self.session, self.calc, self.deal = p, session, session.calc, session.deal
        self.body = body
        self.y, self.bottom = body.top(), body.bottom()
        self.spare = max(0.0, body.height() - self._needed())

    def _needed(self) -> float:
        """About how much room everything takes."""
        deal = self.deal
        heads = [k for k in deal.headline if k in deal.outputs or k in deal.terms]
        height = 100 + (_CARD + 6) * (2 if len(heads) > _CARDS_A_ROW else 1 if heads else 0) + 50
        height += _CHART + 10 if deal.charts else 0
        height += 80 + 18 * len(deal.rights) if deal.rights else 0
        return height + self._term_rows() * _LINE + 30

    def _term_rows(self) -> int:
        count = sum(term.formula is None and term.kind != "text" for term in self.deal.terms.values())
        return max(8, -(-count // 2) if count > 8 else count)

    # --- pieces of text ------------------------------------------------------------

    def text(self, box: QRectF, text: str, px: float, color: str = "text", bold: bool = False, flags: int = _LEFT) -> None:  # fmt: skip
        """A line, cut off with dots where it is too long."""
        p = self.p
        p.setFont(themes.ui_font(px, weight=QFont.Weight.DemiBold if bold else QFont.Weight.Normal))
        p.setPen(themes.current().color(color))
        cut = p.fontMetrics().elidedText(show_text(text).replace("\n", " "), Qt.TextElideMode.ElideRight, int(box.width()) + 1)  # fmt: skip
        p.drawText(box, flags, cut)

    def width(self, text: str, px: float, bold: bool = False) -> float:
        self.p.setFont(themes.ui_font(px, weight=QFont.Weight.DemiBold if bold else QFont.Weight.Normal))
        return float(self.p.fontMetrics().horizontalAdvance(text))

    def title(self, text: str, x: float, width: float, y: float) -> None:
        """The heading of a part, with a hairline under it."""
        self.text(QRectF(x, y, width, 16), text, 11, "accent", bold=True)
        self.p.setPen(QPen(themes.current().color("rule"), 0.6))
        self.p.drawLine(QPointF(x, y + 17), QPointF(x + width, y + 17))

    # --- the parts, from the top -----------------------------------------------------

    def head(self) -> None:
        body, deal, view = self.body, self.deal, self.calc.view
        t = themes.current()
        self.p.fillRect(QRectF(body.left(), self.y, body.width(), 3), t.color("accent"))
        today = show_date(dt.date.today())
        self.text(QRectF(body.left(), self.y + 10, body.width() - 110, 26), deal.name or "Deal", 21, bold=True)
        self.text(QRectF(body.right() - 108, self.y + 10, 108, 26), today, 11, "muted", flags=_RIGHT)
        self.y += 38
        if deal.title:
            self.text(QRectF(body.left(), self.y, body.width(), 16), deal.title, 11, "muted")
            self.y += 18
        facts = []
        if view.version in deal.versions:
            facts.append(("Version", deal.versions[view.version].label))
        if view.scenario in deal.scenarios:
            facts.append(("Scenario", deal.scenarios[view.scenario].label))
        party = deal.parties.get(self.session.perspective)
        if party:
            facts.append(("View of", f"{party.label} (its inflows positive)"))
        if view.sets:
            facts.append(("Set by hand", ", ".join(address for address, _ in view.sets)))
        facts.append(("Unit", deal.unit or deal.currency))
        span = self.calc.timeline
        facts.append(("Span", f"{span.start.year}–{span.end.year}, by {view.period}"))
        x = body.left()
        for name, value in facts:
            size = self.width(name, 10) + 5
            self.text(QRectF(x, self.y, size, 16), name, 10, "muted")
            room = min(self.width(show_text(value), 10, True) + 2, body.right() - x - size)
            if room < 8:
                break
            self.text(QRectF(x + size, self.y, room, 16), value, 10, bold=True)
            x += size + room + 14
        self.y += 24

    def cards(self) -> None:
        """The headline outputs."""
        deal, body, t = self.deal, self.body, themes.current()
        keys = [k for k in deal.headline if k in deal.outputs or k in deal.terms][: 2 * _CARDS_A_ROW]
        if not keys:
            return
        rows = 1 if len(keys) <= _CARDS_A_ROW else 2
        across = -(-len(keys) // rows)
        wide = (body.width() - 8 * (across - 1)) / across
        for i, key in enumerate(keys):
            item: Any = deal.outputs.get(key) or deal.terms[key]
            box = QRectF(body.left() + (i % across) * (wide + 8), self.y + (i // across) * (_CARD + 6), wide, _CARD)
            self.p.fillRect(box, t.color("panel"))
            self.p.fillRect(QRectF(box.left(), box.top(), 2, box.height()), t.color("accent"))
            value = self.calc.scalar(key)
            said = with_unit(field_for(item, deal.unit), value)
            px = 18.0
            while px > 10 and self.width(said, px, True) > wide - 18:
                px -= 1
            self.text(QRectF(box.left() + 10, box.top() + 6, wide - 14, 14), item.label, 10, "muted")
            bad = isinstance(value, ErrorValue) and not value.is_undisclosed
            self.text(QRectF(box.left() + 10, box.top() + 21, wide - 14, 26), said, px, "bad" if bad else "text", True)
        self.y += rows * (_CARD + 6) + 8

    def charts(self) -> None:
        keys = list(self.deal.charts)[:_MOST_CHARTS]
        if not keys:
            return
        wide = (self.body.width() - 12 * (len(keys) - 1)) / len(keys)
        high = _CHART + min(90.0, max(0.0, self.spare * 0.3))
        scale = min(1.0, wide / _CHART_WIDTH)  # narrow ones are drawn smaller, not cut
        for i, key in enumerate(keys):
            view = ChartView(self.session, key)
            view.resize(round(wide / scale), round(high / scale))
            self.p.save()
            self.p.translate(self.body.left() + i * (wide + 12), self.y)
            self.p.scale(scale, scale)
            view.draw(self.p)
            self.p.restore()
            view.deleteLater()
        self.y += high + 10

    def rights(self) -> None:
        """Who holds what until when: bars over the years, in as much room as leaves some for the terms."""
        if not self.deal.rights:
            return
        data = RightsPicture(self.calc)
        room = (self.bottom - self.y) * 0.62 - 40
        row = max(8.5, min(18.0, room / len(data.bars)))
        shown = data.bars[: max(1, int(room / row))]
        body, p, t = self.body, self.p, themes.current()
        self.title("Rights and how long they last", body.left(), body.width(), self.y)
        self.y += 20
        px = min(10.0, row - 1.0)
        labels = body.width() * 0.36
        said = [bar.text or ("no end" if bar.open else "") for bar in shown]
        beside = max(self.width(when, px - 1) for when in said)
        x0, x1 = body.left() + labels, body.right() - min(body.width() * 0.3, beside + 10)

        def at(serial: float) -> float:
            return x0 + (serial - data.first) / (data.last + 1 - data.first) * (x1 - x0)

        years = range(data.years[0], data.years[1] + 1)
        step = 1 if (x1 - x0) / len(years) > 26 else 2
        for year in years:
            x = at(to_serial(dt.date(year, 1, 1)))
            p.setPen(QPen(t.color("line"), 0.6))
            p.drawLine(QPointF(x, self.y + 12), QPointF(x, self.y + 13 + row * len(shown)))
            if not (year - data.years[0]) % step:
                self.text(QRectF(x + 2, self.y, 40, 12), str(year), 8.5, "muted")
        self.y += 13
        for bar, when in zip(shown, said, strict=True):
            party = f"  {bar.holder}" if bar.holder else ""
            size = min(self.width(bar.label, px), labels - 6)
            self.text(QRectF(body.left(), self.y, labels - 6, row), bar.label, px)
            if party and size + self.width(party, px - 1) < labels - 10:
                self.text(QRectF(body.left() + size, self.y, labels - 6 - size, row), party, px - 1, "muted")
            if bar.look == "none":
                self.text(QRectF(at(bar.start or data.first) + 2, self.y, x1 - x0, row), bar.text, px - 1, "bad" if bar.bad else "muted")  # fmt: skip
            else:
                box = QRectF(at(bar.start), self.y + row * 0.2, max(2.0, at(bar.end + 1) - at(bar.start)), row * 0.6)
                p.fillRect(box, t.color("accent" if bar.look == "solid" else "accent_tint"))
                if bar.look == "hatched":
                    p.setPen(QPen(t.color("accent"), 0.7, Qt.PenStyle.DashLine))
                    p.drawRect(box)
                self.text(QRectF(x1 + 6, self.y, body.right() - x1 - 6, row), when, px - 1, "muted")
            self.y += row
        if len(shown) < len(data.bars):
            self.text(QRectF(body.left(), self.y, body.width(), 12), f"… and {len(data.bars) - len(shown)} more", 9, "muted")  # fmt: skip
            self.y += 12
        self.text(QRectF(body.left(), self.y + 1, body.width(), 12), "Filled: in force. Dashed outline: in force under a condition, or with an undisclosed date.", 8.5, "muted")  # fmt: skip
        self.y += 20

    def years(self) -> None:
        """The schedule by year, where a short deal leaves room for it."""
        deal, view = self.deal, self.calc.view
        room = self.bottom - self.y - (self._term_rows() * _LINE + 34) - 46
        most = int(room / _LINE)
        if most < 4 or not deal.lines:
            return
        calc = self.calc if view.period == "year" else run(deal, view._replace(period="year"), self.calc)
        helpers = {key for key, line in deal.lines.items() if line.style == "helper"}
        found = [key for key in deal.lines if key not in helpers and any(_counts(v) for v in calc.line(key))][:most]
        used = [i for key in found for i, v in enumerate(calc.line(key)) if _counts(v)]
        if not found:
            return
        first = min(used)
        shown = {key: [field_for(deal.lines[key], deal.unit).show(v) for v in calc.line(key)] for key in found}
        wide = max(42.0, *(self.width(text, 9.5) + 10 for row in shown.values() for text in row))
        last = min(max(used) + 1, first + int((self.body.width() - 230) / wide))
        self.title(f"Schedule by year, {calc.timeline.periods[first].year} to {calc.timeline.periods[last - 1].year}", self.body.left(), self.body.width(), self.y)  # fmt: skip
        self.y += 20
        labels = self.body.width() - wide * (last - first)
        for i in range(first, last):
            box = QRectF(self.body.left() + labels + wide * (i - first), self.y, wide, _LINE)
            self.text(box, calc.timeline.periods[i].label, 9, "muted", flags=_RIGHT)
        self.y += _LINE
        for key in found:
            line = deal.lines[key]
            size = min(self.width(show_text(line.label), 10), labels - 60)
            self.text(QRectF(self.body.left(), self.y, size + 1, _LINE), line.label, 10)
            self.text(QRectF(self.body.left() + size + 6, self.y, labels - size - 10, _LINE), line.unit, 9, "muted")
            for i in range(first, last):
                box = QRectF(self.body.left() + labels + wide * (i - first), self.y, wide, _LINE)
                self.text(box, shown[key][i], 9.5, flags=_RIGHT)
            self.y += _LINE
        self.y += 14

    # --- from the bottom -------------------------------------------------------------

    def foot(self) -> None:
        body = self.body
        mark = hashlib.sha256(store.dumps(self.deal).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self.p.setPen(QPen(themes.current().color("line"), 0.6))
        self.p.drawLine(QPointF(body.left(), self.bottom - 16), QPointF(body.right(), self.bottom - 16))
        name = self.session.path.name if self.session.path else "not saved"
        said = f"Dealsheet · {name} · fingerprint of the deal {mark}"
        self.text(QRectF(body.left(), self.bottom - 13, body.width(), 12), said, 8.5, "muted")
        self.text(QRectF(body.left(), self.bottom - 13, body.width(), 12), "Computed by the deal's formulas", 8.5, "muted", flags=_RIGHT)  # fmt: skip
        self.bottom -= 22

    def columns(self) -> None:
        """Key terms beside checks and sources, in the room that is left."""
        body = self.body
        if self.bottom - self.y < 40:
            return
        wide = body.width() * 0.62
        self._terms(body.left(), wide - 14)
        self._checks(body.left() + wide, body.width() - wide)

    def _terms(self, x: float, width: float) -> None:
        deal = self.deal
        self.title("Key terms", x, width, self.y)
        top = self.y + 21
        rows = max(1, int((self.bottom - top) / _LINE))
        found = [k for k, term in deal.terms.items() if term.formula is None and term.kind != "text"]
        order = {key: i for i, key in enumerate(found)}
        best = sorted(found, key=lambda k: (_WEIGHT.get(deal.terms[k].class_, 2), order[k]))[: 2 * rows]
        best.sort(key=lambda k: order[k])
        down = -(-len(best) // 2) if len(best) > 8 else len(best)
        half = (width - 18) / 2 if len(best) > 8 else width
        for i, key in enumerate(best[: 2 * rows]):
            term = deal.terms[key]
            left, y = x + (i // down) * (half + 18), top + (i % down) * _LINE
            if y + _LINE > self.bottom + 1:
                continue
            value = with_unit(field_for(term, deal.unit), self.calc.scalar(key))
            size = min(self.width(show_text(value), 10, True) + 2, half * 0.6)
            room = half - size - 6
            self.text(QRectF(left, y, room, _LINE), term.label, 10)
            used = self.width(show_text(term.label), 10) + 6
            if term.group and used + self.width(show_text(term.group), 9) < room:
                self.text(QRectF(left + used, y, room - used, _LINE), term.group, 9, "muted")
            self.text(QRectF(left + half - size, y, size, _LINE), value, 10, "text", True, _RIGHT)

    def _checks(self, x: float, width: float) -> None:
        deal, calc, y = self.deal, self.calc, self.y
        failing = [(key, calc.scalar(key)) for key in deal.checks if calc.scalar(key) is not True]
        self.title("Checks", x, width, y)
        y += 21
        faults = len(calc.problems)
        if not failing and not faults:
            self.text(QRectF(x, y, width, _LINE), _all_hold(len(deal.checks)), 10, "good", True)  # fmt: skip
            y += _LINE
        else:
            held = len(deal.checks) - len(failing)
            self.text(QRectF(x, y, width, _LINE), f"{held} of {len(deal.checks)} checks hold.", 10, "bad", True)
            y += _LINE
            for key, value in failing[:4]:
                mark = "?" if isinstance(value, ErrorValue) and value.is_undisclosed else "✗"
                self.text(QRectF(x, y, width, _LINE), f"{mark} {deal.checks[key].label}", 10)
                y += _LINE
            if faults:
                self.text(QRectF(x, y, width, _LINE), f"✗ {counted(faults, 'formula')} with problems", 10)
                y += _LINE
        y += 8
        if y + 40 > self.bottom:
            return
        self.title("Where the inputs come from", x, width, y)
        y += 21
        classes = [term.class_ for term in deal.terms.values() if term.formula is None]
        counts = {kind: classes.count(kind) for kind in ("stated", "official", "reported", "assumption", "")}
        words = {"": "unclassified", "assumption": "assumption" if counts["assumption"] == 1 else "assumptions"}
        lines = [f"{count} {words.get(kind, kind)}" for kind, count in counts.items() if count]
        self.text(QRectF(x, y, width, _LINE), " · ".join(lines), 10, bold=True)
        y += _LINE
        for source in deal.sources.values():
            if y + _LINE > self.bottom + 1:
                break
            when = f", {source.date.year}" if source.date and str(source.date.year) not in source.label else ""
            self.text(QRectF(x, y, width, _LINE), f"{source.label}{when}", 9.5, "muted")
            y += _LINE


def _all_hold(count: int) -> str:
    return {0: "No checks.", 1: "✓ The check holds."}.get(count, f"✓ All {count} checks hold.")


def _counts(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > 1e-9
