#!/bin/sh
# The lessons run unattended, and what they say of numbers is true; `lesson`, `say`,
# `pause-for-enter` and `source` in a pipe and in a terminal.
. "$srcdir/tests/tap.sh"
find_shipped
unset DELTAW_LESSONS
lessons=$srcdir/samples/lessons

between() { # what value low high
    if awk -v x="$2" -v low="$3" -v high="$4" 'BEGIN { exit !(x != "" && x + 0 == x && x >= low && x <= high) }'; then
        tap_say ok "$1: $2"
    else
        tap_say 'not ok' "$1: '$2' is not from $3 to $4"
    fi
}
# The N-th match of a pattern with a number at its end; the number.
pick() { # N pattern
    grep -oE -e "$2" said | sed -n "$1p" | grep -oE '[-+]?[0-9]*\.?[0-9]+$' | sed 's/^+//'
}
score() { # N-th table with the model, model, column (4 training, 6 held out or unseen; each
          # is followed by its number of animals)
    awk -v model="$2" -v column="$3" -v n="$1" \
        '$1 == model && $4 ~ /^-[.0-9]+$/ && ++k == n { print $column }' lines
}

# --- the list

run "$DELTAW" --no-rc -c lesson
is "lesson lists" "$status" 0
is "five of them" "$(printf '%s\n' "$out" | grep -cE '^ +[1-5] +[0-9]+  [A-Z].* [1-5]-[a-z-]+$')" 5
run "$DELTAW" --no-rc --json -c lesson
like "with title and minutes in JSON" "$out" '"lesson": ?1, ?"minutes": ?[0-9]+, ?"title": ?"What a learning rule is"'
for file in "$lessons"/*.dw; do
    ok "$(basename "$file") is installed" grep -qF "samples/lessons/$(basename "$file")" "$srcdir/Makefile.am"
    like "$(basename "$file") waits and asks" "$(tr '\n' ' ' <"$file")" 'Predict.*pause-for-enter'
done

# --- each runs to its end; sanitized builds take a small version of it

if [ -n "$SANITIZE" ]; then
    mkdir small
    for file in "$lessons"/*.dw; do
        sed -E -e 's/animals=[0-9]{2,}/animals=12/; s/epochs=[0-9]+/epochs=2/' "$file" >"small/$(basename "$file")"
    done
    DELTAW_LESSONS=$PWD/small
    export DELTAW_LESSONS
fi
for n in 1 2 3 4 5; do
    "$DELTAW" --no-rc -c "lesson $n" >lines 2>errors </dev/null
    is "lesson $n runs unattended" "$?" 0
    is "lesson $n has no complaints" "$(grep -vE 'was fitted to other trials than those loaded|^$' errors)" ""
    tr '\n' ' ' <lines | tr -s ' ' >said
    ok "lesson $n says its last word" grep -qF "$(grep '^say' "$lessons"/$n-*.dw | tail -n 1 | cut -c5-40)" said
    [ -z "$SANITIZE" ] || continue
    case $n in
    1)
        between "starts near one half" "$(pick 1 'share correct [.0-9]+')" .45 .6
        between "ends near .9" "$(pick 1 'the first 80 trials, [.0-9]+')" .87 .93
        between "flat early" "$(pick 1 'slope [0-9]*\.[0-9]+')" .5 1.5
        between "steep late" "$(pick 2 'slope [0-9]*\.[0-9]+')" 3 5
        between "w_stim climbs above 4" "$(pick 1 'w_stim from \.00 to [.0-9]+')" 4 5
        between "w_bias wanders near 0" "$(pick 1 'w_bias from \.00 to [-.0-9]+')" -.5 .5
        between "dw near .0156 at w 0" "$(pick 1 's 1 Δw [-+.0-9]+')" .0149 .0163
        between "a tenth at w 3" "$(pick 2 's 1 Δw [-+.0-9]+')" .0011 .0019
        like "nothing after an error" "$(cat said)" 'error r=0 \.0000 to \.0000'
        between "the other rule starts alike" "$(pick 2 'share correct [.0-9]+')" .45 .6
        between "and ends alike" "$(pick 2 'the first 80 trials, [.0-9]+')" .87 .93
        between "it learns from errors" "$(pick 1 'error r=0 [-.0-9]+ to \+[.0-9]+')" .009 .014
        between "as from correct choices" "$(pick 2 'correct r=1 [-.0-9]+ to \+[.0-9]+')" .009 .014
        ;;
    2)
        between "dw at w 0" "$(pick 1 'w 0 correct( [-+.0-9]+){3}')" .029 .033
        between "dw at w 2" "$(pick 1 'w 2 correct( [-+.0-9]+){3}')" .0068 .008
        between "errors go down" "$(pick 1 'error r=0 -[.0-9]+')" -.06 -.02
        between "at w 0" "$(pick 1 'w 0 correct( [-+.0-9]+){3}, error [-+.0-9]+')" -.03 -.01
        between "more at w 2" "$(pick 1 'w 2 correct( [-+.0-9]+){3}, error [-+.0-9]+')" -.05 -.03
        between "correct choices gain more" "$(pick 2 'w 0 correct [-+.0-9]+')" .04 .06
        between "near .9 with a baseline" "$(pick 1 'the first 80 trials, [.0-9]+')" .87 .94
        low=$(sed -nE 's/^baseline +w_stim +(-[.0-9]+) \+- ([.0-9]+)/\1 \2/p' lines | awk '{ print $1 / $2 }')
        between "baseline of w_stim in standard errors" "$low" -20 -3
        low=$(grep -A1 '^baseline' lines | sed -nE 's/^ +w_bias +(-[.0-9]+) \+- ([.0-9]+)/\1 \2/p' | awk '{ print $1 / $2 }')
        between "baseline of w_bias in standard errors" "$low" -20 -3
        between "alpha near 1/16" "$(sed -nE 's/^alpha +w_stim +([.0-9]+).*/\1/p' lines)" .058 .069
        # without a baseline: the same learning curve
        "$DELTAW" --no-rc -q -c 'simulate reinforce animals=60 trials=2000 alpha=2^-4 seed=2; accuracy' |
            tr '\n' ' ' | tr -s ' ' >said
        between "and near .9 without one" "$(pick 1 'the first 80 trials, [.0-9]+')" .87 .94
        ;;
    3)
        between "R2 of ten animals is near 0" "$(pick 1 'the true rule [-.0-9]+')" -.1 .15
        between "their errors seem to teach" "$(pick 1 'error r=0 \+[.0-9]+ to \+[.0-9]+')" .006 .02
        between "as correct choices do" "$(pick 1 'correct r=1 \+[.0-9]+ to \+[.0-9]+')" .006 .02
        between "that of the gp is above .9" "$(pick 3 'the true rule [-.0-9]+')" .9 1
        like "errors are not settled in half of its map" "$(cat said)" 'sign settled in 4[0-9] %'
        between "R2 of 400 is above .8" "$(pick 4 'the true rule [-.0-9]+')" .8 1
        for w in -1 0 1; do
            between "w $w: little after errors" "$(pick 1 "w $w correct( [-+.0-9]+){3}, error( [-+.0-9]+){3}")" -.015 .015
        done
        between "w -1 is on top" "$(pick 1 'w -1 correct [-+.0-9]+')" .075 .11
        between "w 0 below it" "$(pick 1 'w 0 correct [-+.0-9]+')" .045 .074
        between "w 1 flattest" "$(pick 1 'w 1 correct [-+.0-9]+')" .01 .044
        gap=$(echo "$(score 1 formula 4) $(score 1 many 4)" | awk '{ print $1 - $2 }')
        between "formula and many differ by less than .001" "$gap" -.001 .00099
        far=$(echo "$(score 1 many 4) $(score 1 few 6)" | awk '{ print $1 - $2 }')
        between "few is ten times as far behind" "$far" .01 .05
        ;;
    4)
        between "starts near one half" "$(pick 1 'share correct [.0-9]+')" .45 .6
        between "ends above .8" "$(pick 1 'the first 20 trials, [.0-9]+')" .8 .9
        between "the dnn has no gap" "$(pick 1 'gap between the pasts at w 0: correct [-+.0-9]*[0-9]')" 0 0
        between "the true gap" "$(pick 1 'correct [-+.0-9]+ \(true [-+.0-9]*[0-9]')" .0625 .064
        between "the rnn's gap is two thirds of it" "$(pick 2 'gap between the pasts at w 0: correct [-+.0-9]*[0-9]')" .0425 .075
        between "two trials: near .04" "$(pick 3 'gap between the pasts at w 0: correct [-+.0-9]*[0-9]')" .03 .05
        between "true .048" "$(pick 3 'correct [-+.0-9]+ \(true [-+.0-9]*[0-9]')" .0475 .0485
        between "five trials: near .07" "$(pick 4 'gap between the pasts at w 0: correct [-+.0-9]*[0-9]')" .055 .085
        between "true .093" "$(pick 4 'correct [-+.0-9]+ \(true [-+.0-9]*[0-9]')" .092 .094
        between "after three rewards near .06" "$(pick 2 'past r 1 \+[.0-9]+')" .045 .08
        between "after none near 0" "$(pick 2 'past r 0 [-+][.0-9]+')" -.02 .02
        gap=$(echo "$(score 1 mindful 4) $(score 1 forgetful 4)" | awk '{ print $1 - $2 }')
        between "rnn ahead by about .001" "$gap" .0003 .0018
        best=$(echo "$(score 1 formula 4) $(score 1 mindful 4)" | awk '{ print $1 - $2 }')
        between "the formula is best" "$best" .0001 .01
        far=$(echo "$(score 1 forgetful 4) $(score 1 one-trial 4)" | awk '{ print $1 - $2 }')
        between "one-trial is ten times behind" "$far" .008 .02
        ;;
    5)
        like "all twelve learn" "$(cat said)" 'lower at the end in 0 of 12 animals'
        better=$(echo "$(score 1 large 4) $(score 1 small 4)" | awk '{ print $1 - $2 }')
        between "the large one wins in training" "$better" .002 .1
        worse=$(echo "$(score 1 small 6) $(score 1 large 6)" | awk '{ print $1 - $2 }')
        between "and loses held out" "$worse" .004 .2
        for model in gradient teacher network; do
            gain=$(echo "$(score 1 $model 6) $(score 1 static 6)" | awk '{ print $1 - $2 }')
            between "$model is .04 above static" "$gain" .035 .047
        done
        spread=$(for model in gradient teacher network; do score 1 $model 6; done | sort -n |
            awk 'NR == 1 { low = $1 } { high = $1 } END { print high - low }')
        between "they are within .001" "$spread" 0 .00099
        between "the network has errors teach" "$(pick 1 'w 1 correct( [-+.0-9]+){3}, error( [-+.0-9]+){3}')" .002 .01
        seeds=$(echo "$(score 1 again 6) $(score 2 network 6)" | awk '{ print $1 - $2 }')
        careful=$(echo "$(score 1 careful 6) $(score 1 network 6)" | awk '{ print $1 - $2 }')
        between "the gp has the same likelihood" "$careful" -.0005 .0005
        like "and leaves errors open" "$(cat said)" 'careful \(posterior mean\): error r=0 [^;]*; .* sign settled in [34][0-9] %'
        between "another seed, the same likelihood" "$seeds" -.0005 .0005
        one=$(pick 1 'w 1 correct( [-+.0-9]+){3}, error [-+.0-9]+') other=$(pick 2 'w 1 correct( [-+.0-9]+){3}, error [-+.0-9]+')
        between "and other lines" "$(echo "$one $other" | awk '{ x = ($1 - $2) / $1; print x < 0 ? -x : x }')" .15 20
        rates=$(sed -nE 's/^alpha +w_stim +([.0-9]+) .*/\1/p' lines)
        between "from 0 the rate is .086" "$(echo "$rates" | sed -n 1p)" .083 .089
        between "from the data .032" "$(echo "$rates" | sed -n 2p)" .030 .034
        between "gradient's rate is near 1/32" "$(echo "$rates" | sed -n 3p)" .029 .033
        between "its baseline is .19" "$(sed -nE 's/^baseline +w_stim +([-.0-9]+) .*/\1/p' lines)" .17 .21
        between "with an error of .22" "$(sed -nE 's/^baseline +w_stim .*\+- ([.0-9]+)/\1/p' lines)" .2 .24
        like "the truth is told" "$(cat said)" 'reinforce, policy stim\+bias, alpha 0\.03125,0\.03125, noise 0'
        ;;
    esac
