# A kernel without a disk: a small one of Multiboot 1 and 2 is told its command line, modules and memory, with our BIOS and with others, and a journal of it replays; bad files are refused with the reason.
. tests/guests/lib.sh
orrery=$1/orrery
for v in 1 2; do
    gcc -m32 -march=i386 -Os -ffreestanding -fno-pic -fno-pie -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -nostdlib -DVERSION=$v -c -o "$work/k.o" tests/guests/multiboot.c &&
    printf 'ENTRY(_start) SECTIONS { . = 1M; .text : { *(.header) *(.text.start) *(.text*) *(.rodata*) } .data : { *(.data*) } .bss : { *(.bss*) } /DISCARD/ : { *(.note*) *(.comment) } }' > "$work/k.ld" &&
    ld -m elf_i386 -z noexecstack --no-warn-rwx-segments -T "$work/k.ld" -o "$work/k$v" "$work/k.o" || exit 1
done
printf 'first' > "$work/m1"; printf 'second' > "$work/m2"
told() { # VERSION OPTION...
    v=$1; shift
    printf 'wait-text "%s" 20s --on e9\n' "TOLD" "loader Orrery" "cmdline one, two=3" "module text: first" "module : second" > "$work/script"
    case $* in *romimage*) ;; *) printf 'wait-text "%s" 20s --on e9\n' "memory 27f fc00" "map 100000 3f00000 1" >> "$work/script"; [ "$v" = 1 ] || echo 'wait-text "rsdp RSD PTR " 20s --on e9' >> "$work/script" ;; esac
    printf 'hash\nquit 0\n' >> "$work/script"
    timeout 60 "$orrery" -n --headless -rc "$work/script" 'clock: sync=none' 'memory: guest=64' --kernel "$work/k$v" --cmdline 'one, two=3' "module1: file=$work/m1, cmdline=text" "module2: file=$work/m2" "$@" > "$work/out" 2>&1 || { cat "$work/out"; exit 1; }
}
for v in 1 2; do
    told $v; grep tick "$work/out" > "$work/hash"; told $v; grep tick "$work/out" | cmp - "$work/hash" || exit 1
    told $v 'pci: enabled=0'; told $v 'cpu: model=i386'
    for rom in /usr/share/bochs/BIOS-bochs-legacy /usr/share/bochs/BIOS-bochs-latest /usr/share/seabios/bios.bin; do [ -e $rom ] && told $v "romimage: file=$rom"; done
done
told 2 --record "$work/journal"
printf 'quit\n' > "$work/script"
"$orrery" replay "$work/journal" --headless > "$work/out" 2>&1 && grep -q 'as recorded' "$work/out" || { cat "$work/out"; exit 1; }
printf 'other' > "$work/m1"; "$orrery" replay "$work/journal" --headless > "$work/out" 2>&1; [ $? = 4 ] && grep -q 'is not what it was' "$work/out" || { cat "$work/out"; exit 1; }
refused() { # WORDS OPTION...
    words=$1; shift; "$orrery" -n --headless "$@" > "$work/out" 2>&1; status=$?
    [ $status = 2 ] && grep -qF -- "$words" "$work/out" || { echo "status $status, wanted: $words"; cat "$work/out"; exit 1; }
}
refused "neither a Linux bzImage nor" --kernel "$work/m2"
refused "No such file" --kernel "$work/none"
refused "are for a kernel:" --initrd "$work/m1"
refused "optromimage1: address=0xdf000" --kernel "$work/k1" "optromimage1: file=$1/bios/kernel.bin, address=0xdf000"
exit 0
