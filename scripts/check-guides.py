#!/usr/bin/env python3
"""Type-checks the Swift code of the README and the guides, so that it stays true.

usage: check-guides.py BUILD     the folder of a build in debug configuration, which docs.sh has made
The blocks of a page are one function, in order; a block that shows a manifest (it begins with a comment) is left out.
"""
import glob
import os
import re
import subprocess
import sys


def program(pages):
    """One function for each page with code, and the place of each of its lines."""
    imports, lines, places = set(), [], []
    for page in pages:
        with open(page) as file:
            text = file.read()
        blocks = [b for b in re.finditer(r"^```swift\n(.*?)^```", text, re.S | re.M) if not b.group(1).startswith("//")]
        if not blocks:
            continue
        name = re.sub(r"\W", "_", os.path.basename(page))
        lines.append(f"func {name}() throws {{")
        places.append((page, 0))
        for block in blocks:
            first = text.count("\n", 0, block.start(1)) + 1
            for offset, line in enumerate(block.group(1).rstrip("\n").split("\n")):
                if line.startswith("import "):
                    imports.add(line)
                else:
                    lines.append(line)
                    places.append((page, first + offset))
        lines.append("}")
        places.append((page, 0))
    head = sorted(imports)
    return head + lines, [("", 0)] * len(head) + places


def main(build):
    lines, places = program(["README.md", *sorted(glob.glob("Documentation/Cajal.docc/*.md"))])
    source = ".build/guides.swift"
    with open(source, "w") as file:
        file.write("\n".join(lines) + "\n")
    maps = glob.glob(f"{build}/*.build/module.modulemap") + glob.glob("Sources/*/module.modulemap")
    maps += glob.glob("Sources/*/include/module.modulemap")
    flags = [flag for path in maps for flag in ("-Xcc", f"-fmodule-map-file={os.path.abspath(path)}")]
    command = ["swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", "-I", f"{build}/Modules", *flags, source]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 0:
        return
    found = False
    for line, message in re.findall(r"guides\.swift:(\d+):\d+: error: (.*)", result.stderr):
        page, number = places[int(line) - 1]
        print(f"{page}:{number}: {message}", file=sys.stderr)
        found = True
    if not found:
        print(result.stderr, file=sys.stderr)
    sys.exit("docs: the code of the guides does not compile")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
