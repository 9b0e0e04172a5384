"""The Questions sheet: "May they?" asked by drop-downs and a day, answered live by the decision tables beside.

One hit cell per rule and day: 1 applies, ½ may apply (a date that decides is undisclosed), 0 does not. To find
out until when an answer holds, the same is asked again on every day on which some rule begins or has ended.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from model.decisions import Reply, ask, dated
from model.fields import make_field
from model.formula.bind import RULE
from model.values import NEVER, to_serial
from model.workbook.book import HEAD_ROW, LABEL, QUESTIONS
from model.workbook.canvas import Canvas, fitted, narrowed
from model.workbook.facts import Columns, fact_choices
from model.workbook.sheet_rights import OPEN, day_as_read, day_read
from model.workbook.styles import BAD_FILL, FLAG_FILL, GOOD_FILL, INK, INPUT_EDGE
from model.workbook.validation import list_rule
from model.workbook.viewpoint import Viewpoint, cell, letters

_LABEL_WIDTH: Final = 30.0
_FACT_WIDTH: Final = 30.0
_NEVER: Final = f"{NEVER:.0f}"
_NO_RULE: Final = "No rule of the agreement covers this case."
_MANY: Final = "More than one rule applies: those marked 1 below."
_UNDATED: Final = "A date that decides this is undisclosed."
_LEFT_OPEN: Final = "Choose every fact and a day."


def write_questions(canvas: Canvas, today: dt.date) -> None:
    questions = canvas.book.calc.deal.questions
    most = max(len(q.facts) for q in questions.values())
    rules = max(len(q.rules) for q in questions.values())
    grid = Columns(most, rules)
    widths = {
        LABEL: _LABEL_WIDTH,
        **{LABEL + 1 + i: _FACT_WIDTH if i < 1 else 18.0 for i in range(most)},
        **grid.widths(),
    }
    widths[grid.source] = fitted(_sources(canvas), 12.0, widths[grid.source])
    flexible = {LABEL: 18.0, **dict.fromkeys(range(LABEL + 2, LABEL + 1 + most), 16.5), grid.why: 44.0}
    widths = narrowed(widths, grid.source, flexible)
    canvas.open("Questions: may they?", widths)
    for col in range(grid.keys, grid.at + 2 * rules + 1):
        canvas.sheet.set_column(col, col, 10.0, canvas.style(), {"level": 1})
    canvas.text(HEAD_ROW, LABEL, "Choose the facts and a day in the blue cells.", "muted")
    row, blocks = HEAD_ROW + 2, []
    for name in questions:
        first, row = row, _Block(canvas, name, grid, widths, row, today).write()
        blocks.append((first, row - 2))  # what is empty below the rules may fall off a page
        row += 2
    canvas.close(row, grid.source, freeze_row=HEAD_ROW + 1, repeat=HEAD_ROW)
    first_fact = blocks[0][0] + 2
    canvas.sheet.set_selection(first_fact, LABEL + 1, first_fact, LABEL + 1)
    canvas.paginate(blocks, grid.source, HEAD_ROW)
    canvas.sheet.outline_settings(True, True, False, False)


def _sources(canvas: Canvas) -> list[str]:
    deal = canvas.book.calc.deal
    return [deal.source_label(r.source) for q in deal.questions.values() for r in q.rules.values()]


class _Block:
    """One question: its drop-downs, its answer, its rules and their workings."""

    def __init__(
        self, canvas: Canvas, name: str, grid: Columns, widths: dict[int, float], row: int, today: dt.date
    ) -> None:
        self.canvas, self.name, self.grid, self.widths, self.row = canvas, name, grid, widths, row
        self.calc = canvas.book.calc
        self.question = self.calc.deal.questions[name]
        self.facts = list(self.question.facts)
        self.given = {f: next(iter(fact.values)) for f, fact in self.question.facts.items() if fact.values}
        self.today = today
        self.ask_row = row + 2  # below the title and its note
        self.day_row = self.ask_row + len(self.facts)
        self.reply_row = self.day_row + 1
        self.first_rule = self.reply_row + 8
        self.last_rule = self.first_rule + max(1, len(self.question.rules)) - 1
        self.date = make_field("date").excel_format

    def write(self) -> int:
        canvas, question = self.canvas, self.question
        where = f"questions.{self.name}"
        canvas.section(self.row, question.label, self.grid.source)
        canvas.text(self.row + 1, LABEL, question.note, "muted", where=where)
        for i, fact in enumerate(self.facts):
            row = self.ask_row + i
            canvas.text(row, LABEL, question.facts[fact].label, "label", where=where)
            choices = fact_choices(question, fact)
            shown = tuple(canvas.book.texts.clean(c, where) for c in choices)
            canvas.text(row, LABEL + 1, shown[0] if shown else "", "input", where=where)
            if shown:
                rule = list_rule(canvas.book, shown)
                says = {"input_title": "The question", "input_message": "Choose from the list: the answer follows."}
                wrong = {"error_title": "Not in the list", "error_message": "Choose from the list."}
                canvas.sheet.data_validation(row, LABEL + 1, row, LABEL + 1, {**rule, **says, **wrong})
            here, text = cell(row, LABEL + 1), '"unknown value"'
            for key, label in list(zip(question.facts[fact].values, shown, strict=True))[::-1]:
                label = label.replace('"', '""')
                text = f'IF({here}="{label}","{key}",{text})'
            canvas.formula(row, LABEL + 2, f'IF({here}="","",{text})', self.given.get(fact, ""), "helper", indent=1)
        canvas.text(self.day_row, LABEL, "On", "label")
        canvas.constant(self.day_row, LABEL + 1, to_serial(self.today), "input", num_format=self.date, align="left")
        rule = {"validate": "decimal", "criteria": "between", "minimum": 1, "maximum": NEVER}
        says = {"input_title": "Any day", "input_message": "A date: the answer is the one of that day."}
        wrong = {"error_title": "Not a date", "error_message": "A date."}
        canvas.sheet.data_validation(self.day_row, LABEL + 1, self.day_row, LABEL + 1, {**rule, **says, **wrong})
        self._rules(where)
        self._reply()
        return self.last_rule + 2

    # -- rules and workings ------------------------------------------------------------------

    def _rules(self, where: str) -> None:
        canvas, grid, question = self.canvas, self.grid, self.question
        heads = {LABEL: "Rule", grid.start: "From", grid.end: "Until", grid.answer: "Answer", grid.why: "Why",
                 grid.class_: "Class", grid.source: "Source", grid.first: "First day", grid.last: "Last day",
                 grid.fits: "Facts fit", grid.at: "On the day"}  # fmt: skip
        heads |= {LABEL + 1 + i: question.facts[f].label for i, f in enumerate(self.facts)}
        heads |= {grid.keys + i: "Key" for i in range(len(self.facts))}
        left = frozenset(
            (
                *range(LABEL, LABEL + 1 + len(self.facts)),
                grid.answer,
                grid.why,
                grid.class_,
                grid.source,
                *range(grid.keys, grid.first),
            )
        )
        canvas.header(self.first_rule - 1, heads, left)
        if not question.rules:
            canvas.text(self.first_rule, LABEL, "no rules", "muted")
            return
        now = cell(self.day_row, LABEL + 1)
        rules = dated(self.calc, self.name)
        reads = [
            (
                day_read(self.calc.scalar(f"{RULE}{self.name}.{r.key}.from")),
                day_read(self.calc.scalar(f"{RULE}{self.name}.{r.key}.until")),
            )
            for r in rules
        ]
        days: list[tuple[str, float]] = [(now, to_serial(self.today))]
        for i, (start, end) in enumerate(reads):
            s, e = (f"${letters(c)}${self.first_rule + i + 1}" for c in (grid.first, grid.last))
            days.append((f"IF(ISNUMBER({s}),{s},0)", start if isinstance(start, float) else 0.0))
            days.append((f"IF(ISNUMBER({e}),{e}+1,0)", end + 1 if isinstance(end, float) else 0.0))
        for j, (text, value) in enumerate(days):
            row, col = self.first_rule - 1, grid.at + j
            canvas.formula(
                row, col, text, value, "head", num_format='[>=2958465]"never";[=0]"–";d mmm yyyy', align="right"
            )
        for i, one in enumerate(rules):
            self._rule(i, one.key, where, reads[i], days)
        canvas.text(self.last_rule + 1, grid.fits, "Answer", "helper")
        for j, (_, day) in enumerate(days):
            hit = [self._hit(i, reads[i], day) for i in range(len(rules))]
            text = self.answer_formula(grid.at + j)
            canvas.formula(self.last_rule + 1, grid.at + j, text, self._answer(hit), "helper", align="right")

    def _rule(self, i: int, key: str, where: str, read: tuple[Any, Any], days: list[tuple[str, float]]) -> None:
        canvas, grid, calc = self.canvas, self.grid, self.calc
        rule, row = self.question.rules[key], self.first_rule + i
        place = f"{where}.rules.{key}"
        source = calc.deal.source_label(rule.source)
        words = [self._words(fact, rule.when.get(fact, "any")) for fact in self.facts]
        fitted = [(text, self.widths[LABEL + 1 + n]) for n, text in enumerate(words)]
        valign = canvas.fit(row, (rule.why, self.widths[grid.why]), (source, self.widths[grid.source]), *fitted)
        canvas.text(row, LABEL, key, "label", valign=valign)
        tests = []
        for n, fact in enumerate(self.facts):
            wanted = rule.when.get(fact, "any")
            canvas.text(row, LABEL + 1 + n, words[n], "note", valign=valign, where=place, font_color=INK)
            canvas.text(row, grid.keys + n, wanted, "helper", valign=valign, where=place, indent=1)
            own, asked = f"${letters(grid.keys + n)}{row + 1}", cell(self.ask_row + n, LABEL + 2)
            tests.append(f'OR({own}="any",ISNUMBER(FIND("|"&{asked}&"|","|"&{own}&"|")))')
        more: dict[str, Any]
        for part, col in (("from", grid.start), ("until", grid.end)):
            node = f"{RULE}{self.name}.{key}.{part}"
            view = Viewpoint(canvas.book, QUESTIONS)
            more = {
                "num_format": self.date if part == "from" else OPEN,
                "font_size": 9,
                "align": "right",
                "valign": valign,
            }
            canvas.item(row, col, node, calc.scalar(node), where=f"{place}.{part}", view=view, **more)
        canvas.text(row, grid.answer, rule.answer, "label", valign=valign, bold=True, indent=1)
        canvas.note(row, grid.why, rule.why, self.widths[grid.why], where=place, valign=valign)
        canvas.text(row, grid.class_, rule.class_, "muted", valign=valign, indent=1)
        canvas.text(row, grid.source, source, "note", where=place, valign=valign)
        more = {"align": "right", "valign": valign, "font_size": 8}
        for col, ref, value in ((grid.first, grid.start, read[0]), (grid.last, grid.end, read[1])):
            text = day_as_read(f"{letters(ref)}{row + 1}")
            canvas.formula(row, col, text, value, "helper", num_format=self.date, **more)
        fits = f"IF(AND({','.join(tests)}),1,0)" if tests else "1"
        canvas.formula(row, grid.fits, fits, self._fits(i), "helper", num_format="0", **more)
        s, e, f = (f"${letters(c)}{row + 1}" for c in (grid.first, grid.last, grid.fits))
        for j, (_, day) in enumerate(days):
            at = f"{letters(grid.at + j)}${self.first_rule}"
            early = f"IF(ISNUMBER({s}),OR({at}<{s},{s}>={_NEVER}),FALSE)"
            late = f"IF(ISNUMBER({e}),{at}>{e},FALSE)"
            text = f"{f}*IF(OR({early},{late}),0,IF(AND(ISNUMBER({s}),ISNUMBER({e})),1,0.5))"
            canvas.formula(row, grid.at + j, text, self._hit(i, read, day), "helper", num_format='0.0;;"–"', **more)

    def _words(self, fact: str, wanted: str) -> str:
        """A condition as a reader says it."""
        labels = self.question.facts[fact].values
        return " or ".join(labels.get(part, part) for part in wanted.split("|"))

    def _fits(self, i: int) -> float:
        rule = list(self.question.rules.values())[i]
        return float(all(w == "any" or self.given[f] in w.split("|") for f, w in rule.when.items()))

    def _hit(self, i: int, read: tuple[Any, Any], day: float) -> float:
        start, end = read
        if isinstance(start, float) and (day < start or start >= NEVER):
            return 0.0
        if isinstance(end, float) and day > end:
            return 0.0
        return self._fits(i) * (1.0 if isinstance(start, float) and isinstance(end, float) else 0.5)

    def _column(self, col: int, fixed: str = "") -> str:
        name = f"{fixed}{letters(col)}"
        return f"{name}${self.first_rule + 1}:{name}${self.last_rule + 1}"

    def answer_formula(self, col: int) -> str:
        """The answer by the hits of one column."""
        hits, answers = self._column(col), self._column(self.grid.answer, "$")
        sure, maybe = f"COUNTIF({hits},1)", f"COUNTIF({hits},0.5)"
        first = f"INDEX({answers},MATCH(1,{hits},0))"
        split = self._split(col)
        return f'IF({sure}=0,"unknown",IF(IF({maybe}>0,{split},FALSE),"unknown",IF({sure}>1,"ambiguous",{first})))'

    def _split(self, col: int) -> str:
        """Whether the rules that apply, or may, differ in their answers."""
        hits, answers = self._column(col), self._column(self.grid.answer, "$")
        first = f"INDEX({answers},MATCH(1,{hits},0))"
        return f'COUNTIFS({hits},">0",{answers},{first})<COUNTIF({hits},">0")'

    def _answer(self, hits: list[float]) -> str:
        answers = [r.answer for r in self.question.rules.values()]
        sure = [a for a, h in zip(answers, hits, strict=True) if h == 1.0]
        some = {a for a, h in zip(answers, hits, strict=True) if h > 0.0}
        if not sure or (0.5 in hits and len(some) > 1):
            return "unknown"
        return "ambiguous" if len(sure) > 1 else sure[0]

    # -- the reply ---------------------------------------------------------------------------

    def _reply(self) -> None:
        canvas, grid, row = self.canvas, self.grid, self.reply_row
        reply: Reply = ask(self.calc, self.name, self.given, self.today)
        asked = [cell(self.ask_row + n, LABEL + 1) for n in range(len(self.facts))]
        blank = "+".join([f'({c}="")' for c in (*asked, cell(self.day_row, LABEL + 1))])
        if not self.question.rules:
            canvas.text(row, LABEL, "Answer", "label", bold=True)
            canvas.text(row, LABEL + 1, "unknown", "label", bold=True)
            return
        hits, top = self._column(grid.at), f"{letters(grid.at)}{self.last_rule + 2}"
        sure, split = f"COUNTIF({hits},1)", self._split(grid.at)
        maybe = f"IF(COUNTIF({hits},0.5)=0,FALSE,IF({sure}=0,TRUE,{split}))"
        place = f"MATCH(IF({maybe},0.5,1),{hits},0)"
        found = f"COUNTIF({hits},1)+COUNTIF({hits},0.5)"
        self._later()
        until, then = cell(self.last_rule + 2, grid.at), cell(self.last_rule + 3, grid.at)
        rows: list[tuple[str, str, Any, dict[str, Any]]] = [
            ("Answer", f"IF({blank}>0,\"incomplete\",{top})", reply.answer, {"bold": True, "align": "left", "font_size": 12, "border": 1, "border_color": INPUT_EDGE}),
            ("Rule", f'IF({blank}>0,"",IF({found}=0,"",INDEX({self._column(LABEL)},{place})))', reply.rule, {"align": "left"}),
            ("Why", f'IF({blank}>0,"{_LEFT_OPEN}",IF({found}=0,"{_NO_RULE}",IF({maybe},"{_UNDATED}",IF({top}="ambiguous",IF(COUNTIF({hits},1)>1,"{_MANY}",INDEX({self._column(grid.why)},{place})&""),INDEX({self._column(grid.why)},{place})&""))))', self._why(reply), {"align": "left"}),
            ("Source", f'IF({blank}>0,"",IF({found}=0,"",INDEX({self._column(grid.source)},{place})&""))', self._source(reply), {"align": "left"}),
            ("Until", f'IF({blank}>0,"",IF({until}>={_NEVER},"it stays so",{until}-1))', "it stays so" if reply.until is None else to_serial(reply.until), {"align": "left", "num_format": self.date}),
            ("Then", f'IF({blank}>0,"",{then})', reply.then or "", {"align": "left"}),
        ]  # fmt: skip
        for i, (label, text, value, more) in enumerate(rows):
            canvas.text(row + i, LABEL, label, "label", bold=not i)
            canvas.formula(row + i, LABEL + 1, text, value, "calc", **more)
        for word, fill in (("yes", GOOD_FILL), ("no", BAD_FILL), ("unknown", FLAG_FILL), ("ambiguous", FLAG_FILL)):
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": canvas.style.bare(bg_color=fill)}
            canvas.sheet.conditional_format(row, LABEL + 1, row, LABEL + 1, rule)

    def _later(self) -> None:
        """Below the workings: the first later day with another answer, and that answer."""
        canvas, grid = self.canvas, self.grid
        count = 2 * len(self.question.rules)
        now, top = cell(self.day_row, LABEL + 1), f"${letters(grid.at)}${self.last_rule + 2}"
        reads = [
            day_read(self.calc.scalar(f"{RULE}{self.name}.{r}.{p}"))
            for r in self.question.rules
            for p in ("from", "until")
        ]
        pairs = list(zip(reads[::2], reads[1::2], strict=True))
        today, changes = to_serial(self.today), []
        said = self._answer([self._hit(i, p, today) for i, p in enumerate(pairs)])
        for j in range(count):
            col = grid.at + 1 + j
            day = reads[j] if j % 2 == 0 else reads[j] + 1 if isinstance(reads[j], float) else 0.0  # type: ignore[operator]
            day = day if isinstance(day, float) else 0.0
            other = self._answer([self._hit(i, p, day) for i, p in enumerate(pairs)])
            value = day if today < day < NEVER and other != said else NEVER
            changes.append((value, other))
            at, answer = f"{letters(col)}{self.first_rule}", f"{letters(col)}{self.last_rule + 2}"
            text = f"IF(AND({at}>{now},{at}<{_NEVER},{answer}<>{top}),{at},{_NEVER})"
            canvas.formula(self.last_rule + 2, col, text, value, "helper", num_format=self.date, align="right")
        first, end = letters(grid.at + 1), letters(grid.at + count)
        days, answers = (f"{first}{r}:{end}{r}" for r in (self.last_rule + 3, self.last_rule + 2))
        soonest, then = min(changes)
        then = next(a for v, a in changes if v == soonest)
        canvas.text(self.last_rule + 2, grid.fits, "Changes on", "helper")
        canvas.text(self.last_rule + 3, grid.fits, "Then", "helper")
        canvas.formula(
            self.last_rule + 2, grid.at, f"MIN({days})", soonest, "helper", num_format=self.date, align="right"
        )
        text = f'IF({letters(grid.at)}{self.last_rule + 3}>={_NEVER},"",INDEX({answers},1,MATCH({letters(grid.at)}{self.last_rule + 3},{days},0)))'
        canvas.formula(self.last_rule + 3, grid.at, text, "" if soonest >= NEVER else then, "helper", align="right")

    def _why(self, reply: Reply) -> str:
        if not reply.rule:
            return _NO_RULE
        if reply.answer == "ambiguous" and "More than one" in reply.why:
            return _MANY
        return _UNDATED if reply.why.startswith("A date ") else reply.why

    def _source(self, reply: Reply) -> str:
        return self.calc.deal.source_label(reply.source)
