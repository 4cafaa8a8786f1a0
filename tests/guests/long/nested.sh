# Machines within the machine: a container with namespaces, a cgroup, overlayfs and veth; User-mode Linux; Xen, booted by GRUB, with a PV dom0.  And an ext4 file system that Linux
# writes by DMA, checks and mounts again, and that the host's e2fsck finds clean.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb cpio strings mke2fs e2fsck
need "${GRUB_RESCUE:-/usr/lib/grub-rescue}/grub-rescue-cdrom.iso"
limit=900
sh tests/guests/long/nested-initrd.sh "$work/linux" > "$work/made" 2>&1 || { tail -n 3 "$work/made"; echo "no kernel of amd64, user-mode-linux or e2fsck-static (apt-get update): skipped"; exit 77; }
does() { # BUILD JOB SIGN...
    build=$1 job=$2; shift 2
    run_guest "$build" 'wait-text "WORK-OK" 900s --on com1
c' "memory: guest=256" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: $work/linux/vmlinuz" "initrd: $work/linux/initrd.gz" "cmdline: \"console=ttyS0 quiet job=$job\"" \
        "ata0-master: type=disk, path=$work/disk.img, mode=flat"
    [ $status = 0 ] && grep -q 'the guest switched off' "$work/out" || { tail -n 20 "$work/com1.txt"; echo "$job: status $status"; exit 1; }
    signs "$job" "$@"
}
signs() { # JOB SIGN...
    job=$1; shift
    for sign; do grep -aEq "$sign" "$work/com1.txt" || { cat "$work/com1.txt"; echo "$job: no $sign"; exit 1; }; done
    echo "$job: as it should be"
}
truncate -s 64M "$work/disk.img"; mke2fs -q -t ext4 "$work/disk.img"
does "$1" ext4 'ata1.00:.*max UDMA/33' EXT4-CLEAN '^EXT4-OK 300'
e2fsck -f -n "$work/disk.img" > "$work/fsck" 2>&1 || { cat "$work/fsck"; echo "the host finds the file system damaged"; exit 1; }
does "$1" container '^CONTAINER-PID 1 of [1-9] user 0 host box' '^CONTAINER-PING' '^CONTAINER-END' '^CONTAINER-LIMIT max [1-9]' '^CONTAINER-OVERLAY new outside'
! grep -aq CONTAINER-UNBOUNDED "$work/com1.txt" || { echo "container: the cgroup does not limit it"; exit 1; }
does "$1" uml '^UML-KERNEL ' '^UML-CPU User Mode Linux' '^UML-FORKS 40' "^UML-SUM $(seq 1 5000 | sha256sum | cut -d ' ' -f 1)"

(cd "$work" && apt-get download -q xen-hypervisor-4.17-amd64 && dpkg-deb -x xen-hypervisor-*.deb xen) > "$work/made" 2>&1 || { echo "no xen-hypervisor-4.17-amd64: Xen is left out"; exit 0; }
mkdir "$work/disk"; cp "$work"/xen/boot/xen-*-amd64.gz "$work/disk/xen.gz"; cp "$work/linux/vmlinuz" "$work/disk/vmlinuz"; cp "$work/linux/initrd.gz" "$work/disk/initrd"
printf '%s\n' 'multiboot2 (hd0,msdos1)/xen.gz x dom0_mem=384M com1=115200,8n1 console=com1,vga' 'module2 (hd0,msdos1)/vmlinuz x console=hvc0 job=dom0' 'module2 (hd0,msdos1)/initrd' boot > "$work/disk/xen.cfg"
run_guest "$1" 'wait-text "GNU/Linux" 60s
key c
wait-text "grub>" 20s
type "configfile (hd0,msdos1)/xen.cfg\n"
wait-text "WORK-OK" 800s --on com1
c' "memory: guest=768" "com1: enabled=1, mode=file, dev=$work/com1.txt" 'boot: cdrom' "ata1-master: type=cdrom, path=${GRUB_RESCUE:-/usr/lib/grub-rescue}/grub-rescue-cdrom.iso" "ata0-master: type=disk, path=$work/disk, mode=vvfat"
[ $status = 0 ] && grep -q 'the guest switched off' "$work/out" || { tail -n 20 "$work/com1.txt"; echo "Xen: status $status"; exit 1; }
signs xen '^\(XEN\)  Dom0 kernel: 64-bit' '^DOM0-HYPERVISOR xen 4' 'Entering ACPI S5'
exit 0
