from __future__ import annotations

from ui.grid.navigate import Navigator

# row: 0 section, 1-3 lines, 4 section, 5 line, 6 collapsed section, 7 hidden, 8 line
SORTS = ["gap", "stop", "stop", "stop", "gap", "stop", "stop", "hidden", "stop"]


def nav(empty: set[tuple[int, int]] | None = None) -> Navigator:
    blank = (empty or set()) | {(6, c) for c in range(6)}
    return Navigator(SORTS, 6, 2, lambda r, c: (r, c) not in blank)  # type: ignore[arg-type]


def test_arrows_pass_over_open_sections_and_stop_at_closed_ones() -> None:
    assert nav().step(3, 2, 1, 0) == (5, 2)
    assert nav().step(5, 2, 1, 0) == (6, 2)
    assert nav().step(6, 2, 1, 0) == (8, 2)
    assert nav().step(5, 2, -1, 0) == (3, 2)


def test_arrows_stay_at_the_edges() -> None:
    assert nav().step(1, 0, -1, 0) == (1, 0)
    assert nav().step(8, 5, 1, 0) == (8, 5)
    assert nav().step(8, 5, 0, 1) == (8, 5)
    assert nav().step(8, 0, 0, -1) == (8, 0)


def test_a_page_beyond_the_end_lands_on_the_last_row() -> None:
    assert nav().step(2, 3, 40, 0) == (8, 3)
    assert nav().step(5, 3, -40, 0) == (1, 3)


def test_jump_down_stops_at_the_end_of_the_block_then_at_the_next() -> None:
    assert nav().jump(1, 2, 1, 0) == (3, 2)
    assert nav().jump(3, 2, 1, 0) == (5, 2)
    assert nav().jump(5, 2, 1, 0) == (8, 2)
    assert nav().jump(8, 2, 1, 0) == (8, 2)


def test_jump_up_never_lands_on_an_open_section() -> None:
    assert nav().jump(3, 2, -1, 0) == (1, 2)
    assert nav().jump(1, 2, -1, 0) == (1, 2)


def test_jump_right_crosses_empty_cells_to_the_next_filled_one() -> None:
    table = nav({(1, 3), (1, 4)})
    assert table.jump(1, 0, 0, 1) == (1, 2)
    assert table.jump(1, 2, 0, 1) == (1, 5)
    assert table.jump(1, 3, 0, 1) == (1, 5)
    assert table.jump(1, 5, 0, -1) == (1, 2)


def test_jump_over_nothing_but_empty_cells_goes_to_the_edge() -> None:
    table = nav({(2, c) for c in range(6)})
    assert table.jump(2, 2, 0, 1) == (2, 5)
    assert table.jump(2, 2, 0, -1) == (2, 0)


def test_home_goes_to_the_first_scrolling_column_and_then_to_the_first() -> None:
    assert nav().home(5) == 2
    assert nav().home(2) == 0
    assert nav().home(1) == 0


def test_cycle_goes_round_a_selection_down_the_columns_or_along_the_rows() -> None:
    block = [(2, 1, 5, 2)]  # rows 2, 3, 5; the section between is passed over
    assert nav().cycle(3, 1, block, by_row=False, back=False) == (5, 1)
    assert nav().cycle(5, 1, block, by_row=False, back=False) == (2, 2)
    assert nav().cycle(5, 2, block, by_row=False, back=False) == (2, 1)
    assert nav().cycle(2, 1, block, by_row=False, back=True) == (5, 2)
    assert nav().cycle(2, 2, block, by_row=True, back=False) == (3, 1)


def test_cycle_goes_from_one_block_to_the_next() -> None:
    blocks = [(1, 0, 1, 0), (8, 5, 8, 5)]
    assert nav().cycle(1, 0, blocks, by_row=True, back=False) == (8, 5)
    assert nav().cycle(8, 5, blocks, by_row=True, back=False) == (1, 0)


def test_an_empty_table_has_no_first_cell() -> None:
    empty = Navigator([], 3, 0, lambda r, c: False)
    assert empty.first() is None and empty.last() is None and empty.nearest(0) is None
    assert Navigator(["gap"], 0, 0, lambda r, c: False).first() is None
