#!/bin/bash
# start= of fit: a network begins as the rule of a textbook or gp fit.
. "${srcdir:-.}/tests/tap.sh"

cat >data.dw <<'END'
simulate reinforce animals=6 trials=500 alpha=2^-4 seed=3
fit reinforce-base name=book
wait
END

run "$DELTAW" --no-rc --json -f data.dw -c 'fit dnn start=book epochs=0 name=a' -c wait -c 'show a' -c 'show book' \
    -c 'fit dnn start=book epochs=0 name=b threads=1' -c wait -c 'show b' -c 'save a a.npz' -c 'open a.npz name=c' -c 'show c' \
    -c 'fit rnn start=book epochs=0 name=r' -c wait -c 'show r'
is "it runs" "$status" 0
value() { printf '%s\n' "$out" | grep "\"verb\": *\"show\".*\"model\": *\"$1\"" | sed -E "s/.*\"$2\": ?([0-9.e-]+).*/\1/"; }
is "it gives back nearly all of the updates" "$(value a distilled | awk '{print ($1 > .99 && $1 <= 1)}')" 1
is "and so the loss" "$(echo "$(value a loss) $(value book loss)" | awk '{print ($1 - $2 < .002)}')" 1
is "a network with a memory too" "$(value r distilled | awk '{print ($1 > .98)}')" 1
is "the same on one thread" "$(value b loss)" "$(value a loss)"
is "the file keeps how well" "$(value c distilled)" "$(value a distilled)"

run "$DELTAW" --no-rc -f data.dw -c 'fit dnn start=book epochs=2 name=a' -c wait -c 'show a' -c 'fit dnn start=a'
like "what is assumed is said" "$out" '^it begins as the rule of book: where the trials say nothing'
like "and kept among the settings" "$out" 'optimizer=fast.* start=book|start=book'
is "a network is no start" "$status" 1
run "$DELTAW" --no-rc -f data.dw -c 'fit dnn start=book policy=stim+prevchoice+bias'
is "nor a model of another policy" "$status" 1
like "which is said" "$(cat .errors)" 'is of another policy='
run "$DELTAW" --no-rc -f data.dw -c 'fit trace name=t' -c wait -c 'fit dnn start=t'
is "nor one that remembers" "$status" 1
run "$DELTAW" --no-rc -f data.dw -c 'fit tinyrnn start=book'
is "what has no updates takes none" "$status" 2

finish
