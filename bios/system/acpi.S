/* What ACPI finds in the ROM: RSDP, RSDT, FADT, DSDT.  Checksums are filled in after linking (rom_checksum).      doc: pm
 * Source: ACPI specification, "ACPI System Description Tables". */
    ROM = 0xf0000
    FACS = 0x9ffc0
    PM = 0xb000                         /* ports of power management */
    SCI = 9
    NEVER = 0xffff                      /* C2 and C3 are not supported */
    HAS_8042_AND_LEGACY = 3
    WBINVD_PROC_C1 = 0x05
    NO_BUTTONS = 0x30                   /* as control methods, of which there is none */
    RTC_WAKES_NOT = 0x40

    .macro header signature, end, start, revision
    .ascii "\signature"
    .long \end - \start
    .byte \revision, 0
    .ascii "ORRERYORRERYPC"
    .long 1
    .ascii "ORRY"
    .long 1
    .endm
    /* Generic Address Structure of a port: space 1, width and offset in bits, access size, address */
    .macro port_block width, access, port
    .byte 1, \width, 0, \access
    .quad \port
    .endm
    .macro no_block
    .zero 12
    .endm

    .section .rom, "a"
    .balign 16
rsdp:
    .ascii "RSD PTR "
    .byte 0
    .ascii "ORRERY"
    .byte 0
    .long rsdt + ROM

    .globl rsdt, tables
    .balign 16
rsdt:
    header RSDT, rsdt_end, rsdt, 1
    .long fadt + ROM
rsdt_end:
    .long 0, 0                          /* room for MADT and HPET */

    .balign 16
fadt:
    header FACP, fadt_end, fadt, 3
    .long FACS, dsdt + ROM
    .byte 0, 0                          /* preferred profile: unspecified */
    .word SCI
    .long 0                             /* SMI_CMD: always ACPI mode */
    .byte 0, 0, 0, 0
    .long PM, 0, PM + 4, 0, 0, PM + 8, 0, 0
    .byte 4, 2, 0, 4, 0, 0, 0, 0        /* lengths of PM1_EVT, PM1_CNT, PM2_CNT, PM_TMR, GPE0, GPE1 */
    .word NEVER, NEVER, 0, 0
    .byte 0, 0, 0, 0, 0x32              /* duty cycle; alarm of day and month; century in CMOS */
    .word HAS_8042_AND_LEGACY
    .byte 0
    .long WBINVD_PROC_C1 | NO_BUTTONS | RTC_WAKES_NOT
    no_block                            /* no reset register */
    .byte 0, 0, 0, 0
    .long FACS, 0, dsdt + ROM, 0
    port_block 32, 2, PM
    no_block
    port_block 16, 2, PM + 4
    no_block
    no_block
    port_block 32, 3, PM + 8
    no_block
    no_block
fadt_end:

    .balign 16
dsdt:
    .incbin "bios/system/dsdt.aml"

    .balign 16
tables:                                 /* what POST writes where the ROM is shadowed: TABLES_BYTES */
    .zero 0x1000

    .section .note.GNU-stack, "", %progbits
