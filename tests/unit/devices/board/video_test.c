/* The display's memory on the board: where it is seen, and what a picture knows of stores to it. */
#include <stdlib.h>
#include <string.h>

#include "devices/board/board.h"
#include "tests/unit/devices/bench.h"

static struct machine_config config;
static struct error err;
static struct machine *m;
static struct vga_picture *picture;

enum { FRAME_BUFFER = 0xe0000000u, MOVED = 0xd0000000u, VGA_PLACE = 0x80004000u };

static void setup(void)
{
    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    picture = calloc(1, sizeof *picture);
}

static void teardown(void)
{
    if (m) cr_expect_null(vga_invariant(&m->vga));
    machine_destroy(m);
    free(picture);
}
TestSuite(video, .init = setup, .fini = teardown);

static void build(enum pci_choice pci)
{
    config.pci = pci;
    m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
}

static void dispi(unsigned reg, u16 value)
{
    ports_write(m->ports, 0x1ce, 2, reg);
    ports_write(m->ports, 0x1cf, 2, value);
}

static void show(u16 width, u16 height, u16 bpp)
{
    ports_write(m->ports, 0x3c2, 1, 0x67);                           /* the window answers */
    dispi(DISPI_XRES, width);
    dispi(DISPI_YRES, height);
    dispi(DISPI_BPP, bpp);
    dispi(DISPI_ENABLE, DISPI_ENABLED | DISPI_LFB_ENABLED);
}

static void vga_configure(unsigned at, u32 value)
{
    ports_write(m->ports, 0xcf8, 4, VGA_PLACE | at);
    ports_write(m->ports, 0xcfc, 4, value);
}

static u8 byte_at(u64 pa)
{
    u8 byte;
    return machine_peek(m, pa, &byte, 1) ? byte : 0xff;
}

Test(video, without_pci_the_frame_buffer_is_where_vgabios_looks_for_it)
{
    build(PCI_OFF);
    show(1024, 768, 32);
    machine_poke(m, FRAME_BUFFER + 0x12345, "\x5a", 1);
    cr_expect_eq(m->video.memory[0x12345], 0x5a);
    cr_expect_eq(byte_at(FRAME_BUFFER + 0x12345), 0x5a);
}

Test(video, with_pci_it_is_where_region_0_says)
{
    build(PCI_ON);
    show(1024, 768, 32);
    cr_expect_eq(byte_at(FRAME_BUFFER), 0xff);
    vga_configure(0x10, FRAME_BUFFER);
    vga_configure(0x04, 3);
    machine_poke(m, FRAME_BUFFER, "\x5a", 1);
    vga_configure(0x10, MOVED);
    cr_expect_eq(byte_at(FRAME_BUFFER), 0xff);
    cr_expect_eq(byte_at(MOVED), 0x5a);
    vga_configure(0x10, 0x100000);
    cr_expect_eq(m->video.frame_buffer, 0, "not over DRAM");
    machine_take_picture(m, picture);
    cr_expect_eq(picture->memory[0], 0x5a, "what was stored before it moved is seen");
}

Test(video, firmware_finds_the_vga_bios_at_c0000h_alone)                          /* no expansion ROM to copy there */
{
    build(PCI_ON);
    vga_configure(0x30, 0xfffffffe);
    ports_write(m->ports, 0xcf8, 4, VGA_PLACE | 0x30);
    cr_expect_eq(ports_read(m->ports, 0xcfc, 4), 0);
    cr_expect(byte_at(0xc0000) == 0x55 && byte_at(0xc0001) == 0xaa);
}

Test(video, a_picture_takes_what_was_stored_since_the_last_one)
{
    build(PCI_OFF);
    show(640, 480, 8);
    machine_take_picture(m, picture);
    cr_expect_not(machine_take_picture(m, picture));
    machine_poke(m, FRAME_BUFFER + 640, "\x11", 1);
    machine_poke(m, 0xa0000 + 5000, "\x22", 1);
    cr_expect(machine_take_picture(m, picture));
    cr_expect(picture->memory[640] == 0x11 && picture->memory[5000] == 0x22);
    dispi(DISPI_BANK, 3);
    machine_poke(m, 0xa0000 + 1, "\x33", 1);
    dispi(DISPI_BANK, 0);
    cr_expect(machine_take_picture(m, picture));
    cr_expect_eq(picture->memory[0x30001], 0x33, "also what a bank had that is gone");
}

