# Sourced by guest tests: runs guests by script; 77 when an image is absent.
data=${ORRERY_DATA:-../shared/data}
. tests/room.sh
need() { # FILE...: a guest that is not on this host is skipped with a line
    for file; do [ -e "$file" ] || { echo "$file is not there: skipped"; exit 77; }; done
}
need_tool() { for tool; do command -v "$tool" > /dev/null || { echo "$tool is not installed: skipped"; exit 77; }; done; }
run_guest() { # BUILD SCRIPT-TEXT DIRECTIVE...: sets status; output in $work/out, shown when it fails
    program=$1/orrery; printf '%s\n' "$2" > "$work/script"; shift 2
    "$program" -n --display ${ORRERY_DISPLAY:-headless} -rc "$work/script" --max-time ${limit:-300} 'clock: sync=none' "$@" > "$work/out" 2>&1
    status=$?
    [ $status = 0 ] || cat "$work/out"
}
boot_floppy() { # BUILD IMAGE SCRIPT-TEXT: a writable copy of an image of the data
    need "$data/floppies/$2"
    cp "$data/floppies/$2" "$work/a.img"; chmod u+w "$work/a.img"
    run_guest "$1" "$3" "floppya: image=$work/a.img, status=inserted"
}
