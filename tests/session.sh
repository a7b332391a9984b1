#!/bin/sh
# session save and restore: exactly what was open comes back, in another run of the program;
# what cannot come back is named, and nothing is changed then.
. "$srcdir/tests/tap.sh"
find_python 'import numpy, json, zipfile' || skip_all 'no python3 with numpy'
find_shipped
export XDG_STATE_HOME=$PWD/state XDG_CONFIG_HOME=$PWD/config
deltaw() { "$DELTAW" --no-rc -q "$@"; }

ok 'a session with filters, models and views' deltaw -f - <<'END'
simulate reinforce animals=4 trials=300 seed=3
save data mice.csv.gz
load mice.csv.gz choice=choice:0=left,1=right as=mine
keep session<=3
trials 1..200
drop subject=sim004
undo
redo
undo
fit dnn epochs=12 hidden=8 name=net
fit reinforce name=text
fit dnn epochs=4 hidden=4 members=2 name=both
fit gp remainder=none name=post
fit randomwalk name=walk
wait
use net
map x=reward w_bias=.5
slice w_bias=.3
set support=3
export map before.csv
export slice slice-before.csv
save net net-before.npz
save both both-before.npz
save post post-before.npz
save walk walk-before.npz
session save kept.npz
END
mkdir elsewhere
ok 'it is restored in another folder' sh -c 'cd elsewhere && "$DELTAW" --no-rc -q -f - >../restored.txt' <<'END'
session restore ../kept.npz
export map ../after.csv
export slice ../slice-after.csv
save net ../net-after.npz
save both ../both-after.npz
save post ../post-after.npz
save walk ../walk-after.npz
export models ../models.csv
export data ../data.json
undo
undo
export data ../whole.json
END
ok 'the map has the same bits' cmp before.csv after.csv
ok 'the slice, too' cmp slice-before.csv slice-after.csv
arrays() { "$python" - "$1-before.npz" "$1-after.npz" <<'END'
import sys, json, numpy as np
a, b = (np.load(p) for p in sys.argv[1:])
names = set(a.files) | set(b.files)
bad = [n for n in names if n not in a or n not in b or
       (a[n].tobytes() != b[n].tobytes() and not n.endswith("deltaw_json"))]
same = json.loads(str(a["deltaw_json"])) == json.loads(str(b["deltaw_json"]))
print(len(names) > 2, bad, same)
END
}
for model in net both post walk; do
    is "$model: every array and setting" "$(arrays $model)" 'True [] True'
done
is 'all models' "$(cut -d, -f1 models.csv | paste -sd,)" name,net,text,post,walk,both
like 'the one in use' "$(cat models.csv)" '^net,1,'
like 'the filters' "$(cat data.json)" '"chain": *"keep session<=3; trials 1..200"|keep session<=3; trials 1..200'
like 'which undo takes back' "$(cat whole.json)" '"trials": *1200'
like 'and a setting' "$(deltaw -c 'session restore kept.npz' -c 'set')" '^support=3'

# agents are made again from their seed, or by the model that is in the file
deltaw -c 'simulate reinforce animals=3 trials=200 seed=8; fit static name=flat; wait
simulate flat animals=2 trials=90 seed=2; session save agents.npz; export data agents.json' >/dev/null
ok 'agents come back' deltaw -c 'session restore agents.npz; export data again.json'
ok 'the same' cmp agents.json again.json
run deltaw -c 'simulate reinforce animals=3 trials=200; fit static name=flat; wait
simulate flat animals=2 trials=90; forget flat; session save gone.npz'
like 'agents of a model that is gone are not saved' "$errors" 'agents of flat, which is no longer there; `save data FILE`'
run sh -c 'gzip -dc mice.csv.gz | "$DELTAW" --no-rc -q -c "load -; session save pipe.npz"'
like 'nor are trials from a pipe' "$errors" 'came through a pipe and cannot be read again'
fails 'nothing is written then' test -e pipe.npz

# refused, with the remedy; nothing has changed
refused() { # WHAT PATTERN COMMAND
    run deltaw --json --keep-going -c 'simulate static animals=2 trials=40 seed=1; fit static name=own; wait' \
        -c 'map x=choice' -c 'data' -c 'models' -c 'set' -c "$3" -c 'data' -c 'models' -c 'set' -c 'export map -'
    like "$1" "$out" "$2"
    is "$1: nothing changed" \
        "$(printf '%s\n' "$out" | grep '^{"command":"\(data\|models\|set\)"' | sort -u | wc -l)" 3
}
refused 'a model of that name is there' 'a model .net. is there already; `forget net` first' \
    'fit static name=net; wait; session restore kept.npz; forget net'
