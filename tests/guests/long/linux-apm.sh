# Debian's i386 kernel without ACPI: its APM driver connects by the 32-bit interface, asks for the power status, and switches the machine off.
. tests/guests/lib.sh
need_tool apt-get dpkg-deb cpio strings
limit=300
cat > "$work/make" <<'M'
set -e
. "$1"; begin_folder i386 "$2"
make_root sh mount cat insmod uname poweroff sleep
load apm
cat > root/init <<'I'
#!/bin/sh
mount -t proc proc /proc
for module in $(cat /lib/order); do insmod /lib/$module.ko power_off=1 debug=1; done
echo "APM: $(cat /proc/apm)"
echo WORK-OK
sleep 1
poweroff -f
I
pack_root
M
sh "$work/make" "$PWD/tests/guests/long/initrd.inc" "$work/linux" > "$work/made" 2>&1 || { tail -n 3 "$work/made"; echo "no kernel of i386 (dpkg --add-architecture i386, apt-get update): skipped"; exit 77; }
[ -e "$work/linux/root/lib/apm.ko" ] || { echo "this kernel has no APM: skipped"; exit 77; }
run_guest "$1" 'wait-text "WORK-OK" 200s --on com1
c' "memory: guest=128" "com1: enabled=1, mode=file, dev=$work/com1.txt" "kernel: $work/linux/vmlinuz" "initrd: $work/linux/initrd.gz" 'cmdline: "console=ttyS0 acpi=off"'
[ $status = 0 ] || { tail -n 20 "$work/com1.txt"; exit 1; }
for sign in 'apm: BIOS version 1\.2 Flags 0x03' 'APM: .* 1\.2 0x03 0x01 0xff 0x80 -1% -1 \?'; do grep -aEq "$sign" "$work/com1.txt" || { echo "no $sign"; grep -a -i apm "$work/com1.txt"; exit 1; }; done
grep -q 'the guest switched off' "$work/out" || { cat "$work/out"; exit 1; }
