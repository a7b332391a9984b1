#!/bin/bash
# compare: pairs of models on the same trials of the same animals.
. "${srcdir:-.}/tests/tap.sh"

cat >two.dw <<'END'
simulate reinforce animals=8 trials=400 alpha=2^-4 seed=5
fit reinforce holdout=sim001,sim002,sim003,sim004,sim005
fit static holdout=sim001,sim002,sim003,sim004,sim006
fit reinforce-base name=both
wait
END
run "$DELTAW" --no-rc -f two.dw -c 'compare reinforce1 static1' -c 'compare reinforce1 both' -c 'compare'
is "compare runs" "$status" 0
like "in words, on the animals held out of both" "$out" \
    '^reinforce1 predicts choices better than static1 by \.[0-9]+ nats per trial \(95 % interval over 4 animals \.[0-9]+ to \.[0-9]+\), in 4 of 4 animals'
like "which is said" "$out" '^on animals that were held out of every fit'
like "a model trained on all: on all, with a warning" "$out" '^on animals that were trained on, too'
like "a row a pair" "$out" '^reinforce1 +static1 +\+\.[0-9]+ +\+\.[0-9]+ +\+\.[0-9]+ +.* 4/4$'
is "three pairs of three" "$(printf '%s\n' "$out" | grep -cE ' [0-8]/8$')" 4

run "$DELTAW" --no-rc --json -f two.dw -c 'compare reinforce1 static1'
row=$(printf '%s\n' "$out" | tail -n 1)
for key in a b animals difference low high t p_one_sided p_two_sided p_wilcoxon p_holm wins; do
    like "rows have $key" "$row" "\"rows\":\[\{[^]]*\"$key\":"
done
like "with a number per animal and model" "$row" '"animal": ?"sim004", ?"trials": ?399, ?"reinforce1": ?-0\.[0-9]+, ?"static1": ?-0\.'
difference=$(printf '%s' "$row" | sed -E 's/.*"difference": ?([-0-9.e]+).*/\1/')
means=$(printf '%s' "$row" | grep -oE '"reinforce1": ?-[0-9.]+, ?"static1": ?-[0-9.]+' | sed -E 's/[^-0-9.]+1": ?/ /g')
is "the difference is the mean over animals" \
    "$(printf '%s\n' "$means" | awk -v d="$difference" '{sum += $1 - $2} END {e = sum / NR - d; print NR, (e < 1e-9 && e > -1e-9)}')" "4 1"
run "$DELTAW" --no-rc --json -f two.dw -c 'compare reinforce1 static1'
is "again the same bits" "$(printf '%s\n' "$out" | tail -n 1)" "$row"

run "$DELTAW" --no-rc -f two.dw -c 'fit reinforce forgetting=yes name=more; wait' \
    -c 'compare reinforce1 more part=all'
like "a difference whose interval has 0 in it is left open" "$out" \
    '^it is open whether (reinforce1|more) predicts choices better than (more|reinforce1); it did by \.[0-9]+ nats per trial \(95 % interval over 8 animals -\.[0-9]+ to \.'
run "$DELTAW" --no-rc -f two.dw -c 'compare against=static1' -c 'compare against=best'
is "against one: each of the others" "$(printf '%s\n' "$out" | grep -cE '^(reinforce1|both) +-\.[0-9]{4} .* [0-8]/8$')" 3
like "which is told" "$out" '^b is static1$'
like "as the best of them is" "$out" '^static1 +-\.[0-9]{4} +-\.'
run "$DELTAW" --no-rc -f two.dw -c 'compare against=nosuch'
is "against none of them is refused" "$status" 2
run "$DELTAW" --no-rc -f two.dw -c 'compare static1'
is "one model is refused" "$status" 2
run "$DELTAW" --no-rc -f two.dw -c 'compare both both'
is "so is one named twice" "$status" 2
run "$DELTAW" --no-rc -f two.dw -c 'keep subject=sim008' -c 'compare both static1'
is "one animal has a difference" "$status" 0
unlike "and no test" "$out" nan
run "$DELTAW" --no-rc -f two.dw -c 'compare both static1 part=held_out'
is "held out of none is refused" "$status" 1
like "with a remedy" "$errors" 'fit them with the same holdout='
run "$DELTAW" --no-rc -f two.dw -c 'score'
like "score counts animals" "$out" '^static1 +static +2 +-\.[0-9]{4} +\(3\) +-\.[0-9]{4} +\(5\)$'
like "and all on the same trials" "$out" '^static1 +-\.[0-9]{4} +-?\.[0-9]{4} +\.[0-9]{3} +0?\.00$'
like "and says on which all are judged" "$out" 'over 8 animals; by their trials they count as 8\.0$'

# the picture
run "$DELTAW" --no-rc -f two.dw -c 'compare reinforce1 static1'
like "compare draws the animals" "$out" '^reinforce1 minus static1, nats per scored trial, of 4 animals, sorted: mean$'
run "$DELTAW" --no-rc -f two.dw -c 'compare' -c 'compare pair=3'
like "another pair" "$out" 'pair 3 of 3\.$'
run "$DELTAW" --no-rc -f two.dw -c 'compare' -c 'compare pair=4'
is "one that is not there is refused" "$status" 2
run "$DELTAW" --no-rc -f two.dw -c 'compare pair=1'
is "a picture of no comparison is refused" "$status" 1
run "$DELTAW" --no-rc --json -f two.dw -c 'compare reinforce1 static1' -c 'compare pair=1' \
    -c 'export compare d.svg' -c 'export compare d.csv'
row=$(printf '%s\n' "$out" | grep '"compare":')
is "animals in the order of their differences" \
    "$(printf '%s' "$row" | grep -oE '"difference": ?[-0-9.e]+' | sed 's/.*: *//' | sort -g -c && echo sorted)" sorted
is "each within its interval" \
    "$(printf '%s' "$row" | grep -oE '"difference": ?[-0-9.e]+, ?"low": ?[-0-9.e]+, ?"high": ?[-0-9.e]+' |
        sed -E 's/[^-0-9.e]*"[a-z]+": ?/ /g' | awk '$2 < $1 && $1 < $3 {n++} END {print n}')" 4
is "a figure of it" "$(grep -c '<svg' d.svg)" 1
is "and what compare says as .csv" "$(head -n 1 d.csv | cut -d, -f 1,2)" a,b

# score, of the same animals for all
run "$DELTAW" --no-rc --json -f two.dw -c 'score'
row=$(printf '%s\n' "$out" | tail -n 1)
python3 - "$row" >checked.txt <<'END'
import json, math, sys
a = json.loads(sys.argv[1])
of = lambda name: [r for r in a["animals"] if r["model"] == name]
for r in a["judged"]:
    mine = of(r["judged"])
    mean = sum(x["nats_per_trial"] * x["scored"] for x in mine) / sum(x["scored"] for x in mine)
    print("bits", abs(r["bits"] - (mean / math.log(2) + 1)) < 1e-9)
    right = sum(x["correct"] * x["scored"] for x in mine) / sum(x["scored"] for x in mine)
    print("right", abs(r["correct"] - right) < 1e-9 and .4 < right < 1)
shares = sorted(r["share"] for r in a["judged"])
print("share", shares[0] == 0 and 0 < shares[1] <= 1 and shares[2] == 1)
print("animals", a["judged_animals"] == 8, a["judged_on"] == "all", abs(a["effective_animals"] - 8) < 1e-9)
END
is "bits, right, share and animals are what they say" "$(grep -c False checked.txt) $(grep -c True checked.txt)" "0 8"

finish
