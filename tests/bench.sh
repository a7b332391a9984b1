#!/bin/sh
# `make bench`: what deltaw costs on this machine, one row a figure.  Medians of
# several runs; the goals are those of an ordinary machine with two cores.
# BENCH_TRIALS (10000 a mouse), BENCH_RUNS (5) and BENCH_EPOCHS (1000) make it
# shorter.  Parts of it are in tests/bench_*.sh.
set -eu
: "${DELTAW:?run this by make bench}" "${BENCH_PROBE:?run this by make bench}" "${BENCH_SCREEN:?run this by make bench}"
core=${BENCH_CORE:?run this by make bench}
runs=${BENCH_RUNS:-5}
trials=${BENCH_TRIALS:-10000}
cores=$(nproc)
work=$(mktemp -d "${TMPDIR:-/tmp}/deltaw-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
XDG_CONFIG_HOME=$work XDG_STATE_HOME=$work
export XDG_CONFIG_HOME XDG_STATE_HOME
cd "$work"

row() { printf '%-44s %24s   %s\n' "$1" "$2" "$3"; }
batch() { "$DELTAW" --no-rc -q "$@"; }
column() { echo "$1" | cut -d ' ' -f "$2"; }

echo "deltaw bench, $(date -u +%Y-%m-%d)"
echo "machine   $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $cores cores, $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)"
"$DELTAW" -v --version | sed "s/^/build     /"
echo "compiler  ${BENCH_COMPILER:-}"
echo
row what measured goal
row '----' '--------' '----'

start=$(column "$("$core" 21 "$DELTAW" --no-rc -c 'say ready')" 1)
row "start-up" "$start ms" "under 50 ms"

. "${srcdir:?run this by make bench}/tests/bench_fit.sh"

# Loading, against what zcat takes for the same file; memory, against the cohort's
# columns (18 bytes a trial, and 4 for each further one).
for animals in 100 1000; do
    batch -c "simulate reinforce animals=$animals trials=$trials alpha=2^-5 seed=2" \
        -c 'save data big.csv.gz' >/dev/null
    rows=$((animals * trials))
    more=$(zcat big.csv.gz 2>/dev/null | head -n 1 | awk -F, '{ print NF - 7 }')
    load=$("$core" "$runs" "$DELTAW" --no-rc -q -c 'load big.csv.gz')
    zcat=$("$core" "$runs" zcat big.csv.gz)
    row "load of $rows trials, .csv.gz" "$(column "$load" 1) ms" ""
    row "  zcat of the same file" "$(column "$zcat" 1) ms" ""
    row "  load against zcat" \
        "$(echo "$(column "$load" 1) $start $(column "$zcat" 1)" | awk '{printf "%.2f x", ($1 - $2) / $3}')" "at most 2 x"
    row "  memory of that load" "$(column "$load" 4) MiB" \
        "at most 1.5 x $(awk "BEGIN { printf \"%.0f\", $rows * (18 + 4 * $more) / 1048576 }") MiB, and what the program takes"
done

. "$srcdir/tests/bench_views.sh"
. "$srcdir/tests/bench_screen.sh"
