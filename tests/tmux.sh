# The program in a real terminal, tmux on a socket of its own; sourced after tap.sh.
# Waits for marks on the screen, never for a time.
#
#   open_shell W H [NAME=VALUE]...  a shell in a terminal, in a folder of its own ($folder)
#   launch [ARGUMENT]...            deltaw in it
#   keys KEY..., type_text TEXT     as tmux send-keys names them
#   check WHAT PATTERN              the screen gets to have it; check_gone: not to have it;
#                                 prompt_is: what is typed
#   quit_program; check_left WHAT STATUS
command -v tmux >/dev/null 2>&1 || skip_all 'tmux is not installed'
command -v bash >/dev/null 2>&1 || skip_all 'bash is not installed'
[ -x "$DELTAW" ] || { echo "Bail out! $DELTAW is not there"; exit 1; }

say_test() { # 0|1 what
    if [ "$1" -eq 0 ]; then
        tap_say ok "$2"
    else
        tap_say 'not ok' "$2"
        capture | sed 's/^/#   |/'
    fi
}

folder=$(mktemp -d /tmp/deltaw-screen-XXXXXX) || exit 1 # short: it holds a socket
TMUX_TMPDIR=$folder
LC_ALL=C.UTF-8
export TMUX_TMPDIR LC_ALL
unset TMUX
tm() { tmux -L deltaw -f /dev/null "$@"; }
clean_up() {
    timeout 20 tmux -L deltaw kill-server 2>/dev/null
    rm -rf "$folder" 2>/dev/null || { sleep 1; rm -rf "$folder"; } # what ends may still write
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
tm new-session -d -s keep cat # the server ends with its last session

capture() { tm capture-pane -p -t main 2>/dev/null; }
keys() { tm send-keys -t main "$@"; }
type_text() { tm send-keys -t main -l "$1"; }
# Until the screen has (or has not) the pattern, or $patience tries at most.
shows() {
    tries=0
    until capture | grep -q -e "$1"; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || return 1
        sleep .05
    done
}
hides() {
    tries=0
    while capture | grep -q -e "$1"; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || return 1
        sleep .05
    done
}
check() { # what pattern
    shows "$2"
    say_test $? "$1"
}
check_gone() {
    hides "$2"
    say_test $? "$1"
}
prompt_is() { # what pattern: of the lowest prompt, which is the one typed at
    tries=0
    until capture | grep 'deltaw> ' | tail -n 1 | grep -q -e "deltaw> $2"; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || break
        sleep .05
    done
    [ $tries -lt $patience ]
    say_test $? "$1"
}
# A column range of the tiles' rows, to see whether they move.
part() { capture | sed -n '3,12p' | sed -E "s/^(.{$1})(.{$2}).*/\\2/"; }
moves() { # what skip width
    first=$(part "$2" "$3")
    tries=0
    until [ "$(part "$2" "$3")" != "$first" ]; do
        tries=$((tries + 1))
        [ $tries -lt $patience ] || break
        sleep .05
    done
    [ $tries -lt $patience ]
    say_test $? "$1"
}

# A shell in a terminal of this size, with nothing of ours in its environment.
open_shell() { # width height [NAME=VALUE...]
    wide=$1
    high=$2
    shift 2
    tm kill-session -t main 2>/dev/null
    tm new-session -d -s main -x "$wide" -y "$high" \
        "exec env -i PATH='$PATH' HOME='$folder' TERM=tmux-256color LC_ALL=C.UTF-8 \
         INPUTRC=/dev/null XDG_STATE_HOME='$folder/state' XDG_CONFIG_HOME='$folder/config' \
         ASAN_OPTIONS='$ASAN_OPTIONS' TSAN_OPTIONS='$TSAN_OPTIONS' LSAN_OPTIONS='$LSAN_OPTIONS' \
         PS1='shell: ' $* bash --norc --noprofile"
    shows '^shell:' || { echo 'Bail out! no shell in the terminal'; exit 1; }
    type_text "cd '$folder'; stty -g > before"
    keys Enter
}
launch() { # arguments of deltaw
    type_text "clear; '$DELTAW' $*; echo \"left with \$?\""
    keys Enter
}
# After the program: its exit status, and the terminal as it was.
check_left() { # what status
    shows "left *with *$2\$"
    say_test $? "$1: ends${2:+, exit status $2}"
    type_text 'stty -g > after; cmp before after && echo same""modes'
    keys Enter
    shows samemodes
    say_test $? "$1: the terminal's modes are as before"
    test "$(tm display-message -p -t main '#{alternate_on}#{cursor_flag}')" = 01
    say_test $? "$1: the alternate screen is left, the cursor is shown"
}
# No ^C: it is a signal, which may come after what is typed next.
quit_program() {
    keys C-e C-u
    type_text quit
    keys Enter
}
