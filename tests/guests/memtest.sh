# Memtest86+ 7 tests, knows the processor by CPUID, the board by SMBIOS and PCI.
. tests/guests/lib.sh
boot_floppy "$1" memtst32.img 'wait-text "Errors: 0" 60s
wait-text "Core(TM)2 Duo" 60s
wait-text "i440FX" 60s
wait-text "Test #3" 100s
expect-text "Errors: 0"
quit 0'
exit $status
