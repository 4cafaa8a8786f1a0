/* Scenes of drives, lines, networks and processors, each set up as a driver might, with random values where a hostile one would have them.  doc: fuzz */
#include <string.h>

#include "devices/network/vnet.h"
#include "devices/network/wire_order.h"
#include "tests/fuzz/hostile.h"

/* --- floppies --- */

/* A whole command with the parameters that it takes, a DMA channel for its data or the processor at the FIFO, its results. */
void floppy_commands(struct machine *m)
{
    static const struct { u8 code, parameters; } commands[] = {
        { 0x03, 2 }, { 0x04, 1 }, { 0x05, 8 }, { 0x06, 8 }, { 0x07, 1 }, { 0x08, 0 }, { 0x09, 8 }, { 0x0a, 1 }, { 0x0c, 8 }, { 0x0d, 5 }, { 0x0e, 0 }, { 0x0f, 2 },
        { 0x10, 0 }, { 0x11, 8 }, { 0x12, 1 }, { 0x13, 3 }, { 0x14, 0 }, { 0x16, 8 }, { 0x19, 8 }, { 0x1d, 8 }, { 0x02, 8 }, { 0x8f, 2 }, { 0xcf, 2 }, { 0x94, 0 },
    };
    unsigned k = pick(ARRAY_COUNT(commands));
    const u8 parameter[8] = { (u8)(pick(8) ? pick(2) | pick(2) << 2 : pick(256)), (u8)pick(pick(4) ? 3 : 90), (u8)pick(2), (u8)(1 + pick(pick(4) ? 3 : 40)), (u8)(pick(4) ? 2 : pick(9)),
                              (u8)pick(40), (u8)pick(256), (u8)pick(256) };

    if (pick(4)) out(m, 0x3f2, 1, 0x1c | pick(2) | pick(4) << 4);
    if (pick(4) == 0) out(m, 0x3f7, 1, pick(4));
    out(m, 0x0b, 1, pick(64) << 2 | 2);
    out(m, 0x0a, 1, pick(4) ? 2 : 6);
    out(m, 0x3f5, 1, commands[k].code | pick(8) << 5);
    for (unsigned i = 0; i < commands[k].parameters; i++) out(m, 0x3f5, 1, parameter[i]);
    for (unsigned i = pick(8); i; i--) {
        pass(m, pick(8) ? pick(TICKS) : pick(100) * TICKS);
        for (unsigned n = pick(40); n; n--)
            if (in(m, 0x3f4, 1) & 0x40) (void)in(m, 0x3f5, 1);
            else out(m, 0x3f5, 1, pick(256));
    }
    out(m, 0x3f5, 1, 8), (void)in(m, 0x3f5, 1), (void)in(m, 0x3f5, 1);
}

void floppy_media(struct machine *m)
{
    if (pick(3) == 0) DO(m, FLOPPY_EJECT, pick(4));
    else DO(m, FLOPPY, pick(3), pick(2));
}

/* --- serial lines --- */

