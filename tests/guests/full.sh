# The host's disk is full: with every form of image, and with the files of a serial line and a printer, the machine waits and says which file it is; when there is room, it goes on and nothing is lost.
. tests/guests/lib.sh
need_tool nasm unshare mount
if [ -z "$FULL_APART" ]; then
    unshare -rm true 2> /dev/null || { echo "this host lets nobody mount a small file system: skipped"; exit 77; }
    FULL_APART=1 unshare -rm sh "$0" "$@"; exit $?
fi
program=$1/orrery
fails() { echo "$*"; tail -n 5 "$work/out"; exit 1; }

nasm -f bin -o "$work/boot" tests/guests/full.asm || exit 1
truncate -s 1474560 "$work/boot"
mkdir "$work/small" "$work/large"
mount -t tmpfs -o size=6m tmpfs "$work/small" || { echo "no small file system: skipped"; exit 77; }
trap 'umount "$work/small"; rm -rf "$work"' EXIT

put_images() { # FOLDER: an empty disk of 4 MiB in every form
    truncate -s 4M "$1/flat.img" "$1/undoable.img" "$1/volatile.img"
    truncate -s 2M "$1/concat.img1" "$1/concat.img2"
    for form in growing sparse overlay; do "$program" image create --format=$form "$1/$form.img" 4M > "$work/made" 2>&1 || { cat "$work/made"; exit 1; }; done
}
guest() { # FOLDER FORM: runs it on the disk of this form; further words are directives
    folder=$1 form=$2; shift 2
    case $form in concat) path=$folder/concat.img1 ;; *) path=$folder/$form.img ;; esac
    [ $form = volatile ] && set -- "$@" "ata0-master: type=disk, path=$path, mode=volatile, journal=$folder/volatile.log" || set -- "$@" "ata0-master: type=disk, path=$path, mode=$form"
    "$program" -n --headless --prompt 'clock: sync=none' 'cpu: ips=5000000' 'time_travel: enabled=0' 'boot: floppy' "floppya: 1_44=$work/boot, status=inserted, write_protected=1" --max-time 300 "$@"
}
as_raw() { # FOLDER FORM: to $work/raw
    rm -f "$work/raw"
    case $2 in
    overlay) set -- "overlay:$1/overlay.img" ;;
    undoable) "$program" image commit "$1/undoable.img" > "$work/made" 2>&1 || fails "undoable: no commit"; set -- "$1/undoable.img" ;;
    concat) cat "$1/concat.img1" "$1/concat.img2" > "$work/raw"; return ;;
    *) set -- "$1/$2.img" ;;
    esac
    "$program" image convert "$1" "$work/raw" > "$work/made" 2>&1 || { cat "$work/made"; fails "$1: cannot be read"; }
}
waits_then_goes_on() { # NAME-OF-FILE GUEST'S-WORDS: the small file system has no room until it waits
    wanted=$1; shift
    mkfifo "$work/keys"
    guest "$@" < "$work/keys" > "$work/out" 2>&1 &
    machine=$!
    exec 3> "$work/keys"
    echo c >&3
    for i in $(seq 200); do grep -q 'the machine waits' "$work/out" && break; kill -0 $machine 2> /dev/null || break; sleep 0.1; done
    grep -q "the machine waits.*$wanted.*No space left" "$work/out" || fails "$*: it does not say that $wanted has no room"
    echo c >&3                                                              # still full
    for i in $(seq 100); do [ "$(grep -c 'the machine waits' "$work/out")" -ge 2 ] && break; sleep 0.1; done
    [ "$(grep -c 'the machine waits' "$work/out")" -ge 2 ] || fails "$*: nobody says that there is no room still"
    rm "$work/small/filler"
    echo c >&3
    echo q >&3
    exec 3>&-
    wait $machine; status=$?
    rm "$work/keys"
    [ $status = 0 ] || fails "$*: status $status"
}
fill() { # BYTES: leaves so much room
    rm -f "$work/small/filler"
    dd if=/dev/zero of="$work/small/filler" bs=4096 2> /dev/null
    truncate -s $(($(stat -c %s "$work/small/filler") - $1)) "$work/small/filler"
}

put_images "$work/large"
echo c | guest "$work/large" flat "com1: enabled=1, mode=file, dev=$work/large/com" "parport1: enabled=1, file=$work/large/printed" > "$work/out" 2>&1 || fails "it does not run at all"
[ "$(wc -c < "$work/large/com")" = 6000 ] && [ "$(wc -c < "$work/large/printed")" = 6000 ] || fails "serial line: $(wc -c < "$work/large/com") bytes, printer: $(wc -c < "$work/large/printed")"
past=1
for form in flat concat growing sparse undoable overlay volatile; do
    rm -rf "${work:?}"/small/*; put_images "$work/small"
    fill 131072
    waits_then_goes_on "$form" "$work/small" $form "time_travel: enabled=$past"
    [ $form = volatile ] || past=$((1 - past))           # with the past kept, and without
    [ $form = volatile ] && continue
    as_raw "$work/small" $form
    cmp "$work/raw" "$work/large/flat.img" || fails "$form: other sectors than without the wait"
done
# an image of another program, by qemu-nbd
if "$program" --help ata0-master | grep -q qcow2 && command -v qemu-nbd qemu-img > "$work/which"; then
    rm -rf "${work:?}"/small/*
    qemu-img create -q -f qcow2 -o lazy_refcounts=off "$work/small/qcow2.img" 4M && fill 131072
    waits_then_goes_on qcow2 "$work/small" qcow2
    qemu-img convert -O raw "$work/small/qcow2.img" "$work/raw" && cmp "$work/raw" "$work/large/flat.img" || fails "qcow2: other sectors than without the wait"
fi
for what in com printed; do
    rm -rf "${work:?}"/small/*; mkdir "$work/disk"; put_images "$work/disk"
    : > "$work/small/$what"; fill 4096
    case $what in
    com) waits_then_goes_on com1 "$work/disk" flat "com1: enabled=1, mode=file, dev=$work/small/com" ;;
    printed) waits_then_goes_on parport1 "$work/disk" flat "parport1: enabled=1, file=$work/small/printed" ;;
    esac
    cmp "$work/small/$what" "$work/large/$what" || fails "$what: bytes are lost"
    rm -rf "$work/disk"
done
