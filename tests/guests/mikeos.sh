# mikeos from floppy.
. tests/guests/lib.sh
boot_floppy "$1" mikeos.img 'wait-text "Thanks for trying out MikeOS" 60s
quit 0'
exit $status
