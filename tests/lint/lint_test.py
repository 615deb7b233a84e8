"""Every check of tests/lint finds a planted violation, and only that.

Each test copies the real tables into a small clean tree, sees the check pass
there, plants one violation and sees it named.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import cpp_outline
import house

HEADER = """// What it is.
#ifndef WR_ENGINE_BASE_A_H_
#define WR_ENGINE_BASE_A_H_
#endif  // WR_ENGINE_BASE_A_H_
"""

CLEAN = {
    "CMakeLists.txt": "add_subdirectory(engine/base)\n",
    "engine/base/CMakeLists.txt": "wringer_library(engine_base SOURCES a.cc "
                                  "HEADERS a.h)\n",
    "engine/base/a.h": HEADER,
    "engine/base/a.cc": '#include "engine/base/a.h"\n\n#include <vector>\n',
    "engine/base/marks.def": "",
    "engine/base/mutants.def": "",
    "tests/notes.txt": "\n" * 10,
    "scenarios/smoke/a.toml": "# Shows a put.\nformat = 1\n",
    ".clang-format": "BasedOnStyle: Google\n",
    "tests/lint/budget.toml": """
[limit]
file_lines = 40
node_lines = 30
function_lines = 10
folder_files = 3
assertions = { "engine/wal" = 50 }
test_lines = 50
""",
}


class Tree:
    """A small project in a folder of its own."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder)
        for name in ("layers.toml", "banned.toml", "symbols.toml"):
            target = self.root / "tests/lint" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(house.HERE / name, target)
        self.forget_exceptions()
        for path, text in CLEAN.items():
            self.write(path, text)

    def forget_exceptions(self):
        """The real exceptions name files that this tree does not have."""
        path = self.root / "tests/lint/banned.toml"
        path.write_text(path.read_text().split("[[exception]]")[0])

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def append(self, path, text):
        self.write(path, (self.root / path).read_text() + text)

    def check(self, name, *arguments, **environment):
        """(exit code, output) of one check on this tree."""
        done = subprocess.run(
            [sys.executable, str(house.HERE / f"check_{name}.py"),
             "--root", str(self.root), *arguments],
            capture_output=True, text=True, check=False,
            env={**os.environ, **environment})
        return done.returncode, done.stdout + done.stderr


class LintTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Tree(folder.name)

    def expect_clean(self, check):
        code, output = self.tree.check(check)
        self.assertEqual(code, 0, output)

    def expect_finding(self, check, *words):
        code, output = self.tree.check(check)
        self.assertEqual(code, 1, output)
        self.assertIn("FAIL: 1 findings", output)
        for word in words:
            self.assertIn(word, output)


