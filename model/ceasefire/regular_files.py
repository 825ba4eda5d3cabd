"""Reads files that may be anything: a pipe, a device, an endless file are refused without being read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


class NotReadError(OSError):
    """The file is no regular file, or larger than the caller allows."""


def read_regular(path: str | Path, most: int) -> bytes:
    """The content of a regular file of at most `most` bytes. NotReadError for any other; OSError as usual."""
    # Without O_NONBLOCK, opening a pipe waits for somebody who writes to it.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(number, "rb") as file:
        about = os.fstat(number)
        if stat.S_ISDIR(about.st_mode):
            raise NotReadError(errno.EISDIR, "it is a folder", str(path))
        if not stat.S_ISREG(about.st_mode):
            raise NotReadError(errno.EINVAL, "it is not a regular file", str(path))
        content = file.read(most + 1)
    if len(content) > most:
        raise NotReadError(errno.EFBIG, f"it is larger than {most / 1e6:g} MB", str(path))
    return content
