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
# What a finding stands for; whatever refutes the check "linearizable" also
# stands for LIN.
HAZARD_OF = {"lost-ack": DUR, "read-your-writes": SESSIONS,
             "non-monotonic-read": SESSIONS, "reordered-writes": SESSIONS,
             "divergence": CONV}


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
    """The rows of the table, (design, class, hazards, scenario)."""
    text = read("scenarios", "README.md")
    section = text.split("## Positive controls")[1].split("\n## ")[0]
    found = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| `([^`|]+)` \|$",
                       section, re.MULTILINE)
    return [(design, name, set(shown.split(" + ")), path)
            for design, name, shown, path in found]


class Controls(unittest.TestCase):
    def test_the_matrix_is_read(self):
        self.assertGreater(len(matrix()), 50)
        self.assertGreater(len(controls()), 10)

    def test_every_row_is_a_cell_that_may_be_violated(self):
        cells = matrix()
        for design, name, shown, path in controls():
            with self.subTest(design=design, faults=name, scenario=path):
                self.assertIn((design, name), cells)
                self.assertLessEqual(shown, cells[design, name])

    def test_every_hazard_is_shown(self):
        left = matrix()
        for design, name, shown, _ in controls():
            left[design, name] = left[design, name] - shown
        self.assertEqual({cell: may for cell, may in left.items() if may}, {})

    def test_no_control_is_without_a_row(self):
        used = {os.path.basename(row[3]) for row in controls()}
        stored = os.listdir(os.path.join(house.SOURCE, "scenarios", "controls"))
        self.assertEqual(set(stored) - used, set())

    def test_every_scenario_shows_what_its_rows_say(self):
        rows = controls()
        for path in sorted({row[3] for row in rows}):
            done = wringer("run", f"scenarios/{path}", "--no-keep", "--json")
            self.assertEqual(done.returncode, 0, f"{path}: {done.stderr}")
            self.judge(path, json.loads(done.stdout),
                       [row for row in rows if row[3] == path])

    def judge(self, path, run, rows):
        shown = {HAZARD_OF[finding["kind"]] for check in run["checks"]
                 for finding in check["findings"]
                 if finding["kind"] in HAZARD_OF}
        if any(check["name"] == "linearizable" and
               check["status"] == "violated" for check in run["checks"]):
            shown.add(LIN)
        faults = ({CLASS_OF[entry["kind"]] for entry in run["ledger"]}
                  or {"no fault"})
        for design, name, hazards, _ in rows:
            with self.subTest(scenario=path, design=design, faults=name):
                self.assertIn(design, run["scenario"]["design"].split("; "))
                self.assertLessEqual(hazards, shown)
                self.assertIn(name, faults)


if __name__ == "__main__":
    unittest.main(argv=house.set_up(sys.argv), verbosity=2)
