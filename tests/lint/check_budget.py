"""The house budget: sizes of files, functions and folders, as a ratchet.

Also: every header opens with a comment (the idea, then the contract) and has
the guard its path demands, the parts that promise durability assert, and the
tests keep up with the code. `--report` prints the figures instead.
"""
import collections
import re
import statistics

import cpp_outline
import house

PRODUCTION = ("engine", "sim", "reports")
DATA_SUFFIXES = (".h", ".cc", ".py", ".txt", ".toml", ".trace", ".json",
                 ".edn", ".log")


class Ratchet:
    """The rows of [[over]]: what was justified, and up to which number."""

    def __init__(self, table):
        self.rows = {row["what"]: row for row in table.get("over", [])}
        self.used = set()

    def check(self, findings, place, what, now, limit, unit):
        """Reports `what` when it is over its limit, or over its row."""
        row = self.rows.get(what)
        if row:
            self.used.add(what)
        path, line = place
        if row and now > row["now"]:
            findings.add(path, line, f"grew from {row['now']} to {now} {unit}; "
                         "a row of tests/lint/budget.toml may only shrink")
        elif row and now <= limit:
            findings.add(path, line, f"{now} {unit}, within the limit of "
                         f"{limit} again: delete its row in "
                         "tests/lint/budget.toml")
        elif row and now < row["now"]:
            findings.add(path, line, f"shrank to {now} {unit}: lower its row "
                         "in tests/lint/budget.toml, so that it stays")
        elif not row and now > limit:
            findings.add(path, line, f"{now} {unit}, the limit is {limit}: "
                         f'split it, or justify "{what}" in '
                         "tests/lint/budget.toml")

    def report_idle(self, findings):
        for what in sorted(self.rows.keys() - self.used):
            findings.add(findings.root / what.split(":")[0], 0,
                         f'nothing is called "{what}" any more: delete its '
                         "row in tests/lint/budget.toml")


def line_count(text):
    return text.count("\n") + (not text.endswith("\n"))


def check_sizes(limit, ratchet, findings, file, name, text):
    lines = line_count(text)
    of_file = (limit["node_lines"] if name == "engine/node/node.cc"
               else limit["file_lines"])
    ratchet.check(findings, (file, 0), name, lines, of_file, "lines")
    for function in cpp_outline.functions(text):
        ratchet.check(findings, (file, function.line),
                      f"{name}: {function.name}", function.lines,
                      limit["function_lines"], "lines in one function")


def check_header(findings, file, name, text):
    guard = "WR_" + re.sub(r"[^A-Z0-9]", "_", name.upper()) + "_"
    if not text.startswith("//"):
        findings.add(file, 1, "a header opens with a comment: the idea, then "
                     "the contract")
    if not re.search(rf"^#ifndef {guard}\n#define {guard}\n", text, re.M):
        findings.add(file, 1, f"no include guard {guard}")


def check_folders(limit, ratchet, findings, files):
    counts = collections.Counter(file.parent for file in files)
    for folder, count in sorted(counts.items()):
        name = folder.relative_to(findings.root).as_posix()
        ratchet.check(findings, (folder, 0), name, count,
                      limit["folder_files"], "files in one folder")


def density(root, folder):
    """(assertions, functions) of a folder, subfolders included.

    Functions of up to three lines are left out: a getter asserts nothing.
    """
    asserted = defined = 0
    for file in house.code_files(root, [folder]):
        text = house.read(file)
        asserted += cpp_outline.assertions(text)
        defined += sum(f.lines > 3 for f in cpp_outline.functions(text))
    return asserted, defined


def check_assertions(limit, findings):
    for folder, per_hundred in limit["assertions"].items():
        asserted, defined = density(findings.root, folder)
        if asserted * 100 < defined * per_hundred:
            findings.add(findings.root / folder, 0, f"{asserted} assertions in "
                         f"{defined} functions of more than 3 lines; at least "
                         f"{per_hundred} per 100 are due here")


def count_lines(root, folders, suffixes):
    return sum(line_count(house.read(f))
               for f in house.walk(root, folders, suffixes))


def check_tests(limit, findings):
    code = count_lines(findings.root, PRODUCTION, house.CODE_SUFFIXES)
    tests = count_lines(findings.root, ["tests"], DATA_SUFFIXES)
    if tests * 100 < code * limit["test_lines"]:
        findings.add(findings.root / "tests", 0, f"{tests} lines of tests for "
                     f"{code} lines of code; at least {limit['test_lines']} "
                     "per 100 are due")


def percentile(values, percent):
    values = sorted(values)
    return values[min(len(values) - 1, len(values) * percent // 100)]


def report(root):
    """The figures, folder by folder, for a reader."""
    print(f"{'folder':34} files  lines median  p90   max  functions >40  >70")
    folders = collections.defaultdict(list)
    for file in house.code_files(root):
        folders[file.parent.relative_to(root).as_posix()].append(file)
    for folder, files in sorted(folders.items()):
        texts = [house.read(f) for f in files]
        sizes = [line_count(t) for t in texts]
        lengths = [f.lines for t in texts for f in cpp_outline.functions(t)]
        print(f"{folder:34} {len(files):5} {sum(sizes):6} "
              f"{int(statistics.median(sizes)):6} {percentile(sizes, 90):4} "
              f"{max(sizes):5}  {len(lengths):9} "
              f"{sum(n > 40 for n in lengths):3} "
              f"{sum(n > 70 for n in lengths):4}")
    code = count_lines(root, PRODUCTION, house.CODE_SUFFIXES)
    tests = count_lines(root, ["tests"], DATA_SUFFIXES)
    print(f"production {code} lines, tests {tests} ({tests / code:.2f})")
    return 0


def main():
    arguments = house.parse_root(__doc__, lambda parser: parser.add_argument(
        "--report", action="store_true"))
    root = arguments.root
    if arguments.report:
        return report(root)
    table = house.load_table(root, "budget.toml")
    findings, ratchet = house.Findings(root), Ratchet(table)
    files = house.code_files(root)
    for file in files:
        name, text = file.relative_to(root).as_posix(), house.read(file)
        check_sizes(table["limit"], ratchet, findings, file, name, text)
        if file.suffix == ".h":
            check_header(findings, file, name, text)
    check_folders(table["limit"], ratchet, findings, files)
    check_assertions(table["limit"], findings)
    check_tests(table["limit"], findings)
    ratchet.report_idle(findings)
    return findings.finish(f"house budget, {len(files)} files")


if __name__ == "__main__":
    house.run(main)
