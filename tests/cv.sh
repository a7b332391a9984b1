#!/bin/bash
# cv: in the background, into a file, killed and gone on with, refused, compared; and score
# of later trials.
. "${srcdir:-.}/tests/tap.sh"

cat >data.dw <<'E'
simulate reinforce animals=6 trials=300 alpha=2^-4 seed=5
E
rules='static reinforce "dnn hidden=4 epochs=3"'
run "$DELTAW" --no-rc -f data.dw -c "cv $rules folds=3 seeds=99,41 file=all.jsonl"
is "cv runs" "$status" 0
like "which is said" "$out" '^cv runs in the background: 18 fits, of 3 rules, 3 folds, 2 seeds$'
like "leaving waits for it and shows what came" "$out" '^held-out log-likelihood, mean over 6 animals, 18 of 18 fits done'
like "a row a rule" "$out" '^ +reinforce +-\.[0-9]{4} +\+\.[0-9]{4} +[-+]\.[0-9]{4} +\+\.[0-9]{4} +[0-6] +6 +6 +6$'
is "a line of the plan, one a run" "$(wc -l <all.jsonl)" 19
like "the plan has a digest, all settings and the version" "$(head -n 1 all.jsonl)" \
    '^\{"plan":\{"rules":\["static","reinforce","dnn hidden=4 epochs=3"\].*"truncation":500.*"program":"deltaw [0-9.]+.*"digest":"[0-9a-f]{16}"'
like "a run has rule, seed, fold and animals" "$(tail -n 1 all.jsonl)" \
    '^\{"rule":".*","seed":(99|41),"fold":[123],"engine":"[a-z0-9]+","animals":\[\{"animal":"sim00[1-6]","loglik":-[0-9.]+,"trials":299\}'
is "each fold holds out the same animals for all rules" \
    "$(grep '"seed":99,"fold":1' all.jsonl | sed 's/"loglik":[^,]*,//g; s/^.*"animals"//' | sort -u | wc -l)" 1

cp all.jsonl done.jsonl
run "$DELTAW" --no-rc -f data.dw -c "cv $rules folds=3 seeds=99,41 file=done.jsonl"
like "a finished plan is shown" "$out" '^all of it is done$'
ok "and its file left as it is" cmp all.jsonl done.jsonl

# killed in the middle: half of a line, and then the rest
head -n 8 all.jsonl >torn.jsonl
sed -n 9p all.jsonl | cut -c 1-40 | tr -d '\n' >>torn.jsonl
run "$DELTAW" --no-rc --threads 1 -f data.dw -c "cv $rules folds=3 seeds=99,41 file=torn.jsonl"
like "goes on with what is missing" "$out" '^cv runs in the background: 11 fits, .*; 7 were done before$'
is "the same bits, on one thread" "$(sort torn.jsonl)" "$(sort all.jsonl)"

long='static "dnn epochs=10000000 hidden=4"'
env --default-signal=INT "$DELTAW" --no-rc -f data.dw -c "cv $long folds=2 seeds=1 file=killed.jsonl" >/dev/null 2>&1 &
tries=$patience
while [ "$(cat killed.jsonl 2>/dev/null | wc -l)" != 3 ] && [ $((tries -= 1)) -gt 0 ]; do
    sleep .05
done
run "$DELTAW" --no-rc -f data.dw -c "cv $long folds=2 seeds=1 file=killed.jsonl"
is "a second program on a file is refused" "$status" 1
like "and told" "$errors" 'killed\.jsonl: another program writes to it'
kill -INT $!
wait $!
is "^C ends it" $? 130
is "and keeps what is done" "$(wc -l <killed.jsonl)" 3

