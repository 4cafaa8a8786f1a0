# SYSLINUX from a FAT floppy and ISOLINUX from a CD made with Debian's tools: menu, prompt, and Memtest86+ started from it.
. tests/guests/lib.sh
modules=${SYSLINUX_MODULES:-/usr/lib/syslinux/modules/bios} isolinux=${ISOLINUX:-/usr/lib/ISOLINUX}
need_tool mkfs.fat mcopy syslinux genisoimage
need "$modules/ldlinux.c32" "$modules/menu.c32" "$isolinux/isolinux.bin" /boot/memtest86+ia32.bin
mkdir -p "$work/iso/isolinux"
cat > "$work/syslinux.cfg" <<'C'
default menu.c32
prompt 0
label test
 menu label Test of memory
 kernel memtest
C
cp "$work/syslinux.cfg" "$work/iso/isolinux/isolinux.cfg"
cp "$modules/ldlinux.c32" "$modules/menu.c32" "$modules/libutil.c32" "$isolinux/isolinux.bin" "$work/iso/isolinux"
cp /boot/memtest86+ia32.bin "$work/iso/isolinux/memtest"
genisoimage -quiet -o "$work/boot.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table "$work/iso" || exit 1
dd if=/dev/zero of="$work/a.img" bs=512 count=2880 2> /dev/null
{ mkfs.fat "$work/a.img" && syslinux --install "$work/a.img"; } > /dev/null || exit 1
mcopy -i "$work/a.img" "$modules/menu.c32" "$modules/libutil.c32" "$work/syslinux.cfg" ::/ || exit 1
mcopy -i "$work/a.img" /boot/memtest86+ia32.bin ::/memtest || exit 1
script='wait-text "Test of memory" 60s
key enter
wait-text "Errors: 0" 60s
quit 0'
run_guest "$1" "$script" "boot: floppy" "floppya: 1_44=$work/a.img, status=inserted"; [ $status = 0 ] || exit 1
run_guest "$1" "$script" "boot: cdrom" "ata1-master: type=cdrom, path=$work/boot.iso, status=inserted"; [ $status = 0 ] || exit 1
