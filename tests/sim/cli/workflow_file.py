"""Reads a GitHub workflow: as much of YAML as such a file needs.

Mappings and lists by indentation, flow lists of plain words, quoted and plain
scalars, plain ones that go on in the next line, block scalars with `|`. What is
none of these is an error, never a guess. Scalars stay text, as no test needs
more.
"""
import re

KEY = re.compile(r"([A-Za-z_][\w-]*):(?: +(.*))?$")


class _Lines:
    """The lines that count: no comments, no blank ones outside of blocks."""

    def __init__(self, text):
        self.rows = []
        for number, line in enumerate(text.split("\n"), 1):
            if "\t" in line:
                raise ValueError(f"line {number}: a tab")
            self.rows.append((number, len(line) - len(line.lstrip(" ")),
                              line.strip()))
        self.at = 0

    def peek(self):
        """(number, indent, text) of the next line that counts, or None."""
        while self.at < len(self.rows):
            row = self.rows[self.at]
            if row[2] and not row[2].startswith("#"):
                return row
            self.at += 1
        return None

    def replace(self, indent, text):
        self.rows[self.at] = (self.rows[self.at][0], indent, text)

    def block(self, parent):
        """A `|` block: every line deeper than its key, blank ones too."""
        block = []
        while self.at < len(self.rows):
            _, indent, text = self.rows[self.at]
            if text and indent <= parent:
                break
            block.append((indent, text))
            self.at += 1
        margin = min(indent for indent, text in block if text)
        lines = [" " * (indent - margin) + text if text else ""
                 for indent, text in block]
        return "\n".join(lines).rstrip("\n") + "\n"


def _scalar(lines, text, indent):
    """A value on the line of its key; `indent` is the key's."""
    if text[0] in "\"'":
        if text[-1] != text[0] or len(text) < 2:
            raise ValueError(f"an open quote: {text}")
        return text[1:-1]
    if text[0] == "[" and text[-1] == "]":
        return [word.strip() for word in text[1:-1].split(",")]
    if text[0] in "[{&*!>%@`" or " #" in text:
        raise ValueError(f"not understood: {text}")
    words = [text]
    while (row := lines.peek()) and row[1] > indent:
        words.append(row[2])
        lines.at += 1
    return " ".join(words)


def _value(lines, text, indent):
    if text == "|":
        return lines.block(indent)
    if text:
        return _scalar(lines, text, indent)
    row = lines.peek()
    if row is None or row[1] <= indent:
        return ""
    return _node(lines, row[1])


def _list(lines, indent):
    items = []
    while (row := lines.peek()) and row[1] == indent:
        if not row[2].startswith("- "):
            raise ValueError(f"line {row[0]}: not an item of the list")
        rest = row[2][2:].lstrip()
        inner = indent + len(row[2]) - len(rest)
        if KEY.match(rest):
            lines.replace(inner, rest)
            items.append(_mapping(lines, inner))
        else:
            lines.at += 1
            items.append(_scalar(lines, rest, indent))
    return items


def _mapping(lines, indent):
    found = {}
    while (row := lines.peek()) and row[1] == indent:
        match = KEY.match(row[2])
        if not match:
            raise ValueError(f"line {row[0]}: no key: {row[2]}")
        lines.at += 1
        key, text = match[1], match[2] or ""
        if key in found:
            raise ValueError(f"line {row[0]}: {key} twice")
        found[key] = _value(lines, text, indent)
    return found


def _node(lines, indent):
    is_list = lines.peek()[2].startswith("- ")
    return (_list if is_list else _mapping)(lines, indent)


def parse(text):
    """The document as dicts, lists and strings; ValueError if it is not one."""
    lines = _Lines(text)
    first = lines.peek()
    if first is None:
        raise ValueError("empty")
    document = _node(lines, first[1])
    if (rest := lines.peek()) is not None:
        raise ValueError(f"line {rest[0]}: indented like nothing above it")
    return document
