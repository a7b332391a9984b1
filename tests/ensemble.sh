#!/bin/bash
# ensemble and fit members=: what they say, how they end, what is refused.
. "${srcdir:-.}/tests/tap.sh"

cat >data.dw <<'END'
simulate reinforce animals=5 trials=300 alpha=2^-4 seed=3
END
small="optimizer=fast epochs=200 hidden=16" # past the plateau

run "$DELTAW" --no-rc -f data.dw -c "fit dnn $small name=a" -c "fit dnn $small seed=2 name=b" -c wait \
    -c 'ensemble a b as both' -c wait -c 'forget a' -c map -c 'save both both.npz' -c 'export map map.csv'
is "an ensemble is made" "$status" 0
like "of members that are named" "$out" '^both is the mean of 2 models: a, b$'
like "that differ in their seeds: no interval" "$out" 'is a spread, no interval'
like "a map is of the mean" "$out" '\(mean of 2 models\)'
like "and calls it spread" "$out" 'the spread over members'
unlike "not an interval of 90 %" "$out" 'intervals of 90'
is "nor does its file have one" "$(cut -d, -f6-8 map.csv | sed 1d | sort -u | grep -c '[0-9],[0-9]')" 0
run "$DELTAW" --no-rc --json -f data.dw -c 'open both.npz' -c show
row=$(printf '%s\n' "$out" | tail -n 1)
like "opened, with both members" "$row" '"members": ?\[\{"member": ?"a".*\{"member": ?"b"'
like "and the word" "$row" '"interval": ?"spread"'

run "$DELTAW" --no-rc --json -f data.dw -c "fit dnn $small members=3 seed=7" -c wait -c show -c 'export updates u.csv' \
    -c "fit dnn $small seed=8 bootstrap=9 name=alone" -c wait -c 'show alone'
is "members are fitted" "$status" 0
row=$(printf '%s\n' "$out" | grep '"members": *\[')
like "each with a seed and animals of its own" "$row" \
    '"seed": ?7, ?"bootstrap": ?8.*"seed": ?8, ?"bootstrap": ?9.*"seed": ?9, ?"bootstrap": ?10'
like "intervals are a bootstrap's" "$row" '"interval": ?"bootstrap over animals, t"'
like "as visited they have a coverage" "$row" '"coverage_90": ?[01]'
second=$(printf '%s' "$row" | sed -E 's/.*"member": ?"dnn1\.2"[^}]*"loss": ?([0-9.e-]+).*/\1/')
alone=$(printf '%s\n' "$out" | tail -n 1 | sed -E 's/.*"loss": ?([0-9.e-]+).*/\1/')
is "a member is what it is alone, to the bit" "$second" "$alone"
is "updates have their intervals" "$(awk -F, 'NR == 3 {print ($6 < $5 && $5 < $7)}' u.csv)" 1

run "$DELTAW" --no-rc -f data.dw -c "fit dnn $small members=3 name=m" -c 'fit static' -c wait -c models
unlike "once it is there its members are gone" "$out" 'm\.[123]'
like "and it is a model" "$out" "m .*ensemble "

run "$DELTAW" --no-rc --keep-going -f data.dw -c 'set threads=1' -c "fit dnn $small members=5 name=m" \
    -c 'wait m.1 m.2' -c 'stop m' -c wait -c models
like "stopped: what had finished is kept" "$out" 'm .*ensemble '
run "$DELTAW" --no-rc -f data.dw -c 'fit dnn members=3 epochs=100000 name=m' -c 'stop m' -c wait -c models
like "of none there is no ensemble" "$(cat .errors)" 'm: 0 of 3 members had finished'

run "$DELTAW" --no-rc -f data.dw -c 'fit reinforce members=3'
is "members are of networks" "$status" 2
run "$DELTAW" --no-rc -f data.dw -c 'fit dnn members=3 bootstrap=2'
is "they draw animals themselves" "$status" 2
run "$DELTAW" --no-rc -f data.dw -c 'fit gp bootstrap=2'
is "a gp has a posterior" "$status" 2
run "$DELTAW" --no-rc -f data.dw -c 'fit static name=a' -c 'fit static name=b holdout=sim001' -c wait -c 'ensemble a b'
is "members hold the same animals out" "$status" 1
like "else it says which do not" "$(cat .errors)" 'a and b held out different animals'

run "$DELTAW" --no-rc -f data.dw -c 'fit reinforce-base pool=each holdout=sim002 name=e' -c wait -c jobs -c models -c 'show e' \
    -c 'save e e.npz' -c 'open e.npz name=f' -c score -c 'export weights w.csv'
is "every animal is fitted alone" "$status" 0
like "told of as one" "$out" 'each of 4 animals alone'
like "which is one model" "$out" '^e +\* +ensemble'
unlike "and its members are gone" "$out" '^e\.sim'
like "of a model for each" "$out" 'a model for each of 4 animals'
is "opened it says the same" "$(printf '%s\n' "$out" | sed -n 's/^[ef]  *ensemble  *[0-9]//p' | sort -u | wc -l)" 1
run "$DELTAW" --no-rc -f data.dw -c 'fit dnn pool=each epochs=100000 name=e' -c 'stop e' -c wait -c models
like "of none there is none" "$(cat .errors)" 'e: 0 of 5 members had finished'
for other in members=3 group=g bootstrap=2 gain=animal; do
    run "$DELTAW" --no-rc -f data.dw -c "fit dnn pool=each $other"
    is "no $other with it" "$status" 2
done
run "$DELTAW" --no-rc -f data.dw -c 'cv reinforce-base "reinforce-base pool=each" future=60 seeds=1 file=e.jsonl' -c wait -c 'compare file=e.jsonl'
is "pooled against individual" "$status" 0
like "by trials of the same animals" "$out" 'reinforce-base pool=each.* of 5'

finish
