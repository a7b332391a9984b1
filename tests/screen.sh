#!/bin/sh
# The program in a real terminal: tmux on a socket of its own.  Waits for marks on
# the screen, never for a time.
. "$srcdir/tests/tap.sh"
. "$srcdir/tests/tmux.sh"

session() { # width height
    size="$1x$2"
    rm -rf "$folder/state"
    open_shell "$1" "$2"
    launch
    check "$size: starts with a header" 'no trials loaded'
    check "$size: has a frame and keys" '^└ F1 help .*┘$'
    [ "$(capture | wc -l)" -eq "$2" ] && capture | sed -n "$2p" | grep -q '^└'
    say_test $? "$size: fills the screen"
    check "$size: two tiles share a border" '^┌ .*┬ .*┐$'

    type_text 'simul'
    keys Tab
    check "$size: completes a verb" 'deltaw> simulate'
    type_text 'rein'
    keys Tab
    shows 'reinforce'
    keys C-u
    type_text 'fit dnn tru'
    keys Tab
    check "$size: completes an option" 'fit dnn truncation='
    keys C-u
    type_text 'fit dnn '
    keys Tab
    check "$size: lists options with their meaning" 'epochs= .*steps'
    keys Escape
    check_gone "$size: ESC closes the list" 'epochs= .*steps'
    check "$size: and the line is kept" 'deltaw> fit dnn'
    keys C-c
    check_gone "$size: ^C clears the line" 'deltaw> fit'

    type_text 'simulate reinforce animals=3 trials=400 seed=5'
    keys Enter
    check "$size: the header tells the data" '^ .*1,200 trials'
    type_text 'fit dnn epochs=1000000 rate=1e-4 hidden=8'
    keys Enter
    check "$size: the header tells the fit" 'dnn1 training'
    left=$((($1 - 3) * 2 / 5)) # of the layout at the start
    moves "$size: the loss curve moves while it trains" 1 $((left - 1))
    moves "$size: the map moves while it trains" $((left + 3)) $((left - 2))
    type_text 'say typing goes on'
    check "$size: keys are echoed meanwhile" 'deltaw> say typing goes on'
    keys Enter
    check "$size: commands run meanwhile" '^│typing goes on'

    type_text 'half a li'
    tm resize-window -t main -x $(($1 + 7)) -y $(($2 + 3))
    tries=0
    until capture | sed -n "$(($2 + 3))p" | grep -q '^└ F1 .*┘$'; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || break
        sleep .05
    done
    [ $tries -lt $patience ]
    say_test $? "$size: takes a new size"
    check "$size: the line survives it" 'deltaw> half a li'
    tm resize-window -t main -x "$1" -y "$2"
    shows '^└ F1 '

    keys C-z
    check "$size: ^Z stops the program" 'Stopped'
    test "$(tm display-message -p -t main '#{alternate_on}')" = 0
    say_test $? "$size: ^Z gives the screen back"
    type_text 'fg; echo "left with $?"'
    keys Enter
    check "$size: fg goes on with the line" 'deltaw> half a li'
    type_text 'ne'
    check "$size: and takes keys" 'deltaw> half a line'
    keys C-c
    prompt_is "$size: ^C drops it" ' *│$'

    keys Escape
    check "$size: a lone ESC goes to the tile" '^└ F1 keys .*Esc prompt'
    keys Tab
    keys Tab
    keys Tab
    keys '?'
    check "$size: ? lists the keys" 'cross-hair'
    keys Escape
    keys Escape
    check "$size: ESC goes back to the prompt" '^└ F1 help .*Esc view'
    keys M-b
    type_text 'meta'
    check "$size: ESC and a letter at once is Meta" 'deltaw> meta'
    keys C-c
    prompt_is "$size: ^C drops that too" ' *│$'

    printf 'say one\nsay two\n' > "$folder/paste"
    tm load-buffer -b p "$folder/paste"
    tm paste-buffer -p -b p -t main
    check "$size: a paste is inserted" 'deltaw> say one↵say two'
    ! capture | grep -q '^│one'
    say_test $? "$size: its newlines run nothing"
    keys Enter
    check "$size: Enter runs its first line" '^│one'
    check "$size: and its last" '^│two'

    keys Up
    check "$size: history gives it back" 'deltaw> say one; say two'
    keys C-c
    prompt_is "$size: which ^C drops" ' *│$'
    keys C-r
    type_text 'typing'
    check "$size: ^R searches" 'reverse-i-search.*say typing goes on'
    keys C-c
    check_gone "$size: ^C leaves the search" 'reverse-i-search'

    type_text 'pause-for-enter; say after the pause'
    keys Enter
    check "$size: a pause says what to do" 'Enter goes on'
    keys Enter
    check "$size: Enter goes on" '^│after the pause'
    keys F1
    check "$size: F1 lists the keys" 'search in them'
    keys Escape
    check_gone "$size: any key closes the list" 'search in them'
    type_text 'help'
    keys Enter
    check "$size: long output begins in sight" '^│deltaw> help'
    for page in 1 2 3 4 5; do
        keys PgUp PgUp PgUp PgUp PgUp PgUp PgUp PgUp
    done
    check "$size: which can be reached" '^│deltaw> simulate rein'
    for page in 1 2 3 4 5; do
        keys PgDn PgDn PgDn PgDn PgDn PgDn PgDn PgDn
    done
    check "$size: and the end again" 'F1 help'

    type_text 'nonsense here'
    keys Enter
    check "$size: an error is told" "unknown verb 'nonsense'"
    keys F2
    check_gone "$size: F2 changes the layout" '^┌.*┬.*┐$'
    type_text 'layout loss|map'
    keys Enter
    check "$size: layout sets it" '^┌.*┬.*┐$'
    type_text 'zoom loss'
    keys Enter
    check_gone "$size: zoom leaves one tile" '^┌.*┬.*┐$'
    type_text 'zoom'
    keys Enter
    check "$size: and goes back" '^┌.*┬.*┐$'

    keys C-d
    check "$size: ^D asks when a fit runs" 'A fit is not done'
    type_text 'stop'
    keys Enter
    check "$size: stop ends the fit" 'dnn1 stopped'
    quit_program
    check_left "$size: quit" 0
    grep -qx 'fit dnn epochs=1000000 rate=1e-4 hidden=8' "$folder/state/deltaw/history" &&
        test "$(stat -c %a "$folder/state/deltaw/history")" = 600
    say_test $? "$size: history is kept, for the user alone"
}

