#!/usr/bin/env bash
# Instructions per event of a whole run, of a small and a large cluster: by how
# much the second is the dearer.
#
#   growth.sh LIMIT WRINGER SMALL LARGE
#
# Each scenario is run under callgrind at two lengths; the difference of the
# instructions is divided by that of the events, so that start-up drops out. The large one is run shorter, for it has more events.
# Exit: 0 if the ratio is at or under LIMIT, 1 above or without valgrind.
set -euo pipefail

limit=$1 wringer=$2 small=$3 large=$4

command -v valgrind >/dev/null || {
  echo "valgrind is not installed: apt-get install valgrind"
  exit 1
}
counted=$(mktemp)
trap 'rm -f "$counted"' EXIT

# Prints "events instructions" of a run of $1 for $2.
count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$wringer" run "$1" \
    --no-keep --json --set run.length="$2" 2>"$counted" |
    sed -n 's/.*"events":\([0-9]*\).*/\1/p'
  awk '/Collected :/ {print $4}' "$counted"
}

# Prints the instructions per event of a scenario between two lengths.
per_event() {
  local -a few many
  mapfile -t few < <(count "$1" "$2")
  mapfile -t many < <(count "$1" "$3")
  awk -v e=$((many[0] - few[0])) -v i=$((many[1] - few[1])) \
    'BEGIN {if (e <= 0) exit 1; printf "%.0f\n", i / e}'
}

few_nodes=$(per_event "$small" 4s 12s)
many_nodes=$(per_event "$large" 400ms 1200ms)
awk -v a="$few_nodes" -v b="$many_nodes" -v limit="$limit" 'BEGIN {
  printf "%d and %d instructions per event: %.2f times (gate %s)\n",
         a, b, b / a, limit
  exit b / a > limit
}'
