# Debian's Memtest86+ for 64 bits, started by ISOLINUX: its first tests run without an error.
. tests/guests/lib.sh
need_tool genisoimage
need /boot/memtest86+x64.bin /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32
mkdir -p "$work/iso/isolinux"
cp /boot/memtest86+x64.bin "$work/iso/memtest"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$work/iso/isolinux"
printf '%s\n' 'default test' 'prompt 0' 'label test' ' kernel /memtest' > "$work/iso/isolinux/isolinux.cfg"
genisoimage -quiet -o "$work/memtest.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table "$work/iso" || exit 1
limit=2000
run_guest "$1" 'wait-text "Test #6" 1900s
expect-text "Errors: 0"
print-screen
quit 0' "memory: guest=8" "boot: cdrom" "ata1-master: type=cdrom, path=$work/memtest.iso, status=inserted"
grep -E "Pass|Errors" "$work/out"
[ $status = 0 ]
