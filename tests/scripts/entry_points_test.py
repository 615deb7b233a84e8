"""scripts/wringer and scripts/test on machines where things are missing.

The machine is a folder of shims: dpkg-query, apt-get, sudo, id, cmake, ninja
and ctest are fakes that log how they were called; everything else on PATH is a
link to the real tool. The scripts are the real ones, copied into a checkout of
their own.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
REAL_TOOLS = ("sh bash env dirname readlink mkdir tail sed flock touch getconf "
              "grep rm cat sleep").split()
BUILD = ("g++ cmake ninja-build pkgconf ccache libabsl-dev libcli11-dev "
         "libtomlplusplus-dev libboost-context1.81-dev libxxhash-dev "
         "libisal-dev libzstd-dev libsqlite3-dev libgtest-dev").split()

SHIMS = {
    # Knows the packages listed in $STATE/installed.
    "dpkg-query": """
status=0
for word; do
  case $word in -*) continue ;; esac
  if grep -qxF "$word" "$STATE/installed"; then
    printf '|%s installed|' "$word"
  else
    status=1
  fi
done
exit $status""",
    "apt-get": """
if [ -e "$STATE/apt-breaks" ]; then echo "E: no such mirror"; exit 100; fi
case "$*" in *install*)
  for word; do case $word in -*|install|DPkg*) ;;
    *) echo "$word" >> "$STATE/installed" ;; esac; done ;;
esac""",
    "sudo": 'exec "$@"',
    "id": 'cat "$STATE/uid"',
    "cmake": """