ways_out() {
    open_shell 80 24
    launch
    shows 'no trials loaded'
    keys C-c
    check 'a first ^C says how to leave' 'Nothing to cancel'
    keys C-c
    check_left '^C^C' 130
    launch
    shows 'no trials loaded'
    keys C-d
    check_left '^D' 0
    for signal in TERM HUP SEGV ABRT; do
        # the status differs when a sanitizer reports a crash
        type_text "clear; '$DELTAW' & fg; echo \"left with \$?\" | tr -d 0-9"
        keys Enter
        shows 'no trials loaded'
        kill -$signal "$(ps -o pid= --ppid "$(tm display-message -p -t main '#{pane_pid}')" |
            tail -n 1)"
        check_left "kill -$signal"
    done
    type_text "clear; '$DELTAW' -i -c 'simulate reinforce animals=2 trials=300' -c 'fit dnn \
epochs=1000000 rate=1e-4'; echo \"left with \$?\""
    keys Enter
    check '-i stays after -c' 'dnn1 training'
    type_text 'wait'
    keys Enter
    check 'the footer tells what is waited for' '\^C cancels'
    type_text 'say queued'
    keys Enter
    prompt_is 'what is typed meanwhile is taken' ' *│$' # ^C drops what is not
    keys C-c
    check '^C gives up the wait' 'wait: interrupted'
    check 'the fit goes on training' 'dnn1 training'
    keys C-d
    shows 'A fit is not done'
    keys C-d
    check_left '^D^D with a fit' 0
}

terminals() {
    open_shell 80 24 NO_COLOR=1
    launch --ascii
    shows 'no trials loaded'
    type_text 'simulate reinforce animals=2 trials=300; fit dnn epochs=20'
    keys Enter
    shows 'dnn1 done'
    ! capture | LC_ALL=C grep -q '[^ -~]'
    say_test $? '--ascii: 7-bit characters only'
    ! tm capture-pane -p -e -t main | grep -qE '\[([0-9;]*;)?(3[0-8]|4[0-8])'
    say_test $? 'NO_COLOR: no colours'
    quit_program
    check_left 'quit, ASCII' 0

    open_shell 40 12
    launch
    check '40x12: a tile, the prompt and keys' '^└ F1 help .*┘$'
    type_text 'say hello'
    keys Enter
    check '40x12: commands run' '^│hello'
    tm resize-window -t main -x 26 -y 6
    check 'too small: says so' 'deltaw needs'
    tm resize-window -t main -x 40 -y 12
    check 'and is back when there is room' '^│deltaw>'
    quit_program
    check_left 'quit, small' 0

    for term in vt100 xterm linux screen-256color; do
        open_shell 80 24 "TERM=$term"
        launch
        check "TERM=$term: full screen" '^└ F1 help'
        quit_program
        check_left "quit, TERM=$term" 0
    done

    open_shell 80 24 TERM=dumb
    launch
    check 'TERM=dumb: the line REPL' '^deltaw>$'
    type_text 'say plain'
    keys Enter
    check 'TERM=dumb: commands run' '^plain$'
    keys C-d
    check_left '^D, dumb' 0

    open_shell 80 24
    launch --plain
    shows '^deltaw>'
    type_text 'simu'
    keys Tab
    check '--plain: completes' 'deltaw> simulate'
    keys C-c
    check '--plain: ^C drops the line' '^deltaw>$'
    type_text 'simulate reinforce animals=2 trials=300; fit dnn epochs=50'
    keys Enter
    check '--plain: news of a fit that ended' 'dnn1 done'
    type_text 'loss'
    keys Enter
    check '--plain: a view is a sentence and a picture' 'epoch'
    keys C-z
    check '--plain: ^Z stops' 'Stopped'
    type_text 'fg; echo "left with $?"'
    keys Enter
    type_text 'say again'
    keys Enter
    check '--plain: fg goes on' '^again$'
    type_text quit
    keys Enter
    check_left 'quit, --plain' 0
}

session 80 24
session 100 30
ways_out
terminals
finish
