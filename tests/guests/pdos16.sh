# PDOS-16 to its prompt.
. tests/guests/lib.sh
boot_floppy "$1" pdos16.img 'wait-text "A:\\]" 200s
expect-text "welcome to PDOS-16"
expect-text "welcome to pcomm"
quit 0'
exit $status
