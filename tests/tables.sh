#!/bin/sh
# The tables that deltaw-formats(5) explains are read as it says, and its list of options
# of load is whole.
. "$srcdir/tests/tap.sh"
page=$srcdir/man/deltaw-formats.5
cp -r "$srcdir/samples/tables" tables && cd tables || exit 1
grep '^\.Dl load ' "$page" | sed 's/^\.Dl //' >lines
is "the page has its twelve tables" "$(grep -c . lines)" 12
while read -r line; do
    out=$("$DELTAW" --no-rc -q -c "$line" -c animals </dev/null 2>&1)
    is "$line" "$? $(echo "$out" | tail -n 1 | awk '$2 > 20 && $3 == 2 && ($4 > 50 || $4 == "-") { print "fine" }')" "0 fine"
done <lines
for option in $("$DELTAW" --help-mdoc | sed -n '/^\.It Cm load /,/^\.It Cm watch/p' | sed -nE 's/^\.It Cm ([a-z_]+) Ns = .*/\1/p' | sort -u); do
    [ "$option" = every ] || [ "$option" = times ] || like "load $option= has an example" "$(sed -n '/^\.Bl -column/,$p' "$page")" "^\.It Cm ([a-z_]+ , )?$option( |\$)"
done
if command -v mandoc >/dev/null; then
    is "mandoc finds nothing wrong with the page" "$(mandoc -W warning -T lint "$page" 2>&1 | grep -vE 'STYLE|referenced manual not found')" ""
else
    skip "no mandoc"
fi
finish
