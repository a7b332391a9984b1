#!/bin/sh
# The same losses as the model in PyTorch, from the same parameters and trials,
# over 20 updates; truncations that divide the number of updates and that do not.
. "$srcdir/tests/tap.sh"
reference=$shared/tools/reference.py
[ -f "$reference" ] || skip_all "no ../shared/tools/reference.py"
find_python 'import numpy, torch' || skip_all "no python3 with torch"

run "$DELTAW" --no-rc -q -c 'simulate reinforce animals=5 trials=401 session=90 alpha=2^-4 seed=11' \
    -c 'save data log.csv.gz'
is "a cohort is made" "$status$errors" 0
ok "the reference makes parameters" "$python" "$reference" init dnn init.npz 99

cat >reference_losses.py <<'END'
import importlib.util, sys
import numpy as np, torch
torch.set_num_threads(1)
spec = importlib.util.spec_from_file_location("reference", sys.argv[1])
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)
rule = reference.Rule("dnn")
rule.load_state_dict({k: torch.tensor(v) for k, v in np.load("init.npz").items()})
for epoch, loss in enumerate(reference.train(rule, reference.read_log("log.csv.gz"), 20, trunc=int(sys.argv[2]))):
    print(epoch, f"{loss:.9g}")
END
cat >compare.py <<'END'
import csv, sys
want = [float(line.split()[1]) for line in open("reference.txt")]
got = [float(row["train"]) for row in csv.DictReader(open("loss.csv"))]
assert len(want) == 21 and len(got) == 21, (len(want), len(got))
worst = max(abs(a - b) for a, b in zip(want, got))
print(f"largest difference {worst:.2e}; first {want[0]:.7f} {got[0]:.7f}, last {want[-1]:.7f} {got[-1]:.7f}")
assert worst < 2e-6
assert abs(want[0] - want[-1]) > 1e-4, "the fit did not move: nothing was tested"
END
for truncation in 100 150 1000; do
    ok "the reference trains with truncation $truncation" \
        sh -c "'$python' reference_losses.py '$reference' $truncation >reference.txt"
    run "$DELTAW" --no-rc -q -c 'load log.csv.gz' \
        -c "fit dnn init=init.npz epochs=20 truncation=$truncation" -c wait -c 'export loss loss.csv'
    is "deltaw trains with truncation $truncation" "$status$errors" 0
    ok "epochs 0 to 20 agree within 2e-6, truncation $truncation" "$python" compare.py
    note "$("$python" compare.py 2>/dev/null)"
done
finish
