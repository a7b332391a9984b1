#!/bin/sh
# Learning rules at the prompt: what fit takes and refuses, show, score, rules,
# check gradient; parts of a cohort.
. "$srcdir/tests/tap.sh"
deltaw() { "$DELTAW" --no-rc "$@"; }

answer() { # WHAT: script on stdin
    cat >script
    deltaw <script >out 2>errors
    is "$1" "$?" 0
    out=$(cat out) errors=$(cat errors)
}

refused() { # COMMAND PATTERN
    run deltaw -c 'simulate reinforce animals=2 trials=30' -c "$1"
    is "$1: refused" "$status" 2
    like "with the reason" "$errors" "$2"
}

answer "textbook rules" <<'END'
simulate reinforce animals=6 trials=2000 alpha=2^-5 seed=4
fit reinforce
fit reinforce-base baseline=nonneg holdout=sim006
fit predict-max alpha=shared alpha_error=yes policy=stim+prevchoice+bias
fit static
wait
models
score
loss
show reinforce1
show predict-max1
END
like "their end tells evaluations" "$out" '^reinforce1 done: [0-9]+ evaluations, loss \.[0-9]{4}, '
unlike "of no given number" "$out" 'of 1,?000'
like "score: parameters, training and held out" "$out" \
    '^reinforce-base1 +reinforce-base +4 +-\.[0-9]{4} +\([0-9]+\) +-\.[0-9]{4} +\([0-9]+\)'
unlike "no table of animals unless asked for" "$out" '^sim006 '
like "show: a parameter per weight with its error" "$out" '^alpha +w_stim +\.0[23][0-9]* \+- \.00'
like "and rates shared and apart" "$out" '^alpha_error +all weights '
unlike "a textbook rule draws nothing" "$(printf '%s\n' "$out" | grep -A 1 '^settings')" 'seed='
like "settings that matter" "$out" \
    '^settings +policy=stim\+prevchoice\+bias w0=zero alpha=shared alpha_error=yes'

answer "the rate after errors held at values" <<'END'
simulate predict-max animals=4 trials=500 alpha=2^-5 alpha_error=2^-3 seed=4
fit predict-max alpha_error=.125,.0625 name=apart
fit predict-max alpha=shared alpha_error=.125 name=one
wait
show apart
save apart apart.npz
open apart.npz name=read
show read
show one
END
is "each at its own, saved or not" \
    "$(printf '%s\n' "$out" | grep -cE '^alpha_error +w_stim +0?\.125 held')" 2
is "that of the bias as well" "$(printf '%s\n' "$out" | grep -cE '^ +w_bias +0?\.0625 held')" 2
like "or one for all" "$out" '^alpha_error +all weights +0?\.125 held'

answer "parameters held at values" <<'END'
simulate reinforce-base animals=4 trials=1000 alpha=2^-4,2^-6 baseline=.2 seed=4
fit reinforce-base name=best w0=2
fit reinforce-base alpha=.0625,.015625 name=rates
fit reinforce-base alpha=shared baseline=.2 forgetting=0 name=others policy=stim+right+bias
fit reinforce-base alpha=2^-4,2^-6 baseline=.2 name=truth
wait
show best
show rates
save rates rates.npz
open rates.npz name=read
show read
show others
show truth
score
END
like "an option of a value is told" "$out" '^settings .*alpha=0\.0625,0\.015625'
is "they stay where they are held, saved or not" \
    "$(printf '%s\n' "$out" | grep -cE '^alpha +w_stim +0?\.0625 held')" 3
is "each at its own value" "$(printf '%s\n' "$out" | grep -cE '^ +w_bias +0?\.0156[0-9]* held')" 3
like "and the others are fitted" "$out" '^baseline +w_stim .*[0-9] \+- '
like "one value goes for all weights" "$out" '^baseline +w_stim +0?\.2 held'
like "also a term" "$out" '^forgetting +w_stim +0 held'
like "a start weight but the bias" "$out" '^settings .*w0=2,0 '
like "what is held is no parameter" "$out" '^rates +reinforce-base +2 '
like "and nothing may be left to fit" "$out" '^truth +reinforce-base +0 '

