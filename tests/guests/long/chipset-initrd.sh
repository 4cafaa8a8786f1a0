#!/bin/sh
# chipset-initrd.sh i386|amd64 FOLDER: Debian's kernel (FOLDER/vmlinuz) and an initramfs (FOLDER/initrd.gz) with BusyBox and the modules of USB and SMBus.
# It lists the SMBus (SMBUS-OK) and USB devices by name, writes to a USB stick and reads it back (STICK-OK and its SHA-256), says READY, shows what comes
# from /dev/input in five seconds, says WORK-OK and switches off.
set -e
source=$(realpath "$(dirname "$0")")
. "$source/initrd.inc"
begin_folder "$1" "$2"
make_root sh mount cat sha256sum insmod grep sleep dd seq cmp hexdump wc basename head i2cget i2cdump poweroff ls
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
pack_root
