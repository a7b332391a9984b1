#!/bin/sh
# tests/layers.sh sees what it is there for: in a copy of the tree one rule after
# the other is broken, and each time the check that guards it must fail.
. "$srcdir/tests/tap.sh"

mkdir tree
cp -R "$srcdir/src" "$srcdir/include" "$srcdir/tests" "$srcdir/Makefile.am" tree || exit 1
chmod -R u+w tree

# broken WHAT CHECK FILE LINE: with LINE in FILE (perhaps a new one) the check
# fails, and it names the file.
broken() {
    what=$1 check=$2 file=$3 line=$4 was_there=no
    mkdir -p "tree/${file%/*}"
    if [ -e "tree/$file" ]; then
        was_there=yes
        cp "tree/$file" kept
    fi
    printf '%s\n' "$line" >>"tree/$file"
    said=$(cd tree && srcdir=$PWD sh tests/layers.sh)
    if [ "$was_there" = yes ]; then cp kept "tree/$file"; else rm "tree/$file"; fi
    failed=$(printf '%s\n' "$said" |
        awk -v check="$check" '/^(not )?ok/ { on = /^not ok/ && index($0, " - " check) } on')
    like "$what" "$failed" "$file"
}

broken "base may not look up" "base includes only" src/base/err.c '#include "deltaw/learn/fit.h"'
broken "nor from a header" "data includes only" include/deltaw/data/load.h \
    '  #  include "deltaw/study/probe.h"'
broken "study may not draw" "study includes only" src/study/simulate.c \
    '#include "deltaw/draw/canvas.h"'
broken "draw knows no models" "draw includes only" src/draw/new.c '#include "deltaw/learn/model.h"'
broken "the shell knows no terminal" "shell includes only" src/shell/session.c \
    '#include "deltaw/screen/host.h"'
broken "private headers stay private" "study takes no private header" src/study/new.c \
    '#include "src/learn/adam.h"'
broken "curses has one file" "curses only" src/screen/layout.c '#include <curses.h>'
broken "also by its other name" "curses only" src/draw/new.c '# include <ncursesw/ncurses.h>'
broken "readline has two" "readline only" src/screen/screen.c '#include <readline/readline.h>'
broken "GSL is for studies" "GSL only" src/learn/fit.c '#include <gsl/gsl_cdf.h>'
printf '#include <cblas.h>\n' >tree/src/learn/one.c
broken "cblas.h has one file" "at most one file of src/learn" src/learn/two.c \
    '#include <openblas/cblas.h>'
rm tree/src/learn/one.c
printf 'n = gzread(file, bytes, size);\n' >tree/src/data/one.c
broken "logs are unpacked in one file" "at most one file of src/data" src/data/two.c \
    '    status = inflate(&stream, Z_NO_FLUSH);'
rm tree/src/data/one.c
broken "only main.c ends the program" "exit() is called" src/base/mem.c '    exit(1);'
broken "the decimal point is the point" "LC_NUMERIC is never set" src/shell/session.c \
    '    setlocale(LC_ALL, "");'
broken "a file is listed" "no file of src is missing" src/base/forgotten.c 'int forgotten;'
finish
