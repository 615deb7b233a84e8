"""The tree is what clang-format 19 makes of it (.clang-format: Google).

Without clang-format-19 it says so and is skipped, unless
WRINGER_REQUIRE_ALL_TOOLS is set, as in .ci/run.
"""
import concurrent.futures
import os
import shutil
import subprocess

import house

TOOL = "clang-format-19"
BATCH = 24


def run_tool(files):
    """The complaints about some files: one line each, at their first place."""
    done = subprocess.run([TOOL, "--dry-run", "--ferror-limit=1", *files],
                          capture_output=True, text=True, check=False)
    return [line for line in done.stderr.splitlines()
            if "-Wclang-format-violations" in line or "error:" in line]


def main():
    root = house.parse_root(__doc__).root
    if shutil.which(TOOL) is None:
        print(f"SKIPPED: {TOOL} is not installed, so nothing was compared; "
              f"apt-get install {TOOL}")
        required = os.environ.get("WRINGER_REQUIRE_ALL_TOOLS")
        return 1 if required else house.EXIT_SKIPPED
    findings = house.Findings(root)
    files = house.code_files(root)
    batches = [files[i:i + BATCH] for i in range(0, len(files), BATCH)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for lines in pool.map(run_tool, batches):
            for line in lines:
                path, number, _ = line.split(":", 2)
                findings.add(path, number, f"run {TOOL} -i on it")
    return findings.finish(f"format, {len(files)} files")


if __name__ == "__main__":
    house.run(main)
