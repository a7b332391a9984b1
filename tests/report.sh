#!/bin/sh
# report: one page that stands by itself.
. "${srcdir:-.}/tests/tap.sh"

cat >work.dw <<'END'
simulate reinforce animals=4 trials=300 alpha=2^-4 seed=5
save data "<script>&.csv"
load "<script>&.csv"
fit reinforce holdout=sim001
fit gp holdout=sim001
wait
END
run "$DELTAW" --no-rc -f work.dw -c 'report page.html'
is "a report is written" "$status" 0
like "which is said" "$out" '^page\.html: a report of 2 models, with 6 figures$'
if python3 -c '' 2>/dev/null; then
    python3 "$srcdir/tests/report.py" page.html >facts 2>&1
    is "it is well-formed and needs nothing from elsewhere" "$(sed -n 1p facts)" well-formed
    like "it has figures and tables" "$(sed -n 2p facts)" '^figures 6 tables [5-9]'
    words=$(sed -n 3p facts)
    for said in 'These are simulated agents' 'Choices of the log' '4 animals, 1200 trials' \
        'policy stim\+bias' 'on 1 held-out animal' 'log Bayes factor' 'predicts choices better' \
        'simulate reinforce animals=4 trials=300 alpha=2\^-4 seed=5 save data' \
        'Diagnosis diagnose reinforce1 reinforce1: of [0-9]+ checks [0-9]+ fail' \
        'no_gain_from_memory .the rule has no memory.' \
        'wait report page\.html' 'Neural Computation 4:415-447' 'Cramer-Rao bound'; do
        like "it says: $said" "$words" "$said"
    done
    like "a hostile name is text" "$words" '<script>&\.csv'
else
    skip "python3 is missing"
fi
ok "of a walk nobody fitted it says nothing" sh -c '! grep -q Neuron page.html'
run "$DELTAW" --no-rc -f work.dw -c 'report page.htm'
is "another ending is refused" "$status" 2
run "$DELTAW" --no-rc -c 'report page2.html'
is "without data there is none" "$status" 1
ok "and no file" [ ! -e page2.html ]
run "$DELTAW" --no-rc -c 'simulate static animals=2 trials=50' -c 'report data.html'
is "data alone can be reported" "$status" 0
like "in two figures" "$out" 'a report of 0 models, with 2 figures'
run "$DELTAW" --no-rc -f work.dw -c 'report nowhere/page.html'
is "no folder: refused" "$status" 1

browser=$(command -v chromium) || browser=
if [ -n "$browser" ]; then
    timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$PWD/profile" \
        --enable-logging=stderr --window-size=1000,1400 --screenshot="$PWD/page.png" \
        "file://$PWD/page.html" >browser 2>&1
    ok "a browser shows it" [ -s page.png ]
    is "without a complaint about the page" "$(grep -c 'CONSOLE' browser)" 0
    ok "and it is not blank" [ "$(wc -c <page.png)" -gt 20000 ]
else
    skip "chromium is missing"
fi
finish
