"""Small deals for tests, and the store's shortest road from text to a deal."""

import datetime as dt

from model.deal import Column, Deal, Line, Output, Scenario, Series, Table, Term, TimelineSpec, Version

SPAN = TimelineSpec(start=dt.date(2025, 1, 1), end=dt.date(2028, 12, 31))


def deal(**parts):
    """A deal over 2025–2028; ``lines={"x": "= 1"}`` and the like may be given as bare formulas."""

    def items(name, make):
        return {k: make(v) if isinstance(v, str) else v for k, v in parts.pop(name, {}).items()}

    lines = items("lines", lambda f: Line(label="", formula=f))
    outputs = items("outputs", lambda f: Output(label="", formula=f))
    terms = parts.pop("terms", {})
    terms = {
        k: v
        if isinstance(v, Term)
        else Term(label=k, formula=v)
        if isinstance(v, str) and v.startswith("=")
        else Term(label=k, value=v)
        for k, v in terms.items()
    }
    return Deal(
        name=parts.pop("name", "test"),
        timeline=parts.pop("timeline", SPAN),
        terms=terms,
        lines=lines,
        outputs=outputs,
        **parts,
    )


__all__ = [
    "SPAN",
    "Column",
    "Deal",
    "Line",
    "Output",
    "Scenario",
    "Series",
    "Table",
    "Term",
    "TimelineSpec",
    "Version",
    "deal",
]
