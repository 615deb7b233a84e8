"""A scenario may name a violation only if something can find it.

`expect.violation` of a name that nothing produces could never come true, and
would be refused too late. So the list in sim/scenario/names.cc and the code that
finds violations are held against each other, both ways:

* every name of the list is written somewhere as what is found;
* every kind of finding that the checkers and oracles write is in the list.

Comments do not count, and neither does the list itself.
"""
import re

import house

NAMES = "sim/scenario/names.cc"
LISTED = re.compile(r'"((?:safety|engine|liveness|expectation|crash)/[a-z-]+)"')
# Whole ids; in the folders that judge and that run runs.
WHOLE_FOLDERS = ("sim/cli", "sim/explore")
# What stands before an id that is given, and not asked for.
MADE = re.compile(r"(?:\bAdd\(|[^=!<>]=|\?|:)\s*$")
# Kinds of findings, to which sim/cli/judge.cc puts "safety/": as
# `.kind = "lost-ack"`, `return {"lost-ack", ...}`, or a row of a table.
KIND_FOLDERS = ("reports/check", "sim/oracle")
KIND = re.compile(r'\bkind\s*=\s*"([a-z-]+)"|return\s*\{\s*"([a-z-]+)",'
                  r'|\bDamage\s+\w+\{\s*"([a-z-]+)"')
KIND_TABLE = re.compile(r'\{"[^"]+",\s*"[a-z-]+",\s*"([a-z-]+)",\s*"Rule')
RULE = re.compile(r'\bAdd\(\s*[\w.]+,\s*"([a-z-]+)"')
# sim/cli/service_level.cc: what AddLine and the latency rows are called.
EXPECTATION = re.compile(r'AddLine\(\s*"([a-z]+)"')


def listed(root):
    """name -> line of the list."""
    text = house.strip_comments(house.read(root / NAMES))
    start = text.find("KnownViolations()")
    if start < 0:
        return {}
    text = text[:text.find("return kAll", start)]
    return {match[1]: house.line_of(text, match.start())
            for match in LISTED.finditer(text, start)}


def produced(root):
    """id -> (file, line), of everything that the code writes as found."""
    found = {}

    def note(name, path, text, match):
        found.setdefault(name, (path, house.line_of(text, match.start())))

    for path in house.code_files(root, WHOLE_FOLDERS):
        text = house.strip_comments(house.read(path))
        for match in LISTED.finditer(text):
            if MADE.search(text[max(0, match.start() - 40):match.start()]):
                note(match[1], path, text, match)
        for match in EXPECTATION.finditer(text):
            note("expectation/" + match[1], path, text, match)
    for path in house.code_files(root, KIND_FOLDERS):
        text = house.strip_comments(house.read(path))
        patterns = [KIND, KIND_TABLE]
        if "oracle" in path.parts:
            patterns = [RULE]
        for pattern in patterns:
            for match in pattern.finditer(text):
                name = next(group for group in match.groups() if group)
                note("safety/" + name, path, text, match)
    return found


def main():
    arguments = house.parse_root(__doc__)
    findings = house.Findings(arguments.root)
    if not (arguments.root / NAMES).exists():
        return findings.finish("no list of violations here")
    names, made = listed(arguments.root), produced(arguments.root)
    if not names:
        findings.add(arguments.root / NAMES, 0, "no list of violations found")
    for name, line in names.items():
        if name not in made:
            findings.add(arguments.root / NAMES, line,
                         f"nothing finds {name}; a scenario that expects it "
                         "could never pass")
    for name, (path, line) in made.items():
        if name not in names and name != "expectation/not-seen":
            findings.add(path, line, f"{name} is not in {NAMES}, so no "
                         "scenario can expect it")
    return findings.finish(f"{len(names)} violations, each one found somewhere")


if __name__ == "__main__":
    house.run(main)
