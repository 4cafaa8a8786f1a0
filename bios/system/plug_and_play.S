/* What a boot ROM asks of a Plug and Play BIOS: that there is one, and that it starts boot entry vectors.  The checksum is filled in after
 * linking.                                                                                 doc: bios
 * Sources: "Plug and Play BIOS Specification" 1.0A, "Installation Check"; "BIOS Boot Specification" 1.01, "Get Version".
 * Every other function is answered with "not supported". */
    GET_BBS_VERSION = 0x60
    BBS_VERSION = 0x0101
    FUNCTION_NOT_SUPPORTED = 0x82

    .code16
    .section .rom, "ax"
    .balign 16
    .globl plug_and_play
plug_and_play:
    .ascii "$PnP"
    .byte 0x10, plug_and_play_end - plug_and_play
    .word 0                             /* no events */
    .byte 0                             /* checksum */
    .long 0
    .word pnp_service, 0xf000           /* real mode */
    .word pnp_service                   /* 16-bit protected mode */
    .long 0xf0000
    .long 0
    .word 0xf000                        /* real mode data */
    .long 0xf0000
plug_and_play_end:

/* s16 service(u16 function, ...), far, arguments on the stack; function 60h: (u16 function, u16 far *version, u16 selector). */
pnp_service:
    pushw %bp
    movw %sp, %bp
    movw $FUNCTION_NOT_SUPPORTED, %ax
    cmpw $GET_BBS_VERSION, 6(%bp)
    jne 1f
    pushw %es
    pushw %bx
    lesw 8(%bp), %bx
    movw $BBS_VERSION, %es:(%bx)
    popw %bx
    popw %es
    xorw %ax, %ax
1:  popw %bp
    lretw

    .section .note.GNU-stack, "", %progbits
