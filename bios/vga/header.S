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

    .globl int10_entry
int10_entry:
    sti
    cld
    pushw %ds
    pushw %es
    pushw %fs
    pushw %gs
    pushal
    movl %esp, %ebp                 /* the upper half of ESP is the caller's and comes back */
    movzwl %sp, %esp
    movw %ss, %ax
    movw %ax, %ds
    movw %ax, %es
    movw $0x40, %ax
    movw %ax, %fs
    movl %esp, %eax
    pushl %ebp
    calll int10
    popl %ebp
    movl %ebp, %esp
    popal
    popw %gs
    popw %fs
    popw %es
    popw %ds
    iret

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
    .globl save_pointer_table
save_pointer_table:                 /* 40:A8: the parameter table, then nothing that overrides it */
    .word parameter_table, 0xc000
    .fill 6, 4, 0
    .globl font8x8, font8x14, font8x16
font8x8:
    .include "font8x8.inc"
font8x14:
    .include "font8x14.inc"
font8x16:
    .include "font8x16.inc"

    .section .note.GNU-stack, "", @progbits
