#!/bin/sh
# run.sh BUILD: builds the guest kernels, runs them here and on Bochs and QEMU where they are installed, prints MIPS and ratios.
build=$1 here=tests/bench/kernels out=$1/bench
mkdir -p "$out"
flags="-m32 -march=i686 -mno-sse -O2 -std=gnu11 -ffreestanding -fno-builtin -fno-pic -fno-pie -fno-stack-protector -fno-tree-loop-distribute-patterns
       -fno-asynchronous-unwind-tables -fcf-protection=none -w -I$out -I$here"
compile() {
    for f in k_int k_bare table main; do gcc $flags -c $here/$f.c -o "$out/$f.o" || return 1; done
    gcc $flags -mfpmath=387 -c $here/k_fp.c -o "$out/k_x87.o" && gcc $flags -msse2 -mfpmath=sse -DGK_SSE2_BUILD -c $here/k_fp.c -o "$out/k_sse2.o" &&
        gcc -m32 -Wa,--noexecstack -c $here/entry.S -o "$out/entry.o" || return 1
    kernels="$out/k_int.o $out/k_x87.o $out/k_sse2.o $out/k_bare.o $out/table.o"
    gcc -m32 -O2 -no-pie -w -I$here -c $here/hosted.c -o "$out/hosted.o" && gcc -m32 -no-pie -static $kernels "$out/hosted.o" -o "$out/native" 2> /dev/null
}
root=$PWD
expected() { (cd "$out" && sh "$root/$here/gen_expect.sh" "$@"); }
expected && compile && "$out/native" > "$out/native.txt" && expected native.txt && compile || { echo "the kernels cannot be built: gcc-multilib and nasm are needed" >&2; exit 1; }
ld -m elf_i386 --no-warn-rwx-segments -T $here/gk.ld -o "$out/gk.elf" "$out/entry.o" "$out/main.o" $kernels && objcopy -O binary -j .text -j .rodata -j .data "$out/gk.elf" "$out/gk.bin" || exit 1
nasm -f bin -DSECTORS=$((($(stat -c %s "$out/gk.bin") + 511) / 512)) $here/boot.asm -o "$out/boot.bin" || exit 1
cat "$out/boot.bin" "$out/gk.bin" > "$out/gk.img"; truncate -s 10321920 "$out/gk.img"

echo "orrery ..." >&2; "$build/bench-kernels" "$out/gk.img" > "$out/orrery.txt" || { cat "$out/orrery.txt"; exit 1; }
: > "$out/qemu.txt"; : > "$out/bochs.txt"
if command -v qemu-system-i386 > /dev/null && command -v python3 > /dev/null; then
    echo "qemu ..." >&2
    qemu-system-i386 -M pc -accel tcg -cpu qemu32 -m 64 -display none -nodefaults -no-reboot -drive file="$out/gk.img",format=raw,if=ide \
        -debugcon stdio -device isa-debug-exit,iobase=0xf4,iosize=1 | python3 tests/bench/stamp.py > "$out/qemu.txt"
fi
bochs=$(command -v bochs-bin || command -v bochs)
if [ -n "$bochs" ] && command -v python3 > /dev/null; then
    echo "bochs ..." >&2
    plugins=$(ls -d /usr/lib/*/bochs/plugins 2> /dev/null | head -n 1) screen=
    for library in nogui x term; do [ -z "$screen" ] && [ -e "$plugins/libbx_${library}_gui.so" ] && screen=$library; done
    [ "$screen" = x ] && [ -z "$DISPLAY" ] && command -v xvfb-run > /dev/null && bochs="xvfb-run -a $bochs"
    rm -f "$out/gk.img.lock"
    cat > "$out/bochsrc" <<R
megs: 64
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
display_library: ${screen:-nogui}
cpu: count=1, ips=200000000, model=corei7_sandy_bridge_2600k
clock: sync=none
port_e9_hack: enabled=1
ata0-master: type=disk, path=$out/gk.img, mode=flat, cylinders=20, heads=16, spt=63
boot: disk
log: $out/bochs.log
panic: action=fatal
R
    echo c | timeout 900 stdbuf -o0 $bochs -q -f "$out/bochsrc" 2> /dev/null | python3 tests/bench/stamp.py > "$out/bochs.txt"
fi
awk -v out="$out" 'BEGIN {
    while ((getline line < (out "/qemu.txt")) > 0) { n = split(line, f, " "); if (n > 2) qemu[f[1]] = f[n] }
    while ((getline line < (out "/bochs.txt")) > 0) { n = split(line, f, " "); if (n > 2) bochs[f[1]] = f[n] }
    printf "%-10s %14s %9s %9s %10s %10s\n", "kernel", "instructions", "seconds", "MIPS", "x Bochs", "x QEMU"
    while ((getline line < (out "/orrery.txt")) > 0) {
        split(line, f, " ")
        if (f[1] == "#") continue
        printf "%-10s %14.0f %9.3f %9.1f %10s %10s%s\n", f[1], f[2], f[3], f[2] / f[3] / 1e6, ((f[1] in bochs) ? sprintf("%.2f", bochs[f[1]] / f[3]) : "-"),
               ((f[1] in qemu) ? sprintf("%.2f", qemu[f[1]] / f[3]) : "-"), (f[4] == "OK" ? "" : "  wrong checksum")
        ticks += f[2]; seconds += f[3]
        if (f[1] in bochs) { logb += log(bochs[f[1]] / f[3]); nb++ }
        if (f[1] in qemu) { logq += log(qemu[f[1]] / f[3]); nq++ }
    }
    printf "%-10s %14.0f %9.3f %9.1f %10s %10s\n", "all", ticks, seconds, ticks / seconds / 1e6, (nb ? sprintf("%.2f", exp(logb / nb)) : "-"), (nq ? sprintf("%.2f", exp(logq / nq)) : "-")
    print "Ratios are times as fast as; in the last line geometric means."
}'
