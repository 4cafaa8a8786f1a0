# Linux on the virtual network: by each network card an address by DHCP, a name, 20 MB by HTTP with the right checksum, a file by TFTP; the same tick and hash every time; a
# journal of it replays.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb cpio strings
limit=900
mkdir "$work/www"
head -c 20000000 /dev/urandom > "$work/www/file"; head -c 300000 /dev/urandom > "$work/www/small"
fetches() { # BUILD KERNEL-FOLDER DIRECTIVE...: fetches both files; the hash goes to $work/hash
    program=$1 kernel=$2; shift 2
    run_guest "$program" 'wait-text "WORK-OK" 900s --on com1
hash
c' "memory: guest=256" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: file=$kernel/vmlinuz" "initrd: file=$kernel/initrd.gz" 'cmdline: console=ttyS0 nokaslr' "$@"
    [ $status = 0 ] || { tail -n 20 "$work/com1.txt"; exit 1; }
    for sign in 'DHCP-OK 192.168.10.15 192.168.10.1' PING-OK DNS-OK "$(sha256sum < "$work/www/file" | cut -d' ' -f1)  /tmp/http" "$(sha256sum < "$work/www/small" | cut -d' ' -f1)  /tmp/tftp"; do
        grep -aq "$sign" "$work/com1.txt" || { echo "no $sign"; tail -n 40 "$work/com1.txt"; exit 1; }
    done
    grep -a tick "$work/out" | tail -n 1 | tee "$work/hash"
}
network="ethmod=vnet, ethdev=$work/www"
for architecture in amd64 i386; do
    sh tests/guests/long/network-initrd.sh $architecture "$work/$architecture" > "$work/made" 2>&1 || { echo "no kernel of $architecture (dpkg --add-architecture i386, apt-get update): skipped"; exit 77; }
done
echo "RTL8029"; fetches "$1" "$work/amd64" "ne2k: type=pci, $network"
cp "$work/hash" "$work/first"; echo "RTL8029 again"; fetches "$1" "$work/amd64" "ne2k: type=pci, $network"; cmp "$work/hash" "$work/first" || exit 1
echo "82540EM"; fetches "$1" "$work/amd64" "e1000: enabled=1, $network"
echo "NE2000"; fetches "$1" "$work/i386" 'pci: enabled=0' "ne2k: type=isa, ioaddr=0x300, irq=5, $network"
echo "82540EM on i386, frames captured"; fetches "$1" "$work/i386" "e1000: enabled=1, pcap=$work/frames.pcap, $network"
[ "$(wc -c < "$work/frames.pcap")" -gt 20000000 ] || { echo "no frames in the capture"; exit 1; }
