"""kill -9 of workers and collector at random moments loses no completed run.

A run is completed once the sweep has told it (--jsonl). Again and again a sweep
is begun or resumed, and a worker or the collector is killed; then every run that
was ever told must be on record, with the digest an undisturbed sweep gives it.

Usage: kill_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import unittest

import house
from house import InScratch, records

SEEDS = 400
ROUNDS = 20


class Storm:
    """One life of a sweep; what it says is collected by a thread."""

    def __init__(self, args):
        self.told = {}
        self.process = subprocess.Popen(
            [house.WRINGER, "sweep", *args, "--jsonl", "-q"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=house.SOURCE, env=house.environment())
        self.reader = threading.Thread(target=self.listen)
        self.reader.start()

    def listen(self):
        for line in self.process.stdout:
            try:
                record = json.loads(line)
            except ValueError:
                continue  # cut off by the kill: not told
            self.told[(record["scenario"], record["seed"])] = record["digest"]

    def workers(self):
        pid = self.process.pid
        try:
            with open(f"/proc/{pid}/task/{pid}/children",
                      encoding="ascii") as file:
                return [int(word) for word in file.read().split()]
        except OSError:
            return []

    def wait_until_told(self):
        while not self.told and self.process.poll() is None:
            time.sleep(0.005)

    def kill(self, pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def wait(self):
        code = self.process.wait(timeout=120)
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class Kills(InScratch):
    def test_no_completed_run_is_lost(self):
        chance = random.Random(4)
        plan = [self.tiny, "--seeds", f"1..{SEEDS}", "-j", "2"]
        truth = Storm(plan + ["--out", self.path("quiet")])
        self.assertEqual(truth.wait(), 0)
        self.assertEqual(len(truth.told), SEEDS)

        told = {}
        args = plan + ["--out", self.results]
        kills = {"worker": 0, "collector": 0}
        for _ in range(ROUNDS):
            storm = Storm(args)
            # Sometimes while it starts, mostly while it works.
            if chance.randrange(4) > 0:
                storm.wait_until_told()
            time.sleep(chance.uniform(0.0, 0.06))
            for _ in range(chance.randrange(4)):
                workers = storm.workers()
                if workers:
                    storm.kill(chance.choice(workers))
                    kills["worker"] += 1
                time.sleep(chance.uniform(0.0, 0.04))
            storm.kill(storm.process.pid)
            kills["collector"] += 1
            storm.wait()
            told.update(storm.told)
            if os.path.exists(self.latest("invocation.json")):
                args = ["--resume", self.latest()]
                kept, counts = records(self.latest())
                for run, digest in storm.told.items():
                    self.assertEqual(kept.get(run), digest, run)
                self.assertLessEqual(max(counts.values(), default=1), 1)
        self.assertGreater(kills["worker"], ROUNDS // 3)
        self.assertGreater(len(told), 10)

        code = Storm(args).wait()
        self.assertEqual(code, 0)
        kept, counts = records(self.latest())
        self.assertEqual(kept, truth.told)
        self.assertEqual(set(counts.values()), {1})

    def test_workers_alone_are_replaced_and_the_sweep_goes_on(self):
        chance = random.Random(5)
        storm = Storm([self.tiny, "--seeds", f"1..{SEEDS}", "-j", "2",
                       "--out", self.results])
        killed = 0
        while storm.process.poll() is None and killed < 12:
            time.sleep(chance.uniform(0.02, 0.08))
            for worker in storm.workers()[:1]:
                storm.kill(worker)
                killed += 1
        code = storm.wait()
        # 5: one run met two kills; it is named, and a resume makes it.
        self.assertIn(code, (0, 5))
        self.assertGreater(killed, 3)
        self.assertEqual(Storm(["--resume", self.latest()]).wait(), 0)
        kept, counts = records(self.latest())
        self.assertEqual(len(kept), SEEDS)
        self.assertEqual(set(counts.values()), {1})


if __name__ == "__main__":
    unittest.main(argv=house.set_up(sys.argv), verbosity=1)
