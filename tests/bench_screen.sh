# Part of bench.sh: the full screen of 200 x 50 cells through a pseudo terminal,
# while a rule trains on all processors.  mice.csv.gz is bench_views.sh's.
for rule in rnn dnn 'dnn optimizer=fast'; do
    screen=$("$BENCH_SCREEN" "$rule" mice.csv.gz "${BENCH_KEYS:-300}") || continue
    echoed=$(echo "$screen" | grep '^echo') frame=$(echo "$screen" | grep '^frame')
    row "key to echo while an $rule trains, median" "$(column "$echoed" 2) ms" "5 ms"
    row "  99 % of the keys" "$(column "$echoed" 3) ms" "16 ms"
    row "frame of loss|map, all of 200 x 50 cells" "$(column "$frame" 2) ms" "under 15 ms"
    row "  bytes of it" "$(column "$frame" 3)" ""
done
