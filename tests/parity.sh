#!/bin/sh
# The same losses as the models in PyTorch, from the same parameters and trials,
# over 20 updates; truncations that divide the number of updates and that do not.
. "$srcdir/tests/tap.sh"
reference=$shared/tools/reference.py
[ -f "$reference" ] || skip_all "no ../shared/tools/reference.py"
find_python 'import numpy, torch' || skip_all "no python3 with torch"

run "$DELTAW" --no-rc -q -c 'simulate reinforce animals=5 trials=401 session=90 alpha=2^-4 seed=11' \
    -c 'save data log.csv.gz'
is "a cohort is made" "$status$errors" 0

cat >reference_losses.py <<'END'
import importlib.util, sys
import numpy as np, torch
torch.set_num_threads(1)
spec = importlib.util.spec_from_file_location("reference", sys.argv[1])
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)
rule = reference.Rule(sys.argv[3])
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
assert worst < float(sys.argv[1])
assert abs(want[0] - want[-1]) > 1e-4, "the fit did not move: nothing was tested"
END
# as_reference RULE TOLERANCE
as_reference() {
    ok "the reference makes parameters of $1" "$python" "$reference" init "$1" init.npz 99
    for truncation in 100 150 1000; do
        ok "the reference trains $1 with truncation $truncation" \
            sh -c "'$python' reference_losses.py '$reference' $truncation $1 >reference.txt"
        run "$DELTAW" --no-rc -q -c 'load log.csv.gz' \
            -c "fit $1 init=init.npz epochs=20 truncation=$truncation" -c wait \
            -c 'export loss loss.csv' -c "save $1""1 saved.npz"
        is "deltaw trains $1 with truncation $truncation" "$status$errors" 0
        ok "$1: epochs 0 to 20 agree within $2, truncation $truncation" "$python" compare.py "$2"
        note "$("$python" compare.py "$2" 2>/dev/null)"
    done
    ok "PyTorch loads the saved $1 as a state dict" "$python" load_state.py "$reference" "$1"
}
cat >load_state.py <<'END'
import importlib.util, sys
import numpy as np, torch
spec = importlib.util.spec_from_file_location("reference", sys.argv[1])
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)
rule = reference.Rule(sys.argv[2])
saved = np.load("saved.npz")
rule.load_state_dict({k: torch.tensor(saved[k]) for k in rule.state_dict()})
END
as_reference dnn 2e-6
as_reference rnn 5e-6
finish
