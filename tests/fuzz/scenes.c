/* Scenes of PCI boards: each sets a part up as a driver might, with random values where a hostile one would have them.  doc: fuzz */
#include <string.h>

#include "cpu/base/bits.h"
#include "tests/fuzz/hostile.h"

void pci_write(struct machine *m, u32 at, unsigned size, u32 value)
{
    out(m, 0xcf8, 4, 0x80000000u | (at & ~3u));
    out(m, (u16)(0xcfc + (at & 3)), size, value);
}

u32 config_of(const struct machine *m, const u8 *config)
{
    for (unsigned slot = 0; slot < PCI_SLOTS; slot++)
        if (m->pci.card[slot].config == config) return (PCI_SLOT_1_DEVICE + slot) << 11;
    return 0;
}

/* Rings of random descriptors for the 82540EM, most of whose buffers are memory, and registers of its that random accesses would seldom meet. */
void descriptors(struct machine *m)
{
    static const u16 registers[] = { 0x0000, 0x0100, 0x0400, 0x00c4, 0x00d0, 0x2808, 0x2810, 0x2818, 0x2820, 0x3808, 0x3810, 0x3818, 0x3820, 0x5000 };
    const u8 *config = m->e1000[0].chip.config;
    u32 ring = pick(2 << 20) & ~15u;
    u8 bytes[256];
    bool at_itself = pick(8) == 0;                       /* descriptors, data, or both lie in its own registers */

    if (!m->config.e1000[0].present) return;
    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)(i % 16 >= 3 && i % 16 < 8 ? 0 : pick(256));
    for (unsigned i = 0; at_itself && i < sizeof bytes; i += 16)
        if (pick(2)) put32(bytes + i, E1000_REGISTERS + (pick(0x5800) & ~3u));
    poke(m, ring, bytes, sizeof bytes);
    if (at_itself && pick(2)) ring = E1000_REGISTERS + (pick(0x5800) & ~15u);
    u32 function = config_of(m, config);
    pci_write(m, function | PCI_COMMAND, 2, 7);
    if (pick(2) || !(get32(config + PCI_BASE_0) & ~15u)) pci_write(m, function | PCI_BASE_0, 4, E1000_REGISTERS);
    u32 chip = get32(config + PCI_BASE_0) & ~15u;
    store(m, chip + (pick(2) ? 0x2800 : 0x3800), 4, ring);
    for (unsigned i = 0; i < 8; i++) store(m, chip + registers[pick(ARRAY_COUNT(registers))], 4, pick(2) ? pick(256) : pick(0x7fffffff) & ~(1u << 26));
    store(m, chip + 0x2808, 4, 256), store(m, chip + 0x3808, 4, 256);
    store(m, chip + 0x400, 4, 10), store(m, chip + 0x100, 4, pick(0x7fffffff) | 2);
    store(m, chip + 0x3818, 4, pick(16)), store(m, chip + 0x2818, 4, pick(16));
    pass(m, pick(TICKS));
}

/* Sound cards that have something to do: channels that answer, transfers of random modes, notes, and time for them. */
void sounds(struct machine *m)
{
    static const u8 commands[] = { 0x10, 0x14, 0x16, 0x17, 0x1c, 0x1f, 0x24, 0x2c, 0x38, 0x40, 0x41, 0x48, 0x74, 0x75, 0x76, 0x77, 0x7d, 0x7f, 0x80, 0x90, 0x91, 0x98, 0xb0, 0xb6, 0xb8, 0xc4, 0xc6, 0xce, 0xd0,
                                   0xd4, 0xd5, 0xd6, 0xd9, 0xda, 0xe2, 0xf2, 0xf3, 0x45, 0x47 };

    for (unsigned channel = 0; channel < 8; channel++)
        if (channel & 3) out(m, channel < 4 ? 0x0b : 0xd6, 1, pick(64) << 2 | (channel & 3));
    out(m, 0x0e, 1, 0), out(m, 0xdc, 1, 0);
    for (unsigned i = 0; i < 10; i++) {
        out(m, 0x22c, 1, pick(4) ? commands[pick(ARRAY_COUNT(commands))] : pick(256));
        for (unsigned n = pick(4); n; n--) out(m, 0x22c, 1, pick(3) ? pick(8) : pick(256));
        out(m, 0x388 + 2 * pick(2), 1, pick(3) ? 0x20 + pick(0xd8) : pick(8));
        out(m, 0x389, 1, pick(256));
        if (m->config.es1370.enabled) {
            const u8 *config = m->sounds.es1370.chip.config;
            pci_write(m, config_of(m, config) | PCI_COMMAND, 2, COMMAND_IO | COMMAND_MASTER);
            out(m, (u16)((get32(config + PCI_BASE_0) & 0xffc0) + pick(64)), 1u << pick(3), pick(0x7fffffff) << pick(2));
        }
        pass(m, pick(TICKS));
    }
    check(m);
}

