# 1000 ticks in no order, of Linux's boot, of a FreeDOS session and of the demo disk: a step and the step back lead to the same hash, and so does every way to a tick. 1000 random moments of Linux saved and restored: what follows is the same.
. tests/guests/lib.sh
build=$1 rounds=${2:-1000}
ticks() { # SEED COUNT MOST
    awk -v seed=$1 -v count=$2 -v most=$3 'BEGIN { srand(seed); for (i = 0; i < count; i++) printf "%d\n", 1000 + rand() * (most - 2000) }'
}
one_each() { sed -n 's/^tick \([0-9]*\) hash \(.*\)/\1 \2/p' "$work/out" | awk '{ if ($1 in seen && seen[$1] != $2) { print "two hashes at tick " $1; bad = 1 } seen[$1] = $2; n++ } END { print NR " hashes"; exit bad || n < 3 }' || { cp "$work/out" /tmp/orrery-time-travel.out; exit 1; }; }
wander() { # WHAT MOST START-OF-SCRIPT DIRECTIVE...
    what=$1 most=$2 start=$3; shift 3
    begun=$(date +%s)
    limit=9999 run_guest "$build" "$start
$(ticks $most $rounds $most | while read -r tick; do printf 'goto %s\nhash\ns\nhash\nrs\nhash\n' $tick; done)
present
hash
quit 0" 'time_travel: enabled=1, memory=1024' "$@"
    [ $status = 0 ] || exit 1
    printf '%s: ' "$what"; one_each
    echo "  $rounds places in $(($(date +%s) - begun)) s"
}
wander 'demo disk' 300000000 'wait-text "O  R  R  E  R  Y"
key 9
c 300000000
goto 300000000
live
hash' 'sb16: enabled=1'
if [ -e "$data/floppies/freedos722.img" ]; then
    cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
    wander FreeDOS 600000000 'wait-text "A:\\>" 60s
type "dir\n"
wait 1s
type "echo kept > k.txt\n"
wait 2s
type "type k.txt\n"
wait 2s
hash' "floppya: image=$work/a.img, status=inserted"
fi
sh tests/guests/long/linux-cd.sh cloud "$work/linux.iso" > "$work/cd" 2>&1 || { tail -3 "$work/cd"; echo "no kernel from Debian: Linux is skipped"; exit 0; }
set -- 'memory: guest=128, host=128' "ata1-master: type=cdrom, path=$work/linux.iso" 'boot: cdrom' 'cpu: model=corei7_haswell' 'ne2k: enabled=1, type=pci, ethmod=vnet'
wander Linux 2000000000 'wait-text "BOOT-OK" 200s --on com1
hash' "$@"
# Saved and restored on the way: the same end.
moments=$rounds
limit=9999 run_guest "$build" "$(ticks 5 $moments 1500000000 | sort -n | awk '{ if ($1 > last) print "c " $1 - last; last = $1; print "hash" }')
quit 0" "$@"
[ $status = 0 ] || exit 1
cp "$work/out" "$work/straight"
limit=9999 run_guest "$build" "$(ticks 5 $moments 1500000000 | sort -n | awk -v f="$work/moment" '{ if ($1 > last) print "c " $1 - last; last = $1; print "hash"; print "save " f " force"; print "c " 1000000 + NR % 50 * 77777; print "restore " f; print "hash" }')
quit 0" "$@"
[ $status = 0 ] || exit 1
cat "$work/straight" >> "$work/out"
printf 'Linux, saved and restored %s times: ' $moments; one_each
