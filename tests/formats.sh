#!/bin/sh
# Files other than CSV: numpy, MATLAB, NWB, the IBL's folders, archives, standard input.
# tests/formats/make.py made them; all hold what tests/cases/viol_minus1.csv does, or say
# in their names what they hold.
. "$srcdir/tests/tap.sh"
# Some of them are in samples/formats, for people.
cp -r "$srcdir/tests/formats" f && cp -r "$srcdir/samples/formats/." f && f=f
csv=$srcdir/tests/cases/viol_minus1.csv
batch() { "$DELTAW" --no-rc -q "$@" 2>&1; }
counts() { # LINE: "name trials right correct; ..."
    batch -c "$1" -c animals | awk '
        /^animal  / { table = 1; next }
        table { gsub(/,/, ""); printf "%s%s %d %d %d", (n++ ? "; " : ""), $1, $2, int($5 * $2 / 100 + .5), int($4 * $2 / 100 + .5) }'
}
want="ada 79 24 56; bix 78 41 64"

for file in trials.npz packed.npz trials.npy padded.npy; do
    is "$file" "$(counts "load $f/$file" </dev/null)" "$want"
done
is "a table of numbers" \
    "$(counts "load $f/table.npy subject=none session=column_0 stimulus=column_2 choice=column_3 reward=column_4" </dev/null)" \
    "table 157 65 120"
out=$(batch -c "load $f/packed.npz" </dev/null | tr -s '\n ' ' ')
like "an array of objects is left out with a word" "$out" "notes is left out: the dtype .*O"
like "arrays of other lengths are, too" "$(batch -c "load $f/trials.npz" </dev/null | tr -s '\n ' ' ')" 'not of 180 trials: rig'
like "dates of numpy" "$(batch -c "load $f/packed.npz" -c 'head 1' </dev/null)" '^ada  *2020-01-02'

if batch -c "load $f/vectors.mat" </dev/null | grep -q 'built without libmatio'; then
    skip "no libmatio"
else
    for file in vectors.mat trials.mat elements.mat; do
        is "$file" "$(counts "load $f/$file" </dev/null)" "$want"
    done
    is "Bpod's outcomes" "$(counts "load $f/bpod.mat stimulus=TrialTypes:1=-1,2=1 subject=none" </dev/null)" \
        "bpod 79 24 56"
    gzip -c "$f/vectors.mat" >v.mat.gz
    is "packed .mat" "$(counts 'load v.mat.gz' </dev/null)" "$want"
    head -c 700 "$f/vectors.mat" >cut.mat
    batch -c 'load cut.mat' >out </dev/null
    is "a cut .mat is refused" $? 3
fi
if batch -c "load $f/trials.nwb" </dev/null | grep -q 'built without HDF5'; then
    skip "no HDF5"
else
    is "NWB" "$(counts "load $f/trials.nwb session=block" </dev/null)" "ada 79 24 56"
    gzip -c "$f/trials.nwb" >packed.nwb.gz
    is "packed NWB" "$(counts 'load packed.nwb.gz session=block' </dev/null)" "ada 79 24 56"
    is "NWB from a pipe" "$(counts 'load - session=block' <"$f/trials.nwb")" "ada 79 24 56"
    head -c 3000 "$f/trials.nwb" | gzip >cut.nwb.gz
    like "a cut one is refused" "$(batch -c 'load cut.nwb.gz' </dev/null)" 'damaged or cut off'
    head -c 3000 "$f/trials.nwb" >cut.nwb
    out=$(batch -c 'load cut.nwb' </dev/null)
    is "a cut NWB is refused" $? 3
    is "in one message" "$(echo "$out" | grep -c HDF5)" 1
fi

# The IBL's archive.
sessions() { # LINE: "animal session trials right; ..."
    batch -c "$1" -c 'save data o.csv' </dev/null >/dev/null
    awk -F, 'NR > 1 { k = $1 " " $2; if (!(k in n)) name[++m] = k; n[k]++; r[k] += $5 }
        END { for (i = 1; i <= m; i++) printf "%s %d %d; ", name[i], n[name[i]], r[name[i]] }' o.csv
}
is "a folder as the IBL keeps it" "$(sessions "load $f/one")" \
    "koa 2020-08-31/001 11 1; koa 2020-09-01/001 11 2; koa 2020-09-01/002_task_00 11 3; koa 2020-09-01/002_task_01 11 4; koa 2020-09-02/001 11 5; rua 2020-08-31/1 11 6; "
