/* The built guest images as bytes of the library: see images.h. */
    .section .rodata

    .macro image name, file
    .global \name, \name\()_size
    .balign 16
\name:
    .incbin "\file"
1:
    .balign 4
\name\()_size:
    .long 1b - \name
    .endm

    image bios_system_image, "bios/system.bin"
    image bios_vga_image, "bios/vga.bin"
    image demo_disk_image, "bios/demo.img"
    image kernel_loader_image, "bios/kernel.bin"

    .global vga_font_8x16
vga_font_8x16:
    .include "bios/vga/font8x16.inc"

    .section .note.GNU-stack, "", @progbits
