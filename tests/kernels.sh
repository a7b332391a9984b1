#!/bin/sh
# Every set of kernels that this machine can run trains to the same losses, within
# 1e-6 after 20 epochs; a saved fit says which it was; fast ends alike.
. "$srcdir/tests/tap.sh"

kernels=$("$DELTAW" -v --version | sed -n 's/^kernels: \(.*\); in use.*/\1/p')
like "--version -v lists the kernels" "$kernels" '(sse2|neon|generic) double$'
run "$DELTAW" --no-rc -q -c 'simulate reinforce animals=5 trials=700 session=90 alpha=2^-4 seed=3' \
    -c 'save data log.csv.gz'
is "a cohort is made" "$status$errors" 0

# train KERNELS RULE OPTIONS FILE
train() {
    DELTAW_ENGINE=$1 "$DELTAW" --no-rc -q -c 'load log.csv.gz' -c "fit $2 seed=7 $3" -c wait \
        -c "export loss $4" -c "show $2"1
}
# Largest difference of the training losses.
difference() {
    paste -d, "$1" "$2" | awk -F, 'NR > 1 { d = $3 - $8; if (d < 0) d = -d; if (d > most) most = d }
        END { printf "%.3g", most; if (NR != 22) print " of " NR " rows" }'
}
for rule in dnn rnn tinyrnn; do
    train double $rule epochs=20 double.csv >/dev/null 2>errors.txt
    is "double: $rule trains" "$(cat errors.txt)" ""
    first=$(sed -n 2p double.csv | cut -d, -f3) last=$(sed -n 22p double.csv | cut -d, -f3)
    ok "$rule: the losses move, $first to $last" awk "BEGIN { exit !($first - $last > 1e-3) }"
    for engine in $kernels; do
        [ "$engine" != double ] || continue
        out=$(train "$engine" $rule epochs=20 single.csv)
        like "$engine: show says so" "$out" "^engine +$engine"
        apart=$(difference double.csv single.csv)
        ok "$engine: $rule, losses of epochs 0 to 20 within 1e-6 ($apart)" \
            awk "BEGIN { exit !($apart < 1e-6) }"
    done
done
for engine in $kernels; do
    train "$engine" dnn "optimizer=fast epochs=80" "$engine.csv" >/dev/null
done
ends=$(for engine in $kernels; do tail -n 1 "$engine.csv" | cut -d, -f3; done | sort -n)
ok "fast ends within 5e-3 of another ($(echo $ends))" sh -c "echo '$ends' | awk 'NR == 1 { a = \$1 } END { exit !(\$1 - a < 5e-3) }'"
# Libraries bring no threads of their own, neither at the start nor after a fit that
# used OpenBLAS.
threads_after() { # COMMANDS -> number of threads once they ran
    rm -f in out
    mkfifo in
    "$DELTAW" --no-rc -q <in >out 2>&1 &
    pid=$!
    exec 3>in
    printf '%s\nsay ready\n' "$1" >&3
    until grep -q ready out; do kill -0 $pid 2>/dev/null || break; done
    ls /proc/$pid/task 2>/dev/null | wc -l
    exec 3>&-
    wait $pid
}
if [ -d /proc/self/task ]; then
    is "one thread at the start" "$(threads_after '')" 1
    # those that did work wait for more
    is "no more threads after a fit that used OpenBLAS than after one that did not" \
        "$(threads_after 'load log.csv.gz; fit reinforce; wait; forget reinforce1')" \
        "$(threads_after 'load log.csv.gz; fit dnn optimizer=fast epochs=6; wait; forget dnn1')"
else
    skip "no /proc"
fi
fails "kernels that are not there are refused" env DELTAW_ENGINE=avx9 "$DELTAW" --no-rc -c 'rules'
finish
