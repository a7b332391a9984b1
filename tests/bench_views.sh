# Part of bench.sh: what views compute, wall time with all processors, for rules
# trained on 12 animals.
batch -c "simulate reinforce animals=12 trials=$trials alpha=2^-5 seed=1" -c 'save data mice.csv.gz' >/dev/null
batch -c 'load mice.csv.gz' -c 'fit rnn optimizer=fast seed=1' -c wait -c 'save rnn1 rnn.npz' \
    -c 'fit dnn optimizer=fast seed=1' -c wait -c 'save dnn1 dnn.npz' \
    -c 'fit gp' -c wait -c 'save gp1 gp.npz' >/dev/null
# 200 different stimuli: an axis of as many cells
gzip -dc mice.csv.gz | awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "stimulus") c = i }
    NR > 1 && $c != 0 { s = ($c > 0 ? 1 : -1); $c = s * (((NR * 7919) % 1000) + 1) / 1001 } { print }' |
    gzip -1 >fine.csv.gz
cp mice.csv.gz.truth.json fine.csv.gz.truth.json
probe() { "$BENCH_PROBE" "$runs" "$1" "$2"; }
cell() { echo "$1" | awk -v name="$2" '$1 == name { print $2 " ms" }'; }
with_least() { echo "$1" | awk -v name="$2" '$1 == name { print $2 " ms, least " $4 " ms" }'; }
coarse=$(probe mice.csv.gz rnn.npz) fine=$(probe fine.csv.gz rnn.npz)
dnn=$(probe mice.csv.gz dnn.npz) gp=$(probe fine.csv.gz gp.npz)
# a picture has two panels side by side
row "rnn map, 200 x 50 cells, 256 pasts of 4 trials" "$(with_least "$coarse" map_200x50_256)" "under 50 ms"
row "  with 100 different stimuli a panel, not 11" "$(with_least "$fine" map_100x50_256)" "under 50 ms"
row "  in half blocks, 200 x 100" "$(with_least "$fine" map_100x100_256)" ""
row "  of 2 x 200 x 50 cells" "$(with_least "$fine" map_200x50_256)" ""
row "  of 2 x 200 x 50, 32 pasts, 4 visited trials" "$(cell "$fine" map_200x50_32x4)" ""
row "rnn slice, both pasts of 3 trials" "$(cell "$coarse" slice_both_256)" ""
row "dnn map, 2 x 200 x 50 cells" "$(cell "$(probe fine.csv.gz dnn.npz)" map_200x50_256)" ""
row "dnn map, 2 x 11 x 50 cells" "$(cell "$dnn" map_200x50_256)" ""
row "gp map with intervals, 200 x 50 cells" "$(with_least "$gp" map_100x50_256)" "under 50 ms"
row "weights of one animal, $trials trials" "$(cell "$dnn" weights)" ""
row "accuracy with its expectation, 12 x $trials" "$(cell "$dnn" accuracy)" ""
row "sweep of an opened model: dnn" "$(cell "$dnn" sweep)" ""
row "  rnn" "$(cell "$coarse" sweep)" ""
