#!/bin/sh
# Replaying a fit: in batch, as a film in a file, and with keys in a terminal.
. "$srcdir/tests/tap.sh"

deltaw() { "$DELTAW" --no-rc -q "$@"; }
make='simulate reinforce animals=3 trials=400 seed=2; fit dnn epochs=300 hidden=6 truncation=100'
short='simulate reinforce animals=3 trials=400 seed=2; fit dnn epochs=120 hidden=6 truncation=100'

# --- batch

run deltaw -c "$make; wait" -c 'replay dnn1 epoch=120' -c 'loss; map; replay off; loss'
is 'batch: fine' "$status" 0
like 'it says the epoch and its losses' "$out" '^dnn1 replays epoch 120 of 300: train \.[0-9]+ nats'
like 'and what the map is then' "$out" '^map: Change of w_stim .* dnn1 at epoch 120 of 300[,:] '
like 'the loss view is at that epoch' "$out" '^dnn1: train .* at epoch 120 of 300; chance'
like 'its title says so' "$out" '^replay 120/300 . loss'
like 'the map view is too' "$out" '^replay 120/300 . .w_stim'
like 'replay off shows the newest again' "$out" '^dnn1: the newest is shown again'
like 'the loss view is back' "$out" '^dnn1: train .* after 300 epochs'

# colours: of the newest, but for maps that hardly showed in them
legends() {
    for epoch in "$@"; do
        deltaw -c "$make; wait" -c "replay epoch=$epoch" -c map | sed -n 's/.* +\([.0-9e-]*\) .*no data$/\1/p'
    done | tr '\n' ' '
}
is 'colours stand still late, and are finer where little is learnt' "$(legends 1 20 300)" \
    '4e-5 .004 .004 '

# values: the same as of a fit that ended there
deltaw -c "$make; wait; replay dnn1 epoch=120" -c 'map xrange=-1,1 yrange=-1,1 nx=9 ny=9' \
    -c 'export map replayed.csv; weights; export weights replayed_w.csv' >said 2>&1
deltaw -c "$short; wait" -c 'map xrange=-1,1 yrange=-1,1 nx=9 ny=9' \
    -c 'export map ended.csv; weights; export weights ended_w.csv' >>said 2>&1
like 'the export says the epoch' "$(cat said)" 'replayed.csv: the map, 198 rows, dnn1 at epoch 120 of 300'
ok 'the map exported in a replay is that of a fit of so many epochs' cmp replayed.csv ended.csv
ok 'and the weights are' cmp replayed_w.csv ended_w.csv
is 'of all trials' "$(wc -l <ended_w.csv)" 1201

run deltaw -c "$make; wait" -c 'replay epoch=123' -c replay
like 'an epoch that was not kept: the nearest is shown, and said' "$out" \
    'epoch 122 of 300: .*\(123 was not kept; this is the nearest\)$'
run deltaw -c "$make; wait" -c models -c 'replay epoch=0; models'
is 'the table of models keeps to the newest' \
    "$(printf '%s\n' "$out" | grep -E '^dnn1 +\* ' | sort -u | wc -l)" 1
run deltaw --json -c "$make; wait" -c 'replay dnn1 epoch=40'
like 'JSON has the numbers' "$out" '"model":"dnn1","epoch":40,"newest":300,"asked":40,"loss":0?\.[0-9]+'
run "$DELTAW" --no-rc -c "$make; wait" -c 'replay dnn1 play=yes'
like 'only the full screen plays' "$errors" 'replay: only the full screen plays; epoch=N'
like 'elsewhere it stands' "$out" '^dnn1 replays epoch 0 of 300'
run deltaw -c "$make; wait" -c 'replay dnn1 from=50 to=50'
like 'a range goes up' "$errors" 'to=50 must be after from=50'
run deltaw -c "$make; wait" -c 'replay dnn1 epoch=40; forget dnn1' -c loss
like 'forgetting the model ends its replay' "$errors" 'no fit yet'
run deltaw -c "$make; wait" -c 'replay; fit dnn name=other epochs=3; wait; replay other; loss'
is 'a fit begun in a replay' "$status" 0

# --- files

