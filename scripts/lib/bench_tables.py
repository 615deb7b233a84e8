"""Runs the benchmarks and prints their tables (what: bench_rows.py).

Every figure is the least of its repetitions, in CPU time: on a machine that
others use too the least is what repeats. Peers run between our own benchmarks,
so that a ratio compares two figures of the same minutes. Instructions per
operation come from the gates (ctest, label bench-gate). Exit: 0, or 1 if a gate
is broken.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

import bench_rows

NS_PER = {"ns": 1, "us": 1e3, "ms": 1e6}
NS3_SCHEDULERS = ("ns3::PriorityQueueScheduler", "ns3::MapScheduler")
GATE = re.compile(r"(\S+), (\d+) pending: (\d+) instructions per operation "
                  r"\(gate (\d+)\)")


def google_benchmark(binary, names, repetitions):
    """{"NAME": ns per operation, "NAME@COUNTER": value}, of each the best."""
    pattern = "^(" + "|".join(re.escape(n) for n in names) + ")$"
    done = subprocess.run(
        [binary, f"--benchmark_filter={pattern}", "--benchmark_format=json",
         f"--benchmark_repetitions={repetitions}",
         "--benchmark_enable_random_interleaving=true",
         "--benchmark_min_time=0.1"],
        capture_output=True, text=True, check=True)
    best = {}
    for run in json.loads(done.stdout)["benchmarks"]:
        if run["run_type"] != "iteration":
            continue
        if run.get("error_occurred"):
            sys.exit(f"{binary}: {run['run_name']}: {run['error_message']}")
        name = run["run_name"]
        if "items_per_second" in run:
            values = {name: 1e9 / run["items_per_second"]}
        else:
            values = {name: run["cpu_time"] * NS_PER[run["time_unit"]]}
        if "peak_MiB" in run:
            values[f"{name}@peak_MiB"] = run["peak_MiB"]
        for key, value in values.items():
            best[key] = min(value, best.get(key, value))
        if "commands_per_s" in run:
            key = f"{name}@commands_per_s"
            best[key] = max(run["commands_per_s"], best.get(key, 0))
    return best


def cpu_seconds(command, root):
    """CPU time of one process, user and system."""
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {child.returncode}")
    return usage.ru_utime + usage.ru_stime


def simulated_seconds(scenario):
    return int(re.search(r'^length = "(\d+)s"', scenario.read_text(),
                         re.M).group(1))


class Bench:
    """Figures by key; None for a peer that is not here."""

    def __init__(self, root, build, repetitions):
        self.root, self.build = root, build
        self.repetitions = repetitions
        self.figures = {}

    def measure(self, keys):
        grouped = {}
        for key in keys:
            source, name = key.split(":", 1)
            grouped.setdefault(source, []).append(name)
        for source, names in grouped.items():
            say(f"{source}: {len(names)} figures")
            if source.endswith("_bench"):
                self.own(source, names)
            elif source in ("ns-3", "SimGrid"):
                self.peer(source, names)
            else:
                self.runs(source, names)

    def own(self, binary, names):
        plain = sorted({name.split("@")[0] for name in names})
        # A process a benchmark where its peak memory is read.
        alone = any(name.endswith("@peak_MiB") for name in names)
        for batch in ([name] for name in plain) if alone else (plain,):
            found = google_benchmark(self.build / "tests/bench" / binary, batch,
                                     self.repetitions)
            for name, value in found.items():
                self.figures[f"{binary}:{name}"] = value

    def peer(self, peer, names):
        binary = {"ns-3": "ns3_peer", "SimGrid": "simgrid_peer"}[peer]
        path = self.build / "tests/bench/peers" / binary
        if not path.exists():
            say(f"{peer} is not installed: its columns stay empty")
            return
        variants = [[s] for s in NS3_SCHEDULERS] if peer == "ns-3" else [[]]
        for name in names:
            workload, pending = name.split("/")
            values = []
            for _ in range(2):
                for variant in variants:
                    done = subprocess.run(
                        [path, *variant, workload, pending], text=True,
                        capture_output=True, check=True)
                    values.append(float(done.stdout.split()[-1]))
            self.figures[f"{peer}:{name}"] = min(values)

    def runs(self, source, names):
        wringer = str(self.build / "sim/cli/wringer")
        for name in names:
            seconds = min(cpu_seconds([wringer, "run", name], self.root)
                          for _ in range(min(5, self.repetitions)))
            self.figures[f"{source}:{name}"] = (
                simulated_seconds(self.root / name) / seconds
                if source == "run" else seconds * 1e9)


def say(text):
    print(text, file=sys.stderr, flush=True)


def scaled(row, value):
    return value / NS_PER.get(row.unit, 1)


def number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}"


def peer_text(row, figures):
    ours, parts = figures[row.key], []
    for name, key in row.peers:
        if key in figures:
            theirs = figures[key]
            parts.append(f"{name} {number(scaled(row, theirs))} "
                         f"({theirs / ours:.1f}x)")
        else:
            parts.append(f"{name} not installed")
    return ", ".join(parts)


def is_met(row, figures):
    """True, False, or None where a peer that the goal names is missing."""
    goal, ours = row.goal, figures[row.key]
    value = scaled(row, ours)
    if goal.at_most is not None and value > goal.at_most:
        return False
    if goal.at_least is not None and value < goal.at_least:
        return False
    answers = [figures[key] >= times * ours if key in figures else None
               for key, times in goal.times.items()]
    if False in answers:
        return False
    return None if None in answers else True


# What std::priority_queue takes on the quiet machine that the goals were
# written on, by pending events: how far this run is from it.
QUIET_NS = {1000: 49, 100000: 97}


def print_machine(bench):
    load = "%.0f" % os.getloadavg()[1]
    print(f"Least of {bench.repetitions} repetitions in CPU time; load of the "
          f"machine {load} on {os.cpu_count()} processors.")
    for pending, quiet in QUIET_NS.items():
        here = bench.figures[f"event_queue_bench:Hold<HeapHold>/{pending}"]
        print(f"std::priority_queue with {pending:,} pending: {here:.0f} ns, "
              f"{here / quiet:.1f} times the {quiet} ns of the quiet machine "
              "that the goals are for.")
    print()


def print_figures(figures):
    print("| measure | ours | in the same run |\n|---|---|---|")
    for row in bench_rows.ROWS:
        value = scaled(row, figures[row.key])
        print(f"| {row.what} | {number(value)} {row.unit} "
              f"| {peer_text(row, figures)} |")


def print_goals(figures):
    words = {True: "yes", False: "**no**", None: "peer missing"}
    print("\n| goal | bar | figure | met |\n|---|---|---|---|")
    for row in bench_rows.ROWS:
        if row.goal is None:
            continue
        value = scaled(row, figures[row.key])
        print(f"| {row.what} | {row.goal.text} | {number(value)} {row.unit} "
              f"| {words[is_met(row, figures)]} |")


def print_gates(build):
    """True iff none is broken."""
    done = subprocess.run(
        ["ctest", "--test-dir", build, "-L", "bench-gate", "-V"],
        capture_output=True, text=True, check=False)
    print("\n| workload | pending | instructions per operation | gate |\n"
          "|---|---|---|---|")
    for name, pending, per, limit in GATE.findall(done.stdout):
        print(f"| {name} | {int(pending):,} | {int(per):,} "
              f"| {int(limit):,} |")
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()
    bench = Bench(options.root, options.build, options.repetitions)
    say("load of this machine: %.1f %.1f %.1f" % os.getloadavg())
    bench.measure(key for row in bench_rows.ROWS
                  for key in (row.key, *(k for _, k in row.peers)))
    print_machine(bench)
    print_figures(bench.figures)
    print_goals(bench.figures)
    if not print_gates(options.build):
        say("a gate is broken: ctest -L bench-gate says which")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