class Layers(LintTest):
    def plant(self, path, include):
        self.expect_clean("layers")
        if not (self.tree.root / path).exists():
            self.tree.write(path, "")
        self.tree.append(path, f"#include {include}\n")

    def test_engine_may_not_look_at_sim(self):
        self.tree.write("sim/core/world.h", "")
        self.plant("engine/base/a.cc", '"sim/core/world.h"')
        self.expect_finding("layers", "engine/base/a.cc:4",
                            '"sim/core/world.h"')

    def test_protocols_may_not_look_at_env(self):
        self.tree.write("engine/env/clock.h", "")
        self.plant("engine/replication/primary_backup/a.h",
                   '"engine/env/clock.h"')
        self.expect_finding("layers", "engine/env/clock.h")

    def test_reports_may_not_look_at_engine(self):
        self.plant("reports/history/a.h", '"engine/base/a.h"')
        self.expect_finding("layers", "it may see nothing of ours")

    def test_only_sim_cli_looks_at_the_checkers(self):
        self.tree.write("reports/check/a.h", "")
        self.tree.write("sim/cli/a.cc", '#include "reports/check/a.h"\n')
        self.plant("sim/explore/a.cc", '"reports/check/a.h"')
        self.expect_finding("layers", "sim/explore/a.cc:1", "Judge")

    def test_explore_may_not_look_at_cli(self):
        self.tree.write("sim/cli/a.h", "")
        self.plant("sim/explore/a.cc", '"sim/cli/a.h"')
        self.expect_finding("layers", "sim/explore/a.cc:1")

    def test_storage_engines_do_not_see_each_other(self):
        self.tree.write("engine/storage/memory/a.h", "")
        self.plant("engine/storage/other/a.h", '"engine/storage/memory/a.h"')
        self.expect_finding("layers", "engine/storage/other/a.h:1")

    def test_an_include_that_is_not_from_the_top_is_refused(self):
        self.plant("engine/base/a.cc", '"a.h"')
        self.expect_finding("layers", 'no "a.h" at the top')

    def test_a_library_may_be_seen_only_where_the_table_says(self):
        self.tree.write("sim/scenario/toml/a.cc", "#include <toml++/toml.h>\n")
        self.plant("engine/base/a.cc", "<toml++/toml.h>")
        self.expect_finding("layers", "engine/base/a.cc:4", "sim/scenario")

    def test_the_operating_system_is_a_library_too(self):
        self.plant("engine/base/a.cc", "<unistd.h>")
        self.expect_finding("layers", "<unistd.h>")

    def test_a_new_folder_needs_a_row(self):
        self.expect_clean("layers")
        self.tree.write("engine/wal/deeper/a.h", "")
        self.expect_finding("layers", "engine/wal/deeper: no row")

    def test_a_factory_sees_the_implementations_and_no_other_file_does(self):
        self.tree.write("engine/replication/single/single.h", "")
        self.plant("engine/replication/factory.cc",
                   '"engine/replication/single/single.h"')
        self.expect_clean("layers")
        self.tree.write("engine/replication/replicator.h",
                        '#include "engine/replication/single/single.h"\n')
        self.expect_finding("layers", "engine/replication/replicator.h:1")

    def test_a_circle_of_folders_is_found(self):
        table = "tests/lint/layers.toml"
        self.tree.append(table, '[[layer]]\nfolder = "sim/a"\nmay = ["sim/b"]\n'
                         '[[layer]]\nfolder = "sim/b"\nmay = ["sim/a"]\n')
        self.tree.write("sim/b/b.h", "")
        self.tree.write("sim/a/a.h", '#include "sim/b/b.h"\n')
        self.plant("sim/b/b.cc", '"sim/a/a.h"')
        self.expect_finding("layers", "sim/a -> sim/b -> sim/a")

    def test_an_include_in_a_comment_is_none(self):
        self.tree.append("engine/base/a.cc", '// #include "sim/core/x.h"\n')
        self.expect_clean("layers")


class Banned(LintTest):
    # One line of code for every id of banned.toml and every shape.
    PLANTS = {
        "wall-clock": "auto t = std::chrono::steady_clock::now();",
        "unkeyed-random": "std::uniform_int_distribution<int> d(1, 6);",
        "threads": "std::mutex m;",
        "environment": 'const char* s = getenv("HOME");',
        "real-files": 'std::ofstream out("x");',
        "real-output": 'std::cout << "x";',
        "hash-order": "std::unordered_map<int, int> m;",
        "hash-value": "std::size_t h = std::hash<int>()(1);",
        "pointer-order": "std::map<const Node*, int> m;",
        "floating-point": "double d = 0.5;",
        "static-state": "static int counter = 0;",
        "assert": "assert(x);",
        "exceptions": "throw x;",
        "memory-image": "bool b = memcmp(&a, &c, 8) == 0;",
        "pointer-print": 'absl::StrFormat("%p", x);',
        "hash-iteration": "absl::flat_hash_map<int, int> m;\n"
                          "void F() { for (auto& [k, v] : m) Use(k, v); }",
        "two-draws": "F(r.Below(2), r.Below(3));",
        "unfinished": "// TO" "DO: finish",
    }

    def test_every_word_is_found(self):
        for word, code in self.PLANTS.items():
            with self.subTest(word=word):
                self.expect_clean("banned")
                self.tree.write("engine/base/a.cc", f"// A file.\n{code}\n")
                self.expect_finding("banned", "engine/base/a.cc:", f"[{word}]")
                self.tree.write("engine/base/a.cc", CLEAN["engine/base/a.cc"])

    def test_every_id_of_the_table_has_a_plant(self):
        table = house.load_table(house.HERE.parent.parent, "banned.toml")
        # Two ids have no place of their own in engine/.
        elsewhere = {"catch-all", "switched-off-test"}
        self.assertEqual({w["id"] for w in table["word"]} - elsewhere,
                         self.PLANTS.keys() - {"pointer-print", "two-draws",
                                               "hash-iteration"})

    def test_innocent_code_passes(self):
        self.tree.write("engine/base/a.cc", """// steady_clock, rand() here.
static constexpr int kLimit = 1;
inline constexpr Slice kName = "std::mutex";
inline bool operator==(A a, B b) { return true; }
static Lsn Next(Lsn lsn);
static Result Make() { return {}; }
Nanos runtime(Nanos t) { return time_of(t) + 1'000'000; }
absl::flat_hash_map<int, int> table;
bool F() { return table.find(3) != table.end(); }
void G() { const auto a = r.Below(2); Use(a, r.Below(3)); }
void H() { for (int x : sorted) { Use(clock_->time()); } }
""")
        self.expect_clean("banned")

    def test_a_member_declared_in_the_header_is_known(self):
        self.tree.append("engine/base/a.h",
                         "struct S { absl::flat_hash_set<Id> seen_; };\n")
        self.tree.append("engine/base/a.cc",
                         "void S::F() { for (Id id : seen_) Use(id); }\n")
        self.expect_finding("banned", "engine/base/a.cc:4", "seen_")

    def test_a_switched_off_test_is_found(self):
        self.tree.write("tests/a_test.cc", "TEST(A, DIS" "ABLED_B) {}\n")
        self.expect_finding("banned", "switched-off-test")

    def test_swallowing_the_death_of_a_node_is_found(self):
        self.tree.append("engine/base/a.cc", "x catch (...) {}\n")
        code, output = self.tree.check("banned")
        self.assertEqual(code, 1)
        self.assertIn("[catch-all]", output)

    def test_an_exception_excuses_and_an_idle_one_is_an_error(self):
        self.tree.append("engine/base/a.cc", "std::mutex m;\n")
        self.tree.append("tests/lint/banned.toml",
                         '[[exception]]\nfile = "engine/base/a.cc"\n'
                         'id = "threads"\nwhy = "a test"\n')
        self.expect_clean("banned")
        self.tree.write("engine/base/a.cc", "")
        self.expect_finding("banned", "excuses nothing")


