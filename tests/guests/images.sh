# Images: what bximage makes we read, what we make bximage reads; commands that must refuse; a machine on each form.
. tests/guests/lib.sh
program=$1/orrery
fails() { echo "$*"; exit 1; }
image() { "$program" image "$@" > "$work/image.out" 2>&1 || { cat "$work/image.out"; fails "orrery image $*"; }; }
refused() { "$program" image "$@" > "$work/image.out" 2>&1 && fails "not refused: orrery image $*"; return 0; }

# 20 x 16 x 63 sectors: some random, the rest zeros
dd if=/dev/zero of="$work/flat" bs=512 count=0 seek=20160 2> "$work/dd.log"
for at in 0 7 100 4095 4096 20159; do head -c 512 /dev/urandom | dd of="$work/flat" bs=512 seek=$at conv=notrunc 2> "$work/dd.log"; done

# our own forms, there and back
for form in flat growing sparse overlay; do
    image convert --format=$form "$work/flat" "$work/$form.img"
    source=$work/$form.img; [ $form = overlay ] && source=overlay:$source
    image check "$work/$form.img"
    image convert "$source" "$work/$form.back"
    cmp "$work/flat" "$work/$form.back" || fails "$form: not the same again"
    refused convert --format=$form "$work/flat" "$work/$form.img"
done
image create --format=growing "$work/a" 10G; image info "$work/a"; grep -q '10 GiB' "$work/image.out" || fails "10G"
refused create "$work/a" 1G; refused create "$work/b" 1000; refused create "$work/b" 12X; refused create --format=qcow9 "$work/b" 1M
[ -e "$work/b" ] && fails "something is left of a refused create"

# Bochs's tool as the judge
if command -v bximage > /dev/null; then
    for form in growing sparse; do
        bximage -q -func=convert -imgmode=$form "$work/flat" "$work/bx.$form" > "$work/bx.log" 2>&1
        image check "$work/bx.$form"
        image convert "$work/bx.$form" "$work/bx.$form.back"
        cmp "$work/flat" "$work/bx.$form.back" || fails "bximage's $form image is read otherwise"
        bximage -q -func=convert -imgmode=flat "$work/$form.img" "$work/ours.$form" > "$work/bx.log" 2>&1
        cmp "$work/flat" "$work/ours.$form" || fails "bximage reads our $form image otherwise"
    done
else
    echo "bximage is not installed: its images are not looked at"
fi

# a boot sector that reads sector 100, adds one to its first byte and writes it back: on each form, twice
need_tool nasm
cat > "$work/count.asm" <<'A'
        org 7c00h
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 7c00h
        mov dl, 80h
        mov si, packet
        mov ah, 42h
        int 13h
        jc bad
        inc byte [8000h]
        mov ax, 4300h
        int 13h
        jc bad
        mov dx, 1f7h            ; FLUSH CACHE
        mov al, 0e7h
        out dx, al
wait_:  in al, dx
        test al, 80h
        jnz wait_
        mov al, [8000h]
        add al, '0'
        out 0e9h, al
bad:    mov al, '.'
        out 0e9h, al
        jmp $
packet: db 16, 0
        dw 1, 8000h, 0
        dq 100
        times 510 - ($ - $$) db 0
        dw 0aa55h
A
nasm -f bin -o "$work/boot" "$work/count.asm" || exit 1
dd if=/dev/zero of="$work/disk" bs=512 count=0 seek=20160 2> "$work/dd.log"
dd if="$work/boot" of="$work/disk" conv=notrunc 2> "$work/dd.log"
machine() { # TEXT DIRECTIVE: what the guest writes to port E9
    text=$1; shift
    run_guest "$program_dir" "wait-text \"$text\" 10s --on e9
quit 0" "$@" 'boot: disk' || true
    [ $status = 0 ] || fails "$*: the guest did not write $text"
}
program_dir=$1
for form in flat growing sparse; do
    image convert --format=$form "$work/disk" "$work/disk.$form"
    machine 1. "ata0-master: type=disk, mode=$form, path=$work/disk.$form"
    machine 2. "ata0-master: type=disk, mode=$form, path=$work/disk.$form"
