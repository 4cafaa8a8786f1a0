# Kernels that go wrong: why names the cause of a triple fault by itself, why not what keeps an interrupt away, walk a forgotten INVLPG.
. tests/guests/lib.sh
need_tool nasm
build=$1
ask() { # CASE STATUS SCRIPT LINE...: what is printed has the lines, in this order
    case=$1 wanted=$2 script=$3; shift 3
    nasm -DCASE=$case -f bin -o "$work/a.img" tests/guests/why.asm || exit 1
    run_guest "$build" "$script" 'boot: floppy' 'cpu: model=corei7_haswell' "floppya: image=$work/a.img, status=inserted" > "$work/shown"
    [ $status = "$wanted" ] || { echo "case $case: status $status"; cat "$work/out"; exit 1; }
    for line; do
        grep -nF -- "$line" "$work/out" | head -1 | cut -d: -f1 > "$work/at"
        [ -s "$work/at" ] && [ "$(cat "$work/at")" -ge "${last:-0}" ] || { echo "case $case: missing, or too early: $line"; cat "$work/out"; exit 1; }
        last=$(cat "$work/at")
    done
    last=0
}
ask 1 0 'wait 2s
key a
wait 500ms
why not 1
why not
quit' 'IRQ 1' 'ok     pic1: IR1 is requested' 'STOPS  pic1: IR1 is not masked (IMR = ff)' 'ok     EFLAGS.IF = 1'
ask 2 0 'wait 2s
why not 0
quit' 'ok     pic1: IR0 is requested' 'STOPS  pic1: IR0 is in service (ISR = 01) and no EOI has come' 'its handler:' 'INT# 08 > 0000:7c'
ask 3 0 'wait 2s
why not
quit' 'ok     pic1: IR0 is not masked' 'STOPS  EFLAGS.IF = 1'
ask 4 5 'wait 5s' 'triple fault at tick' 'first cause: #UD at 0008:' '0f 0b   ud2' 'then, while that was being delivered: #GP(0033)' 'FAILED the gate lies within the limit of the IDT' \
    'error code 0033: vector 06 (IDT=1)' 'which made it a double fault: #DF(0000)' 'then, while that was being delivered: #GP(0043)'
ask 5 0 'wait 1s
walk 0x200000
page 0x200000
map
map png '"$work/map.png"'
info tab
quit' 'linear 00200000, CR3 00010000: 32-bit paging' 'PDE[0] at 00010000: 00011027  P R/W=1 writable U/S=1 user A=1' 'PTE[512] at 00011800: 00300007' \
    'physical 00300000, a page of 4 KiB: CPL 0 to 3, read and write, execute' '! the TLB still maps it to 00200000, the tables to 00300000: an INVLPG is missing' \
    '  PTE: 0x00011800 : 0x00300007' 'linear page 0x00200000 maps to physical page 0x00300000' '0000000000201000-00000000003fffff    2044 KiB  user       rwx  -> 0000201000' \
    '0x00200000-0x00200fff -> 0x00300000-0x00300fff'
ask 6 5 'wait 5s' ': #PF(0002h) at 0018:' 'first cause: #PF(0002) at 0018:' 'ff 03   inc [rbx]' 'FAILED every entry above the page table is present' 'a write (W/R=1) at CPL 0 to 2 (U/S=0)' \
    'linear ffff800000001000, CR3 00010000: 4-level paging' 'PML4E[256] at 00010800: 0000000000000000  not present (P=0)' 'which made it a double fault'
ask 7 0 'wait 2s
why not 0
quit' 'by the 8259A, as vector 08' 'STOPS  pic1: IR0 is not masked' 'by the I/O APIC, INTIN2, as vector 40' 'ok     the redirection entry is not masked' 'ok     the local APIC is enabled (IA32' 'ok     and by software' \
    "ok     cpu0's local APIC has it in its IRR" "STOPS  its priority class 4 is above the processor's, 5 (TPR 50"
ask 8 0 'wait 2s
why not 0
quit' 'by the I/O APIC, INTIN2, as vector 40' 'STOPS  the redirection entry is not masked (bit 16)'
# A triple fault freezes the machine for a script, at the prompt and without a display; to run on is the reset, as it comes where 1 was asked for.
nasm -DCASE=4 -f bin -o "$work/a.img" tests/guests/why.asm
set -- -n --headless 'clock: sync=none' 'boot: floppy' "floppya: image=$work/a.img, status=inserted"
frozen() { [ $status = $1 ] && grep -q '^first cause: #UD at 0008:' "$work/out" || { echo "$2: status $status"; cat "$work/out"; exit 1; }; }
timeout 60 "$build/orrery" "$@" --max-time 5 > "$work/out" 2>&1; status=$?
frozen 5 'without a script'
printf 'catch fault\nc\n' > "$work/script"
timeout 60 "$build/orrery" "$@" -rc "$work/script" > "$work/out" 2>&1; status=$?
frozen 5 'behind catch fault'
printf 'c\nhash\nc 1000000\nhash\nquit 0\n' > "$work/script"
timeout 60 "$build/orrery" "$@" --prompt < "$work/script" > "$work/out" 2>&1; status=$?
frozen 0 'at the prompt'
grep -q 'to run on is the reset that follows' "$work/out" || { cat "$work/out"; exit 1; }
grep '^tick [0-9]* hash' "$work/out" > "$work/hashes"
[ "$(wc -l < "$work/hashes")" = 2 ] || { cat "$work/out"; exit 1; }
{ sed 's/^tick \([0-9]*\) .*/sba \1\nc\nhash/' "$work/hashes"; echo 'quit 0'; } > "$work/script"
timeout 60 "$build/orrery" "$@" -rc "$work/script" 'cpu: reset_on_triple_fault=1' > "$work/out" 2>&1; status=$?
frozen 0 'reset_on_triple_fault=1'
grep -q 'the machine is reset' "$work/out" && [ "$(grep '^tick' "$work/out")" = "$(cat "$work/hashes")" ] || { cat "$work/hashes" "$work/out"; exit 1; }
timeout 60 "$build/orrery" "$@" 'cpu: reset_on_triple_fault=0' > "$work/out" 2>&1; status=$?
frozen 5 'reset_on_triple_fault=0'
# A journal of a run that ended frozen is replayed to the same state.
timeout 60 "$build/orrery" "$@" --record "$work/journal" > "$work/out" 2>&1; status=$?
frozen 5 'recorded'
timeout 60 "$build/orrery" replay "$work/journal" --headless > "$work/out" 2>&1; status=$?
[ $status = 0 ] && grep -q 'as recorded' "$work/out" || { echo "replay: status $status"; cat "$work/out"; exit 1; }
[ "$(head -c 4 "$work/map.png" | tail -c 3)" = PNG ] || { echo 'no picture of the map'; exit 1; }
echo "why: eight kernels explained"
