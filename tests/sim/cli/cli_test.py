"""The command line as a person or a CI job meets it: exit codes, words, JSON.

Usage: cli_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

WRINGER = ""
SOURCE = ""
OUT = tempfile.TemporaryDirectory()  # findings of runs that fail on purpose


def wringer(*args, env=None):
    full = dict(os.environ, NO_COLOR="1", LANG="C.UTF-8",
                WRINGER_OUT=OUT.name, **(env or {}))
    return subprocess.run([WRINGER, *args], capture_output=True, text=True,
                          cwd=SOURCE, env=full, timeout=250, check=False)


def json_of(*args, env=None):
    done = wringer(*args, "--json", env=env)
    return done.returncode, json.loads(done.stdout)


SMOKE = "scenarios/smoke/three_nodes.toml"
ASYNC = "scenarios/gallery/async-failover.toml"


class Swarm(unittest.TestCase):
    """A seed draws the scenario; what a person states wins over it."""

    def design(self, *words):
        done = wringer("run", "--swarm", "--seed", "5", *words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.splitlines()[1].strip()

    def test_a_dumped_seed_is_the_same_run(self):
        dumped = wringer("scenario", "dump", "--swarm", "--seed", "5")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "dumped.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(dumped.stdout)
            _, drawn = json_of("run", "--swarm", "--seed", "5")
            _, again = json_of("run", path)
        self.assertEqual(drawn["digest"], again["digest"])

    def test_a_setting_wins_even_if_it_is_the_default(self):
        self.assertNotIn("3 nodes", self.design())
        self.assertIn("3 nodes", self.design("--set", "cluster.nodes=3"))
        self.assertIn(
            "raft", self.design("--set", "replication.model=raft"))

    def test_a_setting_of_one_key_leaves_the_others_drawn(self):
        # What a model that was not drawn would do changes nothing.
        self.assertEqual(
            self.design(),
            self.design("--set", "replication.raft.pre_vote=false"))

    def test_a_setting_that_is_wrong_is_a_usage_error(self):
        done = wringer("run", "--swarm", "--seed", "5", "--set",
                       "cluster.nods=3")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean `cluster.nodes`", done.stderr)


class Expectations(unittest.TestCase):
    """What a scenario expects of the service is judged, and can fail."""

    def verdict(self, *settings, scenario=SMOKE):
        words = [word for s in settings for word in ("--set", "expect." + s)]
        done = wringer("run", scenario, *words)
        return done.returncode, done.stdout + done.stderr

    def test_availability(self):
        code, out = self.verdict('availability.min="100%"')
        self.assertEqual(code, 0, out)
        self.assertIn("100.00 % in the worst 1 s", out)
        done = wringer("run", SMOKE, "--set", "workload.retries=0", "--set",
                       'workload.timeout="900us"')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("worst at", done.stdout)
        self.assertIn("expectation/availability", done.stdout)

    def test_latency(self):
        code, out = self.verdict('latency.p50="20ms"', 'latency.max="10s"')
        self.assertEqual(code, 0, out)
        code, out = self.verdict('latency.p99="1us"')
        self.assertEqual(code, 1, out)
        self.assertIn("expectation/latency", out)

    def test_staleness(self):
        code, out = self.verdict('staleness="10s"')
        self.assertEqual(code, 0, out)
        self.assertIn("staleness", out)


class ExitCodes(unittest.TestCase):
    def test_an_expected_violation_that_appears_is_green(self):
        done = wringer("run", ASYNC)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("shows safety/lost-ack", done.stdout)
        self.assertIn("What happened to", done.stdout)
        self.assertIn(f"run {ASYNC} --seed 0x7", done.stdout)

    def test_an_expected_violation_that_stays_away_is_red(self):
        done = wringer("run", ASYNC, "--set",
                       "replication.primary_backup.ack=sync")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("was expected and did not appear", done.stdout)

    def test_a_planted_bug_is_a_finding(self):
        done = wringer("run", "scenarios/gallery/group-commit.toml", "--set",
                       'mutants=["wal_ack_before_sync"]')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

    def test_mistakes_are_two_and_nothing_runs(self):
        for args in (["run", "no/such/file.toml"], ["rnu", SMOKE],
                     ["run", SMOKE, "--sede", "3"], ["run", SMOKE, "--seed",
                                                     "-1"],
                     ["run", SMOKE, "--set", "replication.modle=raft"],
                     ["run", SMOKE, "--log", "n2,replicaton"], []):
            done = wringer(*args)
            self.assertEqual(done.returncode, 2, (args, done.stderr))
            self.assertIn("error", done.stderr)
            self.assertEqual(done.stdout.count("digest"), 0)

    def test_a_mistyped_command_gets_a_suggestion(self):
        self.assertIn('did you mean "run"', wringer("rnu", SMOKE).stderr)
        self.assertIn('did you mean "--seed"',
                      wringer("run", SMOKE, "--sede", "3").stderr)


class Runs(unittest.TestCase):
    def test_the_first_line_names_the_seed_before_anything_runs(self):
        first = wringer("run", SMOKE, "--seed", "5").stdout.splitlines()[0]
        self.assertIn("seed 0x5", first)
        self.assertIn(SMOKE, first)

    def test_json_is_one_document_with_digest_and_verdict(self):
        code, doc = json_of("run", SMOKE, "--seed", "5")
        self.assertEqual(code, 0)
        self.assertTrue(doc["passed"])
        self.assertRegex(doc["digest"], "^[0-9a-f]{16}$")

    def test_looking_changes_nothing(self):
        plain = json_of("run", SMOKE, "--seed", "5")[1]["digest"]
        with tempfile.TemporaryDirectory() as folder:
            history = os.path.join(folder, "h.jsonl")
            traced = wringer("run", SMOKE, "--seed", "5", "--log", "all",
                             "--history", history)
            self.assertIn(f"digest {plain[:8]} {plain[8:]}", traced.stdout)
            self.assertIn("replication", traced.stdout)
            again = wringer("check", history)
            self.assertEqual(again.returncode, 0, again.stdout + again.stderr)

    def test_the_resolved_dump_gives_the_same_digest(self):
        for scenario in (ASYNC, "scenarios/swarm/raft.toml"):
            digest = json_of("run", scenario, "--seed", "7")[1]["digest"]
            dumped = wringer("scenario", "dump", scenario, "--seed", "7").stdout
            self.assertNotIn("[faults.random]", dumped)
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "dump.toml")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(dumped)
                self.assertEqual(json_of("run", path)[1]["digest"], digest)

    def test_who_need_not_come_back_is_excused_aloud(self):
        wipe = '{ id = "%s", at = "500ms", do = "wipe", node = "%s", for = "100ms" }'
        text = f"""
