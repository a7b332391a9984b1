#!/bin/sh
# Every example in the table of verbs runs, each in a program of its own, after
# a small cohort and a quick fit.
. "$srcdir/tests/tap.sh"
find_shipped
cat >preamble.dw <<'END'
simulate reinforce animals=4 trials=300 session=100 seed=1
save data mice.csv.gz
fit dnn epochs=5 hidden=8
wait
save dnn1 dnn1.npz
END
echo 'say from a script' >script.dw
run "$DELTAW" --no-rc -q -f preamble.dw
is "the preamble runs" "$status" 0
"$DELTAW" --no-rc --json -c 'help examples' >examples.json
# One {"verb": ..., "example": ...} a line; examples hold no escapes but \".
sed 's/}, {/}\n{/g' examples.json | sed -n 's/.*"verb": "\([^"]*\)", "example": "\(.*\)"}.*/\1	\2/p' |
    sed 's/\\"/"/g; s/\\\\/\\/g' >examples
# The answer itself has the verb help, which is a verb too.
verbs=$("$DELTAW" --no-rc --json -c help | grep -o '"verb": *"[^"]*"' | sed 's/.*: *//' | sort -u | wc -l)
is "every verb has an example" "$(cut -f1 examples | sort -u | wc -l)" "$verbs"
tab=$(printf '\t')
while IFS=$tab read -r verb example; do
    { cat preamble.dw; printf '%s\nstop all\n' "$example"; } >run.dw
    case $example in
        # long fits are not waited for; quit ends the script before `stop`
        *fit*) ;;
        *) sed -i '$d' run.dw ;;
    esac
    "$DELTAW" --no-rc -q --keep-going -f run.dw >said 2>&1 </dev/null
    # there is no terminal to copy to, nor for the shell: these complaints are allowed
    if grep -v -e 'stop: no fit is training' -e 'copy: there is no terminal' \
        -e '!: the shell is only at' said | grep '^run.dw:[0-9]*:' >complaints; then
        tap_say 'not ok' "$verb: $example"
        note "$(cat complaints)"
    else
        tap_say ok "$verb: $example"
    fi
done <examples
finish
