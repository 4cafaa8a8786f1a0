#ifndef ORRERY_CHIP_NE2000_DP8390_H
#define ORRERY_CHIP_NE2000_DP8390_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"
#include "devices/chip/pci_config.h"

enum { NE2000_RAM_BYTES = 16384, NE2000_PROM_BYTES = 32, NE2000_PORTS = 32 };

#define NE2000_DP8390_STATE(ONE, MANY) \
    /*    type  name                      unit    min         max  meaning                                                  */ \
    ONE (u8,   cr,                        "bits",   0,       0xff, "CR: PS1 PS0 RD2 RD1 RD0 TXP STA STP")                      \
    ONE (bool, running,                   "",       0,          1, "STA has been given, and STP not since")                   \
    ONE (u8,   isr,                       "bits",   0,       0xff, "ISR: RST RDC CNT OVW TXE RXE PTX PRX")                     \
    ONE (u8,   imr,                       "bits",   0,       0x7f, "IMR")                                                      \
    ONE (u8,   dcr,                       "bits",   0,       0x7f, "DCR: FT1 FT0 ARM LS LAS BOS WTS")                          \
    ONE (u8,   tcr,                       "bits",   0,       0x1f, "TCR: OFST ATD LB1 LB0 CRC")                                \
    ONE (u8,   rcr,                       "bits",   0,       0x3f, "RCR: MON PRO AM AB AR SEP")                                \
    ONE (u8,   tsr,                       "bits",   0,       0xff, "TSR: OWC CDH FU CRS ABT COL ND PTX")                       \
    ONE (u8,   rsr,                       "bits",   0,       0xff, "RSR: DFR DIS PHY MPA FO FAE CRC PRX")                      \
    MANY(u8,   tally, 3,                  "",       0,        192, "CNTR0 alignment errors, CNTR1 CRC errors, CNTR2 missed packets") \
    ONE (u8,   pstart,                    "page",   0,       0xff, "PSTART: first page of the receive ring")                   \
    ONE (u8,   pstop,                     "page",   0,       0xff, "PSTOP: first page behind it")                              \
    ONE (u8,   bnry,                      "page",   0,       0xff, "BNRY: first page that is not read yet")                    \
    ONE (u8,   curr,                      "page",   0,       0xff, "CURR: where the next packet begins")                       \
    ONE (u8,   tpsr,                      "page",   0,       0xff, "TPSR: where the packet to send begins")                    \
    ONE (u16,  tbcr,                      "bytes",  0,     0xffff, "TBCR: its length")                                         \
    ONE (u16,  rsar,                      "",       0,     0xffff, "RSAR: start of remote DMA")                                \
    ONE (u16,  rbcr,                      "bytes",  0,     0xffff, "RBCR: its length")                                         \
    ONE (u16,  crda,                      "",       0,     0xffff, "CRDA: address of remote DMA")                              \
    ONE (u16,  remote_left,               "bytes",  0,     0xffff, "bytes that remote DMA still moves")                        \
    ONE (u8,   remote,                    "",       0,          3, "remote DMA: 0 none, 1 read, 2 write, 3 send packet")       \
    ONE (u8,   send_next,                 "page",   0,       0xff, "BNRY once a send packet command has ended")                \
    ONE (u16,  clda,                      "",       0,     0xffff, "CLDA: address of local DMA")                               \
    MANY(u8,   par, 6,                    "",       0,       0xff, "PAR: physical address")                                    \
    MANY(u8,   mar, 8,                    "",       0,       0xff, "MAR: multicast hash")                                      \
    MANY(u8,   fifo, 8,                   "",       0,       0xff, "FIFO after a loopback")                                    \
    ONE (u8,   fifo_at,                   "",       0,          7, "its next byte to read")                                    \
    ONE (bool, full,                      "",       0,          1, "the last packet ended where BNRY is")                      \
    ONE (bool, overflowed,                "",       0,          1, "a packet found the ring full")                             \
    MANY(u8,   prom, NE2000_PROM_BYTES,   "",       0,       0xff, "address PROM, each byte twice")                            \
    MANY(u8,   ram, NE2000_RAM_BYTES,     "",       0,       0xff, "buffer memory, at 4000h")                                  \
    MANY(u8,   config, PCI_CONFIG_BYTES,  "",       0,       0xff, "configuration space of an RTL8029")                        \
    ONE (u8,   eeprom_command,            "bits",   0,       0xff, "9346CR of an RTL8029")                                     \
    ONE (u8,   config3,                   "bits",   0,       0xff, "CONFIG3 of an RTL8029")                                    \
    ONE (event, sent,                     "tick",   0, UINT64_MAX, "the packet that is sent has left")

/* What the board joins to it. */
struct ne2000_wires {
    struct clock *clock;
    struct line *irq;
    struct frame_sink cable;
    bool is_pci;                                 /* an RTL8029: it has configuration space, page 3 and an identity in page 0 */
    void *board;
    void (*decode_changed)(void *board);
};

struct ne2000_dp8390 {
    STATE_MEMBERS(NE2000_DP8390_STATE)
    struct ne2000_wires wires;
};

extern const struct state_layout ne2000_dp8390_state;

/* Another card of the kind stands in its place: its address PROM is another one, and what software has copied from the old one. */
void ne2000_dp8390_readdress(struct ne2000_dp8390 *n, const u8 *mac);
void ne2000_dp8390_init(struct ne2000_dp8390 *n, const struct ne2000_wires *wires, const u8 *mac);
void ne2000_dp8390_reset(struct ne2000_dp8390 *n);
/* reg 0-15 the controller, 16-23 the data port, 24-31 the reset port. */
u8 ne2000_dp8390_read(void *chip, unsigned reg);
void ne2000_dp8390_write(void *chip, unsigned reg, u8 value);
u32 ne2000_dp8390_read_wide(void *chip, unsigned reg, unsigned size_bytes);
void ne2000_dp8390_write_wide(void *chip, unsigned reg, unsigned size_bytes, u32 value);
u32 ne2000_dp8390_block_read(void *chip, unsigned reg, unsigned size_bytes, u32 count, u8 *to);
u32 ne2000_dp8390_block_write(void *chip, unsigned reg, unsigned size_bytes, u32 count, const u8 *from);
/* A frame has come from the cable, without its FCS. */
void ne2000_dp8390_receive(void *chip, const u8 *frame, unsigned size_bytes);
/* False while a frame that comes would be lost because the ring is full. */
bool ne2000_dp8390_ready(const void *chip);
u8 ne2000_dp8390_config_read(void *chip, unsigned at);
void ne2000_dp8390_config_write(void *chip, unsigned at, u8 value);
const char *ne2000_dp8390_invariant(const struct ne2000_dp8390 *n);

#endif
