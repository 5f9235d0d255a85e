# SPDX-License-Identifier: GPL-2.0
"""
Random mutants of the kernel code: mutate --random SEED N.

Each line of code is equally likely, and on a line each change of the operators
below. A change that does not compile, or compiles to the same modules, does not
count, and another one is drawn; so the same seed, code and compiler give the same
mutants. One that has no observable effect is listed in the file mutate.reasons with
a reason, and does not count either.

A mutant is killed when a script fails, fails again when run alone, and passes alone
on the original code; when the kernel complains; or when the guest hangs.
"""

import collections
import os
import pathlib
import queue
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from tests import all_tests, guest_tests, two_cpus

# Files that are only for other kernels, or have tests of another kind.
NOT_CODE = {"m6t_compat.h", "m6t_trace.h"}
# These do not need m6t in the kernel.
NOT_TESTS = {"conf.sh"}
FIRST = 8               # scripts that run first on slow kernels
SILENCE = 150           # s: a guest without output for so long hangs
LIMIT = 3600            # s: of one guest
TIME_OUT, COMPLAINT = 124, 125  # of lab/run
# Lines of the lab's output about a complaint that are reported.
SPLAT = re.compile(r"(BUG|WARNING|Oops|UBSAN|KASAN|ODEBUG|INFO): .*|Kernel panic.*|"
                   r".* (leak|lock bug|suspicious|Objects remaining|stall).*|"
                   r"waiting for .* to become free.*|unreferenced object.*|"
                   r"Kernel mode (signal|fault).*|lab: uml.* did not finish.*")
SETTINGS = {
    "uml": {"M6T_JOBS": "2", "M6T_WAIT": "10", "M6T_TEST_LIMIT": "300"},
    "": {"M6T_JOBS": "2", "M6T_WAIT": "30", "M6T_TEST_LIMIT": "400"},
}

# ---- the code

STRING = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text):
    """The text with blanks for the contents of comments and strings."""
    return STRING.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def regions(lines):
    """Of each line: "code", "table", "define" or None, and the function."""
    kind, name, result = None, "", []
    for line in lines:
        if line.startswith("{"):
            kind = "code"
            result.append((None, name))
            continue
        if line.startswith("}"):
            kind = None
        elif kind is None and re.match(r"\w.*=\s*\{\s*$", line):
            kind, name = "table", re.findall(r"(\w+)[\[\]\w\s+]*=", line)[-1]
            result.append((None, name))
            continue
        elif kind is None and re.match(r"\w[^=;]*\w\(", line):
            name = re.match(r"[^(]*?(\w+)\(", line).group(1)
        if line.startswith("#"):
            single = re.match(r"#define\s+\w+\s.*\d", line)
            result.append(("define" if single and not line.endswith("\\")
                           else None, line.split()[1] if single else name))
        else:
            result.append((kind, name))
    return result


class Mutant(collections.namedtuple("Mutant", "file start end new what where")):
    """Lines start to end (without) of a file become the lines new."""

    def text(self, lines):
        return "".join(lines[:self.start] + self.new + lines[self.end:])

    def block(self, lines, test="TEST"):
        """In the format of the file mutations: the lines are there only once."""
        text, first, last = "".join(lines), self.start, self.end
        while text.count("".join(lines[first:last])) > 1:
            if last < len(lines) and (last - self.end <= self.start - first):
                last += 1
            else:
                first -= 1
        out = [f"== {self.what} in {self.where} | {self.file} | {test}\n"]
        out += [" " + line for line in lines[first:self.start]]
        out += ["-" + line for line in lines[self.start:self.end]]
        out += ["+" + line for line in self.new if line.strip()]
        out += [" " + line for line in lines[self.end:last]]
        return "".join(out)

    def __str__(self):
        return f"{self.file}:{self.start + 1} {self.where}: {self.what}"


# ---- the operators: each yields (from, to, text instead, what it is) of a line

