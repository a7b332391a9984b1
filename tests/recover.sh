#!/bin/bash
# recover: settings and confusion in the background, into a file, gone on with, in parts,
# stopped, refused.
. "${srcdir:-.}/tests/tap.sh"

run "$DELTAW" --no-rc -c 'recover quick=yes rule=static seeds=7 file=every.jsonl'
settings=$(grep -o '"setting":"[a-z0-9]*"' every.jsonl | cut -d '"' -f 4 | sort -u)
offered=$("$DELTAW" --no-rc -c 'help recover' | tr -d ' \n' | grep -oE 'all(\|[a-z0-9]+)+' | tr '|' '\n' | tail -n +2 | sort)
is "without setting= all are done that there are" "$settings" "$offered"

two='setting=table5 quick=yes rule="reinforce|static" seeds=7'
run "$DELTAW" --no-rc -c "recover $two file=all.jsonl"
is "recover runs" "$status" 0
like "which is said" "$out" '^recover runs in the background: [0-9]+ fits, of [0-9]+ cases, 2 rules, 1 seed$'
like "leaving waits for it and shows a row a case and rule" "$out" '^ +w_0 wrong by 1 +reinforce +\.[0-9]{4} '
like "then one for what the held-out loss chose" "$out" '^ +w_0 wrong by 1 +chosen: reinforce +\.[0-9]{4} '
like "its end is told" "$errors" 'recover done: [0-9]+ runs'
like "a case that is told a wrong w_0 has a choice" "$(sed 1d all.jsonl | grep '"table5".*"reinforce"' | head -n 1)" \
    '^\{"setting":"table5","case":"w_0 wrong by [.0-9]+","rule":"reinforce","seed":7,"fit":"w0=[a-z]+, w_0 moved by -[.0-9]+","rmse":0\.[0-9]+,"null_rmse":0\.032[0-9]+,"r2":'

# killed in the middle: half of a line, and then the rest
sort all.jsonl >sorted.jsonl
{ head -n 3 all.jsonl; sed -n 4p all.jsonl | cut -c 1-30 | tr -d '\n'; } >torn.jsonl
run "$DELTAW" --no-rc --threads 1 -c "recover $two file=torn.jsonl"
ok "the same bits, on one thread, after a torn line" sh -c 'sort torn.jsonl | cmp - sorted.jsonl'
run "$DELTAW" --no-rc -c "recover $two file=torn.jsonl"
like "a finished plan is shown" "$out" '^all of it is done$'
run "$DELTAW" --no-rc -c 'recover file=all.jsonl; recover row="table5, w_0 wrong by 1, reinforce"; export recover rows.csv'
like "the tile of a file" "$out" '^recover \(error of known rules\)$'
like "has a cursor" "$out" '^▸ +w_0 wrong by 1 +reinforce +\.[0-9]{4} '
is "and all columns" "$(cut -d , -f 1-3 rows.csv | head -n 2 | tr '\n' ' ')" "setting,case,rule table5,w_0 wrong by .5,reinforce "
run "$DELTAW" --no-rc -c 'recover setting=table5 quick=yes rule=reinforce seeds=7 file=torn.jsonl'
is "another plan is refused" "$status" 3
like "by what differs" "$errors" 'rules=\["reinforce","static"\] there, rules=\["reinforce"\] here'

for i in 1 2 3; do
    "$DELTAW" --no-rc -q -c "recover $two shard=$i/3 file=part$i.jsonl" >/dev/null
done
run "$DELTAW" --no-rc -c 'merge part1.jsonl part2.jsonl part3.jsonl file=merged.jsonl'
like "parts are joined" "$out" '^merged\.jsonl: all 6 fits$'
is "with the bits of the whole" "$(sort merged.jsonl)" "$(cat sorted.jsonl)"
run "$DELTAW" --no-rc -c 'merge part1.jsonl every.jsonl file=no.jsonl'
is "another plan is no part" "$status" 3
ok "and nothing is written" test ! -e no.jsonl