answer "networks" <<'END'
simulate reinforce animals=3 trials=200 seed=4
fit dnn lags=2 hidden=4 epochs=2
fit rnn order=mlp-gru hidden=4 layers=1 epochs=2
fit tinyrnn epochs=2
fit dnn w0=truth hidden=4 epochs=1
fit trace window=3 w0=.5,.1 lapse=fit
wait
show dnn1
show rnn1
show tinyrnn1
show trace1
END
like "lags" "$out" '^dnn\.0\.weight +4 x 14 '
like "order" "$out" '^settings .* order=mlp-gru'
like "tinyrnn has 8 units" "$out" '^settings +hidden=8 epochs=2 '
like "and no map" "$out" '^tinyrnn has no weights'
like "start weights one by one, and the window" "$out" '^settings .*w0=0.5,0.1 window=3'
like "and the lapse rate" "$out" '^lapse +(0|\.[0-9])'

answer "perseverance" <<'END'
simulate reinforce animals=8 trials=1200 alpha=2^-5 perseverance=.02,-.01 seed=4
data
fit reinforce perseverance=yes
wait
show
save reinforce1 perseverance.npz
open perseverance.npz name=again
show again
END
like "a simulated truth tells it" "$out" ' 0\.02,-0\.01, noise'
like "fitted with its error" "$out" '^perseverance +w_stim +\.0[12][0-9]* \+- \.00'
is "the file keeps it" "$(printf '%s\n' "$out" | grep -c 'perseverance=yes')" 2

answer "a fit goes on from a file" <<'END'
simulate reinforce animals=3 trials=200 seed=4
fit dnn hidden=4 epochs=3 seed=5 rate=.01 name=a
wait
save a a.npz
fit dnn init=a.npz epochs=5 name=b
wait
show b
fit dnn init=a.npz rate=.02 name=c
wait
END
like "said" "$out" '^b goes on from epoch 3 of a\.npz'
like "with the options of the file" "$out" '^settings .* hidden=4 .*epochs=5 rate=0\.01'
like "up to epochs=" "$out" '^state +done, epoch 5 of 5'
like "or begins anew" "$out" '^c begins anew from the parameters of a\.npz: rate= is another'

refused 'fit reinforce epochs=3' 'epochs= does not apply to reinforce: .*search'
refused 'fit predict-max alpha_error=fast' 'alpha_error=fast: it takes yes\|no\|0 to 100'
refused 'simulate reinforce animals=2 trials=50; fit predict-max alpha=shared alpha_error=.1,.2' \
    'alpha=shared is one rate for all weights, .*one value then, not 2'
refused 'fit reinforce alpha_error=yes' 'alpha_error= does not apply to reinforce'
refused 'fit dnn alpha=shared' 'alpha= does not apply to dnn: it has no alpha'
refused 'fit rnn lags=2' 'lags= does not apply to rnn: it remembers'
refused 'fit trace hidden=3' 'hidden= does not apply to trace'
refused 'fit tinyrnn policy=stim' 'policy= does not apply to tinyrnn'
refused 'fit tinyrnn w0=1' 'w0= does not apply to tinyrnn'
refused 'fit static w0=zero' 'w0= does not apply to static: it has no start weights'
refused 'fit dnn window=3' 'window= does not apply to dnn'
refused 'fit dnn order=mlp-gru' 'order= does not apply to dnn'
refused 'fit predict-max baseline=nonneg' 'baseline= does not apply to predict-max'
refused 'fit static forgetting=yes' 'forgetting= does not apply to static'
refused 'fit dnn w0=1,2,3' 'w0=1,2,3 is not zero.* 2 numbers for the weights of stim\+bias'
refused 'fit reinforce policy=stim+nope' "'nope' is not a feature"
refused 'check gradient static hidden=3' 'hidden= does not apply to static'
refused 'check data dnn' 'check data takes no more words'
refused 'rules rein' "rules: no rule 'rein'"

# Every rule is fitted, saved, opened and scored, before and after the same.
for rule in $(deltaw --json -c rules | grep -o '"rule": *"[^"]*"' | sed 's/.*"\([^"]*\)"$/\1/'); do
    deltaw -c "rules $rule" | grep -q '^  epochs=' && few=epochs=2 || few=
    run deltaw -c 'simulate reinforce animals=3 trials=150 seed=4' -c "fit $rule name=m $few" \
        -c wait -c "save m $rule.npz" -c "open $rule.npz name=again" -c score
    is "$rule: fit, save, open, score" "$status" 0
    is "$rule: the file scores as the fit" \
        "$(printf '%s\n' "$out" | awk -v rule="$rule" '$2 == rule { print $NF }' | sort -u | wc -l)" 1
done