class Budget(LintTest):
    def over(self, what, now):
        self.tree.append("tests/lint/budget.toml", f'[[over]]\nwhat = "{what}"'
                         f'\nnow = {now}\nwhy = "a test"\n')

    def test_a_long_file_is_found(self):
        self.expect_clean("budget")
        self.tree.write("tests/long_test.cc", "\n" * 41)
        self.expect_finding("budget", "tests/long_test.cc", "41 lines")

    def test_the_switchboard_has_a_limit_of_its_own(self):
        self.tree.write("engine/node/node.cc", "\n" * 31)
        self.tree.write("tests/more.txt", "\n" * 30)
        self.expect_finding("budget", "engine/node/node.cc", "limit is 30")

    def test_a_long_function_is_found(self):
        self.tree.write("tests/a_test.cc",
                        "TEST(A, Grows) {\n" + "  X();\n" * 10 + "}\n")
        self.expect_finding("budget", "a_test.cc:1", "TEST(A, Grows)",
                            "12 lines in one function")

    def test_a_justified_size_may_shrink_but_not_grow(self):
        self.over("tests/long_test.cc", 42)
        self.tree.write("tests/long_test.cc", "\n" * 42)
        self.expect_clean("budget")
        self.tree.write("tests/long_test.cc", "\n" * 43)
        self.expect_finding("budget", "grew from 42 to 43")
        self.tree.write("tests/long_test.cc", "\n" * 41)
        self.expect_finding("budget", "lower its row")
        self.tree.write("tests/long_test.cc", "\n" * 40)
        self.expect_finding("budget", "delete its row")
        (self.tree.root / "tests/long_test.cc").unlink()
        self.expect_finding("budget", "nothing is called")

    def test_a_crowded_folder_is_found(self):
        for i in range(4):
            self.tree.write(f"tests/x/{i}.cc", "")
        self.expect_finding("budget", "tests/x: 4 files in one folder")

    def test_a_header_without_a_comment_is_found(self):
        self.tree.write("engine/base/a.h", HEADER.split("\n", 1)[1])
        self.expect_finding("budget", "opens with a comment")

    def test_a_wrong_guard_is_found(self):
        self.tree.write("engine/base/a.h", HEADER.replace("_A_H_", "_B_H_"))
        self.expect_finding("budget", "WR_ENGINE_BASE_A_H_")

    def test_code_that_promises_durability_asserts(self):
        body = "int F(int x) {\n  ++x;\n  return x;\n}\n"
        self.tree.write("engine/wal/a.cc", body.replace("++x", "WR_CHECK(x)"))
        self.expect_clean("budget")
        self.tree.write("engine/wal/a.cc", body)
        self.expect_finding("budget", "engine/wal: 0 assertions")

    def test_tests_keep_up_with_the_code(self):
        self.expect_clean("budget")
        budget = CLEAN["tests/lint/budget.toml"]
        self.tree.write("tests/lint/budget.toml",
                        budget.replace("test_lines = 50", "test_lines = 99999"))
        self.expect_finding("budget", "lines of tests for")


