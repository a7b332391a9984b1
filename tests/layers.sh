#!/bin/sh
# The tower of layers holds: a file includes only headers of its own layer or of
# those below it, and what each layer may use from outside stays where it may.
. "$srcdir/tests/tap.sh"
layers='base data learn study draw view shell screen'

rank() {
    n=0
    for layer in $layers; do
        n=$((n + 1))
        [ "$layer" = "$1" ] && echo "$n" && return
    done
    echo 99
}

cd "$srcdir" || exit 1
for layer in $layers; do
    folders=
    for folder in "include/deltaw/$layer" "src/$layer"; do
        [ -d "$folder" ] && folders="$folders $folder"
    done
    # draw knows numbers, not models: of the layers below it only base.
    most=$(rank "$layer")
    # shellcheck disable=SC2086 # a list of folders
    wrong=$(grep -rnE --include='*.[ch]' --include='*.def' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"deltaw/' $folders |
        sed -E 's|^([^:]*:[0-9]+):.*"deltaw/([a-z0-9]+)/.*|\1 \2|' |
        while read -r where used; do
            [ "$used" = "$layer" ] && continue
            if [ "$layer" = draw ] && [ "$used" != base ]; then
                echo "$where: draw may include only base, not $used"
            elif [ "$(rank "$used")" -gt "$most" ]; then
                echo "$where: $layer is below $used"
            fi
        done)
    is "$layer includes only layers at or below it" "$wrong" ""
    # shellcheck disable=SC2086
    wrong=$(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"(\.\./\.\./|src/)' $folders)
    is "$layer takes no private header of another layer" "$wrong" ""
done

# only WHAT PATTERN FILE...: headers matching PATTERN are included in FILEs alone.
only() {
    what=$1 pattern=$2
    shift 2
    found=$(grep -rlE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($pattern)" src include | sort |
        while read -r file; do
            allowed=no
            for may; do
                # shellcheck disable=SC2254 # patterns on purpose
                case $file in $may) allowed=yes ;; esac
            done
            [ "$allowed" = yes ] || echo "$file"
        done)
    is "$what only where it may be" "$found" ""
}
only curses '(n?curses[a-z]*/)?n?curses.h|term.h' src/screen/screen.c src/screen/terminfo.c
only readline 'readline/' src/screen/lineedit.c src/screen/recall.c
only zlib 'zlib.h' 'src/data/*.c'
only minizip 'minizip/|zip.h|unzip.h' 'src/data/*.c'
only libarchive 'archive' src/data/container.c
only libmatio 'matio' src/data/mat.c
only HDF5 'hdf5' src/data/nwb.c
only BLAS 'cblas' 'src/learn/*.c'
only GSL 'gsl/' 'src/study/*.c' src/learn/ensemble_interval.c
only NLopt 'nlopt' 'src/learn/*.c'
only jansson 'jansson.h' 'src/learn/*.c' 'src/study/*.c' 'src/data/*.c' 'src/shell/*.c'
only cairo 'cairo' 'src/draw/figure_*'
only Random123 'Random123/' 'src/base/*.c'

# The macros of <cblas.h> and the decoding of logs stay in one file each.
most_one() { # WHAT PATTERN FOLDER
    found=$(grep -rlE --include='*.[ch]' "$2" "$3" 2>/dev/null)
    [ "$(echo "$found" | grep -c .)" -le 1 ] && found=
    is "at most one file of $3 $1" "$found" ""
}
most_one "includes cblas.h" '^[[:space:]]*#[[:space:]]*include[[:space:]]*<([a-z0-9_-]+/)*cblas' src/learn
most_one "unpacks gzip" '(^|[^_[:alnum:]])(inflate|gzread|gzgets|gzgetc|gzfread)[[:space:]]*\(' src/data

is "exit() is called nowhere but in main.c" \
    "$(grep -rnE '(^|[^_[:alnum:]])_?exit[[:space:]]*\(' src --include='*.c' | grep -vE '^src/main\.c:|^src/(screen/signals|data/sandbox)\.c:[0-9]+:[[:space:]]*_exit|^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)')" ""
is "LC_NUMERIC is never set" "$(grep -rnE 'setlocale\([[:space:]]*LC_(ALL|NUMERIC)' src include)" ""
is "no file of src is missing from Makefile.am" "$(find src include -name '*.[ch]' -o -path 'src/*.def' |
    while read -r file; do grep -qF "$file" Makefile.am || echo "$file"; done)" ""
is "no test is missing from Makefile.am" "$(find tests -name 'test_*.c' -o -path 'tests/*.sh' |
    while read -r file; do grep -qF "${file%.c}" Makefile.am || echo "$file"; done)" ""
finish