done
unset DELTAW_LESSONS

# --- lessons of one's own, and what can go wrong

mkdir own
cat >own/2-mine.dw <<'END2'
# lesson: Of one's own
# minutes: 1.5
say This isn't long.
pause-for-enter
say "    two  blanks"
say It goes on \
    over a line.
END2
run env DELTAW_LESSONS=own "$DELTAW" --no-rc -c lesson
like "DELTAW_LESSONS names a folder" "$out" "^ +2 +1\.5|^ +2 +2 .*Of one's own +2-mine"
run env DELTAW_LESSONS=own "$DELTAW" --no-rc -c 'lesson 2'
is "a lesson says its text" "$out" "This isn't long.
    two  blanks
It goes on over a line."
is "the same by name" "$(env DELTAW_LESSONS=own "$DELTAW" --no-rc -c 'lesson 2-mine')" "$out"
is "and by file" "$("$DELTAW" --no-rc -c 'lesson own/2-mine.dw')" "$out"
is "and with source" "$("$DELTAW" --no-rc -f own/2-mine.dw </dev/null)" "$out"
run env DELTAW_LESSONS=own "$DELTAW" --no-rc -c 'lesson 7'
is "an unknown number fails" "$status" 2
like "and says what to do" "$errors" "no lesson '7'; .lesson. lists"
run "$DELTAW" --no-rc -c 'lesson ./absent.dw'
like "an absent file is named" "$status $errors" '^1 .*\./absent\.dw: No such file'
run env DELTAW_LESSONS=absent "$DELTAW" --no-rc -c lesson
like "an absent folder is named" "$status $errors" '^1 .*absent: No such file'
mkdir none
run env DELTAW_LESSONS=none "$DELTAW" --no-rc -c 'lesson 1'
like "a folder without lessons is named" "$status $errors" '^1 .*no scripts N-name.dw are in none'
echo 'say before; nonsense; say after' >own/3-bad.dw
run env DELTAW_LESSONS=own "$DELTAW" --no-rc -c 'lesson 3; say never'
is "an error ends a lesson" "$status $out" "2 before"
like "and tells file and line" "$errors" '^3-bad\.dw:1: unknown verb'
run "$DELTAW" --no-rc -c 'source absent.dw'
like "source: an absent script is named" "$status $errors" '^1 .*absent\.dw: No such file'
run "$DELTAW" --no-rc -c 'source own'
like "source: a folder is no script" "$status $errors" '^1 .*own: is a folder, not a file'
echo 'source loop.dw' >loop.dw
run "$DELTAW" --no-rc -f loop.dw
like "source: one that runs itself ends" "$status $errors" '^1 .*nested more than 25 deep'
echo 'lesson ./round.dw' >round.dw
run "$DELTAW" --no-rc -f round.dw
like "lesson: one that runs itself ends" "$status $errors" '^1 .*nested more than 25 deep'
run "$DELTAW" --no-rc -c "say it's; say the animals' rule; say 'a;b'"
is "an apostrophe after a letter is one" "$out" "it's
the animals' rule
a;b"

