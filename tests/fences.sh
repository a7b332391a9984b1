#!/bin/sh
# What files, names, signals, other programs and full disks cannot do.
. "$srcdir/tests/tap.sh"
deltaw() { timeout 900 "$DELTAW" "$@"; }
HOME=$PWD XDG_CONFIG_HOME=$PWD/config XDG_STATE_HOME=$PWD/state
export HOME XDG_CONFIG_HOME XDG_STATE_HOME
make='simulate reinforce animals=2 trials=60 seed=1'
escape=$(printf '\033') # what a terminal obeys

# --- nothing on the main thread waits for others (doc/threats has the list)

bare=$(cd "$srcdir" && grep -rnE '(^|[^A-Za-z0-9_>.])(open|openat|fopen|creat|mkstemp|popen|freopen) ?\(' \
    src --include='*.c' | grep -vE '^src/(base|main\.c)' |
    grep -v 'O_DIRECTORY' | grep -v '"/dev/null"' | grep -vE '^src/screen/rescue.c:.*told')
is 'files are opened by base/infile and base/outfile alone' "$bare" ''

mkfifo silent
for verb in 'log on silent' 'open silent' 'fit reinforce init=silent' 'schema use none; log on .' \
    'source .' 'save data silent.csv' 'cv static folds=2 file=silent'; do
    ln -sf silent silent.csv
    run deltaw -c "$make" -c "$verb"
    ok "refused at once: $verb" test "$status" -ne 0 -a "$status" -ne 124
done
interrupted() { # WHAT COMMAND [SECONDS]: it waits, and ends within them when it is interrupted
    timeout -s INT -k "${3:-60}" 2 "$DELTAW" -c "$make" -c "$2" >out 2>errors </dev/null
    is "$1 gives up at ^C" "$?" 124
    like "and says so" "$(cat errors)" 'interrupted'
}
interrupted 'a script from a pipe' 'source silent'
interrupted 'a log from a pipe' 'load silent'
printf 'say from a pipe' | deltaw -f - >out
is 'a script may come through a pipe' "$(cat out)" 'from a pipe'
printf 'say one' | deltaw --json -f - >out
is 'which is no command of its own' "$(grep -c command out)" 1

# 28 gigabytes of newlines, packed: no row, so nothing but bytes to count by.
head -c 20000000 /dev/zero | tr '\0' '\n' | gzip -9 >some.gz
for i in 1 2 3 4 5 6 7 8 9 10; do cat some.gz some.gz some.gz some.gz some.gz some.gz some.gz; done >more.gz
echo 'subject,session,trial,stimulus,choice,reward' | gzip >newlines.csv.gz
for i in 1 2 3 4 5 6 7 8 9 10; do cat more.gz more.gz; done >>newlines.csv.gz
interrupted 'gigabytes of newlines' 'load newlines.csv.gz' 8
rm -f newlines.csv.gz more.gz

# --- libraries that damaged files make crash or loop forever: in a process of their own

trials=$srcdir/samples/formats/trials.nwb
if deltaw -c "load '$trials'" >/dev/null 2>&1; then
    cp "$trials" crash.nwb && cp "$trials" turns.nwb && chmod u+w crash.nwb turns.nwb
    printf '\377\377\377\377' | dd of=crash.nwb bs=1 seek=11525 conv=notrunc 2>/dev/null
    head -c 49 /dev/zero | dd of=turns.nwb bs=1 seek=10472 conv=notrunc 2>/dev/null
    run deltaw --keep-going -c "$make" -c 'load crash.nwb' -c data
    like 'a file that HDF5 crashes on is refused' "$errors" 'crash.nwb:'
    like 'the session goes on' "$out" 'simulate reinforce'
    interrupted 'a file that HDF5 turns in' 'load turns.nwb'
    tries=$patience
    while ps -A -o args= | grep -q 'load turns[.]nwb' && [ $((tries -= 1)) -gt 0 ]; do sleep .05; done
    ok 'and nothing goes on turning' [ $tries -gt 0 ]
else
    skip 'built without HDF5'
fi

# --- memory

