# A kernel does wrong in a hundred ways, in real, protected, virtual-8086 and 64-bit mode: what `why` says of each is tests/guests/faults.txt, which is to be read
# beside the manual; `faults.sh BUILD new` writes it anew.
. tests/guests/lib.sh
need_tool nasm
golden=tests/guests/faults.txt
ask() { # CASE STATUS SCRIPT: why's text goes to $work/told, with the name of each case in front
    nasm -DCASE=$1 -f bin -o "$work/a.img" tests/guests/faults.asm || exit 1
    truncate -s 1440K "$work/a.img"
    run_guest "$build" "$3" 'boot: floppy' 'cpu: model=corei7_haswell_4770' "floppya: 1_44=$work/a.img" > "$work/shown"
    [ $status = $2 ] || { echo "case $1: status $status"; cat "$work/out"; exit 1; }
    awk '/^\(0\) \[/ { getline; print "== " $0; next } /^\(0\) Caught|^Next at|^\(0\) Breakpoint|^orrery: / { next } { sub(", tick [0-9]*", ""); print }' "$work/out" >> "$work/told"
}
build=$1
: > "$work/told"
ask 0 1 "lb 0x7c00
c
d 1
print-string 0x7c00
catch fault
$(i=0; while [ $i -lt 200 ]; do i=$((i + 1)); printf 'c\nprint-string [0x7f0]\nwhy\n'; done)"
sed -i 1d "$work/told"
for case in 1 2 3 4; do
    echo "== triple fault $case of 4: in real, protected, virtual-8086, 64-bit mode" >> "$work/told"
    ask $case 5 'c'
done
[ "$2" != new ] || cp "$work/told" $golden
diff $golden "$work/told" || { echo "why tells something else than $golden: read it against the manual"; exit 1; }
causes=$(grep -o 'reason [A-Z0-9_]*' "$work/told" | sort -u | wc -l)
[ $causes -ge 60 ] || { echo "only $causes causes"; exit 1; }
for vector in DE DB BP OF BR UD NM DF TS NP SS GP PF MF AC XM; do grep -q "^#$vector\|: #$vector" "$work/told" || { echo "nothing raised #$vector"; exit 1; }; done
for mode in 'real-address' 'protected' 'virtual-8086' '64-bit'; do
    [ "$(grep -c "^first cause: .*, $mode mode" "$work/told")" -ge 1 ] && [ "$(grep -c "^#.*, $mode mode" "$work/told")" -ge 12 ] || { echo "too little in $mode mode"; exit 1; }
done
echo "faults: $causes causes, $(grep -c '^== ' "$work/told") cases"
