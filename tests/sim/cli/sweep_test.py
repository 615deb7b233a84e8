"""wringer sweep: results, resuming, kinds of failure, what CI reads.

Usage: sweep_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import json
import os
import sqlite3
import sys
import unittest
import xml.etree.ElementTree

import house
from house import MUTANT, TINY, InScratch, records

# Fires on every run and never has anything to hit: nothing is read from disk
# once a memory engine has started.
IDLE_FAULT = """
format = 1
name = "A fault that does nothing"
[run]
length = "400ms"
settle = "3s"
[workload]
clients = 2
[faults]
timeline = [
%s
]
"""


RAFT = """
[cluster]
config_service = "none"
[replication]
model = "raft"
"""


class Results(InScratch):
    def test_a_directory_holds_records_index_and_summaries(self):
        code, doc = self.sweep_json(self.tiny, "--seeds", "1..6", "-j", "2")
        self.assertEqual(code, 0, doc)
        self.assertEqual(doc["runs"], 6)
        for name in ("invocation.json", "findings.json", "summary.json",
                     "summary.md", "junit.xml"):
            self.assertTrue(os.path.exists(self.latest(name)), name)
        self.assertEqual(len(records(self.latest())[0]), 6)
        with sqlite3.connect(self.latest("index.sqlite")) as index:
            self.assertEqual(
                index.execute("select count(*) from runs").fetchone(), (6,))
            self.assertEqual(index.execute("pragma integrity_check")
                             .fetchone(), ("ok",))
        self.assertFalse(os.path.exists(self.latest("findings")))

    def test_the_summary_says_how_fast_it_was(self):
        done = self.sweep(self.tiny, "--seeds", "1..4")
        self.assertEqual(done.returncode, 0, done.stderr)
        for words in ("runs/s", "events/s", "x real time", "marks", "faults",
                      "goal"):
            self.assertIn(words, done.stdout)

    def test_runs_are_counted_and_numbers_of_runs_are_kept_to(self):
        self.assertEqual(self.sweep_json(self.tiny, "--runs", "3")[1]
                         ["runs"], 3)

    def test_time_is_kept_to(self):
        code, doc = self.sweep_json(self.tiny, "--for", "1s")
        self.assertEqual(code, 0)
        self.assertGreater(doc["runs"], 1)
        self.assertLess(doc["environment"]["real_ns"], 20e9)

    def test_one_record_a_line_on_stdout(self):
        done = self.sweep(self.tiny, "--seeds", "1..3", "--jsonl")
        seeds = {json.loads(line)["seed"] for line in done.stdout.splitlines()}
        self.assertEqual(seeds, {"0x1", "0x2", "0x3"})

    def test_a_story_of_a_folder_runs_with_its_own_seed_alone(self):
        with open(os.path.join(house.SOURCE, "scenarios/gallery/"
                               "clock-step.toml"), encoding="utf-8") as file:
            story = file.read()
        os.mkdir(self.path("all"))
        self.write("all/story.toml", story)
        self.write("all/tiny.toml", TINY)
        code, doc = self.sweep_json(self.path("all"), "--seeds", "50..52")
        self.assertEqual(code, 0, doc)
        seeds = {}
        for scenario, seed in records(self.latest())[0]:
            seeds.setdefault(os.path.basename(scenario), []).append(seed)
        self.assertEqual(len(seeds["story.toml"]), 1)
        self.assertEqual(len(seeds["tiny.toml"]), 3)


class Resume(InScratch):
    def test_what_is_done_is_not_done_again(self):
        everything = [self.tiny, "--seeds", "1..20"]
        done = self.sweep(*everything, "--runs", "7")
        self.assertEqual(done.returncode, 0, done.stderr)
        code, doc = self.sweep_json("--resume", self.latest())
        self.assertEqual(code, 0, doc)
        self.assertEqual((doc["runs"], doc["resumed"]), (20, 7))
        found, counts = records(self.latest())
        self.assertEqual(len(found), 20)
        self.assertEqual(set(counts.values()), {1})

    def test_a_lost_index_is_made_again_from_the_records(self):
        self.sweep(self.tiny, "--seeds", "1..4")
        with open(self.latest("index.sqlite"), "wb") as file:
            file.write(b"not a database at all")
        code, doc = self.sweep_json("--resume", self.latest())
        self.assertEqual((code, doc["resumed"]), (0, 4))
        with sqlite3.connect(self.latest("index.sqlite")) as index:
            self.assertEqual(
                index.execute("select count(*) from runs").fetchone(), (4,))

    def test_a_scenario_that_has_changed_since_is_refused(self):
        done = self.sweep(self.write("s.toml", TINY), "--seeds", "1..2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.write("s.toml", TINY.replace("clients = 4", "clients = 5"))
        done = self.sweep("--resume", self.latest())
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("changed", done.stderr)


class Kinds(InScratch):
    def test_a_hundred_seeds_of_one_bug_are_one_kind(self):
        raft = self.write("raft.toml", TINY + RAFT)
        for scenario in (self.tiny, raft):
            code, doc = self.sweep_json(scenario, *MUTANT, "--set",
                                        "run.length=1s", "--seeds", "1..130")
            self.assertEqual(code, 1, doc)
            self.assertGreaterEqual(doc["failed"], 100)
            self.assertEqual(len(doc["kinds"]), 1, doc["kinds"])

    def test_a_kind_is_kept_with_a_scenario_that_replays_it(self):
        code, doc = self.sweep_json(self.tiny, *MUTANT, "--seeds", "1..4")
        self.assertEqual(code, 1, doc)
        kind = doc["kinds"][0]
        folder = self.latest(os.path.join("findings", kind["name"]))
        done = house.wringer("run", os.path.join(folder, "scenario.toml"),
                             "--json")
        self.assertEqual(done.returncode, 1, done.stderr)
        again = json.loads(done.stdout)
        self.assertEqual(again["digest"], kind["digest"])
        self.assertEqual(again["verdict"]["fingerprint"], kind["fingerprint"])
        with open(os.path.join(folder, "KIND.txt"),
                  encoding="utf-8") as file:
            self.assertIn("replay", file.read())
        capsule = os.path.join(folder, "capsule.toml")
        done = house.wringer("replay", capsule)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("same verdict", done.stdout + done.stderr)

    def test_against_the_last_sweep_they_are_new_ongoing_or_gone(self):
        # The planted bug comes and goes with a file, as a commit would.
        text = TINY
        sick = text.replace("[run]",
                            'mutants = ["wal_ack_before_sync"]\n[run]')
        seeds = ["--seeds", "1..3"]

        def statuses():
            doc = self.sweep_json(self.path("s.toml"), *seeds)[1]
            return [kind["status"] for kind in doc["kinds"]]

        self.write("s.toml", sick)
        self.assertEqual(statuses(), ["new"])
        self.assertEqual(statuses(), ["ongoing"])
        self.write("s.toml", text)
        self.assertEqual(statuses(), ["gone"])
        self.assertEqual(statuses(), [])

    def test_what_the_baseline_had_does_not_fail_a_sweep(self):
        bad = [self.tiny, *MUTANT, "--seeds", "1..3"]
        self.assertEqual(self.sweep(*bad).returncode, 1)
        baseline = os.path.realpath(self.latest())
        for place in (baseline, os.path.join(baseline, "findings.json")):
            done = self.sweep(*bad, "--baseline", place)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("nothing new", done.stdout)
        os.mkdir(self.path("clean"))
        self.write("clean/findings.json",
                   '{"format":"wringer-findings-1","runs":1,"kinds":[]}')
        done = self.sweep(*bad, "--baseline", self.path("clean"))
        self.assertEqual(done.returncode, 1, done.stdout)

    def test_failing_seeds_enter_the_corpus_and_run_first(self):
        corpus = self.path("seeds")
        self.sweep(self.tiny, *MUTANT, "--seeds", "900..902", "--corpus",
                   corpus)
        with open(corpus, encoding="utf-8") as file:
            self.assertIn("tiny.toml 0x38", file.read())
        done = self.sweep(self.tiny, "--runs", "1", "--corpus", corpus,
                          "--jsonl")
        self.assertIn('"seed":"0x38', done.stdout)


class ForCi(InScratch):
    def test_junit_is_xml_with_a_case_a_scenario(self):
        junit = self.path("out.xml")
        bad = self.write("bad.toml", TINY)
        done = self.sweep(self.tiny, bad, *MUTANT, "--seeds", "1..2",
                          "--junit", junit)
        self.assertEqual(done.returncode, 1)
        suite = xml.etree.ElementTree.parse(junit).getroot().find("testsuite")
        cases = {case.get("name"): case for case in suite.findall("testcase")}
        self.assertEqual(set(cases), {self.tiny, bad, "self-test"})
        failures = [f for f in suite.iter("failure")]
        self.assertEqual(suite.get("failures"), str(len(failures)))
        self.assertGreaterEqual(len(failures), 1)
        self.assertIn("replay", failures[0].text)
        self.assertIn("seed", failures[0].text.lower())

    def test_github_gets_annotations_and_a_summary(self):
        page = self.path("summary.md")
        done = self.sweep(self.tiny, *MUTANT, "--seeds", "1..2",
                          "--github", env={"GITHUB_STEP_SUMMARY": page})
        notes = [line for line in done.stdout.splitlines()
                 if line.startswith("::")]
        self.assertEqual(len(notes), 1, done.stdout)
        self.assertTrue(notes[0].startswith("::error title="))
        self.assertIn("%0A", notes[0])
        with open(page, encoding="utf-8") as file:
            self.assertIn("wringer sweep", file.read())

    def test_seeds_of_a_commit_are_its_own(self):
        a = self.sweep_json(self.tiny, "--seeds-from", "commit", "--runs",
                            "2")[1]
        first = records(self.latest())[0]
        self.sweep_json(self.tiny, "--seeds-from", "commit", "--runs", "2")
        self.assertEqual(a["runs"], 2)
        self.assertEqual(records(self.latest())[0], first)
        self.assertNotIn((self.tiny, "0x1"), first)

    def test_zero_runs_are_no_success(self):
        for budget in (["--runs", "0"], ["--for", "0s"]):
            done = self.sweep(self.tiny, *budget)
            self.assertEqual(done.returncode, 4, done.stdout)
            self.assertIn("0 runs", done.stdout)

    def test_a_fault_that_never_bites_fails_the_self_test(self):
        fault = ('  { id = "f%d", at = "%dms", do = "io-error", node = "n2", '
                 'on = ["read"], for = "10ms" },')
        scenario = self.write("idle.toml", IDLE_FAULT % "\n".join(
            fault % (i, 50 + 30 * i) for i in range(10)))
        code, doc = self.sweep_json(scenario, "--seeds", "1..3")
        self.assertEqual(code, 6, doc)
        self.assertEqual(doc["toothless"], ["io-error"])
        self.assertEqual(self.sweep(scenario, "--runs", "1").returncode, 0)

    def test_a_mark_that_no_run_reaches_fails_the_self_test(self):
        text = TINY + '[expect]\nmarks = ["%s"]\n'
        scenario = self.write("m.toml", text % "wal.torn_tail")
        code, doc = self.sweep_json(scenario, "--seeds", "1..3")
        self.assertEqual(code, 6, doc)
        self.assertIn("wal.torn_tail", doc["marks_missed"][0])
        scenario = self.write("m.toml", text % "primary_backup.promoted")
        self.assertEqual(self.sweep(scenario, "--seeds", "1..3").returncode, 0)

    def test_mistakes_are_two_and_nothing_runs(self):
        for args in ([], [self.tiny, "--resume", "x"], ["--resume", "no/where"],
                     [self.tiny, "--baseline", "no/where"], ["no/such.toml"],
                     [self.tiny, "--seeds", "9..1"], [self.tiny, "--for", "3"],
                     [self.tiny, "--worker-memory", "lots"],
                     [self.tiny, "--seeds", "1..2", "--seeds-from", "commit"]):
            done = self.sweep(*args)
            self.assertEqual(done.returncode, 2, (args, done.stdout))
            self.assertIn("error", done.stderr)
        self.assertFalse(os.path.exists(self.results))


if __name__ == "__main__":
    unittest.main(argv=house.set_up(sys.argv), verbosity=1)