if [ -e "$STATE/cmake-breaks" ]; then echo "no such compiler"; exit 1; fi
while [ $# -gt 0 ]; do case $1 in -B) dir=$2 ;; esac; shift; done
mkdir -p "$dir"
echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" > "$dir/CMakeCache.txt"
touch "$dir/build.ninja" """,
    "ninja": """
dir=$2
if [ "$3" = -n ]; then
  if [ -e "$dir/built" ]; then echo "ninja: no work to do."
  else echo "[1/1] CXX"; fi
  exit 0
fi
echo "[1/1] CXX"
if [ -e "$STATE/ninja-breaks" ]; then echo "error: no semicolon"; exit 1; fi
mkdir -p "$dir/sim/cli"
printf '#!/bin/sh\\necho "tool $WRINGER_ARGV0: $*"\\nexit 3\\n' \\
  > "$dir/sim/cli/wringer"
/bin/chmod +x "$dir/sim/cli/wringer"
touch "$dir/built" """,
    "ctest": 'echo "100% tests passed: $*"; exit 8',
}


class Machine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        top = pathlib.Path(folder.name)
        self.state, self.bin = top / "state", top / "bin"
        self.checkout = top / "checkout"
        self.state.mkdir()
        self.bin.mkdir()
        for tool in REAL_TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        for name, body in SHIMS.items():
            shim = self.bin / name
            shim.write_text(f'#!/bin/sh\necho "{name} $*" >> "$STATE/calls"\n'
                            f"{body}\n")
            shim.chmod(0o755)
        for folder in ("scripts", ".ci"):
            shutil.copytree(SOURCE / folder, self.checkout / folder)
        (self.checkout / "CMakePresets.json").write_text("{}")
        self.install()
        self.become_root()

    def install(self, *packages):
        (self.state / "installed").write_text("\n".join(packages) + "\n")

    def become_root(self, root=True):
        (self.state / "uid").write_text("0" if root else "1000")

    def break_tool(self, name):
        (self.state / f"{name}-breaks").touch()

    def run_script(self, script, *arguments, **environment):
        """Runs it; keeps its outputs and the calls of the shims."""
        calls = self.state / "calls"
        calls.write_text("")
        done = subprocess.run(
            [self.checkout / script, *arguments],
            capture_output=True, text=True, check=False, cwd=self.state,
            env={"PATH": str(self.bin), "STATE": str(self.state),
                 **environment})
        self.out, self.err = done.stdout, done.stderr
        self.calls = calls.read_text()
        return done.returncode

    def count(self, call):
        return sum(line.startswith(call) for line in self.calls.splitlines())


class Wringer(Machine):
    def test_a_bare_machine_gets_everything_and_runs_the_tool(self):
        self.assertEqual(self.run_script("scripts/wringer", "run", "a b.toml"), 3)
        tool = self.checkout / "scripts/wringer"
        self.assertEqual(self.out, f"tool {tool}: run a b.toml\n")
        self.assertIn("apt-get -q update", self.calls)
        installed = (self.state / "installed").read_text().split()
        self.assertEqual(sorted(installed), sorted(BUILD))
        self.assertIn("cmake --preset release -B", self.calls)
        self.assertIn("installing 14 missing Debian packages", self.err)

    def test_a_second_call_only_looks(self):
        self.install(*BUILD)
        self.run_script("scripts/wringer")
        self.assertEqual(self.run_script("scripts/wringer"), 3)
        self.assertEqual(self.err, "")
        self.assertEqual(self.calls.count("\n"), 2, self.calls)
        self.assertEqual(self.count("dpkg-query"), 1)
        self.assertEqual(self.count("ninja"), 1)

    def test_only_what_is_missing_is_installed_and_nothing_removed(self):
        self.install(*(p for p in BUILD if p != "libzstd-dev"))
        self.run_script("scripts/wringer")
        line = [c for c in self.calls.splitlines() if " install " in c][0]
        self.assertTrue(line.endswith(
            "--no-install-recommends --no-remove libzstd-dev"), line)

    def test_a_new_package_is_seen_by_cmake(self):
        self.install(*BUILD)
        self.run_script("scripts/wringer")
        self.install(*(p for p in BUILD if p != "ccache"))
        self.run_script("scripts/wringer")
        self.assertEqual(self.count("cmake"), 1)

    def test_without_root_sudo_is_used(self):
        self.become_root(False)
        self.assertEqual(self.run_script("scripts/wringer"), 3)
        self.assertEqual(self.count("sudo"), 2)

    def test_without_root_and_sudo_it_says_what_to_type(self):
        self.become_root(False)
        (self.bin / "sudo").unlink()
        self.assertEqual(self.run_script("scripts/wringer"), 5)
        self.assertEqual(self.count("apt-get"), 0)
        self.assertIn("apt-get install --no-install-recommends g++", self.err)
        self.assertEqual(self.out, "")

    def test_installing_can_be_forbidden(self):
        self.assertEqual(
            self.run_script("scripts/wringer", WRINGER_NO_INSTALL="1"), 5)
        self.assertEqual(self.count("apt-get"), 0)

    def test_apt_may_fail_in_plain_words(self):
        self.break_tool("apt")
        self.assertEqual(self.run_script("scripts/wringer"), 5)
        self.assertIn("E: no such mirror", self.err)
        self.assertIn("apt could not install everything", self.err)

    def test_elsewhere_than_debian_it_says_so(self):
        (self.bin / "dpkg-query").unlink()
        self.assertEqual(self.run_script("scripts/wringer"), 5)
        self.assertIn("Debian 12", self.err)

    def test_changed_presets_configure_again(self):
        self.install(*BUILD)
        self.run_script("scripts/wringer")
        presets = self.checkout / "CMakePresets.json"
        os.utime(presets, (time.time() + 5, time.time() + 5))
        self.run_script("scripts/wringer")
        self.assertEqual(self.count("cmake"), 1)

    def test_a_moved_checkout_starts_afresh(self):
        self.install(*BUILD)
        self.run_script("scripts/wringer")
        moved = self.checkout.with_name("moved")
        self.checkout.rename(moved)
        self.checkout = moved
        self.assertEqual(self.run_script("scripts/wringer"), 3)
        self.assertIn("another checkout", self.err)
        self.assertEqual(self.count("cmake"), 1)

    def test_a_failed_configuration_shows_why_and_is_tried_again(self):
        self.install(*BUILD)
        self.break_tool("cmake")
        self.assertEqual(self.run_script("scripts/wringer"), 5)
        self.assertIn("no such compiler", self.err)
        (self.state / "cmake-breaks").unlink()
        self.assertEqual(self.run_script("scripts/wringer"), 3)

    def test_a_failed_build_does_not_run_an_old_tool(self):
        self.install(*BUILD)
        self.run_script("scripts/wringer")
        (self.checkout / "build/release/built").unlink()
        self.break_tool("ninja")
        self.assertEqual(self.run_script("scripts/wringer"), 5)
        self.assertEqual(self.out, "")
        self.assertIn("no semicolon", self.err)
        self.assertIn("ninja -C build/release wringer", self.err)

    def test_it_works_through_a_link_from_elsewhere(self):
        self.install(*BUILD)
        link = self.bin / "wr"
        link.symlink_to(self.checkout / "scripts/wringer")
        done = subprocess.run(
            ["wr", "list"], capture_output=True, text=True, check=False,
            cwd="/", env={"PATH": str(self.bin), "STATE": str(self.state)})
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertTrue(done.stdout.endswith(": list\n"), done.stdout)


class Test(Machine):
    def test_it_builds_everything_and_passes_options_and_verdict_on(self):
        self.install(*BUILD)
        self.assertEqual(self.run_script("scripts/test", "-L", "unit"), 8)
        self.assertIn("install --no-install-recommends --no-remove python3",
                      self.calls)
        self.assertIn(" all all_verify_interface_header_sets", self.calls)
        self.assertIn("--no-tests=error", self.out)
        self.assertTrue(self.out.endswith("-L unit\n"), self.out)

    def test_what_was_not_built_is_not_tested(self):
        self.install(*BUILD, "python3")
        self.break_tool("ninja")
        self.assertEqual(self.run_script("scripts/test"), 5)
        self.assertEqual(self.count("ctest"), 0)


class Fuzz(Machine):
    def test_it_builds_the_fuzzers_and_runs_those_named_for_so_long(self):
        self.install(*BUILD)
        self.assertEqual(
            self.run_script("scripts/fuzz", "--seconds", "3", "wal"), 8)
        self.assertIn("clang-19", self.calls)
        self.assertIn(" fuzzers", self.calls)
        self.assertTrue(self.out.endswith("-L fuzz -R wal\n"), self.out)

    def test_a_wrong_argument_is_refused_before_anything_is_built(self):
        for words in (["--seconds", "0"], ["--seconds", "ten"], ["--seconds"],
                      ["--minutes", "3"]):
            self.assertEqual(self.run_script("scripts/fuzz", *words), 2)
        self.assertEqual(self.count("ninja"), 0)


class Bench(Machine):
    def test_gates_alone_need_no_peers(self):
        self.install(*BUILD)
        self.assertEqual(self.run_script("scripts/bench", "--gates"), 8)
        self.assertIn("valgrind", self.calls)
        self.assertNotIn("ns3", self.calls)
        self.assertIn("-L bench-gate", self.out)


class DeterminismMatrix(Machine):
    """scripts/determinism-matrix; what it hands to its Python is logged."""

    def setUp(self):
        super().setUp()
        shim = self.bin / "python3"
        shim.write_text('#!/bin/sh\necho "python3 $*" >> "$STATE/calls"\n')
        shim.chmod(0o755)
        (self.checkout / "scenarios/gallery").mkdir(parents=True)
        for name in "ab":
            (self.checkout / f"scenarios/gallery/{name}.toml").touch()

    def builds(self):
        return re.findall(r"--build ([^=]*)=", self.calls)

    def test_every_build_is_announced_made_and_compared(self):
        self.assertEqual(self.run_script("scripts/determinism-matrix"), 0,
                         self.err)
        names = ["g++ -O2", "clang++ -O2", "g++ -O0", "clang++ ASan+UBSan"]
        self.assertEqual(self.builds(), names)
        for number, name in enumerate(names, 1):
            self.assertIn(f"build {number} of 4, {name}\n", self.err)
        self.assertEqual(self.count("cmake --preset"), 4)
        self.assertIn("scenarios/gallery/a.toml scenarios/gallery/b.toml",
                      self.calls)

    def test_fewer_builds_and_other_files(self):
        self.assertEqual(self.run_script("scripts/determinism-matrix",
                                         "--presets", "debug", "x.toml"), 0)
        self.assertEqual(self.builds(), ["g++ -O2", "g++ -O0"])
        self.assertIn("wringer x.toml\n", self.calls)
        self.run_script("scripts/determinism-matrix", "--presets", "")
        self.assertEqual(self.builds(), ["g++ -O2"])

    def test_a_preset_without_a_place_is_refused_before_anything_is_built(self):
        self.assertEqual(self.run_script("scripts/determinism-matrix",
                                         "--presets", "clang tsan"), 5)
        self.assertIn("preset tsan has no place", self.err)
        self.assertEqual(self.count("ninja"), 0)

    def test_a_build_that_fails_is_no_difference(self):
        self.break_tool("ninja")
        self.assertEqual(self.run_script("scripts/determinism-matrix"), 5)


class Ci(Machine):
    """.ci/run with steps that are stubs."""

    def setUp(self):
        super().setUp()
        for step in ("test", "determinism-matrix", "bench"):
            self.stub(f"scripts/{step}", f"echo {step} ran")
        shim = self.bin / "python3"
        shim.write_text("#!/bin/sh\necho presets looked at\n")
        shim.chmod(0o755)

    def stub(self, script, body):
        path = self.checkout / script
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def test_it_is_green_iff_every_step_held(self):
        self.assertEqual(self.run_script(".ci/run"), 0, self.out)
        self.assertIn("clang-19", self.calls)
        self.assertIn("presets looked at", self.out)
        self.assertNotIn("FAILED", self.out)

    def test_a_failed_step_fails_the_whole_and_stops_nothing(self):
        self.stub("scripts/test", "exit 8")
        self.assertEqual(self.run_script(".ci/run"), 1)
        self.assertRegex(self.out, r"FAILED  tests +\d+ s   exit code 8")
        self.assertRegex(self.out, r"ok      determinism")
        self.assertIn("presets looked at", self.out)

    def test_a_broken_gate_fails_the_whole(self):
        self.stub("scripts/bench", '[ "$1" = --gates ] && exit 8')
        self.assertEqual(self.run_script(".ci/run"), 1)
        self.assertRegex(self.out, r"FAILED  benchmarks +\d+ s   exit code 8")

    def test_a_digest_that_differs_is_shown(self):
        self.stub("scripts/determinism-matrix", "echo digests differ; exit 1")
        self.assertEqual(self.run_script(".ci/run"), 1)
        self.assertIn("digests differ", self.out)

    def test_a_step_that_gives_up_ends_only_itself(self):
        self.install(*BUILD, "python3", "libbenchmark-dev")
        self.break_tool("apt")
        self.assertEqual(self.run_script(".ci/run"), 1)
        self.assertRegex(self.out, r"FAILED  packages .*exit code 5")
        self.assertIn("determinism-matrix ran", self.out)


if __name__ == "__main__":
    unittest.main()
