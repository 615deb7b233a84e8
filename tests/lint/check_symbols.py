"""The simulated libraries import no clock, file or thread and keep no state.

    check_symbols.py ARCHIVE...      (tests/lint/CMakeLists.txt passes them)

Reads the archives with nm: undefined symbols against symbols.toml, defined
symbols of writable sections against its exceptions.
"""
import re
import subprocess

import house

# What compilers and <iostream> leave behind: the address of a handler, and the
# initialiser of std::cout.
NOT_OURS = re.compile(r"DW\.ref\.|_ZStL8__ioinit$")
# Constants that need relocation are read-only once the program runs.
WRITABLE = re.compile(r"\.(data|bss|tdata|tbss)(?!\.rel\.ro)|\*COM\*")
# `static const T kTable = Make();` is written once, before its first use. That
# it is const, check_banned.py sees in the source; here its name must do.
CONSTANT = re.compile(r"(^|::)k[A-Z]\w*(\[abi:\w+\])?$")


def nm(archive, *options):
    """Rows of `nm --format=sysv`: (name, class, section)."""
    output = subprocess.run(["nm", "--format=sysv", *options, archive],
                            capture_output=True, text=True, check=True).stdout
    rows = (line.split("|") for line in output.splitlines())
    return [(r[0].strip(), r[2].strip(), r[6].strip()) for r in rows
            if len(r) == 7 and r[2].strip() not in ("", "Class")]


def demangle(name):
    return subprocess.run(["c++filt", name], capture_output=True, text=True,
                          check=True).stdout.strip()


def fits(pattern, name):
    """Equal, or equal up to the pattern's final '*'."""
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return name == pattern


def find_imports(archive, imports):
    """(kind, symbol) of every forbidden import."""
    names = {name for name, _, _ in nm(archive, "--undefined-only")}
    for name in sorted(names):
        for kind, patterns in imports.items():
            if any(fits(pattern, name) for pattern in patterns):
                yield kind, demangle(name)


def find_state(archive):
    """("state", symbol) of every writable variable."""
    for name, _, section in nm(archive, "--defined-only"):
        if not WRITABLE.match(section) or NOT_OURS.match(name):
            continue
        symbol = demangle(name)
        if not CONSTANT.search(symbol):
            yield "state", symbol


def is_excused(exceptions, library, symbol):
    return any(row["library"] == library and fits(row["symbol"], symbol)
               for row in exceptions)


def check_archive(table, findings, archive):
    library = archive.stem.removeprefix("lib")
    if not archive.exists():
        findings.add(archive, 0, "not built, so not looked at")
        return
    found = list(find_imports(archive, table["imports"]))
    found += find_state(archive)
    for kind, symbol in found:
        if not is_excused(table.get("exception", []), library, symbol):
            verb = "keeps" if kind == "state" else "imports"
            findings.add(findings.root / library, 0, f"{verb} `{symbol}`: "
                         f"{table['reason'][kind]}")


def main():
    def add_arguments(parser):
        parser.add_argument("archives", nargs="+", type=house.pathlib.Path)

    arguments = house.parse_root(__doc__, add_arguments)
    table = house.load_table(arguments.root, "symbols.toml")
    findings = house.Findings(arguments.root)
    for archive in arguments.archives:
        check_archive(table, findings, archive)
    return findings.finish(f"symbols, {len(arguments.archives)} libraries")


if __name__ == "__main__":
    house.run(main)
