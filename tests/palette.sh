#!/bin/sh
# The colours and the curves of the full screen: direct colours where the environment says
# so, those of the palette where it does not, and what the settings say of both.
. "$srcdir/tests/tap.sh"
. "$srcdir/tests/tmux.sh"

coloured() { tm capture-pane -e -p -t main 2>/dev/null; }
# Until the screen has the first and not the second.
has_not() { # what pattern other
    tries=0
    until coloured >now && grep -q -e "$2" now && ! grep -q -e "$3" now; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || break
        sleep .05
    done
    [ $tries -lt $patience ]
    say_test $? "$1"
}
direct='8;2;[0-9]*;[0-9]*;[0-9]*' of_256='8;5;' never='no such thing' braille='[⠤⠒⠉⣀⠊⠑⡀⠈]'
start="-c 'simulate reinforce animals=4 trials=400 seed=4' -c 'fit reinforce' -c wait"

open_shell 100 28 COLORTERM=truecolor TERM=xterm-256color
launch "--no-rc -i $start -c 'layout map|weights text=4'"
has_not 'with COLORTERM=truecolor maps have direct colours' "$direct" "$never"
check 'curves are braille' "$braille"
type_text 'set palette=256'
keys Enter
has_not 'palette=256 goes back to those of xterm' "$of_256" "$direct"
type_text 'set palette=terminal curves=quadrants'
keys Enter
has_not 'palette=terminal leaves it to the sixteen' '91m\|94m' "8;[25];"
check_gone 'curves=quadrants takes braille away' "$braille"
type_text 'set curves=ascii'
keys Enter
check 'curves=ascii leaves lines of signs' '+----'
type_text 'set palette=auto curves=auto'
keys Enter
has_not 'auto is what it was' "$direct" "$never"
quit_program
check_left 'left' 0

open_shell 100 28 COLORTERM= TERM=xterm-256color
launch "--no-rc -i $start -c 'layout map'"
has_not 'without COLORTERM 256 are used' "$of_256" "$direct"
quit_program
check_left 'left' 0

is 'text has quadrants' "$(eval "'$DELTAW' --no-rc $start -c weights" | grep -c '[⠤⠒⠉⣀⠊⠑⡀⠈]')" 0
is 'unless braille is asked for' \
    "$(eval "'$DELTAW' --no-rc $start -c 'set curves=braille' -c weights" | grep -q '[⠤⠒⠉⣀⠊⠑⡀⠈]'; echo $?)" 0
finish
