#!/bin/sh
# The tables that deltaw-formats(5) explains are read as it says, and its list of options
# of load is whole.
. "$srcdir/tests/tap.sh"
page=$srcdir/man/deltaw-formats.5
run() { out=$("$DELTAW" --no-rc -q -c "$1" -c animals </dev/null 2>&1); }
fine() { # after run: "0 fine"
    echo "$? $(echo "$out" | tail -n 1 | awk '{ gsub(/,/, "") } $2 > 20 && $3 == 2 && ($4 > 50 || $4 == "-") { print "fine" }')"
}
part() { sed -n "/^\.$1/,/^\.S[hs]/p" "$page"; } # the lines of a section to load by
part 'Sh MY LAB' | sed -n 's/^\.Dl load /load /p' >lines
part 'Ss Kinds of files' | sed -n 's/^\.Dl load /load /p' >formats.lines
part 'Sh OPTIONS OF LOAD' | sed -n "s/\\\\(dq/\"/g; s/^\.It Cm \(.*\) Ta /\1|/p" >options
cp -r "$srcdir/samples/tables" "$srcdir/samples/formats" . && cd tables || exit 1
is "the page has its twelve tables" "$(grep -c . ../lines)" 12
while read -r line; do
    run "$line"
    is "$line" "$(fine)" "0 fine"
done <../lines

# An example of each kind of file.
cd ../formats || exit 1
is "and seven kinds of files" "$(grep -c . ../formats.lines)" 7
for kind in parquet npz npy mat nwb alf; do
    like "$kind has an example" "$(sed 's/one$/one alf/' ../formats.lines)" "$kind"
done
while read -r line; do
    run "$line"
    is "$line" "$?" 0
    like "which has trials" "$(echo "$out" | tail -n 1)" '^[a-z]+ +[1-9][0-9]+ +[1-9]'
done <../formats.lines

# An example of each option, which without it is not read or not the same.
cd ../tables/options || exit 1
digest() { "$DELTAW" --no-rc -q -c "$1" -c data </dev/null 2>&1 | grep '^digest'; }
while IFS='|' read -r names line; do
    run "$line"
    case $line in load*/one*) is "$line" "$?" 0 ;; *) is "$line" "$(fine)" "0 fine" ;; esac
    for name in $(echo "$names" | tr -d ,); do
        like "it has $name=" "$line " " $name=[^ ]"
        case $name in format | as | strict | every | times | date | comment) continue ;; esac
        ok "$name= makes a difference" [ "$(digest "$line")" != "$(digest "$(echo "$line" | sed -E "s/ $name=('[^']*'|[^ ]*)//")")" ]
    done
done <../../options
cd ../.. || exit 1
for option in $("$DELTAW" --help-mdoc | sed -n '/^\.It Cm load /,/^\.It Cm watch/p' | sed -nE 's/^\.It Cm ([a-z_]+) Ns = .*/\1/p' | sort -u); do
    like "load $option= has an example" "$(cut -d'|' -f1 options | tr -d ,)" "(^| )$option( |\$)"
done
if command -v mandoc >/dev/null; then
    is "mandoc finds nothing wrong with the page" "$(mandoc -W warning -T lint "$page" 2>&1 | grep -vE 'STYLE|referenced manual not found')" ""
else
    skip "no mandoc"
fi
finish
