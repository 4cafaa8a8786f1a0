# INT 13h's geometry of hard disks by size and translation, and the last sector of each: CHS, LBA28, LBA48.
. tests/guests/lib.sh
need_tool nasm truncate
nasm -f bin -i tests/guests/ -o "$work/a.img" tests/guests/own-bios-geometry.asm || exit 1
check() { # SIZE TRANSLATION LINE
    rm -f "$work/c.img" "$work/com1"
    truncate -s "$1" "$work/c.img"
    run_guest "$build" 'wait-text "!" 60s
quit 0' "boot: floppy" "floppya: image=$work/a.img, status=inserted" "ata0-master: type=disk, path=$work/c.img, translation=$2" \
        "com1: enabled=1, mode=file, dev=$work/com1"
    [ $status = 0 ] || exit 1
    [ "$(sed 's/ *$//' "$work/com1")" = "$3" ] || { echo "$1 $2: $(cat "$work/com1")instead of:"; echo "$3"; exit 1; }
}
build=$1
check 30M     none  "08h nc 0000 3B3F 0F01 48h nc 0000 0002 0000 003C 0000 0000 0000 F000 last nc nc 1357 2468 by CHS nc"
check 504M    auto  "08h nc 0000 FFFF 0F01 48h nc 0000 0002 0000 0400 0000 0000 000F C000 last nc nc 1357 2468 by CHS nc"
check 700M    none  "08h nc 0000 FFFF 0F01 48h nc 0000 0002 0000 058E 0000 0000 0015 E000 last nc nc 1357 2468 by CHS nc"
check 700M    large "08h nc 0000 C6BF 1F01 48h nc 0000 0002 0000 058E 0000 0000 0015 E000 last nc nc 1357 2468 by CHS nc"
check 700M    lba   "08h nc 0000 C6BF 1F01 48h nc 0000 0002 0000 058E 0000 0000 0015 E000 last nc nc 1357 2468 by CHS nc"
check 2000M   rechs "08h nc 0000 1CBF 7701 48h nc 0000 0002 0000 0FDF 0000 0000 003E 8000 last nc nc 1357 2468 by CHS nc"
check 4000M   large "08h nc 0000 F6FF 7F01 48h nc 0000 0002 0000 1FBE 0000 0000 007D 0000 last nc nc 1357 2468 by CHS nc"
check 9000M   auto  "08h nc 0000 FFFF FE01 48h nc 0000 0000 0000 3FFF 0000 0000 0119 4000 last nc nc 1357 2468 by CHS nc"
check 9000M   rechs "08h nc 0000 FFFF EF01 48h nc 0000 0000 0000 3FFF 0000 0000 0119 4000 last nc nc 1357 2468 by CHS nc"
check 200000M auto  "08h nc 0000 FFFF FE01 48h nc 0000 0000 0000 3FFF 0000 0000 186A 0000 last nc nc 1357 2468 by CHS nc"
