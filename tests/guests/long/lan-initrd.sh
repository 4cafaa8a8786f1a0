#!/bin/sh
# lan-initrd.sh i386|amd64 FOLDER: Debian's kernel (FOLDER/vmlinuz) and an initramfs (FOLDER/initrd.gz) with BusyBox and the modules of the PCI network cards.
# role=server: it is 10.0.0.1, has a file of size= KiB (its SHA-256) for whoever asks by HTTP, and waits until somebody says that all is done.
# role=client: it is 10.0.0.2, pings the server (PING-OK), fetches the file (its SHA-256) and says so to the server.  Both say WORK-OK and switch off.
set -e
source=$(realpath "$(dirname "$0")")
. "$source/initrd.inc"
begin_folder "$1" "$2"
make_root sh mount cat sha256sum insmod grep sleep wget ip ping httpd nc dd mkdir poweroff
for module in af_packet ne2k-pci e1000; do load $module; done
cat > root/init <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in $(cat /lib/order); do insmod /lib/$module.ko; done
grep -o '\(role\|size\)=[^ ]*' /proc/cmdline > /tmp/words; . /tmp/words
ip link set lo up; ip link set eth0 up
case $role in
server)
    ip addr add 10.0.0.1/24 dev eth0
    mkdir /tmp/www
    dd if=/dev/urandom of=/tmp/www/file bs=1024 count=${size:-1} 2> /dev/null; sha256sum /tmp/www/file
    httpd -h /tmp/www; echo SERVER-READY
    nc -l -p 1234 ;;
client)
    ip addr add 10.0.0.2/24 dev eth0
    while ! ping -c 1 -W 1 10.0.0.1 > /dev/null; do :; done
    ping -c 3 -s 1000 10.0.0.1 && echo PING-OK
    while ! wget -q -O /tmp/file http://10.0.0.1/file 2> /dev/null; do sleep 1; done
    sha256sum /tmp/file
    while ! echo CLIENT-OK | nc 10.0.0.1 1234 2> /dev/null; do sleep 1; done ;;
esac
echo WORK-OK
sleep 1
poweroff -f
I
pack_root
