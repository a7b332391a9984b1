#!/bin/sh
# !COMMAND: at a terminal's prompt it runs, ^C ends it alone; everywhere else it is refused.
. "$srcdir/tests/tap.sh"
. "$srcdir/tests/tmux.sh"
cd "$folder" || exit 1

refused() { # WHAT COMMAND...
    what=$1
    shift
    run "$@" </dev/null
    is "$what: refused, exit 2" "$status" 2
    like "$what: says where it may be" "$errors" "the shell is only at a terminal's prompt"
}
echo '!touch evil' >evil.dw
refused '-c' "$DELTAW" --no-rc -c '!touch evil'
refused 'behind a ;' "$DELTAW" --no-rc -c 'say one; !touch evil'
refused '-f' "$DELTAW" --no-rc -f evil.dw
refused 'source' "$DELTAW" --no-rc -c 'source evil.dw'
refused 'a pipe' sh -c 'echo "!touch evil" | "$DELTAW" --no-rc'
refused 'a pipe to --plain' sh -c 'echo "!touch evil" | "$DELTAW" --no-rc --plain'
mkdir -p config/deltaw
cp evil.dw config/deltaw/rc

open_shell 80 24
launch --plain
check 'the rc file: refused' "only at a terminal"
type_text 'source evil.dw'
keys Enter
check 'source at a terminal: refused' 'evil.dw:1: !: the shell'
fails 'nothing was run' test -e evil
type_text '!echo it is $((6*7)); exit 3'
keys Enter
check 'lines: it runs, the whole line' '^it is 42'
check 'and its status is told' '!: exit status 3'
type_text '!echo sl""eeps; sleep 600'
keys Enter
check 'a long one' '^sleeps'
keys C-c
check '^C ends it' '!: ended by signal 2'
type_text 'say still here'
keys Enter
check 'and not deltaw' '^still here'
quit_program
check_left 'lines' 0

launch --no-rc
check 'full screen' 'F1 help'
type_text 'simulate static animals=1 trials=50; fit static name=done'
keys Enter
check 'a fit' 'done done'
type_text '!echo aw""ay; stty -a | grep -q " icanon" && echo as us""ual'
keys Enter
check 'curses makes way' '^away'
check 'for a terminal as usual' '^as usual'
check 'until a key' '^Any key goes back'
check_gone 'no frame is there' 'F1 help'
keys x
check 'then it comes back' 'F1 help'
prompt_is 'and the key is not typed' ' *│'
type_text '!sleep 600'
keys Enter
check_gone 'away again' 'F1 help'
shows '^\$ sleep 600'
sleep .3
keys C-c
check '^C ends the command' '^Any key goes back'
keys Enter
check 'and not deltaw' 'ended by signal 2'
quit_program
check_left 'full screen' 0
tm kill-session -t main
finish
