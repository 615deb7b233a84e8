"""The chapter of classic bugs: each planted bug has a scenario that shows it,
by the check the file names, and that is clean without it.

Usage: mutants_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import glob
import json
import os
import re
import sys
import unittest

import house
from house import wringer

# Planted, and without a scenario of their own so far. The data-driven tests of
# the protocols (tests/testdata) hold most of them. A name that gains a file
# leaves this list, or the test fails.
NOT_YET = {
    "installs_older_snapshot", "lease_not_rechecked",
    "pb_claims_asked_level", "raft_joint_counts_union",
}


def planted():
    path = os.path.join(house.SOURCE, "engine", "base", "mutants.def")
    with open(path, encoding="utf-8") as file:
        return set(re.findall(r'WR_MUTANT_DEF\(\w+, "(\w+)"', file.read()))


def stories():
    folder = os.path.join(house.SOURCE, "scenarios", "mutants")
    return {os.path.basename(path)[:-len(".toml")]: path
            for path in glob.glob(os.path.join(folder, "*.toml"))}


def verdict(path, *words):
    done = wringer("run", path, "--json", "--no-keep", *words)
    return done.returncode, json.loads(done.stdout)["verdict"]


class ClassicBugs(unittest.TestCase):
    def test_every_planted_bug_has_its_story_or_is_known_to_lack_one(self):
        self.assertEqual(planted() - set(stories()), NOT_YET)
        self.assertEqual(set(stories()) - planted(), set())

    def test_a_story_shows_its_bug_and_is_clean_without(self):
        self.assertTrue(stories())
        for name, path in sorted(stories().items()):
            with self.subTest(name):
                with open(path, encoding="utf-8") as file:
                    self.assertIn(f'mutants = ["{name}"]', file.read())
                code, shown = verdict(path)
                self.assertEqual(code, 0, shown)
                self.assertIn(shown["expected"],
                              [v["id"] for v in shown["violations"]])
                code, clean = verdict(path, "--set", "mutants=[]")
                # What the file expects does not appear, and nothing else does.
                self.assertEqual(code, 1)
                self.assertEqual(clean["violations"], [])
                self.assertFalse(clean["inconclusive"])


if __name__ == "__main__":
    unittest.main(argv=house.set_up(sys.argv), verbosity=1)
