"""wringer score: planted bugs under the generic swarm, from end to end.

Usage: score_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import json
import sys
import unittest

import house
from house import wringer

# A bug of any model that falls in a few runs, and one that 2 runs do not show.
EASY = "wal_ack_before_sync"
RARE = "raft_commits_old_term"


def score(*args):
    done = wringer("score", "--json", "-j", "2", *args)
    return done, json.loads(done.stdout) if done.stdout else None


class Score(unittest.TestCase):
    def test_easy_bugs_are_detected_and_their_runs_can_be_repeated(self):
        rows = {EASY: ("WAL-04", "any"),
                "raft_truncates_always": ("RFT-10", "raft"),
                "quorum_hints_count": ("QRM-02", "quorum")}
        words = [word for name in rows for word in ("--mutant", name)]
        done, doc = score(*words, "--runs", "20")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIs(doc["passed"], True)
        self.assertEqual(doc["false_alarms"], 0)
        self.assertEqual(len(doc["mutants"]), len(rows))
        for row in doc["mutants"]:
            with self.subTest(row["mutant"]):
                self.assertEqual((row["row"], row["model"]),
                                 rows[row["mutant"]])
                self.assertEqual(row["stage"], "detected")
                self.assertGreaterEqual(row["reached"], row["infected"])
                shown = self.again(row, f'mutants=["{row["mutant"]}"]')
                self.assertEqual(shown["verdict"]["violation"], row["check"])
                self.assertTrue(self.again(row, "mutants=[]")["passed"])
        runs = sorted(row["runs"] for row in doc["mutants"])
        self.assertEqual(doc["effort"]["runs_median"], runs[1])
        self.assertEqual(doc["effort"]["runs_p95"], runs[2])

    def again(self, row, setting):
        model = [] if row["model"] == "any" else ["--model", row["model"]]
        done = wringer("run", "--swarm", *model, "--seed", row["seed"],
                       "--set", setting, "--json", "--no-keep")
        return json.loads(done.stdout)

    def test_the_number_of_workers_changes_nothing(self):
        args = ("--mutant", EASY, "--mutant", RARE, "--runs", "4")
        one = wringer("score", "--json", "-j", "1", *args).stdout
        two = wringer("score", "--json", "-j", "3", *args).stdout
        self.assertEqual(one, two)

    def test_a_missed_bug_fails_the_self_test_unless_it_may_be_missed(self):
        done, doc = score("--mutant", RARE, "--runs", "2")
        self.assertEqual(done.returncode, 6, done.stdout)
        self.assertIs(doc["passed"], False)
        self.assertEqual(doc["mutants"][0]["runs"], 2)
        done, doc = score("--mutant", RARE, "--runs", "2", "--may-miss", RARE)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIs(doc["passed"], True)

    def test_the_table_names_what_was_missed(self):
        done = wringer("score", "--mutant", RARE, "--runs", "2")
        self.assertIn("0 of 1 detected", done.stdout)
        self.assertIn(f"missed: {RARE}", done.stdout)
        self.assertIn("FAIL   mutants that are required were missed",
                      done.stdout)

    def test_a_clean_run_that_fails_is_a_false_alarm(self):
        # No system answers half of all operations within a microsecond.
        strict = ("--set", 'expect.latency.p50="1us"')
        done, doc = score("--mutant", EASY, "--runs", "2", *strict)
        self.assertEqual(done.returncode, 6, done.stdout + done.stderr)
        self.assertEqual(doc["false_alarms"], 2)
        self.assertNotEqual(doc["mutants"][0]["stage"], "detected")
        done = wringer("score", "--mutant", EASY, "--runs", "2", *strict)
        self.assertIn("2 of 2 runs without a mutant failed", done.stdout)
        self.assertIn("false alarms without a mutant", done.stdout)

    def test_what_cannot_be_scored_is_refused(self):
        done, _ = score("--mutant", "wal_ack_before_sink")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no mutant is named", done.stderr)
        self.assertIn(f'did you mean "{EASY}"?', done.stderr)
        done, _ = score("--runs", "0")
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main(argv=house.set_up(sys.argv), verbosity=1)