SWAPS = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">="], ">": [">=", "<="],
    "<=": ["<", ">"], ">=": [">", "<"], "&&": ["||"], "||": ["&&"],
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"],
    "&": ["|"], "|": ["&"], "^": ["&"], "<<": [">>"], ">>": ["<<"],
    "+=": ["-="], "-=": ["+="], "|=": ["&=", "="], "&=": ["|=", "="],
    "<<=": [">>="], ">>=": ["<<="],
}
# Binary ones have a blank on either side, unary ones do not.
BINARY = re.compile(r"(?<= )(" + "|".join(
    re.escape(op) for op in sorted(SWAPS, key=len, reverse=True)) + r")(?=\s)")
NUMBER = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)(?![\w.])")
FLAG = re.compile(r" \| [A-Z_][A-Z0-9_]+(?![\w(])|(?<![\w)])[A-Z_][A-Z0-9_]+ \| ")
STATEMENT = re.compile(
    r"^\t+(?!return\b|goto\b|if\b|for\b|while\b|switch\b|do\b|else\b|case\b|"
    r"ASSERT_|WARN_|BUILD_BUG|lockdep_assert|static_assert|DECLARE_|trace_)"
    r"[*(]*[A-Za-z_][\w.>\[\]*()-]*?(\(| [|&^+*/%<>-]*= |\+\+;|--;)")


def swap_operators(line, _):
    for m in BINARY.finditer(line):
        for op in SWAPS[m.group()]:
            yield m.start(), m.end(), op, f"{m.group()} becomes {op}"


def change_numbers(line, _):
    for m in NUMBER.finditer(line):
        value, is_hex = int(m.group(1), 0), m.group(1)[1:2] in ("x", "X")
        for new in (value + 1, value - 1):
            text = (hex(new) if is_hex else str(new)) + m.group(2)
            yield (*m.span(), f"({text})" if new < 0 else text,
                   f"{m.group()} becomes {text}")
    for m in re.finditer(r"\b(true|false)\b", line):
        new = "false" if m.group() == "true" else "true"
        yield *m.span(), new, f"{m.group()} becomes {new}"


def drop_flags(line, _):
    for m in FLAG.finditer(line):
        yield *m.span(), "", f"without {m.group().strip(' |')}"


def replace_return(line, returns):
    m = re.match(r"\t+return (.+);", line)
    if not m:
        return
    value = m.group(1)
    if returns == "bool":
        new = f"!({value})"
    elif returns.endswith("*"):
        new = "NULL"
    elif value == "0":
        new = "-EINVAL" if returns == "int" else "1"
    else:
        new = "0"
    if new != value:
        yield *m.span(1), new, f"returns {new}"


LINE_OPERATORS = (swap_operators, change_numbers, drop_flags, replace_return)


