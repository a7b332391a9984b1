#!/bin/sh
# A posterior as it is saved, against its rule written out in numpy: the log-likelihood, that
# the gradient is the prior's pull (the mode is one), and the Fisher information, of which the
# factor is made, from central differences of the weights; the same against the recursion of
# an independent statement of the model, where that is there.
. "$srcdir/tests/tap.sh"
find_python 'import numpy' || skip_all "no python3 with numpy"
reference=$shared/docs/proto/rule_posterior.py

cat >posterior.py <<'END_PY'
import importlib.util, sys
import numpy as np

Z = np.load("gp.npz", allow_pickle=False)
TERMS, K = 4, 2  # correct, error, forgetting, perseverance, of w_stim and w_bias
size, SIGMAS, DECAYS = TERMS * K, 5, 6
# the first point is the textbook mode; of its row, what stands behind terms, sizes, decays
told, posterior, evidence = Z["gp.points"][0][5 + SIGMAS + DECAYS:][:3]
theta, prior = Z["gp.theta"][:size], Z["gp.precision"][:size]
L = np.tril(Z["gp.factor"][:size * size].reshape(size, size))
M = L @ L.T


def lives(name):
    import csv, gzip
    out = {}
    with gzip.open(name, "rt") as rows:
        for r in csv.DictReader(rows):
            out.setdefault(r["subject"], []).append(
                [float(r["stimulus"]), float(r["choice"]), float(r["reward"])])
    return [np.array(v) for v in out.values()]


def logits(theta, life):
    a, w, out = theta.reshape(K, TERMS), np.zeros(K), []
    for s, y, r in life:
        x = np.array([s, 1.0])
        out.append(w @ x)
        error = y - 1 / (1 + np.exp(-out[-1]))
        for_all = a[:, 0] * r * error + a[:, 1] * (1 - r) * error + a[:, 3] * (2 * y - 1)
        w = w - a[:, 2] * w + for_all * x
    return np.array(out)


def by_differences(log):
    value, gradient, fisher = 0.0, np.zeros(size), np.zeros((size, size))
    for life in lives(log):
        z, y, rows = logits(theta, life)[1:], life[1:, 1], []
        p = 1 / (1 + np.exp(-z))
        value += np.sum(y * z - np.logaddexp(0, z))
        for i in range(size):
            h = np.zeros(size)
            h[i] = 1e-5
            rows.append((logits(theta + h, life)[1:] - logits(theta - h, life)[1:]) / 2e-5)
        rows = np.array(rows)
        gradient += rows @ (y - p)
        fisher += (rows * (p * (1 - p))) @ rows.T
    return value, gradient, fisher


def by_reference(log, script):
    spec = importlib.util.spec_from_file_location("reference", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    trials, lengths = module.load(log)
    basis = module.Basis(1, (1, 1, 1, 1, 1))  # one wave of a remainder, of size 0
    sign = np.tile([1.0, 1, -1, 1], K)  # there forgetting is +w
    own = np.concatenate([np.r_[v, 0] for v in (theta * sign).reshape(K, TERMS)])
    value, g, f, _ = module.roll(own, basis, trials, lengths)
    keep = [i for i in range(2 * (TERMS + 1)) if i % (TERMS + 1) < TERMS]
    return value, g[keep] * sign, f[np.ix_(keep, keep)] * np.outer(sign, sign)


value, g, f = by_differences("log.csv.gz") if len(sys.argv) < 2 else by_reference(
    "log.csv.gz", sys.argv[1])
away = g - prior * theta
gain = away @ np.linalg.solve(M, away) / 2
worst = np.max(np.abs(f + np.diag(prior) - M) / np.sqrt(np.outer(np.diag(M), np.diag(M))))
own = value - prior @ theta**2 / 2
occam = (np.sum(np.log(prior)) - np.linalg.slogdet(f + np.diag(prior))[1]) / 2
print(f"log-likelihood {value:.6f} ({told:.6f}), evidence {own + occam:.5f} ({evidence:.5f}), "
      f"a step would gain {gain:.1e} nats, Fisher information off by {worst:.1e}")
assert abs(value - told) < 1e-6 * abs(value) and abs(own - posterior) < 1e-6 * abs(own)
assert abs(own + occam - evidence) < 1e-4 and gain < 5e-3 and worst < 1e-5
END_PY

run "$DELTAW" --no-rc -q -c 'simulate reinforce-base baseline=-.3 animals=4 trials=300 alpha=2^-3 seed=5' \
    -c 'save data log.csv.gz' -c 'load log.csv.gz' \
    -c 'fit gp remainder=none terms=correct,error,forgetting,perseverance' -c wait -c 'save gp1 gp.npz'
is "a posterior is saved" "$status$errors" 0
ok "as by central differences" "$python" posterior.py
note "$tap_out"
if [ -f "$reference" ]; then
    ok "as by another statement of the model" "$python" posterior.py "$reference"
    note "$tap_out"
else
    skip "no $(basename "$reference")"
fi
finish