/* A fast line, its FIFOs filled and emptied in bursts, its own end in a loop now and then: single accesses hardly ever fill one. */
void serial_bursts(struct machine *m)
{
    static const u16 bases[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
    u16 base = bases[pick(ARRAY_COUNT(bases))];
    u8 bytes[40];

    out(m, base + 3, 1, 0x80 | pick(64));
    out(m, base, 1, 1 + pick(4)), out(m, base + 1, 1, pick(16) == 0);
    out(m, base + 3, 1, pick(64));
    out(m, base + 2, 1, pick(4) ? 1 | pick(4) << 6 : pick(256));
    out(m, base + 4, 1, pick(32));
    out(m, base + 1, 1, pick(16));
    for (unsigned i = pick(8); i; i--) {
        unsigned sent = pick(sizeof bytes + 1), taken = pick(3) ? 0 : pick(sizeof bytes + 1);
        pick_bytes(bytes, sizeof bytes);
        if (sent) out_block(m, base, 1, sent, bytes);
        pass(m, pick(16) * TICKS);
        for (unsigned reg = 2; reg < 7; reg++) (void)in(m, base + reg, 1);
        if (taken) in_block(m, base, 1, taken);
    }
}

/* --- IDE --- */

static void sector_address(struct machine *m, u16 base)
{
    out(m, base + 6, 1, 0xa0 | pick(4) << 4 | pick(pick(4) ? 1 : 16));
    out(m, base + 1, 1, pick(256));
    for (unsigned twice = 2; twice; twice--)
        for (unsigned reg = 2; reg <= 5; reg++) out(m, base + reg, 1, reg == 2 ? pick(8) : reg == 3 ? pick(256) : reg == 4 ? pick(pick(4) ? 4 : 256) : pick(pick(8) ? 1 : 256));
}

/* What a file system might have written: entries of a directory, FATs. */
static void directory_words(struct machine *m, u16 base)
{
    u8 sector[512];

    pick_bytes(sector, sizeof sector);
    for (unsigned at = 0; at < sizeof sector; at += 32) {
        memcpy(sector + at, pick(2) ? "HOSTILE BIN" : "..         ", 11);
        if (pick(2)) sector[at + pick(11)] = (u8)pick(256);
        sector[at + 11] = (u8)(pick(3) == 0 ? 0x0f : pick(3) ? 0x20 : 0x10);
        if (sector[at + 11] == 0x0f) sector[at] = (u8)(pick(4) << 5 | pick(24));
        sector[at + 20] = sector[at + 21] = 0, sector[at + 26] = (u8)pick(32), sector[at + 27] = (u8)(pick(8) ? 0 : pick(256));
        sector[at + 30] = sector[at + 31] = (u8)(pick(8) ? 0 : pick(256));
    }
    out_block(m, base, 2, 256, sector);
}

void ata_commands(struct machine *m)
{
    static const u8 commands[] = { 0x00, 0x08, 0x10, 0x20, 0x20, 0x24, 0x29, 0x30, 0x30, 0x30, 0x34, 0x39, 0x40, 0x42, 0x70, 0x90, 0x91, 0xa0, 0xa1, 0xb0, 0xc4, 0xc5, 0xc6, 0xc8, 0xca, 0xe0, 0xe1, 0xe5, 0xe6, 0xe7,
                                   0xea, 0xec, 0xef, 0xf8, 0xf9, 0x27, 0x37 };
    u16 base = pick(4) ? 0x1f0 : 0x170;
    u8 bytes[1024];

    sector_address(m, base);
    if (pick(8) == 0) out(m, base + 0x206, 1, pick(256) & ~4u);
    out(m, base + 7, 1, pick(8) ? commands[pick(ARRAY_COUNT(commands))] : pick(256));
    for (unsigned i = pick(6); i; i--) {
        pass(m, pick(4 * TICKS));
        pick_bytes(bytes, 32);
        switch (pick(5)) {
        case 0: in_block(m, base, 2 << pick(2), pick(257)); break;
        case 1: out_block(m, base, 2 << pick(2), pick(257), bytes); break;
        case 2: directory_words(m, base); break;
        default:
            for (unsigned n = pick(300); n; n--)
                if (i & 1) (void)in(m, base, 2);
                else out(m, base, 2, pick(65536));
        }
    }
    if (pick(4) == 0) dma(m);
}

void packets(struct machine *m)
{
    static const u8 commands[] = { 0x00, 0x03, 0x12, 0x1a, 0x1b, 0x1e, 0x25, 0x28, 0x28, 0x2b, 0x42, 0x43, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4a, 0x4b, 0x4e, 0x51, 0x52, 0x55, 0x5a, 0xa5, 0xa8, 0xad, 0xb9, 0xbb, 0xbd, 0xbe, 0xbe };
    u16 base = pick(2) ? 0x170 : 0x1f0;
    u8 packet[12] = { 0 };

    out(m, base + 6, 1, 0xa0 | pick(2) << 4);
    out(m, base + 1, 1, pick(4) ? 0 : pick(4));
    out(m, base + 4, 1, pick(256)), out(m, base + 5, 1, pick(pick(2) ? 16 : 256));
    out(m, base + 7, 1, 0xa0);
    pass(m, 2000);
    packet[0] = pick(16) ? commands[pick(ARRAY_COUNT(commands))] : (u8)pick(256);
    for (unsigned i = 1; i < 12; i++) packet[i] = (u8)(pick(3) ? pick(4) : pick(256));
    if (pick(2)) packet[2] = packet[3] = packet[4] = 0, packet[9] = (u8)pick(256);
    for (unsigned i = 0; i < 12; i += 2) out(m, base, 2, packet[i] | packet[i + 1] << 8);
    for (unsigned i = pick(8); i; i--) {
        pass(m, pick(10 * TICKS));
        if (pick(4)) in_block(m, base, 2 << pick(2), pick(513));
        else for (unsigned n = pick(64); n; n--)
            if (in(m, base + 2, 1) & 2) (void)in(m, base, 2 << pick(2));
            else out(m, base, 2, pick(65536));
    }
}

void cd_media(struct machine *m)
{
    if (pick(3) == 0) DO(m, CD_EJECT, pick(2), pick(2));
    else DO(m, CD, pick(2), pick(2));
}

/* --- lines and channels of the ISA bus --- */

/* Requests that no chip of a plain board drives. */
void request_lines(struct machine *m)
{
    static const u8 free_lines[] = { 5, 7, 10, 11 };

    for (unsigned i = pick(8); i; i--) {
        unsigned n = free_lines[pick(ARRAY_COUNT(free_lines))];
        DO(m, LINE, n, !m->irq[n].level);
    }
}

void isa_transfers(struct machine *m)
{
    u8 bytes[16];

    pick_bytes(bytes, sizeof bytes);
    perform(m, OP_CHANNEL, (const u64[NUMBERS_MOST]){ pick(2), pick(4), pick(2), pick(2) ? pick(1025) : pick(4) }, bytes, sizeof bytes);
}

void smbus_transactions(struct machine *m)
{
    pci_write(m, 0xb04, 2, pick(8) ? 1 : 0);
    pci_write(m, 0xb90, 4, 0xb101);
    pci_write(m, 0xbd2, 1, pick(8) ? 9 : pick(256));
    out(m, 0xb100, 1, 0x1e);
    out(m, 0xb104, 1, pick(4) ? 0xa0 | pick(16) : pick(256));
    for (unsigned reg = 3; reg <= 7; reg++)
        if (reg != 4) out(m, (u16)(0xb100 + reg), 1, reg == 5 && pick(2) ? pick(40) : pick(256));
    (void)in(m, 0xb102, 1);
    out(m, 0xb102, 1, 0x40 | pick(32));
    pass(m, pick(20 * TICKS));
    for (unsigned i = pick(40); i; i--) (void)in(m, 0xb107, 1);
}

/* --- networks --- */

static unsigned put_udp(u8 *udp, u16 port, unsigned most)
{
    unsigned size = pick(most - 8);

    pick_bytes(udp + 8, size);
    put_wire16(udp, (u16)pick(65536)), put_wire16(udp + 2, port), put_wire16(udp + 4, (u16)(pick(8) ? 8 + size : pick(65536)));
    udp[6] = udp[7] = 0;
    if (port == 67 && size >= 240) {
        static const u8 cookie[] = { 0x63, 0x82, 0x53, 0x63, 53, 1 };
        udp[8] = 1, udp[9] = 1, udp[10] = 6;
        memcpy(udp + 8 + 236, cookie, sizeof cookie);
        udp[8 + 242] = (u8)(1 + pick(8));
        for (unsigned i = 243; i < size; i++) udp[8 + i] = (u8)(pick(3) ? pick(8) : pick(256));
    }
    if (port == 69 && size > 40) {
        static const char requests[4][40] = { "\0\1small\0octet\0blksize\0001428\0tsize\0000", "\0\1../small\0octet\0", "\0\4\0\1", "\0\2small\0octet\0" };
        memcpy(udp + 8, requests[pick(4)], 40);
    }
    if (port == 53 && size > 20) udp[10] = 1, udp[11] = 0, udp[12] = 0, udp[13] = (u8)pick(3), udp[20] = (u8)(pick(4) ? pick(8) : 0xc0);
    return 8 + size;
}

/* A segment to one of the servers' ports, whose sequence numbers are those of a connection often enough. */
static unsigned put_tcp(u8 *tcp, u32 to, u32 from)
{
    static const u8 flags[] = { 0x02, 0x10, 0x18, 0x10, 0x11, 0x14, 0x12 };
    static const char request[] = "GET /small HTTP/1.0\r\nRange: bytes=1-\r\n\r\n";
    unsigned size = 20;

    put_wire16(tcp, (u16)(1000 + pick(4))), put_wire16(tcp + 2, 80);
    put_wire32(tcp + 4, pick(2) ? pick(4) : pick(0x7fffffff)), put_wire32(tcp + 8, pick(0x7fffffff));
    tcp[12] = (u8)((pick(8) ? 5 : pick(16)) << 4), tcp[13] = pick(4) ? flags[pick(ARRAY_COUNT(flags))] : (u8)pick(256);
    put_wire16(tcp + 14, (u16)pick(65536));
    memset(tcp + 16, 0, 4);
    if (tcp[12] > 0x50) size = tcp[12] >> 2, pick_bytes(tcp + 20, size - 20);
    if (pick(2)) memcpy(tcp + size, request, sizeof request - 1), size += sizeof request - 1;
    put_wire16(tcp + 16, vnet_checksum(vnet_pseudo_header(from, to, 6, size), tcp, size));
    return size;
}

/* What a guest says to the virtual network's servers, in frames whose checksums are right. */
static unsigned put_packet(u8 *f)
{
    static const u16 ports[] = { 67, 69, 53, 80, 4011 };
    u32 to = pick(4) ? VNET_ADDRESS : pick(2) ? 0xffffffff : pick(0x7fffffff), from = 0xc0a80a0f;
    u8 protocol = (u8)(pick(8) ? (u8[]){ 1, 6, 17 }[pick(3)] : pick(256));
    unsigned size, most = FRAME_MOST - 34;

    memset(f, 0, FRAME_MOST);
    memset(f, 0xff, 6), pick_bytes(f + 6, 6), f[6] = 2;
    put_wire16(f + 12, pick(6) ? 0x0800 : 0x0806);
    if (f[13] == 6) {
        static const u8 request[] = { 0, 1, 8, 0, 6, 4, 0, 1 };
        pick_bytes(f + 14, 46), memcpy(f + 14, request, sizeof request);
        if (pick(2)) put_wire32(f + 38, VNET_ADDRESS);
        return 60;
    }
    size = protocol == 17 ? put_udp(f + 34, ports[pick(5)], most) : protocol == 6 ? put_tcp(f + 34, to, from) : pick(200);
    if (protocol == 1) f[34] = 8, put_wire16(f + 36, 0), put_wire16(f + 36, vnet_checksum(0, f + 34, size));
    f[14] = (u8)(pick(16) ? 0x45 : pick(256)), f[22] = 64, f[23] = protocol;
    put_wire16(f + 16, (u16)(pick(16) ? 20 + size : pick(pick(2) ? 40 : 65536)));
    put_wire32(f + 26, pick(4) ? from : 0), put_wire32(f + 30, to);
    put_wire16(f + 24, vnet_checksum(0, f + 14, 20));
    return 34 + size;
}

void conversations(struct machine *m)
{
    u8 f[FRAME_MOST];

    for (unsigned n = 0; n < CONFIG_NICS; n++) {
        if (m->config.ne2k[n].present) perform(m, OP_SEND, (const u64[NUMBERS_MOST]){ n }, f, put_packet(f));
        if (m->config.e1000[n].present) perform(m, OP_SEND, (const u64[NUMBERS_MOST]){ CONFIG_NICS + n }, f, put_packet(f));
    }
    pass(m, pick(10) ? pick(TICKS) : pick(100) * TICKS);
}

/* A ring as a driver sets it up, nearly; a packet sent, some received, some read. */
void dp8390_rings(struct machine *m)
{
    u16 base = pick(2) ? 0x300 : 0xd000;
    static const u8 mine[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

    out(m, base, 1, 0x21);
    out(m, base + 0x0e, 1, pick(4) ? 0x48 | pick(2) : pick(256));
    out(m, base + 1, 1, pick(4) ? 0x46 : pick(256)), out(m, base + 2, 1, pick(4) ? 0x80 : pick(256));
    out(m, base + 3, 1, pick(4) ? 0x46 : pick(256));
    out(m, base + 0x0c, 1, pick(64)), out(m, base + 0x0d, 1, pick(4) ? 0 : pick(32));
    out(m, base, 1, 0x61);
    for (unsigned i = 0; i < 6; i++) out(m, (u16)(base + 1 + i), 1, mine[i]);
    out(m, base + 7, 1, pick(4) ? 0x47 : pick(256));
    out(m, base, 1, 0x22);
    for (unsigned i = pick(10); i; i--) {
        frames(m);
        out(m, base + 4, 1, 0x40), out(m, base + 5, 1, pick(256)), out(m, base + 6, 1, pick(8));
        out(m, base + 8, 1, pick(256)), out(m, base + 9, 1, 0x40 + pick(64));
        out(m, base + 10, 1, pick(256)), out(m, base + 11, 1, pick(8));
        out(m, base, 1, 0x02 | (1 + pick(4)) << 3 | pick(2) << 2);
        for (unsigned n = pick(100); n; n--)
            if (i & 1) (void)in(m, base + 0x10, 1 << pick(3));
            else out(m, base + 0x10, 1 << pick(3), pick(65536));
        pass(m, pick(TICKS));
    }
}

/* --- local APICs, and messages between processors --- */

void processor_messages(struct machine *m)
{
    static const u16 registers[] = { 0x080, 0x0b0, 0x0d0, 0x0e0, 0x0f0, 0x280, 0x2f0, 0x300, 0x300, 0x310, 0x310, 0x320, 0x330, 0x340, 0x350, 0x360, 0x370, 0x380, 0x390, 0x3e0 };

    for (unsigned i = pick(16); i; i--) {
        unsigned n = pick(m->processors);
        u64 pa = 0xfee00000 + (pick(4) ? registers[pick(ARRAY_COUNT(registers))] : pick(4096) & ~3u);

        if (pick(8) == 0) DO(m, APIC_PIN, n, pick(2), pick(2));
        else if (pick(3) == 0) DO(m, APIC_READ, n, pa);
        else DO(m, APIC_WRITE, n, pa, pick(2) ? pick_value() : pick(8) << 8 | pick(16) << 14 | (16 + pick(240)));
    }
}
