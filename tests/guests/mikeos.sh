# MikeOS to its list of programs.
. tests/guests/lib.sh
boot_floppy "$1" mikeos.img 'wait-text "Thanks for trying out MikeOS" 60s
key enter
wait-text "KERNEL.BIN" 20s
quit 0'
exit $status
