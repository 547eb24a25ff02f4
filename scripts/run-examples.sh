#!/usr/bin/env bash
# Builds every example (an executable target under Examples/) and runs it briefly: CAJAL_EXAMPLE_QUICK=1 asks an example for
# its short form. Names as arguments choose some. Each runs in a directory of its own and may write there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
limit_seconds=${CAJAL_EXAMPLE_LIMIT:-300}

mapfile -t names < <(
  swift package describe </dev/null 2>/dev/null |
    awk '$1 == "Name:" { name = $2 } $1 == "Type:" { type = $2 } $1 == "Path:" && type == "executable" && $2 ~ /^Examples\// { print name }' |
    sort
)
if (($#)); then
  for name in "$@"; do
    printf '%s\n' "${names[@]}" | grep -qxF "$name" || { echo "no example named '$name'; there are: ${names[*]}" >&2; exit 2; }
  done
  names=("$@")
fi
if ((${#names[@]} == 0)); then echo "no examples"; exit 0; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=()
for name in "${names[@]}"; do
  swift build --configuration release --product "$name" </dev/null
done
for name in "${names[@]}"; do
  mkdir "$work/$name"
  started=$SECONDS
  if (cd "$work/$name" && CAJAL_EXAMPLE_QUICK=1 timeout "$limit_seconds" "$root/.build/release/$name" >output.txt 2>&1 </dev/null); then
    echo "ok      $name ($((SECONDS - started)) s)"
  else
    status=$?
    ((status == 124)) && reason="took more than $limit_seconds s" || reason="exit status $status"
    echo "FAILED  $name: $reason; its last lines:"
    tail -n 20 "$work/$name/output.txt" | sed 's/^/        /'
    failed+=("$name")
  fi
done
if ((${#failed[@]})); then echo "${#failed[@]} of ${#names[@]} examples failed: ${failed[*]}" >&2; exit 1; fi
echo "all ${#names[@]} examples ran"
