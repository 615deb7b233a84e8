"""The include graph obeys layers.toml: engine looks at env, sim at engine.

Every quoted include is written from the top of the tree and names a file that
exists; every first-party folder has a row; headers from outside are std, Abseil
or named in the table.
"""
import re

import house

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
# <vector>, <cstdint>: standard headers have neither a dot nor a slash.
STANDARD = re.compile(r"[a-z_0-9]+")
# In tests anything of Debian's may be used to judge us.
TEST_FOLDER = "tests/"


def allows(entry, path):
    """True iff `path` is what a `may` entry of the table names."""
    if entry.endswith("/") or entry.endswith(".h"):
        return path == entry or (entry[-1] == "/" and path.startswith(entry))
    return path.rpartition("/")[0] == entry


def holder(row, path):
    """The folder (or file) by which `row` holds `path`, or None.

    "engine/storage/*" holds engine/storage/lsm/table.h by engine/storage/lsm.
    """
    wanted, words = row["folder"].split("/"), path.split("/")
    fits = (len(words) >= len(wanted) and
            all(w in ("*", p) for w, p in zip(wanted, words)))
    # A '*' is a folder: a file beside the contract belongs to the contract.
    if fits and "*" in wanted and len(words) == len(wanted):
        return None
    return "/".join(words[:len(wanted)]) if fits else None


def row_of(layers, path):
    """(row, its folder that holds `path`) with the longest folder, or (None,
    the folder of `path`). A row that names the folder goes before a '*'."""
    rows = [(r, holder(r, path)) for r in layers if holder(r, path)]
    return max(rows, key=lambda r: (len(r[1]), "*" not in r[0]["folder"]),
               default=(None, path.rpartition("/")[0]))


def check_ours(layers, findings, file, line, includer, path):
    """One quoted include."""
    root = findings.root
    # CMake fills in a template.
    if not (root / path).exists() and not (root / f"{path}.in").exists():
        findings.add(file, line, f'no "{path}" at the top of the tree; write '
                     "includes from there, and <...> for other libraries")
        return
    (row, own), (_, target) = row_of(layers, includer), row_of(layers, path)
    if row is None or own == target:
        return  # a missing row is reported once, by check_rows
    allowed = any(allows(entry, path) for entry in row["may"])
    barred = any(path.startswith(e + "/") for e in row.get("except", ()))
    if not allowed or barred:
        why = f" ({row['why']})" if "why" in row else ""
        findings.add(file, line, f'{own} may not include "{path}"'
                     f"{why}; it may see {', '.join(row['may']) or 'nothing'}"
                     " of ours. Move the code, or argue for another row in "
                     "tests/lint/layers.toml")


def check_outside(outside, findings, file, line, includer, header):
    """One include with angle brackets."""
    if STANDARD.fullmatch(header) or header.startswith("absl/"):
        return
    if includer.startswith(TEST_FOLDER):
        return
    places = [f for row in outside for f in row["folders"]
              if any(header == h or (h[-1] == "/" and header.startswith(h))
                     for h in row["headers"])]
    if not any(includer.startswith(f + "/") for f in places):
        where = f"only in {', '.join(places)}" if places else "nowhere"
        findings.add(file, line, f"<{header}> may be included {where}; see "
                     "[[outside]] in tests/lint/layers.toml")


def outside_style(header):
    """Libraries whose headers are customarily quoted, Abseil above all."""
    return header.startswith(("absl/", "gtest/", "benchmark/", "rapidcheck",
                              "boost/", "toml++/", "CLI/"))


def check_file(table, findings, file):
    includer = file.relative_to(findings.root).as_posix()
    text = house.strip_comments(house.read(file))
    for match in INCLUDE.finditer(text):
        line = house.line_of(text, match.start())
        kind, header = match.groups()
        first_party = header.startswith(
            tuple(f + "/" for f in house.TOP_FOLDERS))
        if kind == '"' and (first_party or not outside_style(header)):
            check_ours(table["layer"], findings, file, line, includer, header)
        else:
            check_outside(table["outside"], findings, file, line, includer,
                          header)


def check_rows(layers, findings, files):
    """Every folder with code has a row that names it or a parent part."""
    for folder in sorted({f.parent for f in files}):
        name = folder.relative_to(findings.root).as_posix()
        row, held_by = row_of(layers, name + "/a_file")
        # An implementation does not inherit the rights of its contract.
        if held_by != name and not name.startswith(TEST_FOLDER):
            hint = f" (the nearest is {held_by})" if row else ""
            findings.add(folder, 0, f"no row in tests/lint/layers.toml{hint}")


def find_circle(edges):
    """A circle of folders as a list, or None; `edges` is {folder: {folder}}."""
    done, path = set(), []

    def visit(folder):
        if folder in path:
            return path[path.index(folder):] + [folder]
        if folder in done:
            return None
        path.append(folder)
        circle = next(filter(None, map(visit, sorted(edges.get(folder, ())))),
                      None)
        path.pop()
        done.add(folder)
        return circle

    return next(filter(None, map(visit, sorted(edges))), None)


def check_circles(layers, findings, files):
    """Folders include each other in one direction only."""
    edges = {}
    for file in files:
        includer = file.relative_to(findings.root).as_posix()
        source = row_of(layers, includer)[1]
        for kind, path in INCLUDE.findall(
                house.strip_comments(house.read(file))):
            target = row_of(layers, path)[1]
            if kind == '"' and path.startswith(
                    tuple(f + "/" for f in house.TOP_FOLDERS)):
                if source != target:
                    edges.setdefault(source, set()).add(target)
    circle = find_circle(edges)
    if circle:
        findings.add(findings.root / circle[0], 0,
                     "a circle of includes: " + " -> ".join(circle))


def main():
    root = house.parse_root(__doc__).root
    table = house.load_table(root, "layers.toml")
    findings = house.Findings(root)
    files = house.code_files(root)
    check_rows(table["layer"], findings, files)
    for file in files:
        check_file(table, findings, file)
    check_circles(table["layer"], findings, files)
    return findings.finish(f"include graph, {len(files)} files")


if __name__ == "__main__":
    house.run(main)
