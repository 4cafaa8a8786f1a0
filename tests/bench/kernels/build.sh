#!/bin/sh
# build.sh OUT: the guest kernels as OUT/gk.img, a raw disk; their checksums are those of a native run.  Needs gcc-multilib and nasm.
set -e
here=$(dirname "$0") here=$(cd "$here" && pwd)
mkdir -p "$1"; cd "$1"
flags="-m32 -march=i686 -mno-sse -O2 -std=gnu11 -ffreestanding -fno-builtin -fno-pic -fno-pie -fno-stack-protector -fno-tree-loop-distribute-patterns
       -fno-asynchronous-unwind-tables -fcf-protection=none -w -I. -I$here"
kernels="k_int.o k_x87.o k_sse2.o k_bare.o table.o"
compile() {
    for f in k_int k_bare table main; do gcc $flags -c "$here/$f.c" -o $f.o; done
    gcc $flags -mfpmath=387 -c "$here/k_fp.c" -o k_x87.o
    gcc $flags -msse2 -mfpmath=sse -DGK_SSE2_BUILD -c "$here/k_fp.c" -o k_sse2.o
    gcc -m32 -Wa,--noexecstack -c "$here/entry.S" -o entry.o
}
sh "$here/gen_expect.sh"; compile
gcc -m32 -O2 -no-pie -w -I"$here" -c "$here/hosted.c" -o hosted.o
gcc -m32 -no-pie -static $kernels hosted.o -o native 2> /dev/null
./native > native.txt
sh "$here/gen_expect.sh" native.txt; compile
ld -m elf_i386 --no-warn-rwx-segments -T "$here/gk.ld" -o gk.elf entry.o main.o $kernels
objcopy -O binary -j .text -j .rodata -j .data gk.elf gk.bin
nasm -f bin -DSECTORS=$((($(stat -c %s gk.bin) + 511) / 512)) "$here/boot.asm" -o boot.bin
cat boot.bin gk.bin > gk.img; truncate -s 10321920 gk.img