out=$(batch -c "load $f/one" -c 'head 3' </dev/null | tr -s '\n ' ' ')
like "revisions and tasks are told" "$out" 'newer revision, which is read instead; 1 sessions hold  *several tasks'
like "contrasts go through tanh" "$out" '0.986704'
is "one session of it" "$(sessions "load $f/one/rua/2020-08-31/1/alf")" "rua 2020-08-31/1 11 6; "
is "a bad session is left out" "$(sessions "load $f/bad")" "rua 2020-08-31/001 11 6; "
like "and named" "$(batch -c "load $f/bad" </dev/null | tr -s '\n ' ' ')" 'left out: .*2020-09-01/001/alf/_ibl_trials.choice.npy'
batch -c "load $f/bad strict=yes" >out </dev/null
is "or the load is refused" $? 3
if [ -d "$shared/data/alf" ]; then
    batch -c "load $shared/data/alf" -c 'save data o.csv' </dev/null >/dev/null
    is "a real mouse of 11 sessions: trials, right, correct" \
        "$(awk -F, 'NR > 1 { n++; r += $5; c += $5 == $7; s[$2] } END { print length(s), n, r, c }' o.csv)" \
        "11 7825 3936 6098"
    for file in _ibl_subjectTrials.table zstd-v2 int32-columns; do
        is "the same of $file.pqt" "$(batch -c "load $shared/data/parquet/$file.pqt" -c data </dev/null | grep '^digest')" \
            "$(batch -c "load $shared/data/alf" -c data </dev/null | grep '^digest')"
    done
    is "a session that ONE keeps with a revision" \
        "$(counts "load $shared/data/one" </dev/null | cut -d ' ' -f 2)" 528
    like "with 19 no-go" "$(batch -c "load $shared/data/alf" </dev/null)" '19 no-go'
else
    skip "no ../shared/data/alf"
fi

# Packed, in archives, by pattern, from standard input.
is "standard input" "$(counts 'load -' <"$csv")" "$want"
is "a file of arrays as standard input" "$(counts 'load -' <"$f/trials.npz")" "$want"
is "and through a pipe" "$(cat "$f/trials.npz" | counts 'load -')" "$want"
is "packed standard input" "$(gzip -c "$csv" | counts 'load -')" "$want"
for tool in xz zstd bzip2; do
    if command -v $tool >/dev/null; then
        $tool -c "$csv" >packed
        is "a file packed by $tool" "$(counts 'load packed' </dev/null)" "$want"
        is "from a pipe" "$(cat packed | counts 'load -')" "$want"
        head -c 300 packed >cut
        batch -c 'load cut' >out </dev/null
        is "and cut off it is refused" $? 3
    else
        skip "no $tool"
    fi
done
rook="rook 99 26 69"
cp -r "$srcdir/tests/cases/onesided" days
is "a folder" "$(counts 'load days' </dev/null)" "$rook"
is "a pattern" "$(counts 'load "days/*_?.csv"' </dev/null)" "$rook"
tar -czf days.tar.gz days
is "a tar" "$(counts 'load days.tar.gz' </dev/null)" "$rook"
mkdir empty
batch -c 'load empty' >out </dev/null
is "a folder without logs is refused" $? 3
batch -c 'load "none*.csv"' >out </dev/null
like "a pattern that nothing fits too" "$(cat out)" 'no file fits this pattern'
printf 'PK\003\004\024\000\006\000\010\000\000\000\041\000\000\000\000\000\000\000\000\000\000\000\000\000\023\000\000\000[Content_Types].xml' >table.xlsx
like "a spreadsheet is to be saved as CSV" "$(batch -c 'load table.xlsx' </dev/null)" 'saved as CSV'

# What `save data` writes as .npz is the same cohort.
digest() { batch -c "$1" -c data </dev/null | sed -n 's/^digest *//p'; }
batch -c 'simulate reinforce animals=3 trials=50 seed=4' -c 'save data s.npz' </dev/null >/dev/null
is "a cohort saved as .npz is the same" "$(digest 'load s.npz')" \
    "$(digest 'simulate reinforce animals=3 trials=50 seed=4')"
like "with its truth" "$(batch -c 'load s.npz' -c data </dev/null)" '^truth  *reinforce'
finish
