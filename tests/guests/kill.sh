# kill.sh BUILD [KILLS]: the program is killed under a guest that writes and flushes for ever, with every form of image: its processes go together, the image opens at once and is sound, what was flushed is
# there, and no file is left. So many kills a form, else one. Then SIGTERM and SIGHUP: they end with 0.
. tests/guests/lib.sh
need_tool nasm python3
program=$1/orrery kills=${2:-1}
fails() { echo "$*"; tail -n 5 "$work/out"; exit 1; }

# round n: eight sectors that hold n, at sector 8 * (n * 5 % 200); a flush; n to the serial line
cat > "$work/rounds.asm" <<'A'
%include "tests/guests/disk.inc"
        mov ebp, 1
round:  mov eax, ebp
        mov di, BUFFER
        mov cx, 1024
        rep stosd
        mov ecx, 5
        mul ecx
        mov ecx, 200
        xor edx, edx
        div ecx
        shl edx, 3
        mov [FIRST], edx
        write failed
        flush failed
        mov eax, ebp
        mov ebx, 10
        push word 10
digit:  xor edx, edx
        div ebx
        add dl, '0'
        push dx
        test eax, eax
        jnz digit
send:   room_on_com1
        pop ax
        out dx, al
        cmp al, 10
        jne send
        inc ebp
        jmp round
failed: fails
ends 8
A
nasm -f bin -o "$work/boot" "$work/rounds.asm" || exit 1
truncate -s 1474560 "$work/boot"
cat > "$work/judge.py" <<'P'
import struct, sys
rounds = [int(line) for line in open(sys.argv[1], "rb").read().split(b"\n")[:-1]]
told = rounds[-1] if rounds else 0
raw = open(sys.argv[2], "rb").read()
for group in range(200):
    safe = max([n for n in range(max(1, told - 199), told + 1) if n * 5 % 200 == group], default=0)
    for sector in range(8):
        words = set(struct.unpack_from("<128I", raw, (group * 8 + sector) * 512))
        n = words.pop() if len(words) == 1 else -1
        if n < safe or n and n * 5 % 200 != group: sys.exit("sector %d has %d, %d was flushed, %d is the last" % (group * 8 + sector, n, safe, told))
print(told)
P
family() { # PID: it and all that it began
    echo "$1"
    for child in $(cat /proc/"$1"/task/*/children 2> /dev/null); do family "$child"; done
}
put_image() { # FORM: sets path
    rm -rf "$work/disk"; mkdir "$work/disk"; path=$work/disk/$1.img files=1
    case $1 in
    flat) truncate -s 1M "$path" ;;
    undoable) truncate -s 1M "$path"; files=2 ;;
    qcow2) qemu-img create -q -f qcow2 "$path" 1M ;;
    concat) path=$work/disk/concat.1; truncate -s 512K "$path" "$work/disk/concat.2"; files=2 ;;
    *) "$program" image create --format=$1 "$path" 1M > "$work/made" 2>&1 || { cat "$work/made"; exit 1; } ;;
    esac
}
begin() { # FORM: sets front and all; waits for some rounds
    rm -f "$work/com"
    "$program" -n --headless 'clock: sync=none' 'cpu: ips=5000000' 'boot: floppy' "floppya: 1_44=$work/boot, status=inserted, write_protected=1" "com1: enabled=1, mode=file, dev=$work/com" \
        "ata0-master: type=disk, path=$path, mode=$1" > "$work/out" 2>&1 &
    front=$!
    for i in $(seq 200); do [ "$(cat "$work/com" 2> /dev/null | wc -l)" -ge 3 ] && break; kill -0 $front 2> /dev/null || fails "$1: it ended"; sleep 0.05; done
    all=$(family $front)
}
judge() { # FORM
    for i in $(seq 100); do gone=1; for p in $all; do [ -e /proc/$p ] && ! grep -q '^State:.Z' /proc/$p/status 2> /dev/null && gone=0; done; [ $gone = 1 ] && break; sleep 0.05; done
    [ $gone = 1 ] || fails "$1: some of its processes live on"
    [ "$(ls -A "$work/disk" | wc -l)" = $files ] || fails "$1: other files than before: $(ls -A "$work/disk")"
    rm -f "$work/raw"
    case $1 in
    overlay) named=overlay:$path ;;
    undoable) "$program" image commit "$path" > "$work/made" 2>&1 || { cat "$work/made"; fails "undoable: no commit"; }; named=$path ;;
    *) named=$path ;;
    esac
    if [ $1 = concat ]; then cat "$work/disk/concat.1" "$work/disk/concat.2" > "$work/raw"
    elif [ $1 = qcow2 ]; then
        qemu-img check -q "$path" > "$work/made" 2>&1; sound=$?; [ $sound = 0 ] || [ $sound = 3 ] || { cat "$work/made"; fails "qcow2: not sound"; }       # 3: clusters that nothing points at
        qemu-img convert -O raw "$path" "$work/raw" > "$work/made" 2>&1 || { cat "$work/made"; fails "qcow2: does not open"; }
    else
        "$program" image check "$path" > "$work/made" 2>&1 || { cat "$work/made"; fails "$1: not sound"; }
        "$program" image convert "$named" "$work/raw" > "$work/made" 2>&1 || { cat "$work/made"; fails "$1: does not open"; }
    fi
    python3 "$work/judge.py" "$work/com" "$work/raw" > "$work/told" 2>&1 || { cat "$work/told"; fails "$1: what was flushed is lost"; }
}
forms="flat concat growing sparse undoable overlay"
"$program" --help ata0-master | grep -q qcow2 && command -v qemu-nbd qemu-img > "$work/which" && forms="$forms qcow2"
for form in $forms; do
    n=0
    while [ $n -lt "$kills" ]; do
        put_image $form; begin $form
        sleep 0.$(($(od -An -N1 -tu1 /dev/urandom) % 5))
        # the program that a person started, or the process with the machine in it
        kill -KILL $(echo "$all" | sed -n "$((n % 2 ? 1 : $(echo "$all" | wc -l)))p")
        wait $front 2> /dev/null
        judge $form
        n=$((n + 1))
    done
    for signal in TERM HUP; do
        put_image $form; begin $form
        kill -$signal $front
        wait $front; status=$?
        [ $status = 0 ] || fails "$form: status $status after SIG$signal"
        judge $form
    done
done
