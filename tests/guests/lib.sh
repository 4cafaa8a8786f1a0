# Sourced by guest tests: boot IMAGE with SCRIPT; 77 when image or ROMs are absent.
data=${ORRERY_DATA:-../shared/data}
boot_floppy() { # BUILD IMAGE SCRIPT-TEXT
    [ -e "$data/floppies/$2" ] || { echo "$2 is not in $data/floppies: skipped"; exit 77; }
    work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
    cp "$data/floppies/$2" "$work/a.img"; chmod u+w "$work/a.img"
    printf '%s\n' "$3" > "$work/script"
    "$1/orrery" -n --headless -rc "$work/script" --max-time 300 "floppya: image=$work/a.img, status=inserted" > "$work/out" 2>&1
    status=$?
    [ $status = 0 ] || cat "$work/out"
}
