# El Torito with our BIOS: a floppy emulated as A: with the real drive as B:, and a hard disk emulated as C:.
. tests/guests/lib.sh
modules=${SYSLINUX_MODULES:-/usr/lib/syslinux/modules/bios} mbr=${SYSLINUX_MBR:-/usr/lib/syslinux/mbr/mbr.bin}
need "$data/floppies/freedos.boot.disk.1.4MB.img" "$data/floppies/freedos722.img" "$modules/ldlinux.c32" "$mbr"
need_tool genisoimage mkfs.fat mcopy syslinux
mkdir "$work/f" "$work/h"
cp "$data/floppies/freedos.boot.disk.1.4MB.img" "$work/f/boot.img"; chmod u+w "$work/f/boot.img"
cp "$data/floppies/freedos722.img" "$work/b.img"; chmod u+w "$work/b.img"
genisoimage -quiet -o "$work/floppy.iso" -b boot.img -c boot.cat "$work/f" || exit 1
run_guest "$1" 'wait-text "A:\\>" 60s
type "dir b:\n"
wait-text "bytes free" 30s
type "cls\n"
wait 1s
type "copy con a:x\n"
wait 1s
type "x\n"
key f6
key enter
wait-text "rite" 20s
quit 0' "boot: cdrom" "floppya: image=$work/b.img, status=inserted" \
    "ata1-master: type=cdrom, path=$work/floppy.iso, status=inserted"
[ $status = 0 ] || exit 1

need "$data/floppies/freedos.boot.disk.1200K.img"
mkdir "$work/g"; cp "$data/floppies/freedos.boot.disk.1200K.img" "$work/g/boot.img"; chmod u+w "$work/g/boot.img"
genisoimage -quiet -o "$work/1200.iso" -b boot.img -c boot.cat "$work/g" || exit 1
run_guest "$1" 'wait-text "A:\\>" 60s
quit 0' "boot: cdrom" "ata0-master: type=cdrom, path=$work/1200.iso, status=inserted"
[ $status = 0 ] || exit 1

# 20 cylinders, 16 heads, 63 sectors; one FAT partition from sector 63 with SYSLINUX.
dd if=/dev/zero of="$work/h/hd.img" bs=512 count=20160 2> /dev/null
dd if="$mbr" of="$work/h/hd.img" conv=notrunc 2> /dev/null
printf '\200\001\001\000\006\017\077\023\077\000\000\000\201\116\000\000' | dd of="$work/h/hd.img" bs=1 seek=446 conv=notrunc 2> /dev/null
printf '\125\252' | dd of="$work/h/hd.img" bs=1 seek=510 conv=notrunc 2> /dev/null
{ mkfs.fat --offset 63 -h 63 -g 16/63 "$work/h/hd.img" 10048 && syslinux --offset 32256 -i "$work/h/hd.img"; } > /dev/null || exit 1
printf 'default menu.c32\nprompt 0\nlabel x\n menu label It has come this far\n kernel x\n' > "$work/syslinux.cfg"
mcopy -i "$work/h/hd.img@@32256" "$modules/menu.c32" "$modules/libutil.c32" "$work/syslinux.cfg" ::/ || exit 1
genisoimage -quiet -o "$work/disk.iso" -b hd.img -hard-disk-boot -c boot.cat "$work/h" || exit 1
for how in "boot: cdrom
ata0-master: type=cdrom, path=$work/disk.iso, status=inserted" "boot: disk
ata0-slave: type=disk, path=$work/h/hd.img, cylinders=20, heads=16, spt=63"; do
    run_guest "$1" 'wait-text "It has come this far" 60s
quit 0' "${how%%
*}" "${how#*
}"
    [ $status = 0 ] || { echo "$how"; exit 1; }
done
