#!/bin/sh
# Time per sample over batch sizes, on all threads and on one: no cliff may show.
# Use: Benchmarks/sweep.sh [path of cajal]
set -eu
program=${1:-.build/release/cajal}

row() { # workload, batch, threads
  CAJAL_NUM_THREADS=$3 "$program" bench "$1" --batch "$2" --json | sed 's/.*"value": \([0-9.e+-]*\),.*/\1/'
}

sweep() { # workload, batches
  printf '\n%-12s %10s %12s %12s %12s %9s\n' "$1" batch 'ms' 'µs a sample' '1 thread ms' 'faster'
  for batch in $2; do
    all=$(row "$1" "$batch" "$(nproc)")
    one=$(row "$1" "$batch" 1)
    awk -v b="$batch" -v a="$all" -v o="$one" \
      'BEGIN { printf "%-12s %10d %12.4g %12.4g %12.4g %8.2fx\n", "", b, a, a * 1000 / b, o, o / a }'
  done
}

sweep w02 '1 2 4 8 16 32 64 128 256 512'
sweep w04 '1 2 4 8 16 32 64 128 256 512'
sweep w08-infer1 '1 2 4 8 16 32'