printf 'subject,session,trial,stimulus,choice,reward\n' >head
yes 'A,1,1,.5,1,1' | head -n 3000000 | gzip -1 >rows.gz
{ gzip <head; cat rows.gz rows.gz rows.gz rows.gz rows.gz; } >rows.csv.gz
if (ulimit -v 500000) 2>/dev/null && ! grep -q asan "$builddir/config.log" 2>/dev/null &&
    (ulimit -v 500000; deltaw --version) >/dev/null 2>&1; then
    run sh -c "ulimit -v 500000; '$DELTAW' --keep-going --threads 1 -c '$make' -c 'fit reinforce; wait' \
        -c 'load rows.csv.gz' -c 'data; models'"
    like 'a log that does not fit is refused' "$errors" 'rows.csv.gz: not enough memory'
    like 'the trials stay' "$out" 'simulate reinforce'
    like 'and the models' "$out" 'reinforce1'
    run sh -c "ulimit -v 500000; '$DELTAW' --keep-going -c '$make' -c 'fit gp threads=8' -c data"
    like 'a posterior is not begun where its library would loop forever' "$errors" \
        'fit: not enough memory: 8 threads of linear algebra'
    like 'the session goes on' "$out" 'simulate reinforce'
    much='simulate reinforce animals=20 trials=10000'
    # one arena: what malloc sets aside for each thread is not the same each time
    run sh -c "ulimit -v 120000; MALLOC_ARENA_MAX=1 '$DELTAW' --keep-going --threads 1 -c '$much' \
        -c diagnose -c 'report r.html' -c data"
    like 'a verb that does not fit is refused' "$errors" 'diagnose: not enough memory: it takes'
    like 'so is a page' "$errors" 'report: not enough memory: it takes'
    like 'the session goes on' "$out" '20 animals, 200,000 trials'
    run sh -c "ulimit -v 160000; MALLOC_ARENA_MAX=1 '$DELTAW' --keep-going --threads 1 -c '$much' \
        -c 'recover setting=long' -c 'recover confusion trials=2,1000000 seeds=1' \
        -c 'simulate reinforce animals=40 trials=100000' -c data"
    like 'animals whose rule is to be found again' "$errors" \
        'recover: 1000 x 8000: simulate: not enough memory: .*; other settings or quick=yes take less'
    like 'for each of several sizes' "$errors" 'recover: reinforce .*, 3 x 1000000: simulate: not enough'
    like 'simulated ones' "$errors" '^-c: simulate: not enough memory: .*; fewer animals= or trials='
    like 'and the session goes on' "$out" '20 animals, 200,000 trials'
    other="-c 'simulate reinforce animals=2 trials=50' -c 'fit reinforce name=a; wait; save a a.npz'"
    run sh -c "'$DELTAW' $other; ulimit -v 120000; MALLOC_ARENA_MAX=1 '$DELTAW' --keep-going \
        --threads 1 -c '$much' -c 'open a.npz name=a; open a.npz name=b; open a.npz name=c; slice' \
        -c 'slice model=a,b,c' -c '$make' -c 'export map m.png width=500 height=500 dpi=1000' -c data"
    like 'a slice of one model' "$out" '━ w 0'
    like 'has room where that of three has none' "$errors" 'slice: not enough memory: it takes'
    like 'nor has a picture of many dots' "$errors" 'map: not enough memory: .*; lower dpi= or width='
    like 'the session goes on' "$out" 'simulate reinforce'
    run sh -c "ulimit -v 150000; '$DELTAW' --threads 1 -c '$make' -c 'fit reinforce; wait; show'"
    like 'a small fit does without that library' "$out" 'standard error'
else
    skip 'no limit of the address space here'
fi
if truncate -s 500G results.jsonl 2>/dev/null; then
    run deltaw -c 'cv file=results.jsonl'
    like 'of what holds no results the beginning is read' "$errors" 'jsonl: holds no results of cv'
    printf '{"plan"' | dd of=results.jsonl conv=notrunc 2>/dev/null
    run deltaw -c 'recover file=results.jsonl'
    like 'results that do not fit are refused' "$errors" 'results.jsonl: not enough memory'
    rm results.jsonl
else
    skip 'no such large files here'
fi
run deltaw -c 'simulate reinforce animals=13 trials=5000' \
    -c 'fit dnn truncation=1 hidden=256 layers=8 threads=1024 batch=1'
is 'a fit that does not fit is refused' "$status" 1
like 'with what it takes and what is left' "$errors" 'takes about .* GB more, .* GB are left'

# --- what reaches the terminal

