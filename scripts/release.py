"""Prepares and verifies releases, without publishing them.

``python scripts/release.py prepare 0.1.0`` (``make release VERSION=0.1.0``) works in a clone of the repository. It sets the version, dates
the changelog, adds the links of the repository to the metadata, builds both distributions, checks them, and tests the wheel in a fresh
virtual environment. Only then does it change the files of the repository, commit and tag. With ``--dry-run`` it stops before that.

``python scripts/release.py verify v0.1.0`` builds and tests a tag that is checked out, as the release workflow does before it publishes.

The script needs git, ``build`` and ``twine``, but does not import this package.
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
"""The only file that contains the version; pyproject.toml reads it."""
CHANGELOG = Path("CHANGELOG.md")
PYPROJECT = Path("pyproject.toml")
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")
_ASSIGNED = re.compile(r'^__version__ = "([^"]*)"$', re.MULTILINE)
_UNRELEASED = re.compile(r"^## \[Unreleased\]\n(?P<changes>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)

_REMOTE = re.compile(r"(?:https://|(?:ssh://)?git@)([\w.-]+\.\w+)[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?")
_BEFORE_URLS = "[project.scripts]\n"
_LINKS_AS_TEXT = r"""pattern = '!?\[([^\]]*)\]\((?!https://|#)[^)]*\)'
replacement = '\1'
"""


class ReleaseError(Exception):
    """The release cannot be prepared or verified."""


# --- versions and dates ----------------------------------------------------------------------------------------------------------


def with_version(source: str, version: str) -> str:
    """Return the package's source with the version set.

    Raises:
        ReleaseError: The source does not set the version exactly once.
    """
    changed, count = _ASSIGNED.subn(f'__version__ = "{version}"', source)
    if count != 1:
        raise ReleaseError(f"{VERSION_FILE} sets __version__ {count} times; it must do so once")
    return changed


def with_date(changelog: str, version: str, date: str) -> str:
    """Return the changelog with the unreleased changes in a section for the version, below an empty "Unreleased".

    Raises:
        ReleaseError: There are no unreleased changes, or the version has a section already.
    """
    if f"## [{version}]" in changelog:
        raise ReleaseError(f"{CHANGELOG} already has a section for {version}")
    found = _UNRELEASED.search(changelog)
    if found is None or not found["changes"].strip():
        raise ReleaseError(f"{CHANGELOG} has no changes under [Unreleased]")
    at = found.start("changes")
    return f"{changelog[:at]}\n## [{version}] - {date}\n{changelog[at:]}"


# --- links -----------------------------------------------------------------------------------------------------------------------


def web_address(remote: str) -> str | None:
    """Return the address of a repository on the web, or None if the URL of the git remote does not lead there.

    Args:
        remote: The URL of the remote, such as ``git@github.com:owner/name.git``.
    """
    found = _REMOTE.fullmatch(remote)
    return f"https://{found[1]}/{found[2]}" if found else None


def with_links(pyproject: str, address: str) -> str:
    """Return pyproject.toml with ``[project.urls]``, and with links of the README that work on PyPI.

    A relative link leads to the file in the repository as of the release.

    Args:
        pyproject: The content of pyproject.toml.
        address: The address of the repository on the web, such as ``https://github.com/owner/name``.

    Raises:
        ReleaseError: The links lead to another repository, or pyproject.toml has an unexpected form.
    """
    if "[project.urls]" in pyproject:
        if f'"{address}"' not in pyproject:
            raise ReleaseError(f"{PYPROJECT} has the links of another repository than {address}; correct them first")
        return pyproject
    if pyproject.count(_BEFORE_URLS) != 1 or pyproject.count(_LINKS_AS_TEXT) != 1:
        raise ReleaseError(f"{PYPROJECT} has no place for links; add [project.urls] by hand")
    host, owner, name = address.removeprefix("https://").split("/")
    urls = {"Repository": address, "Changelog": f"{address}/blob/main/{CHANGELOG}", "Issues": f"{address}/issues"}
    if host == "github.com":
        urls = {"Documentation": f"https://{owner}.github.io/{name}/", **urls}
    section = "".join(f'{title} = "{url}"\n' for title, url in urls.items())
    images, links = (
        rf"""pattern = '{mark}\[([^\]]*)\]\((?!https://|#)([^)]*)\)'
replacement = '{mark and "!"}[\1]({address}/{kind}/v$HFPR_VERSION/\2)'
"""
        for mark, kind in (("!", "raw"), ("", "blob"))
    )
    again = "\n[[tool.hatch.metadata.hooks.fancy-pypi-readme.substitutions]]\n"
    return pyproject.replace(_BEFORE_URLS, f"[project.urls]\n{section}\n{_BEFORE_URLS}").replace(_LINKS_AS_TEXT, images + again + links)


# --- the distributions -----------------------------------------------------------------------------------------------------------


def build(source: Path, version: str, dist: Path) -> None:
    """Build both distributions from a clean source, check them, and test the wheel.

    Raises:
        ReleaseError: One of the steps failed.
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
        # Run in another folder, so that Python imports the wheel and not the source.
        _run([str(python), "-I", str(source / "scripts" / "smoke.py"), version], Path(folder))


