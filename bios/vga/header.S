/* The VGA BIOS as an option ROM: header, INT 10h's entry, and what C cannot say.          doc: vga-bios */
    .code16
    .section .header, "a"
    .globl rom_header
rom_header:
    .byte 0x55, 0xaa
    .byte rom_blocks                /* the linker script's size in units of 512 bytes */
    jmp initialise
    .org 0x1e
    .asciz "IBM compatible VGA BIOS of Orrery"

    .text
/* Called far by the system BIOS. */
initialise:
    pushw %ds
    pushw %es
    pushw %fs
    pushw %gs
    pushal
    movl %esp, %ebp
    movzwl %sp, %esp
    cld
    movw %ss, %ax
    movw %ax, %ds
    movw %ax, %es
    movw $0x40, %ax
    movw %ax, %fs
    calll post
    movl %ebp, %esp
    popal
    popw %gs
    popw %fs
    popw %es
    popw %ds
    lretw

/* An interrupt whose service is a C function void f(struct frame *). */
    .macro entry name, service
    .globl \name
\name:
    sti
    pushw %ds
    pushw %es
    pushw %fs
    pushw %gs
    pushal
    movl $\service, %edx
    jmp on_caller_stack
    .endm
    entry int10_entry, int10
    entry int05_entry, print_screen

on_caller_stack:
    cld
    movl %esp, %ebp                 /* the upper half of ESP is the caller's and comes back */
    movzwl %sp, %esp
    movw %ss, %ax
    movw %ax, %ds
    movw %ax, %es
    movw $0x40, %ax
    movw %ax, %fs
    movl %esp, %eax
    pushl %ebp
    calll *%edx
    popl %ebp
    movl %ebp, %esp
    popal
    popw %gs
    popw %fs
    popw %es
    popw %ds
    iret

/* u16 call_int_17(u32 ax, u32 dx) */
    .globl call_int_17
call_int_17:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    pushw %fs
    int $0x17
    popw %fs
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    movw %ss, %cx
    movw %cx, %ds
    movw %cx, %es
    cld
    retl

    .globl rom_segment
rom_segment:
    movw %cs, %ax
    retl

/* void fill_words(u16 segment, u16 offset, u16 value, u32 words) */
    .globl fill_words
fill_words:
    pushl %edi
    movw %ax, %es
    movw %dx, %di
    movw %cx, %ax
    movl 8(%esp), %ecx
    movzwl %di, %edi
    rep stosw
    popl %edi
    jmp es_is_ss

/* void copy_words(u16 segment, u16 to, u16 from, u32 words); void copy_bytes(...) */
    .globl copy_words, copy_bytes
copy_words:
    pushl %edi
    pushl %esi
    movw %ax, %es
    movw %dx, %di
    movw %cx, %si
    movw 12(%esp), %cx
    rep movsw %es:(%si), %es:(%di)
    popl %esi
    popl %edi
    jmp es_is_ss
copy_bytes:
    pushl %edi
    pushl %esi
    movw %ax, %es
    movw %dx, %di
    movw %cx, %si
    movw 12(%esp), %cx
    rep movsb %es:(%si), %es:(%di)
    popl %esi
    popl %edi
    jmp es_is_ss

/* void copy_in(u16 segment, u16 to, u16 from_segment, u32 from, u32 bytes) */
    .globl copy_in
copy_in:
    pushl %edi
    pushl %esi
    movw %ax, %es
    movw %dx, %di
    movw 12(%esp), %si
    movw 16(%esp), %ax
    movw %cx, %ds
    movw %ax, %cx
    rep movsb
    popl %esi
    popl %edi
    pushw %ss
    popw %ds
es_is_ss:
    pushw %ss
    popw %es
    retl

    .section .rom, "a"
    .globl save_pointer_table, display_codes, crtc_6845_tables
    ROM = 0xc000                    /* where the ROM is linked for */
save_pointer_table:                 /* 40:A8h.  IBM BIOS Interface Technical Reference, "Video Save Pointer Table" */
    .word parameter_table, ROM
    .long 0, 0, 0                   /* dynamic save area, text font, graphics font: a program's, none of ours */
    .word secondary_table, ROM
    .long 0, 0
secondary_table:
    .word 26                        /* its length */
    .word display_codes, ROM
    .long 0, 0, 0, 0, 0
display_codes:                      /* rows, version, highest code, 0; then pairs */
    .byte 16, 1, 8, 0
    .byte 0, 0,  1, 0,  2, 0,  2, 1,  4, 0,  4, 1,  5, 0,  5, 2,  6, 0,  6, 1,  5, 6,  8, 0,  8, 1,  7, 0,  7, 2,  7, 6

/* INT 1Dh, when the system BIOS has none: registers of a 6845 for 40 and 80 columns, graphics, monochrome; sizes; mode bytes. */
crtc_6845_tables:
    .byte 0x38, 0x28, 0x2d, 0x0a, 0x1f, 6, 0x19, 0x1c, 2, 7, 6, 7, 0, 0, 0, 0
    .byte 0x71, 0x50, 0x5a, 0x0a, 0x1f, 6, 0x19, 0x1c, 2, 7, 6, 7, 0, 0, 0, 0
    .byte 0x38, 0x28, 0x2d, 0x0a, 0x7f, 6, 0x64, 0x70, 2, 1, 6, 7, 0, 0, 0, 0
    .byte 0x61, 0x50, 0x52, 0x0f, 0x19, 6, 0x19, 0x19, 2, 0x0d, 0x0b, 0x0c, 0, 0, 0, 0
    .word 2048, 4096, 16384, 16384
    .byte 40, 40, 80, 80, 40, 40, 80, 80
    .byte 0x2c, 0x28, 0x2d, 0x29, 0x2a, 0x2e, 0x1e, 0x29
    .globl font8x8, font8x14, font8x16, alternates9x14, alternates9x16
font8x8:
    .include "font8x8.inc"
font8x14:
    .include "font8x14.inc"
font8x16:
    .include "font8x16.inc"
alternates9x14:
    .include "alternates9x14.inc"
alternates9x16:
    .include "alternates9x16.inc"

    .section .note.GNU-stack, "", @progbits
