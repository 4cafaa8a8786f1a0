/* Intel 317453, "PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual". */
#include "cpu/base/bits.h"
#include "devices/chip/e1000_parts.h"
#include "tests/unit/devices/bench.h"

enum { MEMORY_BYTES = 1 << 20, RX_RING = 0x1000, TX_RING = 0x2000, RX_BUFFERS = 0x10000, TX_DATA = 0x80000, RING = 8 };
enum { CTRL = 0, STATUS = 8, EECD = 0x10, EERD = 0x14, MDIC = 0x20, ICR = 0xc0, ITR = 0xc4, ICS = 0xc8, IMS = 0xd0, IMC = 0xd8, RCTL = 0x100, TCTL = 0x400, RDBAL = 0x2800,
       RDLEN = 0x2808, RDH = 0x2810, RDT = 0x2818, RDTR = 0x2820, RADV = 0x282c, TDBAL = 0x3800, TDLEN = 0x3808, TDH = 0x3810, TDT = 0x3818, TIDV = 0x3820, RXCSUM = 0x5000,
       MTA = 0x5200, RAL = 0x5400, VFTA = 0x5600, STATISTICS = 0x4000 };
enum { EOP = 1, IFCS = 2, IC = 4, TSE = 4, RS = 8, DEXT = 0x20, VLE = 0x40, IDE = 0x80 };

static const u8 own[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };
static u8 memory[MEMORY_BYTES], sent[8][2048];
static unsigned sent_size[8], frames_sent;
static struct clock bench;
static struct line irq;
static struct e1000_82540em nic;

static void memory_read(void *board, u64 pa, u8 *bytes, unsigned size)
{
    (void)board;
    for (unsigned i = 0; i < size; i++) bytes[i] = pa + i < MEMORY_BYTES ? memory[pa + i] : 0xff;
}
static void memory_write(void *board, u64 pa, const u8 *bytes, unsigned size)
{
    (void)board;
    for (unsigned i = 0; i < size; i++) if (pa + i < MEMORY_BYTES) memory[pa + i] = bytes[i];
}
static void on_decode(void *board) { (void)board; }
static void on_frame(void *to, const u8 *frame, unsigned size)
{
    (void)to;
    memcpy(sent[frames_sent & 7], frame, size);
    sent_size[frames_sent++ & 7] = size;
}

static u32 in(u32 at) { return (u32)e1000_82540em_memory_read(&nic, at, 4); }
static void out(u32 at, u32 value) { e1000_82540em_memory_write(&nic, at, 4, value); }

static void setup(void)
{
    const struct e1000_wires wires = { &bench, &irq, { NULL, on_frame }, NULL, on_decode, memory_read, memory_write };

    memset(memory, 0, sizeof memory);
    clock_init(&bench, 100 * BENCH_IPS);                 /* a tick is 10 ns */
    irq = (struct line){ 0 };
    frames_sent = 0;
    e1000_82540em_init(&nic, &wires, own);
    e1000_82540em_config_write(&nic, 4, 7);
    out(CTRL, in(CTRL) | CTRL_SLU);
    (void)in(ICR);
}
static void teardown(void)
{
    cr_expect_null(e1000_82540em_invariant(&nic), "%s", e1000_82540em_invariant(&nic));
    clock_free(&bench);
}
TestSuite(e1000_82540em, .init = setup, .fini = teardown);

/* Eight buffers of 2048 bytes, of which the card has seven. */
static void receiver(u32 control)
{
    for (unsigned n = 0; n < RING; n++) put64(memory + RX_RING + 16 * n, RX_BUFFERS + n * 2048);
    out(RDBAL, RX_RING);
    out(RDLEN, RING * 16);
    out(RDH, 0);
    out(RDT, RING - 1);
    out(IMS, ICR_RXT0 | ICR_RXO | ICR_RXDMT0);
    out(RCTL, RCTL_EN | RCTL_BAM | control);
}

static void frame_for(const u8 *to, unsigned size, u8 fill)
{
    u8 frame[1518];

    memset(frame, fill, sizeof frame);
    memcpy(frame, to, 6);
    e1000_82540em_receive(&nic, frame, size);
    cr_assert_null(e1000_82540em_invariant(&nic), "%s", e1000_82540em_invariant(&nic));
}

