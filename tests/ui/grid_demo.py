"""A small table in memory that behaves as a panel would: sections, totals, inputs, choices, refusals, undo steps."""

from __future__ import annotations

from collections.abc import Sequence

from model.problems import Problem
from ui.grid.source import Cell, Change, ColumnSpec, GridSource, Place, RowSpec

YEARS = tuple(range(2025, 2033))
CHOICES = ("Independent panel", "The board", "Joint committee")


class TermSource(GridSource):
    """Terms: label, value, unit, class, source. Numbers with thousands, percents, one choice, one computed row."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {
            "start": "28 Oct 2025", "decider": "Independent panel", "lag": "6", "share": "27", "worth": "135.04999",
            "commitment": "250", "rate": "20", "cap": "38",
        }  # fmt: skip
        self.steps: list[tuple[str, list[Change]]] = []
        self.overridden = {"rate"}
        self._rows = [
            RowSpec("s1", "section", "Parties and signing"), RowSpec("start", label="Effective date"),
            RowSpec("decider", label="Who decides"), RowSpec("lag", label="Declaration to verification"),
            RowSpec("s2", "section", "Equity"), RowSpec("share", label="Stake, as-converted"),
            RowSpec("worth", label="Value of the stake"), RowSpec("equity", "total", "Implied equity"),
            RowSpec("s3", "section", "Commitment"), RowSpec("commitment", label="Incremental commitment"),
            RowSpec("rate", label="Rate"), RowSpec("cap", label="Cap"),
        ]  # fmt: skip

    def columns(self) -> Sequence[ColumnSpec]:
        return (
            ColumnSpec("Term", 220, "left", frozen=True), ColumnSpec("Value", 150), ColumnSpec("Unit", 72, "left"),
            ColumnSpec("Class", 104, "left"), ColumnSpec("Source or formula", 160, "left", stretch=True),
        )  # fmt: skip

    def rows(self) -> Sequence[RowSpec]:
        return self._rows

    def cell(self, row: int, col: int) -> Cell:
        key = self._rows[row].key
        if col == 0:
            return Cell(self._rows[row].label, "label")
        if col == 1:
            if key == "equity":
                number = float(self.values["worth"]) / float(self.values["share"]) * 100
                return Cell(f"{number:,.1f}", number=number, copy=repr(number), tooltip="Value of the stake / stake")
            text = self.values[key]
            number_ = _number(text)
            shown = text if number_ is None else f"{number_:,.1f}"
            return Cell(
                shown, "input", editable=True, number=number_, copy=text, overridden=key in self.overridden,
                choices=CHOICES if key == "decider" else (),
            )  # fmt: skip
        if col == 2:
            return Cell({"start": "date", "decider": "choice", "lag": "months", "share": "%"}.get(key, "$bn"), "unit")
        if col == 3:
            tags = ("stated", "official", "reported", "assumption")
            return Cell(role="tag", tag="" if key == "equity" else tags[row % 4])
        return Cell("= worth / share" if key == "equity" else f"Press article {row}", "muted")

    def edit_text(self, row: int, col: int) -> str:
        return self.values[self._rows[row].key]

    def set_texts(self, changes: Sequence[Change], title: str) -> Sequence[Problem]:
        problems = []
        for row, _, text in changes:
            key = self._rows[row].key
            if key == "decider" and text not in CHOICES:
                problems.append(Problem(key, f"“{text}” is not one of the choices.", "Pick one from the list."))
            elif key not in ("decider", "start") and _number(text) is None and not text.startswith("="):
                problems.append(Problem(key, f"“{text}” is not a number.", "Type a number such as 250 or 1,234.5."))
        if not problems:
            for row, _, text in changes:
                self.values[self._rows[row].key] = text
            self.steps.append((title, list(changes)))
        return problems

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        for row, _ in cells:
            self.values[self._rows[row].key] = "0" if self._rows[row].key not in ("decider", "start") else ""
        self.steps.append((title, [(row, col, "") for row, col in cells]))
        return ()


class ScheduleSource(GridSource):
    """A schedule: frozen label and unit, many periods, input and computed rows, gaps for Ctrl+arrows."""

    def __init__(self, periods: Sequence[str] = tuple(map(str, YEARS)), rows: int = 4) -> None:
        self.periods = list(periods)
        self.numbers: dict[tuple[str, int], float] = {}
        self.steps: list[tuple[str, list[Change]]] = []
        self.reads = 0
        self._rows = [RowSpec("plan", "section", "Plan")]
        self._rows += [RowSpec(f"in{i}", label=f"Revenue {i}") for i in range(rows)]
        self._rows += [
            RowSpec("total", "total", "Total"),
            RowSpec("gap", "blank"),
            RowSpec("out", "section", "Results"),
        ]
        self._rows += [RowSpec(f"out{i}", label=f"Result {i}") for i in range(rows)]
        self._rows += [RowSpec("help", "helper", "Days in period")]
        for i in range(rows):
            for c in range(len(self.periods)):
                self.numbers[f"in{i}", c] = 13.25 * (i + 1) + c * 31.5

    def columns(self) -> Sequence[ColumnSpec]:
        head = [ColumnSpec("Line", 240, "left", frozen=True), ColumnSpec("Unit", 56, "left", frozen=True)]
        return head + [ColumnSpec(p, 80) for p in self.periods]

    def rows(self) -> Sequence[RowSpec]:
        return self._rows

    def cell(self, row: int, col: int) -> Cell:
        self.reads += 1
        spec = self._rows[row]
        if col == 0:
            return Cell(spec.label, "label")
        if col == 1:
            return Cell("$bn" if spec.key != "help" else "days", "unit")
        c = col - 2
        if spec.key.startswith("in"):
            value = self.numbers.get((spec.key, c))
            if value is None:
                return Cell("", "input", editable=True, copy="")
            return Cell(_money(value), "input", editable=True, number=value, copy=repr(value))
        if spec.key == "help":
            return Cell("365", number=365.0)
        value = sum(v for (_, at), v in self.numbers.items() if at == c)
        if spec.key == "out1":
            return Cell("#DIV/0!", "error", tooltip="Divided by zero")
        if spec.key == "out2":
            return Cell(_money(-value / 10), "linked", number=-value / 10, tint="amber" if c == 3 else "")
        if spec.key == "out3":
            return Cell("–", number=0.0)
        return Cell(_money(value), number=value, copy=repr(value))

    def edit_text(self, row: int, col: int) -> str:
        value = self.numbers.get((self._rows[row].key, col - 2))
        return "" if value is None else repr(value)

    def set_texts(self, changes: Sequence[Change], title: str) -> Sequence[Problem]:
        bad = [(r, c, t) for r, c, t in changes if t and _number(t) is None]
        if bad:
            return [Problem(self._rows[r].key, f"“{t}” is not a number.", "Type a number.") for r, _, t in bad]
        for row, col, text in changes:
            place = self._rows[row].key, col - 2
            value = _number(text)
            if value is None:
                self.numbers.pop(place, None)
            else:
                self.numbers[place] = value
        self.steps.append((title, list(changes)))
        return ()

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        return self.set_texts([(row, col, "") for row, col in cells], title)


def _money(value: float) -> str:
    return f"({-value:,.1f})" if value < 0 else f"{value:,.1f}"


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
