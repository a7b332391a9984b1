#!/bin/sh
# README and HACKING name files and verbs that exist.
. "$srcdir/tests/tap.sh"
for page in README HACKING; do
    missing=
    for path in $(grep -oE '\b(src|include|tests|samples|man)/[A-Za-z0-9_./-]+' "$srcdir/$page" |
        sed 's/[.,]*$//' | grep -vE 'NAME|LAYER|_$' | sort -u); do
        [ -e "$srcdir/$path" ] || missing="$missing $path"
    done
    is "every path in $page exists" "$missing" ""
done
missing=
for verb in $(sed -n '/^A first session/,/^No data/p' "$srcdir/README" | sed -nE 's/^    ([a-z]+).*/\1/p' | sort -u); do
    "$DELTAW" --no-rc -c "help $verb" >/dev/null 2>&1 || missing="$missing $verb"
done
is "every verb of the first session has help" "$missing" ""
"$DELTAW" --help >help 2>&1
missing=
for option in $(sed -n '/^Starting/,/^Exit codes/p' "$srcdir/README" | grep -oE -e '--[a-z-]+' | sort -u); do
    grep -qE -e "$option\b" help || missing="$missing $option"
done
is "every option in README is in --help" "$missing" ""
is "the version is that of configure" "$("$DELTAW" --version | head -n 1)" \
    "deltaw $(sed -nE 's/^AC_INIT\(\[deltaw\], \[(.*)\]\)/\1/p' "$srcdir/configure.ac")"
finish
