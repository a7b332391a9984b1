#!/bin/bash
# diagnose: verdicts in text and fields, refits, the cohort, and what it refuses.
. "${srcdir:-.}/tests/tap.sh"

cat >lapsing.dw <<'END'
simulate reinforce-base animals=10 trials=1500 alpha=.03 baseline=-.2 decision=lapse lapse=.15 seed=3
fit reinforce-base
wait
END
run "$DELTAW" --no-rc -f lapsing.dw -c 'diagnose reinforce-base1'
is "diagnose runs" "$status" 0
like "the sum of it, and where to begin" "$out" \
    '^reinforce-base1: of 11 checks [1-9] fail and [0-9] deserve a look; begin with lapse$'
like "the lapse is named" "$out" '^fail  lapse +[0-9.]+  choices made at random: refitted'
like "with what a refit gains" "$out" 'lapse \.1[0-9]{2}'
like "what could not be tried is said" "$out" '^not tried: plateau \(it is no network'
run "$DELTAW" --no-rc --json -f lapsing.dw -c 'diagnose reinforce-base1 refit=no'
row=$(printf '%s\n' "$out" | tail -n 1)
like "rows" "$row" '"rows":\[\{"check": "support", "value": [0-9]+, "threshold": 200, "verdict": "ok", "advice": "[^"]+"\}'
like "the advice without a refit" "$row" '"verdict": "fail", "advice": "choices made at random: of the order of \.[0-9]+ of the choices; [0-9.]+ beyond the other signs; fit with lapse=fit"'
like "and those not tried" "$row" '"untried":\[\{"check": "plateau", "why": "[^"]+"\}'
like "counts" "$row" '"failed":[1-9].*"to_look_at":[0-9]'
run "$DELTAW" --no-rc --json -f lapsing.dw -c 'diagnose reinforce-base1 refit=no loop=100 seed=4' -c 'loop figure=history'
row=$(printf '%s\n' "$out" | tail -n 2 | head -n 1)
like "the closed loop adds its figures" "$row" '"check": "loop_history", "value": [0-9.e-]+, "threshold": 0.01'
row=$(printf '%s\n' "$out" | tail -n 1)
like "which a view has" "$row" '"model":"reinforce-base1","figure":"history","runs":100,"p":[0-9.e-]+'
like "with all numbers" "$row" '"figure": ?"history", ?"x": ?8, ?"observed": ?[-0-9.e]+, ?"mean": ?[-0-9.e]+, ?"low"'
run "$DELTAW" --no-rc -f lapsing.dw -c loop
like "of none it says how to get one" "$errors" 'diagnose MODEL loop=200'
run "$DELTAW" --no-rc -f lapsing.dw -c 'fit tinyrnn epochs=1; wait; diagnose tinyrnn1 loop=100'
like "nor of a model without weights" "$errors" 'closed loop: tinyrnn1 has no weights'
run "$DELTAW" --no-rc -f lapsing.dw -c diagnose
like "without a model the cohort" "$out" '^ok    trials per animal +-  1,500 each$'
run "$DELTAW" --no-rc -f lapsing.dw -c 'fit randomwalk; wait; diagnose randomwalk1'
is "weights without a rule are refused" "$status" 1
like "with the reason" "$errors" 'randomwalk1 has no rule'
run "$DELTAW" --no-rc -f lapsing.dw -c 'diagnose nosuch'
is "so is what is not there" "$status" 1
run "$DELTAW" --no-rc -c 'diagnose'
like "and nothing at all" "$errors" 'load FILE'
finish
