#!/bin/sh
# run.sh BUILD: unit tests, the oracle, guests; a line each, then the sum as `N passed, N failed, N skipped`.
build=$1
passed=0 failed=0 skipped=0
count() { # STATUS NAME
    case $1 in
    0) passed=$((passed + 1)); echo "ok    $2" ;;
    77) skipped=$((skipped + 1)); echo "skip  $2" ;;
    *) failed=$((failed + 1)); echo "FAIL  $2" ;;
    esac
}
"$build/unit" > "$build/unit.log" 2>&1; status=$?
tail -n 40 "$build/unit.log"
set -- $(sed -n 's/.*Tested: \([0-9]*\).*Passing: \([0-9]*\).*Failing: \([0-9]*\).*Crashing: \([0-9]*\).*/\1 \2 \3 \4/p' "$build/unit.log" | tail -n 1)
if [ $# = 4 ]; then
    passed=$((passed + $2)) failed=$((failed + $3 + $4))
    [ $status = 0 ] || [ $(($3 + $4)) -gt 0 ] || count 1 "unit tests end with status $status"
else
    count 1 "unit tests (no summary, status $status)"
fi
case $build in
*-san*) ;;
*)  sh tests/lint.sh "$build"; count $? "lint"
    sh tests/handlers.sh "$build"; count $? "handlers: jumps, no calls"
    sh tests/hardened.sh "$build"; count $? "hardened: canaries, checked copies, RELRO, PIE" ;;
esac
if [ -x "$build/oracle" ]; then
    "$build/oracle" host 20000 1 > "$build/oracle-host.log" 2>&1; status=$?
    tail -n 8 "$build/oracle-host.log"
    count $status "oracle: the host's side gives known results, and the same twice"
    "$build/oracle" 300000 1 > "$build/oracle.log" 2>&1; status=$?
    tail -n 8 "$build/oracle.log"
    count $status "oracle: 300000 random instructions equal on the host's processor"
    "$build/oracle" 8bit 997 > "$build/oracle8.log" 2>&1; status=$?
    tail -n 8 "$build/oracle8.log"
    count $status "oracle: a sample of all 8-bit operations"
    "$build/fuzz" oracle 300000 -j 2 --findings "$build" > "$build/fuzz.log" 2>&1; status=$?
    tail -n 8 "$build/fuzz.log"
    count $status "fuzz: 300000 strings of bytes as code on the host's processor"
fi
if [ -x "$build/lengths" ]; then
    "$build/lengths" 61 > "$build/lengths.log" 2>&1; status=$?
    tail -n 8 "$build/lengths.log"
    count $status "lengths: a sample of all opcodes is as long on the host's processor"
fi
"$build/atomic" 2 > "$build/atomic.log" 2>&1; status=$?
tail -n 8 "$build/atomic.log"
count $status "atomic: a fault leaves registers and memory as they were"
"$build/float" 20000 > "$build/float.log" 2>&1; status=$?
tail -n 4 "$build/float.log"
count $status "float: the software unit equals the host's"
"$build/vector" 100 > "$build/vector.log" 2>&1; status=$?
tail -n 4 "$build/vector.log"
count $status "vector: AES, SHA, strings, estimates, 3DNow! against the host and models"
if [ -x "$build/transcendental" ]; then
    "$build/transcendental" 2000 > "$build/transcendental.log" 2>&1; status=$?
    tail -n 2 "$build/transcendental.log"
    count $status "transcendental: below one unit in the last place"
else
    count 77 "transcendental: MPFR is not there"
fi
fuzzer=$build/fuzz; [ -x "$fuzzer-watched" ] && fuzzer=$fuzzer-watched       # sanitizers over all but the processor
fuzz() { # SENTENCE ARGUMENT...
    sentence=$1; shift
    "$fuzzer" "$@" --findings "$build" > "$build/fuzz.log" 2>&1; status=$?
    tail -n 8 "$build/fuzz.log"
    count $status "fuzz: $sentence"
}
fuzz "scripts of findings" --replay tests/fuzz/scripts/*
fuzz "each device alone, 200000 operations" devices 200000 -j 2
fuzz "the whole machine, 500000 operations" machine 500000 -j 2
fuzz "each parser, 5000 inputs" parsers 5000 -j 2
fuzz "5000 snapshots, folders and clicks" snapshot vvfat panes 5000 -j 2
fuzz "1000 streams of machines that move" stream 1000 -j 2
fuzz "300000 strings of bytes as code, in both instances" bytes 300000 -j 2
silicon=${ORRERY_DATA:-../shared/data}/silicon/80286-real-mode
if [ -d "$silicon" ]; then
    "$build/vectors" "$silicon" > "$build/vectors.log" 2>&1; status=$?
    tail -n 8 "$build/vectors.log"
    count $status "vectors: instructions captured on an 80286"
else
    count 77 "vectors: $silicon is not there"
fi
for t in tests/guests/*.sh; do
    case $t in */lib.sh) continue ;; esac
    [ -e "$t" ] || continue
    sh "$t" "$build"; count $? "$t"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
