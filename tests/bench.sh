#!/bin/sh
# `make bench`: what deltaw costs on this machine, one row a figure.  Medians of
# several runs; the goals are those of an ordinary machine with two cores.
# BENCH_TRIALS (10000 a mouse) and BENCH_RUNS (5) make it shorter.
set -eu
: "${DELTAW:?run this by make bench}"
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

row() { printf '%-46s %12s   %s\n' "$1" "$2" "$3"; }
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

batch -c "simulate reinforce animals=12 trials=$trials alpha=2^-5 seed=1" \
    -c 'save data mice.csv.gz' >/dev/null

# Median seconds between epochs, from the history of losses.
epoch() { # THREADS -> ms
    batch --threads "$1" -c 'load mice.csv.gz' -c 'fit dnn epochs=60 seed=1' -c wait \
        -c 'export loss loss.csv' >/dev/null
    awk -F, 'NR > 2 && $1 == last + 1 { print ($2 - seconds) * 1000 }
             NR > 1 { last = $1; seconds = $2 }' loss.csv | sort -n |
        awk '{ t[NR] = $1 } END { printf "%.1f ms", t[int((NR + 1) / 2)] }'
}
row "dnn epoch, 12 x $trials trials, 1 thread" "$(epoch 1)" "under 100 ms"
[ "$cores" -eq 1 ] || row "dnn epoch, 12 x $trials trials, $cores threads" "$(epoch "$cores")" ""

fit=$("$core" 1 "$DELTAW" --no-rc -q -c 'load mice.csv.gz' -c 'fit dnn epochs=60 seed=1' -c wait)
row "memory of that fit" "$(column "$fit" 4) MiB" "under 400 MiB"

batch -c "simulate reinforce animals=100 trials=$trials alpha=2^-5 seed=2" \
    -c 'save data big.csv.gz' >/dev/null
rows=$((100 * trials))
load=$("$core" "$runs" "$DELTAW" --no-rc -q -c 'load big.csv.gz')
zcat=$("$core" "$runs" zcat big.csv.gz)
row "load of $rows trials, .csv.gz" "$(column "$load" 1) ms" "under 3000 ms"
row "  zcat of the same file" "$(column "$zcat" 1) ms" ""
row "  load against zcat" \
    "$(echo "$(column "$load" 1) $start $(column "$zcat" 1)" | awk '{printf "%.2f x", ($1 - $2) / $3}')" "at most 2 x"
row "  memory of that load" "$(column "$load" 4) MiB" ""