refused 'no such file' 'nowhere.npz' 'session restore nowhere.npz'
refused 'a model file' 'that is a model: `open net-before.npz` reads it' 'session restore net-before.npz'
refused 'a log' 'that is a log of trials: `load mice.csv.gz` reads it' 'session restore mice.csv.gz'
refused 'no session in the state folder' 'no session is kept' 'session restore'
refused 'neither' 'neither save nor restore' 'session loose kept.npz'
refused 'a wrong ending' 'must end in .npz' 'session save kept.csv'
refused 'options of the other' 'changed= is of `session restore`' 'session save k.npz changed=load'
head -c 3000 kept.npz >cut.npz
refused 'a file cut off' 'cut off' 'session restore cut.npz'
like 'open names the verb' "$(deltaw -c 'open kept.npz' 2>&1)" 'that is a session: `session restore kept.npz`'
like 'so does load' "$(deltaw -c 'load kept.npz' 2>&1)" 'that is a session: `session restore kept.npz`'

# hostile ones: words of other commands, files to write, broken claims
"$python" - <<'END'
import json, numpy as np
kept = dict(np.load("kept.npz"))
o = json.loads(str(kept.pop("deltaw_session")))
def put(name, drop=(), **changes):
    new = {**o, **changes}
    arrays = {k: v for k, v in kept.items() if not any(k.startswith(d) for d in drop)}
    np.savez(name, deltaw_session=np.array(json.dumps(new)), **arrays)
data = o["data"]
put("h1", data={**data, "verb": "source", "words": ["evil.dw"]})
put("h2", data={**data, "words": ["mice.csv.gz"], "options": {"file": "x"}})
put("h3", views=[{"view": "export", "words": ["map", "evil.csv"], "options": {}}])
put("h4", views=[{"view": "map", "words": [], "options": {"w_bias": "much"}}])
put("h5", filters=[{"keep": "subject=x; !touch evil"}])
put("h6", models=["net", "net", "a", "b", "c"])
put("h7", models=["net;quit", "a", "b", "c", "d"])
put("h8", drop=("model3.",))
put("h9", layout={"words": ["evil"], "options": {}})
put("h10", models=o["models"] * 900)
put("h11", format=2)
put("h12", data={**data, "verb": "simulate", "words": ["reinforce"], "options": {"animals": "1000000", "trials": "100000000"}})
put("h13", zoomed="evil", layout={"words": ["map"], "options": {}})
put("h14", data=7, filters={"a": 1}, models="net", views="x")
END
echo 'export map evil.csv' >evil.dw
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
    refused "hostile $i" '"command":"session restore h'$i'.npz","ok":false' "session restore h$i.npz"
done
fails 'nothing was written' sh -c 'ls evil.csv evil'

# the log is gone, elsewhere, another
mv mice.csv.gz moved.csv.gz
mv mice.csv.gz.truth.json moved.csv.gz.truth.json
refused 'a log that is gone' 'its trials were in .*/mice.csv.gz: No such file or directory; `session restore FILE data=PATH`' \
    'session restore kept.npz'
ok 'is named' deltaw -c 'session restore kept.npz data=moved.csv.gz; export map moved.csv'
ok 'and gives the same map' cmp before.csv moved.csv
like 'without trials the models are there' "$(deltaw -c 'session restore kept.npz data=none; models')" '^walk '
gzip -dc moved.csv.gz | sed '$d' | gzip >mice.csv.gz
refused 'a log that has changed' 'mine is not what it was .1,200 trials then, 1,199 now.: .*changed=load' \
    'session restore kept.npz'
run "$DELTAW" --no-rc -c 'session restore kept.npz changed=load; data'
like 'is taken when told to' "$out" '^read *1,199 rows'
like 'and told of' "$errors" 'mine is not what it was'

# two programs write at once: one of the two is there, whole
mv moved.csv.gz mice.csv.gz
for i in 1 2 3 4 5 6; do deltaw -c 'session restore kept.npz; session save both.npz' >/dev/null & done
wait
ok 'what several write at once is whole' deltaw -c 'session restore both.npz'
is 'and nothing else is left' "$(ls -A | grep -c 'both.npz')" 1
is 'batch keeps nothing' "$(ls state/deltaw 2>/dev/null)" ''
unlike 'nor offers anything' "$out$errors" 'last session'
finish
