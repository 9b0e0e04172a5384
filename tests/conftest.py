"""What a passing test prints is a figure worth seeing: it stands at the end of the run, from every worker."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    ended = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "teardown" and report.passed and report.capstdout.strip()
    ]
    if not ended:
        return
    terminalreporter.section("figures")
    for report in sorted(ended, key=lambda report: report.nodeid):
        terminalreporter.line(report.nodeid)
        for line in report.capstdout.strip().splitlines():
            terminalreporter.line(f"    {line}")
