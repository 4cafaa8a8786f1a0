# Visopsys, whose loader reads 64 sectors of a floppy at once, to its first question, in text mode.
. tests/guests/lib.sh
boot_floppy "$1" visopsys.img 'wait-text "Please select from the following options" 180s
quit 0'
exit $status
