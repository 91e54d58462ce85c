"""The preparation of a release: the files that it changes, the states that it rejects, and no changes unless the wheel works."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from scripts import release
from scripts.release import (
    CHANGELOG,
    PYPROJECT,
    VERSION_FILE,
    ReleaseError,
    prepare,
    verify,
    web_address,
    with_date,
    with_links,
    with_version,
)

SOURCE = '"""A package."""\n\n__version__ = "0.1.0"\n'
CHANGES = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.0.9] - 2025-01-31\n\n- The first.\n"
DATED = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-01-31\n\n### Added\n\n- A thing.\n\n## [0.0.9] - 2025-01-31\n\n- The first.\n"


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create a repository with the files that a release changes."""
    for variable, value in {"NAME": "Ada", "EMAIL": "ada@example.com"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{variable}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{variable}", value)
    root = tmp_path / "repository"
    (root / VERSION_FILE).parent.mkdir(parents=True)
    (root / VERSION_FILE).write_text(SOURCE, "utf-8")
    (root / CHANGELOG).write_text(CHANGES, "utf-8")
    (root / ".gitignore").write_text("dist/\n", "utf-8")
    git(tmp_path, "init", "--quiet", str(root))
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "The first commit")
    return root


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Replace the build, which requires a network, and return the built versions with the changelog of their sources."""
    calls: list[tuple[str, str]] = []

    def build(source: Path, version: str, dist: Path) -> None:
        assert with_version((source / VERSION_FILE).read_text("utf-8"), version) == (source / VERSION_FILE).read_text("utf-8")
        dist.mkdir(exist_ok=True)
        calls.append((version, (source / CHANGELOG).read_text("utf-8")))

    monkeypatch.setattr(release, "build", build)
    return calls


# --- the files ---------------------------------------------------------------------------------------------------------------


def test_the_version_is_set_in_its_one_place() -> None:
    assert with_version(SOURCE, "0.2.0rc1") == SOURCE.replace("0.1.0", "0.2.0rc1")


@pytest.mark.parametrize("source", ["", SOURCE * 2, "version = '0.1.0'\n"])
def test_a_source_that_does_not_set_one_version_is_refused(source: str) -> None:
    with pytest.raises(ReleaseError, match="it must do so once"):
        with_version(source, "0.2.0")


def test_the_changes_come_under_the_version_and_its_date() -> None:
    assert with_date(CHANGES, "0.2.0", "2026-01-31") == DATED


@pytest.mark.parametrize("changelog", ["# Changelog\n", "# Changelog\n\n## [Unreleased]\n", DATED.replace("[0.2.0]", "[0.1.9]")])
def test_a_changelog_without_changes_is_refused(changelog: str) -> None:
    with pytest.raises(ReleaseError, match=r"no changes under \[Unreleased\]"):
        with_date(changelog, "0.2.0", "2026-01-31")


def test_a_version_is_dated_once() -> None:
    with pytest.raises(ReleaseError, match=r"already has a section for 0\.0\.9"):
        with_date(CHANGES, "0.0.9", "2026-01-31")


def test_this_checkout_can_be_prepared() -> None:
    assert '__version__ = "99.0.0"' in with_version((release.ROOT / VERSION_FILE).read_text("utf-8"), "99.0.0")
    changelog = (release.ROOT / CHANGELOG).read_text("utf-8").replace("## [Unreleased]\n", "## [Unreleased]\n\n- A change.\n")
    assert "## [Unreleased]\n\n## [99.0.0] - 2026-01-31\n\n- A change.\n" in with_date(changelog, "99.0.0", "2026-01-31")


# --- links -----------------------------------------------------------------------------------------------------------------------

ADDRESS = "https://github.com/owner/auth-sql"


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/owner/auth-sql", ADDRESS),
        ("https://github.com/owner/auth-sql.git", ADDRESS),
        ("git@github.com:owner/auth-sql.git", ADDRESS),
        ("ssh://git@github.com/owner/auth-sql.git", ADDRESS),
        ("/home/ada/auth-sql", None),
        ("../auth-sql.git", None),
        ("https://user:secret@github.com/owner/auth-sql", None),
        ("file:///home/ada/auth-sql", None),
        ("", None),
    ],
)
def test_a_remote_has_an_address_on_the_web_or_none(remote: str, address: str | None) -> None:
    assert web_address(remote) == address


def test_the_links_lead_to_the_repository_as_of_the_release() -> None:
    source = (release.ROOT / PYPROJECT).read_text("utf-8")
    linked = with_links(source, ADDRESS) if "[project.urls]" not in source else source
    project = tomllib.loads(linked)
    assert project["project"]["urls"].keys() == {"Documentation", "Repository", "Changelog", "Issues"}
    text = "![A picture](a/b.svg) [a page](docs/start.md) [elsewhere](https://example.com) [below](#more)"
    for each in project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(each["pattern"], each["replacement"], text)
    assert text == (
        f"![A picture]({ADDRESS}/raw/v$HFPR_VERSION/a/b.svg) [a page]({ADDRESS}/blob/v$HFPR_VERSION/docs/start.md) "
        "[elsewhere](https://example.com) [below](#more)"
    )
    assert with_links(linked, ADDRESS) == linked
    with pytest.raises(ReleaseError, match="another repository"):
        with_links(linked, f"{ADDRESS}-fork")


@pytest.mark.usefixtures("built")
def test_a_release_of_a_repository_on_the_web_has_its_links(repository: Path) -> None:
    (repository / PYPROJECT).write_text((release.ROOT / PYPROJECT).read_text("utf-8"), "utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "The project")
    with pytest.raises(ReleaseError, match="invalid repository"):
        prepare("0.2.0", repository="auth-sql", root=repository)
    prepare("0.2.0", repository=ADDRESS, root=repository, date="2026-01-31")
    assert f'Repository = "{ADDRESS}"' in git(repository, "show", f"v0.2.0:{PYPROJECT}")


# --- a whole release -------------------------------------------------------------------------------------------------------------


def test_a_release_is_committed_and_tagged(repository: Path, built: list[tuple[str, str]]) -> None:
    prepare("0.2.0", root=repository, date="2026-01-31")
    assert built == [("0.2.0", DATED)]
    assert (repository / CHANGELOG).read_text("utf-8") == DATED
    assert git(repository, "log", "--format=%s") == "Release 0.2.0\nThe first commit"
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "cat-file", "-t", "v0.2.0") == "tag"
    assert git(repository, "rev-parse", "v0.2.0^{commit}") == git(repository, "rev-parse", "HEAD")
    verify("v0.2.0", root=repository)
    assert built[1:] == [("0.2.0", DATED)]


def test_the_version_that_stands_there_already_can_be_released(repository: Path, built: list[tuple[str, str]]) -> None:
    prepare("0.1.0", root=repository, date="2026-01-31")
    assert git(repository, "show", "--format=", "--name-only", "v0.1.0^{commit}") == str(CHANGELOG)
    assert len(built) == 1


def test_a_dry_run_builds_and_changes_nothing(repository: Path, built: list[tuple[str, str]]) -> None:
    prepare("0.2.0", root=repository, dry_run=True, date="2026-01-31")
    assert built == [("0.2.0", DATED)]
    assert (repository / VERSION_FILE).read_text("utf-8") == SOURCE
    assert (git(repository, "status", "--porcelain"), git(repository, "tag", "--list")) == ("", "")


def test_nothing_changes_when_the_wheel_does_not_work(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failed(*_: object) -> None:
        raise ReleaseError("python scripts/smoke.py failed")

    monkeypatch.setattr(release, "build", failed)
    with pytest.raises(ReleaseError, match="smoke"):
        prepare("0.2.0", root=repository)
    assert (git(repository, "status", "--porcelain"), git(repository, "tag", "--list")) == ("", "")


@pytest.mark.parametrize("version", ["", "1.0", "v1.0.0", "1.0.0-rc1", "1.0.0; rm -rf /"])
def test_what_is_no_version_is_refused(version: str, repository: Path, built: list[tuple[str, str]]) -> None:
    with pytest.raises(ReleaseError, match=r"use a version such as 0\.1\.0"):
        prepare(version, root=repository)
    assert built == []


@pytest.mark.parametrize("name", [str(CHANGELOG), "new.txt"])
def test_a_tree_with_changes_is_refused(name: str, repository: Path, built: list[tuple[str, str]]) -> None:
    (repository / name).write_text("changed\n", "utf-8")
    with pytest.raises(ReleaseError, match="commit or remove these first"):
        prepare("0.2.0", root=repository)
    assert built == []


def test_a_tag_is_given_once(repository: Path, built: list[tuple[str, str]]) -> None:
    git(repository, "tag", "v0.2.0")
    with pytest.raises(ReleaseError, match=r"the tag v0\.2\.0 already exists"):
        prepare("0.2.0", root=repository)
    assert built == []


@pytest.mark.parametrize("tag", ["v0.2.0", "0.1.0", "v0.1.0"])
def test_a_tag_that_does_not_fit_is_not_published(tag: str, repository: Path, built: list[tuple[str, str]]) -> None:
    with pytest.raises(ReleaseError, match=r"the tag is|no dated section"):
        verify(tag, root=repository)
    assert built == []
