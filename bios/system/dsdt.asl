/* The board's devices that cannot be enumerated, and the way to soft-off.                     doc: pm
 * Source: ACPI specification, "ACPI Source Language Reference"; Plug and Play device identifiers. */
DefinitionBlock ("", "DSDT", 1, "ORRERY", "ORRERYPC", 1)
{
    Name (\_S5, Package () { 0, 0, 0, 0 })               /* SLP_TYP of the PIIX4 */

    Scope (\_SB)
    {
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
