# Floppinux, Linux on one floppy: SYSLINUX reads kernel and root by the BIOS, and BusyBox's shell works.
. tests/guests/lib.sh
need "$data/floppies/floppinux.img"
cp "$data/floppies/floppinux.img" "$work/a.img"; chmod u+w "$work/a.img"
run_guest "$1" 'wait-text "Please press Enter to activate this console." 200s
type "\n"
wait-text "built-in shell" 20s
wait 10s
type "for i in 4 2; do echo is:$i; done\n"
wait-text "\nis:2" 20s
quit 0' "memory: guest=256" "floppya: image=$work/a.img"
exit $status
