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
    def test_every_planted_bug_has_its_story(self):
        self.assertEqual(planted(), set(stories()))

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
