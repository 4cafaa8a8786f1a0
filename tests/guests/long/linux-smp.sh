# Debian's kernels on several processors: all are brought up and take interrupts, BusyBox works on them, and the same hash twice.
. tests/guests/lib.sh
need_tool genisoimage apt-get dpkg-deb cpio
need /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32
limit=900
boots() { # BUILD KIND COUNT DIRECTIVE...
    build=$1 kind=$2 count=$3; shift 3
    run_guest "$build" 'wait-text "WORK-OK" 900s --on com1
hash
c' "cpu: count=$count" "memory: guest=256" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: $work/$kind/vmlinuz" "initrd: $work/$kind/initrd.gz" 'cmdline: "console=ttyS0"' "$@"
    [ $status = 0 ] && grep -aq 'FORKS 200' "$work/com1.txt" && grep -q 'the guest switched off' "$work/out" || { tail -n 20 "$work/com1.txt"; exit 1; }
    grep -aEq "Brought up 1 node, $count CPUs" "$work/com1.txt" || { grep -a smp "$work/com1.txt"; exit 1; }
    grep -a tick "$work/out" | tail -n 1 | tee "$work/hash"
}
for kind in i386 amd64; do
    mkdir "$work/$kind"
    sh tests/guests/long/linux-cd.sh $kind "$work/linux.iso" "$work/$kind" > "$work/made" 2>&1 || { echo "no kernel of $kind (dpkg --add-architecture i386, apt-get update): skipped"; exit 77; }
done
boots "$1" i386 2
boots "$1" amd64 4; cp "$work/hash" "$work/first"; boots "$1" amd64 4; cmp "$work/hash" "$work/first" || exit 1
boots "$1" amd64 3 "cpu: model=ryzen, quantum=17"
