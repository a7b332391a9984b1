#!/usr/bin/env python3
"""Makes gp.txt, which tests/test_gp compares src/learn/gp_*.c with: trials, parameters, and
the log-likelihood with its gradient and Fisher information, all by array code in double
precision that shares nothing with the program.  Usage: python3 gp.py > gp.txt (numpy)."""
import numpy as np

rng = np.random.default_rng(5)
count, K, points, decays, average = [90, 55], 2, 3, [0.5, 0.8], 0.88
scale = np.array([1.0, 2.0, 2.5])  # of the stimulus and the two weights
n_trials = sum(count)
s = rng.choice([-1, -0.5, -0.25, 0.25, 0.5, 1], n_trials)
answer = (s > 0).astype(float)
choice = np.where(rng.random(n_trials) < 0.65, answer, 1 - answer)
reward = (choice == answer).astype(float)
reward[::17] = 0.5  # unknown
x = np.stack([s, np.ones(n_trials)], 1)
w0 = np.array([[0.3, -0.2], [-0.5, 0.4]])
J = 6 + 3 * len(decays)
width_k = J + 4 * points
n = K * width_k + 1  # and the lapse
theta = np.concatenate([
    np.concatenate([[0.06, -0.02, 0.03, 0.02, 0.004, 0.01], 0.05 * rng.standard_normal(J - 6),
                    0.02 * rng.standard_normal(4 * points)]) for _ in range(K)] + [[0.07]])
Z = rng.standard_normal((4, points, 3))  # over scales


def kernel(a, b):
    return np.exp(-0.5 * ((a[:, None] - b[None]) ** 2).sum(-1))


whiten = np.array([np.linalg.inv(np.linalg.cholesky(kernel(z, z) + 1e-6 * np.eye(points)))
                   for z in Z])


def features(w, i, e, m):
    """phi [J + 4 points][K] and its derivative by w [..][K][K], traces left out of that."""
    p = 1 / (1 + np.exp(-w @ x[i]))
    q, y, z, r = p * (1 - p), choice[i], answer[i], reward[i]
    gain = [r * (y - p), (1 - r) * (y - p), (1 - r) * (z - p), 2 * (2 * z - 1) * q, 0, 2 * y - 1]
    slope = [-r * q, -(1 - r) * q, -(1 - r) * q, 2 * (2 * z - 1) * q * (1 - 2 * p), 0, 0]
    phi, by_w = np.zeros((width_k, K)), np.zeros((width_k, K, K))
    for j in range(6):
        phi[j] = gain[j] * x[i] if j != 4 else -w
        by_w[j] = slope[j] * np.outer(x[i], x[i]) if j != 4 else -np.eye(K)
    kind = np.array([1, m, 1 / (1 + np.exp(-12 * (m - 0.5)))])
    for g in range(len(decays)):
        phi[6 + 3 * g:9 + 3 * g] = kind[:, None] * e[g]
    cell = int(2 * y + (r >= 0.5))
    u = np.concatenate([[s[i]], w]) / scale
    k = kernel(u[None], Z[cell])[0]
    at = J + cell * points
    phi[at:at + points] = (whiten[cell] @ k)[:, None]
    dk = k[:, None] * (Z[cell] - u)[:, 1:] / scale[1:]
    by_w[at:at + points] = (whiten[cell] @ dk)[:, None, :]
    return phi, by_w, kind


def roll(theta, w0, a):
    """Log-likelihood of animal a, gradient and Fisher information by [theta, w0]."""
    T, lapse = theta[:-1].reshape(K, width_k), theta[-1]
    w, m, width = w0.copy(), 0.5, n + K
    e, Se = np.zeros((len(decays), K)), np.zeros((len(decays), K, width))
    S = np.zeros((K, width))
    S[:, n:] = np.eye(K)
    loglik, gradient, fisher = 0.0, np.zeros(width), np.zeros((width, width))
    begin = sum(count[:a])
    for i in range(begin, begin + count[a]):
        p = 1 / (1 + np.exp(-w @ x[i]))
        right = lapse / 2 + (1 - lapse) * p
        if i > begin:
            by = (1 - lapse) * p * (1 - p) * (x[i] @ S)
            by[n - 1] = 0.5 - p
            loglik += np.log(right if choice[i] else 1 - right)
            gradient += (choice[i] - right) / (right * (1 - right)) * by
            fisher += np.outer(by, by) / (right * (1 - right))
        m = average * m + (1 - average) * reward[i]
        push = (choice[i] - p) * x[i]
        dpush = -p * (1 - p) * np.outer(x[i], x[i]) @ S
        for g, d in enumerate(decays):
            e[g] = d * e[g] + (1 - d) * push
            Se[g] = d * Se[g] + (1 - d) * dpush
        phi, by_w, kind = features(w, i, e, m)
        new = S.copy()
        for k in range(K):
            new[k] += np.einsum('j,ji->i', T[k], by_w[:, k]) @ S
            for g in range(len(decays)):
                new[k] += T[k, 6 + 3 * g:9 + 3 * g] @ kind * Se[g, k]
            new[k, k * width_k:(k + 1) * width_k] += phi[:, k]
        w = w + np.einsum('kj,jk->k', T, phi)
        S = new
    return loglik, gradient, fisher


def show(name, values):
    values = np.asarray(values, float).ravel()
    print(name, len(values), *(f'{v:.{8 if name[0] == "f" else 17}g}' for v in values))


show('count', count), show('average', average)
for name in 's', 'choice', 'answer', 'reward', 'w0', 'decays', 'scale', 'theta', 'Z', 'whiten':
    show(name, globals()[name])
for a in range(len(count)):
    loglik, gradient, fisher = roll(theta, w0[a], a)
    show(f'loglik{a}', loglik), show(f'gradient{a}', gradient), 
    show(f'fisher{a}', fisher[np.tril_indices(len(fisher))])
