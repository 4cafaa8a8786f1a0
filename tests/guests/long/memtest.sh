# Debian's Memtest86+ from its own CD: a whole pass of its first tests, no error.
. tests/guests/lib.sh
iso=/usr/lib/memtest86+/memtest86+ia32.iso
need "$iso"
limit=2000
run_guest "$1" 'wait-text "Pass:  1 " 1900s
expect-text "Errors: 0"
print-screen
quit 0' "memory: guest=8" "boot: cdrom" "ata1-master: type=cdrom, path=$iso, status=inserted"
grep -E "Pass:|Test" "$work/out"
[ $status = 0 ]