static void descriptor(unsigned n, u32 data, u32 lower, u32 upper)
{
    put64(memory + TX_RING + 16 * n, data);
    put32(memory + TX_RING + 16 * n + 8, lower);
    put32(memory + TX_RING + 16 * n + 12, upper);
}

static void transmit(unsigned descriptors)
{
    out(TDBAL, TX_RING);
    out(TDLEN, RING * 16);
    out(TDH, 0);
    out(TCTL, TCTL_EN | TCTL_PSP);
    out(TDT, descriptors);
    bench_run(&bench, 100000);
    cr_assert_null(e1000_82540em_invariant(&nic), "%s", e1000_82540em_invariant(&nic));
}

static u16 word(const u8 *p) { return (u16)(p[0] << 8 | p[1]); }

/* --- EEPROM, PHY, registers --- */

Test(e1000_82540em, the_words_of_the_EEPROM_sum_to_BABA)                         /* "Software Checksum" */
{
    u16 sum = 0;

    for (unsigned n = 0; n < 64; n++) {
        out(EERD, 1 | n << 8);
        cr_assert(in(EERD) & 0x10);
        sum = (u16)(sum + (in(EERD) >> 16));
        if (n < 3) cr_expect_eq(in(EERD) >> 16, get16(own + 2 * n));
    }
    cr_expect_eq(sum, 0xbaba);
}

static void microwire_bit(bool level)
{
    u32 base = 0x40 | 2 | (level ? 4 : 0);
    out(EECD, base), out(EECD, base | 1), out(EECD, base);
}

static void microwire(u32 bits_, unsigned count)
{
    while (count--) microwire_bit(bits_ >> count & 1);
}

static u16 microwire_read(unsigned at)
{
    u16 value = 0;

    out(EECD, 0x40), out(EECD, 0x42);
    microwire(6 << 6 | at, 9);
    cr_expect_eq(in(EECD) & 8, 0, "the dummy bit");
    for (unsigned i = 0; i < 16; i++) microwire_bit(0), value = (u16)(value << 1 | (in(EECD) >> 3 & 1));
    out(EECD, 0x40);
    return value;
}

Test(e1000_82540em, the_EEPROM_speaks_Microwire)
{
    cr_expect_eq(in(EECD) & 0x300, 0x100, "present, 64 words");
    out(EECD, 0x40);
    cr_expect_eq(in(EECD) & 0x80, 0x80, "granted");
    for (unsigned i = 0; i < 3; i++) cr_expect_eq(microwire_read(i), get16(own + 2 * i));
    out(EECD, 0x42), microwire(5 << 6 | 0x20, 9), microwire(0x1234, 16), out(EECD, 0x40);
    cr_expect_eq(microwire_read(0x20), 0, "writing is not enabled");
    out(EECD, 0x42), microwire(4 << 6 | 0x30, 9), out(EECD, 0x40);
    out(EECD, 0x42), microwire(5 << 6 | 0x20, 9), microwire(0x1234, 16), out(EECD, 0x40);
    cr_expect_eq(microwire_read(0x20), 0x1234);
}

Test(e1000_82540em, the_PHY_is_an_88E1011_with_link)                             /* "MDI Control Register" */
{
    static const struct { u8 n; u16 value; } registers[] = { { 2, 0x0141 }, { 3, 0x0c24 }, { 1, 0x796d } };

    for (unsigned i = 0; i < ARRAY_COUNT(registers); i++) {
        out(MDIC, 2u << 26 | 1 << 21 | registers[i].n << 16);
        cr_expect_eq(in(MDIC) >> 28, 1, "ready, no error");
        cr_expect_eq(in(MDIC) & 0xffff, registers[i].value);
    }
    out(MDIC, 2u << 26 | 2 << 21);
    cr_expect_eq(in(MDIC) >> 28, 5, "nobody at another address");
    out(MDIC, 1u << 26 | 1 << 21 | 0x8000);
    out(MDIC, 2u << 26 | 1 << 21);
    cr_expect_eq(in(MDIC) & 0xffff, 0x1140, "reset clears itself");
    cr_expect_eq(in(STATUS), 0x283);
}

Test(e1000_82540em, the_ports_reach_the_same_registers)                          /* "I/O-Mapped Internal Registers" */
{
    e1000_82540em_port_write(&nic, 0, 4, RDBAL);
    e1000_82540em_port_write(&nic, 4, 4, 0x12345678);
    cr_expect_eq(in(RDBAL), 0x12345670);
    cr_expect_eq(e1000_82540em_port_read(&nic, 4, 4), 0x12345670);
    cr_expect_eq(e1000_82540em_port_read(&nic, 0, 4), RDBAL);
}

