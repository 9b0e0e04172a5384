"""Order of computing: strongly connected components, sorted so that everything comes after what it reads.

Reading one period back never closes a circle within a period: such loops through time are
components that are scanned period by period. A loop within one period is a named problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from model.formula.bind import Formula


class Component(msgspec.Struct, frozen=True):
    """Nodes computed together, in an order that holds within a period. ``loop`` is the path of a circle, if any."""

    keys: tuple[str, ...]
    loop: tuple[str, ...] = ()


def components(formulas: Mapping[str, Formula]) -> list[Component]:
    """All components in order of computing. Keys without a formula are inputs and do not appear."""
    reads = {k: [d for d in (f.now | f.past if f.past else f.now) if d in formulas] for k, f in formulas.items()}
    out = []
    for group in _tarjan(reads):
        if len(group) == 1 and group[0] not in reads[group[0]]:
            out.append(Component((group[0],)))
        else:
            out.append(_component(group, formulas))
    return out


def _component(group: list[str], formulas: Mapping[str, Formula]) -> Component:
    inside = set(group)
    now = {k: [d for d in formulas[k].now if d in inside] for k in group}
    for key in group:
        # Looking over all periods, or leaving the scan through a scalar, closes the circle within a period.
        for dep in formulas[key].past & inside:
            if not formulas[key].is_line:
                now[key].append(dep)
    ordered: list[str] = []
    for part in _tarjan(now):
        if len(part) > 1 or part[0] in now[part[0]]:
            return Component(tuple(group), _circle(part, now))
        ordered.append(part[0])
    for key in ordered:
        over = formulas[key].whole & inside
        if over:
            return Component(tuple(group), (key, *sorted(over)[:1], key))
    return Component(tuple(ordered))


def _circle(part: list[str], reads: Mapping[str, list[str]]) -> tuple[str, ...]:
    """A shortest-ish path that returns to where it began."""
    members = set(part)
    begin = part[0]
    came: dict[str, str] = {}
    queue = [begin]
    for key in queue:
        for dep in reads[key]:
            if dep == begin:
                path = [key]
                while path[-1] != begin:
                    path.append(came[path[-1]])
                return (*path[::-1], begin)
            if dep in members and dep not in came:
                came[dep] = key
                queue.append(dep)
    return (begin, begin)


def _tarjan(reads: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Strongly connected components, dependencies first (Tarjan 1972, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    out: list[list[str]] = []
    for root in reads:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(reads[root]))]
        while work:
            key, rest = work[-1]
            for dep in rest:
                if dep not in index:
                    index[dep] = low[dep] = len(index)
                    stack.append(dep)
                    on_stack.add(dep)
                    work.append((dep, iter(reads[dep])))
                    break
                if dep in on_stack and index[dep] < low[key]:
                    low[key] = index[dep]
            else:
                work.pop()
                if work and low[key] < low[work[-1][0]]:
                    low[work[-1][0]] = low[key]
                if low[key] == index[key]:
                    group = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        group.append(member)
                        if member == key:
                            break
                    out.append(group[::-1])
    return out
