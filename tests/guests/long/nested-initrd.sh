#!/bin/sh
# nested-initrd.sh FOLDER: Debian's amd64 kernel (FOLDER/vmlinuz) and an initramfs (FOLDER/initrd.gz) with BusyBox, e2fsck, User-mode Linux and what it needs, and the modules of disks,
# ext4, overlayfs and veth.  The word job= of the command line says what it does:
#   ext4       writes files to an ext4 file system on /dev/sda, syncs, checks it with e2fsck, mounts it again, and finds them as they were (EXT4-OK)
#   container  one with namespaces of its own, a cgroup that lets it have few processes, an overlay of the root and a veth (CONTAINER-...)
#   uml        User-mode Linux with the same BusyBox (UML-...)
#   dom0       says which hypervisor it runs on (DOM0-...)
# Then it says WORK-OK and switches off.
set -e
source=$(realpath "$(dirname "$0")")
. "$source/initrd.inc"
begin_folder amd64 "$1"
apt-get download -q e2fsck-static user-mode-linux libc6:amd64 > /dev/null 2>&1
for package in e2fsck-static*.deb user-mode-linux_*.deb libc6_*.deb; do dpkg-deb -x "$package" system; done
make_root sh mount umount cat uname sha256sum awk seq dd poweroff insmod grep sleep ls ip ping unshare chroot hostname id ps kill sync mkdir head cmp wc find cp ln dmesg touch nsenter readlink tr test true false echo halt
for module in ata_piix sd_mod crc32c_generic ext4 overlay veth; do load $module; done
cp "$(find system -name e2fsck.static)" root/bin/e2fsck
cp "$(find system -name linux.uml)" root/bin/linux.uml
mkdir -p root/lib64 root/lib/x86_64-linux-gnu root/lower root/upper root/work root/merged
cp -L system/lib64/ld-linux-x86-64.so.2 root/lib64/
for name in libc.so.6 libutil.so.1 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1; do cp -L "system/lib/x86_64-linux-gnu/$name" root/lib/x86_64-linux-gnu/; done

mkdir -p small/bin small/proc small/dev
cp root/bin/busybox small/bin/busybox
for command in sh mount cat uname echo seq awk poweroff sha256sum ps; do ln -s busybox "small/bin/$command"; done
cat > small/init <<'I'
#!/bin/sh
mount -t proc proc /proc
echo "UML-KERNEL $(uname -r)"
echo "UML-CPU $(awk -F': ' '/^(vendor_id|mode)/ { printf "%s ", $2 }' /proc/cpuinfo)"
n=0; for i in $(seq 1 40); do [ "$(sh -c 'echo forked')" = forked ] && n=$((n + 1)); done
echo "UML-FORKS $n"
echo "UML-SUM $(seq 1 5000 | sha256sum)"
poweroff -f
I
chmod +x small/init
(cd small && find . | cpio -o -H newc 2> /dev/null | gzip -1) > root/small.gz

cat > root/lib/inside <<'I'
#!/bin/sh
# The container: what it sees of itself.
mount -t overlay overlay -o lowerdir=/,upperdir=/scratch/upper,workdir=/scratch/work /scratch/merged
mount -t proc proc /scratch/merged/proc
hostname box
ip link set lo up
for i in 1 2 3 4 5 6 7 8 9; do ip link show veth0 > /dev/null 2>&1 && break; sleep 1; done
ip addr add 10.9.0.2/24 dev veth0; ip link set veth0 up
exec chroot /scratch/merged /bin/sh -c '
echo "CONTAINER-PID $$ of $(ls /proc | grep -c "^[0-9]") user $(id -u) host $(hostname)"
echo changed > /lib/order; echo new > /made
ping -c 3 -W 5 10.9.0.1 > /dev/null && echo CONTAINER-PING
(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 3 & done; echo "CONTAINER-UNBOUNDED") 2> /dev/null
sleep 5
echo CONTAINER-END'
I
cat > root/init <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in $(cat /lib/order); do insmod /lib/$module.ko; done
job=$(tr ' ' '\n' < /proc/cmdline | grep '^job=')
case ${job#job=} in
ext4)
    for i in 1 2 3 4 5 6; do [ -b /dev/sda ] && break; sleep 1; done
    dmesg | grep -E 'UDMA|MWDMA'
    mkdir /disk; mount -t ext4 /dev/sda /disk || echo no ext4
    mkdir /disk/many; for i in $(seq 1 300); do echo "file $i" > "/disk/many/$i"; done
    seq 1 2000000 > /disk/large
    sync; sums=$(cd /disk; find . -type f | grep -v lost | while read -r f; do sha256sum "$f"; done | sha256sum)
    umount /disk
    e2fsck -f -n /dev/sda && echo EXT4-CLEAN
    echo 3 > /proc/sys/vm/drop_caches
    mount -t ext4 /dev/sda /disk
    [ "$(cd /disk; find . -type f | grep -v lost | while read -r f; do sha256sum "$f"; done | sha256sum)" = "$sums" ] && echo "EXT4-OK $(ls /disk/many | wc -l)"
    umount /disk ;;
container)
    mkdir /cgroup /scratch; mount -t cgroup2 none /cgroup; mount -t tmpfs tmpfs /scratch
    mkdir /scratch/upper /scratch/work /scratch/merged /cgroup/box
    echo +pids > /cgroup/cgroup.subtree_control; echo 12 > /cgroup/box/pids.max
    ip link add outer type veth
    ip addr add 10.9.0.1/24 dev outer; ip link set outer up
    sh -c 'echo 0 > /cgroup/box/cgroup.procs; exec unshare -m -u -i -n -p -f sh /lib/inside' &
    sleep 2
    inside=$(ps | awk '/sh \/lib\/inside/ && !/awk|unshare/ { print $1; exit }')
    ip link set veth0 netns "$inside"
    wait
    echo "CONTAINER-LIMIT $(cat /cgroup/box/pids.events)"
    [ -e /made ] || echo "CONTAINER-OVERLAY $(cat /scratch/upper/made) outside $(hostname)" ;;
uml)
    # its kernel counts the gap up to a heap that lies somewhere, up to 1 GiB away, as memory to be managed: 48 MiB may be too few for that
    echo 0 > /proc/sys/kernel/randomize_va_space
    mkdir -p /dev/shm /run/uml; mount -t tmpfs tmpfs /dev/shm; mount -t tmpfs tmpfs /tmp
    HOME=/tmp TMPDIR=/dev/shm linux.uml mem=48M initrd=/small.gz rdinit=/init con=null con0=fd:0,fd:1 uml_dir=/run/uml < /dev/null 2>&1 ;;
dom0)
    echo "DOM0-HYPERVISOR $(cat /sys/hypervisor/type) $(cat /sys/hypervisor/version/major).$(cat /sys/hypervisor/version/minor)"
    dmesg | grep -E 'Booting paravirtualized|Xen version' ;;
esac
echo WORK-OK
sleep 1
poweroff -f
I
pack_root
