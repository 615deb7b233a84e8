"""What the lint checks share: walking the tree, reading C++, reporting.

A check is a program `check_X.py [--root DIR]` that prints one line a finding,
"file:line: what; what to do", and exits 1 iff there was one. It walks folders
and never asks git, so that it says the same in a tarball, a fresh clone and a
dirty tree. `test_lint.py` plants a violation for every check and sees it found.
"""
import argparse
import os
import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
TOP_FOLDERS = ("engine", "sim", "reports", "tests")
CODE_SUFFIXES = (".h", ".cc")

# Findings beyond these are counted, not shown.
SHOWN = 60

# Exit code that ctest knows as "skipped" (SKIP_RETURN_CODE).
EXIT_SKIPPED = 77


class Findings:
    """Collects findings and turns them into an exit code."""

    def __init__(self, root):
        self.root = root
        self.lines = []

    def add(self, path, line, text):
        name = os.path.relpath(path, self.root)
        self.lines.append(f"{name}:{line}: {text}" if line else
                          f"{name}: {text}")

    def finish(self, what):
        """Prints everything; the exit code of the program."""
        for line in self.lines[:SHOWN]:
            print(line)
        if len(self.lines) > SHOWN:
            print(f"... and {len(self.lines) - SHOWN} more")
        if self.lines:
            print(f"FAIL: {len(self.lines)} findings ({what})")
            return 1
        print(f"ok: {what}")
        return 0


def parse_root(description, add_arguments=None):
    """The parsed command line; `.root` is the top of the tree to look at."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path,
                        default=HERE.parent.parent)
    if add_arguments:
        add_arguments(parser)
    arguments = parser.parse_args()
    arguments.root = arguments.root.resolve()
    return arguments


def load_table(root, name):
    """A table of tests/lint under `root`."""
    with open(root / "tests" / "lint" / name, "rb") as file:
        return tomllib.load(file)


def walk(root, folders, suffixes):
    """Every file below the folders whose name ends so, sorted."""
    found = []
    for folder in folders:
        for directory, subfolders, names in os.walk(root / folder):
            subfolders[:] = sorted(s for s in subfolders
                                   if s not in ("__pycache__", "build"))
            found += [pathlib.Path(directory) / name for name in names
                      if name.endswith(suffixes)]
    return sorted(found)


def code_files(root, folders=TOP_FOLDERS):
    return walk(root, folders, CODE_SUFFIXES)


def read(path):
    return path.read_text(encoding="utf-8")


_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'                       # comments
    r'|R"(?P<tag>[^()\s\\]*)\(.*?\)(?P=tag)"'   # raw strings
    r'|"(?:\\.|[^"\\\n])*"'                     # strings
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",    # characters, not 1'000
    re.DOTALL)


def _blank(match):
    """The token without its text, lines kept; quotes stay."""
    text = match.group()
    hidden = re.sub(r"[^\n]", " ", text)
    if text[0] in "\"'":
        return text[0] + hidden[1:-1] + text[-1]
    return hidden


def strip(text):
    """C++ without comments and without what literals say, same line numbers."""
    return _TOKEN.sub(_blank, text)


def strip_comments(text):
    """C++ without comments; literals stay."""
    return _TOKEN.sub(
        lambda m: _blank(m) if m.group()[0] == "/" else m.group(), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def run(main):
    sys.exit(main())
