# Debian's kernels take interrupts by the I/O APIC and time by the HPET, from ACPI's tables and from the MP table; the same hash twice.
. tests/guests/lib.sh
need_tool genisoimage apt-get dpkg-deb cpio
need /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32
limit=900
boots() { # BUILD KIND CMDLINE SIGN...
    build=$1 kind=$2 cmdline=$3; shift 3
    run_guest "$build" 'wait-text "ORRERY-END" 900s --on com1
hash
quit 0' "memory: guest=256" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: $work/$kind/vmlinuz" "initrd: $work/$kind/initrd.gz" "cmdline: \"console=ttyS0 $cmdline\""
    [ $status = 0 ] || { tail -n 20 "$work/com1.txt"; exit 1; }
    for sign; do grep -aEq "$sign" "$work/com1.txt" || { echo "$kind $cmdline: no $sign"; cat "$work/com1.txt"; exit 1; }; done
    grep -a tick "$work/out" | tail -n 1 | tee "$work/hash"
}
for kind in i386 amd64; do
    mkdir "$work/$kind" "$work/root"
    sh tests/guests/long/linux-cd.sh $kind "$work/linux.iso" "$work/$kind" > "$work/made" 2>&1 || { echo "no kernel of $kind (dpkg --add-architecture i386, apt-get update): skipped"; exit 77; }
    cat > "$work/root/init" <<'I'
#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys
cat /proc/interrupts /sys/devices/system/clocksource/clocksource0/*_clocksource > /tmp/a
cat /tmp/a; echo "ORRERY-END"; while :; do sleep 60; done
I
    (cd "$work/root" && mkdir -p tmp && chmod +x init && { zcat "$work/$kind/initrd.gz"; find . | cpio -o -H newc 2> /dev/null; } | gzip > "$work/initrd" && mv "$work/initrd" "$work/$kind/initrd.gz")
    rm -rf "$work/root"
done
for kind in i386 amd64; do
    boots "$1" $kind "clocksource=hpet" 'IO-APIC +2-edge +timer' 'IO-APIC +4-edge +ttyS0' 'IO-APIC +9-fasteoi +acpi' 'Switched to clocksource hpet' 'hpet0: 3 comparators, 64-bit 14.318180 MHz' 'SMBIOS 3.0.0 present'
    cp "$work/hash" "$work/first"
    boots "$1" $kind "clocksource=hpet" ; cmp "$work/hash" "$work/first" || exit 1
    boots "$1" $kind "acpi=off" 'MPTABLE: Product ID: ORRERYPC' 'IO-APIC +2-edge +timer' 'IO-APIC +4-edge +ttyS0'
    boots "$1" $kind "noapic" 'XT-PIC +timer|XT-PIC +.*acpi'
done
