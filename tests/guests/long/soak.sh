# soak.sh BUILD [SECONDS]: Linux under load for two hours (or so many seconds) with the past kept: nothing of the host's grows.  A line a minute; after a warm-up of ten minutes (a third of a shorter
# run) the memory that belongs to the run's processes alone grows by less than 1 MB, their descriptors not at all; then SIGTERM ends it with 0 and the guest finds no fault.
# The machine keeps pace with the wall at 80 million instructions a second: the guest never rests, the host mostly does.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb cpio genisoimage script
seconds=${2:-7200} warm=600
[ "$seconds" -ge 1800 ] || warm=$((seconds / 3))
step=$((seconds < 1800 ? 10 : 60))
ram=$((160 * 1024))
guest=${SOAK_GUEST:-$work/guest}
[ -e "$guest/initrd.gz" ] || sh tests/guests/long/soak-initrd.sh "$guest" > "$work/made" 2>&1 || { tail -n 3 "$work/made"; echo "no kernel from Debian: skipped"; exit 77; }
mkdir "$work/www" "$work/cd"
head -c 300000 /dev/urandom > "$work/www/file"; head -c 3000000 /dev/urandom > "$work/cd/file"
genisoimage -quiet -o "$work/cd.iso" "$work/cd"
"$1/orrery" image create --format=flat "$work/disk.img" 48M > "$work/made" 2>&1 || { cat "$work/made"; exit 1; }
# A display keeps pace with the wall: a terminal of its own.
cat > "$work/run" <<R
exec "$1/orrery" -n --display terminal 'cpu: ips=80000000' 'clock: sync=slowdown' 'memory: guest=$((ram / 1024))' 'time_travel: enabled=1, memory=256' 'kernel: file=$guest/vmlinuz' 'initrd: file=$guest/initrd.gz' \\
    'cmdline: console=ttyS0 quiet nokaslr' 'com1: enabled=1, mode=file, dev=$work/com1.txt' 'ata0-master: type=disk, path=$work/disk.img, mode=flat' 'ata1-master: type=cdrom, path=$work/cd.iso, status=inserted' \\
    'ne2k: type=pci, ethmod=vnet, ethdev=$work/www' 'es1370: enabled=1' 2> "$work/out"
R
TERM=linux script -qfec "sh $work/run" /dev/null > /dev/null < /dev/null &
terminal=$!
for i in 1 2 3 4 5 6 7 8 9 10; do run=$(cat /proc/$terminal/task/*/children); [ -n "$run" ] && break; sleep 0.5; done
run=${run% }
trap 'kill $run $terminal 2> /dev/null; rm -rf "$work"' EXIT

family() { # PID: it and all that it began
    echo "$1"
    for child in $(cat /proc/"$1"/task/*/children 2> /dev/null); do family "$child"; done
}
sample() { # sets kib and descriptors: of all processes together, without the guest's RAM, which it may not have touched all yet
    kib=0 descriptors=0
    for process in $(family $run); do
        n=$(awk -v guest=$ram '/^[0-9a-f]+-/ { its = 0 } /^Size:/ { its = $2 == guest } /^Private_(Clean|Dirty)/ && !its { n += $2 } END { print n + 0 }' "/proc/$process/smaps") && kib=$((kib + n))
        n=$(ls "/proc/$process/fd" | wc -l) && descriptors=$((descriptors + n))
    done
}
begun=$(date +%s)
while now=$(($(date +%s) - begun)); [ $now -lt "$seconds" ]; do
    sleep $step
    kill -0 $run 2> /dev/null || { echo "it ended at $now s"; tail -n 5 "$work/out" "$work/com1.txt"; exit 1; }
    sample
    echo "$now $kib $descriptors" >> "$work/samples"
    echo "$now s: $kib KiB, $descriptors descriptors, $(grep -ac '^ROUND' "$work/com1.txt") rounds of the guest, $(ps -o times= -p "$(family $run | paste -sd,)" | awk '{ n += $1 } END { print n }') s of a processor"
done
bad=0
grep -a SOAK-BAD "$work/com1.txt" && bad=1
[ "$(grep -ac '^ROUND' "$work/com1.txt")" -ge $((seconds / 60)) ] || { echo "the guest did not get on"; tail -n 5 "$work/com1.txt"; bad=1; }
kill -TERM $run; wait $terminal; status=$?
[ $status = 0 ] || { echo "status $status after SIGTERM"; cat "$work/out"; bad=1; }
# the highest of the first and of the last third
awk -v warm=$warm -v end="$seconds" '
    $1 < warm { next }
    $1 < warm + (end - warm) / 3 { if ($2 > k1) k1 = $2; if ($3 > d1) d1 = $3 }
    $1 >= end - (end - warm) / 3 { if ($2 > k2) k2 = $2; if ($3 > d2) d2 = $3 }
    END { printf "growth: %d KiB, %d descriptors\n", k2 - k1, d2 - d1; exit k2 - k1 >= 1000 || d2 > d1 }' "$work/samples" || bad=1
exit $bad
