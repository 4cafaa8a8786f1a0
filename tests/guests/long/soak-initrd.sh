#!/bin/sh
# soak-initrd.sh FOLDER: Debian's amd64 kernel (FOLDER/vmlinuz) and an initramfs (FOLDER/initrd.gz) that never ends: it fills its memory once, then in turn begins processes, writes to its disk and syncs,
# reads disk and CD again, fetches a file from the virtual network, packs and unpacks, and plays a sound.  It prints ROUND and a number after each turn, SOAK-BAD where something is not as it should be.
set -e
source=$(realpath "$(dirname "$0")")
. "$source/initrd.inc"
begin_folder amd64 "$1"
make_root sh mount umount cat dd cmp md5sum sha256sum gzip gunzip awk seq sort head grep sleep insmod ip wget rm mkdir ls sync
gcc -m32 -O1 -ffreestanding -nostdlib -static -fno-pie -no-pie -fno-stack-protector -o root/bin/dsp_play "$source/dsp_play.c"
head -c 22050 /dev/urandom > root/lib/sound
for module in ata_piix sd_mod sr_mod ne2k-pci snd-pcm-oss snd-mixer-oss snd-ens1370; do load $module; done
cat > root/init <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmp /tmp
for module in $(cat /lib/order); do insmod /lib/$module.ko; done
for i in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/sr0 ] && [ -b /dev/sda ] && break; sleep 1; done
ip link set lo up; ip link set eth0 up; ip addr add 192.168.10.15/24 dev eth0
dd if=/dev/zero of=/tmp/all bs=64k count=$(awk '/^MemAvailable/ { print int($2 * 0.5 / 64) }' /proc/meminfo) 2> /dev/null; rm /tmp/all       # nearly every page of its memory was there once
echo SOAK-BEGIN
bad() { echo "SOAK-BAD $*"; }
again() { # NAME SUM: the same one in every round
    eval "was=\${$1%% *}"
    [ -z "$was" ] || [ "$was" = "${2%% *}" ] || bad "$1: $was, now $2"
    eval "$1=\$2"
}
round=0
while :; do
    n=0; for i in 1 2 3 4 5 6 7 8; do n=$((n + $(sh -c 'echo 1'))); done; [ $n = 8 ] || bad "processes: $n"
    { echo "round $round"; dd if=/bin/busybox bs=64k count=8; } > /tmp/out 2> /dev/null
    place=$((round % 48))
    dd if=/tmp/out of=/dev/sda bs=1M seek=$place conv=fsync 2> /dev/null || bad "disk: no write"
    echo 3 > /proc/sys/vm/drop_caches
    dd if=/dev/sda bs=1M skip=$place count=1 2> /dev/null | cmp -n 500000 - /tmp/out || bad "disk: other bytes"
    again cd "$(dd if=/dev/sr0 bs=64k count=16 2> /dev/null | md5sum)"
    again web "$(wget -q -O - http://192.168.10.1/file | md5sum)"
    again packed "$(gzip -1 -c /bin/busybox | gunzip -c | md5sum)"
    dsp_play /dev/dsp 8 1 22050 < /lib/sound || bad sound
    rm /tmp/out; round=$((round + 1)); echo "ROUND $round $(cat /proc/uptime)"
done
I
pack_root
