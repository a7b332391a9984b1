#!/bin/bash
# What lessons speak of is on the screen at that moment, in a terminal of 80x24; a lesson
# can go back a step, and start at one.
. "$srcdir/tests/tap.sh"
find_shipped
unset DELTAW_LESSONS
. "$srcdir/tests/tmux.sh"
[ -z "$SANITIZE" ] || skip_all "the fits of lessons are for fast builds"

open_shell 80 24
launch
check 'the screen is there' 'F1 help'
step() { # lesson step what-it-says: it waits there
    type_text "lesson $1 step=$2"
    keys Enter
    check "lesson $1 step $2: it speaks" "$3"
    check "  and waits" '^└ Enter goes on'
}

step 1 11 'near .0156'
check 'the cross-hair is at w 0, s 1' '┼ w -*.0[0-9]*  s 1 '
check 'its change is near .0156' 'Δw +.015'
check 'the side that counts as positive is told' 'right = 1, positive'
keys Enter
check 'up to 3' '┼ w [23][.0-9]*  s 1 '
check 'about a tenth' 'Δw +.001'
type_text 'lesson back'
keys Enter
check 'back: the step before has its picture again' 'Δw +.015'
type_text 'help map'
keys Enter
check 'help can be read meanwhile' 'The update of one weight over'
keys Enter
check 'and the lesson goes on' 'About a tenth'
keys C-c

step 1 14 'A dot marks what'
check 'and there is a dot' '│[^│]*··'
keys Enter
keys C-c

step 2 6 'where P is .88'
keys Enter
check 'the two slices are there' 'w 0  .* w 2'
check '  .031 can be read off the axis' '^│[^│]*│ *.03┤'
check '  and .0075' '^│[^│]*│ *.01┤'
keys C-c
step 2 14 'do animals with b = -.5 learn'
keys Enter
check 'the curve and where .9 is on its axis' '^│ *1.0┤'
check '  between two ticks' '^│ *.8┤'
keys Enter
check 'the baselines are on the screen' 'baseline   w_stim  -.63'
check '  and alpha' 'alpha      w_stim  .063'
check 'the lesson speaks of both' 'alpha near 1/16'
keys C-c

step 3 5 'truth, since we made these animals'
check 'the title says that it is the truth' 'true Δw_stim'
check_gone 'and not how the fit agrees with it' 'true Δw_stim[^│]*R²'
keys Enter
check 'R2 is in the title of the fit' 'Δw_stim [^│]*R² -*\.[01][0-9]'
check 'and which side is positive' 'right [p=+]'
keys Enter
check 'what a gp will say is asked' 'of which half will it be sure'
check '  and it waits' '^└ Enter goes on'
keys Enter
check 'the gp is there' 'The errors are hatched'
check 'with an R2 above .9' 'R² [1.][.09]'
check 'with hatched cells, an error half of them' '▒▒▒▒▒▒▒▒▒▒▒▒'
keys C-c

step 4 4 'when none was. Predict its'
keys Enter
check 'the dnn has one line for both pasts, and the mark it speaks of' '│ forgetful done .* on the plateau'
keys Enter
check '  as it says' 'only that a textbook rule'
check '  truth in the legend' 'true'
keys C-c

step 5 5 'TRAP 2: the model'
keys Enter
check 'both likelihoods of the large network are there' '^│large *rnn .*(6).*(6)'
check '  and of the formula' '^│small *reinforce .*(6).*(6)'
check '  with its curve on held-out animals' 'held out'
keys Enter
check 'the curves are spoken of' 'held out turns'
keys Enter
check 'the likelihoods are asked for' 'how far apart will they be'
keys Enter
check 'static is .04 behind' '^│static  *-.39'
check '  the others are alike' '^│network  *-.352'
keys Enter
check 'the map of the network' 'on the plateau'
keys Enter
check 'a slice with the truth' 'true'
check '  and its curve after errors' 'error'
keys Enter
check 'what another seed draws is asked for' 'Predict what the next'
keys Enter
check 'another seed' '^│again  *-.352'
keys Enter
check 'what a gp says of errors is asked for' 'what does it say of'
keys Enter
check 'the gp says what is not settled' '│▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒'
check '  at the same likelihood' '^│careful  *-.352'
keys Enter
check 'cells that nobody visited are dots' '····'
keys Enter
check 'they are painted' 'has an opinion everywhere'
check_gone '  and no dots' '····'
keys C-c
quit_program
finish
