# pdos32 from floppy.
. tests/guests/lib.sh
boot_floppy "$1" pdos32.img 'wait-text "A:\\]" 200s
quit 0'
exit $status
