"""Determinism is a list of forbidden words: banned.toml, enforced.

Beyond the words of the table, two shapes that no word gives away:
a range-for over a hash table (its order differs from run to run), and two draws
in one argument list (g++ and clang evaluate arguments in opposite orders).
"""
import re

import house

HASH_TABLE = re.compile(
    r"\babsl::flat_hash_(?:map|set)<[^;{}()]*>\s+(\w+)\s*[;{=]")
RANGE_FOR = re.compile(r"\bfor\s*\([^;(){}]*[^:]:\s*(?:this->|\w+(?:\.|->))*"
                       r"(\w+)\s*\)")
BEGIN_OF = re.compile(r"\b(\w+)\s*(?:\.|->)\s*c?begin\s*\(")
DRAW = r"\b(?:Next|Below|Between|Chance|Exponential)\s*\("
SIMULATED = ("engine/", "sim/")


class Exceptions:
    """The exception list, and which of it was needed."""

    def __init__(self, rows):
        self.rows = rows
        self.used = set()

    def excuse(self, name, word):
        for i, row in enumerate(self.rows):
            fits = (name.startswith(row["file"]) if row["file"][-1] == "/"
                    else name == row["file"])
            if fits and row["id"] == word:
                self.used.add(i)
                return True
        return False

    def report_idle(self, findings):
        """An exception nobody needs any more hides the next mistake."""
        for i, row in enumerate(self.rows):
            if i not in self.used and row["file"][-1] != "/":
                path = findings.root / row["file"]
                findings.add(path, 0, f'exception "{row["id"]}" in '
                             "tests/lint/banned.toml excuses nothing; delete "
                             "it")


def find_words(words, name, code, with_comments):
    """(offset, id, word, instead) of every banned word of the table."""
    for word in words:
        if not name.startswith(tuple(word["folders"])):
            continue
        text = with_comments if word.get("in_comments") else code
        for match in re.finditer(word["pattern"], text):
            shown = " ".join(match.group().split())
            offset = match.end() - len(match.group().lstrip())
            yield offset, word["id"], shown, word["instead"]


def find_hash_iteration(code, declarations):
    """Iteration over a name that was declared as a hash table."""
    tables = set(HASH_TABLE.findall(declarations))
    for pattern in (RANGE_FOR, BEGIN_OF):
        for match in pattern.finditer(code):
            if match.group(1) in tables:
                yield (match.start(), "hash-iteration",
                       f"iteration over {match.group(1)}",
                       "look-up only; iterate a btree_map or a sorted vector")


def split_arguments(text):
    """`a, f(b, c), d` -> ["a", " f(b, c)", " d"]."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return parts + [text[start:]]


def closing(text, open_at):
    """The offset of the parenthesis that closes the one at `open_at`."""
    depth = 0
    for i in range(open_at, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if depth == 0:
            return i
    return len(text)


def find_double_draws(code):
    """Calls in whose argument list more than one argument draws."""
    for match in re.finditer(r"\w\s*(\()", code):
        open_at = match.start(1)
        close_at = closing(code, open_at)
        inside = code[open_at + 1:close_at]
        # A lambda's body or a block is a sequence, not an argument list.
        if ";" in inside or len(re.findall(DRAW, inside)) < 2:
            continue
        drawing = [a for a in split_arguments(inside) if re.search(DRAW, a)]
        if len(drawing) > 1:
            yield (match.start(), "two-draws", "two draws in one argument list",
                   "draw into named variables first: compilers disagree on "
                   "the order")


def declarations_for(file, code):
    """The file's own code and that of its header, where members live."""
    header = file.with_suffix(".h")
    if file.suffix == ".cc" and header.exists():
        return code + house.strip(house.read(header))
    return code


def check_file(words, exceptions, findings, file):
    name = file.relative_to(findings.root).as_posix()
    raw = house.read(file)
    code = house.strip(raw)
    hits = list(find_words(words, name, code, raw))
    if name.startswith(SIMULATED):
        hits += find_hash_iteration(code, declarations_for(file, code))
        hits += find_double_draws(code)
    # "%p" prints an address; it stands in a literal.
    if name.startswith(SIMULATED):
        hits += [(m.start(), "pointer-print", "%p", "print an id")
                 for m in re.finditer(r'%p\b', house.strip_comments(raw))]
    for offset, word, shown, instead in sorted(hits):
        if not exceptions.excuse(name, word):
            findings.add(file, house.line_of(raw, offset),
                         f"`{shown}` is banned here [{word}]; use: {instead}")


def main():
    root = house.parse_root(__doc__).root
    table = house.load_table(root, "banned.toml")
    exceptions = Exceptions(table.get("exception", []))
    findings = house.Findings(root)
    files = house.code_files(root)
    for file in files:
        check_file(table["word"], exceptions, findings, file)
    exceptions.report_idle(findings)
    return findings.finish(f"banned words, {len(files)} files")


if __name__ == "__main__":
    house.run(main)
