#!/bin/sh
# The bundled cohort is what its script makes, byte for byte; the scripts run.
. "$srcdir/tests/tap.sh"
ok "the cohort is there" [ -s "$srcdir/samples/sample.csv.gz" ]
mkdir made
ok "make-samples runs" env DELTAW="$DELTAW" "$srcdir/samples/make-samples" made
gzip -dc made/sample.csv.gz >made.csv
gzip -dc "$srcdir/samples/sample.csv.gz" >bundled.csv
ok "it makes the same trials" cmp made.csv bundled.csv
if cmp -s made.csv bundled.csv && ! cmp -s made/sample.csv.gz "$srcdir/samples/sample.csv.gz"; then
    skip "the zlib here packs the same trials into other bytes"
else
    ok "they are packed into the same bytes" cmp made/sample.csv.gz "$srcdir/samples/sample.csv.gz"
fi
ok "it makes the same truth" cmp made/sample.csv.gz.truth.json "$srcdir/samples/sample.csv.gz.truth.json"
size=$(cat "$srcdir"/samples/* 2>/dev/null | wc -c)
ok "all samples together are below 2 MB ($size bytes)" [ "$size" -lt 2000000 ]

# The main job; sanitized builds take a small version of it.
mkdir samples
cp "$srcdir"/samples/sample.csv.gz* samples
animals=30
[ -z "$SANITIZE" ] || animals=3
small() { sed "s/animals=[0-9]*/animals=$animals/" "$srcdir/samples/$1.dw" >"$1.dw"; }
small main-job
run "$DELTAW" --no-rc -f main-job.dw
is "the main job exits 0" "$status" 0
like "it says what is loaded" "$out" "$animals animals, [0-9,]+ trials"
like "it tells the loss" "$out" 'loss \.[0-9]+'
like "it draws the map" "$out" 'correct r=1'
like "it compares with the truth" "$out" 'R2'
agrees() { printf '%s\n' "$out" | grep -qE 'R² (\.9|1)'; }
[ -n "$SANITIZE" ] || ok "and they agree: R2 is above .9" agrees
small first-look
run "$DELTAW" --no-rc -f first-look.dw
is "the first look exits 0" "$status" 0
like "it says what is seen, and what to do next" "$out" 'Simulated agents: their true rule is known, press Esc, then d'
same() { [ "$(grep -E '^(simulate|fit)' main-job.dw)" = "$(grep -E '^(simulate|fit)' first-look.dw)" ]; }
ok "both are of the same animals and fit" same

sed -e 's/epochs=[0-9]*/epochs=20/' -e 's/optimizer=fast/& epochs=15/' "$srcdir/samples/fast.dw" >fast.dw
run "$DELTAW" --no-rc -f fast.dw
is "fast beside Adam exits 0" "$status" 0
like "both are on an axis of seconds" "$out" ' seconds( +[0-9.]+)*$'

# The paper's figures, with few animals and epochs: each runs and says what it shows.
for figure in 2b 3 5a 5b; do
    sed -e 's/animals=[0-9]*/animals=20/' -e 's/epochs=[0-9]*/epochs=3/' \
        -e 's/batch=[0-9]*/batch=5/' "$srcdir/samples/fig$figure.dw" >fig.dw
    run "$DELTAW" --no-rc -f fig.dw
    is "figure $figure exits 0" "$status" 0
    flat=$(printf '%s' "$out" | tr '\n' ' ')
    case $figure in
    2b) like "figure 2B is a map of correct trials" "$out" 'reward 1 · dnn1' ;;
    3) like "figure 3: the dnn has no gap" "$flat" 'correct \.0+ \(true' ;;
    5a) like "figure 5A has errors and correct trials" "$flat" 'w 2 correct [^;]*, error' ;;
    5b) like "figure 5B goes back four trials" "$flat" 'past 4 trials .*: mean over 16 histories each' ;;
    esac
done
finish
