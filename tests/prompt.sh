#!/bin/sh
# The prompt in a real terminal: hints, the list of candidates, recall, paste, vi,
# marks under errors, pages; full screen and --plain.
. "$srcdir/tests/tap.sh"
. "$srcdir/tests/tmux.sh"

editing() { # width height
    rm -rf "$folder/state"
    open_shell "$1" "$2"
    launch
    shows 'no trials loaded'

    type_text 'simul'
    prompt_is 'one verb is left: the rest of it and its arguments' 'simulate  RULE|MODEL '
    keys Right
    type_text ' reinforce animals=3 trials=200 seed=4'
    prompt_is 'the right arrow takes the rest' 'simulate reinforce animals=3 trials=200 seed=4 *│'
    keys Enter
    shows '600 trials'
    type_text 'fit '
    prompt_is 'what a verb takes' 'fit RULE \[name= policy=stim+bias w0=zero'
    type_text 'dnn epo'
    prompt_is 'an option, its default and meaning' 'fit dnn epochs=1000  steps, each on'
    keys Right
    prompt_is 'its default and range' 'fit dnn epochs=1000  0 to 10000000  steps'
    type_text '5'
    prompt_is 'the default goes when another is typed' 'fit dnn epochs=5 *│'
    type_text ' ho'
    keys Tab
    prompt_is 'Tab completes' 'fit dnn epochs=5 holdout='
    keys Tab
    check 'and lists the animals' 'sim002  200 trials'
    check 'the footer tells the keys of the list' '^└ Tab, arrows: choose  Enter: take'
    keys Tab Tab
    keys Enter
    prompt_is 'Tab chooses, Enter takes' 'fit dnn epochs=5 holdout=sim002 *│'
    type_text ',sim00'
    keys Tab
    check 'a list goes on after a comma' 'sim003  200 trials'
    capture | grep -q 'sim002  200 trials'
    test $? -ne 0
    say_test $? 'without those that are in it'
    keys Down Up
    keys Right
    prompt_is 'arrows choose too' 'fit dnn epochs=5 holdout=sim002,sim003 *│'
    keys Enter
    check 'the line runs' 'dnn1 done: 5 epochs'

    type_text 'fit dnn '
    keys Tab
    check 'all options' 'truncation=  *trials after which'
    type_text 'l'
    check_gone 'the list narrows' 'truncation=  *trials'
    check 'to those that fit' 'layers=  *hidden layers'
    keys BSpace
    check 'and widens again' 'truncation=  *trials after which'
    type_text 'zz'
    check_gone 'nothing fits: it goes' 'layers=  *hidden'
    keys C-u
    type_text 'fit dnn '
    keys Tab
    shows 'truncation=  *trials'
    keys Escape
    check_gone 'Esc closes it' 'truncation=  *trials'
    prompt_is 'and leaves the line' 'fit dnn '
    keys C-u
    type_text 'nosuchverb x'
    keys Tab
    check 'nothing fits: that is said' '^└ Nothing is known that fits'
    keys C-u

    # in the middle of a line
    type_text 'fit dnn epo=3'
    keys Left Left Tab
    prompt_is 'in the middle the sign that is there stays' 'fit dnn epochs=3 *│'
    keys C-e C-u

    # recall
    type_text 'sim'
    keys Up
    prompt_is 'Up finds lines that begin like this' 'simulate reinforce animals=3'
    keys Up
    prompt_is 'there are no others' 'simulate reinforce animals=3'
    keys Down
    prompt_is 'Down gives back what was typed' 'sim'
    keys C-u
    keys Up
    prompt_is 'on an empty line: the last one' 'fit dnn epochs=5 holdout=sim002,sim003'
    keys C-u
    type_text 'f'
    prompt_is 'what was typed before is offered' 'fit dnn epochs=5 holdout=sim002,sim003 *│'
    keys M-f
    prompt_is 'by words' 'fit  RULE'
    keys C-e C-u

    # undo, paste
    type_text 'say one two'
    keys C-w
    keys C-_
    prompt_is '^_ undoes' 'say one two'
    keys C-u
    printf 'say p1\nsay "p\t2"\n\nsay p3' > "$folder/paste"
    tm load-buffer -b p "$folder/paste"
    tm paste-buffer -p -b p -t main
    prompt_is 'a paste of lines is one line with marks' 'say p1↵say "p 2"↵↵say p3'
    ! capture | grep -q '^│p1'
    say_test $? 'and runs nothing'
    keys C-_
    check_gone 'is undone at once' 'say p1'
    tm paste-buffer -p -b p -t main
    shows 'say p1↵'
    keys Enter
    check 'Enter runs all of it' '^│p3'
    check 'echoed as lines' '^│      > say p3'

    type_text 'say héllo 漢字 x'
    prompt_is 'wide signs take two cells' 'say héllo 漢字 x *│$'
    check 'the footer below is whole' '^└ F1 help'
    keys C-u

    # errors
    type_text 'fit dnn epoch=3'
    keys Enter
    check 'the mark under the word typed' '^│                ^~~~~ *│'
    check 'and what was meant' "^│fit has no option 'epoch'; did you mean 'epochs'"
    type_text 'fit dnn epochs=1,000'
    keys Enter
    check 'under the value' "^│                       ^~~~~ *│"
    check 'numbers have no commas' "did you mean '1000'"
    type_text 'say "open'
    keys Enter
    check 'an open quote' '^│            ^~~~~ *│'
    type_text 'lo'
    keys Enter
    check 'an unclear beginning names the verbs' "'lo' could be load, loss"

    # pages
    type_text 'help fit'
    keys Enter
    check 'the beginning of a page is in sight' '^│deltaw> help fit'
    check 'and how to go on' 'rows below: PgDn or Enter'
    keys Enter
    check_gone 'Enter goes on' '^│deltaw> help fit'
    keys C-End
    check 'to its end' 'fit tinyrnn hidden=4 epochs=10'
    type_text 'say short'
    keys Enter
    check 'the next command gives the tiles their room' '^│short'
    check_gone 'the page is above' 'rows below'

    # settings
    type_text 'set hints=off'
    keys Enter
    type_text 'fit dnn epo'
    prompt_is 'no hints when they are off' 'fit dnn epo *│'
    keys C-u
    type_text 'set hints=on editing=vi'
    keys Enter
    check 'vi: inserting' '^│(ins) deltaw>'
    type_text 'say abc'
    keys Escape
    check 'vi: commanding' '^│(cmd) deltaw> say abc'
    keys 0
    type_text 'cwhelp'
    check 'vi: its commands' '^│(ins) deltaw> help abc'
    keys C-c
    prompt_is 'vi: ^C clears the line' ' *│$'
    type_text 'set editing=emacs'
    keys Enter
    check_gone 'emacs again' '(ins)'
    keys C-u
    quit_program
    check_left "prompt $1x$2" 0
}