run "$DELTAW" --no-rc -c 'simulate reinforce animals=6 trials=300 alpha=2^-4 seed=6' -c "cv $rules folds=3 seeds=99,41 file=all.jsonl"
is "other data are refused" "$status" 3
digest=$(head -n 1 all.jsonl | sed 's/.*"digest":"\([0-9a-f]*\)".*/\1/')
like "with both digests" "$errors" "digest $digest \(.*\) there, [0-9a-f]{16} "
run "$DELTAW" --no-rc -f data.dw -c "cv $rules folds=2 file=all.jsonl"
is "so is another plan" "$status" 3
like "by what differs" "$errors" 'folds=3 there, folds=2 here'
ok "the file is as it was" cmp all.jsonl done.jsonl
for wrong in 'cv dnn "dnn lags=x"' 'cv "dnn seed=3"' 'cv nosuch' 'cv static static' 'cv static folds=7' \
    'cv static seeds=1,1' 'cv static future=10 folds=3' 'cv static by=session trials=100' \
    'cv "static; quit"' 'cv folds=3' 'cv static animals=6' 'cv'; do
    run "$DELTAW" --no-rc -f data.dw -c "$wrong"
    ok "$wrong is refused" test "$status" -ge 1 -a "$status" -le 2
done

# in parts, as on several machines
for i in 1 2 3 4 5; do
    "$DELTAW" --no-rc --threads $((i % 2 + 1)) -q -f data.dw -c "cv $rules folds=3 seeds=99,41 shard=$i/5 file=part$i.jsonl" >/dev/null
done
run "$DELTAW" --no-rc -c 'merge part1.jsonl part2.jsonl part4.jsonl part5.jsonl file=most.jsonl'
like "parts are joined" "$out" '^most\.jsonl: 1[0-9] of 18 fits; the others are in none of the files$'
run "$DELTAW" --no-rc -c 'merge part1.jsonl part2.jsonl part3.jsonl part4.jsonl part5.jsonl most.jsonl file=merged.jsonl'
like "to the whole" "$out" '^merged\.jsonl: all 18 fits$'
is "with the bits of one machine" "$(sort merged.jsonl)" "$(sort all.jsonl)"
run "$DELTAW" --no-rc -c 'simulate reinforce animals=6 trials=300 seed=7; cv static folds=3 seeds=99 file=other.jsonl; wait; merge part1.jsonl other.jsonl file=no.jsonl'
is "another plan is no part" "$status" 3
like "by name" "$errors" 'other\.jsonl: it is of other data'
ok "and nothing is written" test ! -e no.jsonl
for wrong in 'cv static shard=0/3' 'cv static shard=4/3' 'cv static shard=x' 'merge part1.jsonl' 'merge data.dw file=x.jsonl'; do
    run "$DELTAW" --no-rc -f data.dw -c "$wrong"
    ok "$wrong is refused" test "$status" -ge 1 -a "$status" -le 3
done

run "$DELTAW" --no-rc --json -f data.dw -c "cv $rules folds=3 seeds=99; wait; cv"
rows=$(printf '%s\n' "$out" | grep '"command":"wait"')
like "wait gives rows" "$rows" '"rows":\[\{"rule": "static", "train_animals": null, "train_trials": null, "nats_per_trial": -0\.[0-9]+, "difference": null'
rows_of() { sed 's|.*"rows":\(\[[^]]*\]\).*|\1|'; }
is "as cv does" "$(printf '%s\n' "$out" | grep '"command":"cv"' | rows_of)" "$(printf '%s\n' "$rows" | rows_of)"
run "$DELTAW" --no-rc -f data.dw -c "cv $long folds=2 seeds=1; stop cv; wait; jobs; cv"
is "stop ends it" "$status" 0
unlike "which counts no run that was stopped" "$out" 'the 4 of 4 that are done'
like "and keeps what is done" "$(printf '%s\n' "$out" "$errors" | sed 's/^deltaw: //')" '^cv stopped: [0-3] of 4 runs are done$'

run "$DELTAW" --no-rc --json -c 'compare file=all.jsonl'
row=$(printf '%s\n' "$out" | tail -n 1)
like "compare reads the file, without data" "$row" \
    '"rows":\[\{"a": "static", "b": "reinforce", "animals": 6, "nats_a": -0\.[0-9]+, "difference": -0\.[0-9]+, "low".*"high".*"t".*"p_one_sided".*"p_two_sided".*"p_wilcoxon".*"p_holm".*"wins"'
