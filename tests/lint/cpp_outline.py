"""Finds the functions of a C++ file in Google style, without a parser.

Good enough for counting lines and assertions, and only for that: it classifies
every brace by the text before it and relies on the formatting that
check_format.py enforces.
"""
import dataclasses
import re

import house

TYPE = re.compile(r"\b(class|struct|union|enum)\b[^()=]*$|\benum\b")
SCOPE = re.compile(r'\b(namespace|extern\s*")')
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
ACCESS = re.compile(r"^(\s*(public|private|protected):)+")
ASSERTION = re.compile(r"\b(WR_CHECK(_MSG)?|static_assert)\b")


@dataclasses.dataclass(frozen=True)
class Function:
    """A definition: its name as written, its first line, how many lines."""
    name: str
    line: int
    lines: int


def _blank_preprocessor(code):
    return PREPROCESSOR.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), code)


def _name(head):
    """`void Wal::Append(` -> "Wal::Append"; tests -> "TEST(Wal, Grows)"."""
    flat = " ".join(head.split())
    test = re.match(r"(TEST|TEST_F|TEST_P|RC_GTEST_PROP|BENCHMARK_F)\([^)]*\)",
                    flat)
    if test:
        return test.group()
    match = re.search(r"([\w:~]+|operator\s*\S+?)\s*\(", flat)
    return match.group(1) if match else flat[:40]


def _kind(head, parent):
    """What the brace after `head` opens."""
    if parent in ("function", "block", "value"):
        return "block" if parent != "value" else "value"
    if SCOPE.search(head):
        return "scope"
    if TYPE.search(head):
        return "type"
    if "(" not in head:
        return "value"
    # `: member_{0}` in a constructor's list has no space before the brace.
    return "function" if head[-1].isspace() else "initialiser"


def functions(text):
    """Every function definition with a body, in order."""
    code = _blank_preprocessor(house.strip(text))
    found, stack, head_start = [], [], 0
    for i, c in enumerate(code):
        if c == "{":
            parent = stack[-1][0] if stack else "scope"
            head = code[head_start:i]
            kind = _kind(head, parent)
            stack.append((kind, head_start, head))
            if kind != "initialiser":
                head_start = i + 1
        elif c == "}" and stack:
            kind, start, head = stack.pop()
            if kind == "function":
                found.append(_measure(code, start, head, i))
            # After `a_{1}` the constructor's head goes on.
            if kind != "initialiser":
                head_start = i + 1
        elif c == ";" and (not stack or stack[-1][0] != "initialiser"):
            head_start = i + 1
    return sorted(found, key=lambda f: f.line)


def _measure(code, start, head, end):
    first = start + len(head) - len(ACCESS.sub("", head).lstrip())
    line = house.line_of(code, first)
    return Function(_name(head), line, house.line_of(code, end) - line + 1)


def assertions(text):
    """How often the file asserts."""
    return len(ASSERTION.findall(house.strip(text)))
