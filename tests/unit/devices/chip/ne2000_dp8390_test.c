/* DP8390D data sheet (National Semiconductor, 1995), AN-937 for loopback; the NE2000's memory map. */
#include "cpu/base/bits.h"
#include "devices/chip/ne2000_dp8390.h"
#include "tests/unit/devices/bench.h"

enum { CR, PSTART = 1, PSTOP, BNRY, TPSR, TBCR0, TBCR1, ISR, RSAR0, RSAR1, RBCR0, RBCR1, RCR, TCR, DCR, IMR, DATA = 16, RESET = 31 };
enum { TSR = 4, FIFO = 6, RSR = 12, CNTR0 = 13, CNTR2 = 15, PAR0 = 1, CURR = 7, MAR0 = 8 };
enum { START = 0x22, STOP = 0x21, READ = 0x0a, WRITE = 0x12, SEND = 0x1a, TRANSMIT = 0x26, PAGE_1 = 0x40, PAGE_3 = 0xc0 };
enum { PRX = 1, PTX = 2, RXE = 4, OVW = 0x10, CNT = 0x20, RDC = 0x40, RST = 0x80 };
enum { RING = 0x46, RING_END = 0x50, SEND_PAGE = 0x40 };

static const u8 own[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };
static struct clock bench;
static struct line irq;
static struct ne2000_dp8390 nic;
static u8 sent[2048];
static unsigned sent_size, frames_sent, decode_changes;

static void on_frame(void *to, const u8 *frame, unsigned size)
{
    (void)to;
    memcpy(sent, frame, size);
    sent_size = size;
    frames_sent++;
}
static void on_decode(void *board) { (void)board; decode_changes++; }

static void out(unsigned reg, u8 value)
{
    ne2000_dp8390_write(&nic, reg, value);
    cr_assert_null(ne2000_dp8390_invariant(&nic), "%s", ne2000_dp8390_invariant(&nic));
}
static u8 in(unsigned reg) { return ne2000_dp8390_read(&nic, reg); }

static void build(bool is_pci)
{
    const struct ne2000_wires wires = { &bench, &irq, { NULL, on_frame }, is_pci, NULL, on_decode };

    clock_init(&bench, BENCH_IPS);
    irq = (struct line){ 0 };
    frames_sent = sent_size = decode_changes = 0;
    ne2000_dp8390_init(&nic, &wires, own);
}

/* As a driver sets it up: "Initialization Sequence". */
static void started(void)
{
    out(CR, STOP);
    out(DCR, 0x49);
    out(RCR, 0x04);
    out(TCR, 0);
    out(PSTART, RING);
    out(BNRY, RING);
    out(PSTOP, RING_END);
    out(ISR, 0xff);
    out(IMR, 0x7f);
    out(CR, STOP | PAGE_1);
    for (unsigned i = 0; i < 6; i++) out(PAR0 + i, own[i]);
    out(CURR, RING + 1);
    out(CR, START);
}

static void setup(void) { build(false); started(); }
static void teardown(void) { clock_free(&bench); }
TestSuite(ne2000_dp8390, .init = setup, .fini = teardown);

static void remote(u8 command, u16 at, u16 count)
{
    out(RSAR0, (u8)at), out(RSAR1, at >> 8), out(RBCR0, (u8)count), out(RBCR1, count >> 8);
    out(CR, command);
}

static u8 memory(u16 at)
{
    remote(READ, at, 2);
    return (u8)ne2000_dp8390_read_wide(&nic, DATA, 2);
}

static void frame_for(const u8 *to, unsigned size, u8 fill)
{
    u8 frame[1600];

    memset(frame, fill, sizeof frame);
    memcpy(frame, to, 6);
    ne2000_dp8390_receive(&nic, frame, size);
    cr_assert_null(ne2000_dp8390_invariant(&nic), "%s", ne2000_dp8390_invariant(&nic));
}

static u8 page_1(unsigned reg)
{
    out(CR, START | PAGE_1);
    u8 value = in(reg);
    out(CR, START);
    return value;
}

