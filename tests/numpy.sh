#!/bin/sh
# Saved fits are archives that numpy reads, and archives that numpy writes open.
. "$srcdir/tests/tap.sh"
find_python 'import numpy' || skip_all "no python3 with numpy"

run "$DELTAW" --no-rc -q -c 'simulate reinforce animals=3 trials=200 seed=5' -c 'save data log.csv.gz' \
    -c 'fit dnn epochs=4 seed=3 truncation=70' -c wait -c 'export loss loss.csv' -c 'save dnn1 fit.npz'
is "a fit is saved" "$status$errors" 0

cat >read.py <<'END'
import csv, json, math
import numpy as np
z = np.load("fit.npz", allow_pickle=False)
shapes = {"scaling_factor": (2,), "dnn.0.weight": (32, 8), "dnn.0.bias": (32,), "dnn.2.weight": (32, 32),
          "dnn.2.bias": (32,), "dnn.4.weight": (2, 32), "dnn.4.bias": (2,)}
for name, shape in shapes.items():
    assert z[name].shape == shape, (name, z[name].shape)
    assert z[name].dtype == np.float32, (name, z[name].dtype)
    assert np.isfinite(z[name]).all() and z[name].any(), name
assert z["w0"].shape == (3, 2), z["w0"].shape
about = json.loads(str(z["deltaw_json"]))
assert about["deltaw"] and about["settings"]["truncation"] == 70 and int(about["settings"]["seed"]) == 3, about
assert [row[0] for row in about["history"]] == [0, 1, 2, 3, 4], about["history"]
losses = [float(row["train"]) for row in csv.DictReader(open("loss.csv"))]
assert all(math.isclose(a[2], b, abs_tol=1e-8) for a, b in zip(about["history"], losses)), losses
END
ok "numpy reads names, shapes and types, and the settings" "$python" read.py

cat >write.py <<'END'
import numpy as np
z = dict(np.load("fit.npz"))
parameters = {k: v for k, v in z.items() if k[:3] in ("dnn", "sca")}
np.savez("plain.npz", **parameters)
np.savez_compressed("packed.npz", **parameters)
np.savez("wide.npz", **{k: v.astype(np.float64) for k, v in parameters.items()})
np.savez("fortran.npz", **{k: np.asfortranarray(v) for k, v in parameters.items()})
np.savez("extra.npz", **parameters, **{"fc.weight": np.zeros((1, 32), np.float32)})
np.savez("short.npz", **{k: v for k, v in parameters.items() if k != "dnn.2.bias"})
np.savez("nan.npz", **{k: v * (np.nan if k == "dnn.4.bias" else 1) for k, v in parameters.items()})
np.savez("shape.npz", **{k: v[:-1] if k == "dnn.2.weight" else v for k, v in parameters.items()})
np.savez("empty.npz")
END
ok "numpy writes" "$python" write.py

# The loss before any update, started from each archive, is the saved fit's last.
start() {
    run "$DELTAW" --no-rc -q -c 'load log.csv.gz' -c "fit dnn init=$1 epochs=1 truncation=70" -c wait \
        -c 'export loss start.csv'
    [ "$status" -eq 0 ] && sed -n 2p start.csv | cut -d , -f 3
}
want=$(tail -n 1 loss.csv | cut -d , -f 3)
for file in fit plain packed wide fortran extra; do
    is "$file.npz gives the loss it had" "$(start $file.npz)" "$want"
    run "$DELTAW" --no-rc -q -c "open $file.npz"
    is "$file.npz opens" "$status$errors" 0
done
for file in short nan shape empty; do
    run "$DELTAW" --no-rc -q -c "open $file.npz"
    is "$file.npz is refused" "$status" 3
    like "$file.npz is named" "$errors" "$file\.npz"
done
run "$DELTAW" --no-rc -q -c 'open short.npz'
like "the missing array is named" "$errors" 'dnn\.2\.bias'
run "$DELTAW" --no-rc -q -c 'open nan.npz'
like "the array with a NaN is named" "$errors" 'dnn\.4\.bias'
run "$DELTAW" --no-rc -q -c 'open shape.npz'
like "the array of a wrong shape is named" "$errors" 'dnn\.2\.weight'
head -c 700 fit.npz >cut.npz
run "$DELTAW" --no-rc -q -c 'open cut.npz'
is "a cut archive is refused" "$status" 3
finish
