#!/bin/sh
# The manual says what the program has: its COMMANDS section is what the tables
# print, its options are those of --help, and mandoc finds nothing wrong with it.
. "$srcdir/tests/tap.sh"
page=$srcdir/man/deltaw.1
begin='^\.\\" commands: begin$' end='^\.\\" commands: end$'

run "$DELTAW" --help-mdoc
is "--help-mdoc succeeds" "$status" 0
printf '%s\n' "$out" >wanted
sed -e "1,/$begin/d" -e "/$end/,\$d" "$page" >got
ok "the COMMANDS section is current (else: make man-update)" diff -u got wanted

"$DELTAW" --help >help 2>&1
options=$(grep -oE '(^|[ ,|[])--[a-z][a-z-]+' help | grep -oE -e '--[a-z-]+' | sort -u)
ok "--help lists options" [ -n "$options" ]
missing=
for option in $options; do
    name=${option#--}
    grep -qE "^\.It .*Fl -$name( |\$)" "$page" || missing="$missing $option"
done
is "every option of --help is in the manual" "$missing" ""
missing=
for option in $(sed -nE 's/^\.It Fl (.*)/\1/p' "$page" | grep -oE '(^|Fl )-[a-z-]+' | sed 's/^Fl //'); do
    grep -qE -e "(^|[ ,|[])-$option([^a-z-]|\$)" help || missing="$missing -$option"
done
is "every long option of the manual is in --help" "$missing" ""

if command -v mandoc >/dev/null; then
    ok "the manual has the page deltaw(1)" sh -c "mandoc -Tascii '$page' | grep -q '^DELTAW(1)'"
    # Cross references to pages that are not installed here are no fault of ours.
    said=$(mandoc -Tlint -W warning "$page" 2>&1 | grep -vE 'mandoc.db|referenced manual not found')
    is "mandoc finds nothing wrong" "$said" ""
else
    skip "mandoc is not installed"
    skip "mandoc is not installed"
fi
finish
