# Bochs boots from images that we made and writes to them; what it wrote is there for us, and the other way round.
. tests/guests/lib.sh
need_tool bochs Xvfb nasm
need /usr/share/bochs/BIOS-bochs-legacy /usr/share/vgabios/vgabios.bin
program=$1/orrery
# a boot sector that adds one to a byte of sector 100 by INT 13h, tells it to port E9 and switches off
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
        mov al, [8000h]
        add al, '0'
        out 0e9h, al
bad:    mov al, '.'
        out 0e9h, al
        mov dx, 8900h
        mov si, off
next:   lodsb
        out dx, al
        test al, al
        jnz next
        jmp $
off:    db "Shutdown", 0
packet: db 16, 0
        dw 1, 8000h, 0
        dq 100
        times 510 - ($ - $$) db 0
        dw 0aa55h
A
nasm -f bin -o "$work/boot" "$work/count.asm" || exit 1
dd if=/dev/zero of="$work/flat" bs=512 count=0 seek=20160 2> "$work/dd.log"
dd if="$work/boot" of="$work/flat" conv=notrunc 2> "$work/dd.log"
cp "$work/flat" "$work/base.img"
for form in growing sparse; do "$program" image convert --format=$form "$work/flat" "$work/c.$form" || exit 1; done
cat > "$work/bochsrc" <<B
megs: 32
romimage: file=/usr/share/bochs/BIOS-bochs-legacy
vgaromimage: file=/usr/share/vgabios/vgabios.bin
boot: disk
display_library: x
log: -
port_e9_hack: enabled=1
panic: action=fatal
B
number=$(($$ % 1000 + 100))
Xvfb -noreset :$number -screen 0 1024x768x24 > "$work/x.log" 2>&1 & x=$!
trap 'kill $x; rm -rf "$work"' EXIT
sleep 1
bochs_says() { # TEXT DISK
    (echo c; sleep 15) | DISPLAY=:$number timeout 15 bochs -q -f "$work/bochsrc" "ata0-master: type=disk, $2, cylinders=20, heads=16, spt=63" > "$work/bochs.log" 2>&1
    grep -a -q "$1" "$work/bochs.log" || { tail -n 20 "$work/bochs.log"; echo "Bochs with $2 does not say $1"; exit 1; }
}
we_say() { # TEXT DISK
    run_guest "$build" "wait-text \"$1\" 10s --on e9
quit 0" "ata0-master: type=disk, $2" 'boot: disk'
    [ $status = 0 ] || { echo "with $2 our guest does not say $1"; exit 1; }
}
build=$1
for disk in "mode=growing, path=$work/c.growing" "mode=sparse, path=$work/c.sparse" "mode=undoable, path=$work/base.img"; do
    bochs_says '1\.' "$disk"
    we_say 2. "$disk"
    bochs_says '3\.' "$disk"
    we_say 4. "$disk"
done
"$program" image commit "$work/base.img" || exit 1
we_say 5. "mode=flat, path=$work/base.img"
exit 0
