"""A report as PDF, printed by a browser that is on this machine; nothing is read from a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ceasefire.ensemble.unfinished import file_aside

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
QUIET = (
    "--headless", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--no-default-browser-check", "--no-pdf-header-footer",
)  # fmt: skip
LONGEST = 120
"""Seconds that a browser may take."""


class NoPdfError(Exception):
    """No PDF could be made; the message says what would help."""


def find_browser() -> str | None:
    """The first browser on the PATH that can print; None when there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name)) is not None), None)


def write_pdf(page: Path, paper: str) -> Path:
    """Print a page as a PDF beside it, whole or not at all, on 'A4' or 'Letter'. NoPdfError without a browser that can.

    OSError when it cannot be written.
    """
    browser = find_browser()
    if browser is None:
        raise NoPdfError(
            f"--pdf needs a browser, and none of {', '.join(BROWSERS)} is on the PATH; install one, or open {page} in "
            "yours and print it: it numbers its own pages"
        )
    target = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory() as folder, file_aside(target) as aside:
        copy, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        size = f"<style>@page {{ size: {paper}; }}</style></head>"
        copy.write_text(page.read_text(encoding="utf-8").replace("</head>", size, 1), encoding="utf-8")
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        profile = f"--user-data-dir={Path(folder) / 'profile'}"
        command = [browser, *QUIET, *sandbox, profile, f"--print-to-pdf={made}", copy.as_uri()]
        try:
            subprocess.run(command, capture_output=True, timeout=LONGEST, check=True, stdin=subprocess.DEVNULL)
            content = made.read_bytes()
        except (subprocess.SubprocessError, OSError) as problem:
            raise NoPdfError(
                f"{browser} printed nothing ({type(problem).__name__}); open {page} and print it"
            ) from None
        aside.write_bytes(content)
        aside.replace(target)
    return target