def closing(text, at):
    """Where the bracket that opens at this place is closed."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if not depth:
            return i
    return None


def returns_of(masked, line):
    """What the function that this line is in returns."""
    while line and not masked[line].startswith("{"):
        line -= 1
    head = ""
    while line and not re.search(r"^[}#]|^\s*$|;$", masked[line - 1]):
        line -= 1
        head = masked[line] + " " + head
    found = re.match(r"\s*(.*?)\s*\w+\(", head.replace("\n", " "))
    words = found.group(1) if found else ""
    return re.sub(r"\b(static|inline|const|noinline)\b\s*", "", words)


class Source:
    """One file, and all mutants of it by line."""

    def __init__(self, root, name):
        self.name = name
        self.lines = (root / name).read_text().splitlines(keepends=True)
        self.masked = blank("".join(self.lines)).splitlines(keepends=True)
        self.regions = regions([line.rstrip("\n") for line in self.masked])
        self.by_line = {}
        for n in range(len(self.lines)):
            found = list(self.mutants(n))
            if found:
                self.by_line[n] = found

    def mutants(self, n):
        kind, where = self.regions[n]
        where += "()" if kind == "code" else ""
        if kind is None:
            return
        at = (0 if kind == "code" else
              self.masked[n].find("=") + 1 if kind == "table" else
              re.match(r"#define\s+\w+", self.masked[n]).end())
        for start, end, new, what in self.on_line(n, kind):
            if start >= at:
                line = self.lines[n]
                yield Mutant(self.name, n, n + 1,
                             [line[:start] + new + line[end:]], what, where)
        if kind == "code":
            yield from self.negate(n, where)
            yield from self.delete(n, where)

    def on_line(self, n, kind):
        if kind == "code":
            returns = returns_of(self.masked, n)
            for operator in LINE_OPERATORS:
                # Positions are those of the text: strings have blanks.
                yield from operator(self.masked[n].rstrip("\n"), returns)
        else:
            yield from change_numbers(self.masked[n].rstrip("\n"), "")

    def negate(self, n, where):
        m = re.match(r"\t+(?:\} )?(?:else )?(if|while) \(", self.masked[n])
        if not m:
            return
        text, masked = "".join(self.lines[n:]), "".join(self.masked[n:])
        end = closing(masked, m.end() - 1)
        if end is None:
            return
        last = n + masked[:end].count("\n") + 1
        inner = text[m.end():end]
        new = text[:m.end()] + f"!({inner})" + text[end:]
        size = len("".join(self.lines[n:last])) + 3
        yield Mutant(self.name, n, last, new[:size].splitlines(keepends=True),
                     "negated condition", where)

    def delete(self, n, where):
        before = n - 1
        while before and not self.masked[before].strip():
            before -= 1
        if (not STATEMENT.match(self.masked[n]) or not re.search(
                r"[;{}:]$|\belse$|^\t*(if|for|while|hlist_for|list_for).*\)$",
                self.masked[before].rstrip()) and
                not self.ends_condition(before)):
            return
        last = n
        while not self.masked[last].rstrip().endswith(";"):
            last += 1
            if self.masked[last].rstrip().endswith(("{", "}")):
                return
        tabs = re.match(r"\t+", self.lines[n]).group()
        # As many lines as before, as their numbers are in the object.
        yield Mutant(self.name, n, last + 1, [tabs + ";\n"] + ["\n"] * (last - n),
                     "no statement", where)

    def ends_condition(self, n):
        """Is this the last line of a condition over several lines?"""
        text = ""
        for first in range(n, max(n - 8, 0), -1):
            text = self.masked[first] + text
            m = re.match(r"\t+(?:\} )?(?:else )?(?:if|while|for|\w*for_each\w*) ?\(",
                         self.masked[first])
            if m:
                return closing(text.rstrip(), m.end() - 1) == len(text.rstrip()) - 1
        return False


def sources(root):
    names = sorted(p.relative_to(root).as_posix() for p in
                   [*root.glob("m6t_*.c"), *root.glob("*/m6t_*.[ch]")]
                   if p.name not in NOT_CODE and not p.name.endswith(".mod.c"))
    return {name: Source(root, name) for name in names}


def drawn(files, seed):
    """Mutants, each once: a random line, then a random change of it."""
    chance = random.Random(f"m6t {seed}")
    lines = [(f, n) for f in files for n in sorted(files[f].by_line)]
    left = {key: list(files[key[0]].by_line[key[1]]) for key in lines}
    while lines:
        i = chance.randrange(len(lines))
        some = left[lines[i]]
        yield some.pop(chance.randrange(len(some)))
        if not some:
            lines.pop(i)


# ---- what it compiles to

def module(tree, kernel):
    """The module without data for debuggers, or None."""
    done = subprocess.run([tree / "selftests/lab/built", kernel], text=True,
                          errors="replace", capture_output=True)
    if done.returncode:
        return None
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["objcopy", "--strip-debug", "-R", ".modinfo", "-R",
                        ".note.gnu.build-id", done.stdout.strip(), out.name],
                       check=True)
        return pathlib.Path(out.name).read_bytes()


# ---- the tests

def quick_first(folder):
    """The tests to run, quick ones first."""
    slow = re.compile("^# (takes long|runs alone)", re.M)
    paths = all_tests(folder)
    return sorted(set(guest_tests(folder)) - NOT_TESTS,
                  key=lambda t: (bool(slow.search(paths[t].read_text())), t))


def ordered(mutant, files, mutations, tests):
    """First those with mutations nearby: in the function, in the file;
    then those with many mutations anywhere."""
    source, score = files[mutant.file], collections.Counter()
    text = "".join(source.lines)
    for m in mutations:
        if m.kernel:
            continue
        score[m.test] += 1
        if m.file == mutant.file:
            # It may begin with context: the function of its end counts.
            line = text[:max(text.find(m.old), 0)].count("\n") + m.old.count("\n")
            line = min(line, len(source.lines)) - 1
            near = source.regions[line][1] == source.regions[mutant.start][1]
            score[m.test] += 10000 if near else 100
    return sorted(tests, key=lambda t: (-score[t], tests.index(t)))


class Guest:
    """Runs tests until the first check fails."""

    def __init__(self, tree, kernel, tests, jobs=None):
        env = {**os.environ, **SETTINGS.get(kernel, SETTINGS[""]), "M6T_STOP": "1"}
        if jobs:
            env["M6T_JOBS"] = jobs
        if kernel == "uml" and not two_cpus(tests):
            env.setdefault("M6T_CPUS", "1")
        self.failed = None      # the script
        self.hangs = False
        self.output = collections.deque(maxlen=400)
        self.process = subprocess.Popen(
            [tree / "selftests/lab/run", "-t", str(LIMIT), kernel,
             tree / "selftests/in_guest", *tests], env=env, text=True,
            errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            self.why = self.watch()
        finally:
            self.end()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        self.process.wait()

    def watch(self):
        """None: all passed; else a text with the failure."""
        lines = queue.Queue()

        def read(stream):
            try:
                for line in stream:
                    lines.put(line)
            except ValueError:
                pass
            lines.put(None)
        threading.Thread(target=read, args=(self.process.stdout,),
                         daemon=True).start()
        while True:
            try:
                line = lines.get(timeout=SILENCE)
            except queue.Empty:
                self.hangs = True
                return f"hangs: no output for {SILENCE} s"
            if line is None:
                break
            self.output.append(line)
            m = (re.match(r"# (\S+\.sh): ((?:not ok|Bail out).*)", line) or
                 re.match(r"# selftests: m6t: (\S+): (not ok), ", line))
            if m:
                self.failed = m.group(1)
                return f"{m.group(1)}: {m.group(2)}"
        return self.ended(self.process.wait())

    def ended(self, status):
        """A text, where no test failed; the message of the lab is last."""
        if not status:
            return None
        text = "".join(self.output)
        if status not in (1, TIME_OUT, COMPLAINT):
            sys.exit(f"mutate: the lab ends with {status}:\n{text[-2000:]}")
        said = SPLAT.search(text, max(text.find("\nlab: "), 0))
        said = said or re.search(r"^lab: .*", text, flags=re.M)
        return said.group().strip() if said else f"status {status}"


class Runner:
    """The mutants that are killed, and by what."""

    def __init__(self, tree, kernels, mutations):
        self.tree, self.kernels, self.mutations = tree, kernels, mutations
        self.files = sources(tree)
        self.tests = quick_first(tree / "selftests")
        self.unsteady = {}      # (kernel, test): fails without a mutation

    def put(self, mutant):
        (self.tree / mutant.file).write_text(
            mutant.text(self.files[mutant.file].lines))

    def put_back(self, mutant):
        (self.tree / mutant.file).write_text(
            "".join(self.files[mutant.file].lines))

    def is_sound(self, mutant, kernel, test):
        """Does the code as it is pass this test?"""
        if (kernel, test) not in self.unsteady:
            self.put_back(mutant)
            why = Guest(self.tree, kernel, [test], "1").why
            self.put(mutant)
            self.unsteady[kernel, test] = why
            if why:
                print(f"# not used on {kernel}: {why}", flush=True)
        return not self.unsteady[kernel, test]

    def killed_by(self, mutant, kernel, tests):
        """None, or why; a failure counts when it comes again."""
        tests = [t for t in tests if not self.unsteady.get((kernel, t))]
        while tests:
            guest = Guest(self.tree, kernel, tests)
            if guest.hangs:
                guest = Guest(self.tree, kernel, tests)
            if not guest.failed:
                return guest.why
            again = Guest(self.tree, kernel, [guest.failed], "1")
            if again.why and self.is_sound(mutant, kernel, guest.failed):
                return again.why
            if not again.why:
                print(f"# {mutant}: only once: {guest.why}", flush=True)
            # Those that passed run again: leaks are found when a guest ends.
            tests = [t for t in tests if t != guest.failed]
        return None

    def killed(self, mutant, kernels, scripts):
        """None, or by what, on these kernels; only so many scripts run."""
        tests = ordered(mutant, self.files, self.mutations, self.tests)[:scripts]
        for kernel in kernels:
            # Leaks are reported when a guest ends.
            parts = [tests[:FIRST], tests[FIRST:]]
            if kernel == "uml":
                two = two_cpus(tests)
                parts = [[t for t in tests if t not in two], two]
            for part in parts:
                why = self.killed_by(mutant, kernel, part)
                if why:
                    return f"{kernel}: {why}"
        return None


def squeezed(text):
    """Without empty lines."""
    return re.sub(r"\n\s*(?=\n)", "", text)


def mutants(tree, runner, seed, reasons):
    """Those drawn that compile to something else, on which kernels, and the
    reason of one that cannot be seen."""
    same = {kernel: module(tree, kernel) for kernel in runner.kernels}
    if None in same.values():
        sys.exit("mutate: the module does not build as it is")
    known = {(r.file, squeezed("".join(runner.files[r.file].lines).replace(
        r.old, r.new))): r.title for r in reasons}
    for mutant in drawn(runner.files, seed):
        text = mutant.text(runner.files[mutant.file].lines)
        runner.put(mutant)
        try:
            built = {kernel: module(tree, kernel) for kernel in runner.kernels}
            if None in built.values() or built == same:
                print(f"# {'the same' if built == same else 'not compiled'}: "
                      f"{mutant}", flush=True)
                continue
            yield (mutant, [k for k in built if built[k] != same[k]],
                   known.get((mutant.file, squeezed(text))))
        finally:
            runner.put_back(mutant)


def numbers(text):
    """1,3-5 as a set."""
    ends = [part.split("-") for part in text.split(",")]
    return {n for end in ends for n in range(int(end[0]), int(end[-1]) + 1)}


def report(n, mutant, lines, said, ok):
    """A line of KTAP, and the change where it is of interest."""
    print(f"{'ok' if ok else 'not ok'} {n} {mutant} # {said}", flush=True)
    if not ok or said == "SKIP only listed":
        print(re.sub("^", "# ", mutant.block(lines).rstrip(), flags=re.M),
              flush=True)


def main(tree, args, mutations, reasons):
    """args: random (SEED, N), kernels, list, only, scripts."""
    seed, count = args.random[0], int(args.random[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    runner = Runner(tree, args.kernels, mutations)
    survivors, killed, n = [], 0, 0
    print(f"TAP version 13\n1..{count}", flush=True)
    for mutant, kernels, reason in mutants(tree, runner, seed, reasons):
        start, lines = time.monotonic(), runner.files[mutant.file].lines
        if reason:
            print(f"# cannot be seen: {mutant}: {reason}", flush=True)
            continue
        n += 1
        if args.list:
            report(n, mutant, lines, "SKIP only listed", True)
        elif args.only and n not in args.only:
            report(n, mutant, lines, "SKIP not wanted", True)
        else:
            runner.put(mutant)
            why = runner.killed(mutant, kernels, args.scripts)
            killed += why is not None
            if not why:
                survivors.append(mutant.block(lines))
            report(n, mutant, lines, f"{int(time.monotonic() - start)} s, "
                   f"{why or 'it survives'}", why is not None)
        if n == count:
            break
    if killed or survivors:
        n = killed + len(survivors)
        print(f"# seed {seed}: {killed} of {n} killed, {len(survivors)} survive: "
              f"{killed / n:.3f}")
    for block in survivors:
        print("\n" + block, end="")
    return 1 if survivors else 0
