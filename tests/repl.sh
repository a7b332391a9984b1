#!/bin/sh
# Scripts on stdin, answers on stdout, complaints on stderr, exit codes.
. "$srcdir/tests/tap.sh"
deltaw() { "$DELTAW" --no-rc "$@"; }

answer() { # WHAT WANTED-STATUS: script on stdin
    cat >script
    deltaw <script >out 2>errors
    is "$1: exit $2" "$?" "$2"
    out=$(cat out) errors=$(cat errors)
}

answer "words" 0 <<'END'
say one; say "two  words" 'and; one' # comment
say joined \
 line
END
is "they come out as they went in" "$out" 'one
two  words and; one
joined line'

answer "an unknown verb" 2 <<'END'
say before
lod x.csv
say after
END
is "what was before it ran, what follows did not" "$out" before
like "it says what was meant" "$errors" "unknown verb 'lod'; did you mean 'load'\?"
unlike "no prefixes in scripts" "$(echo 'mod' | deltaw 2>/dev/null; echo "exit $?")" 'exit 0'

answer "a bad log" 3 <<'END'
simulate reinforce animals=2 trials=10
load absent.csv
END
like "named with the reason" "$errors" 'absent.csv: .*No such file'

answer "a fit" 0 <<'END'
simulate reinforce animals=3 trials=200 seed=4
fit dnn epochs=4 hidden=4 holdout=sim003
wait
models
jobs
score animals=yes
show
export loss loss.csv
export map map.csv
save dnn1 model.npz
END
like "its end is told" "$out" '^dnn1 done: 4 epochs, loss \.[0-9]{4}, held out \.[0-9]{4}, '
like "and its score" "$out" '^sim003 +199 +dnn1 +held out +-0\.[0-9]+'
like "and the truth" "$out" '^truth +w_stim: R\^2 '
is "loss: a row per epoch" "$(wc -l <loss.csv)" 6
is "map: its columns" "$(head -n 1 map.csv)" 'panel,stimulus,w_stim,value,support,se,lower,upper,interval,truth'
is "nothing on stderr but chatter" "$(printf '%s\n' "$errors" | grep -v '^deltaw: ' )" ''

answer "leaving waits for fits" 0 <<'END'
simulate reinforce animals=2 trials=50
fit dnn epochs=30 hidden=4
END
like "and says how they ended" "$errors" '^deltaw: dnn1 done: 30 epochs'

answer "an opened model" 0 <<'END'
open model.npz name=again
show again
END
like "is told" "$out" '^again: dnn, [0-9]+ parameters, fitted to simulated'

cat >outer.dw <<'END'
# comment
source inner.dw
END
printf 'say in\nfit dnnn\n' >inner.dw
run deltaw -f outer.dw
is "an error in a script" "$status" 2
like "names the innermost file and line" "$errors" "^inner.dw:2: fit: no rule 'dnnn'; did you mean 'dnn'"

run deltaw --keep-going -c 'say 1' -c nope -c 'say 2'
is "keep-going: the exit code of the first failure" "$status" 2
is "and the rest" "$out" '1
2'
run deltaw --json -c 'say "a\"b"' -c 'use x'
is "json: a line a command" "$(printf '%s\n' "$out" | wc -l)" 2
like "with what was said" "$(printf '%s\n' "$out" | head -n 1)" '^\{"command":"say .*","ok":true,"verb":"say","text":"a\\"b"\}$'
printf 'say a\nsay \\\n b; fit dnn \\\n epoch=3\n' >places.dw
like "with source, line and column" "$(deltaw --json -f places.dw)" \
    '"code":2,"column":2,"source":"places.dw","line":4\}'
like "from stdin too" "$(deltaw --json <places.dw)" '"code":2,"column":2,"source":"stdin","line":4\}'
like "errors as objects" "$(printf '%s\n' "$out" | tail -n 1)" '"ok":false,"verb":"use","error":"no model yet.*"code":1'
run deltaw -c 'check gradient hidden=4'
is "check gradient passes" "$status" 0
like "for every tensor" "$out" '^dnn +dnn\.4\.bias .* ok$'
unlike "and none fails" "$out" FAILED
# What is waited for may be over already, and told of.
cat >over.dw <<'END'
simulate reinforce animals=3 trials=200 alpha=2^-4 seed=5
fit static name=d
wait
wait d
wait d
fit static name=e
wait e
wait d
END
for again in 1 2 3; do
    run timeout 60 "$DELTAW" --no-rc -q -f over.dw
    is "wait for a fit that is over ends, in a script ($again)" "$status" 0
    run timeout 60 "$DELTAW" --no-rc -q -c 'source over.dw' -c 'wait d' -c 'wait d e'
    is "and by -c" "$status" 0
done

finish
