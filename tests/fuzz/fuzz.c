/* fuzz ROUNDS [SEED]: hostile guests.  Each round builds a machine and lets random code and random accesses to every device
 * loose on it, while keys, serial bytes and media come and go.  A sanitizer or an invariant is the judge.      doc: fuzz */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/board/board.h"
#include "devices/network/vnet.h"

enum { CODE_BYTES = 4096, ACCESSES = 20000, TICKS = 20000, DISK_BYTES = 1 << 20 };

static u64 state;

static u32 pick(u32 n)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (u32)((state * 0x2545f4914f6cdd1dull >> 33) % n);
}

/* Ports that something answers at, three times of four; any port otherwise. */
static u16 a_port(void)
{
    static const struct { u16 first, count; } known[] = {
        { 0x00, 16 }, { 0x20, 2 }, { 0x40, 4 }, { 0x60, 5 }, { 0x70, 2 }, { 0x80, 16 }, { 0x92, 1 }, { 0xa0, 2 }, { 0xc0, 32 }, { 0x170, 8 }, { 0x1f0, 8 }, { 0x376, 1 },
        { 0x3b0, 48 }, { 0x3f2, 6 }, { 0x3f8, 8 }, { 0x2f8, 8 }, { 0x4d0, 2 }, { 0x510, 12 }, { 0x378, 3 }, { 0xb000, 64 }, { 0xb2, 2 }, { 0xcf8, 8 }, { 0xc000, 16 },
        { 0x300, 32 }, { 0x300, 32 }, { 0xd000, 32 }, { 0xd000, 32 }, { 0x1ce, 3 }, { 0xd040, 8 }, { 0xd080, 64 }, { 0xd080, 64 }, { 0x388, 4 }, { 0x220, 16 }, { 0x220, 16 }, { 0x330, 2 }, { 0x201, 1 }, { 0xb100, 16 }, { 0xc020, 32 },
    };
    unsigned k = pick(ARRAY_COUNT(known));
    return pick(4) ? (u16)(known[k].first + pick(known[k].count)) : (u16)pick(65536);
}

/* The VGA's window, or where the firmware puts the first card's registers. */
static u64 a_window(void) { return pick(2) ? 0xa0000 + pick(0x20000) : 0xe2000000 + (pick(2) ? pick(0x6000) : pick(0x20000)); }

static void complain(const char *chip, const char *sentence)
{
    if (!sentence) return;
    printf("fuzz: %s: it no longer holds that %s\n", chip, sentence);
    abort();
}

