"""Every visible preset configures, in a folder that is thrown away.

Needs all packages of scripts/lib/packages.txt, so .ci/run calls it, not ctest.
python3 counts as absent: scripts/wringer, which configures the tests too, does
not install it.
"""
import json
import subprocess
import tempfile

import house


def visible_presets(root):
    presets = json.loads(house.read(root / "CMakePresets.json"))
    return [p["name"] for p in presets["configurePresets"]
            if not p.get("hidden")]


def main():
    root = house.parse_root(__doc__).root
    findings = house.Findings(root)
    names = visible_presets(root)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            done = subprocess.run(
                ["cmake", "--preset", name, "-B", f"{folder}/{name}",
                 "-DCMAKE_DISABLE_FIND_PACKAGE_Python3=ON"],
                cwd=root, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                findings.add(root / "CMakePresets.json", 0,
                             f"preset {name} does not configure:\n"
                             + done.stderr[-2000:])
    return findings.finish(f"presets {', '.join(names)}")


if __name__ == "__main__":
    house.run(main)
