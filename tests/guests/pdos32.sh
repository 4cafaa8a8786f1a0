# PDOS-32 to its prompt.
. tests/guests/lib.sh
boot_floppy "$1" pdos32.img 'wait-text "A:\\]" 200s
expect-text "welcome to PDOS-32"
expect-text "welcome to pcomm"
quit 0'
exit $status
