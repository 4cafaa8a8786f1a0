#!/bin/sh
# display-initrd.sh FOLDER: Debian's i386 kernel (FOLDER/vmlinuz) and an initramfs (FOLDER/initrd.gz) with BusyBox and both of Linux's drivers of Cirrus Logic's chips.
# The word fb=DRIVER of its command line says which one it loads (fb=none: none).  It says which frame buffer there is, fills the console with colours and characters (PAGE),
# lets numbers scroll by ten seconds later (SCROLLED), and switches off after another ten.
set -e
source=$(realpath "$(dirname "$0")") out=$(realpath -m "$1")
mkdir -p "$out"; cd "$out"
. "$source/initrd.inc"
unpack_debian i386 linux-image-686:i386
make_root sh mount cat insmod grep sed sleep seq head poweroff
for module in cirrus; do load $module; done
mv root/lib/order root/lib/order.cirrus; touch root/lib/order
for module in cirrusfb; do load $module; done
mv root/lib/order root/lib/order.cirrusfb; touch root/lib/order.none
cat > root/init <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
driver=$(sed 's/.*fb=\([a-z]*\).*/\1/' /proc/cmdline)
for module in $(cat /lib/order.$driver); do
    case $module in cirrusfb) insmod /lib/$module.ko mode_option=640x480-8@60 ;; *) insmod /lib/$module.ko ;; esac
done
sleep 1
echo "FB $(cat /proc/fb) $(cat /sys/class/graphics/fb0/virtual_size) $(cat /sys/class/graphics/fb0/bits_per_pixel)"
printf '\033[2J\033[H\033[?25l\033[9;0]' > /dev/tty0
for row in 1 2 3 4 5 6; do
    for colour in 30 31 32 33 34 35 36 37; do printf '\033[%d;%dmcolour %d \033[0m' $colour $((40 + (colour + row) % 8)) $colour; done; echo
    echo 'The quick brown fox jumps over the lazy dog. 0123456789 !"#$%&()*+,-./'
done > /dev/tty0
echo PAGE; sleep 10
seq 1 200 > /dev/tty0
echo SCROLLED; sleep 10
echo WORK-OK
poweroff -f
I
chmod +x root/init
(cd root && find . | cpio -o -H newc 2> /dev/null | gzip -1) > initrd.gz
cp system/boot/vmlinuz-* vmlinuz
