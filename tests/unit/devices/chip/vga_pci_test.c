/* The VGA as a PCI function.  PCI Local Bus Specification 2.1; QEMU documentation, "QEMU Standard VGA". */
#include <criterion/criterion.h>

#include "devices/chip/vga_pci.h"
#include "tests/unit/devices/chip/vga_fixture.h"

static struct vga_bench *b;
static struct vga_pci p;
static unsigned moves;

static void on_decode(void *board) { (void)board; moves++; }

static void setup(void)
{
    b = vga_new(&mode_3, 50000000);
    dispi_init(&b->vga.dispi, true);
    ddc_monitor_join(&b->vga.monitor, 1024, 768);
    vga_pci_init(&p, &b->vga, NULL, on_decode);
    moves = 0;
}

static void teardown(void)
{
    cr_expect_null(vga_pci_invariant(&p), "%s", vga_pci_invariant(&p));
    vga_free(b);
}
TestSuite(vga_pci, .init = setup, .fini = teardown);

static u32 config(unsigned at) { return pci_config_get(p.config, at, 4); }
static void config_set(unsigned at, u32 value)
{
    for (unsigned i = 0; i < 4; i++) vga_pci_config_write(&p, at + i, (u8)(value >> 8 * i));
}

Test(vga_pci, it_is_a_vga_of_1234_1111)
{
    cr_expect_eq(config(0x00), 0x11111234);
    cr_expect_eq(config(0x08) >> 8, 0x030000);
}

Test(vga_pci, regions_tell_their_sizes)
{
    for (unsigned at = 0x10; at <= 0x30; at += 4) config_set(at, 0xffffffff);
    cr_expect_eq(config(0x10), ~(u32)(sizeof b->memory - 1) | 8, "memory, prefetchable");
    cr_expect_eq(config(0x14), 0);
    cr_expect_eq(config(0x18), 0xfffff000);
    cr_expect_eq(config(0x30), 0, "no expansion ROM");
}

Test(vga_pci, regions_are_decoded_where_and_while_software_says)
{
    u32 base;

    config_set(0x10, 0xe0000000);
    config_set(0x18, 0xfebf0000);
    cr_expect_not(vga_pci_memory_base(&p, &base), "the command register has no memory bit");
    config_set(0x04, 2);
    cr_expect(vga_pci_memory_base(&p, &base) && base == 0xe0000000);
    cr_expect(vga_pci_mmio_base(&p, &base) && base == 0xfebf0000);
    cr_expect_gt(moves, 0);
    vga_pci_reset(&p);
    cr_expect_not(vga_pci_memory_base(&p, &base));
}

Test(vga_pci, registers_in_memory_are_edid_ports_and_the_display_interface)
{
    cr_expect_eq(vga_pci_mmio_read(&p, 0, 8), 0x00ffffffffffff00);
    cr_expect_eq(vga_pci_mmio_read(&p, EDID_BYTES, 4), 0);
    vga_pci_mmio_write(&p, 0x404, 2, 0x0f02);                        /* 3C4h: index 2, data 0Fh */
    cr_expect_eq(b->vga.seq[2], 0x0f);
    cr_expect_eq(vga_pci_mmio_read(&p, 0x405, 1), 0x0f);
    vga_pci_mmio_write(&p, 0x502, 2, 320);
    vga_pci_mmio_write(&p, 0x504, 4, 32u << 16 | 100);               /* YRES and BPP */
    cr_expect(b->vga.dispi.xres == 320 && b->vga.dispi.yres == 100 && b->vga.dispi.bpp == 32);
    cr_expect_eq(vga_pci_mmio_read(&p, 0x500, 2), 0xb0c5);
    cr_expect_eq(vga_pci_mmio_read(&p, 0x514, 2), 4);
    vga_pci_mmio_write(&p, 0x502, 1, 0);
    cr_expect_eq(b->vga.dispi.xres, 320, "the display interface takes words");
}

Test(vga_pci, a_cl_gd5446_has_its_aperture_and_its_registers_in_region_1)       /* "PCI Configuration Registers" */
{
    u32 base;

    cirrus_init(&b->vga.cirrus, true);
    vga_pci_init(&p, &b->vga, NULL, on_decode);
    cr_expect_eq(config(0x00), 0x00b81013);
    cr_expect_eq(config(0x2c), 0x11001af4);
    for (unsigned at = 0x10; at <= 0x30; at += 4) config_set(at, 0xffffffff);
    cr_expect_eq(config(0x10), 0xfe000008, "32 MiB");
    cr_expect_eq(config(0x14), 0xfffff000);
    cr_expect_eq(config(0x18), 0);
    config_set(0x04, 2);
    cr_expect(vga_pci_mmio_base(&p, &base) && base == 0xfffff000);
    vga_pci_mmio_write(&p, 4, 2, 0x1206);                            /* 3C4h: SR6 = 12h */
    cr_expect_eq(vga_pci_mmio_read(&p, 5, 1), 0x12);
    vga_pci_mmio_write(&p, 0x108, 2, 0x1234);                        /* the BitBLT's width */
    cr_expect(b->vga.cirrus.gc[0x20] == 0x34 && b->vga.cirrus.gc[0x21] == 0x12);
    cr_expect_eq(vga_pci_mmio_read(&p, 0x200, 4), 0xffffffff);
}

Test(vga_pci, no_offset_of_a_wide_access_leaves_the_registers)
{
    for (u32 at = 0; at < VGA_PCI_MMIO_BYTES; at++) {
        vga_pci_mmio_write(&p, at, 8, 0x0102030405060708);
        (void)vga_pci_mmio_read(&p, at, 8);
    }
    cr_expect_null(vga_invariant(&b->vga), "%s", vga_invariant(&b->vga));
}