static void check(struct machine *m)
{
    for (unsigned n = 0; n < 2; n++) {
        complain("pic", pic_8259_invariant(&m->pic[n]));
        complain("dma", dma_8237_invariant(&m->dma[n]));
        complain("ata", ata_channel_invariant(&m->ata[n]));
        complain("parallel", parallel_spp_invariant(&m->parallel[n]));
    }
    for (unsigned n = 0; n < MACHINE_COMS; n++) complain("uart", uart_16550_invariant(&m->com[n]));
    complain("pit", pit_8254_invariant(&m->pit));
    complain("cmos", cmos_mc146818_invariant(&m->cmos));
    complain("kbc", kbc_8042_invariant(&m->kbc));
    complain("keyboard", keyboard_mf2_invariant(&m->keyboard));
    complain("mouse", mouse_ps2_invariant(&m->mouse));
    if (m->serial_mouse_port < MACHINE_COMS) complain("serial mouse", mouse_serial_invariant(&m->serial_mouse));
    complain("fdc", fdc_82077_invariant(&m->fdc));
    if (m->config.adlib || m->config.sb16.enabled) complain("opl3", opl3_ymf262_invariant(&m->sounds.opl));
    if (m->config.sb16.enabled) {
        complain("sb16", sb16_ct1741_invariant(&m->sounds.sb16.dsp));
        complain("sb16 mixer", sb16_ct1745_invariant(&m->sounds.sb16.mixer));
        complain("mpu-401", mpu_401_invariant(&m->sounds.sb16.mpu));
    }
    if (m->config.es1370.enabled) {
        complain("es1370", es1370_invariant(&m->sounds.es1370.chip));
        complain("ak4531", ak4531_invariant(&m->sounds.es1370.codec));
    }
    complain("gameport", gameport_558_invariant(&m->gameport));
    complain("speaker", speaker_invariant(&m->sounds.speaker));
    complain("vga", vga_invariant(&m->vga));
    complain("monitor", ddc_monitor_invariant(&m->vga.monitor));
    complain("pm", pm_piix4_invariant(&m->pm));
    if (m->pci.present) {
        complain("pci", pci_bus_invariant(&m->pci.bus));
        complain("i440fx", pci_i440fx_invariant(&m->pci.host));
        complain("isa", isa_piix3_invariant(&m->pci.isa));
        complain("ide", ide_piix3_invariant(&m->pci.ide));
        complain("vga function", vga_pci_invariant(&m->pci.vga));
        complain("pm function", pm_piix4_function_invariant(&m->pci.pm));
        complain("ioapic", ioapic_82093aa_invariant(&m->pci.ioapic));
        complain("hpet", hpet_invariant(&m->pci.hpet));
        if (m->config.usb.enabled) {
            complain("uhci", uhci_piix3_invariant(&m->pci.uhci));
            for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
                if (m->pci.usb[n].device) complain("usb device", usb_device_invariant(m->pci.usb[n].device));
                if (m->pci.usb[n].image) complain("stick", usb_storage_invariant(&m->pci.usb[n].storage));
            }
        }
        complain("smbus", smbus_piix4_invariant(&m->pci.smbus));
    }
    for (unsigned n = 0; n < CONFIG_NICS; n++) {
        if (!m->config.ne2k[n].present) continue;
        complain("ne2k", ne2000_dp8390_invariant(&m->ne2k[n].chip));
        complain("cable", network_invariant(&m->ne2k[n].network));
        if (m->config.ne2k[n].ethmod == NETWORK_VNET) complain("vnet", vnet_invariant(m->ne2k[n].network.backend.self));
    }
    if (m->config.e1000[0].present) {
        complain("e1000", e1000_82540em_invariant(&m->e1000[0].chip));
        complain("cable", network_invariant(&m->e1000[0].network));
    }
    complain("fw_cfg", fw_cfg_invariant(&m->fw_cfg));
}

static void outside(struct machine *m)
{
    struct error err = { 0 };
    u8 bytes[32];

    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)pick(256);
    switch (pick(8)) {
    case 6: machine_joystick(m, pick(3), pick(300), pick(300), pick(8)); break;
    case 7: machine_point(m, pick(40000), pick(40000), (int)pick(9) - 4, pick(256)); break;
    case 0: machine_key(m, (u8)pick(256), pick(2)); break;
    case 1: machine_mouse(m, (int)pick(2000) - 1000, (int)pick(2000) - 1000, (int)pick(40) - 20, pick(256)); break;
    case 2: machine_serial_send(m, pick(6), bytes, sizeof bytes); break;
    case 3: machine_floppy_eject(m, pick(4)); break;
    case 4: machine_floppy_insert(m, pick(2), DEMO_DISK, pick(2), &err); break;
    default: machine_type(m, "fuzz\n"); break;
    }
}

/* A frame comes to a card, and one goes from it, whatever its registers say. */
static void frames(struct machine *m)
{
    struct ne2k_card *card = &m->ne2k[pick(2)];
    u8 frame[FRAME_MOST];
    unsigned size = pick(FRAME_MOST + 1);

    for (unsigned i = 0; i < sizeof frame; i++) frame[i] = (u8)pick(256);
    if (pick(2)) memset(frame, 0xff, 6);
    if (!card->network.clock) return;
    ne2000_dp8390_receive(&card->chip, frame, size);
    frame[12] = 8, frame[13] = (u8)(pick(2) * 6);
    network_send(&card->network, frame, size);
    if (m->config.e1000[0].present) e1000_82540em_receive(&m->e1000[0].chip, frame, size);
}

