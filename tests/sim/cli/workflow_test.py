"""The workflow of GitHub Actions: it asks for nothing that is not there, and
its own shell lines do what they say.

Its steps are run as the runner would, by `sh -e`, in a checkout made for the
purpose whose scripts/wringer is this build and whose scenarios are tiny.

Usage: workflow_test.py PATH_OF_WRINGER SOURCE_DIR
"""
import os
import re
import shlex
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import house
import workflow_file
from house import InScratch, wringer

PATH = ".github/workflows/wringer.yml"
TOOL = "scripts/wringer"
# Events and contexts that GitHub has; others would be empty strings.
CONTEXTS = {"github.ref", "github.event_name", "github.workspace", "github.sha",
            "runner.os", "inputs.duration"}


def read(name):
    with open(os.path.join(house.SOURCE, name), encoding="utf-8") as file:
        return file.read()


def workflow():
    return workflow_file.parse(read(PATH))


def steps():
    return workflow()["jobs"]["check"]["steps"]


def step(name):
    [found] = [s for s in steps() if s.get("name") == name]
    return found


def shell_lines(text):
    """The commands of a `run` block, continued lines joined, as words."""
    joined = text.replace("\\\n", " ")
    return [shlex.split(line) for line in joined.splitlines() if line.strip()]


def calls_of_ours():
    """Every call of a script of this repository: (step, words)."""
    for one in steps():
        for words in shell_lines(one.get("run", "")):
            if words[0].startswith("scripts/"):
                yield one["name"], words


class Reader(unittest.TestCase):
    def test_what_a_workflow_is_made_of(self):
        text = ('a: 1\nb:\n  - x: "q: r"\n    y: |\n      if a; then\n'
                '        b\n\n      fi\n  - z\nc:\n  d: long\n    words\n'
                'e: [m, n]\nf:\n')
        self.assertEqual(workflow_file.parse(text), {
            "a": "1", "b": [{"x": "q: r", "y": "if a; then\n  b\n\nfi\n"}, "z"],
            "c": {"d": "long words"}, "e": ["m", "n"], "f": ""})

    def test_what_it_cannot_read_is_an_error(self):
        for text in ("", "a: 1\na: 2\n", "a: &x 1\n", "a: 1 # why\n",
                     "a: 'open\n", "a:\n    b: 1\n  c: 2\n", "a:\n\t- b\n",
                     "just words\n", "a:\n  - b\n  c: 1\n"):
            with self.subTest(text), self.assertRaises(ValueError):
                workflow_file.parse(text)

    def test_another_reader_agrees(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("there is no PyYAML here to compare with")
        self.assertEqual(workflow(), yaml.load(read(PATH), yaml.BaseLoader))


class Asks(unittest.TestCase):
    """Whatever a step names is there."""

    def test_every_script_is_there_and_can_be_run(self):
        calls = list(calls_of_ours())
        self.assertGreaterEqual(len(calls), 3)
        for name, words in calls:
            with self.subTest(name):
                path = os.path.join(house.SOURCE, words[0])
                self.assertTrue(os.access(path, os.X_OK), words[0])

    def test_every_command_and_flag_of_wringer_is_known(self):
        top = wringer("--help").stdout
        commands = set(re.findall(r"^  (\w+)\s", top.split("Subcommands:")[1],
                                  re.MULTILINE))
        self.assertIn("sweep", commands)
        seen = 0
        for name, words in calls_of_ours():
            if words[0] != TOOL:
                continue
            seen += 1
            with self.subTest(name):
                self.assertIn(words[1], commands)
                known = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*",
                                       wringer(words[1], "--help").stdout))
                flags = {w for w in words[2:] if w.startswith("-")}
                self.assertEqual(flags - known, set())
        self.assertGreaterEqual(seen, 2)

    def test_flags_added_on_a_condition_are_known_too(self):
        known = wringer("sweep", "--help").stdout
        added = re.findall(r"set -- (--[\w-]+)", step("Sweep")["run"])
        self.assertEqual(added, ["--baseline"])
        self.assertIn("--baseline", known)

    def test_what_a_sweep_is_given_is_there(self):
        [words] = [w for n, w in calls_of_ours() if n == "Sweep"]
        for path in (w for w in words[2:] if w.endswith("/")):
            self.assertTrue(os.path.isdir(os.path.join(house.SOURCE, path)))

    def test_durations_are_durations(self):
        text = step("Sweep")["env"]["DURATION"]
        offered = re.findall(r"'(\d+\w+)'", text)
        offered.append(
            workflow()["on"]["workflow_dispatch"]["inputs"]["duration"]
            ["default"])
        self.assertEqual(len(offered), 3)
        for duration in offered:
            # Only what is read before anything runs: 0 runs are refused.
            done = wringer("sweep", "scenarios/smoke/", "--for", duration,
                           "--runs", "0")
            self.assertNotIn("--for", done.stderr)
        self.assertIn("--for", wringer("sweep", "scenarios/smoke/", "--for",
                                       "soon").stderr)

    def test_expressions_use_what_github_has(self):
        for expression in re.findall(r"\$\{\{(.*?)\}\}", read(PATH), re.DOTALL):
            bare = re.sub(r"'[^']*'", "", expression)
            for name in re.findall(r"[a-z]+\.\w+", bare):
                self.assertIn(name, CONTEXTS)

    def test_the_exit_codes_it_tells_of_are_those_of_the_tool(self):
        table = dict(re.findall(r"^\| (\d+) \| (.+) \|$", read("README.md"),
                                re.MULTILINE))
        head = read(PATH).split("name: wringer")[0].replace("\n#", "")
        for code, word in re.findall(r"(\d) (?:a |the )?(\w+)",
                                     head.split("`wringer sweep`:")[1]):
            with self.subTest(code):
                self.assertIn(code, table)
                if code in "13":
                    self.assertIn(word, table[code])


