#!/usr/bin/env bash
# Installs what building and running Cajal needs, and says what and why before it does. Quick when nothing is missing.
#   scripts/setup.sh            everything to build and run
#   scripts/setup.sh --tests    also what only the tests need (the official oneDNN headers)
#   scripts/setup.sh --check    change nothing; say what is missing and exit 1 if something is
# Knows Debian 12 and Ubuntu 22.04 or newer. Elsewhere: install the same things and set CAJAL_SKIP_PACKAGES=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests=0 check=0
for argument in "$@"; do
  case "$argument" in
    --tests) tests=1 ;;
    --check) check=1 ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "setup: unknown option '$argument'. Options: --tests, --check, --help." >&2; exit 2 ;;
  esac
done

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }

# The Swift toolchain. Asking it for its version is slow, so the answer is remembered with the file it came from.
check_swift() {
  local swift version identity stamp=.vendor/swift-checked
  swift=$(command -v swift) || fail "no 'swift' on the PATH." \
    "Cajal is built with a Swift 6 toolchain: see https://www.swift.org/install/linux, then run this again."
  identity=$(stat -L -c '%n %Y %s' "$swift")
  if [[ -f $stamp && $(<"$stamp") == "$identity" ]]; then return; fi
  version=$("$swift" --version 2>/dev/null </dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  if [[ ! $version =~ ^[0-9]+\. ]]; then
    fail "'$swift --version' did not name a version. Cajal needs a working Swift 6 toolchain: https://www.swift.org/install/linux"
  fi
  if ((${version%%.*} < 6)); then
    fail "found Swift $version at $swift, but Cajal needs 6.0 or newer: https://www.swift.org/install/linux"
  fi
  mkdir -p .vendor && printf '%s' "$identity" >"$stamp"
}

# One line per need: the package (or 'first|second' where systems name it differently), then the reason.
needs() {
  cat <<'LIST'
libpng-dev            reading and writing PNG images
libturbojpeg0-dev|libturbojpeg-dev  reading JPEG images
zlib1g-dev            reading compressed data sets and archives
libzip-dev            reading and writing Keras's archives
libhdf5-dev           reading and writing Keras's weights
libgomp1              oneDNN needs it to be loaded
gnuplot-nox           drawing figures
LIST
  if library_missing || headers_missing; then
    python3 -m pip --version >/dev/null 2>&1 || echo "python3-pip           fetching the oneDNN library"
  fi
}

system_has_onednn() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q 'libdnnl\.so\.3 '; }
library_missing() { [[ ! -e .vendor/lib/libdnnl.so.3 ]] && ! system_has_onednn; }
headers_missing() { ((tests)) && [[ ! -e .vendor/include/oneapi/dnnl/dnnl.h ]]; }

missing_packages() {
  local names installed name reason one found
  installed=" $(dpkg-query -W -f='${db:Status-Status}:${Package} ' $(needs | cut -d ' ' -f 1 | tr '|' ' ') 2>/dev/null || true)"
  while read -r names reason; do
    found=0
    for one in ${names//|/ }; do [[ $installed == *" installed:$one "* ]] && found=1; done
    ((found)) || printf '%s %s\n' "$names" "$reason"
  done < <(needs)
}

# The first of 'first|second' that the package index knows.
choose() {
  local one
  for one in ${1//|/ }; do
    if apt-cache show --no-all-versions "$one" >/dev/null 2>&1; then echo "$one"; return; fi
  done
  echo "${1%%|*}"
}

install_packages() {
  local missing names reason packages=() as_root=()
  missing=$(missing_packages)
  [[ -n $missing ]] || return 0

  say "these Debian packages are missing:"
  while read -r names reason; do printf '  %-20s %s\n' "${names%%|*}" "$reason"; done <<<"$missing"
  local by_hand="apt-get install --no-install-recommends $(cut -d ' ' -f 1 <<<"$missing" | cut -d '|' -f 1 | tr '\n' ' ')"
  ((check)) && fail "nothing was changed; install them with: $by_hand"

  if (($(id -u) != 0)); then
    command -v sudo >/dev/null || fail "installing them needs root, and there is no sudo. As root, run: $by_hand"
    if ! sudo -n true 2>/dev/null && ! { : </dev/tty; } 2>/dev/null; then
      fail "installing them needs root, and sudo wants a password but there is no terminal to ask on. As root, run: $by_hand"
    fi
    as_root=(sudo)
    say "installing them with sudo apt-get"
  else
    say "installing them with apt-get"
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)

  "${as_root[@]}" apt-get update -qq </dev/null ||
    say "apt-get update failed; trying with the package lists that are here" >&2
  while read -r names reason; do packages+=("$(choose "$names")"); done <<<"$missing"
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null ||
    fail "apt-get could not install: ${packages[*]}. Its message above says why."
}

check_swift
if [[ -z ${CAJAL_SKIP_PACKAGES:-} ]]; then
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    fail "this system has no apt-get, so the following must be installed by hand; then set CAJAL_SKIP_PACKAGES=1:" \
      "$(needs)"
  fi
  install_packages
fi

if library_missing; then
  ((check)) && fail "oneDNN 3 is not here; scripts/install-onednn.sh puts it into .vendor/lib"
  scripts/install-onednn.sh
fi
if headers_missing; then
  ((check)) && fail "oneDNN's headers are not here; scripts/install-onednn.sh --headers puts them into .vendor/include"
  scripts/install-onednn.sh --headers
fi
