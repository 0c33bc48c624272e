import json
from pathlib import Path

from tests.cli.running import inside

GOOD = "---\nwhen: 2030-04-14 12:00\n---\nHello.\n"


def test_a_clean_folder_says_so_and_exits_with_0(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    ---
    Hello.
    """
    run = inside(posts_folder, "check")
    assert (run.code, run.out) == (0, "✓ 1 post file checked, nothing to mend.\n")


def test_a_mistake_is_shown_with_line_caret_consequence_and_fix(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    title: Rally #3 tomorrow
    wehre: [site]
    ---
    Hello {event.plaice}.
    """
    run = inside(posts_folder, "check")
    assert run.code == 1
    assert "--> posts/post.md:3:14" in run.out
    assert "3 | title: Rally #3 tomorrow\n  |              ^" in run.out
    assert "did you mean “where”?" in run.out
    assert "did you mean “{event.place}”?" in run.out
    assert run.out.count("error:") == 3


def test_json_is_one_document_with_the_contract_s_keys(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    wehre: [site]
    ---
    Hello.
    """
    run = inside(posts_folder, "check", "--format", "json")
    assert run.code == 1
    document = run.json
    assert document["schema"] == "scheduler.check/1"
    assert document["summary"] == {"errors": 1, "warnings": 0, "hints": 0, "posts": 1}
    (finding,) = document["findings"]
    assert {"rule", "severity", "path", "line", "column", "end_column", "message", "fix", "network", "account"} <= finding.keys()
    assert (finding["rule"], finding["path"], finding["line"], finding["column"], finding["end_column"]) == (
        "unknown-setting",
        "posts/post.md",
        3,
        1,
        6,
    )


def test_github_and_sarif_name_the_place(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    wehre: [site]
    ---
    Hello.
    """
    assert inside(posts_folder, "check", "--format", "github").out.startswith("::error file=posts/post.md,line=3,col=1,")
    log = json.loads(inside(posts_folder, "check", "--format", "sarif").out)
    region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (log["version"], region["startLine"]) == ("2.1.0", 3)


def test_now_judges_as_on_that_day(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    ---
    Hello.
    """
    run = inside(posts_folder, "check", "--now", "2030-05-01", "--json")
    assert [finding["rule"] for finding in run.json["findings"]] == ["missed-time"]


def test_only_the_named_files_are_judged(posts_folder: Path) -> None:
    """
    ---
    wehre: [site]
    ---
    Hello.
    === posts/good.md
    ---
    when: 2030-04-14 12:00
    ---
    Hello.
    """
    assert inside(posts_folder, "check", "posts/good.md").code == 0
    assert inside(posts_folder, "check", "posts/post.md").code == 1
    missing = inside(posts_folder, "check", "posts/nope.md")
    assert (missing.code, "no file or folder" in missing.err) == (2, True)


def test_a_broken_file_costs_no_other_post(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    Hello, the dashes never end.
    === posts/good.md
    ---
    when: 2030-04-14 12:00
    ---
    Hello.
    """
    (posts_folder / "posts" / "binary.md").write_bytes(bytes(range(256)))
    document = inside(posts_folder, "list", "--json").json
    assert [(item["post"], item["state"]) for item in document["deliveries"]] == [("good", "planned")]


SLIPPED = "---\r\nwhen:2030-04-14 12:00\r\ntitle: Rally #3\r\nwhere: [sitee]\r\n---\r\nHello.\r\n"


def test_fix_mends_what_is_plain_and_says_what_is_left(posts_folder: Path) -> None:
    """"""
    file = posts_folder / "posts" / "post.md"
    file.write_bytes(SLIPPED.encode())
    run = inside(posts_folder, "check", "--fix")
    assert run.code == 1
    assert "mended line 2 (missing-space), line 3 (text-after-hash)" in run.err
    assert "did you mean “site”?" in run.out
    assert file.read_bytes() == SLIPPED.replace("when:", "when: ").replace("Rally #3", '"Rally #3"').encode()


def test_unsafe_fixes_are_shown_and_never_made_without_a_yes(posts_folder: Path) -> None:
    """"""
    file = posts_folder / "posts" / "post.md"
    file.write_bytes(SLIPPED.encode())
    run = inside(posts_folder, "check", "--fix", "--unsafe")
    assert (run.code, file.read_bytes()) == (2, SLIPPED.encode())
    assert "-where: [sitee]\n" in run.err
    assert "+where: [site]\n" in run.err
    run = inside(posts_folder, "check", "--fix", "--unsafe", "--yes")
    assert (run.code, run.out) == (0, "✓ 1 post file checked, nothing to mend.\n")
    assert inside(posts_folder, "check", "--fix", "--json").json["findings"] == []


def test_fixing_without_fix_is_a_usage_error(posts_folder: Path) -> None:
    """
    ---
    when: 2030-04-14 12:00
    ---
    Hello.
    """
    assert inside(posts_folder, "check", "--unsafe").code == 2
    assert inside(posts_folder, "check", "--fix", "--yes").code == 2


def test_sarif_writes_a_file_s_name_as_an_address(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "config.toml").write_text('[organisation]\nname = "Us"\n\n[accounts.site]\nnetwork = "website"\n', encoding="utf-8")
    (tmp_path / "posts/größe 50% #1.md").write_text("no settings", encoding="utf-8")
    log = json.loads(inside(tmp_path, "check", "--format", "sarif").out)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "posts/gr%C3%B6%C3%9Fe%2050%25%20%231.md"
