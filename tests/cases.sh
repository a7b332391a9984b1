#!/bin/sh
# Logs as labs and other tools write them: each is read rightly, with a word on what was
# odd, or refused with the words that say it.  tests/cases holds some, with the counts
# that a script of its own took; others are made here, with the counts known from making.
. "$srcdir/tests/tap.sh"
cases=$srcdir/tests/cases

batch() { "$DELTAW" --no-rc -q "$@" </dev/null 2>&1; }

# counts LINE...: per animal "name trials right correct", then the lines of `load`.
counts() {
    batch -c "$1" -c animals | awk '
        /^animal  / { table = 1; next }
        table { printf "%s %d %d %d\n", $1, $2, int($5 * $2 / 100 + .5), int($4 * $2 / 100 + .5) }'
}
sessions() { # LINE: trials correct of each session, in order
    batch -c "$1" -c 'save data o.csv' >/dev/null
    awk -F, 'NR > 1 { if ($2 != last) { n++; last = $2 } good[n] += $5 == $7 }
        END { for (i = 1; i <= n; i++) printf "%d ", good[i] }' o.csv
    rm -f o.csv
}
loads() { # WHAT LINE COUNTS [WORD]: COUNTS as "name trials right correct; ..."
    is "$1" "$(counts "$2" | sed '$!s/$/;/' | tr '\n' ' ' | sed 's/ $//')" "$3"
    [ $# -lt 4 ] || like "$1, and it is told" "$(batch -c "$2" | tr '\n' ' ' | tr -s ' ')" "$4"
}
refused() { # WHAT LINE WORD
    out=$(batch -c "$2")
    is "$1 is refused" "$?" 3
    like "$1, with what to say" "$out" "$3"
}

cp -r "$cases" cases && cd cases || exit 1
loads "comments before the header" 'load comment_header.csv' "nim 90 44 59" 'lines that begin with #'
loads "dates with the month first" 'load dates_mdy8.csv' "dune 120 59 73" 'month/day/year'
is "in their order" "$(sessions 'load dates_mdy8.csv')" "3 10 10 16 16 18 "
refused "a code for ignored trials" \
    'load ignore_code2.csv subject=subject_id choice=animal_response' \
    'choice=animal_response:0=left,1=right,2=missed'
loads "a code for ignored trials" \
    'load ignore_code2.csv choice=animal_response:0=left,1=right,2=missed' \
    "ivy 72 32 55; jet 72 35 55"
loads "choices from instruction and outcome" 'load instruction_outcome.csv stimulus=instruction' \
    "gus 81 37 62; hop 78 43 66" 'left and right are read as -1 and 1'
loads "the same, said in full" \
    'load instruction_outcome.csv stimulus=instruction answer=instruction choice=none reward=outcome' \
    "gus 81 37 62; hop 78 43 66"
refused "one column for two roles" \
    'load instruction_outcome.csv stimulus=instruction choice=instruction reward=outcome' \
    'choice=none answer=instruction'
refused "a log without a stimulus that is known" 'load instruction_outcome.csv' \
    'load instruction_outcome.csv stimulus=instruction'
loads "a day with one side only" 'load onesided/rook_1.csv onesided/rook_2.csv onesided/rook_3.csv' \
    "rook 99 26 69" "1 = left, 0 = no-go"
loads "rewards by chance" 'load prob_reward.csv' "elm 90 48 59; fen 90 45 68" 'rewards by chance'
loads "sessions sorted as texts" 'load sessions_as_text.csv' "corvo 165 80 103" \
    'put in order: 1, 2, 3 .. 11'
is "come in the order of numbers" "$(sessions 'load sessions_as_text.csv')" \
    "6 7 8 7 7 9 10 9 13 12 15 "
loads "tones in Hz" 'load tones_hz.csv' "lux 90 46 68; moa 90 42 66" 'center=[0-9]* scale=log2'
like "tones in Hz, centred" "$(batch -c 'load tones_hz.csv center=8000 scale=log2' -c 'fit static' \
    -c wait -c 'show static1')" 'w_stim  1\.23 \+- \.26'
loads "-1 for missed trials" 'load viol_minus1.csv' "ada 79 24 56; bix 78 41 64" '-1 = missed'
refused "a session in two files" \
    'load copied/koa_s1.csv "copied/koa_s1 (conflicted copy).csv" copied/koa_s2.csv' \
    'conflicted copy.*koa_s1.csv'
loads "without the copy" 'load copied/koa_s1.csv copied/koa_s2.csv' "koa 49 23 31"
loads "or told that both are real" \
    'load copied/koa_s1.csv "copied/koa_s1 (conflicted copy).csv" copied/koa_s2.csv copies=keep' \
    "koa 72 31 46"
cd .. || exit 1

# make NAME LEFT RIGHT MISSED [SESSIONS]: NAME.tsv in plain words, and $want.
# Columns: subject session trial stimulus(-1..1) choice(l r m) reward(0 1) answer(l r)
want=
make() { # SEED TRIALS SESSIONS ANIMAL...
    seed=$1 trials=$2 days=$3
    shift 3
    awk -v seed="$seed" -v trials="$trials" -v days="$days" -v names="$*" 'BEGIN {
        srand(seed)
        n = split(names, name, " ")
        split("-1 -0.5 -0.25 0.25 0.5 1", level, " ")
        for (a = 1; a <= n; a++)
            for (d = 1; d <= days; d++)
                for (t = 1; t <= trials; t++) {
                    s = level[int(6 * rand()) + 1]
                    good = rand() < .55 + .03 * d
                    z = s > 0 ? "r" : "l"
                    y = good ? z : z == "r" ? "l" : "r"
                    if (rand() < .1) y = "m"
                    print name[a], d, t, s, y, y == z ? 1 : 0, z
                }
    }' >plain
    want=$(awk '$5 != "m" { n[$1]++; r[$1] += $5 == "r"; c[$1] += $6; if (!($1 in at)) order[at[$1] = ++k] = $1 }
        END { for (i = 1; i <= k; i++) { a = order[i]; printf "%s%s %d %d %d", (i > 1 ? "; " : ""), a, n[a], r[a], c[a] } }' plain)
}
# code HEADER PROGRAM: a log of `plain`, a row by an awk expression list
code() { awk -v OFS=, "BEGIN { print \"$1\" } { $2 }"; }
side() { printf '($5 == "l" ? "%s" : $5 == "r" ? "%s" : "%s")' "$1" "$2" "$3"; }

# 1. The order of time.
make 11 12 12 ant
code subject,session,trial,stim,choice,reward 'print $1, "day" $2, $3, $4, $5 == "m" ? "" : $5, $6' <plain >rows.csv
{ head -n 1 rows.csv; tail -n +2 rows.csv | LC_ALL=C sort -s -t, -k2,2; } >text.csv
loads "day1 day10 day11 day2" 'load text.csv' "$want" 'put in order: day1, day2, day3 .. day12'
is "is the order of days" "$(sessions 'load text.csv')" "$(sessions 'load rows.csv')"
mkdir days
for d in 1 2 3 4 5 6 7 8 9 10 11 12; do
    awk -F, -v OFS=, -v d="day$d" 'NR == 1 { print "subject,trial,stim,choice,reward" } $2 == d { print $1, $3, $4, $5, $6 }' rows.csv >"days/log_$d.csv"
done
loads "files of a glob" "load $(echo days/*.csv)" "$want" 'files of 1 animal put in order: days/log_1.csv, days/log_2.csv'
is "in the order of days" "$(sessions "load $(echo days/*.csv)")" "$(sessions 'load rows.csv')"
batch -c "load $(echo days/*.csv)" -c 'save data days.csv' >/dev/null
is "and stays so when it is saved and loaded" "$(sessions 'load days.csv')" "$(sessions 'load rows.csv')"
for form in '%d%02d2021 28 3' '%02d/%d/2021 3 28' '%d.%02d.2021 28 3' '%d-Mar-2021 28 3'; do
    set -- $form
    case $1 in *Mar*) dated='sprintf("'$1'", 14 + $2)' ;; *d/%d*) dated='sprintf("'$1'", 3, 14 + $2)' ;; *) dated='sprintf("'$1'", 14 + $2, 3)' ;; esac
    code mouse,date,trial,stim,choice,reward "print \$1, $dated, \$3, \$4, \$5 == \"m\" ? \"\" : \$5, \$6" <plain >dated.csv
    { head -n 1 dated.csv; tail -n +2 dated.csv | tac | sort -s -t, -k2,2 -r; } >mixed.csv
    is "dates as in $(sed -n '2s/^[^,]*,\([^,]*\).*/\1/p' dated.csv)" "$(sessions 'load mixed.csv')" "$(sessions 'load rows.csv')"
done
code mouse,date,trial,stim,choice,reward 'print $1, sprintf("%02d/%02d/2021", $2 % 3 + 1, 3 + $2 % 5), $3, $4, $5 == "m" ? "" : $5, $6' <plain >unknown.csv
like "dates that can be read in two ways" "$(batch -c 'load unknown.csv')" 'does day or month come first'
unlike "unless it is said" "$(batch -c 'load unknown.csv dates=dmy')" 'does day or month'
code mouse,eid,trial,stim,choice,reward 'print $1, substr("qxbkzwmagtrc", $2, 1) "-f", $3, $4, $5 == "m" ? "" : $5, $6' <plain >named.csv
like "names that tell no order" "$(batch -c 'load named.csv' | tr '\n' ' ')" 'neither dates nor numbers tell'

# 2. Codes.
make 12 30 3 bee cat
for codes in '0 1 -1' '0 1 NaN' '-1 1 0' '1 2 ' 'L R none' 'Left right nogo' 'left right timeout'; do
    set -- $codes
    code id,session,trial,stim,response,rewarded "print \$1, \$2, \$3, \$4, $(side "$1" "$2" "${3-}"), \$6" <plain >c.csv
    loads "choices $codes" 'load c.csv' "$want"
done
for codes in '0 1 2' '1 2 3' '1 2 0' 'a b c' '-1 1 2'; do
    set -- $codes
    code id,session,trial,stim,response,rewarded "print \$1, \$2, \$3, \$4, $(side "$1" "$2" "$3"), \$6" <plain >c.csv
    refused "choices $codes" 'load c.csv' "choice=response:"
    loads "choices $codes, said" "load c.csv choice=response:$1=left,$2=right,$3=missed" "$want"
done
code id,session,trial,stim,response,rewarded "print \$1, \$2, \$3, \$4, $(side 1 0 ''), \$6" <plain >c.csv
refused "1 for left" 'load c.csv' 'choice=response:0=right,1=left'
loads "1 for left, said" 'load c.csv choice=response:0=right,1=left' "$want"
loads "or turned round" 'load c.csv choice=response:0=left,1=right flip=choice' "$want"
code id,session,trial,stim,response,rewarded "print \$1, \$2, \$3, -\$4, $(side L R ''), \$6" <plain >c.csv
loads "stimuli with left above 0" 'load c.csv flip=stimulus' "$want"
like "without a word that is odd" "$(batch -c 'load c.csv' | tr '\n' ' ')" 'away from the stimulus'
# accuracy instead of a side
code id,session,trial,stim,resp,side,feedback 'print $1, $2, $3, $4, $5 == "m" ? "" : $6, $7 == "r" ? "right" : "left", $5 == "m" ? "" : $6' <plain >a.csv
refused "a response that tells correct from error" 'load a.csv' 'correct from error'
loads "choices from the side and that response" 'load a.csv choice=none answer=side reward=feedback' "$want"
code id,session,trial,stim,resp,side 'print $1, $2, $3, $4, $5 == "m" ? "" : $6, $7 == "r" ? "right" : "left"' <plain >b.csv
refused "one column for choice and reward" 'load b.csv reward=resp choice=resp' 'cannot tell both'
loads "rewards from choice and side" \
    "$(code id,session,trial,stim,resp,side "print \$1, \$2, \$3, \$4, $(side l r ''), \$7" <plain >e.csv; echo 'load e.csv answer=side reward=none')" "$want"
# one side only: IBL's codes whatever the day holds
awk '{ if ($2 == 2) { if ($5 == "r") $5 = "m"; $6 = $5 == $7 } print }' plain >day2 && mv day2 plain
make_want() { want=$(awk '$5 != "m" { n[$1]++; r[$1] += $5 == "r"; c[$1] += $6; if (!($1 in at)) order[at[$1] = ++k] = $1 }
    END { for (i = 1; i <= k; i++) { a = order[i]; printf "%s%s %d %d %d", (i > 1 ? "; " : ""), a, n[a], r[a], c[a] } }' plain); }
make_want
files=
for d in 1 2 3; do
    awk -v d=$d '$2 == d' plain | code subject,session,trial,contrastLeft,contrastRight,choice,feedbackType \
        "print \$1, \$2, \$3, (\$4 < 0 ? -\$4 : \"\"), (\$4 > 0 ? \$4 : \"\"), $(side 1 -1 0), \$6 ? 1 : -1" >"ibl_$d.csv"
    files="$files ibl_$d.csv"
done
loads "IBL's codes with a day of one side" "load$files" "$want"
like "that day alone" "$(batch -c 'load ibl_2.csv')" '1 = left'
files=
for d in 1 2 3; do
    awk -v d=$d '$2 == d' plain | code subject,session,trial,stim,choice,reward \
        "print \$1, \$2, \$3, \$4, $(side -1 1 0), \$6" >"sign_$d.csv"
    files="$files sign_$d.csv"
done
loads "-1, 1 and 0 with a day of one side" "load$files" "$want"

# 3. Twice, and odd names.
make 13 20 3 dog
code subject,session,trial,stim,choice,reward "print \$1, \$2, \$3, \$4, $(side 0 1 ''), \$6" <plain >whole.csv
awk -F, 'NR == 1 || $2 == 2' whole.csv >again.csv
refused "a session in a second file" 'load whole.csv again.csv' 'again.csv:2: .*whole.csv'
sed 's/^dog,2/dog,2b/' again.csv >renamed.csv
refused "under another session's name" 'load whole.csv renamed.csv' 'has the same trials'
sed 's/^dog,/doggy,/' again.csv >other.csv
refused "under another animal's name" 'load whole.csv other.csv' 'has the same trials'
sed '$d' again.csv | sed '$d' >cut.csv
refused "cut short" 'load whole.csv cut.csv' 'has the same trials'
awk -F, -v OFS=, 'NR > 5 && NR < 9 { next } { print }' again.csv >holes.csv
refused "with holes" 'load whole.csv holes.csv' 'has the same trials'
loads "and kept when told" 'load whole.csv again.csv copies=keep' \
    "$(awk -F, 'FNR > 1 && $5 != "" { n++; r += $5; c += $6 } END { print "dog", n, r, c }' whole.csv again.csv)"
sed 's/^dog,3/Dog,3/' whole.csv >spelled.csv
like "one animal in two spellings" "$(batch -c 'load spelled.csv')" 'dog and Dog: one animal in two spellings'
{ cat whole.csv; echo ',,,,,'; echo ' , ,,,,'; echo 'dog,3,,,,'; } >blank.csv
loads "blank rows are no trials" 'load blank.csv' "$want" '3 blank rows'
is "and no no-go" "$(batch -c 'load blank.csv' -c data | grep -oE 'read +[0-9]+ rows')" "read      60 rows"
code subject,session,trial,stim,choice,reward "print \$1, \$2, \$3, (\$4 > 0 ? 1 : 0), $(side 0 1 ''), \$6" <plain >zero.csv
loads "stimuli 0 and 1" 'load zero.csv' "$want" 'stimulus=COLUMN:0=-1,1=1'
loads "said" 'load zero.csv stimulus=stim:0=-1,1=1' "$want" 'nothing odd'
code subject,session,trial,stim,choice,reward "print \$1, \$2, \$3, (\$4 > 0 ? 2 : 1), $(side 0 1 ''), \$6" <plain >two.csv
loads "stimuli 1 and 2" 'load two.csv' "$want" 'stimulus=COLUMN:1=-1,2=1'
code subject,session,trial,stim,choice,reward "print \$1, \$2, \$3, (\$4 > 0 ? \"high\" : \"low\"), $(side 0 1 ''), \$6" <plain >cue.csv
refused "stimuli as words" 'load cue.csv' 'stimulus="stim:[a-z]*=-1,VALUE=1"'
loads "said" 'load cue.csv stimulus=stim:low=-1,high=1' "$want"

# 4. A verdict of at most five lines, whatever there is.
awk -F, -v OFS=, '{ line = $0; for (i = 1; i <= 3000; i++) line = line "," (NR == 1 ? "column" i : i); print line }' whole.csv >wide.csv
is "3,000 kept columns take five lines" "$(batch -c 'load wide.csv' | wc -l)" "$(batch -c 'load wide.csv' | head -n 5 | wc -l)"

files=
for i in $(awk 'BEGIN { for (i = 1; i <= 40; i++) print i }'); do
    sed "s/^dog,/dog$i,/; s/stim/stim_a/; 1s/,choice/,other_$i,choice/; 2,\$s/,\([01]*\),\([01]\)$/,$i,\1,\2/" whole.csv >"many_$i.csv"
    files="$files many_$i.csv"
done
like "forty files of other columns are read" "$(batch -c "load$files stimulus=stim_a copies=keep" -c data)" '^holds +40 animals'
is "and take five lines" "$(batch -c "load$files stimulus=stim_a copies=keep" | wc -l)" "$(batch -c "load$files stimulus=stim_a copies=keep" | head -n 5 | wc -l)"
awk -F, -v OFS=, 'NR == 1 { print; next } { print; $1 = "D" $1; $4 *= 50; print; $1 = "d-" $1; $2 = "x" $2 % 2; $3 = int($3 / 3); print } NR % 9 == 0 { print ",,,,," }' whole.csv |
    sed '2,$s/^Ddog/Dog/; s/^d-Ddog/d-og/' >strange.csv
is "many odd things take five lines" "$(batch -c 'load strange.csv copies=keep' | wc -l | tr -d ' ')" 5
like "and are counted" "$(batch -c 'load strange.csv copies=keep' | tr '\n' ' ' | tr -s ' ')" 'odd [(][3-9] things, see'

# 5. Tables of other make.
code subject,session,trial,stim,choice,reward "print \$1, \$2, \$3, \$4, $(side 0 1 NA), \$6" <plain | tr , ' ' | tr -s ' ' | sed 's/ /   /' >blanks.txt
loads "runs of blanks" 'load blanks.txt' "$want"
tail -n +2 whole.csv >headless.csv
loads "no header" 'load headless.csv header=no subject=1 session=2 trial=3 stimulus=4 choice=5 reward=6' "$want"
{ echo 'rig 3;;;'; echo 'v2'; sed 's/,/;/g' whole.csv | sed 's/\./,/'; } >comma.csv
loads "lines to skip and decimal commas" 'load comma.csv skip=2 decimal=,' "$want"
refused "decimal commas that nobody told of" 'load comma.csv skip=2' 'decimal=,'
awk -F, -v OFS='|' '{ $1 = $1; print } NR == 9 { print "% pause" }' whole.csv >bars.csv
loads "bars, and comments among rows" 'load bars.csv comment=%' "$want"
code subject,session,trial,stim,choice,reward "print \$1, \$2, \$3, (\$4 < 0 ? \"-1.\" (-1000 * \$4) : \"1.\" (1000 * \$4)), $(side 0 1 ''), \$6" <plain | tr , ';' >thousands.csv
like "thousands" "$(batch -c 'load thousands.csv thousands=. decimal=,' | tr '\n' ' ')" 'divide='
mkdir rig
for d in 1 2 3; do awk -F, -v OFS=, -v d=$d 'NR == 1 || $2 == d { print $3, $4, $5, $6 }' whole.csv >"rig/dog_2021-03-0${d}_s$d.csv"; done
loads "subject, date and session from files' names" \
    "load $(echo rig/*) names='{subject}_{date}_s{session}.csv'" "$want"
refused "a name that does not fit" "load $(echo rig/*) names='{subject}+{date}.csv'" 'does not fit'
code subject,session,trial,choice,reward "print \$1, \$2, \$3, $(side 0 1 ''), \$6" <plain >bandit.csv
like "a bandit has no correct side" "$(batch -c 'load bandit.csv stimulus=none' -c animals | tail -n 1 | tr -s ' ')" '^dog [0-9]+ 3 - '

# 6. What spreadsheets, R and rigs add.
odd() { # WHAT FILE [WORD] [OPTIONS]: read rightly, and told where there is a word
    loads "$1" "load $2 ${4-}" "$want" "${3:-nothing odd}"
}
{ echo 'sep=;'; tr , ';' <whole.csv; } >excel.csv
odd "Excel's line that names the separator" excel.csv
awk -F, 'NR == 1 { print "\"" $1 "\" \"" $2 "\" \"" $3 "\" \"" $4 "\" \"" $5 "\" \"" $6 "\""; next }
    { print "\"" NR - 1 "\"", "\"" $1 "\"", $2, $3, $4, ($5 == "" ? "NA" : $5), $6 }' whole.csv >r.txt
odd "R's names of rows" r.txt 'numbers of rows, as R'
awk 'NR > 1 { $0 = $0 "," } { print }' whole.csv >tail.csv
odd "a separator at the end of rows" tail.csv
awk 'NR == 1 { h = $0 } { print } NR == 21 || NR == 41 { print h }' whole.csv >again.csv
odd "a header between files put together" again.csv 'header comes again in 2 lines'
awk -F, -v OFS=, 'BEGIN { split("NA NaN n/a null None . -- #N/A n.a. NIL missing (null)", na, " ") } NR > 1 && $5 == "" { $5 = na[++i % 12 + 1] } { print }' whole.csv >na.csv
odd "a dozen words for nothing" na.csv
awk -F, -v OFS=, 'NR > 1 { $4 = 100 * $4 "%" } { print }' whole.csv >percent.csv
odd "signs of per cent" percent.csv
is "are shares" "$(batch -c 'load percent.csv' -c data | grep ^digest)" "$(batch -c 'load whole.csv' -c data | grep ^digest)"
sed 's/,-/,\xe2\x88\x92/' whole.csv >minus.csv
odd "the minus sign of typographers" minus.csv
awk -F, -v OFS=, 'NR > 1 && $2 == 2 { $4 *= 100 } { print }' whole.csv >mixed.csv
odd "per cent in one session of three" mixed.csv 'per cent and shares mixed'
awk -F, -v OFS=, 'NR == 1 { $2 = "date" } NR > 1 { $2 = sprintf("2021-03-%02dT10:%02d:07.5+01:00", $2, $3) } { print }' whole.csv >stamps.csv
odd "times of trials as dates" stamps.csv 'sessions go by the day'
is "are three sessions" "$(sessions 'load stamps.csv')" "$(sessions 'load whole.csv')"
awk -F, -v OFS=, 'NR == 1 { $2 = "date" } NR > 1 { $2 = 1614600000 + 86400 * $2 + $3 } { print }' whole.csv >unix.csv
odd "seconds of trials as dates" unix.csv 'sessions are of one trial'
for form in '28.02.21 01.03.21 02.03.21' '280221 010321 020321' '210228 210301 210302' '28-Feb-21 1-Mar-21 2-Mar-21'; do
    set -- $form
    sed "1s/session/date/; s/^dog,1,/dog,$1,/; s/^dog,2,/dog,$2,/; s/^dog,3,/dog,$3,/" whole.csv >short.csv
    is "short years as in $1" "$(sessions 'load short.csv')" "$(sessions 'load whole.csv')"
done
sed "1s/session/date/; s/^dog,1,/dog,Jan 30,/; s/^dog,2,/dog,Feb 2,/; s/^dog,3,/dog,Mar 3,/" whole.csv >months.csv
odd "months without a year" months.csv 'neither dates nor numbers'
is "stay as they stand" "$(sessions 'load months.csv')" "$(sessions 'load whole.csv')"
sed 's/^dog,3/7,3/; s/^dog/007/' whole.csv >zeros.csv
like "leading zeros stay, with a word" "$(batch -c 'load zeros.csv' -c animals | tr '\n' ' ')" '007 and 7: one animal in two spellings.* 007 .* 7 '
sed 's/^dog,3/101.0,3/; s/^dog/101/' whole.csv >float.csv
like "so does a name that became a fraction" "$(batch -c 'load float.csv')" '101 and 101.0: one animal'
printf 'dog\302\240,' >nbsp; sed "s/^dog,3/$(cat nbsp)3/" whole.csv >unseen.csv
like "and a blank that cannot be seen" "$(batch -c 'load unseen.csv' | tr '\n' ' ')" 'one animal in two spellings'
awk -F, -v OFS=, 'NR > 1 && $2 == 3 && $5 != "" { $5 = 1 - $5 } { print }' whole.csv >turned.csv
like "a session with sides turned round is told" "$(batch -c 'load turned.csv' | tr '\n' ' ' | tr -s ' ')" 'away from the stimulus in 1 session, not in others'
awk -F, -v OFS=, '{ print $0, NR == 1 ? "correct" : $6 }' whole.csv | sed '1s/subject/mouse/' >two.csv
odd "a second column that could be the reward" two.csv 'reward is taken for the reward, not correct'
for form in '3/14/2021_9:05_AM 3/14/2021_11:30_AM 3/14/2021_1:10_PM' '2021-03-14_12:15_am 2021-03-14_9:00_am 2021-03-14_12:10_pm'; do
    set -- $form
    sed "1s/session/date/; s/^dog,1,/dog,$(echo "$1" | tr _ ' ' | sed 's#/#\\/#g'),/; s/^dog,2,/dog,$(echo "$2" | tr _ ' ' | sed 's#/#\\/#g'),/; s/^dog,3,/dog,$(echo "$3" | tr _ ' ' | sed 's#/#\\/#g'),/" whole.csv >half.csv
    is "half days as in $3" "$(sessions 'load half.csv')" "$(sessions 'load whole.csv')"
done
stamped() { # FORM: whole.csv with these three dates, _ for a blank
    awk -F, -v OFS=, -v form="$1" 'BEGIN { n = split(form, at, " "); for (i in at) gsub("_", " ", at[i]) }
        NR == 1 { $2 = "date" } NR > 1 { $2 = "\"" at[$2] "\"" } { print }' whole.csv >zones.csv
}
for form in '2020-10-25T02:30:00+02:00 2020-10-25T02:10:00.25+01:00 2020-10-25T01:30:00Z' \
    '20201025T0230+0200 20201025T0210+01 20201025T0130Z' \
    '2020-10-25_01:30:00_GMT-0500 2020-10-25_07:00:00_UTC 2020-10-25_05:10:00_GMT-0200' \
    '2020-10-25T05:30+05:30[Asia/Kolkata] 2020-10-25T02:10+02:00[Europe/Paris] 2020-10-25T01:30+01:00[Europe/Paris]' \
    '10/25/2020_2:30_AM_-03:00 10/25/2020_1:10_a.m._-05:00 10/24/2020_11:50_PM_-07:00' \
    'Sun_Oct_25_2020_02:30:00_GMT+0200_(Central_European_Summer_Time) Sun_Oct_25_2020_02:10:00_GMT+0100_(Central_European_Standard_Time) Sun_Oct_25_2020_01:30:00_GMT'; do
    stamped "$form"
    is "time zones as in ${form%% *}" "$(sessions 'load zones.csv')" "$(sessions 'load whole.csv')"
    unlike "and no word is needed" "$(batch -c 'load zones.csv')" 'time zone'
    sed '1s/date/session/' zones.csv >named.csv
    is "also where they are names" "$(sessions 'load named.csv')" "$(sessions 'load whole.csv')"
done
for form in 'Friday_29_January_2021 Monday_1_February_2021 Friday_5_February_2021' \
    'Fri_Jan_29_2021 Mon_Feb_1_2021 Fri_Feb_5_2021' 'Fri_29/01/21 Mon_01/02/21 Fri_05/02/21'; do
    stamped "$form"
    is "days of the week as in ${form%% *}" "$(sessions 'load zones.csv')" "$(sessions 'load whole.csv')"
done
stamped '2020-10-25T00:30:00 2020-10-25T03:10:00+02:00 2020-10-25T01:30:00Z'
is "a zone that is missing is UTC" "$(sessions 'load zones.csv')" "$(sessions 'load whole.csv')"
like "with a word" "$(batch -c 'load zones.csv' | tr -s ' \n' ' ')" '1 of 3 dates tell no time zone: they are taken for UTC'
stamped '2020-10-25_00:30_CET 2020-10-25_01:10+02:00 2020-10-25_01:30Z'
is "a zone that is not known leaves dates as written" "$(sessions 'load zones.csv')" "$(sessions 'load whole.csv')"
like "with a word, too" "$(batch -c 'load zones.csv' | tr -s ' \n' ' ')" '2 of 3 dates tell a time zone, but 1 are no time that is known'
{ cat whole.csv; echo '# end of session'; } >end.csv
refused "a comment nobody told of" 'load end.csv' 'comment= says what comments begin with'
awk -F, -v OFS=, 'NR == 1 { print } NR > 1 && $6 == 1 { print; $2 += 3; print }' whole.csv >hits.csv
like "a log of hits alone is told" "$(batch -c 'load hits.csv copies=keep' | tr '\n' ' ')" 'every trial is rewarded'
sed 's/,0$/,N/; s/,1$/,Y/' whole.csv >yes.csv
odd "rewards Y and N" yes.csv
gzip -c whole.csv | gzip -c >twice.gz
refused "a file packed twice" 'load twice.gz' 'packed twice; unpack it once'
for c in 'version https://git-lfs.github.com/spec/v1|Git LFS' '<!DOCTYPE html>|page of the web' '{"trials": [1, 2]}|JSON'; do
    echo "${c%|*}" >other.csv
    refused "${c#*|}" 'load other.csv' "${c#*|}"
done
sed 's/^dog,2,5,/,2,5,/' whole.csv >noname.csv
refused "a row without an animal" 'load noname.csv' 'fill it in, or remove the row'
for encoding in UTF-16LE UTF-16BE; do
    { printf '\357\273\277'; cat whole.csv; } | iconv -f UTF-8 -t $encoding >utf16.csv
    refused "$encoding" 'load utf16.csv' 'UTF-16 text; save it as UTF-8'
done
{ printf '\357\273\277'; tr , ';' <whole.csv | sed 's/\./,/; s/$/\r/'; } >bom.csv
odd "a byte order mark, semicolons, CRLF and decimal commas" bom.csv '' 'decimal=,'
refused "which are to be told" 'load bom.csv' 'decimal=,'
awk -F, -v OFS=, 'NR > 1 && $5 != "" { $5 = $5 == 1 ? "TRUE" : "FALSE"; $6 = $6 == 1 ? "TRUE" : "FALSE" } { print }' whole.csv >bool.csv
odd "TRUE and FALSE" bool.csv
awk -F, -v OFS=, 'NR > 1 && $5 != "" { $5 = $5 == 1 ? "2.0" : "1.0" } { print }' whole.csv >float12.csv
odd "1.0 and 2.0" float12.csv
awk -F, -v OFS=, '{ print $0, NR == 1 ? "note" : "\"he said \"\"go\"\",\nthen left\"" }' whole.csv >quoted.csv
odd "quotes over lines" quoted.csv
awk 'NR % 3 == 0 { $0 = $0 "\r" } { print }' whole.csv >crlf.csv
odd "CRLF here and there" crlf.csv
finish