run deltaw -c "$make; wait; save dnn1 with.npz snapshots=yes; save dnn1 without.npz" \
    -c 'open with.npz; replay with epoch=120; map' -c 'open without.npz; replay without'
like 'saving says how many epochs are in the file' "$out" 'with.npz: dnn1, .* at 200 epochs'
like 'an opened file is replayed' "$out" '^with replays epoch 120 of 300: train'
like 'one without them says why not' "$errors" 'without has no snapshots .* without snapshots=yes'
run deltaw -c 'simulate reinforce animals=2 trials=300 seed=1; save data a.csv snapshots=yes'
like 'trials have no snapshots' "$errors" 'snapshots= is of models'
run deltaw -c 'open with.npz; replay epoch=60; map'
is 'a replay without any trials' "$status" 0
run deltaw -c 'simulate reinforce animals=2 trials=300 seed=1; fit reinforce; wait; replay epoch=0'
like 'a search is replayed by evaluations' "$out" '^reinforce1 replays evaluation 0 of [0-9]+: train'

# --- films

run deltaw -c "$make; wait; export map map.cast width=90 height=28 fps=20; export loss loss.cast" \
    -c 'export weights weights.cast; export slice slice.cast; export accuracy accuracy.cast'
is 'films are written' "$status" 0
like 'and described' "$out" '^map.cast: the map of dnn1 at 200 epochs, 12 s long'
run deltaw -c 'open without.npz; export map none.cast'
like 'no film without snapshots' "$errors" 'has no snapshots of its epochs to make a film of'
ok 'and no file' test ! -e none.cast
cat >check.py <<'END'
import json, sys
name, width, height, frames, fps = sys.argv[1], *map(float, sys.argv[2:])
lines = open(name, encoding='utf-8').read().split('\n')
assert lines.pop() == '', 'the last line ends'
head, events = json.loads(lines[0]), [json.loads(line) for line in lines[1:]]
assert (head['version'], head['width'], head['height']) == (2, width, height), head
assert len(events) == frames + 1, len(events)
assert all(len(e) == 3 and e[1] == 'o' and isinstance(e[2], str) for e in events), 'events'
times = [e[0] for e in events]
assert times[0] == 0 and all(a < b for a, b in zip(times, times[1:])), 'times increase'
assert abs(times[1] - 1 / fps) < 1e-5, times[1]
assert head['duration'] == times[-1], 'duration'
assert 'replay   0/300' in events[0][2] and 'replay 300/300' in events[-2][2], 'epochs'
assert any('48;5;' in e[2] or '38;5;' in e[2] for e in events), 'colours'
END
if find_python 'import json'; then
    ok 'a film of a map: header, times, frames, colours' "$python" check.py map.cast 90 28 200 20
    ok 'of the loss' "$python" check.py loss.cast 80 24 200 10
    ok 'of the weights' "$python" check.py weights.cast 80 24 200 10
    ok 'of a slice' "$python" check.py slice.cast 80 24 200 10
    ok 'of the accuracy' "$python" check.py accuracy.cast 80 24 200 10
else
    skip 'python3 is not installed: films are not read'
fi

# --- keys, in a terminal

if ! command -v tmux >/dev/null 2>&1; then
    skip 'tmux is not installed: no keys are pressed'
    finish
