# Nothing boots: our BIOS says what it tried and why each failed, and tries again when a key is pressed.
. tests/guests/lib.sh
need_tool genisoimage
mkdir "$work/iso"; echo orrery > "$work/iso/file"
genisoimage -quiet -o "$work/cd.iso" "$work/iso" || exit 1
dd if=/dev/zero of="$work/c.img" bs=512 count=20160 2> /dev/null
run_guest "$1" 'wait-text "Press a key to try again." 30s
expect-text "floppy A: there is no disk in it."
expect-text "hard disk C: its first sector does not end in 55 AA."
expect-text "CD-ROM: the disc has no El Torito boot catalog."
key enter
wait-text "try again.\nBooting from floppy A" 10s
quit 0' "boot: floppy, disk, cdrom" "floppya: type=1_44" \
    "ata0-master: type=disk, path=$work/c.img, cylinders=20, heads=16, spt=63" "ata1-master: type=cdrom, path=$work/cd.iso, status=inserted"
[ $status = 0 ] || exit 1
run_guest "$1" 'wait-text "Press a key to try again." 30s
expect-text "hard disk C: there is no such drive."
expect-text "network: no ROM boots from it."
quit 0' "boot: network, disk"
[ $status = 0 ] || exit 1

# A floppy whose boot sector prints "!!!" and has no 55 AA boots when the check is off.
dd if=/dev/zero of="$work/a.img" bs=512 count=2880 2> /dev/null
printf '\264\016\260\041\315\020\315\020\315\020\364\353\375' | dd of="$work/a.img" conv=notrunc 2> /dev/null
run_guest "$1" 'wait-text "Press a key to try again." 30s
expect-text "floppy A: its first sector does not end in 55 AA."
quit 0' "boot: floppy" "floppya: image=$work/a.img, status=inserted"
[ $status = 0 ] || exit 1
run_guest "$1" 'wait-text "!!!" 30s
quit 0' "boot: floppy" "floppy_bootsig_check: disabled=1" "floppya: image=$work/a.img, status=inserted"
exit $status
