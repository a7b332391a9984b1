# TAP output for the shell tests; sourced:  . "$srcdir/tests/tap.sh"
#
#   ok "what" COMMAND [ARGUMENT]...     passes when the command succeeds
#   fails "what" COMMAND [ARGUMENT]...  passes when it does not
#   is "what" GOT WANT                  equal texts
#   like "what" TEXT PATTERN            TEXT has a line that matches the extended regexp
#   unlike "what" TEXT PATTERN          it has none
#   run COMMAND...                      sets $out, $errors and $status
#   find_shipped                        lets $DELTAW find samples and lessons
#   skip "why"                          one test that cannot be made here
#   skip_all "why"                      none can: plan 0, exit
#   finish                              the plan; last line of every test
#
# The working folder is empty and the test's own ($TMPDIR is the same).
# $DELTAW is the program, $srcdir the source tree, $shared the data beside it.
tap_count=0 tap_failed=0
shared=$srcdir/../shared
patience=2400 # tries at 20 a second, for what is waited for: machines may be slow

# Run by hand in the source tree: leave nothing there.
if [ "$(pwd -P)" = "$(cd "$srcdir" && pwd -P)" ]; then
    cd "$(mktemp -d "${TMPDIR:-/tmp}/deltaw-test.XXXXXX")" || exit 1
fi

tap_say() { # RESULT WHAT
    tap_count=$((tap_count + 1))
    [ "$1" = ok ] || tap_failed=$((tap_failed + 1))
    printf '%s %d - %s\n' "$1" "$tap_count" "$(printf '%s' "$2" | tr '#\n' '. ')"
}

note() { printf '%s\n' "$*" | sed 's/^/# /'; }

ok() {
    tap_what=$1
    shift
    if tap_out=$("$@" 2>&1); then
        tap_say ok "$tap_what"
    else
        tap_status=$?
        tap_say 'not ok' "$tap_what"
        note "exit $tap_status of: $*"
        note "$tap_out" | tail -n 20
        return 1
    fi
}

fails() {
    tap_what=$1
    shift
    if tap_out=$("$@" 2>&1); then
        tap_say 'not ok' "$tap_what"
        note "exit 0 of: $*"
        note "$tap_out" | tail -n 20
        return 1
    fi
    tap_say ok "$tap_what"
}

is() {
    if [ "$2" = "$3" ]; then
        tap_say ok "$1"
    else
        tap_say 'not ok' "$1"
        note "got:"
        note "$2" | sed 's/^# /#   |/'
        note "want:"
        note "$3" | sed 's/^# /#   |/'
        return 1
    fi
}

like() {
    if printf '%s\n' "$2" | grep -qE -e "$3"; then
        tap_say ok "$1"
    else
        tap_say 'not ok' "$1"
        note "no line matches: $3"
        note "$2" | sed 's/^# /#   |/' | tail -n 30
        return 1
    fi
}

unlike() {
    if printf '%s\n' "$2" | grep -qE -e "$3"; then
        tap_say 'not ok' "$1"
        note "a line matches: $3"
        note "$2" | sed 's/^# /#   |/' | tail -n 30
        return 1
    fi
    tap_say ok "$1"
}

run() {
    out=$("$@" 2>.errors)
    status=$?
    errors=$(cat .errors)
    return 0
}

skip() {
    tap_count=$((tap_count + 1))
    printf 'ok %d # SKIP %s\n' "$tap_count" "$1"
}

skip_all() {
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

finish() {
    printf '1..%d\n' "$tap_count"
    [ "$tap_failed" -eq 0 ]
    exit
}

# find_python 'IMPORTS': sets $python to a python3 that can, else fails.
find_python() {
    for python in /usr/bin/python3 python3; do
        "$python" -c "$1" 2>/dev/null && return 0
    done
    return 1
}

# A program built outside the source tree does not find what comes with it: one that
# does, as if installed in the working folder.
find_shipped() {
    case $builddir/ in "$srcdir"/*) return ;; esac
    mkdir -p installed/bin installed/share/deltaw
    cp "$DELTAW" installed/bin/deltaw
    cp -r "$srcdir"/samples/* installed/share/deltaw
    DELTAW=$PWD/installed/bin/deltaw
}