Test(video, taking_a_picture_changes_nothing_of_the_machine)
{
    build(PCI_OFF);
    show(640, 480, 16);
    machine_poke(m, FRAME_BUFFER, "abc", 3);
    u64 before = machine_hash(m);
    machine_take_picture(m, picture);
    cr_expect_eq(machine_hash(m), before);
    machine_poke(m, FRAME_BUFFER, "abd", 3);
    cr_expect_neq(machine_hash(m), before, "and the frame buffer is part of its state");
}

Test(video, open_smram_lies_over_the_window)
{
    build(PCI_ON);
    show(640, 480, 8);
    ports_write(m->ports, 0xcf8, 4, 0x80000070);
    ports_write(m->ports, 0xcfe, 1, 0x4a);                           /* D_OPEN, G_SMRAME */
    machine_poke(m, 0xa0000, "\x5a", 1);
    cr_expect_eq(m->ram[0xa0000], 0x5a);
    ports_write(m->ports, 0xcfe, 1, 0x0a);
    machine_poke(m, 0xa0000, "\x66", 1);
    cr_expect_eq(m->video.memory[0], 0x66);
    cr_expect_eq(m->ram[0xa0000], 0x5a);
}

Test(video, without_the_extension_there_are_no_ports_and_no_frame_buffer)
{
    config.vga.extension = VGA_NONE;
    build(PCI_OFF);
    cr_expect_eq(ports_read(m->ports, 0x1ce, 2), 0xffff);
    cr_expect_eq(byte_at(FRAME_BUFFER), 0xff);
}

/* --- a CL-GD5446 --- */

static void seq(u8 index, u8 value) { ports_write(m->ports, 0x3c4, 2, index | value << 8); }
static void graphics(u8 index, u8 value) { ports_write(m->ports, 0x3ce, 2, index | value << 8); }

static void show_cirrus(void)
{
    config.vga.extension = VGA_CIRRUS;
    build(PCI_ON);
    vga_configure(0x10, FRAME_BUFFER);
    vga_configure(0x14, 0xfebf0000);
    vga_configure(0x04, 3);
    ports_write(m->ports, 0x3c2, 1, 0x67);
    seq(6, 0x12);
    seq(4, 0x0e);
    seq(2, 0x0f);
    seq(7, 0x11);
    graphics(6, 0x05);
    graphics(8, 0xff);
}

Test(video, a_cl_gd5446_needs_a_pci_bus)
{
    config.vga.extension = VGA_CIRRUS;
    config.pci = PCI_OFF;
    m = machine_create(&config, &err);
    cr_expect_null(m);
    cr_expect(strstr(err.text, "pci: enabled=1"), "%s", err.text);
}

Test(video, its_aperture_is_memory_and_then_nothing)
{
    show_cirrus();
    memory_mmio_write(m, FRAME_BUFFER + (16 << 20), 4, 0);
    machine_poke(m, FRAME_BUFFER + 0x3fffff, "\x5a", 1);
    cr_expect_eq(m->video.memory[0x3fffff], 0x5a);
    cr_expect_eq(byte_at(FRAME_BUFFER + 0x3fffff), 0x5a);
    cr_expect_eq(memory_mmio_read(m, FRAME_BUFFER + 0x400000, 4), 0xffffffff);
    graphics(9, 2);
    machine_poke(m, 0xa0010, "\x66", 1);
    cr_expect_eq(m->video.memory[0x2010], 0x66);
    cr_expect_eq(memory_mmio_read(m, 0xfebf0004, 1), 7, "registers in memory: the sequencer's index");
}

Test(video, while_a_bitblt_waits_stores_go_to_it)
{
    show_cirrus();
    graphics(0x20, 3);
    graphics(0x30, 4);
    graphics(0x32, 0x0d);
    machine_take_picture(m, picture);
    graphics(0x31, 2);
    cr_expect_eq(byte_at(FRAME_BUFFER), 0xff, "no page of memory there");
    memory_mmio_write(m, FRAME_BUFFER + 0x1000, 4, 0x44332211);
    cr_expect_eq(byte_at(FRAME_BUFFER + 1), 0x22);
    cr_expect_eq(byte_at(FRAME_BUFFER + 0x1000), 0);
    cr_expect(machine_take_picture(m, picture));
    cr_expect_eq(picture->memory[3], 0x44);
}
