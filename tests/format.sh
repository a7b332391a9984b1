#!/bin/sh
# C is as .clang-format has it, lines have at most 100 columns and files at most 450 lines.
. "$srcdir/tests/tap.sh"
here=$PWD
cd "$srcdir" || exit 1

find src include tests -name '*.[ch]' -o -name '*.def' -o -name '*.sh' >"$here/files"
is "no file has more than 450 lines" "$(while read -r file; do
    n=$(wc -l <"$file")
    [ "$n" -le 450 ] || echo "$file: $n"
done <"$here/files")" ""
# Bytes that go on a character of UTF-8 take no column.
is "no line of C has more than 100 columns" "$(grep -v '\.sh$' "$here/files" | while read -r file; do
    LC_ALL=C tr -d '\200-\277' <"$file" | LC_ALL=C awk -v file="$file" \
        'length($0) > 100 { print file ":" NR }'
done)" ""

# Each version lays some lines out in its own way.
if [ ! -f .clang-format ]; then
    skip "no .clang-format: not a checkout"
elif ! command -v clang-format >/dev/null; then
    skip "no clang-format"
elif ! clang-format --version | grep -qE 'version 14\.'; then
    skip "clang-format is not of version 14"
else
    grep '\.[ch]$' "$here/files" | xargs clang-format --dry-run -Werror >"$here/told" 2>&1
    is "C is as clang-format has it" "$(grep 'error:' "$here/told" | head -n 20)" ""
fi
finish