done
cp "$work/disk" "$work/base"; touch -d 2001-02-03 "$work/base"
image create --base="$work/base" "$work/over"
machine 1. "ata0-master: type=disk, mode=overlay, path=$work/over"
machine 2. "ata0-master: type=disk, mode=overlay, path=$work/over"
machine 1. "ata0-master: type=disk, mode=undoable, path=$work/base"
machine 2. "ata0-master: type=disk, mode=undoable, path=$work/base"
machine 1. "ata0-master: type=disk, mode=volatile, path=$work/base"
machine 1. "ata0-master: type=disk, mode=volatile, path=$work/base"
cmp "$work/disk" "$work/base" || fails "a base was written"
image commit overlay:"$work/over"
machine 3. "ata0-master: type=disk, mode=volatile, path=$work/base"
refused commit "$work/base"
image commit --force "$work/base"
machine 3. "ata0-master: type=disk, mode=undoable, path=$work/base"
# images of other programs, by qemu-nbd; qemu-img as the judge
if "$program" image info nbd:nothing 2>&1 | grep -q "built without"; then
    echo "built without libnbd: images of other programs are not looked at"
elif command -v qemu-nbd qemu-img > "$work/which"; then
    for pair in qcow2:qcow2 vmdk:vmware4 vdi:vbox vpc:vpc vhdx:vhdx; do
        qemu=${pair%:*} mode=${pair#*:}
        qemu-img convert -O $qemu "$work/disk" "$work/a,b.$qemu" || exit 1
        image convert --force $mode:"$work/a,b.$qemu" "$work/back"
        cmp -n 10321920 "$work/disk" "$work/back" || fails "$qemu is read otherwise"
        machine 1. "ata0-master: type=disk, mode=$mode, path=\"$work/a,b.$qemu\""
        machine 2. "ata0-master: type=disk, mode=$mode, path=\"$work/a,b.$qemu\""
        machine 3. "ata0-master: type=disk, mode=volatile, path=\"$mode:$work/a,b.$qemu\""
        machine 3. "ata0-master: type=disk, mode=undoable, path=\"$mode:$work/a,b.$qemu\", journal=$work/$mode.log"
        qemu-img check "$work/a,b.$qemu" > "$work/check.out" 2>&1; [ $? = 0 ] || grep -q "not support" "$work/check.out" || { cat "$work/check.out"; fails "qemu-img check"; }
        refused info "$work/a,b.$qemu"; refused convert $mode:"$work/disk" "$work/never"
    done
    mkdir "$work/bin"; ln -s "$(command -v setsid)" "$work/bin"
    PATH=$work/bin "$program" image info qcow2:"$work/a,b.qcow2" 2>&1 | grep -q "apt install qemu-utils" || fails "it is not said that qemu-nbd is missing"
else
    echo "qemu-nbd is not installed: images of other programs are not looked at"
fi

# a journal of a machine on each form: the image stays as it is, and the replay is the same machine
journal() { # DIRECTIVE
    rm -f "$work/journal"
    printf '%s\n' 'wait-text "." 10s --on e9' 'quit 0' > "$work/script"
    "$program" -n --headless -rc "$work/script" --record "$work/journal" 'clock: sync=none' 'boot: disk' "$1" > "$work/out" 2>&1 &&
        "$program" replay "$work/journal" --headless > "$work/out" 2>&1 && grep -q "as recorded" "$work/out" || { cat "$work/out"; fails "$1: the replay"; }
}
sum=$(cat "$work/disk.growing" "$work/over" "$work/base" "$work/base.redolog" | sha256sum)
for disk in "mode=growing, path=$work/disk.growing" "mode=overlay, path=$work/over" "mode=undoable, path=$work/base" "mode=volatile, path=$work/base"; do
    journal "ata0-master: type=disk, $disk"
done
[ "$sum" = "$(cat "$work/disk.growing" "$work/over" "$work/base" "$work/base.redolog" | sha256sum)" ] || fails "an image was written while a journal was recorded"

dd if="$work/disk" of="$work/part1" bs=512 count=90 2> "$work/dd.log"; dd if="$work/disk" of="$work/part2" bs=512 skip=90 2> "$work/dd.log"
machine 1. "ata0-master: type=disk, mode=concat, path=$work/part1"
machine 2. "ata0-master: type=disk, mode=concat, path=$work/part1"
exit 0
