#!/bin/sh
# one.sh gcc|tidy FILE.c RESULT: what one program finds in one file, into RESULT; FLAGS in the environment are those that the file is compiled with.
# RESULT begins with a sum of everything that can change it: the file, all headers, the flags, the program, the checks, this script. Where that has not changed, RESULT
# stays as it is: what has been read once is not read again, whatever the times of files say. Not to end in time is a finding, too.
limit=${ANALYZE_SECONDS:-900}
export LC_ALL=C
has=$(sed -nE 's/^bool ([a-z_]+)\(.*/-DDEFINES_\1/p' "$2")
case $2 in cpu/system/* | cpu/memory/* | cpu/run/*) room=cpu ;; config/*) room=config ;; devices/storage/*) room=storage ;; *) room=others ;; esac
FLAGS="$FLAGS $has -DTOLD_$room -include tests/analyze/told.h -Wno-unused-value"

case $1 in gcc) program=gcc-12 ;; tidy) program=clang-tidy ;; esac
sum=$({ $program --version; echo "$FLAGS $limit"; cat "$0" .clang-tidy; gcc-12 $FLAGS -M "$2" | tr -d '\\' | tr ' ' '\n' | sed -n '/[/.]/p' | sed 1d | xargs cat; } | sha256sum | cut -d' ' -f1)
[ "$(head -n1 "$3" 2> /dev/null)" = "$sum" ] && exit 0
echo "$1 $2"

find_all() {
    case $1 in
    gcc) timeout "$limit" gcc-12 $FLAGS -fanalyzer -fno-diagnostics-show-caret -fdiagnostics-path-format=none -c -o /dev/null "$2" 2>&1 ;;
    tidy) timeout "$limit" clang-tidy --quiet "$2" -- $FLAGS 2> /dev/null ;;
    esac
    [ $? != 124 ] || echo "$2:1: warning: $1 did not end in $limit seconds [no-end]"
}
mkdir -p "${3%/*}"
{ echo "$sum"; find_all "$1" "$2" | sed "s|^$PWD/||"; } > "$3.new"
mv "$3.new" "$3"
