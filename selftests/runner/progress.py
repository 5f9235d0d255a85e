# SPDX-License-Identifier: GPL-2.0
"""Progress of a run: on a terminal one line that is updated, elsewhere plain
lines. lab/progress.sh is the same for shell scripts."""

import shutil
import sys
import time


def clear():
    """What is printed next stays."""
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)


class Progress:
    """How many of the tests have ended, and which have failed."""

    def __init__(self, total):
        self.total, self.ended, self.failing = total, 0, []
        self.start = time.monotonic()

    def line(self, what):
        text = f"# {self.ended} of {self.total}, {time.monotonic() - self.start:.0f} s: {what}"
        if self.failing:
            text += f"; failed so far: {', '.join(self.failing)}"
        return text

    def note(self, what):
        """Report the progress, and this text."""
        if sys.stdout.isatty():
            clear()
            width = shutil.get_terminal_size().columns - 1
            print(self.line(what)[:width], end="", flush=True)
        else:
            print(self.line(what), flush=True)

    def begin(self, name):
        """It runs; reported only on a line that is updated."""
        if sys.stdout.isatty():
            self.note(name)

    def end(self, name, failed, result=""):
        self.ended += 1
        if failed:
            self.failing.append(name)
        self.note(name + result)
