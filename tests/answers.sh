#!/bin/bash
# Answers with --json: every verb's are as the schema in doc/ says.
. "${srcdir:-.}/tests/tap.sh"
find_python 'import json' || skip_all "no python3"
find_shipped
export XDG_CONFIG_HOME=$PWD/config

ok "every verb declares its answer" sh -c '"$DELTAW" --help-schema >schema.json'
ok "the schema is current (else: make man-update)" cmp schema.json "$srcdir/doc/answers.schema.json"

cat >all.dw <<'END'
help
help keys
help examples
help fit
help seed
history
set
set seed=3
log
log on here.dw
log off
layout
layout map
zoom map
search loss
say hello
pause-for-enter
clear
lesson
schema
jobs
models
wait
simulate reinforce animals=4 trials=300 seed=1 alpha=2^-4
save data mice.csv.gz
load mice.csv.gz
load mice.csv.gz choice=choice:0=left,1=right
schema save mine
schema use mine
schema use none
schema
watch mice.csv.gz times=1
data
animals
head 2
keep session<=2
trials 1..200
drop trial>190
undo
redo
reset
check data
fit static name=first
wait
session save whole.npz
forget first
session restore whole.npz
forget first
check data
check gradient static
rules
rules dnn
rules reinforce
fit dnn epochs=5 hidden=8 holdout=sim001
fit reinforce group=pair
fit static group=pair
wait
jobs
models
use dnn1
show
show reinforce1
fit dnn epochs=2 hidden=4 holdout=sim001 name=other seed=5
wait
ensemble dnn1 other as both
show both
fit gp remainder=none terms=correct,error
wait
show gp1
loss
loss model=all
map model=reinforce1
map model=gp1 reward=1
map model=reinforce1 diff=yes
slice
fit trace window=2 name=traced
wait
slice past=both model=traced
slice model=reinforce1,gp1,dnn1
weights
weights sim002 model=reinforce1
accuracy
accuracy animal=sim002
psychometric
psychometric sessions=1,2
replay dnn1 epoch=3
map
replay off
score
compare reinforce1 static1
diagnose reinforce1 loop=100
loop
loop figure=history
diagnose
cv static reinforce folds=2 seeds=1 file=cv.jsonl
wait
cv
merge cv.jsonl file=both.jsonl
recover setting=table5 rule=reinforce quick=yes file=r.jsonl
wait
recover
recover confusion quick=yes seeds=1 rule="reinforce|static"
wait
compare file=both.jsonl
save dnn1 dnn1.npz
open dnn1.npz name=again
forget again
export loss loss.csv
export score score.csv
export animals animals.json
export data data.csv
export show show.json
export models models.csv
export map map.svg
export map map.npz
export map map.txt
export updates updates.csv
export map learning.cast width=80 height=24
report report.html
fit dnn epochs=200000 name=long
pause long
jobs
resume long
stop long
wait
forget long
cv "dnn epochs=200000" folds=2 seeds=1 file=stopped.jsonl
stop cv
wait
recover setting=table5 rule=dnn file=ended.jsonl
stop recover
wait
fit randomwalk name=walk
wait
show walk
forget walk
lesson 1
source here.dw
fit reinforce gain=0.3 name=paced
wait
gains model=paced
quit
END
run "$DELTAW" --no-rc -q --json -f all.dw
is "all of them run" "$status" 0
printf '%s\n' "$out" >answers
# three want a terminal, which has no JSON, and quit! ends what quit has ended
is "each answer is as the schema says" "$("$python" "$srcdir/tests/answers.py" schema.json <answers)" \
    '!: no answer was seen
copy: no answer was seen
picture: no answer was seen
quit!: no answer was seen'

is "score is exported as a table" "$(sed 1q score.csv | cut -d, -f1-5)" model,rule,parameters,training,training_animals
is "with the models, in both of its tables" "$(cut -d, -f1 score.csv | grep -c '^dnn1\|^reinforce1')" 4
is "what has no table as fields" "$(grep -c '^digest,[0-9a-f]*$' data.csv)" 1
like "and models, as a view has them" "$(cat models.csv)" '^dnn1,'
is "JSON has the whole answer" "$("$python" "$srcdir/tests/answers.py" schema.json <<END | grep -v 'no answer was seen'
$(cat show.json animals.json)
END
)" ''
is "export loss: every model that is shown" "$(cut -d, -f5 loss.csv | sort -u | wc -l)" "$(cut -d, -f1 models.csv | wc -l)"

# the check itself sees what is wrong
wrong() { # WHAT SED-SCRIPT PATTERN
    sed "$2" answers >changed
    like "$1 is seen" "$("$python" "$srcdir/tests/answers.py" schema.json <changed)" "$3"
}
wrong "a key of no row" 's/"digest":/"Digest":/' 'data: Digest is not in the schema'
wrong "a key that lacks" 's/"digest":/"Digest":/' 'data: no digest'
wrong "a text for a number" 's/"chance":-[.0-9]*/"chance":"low"/' "score.*chance: 'low' is none of"
wrong "a column that lacks" 's/"correct_percent"/"correct"/g' 'animals.*: no correct_percent'
wrong "a number that is text only" 's/"p_chosen":[.0-9]*/"p_chosen":null/' 'weights.* of the text is no field'
wrong "a cell of a map that lacks a column" 's/"support"/"seen"/g' 'map.*: no support'
wrong "a trial's weight that is a list" 's/"p_right":/"p_right":[],"q":/' 'weights.*p_right'
wrong "a verb without an answer" '/"verb":"undo"/d' '^undo: no answer'

awk -v OFS=, 'BEGIN { srand(4); print "Subject,trial,stimulus,choice,reward,RT (ms)"
    for (t = 0; t < 200; t++) { s = t % 4 < 2 ? -1 : 1; c = rand() < .8 ? s > 0 : s < 0
        print t < 100 ? "Mäx \"B" "" "\"" : "Zoe-2", t % 100, s, c, c == (s > 0), 7 * t } }' >names.csv
run "$DELTAW" --no-rc -q --json -c 'load names.csv' -c 'fit static' -c wait -c accuracy -c weights -c data -c animals
is "names of the log are values" "$("$python" "$srcdir/tests/answers.py" schema.json <<END | grep -v 'no answer was seen'
$out
END
)" ''
like "of each animal" "$out" '"by_animal": \[\{"name": "Mäx'
run "$DELTAW" --no-rc -q --json -c 'use nobody'
like "what fails is, too" "$("$python" "$srcdir/tests/answers.py" schema.json <<END
$out
END
)" '^use: no answer'
unlike "and is right" "$("$python" "$srcdir/tests/answers.py" schema.json <<END
$out
END
)" 'nobody'
finish
