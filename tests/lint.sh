#!/bin/sh
# lint.sh BUILD: the house's rules that a program can check.  One line a finding; status 1 when there is one.
build=${1:-build}
findings=$(mktemp); trap 'rm -f "$findings"' EXIT; trap 'exit 1' HUP INT TERM
say() { echo "$*" >> "$findings"; }

# includes point down: config -> gui -> devices -> cpu
grep -nE '#include "(devices|gui|config)/' -r cpu --include='*.[ch]' --include='*.inc' | sed 's/$/   (cpu includes nothing above it)/' >> "$findings"
grep -nE '#include "(gui|config)/' -r devices --include='*.[ch]' | sed 's/$/   (devices includes nothing above it)/' >> "$findings"
grep -nE '#include "config/' -r gui --include='*.[ch]' | sed 's/$/   (gui includes nothing above it)/' >> "$findings"

# no writable global in the library
[ -e "$build/liborrery.a" ] && nm -f sysv "$build/liborrery.a" 2>/dev/null | awk -F'|' '$7 ~ /^ *\.(data|bss|tbss|tdata)$/ && $4 ~ /OBJECT/ { print "writable global: " $1 }' >> "$findings"

# a chip names no port and no IRQ; it has a plate, a state list, an invariant and a page
for chip in devices/chip/*.c; do
    base=${chip%.c}
    grep -nE 'ports_add|IRQ ?[0-9]+[^0-9a-z]*\)' "$chip" | sed "s|^|$chip: wiring belongs to the board: |" >> "$findings"
    [ -e "$base.h" ] || continue
    head -n 1 "$chip" | grep -q '^/\*' || say "$chip: no plate"
    grep -q '_init(' "$base.h" || continue            # a part of a chip that several files make
    grep -q '_STATE(ONE, MANY)' "$base.h" || say "$base.h: no state list"
    grep -q '_invariant(' "$chip" || say "$chip: no invariant"
done

# doc: tags resolve
grep -rhoE 'doc: [a-z0-9-]+' cpu devices gui config tests --include='*.[chS]' --include='*.inc' | sort -u | while read -r _ tag; do
    [ -e "docs/internals/$tag.md" ] || say "doc: $tag has no page in docs/internals"
done

# sizes: files of 800 lines, functions of 60 (the switch of the exact instance and tables of data apart)
find cpu devices gui config -name '*.[ch]' | xargs wc -l | awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines" }' >> "$findings"
find cpu devices gui config -name '*.c' ! -path cpu/run/exact.c | while read -r f; do
    awk -v f="$f" '/^[a-z].*\)$/ { name = $0 } /^\{$/ { start = NR } /^\}$/ { if (start && NR - start > 61) print f ": " NR - start - 1 " lines: " name; start = 0 }' "$f"
done >> "$findings"
grep -rnE 'TODO|FIXME|\bXXX\b' cpu devices gui config tests --include='*.[chS]' --include='*.inc' >> "$findings"

cat "$findings"
n=$(wc -l < "$findings")
[ "$n" = 0 ] && echo "lint: clean" || { echo "lint: $n findings"; exit 1; }
