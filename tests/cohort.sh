#!/bin/sh
# Work on a cohort: taking back and bringing back, what `check data` fails, a log that grows.
. "$srcdir/tests/tap.sh"
batch() { "$DELTAW" --no-rc -q "$@" </dev/null 2>&1; }

batch -c 'simulate reinforce animals=3 trials=200 seed=5' -c 'save data log.csv' >/dev/null
out=$(batch -c 'load log.csv' -c 'keep trial<=50' -c 'keep subject=sim001' -c 'undo 2' -c 'redo' -c 'redo 9' -c 'redo')
is "redo of nothing fails" $? 1
is "undo goes back as far as is asked, redo comes again" \
    "$(echo "$out" | grep -oE '^[0-9] animals?, [0-9]+ trials$' | tr '\n' ';')" \
    "3 animals, 600 trials;3 animals, 600 trials;3 animals, 150 trials;1 animal, 50 trials;"
like "with a reason" "$out" 'nothing to redo'
out=$(batch -c 'load log.csv' -c 'keep trial<=50' -c 'undo' -c 'keep trial<=20' -c 'redo')
is "a new filter ends what can be brought back" "$? $(echo "$out" | grep -c 'nothing to redo')" "1 1"
out=$(batch -c 'load log.csv' -c 'keep trial<=50 and subject=sim00*' -c 'keep stimulus=..0' -c data)
like "data tells the chain" "$(echo "$out" | tr -s ' \n' ' ')" 'from log.csv left by keep trial<=50 and subject=sim00\*; keep stimulus=..0'
out=$(batch --json -c 'load log.csv' -c 'keep trial<=50' -c 'trials 1..40' -c 'fit static' -c wait -c 'save static1 s.npz' -c 'open s.npz name=again' -c 'show again')
is "and so does a model that is opened" "$(echo "$out" | grep -o '"filters":"[^"]*"')" '"filters":"keep trial<=50; trials 1..40"'

# gaps
awk -F, -v OFS=, 'NR == 1 { print; next } { if ($3 % 7 == 0) $5 = ""; print }' log.csv | cut -d, -f1-6 >missed.csv
gaps() { batch --json "$@" -c data | tail -n 1 | sed -E 's/.*"trials":([0-9]+),"source".*"gaps":([0-9]+).*"digest":"([0-9a-f]+)".*/\2 \1 \3/'; }
said=$(gaps -c 'load missed.csv missed=gap')
is "missed trials leave gaps" "${said% *}" "84 516"
is "unless they are told not to" "$(gaps -c 'load missed.csv' | cut -d' ' -f1)" 0
batch -c 'load missed.csv missed=gap' -c 'save data gaps.csv.gz' -c 'save data gaps.npz' >/dev/null
is "gaps are saved in a log" "$(gaps -c 'load gaps.csv.gz')" "$said"
is "and in arrays" "$(gaps -c 'load gaps.npz')" "$said"
is "and go over to the trial that is left" "$(gaps -c 'load missed.csv missed=gap' -c 'drop trial=8' | cut -d' ' -f1)" 84
loss() { batch --json -c "$1" -c 'fit static policy=stim+prevchoice+bias' -c wait -c 'show static1' | tail -n 1 | grep -oE '"loss":[.0-9]+'; }
ok "a fit sees them" [ "$(loss 'load missed.csv missed=gap')" != "$(loss 'load missed.csv')" ]
sed 's/,after_gap/,sort_of/' >other.csv <<END
$(gunzip -c gaps.csv.gz)
END
is "another column of ones is none" "$(gaps -c 'load other.csv' | cut -d' ' -f1)" 0

i=0
while [ $i -lt 30 ]; do echo "keep trial<=$((190 - i))"; i=$((i + 1)); done >many
{ echo 'load log.csv'; cat many; echo 'undo 30'; } >many.dw
is "thirty filters are taken back" "$(batch -f many.dw | tail -n 1)" "3 animals, 600 trials"

# check data: exit 4 and numbers when something fails
batch -c 'load log.csv' -c 'check data' >out
is "a good log passes the check" $? 0
awk -F, -v OFS=, 'NR > 1 { $4 = $4 + 5 } { print }' log.csv >right.csv
out=$(batch --json -c 'load right.csv' -c 'check data')
is "stimuli on one side fail it" $? 4
like "with numbers" "$out" '"failed": *1'
like "and a row per animal" "$out" '"animal": *"sim001"'
awk -F, -v OFS=, 'NR == 1 || $1 != "sim002" { print; next } { $5 = 1; print }' log.csv |
    awk -F, -v OFS=, 'NR > 1 && $1 == "sim002" { $6 = ($4 > 0) } NR > 1 { $7 = $6 ? $5 : 1 - $5 } { print }' >side.csv
out=$(batch -c 'load side.csv' -c 'check data')
is "an animal of one side fails it" $? 4
like "by name" "$out" '^fail +sim002: one side alone'

# watch
head -n 101 log.csv >rig.csv
"$DELTAW" --no-rc -q -c 'watch rig.csv every=.1' >seen 2>&1 </dev/null &
pid=$!
wait_for() { # PATTERN
    tries=0
    until grep -qE "$1" seen; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || return 1
        sleep .05
    done
}
ok "watch reads the log" wait_for '1 animal, 100 trials'
sed -n 102,111p log.csv >>rig.csv
ok "and what is added" wait_for '^rig.csv: \+10 trials: 1 animal, 110 trials'
sed -n 112p log.csv | cut -c 1-12 | tr -d '\n' >>rig.csv
sed -n 113p log.csv >next
sleep .5
sed -n 112p log.csv | cut -c 13- >>rig.csv
ok "a row cut off is waited for" wait_for '^rig.csv: \+1 trials: 1 animal, 111 trials'
kill -TERM $pid
wait $pid
ok "it ends when told" [ $? -ne 0 ]
unlike "a row that is being written is no error" "$(cat seen)" 'fields?,'

# beside other work: commands come from a pipe
head -n 201 log.csv >rig.csv
mkfifo say
"$DELTAW" --no-rc <say >seen 2>&1 &
pid=$!
exec 5>say
echo 'watch rig.csv every=.1' >&5
ok "a watch begins" wait_for '1 animal, 200 trials'
echo 'keep trial<=150; fit static; wait; jobs' >&5
ok "and commands go on" wait_for '^rig.csv is watched, every [.10]+ s: 200 trials'
sed -n 202,241p log.csv >>rig.csv
ok "new trials are told beside what filters leave" \
    wait_for '^rig.csv: \+40 trials: 2 animals, 240 trials, of which are open 2 animals, 190 trials'
echo 'watch rig.csv' >&5
ok "one file is watched at a time" wait_for 'rig.csv is watched already; `stop watch` ends that'
wait $pid
is "a script that fails ends it" $? 1
exec 5>&-
"$DELTAW" --no-rc <say >seen 2>&1 &
pid=$!
exec 5>say
echo 'watch rig.csv every=.1; keep trial<=50; fit static; wait; stop' >&5
ok "stop ends it where nothing trains" wait_for '^rig.csv is watched no longer; its trials stay'
sed -n 242,251p log.csv >>rig.csv
echo 'models; undo; stop watch' >&5
ok "models stay, and there is an undo" wait_for '^2 animals, 240 trials$'
exec 5>&-
wait $pid
is "with nothing to stop that is an error" $? 1
like "models are listed" "$(cat seen)" '^ *\*? *static1'
unlike "and nothing is read any more" "$(cat seen)" '\+10 trials'
out=$(batch --json -c 'watch rig.csv every=.1 times=1')
is "times= ends it" "$(echo "$out" | grep -c '"trials":250')" 1

# schema
XDG_CONFIG_HOME=$PWD/config
export XDG_CONFIG_HOME
codes=$srcdir/tests/cases/ignore_code2.csv
out=$(batch -c 'schema save lab')
is "without a load there is nothing to keep" "$? $(echo "$out" | grep -c 'no load with options')" "1 1"
like "the options of a load are kept" \
    "$(batch -c "load $codes choice=animal_response:0=left,1=right,2=missed as=x" -c 'schema save lab')" '^lab keeps 1 option'
is "an option a line" "$(cat config/deltaw/schemas/lab)" "choice=animal_response:0=left,1=right,2=missed"
like "and used again" "$(batch -c 'schema use lab' -c "load $codes")" '^2 animals, 144 trials'
like "unless the load says otherwise" \
    "$(batch -c 'schema use lab' -c 'load log.csv choice=choice')" '^3 animals, 600 trials'
batch -c 'schema use lab' -c 'schema use none' -c "load $codes" >out
is "or none is used" $? 3
like "they are listed" "$(batch -c schema)" '^lab$'
batch -c 'schema use absent' >out
is "one that is not there is refused" $? 1
echo 'colour=red' >config/deltaw/schemas/bad
like "and one that is none" "$(batch -c 'schema use bad')" "'colour=red' is no option of load"
batch -c 'schema save ../x' >out
is "a name stays in its folder" $? 2
like "the word for none is no name" \
    "$(batch -c "load $codes choice=animal_response:0=left,1=right,2=missed" -c 'schema save none')" \
    'none is the word for no schema'

# what a refusal says to type
printf '%s\n' 'Maus;Reiz;Wahl;Lohn' 'a;0,5;1;1' 'a;-0,5;0;1' >german.csv
like "the first column may be the animal, and what was said is said again" \
    "$(batch -c 'load german.csv decimal=,')" 'type perhaps: load german.csv decimal=, subject=Maus'
printf '%s\n' stimulus,choice,reward -1,0,1 1,1,1 -1,0,1 1,1,1 1,-1,1 >three.csv
like "of three codes the one rewarded least is no choice" \
    "$(batch -c 'load three.csv subject=none')" 'choice=choice:-1=missed,0=left,1=right'

# a column of the policy that has other values now; the trials are the same
awk -F, -v OFS=, 'NR == 1 { print $0, "rt" } NR > 1 { print $0, NR % 7 / 7 }' log.csv >slow.csv
awk -F, -v OFS=, 'NR == 1 { print $0, "rt" } NR > 1 { print $0, NR % 5 / 5 }' log.csv >fast.csv
batch -c 'load slow.csv' -c 'fit dnn policy=stim+bias+rt epochs=1 hidden=2 layers=1 name=m; wait' -c 'save m m.npz' >/dev/null
go_on='fit dnn policy=stim+bias+rt epochs=2 hidden=2 layers=1 init=m.npz'
unlike "a fit goes on with the values it had" "$(batch -c 'load slow.csv' -c "$go_on; wait")" 'other values'
like "but not with others" "$(batch -c 'load fast.csv' -c "$go_on; wait")" 'a column of its policy= has other values'
unlike "score has no word on the values of the fit" "$("$DELTAW" --no-rc -c 'load slow.csv; open m.npz' -c score 2>&1)" 'other values'
like "and tells of others" "$("$DELTAW" --no-rc -c 'load fast.csv; open m.npz' -c score 2>&1)" \
    'm was fitted to other values of a column that its policy names'
finish
