#!/usr/bin/env python3
# Made the files of this folder that are no text, with numpy, scipy and h5py:
#     cd tests/formats && ./make.py
# All hold the trials of tests/cases/viol_minus1.csv.
import csv
import h5py
import numpy as np
import scipy.io

rows = list(csv.DictReader(open("../cases/viol_minus1.csv")))
n = len(rows)
mouse = np.array([r["mouse"] for r in rows])
session, trial, choice, reward = (
    np.array([int(r[name]) for r in rows]) for name in ("session", "trial", "choice", "reward"))
stim = np.array([float(r["stim"]) for r in rows])

np.savez("../../samples/formats/trials.npz", mouse=mouse, session=session.astype(">i2"), trial=trial.astype("u4"),
         stim=stim.astype("f4"), choice=choice.astype("i1"), reward=reward.astype(bool),
         rig=np.arange(5))
day = np.datetime64("2020-01-01") + session
np.savez_compressed("packed.npz", mouse=mouse.astype("S"), date=day.astype("M8[s]"),
                    stim=stim.astype("f2"), choice=choice.astype(float), reward=reward,
                    notes=np.array([None] * n), position=np.zeros((n, 2)))
np.save("../../samples/formats/trials.npy", np.rec.fromarrays([mouse, session, trial, stim, choice, reward],
                                         names="mouse,session,trial,stim,choice,reward"))
padded = np.zeros(n, dtype=np.dtype(
    [("mouse", "U3"), ("choice", "i1"), ("stim", ">f8"), ("reward", "?"), ("at", "f4", (3,)),
     ("session", "<i2")], align=True))
for name, values in (("mouse", mouse), ("choice", choice), ("stim", stim), ("reward", reward),
                     ("session", session)):
    padded[name] = values
np.save("padded.npy", padded)
np.save("table.npy", np.asfortranarray(np.stack([session, trial, stim, choice, reward], 1)))

cells = mouse.astype(object)
scipy.io.savemat("vectors.mat", dict(mouse=cells, session=session, trial=trial.astype("u2"),
                                     stim=stim, choice=choice.astype("i1"),
                                     reward=reward.astype(bool)))
scipy.io.savemat("../../samples/formats/trials.mat", dict(data=dict(mouse=cells, session=session, stim=stim,
                                              choice=choice, reward=reward)), do_compression=True)
elements = np.zeros(n, dtype=[(name, object) for name in
                              ("mouse", "session", "stim", "choice", "reward")])
for i in range(n):
    elements[i] = (mouse[i], float(session[i]), stim[i], float(choice[i]), float(reward[i]))
scipy.io.savemat("elements.mat", dict(trials=elements), do_compression=True)
entered, not_entered = np.array([1.0, 2.0]), np.array([np.nan, np.nan])
ada = mouse == "ada"
trials = np.empty(int(ada.sum()), dtype=object)
for k, i in enumerate(np.flatnonzero(ada)):
    trials[k] = dict(States=dict(
        Wait=entered, Reward=entered if reward[i] else not_entered,
        Punish=entered if choice[i] >= 0 and not reward[i] else not_entered))
scipy.io.savemat("../../samples/formats/bpod.mat", dict(SessionData=dict(
    nTrials=len(trials), TrialTypes=np.where(stim[ada] > 0, 2, 1),
    RawEvents=dict(Trial=trials))), do_compression=True)

with h5py.File("../../samples/formats/trials.nwb", "w") as f:
    text = h5py.string_dtype()
    table = f.create_group("intervals/trials")
    k = int(ada.sum())
    table["id"] = np.arange(k)
    table["start_time"] = np.arange(k) * 1.0
    table["stim"] = stim[ada]
    table["choice"] = choice[ada]
    table["correct"] = reward[ada].astype(bool)
    table.create_dataset("block", data=[f"b{s}" for s in session[ada]], dtype=text)
    table["spikes"] = np.arange(500)
    f.create_dataset("general/subject/subject_id", data="ada", dtype=text)
    f.create_dataset("session_start_time", data="2020-01-02T10:00:00+00:00", dtype=text)


# A folder as the IBL's archive: 12 trials a session, so that counts are plain to see.
# Right choices are the first 1, 2, 3 ... of each session's; the last trial is no-go.
import os


def one(path, right, name="_ibl_trials.{}.npy", arrays=None, trials=12):
    os.makedirs(path, exist_ok=True)
    left = np.arange(trials) % 2 == 0
    went_right = np.arange(trials) < right
    went = np.where(went_right, -1.0, 1.0)
    good = went_right != left
    went[-1] = 0
    good[-1] = False
    contrast = np.array([1, .5, .25, .125, .0625, 0] * 2)[:trials]
    values = dict(choice=went, contrastLeft=np.where(left, contrast, np.nan),
                  contrastRight=np.where(left, np.nan, contrast),
                  feedbackType=np.where(good, 1.0, -1.0),
                  probabilityLeft=np.full(trials, .5), intervals=np.zeros((trials, 2)))
    for key in arrays or values:
        np.save(f"{path}/{name.format(key)}", values[key])


koa = "one/lab/Subjects/koa"
one(f"{koa}/2020-08-31/001/alf", 1)
one(f"{koa}/2020-09-01/001/alf", 9)
one(f"{koa}/2020-09-01/001/alf/#2021-03-01#", 8)
one(f"{koa}/2020-09-01/001/alf/#2021-05-01#", 2, arrays=["choice", "feedbackType"])
one(f"{koa}/2020-09-01/002/alf/task_00", 3)
one(f"{koa}/2020-09-01/002/alf/task_01", 4)
one(f"{koa}/2020-09-02/001/alf", 5, "_ibl_trials.{}.2f6bd1f2-0000-4000-8000-3c1d6b1f9a7e.npy")
one("../../samples/formats/one/rua/2020-08-31/1/alf", 6)
one("bad/rua/2020-08-31/001/alf", 6)
one("bad/rua/2020-09-01/001/alf", 7)
with open("bad/rua/2020-09-01/001/alf/_ibl_trials.choice.npy", "r+b") as f:
    f.truncate(150)