Test(e1000_82540em, a_software_reset_brings_the_address_back_from_the_EEPROM)    /* "Device Control Register", RST */
{
    out(RAL, 0);
    receiver(0);
    out(CTRL, CTRL_RST);
    cr_expect_eq(in(RAL), get32(own));
    cr_expect_eq(in(RAL + 4), (get16(own + 4) | 0x80000000));
    cr_expect(in(RCTL) == 0 && in(IMS) == 0 && in(RDT) == 0 && !(in(CTRL) & CTRL_RST));
}

/* --- interrupts --- */

Test(e1000_82540em, a_cause_interrupts_when_the_mask_lets_it_and_a_read_clears)  /* "Interrupt Registers" */
{
    out(ICS, ICR_LSC);
    cr_expect_not(irq.level);
    out(IMS, ICR_LSC | ICR_RXT0);
    cr_expect(irq.level);
    cr_expect_eq(in(ICR), ICR_LSC);
    cr_expect_not(irq.level);
    cr_expect_eq(in(ICR), 0);
    out(ICS, ICR_RXT0);
    out(IMC, ICR_RXT0);
    cr_expect_not(irq.level);
    cr_expect_eq(in(IMS), ICR_LSC);
}

Test(e1000_82540em, ITR_keeps_interrupts_apart)                                  /* "Interrupt Throttling Register": 256 ns */
{
    out(ITR, 1000);
    out(IMS, ICR_LSC);
    out(ICS, ICR_LSC);
    cr_expect(irq.level);
    (void)in(ICR);
    bench_run(&bench, 1000);
    out(ICS, ICR_LSC);
    cr_expect_not(irq.level);
    bench_run(&bench, 25600 - 1000 - 1);
    cr_expect_not(irq.level);
    bench_run(&bench, 1);
    cr_expect(irq.level);
}

/* --- reception --- */

Test(e1000_82540em, a_frame_fills_a_buffer_and_its_descriptor_says_so)
{
    receiver(0);
    frame_for(own, 200, 0x5a);
    const u8 *d = memory + RX_RING;
    cr_expect_eq(get16(d + 8), 204, "with its FCS");
    cr_expect_eq(d[12] & 3, 3, "DD, EOP");
    cr_expect_eq(memcmp(memory + RX_BUFFERS, own, 6), 0);
    cr_expect(memory[RX_BUFFERS + 199] == 0x5a);
    cr_expect_eq(get32(memory + RX_BUFFERS + 200), frame_fcs(memory + RX_BUFFERS, 200));
    cr_expect_eq(in(RDH), 1);
    cr_expect(irq.level && in(ICR) == ICR_RXT0);
    out(RCTL, in(RCTL) | RCTL_SECRC);
    frame_for(own, 200, 0x5a);
    cr_expect_eq(get16(d + 16 + 8), 200, "stripped");
}

Test(e1000_82540em, the_frame_check_sequence_of_123456789)
{
    cr_expect_eq(frame_fcs((const u8 *)"123456789", 9), 0xcbf43926);
}

Test(e1000_82540em, a_long_frame_takes_several_small_buffers)
{
    receiver(3 << 16);                                   /* 256 bytes */
    frame_for(own, 600, 0x11);
    cr_expect(memory[RX_RING + 12] == 1 && memory[RX_RING + 28] == 1 && (memory[RX_RING + 44] & 3) == 3);
    cr_expect_eq(get16(memory + RX_RING + 40), 604 - 512);
    cr_expect_eq(in(RDH), 3);
}

Test(e1000_82540em, without_descriptors_a_frame_is_lost_and_counted)             /* RNBC, MPC, ICR.RXO */
{
    receiver(0);
    for (unsigned i = 0; i < RING - 1; i++) frame_for(own, 60, 0);
    cr_expect_not(e1000_82540em_ready(&nic));
    (void)in(ICR);
    frame_for(own, 60, 0);
    cr_expect_eq(in(ICR), ICR_RXO);
    cr_expect_eq(in(STATISTICS + 0xa0), 1);
    cr_expect_eq(in(STATISTICS + 0x10), 1);
    cr_expect_eq(in(STATISTICS + 0x10), 0, "a read clears");
    cr_expect_eq(in(STATISTICS + 0x74), RING - 1, "GPRC");
    cr_expect_eq(in(STATISTICS + 0x88), (RING - 1) * 64, "GORCL");
    out(RDT, 3);
    cr_expect(e1000_82540em_ready(&nic));
}

