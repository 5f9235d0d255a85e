# SPDX-License-Identifier: GPL-2.0
"""Write measurements into a document, and the files that it shows beside it."""

import os


def update(path, what, text):
    """Replace what is between the marks ".. WHAT begins" and ".. WHAT ends"."""
    begin, end = f".. {what} begins\n", f".. {what} ends\n"
    with open(path, encoding="utf-8") as f:
        head, rest = f.read().split(begin, 1)
    tail = rest.split(end, 1)[1]
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"{head}{begin}\n{text}\n{end}{tail}")


def folder(document, otherwise):
    """The folder for files: that of the document, if there is one."""
    return os.path.dirname(os.path.abspath(document)) if document else otherwise
