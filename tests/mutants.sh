#!/bin/sh
# The faults of tests/mutants still fit the tree, and each names a test that is there.
# Whether the tests see them, `make check-mutants` tells, in some minutes.
. "$srcdir/tests/tap.sh"
command -v patch >/dev/null || skip_all "no patch"
ok "there are faults" test "$(find "$srcdir/tests/mutants" -name '*.patch' | wc -l)" -gt 34
run sh "$srcdir/tests/check-mutants" --dry "$srcdir"
is "all of them apply and name a test" "$status$out$errors" 0
finish