/* Registers of configuration space that random ports would seldom meet. */
void configuration(struct machine *m, u32 value)
{
    static const u16 functions[] = { 0x0000, 0x0800, 0x0900, 0x0a00, 0x0b00, 0x1000, 0x1800, 0x4000 };

    out(m, 0xcf8, 4, 0x80000000u | functions[pick(ARRAY_COUNT(functions))] | (pick(256) & 0xfc));
    out(m, (u16)(0xcfc + pick(4)), 1, value);
}

/* A DMA command with a table of random descriptors at a random place, so that the bus master has something to do. */
void dma(struct machine *m)
{
    static const u8 commands[] = { 0xc8, 0xca, 0x25, 0x35 };
    u32 table = pick(2 << 20) & ~3u;
    u8 bytes[64];

    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)pick(256);
    poke(m, table, bytes, sizeof bytes);
    pci_write(m, 0x904, 2, 5);
    pci_write(m, 0x920, 4, 0xc001);
    pci_write(m, 0x940, 4, 0x80008000);
    out(m, 0x1f6, 1, 0xe0);
    for (unsigned reg = 2; reg <= 5; reg++) out(m, (u16)(0x1f0 + reg), 1, reg < 4 ? pick(256) : pick(16));
    out(m, 0x1f7, 1, commands[pick(4)]);
    out(m, 0xc004, 4, table);
    out(m, 0xc000, 1, pick(2) * 8);
    out(m, 0xc000, 1, 1 | pick(2) * 8);
    pass(m, pick(4 * TICKS));
}

/* The I/O APIC and the HPET, doublewords and quadwords mostly. */
void timers_and_interrupts(struct machine *m)
{
    u64 pa = pick(2) ? 0xfec00000 + (pick(2) ? 0x10 : 0) : 0xfed00000 + (pick(0x160) & ~3u);
    unsigned size = 1u << (pick(8) ? 2 + pick(2) : pick(4));
    u32 value = pick_value();

    pa &= ~(u64)(size - 1);
    if (pick(4)) store(m, pa, size, pick(2) ? value & 0x3f : (u64)value << pick(40));
    else load(m, pa, size);
}

