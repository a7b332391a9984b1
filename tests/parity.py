"""Losses and final parameters of the paper's models in PyTorch, for tests/parity.sh.

  parity.py init REFERENCE FOLDER            random parameters: dnn-init.npz, rnn-init.npz
  parity.py train REFERENCE GOLDEN FOLDER [RUN]...
                                             trains from GOLDEN's log and parameters, all runs
                                             or these: losses.csv, RULE-RUN-final.npz in FOLDER
  parity.py load REFERENCE RULE FILE         does PyTorch load a saved model?
  parity.py compare GOT WANT TOLERANCE       the parameters of two .npz files

REFERENCE is a file of the models in PyTorch (Rule, train, read_log); `compare` needs none, and no torch.
"""
import csv
import importlib.util
import os
import sys

import numpy as np

EPOCHS = 12
# rule, run, truncation, rate, decay, ridge, animals in training (the others are held out);
# final parameters are kept where said
RUNS = [
    ("dnn", "cut", 100, 1e-3, .999, 0, 4, True),
    ("dnn", "even", 80, 1e-3, .999, 0, 4, False),
    ("dnn", "whole", 1000, 1e-3, .999, 0, 4, False),
    ("dnn", "ridge", 100, 2e-3, .8, .02, 3, True),
    ("rnn", "cut", 100, 1e-3, .999, 0, 4, True),
    ("rnn", "even", 80, 1e-3, .999, 0, 4, False),
    ("rnn", "whole", 1000, 1e-3, .999, 0, 4, False),
    ("rnn", "ridge", 100, 2e-3, .8, .02, 3, False),
]


def load_reference(path):
    spec = importlib.util.spec_from_file_location("reference", path)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    reference.torch.set_num_threads(1)
    return reference


def save_state(path, rule):
    np.savez(path, **{name: value.numpy() for name, value in rule.state_dict().items()})


def init(reference, folder):
    for kind in ("dnn", "rnn"):
        reference.torch.manual_seed(99)
        save_state(os.path.join(folder, f"{kind}-init.npz"), reference.Rule(kind))


def penalise(torch, ridge):
    """Adam with ridge/2 times the squared weights, of matrices alone, in what it minimises."""
    plain = torch.optim.Adam

    def adam(parameters, lr):
        groups = [{"params": [p], "weight_decay": ridge if p.dim() == 2 else 0} for p in parameters]
        return plain(groups, lr=lr)

    torch.optim.Adam = adam
    return plain


def train(reference, golden, folder, *names):
    torch = reference.torch
    data = reference.read_log(os.path.join(golden, "log.csv.gz"))
    with open(os.path.join(folder, "losses.csv"), "w") as out:
        print("rule,run,truncation,rate,decay,ridge,animals,epoch,loss", file=out)
        for kind, run, truncation, rate, decay, ridge, animals, keep in RUNS:
            if names and run not in names:
                continue
            rule = reference.Rule(kind)
            start = np.load(os.path.join(golden, f"{kind}-init.npz"))
            rule.load_state_dict({name: torch.tensor(start[name]) for name in start.files})
            plain = penalise(torch, ridge)
            training = [column[:animals] for column in data]
            losses = reference.train(rule, training, EPOCHS, trunc=truncation, lr=rate, gamma=decay)
            for epoch, loss in enumerate(losses):
                print(kind, run, truncation, rate, decay, ridge, animals, epoch, f"{loss:.9g}", sep=",", file=out)
            torch.optim.Adam = plain
            if keep:
                save_state(os.path.join(folder, f"{kind}-{run}-final.npz"), rule)


def load(reference, kind, path):
    rule, saved = reference.Rule(kind), np.load(path)
    rule.load_state_dict({name: reference.torch.tensor(saved[name]) for name in rule.state_dict()})


def compare(got, want, tolerance):
    got, want, worst = np.load(got), np.load(want), 0
    for name in want.files:
        assert got[name].shape == want[name].shape, name
        worst = max(worst, float(np.abs(got[name] - want[name]).max()))
    print(f"largest difference {worst:.2e}")
    assert worst < tolerance


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "compare":
        compare(arguments[0], arguments[1], float(arguments[2]))
    else:
        {"init": init, "train": train, "load": load}[command](load_reference(arguments[0]), *arguments[1:])