Test(ne2000_dp8390, the_prom_has_each_byte_of_the_address_twice)
{
    out(DCR, 0x48);
    remote(READ, 0, 32);
    for (unsigned i = 0; i < 12; i++) cr_expect_eq(in(DATA), own[i / 2]);
    for (unsigned i = 12; i < 28; i++) (void)in(DATA);
    for (unsigned i = 28; i < 32; i++) cr_expect_eq(in(DATA), 0x57);
    cr_expect_eq(in(ISR), RDC);
}

Test(ne2000_dp8390, remote_dma_ends_with_RDC_when_its_count_is_done)
{
    remote(WRITE, 0x4000, 4);
    ne2000_dp8390_write_wide(&nic, DATA, 2, 0x2211);
    cr_expect_eq(in(ISR) & RDC, 0);
    ne2000_dp8390_write_wide(&nic, DATA, 2, 0x4433);
    cr_expect_eq(in(ISR), RDC);
    cr_expect(irq.level);
    ne2000_dp8390_write_wide(&nic, DATA, 2, 0x6655);
    out(ISR, RDC);
    cr_expect_not(irq.level);
    remote(READ, 0x4000, 6);
    cr_expect_eq(ne2000_dp8390_read_wide(&nic, DATA, 4), 0x44332211);
    cr_expect_eq(ne2000_dp8390_read_wide(&nic, DATA, 2), 0, "what came after the end went nowhere");
}

Test(ne2000_dp8390, remote_dma_runs_from_the_rings_end_to_its_beginning)
{
    remote(WRITE, RING << 8, 2), ne2000_dp8390_write_wide(&nic, DATA, 2, 0xbbaa);
    remote(READ, (RING_END << 8) - 2, 4);
    (void)ne2000_dp8390_read_wide(&nic, DATA, 2);
    cr_expect_eq(ne2000_dp8390_read_wide(&nic, DATA, 2), 0xbbaa);
}

Test(ne2000_dp8390, strings_move_as_single_words_do)
{
    u8 bytes[64], back[64];

    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (u8)(i * 3);
    remote(WRITE, 0x4100, sizeof bytes);
    cr_assert_eq(ne2000_dp8390_block_write(&nic, DATA, 2, 32, bytes), 31, "the last one ends the transfer");
    ne2000_dp8390_write_wide(&nic, DATA, 2, get16(bytes + 62));
    cr_expect_eq(in(ISR), RDC);
    remote(READ, 0x4100, sizeof bytes);
    cr_assert_eq(ne2000_dp8390_block_read(&nic, DATA, 2, 100, back), 31);
    put16(back + 62, (u16)ne2000_dp8390_read_wide(&nic, DATA, 2));
    cr_expect_eq(memcmp(bytes, back, sizeof bytes), 0);
    cr_expect_eq(ne2000_dp8390_block_read(&nic, DATA, 2, 100, back), 0);
}

Test(ne2000_dp8390, strings_run_round_as_single_words_do)                       /* over PSTOP, the end of RAM, and the PROM */
{
    static const u16 from[] = { (RING_END << 8) - 10, 0x7ff0, 0xfff0, 0x3ff0, 0x0010, RING_END << 8 };
    u8 block[64], single[64];

    for (unsigned i = 0; i < NE2000_RAM_BYTES; i++) nic.ram[i] = (u8)(i * 7 + (i >> 8));
    for (unsigned n = 0; n < ARRAY_COUNT(from); n++) {
        remote(READ, from[n], sizeof block + 2);
        for (unsigned i = 0; i < sizeof single; i += 2) put16(single + i, (u16)ne2000_dp8390_read_wide(&nic, DATA, 2));
        u16 at = nic.crda;
        remote(READ, from[n], sizeof block + 2);
        cr_assert_eq(ne2000_dp8390_block_read(&nic, DATA, 2, 33, block), 32);
        cr_expect_eq(memcmp(block, single, sizeof block), 0, "from %x", from[n]);
        cr_expect_eq(nic.crda, at);
        cr_expect_eq(nic.remote_left, 2);
    }
}

