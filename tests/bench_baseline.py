#!/usr/bin/env python3
"""bench_baseline.py LOG RULE THREADS EPOCHS: what the published method costs.

Fits the dnn or rnn rule to a native log the way it is published: the model as
PyTorch modules run eagerly, trial by trial, truncated every 500 trials, one Adam
step an epoch.  Animals are of one length.  Prints the seconds of each epoch but
the first, which warms up, one a line; exits 77 without PyTorch.
"""
import csv
import gzip
import sys
import time

try:
    import numpy as np
    import torch
except ImportError:
    sys.exit(77)

TRUNCATION = 500


class Rule(torch.nn.Module):
    """dw = scale * MLP(input), or MLP(GRU(input)); two weights."""

    def __init__(self, recurrent):
        super().__init__()
        self.scaling_factor = torch.nn.Parameter(torch.full((2,), 1e-3))
        self.gru = torch.nn.GRU(8, 32, batch_first=True) if recurrent else None
        self.dnn = torch.nn.Sequential(
            torch.nn.Linear(32 if recurrent else 8, 32), torch.nn.ReLU(),
            torch.nn.Linear(32, 32), torch.nn.ReLU(), torch.nn.Linear(32, 2))

    def forward(self, u, state):
        if self.gru is not None:
            u, state = self.gru(u.unsqueeze(1), state)
            u = u.squeeze(1)
        return self.scaling_factor * self.dnn(u), state


def read(path):
    """Stimulus, choice, reward and day: tensors [animals][trials]."""
    animals = {}
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            animals.setdefault(row["subject"], []).append(
                (float(row["stimulus"]), float(row["choice"]), float(row["reward"]),
                 row["session"]))
    columns = [[], [], [], []]
    for trials in animals.values():
        sessions = [t[3] for t in trials]
        day = [0.0] + [float(a != b) for a, b in zip(sessions, sessions[1:])]
        for column, values in zip(columns, list(zip(*[t[:3] for t in trials])) + [day]):
            column.append(values)
    return [torch.tensor(np.array(c, dtype=np.float32)) for c in columns]


def epoch(rule, optimizer, stimulus, choice, reward, day):
    n, length = stimulus.shape
    w, state = torch.zeros(n, 2), None
    one = torch.ones(n)
    optimizer.zero_grad()
    for begin in range(0, length - 1, TRUNCATION):
        end = min(begin + TRUNCATION, length - 1)
        loss = 0
        w = w.detach()
        state = state.detach() if state is not None else None
        for t in range(begin, end):
            s = stimulus[:, t]
            u = torch.stack([w[:, 0], w[:, 1], s, one, day[:, t], choice[:, t], reward[:, t],
                             (s > 0).float()], dim=1)
            dw, state = rule(u, state)
            w = w + dw
            logit = w[:, 0] * stimulus[:, t + 1] + w[:, 1]
            loss = loss + torch.nn.functional.binary_cross_entropy_with_logits(
                logit, choice[:, t + 1], reduction="sum")
        (loss / (n * (length - 1))).backward()
    optimizer.step()


def main():
    path, name, threads, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(99)
    data = read(path)
    rule = Rule(name == "rnn")
    optimizer = torch.optim.Adam(rule.parameters(), lr=1e-3)
    for i in range(epochs + 1):
        start = time.perf_counter()
        epoch(rule, optimizer, *data)
        if i > 0:
            print(f"{time.perf_counter() - start:.4f}", flush=True)


main()
