#!/bin/sh
# Puts oneDNN 3 (libdnnl.so.3) into .vendor/lib of this checkout when the system has none.
# Needs no root; run it again at will.
#   scripts/install-onednn.sh              the library
#   scripts/install-onednn.sh --headers    also oneDNN's own headers, which one test compares Cajal's declarations with
set -eu

version=2023.2.0  # oneDNN 3.2.0
library_hash=2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb
headers_hash=9763c69e8c907e119056bd52ad918ca84ac9ba939d130a99dfa95ccca3e5e284
vendor=$(cd "$(dirname "$0")/.." && pwd)/.vendor
headers=no

for argument in "$@"; do
  case $argument in
    --headers) headers=yes ;;
    *) echo "install-onednn: unknown argument '$argument'; the only one is --headers." >&2; exit 2 ;;
  esac
done

fail() { echo "install-onednn: $1" >&2; exit 1; }

# fetch PACKAGE HASH PATTERN FOLDER: the files of a wheel that match PATTERN, into FOLDER under the name of its group.
fetch() {
  command -v python3 > /dev/null || fail "needs python3 (Debian, Ubuntu: apt-get install python3 python3-pip)."
  python3 -m pip --version > /dev/null 2>&1 || fail "needs pip (Debian, Ubuntu: apt-get install python3-pip)."
  temporary=$(mktemp -d)
  trap 'rm -rf "$temporary"' EXIT
  printf '%s==%s --hash=sha256:%s\n' "$1" "$version" "$2" > "$temporary/requirements"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --platform manylinux1_x86_64 --dest "$temporary" --requirement "$temporary/requirements" ||
    fail "could not download and verify $1 $version; pip's lines above say why (it needs the network)."
  python3 - "$temporary" "$3" "$4" <<'PYTHON'
import os, re, sys, zipfile
folder, pattern, target = sys.argv[1:]
wheel = next(name for name in os.listdir(folder) if name.endswith(".whl"))
with zipfile.ZipFile(os.path.join(folder, wheel)) as archive:
    found = 0
    for name in archive.namelist():
        match = re.fullmatch(pattern, name)
        if not match:
            continue
        path = os.path.join(target, match.group(1))
        if ".." in path.split("/"):
            sys.exit(f"install-onednn: {wheel} holds the unexpected path {name}.")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".part", "wb") as file:
            file.write(archive.read(name))
        os.replace(path + ".part", path)
        found += 1
if not found:
    sys.exit(f"install-onednn: {wheel} does not hold what was expected.")
PYTHON
  rm -rf "$temporary"
  trap - EXIT
}

# The loader's list where there is one, else the usual folders.
in_system() {
  { ldconfig -p 2> /dev/null || /sbin/ldconfig -p 2> /dev/null; } | grep -q 'libdnnl\.so\.3' ||
    ls /usr/lib/libdnnl.so.3 /usr/lib64/libdnnl.so.3 /usr/lib/*-linux-gnu/libdnnl.so.3 /usr/local/lib/libdnnl.so.3 \
      2> /dev/null | grep -q .
}

if [ -e "$vendor/lib/libdnnl.so.3" ]; then
  echo "oneDNN 3 is in $vendor/lib already; nothing to do."
elif in_system; then
  echo "The system has oneDNN 3 (libdnnl.so.3); Cajal uses that one."
elif [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
  fail "there is no ready-made oneDNN 3 for $(uname -s) on $(uname -m). Install your distribution's package that holds
libdnnl.so.3, or build oneDNN 3 with OpenMP and set CAJAL_ONEDNN to its libdnnl.so.3."
else
  echo "Fetching oneDNN 3.2 (39 MB, Apache-2.0), for convolutions and matrix products: wheel onednn-cpu-gomp $version."
  fetch onednn-cpu-gomp "$library_hash" '[^/]+/data/lib/(libdnnl\.so\.3)' "$vendor/lib"
  echo "Put it into $vendor/lib, where Cajal looks for it; removing that folder undoes this."
fi

if ! { ldconfig -p 2> /dev/null || /sbin/ldconfig -p 2> /dev/null; } | grep -q 'libgomp\.so\.1'; then
  echo "oneDNN needs libgomp, which this system seems to lack (Debian, Ubuntu: apt-get install libgomp1)."
fi

if [ "$headers" = yes ]; then
  if [ -e "$vendor/include/oneapi/dnnl/dnnl.h" ]; then
    echo "oneDNN's headers are in $vendor/include already; nothing to do."
  else
    echo "Fetching oneDNN's headers, for the test that compares Cajal's declarations with them."
    fetch onednn-devel-cpu-gomp "$headers_hash" '[^/]+/data/include/((?:oneapi/dnnl/)?[a-z_]+\.h)' "$vendor/include"
    echo "Put them into $vendor/include."
  fi
fi
