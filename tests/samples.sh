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

# The main job, with fewer epochs so that slow builds get through it too.
mkdir samples
cp "$srcdir"/samples/sample.csv.gz* samples
sed 's/epochs=[0-9]*/epochs=15/' "$srcdir/samples/main-job.dw" >job.dw
run "$DELTAW" --no-rc -f job.dw
is "the main job exits 0" "$status" 0
like "it says what is loaded" "$out" '12 animals, 36,000 trials'
like "it tells the loss" "$out" '15 epochs'
like "it draws the map" "$out" 'correct r=1'
like "it compares with the truth" "$out" 'R2'
sed 's/epochs=[0-9]*/epochs=2/' "$srcdir/samples/first-look.dw" >look.dw
run "$DELTAW" --no-rc -f look.dw
is "the first look exits 0" "$status" 0
finish
