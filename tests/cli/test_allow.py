"""A post allows a warning with a reason, and nothing else by it."""

from pathlib import Path

import pytest

from tests.cli.running import inside

CONFIG = '[organisation]\nname = "Us"\ntimezone = "Europe/Berlin"\n\n[accounts.site]\nnetwork = "website"\n'
WARNED = "A sign \ue123 of our own font"


def findings(folder: Path, settings: str, text: str = WARNED) -> list[tuple[str, str]]:
    (folder / "posts").mkdir(exist_ok=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "posts/a.md").write_text(f"---\nwhen: 2030-04-14 12:00\n{settings}---\n{text}\n", encoding="utf-8")
    run = inside(folder, "check", "--json")
    assert run.code == any(finding["severity"] == "error" for finding in run.json["findings"])
    return [(finding["rule"], finding["severity"]) for finding in run.json["findings"]]


def test_what_is_allowed_with_a_reason_is_not_said_again(tmp_path: Path) -> None:
    assert findings(tmp_path, "") == [("lost-character", "warning")]
    assert findings(tmp_path, "allow: [lost-character]\nallow-because: it is our logo\n") == []


def test_nothing_is_allowed_without_a_reason(tmp_path: Path) -> None:
    said = [("lost-character", "warning"), ("allow-without-reason", "warning")]
    assert findings(tmp_path, "allow: [lost-character]\n") == said


def test_an_error_is_never_allowed(tmp_path: Path) -> None:
    said = findings(tmp_path, "allow: [unknown-placeholder]\nallow-because: we like it\n", "Hello {nobody.knows}")
    assert said == [("unknown-placeholder", "error"), ("unused-allow", "warning")]


@pytest.mark.parametrize(("name", "said"), [("lost-charakter", ("unknown-rule", "warning")), ("too-long", ("unused-allow", "hint"))])
def test_a_name_that_allows_nothing_is_told(tmp_path: Path, name: str, said: tuple[str, str]) -> None:
    assert findings(tmp_path, f"allow: [lost-character, {name}]\nallow-because: it is our logo\n") == [said]


def test_what_a_campaign_allows_holds_for_its_posts_and_need_not_be_used_by_each(tmp_path: Path) -> None:
    (tmp_path / "posts/march").mkdir(parents=True)
    (tmp_path / "posts/march/_campaign.md").write_text(
        "---\nallow: [lost-character]\nallow-because: it is our logo\n---\n", encoding="utf-8"
    )
    for name, text in (("b", WARNED), ("c", "Hello")):
        (tmp_path / f"posts/march/{name}.md").write_text(f"---\nwhen: 2030-04-14 12:00\n---\n{text}\n", encoding="utf-8")
    assert findings(tmp_path, "", "Hello") == []


def test_who_looks_after_a_post_and_whose_word_it_waits_for_is_shown(tmp_path: Path) -> None:
    said = findings(tmp_path, "owner: lena\napprove-by: [kim, tenants-union]\n", "Hello")
    assert said == [("not-used-yet", "hint"), ("held-by-setting", "error")]
    shown = inside(tmp_path, "show", "a").out
    assert shown.startswith("Looked after by lena · Waits for the word of kim, tenants-union\n")
    assert "held" in shown
    assert inside(tmp_path, "preview", "--export", "p.html").code == 0
    assert "Waits for the word of kim" in (tmp_path / "p.html").read_text(encoding="utf-8")
