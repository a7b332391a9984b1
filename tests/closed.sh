#!/bin/sh
# Hostile surroundings: closed descriptors, a reader that goes away, a full disk,
# no colour, 7 bits.  Nothing here needs a terminal.
. "$srcdir/tests/tap.sh"

make='simulate reinforce animals=2 trials=300 session=100 alpha=2^-3 seed=1'
fit='fit dnn epochs=3 hidden=4 truncation=50 seed=1'
[ -x "$DELTAW" ] || { echo "Bail out! $DELTAW is not there"; exit 1; }
deltaw() { timeout 900 "$DELTAW" --no-rc "$@"; }
eight_bits() { LC_ALL=C tr -d '\000-\177' <"$1" | wc -c | tr -d ' '; }
escapes() { LC_ALL=C tr -cd '\033' <"$1" | wc -c | tr -d ' '; }

# --- closed descriptors: no crash, and a file that takes the number of a closed
# --- one gets nothing that was meant for the terminal
deltaw -c "$make" -c 'save data want.csv.gz' -c data >want.out 2>want.err
is "the main way works" "$?" 0
gzip -dc want.csv.gz >want.csv
ok "and says something" test -s want.out

closed() { # WHAT COMMANDS: runs them in this shell; checks the file that was saved
    rm -f got.csv.gz got.csv
    eval "$2"
    status=$?
    gzip -dc got.csv.gz >got.csv 2>/dev/null
    ok "$1: the saved file is whole" cmp want.csv got.csv
}
run='deltaw -c "$make" -c "save data got.csv.gz" -c data'
closed "stdin closed" "$run <&- >got.out 2>got.err"
is "stdin closed: exit" "$status" 0
closed "stderr closed" "$run >got.out 2>&-"
is "stderr closed: exit" "$status" 0
sed 's/want\.csv/got.csv/' want.out >want.sed
ok "stderr closed: stdout is as ever" cmp want.sed got.out
rm -f got.csv.gz
eval "$run >&- 2>got.err"
status=$?
ok "stdout closed: an error, no crash (exit $status)" test "$status" -gt 0 -a "$status" -lt 124
ok "stdout closed: it is told" test -s got.err
[ ! -e got.csv.gz ] || ok "stdout closed: a file saved is a gzip file" gzip -t got.csv.gz
rm -f got.csv.gz
eval "$run <&- >&- 2>&-"
status=$?
ok "all closed: an error, no crash (exit $status)" test "$status" -gt 0 -a "$status" -lt 124
[ ! -e got.csv.gz ] || ok "all closed: a file saved is a gzip file" gzip -t got.csv.gz
deltaw <&- >got.out 2>got.err
status=$?
ok "no script on a closed stdin: it ends (exit $status)" test "$status" -lt 124
deltaw <. >got.out 2>got.err
status=$?
ok "a folder as the script: an error (exit $status)" test "$status" -gt 0 -a "$status" -lt 124
deltaw </dev/null >got.out 2>got.err
is "an empty script: exit" "$?" 0
closed "a fit with all but stdout closed" \
    "deltaw -c \"\$make\" -c '$fit' -c wait -c 'save data got.csv.gz' <&- >got.out 2>&-"
is "a fit with all but stdout closed: exit" "$status" 0

# --- the reader goes away
i=0
while [ "$i" -lt 3000 ]; do
    echo animals
    i=$((i + 1))
done >many.dw
{ deltaw -c "$make" -f many.dw 2>epipe.err; echo $? >epipe.status; } | head -n 1 >epipe.out
ok "a reader that goes away: it had its line" test -s epipe.out
is "and nothing is complained about" "$(cat epipe.err)" ""
ok "and nothing crashes (exit $(cat epipe.status))" \
    test "$(cat epipe.status)" -lt 124 -o "$(cat epipe.status)" -eq 141
{ deltaw -c "$make" -c "$fit epochs=1000000" -f many.dw 2>epipe.err; echo $? >epipe.status; } |
    head -n 1 >epipe.out
ok "with a fit running too (exit $(cat epipe.status))" \
    test "$(cat epipe.status)" -ne 124 -a "$(cat epipe.status)" -ne 137

# --- a full disk
if [ -c /dev/full ] && [ -w /dev/full ]; then
    full() { # WHAT ARGUMENT...
        what=$1
        shift
        deltaw "$@" >/dev/full 2>full.err </dev/null
        status=$?
        ok "$what: exit $status is an error" test "$status" -gt 0 -a "$status" -lt 124
        like "$what: the reason" "$(cat full.err)" 'No space left'
    }
    full "results on a full disk" -c "$make" -c data
    full "much of them" -c "$make" -f many.dw
    full "as JSON" --json -c "$make" -c data
    full "the help" --help
    full "the version" --version
    ln -s /dev/full full.csv
    run deltaw -c "$make" -c 'save data full.csv'
    is "saving to a full disk: exit" "$status" 1
    like "saving to a full disk: the reason" "$errors" 'No space left'
    ok "/dev/full is a device still" test -c /dev/full
    run deltaw -c "$make" -c "$fit" -c wait -c 'export loss full.csv'
    is "exporting to a full disk: exit" "$status" 1
    like "exporting to a full disk: the reason" "$errors" 'No space left'
    deltaw -c "$make" -c "$fit" -c wait -c 'save data got.csv.gz' >got.out 2>/dev/full
    is "nowhere to complain to: exit" "$?" 0
else
    skip "no /dev/full here"
