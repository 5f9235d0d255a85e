# SPDX-License-Identifier: GPL-2.0
"""Which scripts are tests, and which of them run in a guest; tests.sh is the same
for shell scripts."""

import os
import pathlib

SELFTESTS = pathlib.Path(__file__).resolve().parent.parent


def all_tests(folder=SELFTESTS):
    """{name: path}; files that are only sourced are not executable."""
    return {path.name: path for path in folder.glob("*/*.sh")
            if os.access(path, os.X_OK)}


def two_cpus(names):
    """Those of these tests that are about what two CPUs do at once."""
    paths = all_tests()
    return [name for name in names
            if "\n# needs two CPUs" in paths[name].read_text()]


def guest_tests(folder=SELFTESTS):
    """Names of all tests that run in a guest."""
    return sorted(name for name, path in all_tests(folder).items()
                  if "\n# runs on the host" not in path.read_text())
