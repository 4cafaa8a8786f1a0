# Linux and a CD of three tracks in two sessions, from a CUE sheet: the cdrom driver's table of contents, audio byte for byte, a play, and the last session mounted.
. tests/guests/lib.sh
source=$(realpath tests/guests/long) build=$(realpath "$1")
need_tool genisoimage apt-get dpkg-deb cpio gcc md5sum
(
    set -e
    . "$source/initrd.inc"
    begin_folder amd64 "$work/cd"
    make_root sh mount cat md5sum insmod poweroff sleep ls
    gcc -O2 -static -o root/bin/cd-tracks "$source/cd-tracks.c"
    for module in ata_piix sd_mod sr_mod isofs; do load $module; done
    mkdir first second; echo "of the first session" > first/first.txt; head -c 300000 /bin/sh > first/big; echo "of the second session" > second/second.txt
    genisoimage -quiet -R -o first.iso first
    head -c $((2352 * 230)) /bin/bash > sound.bin
    track1=$(($(stat -c %s first.iso) / 2048)) start2=$(($(stat -c %s first.iso) / 2048 + 230 + 11400))
    genisoimage -quiet -R -C 0,$start2 -M first.iso -o second.iso second
    printf '%s\n' 'CATALOG 0042284311229' 'FILE "first.iso" BINARY' ' TRACK 01 MODE1/2048' '  INDEX 01 00:00:00' \
        'FILE "sound.bin" BINARY' ' TRACK 02 AUDIO' '  INDEX 00 00:00:00' '  INDEX 01 00:01:00' \
        'REM SESSION 02' 'FILE "second.iso" BINARY' ' TRACK 03 MODE1/2048' '  INDEX 01 00:00:00' > disc.cue
    cat > root/init <<I
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in \$(cat /lib/order); do insmod /lib/\$module.ko; done
for i in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/sr0 ] && break; sleep 1; done
cd-tracks /dev/sr0 $((track1 + 75)) 155 /tmp/sound
echo "AUDIO \$(md5sum < /tmp/sound)"
mkdir -p /mnt 2> /dev/null; mount -t iso9660 -o ro /dev/sr0 /tmp && { cat /tmp/first.txt /tmp/second.txt; echo "BIG \$(md5sum < /tmp/big)"; }
sleep 1; echo TRACKS-DONE; sleep 1
poweroff -f
I
    pack_root
    echo "$track1 $start2" > places
) > "$work/made" 2>&1 || { tail -3 "$work/made"; echo "no kernel (apt-get update): skipped"; exit 77; }
read track1 start2 < "$work/cd/places"
limit=900 run_guest "$build" 'wait-text "TRACKS-DONE" 900s --on com1
c 2s' "memory: guest=256" "kernel: file=$work/cd/vmlinuz" "initrd: file=$work/cd/initrd.gz" 'cmdline: "console=ttyS0 quiet"' "com1: enabled=1, mode=file, dev=$work/com" \
    "ata1-master: type=cdrom, path=$work/cd/disc.cue, status=inserted" "sound: driver=file, waveout=$work/heard.wav"
wanted() { grep -aq "$1" "$work/com" || { echo "not said: $1"; tail -n 40 "$work/com"; exit 1; }; }
wanted "^TRACK 1 at 0 data"
wanted "^TRACK 2 at $((track1 + 75)) audio"
wanted "^TRACK 3 at $start2 data"
wanted "^LAST-SESSION $start2 xa 1"
wanted "^MCN 0042284311229"
wanted "^AUDIO $(tail -c $((155 * 2352)) "$work/cd/sound.bin" | md5sum | cut -c 1-32)"
wanted "^PLAY status 11 track 2 second 1"
wanted "^PAUSE status 12"
wanted "^END status 13"
wanted "^VOLUME 128 255"
wanted "^of the first session"
wanted "^of the second session"
wanted "^BIG $(md5sum < "$work/cd/first/big" | cut -c 1-32)"
[ "$(stat -c %s "$work/heard.wav")" -gt 100000 ] || { echo "nothing was heard"; exit 1; }
