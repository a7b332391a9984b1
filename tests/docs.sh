#!/bin/sh
# README, HACKING and CONTRIBUTING name files and verbs that exist, and the source cites
# sections that doc/science has.
. "$srcdir/tests/tap.sh"
for page in README HACKING CONTRIBUTING; do
    missing=
    for path in $(grep -oE '\b(src|include|tests|samples|man|doc)/[A-Za-z0-9_./-]+' "$srcdir/$page" |
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

# `make` alone would not miss a header that is listed and not there; `make dist` would.
wrong=
for path in $(grep -oE '\b(src|include)/[A-Za-z0-9_./-]+\.(c|h|def)\b' "$srcdir/Makefile.am" | sort -u); do
    [ -e "$srcdir/$path" ] || wrong="$wrong $path"
done
is "every source in Makefile.am exists" "$wrong" ""
wrong=
for path in $(cd "$srcdir" && find src include -name '*.[ch]' -o -name '*.def'); do
    grep -q "$path" "$srcdir/Makefile.am" || wrong="$wrong $path"
done
is "every source is in Makefile.am" "$wrong" ""

science="$srcdir/doc/science"
sed -nE 's/^    ([a-z].*)/\1/p' "$science" | sed 's/  .*//; /^papers$/q' >sections
grep -E '^[A-Z][A-Z -]+$' "$science" | tr 'A-Z' 'a-z' >headings
is "the sections doc/science lists are those it has" "$(cat sections)" "$(cat headings)"
unknown=
# A citation may go on after a comment's line break.
find "$srcdir/src" "$srcdir/include" "$srcdir/tests" -name '*.[ch]' -exec cat {} + |
    sed -E 's,^ *(\*|//)? ?,,' | tr '\n' ' ' | grep -oE 'doc/science, [a-z -]+' | sort -u >cited
while read -r citation; do
    grep -q "^${citation#doc/science, }" sections && continue
    while read -r section; do
        case ${citation#doc/science, } in "$section" | "$section "*) continue 2 ;; esac
    done <sections
    unknown="$unknown [$citation]"
done <cited
is "every section of doc/science that the source cites is there" "$unknown" ""
ok "sections are cited" test "$(wc -l <cited)" -ge 8
finish