/* Rings of random descriptors for the 82540EM, most of whose buffers are memory, and registers of its that random accesses would seldom meet. */
static void descriptors(struct machine *m)
{
    static const u16 registers[] = { 0x0000, 0x0100, 0x0400, 0x00c4, 0x00d0, 0x2808, 0x2810, 0x2818, 0x2820, 0x3808, 0x3810, 0x3818, 0x3820, 0x5000 };
    struct e1000_82540em *chip = &m->e1000[0].chip;
    u32 ring = pick(2 << 20) & ~15u;
    u8 bytes[256];

    if (!m->config.e1000[0].present) return;
    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)(i % 16 >= 3 && i % 16 < 8 ? 0 : pick(256));
    machine_poke(m, ring, bytes, sizeof bytes);
    ports_write(m->ports, 0xcf8, 4, 0x80001804);
    ports_write(m->ports, 0xcfc, 2, 7);
    e1000_82540em_memory_write(chip, pick(2) ? 0x2800 : 0x3800, 4, ring);
    for (unsigned i = 0; i < 8; i++) e1000_82540em_memory_write(chip, registers[pick(ARRAY_COUNT(registers))], 4, pick(2) ? pick(256) : pick(0x7fffffff) & ~(1u << 26));
    e1000_82540em_memory_write(chip, 0x2808, 4, 256), e1000_82540em_memory_write(chip, 0x3808, 4, 256);
    e1000_82540em_memory_write(chip, 0x400, 4, 10), e1000_82540em_memory_write(chip, 0x100, 4, pick(0x7fffffff) | 2);
    e1000_82540em_memory_write(chip, 0x3818, 4, pick(16)), e1000_82540em_memory_write(chip, 0x2818, 4, pick(16));
    machine_run(m, pick(TICKS));
}

/* Sound cards that have something to do: channels that answer, transfers of random modes, notes, and time for them. */
static void sounds(struct machine *m)
{
    static const u8 commands[] = { 0x10, 0x14, 0x16, 0x17, 0x1c, 0x1f, 0x24, 0x2c, 0x38, 0x40, 0x41, 0x48, 0x74, 0x75, 0x76, 0x77, 0x7d, 0x7f, 0x80, 0x90, 0x91, 0x98, 0xb0, 0xb6, 0xb8, 0xc4, 0xc6, 0xce, 0xd0,
                                   0xd4, 0xd5, 0xd6, 0xd9, 0xda, 0xe2, 0xf2, 0xf3, 0x45, 0x47 };

    for (unsigned channel = 0; channel < 8; channel++)
        if (channel & 3) dma_8237_write(&m->dma[channel >> 2], 11, (u8)(pick(64) << 2 | (channel & 3)));
    dma_8237_write(&m->dma[0], 14, 0), dma_8237_write(&m->dma[1], 14, 0);
    for (unsigned i = 0; i < 10; i++) {
        ports_write(m->ports, 0x22c, 1, pick(4) ? commands[pick(ARRAY_COUNT(commands))] : pick(256));
        for (unsigned n = pick(4); n; n--) ports_write(m->ports, 0x22c, 1, pick(3) ? pick(8) : pick(256));
        ports_write(m->ports, 0x388 + 2 * pick(2), 1, pick(3) ? 0x20 + pick(0xd8) : pick(8));
        ports_write(m->ports, 0x389, 1, pick(256));
        if (m->config.es1370.enabled) {
            es1370_config_write(&m->sounds.es1370.chip, PCI_COMMAND, COMMAND_IO | COMMAND_MASTER);
            es1370_write_wide(&m->sounds.es1370.chip, pick(64), 1u << pick(3), pick(0x7fffffff) << pick(2));
        }
        machine_run(m, pick(TICKS));
        check(m);
    }
}

/* Registers of configuration space that random ports would seldom meet. */
static void configuration(struct machine *m, u32 value)
{
    static const u16 functions[] = { 0x0000, 0x0800, 0x0900, 0x0a00, 0x0b00, 0x1000, 0x1800, 0x4000 };

    ports_write(m->ports, 0xcf8, 4, 0x80000000u | functions[pick(ARRAY_COUNT(functions))] | (pick(256) & 0xfc));
    ports_write(m->ports, (u16)(0xcfc + pick(4)), 1, value);
}

