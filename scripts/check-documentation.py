#!/usr/bin/env python3
"""Fails where a public declaration has no documentation comment, or where one names a parameter that does not exist.

usage: check-documentation.py FOLDER MODULE...    the folder holds the modules' symbol graphs
Called by docs.sh. A requirement's comment serves those who fulfil it, and a parameter whose name says all needs no words.
"""
import glob
import json
import re
import sys


def written(graph):
    """Symbols of source files that fulfil nobody's requirement."""
    heirs = {r["source"] for r in graph["relationships"] if r["kind"] in ("defaultImplementationOf", "overrides")}
    heirs |= {r["source"] for r in graph["relationships"] if "sourceOrigin" in r}
    return [s for s in graph["symbols"] if "location" in s and s["identifier"]["precise"] not in heirs]


def undocumented(graph):
    """Symbols that have no comment."""
    for symbol in written(graph):
        if "docComment" not in symbol:
            yield symbol, "has no documentation comment"


def wrong_parameters(graph):
    """Symbols whose comment describes a parameter that they do not take."""
    for symbol in written(graph):
        lines = [line["text"] for line in symbol.get("docComment", {}).get("lines", [])]
        taken = symbol.get("functionSignature", {}).get("parameters", [])
        own = {p[key] for p in taken for key in ("name", "internalName") if key in p}
        own |= {p["name"] for p in symbol.get("swiftGenerics", {}).get("parameters", [])}
        named, in_list = [], False
        for line in lines:
            single = re.match(r"\s*- Parameter (\w+):", line)
            if single:
                named.append(single.group(1))
            in_list = bool(re.match(r"\s*- Parameters:", line)) or in_list and line.startswith(" ")
            item = re.match(r"\s+- (\w+):", line)
            if in_list and item:
                named.append(item.group(1))
        for name in named:
            if name not in own:
                yield symbol, f"has no parameter '{name}', which its comment describes"


def main(folder, modules):
    mistakes = set()
    for module in modules:
        for path in glob.glob(f"{folder}/{module}.symbols.json") + glob.glob(f"{folder}/{module}@*.symbols.json"):
            with open(path) as file:
                graph = json.load(file)
            for symbol, what in [*undocumented(graph), *wrong_parameters(graph)]:
                place = symbol["location"]
                name = ".".join(symbol["pathComponents"])
                mistakes.add((place["uri"].rpartition("/Sources/")[2], place["position"]["line"] + 1, name, what))
    for file, line, name, what in sorted(mistakes):
        print(f"Sources/{file}:{line}: {name} {what}", file=sys.stderr)
    if mistakes:
        sys.exit(f"docs: {len(mistakes)} declarations to document")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
