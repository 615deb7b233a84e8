"""wringer doctor, corpus and bisect.

Usage: tools_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import json
import os
import subprocess
import sys
import unittest

import house
from house import TINY, InScratch, wringer

BROKEN = TINY.replace("[run]", """seed = 7
mutants = ["wal_ack_before_sync"]
[run]""")
ONCE = '[regression]\nviolation = "safety/lost-ack"\n'


class Doctor(InScratch):
    def test_this_build_is_fit(self):
        done = wringer("doctor", "--json")
        doc = json.loads(done.stdout)
        sick = [c for c in doc["checks"] if c["health"] == "bad"]
        self.assertEqual(sick, [])
        self.assertEqual(done.returncode, 0, done.stderr)
        good = {c["name"] for c in doc["checks"] if c["health"] == "good"}
        for name in ("repeat", "digests", "canary", "workers", "bite crash",
                     "bite partition", "bite bit-rot", "bite membership"):
            self.assertIn(name, good)
        self.assertEqual(
            sum(c["name"].startswith("bite ") for c in doc["checks"]), 15)

    def test_outside_of_a_checkout_it_finds_its_own(self):
        done = wringer("doctor", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("3 as stored", done.stdout)


class DeepDoctor(InScratch):
    """doctor --deep in a checkout whose matrix is a script."""

    def setUp(self):
        super().setUp()
        self.tree = self.path("tree")
        for folder in ("scripts", "tests/golden"):
            os.makedirs(os.path.join(self.tree, folder))
        self.tree_file("scripts/wringer", "")
        self.tree_file("tiny.toml", TINY)
        run = json.loads(wringer("run", self.tiny, "--seed", "3",
                                 "--json").stdout)
        self.tree_file("tests/golden/digests.txt",
                       f"tiny.toml 0x3 {run['digest']}\n")

    def tree_file(self, name, text):
        path = os.path.join(self.tree, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def deep(self, matrix, *args):
        self.tree_file("scripts/determinism-matrix", f"#!/bin/sh\n{matrix}\n")
        return wringer("doctor", "--deep", *args, cwd=self.tree)

    def test_the_matrix_is_progress_and_its_end_a_diagnosis(self):
        done = self.deep("echo the table; echo words >&2; pwd", "--json")
        doc = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIs(doc["passed"], True)
        self.assertIn({"name": "matrix", "health": "good",
                       "text": "one digest under every compiler and "
                               "environment"}, doc["checks"])
        self.assertIn("as long as four full builds", done.stderr)
        self.assertIn("the table\nwords\n" + os.path.realpath(self.tree),
                      done.stderr)

    def test_a_difference_is_another_answer_than_a_matrix_that_failed(self):
        for code, expected in ((1, 3), (5, 5)):
            with self.subTest(code):
                done = self.deep(f"exit {code}")
                self.assertEqual(done.returncode, expected, done.stdout)
                self.assertIn(f"determinism-matrix ended with {code}",
                              done.stdout)
                self.assertIn("FAIL", done.stdout)


class Corpus(InScratch):
    def corpus(self, *args):
        return wringer("corpus", *args, "--dir", self.path("kept"),
                       "--seeds-file", self.path("seeds"))

    def test_a_fixed_bug_becomes_a_regression_that_is_verified(self):
        # The fix of a planted bug is to take it out, which `add` does.
        done = self.corpus("add", self.write(
            "bug.toml", BROKEN + '[expect]\nviolation = "safety/lost-ack"\n'))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path("kept/bug.toml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn('violation = "safety/lost-ack"', text)
        self.assertIn("mutants = []", text)
        done = self.corpus("verify")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("1 regressions, 0 came back", done.stdout)
        self.assertIn("bug.toml", self.corpus("list").stdout)
        again = self.corpus("add", self.path("bug.toml"))
        self.assertEqual(again.returncode, 2)
        self.assertIn("there already", again.stderr)

    def test_a_bug_that_comes_back_is_red(self):
        os.mkdir(self.path("kept"))
        self.write("kept/back.toml", BROKEN + ONCE)
        done = self.corpus("verify")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("1 came back", done.stdout)

    def test_a_bug_that_is_not_fixed_is_not_kept(self):
        broken = self.write("open.toml", BROKEN + ONCE)
        done = self.corpus("add", broken)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("still fails", done.stderr)
        self.assertFalse(os.path.exists(self.path("kept/open.toml")))

    def test_seeds_are_kept_for_what_they_show_and_pruned(self):
        broken = self.write("bug.toml", BROKEN)
        self.assertEqual(self.corpus("add", broken, "--seed", "9").returncode,
                         0)
        self.assertIn("1 of 1 seeds", self.corpus("verify").stdout)
        self.assertIn("0 of 1 seeds dropped", self.corpus("prune").stdout)
        self.write("bug.toml", BROKEN.replace("mutants =", "tags ="))
        done = self.corpus("prune")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1 of 1 seeds dropped", done.stdout)
        self.assertIn("no longer shows", done.stdout)

    def test_a_passing_seed_is_not_kept(self):
        fine = self.write("fine.toml", BROKEN.replace("mutants =", "tags ="))
        done = self.corpus("add", fine, "--seed", "9")
        self.assertEqual(done.returncode, 2)
        self.assertIn("passes", done.stderr)

    def test_an_empty_corpus_verifies_nothing(self):
        self.assertEqual(self.corpus("verify").returncode, 4)


class Bisect(InScratch):
    """A history of nine commits whose tool is a script; the sixth breaks it, and
    one before it does not build."""

    def setUp(self):
        super().setUp()
        self.repo = self.path("repo")
        os.mkdir(self.repo)
        self.git("init", "-q", ".")
        self.write("s.toml", 'format = 1\nname = "x"\n')
        self.commits = []
        for number in range(1, 10):
            code = 1 if number >= 6 else 0
            with open(os.path.join(self.repo, "tool"), "w",
                      encoding="utf-8") as file:
                file.write(f"#!/bin/sh\n# {number}\nexit {code}\n")
            os.chmod(os.path.join(self.repo, "tool"), 0o755)
            with open(os.path.join(self.repo, "build"), "w",
                      encoding="utf-8") as file:
                file.write(f"exit {1 if number == 3 else 0}\n")
            self.git("add", ".")
            self.git("commit", "-q", "-m", f"change {number}")
            self.commits.append(self.git("rev-parse", "HEAD"))

    def git(self, *args):
        env = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null",
                   GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b",
                   GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@b")
        return subprocess.run(["git", *args], cwd=self.repo, env=env,
                              check=True, capture_output=True,
                              text=True).stdout.strip()

    def bisect(self, *args):
        return wringer("bisect", self.path("s.toml"), "--build", "sh build",
                       "--tool", "tool", *args, cwd=self.repo)

    def test_the_breaking_commit_is_named(self):
        done = self.bisect("--good", self.commits[0])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.strip(),
                         f"first bad commit: {self.commits[5]} change 6")

    def test_the_checkout_is_left_as_it_was(self):
        before = self.git("status", "--porcelain", "--branch")
        self.bisect("--good", self.commits[0])
        self.assertEqual(self.git("status", "--porcelain", "--branch"), before)
        self.assertEqual(len(self.git("worktree", "list").splitlines()), 1)

    def test_ends_that_are_not_good_and_bad_are_refused(self):
        done = self.bisect("--good", self.commits[6])
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("fails already", done.stderr)
        done = self.bisect("--good", self.commits[0], "--bad", self.commits[1])
        self.assertEqual(done.returncode, 2)
        self.assertIn("does not fail", done.stderr)
        done = self.bisect("--good", "nonsense")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no revision", done.stderr)

    def test_a_revision_that_does_not_build_cannot_judge(self):
        done = self.bisect("--good", self.commits[2])
        self.assertEqual(done.returncode, 125, done.stdout)


if __name__ == "__main__":
    unittest.main(argv=house.set_up(sys.argv), verbosity=1)