# --- the commands ----------------------------------------------------------------------------------------------------------------


def prepare(version: str, *, repository: str = "", root: Path = ROOT, dry_run: bool = False, date: str | None = None) -> None:
    """Build and test the release in a clone. Then commit and tag it in the repository, unless this is a dry run.

    Args:
        version: The version, such as ``0.1.0`` or ``0.2.0rc1``.
        repository: The address of the repository on the web. Defaults to that of the remote ``origin``. If there is none, the metadata
            has no links.
        root: The repository.
        dry_run: Whether to leave the repository unchanged.
        date: The date of the release, such as ``2026-01-31``. Defaults to today in UTC.

    Raises:
        ReleaseError: The version, the working tree or the changelog is not ready, or a step failed.
    """
    if _VERSION.fullmatch(version) is None:
        raise ReleaseError(f"invalid version {version!r}: use a version such as 0.1.0 or 0.2.0rc1")
    changed = _git(root, "status", "--porcelain")
    if changed:
        raise ReleaseError(f"the working tree has changes; commit or remove these first:\n{changed}")
    tag = f"v{version}"
    if _git(root, "tag", "--list", tag):
        raise ReleaseError(f"the tag {tag} already exists")
    texts = {
        VERSION_FILE: with_version((root / VERSION_FILE).read_text("utf-8"), version),
        CHANGELOG: with_date((root / CHANGELOG).read_text("utf-8"), version, date or f"{datetime.now(UTC):%Y-%m-%d}"),
    }
    address = web_address(repository or _git(root, "config", "--default", "", "--get", "remote.origin.url"))
    if address is not None:
        texts[PYPROJECT] = with_links((root / PYPROJECT).read_text("utf-8"), address)
    elif repository:
        raise ReleaseError(f"invalid repository {repository!r}: use an address such as https://github.com/owner/name")
    else:
        _print("origin is not on the web, so the metadata has no links; name the repository with REPOSITORY=https://…")
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "source"
        _git(root, "clone", "--quiet", "--no-hardlinks", str(root), str(clone))
        _write(clone, texts)
        build(clone, version, root / "dist")
    if dry_run:
        _print(f"{version} can be released; only dist/ was changed")
        return
    _write(root, texts)
    # The version may be set already, as it is for the first release; then git commits the changelog only.
    _git(root, "commit", "--quiet", "--message", f"Release {version}", "--", *map(str, texts))
    _git(root, "tag", "--annotate", "--message", f"Release {version}", tag)
    _print(f"committed and tagged {tag}; publish it with: git push --atomic origin HEAD {tag}")


def verify(tag: str, *, root: Path = ROOT) -> None:
    """Build and test the release of a tag that is checked out.

    Raises:
        ReleaseError: The tag, the version and the changelog do not match, or a step failed.
    """
    found = _ASSIGNED.search((root / VERSION_FILE).read_text("utf-8"))
    version = found[1] if found else ""
    if tag != f"v{version}":
        raise ReleaseError(f"the tag is {tag}, but {VERSION_FILE} sets the version {version}")
    if re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", (root / CHANGELOG).read_text("utf-8"), re.MULTILINE) is None:
        raise ReleaseError(f"{CHANGELOG} has no dated section for {version}")
    build(root, version, root / "dist")
    _print(f"{version} can be published from dist/")


def _write(root: Path, texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        (root / path).write_text(text, "utf-8")


def _git(root: Path, *arguments: str) -> str:
    """Run git in a repository and return its output.

    Raises:
        ReleaseError: git failed.
    """
    done = subprocess.run(["git", "-C", str(root), *arguments], check=False, capture_output=True, text=True)  # noqa: S603, S607  # fixed commands
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def _run(command: Sequence[str], folder: Path) -> None:
    """Run a command, and print it with its output.

    Raises:
        ReleaseError: The command failed.
    """
    _print(f"$ {' '.join(command)}")
    # With PYTHONPATH, Python might import the checkout instead of the wheel.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, check=False, cwd=folder, env=environment)  # noqa: S603  # no input of others
    if done.returncode:
        raise ReleaseError(f"{Path(command[0]).name} {' '.join(command[1:3])} failed")


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    parser = argparse.ArgumentParser(description="Prepare or verify a release without publishing it.")
    commands = parser.add_subparsers(dest="command", required=True)
    preparing = commands.add_parser("prepare", help="build, check, commit and tag a version")
    preparing.add_argument("version", help="the version, such as 0.1.0")
    preparing.add_argument("--dry-run", action="store_true", help="build and check only")
    preparing.add_argument("--repository", default="", help="the address of the repository on the web; by default that of origin")
    verifying = commands.add_parser("verify", help="build and check a tag that is checked out")
    verifying.add_argument("tag", help="the tag, such as v0.1.0")
    options = parser.parse_args(arguments)
    try:
        if options.command == "prepare":
            prepare(options.version, repository=options.repository, dry_run=options.dry_run)
        else:
            verify(options.tag)
    except ReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
