# memtest from floppy.
. tests/guests/lib.sh
boot_floppy "$1" memtst32.img 'wait-text "Errors: 0" 60s
quit 0'
exit $status
