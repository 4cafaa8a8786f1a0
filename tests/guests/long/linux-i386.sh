# Debian's i386 kernel on a processor without an FPU: it names that as the one reason not to start.
. tests/guests/lib.sh
need_tool genisoimage apt-get dpkg-deb cpio
need /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32
sh tests/guests/long/linux-cd.sh i386 "$work/linux.iso" > "$work/made" 2>&1 || { echo "no kernel of the i386 architecture (dpkg --add-architecture i386, apt-get update): skipped"; exit 77; }
run_guest "$1" 'wait-text "features not present on the CPU" 60s --on com1
print-screen
quit 0' "cpu: model=p6_nofpu" "memory: guest=128" "boot: cdrom" "com1: enabled=1, mode=null" "ata1-master: type=cdrom, path=$work/linux.iso, status=inserted"
[ $status = 0 ] || exit 1
grep -A 1 "features not present" "$work/out" | grep -qx ' *fpu *' || { cat "$work/out"; exit 1; }
