#!/bin/bash
# Cross-validation of seven rules, 5 folds and 4 seeds, on real mice: seconds and memory.  By
# hand, on an idle machine:  tests/bench_cv.sh PROGRAM LOG [OPTION of cv]...
set -eu
program=${1:?the program} log=${2:?a log of trials}
shift 2
folder=$(mktemp -d "${TMPDIR:-/tmp}/deltaw-cv.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' HUP INT TERM
cat >"$folder/cv.dw" <<END
load "$log"
cv static reinforce reinforce-base "tinyrnn optimizer=fast" "dnn optimizer=fast" \
    "dnn optimizer=fast policy=stim+prevstim+bias" "rnn optimizer=fast" \
    file=$folder/cv.jsonl $*
wait
END
begin=$(date +%s%N)
"$program" --no-rc -f "$folder/cv.dw" &
most=0
while kb=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$!/status 2>/dev/null) && [ -n "$kb" ]; do
    most=$kb
    sleep .2
done
wait $!
end=$(date +%s%N)
echo "$(($(wc -l <"$folder/cv.jsonl") - 1)) fits, $(((end - begin) / 1000000000)) s, $((most / 1024)) MiB at most"
