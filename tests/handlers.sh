#!/bin/sh
# handlers.sh BUILD: no handler of the fast instance calls a function or saves a register.  Left out are those
# that are gates to other code, or do by a function what is rare: rotates and double shifts through CF, division, CMPS, LAHF, one shuffle.
build=$1
command -v objdump > /dev/null || { echo "handlers: objdump is not there (binutils)"; exit 77; }
objdump -d "$build/cpu/run/fast_plain.o" | grep -q 'jmp  *\*' || { echo "handlers: this build goes from one to the next by a loop"; exit 77; }
for object in "$build"/cpu/run/fast*.o; do objdump -d --no-show-raw-insn "$object"; done | awk '
    /^[0-9a-f]+ <.*>:$/ {
        name = $2; gsub(/[<>:]/, "", name)
        hot = name ~ /^(fast_[A-Z]|pair_|triple_)/ && name !~ /^fast_(RO[LR]|RC[LR]|SH[LR]D|IDIV|DIV|CMPS|LAHF|PSHUFLW)/ && name !~ /\.(cold|part|constprop)/
        handlers += hot
    }
    hot && /\tcall/ { print "handlers: " name " calls " $NF; bad++ }
    hot && /\tpush/ { saving[name] = 1 }
    END {
        for (name in saving) { print "handlers: " name " saves a register"; bad++ }
        printf "handlers: %d handlers, %d findings\n", handlers, bad
        exit bad != 0 || handlers < 1000
    }'
