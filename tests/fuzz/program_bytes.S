/* The program beside it, as the linker made it.  doc: fuzz */
    .section .rodata
    .globl seed_program, seed_program_end
seed_program:
    .incbin PROGRAM
seed_program_end:
    .section .note.GNU-stack, "", @progbits
