#!/bin/sh
# The table of hostile inputs: what each is answered with, in how much time and memory.
#     DELTAW=build/deltaw tests/hostile.sh >samples/hostile.txt
# makes some 60 MB of files in a folder of its own under $TMPDIR, and removes it; the 700 million
# rows take minutes.  Not a test: it asserts nothing.
: "${DELTAW:?the program}"
case $DELTAW in /*) ;; *) DELTAW=$PWD/$DELTAW ;; esac
formats=$(cd "$(dirname "$0")/../samples/formats" && pwd)
cd "$(mktemp -d "${TMPDIR:-/tmp}/deltaw-hostile.XXXXXX")" || exit 1
trap 'rm -rf "$PWD"' EXIT
HOME=$PWD export HOME
data='simulate reinforce animals=2 trials=60 seed=1'
header='subject,session,trial,stimulus,choice,reward'

row() { # INPUT SECONDS-UNTIL-^C COMMAND...: 0: it is not interrupted
    what=$1 after=$2
    shift 2
    limit=
    [ "$after" = 0 ] || limit="timeout -s INT -k 60 $after"
    # shellcheck disable=SC2086
    /usr/bin/env time -o used -f '%e %M' $limit "$DELTAW" --threads 2 "$@" >out 2>errors </dev/null
    used=$(tail -n 1 used)
    message=$(grep -v '^ ' errors | grep -v '^$' | tail -n 1 | sed "s|$PWD|~|" | cut -c 1-150)
    [ -n "$message" ] || message=$(tail -n 1 out | cut -c 1-150)
    printf '%-41s %6s s %6d MB  %s%s\n' "$what" "${used% *}" "$((${used#* } / 1024))" \
        "$([ "$after" = 0 ] || echo "^C after $after s: ")" "$message"
}

printf '%-41s %6s %9s  %s\n\n' INPUT TIME 'MOST MEMORY' MESSAGE
echo "$header" | gzip >head.gz
head -c 100000000 /dev/zero | tr '\0' '\n' | gzip -6 >block.gz
{ cat head.gz; for i in 0 1 2 3 4 5 6 7 8 9; do for k in 0 1 2 3 4 5 6 7 8 9; do cat block.gz; done; done; } \
    >newlines.csv.gz
yes 'A,1,1,.5,1,1' | head -n 7000000 | gzip -6 >block.gz
{ cat head.gz; for i in 0 1 2 3 4 5 6 7 8 9; do for k in 0 1 2 3 4 5 6 7 8 9; do cat block.gz; done; done; } \
    >rows.csv.gz
columns=$(seq -f 'c%.0f' -s, 100000) ones=$(yes 1 | head -n 100000 | paste -sd,)
{ echo "$header,$columns"; for t in 1 2 3; do echo "A,1,$t,.5,1,1,$ones"; done; } >columns.csv
{ echo "$header"; printf '"'; head -c 1000000 /dev/zero | tr '\0' '\n'; echo 'A",1,1,.5,1,1'; } >quote.csv
{ echo "$header"; head -c 3000000 /dev/zero | tr '\0' x; } >line.csv
head -c 300000 /dev/urandom >noise.csv
printf '\037\213' | cat - noise.csv >noise.csv.gz
printf 'PAR1' | cat - noise.csv >noise.parquet
cp noise.csv noise.npz
printf '# commands of a deltaw session; `source` runs them again\nsay one\nsay tw' >half.dw
mkfifo pipe
ln -s pipe pipe.csv
cp "$formats/trials.nwb" crash.nwb && cp crash.nwb turns.nwb && chmod u+w crash.nwb turns.nwb
printf '\377\377\377\377' | dd of=crash.nwb bs=1 seek=11525 conv=notrunc 2>/dev/null
head -c 49 /dev/zero | dd of=turns.nwb bs=1 seek=10472 conv=notrunc 2>/dev/null
bad=$(printf 'a\033]0;title\007b\033[2Jc')
printf '%s\nm\342\200\256ouse,1,1,.5,1,1\nm\342\200\256ouse,1,2,-.5,0,1\n' "$header" >bidi.csv

row '10 GB of newlines in 10 MB of gzip' 2 -c 'load newlines.csv.gz'
(ulimit -v 1500000; row '700 million rows, 1.5 GB to have' 0 -c 'load rows.csv.gz')
row '100,000 columns' 0 -c 'load columns.csv'
row 'a quote over a million lines' 0 -c 'load quote.csv'
row 'a line of 3 MB' 0 -c 'load line.csv'
for file in noise.csv noise.csv.gz noise.parquet; do row "random bytes: $file" 0 -c "load $file"; done
row 'an NWB file that HDF5 crashes on' 0 -c 'load crash.nwb'
row 'one that it turns in' 2 -c 'load turns.nwb'
row 'and without ^C' 0 -c 'load turns.nwb'
row 'random bytes as a model' 0 -c 'open noise.npz'
row 'source of a pipe without writer' 1 -c 'source pipe'
row 'load of one' 1 -c 'load pipe'
row 'log on one' 0 -c 'log on pipe'
row 'open of one' 0 -c 'open pipe'
row 'save to one without reader' 0 -c "$data" -c 'save data pipe.csv'
row 'a folder as a script' 0 -c 'source .'
row 'a device as a log' 0 -c 'log on /dev/full'
ln -s /dev/full full.csv
row 'a full device under a save' 0 -c "$data" -c 'save data full.csv'
row 'truncation=1 hidden=256 threads=1024' 0 -c 'simulate reinforce animals=13 trials=5000' \
    -c 'fit dnn truncation=1 hidden=256 layers=8 threads=1024'
(ulimit -v 500000; row '8 threads of gp, 500 MB to have' 0 -c "$data" -c 'fit gp threads=8')
row '^C while 2 million trials are saved' 4 -c 'simulate reinforce animals=20 trials=100000' \
    -c 'save data much.csv.gz'
much='simulate reinforce animals=20 trials=10000'
for verb in score compare diagnose 'check data' 'report r.html' 'keep trial>5'; do
    (ulimit -v 90000 && export MALLOC_ARENA_MAX=1
        row "$verb: 200,000 trials, 90 MB to have" 0 --threads 1 -c "$much" -c "$verb")
done
(ulimit -v 160000 && export MALLOC_ARENA_MAX=1
    row 'recover: 8 million trials, 160 MB to have' 0 --threads 1 -c 'recover setting=long'
    row 'a picture of 387 million dots' 0 --threads 1 -c "$data" -c 'fit static; wait' \
        -c 'export map m.png width=500 height=500 dpi=1000')
truncate -s 500G results.jsonl
row '500 GB of nothing as results of cv' 0 -c 'cv file=results.jsonl'
printf '{"plan"' | dd of=results.jsonl conv=notrunc 2>/dev/null
row 'and as a plan without an end' 0 -c 'cv file=results.jsonl'
row 'half a command at the end of a log' 0 -f half.dw
row '10^12 trials' 0 -c 'simulate reinforce animals=100000 trials=10000000'
row 'a title and a cleared screen, said' 0 -c "say '$bad'"
row 'an override of direction in a name' 0 -c 'load bidi.csv' -c 'animals'
echo 'source loop.dw' >loop.dw
row 'a script that runs itself' 0 -f loop.dw
row '^C while a network is fitted' 2 -c "$data" -c 'fit dnn epochs=100000'
row 'while a posterior is' 2 -c 'simulate reinforce animals=4 trials=4000' -c 'fit gp'
