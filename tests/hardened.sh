#!/bin/sh
# hardened.sh BUILD: the program has what makes a mistake of ours harder to use.  One line a finding.
program=${1:-build}/orrery
status=0
has() { readelf "$1" "$program" 2> /dev/null | grep -qE "$2" || { echo "$program: $3"; status=1; }; }
has -hW 'Type: *DYN' 'is not position-independent'
has -lW 'GNU_RELRO' 'no RELRO'
has -dW 'BIND_NOW|Flags:.*NOW' 'functions are found late (no -z now)'
has -lW 'GNU_STACK.* RW ' 'an executable stack'
has -sW '__stack_chk_fail' 'no stack protector'
has -sW '__(memcpy|snprintf|vsnprintf|sprintf|memset|read)_chk' 'no checked copies (_FORTIFY_SOURCE)'
! readelf -lW "$program" | grep -q 'LOAD.* RWE ' || { echo "$program: a segment that is writable and executable"; status=1; }
exit $status