Test(e1000_82540em, few_descriptors_are_announced)                               /* RXDMT0 at half of the ring */
{
    receiver(0);
    for (unsigned i = 0; i < 2; i++) frame_for(own, 60, 0);
    cr_expect_eq(in(ICR), ICR_RXT0);
    frame_for(own, 60, 0);
    cr_expect_eq(in(ICR), (ICR_RXT0 | ICR_RXDMT0));
}

Test(e1000_82540em, filters_accept_as_RCTL_says)
{
    static const u8 broadcast[6] = { 255, 255, 255, 255, 255, 255 }, group[6] = { 0x01, 0, 0x5e, 0, 0x12, 0x34 }, other[6] = { 2, 1, 1, 1, 1, 1 };
    static const struct { u32 rctl; u8 own, other, broadcast, group; } cases[] = {
        { 0, 1, 0, 0, 0 }, { RCTL_BAM, 1, 0, 1, 0 }, { RCTL_UPE, 1, 1, 0, 0 }, { RCTL_MPE, 1, 0, 1, 1 }, { RCTL_UPE | RCTL_MPE, 1, 1, 1, 1 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        const u8 *to[] = { own, other, broadcast, group };
        const u8 expected[] = { cases[i].own, cases[i].other, cases[i].broadcast, cases[i].group };
        for (unsigned k = 0; k < 4; k++) {
            receiver(0);
            out(RCTL, RCTL_EN | cases[i].rctl);
            frame_for(to[k], 60, 0);
            cr_expect_eq(in(RDH), expected[k], "RCTL %x, address %u", cases[i].rctl, k);
        }
    }
}

Test(e1000_82540em, twelve_bits_of_a_group_address_name_a_bit_of_MTA)            /* "Multicast Table Array": RCTL.MO = 00 is bits 47:36 */
{
    static const u8 group[6] = { 0x01, 0, 0x5e, 0, 0x12, 0x34 };
    static const unsigned index[] = { 0x3412 >> 4 & 0xfff, 0x3412 >> 3 & 0xfff, 0x3412 >> 2 & 0xfff, 0x3412 & 0xfff };

    for (unsigned mo = 0; mo < 4; mo++) {
        receiver(mo << 12);
        out(MTA + (index[mo] >> 5) * 4, 1u << (index[mo] & 31));
        frame_for(group, 60, 0);
        cr_expect_eq(in(RDH), 1);
        cr_expect_eq(memory[RX_RING + 12] & 0x80, 0x80, "PIF: software looks again");
        out(MTA + (index[mo] >> 5) * 4, ~(1u << (index[mo] & 31)));
        frame_for(group, 60, 0);
        cr_expect_eq(in(RDH), 1);
        out(MTA + (index[mo] >> 5) * 4, 0);
    }
}

Test(e1000_82540em, a_VLAN_tag_goes_to_the_descriptor)                           /* "802.1q VLAN Support" */
{
    u8 frame[64] = { 0 };

    memcpy(frame, own, 6);
    put32(frame + 12, 0x64200081);                       /* 8100, tag 2064h */
    put32(frame + 16, 0x44332211);
    receiver(0);
    out(CTRL, in(CTRL) | CTRL_VME);
    e1000_82540em_receive(&nic, frame, 64);
    cr_expect_eq(memory[RX_RING + 12] & 8, 8);
    cr_expect_eq(get16(memory + RX_RING + 14), 0x2064);
    cr_expect_eq(get32(memory + RX_BUFFERS + 12), 0x44332211);
    cr_expect_eq(get16(memory + RX_RING + 8), 64);
    out(RCTL, in(RCTL) | RCTL_VFE);
    e1000_82540em_receive(&nic, frame, 64);
    cr_expect_eq(in(RDH), 1, "not in VFTA");
    out(VFTA + 4 * (0x64 >> 5), 1u << (0x64 & 31));
    e1000_82540em_receive(&nic, frame, 64);
    cr_expect_eq(in(RDH), 2);
}

static unsigned tcp_frame(u8 *frame, unsigned payload)
{
    memset(frame, 0, 54 + payload);
    memcpy(frame, own, 6);
    frame[12] = 8;
    u8 *ip = frame + 14, *tcp = ip + 20;
    ip[0] = 0x45, ip[2] = (u8)((40 + payload) >> 8), ip[3] = (u8)(40 + payload), ip[8] = 64, ip[9] = 6, ip[15] = 1, ip[19] = 2;
    tcp[1] = 80, tcp[3] = 81, tcp[7] = 100, tcp[12] = 0x50, tcp[13] = 0x19, tcp[15] = 200;
    for (unsigned i = 0; i < payload; i++) tcp[20 + i] = (u8)(i * 7);
    u16 sum = (u16)~internet_sum(0, ip, 20);
    ip[10] = (u8)(sum >> 8), ip[11] = (u8)sum;
    sum = (u16)~internet_sum(internet_sum(6 + 20 + payload, ip + 12, 8), tcp, 20 + payload);
    tcp[16] = (u8)(sum >> 8), tcp[17] = (u8)sum;
    return 54 + payload;
}

Test(e1000_82540em, checksums_are_judged_when_RXCSUM_asks)
{
    u8 frame[200];
    unsigned size = tcp_frame(frame, 101);

    receiver(0);
    e1000_82540em_receive(&nic, frame, size);
    cr_expect_eq(memory[RX_RING + 12] & 0x64, 0x04, "IXSM");
    out(RXCSUM, 0x300);
    e1000_82540em_receive(&nic, frame, size);
    cr_expect_eq(memory[RX_RING + 28] & 0x64, 0x60);
    cr_expect_eq(memory[RX_RING + 29], 0);
    frame[100] ^= 1;
    e1000_82540em_receive(&nic, frame, size);
    cr_expect_eq(memory[RX_RING + 45], 0x20, "TCPE");
    frame[24] ^= 1;
    e1000_82540em_receive(&nic, frame, size);
    cr_expect_eq(memory[RX_RING + 61], 0x60, "IPE too");
}

Test(e1000_82540em, RDTR_waits_for_a_quiet_line_and_RADV_not_for_ever)           /* units of 1.024 us */
{
    receiver(0);
    out(IMC, ICR_RXDMT0);
    out(RDTR, 10);
    frame_for(own, 60, 0);
    bench_run(&bench, 1023);
    cr_expect_not(irq.level);
    bench_run(&bench, 2);
    cr_expect(irq.level);
    (void)in(ICR);
    out(RADV, 15);
    frame_for(own, 60, 0);
    bench_run(&bench, 900);
    frame_for(own, 60, 0);
    bench_run(&bench, 630);
    cr_expect_not(irq.level);
    bench_run(&bench, 10);
    cr_expect(irq.level);
}

/* --- transmission --- */

Test(e1000_82540em, a_legacy_descriptor_sends_pads_and_reports)
{
    memcpy(memory + TX_DATA, own, 6);
    memset(memory + TX_DATA + 6, 0x33, 40);
    descriptor(0, TX_DATA, 46 | (u32)(EOP | IFCS | RS) << 24, 0);
    out(IMS, ICR_TXDW);
    transmit(1);
    cr_expect(frames_sent == 1 && sent_size[0] == 60);
    cr_expect(!memcmp(sent[0], memory + TX_DATA, 46) && sent[0][46] == 0);
    cr_expect_eq(memory[TX_RING + 12] & 1, 1, "DD");
    cr_expect(irq.level && in(TDH) == 1);
    cr_expect_eq(in(ICR), (ICR_TXDW | ICR_TXQE));
    cr_expect_eq(in(STATISTICS + 0x80), 1, "GPTC");
}

Test(e1000_82540em, a_packet_may_lie_in_several_buffers)
{
    for (unsigned i = 0; i < 300; i++) memory[TX_DATA + i] = (u8)i;
    descriptor(0, TX_DATA, 100 | (u32)IFCS << 24, 0);
    descriptor(1, TX_DATA + 100, 200 | (u32)(EOP | IFCS) << 24, 0);
    transmit(1);
    cr_expect_eq(frames_sent, 0, "its end has not come");
    out(TDT, 2);
    bench_run(&bench, 10000);
    cr_expect(frames_sent == 1 && sent_size[0] == 300 && !memcmp(sent[0], memory + TX_DATA, 300));
    cr_expect_eq(memory[TX_RING + 12] & 1, 0, "nobody asked for a report");
}

Test(e1000_82540em, frames_leave_in_the_time_of_their_bits)                      /* 1518 + 20 bytes at 1 Gbit/s: 12.3 us */
{
    for (unsigned n = 0; n < 3; n++) descriptor(n, TX_DATA, 1514 | (u32)(EOP | IFCS) << 24, 0);
    out(TDBAL, TX_RING), out(TDLEN, RING * 16), out(TCTL, TCTL_EN);
    out(TDT, 3);
    bench_run(&bench, 60);
    cr_expect_eq(frames_sent, 1);
    bench_run(&bench, 1200);
    cr_expect_eq(frames_sent, 2 - 1);
    bench_run(&bench, 40);
    cr_expect_eq(frames_sent, 2);
}

Test(e1000_82540em, a_legacy_checksum_is_inserted)                               /* CSS, CSO with IC */
{
    unsigned size = tcp_frame(memory + TX_DATA, 32);
    u16 expected = word(memory + TX_DATA + 24);

    memory[TX_DATA + 24] = memory[TX_DATA + 25] = 0;
    descriptor(0, TX_DATA, 34 | 24 << 16 | (u32)(EOP | IFCS | IC) << 24, 14 << 8);
    transmit(1);
    cr_expect_eq(word(sent[0] + 24), expected, "of 14 up to the end, here the header");
    (void)size;
}

static void context(unsigned n, bool segments, u8 header, u16 mss)
{
    put32(memory + TX_RING + 16 * n, 14 | 24 << 8 | 33u << 16);
    put32(memory + TX_RING + 16 * n + 4, 34 | 50 << 8);
    put32(memory + TX_RING + 16 * n + 8, (u32)(DEXT | 3 | (segments ? TSE : 0)) << 24);
    put32(memory + TX_RING + 16 * n + 12, (u32)header << 8 | (u32)mss << 16);
}

Test(e1000_82540em, checksums_go_where_the_context_says)                         /* POPTS IXSM, TXSM */
{
    unsigned size = tcp_frame(memory + TX_DATA, 101);
    u8 expected[200], *frame = memory + TX_DATA;

    memcpy(expected, frame, size);
    frame[24] = frame[25] = 0;
    u16 pseudo = internet_sum(6 + 20 + 101, frame + 26, 8);
    frame[50] = (u8)(pseudo >> 8), frame[51] = (u8)pseudo;
    context(0, false, 0, 0);
    descriptor(1, TX_DATA, size | 1 << 20 | (u32)(EOP | IFCS | DEXT) << 24, 3 << 8);
    transmit(2);
    cr_assert(frames_sent == 1 && sent_size[0] == size);
    cr_expect_eq(memcmp(sent[0], expected, size), 0);
}

Test(e1000_82540em, a_segmented_packet_becomes_frames_with_right_headers)        /* "TCP Segmentation" */
{
    enum { PAYLOAD = 2500, MSS = 1000 };
    u8 *frame = memory + TX_DATA;

    tcp_frame(frame, PAYLOAD);
    frame[16] = frame[17] = frame[24] = frame[25] = 0;
    frame[18] = 0x12, frame[19] = 0xff;
    u16 pseudo = internet_sum(6, frame + 26, 8);
    frame[50] = (u8)(pseudo >> 8), frame[51] = (u8)pseudo;
    context(0, true, 54, MSS);
    descriptor(1, TX_DATA, 54 | 1 << 20 | (u32)(IFCS | DEXT | TSE) << 24, 3 << 8);
    descriptor(2, TX_DATA + 54, PAYLOAD | 1 << 20 | (u32)(EOP | IFCS | DEXT | TSE | RS) << 24, 0);
    transmit(3);
    cr_assert_eq(frames_sent, 3);
    for (unsigned n = 0; n < 3; n++) {
        const u8 *ip = sent[n] + 14, *tcp = ip + 20;
        unsigned piece = n < 2 ? MSS : PAYLOAD - 2 * MSS;
        cr_expect_eq(sent_size[n], 54 + piece);
        cr_expect_eq(word(ip + 2), 40 + piece);
        cr_expect_eq(word(ip + 4), 0x12ff + n);
        cr_expect_eq(word(tcp + 6), 100 + n * MSS);
        cr_expect_eq(tcp[13], n < 2 ? 0x10 : 0x19, "FIN and PSH on the last alone");
        cr_expect_eq(internet_sum(0, ip, 20), 0xffff);
        cr_expect_eq(internet_sum(internet_sum(6 + 20 + piece, ip + 12, 8), tcp, 20 + piece), 0xffff);
        cr_expect_eq(memcmp(tcp + 20, memory + TX_DATA + 54 + n * MSS, piece), 0);
    }
}

Test(e1000_82540em, a_tag_is_inserted_behind_the_addresses)                      /* VLE */
{
    memset(memory + TX_DATA, 0x44, 100);
    out(CTRL, in(CTRL) | CTRL_VME);
    descriptor(0, TX_DATA, 100 | (u32)(EOP | IFCS | VLE) << 24, 0x2064u << 16);
    transmit(1);
    cr_expect(sent_size[0] == 104 && get32(sent[0] + 12) == 0x64200081 && sent[0][16] == 0x44);
}

Test(e1000_82540em, without_IFCS_a_packet_brings_its_own)
{
    memset(memory + TX_DATA, 0x44, 100);
    put32(memory + TX_DATA + 100, frame_fcs(memory + TX_DATA, 100));
    descriptor(0, TX_DATA, 104 | (u32)EOP << 24, 0);
    transmit(1);
    cr_expect(frames_sent == 1 && sent_size[0] == 100);
}

Test(e1000_82540em, loopback_brings_frames_back_and_nothing_else)
{
    receiver(1 << 6);
    memset(memory + TX_DATA, 0x66, 100);
    memcpy(memory + TX_DATA, own, 6);
    frame_for(own, 60, 0);
    cr_expect_eq(in(RDH), 0);
    descriptor(0, TX_DATA, 100 | (u32)(EOP | IFCS) << 24, 0);
    transmit(1);
    cr_expect(frames_sent == 0 && in(RDH) == 1 && memory[RX_BUFFERS + 99] == 0x66);
}

Test(e1000_82540em, without_PCIs_leave_it_touches_no_memory)
{
    descriptor(0, TX_DATA, 100 | (u32)(EOP | IFCS | RS) << 24, 0);
    e1000_82540em_config_write(&nic, 4, 3);
    transmit(1);
    cr_expect(frames_sent == 0 && !(memory[TX_RING + 12] & 1));
    e1000_82540em_config_write(&nic, 4, 7);
    bench_run(&bench, 10000);
    cr_expect_eq(frames_sent, 1);
}

Test(e1000_82540em, any_register_values_in_any_order_keep_the_invariant)
{
    static const u32 places[] = { CTRL, EECD, EERD, MDIC, ICR, ITR, ICS, IMS, IMC, RCTL, TCTL, RDBAL, RDLEN, RDH, RDT, RDTR, RADV, TDBAL, TDLEN, TDH, TDT, TIDV, RXCSUM };
    u64 state = 88172645463325252ull;
    u8 frame[1518] = { 0 };

    for (unsigned i = 0; i < 200000; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        u32 value = (u32)(state >> 24), at = state & 3 ? places[(state >> 8) % ARRAY_COUNT(places)] : (u32)(state >> 8) % 0x6000;
        if (value & 1) value &= 0xfff;
        if (i % 100 == 0) for (unsigned k = 0; k < 0x400; k++) memory[TX_RING + k] = memory[RX_RING + k] = (u8)(state >> (k & 31)) ^ (u8)(k * 37);
        if (i % 1000 == 0) out(TDBAL, TX_RING), out(RDBAL, RX_RING), out(RDH, 0), out(TDH, 0), out(RDLEN, 256), out(TDLEN, 256);
        switch (state >> 60 & 7) {
        case 0: (void)in(at & ~3u); break;
        case 1: frame[0] = (u8)value & 3; e1000_82540em_receive(&nic, frame, (unsigned)(state >> 8) % 1519); break;
        case 2: bench_run(&bench, value & 0xfff); break;
        case 3: e1000_82540em_memory_write(&nic, at, 1u << (state >> 56 & 3), value); break;
        default: e1000_82540em_memory_write(&nic, at & ~3u, 4, value); break;
        }
        if (i % 100 == 0) cr_assert_null(e1000_82540em_invariant(&nic), "%s after %u", e1000_82540em_invariant(&nic), i);
    }
}
