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

# Of PAPERS each entry begins at the margin.  A citation is a year behind a name: "Rao 1948",
# "Williams (1992)", "Roy et al. 2018, 2021", "Schwarz's approximation (1978)".
cat >citations.awk <<'END'
function name_of(word)
{
    sub(/'s.*/, "", word)
    gsub(/[^A-Za-z-]/, "", word)
    return word ~ /^[A-Z].*[a-z]/ && word != "The" ? word : ""
}
/^PAPERS$/ { papers = 1; next }
papers && /^[A-Z]/ { n_papers++ }
papers { paper[n_papers] = paper[n_papers] " " $0; next }
{
    for (i = 1; i <= NF; i++) {
        if ($i !~ /^\(?(19|20)[0-9][0-9][a-z]?[).,;:]*$/) {
            names = names name_of($i) " "
            if (++words > 7) sub(/^[^ ]* /, "", names)
            continue
        }
        year = $i
        gsub(/[^0-9a-z]/, "", year)
        if (words > 0) said = names
        names = ""
        words = 0
        if (said ~ /[A-Z]/) cited[year] = cited[year] "|" said
        if (said ~ /[A-Z]/) place[++n_cited] = year " " said
    }
}
END { for (p = 1; p <= n_papers; p++) match_paper(paper[p]); tell() }
function match_paper(text,    n, i, word, year, first)
{
    match(text, /\((19|20)[0-9][0-9][a-z]?\)/)
    year = substr(text, RSTART + 1, RLENGTH - 2)
    n = split(substr(text, 1, RSTART - 1), word, " ")
    for (i = 1; i <= n; i++) {
        if (!name_of(word[i])) continue
        first = first ? first : name_of(word[i])
        listed[year, name_of(word[i])] = 1
    }
    if (!(cited[year] ~ "(^|[ |])" first " ")) print "not cited: " first " " year
}
function tell(    c, i, n, word, known)
{
    for (c = 1; c <= n_cited; c++) {
        n = split(place[c], word, " ")
        known = 0
        for (i = 2; i <= n; i++) if ((word[1], word[i]) in listed) known = 1
        if (!known) print "not in PAPERS: " place[c]
    }
}
END
is "papers are cited, and what is cited is listed" "$(awk -f citations.awk "$science" | tr -s ' ')" ""
finish
