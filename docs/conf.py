"""Sphinx settings: one site from the Markdown files of the whole repository, built by `make docs` without a network.

The source folder is the repository, so that relative links between the files are links between the pages.
"""

from __future__ import annotations

import ceasefire

project = "Ceasefire"
author = "The Ceasefire authors"
copyright = author
version = release = ceasefire.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
root_doc = "docs/index"
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/*.md",
    "docs/counts/README.md",
    "scenarios/README.md",
    "experiments/README.md",
    "results/README.md",
    "tests/README.md",
    "model/ceasefire/ODD.md",
    "model/ceasefire/*/README.md",
]
exclude_patterns = [".*", "results/[!R]*", "docs/_build"]

myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3
# Comments and output in code blocks are not always of the block's language.
suppress_warnings = ["misc.highlighting_failure"]

autodoc_typehints = "description"
autodoc_member_order = "bysource"
default_role = "code"

html_theme = "furo"
html_title = f"Ceasefire {release}"
html_extra_path = ["_extra"]
html_show_sourcelink = False
html_copy_source = False
