"""Runs scenarios under several builds and environments; compares digests.

The first --build is the reference. It runs in every environment of
ENVIRONMENTS, the other builds in the plain one. A cell is one execution of
`wringer run FILE --json`; it must exit 0, say "passed": true and print the
reference's digest. Anything else is a finding: the first one is shown with both
digests and the command that shows it again.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import shlex
import subprocess
import sys
import time

CELL_TIMEOUT_S = 600
SILENCE_S = 15  # at most, in a log
PARALLEL_RUNS = max(1, min(4, os.cpu_count() or 1))

NO_FMA = "glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4"

# name, command prefix, environment variables, what a difference would mean
ENVIRONMENTS = (
    ("again, other addresses", (), {},
     "an address or the order of a hash table leaks into the run"),
    ("addresses not randomised", ("setarch", "-R"), {},
     "an address or the order of a hash table leaks into the run"),
    ("libm without FMA and AVX2", (), {"GLIBC_TUNABLES": NO_FMA},
     "a libm function decides something"),
    # Freed and fresh memory is filled with a pattern, and every block of 4 KiB
    # is mapped on its own, so that blocks lie in another order.
    ("memory poisoned and scattered", (),
     {"MALLOC_PERTURB_": "165", "MALLOC_MMAP_THRESHOLD_": "4096"},
     "uninitialised memory is read, or addresses are compared"),
)


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table: a build in an environment."""
    name: str
    command: tuple
    environment: dict
    meaning: str

    def shell(self, scenario):
        """The command that repeats a cell by hand."""
        variables = [f"{k}={v}" for k, v in self.environment.items()]
        words = (["env"] + variables if variables else []) + list(self.command)
        return shlex.join(words + ["run", scenario, "--json"])


@dataclasses.dataclass
class Cell:
    """What one execution said. `error` is empty iff it is usable."""
    digest: str = ""
    error: str = ""
    seconds: float = 0.0