class Build(LintTest):
    def test_a_source_that_no_target_names_is_found(self):
        self.expect_clean("build")
        self.tree.write("tests/forgotten_test.cc", "")
        self.expect_finding("build", "tests/forgotten_test.cc", "no target")

    def test_a_target_in_a_comment_is_none(self):
        self.tree.write("tests/CMakeLists.txt", "# wringer_test(a_test.cc)\n")
        self.tree.append("CMakeLists.txt", "add_subdirectory(tests)\n")
        self.tree.write("tests/a_test.cc", "")
        self.expect_finding("build", "tests/a_test.cc")

    def test_a_source_in_a_loop_is_named(self):
        self.tree.write("tests/CMakeLists.txt",
                        "foreach(part IN ITEMS a b)\n"
                        "  wringer_test(x_${part} SOURCES ${part}_test.cc)\n"
                        "endforeach()\n")
        self.tree.append("CMakeLists.txt", "add_subdirectory(tests)\n")
        for name in "abc":
            self.tree.write(f"tests/{name}_test.cc", "")
        self.expect_finding("build", "tests/c_test.cc")

    def test_a_folder_that_no_list_leads_to_is_found(self):
        self.tree.write("tests/CMakeLists.txt", "")
        self.expect_finding("build", "no add_subdirectory leads here")

    def test_data_that_no_test_reads_is_found(self):
        self.tree.write("tests/testdata/wal/torn.txt", "")
        self.expect_finding("build", "tests/testdata/wal", "nothing reads it")

    def test_a_mark_that_nothing_reaches_is_found(self):
        self.tree.write("engine/base/marks.def",
                        '// WR_MARK_DEF(id)\nWR_MARK_DEF(kTorn, "t", "a")\n')
        self.expect_finding("build", "marks.def:2", "kTorn")
        self.tree.append("engine/base/a.cc", "WR_MARK(kTorn);\n")
        self.expect_clean("build")

    def test_a_document_that_names_a_lost_file_is_found(self):
        self.tree.write("README.md", "See `engine/base/*.h`, engine/base/.\n")
        self.expect_clean("build")
        self.tree.write("README.md", "\nSee `engine/base/gone.h`.\n")
        self.expect_finding("build", "README.md:2", "engine/base/gone.h")

    def test_a_header_that_is_not_included_first_is_found(self):
        self.expect_clean("build")
        self.tree.write("engine/base/a.cc",
                        '#include <vector>\n\n#include "engine/base/a.h"\n')
        self.expect_finding("build", "engine/base/a.cc:1", "compiles alone")

    def test_a_scenario_without_a_story_is_found(self):
        self.tree.write("scenarios/smoke/a.toml",
                        "#:schema x.json\nformat = 1\n")
        self.expect_finding("build", "scenarios/smoke/a.toml:1")


class Violations(LintTest):
    NAMES = """const std::vector<Slice>& KnownViolations() {
  static const std::vector<Slice> kAll = {
      "safety/lost-ack",  // gone
      "safety/lease",     //
      "liveness/stuck",
  };
  return kAll;
}
"""

    def setUp(self):
        super().setUp()
        self.tree.write("sim/scenario/names.cc", self.NAMES)
        self.tree.write("reports/check/lost.cc",
                        'Finding finding{.kind = "lost-ack", .key = 1};\n')
        self.tree.write("sim/oracle/lease_oracle.cc",
                        'log_->Add(view.id,\n          "lease", "two");\n')
        self.tree.write("sim/cli/judge.cc", 'Add("liveness/stuck", "why");\n')

    def test_a_list_of_what_is_found_passes(self):
        self.expect_clean("violations")

    def test_a_name_that_nothing_finds_is_found(self):
        self.tree.write("sim/cli/judge.cc",
                        '// Add("liveness/stuck", "why");\n'
                        'if (id == "liveness/stuck") Has(v, "liveness/stuck");'
                        "\n")
        self.expect_finding("violations", "names.cc:5", "liveness/stuck")

    def test_a_finding_that_no_scenario_can_expect_is_found(self):
        for path, text in (
                ("reports/check/more.cc", 'finding.kind = "phantom";\n'),
                ("sim/oracle/view_oracle.cc", 'log_->Add(node, "view", "x");\n'),
                ("sim/cli/more.cc", 'AddLine("latency", text, held, v);\n')):
            with self.subTest(path):
                self.tree.write(path, text)
                self.expect_finding("violations", path + ":1")
                self.tree.write(path, "")

    def test_a_list_that_cannot_be_read_is_no_list(self):
        self.tree.write("sim/scenario/names.cc", "// moved away\n")
        code, output = self.tree.check("violations")
        self.assertEqual(code, 1, output)
        self.assertIn("no list of violations found", output)


