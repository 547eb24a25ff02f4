#!/usr/bin/env bash
# Runs the commands that README.md shows, so that it stays true: every line of its ```sh blocks that starts with 'make' or
# 'cajal', in order, in a scratch directory ('make' in the project). A block opened with ```sh no-check is left out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
[[ -f README.md ]] || { echo "README.md is missing" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PATH="$root/.build/release:$PATH"
mapfile -t commands < <(awk '/^```sh *$/ { inside = 1; next } /^```/ { inside = 0 } inside && /^(make|cajal) /' README.md)
if ((${#commands[@]} == 0)); then echo "README.md shows no 'make' or 'cajal' command in a \`\`\`sh block" >&2; exit 1; fi

for command in "${commands[@]}"; do
  case "$command" in
    'make test'* | 'make bench'*) echo "skipped $command (run on its own)"; continue ;;
    make*) directory=$root ;;
    *) directory=$work ;;
  esac
  if (cd "$directory" && bash -c "$command" >"$work/.output" 2>&1 </dev/null); then
    echo "ok      $command"
  else
    echo "FAILED  $command"
    tail -n 20 "$work/.output" | sed 's/^/        /'
    exit 1
  fi
done