fi
cp want.csv.gz old.csv.gz
(
    ulimit -f 8 # a few kB stand for what is left of the disk
    trap '' XFSZ
    deltaw -c 'simulate reinforce animals=20 trials=2000 seed=2' -c 'save data old.csv.gz' \
        >got.out 2>small.err
    echo $? >small.status
)
is "a file that does not fit: exit" "$(cat small.status)" 1
like "a file that does not fit: it is named" "$(cat small.err)" 'old\.csv\.gz'
ok "the old file is as it was" cmp want.csv.gz old.csv.gz
is "and nothing else is left" "$(find . -name '.deltaw*')" ""

# --- colour
look='-c data -c animals -c loss -c map -c slice -c weights -c accuracy -c psychometric'
# shellcheck disable=SC2086 # a list of words
deltaw -c "$make" -c "$fit" -c wait $look >plain.out 2>plain.err
is "the views in a pipe: exit" "$?" 0
is "no escapes in a pipe" "$(escapes plain.out)$(escapes plain.err)" 00
# shellcheck disable=SC2086
NO_COLOR=1 deltaw --color=always -c "$make" -c "$fit" -c wait $look >colour.out 2>/dev/null
ok "--color=always is stronger than NO_COLOR" test "$(escapes colour.out)" -gt 0
# shellcheck disable=SC2086
deltaw --color=never -c "$make" -c "$fit" -c wait $look >colour.out 2>/dev/null
is "--color=never" "$(escapes colour.out)" 0
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
    cat >tty.sh <<END
"$DELTAW" --no-rc --plain -c '$make' -c '$fit' -c wait -c map </dev/null
END
    TERM=xterm-256color script -qec 'sh ./tty.sh' /dev/null </dev/null >tty.out 2>&1
    grey=$(grep -c '\[[0-9;]*m' tty.out)
    TERM=xterm-256color NO_COLOR=1 script -qec 'sh ./tty.sh' /dev/null </dev/null >tty.out 2>&1
    is "NO_COLOR on a terminal: no colour" "$(LC_ALL=C grep -cE '\[([34]8;[0-9;]*|[349][0-7]|10[0-7])m' tty.out)" 0
    TERM=xterm-256color NO_COLOR='' script -qec 'sh ./tty.sh' /dev/null </dev/null >tty.out 2>&1
    is "an empty NO_COLOR is none" "$(grep -c '\[[0-9;]*m' tty.out)" "$grey"
    ok "without it there is colour" test "$grey" -gt 0
    TERM=dumb script -qec 'sh ./tty.sh' /dev/null </dev/null >tty.out 2>&1
    is "TERM=dumb: no escapes" "$(escapes tty.out)" 0
else
    skip "script(1) makes no terminal here"
fi

# --- 7 bits
printf 'subject,session,trial,stimulus,choice,reward\n' >mouse.csv
for trial in 1 2 3 4 5 6; do
    printf 'M\303\244us-\344\270\255,1,%d,%s,%d,1\n' "$trial" "0.5" 1
done >>mouse.csv
# shellcheck disable=SC2086
deltaw --ascii -c "$make" -c "$fit" -c wait $look -c 'head 3' -c jobs -c models -c rules -c set \
    -c help -c 'help fit' -c 'help map' -c 'show dnn1' -c 'load mouse.csv' -c data -c animals \
    >ascii.out 2>ascii.err
is "--ascii: exit" "$?" 0
is "--ascii: 7 bits in the results" "$(eight_bits ascii.out)" 0
is "--ascii: and in what is said beside" "$(eight_bits ascii.err)" 0
deltaw --ascii -c "load $(printf 'n\303\244chste.csv')" >/dev/null 2>ascii.err
is "--ascii: 7 bits in an error" "$(eight_bits ascii.err)" 0
deltaw -c 'load mouse.csv' -c animals >eight.out 2>/dev/null
ok "without it a name stays as it is" grep -q "$(printf 'M\303\244us')" eight.out
for verb in help 'help load' 'help fit' 'help map' 'help set'; do
    deltaw --ascii -c "$verb" >ascii.out 2>&1
    is "--ascii: $verb" "$(eight_bits ascii.out)$(test -s ascii.out || echo ' and nothing')" 0
done

# --- the C locale
# shellcheck disable=SC2086
LC_ALL=C deltaw -c "$make" -c "$fit" -c wait $look >c.out 2>c.err
is "LC_ALL=C: exit" "$?" 0
is "LC_ALL=C: 7 bits" "$(eight_bits c.out)" 0
LC_ALL=C deltaw -c 'load mouse.csv' -c animals -c 'save data c.csv.gz' >c.out 2>c.err
is "LC_ALL=C: a name in UTF-8 is fine" "$?" 0
deltaw -c 'load mouse.csv' -c 'save data u.csv.gz' >/dev/null 2>&1
gzip -dc c.csv.gz >c.csv
gzip -dc u.csv.gz >u.csv
ok "LC_ALL=C: what is saved does not depend on it" cmp c.csv u.csv

# --- names that would play with the terminal
printf 'subject,session,trial,stimulus,choice,reward\n' >evil.csv
for trial in 1 2 3 4 5 6; do
    printf '\033]0;gotcha\007\033[2J,1,%d,%s,%d,1\n' "$trial" "0.5" 1
done >>evil.csv
deltaw -c 'load evil.csv' -c data -c animals -c 'head 2' >evil.out 2>evil.err
is "escapes in a log do not reach the terminal" "$(escapes evil.out)$(escapes evil.err)" 00
deltaw --json -c 'load evil.csv' -c animals >evil.out 2>evil.err
is "nor as JSON" "$(escapes evil.out)$(escapes evil.err)" 00
finish
