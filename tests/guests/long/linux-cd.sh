#!/bin/sh
# linux-cd.sh i386|amd64|cloud OUT.iso [FOLDER]: Debian's kernel (cloud: the amd64 one for clouds) with BusyBox in an initramfs on an ISOLINUX CD; console on ttyS0; vmlinuz and initrd.gz in FOLDER too.
# MODULES in the environment: more of them to load. REST: seconds that it rests before it switches off, else 1.
# The guest prints BOOT-OK, works a little, writes to its disk and reads the CD (DISK-OK, CD-OK), prints WORK-OK and switches off.  i386 on amd64: dpkg --add-architecture i386.
set -e
source=$(realpath "$(dirname "$0")") architecture=$1 out=$(realpath -m "$2") parts=${3:+$(realpath -m "$3")}
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT; cd "$room"
case $architecture in amd64) meta=linux-image-amd64 ;; cloud) meta=linux-image-cloud-amd64 architecture=amd64 ;; i386) meta=linux-image-686:i386 ;; esac
. "$source/initrd.inc"
unpack_debian $architecture $meta
make_root sh mount cat uname gzip gunzip sha256sum awk sort seq dd poweroff md5sum insmod grep cmp ls sleep
mkdir -p iso/isolinux
for module in ata_piix sd_mod sr_mod $MODULES; do load $module; done
cat > root/init <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys
echo "BOOT-OK $(cat /proc/uptime) $(uname -m)"
mount -t devtmpfs dev /dev; for module in $(cat /lib/order); do insmod /lib/$module.ko; done
if [ -s /lib/order ]; then
    for i in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/sr0 ] && break; sleep 1; done
    dd if=/dev/sr0 bs=64k count=64 2> /dev/null | md5sum; [ -b /dev/sr0 ] && echo "CD-OK"
    [ -b /dev/sda ] && dd if=/bin/busybox of=/dev/sda bs=64k conv=fsync 2> /dev/null && echo 3 > /proc/sys/vm/drop_caches &&
        dd if=/dev/sda bs=64k count=64 2> /dev/null | cmp -n 500000 - /bin/busybox && echo "DISK-OK"
    grep ata_piix /proc/interrupts
fi
dd if=/bin/busybox of=/tmp/a bs=64k 2>/dev/null
gzip -c /tmp/a > /tmp/a.gz; gunzip -c /tmp/a.gz | sha256sum; sha256sum /tmp/a
seq 1 20000 | sort -r | awk '{ s += $1 * $1 } END { print "AWK", s }'
n=0; i=0; while [ $i -lt 200 ]; do n=$((n + $(sh -c 'echo 1'))); i=$((i + 1)); done; echo "FORKS $n"
awk 'BEGIN { x = 1; for (i = 0; i < 9; i++) x = (x + 2 / x) / 2; for (i = 1; i <= 1000; i++) h += 1 / i; printf "FLOAT %.15f %.13f\n", x, h }'
echo "WORK-OK $(cat /proc/uptime)"
sleep 1
poweroff -f
I
sed -i "s/^sleep 1\$/sleep ${REST:-1}/" root/init
chmod +x root/init
(cd root && find . | cpio -o -H newc 2> /dev/null | gzip -9) > iso/initrd.gz
cp system/boot/vmlinuz-* iso/vmlinuz
[ -z "$parts" ] || cp iso/vmlinuz iso/initrd.gz "$parts"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 iso/isolinux/
printf '%s\n' 'default linux' 'prompt 0' 'label linux' ' kernel /vmlinuz' \
    ' append initrd=/initrd.gz earlyprintk=serial console=tty0 console=ttyS0 nokaslr' > iso/isolinux/isolinux.cfg
genisoimage -quiet -o "$out" -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table iso