format = 1
name = "two of three lose their disks"
seed = 3
[run]
length = "1s"
settle = "3s"
[replication]
model = "raft"
[faults]
timeline = [{wipe % ("a", "n1")}, {wipe % ("b", "n2")}]
"""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "wiped.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            run = wringer("run", path, "--no-keep")
            plain = wringer("run", path, "--no-keep", "--ascii")
            code, document = json_of("run", path, "--no-keep")
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertIn("and need not", run.stdout)
        said = re.search(r"excused: (n\d.* lost what they had promised.*)",
                         run.stdout)
        self.assertIsNotNone(said, run.stdout)
        self.assertTrue(plain.stdout.isascii(), plain.stdout)
        self.assertIn("- excused: n", plain.stdout)
        self.assertEqual(code, 0)
        self.assertEqual(document["excused"], said[1])

    def test_who_needs_no_excuse_has_none(self):
        document = json_of("run", "scenarios/smoke/three_nodes.toml",
                           "--no-keep")[1]
        self.assertEqual(document["excused"], "")
        self.assertEqual(document["halts"], [])

    def test_stored_digests(self):
        with open(os.path.join(SOURCE, "tests/golden/digests.txt"),
                  encoding="utf-8") as file:
            rows = [line.split() for line in file
                    if line.strip() and not line.startswith("#")]
        self.assertEqual(len(rows), 3)
        for path, seed, digest in rows:
            self.assertEqual(json_of("run", path, "--seed", seed)[1]["digest"],
                             digest, path)


class Sweeps(unittest.TestCase):
    def test_a_sweep_runs_every_seed(self):
        code, doc = json_of("sweep", SMOKE, "--seeds", "1..4", "-j", "2")
        self.assertEqual(code, 0, doc)
        self.assertEqual(doc["runs"], 4)

    def test_a_failing_kind_is_reported_once_with_its_seed(self):
        code, doc = json_of("sweep", "scenarios/gallery/group-commit.toml",
                            "--seeds", "1..4", "--set",
                            'mutants=["wal_ack_before_sync"]')
        self.assertEqual(code, 1, doc)
        self.assertGreaterEqual(doc["failed"], 1)
        self.assertLess(len(doc["kinds"]), 4)
        self.assertIn("seed", doc["kinds"][0])


if __name__ == "__main__":
    WRINGER, SOURCE = sys.argv[1], sys.argv[2]
    unittest.main(argv=sys.argv[:1], verbosity=1)