/* A DMA command with a table of random descriptors at a random place, so that the bus master has something to do. */
static void dma(struct machine *m)
{
    static const u8 commands[] = { 0xc8, 0xca, 0x25, 0x35 };
    u32 table = pick(2 << 20) & ~3u;
    u8 bytes[64];

    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)pick(256);
    machine_poke(m, table, bytes, sizeof bytes);
    ports_write(m->ports, 0xcf8, 4, 0x80000904);
    ports_write(m->ports, 0xcfc, 2, 5);
    ports_write(m->ports, 0xcf8, 4, 0x80000920);
    ports_write(m->ports, 0xcfc, 4, 0xc001);
    ports_write(m->ports, 0xcf8, 4, 0x80000940);
    ports_write(m->ports, 0xcfc, 4, 0x80008000);
    ports_write(m->ports, 0x1f6, 1, 0xe0);
    for (unsigned reg = 2; reg <= 5; reg++) ports_write(m->ports, (u16)(0x1f0 + reg), 1, reg < 4 ? pick(256) : pick(16));
    ports_write(m->ports, 0x1f7, 1, commands[pick(4)]);
    ports_write(m->ports, 0xc004, 4, table);
    ports_write(m->ports, 0xc000, 1, pick(2) * 8);
    ports_write(m->ports, 0xc000, 1, 1 | pick(2) * 8);
    machine_run(m, pick(4 * TICKS));
}

/* The I/O APIC and the HPET, doublewords and quadwords mostly. */
static void timers_and_interrupts(struct machine *m, u32 value)
{
    u64 pa = pick(2) ? 0xfec00000 + (pick(2) ? 0x10 : 0) : 0xfed00000 + (pick(0x160) & ~3u);
    unsigned size = 1u << (pick(8) ? 2 + pick(2) : pick(4));

    pa &= ~(u64)(size - 1);
    if (pick(4)) memory_mmio_write(m, pa, size, pick(2) ? value & 0x3f : (u64)value << pick(40));
    else (void)memory_mmio_read(m, pa, size);
}

/* A frame list that leads to random queues and descriptors, many of which say what a driver might. */
static void usb(struct machine *m)
{
    static const u8 pids[] = { 0x69, 0xe1, 0x2d, 0x69, 0xe1, 0x00 };
    u32 list = pick(0x100) << 12, area = pick(2 << 20) & ~0xfffu;
    u8 setup[8] = { (u8)(pick(2) * 0x80 | pick(4)), (u8)pick(12), (u8)pick(3), (u8)pick(4), 0, 0, (u8)pick(64), 0 };

    if (!m->config.usb.enabled) return;
    u8 wrapper[31] = { 'U', 'S', 'B', 'C', 1, 2, 3, 4, (u8)pick(256), (u8)pick(8), 0, 0, (u8)(pick(2) << 7), 0, 10 };
    static const u8 commands[] = { 0x00, 0x03, 0x12, 0x1a, 0x25, 0x28, 0x28, 0x2a, 0x2a, 0x2f, 0x5a, 0x9e };

    wrapper[15] = commands[pick(ARRAY_COUNT(commands))];
    for (unsigned i = 16; i < sizeof wrapper; i++) wrapper[i] = (u8)(pick(4) ? 0 : pick(256));
    machine_poke(m, area + 0xa00, wrapper, sizeof wrapper);
    machine_poke(m, area + 0x800, setup, sizeof setup);
    for (unsigned i = 0; i < 64; i++) {
        u32 words[4] = { (area + pick(64) * 16) | pick(8), pick(2) ? 0x00800000 | pick(2) << 26 | pick(4) << 27 | pick(2) << 24 | pick(2) << 29 : (area + pick(64) * 16) | pick(8),
                         pids[pick(6)] | pick(4) << 8 | pick(3) << 15 | pick(2) << 19 | (pick(4) ? pick(64) : pick(2048)) << 21, pick(4) ? area + 0x800 : pick(2 << 20) };
        if (pick(4) == 0) words[2] = 0xe1 | pick(4) << 8 | 2 << 15 | pick(2) << 19 | 30 << 21, words[3] = area + 0xa00;
        if ((words[2] & 0xff) == 0x2d) words[2] = 0x2d | (words[2] & 0x300) | 7 << 21;
        machine_poke(m, area + i * 16, words, sizeof words);
    }
    for (unsigned i = 0; i < 1024; i++) {
        u32 pointer = pick(8) ? (area + pick(64) * 16) | pick(4) : pick(0x7fffffff);
        machine_poke(m, list + 4 * i, &pointer, sizeof pointer);
    }
    ports_write(m->ports, 0xcf8, 4, 0x80000a20);
    ports_write(m->ports, 0xcfc, 4, 0xc021);
    ports_write(m->ports, 0xcf8, 4, 0x80000a04);
    ports_write(m->ports, 0xcfc, 2, 5);
    ports_write(m->ports, 0xc028, 4, list);
    for (unsigned n = 0; n < 2; n++) ports_write(m->ports, (u16)(0xc030 + 2 * n), 2, pick(8) ? 4 : pick(65536));
    ports_write(m->ports, 0xc020, 2, 1);
    machine_run(m, pick(20) * 50000);
}

