"""No file outside the build: a test that no target names is a comment.

* every .cc of the tree stands in a CMakeLists.txt of its folder or above;
* every CMakeLists.txt is reached by add_subdirectory from the top;
* every folder of test data is named by a test;
* every mark and mutant of the .def files is used by the code;
* every scenario opens with a comment that says what it shows;
* every file that a document of the top folder names is there;
* a .cc with a header of its name includes that first: so the header compiles
  alone, and the build compiles the others so.

Reads the CMakeLists.txt as text, so that targets behind an option count too.
"""
import re

import house

COMMENT = re.compile(r"#[^\n]*")
INCLUDE = re.compile(r'^#include ["<]([^">]+)', re.M)
WORD = re.compile(r'"([^"]*)"|([^\s()"]+)')
SUBDIRECTORY = re.compile(r"add_subdirectory\(\s*([\w./-]+)")
DEFINED = re.compile(r"^WR_(?:MARK|MUTANT)_DEF\(\s*(\w+)", re.M)
USED = re.compile(r"WR_(?:MARK|MUTANT)\(\s*(\w+)|\b(?:Mark|Mutant)::(\w+)")
PATH = re.compile(r"\b(?:engine|sim|reports|scenarios|scripts|tests)/[\w./*-]*")
DATA_FOLDERS = ("tests/testdata", "tests/golden")


FOREACH = re.compile(r"foreach\(\s*(\w+)\s+(?:IN\s+ITEMS\s+)?([^)]*)\)"
                     r"(.*?)endforeach\(", re.DOTALL)


def cmake_text(path):
    """Without comments, and with the loops over plain lists rolled out."""
    def roll_out(match):
        variable, values, body = match.groups()
        return "".join(body.replace("${%s}" % variable, value)
                       for value in values.split())

    return FOREACH.sub(roll_out, COMMENT.sub("", house.read(path)))


def reached_folders(root):
    """The folders whose CMakeLists.txt the top one leads to."""
    reached, waiting = set(), [root]
    while waiting:
        folder = waiting.pop()
        lists = folder / "CMakeLists.txt"
        if folder in reached or not lists.exists():
            continue
        reached.add(folder)
        waiting += [(folder / name).resolve()
                    for name in SUBDIRECTORY.findall(cmake_text(lists))]
    return reached


def named_files(folders):
    """Every path that a word of these CMakeLists.txt could mean."""
    named = set()
    for folder in folders:
        text = cmake_text(folder / "CMakeLists.txt")
        for quoted, bare in WORD.findall(text):
            word = (quoted or bare).replace("${CMAKE_CURRENT_SOURCE_DIR}/", "")
            if word.endswith((".cc", ".h")):
                named.add((folder / word).resolve())
    return named


def check_sources(findings, reached):
    named = named_files(reached)
    for file in house.walk(findings.root, house.TOP_FOLDERS, (".cc", ".h")):
        if file.suffix == ".h" and "tests" in file.parts:
            continue  # a test's helper header is verified by being included
        if file not in named:
            findings.add(file, 0, "no target names it: add it to a "
                         "CMakeLists.txt, or delete it")


def check_lists(findings, reached):
    for lists in house.walk(findings.root, house.TOP_FOLDERS,
                            ("CMakeLists.txt",)):
        if lists.parent not in reached:
            findings.add(lists, 0, "no add_subdirectory leads here, so none "
                         "of its targets is built")


def check_data(findings):
    """A folder of test data is mentioned, by its last two names, in a test."""
    root = findings.root
    sources = "".join(house.read(f) for f in house.walk(
        root, ["tests"], (".cc", ".h", "CMakeLists.txt")))
    folders = {f.parent for f in house.walk(
        root, DATA_FOLDERS, (".txt", ".trace", ".toml", ".json", ".edn"))}
    for folder in sorted(folders):
        names = folder.relative_to(root / "tests").as_posix()
        if names not in sources:
            findings.add(folder, 0, f'no test mentions "{names}", so nothing '
                         "reads it")


def check_definitions(findings):
    """A mark that no line reaches, a mutant that no line plants."""
    base = findings.root / "engine" / "base"
    code = "".join(house.read(f)
                   for f in house.code_files(findings.root, ["engine", "sim"]))
    used = {a or b for a, b in USED.findall(code)}
    for name in ("marks.def", "mutants.def"):
        path = base / name
        text = house.read(path) if path.exists() else ""
        for match in DEFINED.finditer(text):
            if match.group(1) not in used:
                findings.add(path, house.line_of(text, match.start()),
                             f"{match.group(1)} is never used in engine or sim")


def check_scenarios(findings):
    for file in house.walk(findings.root, ["scenarios"], (".toml",)):
        first = house.read(file).lstrip("\n").split("\n", 1)[0]
        # `#:schema` is for editors, not for people.
        if not re.match(r"#\s+\w", first):
            findings.add(file, 1, "a scenario opens with a comment that says "
                         "what it shows")


def check_documents(findings):
    """`engine/env/*.h` and the like: at least one such file."""
    for document in sorted(findings.root.glob("*.md")):
        if document.name == "CHANGELOG.md":
            continue  # it tells of what was
        text = house.read(document)
        for match in PATH.finditer(text):
            path = match.group().rstrip("./")
            if not any(findings.root.glob(path)):
                findings.add(document, house.line_of(text, match.start()),
                             f"there is no {match.group()}")


def check_own_header_first(findings):
    for file in house.code_files(findings.root, house.TOP_FOLDERS):
        header = file.with_suffix(".h")
        if file.suffix != ".cc" or not header.exists():
            continue
        own = header.relative_to(findings.root).as_posix()
        first = INCLUDE.search(house.read(file))
        if first is None or first.group(1) != own:
            findings.add(file, house.line_of(house.read(file), first.start())
                         if first else 1, f"its first include is not {own}, so "
                         "nothing shows that the header compiles alone")


def main():
    root = house.parse_root(__doc__).root
    findings = house.Findings(root)
    reached = reached_folders(root)
    check_lists(findings, reached)
    check_sources(findings, reached)
    check_data(findings)
    check_definitions(findings)
    check_scenarios(findings)
    check_documents(findings)
    check_own_header_first(findings)
    return findings.finish(f"build lists, {len(reached)} folders")


if __name__ == "__main__":
    house.run(main)
