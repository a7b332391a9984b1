#!/bin/sh
# `picture` takes the place of the screen until a key is pressed, and is cells where no
# terminal says that it draws pictures.
. "$srcdir/tests/tap.sh"
. "$srcdir/tests/tmux.sh"
start="-c 'simulate reinforce animals=2 trials=200 seed=4'"

open_shell 90 28
launch "--no-rc -i $start"
check 'it is there' 'simulated'
type_text 'picture'
keys Enter
check 'without a view looked at one is asked for' 'picture: no view has been looked at yet'
type_text 'picture accuracy as=kitty'
keys Enter
check 'a picture says how to go on' 'Any key goes back'
check_gone 'and no tile is left beside it' '┌'
keys x
check 'a key brings the tiles back' '┌'
check_gone 'and the words go with the picture' 'Any key goes back'
prompt_is 'the key is not typed' ''
type_text 'picture accuracy'
keys Enter
check 'tmux takes none: it is said, and cells are shown' 'picture: no terminal here says'
quit_program
check_left 'left' 0

eval "run '$DELTAW' --no-rc $start -c 'picture accuracy as=cells'"
like 'batch shows cells' "$out" 'accuracy'
eval "run '$DELTAW' --no-rc --json $start -c 'picture accuracy'"
like 'as JSON it is refused with the way to a file' "$errors$out" 'export accuracy FILE.png'
finish
