# SPDX-License-Identifier: GPL-2.0
"""What a run says of itself while it lasts: on a terminal one line that moves,
elsewhere plain lines. lab/progress.sh is the same for shell scripts."""

import shutil
import sys
import time


def clear():
    """What is printed next stays."""
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)


class Progress:
    """Of so many tests, how many have ended, and which have failed."""

    def __init__(self, total):
        self.total, self.ended, self.failing = total, 0, []
        self.start = time.monotonic()

    def line(self, what):
        text = f"# {self.ended} of {self.total}, {time.monotonic() - self.start:.0f} s: {what}"
        if self.failing:
            text += f"; failed so far: {', '.join(self.failing)}"
        return text

    def note(self, what):
        """How far it is, and this."""
        if sys.stdout.isatty():
            clear()
            width = shutil.get_terminal_size().columns - 1
            print(self.line(what)[:width], end="", flush=True)
        else:
            print(self.line(what), flush=True)

    def begin(self, name):
        """It runs; only a line that moves is worth that."""
        if sys.stdout.isatty():
            self.note(name)

    def end(self, name, failed, result=""):
        self.ended += 1
        if failed:
            self.failing.append(name)
        self.note(name + result)