fi
folder=$(mktemp -d /tmp/deltaw-replay-XXXXXX) || exit 1
TMUX_TMPDIR=$folder
export TMUX_TMPDIR
unset TMUX
tm() { tmux -L deltaw -u -f /dev/null "$@"; }
clean_up() {
    tm kill-server 2>/dev/null
    rm -rf "$folder" 2>/dev/null || { sleep 1; rm -rf "$folder"; }
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
keys() { tm send-keys -t main "$@"; }
type_line() { tm send-keys -t main -l "$1"; keys Enter; }
check() { # what pattern
    tries=0
    until tm capture-pane -p -t main | grep -q -e "$2"; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || break
        sleep .05
    done
    if [ $tries -lt $patience ]; then
        tap_say ok "$1"
    else
        tap_say 'not ok' "$1"
        note "the screen has no: $2"
        tm capture-pane -p -t main | sed 's/^/#   |/'
    fi
}
tm new-session -d -s keep cat # the server ends with its last session
if command -v asciinema >/dev/null 2>&1; then
    tm new-session -d -s main -x 92 -y 30 "exec env -i PATH='$PATH' HOME='$folder' \
        LC_ALL=C.UTF-8 TERM=tmux-256color sh -c 'asciinema play -s 40 map.cast; exec cat'"
    check 'asciinema plays a film to its end' '^replay 300/300'
    tm kill-session -t main
else
    skip 'asciinema is not installed'
fi
tm new-session -d -s main -x 100 -y 30 "exec env -i PATH='$PATH' HOME='$folder' LC_ALL=C.UTF-8 \
    TERM=tmux-256color INPUTRC=/dev/null XDG_STATE_HOME='$folder' ASAN_OPTIONS='$ASAN_OPTIONS' \
    TSAN_OPTIONS='$TSAN_OPTIONS' LSAN_OPTIONS='$LSAN_OPTIONS' '$DELTAW' --no-rc --log '$folder/log'"
tm has-session -t main 2>/dev/null || { echo 'Bail out! no program in the terminal'; exit 1; }
check 'the explorer starts' 'no trials loaded'
type_line "$make"
check 'a fit ends' 'dnn1 done: 300 epochs'
type_line 'replay dnn1 epoch=120'
check 'the header says the epoch' 'dnn1 replay *120/300'
check 'the tile does' 'replay 120/300 .* loss'
keys F6
check 'the footer tells the keys' ', . step  Space play/pause  q end replay'
keys . .
check 'two steps on, as fast as they come' 'replay 122/300'
keys ,
check 'one back' 'replay 121/300'
keys Left
check 'the arrows do the same' 'replay 120/300'
keys End
check 'End' 'replay 300/300'
keys Right
keys Home
check 'Home' 'replay   0/300'
check 'keys leave one line in the transcript' 'deltaw> replay epoch=0'
keys Space
check 'Space plays' 'dnn1 plays'
keys Space
check 'and pauses' 'dnn1 replay '
keys :
type_line 'replay speed=5 play=yes'
check 'it plays at a given speed' 'plays 200 kept epochs of 300, 5 a second'
type_line 'say "typed while it plays"'
check 'the prompt is free while it plays' '^│typed while it plays'
check 'which goes on' 'dnn1 plays'
type_line 'layout jobs|map; zoom jobs'
keys F6
check 'tiles that show no model keep their keys' 'n/p view.*arrows row'
keys :
type_line 'zoom map'
keys F6
check 'a tile that does has those of the replay' ', . step  Space play/pause'
keys q
check 'q ends it' 'dnn1 done *300/300'
keys :
type_line 'replay from=280 speed=100'
check 'it stops at the end' 'dnn1 replay *300/300'
type_line 'replay off'
check 'replay off' 'the newest is shown again'
type_line 'set motion=reduced; replay'
check 'with motion=reduced it stands at the first epoch' 'dnn1 replays epoch 0 of 300'
type_line 'replay play=yes speed=5'
check 'and plays when told to' 'dnn1 plays'
type_line 'replay off; set motion=full'
check 'and can move again' 'deltaw> replay off; set'
type_line 'log off'
check 'the log is closed' 'deltaw> log off'
type_line 'replay; forget dnn1'
check 'the model goes while it plays' 'no fit yet'
type_line 'fit dnn epochs=100000 hidden=6 rate=1e-5'
check 'a fit trains' 'dnn1 training *[1-9][0-9]*/'
type_line 'replay play=no'
check 'one that trains is replayed beside it' 'dnn1 replay *0/.* dnn1 training'
type_line quit
tries=0
while tm has-session -t main 2>/dev/null && [ $tries -lt $patience ]; do
    tries=$((tries + 1))
    sleep .05
done
ok 'quits while one is on' test $tries -lt $patience
like 'the log has where keys went' "$(cat "$folder/log")" '^replay epoch=[0-9]+$'
sed '/^fit dnn epochs=100000/,$d' "$folder/log" >log.dw
run deltaw -f log.dw
is 'and runs as a script' "$status" 0
finish
