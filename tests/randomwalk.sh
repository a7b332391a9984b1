#!/bin/sh
# Weights without a rule at the prompt: the fit, what it says, its file, what is refused.
. "$srcdir/tests/tap.sh"
deltaw() { "$DELTAW" --no-rc "$@"; }
cohort='simulate reinforce animals=4 trials=600 alpha=2^-4 seed=3'

run deltaw -c "$cohort" -c 'fit randomwalk' -c 'fit gp basis=2' -c 'fit reinforce' -c wait \
    -c 'show randomwalk1' -c 'save randomwalk1 w.npz'
is "fit randomwalk, show, save" "$status" 0
like "the evidence" "$out" '^evidence  -[0-9.]+ nats'
like "a row an animal" "$out" '^sim001 +600 +-[0-9.]+ +[0-9.+-]+'
like "the share of trials of a rule within its band" "$out" '^  gp1 +w_stim [0-9]+ %, w_bias'
like "of another" "$out" '^  reinforce1 +w_stim [0-9]+ %'
like "and of the truth" "$out" '^  truth +w_stim (7|8|9|10)[0-9]+ %'
shown=$(printf '%s\n' "$out" | sed -n '/^evidence/,/^sim004/p')

run deltaw -c "$cohort" -c 'open w.npz' -c show -c score -c 'export weights w.csv'
is "a saved one opens" "$status" 0
is "and says the same" "$(printf '%s\n' "$out" | sed -n '/^evidence/,/^sim004/p')" "$shown"
run deltaw --threads 1 -c "$cohort" -c 'fit randomwalk threads=1' -c wait -c 'show randomwalk1'
is "by one thread the same" "$(printf '%s\n' "$out" | sed -n '/^evidence/,/^sim004/p')" "$shown"

run deltaw --json -c "$cohort" -c 'fit randomwalk policy=stim+prevchoice+bias' -c wait -c show
like "rows of animals in JSON" "$out" '"animals":\[\{"animal":"sim001","trials":600,"evidence":-[0-9.]+,'
like "with sizes by weight" "$out" '"sigma":\{"w_stim":[0-9.e-]+,"w_prevchoice":[0-9.e-]+,"w_bias":'
like "and their errors" "$out" '"sigma_error":\{"w_stim":'
like "sessions" "$out" '"sigma_day":\{"w_stim":'
run deltaw --json -c "$cohort" -c 'fit randomwalk sigma_day=no' -c wait -c show
like "sigma_day=no has none" "$out" '"sigma_day":\{"w_stim":null'

for verb in map slice 'export updates u.csv' 'simulate randomwalk1'; do
    run deltaw -c "$cohort" -c 'fit randomwalk' -c wait -c "$verb"
    is "$verb is refused" "$status" 1
    like "and says why" "$errors" 'randomwalk1 has no rule: it reads .*fit gp'
done
run deltaw -c "$cohort" -c 'fit randomwalk' -c wait -c 'trials 1..500' -c score
like "so are other trials" "$errors" 'randomwalk1 has no rule: it knows the weights on the trials of its'
run deltaw -c "$cohort" -c 'fit randomwalk holdout=sim001'
is "holdout= is refused" "$status" 2
like "and says why" "$errors" 'holdout= does not apply to randomwalk: it has no rule'
run deltaw -c 'check gradient randomwalk'
like "there is no gradient to check" "$errors" 'randomwalk has no rule'

# Trials without a reward are dropped for rules, not for this.
run deltaw -c "$cohort" -c 'save data all.csv'
awk -F, 'BEGIN {OFS = ","} NR > 1 && NR % 7 == 0 {$6 = ""; $7 = ""} {print}' all.csv |
    cut -d, -f1-6 >some.csv
evidence() {
    run deltaw "$@" -c 'fit randomwalk' -c wait -c show
    printf '%s\n' "$out" | sed -n '/^evidence/s/ nats.*//p'
}
half=$(evidence -c 'load some.csv missing_reward=half')
like "the evidence with all trials" "$half" '^evidence  -[0-9]'
is "is that without rewards" "$(evidence -c 'load some.csv')" "$half"
run deltaw -c 'load some.csv' -c 'fit randomwalk' -c wait -c show
like "which are told of" "$out" 'with 34[0-9] trials whose reward is unknown'
half=$(evidence -c 'load some.csv missing_reward=half' -c 'keep subject=sim002')
is "they go along where trials are kept" \
    "$(evidence -c 'load some.csv' -c 'keep subject=sim002')" "$half"
half=$(evidence -c 'load some.csv missing_reward=half' -c 'drop stimulus<-.5')
is "by any condition" "$(evidence -c 'load some.csv' -c 'drop stimulus<-.5')" "$half"

# Its band, by itself and under the path of a rule.
run deltaw -c "$cohort" -c 'fit randomwalk' -c 'fit reinforce' -c wait \
    -c 'weights sim001 model=reinforce1' -c 'weights reference=none' \
    -c 'weights model=randomwalk1' -c 'export weights w.csv'
is "weights with a band" "$status" 0
words=$(printf '%s\n' "$out" | tr '\n' ' ')
like "how much of the path is within it" "$words" \
    'under reinforce1 .*; within the 90 % band of randomwalk1 on [0-9]+ % \(w_stim\), [0-9]+ % \(w_bias\)'
is "unless it is not wanted" "$(printf '%s\n' "$words" | grep -o 'within the 90' | wc -l)" 1
like "its own intervals" "$words" 'under randomwalk1 .*90 % intervals at the end w_stim'
is "in files too" "$(awk -F, 'NR > 1 && $9 < $5 && $5 < $10 && $7 < $4 && $4 < $8' w.csv | wc -l)" 600

run deltaw --json -c "$cohort" -c 'fit randomwalk' -c 'fit gp basis=2' -c 'fit static' -c wait \
    -c 'compare randomwalk1 gp1 static1'
like "compare has the evidence" "$out" '"log_evidence_a": ?-[0-9.]+, ?"log_evidence_b": ?-[0-9.]+,?'
like "of models that have one" "$out" '"log_evidence_a": ?-[0-9.]+, ?"log_evidence_b": ?null'

run deltaw -c "$cohort" -c 'fit randomwalk name=rw' -c wait -c 'export weights alone.csv'
# With many fits a session keeps of each but what a sweep gives again.
for i in $(seq 17); do echo 'fit static'; done >many.dw
run deltaw -c "$cohort" -f many.dw -c 'fit randomwalk name=rw' -c 'fit reinforce gain=animal name=g' \
    -c 'fit static name=last' -c wait -c 'show rw' -c 'weights model=rw' -c 'export weights many.csv' \
    -c 'gains model=g' -c 'forget g'
is "the weights of one among many fits are there" "$status" 0
like "all of it" "$out" '^evidence  -[0-9.]+ nats'
is "as when it is alone" "$(cat many.csv)" "$(cat alone.csv)"
finish
