#!/bin/sh
# Batch and the piped REPL: what runs, in which order, where it goes, exit codes.
. "$srcdir/tests/tap.sh"
deltaw() { timeout 900 "$DELTAW" "$@"; }
HOME=$PWD XDG_CONFIG_HOME=$PWD/config XDG_STATE_HOME=$PWD/state
export HOME XDG_CONFIG_HOME XDG_STATE_HOME
make='simulate reinforce animals=2 trials=300 seed=1'

run deltaw -c 'say one' -c 'say two; say three'
is 'commands run in order' "$out$status" 'one
two
three0'
printf 'say from script\n# a remark\nsay end' >script.dw
run deltaw -c 'say first' -f script.dw -c 'say last'
is '-c and -f in the order of the command line' "$out" 'first
from script
end
last'
run deltaw <script.dw
is 'stdin is a script' "$out" 'from script
end'
run deltaw -f - <script.dw
is '-f - too' "$out" 'from script
end'
printf '\357\273\277say with\\\n two lines\r\nsay crlf\r\n' >odd.dw
run deltaw <odd.dw
is 'a byte order mark, a joined line, CR LF' "$out$status" 'with two lines
crlf0'

# --- exit codes
run deltaw -c 'say x'
is 'fine is 0' "$status" 0
run deltaw -c 'save data nowhere.csv'
is 'a command that failed is 1' "$status" 1
run deltaw -c 'nonsense'
is 'wrong words are 2' "$status" 2
run deltaw --nonsense
is 'a wrong option is 2' "$status" 2
like 'and told, with where to look' "$errors" '^deltaw: .*nonsense'
like 'by name' "$errors" 'deltaw --help'
for wrong in --threads=x --threads=-1 --seed=1.5 --color=blue '--json --csv'; do
    # shellcheck disable=SC2086
    run deltaw $wrong -c 'say x'
    is "$wrong is 2" "$status$out" 2
done
printf 'subject,session,trial,stimulus,choice,reward\nA,1,1,.5,7,1\n' >bad.csv
run deltaw bad.csv -c 'say after'
is 'data refused is 3' "$status$out" 3
like 'with file and line' "$errors" 'bad.csv:2'
run deltaw -f missing.dw
is 'a script that is not there is 1' "$status" 1
like 'by name' "$errors" 'missing.dw'
run deltaw -c 'load missing.csv'
is 'a log that is not there is 3' "$status" 3

run deltaw -c 'say a' -c nonsense -c 'say b'
is 'batch stops at the first failure' "$out" a
run deltaw --keep-going -c 'say a' -c nonsense -c 'say b'
is '--keep-going goes on' "$out" 'a
b'
is 'and tells the first failure in the end' "$status" 2
printf 'say a\nnonsense\nsay b\n' >stops.dw
run deltaw <stops.dw
is 'a piped script stops too' "$out$status" a2
like 'and names the line' "$errors" '^stdin:2: '
run deltaw -i <stops.dw
is '-i on a pipe goes on' "$out" 'a
b'
run deltaw --plain <stops.dw
is '--plain on a pipe is batch' "$out$status" a2

# --- streams
mkfifo pipe
deltaw <pipe >streamed.out 2>&1 &
job=$!
exec 9>pipe
echo 'say early' >&9
tries=0
until grep -q early streamed.out || [ $tries -ge $patience ]; do
    tries=$((tries + 1))
    sleep .05
done
ok 'a line is run when it comes, not at the end' grep -qx early streamed.out
echo 'say late' >&9
exec 9>&-
wait $job
is 'the end of the pipe is the end' "$(cat streamed.out)" 'early
late'

# --- files, fits, the end
deltaw -c "$make" -c 'save data log.csv.gz' >/dev/null
run deltaw log.csv.gz -c data
like 'FILE is loaded first' "$out" '600 trials'
cp log.csv.gz "it's a;log \"x\" #1.csv.gz"
run deltaw "it's a;log \"x\" #1.csv.gz" -c data
like 'whatever its name' "$out" '600 trials'
run deltaw -c "$make" -c 'fit dnn epochs=7 hidden=4'
is 'leaving waits for what trains' "$status" 0
like 'and says how it ended' "$errors" 'dnn1 done: 7 epochs'
run deltaw -q -c "$make" -c 'fit dnn epochs=7 hidden=4'
is '-q: nothing on stderr' "$errors" ''
run deltaw -c "$make" -c 'fit dnn epochs=1000000 hidden=4' -c 'pause dnn1'
is 'a paused fit is not waited for' "$status" 0
run deltaw -c quit -c 'say never'
is 'quit ends it' "$out$status" 0
run deltaw -c 'say a' -c pause-for-enter -c 'say b'
is 'nobody is waited for' "$out" 'a
b'