colours() {
    open_shell 80 24
    launch
    shows 'no trials'
    type_text 'fit dnn epo'
    shows 'epochs=1000'
    tm capture-pane -p -e -t main | grep -q '38;5;244m *chs='
    say_test $? 'the hint is grey'
    quit_program
    check_left 'grey' 0
    open_shell 80 24 NO_COLOR=1
    launch
    shows 'no trials'
    type_text 'fit dnn epo'
    shows 'epochs=1000'
    tm capture-pane -p -e -t main | grep -q '\[2m *chs='
    say_test $? 'without colours it is dim'
    quit_program
    check_left 'dim' 0
    open_shell 80 24 TERM=vt100
    launch
    shows 'no trials'
    type_text 'fit dnn epo'
    prompt_row=$(capture | grep 'fit dnn epo')
    is 'and absent where it could not be told from what is typed' \
        "$(echo "$prompt_row" | grep -c 'epochs')" 0
    quit_program
    check_left 'vt100' 0
}

small() {
    open_shell 40 12
    launch --ascii
    shows 'deltaw>'
    type_text 'fit dnn '
    check '40x12: the hint is cut' 'deltaw> fit dnn .*~|$'
    keys Tab
    check '40x12: a list' '1 to 5 of 2[0-9]'
    keys Tab
    keys Enter
    check '40x12: takes' 'deltaw> fit dnn name='
    ! capture | LC_ALL=C grep -q '[^ -~]'
    say_test $? '40x12: ASCII'
    quit_program
    check_left 'small' 0
}

plain() {
    open_shell 80 24
    launch --plain
    shows '^deltaw>'
    type_text 'simulate reinforce animals=2 trials=50 seed=1'
    keys Enter
    shows '^2 animals'
    type_text 'fit dnn l'
    keys Tab
    check '--plain: candidates with meanings' '^  layers=  *hidden layers'
    check '--plain: and the line again' '^deltaw> fit dnn l'
    keys C-u
    type_text 'fit dnn epoch=3'
    keys Enter
    check '--plain: the mark under the word' '^                ^~~~~$'
    type_text 'sim'
    keys Up
    check '--plain: Up finds by beginning' '^deltaw> simulate reinforce animals=2 trials=50 seed=1$'
    keys C-u
    type_text 'pause-for-enter; say the script'
    keys Enter
    check '--plain: a pause says what to do' '^\[Enter goes on'
    type_text 'say an aside'
    keys Enter
    check '--plain: a line typed at a pause runs at once' '^an aside'
    check_gone '--plain: and the script still waits' '^the script'
    keys Enter
    check '--plain: until Enter' '^the script'
    type_text 'set editing=vi'
    keys Enter
    check '--plain: vi says so' '^(ins)deltaw>'
    type_text 'quit'
    keys Enter
    check_left '--plain' 0
}

editing 80 24
editing 120 40
colours
small
plain
finish
