#!/bin/sh
# A locale with a decimal comma changes no number, read or written.
. "$srcdir/tests/tap.sh"
[ -x "$DELTAW" ] || { echo "Bail out! $DELTAW is not there"; exit 1; }

comma=
for name in de_DE.UTF-8 fr_FR.UTF-8 nl_NL.UTF-8 ru_RU.UTF-8; do
    [ "$(LC_ALL=$name locale decimal_point 2>/dev/null)" = , ] && comma=$name && break
done
if [ -z "$comma" ] && localedef -i de_DE -f UTF-8 "$PWD/de_DE.UTF-8" >/dev/null 2>&1; then
    LOCPATH=$PWD
    export LOCPATH
    [ "$(LC_ALL=de_DE.UTF-8 locale decimal_point 2>/dev/null)" = , ] && comma=de_DE.UTF-8
fi
[ -n "$comma" ] || skip_all "no locale with a decimal comma is installed or can be made"
note "locale $comma"

cat >script.dw <<'END'
simulate reinforce animals=2 trials=300 session=100 alpha=2^-3 noise=0.01 w0=-.5 seed=1
data
animals
head 5
save data out.csv.gz
load out.csv.gz
fit dnn epochs=3 hidden=4 truncation=50 rate=1.5e-3 seed=1
wait
map
export map map.csv
export loss loss.csv
END
both() { # WHAT OPTION...: the script under the point and under the comma
    what=$1
    shift
    for locale in C.UTF-8 "$comma"; do
        rm -f out.csv.gz map.csv loss.csv
        LC_ALL=$locale timeout 900 "$DELTAW" --no-rc "$@" -f script.dw >out 2>err
        echo "exit $?" >>out
        # Seconds differ from run to run.
        sed -E 's/[0-9.]+ (ms|s|min)\b/T/g; s/"(seconds|ms_per_epoch)": ?[0-9.e+-]+/"\1": T/g' out >"out.$locale"
        gzip -dc out.csv.gz >"data.$locale"
        cp map.csv "map.$locale"
        cut -d, -f1,3,4 loss.csv >"loss.$locale"
    done
    ok "$what: it works" grep -q '^exit 0' out.C.UTF-8
    ok "$what: the same words" cmp out.C.UTF-8 "out.$comma"
    ok "$what: the same log" cmp data.C.UTF-8 "data.$comma"
    ok "$what: the same map" cmp map.C.UTF-8 "map.$comma"
    ok "$what: the same losses" cmp loss.C.UTF-8 "loss.$comma"
    ok "$what: points in the map" grep -q '[0-9]\.[0-9]' "map.$comma"
}
both text
both JSON --json
# Animals with wide characters and combining marks: columns stand below each other,
# names are found again, and a plain locale gets no byte it cannot show.
printf 'subject,trial,stimulus,choice,reward\n' >wide.csv
for name in 'マウス一' 'Zoë' 'plain'; do
    for trial in 1 2 3 4; do printf '%s,%s,0.5,1,1\n' "$name" $trial; done
done >>wide.csv
run env LC_ALL=C.UTF-8 "$DELTAW" --no-rc -q -c 'load wide.csv' -c animals
is "wide names load" "$status$errors" 0
like "a wide name takes two cells a character" "$out" '^マウス一 {7}4 '
like "a narrow one takes one" "$out" '^plain {10}4 '
run env LC_ALL=C.UTF-8 "$DELTAW" --no-rc -q -c 'load wide.csv' \
    -c 'fit dnn epochs=2 holdout=マウス一' -c wait -c 'weights マウス一'
like "they are found by name" "$out" 'weights of マウス一 \(held out\)'
run env LC_ALL=C "$DELTAW" --no-rc -q -c 'load wide.csv' -c animals
ok "in a plain locale all is 7 bits" sh -c "printf '%s' '$out' | LC_ALL=C tr -d '\\000-\\177' | wc -c | grep -q '^ *0$'"
finish
