# The hash at a tick is the same for every way to build: -O0, clang, and HARD=1 (one TLB entry, traces of one record); and in a hundred runs.
. tests/guests/lib.sh
variant() { # DIRECTORY RUNS MAKE-ARGUMENTS...
    dir=$1 runs=$2; shift 2
    make -s -j2 BUILD="$dir" "$dir/orrery" "$@" > "$dir.log" 2>&1 || { cat "$dir.log"; exit 1; }
    boot_floppy "$dir" pdos32.img 'c 200000000
hash
c 20000000
hash
quit 0'; [ $status = 0 ] || exit 1
    got=$(grep hash "$work/out")
    [ -z "$want" ] && want=$got
    [ "$got" = "$want" ] || { echo "$dir differs:"; echo "$want"; echo "$got"; exit 1; }
    sh tests/guests/equal.sh "$dir" "$runs" "$work/equal" > "$dir.log" 2>&1 || { echo "$dir differs:"; cat "$dir.log"; exit 1; }
}
want=
variant "$1" 100
variant build-O0 5 OPT=-O0
clang=$(command -v clang || command -v clang-19 || command -v clang-14)
[ -z "$clang" ] || variant build-clang 5 CC="$clang"
[ -z "$clang" ] || variant build-clang-O0 5 CC="$clang" OPT=-O0
variant build-hard 2 HARD=1
exit 0
