"""docs/functions.md is what the table of functions says."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_functions_is_up_to_date():
    made = runpy.run_path(str(DOCS / "make_functions.py"))["text"]()
    assert (DOCS / "functions.md").read_text(encoding="utf-8") == made, "run: uv run python docs/make_functions.py"
    assert "`NEXT(line, [after])`" in made
    assert "`XIRR(" in made
