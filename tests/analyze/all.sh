#!/bin/sh
# all.sh RESULT FILE.c...: what cppcheck finds in all files together, into RESULT, which begins with a sum as one.sh's does; FLAGS in the environment are where headers are.
# Always from nothing: what it keeps itself (--cppcheck-build-dir) loses findings that need two files once one of them has changed.
export LC_ALL=C
result=$1; shift
sum=$({ cppcheck --version; echo "$FLAGS $*"; find cpu devices gui config bios -name '*.[ch]' -o -name '*.inc' | sort | xargs cat; cat "$0"; } | sha256sum | cut -d' ' -f1)
[ "$(head -n1 "$result" 2> /dev/null)" = "$sum" ] && exit 0
echo cppcheck
mkdir -p "${result%/*}"
{
    echo "$sum"
    timeout 3600 cppcheck --quiet --enable=warning,performance,portability --std=c11 --max-configs=1 --suppress=missingIncludeSystem \
        --template='{file}:{line}: warning: {message} [{id}]' -D_GNU_SOURCE -D__GNUC__=12 -D__x86_64__ $FLAGS "$@" 2>&1
    [ $? = 0 ] || echo "$1:1: warning: cppcheck did not end well [no-end]"
} > "$result.new"
mv "$result.new" "$result"
