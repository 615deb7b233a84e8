"""wringer doctor, corpus and bisect.

Usage: tools_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import glob
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
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


class History(InScratch):
    """A repository of nine commits whose tool is a script."""

    # Commit -> what its tool finds. The third does not build.
    found = {n: ["safety/lost-ack"] for n in (6, 7, 8, 9)}

    def setUp(self):
        super().setUp()
        self.repo = self.path("repo")
        os.mkdir(self.repo)
        self.git("init", "-q", ".")
        self.write("s.toml", 'format = 1\nname = "x"\nseed = 1\n')
        self.commits = []
        for number in range(1, 10):
            self.repo_file("tool", self.tool(self.found.get(number, [])) +
                           f"# {number}\n")
            self.repo_file("build", f"echo made; exit {int(number == 3)}\n")
            self.git("add", ".")
            self.git("commit", "-q", "-m", f"change {number}")
            self.commits.append(self.git("rev-parse", "HEAD"))

    def tool(self, ids):
        found = json.dumps({"verdict":
                            {"violations": [{"id": i} for i in ids]}})
        return f"#!/bin/sh\necho '{found}'\nexit {1 if ids else 0}\n"

    def repo_file(self, name, text):
        path = os.path.join(self.repo, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def git(self, *args):
        env = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null",
                   GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b",
                   GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@b")
        return subprocess.run(["git", *args], cwd=self.repo, env=env,
                              check=True, capture_output=True,
                              text=True).stdout.strip()

    def words(self, *args, scenario=""):
        return ["bisect", scenario or self.path("s.toml"), "--build",
                "sh build", "--tool", "tool", *args]

    def bisect(self, *args, scenario=""):
        return wringer(*self.words(*args, scenario=scenario), cwd=self.repo)

    def assert_names(self, number, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.strip(), "first bad commit: "
                         f"{self.commits[number - 1]} change {number}")


class Bisect(History):
    def test_the_breaking_commit_is_named(self):
        done = self.bisect("--good", self.commits[0])
        self.assert_names(6, done)
        # Which revision, what was left to do, and what it showed.
        for words in ("revisions left to test", " change 6\n",
                      "fails: safety/lost-ack", "holds"):
            self.assertIn(words, done.stderr)

    def test_as_json(self):
        done = self.bisect("--good", self.commits[0], "--json")
        self.assertEqual(json.loads(done.stdout), {
            "format": "wringer-bisect-1", "first_bad": self.commits[5],
            "subject": "change 6", "violation": "safety/lost-ack", "left": []})

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

    def test_without_a_seed_every_revision_would_run_another_run(self):
        free = self.write("free.toml", 'format = 1\nname = "x"\n')
        done = self.bisect("--good", self.commits[0], scenario=free)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("fixes no seed", done.stderr)
        self.assert_names(6, self.bisect("--good", self.commits[0], "--seed",
                                         "7", scenario=free))

    def test_ctrl_c_takes_the_worktree_away(self):
        words = self.words("--good", self.commits[0])
        words[words.index("sh build")] = "touch ../started; sleep 60"
        process = subprocess.Popen(
            [house.WRINGER, *words], cwd=self.repo, start_new_session=True,
            env=house.environment({"TMPDIR": self.folder}),
            stderr=subprocess.PIPE, text=True)
        for _ in range(300):
            if glob.glob(self.path("wringer-bisect-*/started")):
                break
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, said)
        self.assertIn("interrupted", said)
        self.assertEqual(glob.glob(self.path("wringer-bisect-*")), [])
        self.assertEqual(len(self.git("worktree", "list").splitlines()), 1)


class BisectAmongOthers(History):
    """Another bug was there for a while, and was mended."""

    found = {4: ["safety/fence"], 5: ["safety/fence"], **History.found}

    def test_what_another_bug_shows_is_not_this_one(self):
        done = self.bisect("--good", self.commits[0], "--json")
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual(document["first_bad"], "")
        # The third does not build, so it cannot be told from them either.
        self.assertEqual(set(document["left"]), set(self.commits[2:6]))
        self.assertIn("fails in another way than safety/lost-ack: safety/fence",
                      done.stderr)

    def test_what_counts_can_be_said(self):
        done = self.bisect("--good", self.commits[3], "--violation",
                           "safety/lost-ack")
        self.assertEqual(done.returncode, 125, done.stdout + done.stderr)
        done = self.bisect("--good", self.commits[1], "--bad",
                           self.commits[4], "--violation", "safety/fence")
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn("could be any of", done.stdout)
        self.assertIn(self.commits[3], done.stdout)


class BisectForReal(History):
    """The tool is this build; from the sixth commit on a bug is planted."""

    found = {n: ["planted"] for n in (6, 7, 8, 9)}

    def tool(self, ids):
        bug = "--set 'mutants=[\"wal_ack_before_sync\"]'" if ids else ""
        return f"#!/bin/sh\nexec {shlex.quote(house.WRINGER)} \"$@\" {bug}\n"

    def test_a_scenario(self):
        scenario = self.write("real.toml",
                              BROKEN.replace("mutants =", "tags ="))
        done = self.bisect("--good", self.commits[0], scenario=scenario)
        self.assert_names(6, done)

    def test_a_capsule_with_its_own_violation(self):
        run = wringer("run", self.write("bug.toml", BROKEN), "--out",
                      self.results)
        self.assertEqual(run.returncode, 1, run.stdout)
        [capsule] = glob.glob(self.latest("findings/*/capsule.toml"))
        with open(capsule, encoding="utf-8") as file:
            text = re.sub(r"^mutants = .*$", "mutants = []", file.read(),
                          flags=re.MULTILINE)
        found = re.search(r'violation *= *"([a-z/-]+)"', text)[1]
        done = self.bisect("--good", self.commits[0], "--json",
                           scenario=self.write("capsule.toml", text))
        document = json.loads(done.stdout)
        self.assertEqual(document["first_bad"], self.commits[5], done.stderr)
        self.assertEqual(document["violation"], found)

    def test_a_story_that_shows_its_bug(self):
        story = self.write("story.toml",
                           BROKEN.replace("mutants =", "tags =") +
                           '[expect]\nviolation = "safety/promise"\n')
        self.assert_names(6, self.bisect("--good", self.commits[0],
                                         scenario=story))


if __name__ == "__main__":
    unittest.main(argv=house.set_up(sys.argv), verbosity=1)
