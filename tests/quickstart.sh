#!/bin/sh
# quickstart installs what is missing and only that, and says so when it cannot.
# apt-get, dpkg-query, sudo and id are stand-ins here: nothing is installed.
. "$srcdir/tests/tap.sh"
command -v bash >/dev/null || skip_all "bash is not installed"

mkdir tools
for tool in bash env sh dirname tr fold sed cat nproc; do
    ln -s "$(command -v "$tool")" "tools/$tool"
done
# stand_in NAME: the tool's body from stdin.
stand_in() {
    { echo '#!/bin/sh'; cat; } >"tools/$1"
    chmod +x "tools/$1"
}
quickstart() {
    rm -f calls
    run env PATH="$PWD/tools" CALLS="$PWD/calls" bash "$srcdir/quickstart" "$@"
    calls=$(cat calls 2>/dev/null)
}

run bash "$srcdir/quickstart" --help
is "--help succeeds" "$status" 0
missing=
for package in $(grep -oE '\[[a-z0-9]+-dev\]|\[pkg-config\]' "$srcdir/configure.ac" | tr -d '[]' | sort -u); do
    case $out in *"$package"*) ;; *) missing="$missing $package" ;; esac
done
is "--help lists every package that configure may name" "$missing" ""
unlike "the tests need no PyTorch" "$out" torch
run bash "$srcdir/quickstart" chekc
is "another word is refused" "$status" 2

# Two packages are missing, and stay so.
stand_in dpkg-query <<'END'
for package; do :; done
case $package in libjansson-dev | zlib1g-dev) exit 1 ;; *) echo 'install ok installed' ;; esac
END
quickstart
is "no apt-get: it fails" "$status" 1
like "no apt-get: it says that this is no Debian" "$errors" 'no Debian'
like "no apt-get: it names the packages" "$errors" 'zlib1g-dev libjansson-dev'

stand_in apt-get <<'END'
echo "apt-get $*" >>"$CALLS"
END
stand_in id <<'END'
echo 1000
END
quickstart
is "no root, no sudo: it fails" "$status" 1
like "no root, no sudo: it says what to run" "$errors" 'as root run: apt-get install zlib1g-dev libjansson-dev$'
is "no root, no sudo: it tries nothing" "$calls" ""

stand_in sudo <<'END'
echo "sudo" >>"$CALLS"
"$@"
END
quickstart
is "sudo is asked when not root" "$calls" "sudo
apt-get update -q
sudo
apt-get install -q -y --no-install-recommends zlib1g-dev libjansson-dev"
is "packages that stay missing are an error" "$status" 1
like "and are named" "$errors" 'cannot build without these Debian packages: zlib1g-dev libjansson-dev'

stand_in id <<'END'
echo 0
END
quickstart check
is "root needs no sudo" "$calls" "apt-get update -q
apt-get install -q -y --no-install-recommends zlib1g-dev libjansson-dev"
finish
