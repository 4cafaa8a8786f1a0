/* The PCI bus where there is one, the board's devices that cannot be enumerated, and the way to soft-off.    doc: pm
 * Source: ACPI specification, "ACPI Source Language Reference"; Plug and Play device identifiers. */
DefinitionBlock ("", "DSDT", 1, "ORRERY", "ORRERYPC", 1)
{
    Name (\PICM, 0)                                      /* 1: the system uses the I/O APIC */
    Method (\_PIC, 1) { Store (Arg0, \PICM) }
    Name (\_S5, Package () { 0, 0, 0, 0 })               /* SLP_TYP of the PIIX4 */

    Scope (\_SB)
    {
        /* CONFADD reads as ones where there is no PCI: its reserved bits are 0 elsewhere. */
        OperationRegion (CFAD, SystemIO, 0xCF8, 4)
        Field (CFAD, DWordAcc, NoLock, Preserve) { CADR, 32 }

        Device (PCI0)
        {
            Name (_HID, EisaId ("PNP0A03"))
            Name (_UID, 0)
            Method (_STA) { If (LEqual (CADR, 0xFFFFFFFF)) { Return (0) } Return (15) }
            Name (_CRS, ResourceTemplate () {
                WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0, 0, 1)
                IO (Decode16, 0x0CF8, 0x0CF8, 1, 8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange, 0, 0x0000, 0x0CF7, 0, 0x0CF8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange, 0, 0x0D00, 0xFFFF, 0, 0xF300)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0x000A0000, 0x000BFFFF, 0, 0x00020000)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xE0000000, 0xFEBFFFFF, 0, 0x1EC00000)
            })
            Name (PRTP, Package () {
                Package () { 0x0001FFFF, 0, LNKA, 0 },
                Package () { 0x0001FFFF, 1, LNKB, 0 },
                Package () { 0x0001FFFF, 2, LNKC, 0 },
                Package () { 0x0001FFFF, 3, LNKD, 0 },
                Package () { 0x0002FFFF, 0, LNKB, 0 },
                Package () { 0x0002FFFF, 1, LNKC, 0 },
                Package () { 0x0002FFFF, 2, LNKD, 0 },
                Package () { 0x0002FFFF, 3, LNKA, 0 },
                Package () { 0x0003FFFF, 0, LNKC, 0 },
                Package () { 0x0003FFFF, 1, LNKD, 0 },
                Package () { 0x0003FFFF, 2, LNKA, 0 },
                Package () { 0x0003FFFF, 3, LNKB, 0 },
                Package () { 0x0004FFFF, 0, LNKD, 0 },
                Package () { 0x0004FFFF, 1, LNKA, 0 },
                Package () { 0x0004FFFF, 2, LNKB, 0 },
                Package () { 0x0004FFFF, 3, LNKC, 0 },
                Package () { 0x0005FFFF, 0, LNKA, 0 },
                Package () { 0x0005FFFF, 1, LNKB, 0 },
                Package () { 0x0005FFFF, 2, LNKC, 0 },
                Package () { 0x0005FFFF, 3, LNKD, 0 },
                Package () { 0x0006FFFF, 0, LNKB, 0 },
                Package () { 0x0006FFFF, 1, LNKC, 0 },
                Package () { 0x0006FFFF, 2, LNKD, 0 },
                Package () { 0x0006FFFF, 3, LNKA, 0 }
            })
            Name (PRTA, Package () {                         /* inputs of the I/O APIC */
                Package () { 0x0001FFFF, 0, 0, 16 },
                Package () { 0x0001FFFF, 1, 0, 17 },
                Package () { 0x0001FFFF, 2, 0, 18 },
                Package () { 0x0001FFFF, 3, 0, 19 },
                Package () { 0x0002FFFF, 0, 0, 17 },
                Package () { 0x0002FFFF, 1, 0, 18 },
                Package () { 0x0002FFFF, 2, 0, 19 },
                Package () { 0x0002FFFF, 3, 0, 16 },
                Package () { 0x0003FFFF, 0, 0, 18 },
                Package () { 0x0003FFFF, 1, 0, 19 },
                Package () { 0x0003FFFF, 2, 0, 16 },
                Package () { 0x0003FFFF, 3, 0, 17 },
                Package () { 0x0004FFFF, 0, 0, 19 },
                Package () { 0x0004FFFF, 1, 0, 16 },
                Package () { 0x0004FFFF, 2, 0, 17 },
                Package () { 0x0004FFFF, 3, 0, 18 },
                Package () { 0x0005FFFF, 0, 0, 16 },
                Package () { 0x0005FFFF, 1, 0, 17 },
                Package () { 0x0005FFFF, 2, 0, 18 },
                Package () { 0x0005FFFF, 3, 0, 19 },
                Package () { 0x0006FFFF, 0, 0, 17 },
                Package () { 0x0006FFFF, 1, 0, 18 },
                Package () { 0x0006FFFF, 2, 0, 19 },
                Package () { 0x0006FFFF, 3, 0, 16 }
            })
            Method (_PRT) { If (\PICM) { Return (PRTA) } Return (PRTP) }
            Device (ISAB)
            {
                Name (_ADR, 0x00010000)
                OperationRegion (PIRQ, PCI_Config, 0x60, 4)
                Field (PIRQ, ByteAcc, NoLock, Preserve) { PRQA, 8, PRQB, 8, PRQC, 8, PRQD, 8 }
            }
        }

        Device (HPET)
        {
            Name (_HID, EisaId ("PNP0103"))
            OperationRegion (CAPR, SystemMemory, 0xFED00000, 4)
            Field (CAPR, DWordAcc, NoLock, Preserve) { CAPA, 32 }
            Method (_STA) { If (LEqual (CAPA, 0xFFFFFFFF)) { Return (0) } Return (15) }
            Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadOnly, 0xFED00000, 0x400) })
        }

        /* Bit 7: not routed; bits 3..0: the request. */
        Name (LPRS, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 5, 10, 11 } })
        Method (LSTA, 1)
        {
            If (LEqual (CADR, 0xFFFFFFFF)) { Return (0) }
            If (And (Arg0, 0x80)) { Return (9) }
            Return (11)
        }
        Method (LCRS, 1, Serialized)
        {
            Name (CRES, ResourceTemplate () { IRQ (Level, ActiveLow, Shared) { 10 } })
            CreateWordField (CRES, 1, IMSK)
            If (And (Arg0, 0x80)) { Store (0, IMSK) } Else { ShiftLeft (1, And (Arg0, 15), IMSK) }
            Return (CRES)
        }
        Method (LSRS, 1)
        {
            CreateWordField (Arg0, 1, IMSK)
            FindSetRightBit (IMSK, Local0)
            If (Local0) { Return (Subtract (Local0, 1)) }
            Return (0x80)
        }
        Device (LNKA)
        {
            Name (_HID, EisaId ("PNP0C0F"))              /* interrupt link */
            Name (_UID, 1)
            Method (_STA) { Return (LSTA (\_SB.PCI0.ISAB.PRQA)) }
            Method (_DIS) { Or (\_SB.PCI0.ISAB.PRQA, 0x80, \_SB.PCI0.ISAB.PRQA) }
            Method (_PRS) { Return (LPRS) }
            Method (_CRS) { Return (LCRS (\_SB.PCI0.ISAB.PRQA)) }
            Method (_SRS, 1) { Store (LSRS (Arg0), \_SB.PCI0.ISAB.PRQA) }
        }
        Device (LNKB)
        {
            Name (_HID, EisaId ("PNP0C0F"))              /* interrupt link */
            Name (_UID, 2)
            Method (_STA) { Return (LSTA (\_SB.PCI0.ISAB.PRQB)) }
            Method (_DIS) { Or (\_SB.PCI0.ISAB.PRQB, 0x80, \_SB.PCI0.ISAB.PRQB) }
            Method (_PRS) { Return (LPRS) }
            Method (_CRS) { Return (LCRS (\_SB.PCI0.ISAB.PRQB)) }
            Method (_SRS, 1) { Store (LSRS (Arg0), \_SB.PCI0.ISAB.PRQB) }
        }
        Device (LNKC)
        {
            Name (_HID, EisaId ("PNP0C0F"))              /* interrupt link */
            Name (_UID, 3)
            Method (_STA) { Return (LSTA (\_SB.PCI0.ISAB.PRQC)) }
            Method (_DIS) { Or (\_SB.PCI0.ISAB.PRQC, 0x80, \_SB.PCI0.ISAB.PRQC) }
            Method (_PRS) { Return (LPRS) }
            Method (_CRS) { Return (LCRS (\_SB.PCI0.ISAB.PRQC)) }
            Method (_SRS, 1) { Store (LSRS (Arg0), \_SB.PCI0.ISAB.PRQC) }
        }
        Device (LNKD)
        {
            Name (_HID, EisaId ("PNP0C0F"))              /* interrupt link */
            Name (_UID, 4)
            Method (_STA) { Return (LSTA (\_SB.PCI0.ISAB.PRQD)) }
            Method (_DIS) { Or (\_SB.PCI0.ISAB.PRQD, 0x80, \_SB.PCI0.ISAB.PRQD) }
            Method (_PRS) { Return (LPRS) }
            Method (_CRS) { Return (LCRS (\_SB.PCI0.ISAB.PRQD)) }
            Method (_SRS, 1) { Store (LSRS (Arg0), \_SB.PCI0.ISAB.PRQD) }
        }

        Device (ISA)
        {
            Name (_HID, EisaId ("PNP0A05"))              /* generic ISA container */

            Device (PIC)
            {
                Name (_HID, EisaId ("PNP0000"))
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0x20, 0x20, 1, 2)
                    IO (Decode16, 0xA0, 0xA0, 1, 2)
                    IO (Decode16, 0x4D0, 0x4D0, 1, 2)
                    IRQNoFlags () { 2 }
                })
            }
            Device (TIMR)
            {
                Name (_HID, EisaId ("PNP0100"))
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0x40, 0x40, 1, 4)
                    IRQNoFlags () { 0 }
                })
            }
            Device (DMAC)
            {
                Name (_HID, EisaId ("PNP0200"))
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0x00, 0x00, 1, 0x10)
                    IO (Decode16, 0x81, 0x81, 1, 0x0F)
                    IO (Decode16, 0xC0, 0xC0, 1, 0x20)
                    DMA (Compatibility, NotBusMaster, Transfer8_16) { 4 }
                })
            }
            Device (RTC)
            {
                Name (_HID, EisaId ("PNP0B00"))
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0x70, 0x70, 1, 2)
                    IRQNoFlags () { 8 }
                })
            }
            Device (FPU)
            {
                Name (_HID, EisaId ("PNP0C04"))
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0xF0, 0xF0, 1, 2)
                    IRQNoFlags () { 13 }
                })
            }
            Device (KBD)
            {
                Name (_HID, EisaId ("PNP0303"))
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0x60, 0x60, 1, 1)
                    IO (Decode16, 0x64, 0x64, 1, 1)
                    IRQNoFlags () { 1 }
                })
            }
            Device (MOU)
            {
                Name (_HID, EisaId ("PNP0F13"))
                Name (_CRS, ResourceTemplate () { IRQNoFlags () { 12 } })
            }

            /* A serial port is there when its line control register answers. */
            OperationRegion (LCR1, SystemIO, 0x3FB, 1)
            Field (LCR1, ByteAcc, NoLock, Preserve) { CM1L, 8 }
            OperationRegion (LCR2, SystemIO, 0x2FB, 1)
            Field (LCR2, ByteAcc, NoLock, Preserve) { CM2L, 8 }
            OperationRegion (LCR3, SystemIO, 0x3EB, 1)
            Field (LCR3, ByteAcc, NoLock, Preserve) { CM3L, 8 }
            OperationRegion (LCR4, SystemIO, 0x2EB, 1)
            Field (LCR4, ByteAcc, NoLock, Preserve) { CM4L, 8 }
            Device (COM1)
            {
                Name (_HID, EisaId ("PNP0501"))
                Name (_UID, 1)
                Method (_STA) { If (LEqual (CM1L, 0xFF)) { Return (0) } Return (15) }
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0x3F8, 0x3F8, 1, 8)
                    IRQNoFlags () { 4 }
                })
            }
            Device (COM2)
            {
                Name (_HID, EisaId ("PNP0501"))
                Name (_UID, 2)
                Method (_STA) { If (LEqual (CM2L, 0xFF)) { Return (0) } Return (15) }
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0x2F8, 0x2F8, 1, 8)
                    IRQNoFlags () { 3 }
                })
            }
            Device (COM3)
            {
                Name (_HID, EisaId ("PNP0501"))
                Name (_UID, 3)
                Method (_STA) { If (LEqual (CM3L, 0xFF)) { Return (0) } Return (15) }
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0x3E8, 0x3E8, 1, 8)
                    IRQNoFlags () { 4 }
                })
            }
            Device (COM4)
            {
                Name (_HID, EisaId ("PNP0501"))
                Name (_UID, 4)
                Method (_STA) { If (LEqual (CM4L, 0xFF)) { Return (0) } Return (15) }
                Name (_CRS, ResourceTemplate () {
                    IO (Decode16, 0x2E8, 0x2E8, 1, 8)
                    IRQNoFlags () { 3 }
                })
            }
        }
    }
}
