#!/usr/bin/env bash
# Instructions per operation of a workload, counted by callgrind, and a gate.
#
#   instructions.sh LIMIT BINARY WORKLOAD PENDING
#
# Runs `BINARY WORKLOAD PENDING OPERATIONS` at two sizes and divides the
# difference of the instructions by the difference of the operations the binary
# says it has done ("operations N" on stderr), so that start-up and set-up drop
# out. Such counts repeat to within one per cent where times do not.
# Exit: 0 at or under LIMIT, 1 above, 77 (skip) without valgrind.
set -euo pipefail

limit=$1 binary=$2 workload=$3 pending=$4
small=$((pending * 20)) large=$((pending * 20 + 60000))

command -v valgrind >/dev/null || { echo "valgrind is not installed"; exit 77; }

# Prints "operations instructions" of one run.
count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$binary" "$workload" "$pending" "$1" 2>&1 >/dev/null |
    awk '/^operations/ {n = $2} /Collected :/ {i = $4}
         END {if (!n || !i) exit 1; print n, i}'
}

read -r n0 i0 < <(count "$small")
read -r n1 i1 < <(count "$large")
awk -v i=$((i1 - i0)) -v n=$((n1 - n0)) -v limit="$limit" \
  -v name="$workload, $pending pending" 'BEGIN {
    per = i / n
    printf "%s: %.0f instructions per operation (gate %d)\n", name, per, limit
    exit per > limit
  }'
