# A Linux of 256 MB, at work and at rest, goes to another process: how long it stands, and the same hashes as without. A mirrored one is compared every second, and killed.  migrate.sh BUILD
. tests/guests/lib.sh
orrery=$1/orrery
REST=600 sh tests/guests/long/linux-cd.sh amd64 "$work/linux.iso" > "$work/cd" 2>&1 || { tail -3 "$work/cd"; echo "no kernel from Debian: skipped"; exit 77; }
wait_at() { # SCRIPT OUTPUT: in the background; $waiting
    timeout 400 "$orrery" --wait "unix:$work/socket" --headless -rc "$1" > "$2" 2>&1 & waiting=$!
    for i in $(seq 100); do [ -S "$work/socket" ] && return; sleep 0.1; done
    echo "nobody waits"; exit 1
}
linux() { # SCRIPT
    rm -f "$work/disk"; truncate -s 16M "$work/disk"
    timeout 400 "$orrery" -n --headless -rc "$1" 'clock: sync=none' 'memory: guest=256, host=256' 'cpu: model=corei7_haswell' "ata1-master: type=cdrom, path=$work/linux.iso" 'boot: cdrom' \
        "ata0-master: type=disk, path=$work/disk" 'ne2k: enabled=1, type=pci, ethmod=vnet'
}
longest=0
for text in BOOT-OK CD-OK DISK-OK AWK WORK-OK; do
    printf '%s\n' hash 'c 30000000' hash 'quit 0' > "$work/there.rc"
    printf '%s\n' "wait-text \"$text\" 200s --on com1" "migrate unix:$work/socket" > "$work/here.rc"
    wait_at "$work/there.rc" "$work/there"
    linux "$work/here.rc" > "$work/here" 2>&1 || { cat "$work/here" "$work/there"; exit 1; }
    wait $waiting || { cat "$work/there"; exit 1; }
    tick=$(sed -n 's/^tick \([0-9]*\): the machine has gone.*/\1/p' "$work/here")
    printf '%s\n' "sba $tick" c hash 'c 30000000' hash 'quit 0' > "$work/straight.rc"
    linux "$work/straight.rc" > "$work/straight" 2>&1
    [ "$(grep ' hash ' "$work/straight")" = "$(grep ' hash ' "$work/there")" ] || { echo "another machine arrived after $text"; cat "$work/here" "$work/there" "$work/straight"; exit 1; }
    echo "$text: $(sed -n 's/.*: \(.* MB in .*\)/\1/p' "$work/here")"
    pause=$(sed -n 's/.* and \([0-9]*\)\.[0-9] ms at the end.*/\1/p' "$work/here")
    [ "$pause" -gt $longest ] && longest=$pause
done
[ $longest -lt 100 ] || { echo "it stood $longest ms"; exit 1; }
# Mirrored from its boot on, and killed in the middle.
printf '%s\n' 'wait-text "WORK-OK" 300s --on com1' 'quit 0' > "$work/there.rc"
printf '%s\n' 'wait-text "BOOT-OK" 200s --on com1' "mirror unix:$work/socket 1" 'wait-text "AWK" 200s --on com1' 'c 50000000' 'echo here' 'c 1000000000000' > "$work/here.rc"
wait_at "$work/there.rc" "$work/there"
rm -f "$work/disk"; truncate -s 16M "$work/disk"
"$orrery" -n --headless -rc "$work/here.rc" 'clock: sync=none' 'memory: guest=256, host=256' 'cpu: model=corei7_haswell' "ata1-master: type=cdrom, path=$work/linux.iso" 'boot: cdrom' \
    "ata0-master: type=disk, path=$work/disk" 'ne2k: enabled=1, type=pci, ethmod=vnet' > "$work/here" 2>&1 & first=$!
for i in $(seq 600); do grep -q ' follows: ' "$work/here" && break; sleep 0.1; done
sleep 6; kill -9 $first; wait $first 2> /dev/null
wait $waiting || { cat "$work/here" "$work/there"; exit 1; }
grep -q 'first is gone\|first has ended' "$work/there" || { cat "$work/there"; exit 1; }
cat "$work/there"
