"""What the deal says of itself, and its parties, as two small tables of the Terms sheet."""

from __future__ import annotations

from collections.abc import Sequence

from model.fields import make_field
from model.problems import Problem
from model.structure import properties
from ui.grid.source import Cell, ColumnSpec, Place, RowSpec
from ui.panels.deal_source import DealSource
from ui.session import DealSession
from ui.targets import DOCUMENT, Target
from ui.wording import wrapped

_HEAD = (
    ColumnSpec("The deal", 212, "left", frozen=True, key="label"),
    ColumnSpec("Value", 320, "left", stretch=True, key="value"),
    ColumnSpec("What it is for", 320, "left", stretch=True, key="about"),
)
_PARTIES = (
    ColumnSpec("Party", 212, "left", frozen=True, key="label"),
    ColumnSpec("Name in formulas", 160, "left", key="key", tooltip='As in FLOW("payer", "payee", amount). Renamed by Deal ▸ Rename the key everywhere.'),
    ColumnSpec("Rights held", 96, key="rights"),
    ColumnSpec("Note", 320, "left", stretch=True, key="note"),
)  # fmt: skip


class DocumentSource(DealSource):
    """Title, money, span of time, view: one row each."""

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _HEAD

    def rows(self) -> list[RowSpec]:
        return [RowSpec(".".join(one.path), "item", one.label) for one in properties.PROPERTIES]

    def target(self, row: int, col: int) -> Target:
        path = properties.PROPERTIES[row].path
        return Target("text", DOCUMENT, path) if col == 1 else Target("none", DOCUMENT, path)

    def find(self, target: Target) -> Place | None:
        paths = [one.path for one in properties.PROPERTIES]
        return (paths.index(target.path), 1) if target.path in paths else None

    def cell(self, row: int, col: int) -> Cell:
        deal, spec = self.session.deal, properties.PROPERTIES[row]
        if col == 0:
            return Cell(spec.label, "label")
        if col == 2:
            return Cell(spec.about, "muted", tooltip=wrapped(spec.about))
        choices = tuple(label for _, label in spec.choices(deal)) if spec.choices is not None else ()
        text = properties.text_of(deal, spec.path)
        if spec.path[0] == "timeline" and spec.choices is None:
            field = make_field("date")
            text = field.show(field.to_engine(properties.value_of(deal, spec.path)))
        return Cell(
            text, "input", "left", editable=True, choices=choices, tooltip=wrapped(text) if len(text) > 40 else ""
        )

    def edit_text(self, row: int, col: int) -> str:
        return properties.text_of(self.session.deal, properties.PROPERTIES[row].path)

    def clear(self, cells: Sequence[Place], title: str) -> Sequence[Problem]:
        return self.set_texts([(row, col, "") for row, col in cells if col == 1], title if len(cells) > 1 else "")


class PartiesSource(DealSource):
    """Who is party to the deal."""

    def __init__(self, session: DealSession) -> None:
        super().__init__(session)
        self._keys: list[str] = []

    def columns(self) -> tuple[ColumnSpec, ...]:
        return _PARTIES

    def rows(self) -> list[RowSpec]:
        self._keys = list(self.session.deal.parties)
        return [RowSpec(f"party:{key}", "item", party.label) for key, party in self.session.deal.parties.items()]

    @property
    def container(self) -> tuple[str, ...]:
        return ("parties",)

    def entry(self, row: int) -> tuple[str, ...]:
        return ("parties", self._keys[row])

    def target(self, row: int, col: int) -> Target:
        key, column = self._keys[row], _PARTIES[col].key
        if column in ("label", "note"):
            return Target("text", f"parties:{key}", ("parties", key, column))
        return Target("none", f"parties:{key}", ("parties", key))

    def find(self, target: Target) -> Place | None:
        if target.path[:1] != ("parties",) or target.path[1] not in self._keys:
            return None
        return self._keys.index(target.path[1]), 3 if target.attribute == "note" else 0

    def cell(self, row: int, col: int) -> Cell:
        deal, key = self.session.deal, self._keys[row]
        party = deal.parties[key]
        match _PARTIES[col].key:
            case "label":
                return Cell(party.label, "label", editable=True, tooltip=key)
            case "key":
                return Cell(key, "muted")
            case "rights":
                count = sum(right.holder == key for right in deal.rights.values())
                return Cell(str(count) if count else "–", "muted", number=float(count))
        return Cell(party.note, "muted", editable=True, tooltip=wrapped(party.note))

    def why_not(self, row: int, col: int) -> Problem:
        if _PARTIES[col].key == "key":
            return Problem(
                "", "This name stands in formulas.", "Deal ▸ Rename the key everywhere changes it in all of them."
            )
        return super().why_not(row, col)
