# Debian's i386 and amd64 kernels from an ISOLINUX CD, on several models: BusyBox works, answers right, moves a disk and a CD by DMA and switches off; the same tick every time.
. tests/guests/lib.sh
need_tool genisoimage apt-get dpkg-deb cpio
need /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32
limit=900
truncate -s 64M "$work/c.img"
boots() { # BUILD ISO MODEL
    run_guest "$1" 'wait-text "WORK-OK" 900s --on com1
hash
c' "cpu: model=$3" "memory: guest=256" "boot: cdrom" "com1: enabled=1, mode=file, dev=$work/com1.txt" "ata1-master: type=cdrom, path=$2, status=inserted" \
        "ata0-master: type=disk, path=$work/c.img, mode=volatile"
    [ $status = 0 ] || { tail -n 20 "$work/com1.txt"; exit 1; }
    sums=$(grep -aoE '^[0-9a-f]{64}' "$work/com1.txt" | sort -u | wc -l)
    grep -q 'the guest switched off' "$work/out" || { echo "no power-off"; exit 1; }
    grep -aq 'FORKS 200' "$work/com1.txt" && grep -aq 'FLOAT 1.414213562373095 7.4854708605503' "$work/com1.txt" &&
    [ "$sums" = 1 ] && grep -aq 'AWK 2666866670000' "$work/com1.txt" || { cat "$work/com1.txt"; exit 1; }
    case $2 in */cloud.iso) ;; *) for sign in DISK-OK CD-OK 'max MWDMA2 .*bmdma' 'IO-APIC.*ata_piix'; do grep -aq "$sign" "$work/com1.txt" || { echo "no $sign"; cat "$work/com1.txt"; exit 1; }; done ;; esac
    grep -a tick "$work/out" | tail -n 1 | tee "$work/hash"
}
for architecture in i386 amd64 cloud; do
    sh tests/guests/long/linux-cd.sh $architecture "$work/$architecture.iso" > "$work/made" 2>&1 || { echo "no kernel of $architecture (dpkg --add-architecture i386, apt-get update): skipped"; exit 77; }
done
echo "amd64 of clouds on corei7_haswell"; boots "$1" "$work/cloud.iso" corei7_haswell
for model in core2_penryn ryzen; do echo "amd64 on $model"; boots "$1" "$work/amd64.iso" $model; done
cp "$work/hash" "$work/first"; echo "amd64 on ryzen again"; boots "$1" "$work/amd64.iso" ryzen; cmp "$work/hash" "$work/first" || exit 1
for model in core2_penryn p2_klamath; do echo "i386 on $model"; boots "$1" "$work/i386.iso" $model; done