/* A frame list that leads to random queues and descriptors, many of which say what a driver might. */
void usb(struct machine *m)
{
    static const u8 pids[] = { 0x69, 0xe1, 0x2d, 0x69, 0xe1, 0x00 };
    enum { FRAMES = 64 };                /* others are these again */
    u32 list = pick(0x100) << 12, area = pick(2 << 20) & ~0xfffu, descriptor[64][4], frame[1024];
    u8 setup[8] = { (u8)(pick(2) * 0x80 | pick(4)), (u8)pick(12), (u8)pick(3), (u8)pick(4), 0, 0, (u8)pick(64), (u8)(pick(4) ? 0 : pick(256)) };

    if (!m->config.usb.enabled) return;
    u8 wrapper[31] = { 'U', 'S', 'B', 'C', 1, 2, 3, 4, (u8)pick(256), (u8)pick(8), 0, 0, (u8)(pick(2) << 7), 0, 10 };
    static const u8 commands[] = { 0x00, 0x03, 0x12, 0x1a, 0x25, 0x28, 0x28, 0x2a, 0x2a, 0x2f, 0x5a, 0x9e };

    wrapper[15] = commands[pick(ARRAY_COUNT(commands))];
    for (unsigned i = 16; i < sizeof wrapper; i++) wrapper[i] = (u8)(pick(4) ? 0 : pick(256));
    poke(m, area + 0xa00, wrapper, sizeof wrapper);
    poke(m, area + 0x800, setup, sizeof setup);
    for (unsigned i = 0; i < 64; i++) {
        u32 words[4] = { (area + pick(64) * 16) | pick(8), pick(2) ? 0x00800000 | pick(2) << 26 | pick(4) << 27 | pick(2) << 24 | pick(2) << 29 : (area + pick(64) * 16) | pick(8),
                         pids[pick(6)] | pick(4) << 8 | pick(3) << 15 | pick(2) << 19 | (pick(4) ? pick(64) : pick(2048)) << 21, pick(4) ? area + 0x800 : pick(2 << 20) };
        if (pick(4) == 0) words[2] = 0xe1 | pick(4) << 8 | 2 << 15 | pick(2) << 19 | 30 << 21, words[3] = area + 0xa00;
        if ((words[2] & 0xff) == 0x2d) words[2] = 0x2d | (words[2] & 0x300) | 7 << 21;
        memcpy(descriptor[i], words, sizeof words);
    }
    poke(m, area, descriptor, sizeof descriptor);
    for (unsigned i = 0; i < ARRAY_COUNT(frame); i++) frame[i] = i >= FRAMES ? frame[i % FRAMES] : pick(8) ? (area + pick(64) * 16) | pick(4) : pick(0x7fffffff);
    poke(m, list, frame, sizeof frame);
    pci_write(m, 0xa20, 4, 0xc021);
    pci_write(m, 0xa04, 2, 5);
    out(m, 0xc028, 4, list);
    for (unsigned n = 0; n < 2; n++) out(m, (u16)(0xc030 + 2 * n), 2, pick(8) ? 4 : pick(65536));
    out(m, 0xc020, 2, 1);
    pass(m, pick(20) * (pick(4) ? 5000 : 50000));
}

/* SMI by the APM port, with SMRAM open, closed or locked and a handler of random bytes or none but RSM. */
void system_management(struct machine *m)
{
    u8 bytes[64] = { 0x90, 0x0f, 0xaa };

    for (unsigned i = pick(2) ? 3 : 0; i < sizeof bytes; i++) bytes[i] = (u8)pick(256);
    poke(m, 0x38000, bytes, sizeof bytes);
    pci_write(m, 0x72, 1, pick(4) ? 0x0a : pick(256));
    pci_write(m, 0xb58, 4, 1 << 25);
    out(m, 0xb028, 4, 1);
    out(m, 0xb2, 1, pick(256));
    pass(m, 1 + pick(4));
    if (pick(2)) poke(m, 0x3fc00 + pick(0x400), bytes + 3, pick(8));
    pass(m, pick(200));
}

/* A firmware configuration transfer by a random structure. */
void firmware_dma(struct machine *m)
{
    u32 at = pick(2 << 20);
    u8 bytes[16];

    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = pick(3) ? 0 : (u8)pick(256);
    bytes[3] = (u8)pick(32);
    bytes[1] = (u8)pick(0x30);
    poke(m, at, bytes, sizeof bytes);
    out(m, 0x514, 4, 0);
    out(m, 0x518, 4, __builtin_bswap32(at));
}

/* Modes of the display interface with likely values, stores through its frame buffer, and what a person would see of them. */
void display(struct machine *m)
{
    static const u16 widths[] = { 8, 320, 640, 1024, 1366, 2560, 0xfff8 }, depths[] = { 4, 8, 15, 16, 24, 32 };
    u8 bytes[32];

    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)pick(256);
    pci_write(m, 0x4004, 2, 3);
    pci_write(m, 0x4010 + 8 * pick(2), 4, 0xe0000000u + (pick(16) << 24));
    for (unsigned i = 0; i < 12; i++) {
        unsigned reg = pick(DISPI_REGISTERS);
        u32 value = reg == DISPI_ENABLE ? pick(2) | pick(256) : reg == DISPI_BPP ? depths[pick(ARRAY_COUNT(depths))] : pick(4) ? widths[pick(ARRAY_COUNT(widths))] : pick(65536);
        out(m, 0x1ce, 2, reg);
        out(m, 0x1cf, 2, value);
        if (m->video.frame_buffer) poke(m, m->video.frame_buffer + pick(m->video.bytes), bytes, sizeof bytes);
        poke(m, 0xa0000 + pick(0x20000), bytes, sizeof bytes);
        store(m, (m->video.registers ? m->video.registers : 0xfebf0000u) + pick(4096), 1u << pick(4), value);
        pass(m, pick(100));
        picture(m);
    }
}

