"""Prepares a release, and publishes nothing: ``python scripts/release.py prepare 0.1.0`` (``make release VERSION=0.1.0``).

It sets the version, dates the changelog, builds both distributions in a clone, checks them, tries the wheel in a fresh virtual
environment, and only then commits and tags. With ``--dry-run`` it stops before that, and nothing has changed.
``python scripts/release.py verify v0.1.0`` builds and tries a tag that is checked out, as the release workflow does before it publishes.

It needs git, ``build`` and ``twine``, and nothing of this package.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSION_FILE = Path("authhero_sql/__init__.py")
"""The one place that has the version; pyproject.toml reads it."""
CHANGELOG = Path("CHANGELOG.md")
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")
_ASSIGNED = re.compile(r'^__version__ = "([^"]*)"$', re.MULTILINE)
_UNRELEASED = re.compile(r"^## \[Unreleased\]\n(?P<changes>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


class ReleaseError(Exception):
    """The release cannot be made; the message says why."""


# --- the texts -------------------------------------------------------------------------------------------------------------------


def with_version(source: str, version: str) -> str:
    """Return the package's source with the version set.

    Raises:
        ReleaseError: the source does not set a version exactly once.
    """
    changed, count = _ASSIGNED.subn(f'__version__ = "{version}"', source)
    if count != 1:
        raise ReleaseError(f"{VERSION_FILE} sets __version__ {count} times; it must do so once")
    return changed


def with_date(changelog: str, version: str, date: str) -> str:
    """Return the changelog with what is unreleased under the version and its date, and an empty "Unreleased" above.

    Raises:
        ReleaseError: nothing is unreleased, or the version has a section already.
    """
    if f"## [{version}]" in changelog:
        raise ReleaseError(f"{CHANGELOG} already has a section for {version}")
    found = _UNRELEASED.search(changelog)
    if found is None or not found["changes"].strip():
        raise ReleaseError(f"{CHANGELOG} has no changes under [Unreleased]")
    at = found.start("changes")
    return f"{changelog[:at]}\n## [{version}] - {date}\n{changelog[at:]}"


# --- the distributions -----------------------------------------------------------------------------------------------------------


def build(source: Path, version: str, dist: Path) -> None:
    """Build both distributions of a clean source, check them, and try the wheel.

    Raises:
        ReleaseError: one of the steps has failed.
    """
    shutil.rmtree(dist, ignore_errors=True)
    _run([sys.executable, "-m", "build", "--outdir", str(dist), str(source)], source)
    wheel, sdist = dist / f"authhero_sql-{version}-py3-none-any.whl", dist / f"authhero_sql-{version}.tar.gz"
    built = sorted(dist.iterdir())
    if built != sorted([wheel, sdist]):
        raise ReleaseError(f"expected the wheel and the source distribution of {version}, built {', '.join(path.name for path in built)}")
    _run([sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(sdist)], source)
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "venv"
        venv.create(environment, with_pip=True)
        python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
        _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{wheel}[cli]"], Path(folder))
        # Run from elsewhere, so that the wheel is imported and not the source.
        _run([str(python), "-I", str(source / "scripts" / "smoke.py"), version], Path(folder))


# --- the commands ----------------------------------------------------------------------------------------------------------------


def prepare(version: str, *, root: Path = ROOT, dry_run: bool = False, date: str | None = None) -> None:
    """Build and try the release in a clone; then, unless it is a dry run, commit and tag it here.

    Args:
        version: the version, as in ``0.1.0`` or ``0.2.0rc1``.
        root: the repository.
        dry_run: whether to stop before anything changes.
        date: the date of the release, as in ``2026-01-31``; today in UTC by default.

    Raises:
        ReleaseError: the version, the tree or the changelog is not ready, or a step has failed.
    """
    if _VERSION.fullmatch(version) is None:
        raise ReleaseError(f"a version is like 0.1.0 or 0.2.0rc1, not {version!r}")
    changed = _git(root, "status", "--porcelain")
    if changed:
        raise ReleaseError(f"commit or remove these first:\n{changed}")
    tag = f"v{version}"
    if _git(root, "tag", "--list", tag):
        raise ReleaseError(f"the tag {tag} already exists")
    texts = {
        VERSION_FILE: with_version((root / VERSION_FILE).read_text("utf-8"), version),
        CHANGELOG: with_date((root / CHANGELOG).read_text("utf-8"), version, date or f"{datetime.now(UTC):%Y-%m-%d}"),
    }
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "source"
        _git(root, "clone", "--quiet", "--no-hardlinks", str(root), str(clone))
        _write(clone, texts)
        build(clone, version, root / "dist")
    if dry_run:
        _say(f"{version} can be released; nothing was changed but dist/")
        return
    _write(root, texts)
    # The files may already say so: the first release has its version from the start.
    _git(root, "commit", "--quiet", "--message", f"Release {version}", "--", *map(str, texts))
    _git(root, "tag", "--annotate", "--message", f"Release {version}", tag)
    _say(f"committed and tagged {tag}; publish it with: git push --atomic origin HEAD {tag}")


def verify(tag: str, *, root: Path = ROOT) -> None:
    """Build and try the release of a tag that is checked out.

    Raises:
        ReleaseError: the tag, the version and the changelog do not agree, or a step has failed.
    """
    found = _ASSIGNED.search((root / VERSION_FILE).read_text("utf-8"))
    version = found[1] if found else ""
    if tag != f"v{version}":
        raise ReleaseError(f"the tag is {tag}, and {VERSION_FILE} says {version}")
    if re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", (root / CHANGELOG).read_text("utf-8"), re.MULTILINE) is None:
        raise ReleaseError(f"{CHANGELOG} has no dated section for {version}")
    build(root, version, root / "dist")
    _say(f"{version} can be published from dist/")


def _write(root: Path, texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        (root / path).write_text(text, "utf-8")


def _git(root: Path, *arguments: str) -> str:
    """Run git in a repository and return what it prints.

    Raises:
        ReleaseError: git has failed.
    """
    done = subprocess.run(["git", "-C", str(root), *arguments], check=False, capture_output=True, text=True)  # noqa: S603, S607  # ours
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def _run(command: Sequence[str], folder: Path) -> None:
    """Run a step, whose output everybody may see.

    Raises:
        ReleaseError: it has failed.
    """
    _say(f"$ {' '.join(command)}")
    # The checkout must not be importable in place of the wheel.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, check=False, cwd=folder, env=environment)  # noqa: S603  # our own words
    if done.returncode:
        raise ReleaseError(f"{Path(command[0]).name} {' '.join(command[1:3])} failed")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    parser = argparse.ArgumentParser(description="Prepare or verify a release; nothing is published.")
    commands = parser.add_subparsers(dest="command", required=True)
    preparing = commands.add_parser("prepare", help="build, check, commit and tag a version")
    preparing.add_argument("version", help="the version, as in 0.1.0")
    preparing.add_argument("--dry-run", action="store_true", help="build and check only")
    verifying = commands.add_parser("verify", help="build and check a tag that is checked out")
    verifying.add_argument("tag", help="the tag, as in v0.1.0")
    given = parser.parse_args(arguments)
    try:
        if given.command == "prepare":
            prepare(given.version, dry_run=given.dry_run)
        else:
            verify(given.tag)
    except ReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
