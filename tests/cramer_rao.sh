#!/bin/sh
# The bound on recovery that `show` tells, against the same by numpy with the
# derivative of the rule written out.
. "$srcdir/tests/tap.sh"
find_python 'import numpy' || skip_all "no python3 with numpy"

cat >bound.py <<'END_PY'
import csv, json, sys
import numpy as np
rows = list(csv.DictReader(open("log.csv")))
column = lambda name: np.array([float(r[name]) for r in rows])
s, y, r = column("stimulus"), column("choice"), column("reward")
w = np.stack([column("true_w_stim"), column("true_w_bias")], 1)
x = np.stack([s, np.ones_like(s)], 1)
alpha = np.array([2.0 ** -4, 2.0 ** -6])
median = [np.sort(w[:, k])[len(s) // 2] for k in (0, 1)]
subject = [row["subject"] for row in rows]
information, count, updates = np.zeros((16, 16)), np.zeros(16), []
for t in range(len(s)):
    if t == 0 or subject[t] != subject[t - 1]:
        S = np.zeros((2, 16))
    else:
        p = 1 / (1 + np.exp(-w[t] @ x[t]))
        row = x[t] @ S
        information += p * (1 - p) * np.outer(row, row)
    p = 1 / (1 + np.exp(-w[t] @ x[t]))
    py = p if y[t] else 1 - p
    updates.append(alpha * r[t] * (1 if y[t] else -1) * (1 - py) * x[t])
    S = S + (-(alpha * r[t] * p * (1 - p)) * x[t])[:, None] * (x[t] @ S)[None, :]
    for k in (0, 1):
        cell = k * 8 + int(y[t]) * 4 + int(r[t]) * 2 + int(w[t, k] >= median[k])
        S[k, cell] += 1
        count[cell] += 1
variance = np.diag(np.linalg.inv(information))
updates = np.array(updates)
for k, line in zip((0, 1), json.loads(sys.stdin.readlines()[-1])["recovery"]):
    cells = slice(8 * k, 8 * k + 8)
    best = 1 - (count[cells] / len(s) * variance[cells]).sum() / updates[:, k].var()
    print(line["weight"], best, line["best_r2"])
    assert abs(best - line["best_r2"]) < 2e-4 * max(1, abs(best)), (best, line)
END_PY
run "$DELTAW" --no-rc -q --json -c 'simulate reinforce animals=6 trials=400 alpha=2^-4,2^-6 seed=5' \
    -c 'save data log.csv' -c 'fit dnn epochs=1' -c wait -c show
is "a cohort with a truth is fitted" "$status$errors" 0
printf '%s\n' "$out" >show.json
ok "the bound agrees with numpy" sh -c "'$python' bound.py <show.json"
like "show tells it" "$("$DELTAW" --no-rc -q -c 'load log.csv' -c 'fit dnn epochs=1' -c wait -c show | tr -s '\n ' '  ')" \
    'estimated from these choices without bias, (comes to R\^2 [0-9]*\.[0-9]+|explains none)'
unlike "not for a rule with a memory" "$("$DELTAW" --no-rc -q \
    -c 'simulate trace animals=4 trials=300 seed=5' -c 'fit dnn epochs=1' -c wait -c show)" 'without bias'
finish