Test(ne2000_dp8390, a_packet_lies_behind_status_next_page_and_count)            /* "Storage Format for Received Packets" */
{
    frame_for(own, 300, 0x77);
    u16 at = (RING + 1) << 8;
    cr_expect_eq(memory(at), PRX);
    cr_expect_eq(memory(at + 1), RING + 3);
    cr_expect_eq(memory(at + 2) | memory(at + 3) << 8, 304, "with its CRC");
    cr_expect_eq(memory(at + 4), own[0]);
    cr_expect_eq(memory(at + 4 + 299), 0x77);
    cr_expect_eq(page_1(CURR), RING + 3);
    cr_expect_eq(in(RSR), PRX);
    cr_expect_eq(in(ISR) & PRX, PRX);
    cr_expect(irq.level);
}

Test(ne2000_dp8390, the_frame_check_sequence_is_the_one_of_IEEE_802_3)
{
    static const u8 frame[60] = "0123456789";                                    /* and zeros; FCS by the polynomial */
    u32 crc = ~0u;

    for (unsigned i = 0; i < 60 * 8; i++) crc = crc >> 1 ^ ((crc ^ frame[i >> 3] >> (i & 7)) & 1 ? 0xedb88320 : 0);
    out(RCR, 0x1e);
    ne2000_dp8390_receive(&nic, frame, 60);
    for (unsigned i = 0; i < 4; i++) cr_expect_eq(memory((u16)(((RING + 1) << 8) + 64 + i)), (u8)(~crc >> 8 * i));
}

Test(ne2000_dp8390, the_ring_goes_on_at_PSTART)
{
    for (unsigned i = 0; i < 3; i++) {
        frame_for(own, 600, (u8)i);                                              /* three pages each, ring of ten */
        out(BNRY, (u8)(page_1(CURR) - 1));
    }
    cr_expect_eq(page_1(CURR), RING);
    out(BNRY, RING_END - 1);
    frame_for(own, 600, 9);
    cr_expect_eq(page_1(CURR), RING + 3);
}

Test(ne2000_dp8390, a_full_ring_loses_the_packet_and_keeps_the_others)          /* "Buffer Ring Overflow" */
{
    for (unsigned i = 0; i < 3; i++) frame_for(own, 600, (u8)i);
    cr_expect_eq(page_1(CURR), RING, "nine pages are taken, and BNRY is next");
    cr_expect_not(ne2000_dp8390_ready(&nic));
    frame_for(own, 60, 9);
    cr_expect_eq(in(ISR), (OVW | PRX | RST));
    cr_expect_eq(in(CNTR2), 1);
    cr_expect_eq(memory((RING + 1) << 8), PRX);
    out(ISR, OVW);
    frame_for(own, 60, 9);
    cr_expect_eq(page_1(CURR), RING, "nothing comes in until the driver has made room");
    out(BNRY, RING + 3);
    cr_expect_eq(in(ISR) & RST, 0);
    frame_for(own, 60, 9);
    cr_expect_eq(page_1(CURR), RING + 1);
}

Test(ne2000_dp8390, a_packet_too_long_for_the_room_leaves_CURR)
{
    for (unsigned i = 0; i < 2; i++) frame_for(own, 600, (u8)i);
    frame_for(own, 1514, 9);
    cr_expect_eq(page_1(CURR), RING + 7);
    cr_expect_eq(in(ISR) & OVW, OVW);
}