a=$(sed -n 's/^{"rule":"static",//p' all.jsonl | grep -o '"loglik":[-0-9.]*' | cut -d : -f 2 | awk '{s += $1} END {print s / 12 / 299}')
b=$(sed -n 's/^{"rule":"reinforce",//p' all.jsonl | grep -o '"loglik":[-0-9.]*' | cut -d : -f 2 | awk '{s += $1} END {print s / 12 / 299}')
d=$(printf '%s' "$row" | sed -E 's/.*"b": "reinforce", "animals": 6, "nats_a": -[0-9.]+, "difference": (-[0-9.]+).*/\1/')
is "the mean over animals of means over seeds" "$(awk "BEGIN {e = $a - ($b) - ($d); print (e < 1e-5 && e > -1e-5)}")" 1

run "$DELTAW" --no-rc -f data.dw -c 'cv static "reinforce alpha=shared" "reinforce alpha=.02" folds=2 seeds=1 file=three.jsonl' -c wait \
    -c 'compare file=three.jsonl against="reinforce alpha=shared"'
like "long names are told beside the table" "$out" '^ 3  reinforce alpha=\.02$'
like "which has their numbers" "$out" '^3 reinforce +-\.[0-9]{4} '
is "against one of them: a row less" "$(printf '%s\n' "$out" | grep -cE '^[1-3] (static|reinforce) +-\.[0-9]{4} .*/6$')" 2
run "$DELTAW" --no-rc -f data.dw -c 'cv static reinforce animals=2,3 trials=60,200 folds=3 seeds=1; wait; export cv sweep.csv; export cv sweep.svg'
is "a sweep runs" "$status" 0
like "it is drawn" "$out" 'log10 trials of each animal$'
like "and told in numbers" "$out" '^reinforce +3 +200 +-\.[0-9]+ '
is "and exported" "$(cut -d , -f 1-3 sweep.csv | tr '\n' ' ')" \
    "rule,train_animals,train_trials static,2,60 static,2,200 static,3,60 static,3,200 reinforce,2,60 reinforce,2,200 reinforce,3,60 reinforce,3,200 "
run "$DELTAW" --no-rc -f data.dw -c 'cv static reinforce future=40 trials=100,200 seeds=1 file=next.jsonl'
is "future scores what comes next" "$(grep -c '"train_trials":200,.*"trials":40' next.jsonl)" 2
run "$DELTAW" --no-rc -f data.dw -c 'cv static by=session folds=2 seeds=1 file=sessions.jsonl'
is "by session runs" "$status" 1
like "if there are as many" "$errors" 'no animal has more than 1'

# Later trials are scored from the weights that the animals had come to.
cat >later.dw <<'E'
fit reinforce
wait
score
trials ..200
score
undo
trials 201..
score
E
run "$DELTAW" --no-rc --json -f data.dw -f later.dw
loss=$(printf '%s\n' "$out" | grep '"command":"score"' | sed -E 's/.*"training": (-[0-9.]+).*/\1/' | tr '\n' ' ')
is "all trials are the first and the later ones together" \
    "$(echo "$loss" | awk '{e = $1 * 299 - $2 * 199 - $3 * 100; print (e < 1e-6 && e > -1e-6)}')" 1
run "$DELTAW" --no-rc -f data.dw -c 'trials ..200; fit reinforce; wait; undo; trials 201..; score'
like "what was not fitted is no training" "$out" '^reinforce1 +reinforce +2 +-\.[0-9]{4} +\(6\)$'
like "but other trials" "$out" ' other trials +\(of\)$'

# values of a column that a policy names are part of the data
"$DELTAW" --no-rc -q -f data.dw -c 'save data plain.csv' >/dev/null
for by in 3 5; do
    awk -F, -v by=$by 'NR == 1 {print $0 ",luck"; next} {print $0 "," NR % by}' plain.csv >luck$by.csv
done
of_luck='cv "static policy=stim+bias+luck" folds=2 seeds=1 file=luck.jsonl; wait'
run "$DELTAW" --no-rc -c 'load luck3.csv' -c "$of_luck"
is "a policy of a column of the log" "$status" 0
run "$DELTAW" --no-rc -c 'load luck5.csv' -c "$of_luck"
is "other values of it are other data" "$status" 3
run "$DELTAW" --no-rc -c 'load luck3.csv' -c 'cv static folds=2 seeds=1 file=none.jsonl; wait' \
    -c 'load luck5.csv' -c 'cv static folds=2 seeds=1 file=none.jsonl; wait'
is "where no policy names it they are the same" "$status" 0

finish
