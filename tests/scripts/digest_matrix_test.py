"""scripts/lib/digest_matrix.py notices every way a digest can differ.

The builds are shell scripts that print a run document.
"""
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
MATRIX = SOURCE / "scripts/lib/digest_matrix.py"

GOOD = """case $2 in *a.toml) d=aaaa ;; *) d=bbbb ;; esac
echo "{\\"digest\\": \\"$d\\", \\"passed\\": true}" """


def printing(digest_shell):
    return (f'd={digest_shell}\n'
            'echo "{\\"digest\\": \\"$d\\", \\"passed\\": true}"')


class Matrix(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.scenarios = []
        for name in ("a.toml", "b.toml"):
            (self.folder / name).write_text("# A story.\n")
            self.scenarios.append(name)

    def build(self, name, body):
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return ["--build", f"{name}={path}"]

    def run_matrix(self, *arguments):
        done = subprocess.run(
            [sys.executable, MATRIX, *arguments], cwd=self.folder,
            capture_output=True, text=True, check=False)
        self.out = done.stdout
        self.assertEqual(done.stderr, "")
        return done.returncode

    def expect_difference(self, reference, other, *words):
        code = self.run_matrix(*self.build("gcc", reference),
                               *self.build("clang", other), *self.scenarios)
        self.assertEqual(code, 1, self.out)
        self.assertIn("FAIL", self.out)
        for word in words:
            self.assertIn(word, self.out)

    def test_equal_digests_pass(self):
        code = self.run_matrix(*self.build("gcc", GOOD),
                               *self.build("clang", GOOD), *self.scenarios)
        self.assertEqual(code, 0, self.out)
        self.assertIn("PASS: 2 scenarios", self.out)

    def test_another_digest_is_named_with_its_scenario(self):
        other = GOOD.replace("bbbb", "cccc")
        self.expect_difference(GOOD, other, "first of 1: b.toml",
                               "under clang: digest cccc, the reference has "
                               "bbbb", "clang run b.toml --json")

    def test_a_failed_run_is_no_digest(self):
        self.expect_difference(GOOD, "echo boom >&2; exit 3",
                               "exit code 3", "boom")

    def test_a_run_that_did_not_pass_is_no_digest(self):
        self.expect_difference(GOOD, GOOD.replace("true", "false"),
                               '"passed" is not true')

    def test_noise_on_stdout_is_found(self):
        self.expect_difference(GOOD, "echo hello\n" + GOOD, "not one run")

    def test_an_empty_digest_is_no_digest(self):
        self.expect_difference(GOOD, printing("''"), '"digest" is not')

    def test_a_reference_that_fails_is_a_failure(self):
        self.expect_difference("exit 1", GOOD, "under gcc: exit code 1")

    def expect_environment(self, body, row, *words):
        """Builds agree in the plain environment; one of the others does not."""
        code = self.run_matrix(*self.build("gcc", body),
                               *self.build("clang", body), *self.scenarios)
        self.assertEqual(code, 1, self.out)
        for word in (f"a.toml\n  under gcc, {row}: digest", *words):
            self.assertIn(word, self.out)

    def test_memory_that_decides_is_found(self):
        self.expect_environment(
            printing("${MALLOC_PERTURB_:-0}"), "memory poisoned and scattered",
            "env MALLOC_PERTURB_=165 MALLOC_MMAP_THRESHOLD_=4096")

    def test_libm_that_decides_is_found(self):
        self.expect_environment(printing("${GLIBC_TUNABLES:-x}"),
                                "libm without FMA and AVX2")

    def test_addresses_that_decide_are_found(self):
        flags = printing("$(cat /proc/$$/personality)")
        if subprocess.run(["setarch", "-R", "true"], check=False).returncode:
            self.skipTest("this machine forbids setarch -R")
        self.expect_environment(flags, "addresses not randomised",
                                "setarch -R")

    def test_a_second_run_that_differs_is_found(self):
        body = printing("$(cat seen 2>/dev/null | wc -l)") + "\necho >> seen"
        code = self.run_matrix(*self.build("gcc", body), *self.scenarios)
        self.assertEqual(code, 1, self.out)

    def test_a_binary_that_is_not_there_is_a_failure(self):
        code = self.run_matrix(*self.build("gcc", GOOD), "--build",
                               "clang=nowhere/wringer", *self.scenarios)
        self.assertEqual(code, 1)
        self.assertIn("No such file", self.out)

    def test_on_a_terminal_it_says_how_far_it_is(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        subprocess.run(
            [sys.executable, MATRIX, *self.build("gcc", "sleep 0.3\n" + GOOD),
             *self.scenarios], cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=theirs, check=True)
        os.close(theirs)
        said = os.read(ours, 1 << 16).decode()
        self.assertRegex(said, r"\d+ of \d+ runs, \d+ s   [ab]\.toml")
        self.assertTrue(said.endswith("\r\x1b[K"), repr(said))

    def test_no_scenario_is_a_failure(self):
        self.assertEqual(self.run_matrix(*self.build("gcc", GOOD)), 1)
        self.assertEqual(
            self.run_matrix(*self.build("gcc", GOOD), "gallery/*.toml"), 1)
        self.assertIn("no such scenario", self.out)


if __name__ == "__main__":
    unittest.main()