Test(ne2000_dp8390, addresses_are_recognised_as_RCR_says)                       /* "Receive Configuration Register" */
{
    static const u8 broadcast[6] = { 255, 255, 255, 255, 255, 255 }, group[6] = { 0x01, 0, 0x5e, 0, 0, 1 }, other[6] = { 2, 1, 1, 1, 1, 1 };
    static const struct { u8 rcr, own, other, broadcast, group; } cases[] = {
        { 0x00, 1, 0, 0, 0 }, { 0x04, 1, 0, 1, 0 }, { 0x08, 1, 0, 0, 1 }, { 0x10, 1, 1, 0, 0 }, { 0x1c, 1, 1, 1, 1 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        const u8 *to[] = { own, other, broadcast, group };
        const u8 expected[] = { cases[i].own, cases[i].other, cases[i].broadcast, cases[i].group };
        for (unsigned k = 0; k < 4; k++) {
            clock_free(&bench);
            setup();
            out(CR, START | PAGE_1);
            for (unsigned n = 0; n < 8; n++) out(MAR0 + n, 0xff);
            out(CR, START);
            out(RCR, cases[i].rcr);
            frame_for(to[k], 60, 0);
            cr_expect_eq(in(ISR) & PRX, expected[k], "RCR %02x, address %u", cases[i].rcr, k);
            if (expected[k]) cr_expect_eq(in(RSR), k >= 2 ? 0x21 : 0x01);
        }
    }
}

/* The upper six bits of the CRC that 01-00-5E-00-00-01 gives, as drivers compute them most significant bit first. */
Test(ne2000_dp8390, a_group_address_needs_its_bit_of_the_hash)                  /* "Multicast Address Registers" */
{
    static const u8 group[6] = { 0x01, 0, 0x5e, 0, 0, 1 };
    u32 crc = 0xffffffff;

    for (unsigned i = 0; i < 48; i++) crc = crc << 1 ^ ((crc >> 31 ^ group[i >> 3] >> (i & 7)) & 1 ? 0x04c11db7 : 0);
    unsigned index = crc >> 26;
    out(RCR, 0x08);
    out(CR, START | PAGE_1);
    for (unsigned n = 0; n < 8; n++) out(MAR0 + n, index >> 3 == n ? (u8)~(1 << (index & 7)) : 0xff);
    out(CR, START);
    frame_for(group, 60, 0);
    cr_expect_eq(in(ISR) & PRX, 0);
    out(CR, START | PAGE_1);
    for (unsigned n = 0; n < 8; n++) out(MAR0 + n, index >> 3 == n ? (u8)(1 << (index & 7)) : 0);
    out(CR, START);
    frame_for(group, 60, 0);
    cr_expect_eq(in(ISR) & PRX, PRX);
}

Test(ne2000_dp8390, monitor_mode_counts_and_keeps_nothing)
{
    out(RCR, 0x20);
    frame_for(own, 60, 0);
    cr_expect_eq(page_1(CURR), RING + 1);
    cr_expect_eq(in(CNTR2), 1);
    cr_expect_eq(in(CNTR2), 0, "a read clears it");
    cr_expect_eq(in(RSR) & 0x40, 0x40, "DIS");
}

Test(ne2000_dp8390, tally_counters_ask_at_128_and_stop_at_192)                  /* "Network Tally Counters" */
{
    out(RCR, 0x20);
    for (unsigned i = 0; i < 127; i++) frame_for(own, 60, 0);
    cr_expect_eq(in(ISR) & CNT, 0);
    for (unsigned i = 0; i < 100; i++) frame_for(own, 60, 0);
    cr_expect_eq(in(ISR) & CNT, CNT);
    cr_expect_eq(in(CNTR2), 192);
}

Test(ne2000_dp8390, runts_come_in_when_AR_lets_them)
{
    frame_for(own, 59, 0);
    cr_expect_eq(in(ISR) & PRX, 0);
    out(RCR, 0x02);
    frame_for(own, 59, 0);
    cr_expect_eq(in(ISR) & PRX, PRX);
}

static void transmit(const u8 *bytes, unsigned size)
{
    remote(WRITE, SEND_PAGE << 8, (u16)((size + 1) & ~1u));
    for (unsigned i = 0; i < size; i += 2) ne2000_dp8390_write_wide(&nic, DATA, 2, bytes[i] | (u32)bytes[i + 1] << 8);
    out(ISR, RDC);
    out(TPSR, SEND_PAGE);
    out(TBCR0, (u8)size), out(TBCR1, (u8)(size >> 8));
    out(CR, TRANSMIT);
}

Test(ne2000_dp8390, a_packet_leaves_after_the_time_of_its_bits)                 /* 10 Mbit/s, preamble, FCS, gap */
{
    u8 frame[102] = { 1, 2, 3, 4, 5, 6 };

    transmit(frame, 100);
    cr_expect_eq(in(CR) & 4, 4);
    bench_run(&bench, (8 + 100 + 4) * 8 / 10);
    cr_expect_eq(frames_sent, 0);
    bench_run(&bench, 11);
    cr_expect_eq(frames_sent, 1);
    cr_expect(sent_size == 100 && !memcmp(sent, frame, 100));
    cr_expect_eq(in(CR) & 4, 0);
    cr_expect_eq(in(TSR) & 1, 1);
    cr_expect_eq(in(ISR), PTX);
    cr_expect(irq.level);
}

Test(ne2000_dp8390, with_the_crc_inhibited_a_packet_brings_its_own)
{
    u8 frame[68] = { 1, 2, 3 };
    u32 crc = ~0u;

    for (unsigned i = 0; i < 60 * 8; i++) crc = crc >> 1 ^ ((crc ^ frame[i >> 3] >> (i & 7)) & 1 ? 0xedb88320 : 0);
    put32(frame + 60, ~crc);
    out(TCR, 1);
    transmit(frame, 64);
    bench_run(&bench, 1000);
    cr_expect(frames_sent == 1 && sent_size == 60);
    frame[60] ^= 1;
    transmit(frame, 64);
    bench_run(&bench, 1000);
    cr_expect_eq(frames_sent, 1, "a wrong one is nobody's frame");
}

Test(ne2000_dp8390, internal_loopback_reports_what_the_application_note_says)   /* AN-937: TSR 53h, RSR 02h */
{
    static const struct { u8 tcr, tsr; } modes[] = { { 0x02, 0x53 }, { 0x04, 0x43 }, { 0x06, 0x03 } };

    for (unsigned i = 0; i < ARRAY_COUNT(modes); i++) {
        u8 frame[62];
        memset(frame, 0x5a, sizeof frame);
        memcpy(frame, own, 6);
        out(DCR, 0x41);
        out(TCR, modes[i].tcr);
        transmit(frame, 60);
        bench_run(&bench, 1000);
        cr_expect_eq(frames_sent, 0);
        cr_expect_eq(in(TSR), modes[i].tsr);
        cr_expect_eq(in(RSR), 0x02);
        cr_expect_eq(in(ISR), (PTX | RXE));
        cr_expect_eq(in(FIFO), 64, "the lower byte of the count");               /* 64 bytes with the CRC: location 0 */
        cr_expect_eq(in(FIFO), 0);
        cr_expect_eq(in(FIFO), 0);
        cr_expect_eq(in(FIFO), 0x5a, "the last byte, then the CRC");
        out(ISR, 0xff);
        out(TCR, 0);
    }
}

Test(ne2000_dp8390, loopback_checks_a_crc_that_software_made)
{
    u8 frame[66] = { 0 };
    u32 crc = ~0u;

    memcpy(frame, own, 6);
    for (unsigned i = 0; i < 60 * 8; i++) crc = crc >> 1 ^ ((crc ^ frame[i >> 3] >> (i & 7)) & 1 ? 0xedb88320 : 0);
    put32(frame + 60, ~crc);
    out(DCR, 0x41);
    out(TCR, 0x03);
    transmit(frame, 64);
    bench_run(&bench, 1000);
    cr_expect_eq(in(RSR), 0x01);
    cr_expect_eq(in(ISR), PTX, "PRX needs a status in memory");
    frame[63] ^= 1;
    out(ISR, 0xff);
    transmit(frame, 64);
    bench_run(&bench, 1000);
    cr_expect_eq(in(RSR), 0x02);
    cr_expect_eq(in(ISR), (PTX | RXE));
}

Test(ne2000_dp8390, in_loopback_nothing_comes_from_the_cable)
{
    out(TCR, 0x02);
    frame_for(own, 60, 0);
    cr_expect_eq(in(ISR), 0);
}

Test(ne2000_dp8390, send_packet_reads_the_oldest_packet_and_moves_BNRY)         /* "Send Packet Command" */
{
    out(BNRY, RING + 1);
    frame_for(own, 62, 0x42);
    out(CR, SEND);
    cr_expect_eq(ne2000_dp8390_read_wide(&nic, DATA, 2), PRX | (RING + 2) << 8);
    for (unsigned i = 2; i < 66; i += 2) (void)ne2000_dp8390_read_wide(&nic, DATA, 2);
    cr_expect_eq(in(BNRY), RING + 2);
    cr_expect_eq(in(ISR) & RDC, RDC);
}

Test(ne2000_dp8390, a_stopped_controller_takes_nothing_and_says_RST)
{
    out(CR, STOP);
    cr_expect_eq(in(ISR), RST);
    out(ISR, 0xff);
    cr_expect_eq(in(ISR), RST, "a 1 does not clear it");
    frame_for(own, 60, 0);
    out(CR, START);
    cr_expect_eq(in(ISR), 0);
    cr_expect_eq(page_1(CURR), RING + 1);
}

Test(ne2000_dp8390, choosing_a_page_without_STA_does_not_stop_it)
{
    out(CR, 0x40);
    out(CR, 0);
    frame_for(own, 60, 0);
    cr_expect_eq(in(ISR), PRX);
}

Test(ne2000_dp8390, the_reset_port_stops_it)                                     /* "Reset" */
{
    u8 frame[62] = { 0 };
    transmit(frame, 60);
    (void)in(RESET);
    cr_expect_eq(in(CR), 0x21);
    cr_expect_eq(in(ISR), RST);
    cr_expect_null(ne2000_dp8390_invariant(&nic));
    bench_run(&bench, 10000);
    cr_expect_eq(frames_sent, 0);
}

Test(ne2000_dp8390, page_2_shows_what_page_0_was_given)
{
    out(CR, START | 0x80);
    static const u8 expected[][2] = { { 1, RING }, { 2, RING_END }, { 12, 0x04 }, { 13, 0 }, { 14, 0x49 }, { 15, 0x7f } };
    for (unsigned i = 0; i < ARRAY_COUNT(expected); i++) cr_expect_eq(in(expected[i][0]), expected[i][1], "register %u", expected[i][0]);
}

Test(ne2000_dp8390, an_rtl8029_says_so)                                          /* RTL8029AS: 8029ID0, CONFIG3, configuration space */
{
    u32 base;

    clock_free(&bench);
    build(true);
    cr_expect_eq(in(10), 0x50);
    cr_expect_eq(in(11), 0x43);
    cr_expect_eq(pci_config_get(nic.config, 0, 4), 0x802910ec);
    ne2000_dp8390_config_write(&nic, 0x10, 0xff), ne2000_dp8390_config_write(&nic, 0x11, 0xff);
    cr_expect_eq(pci_config_get(nic.config, 0x10, 2), 0xffe1);
    cr_expect_not(pci_config_base(nic.config, 0x10, &base), "not before the command register lets it");
    ne2000_dp8390_config_write(&nic, 4, 1);
    cr_expect(pci_config_base(nic.config, 0x10, &base) && base == 0xffe0);
    out(CR, STOP | PAGE_3);
    out(6, 0x40);
    cr_expect_eq(in(6), 0);
    out(1, 0xc0);
    out(6, 0x40);
    cr_expect_eq(in(6), 0x40, "full duplex, once 9346CR opens the registers");
    ne2000_dp8390_reset(&nic);
    cr_expect_eq(decode_changes, 4);
    cr_expect_null(ne2000_dp8390_invariant(&nic));
}

Test(ne2000_dp8390, any_register_values_in_any_order_keep_the_invariant)
{
    u64 state = 88172645463325252ull;
    u8 frame[1518] = { 0 };

    clock_free(&bench);
    build(true);
    for (unsigned i = 0; i < 200000; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        u8 value = (u8)(state >> 40);
        unsigned reg = (unsigned)(state >> 20) & 31;
        if (reg == 31 && state & 0xf00) reg = 0;
        switch (state >> 50 & 7) {
        case 0: (void)ne2000_dp8390_read_wide(&nic, reg, 2); break;
        case 1: ne2000_dp8390_write_wide(&nic, reg, 2, (u32)state); break;
        case 2: frame[0] = value; ne2000_dp8390_receive(&nic, frame, (unsigned)(state >> 8) % 1519); break;
        case 3: (void)in(reg); break;
        case 4: bench_run(&bench, value * 8); break;
        default: ne2000_dp8390_write(&nic, reg, value); break;
        }
        if (i % 100 == 0) cr_assert_null(ne2000_dp8390_invariant(&nic), "%s after %u", ne2000_dp8390_invariant(&nic), i);
    }
}
