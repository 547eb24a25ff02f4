#!/usr/bin/env bash
# Builds the documentation into .build/docs: the guides of Documentation/Cajal.docc and the reference of the public modules,
# with the toolchain's own docc. A warning is an error; so is a link to nothing. A module may link to the modules before it in
# the list below, by their name: ``CajalGraph/Tensor``.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The modules that users meet, each after those it imports.
modules=(CajalGraph CajalTerminal CajalFigures Cajal CajalData CajalModels)
catalog=Documentation/Cajal.docc
scratch=.build/docs-scratch

command -v docc >/dev/null || { echo "docs: no 'docc' on the PATH; it is part of the Swift toolchain" >&2; exit 1; }
[[ -d $catalog ]] || { echo "docs: $catalog is missing" >&2; exit 1; }

mkdir -p .build
# The tool also asks for the tests' modules, which it did not build, and then fails: what counts are the modules named above.
rm -f .build/*/symbolgraph/*.symbols.json
swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members \
  >.build/docs-symbols.log 2>&1 </dev/null || true
graphs=$(sed -n 's/^Files written to //p' .build/docs-symbols.log | tail -n 1)
for module in "${modules[@]}"; do
  if [[ ! -s $graphs/$module.symbols.json ]]; then
    cat .build/docs-symbols.log >&2
    echo "docs: reading the public interface of $module failed; the compiler's message above says why" >&2
    exit 1
  fi
done

scripts/check-documentation.py "$graphs" CajalGraph Cajal CajalData CajalModels
scripts/check-guides.py "$(dirname "$graphs")/debug"

rm -rf "$scratch" .build/docs
mkdir -p "$scratch"
archives=()
failed=()
for module in "${modules[@]}"; do
  mkdir "$scratch/$module"
  cp "$graphs/$module".symbols.json "$scratch/$module/"
  cp "$graphs/$module"@*.symbols.json "$scratch/$module/" 2>/dev/null || true
  from=()
  [[ $module == Cajal ]] && from=("$catalog")
  for archive in "${archives[@]}"; do from+=(--dependency "$archive"); done
  # One module's mistakes do not hide those of the next.
  if docc convert "${from[@]}" --additional-symbol-graph-dir "$scratch/$module" \
    --output-path "$scratch/$module.doccarchive" --enable-experimental-external-link-support \
    --fallback-display-name "$module" --fallback-bundle-identifier "$module" --warnings-as-errors \
    --disable-parameters-and-returns-validation </dev/null; then  # it would want words for every parameter
    archives+=("$scratch/$module.doccarchive")
  else
    failed+=("$module")
  fi
done
if ((${#failed[@]})); then echo "docs: mistakes in: ${failed[*]}" >&2; exit 1; fi
docc merge "${archives[@]}" --output-path .build/docs --synthesized-landing-page-name Cajal </dev/null
rm -rf "$scratch"
echo "The documentation is in .build/docs. To read it, run"
echo "  python3 -m http.server --directory .build/docs"
echo "and open http://localhost:8000/documentation"
