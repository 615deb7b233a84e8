#!/usr/bin/env bash
# Instructions per operation of a workload, counted by callgrind, and a gate.
#
#   instructions.sh LIMIT BINARY WORKLOAD PENDING [FEW MANY]
#
# Runs `BINARY WORKLOAD PENDING N` with N = FEW and N = MANY and divides the
# difference of the instructions by the difference of the operations the binary
# says it has done ("operations N" on stderr), so that start-up and set-up drop
# out. Such counts repeat to within one per cent where times do not.
# No hardware counter is needed, so that it works on any machine.
# Exit: 0 at or under LIMIT, 1 above or without valgrind.
set -euo pipefail

limit=$1 binary=$2 workload=$3 pending=$4
few=${5:-$((pending * 20))} many=${6:-$((pending * 20 + 60000))}

command -v valgrind >/dev/null || {
  echo "valgrind is not installed: apt-get install valgrind"
  exit 1
}

# Prints "operations instructions" of one run.
count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$binary" "$workload" "$pending" "$1" 2>&1 >/dev/null |
    awk '/^operations/ {n = $2} /Collected :/ {i = $4}
         END {if (!n || !i) exit 1; print n, i}'
}

read -r n0 i0 < <(count "$few")
read -r n1 i1 < <(count "$many")
awk -v i=$((i1 - i0)) -v n=$((n1 - n0)) -v limit="$limit" \
  -v name="$workload, $pending pending" 'BEGIN {
    per = i / n
    printf "%s: %.0f instructions per operation (gate %d)\n", name, per, limit
    exit per > limit
  }'
