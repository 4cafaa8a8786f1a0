# Sourced by tests of the debugger: makes $work/debuggee.BITS (an ELF program with symbols and lines) and, of 16 bits, $work/debuggee.img, a floppy.
make_debuggee() { # BITS FLAG...
    bits=$1 emulation=elf_i386 base=1M; shift
    [ $bits = 64 ] && emulation=elf_x86_64
    [ $bits = 16 ] && base=0x7c00
    flags="-m$bits -g -Og -ffreestanding -fno-pic -fno-pie -fno-stack-protector -fcf-protection=none -nostdlib -DBITS=$bits $*"
    [ $bits = 64 ] && flags="$flags -mno-red-zone"
    printf 'ENTRY(_start) SECTIONS { . = %s; .text : { *(.start) *(.text*) *(.rodata*) } .eh_frame : { *(.eh_frame) } .data : { *(.data*) } .bss : { *(.bss*) } /DISCARD/ : { *(.note*) *(.comment) } }' $base > "$work/debuggee.ld"
    gcc $flags -c -o "$work/debuggee.o" "$PWD/tests/guests/debuggee.c" && gcc $flags -c -o "$work/debuggee_start.o" "$PWD/tests/guests/debuggee_start.S" &&
    ld -m $emulation -z noexecstack --no-warn-rwx-segments -T "$work/debuggee.ld" -o "$work/debuggee.$bits" "$work/debuggee_start.o" "$work/debuggee.o" || { echo "the guest does not build"; exit 1; }
    [ $bits = 16 ] || return 0
    objcopy -O binary -j .text "$work/debuggee.16" "$work/debuggee.img"
    truncate -s 1474560 "$work/debuggee.img"
    printf '\125\252' | dd of="$work/debuggee.img" bs=1 seek=510 conv=notrunc 2> "$work/dd" || exit 1
}