/* SMI by the APM port, with SMRAM open, closed or locked and a handler of random bytes or none but RSM. */
static void system_management(struct machine *m)
{
    u8 bytes[64] = { 0x90, 0x0f, 0xaa };

    for (unsigned i = pick(2) ? 3 : 0; i < sizeof bytes; i++) bytes[i] = (u8)pick(256);
    machine_poke(m, 0x38000, bytes, sizeof bytes);
    ports_write(m->ports, 0xcf8, 4, 0x80000070);
    ports_write(m->ports, 0xcfe, 1, pick(4) ? 0x0a : pick(256));
    ports_write(m->ports, 0xcf8, 4, 0x80000b58);
    ports_write(m->ports, 0xcfc, 4, 1 << 25);
    ports_write(m->ports, 0xb028, 4, 1);
    ports_write(m->ports, 0xb2, 1, pick(256));
    machine_run(m, 1 + pick(4));
    if (pick(2)) machine_poke(m, 0x3fc00 + pick(0x400), bytes + 3, pick(8));
    machine_run(m, pick(200));
}

/* A firmware configuration transfer by a random structure. */
static void firmware_dma(struct machine *m)
{
    u32 at = pick(2 << 20);
    u8 bytes[16];

    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = pick(3) ? 0 : (u8)pick(256);
    bytes[3] = (u8)pick(32);
    bytes[1] = (u8)pick(0x30);
    machine_poke(m, at, bytes, sizeof bytes);
    ports_write(m->ports, 0x514, 4, 0);
    ports_write(m->ports, 0x518, 4, __builtin_bswap32(at));
}

/* Modes of the display interface with likely values, stores through its frame buffer, and what a person would see of them. */
static void display(struct machine *m)
{
    static const u16 widths[] = { 8, 320, 640, 1024, 1366, 2560, 0xfff8 }, depths[] = { 4, 8, 15, 16, 24, 32 };
    struct vga_picture *picture = calloc(1, sizeof *picture);
    struct vga_frame *frame = calloc(1, sizeof *frame);
    u8 bytes[32];

    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)pick(256);
    ports_write(m->ports, 0xcf8, 4, 0x80004004);
    ports_write(m->ports, 0xcfc, 2, 3);
    ports_write(m->ports, 0xcf8, 4, 0x80004010 + 8 * pick(2));
    ports_write(m->ports, 0xcfc, 4, 0xe0000000u + (pick(16) << 24));
    for (unsigned i = 0; i < 12; i++) {
        unsigned reg = pick(DISPI_REGISTERS);
        u32 value = reg == DISPI_ENABLE ? pick(2) | pick(256) : reg == DISPI_BPP ? depths[pick(ARRAY_COUNT(depths))] : pick(4) ? widths[pick(ARRAY_COUNT(widths))] : pick(65536);
        ports_write(m->ports, 0x1ce, 2, reg);
        ports_write(m->ports, 0x1cf, 2, value);
        if (m->video.frame_buffer) machine_poke(m, m->video.frame_buffer + pick(m->video.bytes), bytes, sizeof bytes);
        machine_poke(m, 0xa0000 + pick(0x20000), bytes, sizeof bytes);
        memory_mmio_write(m, (m->video.registers ? m->video.registers : 0xfebf0000u) + pick(4096), 1u << pick(4), value);
        machine_run(m, pick(100));
        machine_take_picture(m, picture);
        vga_render(picture, frame);
    }
    free(picture);
    free(frame);
}

