"""A decision table as a grid: rules down, facts and dates across; and what is wrong with the table."""

from __future__ import annotations

from model.decisions import combinations, faults
from model.engine import Calc
from model.fields.number_formats import show_text
from model.formula.bind import RULE
from model.problems import Problem
from ui import legal_entries
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec, Tint
from ui.panels.deal_source import DealSource
from ui.panels.rights_source import LegalSource
from ui.panels.terms_source import class_cell, source_cell
from ui.session import DealSession
from ui.targets import NOTHING, Target
from ui.wording import sentence, wrapped

_ANSWER_TINTS: dict[str, Tint] = {"yes": "good", "no": "bad", "unknown": "amber", "ambiguous": "amber"}
_FACT = "fact:"


class RulesSource(LegalSource):
    """The rules of one question. ``hit`` is the rule that answers the question as asked now."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self.question = ""
        self.hit = ""
        self._keys: list[str] = []
        self._columns: list[ColumnSpec] = []

    def columns(self) -> list[ColumnSpec]:
        question = self.session.deal.questions.get(self.question)
        specs = [ColumnSpec("Rule", 72, "left", frozen=True, key="rule", tooltip="The rule that answers now is marked")]
        specs.append(ColumnSpec("Answer", 96, "left", frozen=True, key="answer"))
        for key, fact in (question.facts if question else {}).items():
            specs.append(ColumnSpec(show_text(fact.label), 136, "left", fit=True, key=f"{_FACT}{key}"))
        specs += [
            ColumnSpec("From", 104, key="from_", tooltip="First day. A formula: press F2 to see and change it."),
            ColumnSpec(
                "Until", 104, key="until", tooltip="Last day, inclusive. A formula: press F2 to see and change it."
            ),
            ColumnSpec("Why", 300, "left", stretch=True, key="why"),
            ColumnSpec("Class", 92, "left", key="class"),
            ColumnSpec("Source", 160, "left", key="source"),
            ColumnSpec("Note", 160, "left", key="note"),
        ]
        self._columns = specs
        return specs

    def rows(self) -> list[RowSpec]:
        question = self.session.deal.questions.get(self.question)
        self._keys = list(question.rules) if question else []
        return [RowSpec(f"{RULE}{self.question}.{key}", "item", key) for key in self._keys]

    def key_at(self, row: int) -> str:
        return self._keys[row] if 0 <= row < len(self._keys) else ""

    def row_key(self, key: str) -> str:
        return ".".join(key.split(".")[:2]) if key.startswith(RULE) else key

    def target(self, row: int, col: int) -> Target:
        rule, column = self._keys[row], self._columns[col].key
        key, path = f"{RULE}{self.question}.{rule}", ("questions", self.question, "rules", rule)
        if column == "rule":
            return Target("none", key)
        if column.startswith(_FACT):
            return Target("text", key, (*path, "when", column.removeprefix(_FACT)))
        if column in legal_entries.FORMULAS:
            return Target("formula", f"{key}.{column.rstrip('_')}", (*path, column))
        return Target("text", key, (*path, column))

    def find(self, target: Target) -> Place | None:
        rule = target.path[3] if len(target.path) > 3 and target.path[0] == "questions" else ""
        if rule not in self._keys or target.path[1] != self.question:
            return None
        name = (
            f"{_FACT}{target.path[5]}" if len(target.path) > 5 else target.path[4] if len(target.path) > 4 else "rule"
        )
        col = next((i for i, spec in enumerate(self._columns) if spec.key == name), 0)
        return self._keys.index(rule), col

    def edit_text(self, row: int, col: int) -> str:
        column = self._columns[col].key
        if column.startswith(_FACT):
            return self.cell(row, col).text
        return super().edit_text(row, col)

    def why_not(self, row: int, col: int) -> Problem:
        return Problem("", "A rule's key is part of the file and stays.", "Change what the rule says.")

    def cell(self, row: int, col: int) -> Cell:
        deal, key, column = self.session.deal, self._keys[row], self._columns[col].key
        question = deal.questions[self.question]
        rule = question.rules[key]
        if column.startswith(_FACT):
            fact = question.facts[column.removeprefix(_FACT)]
            wanted = rule.when.get(column.removeprefix(_FACT))
            text = legal_entries.condition_text(fact, wanted)
            role = "muted" if text == legal_entries.ANY else "computed"
            choices = (legal_entries.ANY, *fact.values.values())
            tip = "Several: put | between them." if text == legal_entries.ANY else wrapped(text)
            return Cell(text, role, "left", True, tooltip=tip, choices=choices)  # type: ignore[arg-type]
        match column:
            case "rule":
                hit = key == self.hit
                return Cell(f"▸ {key}" if hit else key, "label", tint="accent" if hit else "", tooltip=rule.note)
            case "from_":
                cell = self.date_cell(f"{RULE}{self.question}.{key}.from", rule.from_)
                cell.text = "always" if rule.from_.replace(" ", "") == "=0" else cell.text
                return cell
            case "until":
                cell = self.date_cell(f"{RULE}{self.question}.{key}.until", rule.until)
                cell.text = "no end" if cell.text == "not yet" else cell.text
                return cell
            case "answer":
                choices = legal_entries.ANSWERS
                return Cell(rule.answer, "computed", "left", True, tint=_ANSWER_TINTS[rule.answer], choices=choices)
            case "class":
                return class_cell(rule.class_, editable=True)
            case "source":
                return source_cell(deal, rule.source)
        text = rule.why if column == "why" else rule.note
        return Cell(text, "computed" if column == "why" else "muted", editable=True, tooltip=wrapped(text))


_FAULTS = (
    ColumnSpec("State", 84, "left", key="state"),
    ColumnSpec("What is wrong", 480, "left", stretch=True, key="what"),
    ColumnSpec("What to do", 200, "left", key="remedy"),
)


class FaultsSource(DealSource):
    """Gaps and overlaps of one decision table."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self.question = ""
        self._calc: Calc | None = None
        self._all: list[Problem] = []
        self.problems: list[Problem] = []

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _FAULTS

    def rows(self) -> list[RowSpec]:
        if self._calc is not self.calc:
            self._calc, self._all = self.calc, faults(self.calc)
        place = f"questions.{self.question}"
        self.problems = [p for p in self._all if p.where == place or p.where.startswith(place + ".")]
        return [RowSpec(f"fault:{i}:{p.what[:60]}", "item", p.where) for i, p in enumerate(self.problems)]

    def target(self, row: int, col: int) -> Target:
        parts = self.problems[row].where.split(".") if row < len(self.problems) else []
        if len(parts) >= 4:
            return Target(
                "text", f"{RULE}{self.question}.{parts[3]}", ("questions", self.question, "rules", parts[3], "why")
            )
        return NOTHING

    def cell(self, row: int, col: int) -> Cell:
        problem = self.problems[row]
        bad = problem.severity == "error"
        return (
            Cell("✗ error" if bad else "! warning", "computed", tint="bad" if bad else "amber"),
            Cell(sentence(problem.what), "computed", tooltip=wrapped(problem.what)),
            Cell(problem.remedy, "computed", tooltip=wrapped(problem.remedy)),
        )[col]

    def why_not(self, row: int, col: int) -> Problem:
        return Problem("", "These remarks follow from the rules above.", "Change the rules.")

    def all_well(self) -> str:
        """What to say where there is nothing wrong."""
        question = self.session.deal.questions.get(self.question)
        if question is None:
            return ""
        count = sum(1 for _ in combinations(question))
        what = "combinations of facts, each" if count > 1 else "case, which"
        return f"✓ No gap and no overlap: {count:,} {what} answered by exactly one rule on every day."
