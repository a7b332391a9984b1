#!/bin/sh
# Every word of a title, a legend or a view's sentence has its explanation in the help.
. "${srcdir:-.}/tests/tap.sh"

cat >views.dw <<'END'
simulate reinforce animals=4 trials=300 alpha=2^-4 seed=5
fit reinforce-base holdout=sim001,sim002
fit gp holdout=sim001,sim002
fit randomwalk
wait
use gp1
say ----
loss
map
map diff=yes
map diff=no
slice
weights
accuracy
psychometric
END
run "$DELTAW" --no-rc --plain -f views.dw
is "the views are drawn" "$status" 0
# Plain English, names of models and marks of points are no terms.
plain='of in per at to by from out over on and under against with within the is are there same what
    minus around along after brackets first largest gp randomwalk reinforce-base sim x o s'
words=$(printf '%s\n' "$out" | sed '1,/^----/d' | grep -vE '[│┤└┬┴]' |
    sed -E 's/[[:alnum:]_]*…/ /g; s/(gp|randomwalk|sim)[0-9]+/ /g; s/[^A-Za-zΔα²_^]+/\n/g' | LC_ALL=C sort -u |
    grep -vixF "$(printf '%s\n' $plain)" | grep .)
count=$(printf '%s\n' "$words" | wc -l)
ok "there are words to look up: $count" [ "$count" -gt 40 ]
printf 'help %s\n' $words >ask.dw
"$DELTAW" --no-rc --json -q -f ask.dw >answers 2>&1
is "each has an answer" "$(grep -c '"verb": *"help"' answers)" "$count"
printf '%s\n' $words >words
is "that tells what it means" "$(paste -d' ' words answers |
    grep -vE '"(meaning|topic)": *"' | cut -d' ' -f1)" ''

for word in R2 R^2 R² r2 support bound 'held out' Holm w_contrast; do
    run "$DELTAW" --no-rc --json -c "help \"$word\""
    like "help $word" "$out" '"meaning": *"[A-Za-z]'
done
run "$DELTAW" --no-rc -c 'help glossary'
ok "some sixty words in the glossary" [ "$(printf '%s\n' "$out" | grep -c '^[^ ]')" -gt 40 ]
is "in alphabetical order" "$(printf '%s\n' "$out" | grep '^[^ ]' | LC_ALL=C sort -fc 2>&1)" ''
run "$DELTAW" --no-rc -c 'help mumble'
is "other words are refused" "$status" 1
finish
