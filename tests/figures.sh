#!/bin/sh
# What views show as figures, arrays and coloured text: whole, readable by others,
# and refused where it cannot be.
. "$srcdir/tests/tap.sh"

start='simulate reinforce animals=4 trials=300 seed=2'
fit='fit dnn epochs=3 seed=1'
deltaw() { run "$DELTAW" --no-rc -q -c "$start" -c "$fit" -c wait "$@"; }
mm() { "$python" -c "print(round($1 / 25.4 * $2))"; } # MM DOTS-PER-INCH

# --- endings
deltaw -c 'export map map.xyz'
is "an unknown ending is refused" "$status" 2
like "it lists those that there are" "$errors" '\.csv, \.json, \.npz, \.txt, \.ans, \.cast, \.svg, \.pdf or \.png'
fails "nothing is written" test -e map.xyz

# --- colours as text
deltaw -c 'export map map.ans theme=dark' -c 'export map light.ans theme=light' \
    -c 'export map narrow.ans width=40' -c 'export map map.txt width=60'
is "coloured text is written" "$status$errors" 0
like "with SGR sequences" "$(cat map.ans)" "$(printf '\033')\\[[0-9;]*m"
fails "light and dark differ" cmp -s map.ans light.ans
unlike ".txt has none" "$(cat map.txt)" "$(printf '\033')"
widest=$(sed "s/$(printf '\033')\\[[0-9;]*m//g" narrow.ans | LC_ALL=C.UTF-8 wc -L)
ok "width= holds for text: $widest" test "$widest" -le 40

# --- figures
deltaw -c 'export map map.svg'
case $errors in
*'without cairo'*)
    like "without cairo the package is named" "$errors" libcairo2-dev
    fails "and nothing is written" test -e map.svg
    skip "built without cairo"
    finish
    ;;
esac
is "a figure is written" "$status$errors" 0
figures=
for view in loss map slice weights accuracy psychometric; do
    for kind in svg pdf png; do
        figures="$figures;export $view $view.$kind;export $view dark-$view.$kind theme=dark width=183 caption=auto"
    done
done
deltaw -c "$figures"
is "every view makes figures of every kind, light and dark" "$status$errors" 0
is "none is empty" "$(find . -name '*.svg' -size -1k -o -name '*.p[dn][fg]' -size -1k)" ""

if find_python 'import xml.dom.minidom'; then
    cat >svg.py <<'END'
import sys, xml.dom.minidom
for name in sys.argv[1:]:
    top = xml.dom.minidom.parse(name).documentElement
    assert top.tagName == "svg" and top.getAttribute("width").endswith("pt"), name
    shapes = len(top.getElementsByTagName("path")) + len(top.getElementsByTagName("rect"))
    assert shapes > 10 and not top.getElementsByTagName("image"), (name, shapes)