run "$DELTAW" --no-rc --json -c 'recover setting=table6 quick=yes rule="gp remainder=none" seeds=7; wait; recover'
like "a choice that a rule cannot be fitted by is none" "$out" \
    '"case": "10 distractors", "rule": "gp remainder=none", "rmse": 0\.[0-9]+, .*"fit": "policy=stim\+bias w0=truth", "done": 1, "of": 1, "failed": 0'
run "$DELTAW" --no-rc --json -c 'recover setting=kept quick=yes rule=reinforce seeds=7; wait; recover'
unlike "kept: the start is not moved" "$out" moved
run "$DELTAW" --no-rc --json -c 'recover setting=fig2 quick=yes rule=reinforce seeds=7,8; wait; recover'
like "--json has means with intervals" "$out" \
    '"recovery":\[\{"setting": "fig2", "case": "1000 x 500", "rule": "reinforce", "rmse": 0\.0[0-9]+, "low": -?0\.[0-9e-]+, "high": 0\.[0-9]+, "rmse_by_null": 0\.[0-9]+'
run "$DELTAW" --no-rc -c 'recover confusion animals=4 trials=300 seeds=1,2; wait'
like "a confusion is a matrix" "$out" '^agents +animals +trials +reinforce +'
like "in which trace agents are told apart" "$out" '^trace +4 +300( +\.00){4} +1\.00$'
run "$DELTAW" --no-rc --json -c 'recover confusion animals=4 trials=300 seeds=1,2 rule="trace|static"; wait'
like "and rows, with held-out loss and evidence" "$out" \
    '\{"agents": "trace", "words": "trace [^"]*", "animals": 4, "trials": 300, "rule": "trace", "right": true, "by_heldout": 1.*, "by_evidence": 1.*, "seeds": 2'

run "$DELTAW" --no-rc -c 'recover setting=fig2 rule="dnn epochs=10000000" seeds=1,2; stop recover; wait; recover'
is "stop ends it" "$status" 0
like "and says so" "$(printf '%s\n' "$out" "$errors")" 'recover stopped: 0 of 2 runs are done'
run "$DELTAW" --no-rc -c 'stop recover'
like "which needs one" "$errors" 'stop: no recover is under way'
# what a network makes of a rule that is known
known='simulate reinforce animals=4 trials=300 alpha=2^-4 seed=1; fit reinforce-base name=known; wait'
run "$DELTAW" --no-rc --json -c "$known; fit dnn name=net hidden=4 epochs=3; wait; check rule known by=net; map diff=bias"
is "check rule runs" "$status" 0
like "and has the bias beside the width" "$out" '"bias":\[\{"weight": "w_stim", "outcome": "error r=0", "cells": [0-9]+, "rms_update": [0-9.e-]+, "rms_bias": [0-9.e-]+, "half_width": [0-9.e-]+, "beyond"'
like "which the map shows" "$out" '"shown":"bias"'
for wrong in "$known; map diff=bias" "$known; check rule" "$known; check rule known hidden=4" "$known; check rule known by=known" \
    "$known; fit dnn hidden=4 epochs=1 name=net; wait; check rule net" 'check gradient dnn by=x'; do
    run "$DELTAW" --no-rc -c "$wrong"
    ok "$wrong is refused" test "$status" -ge 1 -a "$status" -le 2
done
for wrong in 'recover' 'recover setting=nosuch' 'recover nosuch' 'recover rule=nosuch' 'recover rule="dnn seed=3"' \
    'recover rule="dnn|dnn"' 'recover seeds=1,1' 'recover animals=3' 'recover confusion setting=fig2' \
    'recover confusion animals=1' 'recover shard=4/3' 'recover file=nosuch.jsonl'; do
    run "$DELTAW" --no-rc -c "$wrong"
    ok "$wrong is refused" test "$status" -ge 1 -a "$status" -le 3
done
finish
