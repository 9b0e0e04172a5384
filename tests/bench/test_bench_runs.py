"""Every benchmark still runs: in its smallest form, in a process of its own, and it prints figures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNS = {
    "engine": ["S", "--without", "IronCalc", "formualizer", "LibreOffice"],
    "export": ["500"],
    "paint": ["--runs", "1"],
    "start": ["--runs", "1", "--without-office"],
    "vector": ["S"],
}
PARTS = {"models", "spreadsheets"}  # imported by the others


def test_every_module_is_a_benchmark_that_is_run_here_or_a_part_of_one():
    assert {path.stem for path in (ROOT / "bench").glob("*.py")} - {"__init__"} == {*RUNS, *PARTS}


@pytest.mark.parametrize("name", RUNS)
def test_a_benchmark_runs_in_its_smallest_form(name, tmp_path):
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", *RUNS[name]],
        cwd=ROOT, env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert len(re.findall(r"\d+(?:[.]\d+)?", done.stdout)) >= 2, done.stdout
