#!/bin/sh
# network-initrd.sh i386|amd64 FOLDER: Debian's kernel (FOLDER/vmlinuz) and an initramfs (FOLDER/initrd.gz) with BusyBox and the modules of the network cards.
# It gets an address by DHCP (DHCP-OK), pings the router (PING-OK), looks up a name (DNS-OK), fetches /file by HTTP and TFTP (their SHA-256), says WORK-OK and switches off.
set -e
source=$(realpath "$(dirname "$0")")
. "$source/initrd.inc"
begin_folder "$1" "$2"
make_root sh mount cat sha256sum insmod grep sleep udhcpc wget ip ping nslookup tftp poweroff
for module in af_packet ne2k-pci e1000 ne; do load $module; done
cat > root/lib/lease <<'D'
#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr add "$ip/${mask:-24}" dev "$interface"; ip route add default via "$router"; echo "nameserver ${dns%% *}" > /etc/resolv.conf
echo "DHCP-OK $ip $router"
D
cat > root/init <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in $(cat /lib/order); do case $module in ne) insmod /lib/ne.ko io=0x300 irq=5 2> /dev/null ;; *) insmod /lib/$module.ko ;; esac; done
grep -o 'server=[^ ]*' /proc/cmdline > /tmp/server; . /tmp/server
ip link set lo up; ip link set eth0 up
udhcpc -n -q -i eth0 -s /lib/lease -t 8
ping -c 3 -s 1000 ${server:-192.168.10.1} && echo PING-OK
nslookup www.vnet | grep -A 1 www.vnet | grep -q 192.168.10.1 && echo DNS-OK
grep '^cpu ' /proc/stat; echo GET-BEGIN
wget -q -O /tmp/http http://${server:-www.vnet}/file
echo GET-END; grep '^cpu ' /proc/stat
sha256sum /tmp/http
tftp -g -b 1428 -r small -l /tmp/tftp ${server:-192.168.10.1}; sha256sum /tmp/tftp
grep eth0 /proc/interrupts
echo WORK-OK
sleep 1
poweroff -f
I
chmod +x root/lib/lease
pack_root