/* A CL-GD5446 in some mode with a cursor: BitBLTs of random registers, the processor's data for them, and what a person would see. */
static void cirrus(struct machine *m)
{
    if (!m->vga.cirrus.present) return;
    struct vga_picture *picture = calloc(1, sizeof *picture);
    struct vga_frame *frame = calloc(1, sizeof *frame);

    ports_write(m->ports, 0xcf8, 4, 0x80004004);
    ports_write(m->ports, 0xcfc, 2, 3);
    ports_write(m->ports, 0xcf8, 4, 0x80004010 + 4 * pick(2));
    ports_write(m->ports, 0xcfc, 4, 0xe0000000u + (pick(16) << 24));
    ports_write(m->ports, 0x3c2, 1, 0x63 | pick(4) << 2);
    ports_write(m->ports, 0x3c4, 2, 0x1206);
    for (unsigned i = 0; i < 12; i++) {
        ports_write(m->ports, 0x3c4, 2, 7 | (pick(4) ? pick(8) * 2 + 1 : pick(256)) << 8);
        for (unsigned n = 0; n < 4; n++) ports_write(m->ports, 0x3c4, 2, (6 + pick(26) + (pick(8) << 5)) | pick(256) << 8), ports_write(m->ports, 0x3c4, 2, 0x1206);
        for (unsigned n = 0; n < 3; n++) ports_write(m->ports, 0x3d4, 2, pick(0x28) | pick(256) << 8);
        for (unsigned n = 0; n < 0x20; n++) ports_write(m->ports, 0x3ce, 2, (pick(3) ? 0x20 + pick(0x20) : pick(0x20)) | pick(pick(2) ? 256 : 8) << 8);
        ports_write(m->ports, 0x3ce, 2, 0x23), ports_write(m->ports, 0x3ce, 2, 0x0231);         /* eight bits of height are time enough */
        for (unsigned n = 0; n < 200; n++) {
            u64 at = pick(2) ? 0xa0000 + pick(0x20000) : m->video.frame_buffer + pick(CIRRUS_APERTURE_BYTES);
            memory_mmio_write(m, at & ~3ull, 4, pick(0x7fffffff));
            (void)memory_mmio_read(m, at & ~3ull, 4);
        }
        machine_run(m, pick(100));
        machine_take_picture(m, picture);
        vga_render(picture, frame);
        check(m);
    }
    free(picture);
    free(frame);
}

static void accesses(struct machine *m)
{
    static const unsigned sizes[] = { 1, 1, 2, 4 };

    for (unsigned i = 0; i < ACCESSES && !m->frozen; i++) {
        u16 port = a_port();
        unsigned size = sizes[pick(4)];
        u32 value = pick(2) ? pick(256) : pick(0x7fffffff) << 1;
        switch (pick(8)) {
        case 0: case 1: case 2: (void)ports_read(m->ports, port, size); break;
        case 3: memory_mmio_write(m, a_window(), size, value); break;
        case 4: (void)memory_mmio_read(m, a_window(), size); break;
        case 5:
            if (pick(8) == 0) machine_run(m, pick(TICKS));
            else if (pick(4) == 0) configuration(m, value);
            else if (pick(4) == 0) frames(m);
            else if (pick(4) == 0) descriptors(m);
            else if (pick(32) == 0) dma(m);
            else if (pick(64) == 0) sounds(m);
            else if (pick(8) == 0) firmware_dma(m);
            else if (pick(64) == 0) display(m);
            else if (pick(64) == 0) cirrus(m);
            else if (pick(32) == 0) system_management(m);
            else if (pick(64) == 0) usb(m);
            else if (pick(2) == 0) timers_and_interrupts(m, value);
            break;
        default: ports_write(m->ports, port, size, value); break;
        }
        if (pick(500) == 0) outside(m);
        if (pick(200) == 0) check(m);
    }
}

