"""Sphinx configuration: Markdown pages, and a reference that ``scripts/reference.py`` generates from the code."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from docutils import nodes  # noqa: E402  # the path is set above
from sphinx.util import logging  # noqa: E402

import authhero_sql  # noqa: E402
from authhero_sql.tables import REGISTRY  # noqa: E402
from scripts.reference import write  # noqa: E402
from tests.kinds import adapter_classes  # noqa: E402

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

project = "authhero_sql"
author = "the authhero_sql authors"
release = version = authhero_sql.__version__
html_title = f"authhero_sql {release}"

extensions = ["myst_parser", "sphinx_copybutton"]
myst_enable_extensions = ["fieldlist", "deflist", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["myst.strikethrough"]
exclude_patterns = ["_build"]
add_module_names = False
toc_object_entries = False
python_maximum_signature_line_length = 88
pygments_style, pygments_dark_style = "friendly", "native"
highlight_language = "none"

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
copybutton_exclude = ".linenos, .gp, .go"
html_theme_options = {"sidebar_hide_name": False}

write(HERE / "reference")

ROOT_PAGES = {"changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md", "security-policy": "SECURITY.md"}
"""The pages whose content is a file in the repository's root."""
METHOD = re.compile(r"(?:(?:adapters|tx|batch|inner)\.)?(\w+)\.(\w+)")
COMMAND = re.compile(r"authhero-sql ([a-z-]+(?: create)?)\b")


def _find_target(app: Sphinx, text: str) -> tuple[str, str] | None:
    """Return the page and the anchor of the method, error, model, function or command that a code literal names, or None."""
    if found := COMMAND.match(text):
        label = "cli-" + found[1].replace(" ", "-")
        return app.env.domains["std"].anonlabels.get(label)
    name = re.sub(r"\(.*\)$", "", text.strip())
    objects: dict[str, Any] = app.env.domains["py"].objects
    shortened = re.sub(r"^(adapters|tx|batch|inner)\.", "", name)
    for candidate in (name, shortened, re.sub(r"^(adapters|tx|batch|inner)\.", "Adapters.", name)):
        if candidate in objects:
            return objects[candidate].docname, objects[candidate].node_id
    if re.fullmatch(r"adapters\.\w+", name) and shortened in adapter_classes():
        return app.env.domains["std"].anonlabels.get(f"adapter-{shortened}".lower())
    return None


def _warn_about_unknown_method(text: str, node: nodes.Node) -> None:
    """Warn if a code literal names a method that its adapter does not have, and that is not a column or field of its table."""
    found = METHOD.fullmatch(re.sub(r"\(.*\)$", "", text))
    if found is None or found[1] not in adapter_classes():
        return
    table = REGISTRY.get(found[1])
    if table is None or (found[2] not in table and table.stored(found[2]) is None):
        logger.warning("%s has no method %s", found[1], found[2], location=node)


def link_code(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn each code literal that names an object of the reference into a link to it."""
    for node in list(doctree.findall(nodes.literal)):
        if _has_ancestor(node, nodes.reference, nodes.title, nodes.raw):
            continue
        target = _find_target(app, node.astext())
        if target is None:
            _warn_about_unknown_method(node.astext(), node)
            continue
        if _is_in_description(node, target[1]):
            continue
        target = app.builder.get_relative_uri(docname, target[0]) + "#" + target[1]
        link = nodes.reference("", "", internal=True, refuri=target)
        node.parent.replace(node, link)
        link += node


def include_root_file(app: Sphinx, docname: str, source: list[str]) -> None:
    """Replace the source of a page by its file in the repository's root, and adjust the links."""
    if docname in ROOT_PAGES:
        text = (HERE.parent / ROOT_PAGES[docname]).read_text("utf-8").replace("](docs/", "](")
        for page, name in ROOT_PAGES.items():
            text = text.replace(f"]({name}", f"]({page}.md")
        source[0] = text
        app.env.note_dependency(HERE.parent / ROOT_PAGES[docname])


def _has_ancestor(node: nodes.Node, *types: type[nodes.Node]) -> bool:
    """Return whether a node is inside a node of one of the types."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, types):
            return True
    return False


def _is_in_description(node: nodes.Node, id: str) -> bool:
    """Return whether a node is inside the description with this anchor, which should not link to itself."""
    while node.parent is not None:
        node = node.parent
        if any(id in getattr(child, "attributes", {}).get("ids", ()) for child in getattr(node, "children", ())[:1]):
            return True
    return False


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the event handlers of this file to Sphinx."""
    app.connect("source-read", include_root_file)
    app.connect("doctree-resolved", link_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
