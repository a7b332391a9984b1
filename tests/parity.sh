#!/bin/sh
# The same losses and parameters as the models in PyTorch, from the same start and trials,
# over 12 updates: truncations that divide the number of updates and that do not, a ridge,
# a falling rate.  tests/golden/parity has what PyTorch gave; where there is torch, some of
# it is computed anew as well.
. "$srcdir/tests/tap.sh"
golden=$srcdir/tests/golden/parity
reference=$shared/tools/reference.py

# Largest difference of the losses of a run from those in a file of all runs.
cat >losses.awk <<'END_AWK'
BEGIN { FS = "," }
FNR == 1 { next }
NR == FNR {
    if ($1 == rule && $2 == name) {
        want[$8] = $9
        wanted++
    }
    next
}
{
    away = $3 - want[$1]
    worst = (away < 0 ? -away : away) > worst ? (away < 0 ? -away : away) : worst
    n++
    last = $3
}
END {
    moved = want[0] - last
    printf "%d losses of %d, largest difference %.1e, moved %.2g\n", n, wanted, worst, moved
    exit !(n == wanted && n == 13 && worst < 1e-6 && moved > 1e-4)
}
END_AWK

# compare_run RULE NAME TRUNCATION RATE DECAY RIDGE ANIMALS [OPTION]
compare_run() {
    holdout=
    [ "$7" = 4 ] || holdout=holdout=sim004
    rm -f loss.csv
    run "$DELTAW" --no-rc -q -c "load $golden/log.csv.gz" \
        -c "fit $1 init=$golden/$1-init.npz epochs=12 truncation=$3 rate=$4 decay=$5 ridge=$6 $holdout $8" \
        -c wait -c 'export loss loss.csv' -c "save $1""1 $1-$2.npz"
    is "deltaw trains $1: $2 $8" "$status$errors" 0
    ok "$1, $2: losses as in PyTorch" \
        awk -v rule="$1" -v name="$2" -f losses.awk "$golden/losses.csv" loss.csv
    note "$tap_out"
    [ -f "$golden/$1-$2-final.npz" ] || return
    if find_python 'import numpy'; then
        ok "$1, $2: parameters as in PyTorch" \
            "$python" "$srcdir/tests/parity.py" compare "$1-$2.npz" "$golden/$1-$2-final.npz" 2e-6
    else
        skip "no python3 with numpy"
    fi
}
sed 1d "$golden/losses.csv" | cut -d, -f1-7 | uniq >runs
is "there are runs of both models" "$(cut -d, -f1 runs | uniq | tr '\n' ' ')" 'dnn rnn '
while IFS=, read -r rule name truncation rate decay ridge animals; do
    compare_run "$rule" "$name" "$truncation" "$rate" "$decay" "$ridge" "$animals"
done <runs
# all training animals in one batch are no batches
grep '^dnn,ridge,' runs | tr ',' ' ' >ridge
read -r rule name truncation rate decay ridge animals <ridge
compare_run "$rule" "$name" "$truncation" "$rate" "$decay" "$ridge" "$animals" batch=3

if [ -f "$reference" ] && find_python 'import numpy, torch'; then
    ok "PyTorch trains anew" \
        "$python" "$srcdir/tests/parity.py" train "$reference" "$golden" . cut ridge
    ok "to the losses that are kept" awk -F, '
        FNR == 1 { next }
        NR == FNR { kept[$1 "," $2 "," $8] = $9; next }
        { away = $9 - kept[$1 "," $2 "," $8]; n += away < 1e-6 && away > -1e-6 }
        END { exit n != 4 * 13 }' "$golden/losses.csv" losses.csv
    for rule in dnn rnn; do
        ok "PyTorch loads a saved $rule" \
            "$python" "$srcdir/tests/parity.py" load "$reference" "$rule" "$rule-cut.npz"
    done
else
    skip "no ../shared/tools/reference.py or no python3 with torch: PyTorch is not run anew"
fi
finish