/* Random bytes as code, in real mode at a random place, sometimes with paging and protection switched on at once. */
static void garbage(struct machine *m)
{
    static const char *const registers[] = { "eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp" };
    struct error err = { 0 };
    u8 code[CODE_BYTES];
    u32 at = pick(0x80000) & ~15u;

    for (unsigned i = 0; i < sizeof code; i++) code[i] = (u8)pick(256);
    machine_poke(m, at, code, sizeof code);
    for (unsigned i = 0; i < ARRAY_COUNT(registers); i++) cpu_set_register(m->cpu, registers[i], pick(0x7fffffff) << 1, &err);
    cpu_set_register(m->cpu, "cs", at >> 4, &err);
    cpu_set_register(m->cpu, "eip", 0, &err);
    if (pick(3) == 0) cpu_set_register(m->cpu, "cr3", pick(0x100) << 12, &err);
    if (pick(3) == 0) cpu_set_register(m->cpu, "cr0", 1 | (pick(2) ? 0x80000000u : 0), &err);
    machine_run(m, TICKS * 10);
    check(m);
}

static void round_of(u64 seed, const char *disk)
{
    struct machine_config config;
    struct error err = { 0 };

    state = seed * 0x9e3779b97f4a7c15ull | 1;
    machine_config_defaults(&config);
    config.memory_bytes = 2 << 20;
    config.reset_on_triple_fault = pick(2);
    strcpy(config.cpu_model, pick(2) ? "" : "i386");
    strcpy(config.floppy[0].path, DEMO_DISK);
    config.adlib = pick(2);
    config.gameport = true;
    config.gameport_sticks = (u8)pick(3);
    config.sb16.enabled = pick(4);
    config.pci = pick(4) ? PCI_ON : PCI_OFF;
    config.cpu_count = config.pci == PCI_ON && !config.cpu_model[0] ? 1 + pick(2) : 1;
    config.ata[0].device[0] = (struct ata_device_config){ .type = ATA_DISK, .mode = DISK_VOLATILE };
    strcpy(config.ata[0].device[0].path, disk);
    config.ata[1].device[pick(2)].type = ATA_CDROM;
    config.ne2k[0] = (struct nic_config){ .present = true, .ioaddr = 0x300, .irq = 9, .ethmod = NETWORK_VNET };
    config.ne2k[1] = (struct nic_config){ .present = config.pci == PCI_ON, .is_pci = true, .ethmod = NETWORK_VNET };
    config.e1000[0] = (struct nic_config){ .present = config.pci == PCI_ON, .ethmod = NETWORK_VNET };
    if (config.pci == PCI_ON && pick(3) == 0) config.vga.extension = VGA_CIRRUS;
    config.es1370.enabled = config.pci == PCI_ON;
    config.usb.enabled = config.pci == PCI_ON;
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
        config.usb.port[n] = (struct usb_port_config){ .kind = CONFIG_USB_NONE + pick(5), .mode = DISK_VOLATILE };
        strcpy(config.usb.port[n].path, disk);
    }
    config.com[1].enabled = true;
    if (pick(3) == 0) {
        config.mouse = MOUSE_TYPE_SERIAL + pick(3);
        config.com[0].mode = COM_MOUSE;
    }
    strcpy(config.parallel[0], "/dev/null");
    struct machine *m = machine_create(&config, &err);
    if (!m) {
        fputs(err.text, stderr);
        exit(2);
    }
    machine_run(m, pick(2) ? 3000000 : 1000);
    accesses(m);
    if (m->frozen) machine_reset(m);
    garbage(m);
    (void)machine_hash(m);
    machine_destroy(m);
}

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 20, seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;

    char disk[] = "/tmp/orrery-fuzz-XXXXXX";
    int fd = mkstemp(disk);

    if (fd < 0 || ftruncate(fd, DISK_BYTES)) return perror(disk), 2;
    close(fd);
    for (unsigned long i = 0; i < rounds; i++) round_of(seed + i, disk);
    unlink(disk);
    printf("fuzz: %lu rounds from seed %lu: nothing broke\n", rounds, seed);
    return 0;
}
