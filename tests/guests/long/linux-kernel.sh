# Debian's kernels without a disk, by our BIOS and by SeaBIOS: BusyBox works and switches off; the same tick every time.
. tests/guests/lib.sh
need_tool genisoimage apt-get dpkg-deb cpio
need /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32
limit=900
boots() { # BUILD KIND DIRECTIVE...
    build=$1 kind=$2; shift 2
    run_guest "$build" 'wait-text "WORK-OK" 900s --on com1
hash
c' "memory: guest=256" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: $work/$kind/vmlinuz" "initrd: $work/$kind/initrd.gz" 'cmdline: "console=ttyS0 quiet"' "$@"
    [ $status = 0 ] && grep -aq 'FORKS 200' "$work/com1.txt" && grep -q 'the guest switched off' "$work/out" || { tail -n 20 "$work/com1.txt"; exit 1; }
    grep -a tick "$work/out" | tail -n 1 | tee "$work/hash"
}
for kind in i386 amd64; do
    mkdir "$work/$kind"
    sh tests/guests/long/linux-cd.sh $kind "$work/linux.iso" "$work/$kind" > "$work/made" 2>&1 || { echo "no kernel of $kind (dpkg --add-architecture i386, apt-get update): skipped"; exit 77; }
done
boots "$1" i386 "cpu: model=p2_klamath"
boots "$1" amd64; cp "$work/hash" "$work/first"; boots "$1" amd64; cmp "$work/hash" "$work/first" || exit 1
[ -e /usr/share/seabios/bios.bin ] || exit 0
run_guest "$1" 'wait-text "WORK-OK" 900s --on com1
quit 0' "memory: guest=256" "com1: enabled=1, mode=null" "kernel: $work/amd64/vmlinuz" "initrd: $work/amd64/initrd.gz" 'cmdline: "console=ttyS0 quiet"' "romimage: file=/usr/share/seabios/bios.bin"
exit $status
