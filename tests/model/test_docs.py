"""The guide's example is a deal that loads, computes and holds."""

from pathlib import Path

from model import store
from model.engine import run
from model.layers import default_view

ROOT = Path(__file__).parents[2]


def example():
    text = (ROOT / "docs" / "deal-file.md").read_text(encoding="utf-8").split("## Records")[1].split("## Formulas")[0]
    return store.loads("\n".join(line[4:] for line in text.splitlines() if line.startswith("    ")))


def test_the_example_of_the_guide_loads_and_computes_without_problems():
    deal = example()
    calc = run(deal, default_view(deal))
    assert calc.problems == []
    assert calc.holds()
    assert calc.scalar("total") > 0


def test_every_helper_is_in_the_guide():
    from model.formula.helpers import HELPERS

    text = (ROOT / "docs" / "deal-file.md").read_text(encoding="utf-8")
    assert [name for name in HELPERS if f"`{name}(" not in text and f"`{name}(" not in text.replace(", `", "`")] == []
