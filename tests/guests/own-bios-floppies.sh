# Our BIOS boots every floppy format, and FreeDOS writes a file and reads it back.
. tests/guests/lib.sh
for size in 160K 360K 720K 1200K 1.4MB; do
    image=freedos.boot.disk.$size.img
    need "$data/floppies/$image"
    cp "$data/floppies/$image" "$work/a.img"; chmod u+w "$work/a.img"
    run_guest "$1" 'wait-text "A:\\>" 60s
type "echo orrery wrote this>t\ntype t\n"
wait-text "\norrery wrote this" 30s
type "ver\n"
wait-text "FreeCom" 30s
quit 0' "boot: floppy" "floppya: image=$work/a.img, status=inserted"
    [ $status = 0 ] || { echo "$image: status $status"; exit 1; }
done