@unittest.skipUnless(shutil.which("clang-format-19"), "no clang-format-19")
class Format(LintTest):
    def test_another_format_is_found(self):
        self.expect_clean("format")
        self.tree.append("engine/base/a.cc", "int  x ;\n")
        self.expect_finding("format", "engine/base/a.cc:4")


class FormatWithoutTool(LintTest):
    def test_it_is_skipped_aloud_or_refused(self):
        code, output = self.tree.check("format", PATH="/nowhere",
                                       WRINGER_REQUIRE_ALL_TOOLS="")
        self.assertEqual(code, house.EXIT_SKIPPED)
        self.assertIn("SKIPPED", output)
        code, _ = self.tree.check("format", PATH="/nowhere",
                                  WRINGER_REQUIRE_ALL_TOOLS="1")
        self.assertEqual(code, 1)


@unittest.skipUnless(shutil.which("g++") and shutil.which("ar"), "no g++")
class Symbols(LintTest):
    def archive(self, source):
        folder = self.tree.root
        self.tree.write("x.cc", source)
        subprocess.run(["g++", "-c", "-O1", "x.cc"], cwd=folder, check=True)
        name = folder / "libengine_x.a"
        name.unlink(missing_ok=True)
        subprocess.run(["ar", "rcs", name, "x.o"], cwd=folder, check=True)
        return str(name)

    def expect(self, source, code, *words):
        got, output = self.tree.check("symbols", self.archive(source))
        self.assertEqual(got, code, output)
        for word in words:
            self.assertIn(word, output)

    def test_pure_code_passes(self):
        self.expect("struct S { virtual ~S(); }; S::~S() {}\n"
                    "const char* const kNames[] = {\"a\", \"b\"};\n"
                    "const char* Name(int i) { return kNames[i]; }\n", 0)

    def test_a_clock_is_found(self):
        self.expect("#include <time.h>\nlong T() { return time(nullptr); }\n",
                    1, "imports `time`")

    def test_a_hidden_clock_is_found(self):
        self.expect("#include <chrono>\nlong T() { return std::chrono::"
                    "steady_clock::now().time_since_epoch().count(); }\n",
                    1, "steady_clock::now()")

    def test_libm_is_found(self):
        self.expect("#include <cmath>\n"
                    "double F(double x) { return std::exp(x); }\n", 1, "`exp`")

    def test_a_handler_of_exceptions_is_no_state(self):
        self.expect("struct E {}; struct S { ~S(); }; void F();\n"
                    "void G() { S s; try { F(); } catch (E&) {} }\n", 0)

    def test_a_constant_made_at_first_use_is_no_state(self):
        self.expect("#include <vector>\nconst std::vector<int>& Table() {\n"
                    "  static const std::vector<int> kTable = {1, 2};\n"
                    "  return kTable;\n}\n", 0)

    def test_mutable_state_is_found(self):
        self.expect("int Next() { static int counter = 7; return ++counter; }"
                    "\n", 1, "keeps `Next()::counter`")


class Outline(unittest.TestCase):
    def names(self, text):
        return [(f.name, f.line, f.lines) for f in cpp_outline.functions(text)]

    def test_functions_are_found_and_measured(self):
        self.assertEqual(self.names("""namespace a {
class C : public B {
 public:
  explicit C(int x) : a_{x}, b_(1) { F(); }
  int b() const { return b_; }
  int c_[2] = {1, 2};
};
template <typename T>
T Max(T x,
      T y) {
  if (x) {
    return [](int z) { return z; }(1);
  }
  return y;
}
enum class E { kA, kB };
const Info kInfo[] = {{"a", F(1)}, {"b", {2}}};
TEST(Wal, Grows) {
  EXPECT_EQ("} // {", s);
}
}
"""), [("C", 4, 1), ("b", 5, 1), ("Max", 8, 8), ("TEST(Wal, Grows)", 18, 3)])


if __name__ == "__main__":
    unittest.main()
