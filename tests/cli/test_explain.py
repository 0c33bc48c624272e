from pathlib import Path

from tests.cli.running import inside


def test_explain_tells_what_a_rule_means(tmp_path: Path) -> None:
    run = inside(tmp_path, "explain", "weekday-mismatch")
    assert run.code == 0
    assert run.out.startswith("weekday-mismatch (Dates and times)\n\nWeekday and date do not agree.\n\n")
    assert "Example\n    when: Tue 14 Apr 2027 12:00\n\nUse instead\n    when: Wed 14 Apr 2027 12:00\n\nTurn it off\n" in run.out


def test_explain_alone_lists_every_rule_by_group_within_80_columns(tmp_path: Path) -> None:
    run = inside(tmp_path, "explain")
    assert run.code == 0
    assert "Dates and times\n  ambiguous-date " in run.out
    assert max(map(len, run.out.splitlines())) <= 80
    assert not [line for line in run.out.splitlines() if line != line.rstrip()]


def test_explain_suggests_the_rule_that_was_meant(tmp_path: Path) -> None:
    run = inside(tmp_path, "explain", "weekday-missmatch")
    assert (run.code, run.out) == (2, "")
    assert "Did you mean “weekday-mismatch”?" in run.err
    assert "“alt-missing” or “alt-too-long”" in inside(tmp_path, "explain", "alt").err
    assert "lists the rules" in inside(tmp_path, "explain", "zzzzzz").err


def test_explain_takes_a_piece_of_the_name_where_it_fits_one_rule(tmp_path: Path) -> None:
    assert inside(tmp_path, "explain", "weekday").out == inside(tmp_path, "explain", "Weekday-Mismatch").out


def test_explain_as_json_holds_every_section(tmp_path: Path) -> None:
    document = inside(tmp_path, "explain", "too-long", "--json").json
    assert document["schema"] == "scheduler.explain/1"
    assert set(document["rules"][0]) == {"rule", "group", "what", "why", "example", "instead", "turn_off"}


def test_check_points_to_the_page_of_the_worst_rule(posts_folder: Path) -> None:
    """
    ---
    when: Thu 14 April 2030 12:00
    owner: lena
    ---
    Hello.
    """
    run = inside(posts_folder, "check")
    assert run.out.endswith("What a rule means:  scheduler explain weekday-mismatch\n")
