"""What the tests of the command line share."""
import glob
import json
import os
import subprocess
import tempfile
import unittest

WRINGER = ""
SOURCE = ""

# A world so small that a test can afford hundreds of runs.
TINY = """format = 1
name = "tiny"
[run]
length = "200ms"
settle = "2s"
[workload]
clients = 4
timeout = "100ms"
"""
MUTANT = ["--set", 'mutants=["wal_ack_before_sync"]']


def set_up(argv):
    """Takes PATH_OF_WRINGER and SOURCE_DIR off the command line."""
    global WRINGER, SOURCE
    WRINGER, SOURCE = argv[1], argv[2]
    return argv[:1] + argv[3:]


def environment(extra=None):
    return dict(os.environ, NO_COLOR="1", LANG="C.UTF-8", **(extra or {}))


def wringer(*args, env=None, cwd=None):
    return subprocess.run([WRINGER, *args], capture_output=True, text=True,
                          cwd=cwd or SOURCE, env=environment(env), timeout=250,
                          check=False)


class InScratch(unittest.TestCase):
    """Each test has a folder of its own, and results go there."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.results = os.path.join(self.folder, "results")
        self.tiny = self.write("tiny.toml", TINY)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def sweep(self, *args, env=None):
        return wringer("sweep", *args, "--out", self.results, env=env)

    def sweep_json(self, *args, env=None):
        done = self.sweep(*args, "--json", env=env)
        self.assertEqual(done.stdout.count("\n"), 1, done.stderr)
        return done.returncode, json.loads(done.stdout)

    def latest(self, name=""):
        return os.path.join(self.results, "latest", name)


def records(results):
    """(scenario, seed) -> digest, of every whole record of a directory, and how
    often each was recorded."""
    found = {}
    counts = {}
    for shard in glob.glob(os.path.join(results, "shards", "*.jsonl")):
        with open(shard, encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                key = (record["scenario"], record["seed"])
                found[key] = record["digest"]
                counts[key] = counts.get(key, 0) + 1
    return found, counts
