/* Interrupt routing of slots, where a program without ACPI looks for it.  The checksum is filled in after linking.     doc: pci
 * Source: Microsoft, "PCI IRQ Routing Table Specification" 1.0. */
    ROUTABLE = 0xdef8                   /* IRQ 3 to 7, 9 to 12, 14, 15 */
    DEVICES = 6

    .section .rom, "a"
    .balign 16
    .globl routing_table
routing_table:
    .ascii "$PIR"
    .word 0x0100, routing_end - routing_table
    .byte 0, 1 << 3                     /* the router: bus 0, device 1 */
    .word 0x0c00                        /* IRQ 10 and 11 are PCI's alone */
    .word 0x8086, 0x7000
    .long 0
    .zero 11
    .byte 0                             /* checksum */
    .set device, 1
    .rept DEVICES                       /* pin INTn# of device d is PIRQ (d - 1 + n) mod 4, at 60h to 63h of the router */
    .byte 0, device << 3
    .irp pin, 0, 1, 2, 3
    .byte 0x60 + ((device - 1 + \pin) & 3)
    .word ROUTABLE
    .endr
    .byte device - 1, 0                 /* slot; 0 is on the board */
    .set device, device + 1
    .endr
routing_end:

    .section .note.GNU-stack, "", %progbits
