#!/bin/sh
# The bundled cohort is what its script makes, byte for byte; the scripts run.
. "$srcdir/tests/tap.sh"
sample=$srcdir/samples/sample.csv.gz
ok "the cohort is there" [ -s "$sample" ]
ok "make-samples runs" env DELTAW="$DELTAW" "$srcdir/samples/make-samples" .
ok "it makes the same bytes" cmp sample.csv.gz "$sample"
for file in *; do
    [ "$file" = sample.csv.gz ] || ok "$file, too" cmp "$file" "$srcdir/samples/$file"
done
size=$(cat "$srcdir"/samples/* 2>/dev/null | wc -c)
ok "all samples together are below 2 MB ($size bytes)" [ "$size" -lt 2000000 ]

# The main job, with fewer epochs so that slow builds get through it too.
cp -R "$srcdir/samples" . 2>/dev/null
chmod -R u+w samples
sed 's/epochs=[0-9]*/epochs=15/' "$srcdir/samples/main-job.dw" >job.dw
run "$DELTAW" --no-rc -f job.dw
is "the main job exits 0" "$status" 0
like "it says what is loaded" "$out" '12 animals'
like "it tells the loss" "$out" '[Ll]oss'
like "it draws the map" "$out" 'w_stim'
finish
