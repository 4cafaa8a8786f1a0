#!/bin/sh
# planted.sh [SECONDS [BUG...]]: ten classic mistakes of devices, each put into a copy of the program: the harness must find every one within five minutes (or so many seconds) on the target that its patch
# names.  BUG: the beginning of a patch's name.  A line each, then how many were found.  The copy takes build-san along, so that a bug costs the compilation of one file.
# PLANTED_SEED: another seed than 1: a bug that is found with one seed alone is found by luck.
seconds=${1:-300}; [ $# = 0 ] || shift
root=$(realpath "$(dirname "$0")/../..")
. "$root/tests/room.sh"
found=0 all=0
cd "$root" || exit 1
make --no-print-directory SAN=1 -j2 build-san/fuzz > "$work/make.log" 2>&1 || { tail -n 5 "$work/make.log"; exit 1; }
mkdir "$work/tree"
cp -a Makefile bios build-san config cpu devices docs gui tests "$work/tree"
cd "$work/tree" || exit 1
hunt() { # PATCH: puts it in, looks for it, takes it out
    name=$(basename "$1" .patch)
    target=$(sed -n 's/^target: //p' "$1")
    patch -s -p1 < "$1" || { echo "$name: does not fit the sources"; return 1; }
    touch $(sed -n 's|^+++ b/||p' "$1")
    if ! make --no-print-directory SAN=1 -j2 build-san/fuzz > "$work/make.log" 2>&1; then
        echo "$name: does not compile"; tail -n 5 "$work/make.log"; status=1
    else
        begun=$(date +%s)
        (cd "$work" && ASAN_OPTIONS=detect_leaks=0 timeout "$seconds" "$work/tree/build-san/fuzz" $target 1000000000000 ${PLANTED_SEED:-1} -j ${PLANTED_JOBS:-2} > "$work/out" 2>&1); status=$?
        took=$(($(date +%s) - begun))
        if [ $status = 124 ]; then echo "$name: not found by $target in $took s"; status=1
        elif [ $status = 0 ] || [ $status = 2 ]; then echo "$name: $target ended with $status"; tail -n 3 "$work/out"; status=1
        else echo "$name: found by $target in $took s: $(grep -m 1 -E 'Sanitizer|runtime error|nvariant|ssertion|fuzz: .*died' "$work/out" | cut -c 1-140)"; status=0
        fi
    fi
    patch -s -R -p1 < "$1"
    touch $(sed -n 's|^+++ b/||p' "$1")
    return $status
}
for patch in tests/fuzz/planted/${1:-}*.patch; do
    all=$((all + 1))
    hunt "$patch" && found=$((found + 1))
done
echo "$found of $all planted bugs found"
[ $found = $all ]