n=$(deltaw --json -c rules | grep -o '"rule":' | wc -l)
n=$((n - 1)) # randomwalk has none
run deltaw -c 'check gradient hidden=3'
is "the gradient of every rule" "$status" 0
is "all of them but randomwalk" "$(printf '%s\n' "$out" | awk '$2 == "w0" && $NF == "ok"' | wc -l)" "$n"
run deltaw -c 'check gradient predict-max policy=stim+prevchoice+bias alpha_error=yes'
like "or of one with its options" "$out" '^predict-max +alpha_error +3 .* ok$'
run deltaw -c 'rules policy=stim+prevchoice+bias'
like "rules counts parameters for a policy" "$out" '^    6 parameters, policy stim\+prevchoice\+bias; Williams'
run deltaw -c 'rules trace'
like "rules RULE: its options" "$out" '^  window=1 to 1000  \[10\]'
unlike "and no others" "$out" '^  hidden='

answer "parts of a cohort" <<'END'
simulate reinforce animals=3 trials=100 seed=4
keep subject=sim001,sim003 and trial<=60
drop 'subject=sim001'
undo
trials 11..
trials ..20
animals
reset
END
like "keep" "$out" '^2 animals, 120 trials of 3 animals, 300 trials are left'
like "drop" "$out" '^1 animal, 60 trials of 2 animals'
like "trials to the end" "$out" '^2 animals, 100 trials of 2 animals, 120 trials'
like "and from the start" "$out" '^sim003 +20 '
is "reset takes all of it back" "$(printf '%s\n' "$out" | tail -n 1)" '3 animals, 300 trials'
refused 'keep choice=left and  stimulos<0' "no column 'stimulos'; did you mean 'stimulus'"
refused 'trials 5..2' "trials: '5..2' is not a range"
run deltaw -c 'simulate reinforce animals=2 trials=10' -c 'keep stimulus>5'
is "a condition that leaves nothing" "$status" 1
like "is said" "$errors" 'keep: no trial would be left'

answer "models simulated" <<'END'
simulate reinforce animals=3 trials=200 alpha=2^-4 seed=4
fit reinforce
fit tinyrnn epochs=2
wait
simulate tinyrnn1 animals=2 trials=20
simulate reinforce1 animals=4 trials=30 seed=5
data
END
like "by the model's name" "$out" '^4 animals, 120 trials of reinforce1, seed 5; the truth is kept$'
like "and without weights" "$out" '^2 animals, 40 trials of tinyrnn1, seed 99$'
like "data says by what" "$out" '^from +simulate reinforce1 animals=4 trials=30 seed=5'
refused 'simulate reinforce alpha=shared' 'alpha=shared says how a fit finds it; agents need its value'
refused 'simulate reinforce forgetting=yes' 'forgetting=yes says how a fit finds it'
refused 'fit reinforce alpha=1,2,3' 'alpha=1,2,3: it takes each.shared.0 to 100'
refused 'fit reinforce alpha=each,.1' 'it takes each.shared.0 to 100'
refused 'check gradient reinforce alpha=.1' 'draws the parameters itself; it takes each.shared'
refused 'simulate reinforce features=stim' 'simulate: features= is written policy='
refused 'simulate reinforce policy=lapse lapse=.1' 'policy=lapse is written decision=lapse'
refused 'simulate reinforce baseline=.3' 'baseline= does not apply to reinforce: it has no baseline; reinforce-base takes it'
refused 'simulate dnn' 'simulate: dnn has no true parameters; `fit dnn`'
refused 'simulate reinforse' "no rule or model 'reinforse'; did you mean 'reinforce'"

run deltaw --seed 0 -c 'simulate reinforce animals=2 trials=10' -c data
like "--seed 0 is a seed" "$out" 'seed 0;'
like "data says the truth in words" "$out" '^truth +reinforce, policy stim\+bias, alpha 0.015625'
run deltaw -c 'simulate reinforce alpha=.1/.2,.3 animals=2 trials=10' -c data
like "and of groups" "$(printf '%s' "$out" | tr -s '\n ' '  ')" 'groups alpha 0\.1,0\.1 / alpha 0\.2,0\.3, share 1,1'
run deltaw --json -c 'simulate reinforce animals=2 trials=20' -c 'fit reinforce' -c wait -c score
like "score as JSON has models and animals" "$(printf '%s\n' "$out" | tail -n 1)" '"score": ?\[.*"animals": ?\['
finish
