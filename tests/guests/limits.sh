# Guests that flood the host, or begin anew for ever, are ended: each limit with a sentence of its own, and status 3.
. tests/guests/lib.sh
need_tool nasm
program=$1/orrery
flood() { # WHAT OPTION...: the boot sector of limits.asm; sets status
    nasm -f bin -D "$1" -o "$work/a.img" tests/guests/limits.asm || exit 1
    shift
    timeout 100 "$program" -n --headless --max-time 120 'clock: sync=none' "floppya: image=$work/a.img" 'boot: floppy' "$@" > "$work/out" 2>&1
    status=$?
}
ends_by() { # SENTENCE
    [ $status = 3 ] && grep -qF "$1" "$work/out" || { cat "$work/out"; echo "status $status, and not: $1"; exit 1; }
}
flood DEBUG_PORT --max-instructions 30000000
ends_by 'the run limit is reached at tick 30000000 (--max-instructions)'
flood DEBUG_PORT --max-time 2
ends_by 'the run limit is reached at tick 100000000 (--max-time)'
flood DEBUG_PORT --max-wall 0.5
ends_by "the limit of 0.5 seconds of the host's time is reached at tick"
flood DEBUG_PORT --max-debug 100K
ends_by 'the guest has sent 100000 bytes to port E9, and may send no more (limits: debug=)'
flood DEBUG_PORT --max-debug-rate 1M --max-time 3
ends_by 'the run limit is reached'
grep -qF 'more than 1000000 bytes a second to port E9: the rest is lost' "$work/out" || { cat "$work/out"; exit 1; }
flood SERIAL --max-serial 5000 "com1: mode=file, dev=$work/com1"
ends_by 'the guest has sent 5000 bytes to serial lines of the host, and may send no more (limits: serial=)'
[ "$(wc -c < "$work/com1")" = 5000 ] || { wc -c "$work/com1"; exit 1; }
flood SERIAL 'limits: serial_rate=1000' --max-time 12 "com1: mode=file, dev=$work/com1"      # and a second beforehand
sent=$(wc -c < "$work/com1"); [ "$sent" -ge 9000 ] && [ "$sent" -le 13000 ] || { echo "$sent bytes in 12 seconds at 1000 a second"; exit 1; }
flood SERIAL --max-serial 5000 --max-time 3             # nobody is there, so nothing grows
ends_by 'the run limit is reached'
flood PRINTER --max-log 2000 "parport1: enabled=1, file=$work/printed"
ends_by 'the guest has sent 2000 bytes to files that record what it does, and may send no more (limits: log=)'
for mode in growing overlay undoable volatile; do
    rm -f "$work"/c.*
    "$program" image create "$work/c.img" 512M > "$work/made" && disk="mode=$mode, path=$work/c.img"
    [ $mode = growing ] && { "$program" image create --format=growing "$work/c.growing" 512M > "$work/made"; disk="mode=growing, path=$work/c.growing"; }
    [ $mode = overlay ] && { "$program" image create --base="$work/c.img" "$work/c.ovl" > "$work/made"; disk="mode=overlay, path=$work/c.ovl"; }
    flood DISK --max-overlay 16M "ata0-master: type=disk, $disk"
    ends_by 'and may grow no more (limits: overlay=)'
    taken=$(du -B 1 -c "$work"/c.* | awk 'END { print $1 }')
    [ "$taken" -le 18000000 ] || { echo "mode=$mode takes $taken bytes"; exit 1; }
done
flood RESETS
ends_by 'reset loop: 20 resets, each within 10 virtual seconds of the one before, the last at tick '
flood TRIPLE_FAULTS --max-resets 7 'cpu: reset_on_triple_fault=1'
ends_by 'reset loop: 7 resets'
flood RESETS --max-resets 0 --max-time 40
ends_by 'the run limit is reached'
flood RETURNS
[ $status = 255 ] || { cat "$work/out"; echo "resets that come back to a program are no loop: status $status"; exit 1; }
"$program" -n --headless --max-serial lots > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'limits: serial=lots; it takes 0 to' "$work/out" || { cat "$work/out"; exit 1; }
"$program" -n --headless --max-beer 1 > "$work/out" 2>&1; [ $? = 2 ] && grep -q 'unknown option --max-beer' "$work/out" || { cat "$work/out"; exit 1; }