# --- signals
quick='fit dnn epochs=1000000 rate=1e-5 hidden=4'
begun='trains in the background'
interrupted() { # SIGNALS COMMAND [FIT [COHORT]]: sets $status
    rm -f job.out # what the job before said is no sign
    touch job.out
    env --default-signal=INT "$DELTAW" -c "${4:-$make}" -c "${3:-$quick}" \
        -c "$2" >job.out 2>job.err &
    job=$!
    tries=0
    until grep -q "$begun" job.out || [ $tries -ge $patience ]; do
        tries=$((tries + 1))
        sleep .05
    done
    for signal in $1; do
        kill -"$signal" $job
    done
    wait $job
    status=$?
}
interrupted INT wait
is '^C in a wait is 130' "$status" 130
interrupted INT 'say x'
is '^C at the end is 130' "$status" 130
interrupted TERM wait
is 'TERM ends it as TERM does' "$status" 143

# --- models are kept, however often it is told to end
mkdir -p state/deltaw/kept
touch -d '2 minutes ago' state/deltaw/kept/.deltaw-abcdefgh
rm -f state/deltaw/kept/*
usual=$begun begun='dnn2 trains' # dnn1 has epochs then
interrupted 'TERM TERM HUP INT INT INT' wait "$quick" "$make; fit dnn epochs=9 hidden=4; wait"
begun=$usual
# Signals that are pending together are delivered by number, HUP before TERM.
case $status in 129 | 130) status=143 ;; esac
is 'TERM and then more of them: it ends as by one of them' "$status" 143
run deltaw -c "open $(echo state/deltaw/kept/dnn1-*.npz)" -c models
like 'and the model is kept whole' "$out" dnn1
is 'with no half of one beside it' "$(find state/deltaw/kept -name '.deltaw-*')" ''

for signal in TERM HUP; do # before the first epoch there is nothing to keep
    interrupted $signal wait 'fit rnn hidden=100' 'simulate reinforce animals=10 trials=8000'
    is "$signal in the first epoch" "$(kill -l $status)" $signal
    is "$signal in the first epoch: nothing is said" "$(cat job.err)" ''
done

# --- output
run deltaw --json -c 'say hi' -c nonsense
is '--json: an object a line' "$(printf '%s\n' "$out" | grep -c '^{.*}$')" 2
like '--json: ok' "$out" '"command":"say hi","ok":true'
like '--json: not ok' "$out" '"ok":false'
run deltaw --version
like '--version' "$out" '^deltaw [0-9]'
run deltaw --version -v
like '-v tells kernels' "$out" '^kernels:.*in use'
like '-v tells libraries' "$out" 'readline [0-9]'
run deltaw --help
is '--help is 0' "$status" 0
for option in -c -f -i --plain --ascii --color --json --csv --threads --seed --no-rc --keep-going \
    -q --log --help --version; do
    like "--help tells $option" "$out" "^ +(--)?$option|^  +$option"
done
run deltaw --log kept.dw -c 'say logged' -c "$make"
like '--log keeps the commands' "$(cat kept.dw)" '^simulate reinforce'

# --- the rc file is for people
mkdir -p config/deltaw
echo 'say rc was read' >config/deltaw/rc
run deltaw -c 'say x'
is 'no rc file in batch' "$out" x
run deltaw -i </dev/null
is 'but with -i' "$out" 'rc was read'
run deltaw -i --no-rc </dev/null
is 'and not with --no-rc' "$out" ''
# Losses against seconds: two fits of unlike length share the axis.
run "$DELTAW" --no-rc -q --ascii -c 'simulate reinforce animals=3 trials=200 seed=1' \
    -c 'fit dnn epochs=30 name=slow' -c 'fit dnn epochs=5 name=quick' -c wait \
    -c 'loss model=all x=seconds' -c 'loss model=all x=seconds from=4' -c 'loss x=epoch'
is "loss x=seconds" "$status$errors" 0
like "its axis is in seconds" "$out" ' seconds( +[0-9.]+)*$'
like "both fits are in it" "$out" 'slow.*quick|quick.*slow'
like "and back to epochs" "$out" ' epoch( +[0-9]+)*$'
# A log of more rows than are taken over at once comes back as it was, in file order
# and out of it.
run "$DELTAW" --no-rc -q -c 'simulate reinforce animals=20 trials=8000 seed=1' -c 'save data a.csv' \
    -c 'load a.csv' -c 'save data b.csv'
is "a large log is loaded" "$status$errors" 0
ok "and has all its rows" cmp a.csv b.csv
(sed -n 1p a.csv; sed 1d a.csv | tail -n 80000; sed 1d a.csv | head -n 80000) >c.csv
run "$DELTAW" --no-rc -q -c 'load c.csv' -c 'save data d.csv'
is "so is one in another order" "$status$errors" 0
ok "with the same rows" sh -c 'sort a.csv >e; sort d.csv | cmp - e'
finish
