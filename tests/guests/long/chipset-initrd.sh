#!/bin/sh
# chipset-initrd.sh i386|amd64 FOLDER: Debian's kernel (FOLDER/vmlinuz) and an initramfs (FOLDER/initrd.gz) with BusyBox and the modules of USB and SMBus.
# It lists the SMBus (SMBUS-OK) and USB devices by name, writes to a USB stick and reads it back (STICK-OK and its SHA-256), says READY, shows what comes
# from /dev/input in five seconds, says WORK-OK and switches off.
set -e
architecture=$1 out=$(realpath -m "$2")
mkdir -p "$out"; cd "$out"
case $architecture in amd64) meta=linux-image-amd64 ;; i386) meta=linux-image-686:i386 ;; esac
kernel=$(apt-cache depends $meta | awk '/Depends: linux-image/ { print $2; exit }')
[ -n "$kernel" ]
apt-get download -q "$kernel" "busybox-static:$architecture" > /dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" system; done
mkdir -p root/bin root/proc root/sys root/dev root/tmp root/lib
cp system/bin/busybox root/bin/busybox
for command in sh mount cat sha256sum insmod grep sleep dd seq cmp hexdump wc basename head i2cget i2cdump poweroff ls; do ln -s busybox root/bin/$command; done
load() { # MODULE: what it needs, then it, to the list that init loads; a kernel may have it built in, or not at all
    file=$(find system/lib/modules -name "$1.ko" | head -n 1)
    [ -n "$file" ] && [ ! -e "root/lib/$1.ko" ] || return 0
    for needed in $(strings -a "$file" | sed -n 's/^depends=//p' | tr ',' ' '); do load "$needed"; file=$(find system/lib/modules -name "$1.ko" | head -n 1); done
    cp "$file" "root/lib/$1.ko"; echo "$1" >> root/lib/order
}
touch root/lib/order
for module in i2c-piix4 i2c-dev uhci-hcd usbhid hid-generic evdev crc32c_generic sd_mod usb-storage; do load $module; done
cat > root/init <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in $(cat /lib/order); do insmod /lib/$module.ko; done
[ "$(i2cget -y 0 0x50 2)" = 0x02 ] && echo SMBUS-OK
for i in 1 2 3 4 5 6; do sleep 1; [ -b /dev/sda ] && break; done
cat /sys/bus/usb/devices/*/product
if [ -b /dev/sda ]; then
    seq 1 60000 | dd of=/dev/sda bs=4k seek=16 conv=fsync 2> /dev/null
    echo 3 > /proc/sys/vm/drop_caches
    seq 1 60000 > /tmp/wrote; dd if=/dev/sda bs=4k skip=16 count=100 2> /dev/null | cmp -n 300000 - /tmp/wrote && echo STICK-OK
    dd if=/dev/sda bs=64k count=32 2> /dev/null | sha256sum
fi
for e in /dev/input/event*; do cat $e > /tmp/$(basename $e) & done
echo READY
sleep 5
for e in /tmp/event*; do n=$(basename $e); echo "$(cat /sys/class/input/$n/device/name): $(hexdump -v -e '4/4 "%d " 2/2 "%u " 1/4 "%d;"' $e | head -c 2000)"; done
grep uhci /proc/interrupts
echo WORK-OK
sleep 1
poweroff -f
I
chmod +x root/init
(cd root && find . | cpio -o -H newc 2> /dev/null | gzip -1) > initrd.gz
cp system/boot/vmlinuz-* vmlinuz
