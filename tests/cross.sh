#!/bin/sh
# deltaw for another machine, arm64: it builds without a warning, and run by qemu it
# simulates the bytes and fits the losses that it does here, by kernels it calls neon.
# `make check-cross` runs this; it compiles the whole program.  Debian's libgsl-dev is of one
# machine at a time: with that of arm64 the program cannot be linked for this one.
. "$srcdir/tests/tap.sh"
target=aarch64-linux-gnu
for tool in $target-gcc qemu-aarch64; do
    command -v $tool >/dev/null ||
        skip_all "$tool is missing (Debian packages gcc-aarch64-linux-gnu and qemu-user)"
done

# Only the other machine's libraries: a missing one must not be found here.
mkdir build && cd build || exit 1
if ! PKG_CONFIG=pkg-config PKG_CONFIG_LIBDIR=/usr/lib/$target/pkgconfig:/usr/share/pkgconfig \
    "$srcdir/configure" --host=$target --enable-werror >configure.log 2>&1; then
    grep -q 'deltaw needs what is not here' configure.log &&
        skip_all "libraries are missing (dpkg --add-architecture arm64; apt-get install$(
            sed -nE 's/^On Debian:  apt-get install//p' configure.log | sed 's/[a-z0-9-]\+/&:arm64/g'))"
    tail -n 20 configure.log >&2
fi
env -u MAKEFLAGS -u MAKELEVEL make -j"$(nproc)" deltaw >make.log 2>&1
is "it builds for $target without a warning" "$? $(grep -E 'warning|error:|\*\*\*' make.log)" "0 "
there="qemu-aarch64 $PWD/deltaw"
cd ..
like "its kernels are called neon" "$($there -v --version)" '^kernels: neon double; in use: neon$'

# What is not the kernels' is the same to the bit.
run "$DELTAW" --no-rc -q -c 'simulate reinforce animals=3 trials=300 alpha=2^-4 seed=3' \
    -c 'save data here.csv'
is "a cohort is made here" "$status$errors" 0
run $there --no-rc -q -c 'simulate reinforce animals=3 trials=300 alpha=2^-4 seed=3' \
    -c 'save data there.csv'
is "and there" "$status$errors" 0
ok "they are the same bytes" cmp here.csv there.csv

# train WHERE RULE OPTIONS: its loss curve in a file
train() {
    $1 --no-rc -q -c 'load here.csv' -c "fit $2 seed=7 $3" -c wait -c 'export loss loss.csv' \
        2>&1 >/dev/null
}
for rule in dnn rnn reinforce-base; do
    options=epochs=10
    [ $rule = reinforce-base ] && options=
    is "$rule is fitted here" "$(train "$DELTAW" $rule $options)" ""
    mv loss.csv here.loss
    is "$rule is fitted there" "$(train "$there" $rule $options)" ""
    differs=$(paste -d, here.loss loss.csv | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == "train") column[++n] = i }
        NR > 1 { d = $column[1] - $column[2]; if (d < 0) d = -d; if (d > most) most = d }
        END { printf "%.3g", most; if (n != 2 || NR < 8) print " of " n " columns, " NR " rows" }')
    ok "$rule: losses agree within 1e-6, $differs" awk "BEGIN { exit !($differs < 1e-6) }"
done
finish
