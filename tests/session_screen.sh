#!/bin/sh
# A session that ends at a terminal is offered at the next start, once, and comes back with
# its layout.
. "$srcdir/tests/tap.sh"
. "$srcdir/tests/tmux.sh"

open_shell 100 30
launch --no-rc
check 'starts' 'F1 help'
type_text 'simulate reinforce animals=3 trials=200 seed=5; keep session<=1; fit static name=flat; wait'
keys Enter
check 'some work' 'flat done'
type_text 'layout weights:2|map:3 text=7; weights sim002'
keys Enter
check 'a layout' 'weights of sim002'
type_text 'zoom weights'
keys Enter
quit_program
check_left 'quit' 0
is 'the file is for the user alone' "$(stat -c %a "$folder/state/deltaw/session.npz")" 600

launch --no-rc
check 'the next start offers it' 'the last session had simulated (1 filter) and 1 model: flat:'
type_text 'session restore'
keys Enter
check 'it comes back' 'simulated (1 filter) and 1 model: flat; the'
check 'the view as it was' 'weights of sim002'
check_gone 'zoomed' 'Δw_stim'
type_text 'zoom'
keys Enter
check 'and its layout' 'weights of sim002 .*Δw_stim'
type_text 'quit!'
keys Enter
check_left 'quit!' 0

launch --no-rc --plain
check 'once more' 'deltaw>'
unlike 'it is not offered twice' "$(capture)" 'last session'
type_text 'session restore; weights sim001'
keys Enter
check 'but is there' '1 model: flat'
check 'among lines, too' 'sim001'
quit_program
check_left 'lines' 0
launch --no-rc --plain
check 'which offer it as well' 'the last session had simulated'
tm kill-session -t main
finish
