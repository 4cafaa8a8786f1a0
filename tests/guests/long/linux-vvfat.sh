# Linux mounts a folder of the host as a vfat file system, reads it with long names, changes it; what it changed comes back.
. tests/guests/lib.sh
need_tool genisoimage apt-get dpkg-deb cpio
need /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32
limit=900
mkdir "$work/cloud"
MODULES="nls_cp437 nls_iso8859-1 nls_ascii nls_utf8 fat vfat" sh tests/guests/long/linux-cd.sh amd64 "$work/linux.iso" "$work/cloud" > "$work/made" 2>&1 || { cat "$work/made"; echo "no kernel (apt-get update): skipped"; exit 77; }
mkdir -p "$work/src/Folder with a long name/inner"
head -c 2000000 /dev/urandom > "$work/src/Folder with a long name/random data.bin"
for i in $(seq 1 120); do echo "contents $i" > "$work/src/A file with a long name, number $i.text"; done
printf 'umlauts\n' > "$work/src/$(printf '\303\244\303\266\303\274.txt')"
(cd "$work/src" && find . -type f -exec sha256sum {} + | sort -k 2 > "$work/sums")
cp "$work/sums" "$work/src/sums"
# another init, in an archive behind the first one
mkdir "$work/more"
cat > "$work/more/init" <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in $(cat /lib/order); do insmod /lib/$module.ko; done
for i in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/sda1 ] && break; sleep 1; done
/bin/busybox mkdir /mnt
mount -t vfat -o iocharset=utf8 /dev/sda1 /mnt || echo MOUNT-FAILED
cd /mnt && sha256sum -c sums > /tmp/check 2>&1 && echo "READ-OK $(grep -c OK /tmp/check)"
grep -v OK /tmp/check
echo "changed by Linux" > "A file with a long name, number 7.text"
/bin/busybox mkdir "Made by Linux" && /bin/busybox cp /bin/busybox "Made by Linux/a program with a long name" && sha256sum "Made by Linux/a program with a long name"
/bin/busybox rm "A file with a long name, number 9.text"
cd / && /bin/busybox umount /mnt && echo "WORK-OK"
sleep 1
poweroff -f
I
chmod +x "$work/more/init"
(cd "$work/more" && find . | cpio -o -H newc 2> "$work/cpio.log" | gzip -9) >> "$work/cloud/initrd.gz"
run_guest "$1" 'wait-text "WORK-OK" 900s --on com1
c' "memory: guest=256" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: $work/cloud/vmlinuz" "initrd: $work/cloud/initrd.gz" 'cmdline: "console=ttyS0 quiet"' \
    "ata0-master: type=disk, mode=vvfat, path=$work/src, writeback=$work/back"
fails() { tail -n 30 "$work/com1.txt"; cat "$work/out"; echo "$*"; exit 1; }
[ $status = 0 ] || fails "the guest did not end"
grep -aq "READ-OK 122" "$work/com1.txt" || fails "not all files were read as they are"
[ "$(cat "$work/back/A file with a long name, number 7.text")" = "changed by Linux" ] || fails "the changed file did not come back"
sum=$(sha256sum < "$work/back/Made by Linux/a program with a long name" | cut -d ' ' -f 1)
grep -aq "$sum" "$work/com1.txt" || fails "the new file came back otherwise"
grep -q "2 files of the guest written" "$work/out" || fails "others were written too"
grep -q "the guest deleted or renamed A file with a long name, number 9.text" "$work/out" || fails "what was deleted is not said"
[ -e "$work/src/A file with a long name, number 9.text" ] || fails "the host's folder was changed"
exit 0
