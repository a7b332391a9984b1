#!/bin/sh
# tests/layers.sh sees what it is there for: in a copy of the tree all rules are
# broken, and the check that guards each of them must fail and name the file.
. "$srcdir/tests/tap.sh"

mkdir tree
cp -R "$srcdir/src" "$srcdir/include" "$srcdir/tests" "$srcdir/Makefile.am" tree || exit 1
chmod -R u+w tree

# broken WHAT CHECK FILE LINE: with LINE in FILE (perhaps a new one) that check has to
# fail.  All are broken before it is run: it takes seconds.
broken() {
    mkdir -p "tree/${3%/*}"
    printf '%s\n' "$4" >>"tree/$3"
    printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>due
}

is "nothing is broken yet" "$(cd tree && srcdir=$PWD sh tests/layers.sh | grep -c '^not ok')" 0
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
printf '#include <cblas.h>\n' >tree/src/learn/one.c # one is allowed
broken "cblas.h has one file" "at most one file of src/learn" src/learn/two.c \
    '#include <openblas/cblas.h>'
printf 'n = gzread(file, bytes, size);\n' >tree/src/data/one.c
broken "logs are unpacked in one file" "at most one file of src/data" src/data/two.c \
    '    status = inflate(&stream, Z_NO_FLUSH);'
broken "only main.c ends the program" "exit() is called" src/base/mem.c '    exit(1);'
broken "the decimal point is the point" "LC_NUMERIC is never set" src/shell/session.c \
    '    setlocale(LC_ALL, "");'
broken "a file is listed" "no file of src is missing" src/base/forgotten.c 'int forgotten;'

(cd tree && srcdir=$PWD sh tests/layers.sh) >said
tab=$(printf '\t')
while IFS=$tab read -r what check file; do
    failed=$(awk -v check="$check" '/^(not )?ok/ { on = /^not ok/ && index($0, " - " check) } on' said)
    like "$what" "$failed" "$file"
done <due
finish
