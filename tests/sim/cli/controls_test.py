"""Positive controls: every cell of the expectation matrix that a row of
scenarios/README.md claims to show is shown by the scenario it names.

Usage: controls_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import json
import os
import re
import sys
import unittest

import house
from house import wringer

CLASSES = ["no fault", "crash", "power loss", "partition", "pause, clocks",
           "disk damage", "reconfiguration"]
CLASS_OF = {"crash": "crash", "power-loss": "power loss",
            "partition": "partition", "link": "partition",
            "pause": "pause, clocks", "clock-step": "pause, clocks",
            "clock-drift": "pause, clocks", "clock-freeze": "pause, clocks",
            "slow-disk": "pause, clocks", "wipe": "disk damage",
            "bit-rot": "disk damage", "io-error": "disk damage",
            "disk-full": "disk damage", "config": "reconfiguration",
            "membership": "reconfiguration"}
LIN, DUR = "linearizability", "acknowledged writes"
SESSIONS, CONV = "sessions", "convergence"
BITS = {"kNothing": set(), "kLin": {LIN}, "kDur": {DUR},
        "kSessions": {SESSIONS}, "kConv": {CONV},
        "kLost": {LIN, DUR, SESSIONS}}
# What a finding of a check or an oracle stands for.
HAZARD_OF = {"lost-ack": DUR, "split-brain": LIN, "stale-read": LIN,
             "dirty-read": LIN, "non-linearizable": LIN,
             "read-your-writes": SESSIONS, "non-monotonic-read": SESSIONS,
             "reordered-writes": SESSIONS, "divergence": CONV}
MODEL_OF = {"single": "single", "primary-backup": "primary_backup",
            "semi-sync": "primary_backup", "raft": "raft", "quorum": "quorum"}


def read(*path):
    with open(os.path.join(house.SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def matrix():
    """(design, class of faults) -> what may be violated; only cells where
    something may."""
    cells = {}
    rows = re.findall(r'\{"([^"]+)",\s*\{\{([^}]+)\}\}\}',
                      read("sim", "cli", "expectation.cc"))
    for design, cell_text in rows:
        for name, text in zip(CLASSES, cell_text.split(","), strict=True):
            may = set()
            for bit in text.split("|"):
                may |= BITS[bit.strip()]
            if may:
                cells[design, name] = may
    return cells


def controls():
    """The rows of the table: (design, class, hazards, scenario)."""
    text = read("scenarios", "README.md")
    section = text.split("## Positive controls")[1].split("\n## ")[0]
    found = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| `([^`|]+)` \|$",
                       section, re.MULTILINE)
    return section, [(design, name, set(shown.split(" + ")), path)
                     for design, name, shown, path in found]


class Controls(unittest.TestCase):
    def test_the_matrix_is_read(self):
        self.assertGreater(len(matrix()), 50)
        self.assertGreater(len(controls()[1]), 10)

    def test_every_row_is_a_cell_that_may_be_violated(self):
        cells = matrix()
        for design, name, shown, path in controls()[1]:
            with self.subTest(design=design, faults=name, scenario=path):
                self.assertIn((design, name), cells)
                self.assertLessEqual(shown, cells[design, name])

    def test_the_number_of_cells_without_a_control_is_the_one_stated(self):
        section, rows = controls()
        missing = sorted(set(matrix()) - {row[:2] for row in rows})
        stated = re.search(r"(\d+) cells have none", section)
        self.assertIsNotNone(stated)
        self.assertEqual(int(stated[1]), len(missing), missing)

    def test_every_scenario_shows_what_its_rows_say(self):
        rows = controls()[1]
        for path in sorted({row[3] for row in rows}):
            done = wringer("run", f"scenarios/{path}", "--no-keep", "--json")
            self.assertEqual(done.returncode, 0, f"{path}: {done.stderr}")
            self.judge(path, json.loads(done.stdout),
                       [row for row in rows if row[3] == path])

    def judge(self, path, run, rows):
        kinds = {finding["kind"] for check in run["checks"]
                 for finding in check["findings"]}
        shown = {HAZARD_OF[kind] for kind in kinds}
        faults = ({CLASS_OF[entry["kind"]] for entry in run["ledger"]}
                  or {"no fault"})
        text = read("scenarios", path)
        for design, name, hazards, _ in rows:
            with self.subTest(scenario=path, design=design, faults=name):
                self.assertLessEqual(hazards, shown)
                self.assertIn(name, faults)
                model = MODEL_OF[re.split("[ ,]", design)[0]]
                self.assertIn(f'= "{model}"', text)


if __name__ == "__main__":
    unittest.main(argv=house.set_up(sys.argv), verbosity=2)