bad=$(printf 'a\033]0;title\007b\033[2Jc\177d\302\233e\342\200\256f\342\200\213g')
plain() { # WHAT TEXT
    unlike "$1: no escape" "$2" "$escape"
    unlike "$1: nothing hidden" "$2" "$(printf '\177|\302\233|\342\200\256|\342\200\213|\007')"
}
run deltaw -c "say '$bad'"
plain say "$out"
like 'it is seen' "$out" 'a\\x1b\]0;title\\x07b\\x1b\[2Jc\\x7fd\\u009be\\u202ef\\u200bg'
run deltaw --json -c "say '$bad'"
plain '--json' "$out"
like 'escaped as JSON does' "$out" 'a\\u001b\]0'
run deltaw -c "log on '$bad'" -c log
plain "log's path" "$out$errors"
run deltaw -c "$make" -c "save data '$bad.csv'"
plain 'the name of a file that is written' "$out$errors"
run deltaw -c "load '$bad.csv'" -c data -c header
plain 'and read' "$out$errors"
run deltaw -c "load '$bad.csv'" -c 'psychometric'
plain 'and in a picture' "$out$errors"
run deltaw -c "lode '$bad'"
plain 'a wrong word' "$errors"
printf 'subject,session,trial,stimulus,choice,reward,c\342\200\256ol\nm\342\200\256ouse,1,1,.5,1,1,2\nm\342\200\256ouse,1,2,-.5,0,1,3\n' >bidi.csv
for mode in --plain --csv --json; do
    run deltaw $mode -c 'load bidi.csv' -c 'animals; head 2; data'
    plain "names in a log, $mode" "$out$errors"
done

# --- a killed writer, an interrupted one

: >.deltaw-abcdefgh
run deltaw -c "$make" -c 'save data new.csv'
fails 'what a killed writer left is removed by the next' test -e .deltaw-abcdefgh
timeout -s INT 2 "$DELTAW" -c "$make" -c 'fit dnn epochs=1000000 hidden=4' >out 2>errors
like '^C in batch keeps the models' "$(cat errors)" 'dnn1, .*was not saved; .open .*reads it'
ok 'in a file that opens' deltaw -c "open $(ls state/deltaw/kept/dnn1*.npz)"

# --- two programs, and places that are not as they should be

(sleep 3) | deltaw -c 'log on held.dw' -f - >/dev/null 2>&1 &
sleep 1
run deltaw -c 'log on held.dw'
like 'a second program is told of the log' "$errors" 'another session writes its commands to it'
wait
for i in 1 2 3 4 5 6; do
    deltaw -c "simulate reinforce animals=2 trials=$((60 + i)) seed=$i" -c 'save data same.csv.gz' \
        >/dev/null 2>&1 &
done
wait
run deltaw -c 'load same.csv.gz' -c data
like 'of several that save at once one is there, with its truth' "$out" 'truth'
unlike 'which is its own' "$out$errors" 'belongs to other data'
is 'and nothing else' "$(ls -A | grep -c '^\.deltaw-')" 0

fine() { # WHAT, and what is set for it
    what=$1
    shift
    run env "$@" timeout 60 "$DELTAW" -c "$make" -c 'head 1'
    is "$what: works" "$status" 0
}
mkdir readonly && chmod 500 readonly
fine 'a HOME that is read-only' HOME="$PWD/readonly" XDG_STATE_HOME= XDG_CONFIG_HOME=
fine 'no HOME' -u HOME -u XDG_STATE_HOME -u XDG_CONFIG_HOME
fine 'a TMPDIR that is not there' TMPDIR=/nowhere
: >file
fine 'a state folder that is a file' XDG_STATE_HOME="$PWD/file"
mkdir -p odd/deltaw && mkfifo odd/deltaw/rc odd/deltaw/history
fine 'an rc file and a history that are pipes' XDG_STATE_HOME="$PWD/odd" XDG_CONFIG_HOME="$PWD/odd"
run sh -c "ulimit -f 1; trap '' XFSZ; '$DELTAW' -c 'log on full.dw' -f - <<END
$(yes 'say 0123456789012345678901234567890123456789' | head -n 60)
say the end
END"
like 'a full disk under the log: it is told' "$errors" 'the log ends here: full.dw: File too large'
like 'and the session goes on' "$out" '^the end$'

# A file system of 64 KB, most of it taken: what is there stays, and what is not does not come.
mkdir small
if mount -t tmpfs -o size=64k none small 2>/dev/null; then
    head -c 40000 /dev/zero >small/taken
    deltaw -c "$make" -c 'save data kept.csv' >/dev/null
    for file in data.csv data.csv.gz data.npz page.html loss.svg loss.png; do cp kept.csv "small/$file"
        case $file in
        data*) writing="save data small/$file" ;;
        page*) writing="report small/$file" ;;
        *) writing="export loss small/$file" ;;
        esac
        run deltaw --keep-going -c 'simulate reinforce animals=8 trials=600' \
            -c 'fit static name=m; wait' -c "$writing" -c 'say the end'
        like "$writing on a full disk: refused" "$errors" "small/$file.*No space left"
        ok 'the file is as it was' cmp -s kept.csv "small/$file"
        like 'and the session goes on' "$out" '^the end$'
        rm "small/$file"
    done
    is 'nothing is left beside them' "$(ls -A small)" taken
    umount small
else
    skip 'mounting is not allowed'
fi
finish
