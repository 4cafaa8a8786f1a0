# Ctrl-Alt-Del starts our BIOS and FreeDOS anew.
. tests/guests/lib.sh
need "$data/floppies/freedos722.img"
cp "$data/floppies/freedos722.img" "$work/a.img"; chmod u+w "$work/a.img"
run_guest "$1" 'wait-text "A:\\>" 60s
key ctrl-alt-del
wait-text "Booting from floppy A" 10s
wait-text "A:\\>" 60s
type "ver\n"
wait-text "FreeCom version" 20s
quit 0' "boot: floppy" "floppya: image=$work/a.img, status=inserted"
exit $status
