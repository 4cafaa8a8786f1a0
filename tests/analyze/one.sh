#!/bin/sh
# one.sh gcc|tidy FILE.c: what one program finds in one file, on standard output; FLAGS in the environment are those that the file is compiled with.
# Not to end in time is a finding, too.
limit=${ANALYZE_SECONDS:-600}
export LC_ALL=C
has=$(sed -nE 's/^bool ([a-z_]+)\(.*/-DDEFINES_\1/p' "$2")
case $2 in cpu/system/* | cpu/memory/* | cpu/run/*) room=cpu ;; config/*) room=config ;; devices/storage/*) room=storage ;; *) room=others ;; esac
FLAGS="$FLAGS $has -DTOLD_$room -include tests/analyze/told.h -Wno-unused-value"
find_all() {
    case $1 in
    gcc) timeout "$limit" gcc-12 $FLAGS -fanalyzer -fno-diagnostics-show-caret -fdiagnostics-path-format=none -c -o /dev/null "$2" 2>&1 ;;
    tidy) timeout "$limit" clang-tidy --quiet "$2" -- $FLAGS 2> /dev/null ;;
    esac
    [ $? != 124 ] || echo "$2:1: warning: $1 did not end in $limit seconds [no-end]"
}
find_all "$1" "$2" | sed "s|^$PWD/||"
