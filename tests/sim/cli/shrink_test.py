"""From a failing seed to a small regression: run, replay, explain, shrink.

Usage: shrink_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

WRINGER = ""
SOURCE = ""

ASYNC = "scenarios/gallery/async-failover.toml"
SWARM = "scenarios/swarm/primary_backup.toml"
PLANTED = ["--set", 'mutants=["pb_visible_before_ack"]']
FAILING = ["--seed", "5", *PLANTED]


class Cli(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def environment(self):
        return dict(os.environ, NO_COLOR="1", LANG="C.UTF-8",
                    WRINGER_OUT=self.folder.name)

    def wringer(self, *args):
        return subprocess.run([WRINGER, *args], capture_output=True, text=True,
                              cwd=SOURCE, env=self.environment(), timeout=250,
                              check=False)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def capsule(self):
        """A capsule of a run in which the planted bug shows."""
        done = self.wringer("run", SWARM, *FAILING)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("Verified replayed once: same digest", done.stdout)
        found = glob.glob(self.path("*-run-*/findings/*/capsule.toml"))
        self.assertEqual(len(found), 1, done.stdout)
        self.assertIn(f"replay {found[0]}", done.stdout)
        return found[0]


class Replay(Cli):
    def test_a_failing_run_is_kept_with_all_that_is_needed(self):
        capsule = self.capsule()
        folder = os.path.dirname(capsule)
        self.assertEqual(sorted(os.listdir(folder)),
                         ["README.txt", "capsule.toml", "history.jsonl",
                          "trace.txt"])
        self.assertLess(os.path.getsize(capsule), 64 << 10)
        with open(os.path.join(folder, "trace.txt"), encoding="utf-8") as file:
            self.assertIn("msg.recv", file.read())
        self.assertTrue(os.path.islink(self.path("latest")))

    def test_a_passing_run_keeps_nothing(self):
        self.wringer("run", "scenarios/smoke/three_nodes.toml", "--seed", "5")
        self.assertEqual(os.listdir(self.folder.name), [])

    def test_a_capsule_is_the_same_run_again(self):
        done = self.wringer("replay", self.capsule())
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("and the digest agree", done.stdout)
        self.assertIn("same verdict: safety/", done.stdout)

    def test_another_chain_is_three_and_says_from_where(self):
        capsule = self.capsule()
        with open(capsule, encoding="utf-8") as file:
            text = file.read()
        marks = re.findall(r'"(\d+)\.(\d+)\.([0-9a-f]{16})"', text)
        self.assertGreater(len(marks), 4)
        for _, _, digest in marks[2:]:
            text = text.replace(digest, digest[::-1])
        with open(capsule, "w", encoding="utf-8") as file:
            file.write(text)
        done = self.wringer("replay", capsule)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        after, last = int(marks[1][0]), int(marks[2][0])
        self.assertIn(f"equal up to event {after:,}, different by event "
                      f"{last:,}", done.stdout)
        self.assertIn(f"last agreed  #{after}  ", done.stdout)
        self.assertIn("the capsule is from another program", done.stdout)
        forced = self.wringer("replay", capsule, "--force")
        self.assertEqual(forced.returncode, 1, forced.stdout)

    def test_until_stops_and_compares_what_there_is(self):
        done = self.wringer("replay", self.capsule(), "--until", "1s")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("up to here", done.stdout)
        self.assertIn("STOPPED", done.stdout)

    def test_a_trace_window_shows_only_its_lines(self):
        done = self.wringer("replay", self.capsule(), "--trace-window",
                            "100ms..110ms", "--log", "network")
        times = [float(t) for t in re.findall(r"(?m)^(\d+\.\d{9}) n", 
                                              done.stdout)]
        self.assertTrue(times)
        self.assertGreaterEqual(min(times), 0.1)
        self.assertLessEqual(max(times), 0.11)

    def test_a_place_that_is_none_is_a_usage_error(self):
        done = self.wringer("replay", ASYNC, "--stop-at", "soon")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--stop-at", done.stderr)


class Explain(Cli):
    def test_a_lost_write_is_told_with_messages_and_durability(self):
        done = self.wringer("explain", ASYNC)
        self.assertEqual(done.returncode, 0, done.stderr)
        for words in ("What happened to k", "Rule broken", "[lose]",
                      "power-loss on n1", "Messages and durability behind it",
                      "is durable   <- its disk answers",
                      "n2, n3 had never had entry",
                      "sent by c"):
            self.assertIn(words, done.stdout)

    def test_a_broken_rule_is_told_by_the_entry_it_is_about(self):
        done = self.wringer("explain", "scenarios/smoke/three_nodes.toml",
                            "--seed", "3", "--set",
                            'mutants=["wal_ack_before_sync"]')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("safety/promise", done.stdout)
        for words in ("What was seen", 'rule "promise"',
                      "What the nodes went through", "node.role",
                      "Messages and durability behind it"):
            self.assertIn(words, done.stdout)
        self.assertRegex(done.stdout, r"n\d +has entry \d+   <- sent by")

    def test_nothing_is_explained_where_nothing_broke(self):
        done = self.wringer("explain", "scenarios/smoke/three_nodes.toml",
                            "--seed", "5")
        self.assertEqual(done.returncode, 0)
        self.assertIn("nothing to explain", done.stdout)


class Shrink(Cli):
    def test_a_planted_bug_becomes_a_small_file_that_shows_it(self):
        small = self.path("small.toml")
        done = self.wringer("shrink", SWARM, *FAILING, "-o", small, "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        doc = json.loads(done.stdout)
        self.assertTrue(doc["verified"])
        self.assertLessEqual(doc["after"]["faults"], 5)
        self.assertLessEqual(doc["after"]["operations"], 10)
        self.assertLess(doc["after"]["length_ns"], doc["before"]["length_ns"])
        again = self.wringer("run", small)
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertIn(f"shows {doc['violation']}", again.stdout)
        # Without the planted bug it must not show: the file is about the bug.
        fixed = self.wringer("run", small, "--set", "mutants=[]")
        self.assertEqual(fixed.returncode, 1, fixed.stdout)
        with open(small, encoding="utf-8") as file:
            text = file.read()
        for words in ("# Not needed:", "other seeds", "script = [",
                      "[expect]\nviolation"):
            self.assertIn(words, text)
        self.assertLess(len(text), 4000)

    def test_a_capsule_is_shrunk_beside_itself(self):
        capsule = self.capsule()
        done = self.wringer("shrink", capsule, "--no-probe", "-j", "1")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        small = os.path.join(os.path.dirname(capsule), "min.toml")
        self.assertIn(small, done.stdout)
        self.assertEqual(self.wringer("run", small).returncode, 0)

    def test_the_result_does_not_depend_on_the_number_of_workers(self):
        files = []
        for workers in ("1", "3"):
            files.append(self.path(f"{workers}.toml"))
            self.wringer("shrink", SWARM, *FAILING, "--no-probe", "-j", workers,
                         "-o", files[-1])
        texts = []
        for name in files:
            with open(name, encoding="utf-8") as file:
                texts.append(re.sub(r"# .*\n", "", file.read()))
        self.assertEqual(texts[0], texts[1])

    def test_a_seed_that_passes_is_nothing_to_shrink(self):
        done = self.wringer("shrink", SWARM, "--seed", "4")
        self.assertEqual(done.returncode, 2)
        self.assertIn("nothing to shrink", done.stderr)

    def test_interrupted_it_leaves_the_best_so_far(self):
        small = self.path("small.toml")
        with subprocess.Popen(
                [WRINGER, "shrink", ASYNC, "-j", "1", "-o", small], cwd=SOURCE,
                env=self.environment(), stdout=subprocess.PIPE, text=True,
                stderr=subprocess.DEVNULL) as process:
            for line in process.stdout:
                if line.startswith("  operations"):
                    break
            time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            rest = process.stdout.read()
            self.assertEqual(process.wait(timeout=120), 130, rest)
        self.assertIn("INTERRUPTED   the best so far", rest)
        self.assertEqual(self.wringer("run", small).returncode, 0)


if __name__ == "__main__":
    WRINGER, SOURCE = sys.argv[1], sys.argv[2]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=1)