class Steps(InScratch):
    """The shell of the steps, in a checkout of its own."""

    def setUp(self):
        super().setUp()
        self.checkout = self.path("checkout")
        os.makedirs(os.path.join(self.checkout, "scripts"))
        os.makedirs(os.path.join(self.checkout, "scenarios"))
        tool = os.path.join(self.checkout, TOOL)
        with open(tool, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec {shlex.quote(house.WRINGER)} "$@"\n')
        os.chmod(tool, 0o755)
        self.scenario(house.TINY)
        self.sh("git init -q . && git add . && git -c user.name=a "
                "-c user.email=a@b commit -q -m one")

    def scenario(self, text):
        path = os.path.join(self.checkout, "scenarios", "tiny.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def sh(self, script):
        env = house.environment({"DURATION": "2s",
                                 "GIT_CONFIG_GLOBAL": self.path("gitconfig"),
                                 "GITHUB_WORKSPACE": self.checkout})
        return subprocess.run(["sh", "-e", "-c", script], cwd=self.checkout,
                              env=env, capture_output=True, text=True,
                              timeout=120, check=False)

    def run_step(self, name):
        return self.sh(step(name)["run"])

    def there(self, *names):
        return [n for n in names
                if os.path.exists(os.path.join(self.checkout, n))]

    def test_a_sweep_leaves_what_the_steps_behind_it_take(self):
        done = self.run_step("Trust the checkout")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.run_step("Sweep")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        suite = xml.etree.ElementTree.parse(
            os.path.join(self.checkout, "junit.xml")).getroot()
        self.assertGreater(len(list(suite.iter("testcase"))), 0)
        self.assertEqual(self.run_step("Keep this as the next baseline")
                         .returncode, 0)
        kept = step("Baseline")["with"]["path"]
        self.assertEqual(kept, step("Save the baseline")["with"]["path"])
        self.assertEqual(self.there(f"{kept}/findings.json"),
                         [f"{kept}/findings.json"])
        self.assertIn(f"against  {kept}/findings.json",
                      self.run_step("Sweep").stdout)

    def test_a_finding_is_red_annotated_and_kept_and_then_no_news(self):
        self.scenario(house.TINY.replace(
            "[run]", 'seed = 7\nmutants = ["wal_ack_before_sync"]\n[run]'))
        done = self.run_step("Sweep")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("::error", done.stdout)
        self.assertEqual(self.uploaded(), 5)
        self.run_step("Keep this as the next baseline")
        done = self.run_step("Sweep")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def uploaded(self):
        """How many of the paths that are kept match something."""
        patterns = step("Keep what was found")["with"]["path"].split()
        return sum(self.sh(f"ls -d {p}").returncode == 0 for p in patterns)

    def test_without_results_the_baseline_step_does_no_harm(self):
        self.assertEqual(self.run_step("Keep this as the next baseline")
                         .returncode, 0)

    def test_seeds_belong_to_the_commit(self):
        seeds = []
        for message in ("one", "two"):
            self.sh("git -c user.name=a -c user.email=a@b commit -q "
                    f"--allow-empty -m {message}")
            done = [self.sh(f"{TOOL} sweep scenarios/ --seeds-from commit "
                            "--runs 1").stdout for _ in range(2)]
            first = [re.search(r"seeds from (\S+)", out)[1] for out in done]
            self.assertEqual(first[0], first[1])
            seeds.append(first[0])
        self.assertNotEqual(*seeds)


if __name__ == "__main__":
    unittest.main(argv=house.set_up(sys.argv), verbosity=1)