# Models of a lesson go with the next; others stay.
cat >own/4-fit.dw <<'END2'
simulate reinforce animals=2 trials=100 seed=1
fit reinforce name=taught
wait
map x=reward
END2
run env DELTAW_LESSONS=own "$DELTAW" --no-rc -q -c 'simulate static animals=2 trials=100; fit static name=kept; wait' \
    -c 'lesson 4' -c 'lesson 4' -c 'models; map'
is "a lesson can be run again" "$status" 0
like "other models stay" "$out" '^ *\*? *kept '
like "the views keep what the lesson did last" "$out" 'w × reward · taught'

# --- a log of a session with a lesson does the same again

run env DELTAW_LESSONS=own "$DELTAW" --no-rc -q --log logged.dw -c 'lesson 4' -c 'data; score'
first=$out
unlike "lesson itself is not in the log" "$(cat logged.dw)" '^lesson'
like "its commands are" "$(cat logged.dw)" '^fit reinforce name=taught'
run "$DELTAW" --no-rc -q -f logged.dw
is "the log replays" "$status" 0
still() { printf '%s\n' "$1" | grep -v 'done: '; }
is "to the same output" "$(still "$out")" "$(still "$first")"

# --- in a terminal

if ! command -v tmux >/dev/null 2>&1; then
    skip "tmux is not installed"
    finish