def run_cell(row, scenario):
    """Executes one cell; never raises for what the tool does."""
    started = time.monotonic()
    environment = {**os.environ, **row.environment}
    try:
        done = subprocess.run([*row.command, "run", scenario, "--json"],
                              env=environment, capture_output=True,
                              timeout=CELL_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return Cell(error=f"no answer within {CELL_TIMEOUT_S} s")
    except OSError as problem:
        return Cell(error=str(problem))
    cell = judge(done)
    cell.seconds = time.monotonic() - started
    return cell


def judge(done):
    """Reads the one JSON document that the tool printed."""
    if done.returncode != 0:
        tail = done.stderr.decode(errors="replace").strip().splitlines()[-12:]
        return Cell(error="\n".join([f"exit code {done.returncode}", *tail]))
    try:
        document = json.loads(done.stdout)
        digest, passed = document["digest"], document["passed"]
    except (ValueError, KeyError, TypeError) as problem:
        return Cell(error=f"stdout is not one run document: {problem!r}")
    if passed is not True:
        return Cell(error='"passed" is not true, yet the exit code is 0')
    if not isinstance(digest, str) or not digest:
        return Cell(error='"digest" is not a string with something in it')
    return Cell(digest=digest)


def can_run(command):
    try:
        return subprocess.run([*command, "true"], capture_output=True,
                              check=False).returncode == 0
    except OSError:
        return False


def libm_differs_without_fma():
    """True iff the tunable changes libm's results on this machine at all."""
    probe = ("import math,hashlib;print(hashlib.sha256(repr([(math.exp(x/7),"
             "math.log(x),math.sin(x)) for x in range(1,3000)])"
             ".encode()).hexdigest())")
    outputs = {
        subprocess.run([sys.executable, "-c", probe], capture_output=True,
                       env={**os.environ, **extra}, check=True).stdout
        for extra in ({}, {"GLIBC_TUNABLES": NO_FMA})}
    return len(outputs) == 2


def make_rows(builds):
    """The rows to run, and remarks on what this machine cannot show."""
    rows, remarks = [], []
    for i, (name, binary) in enumerate(builds):
        rows.append(Row(name, (binary,), {},
                        "the reference" if i == 0 else
                        "the compiler or its options decide something"))
    reference_name, reference = builds[0]
    for name, prefix, variables, meaning in ENVIRONMENTS:
        if prefix and not can_run(prefix):
            remarks.append(f"NOT RUN: {name}: this machine forbids "
                           f"`{' '.join(prefix)}`")
            continue
        rows.append(Row(f"{reference_name}, {name}", (*prefix, reference),
                        variables, meaning))
    if not libm_differs_without_fma():
        remarks.append("NOTE: on this processor libm gives the same results "
                       "with and without FMA, so that row proves little")
    return rows, remarks


class Progress:
    """How far it is, on stderr: redrawn on a terminal, else now and then."""

    def __init__(self, total):
        self.total, self.done = total, 0
        self.started = self.said = time.monotonic()
        self.live = sys.stderr.isatty()

    def step(self, scenario):
        self.done += 1
        now = time.monotonic()
        if now - self.said < (0.2 if self.live else SILENCE_S):
            return
        self.said = now
        text = (f"{self.done} of {self.total} runs, "
                f"{now - self.started:.0f} s   {scenario}")
        print(f"\r\x1b[K{text}" if self.live else f"determinism matrix: {text}",
              end="" if self.live else "\n", file=sys.stderr, flush=True)

    def end(self):
        if self.live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def run_all(rows, scenarios):
    """{(row name, scenario): Cell}, a few cells at a time."""
    progress = Progress(len(rows) * len(scenarios))
    with concurrent.futures.ThreadPoolExecutor(PARALLEL_RUNS) as pool:
        jobs = {pool.submit(run_cell, row, scenario): (row.name, scenario)
                for scenario in scenarios for row in rows}
        for job in concurrent.futures.as_completed(jobs):
            progress.step(jobs[job][1])
        progress.end()
        return {key: job.result() for job, key in jobs.items()}


def print_table(rows, scenarios, cells):
    width = max(len(row.name) for row in rows)
    print(f"{'':{width}}   equal  differ  failed   run time")
    for row in rows:
        mine = [cells[row.name, s] for s in scenarios]
        failed = sum(bool(c.error) for c in mine)
        differ = sum(not c.error and c.digest != cells[rows[0].name, s].digest
                     for c, s in zip(mine, scenarios))
        seconds = sum(c.seconds for c in mine)
        print(f"{row.name:{width}}  {len(mine) - failed - differ:6}  "
              f"{differ:6}  {failed:6}  {seconds:8.1f} s")


def find_differences(rows, scenarios, cells):
    """Findings as (row, scenario, text), in the order of the scenarios."""
    found = []
    for scenario in scenarios:
        reference = cells[rows[0].name, scenario]
        for row in rows:
            cell = cells[row.name, scenario]
            if cell.error:
                found.append((row, scenario, cell.error))
            elif reference.error:
                continue  # nothing to compare with; reported above
            elif cell.digest != reference.digest:
                found.append((row, scenario,
                              f"digest {cell.digest}, the reference has "
                              f"{reference.digest}"))
    return found


def print_first(rows, found):
    row, scenario, text = found[0]
    print(f"\nfirst of {len(found)}: {scenario}\n  under {row.name}: "
          + text.replace("\n", "\n    "))
    if row is not rows[0]:
        print(f"  which would mean: {row.meaning}")
        print(f"  {rows[0].shell(scenario)}")
    print(f"  {row.shell(scenario)}")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", action="append", required=True,
                        metavar="NAME=BINARY")
    parser.add_argument("scenarios", nargs="*")
    arguments = parser.parse_args()
    # Names may hold a '=' of their own; paths of ours do not.
    pairs = (build.rsplit("=", 1) for build in arguments.build)
    arguments.build = [(name, os.path.join(".", os.path.relpath(path)))
                       for name, path in pairs]
    return arguments


def main():
    arguments = parse_arguments()
    scenarios = [s for s in arguments.scenarios if os.path.isfile(s)]
    if not scenarios or len(scenarios) != len(arguments.scenarios):
        gone = set(arguments.scenarios) - set(scenarios)
        print("determinism matrix: no such scenario file: "
              + (", ".join(sorted(gone)) or "(none given)"))
        return 1
    rows, remarks = make_rows(arguments.build)
    cells = run_all(rows, scenarios)
    print(f"determinism matrix: {len(scenarios)} scenarios, {len(rows)} ways")
    print_table(rows, scenarios, cells)
    for remark in remarks:
        print(remark)
    found = find_differences(rows, scenarios, cells)
    if found:
        print_first(rows, found)
        print("FAIL: not the same digest everywhere")
        return 1
    print(f"PASS: {len(scenarios)} scenarios have one digest each, "
          "however they are built and run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