/* A CL-GD5446 in some mode with a cursor: BitBLTs of random registers, the processor's data for them, and what a person would see. */
void cirrus(struct machine *m)
{
    if (!m->vga.cirrus.present) return;

    pci_write(m, 0x4004, 2, 3);
    pci_write(m, 0x4010 + 4 * pick(2), 4, 0xe0000000u + (pick(16) << 24));
    out(m, 0x3c2, 1, 0x63 | pick(4) << 2);
    out(m, 0x3c4, 2, 0x1206);
    for (unsigned i = 0; i < 12; i++) {
        out(m, 0x3c4, 2, 7 | (pick(4) ? pick(8) * 2 + 1 : pick(256)) << 8);
        for (unsigned n = 0; n < 4; n++) out(m, 0x3c4, 2, (6 + pick(26) + (pick(8) << 5)) | pick(256) << 8), out(m, 0x3c4, 2, 0x1206);
        for (unsigned n = 0; n < 3; n++) out(m, 0x3d4, 2, pick(0x28) | pick(256) << 8);
        for (unsigned n = 0; n < 0x20; n++) out(m, 0x3ce, 2, (pick(3) ? 0x20 + pick(0x20) : pick(0x20)) | pick(pick(2) ? 256 : 8) << 8);
        out(m, 0x3ce, 2, 0x23), out(m, 0x3ce, 2, pick(8) ? 0x0021 : 0x21 | pick(32) << 8);      /* mostly so narrow that it takes no time, .. */
        out(m, 0x3ce, 2, 0x0231);                                 /* .. and eight bits of height are enough */
        for (unsigned n = 0; n < 50; n++) {
            u64 at = pick(2) ? 0xa0000 + pick(0x20000) : m->video.frame_buffer + pick(CIRRUS_APERTURE_BYTES);
            store(m, at & ~3ull, 4, pick(0x7fffffff));
            load(m, at & ~3ull, 4);
        }
        pass(m, pick(100));
        picture(m);
        check(m);
    }
}

void from_outside(struct machine *m)
{
    u8 bytes[32];
    u64 at[2] = { pick(2000), pick(2000) };

    pick_bytes(bytes, sizeof bytes);
    switch (pick(8)) {
    case 6: DO(m, STICK, pick(3), pick(300), pick(300), pick(8)); break;
    case 7: DO(m, POINT, pick(40000), pick(40000), (u64)pick(9) - 4, pick(256)); break;
    case 0: DO(m, KEY, pick(256), pick(2)); break;
    case 1: DO(m, MOUSE, at[0] - 1000, at[1] - 1000, (u64)pick(40) - 20, pick(256)); break;
    case 2: perform(m, OP_SERIAL, (const u64[NUMBERS_MOST]){ pick(6) }, bytes, sizeof bytes); break;
    case 3: DO(m, FLOPPY_EJECT, pick(4)); break;
    case 4: DO(m, FLOPPY, pick(2), pick(2)); break;
    default: perform(m, OP_TYPE, (const u64[NUMBERS_MOST]){ 0 }, (u8 *)"fuzz", 4); break;
    }
}

static void frame_to(struct machine *m, enum operation which, u64 card, u8 *bytes, u32 size) { perform(m, which, (const u64[NUMBERS_MOST]){ card }, bytes, size); }

/* A frame comes to a card, and one goes from it, whatever its registers say. */
void frames(struct machine *m)
{
    unsigned card = pick(2), size = pick(FRAME_MOST + 1);
    u8 frame[FRAME_MOST];

    pick_bytes(frame, sizeof frame);
    if (pick(2)) memset(frame, 0xff, 6);
    if (m->ne2k[card].network.clock) {
        frame_to(m, OP_FRAME, card, frame, size);
        frame[12] = 8, frame[13] = (u8)(pick(2) * 6);
        frame_to(m, OP_SEND, card, frame, size);
    }
    if (m->config.e1000[0].present) frame_to(m, OP_FRAME, CONFIG_NICS, frame, size);
}