fi
folder=$(mktemp -d /tmp/deltaw-lessons-XXXXXX) || exit 1
TMUX_TMPDIR=$folder
export TMUX_TMPDIR
unset TMUX
tm() { tmux -L lessons -f /dev/null "$@"; }
clean_up() {
    tm kill-server 2>/dev/null
    rm -rf "$folder" 2>/dev/null || { sleep 1; rm -rf "$folder"; } # what ends may still write
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
tm new-session -d -s keep cat # the server ends with its last session
capture() { tm capture-pane -p $above -t main 2>/dev/null; }
above= # -S -: also what was scrolled out
keys() { tm send-keys -t main "$@"; }
shows() { # pattern
    tries=0
    until capture | grep -qE -e "$1"; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || { capture | sed 's/^/#   |/'; return 1; }
        sleep .05
    done
}
cat >own/1-walk.dw <<'END2'
# lesson: A walk
say One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen.
pause-for-enter
simulate reinforce animals=2 \
    trials=100 seed=1
accuracy
say Seen.
pause-for-enter
say Never said.
END2
launch() { # arguments
    tm kill-session -t main 2>/dev/null
    tm new-session -d -s main -x 80 -y 24 "exec env -i PATH='$PATH' HOME='$folder' TERM=tmux-256color \
        LC_ALL=C.UTF-8 INPUTRC=/dev/null XDG_STATE_HOME='$folder/state' DELTAW_LESSONS='$PWD/own' \
        ASAN_OPTIONS='$ASAN_OPTIONS' TSAN_OPTIONS='$TSAN_OPTIONS' LSAN_OPTIONS='$LSAN_OPTIONS' '$DELTAW' --no-rc $*"
}
launch
ok "the screen is there" shows '^└ F1 help'
keys 'lesson 1' Enter
ok "a pause says what to do" shows '^└ Enter goes on  \^C ends this'
ok "narration has a bar and is filled" shows '^│▐ One .* thirteen'
ok "on the next row too" shows '^│▐ fourteen fifteen\.|^│▐ thirteen'
keys 'say typed meanwhile' Enter
ok "what is typed meanwhile runs" shows '^│typed meanwhile'
ok "and the lesson still waits" shows '^└ Enter goes on'
keys 'nonsense' Enter
ok "a slip" shows "unknown verb 'nonsense'"
ok "does not end the lesson" shows '^└ Enter goes on'
keys Enter
ok "Enter goes on" shows '^│▐ Seen\.'
ok "commands are echoed in one line" shows '^│deltaw> simulate reinforce animals=2 trials=100 seed=1 '
ok "and do their work" shows '^ simulated .* 200 trials'
ok "the sentence of a view is left out" sh -c "! printf '%s' \"\$1\" | grep -q 'mean share'" sh "$(capture)"
ok "it waits again" shows '^└ Enter goes on'
keys PgUp
ok "what is above can be read" shows '^└ [0-9]+ rows? below'
keys Enter
ok "Enter reads on first" shows '^└ Enter goes on'
ok "and does not go on yet" sh -c "! printf '%s' \"\$1\" | grep -q 'Never said'" sh "$(capture)"
keys C-c
ok "^C ends it" shows '^└ F1 help'
keys 'accuracy' Enter
ok "the prompt is usable" shows 'mean share correct'
ok "what came after is not said" sh -c "! printf '%s' \"\$1\" | grep -q 'Never said'" sh "$(capture)"
keys 'quit' Enter
above='-S -'
launch --plain
ok "the line prompt is there" shows '^deltaw>'
keys 'lesson 1' Enter
ok "lines: narration is filled" shows '^(thirteen )?fourteen fifteen\.'
ok "lines: a pause has its prompt" shows '^\[Enter goes on'
keys 'say typed' Enter
ok "lines: what is typed runs" shows '^typed'
keys Enter
ok "lines: commands are echoed" shows '^deltaw> simulate reinforce animals=2 trials=100 seed=1'
ok "lines: it waits again" shows '^\[Enter goes on, \^C ends this\] *$'
keys C-c
ok "lines: ^C gives the prompt" shows '^deltaw> *$'
keys 'say still here' Enter
ok "lines: ^C ends it" shows '^still here'
ok "lines: nothing more is said" sh -c "! printf '%s' \"\$1\" | grep -q 'Never said'" sh "$(capture)"
keys 'quit' Enter
finish
