#!/bin/sh
# `copy` puts a view on the clipboard of the terminal, here tmux's buffer, from the
# full screen and from lines, and is refused where there is no terminal.
. "$srcdir/tests/tap.sh"
. "$srcdir/tests/tmux.sh"
tm set -s set-clipboard on

# The newest buffer becomes one with the pattern.
copied() { # what pattern
    tries=0
    until tm show-buffer 2>/dev/null | grep -q -e "$2"; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || break
        sleep .05
    done
    [ $tries -lt $patience ]
    say_test $? "$1"
}
fresh() { while tm delete-buffer 2>/dev/null; do :; done; }

start="-c 'simulate reinforce animals=2 trials=200 seed=4' -c 'fit dnn epochs=3 seed=1' -c wait"

open_shell 90 28
launch "--no-rc -i $start"
check 'the fit is done' 'dnn1 done'
keys C-l
type_text 'copy'
keys Enter
check 'without a view looked at one is asked for' 'copy: no view has been looked at yet'
type_text 'copy loss as=csv'
keys Enter
copied 'full screen: the table of the loss' '^epoch,seconds,train,held_out,model'
check 'it is told' 'the loss as csv, .* bytes, given to the terminal'
capture | sed -n '28p' | grep -q '^└'
say_test $? 'the screen stands as before'
fresh
type_text 'accuracy'
keys Enter
check 'another view is looked at' 'accuracy (share'
type_text 'copy'
keys Enter
copied 'the view last looked at, as text' 'mean share correct'
is 'as plain text' "$(tm show-buffer | grep -c "$(printf '\033')")" 0
fresh
keys C-l
keys Escape
check 'ESC gives the keys to a tile' '^└ F1 keys .*Esc prompt'
type_text 'y'
copied 'the key y copies the view that has the keys' 'dnn1\|share correct'
check 'and says so' 'as text, .* bytes, given'
keys Escape
check 'ESC gives them back' '^└ F1 help .*Esc view'
quit_program
check_left 'full screen' 0

fresh
launch "--no-rc --plain -i $start"
check 'lines: the fit is done' 'dnn1 done'
type_text 'copy map'
keys Enter
copied 'lines: the sentence of the map' '^Change of w_stim'
is 'with its picture' "$(tm show-buffer | grep -c 'no data')" 1
fresh
type_text 'simulate reinforce animals=20 trials=3000 seed=4; fit dnn epochs=2; wait; copy weights as=csv'
keys Enter
check 'too much for a terminal is refused, with the way out' 'copy: the weights as csv has .* bytes'
fails 'nothing is copied then' tm show-buffer
keys C-d
check_left 'lines' 0

run "$DELTAW" --no-rc -q -c 'simulate reinforce animals=2 trials=200' -c 'copy accuracy'
is 'batch: refused' "$status" 1
like 'batch: export is named' "$errors" 'no terminal .*export accuracy FILE.txt'
unlike 'batch: no sequence is written' "$out" "$(printf '\033')"
finish