END
    ok "SVG is XML of vectors without pictures" "$python" svg.py ./*.svg
    cat >png.py <<'END'
import struct, sys
def size(name):
    head = open(name, "rb").read(24)
    assert head[:8] == b"\x89PNG\r\n\x1a\n", name
    return struct.unpack(">II", head[16:24])
print(*size(sys.argv[1]))
END
    is "a PNG is as wide as one column at 300 dots an inch" \
        "$("$python" png.py map.png | cut -d' ' -f1)" "$(mm 89 300)"
    deltaw -c 'export loss size.png width=120 height=70 dpi=150'
    is "width, height and dpi hold" "$("$python" png.py size.png)" "$(mm 120 150) $(mm 70 150)"
    is "a light and a dark background differ" "$(cmp -s loss.png dark-loss.png && echo same)" ""
else
    skip "no python3"
fi

is "a PDF says what it is" "$(head -c 5 map.pdf)" '%PDF-'
if command -v pdffonts >/dev/null; then
    fonts=$(pdffonts map.pdf | sed 1,2d)
    like "it has fonts" "$fonts" .
    is "all of them embedded" "$(echo "$fonts" | grep -vE ' yes (yes|no) +(yes|no) ')" ""
    like "it can be searched" "$(pdftotext map.pdf - 2>&1)" 'no data|error'
    like "it has a title" "$(pdfinfo map.pdf 2>&1)" 'Title:.*w_stim'
    if find_python 'import re, subprocess'; then
        cat >labels.py <<'END'
import re, subprocess, sys
def numbers(name):
    text = subprocess.run(["pdftotext", "-bbox", name, "-"], capture_output=True, text=True, check=True).stdout
    found = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', text)
    for *box, word in found:
        try:
            yield [float(b) for b in box], float(word.replace("\u2212", "-"))
        except ValueError:
            pass
def rows(words, along, across):
    """Labels of one axis: numbers that stand on one line, in its order."""
    lines = {}
    for box, value in words:
        key = next((k for k in lines if abs(k - box[across]) < .7), box[across])
        lines.setdefault(key, []).append((box[along], value))
    return [[value for _, value in sorted(line)] for line in lines.values() if len(line) > 2]
def turns(values, sign):
    return sum(sign * (b - a) <= 0 for a, b in zip(values, values[1:]))
for name in sys.argv[1:]:
    words = list(numbers(name))
    left = rows(words, 1, 2)  # right ends on one line: labels of y
    right = rows(words, 1, 0)  # left ends: of a colour bar
    below = rows(words, 0, 1)
    assert left and below, (name, words)
    # two plots may stand above or beside one another: one step back
    for line in left + right:
        assert turns(line, -1) <= 1 < len(line), (name, "down the page", line)
    for line in below:
        assert turns(line, 1) <= 1, (name, "to the right", line)
END
        ok "numbers of axes and bars rise upwards and to the right" "$python" labels.py \
            accuracy.pdf loss.pdf map.pdf psychometric.pdf slice.pdf weights.pdf
    else
        skip "no python3"
    fi
else
    skip "no pdffonts"
fi

# --- options and what cannot be drawn
deltaw -c 'export loss a.svg title="My own title" caption="One line."' -c 'export loss b.pdf title=none'
is "titles and captions are taken" "$status$errors" 0
deltaw -c 'export map small.pdf width=20'
is "too small a page is refused" "$status" 1
like "it says how small, and what to do" "$errors" '20 x .* mm is too small .*raise width='
fails "nothing is written then" test -e small.pdf
deltaw -c 'export map big.png width=2000 dpi=2400'
like "too large a PNG is refused" "$errors" 'too large.*lower dpi='
deltaw -c 'export map map.svg theme=blue'
is "an unknown theme is refused" "$status" 2
deltaw -c 'export map no/such/map.pdf'
like "a folder that is not there is named" "$errors" 'no/such/map\.pdf'

# --- arrays
find_python 'import numpy' || { skip "no python3 with numpy"; finish; }
deltaw -c 'map nx=7 ny=5 of=w_bias x=w_bias' -c 'export map map.npz' -c 'export map map.csv' \
    -c 'export loss loss.npz' -c 'export weights weights.npz' -c 'export weights weights.csv' \
    -c 'export accuracy accuracy.npz' -c 'export slice slice.npz' -c 'export psychometric psychometric.npz'
is "every view makes arrays" "$status$errors" 0
cat >read.py <<'END'
import csv, json
import numpy as np
def load(name):
    z = np.load(name, allow_pickle=False)
    about = json.loads(str(z["deltaw_json"]))
    assert about["deltaw"] and about["command"] and about["says"], about
    return z, about
z, about = load("map.npz")
rows = list(csv.DictReader(open("map.csv")))
ny, nx, panels = len(z["y"]), len(z["x"]), len(z["panel"])
assert z["value"].shape == z["support"].shape == (panels, ny, nx) and panels == 2, z["value"].shape
assert z["value"].dtype == np.float64 and z["panel"].dtype.kind == "U", z["panel"].dtype
assert str(z["x_name"]) == "w_bias" and str(z["y_name"]) in rows[0], (z["x_name"], z["y_name"])
flat = [float(r["value"]) for r in rows]
assert np.allclose(z["value"].ravel(), flat, rtol=1e-8, equal_nan=True)
assert np.allclose(np.tile(z["x"], panels * ny), [float(r["w_bias"]) for r in rows])
assert [str(p) for p in z["panel"]] == sorted(set(r["panel"] for r in rows), key=[r["panel"] for r in rows].index)
assert about["command"].startswith("map ") and " nx=7 ny=5 of=w_bias x=w_bias" in about["command"], about["command"]
assert about["model"]["name"] == "dnn1" and about["model"]["settings"]["epochs"] == 3, about["model"]
w, _ = load("weights.npz")
rows = list(csv.DictReader(open("weights.csv")))
assert set(w.files) == set(rows[0]) | {"deltaw_json"}, w.files
for name in rows[0]:
    assert w[name].shape == (len(rows),), name
assert [str(s) for s in w["subject"]] == [r["subject"] for r in rows]
assert np.allclose(w["w_stim"], [float(r["w_stim"]) for r in rows], rtol=1e-7)
for name in ("loss", "accuracy", "slice", "psychometric"):
    load(name + ".npz")
END
ok "numpy reads them: names, shapes, texts, and the numbers of the CSV" "$python" read.py
finish
