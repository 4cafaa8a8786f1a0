#ifndef ORRERY_CHIP_E1000_82540EM_H
#define ORRERY_CHIP_E1000_82540EM_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"
#include "devices/chip/pci_config.h"

enum { E1000_MEMORY_BYTES = 0x20000, E1000_PORTS = 64, E1000_EEPROM_WORDS = 64, E1000_PHY_REGISTERS = 32, E1000_STATISTICS = 64, E1000_ADDRESSES = 16,
       E1000_PACKET_BYTES = 65536 + 256 };

/* Registers that keep what is written under a mask.  What a write does besides is in e1000_82540em.c.
 *        offset  name    reset       writable    meaning */
#define E1000_REGISTERS(X, ONE) \
    X(ONE, 0x0000, ctrl,   0x00000249, 0x7bffffff, "CTRL: device control: SLU, VME, speed, duplex")          \
    X(ONE, 0x0018, ctrlx,  0x00000000, 0xffffffff, "CTRL_EXT")                                               \
    X(ONE, 0x0028, fcal,   0x00000000, 0xffffffff, "FCAL: flow control address")                             \
    X(ONE, 0x002c, fcah,   0x00000000, 0x0000ffff, "FCAH")                                                   \
    X(ONE, 0x0030, fct,    0x00000000, 0x0000ffff, "FCT: flow control type")                                 \
    X(ONE, 0x0038, vet,    0x00008100, 0x0000ffff, "VET: VLAN Ethertype")                                    \
    X(ONE, 0x00c4, itr,    0x00000000, 0x0000ffff, "ITR: least interval between interrupts, 256 ns")         \
    X(ONE, 0x0100, rctl,   0x00000000, 0x06dfb3fe, "RCTL: receive control")                                  \
    X(ONE, 0x0170, fcttv,  0x00000000, 0x0000ffff, "FCTTV: flow control transmit timer")                     \
    X(ONE, 0x0178, txcw,   0x00000000, 0xc000ffff, "TXCW")                                                   \
    X(ONE, 0x0400, tctl,   0x00000000, 0x017ffffa, "TCTL: transmit control")                                 \
    X(ONE, 0x0410, tipg,   0x00602008, 0x3fffffff, "TIPG: gap between packets")                              \
    X(ONE, 0x0458, aifs,   0x00000000, 0x0000ffff, "AIFS")                                                   \
    X(ONE, 0x0e00, ledctl, 0x07068302, 0xffffffff, "LEDCTL")                                                 \
    X(ONE, 0x1000, pba,    0x00100030, 0x0000007f, "PBA: packet buffer")                                     \
    X(ONE, 0x2160, fcrtl,  0x00000000, 0x8000fff8, "FCRTL")                                                  \
    X(ONE, 0x2168, fcrth,  0x00000000, 0x0000fff8, "FCRTH")                                                  \
    X(ONE, 0x2800, rdbal,  0x00000000, 0xfffffff0, "RDBAL: receive descriptors, low")                        \
    X(ONE, 0x2804, rdbah,  0x00000000, 0xffffffff, "RDBAH: high")                                            \
    X(ONE, 0x2808, rdlen,  0x00000000, 0x000fff80, "RDLEN: bytes of them")                                   \
    X(ONE, 0x2810, rdh,    0x00000000, 0x0000ffff, "RDH: head")                                              \
    X(ONE, 0x2818, rdt,    0x00000000, 0x0000ffff, "RDT: tail")                                              \
    X(ONE, 0x2820, rdtr,   0x00000000, 0x0000ffff, "RDTR: receive delay timer, 1.024 us")                    \
    X(ONE, 0x2828, rxdctl, 0x01000000, 0x013f3f3f, "RXDCTL")                                                 \
    X(ONE, 0x282c, radv,   0x00000000, 0x0000ffff, "RADV: receive absolute delay, 1.024 us")                 \
    X(ONE, 0x2c00, rsrpd,  0x00000000, 0x00000fff, "RSRPD: small packets are announced at once")             \
    X(ONE, 0x3800, tdbal,  0x00000000, 0xfffffff0, "TDBAL: transmit descriptors, low")                       \
    X(ONE, 0x3804, tdbah,  0x00000000, 0xffffffff, "TDBAH: high")                                            \
    X(ONE, 0x3808, tdlen,  0x00000000, 0x000fff80, "TDLEN: bytes of them")                                   \
    X(ONE, 0x3810, tdh,    0x00000000, 0x0000ffff, "TDH: head")                                              \
    X(ONE, 0x3818, tdt,    0x00000000, 0x0000ffff, "TDT: tail")                                              \
    X(ONE, 0x3820, tidv,   0x00000000, 0x0000ffff, "TIDV: transmit delay, 1.024 us")                         \
    X(ONE, 0x3828, txdctl, 0x00000000, 0xff3f3f3f, "TXDCTL")                                                 \
    X(ONE, 0x382c, tadv,   0x00000000, 0x0000ffff, "TADV: transmit absolute delay, 1.024 us")                \
    X(ONE, 0x3830, tspmt,  0x01000400, 0xffffffff, "TSPMT")                                                  \
    X(ONE, 0x5000, rxcsum, 0x00000000, 0x000003ff, "RXCSUM: TUOFLD, IPOFLD, PCSS")                           \
    X(ONE, 0x5800, wuc,    0x00000000, 0x0000000f, "WUC: wake up control")                                   \
    X(ONE, 0x5808, wufc,   0x00000000, 0x000f80ff, "WUFC: wake up filters")                                  \
    X(ONE, 0x5820, manc,   0x00000000, 0xffffffff, "MANC: management control")                               \
    X(ONE, 0x5838, ipav,   0x00000000, 0x0001000f, "IPAV")
#define E1000_FIELD(ONE, at, name, reset, writable, meaning) ONE(u32, name, "bits", 0, 0xffffffff, meaning)

#define E1000_82540EM_STATE(ONE, MANY) \
    E1000_REGISTERS(E1000_FIELD, ONE) \
    /*    type  name                         unit     min         max  meaning                                            */ \
    ONE (u32,  icr,                          "bits",    0, 0x0001ffff, "ICR: interrupt causes")                              \
    ONE (u32,  ims,                          "bits",    0, 0x0001ffff, "IMS: mask, 1 lets a cause through")                  \
    ONE (u32,  eecd,                         "bits",    0,       0x7f, "EECD: REQ FWE DI CS SK as written")                  \
    ONE (u32,  eerd,                         "bits",    0, 0xffffffff, "EERD: the last word read")                           \
    ONE (u32,  mdic,                         "bits",    0, 0xffffffff, "MDIC: the last access to the PHY")                   \
    ONE (u32,  io_address,                   "",        0, 0xffffffff, "IOADDR: the register that IODATA is")                \
    MANY(u32,  ra, 2 * E1000_ADDRESSES,      "",        0, 0xffffffff, "RAL and RAH: receive addresses")                     \
    MANY(u32,  mta, 128,                     "bits",    0, 0xffffffff, "MTA: multicast table")                               \
    MANY(u32,  vfta, 128,                    "bits",    0, 0xffffffff, "VFTA: VLAN filter")                                  \
    MANY(u32,  statistics, E1000_STATISTICS, "",        0, 0xffffffff, "4000h on: statistics")                               \
    MANY(u16,  phy, E1000_PHY_REGISTERS,     "bits",    0,     0xffff, "registers of the PHY")                               \
    MANY(u16,  eeprom, E1000_EEPROM_WORDS,   "",        0,     0xffff, "words of the EEPROM")                                \
    ONE (u32,  ee_shift,                     "bits",    0, 0x01ffffff, "Microwire: bits that have come since the start bit") \
    ONE (u8,   ee_count,                     "",        0,         25, "how many")                                           \
    ONE (u16,  ee_output,                    "bits",    0,     0xffff, "bits on their way out, next in bit 15")              \
    ONE (u8,   ee_out_left,                  "",        0,         16, "how many")                                           \
    ONE (bool, ee_reading,                   "",        0,          1, "a READ goes on")                                     \
    ONE (bool, ee_writable,                  "",        0,          1, "EWEN")                                               \
    ONE (bool, ee_do,                        "",        0,          1, "level of DO")                                        \
    MANY(u8,   packet, E1000_PACKET_BYTES,   "",        0,       0xff, "the packet that descriptors bring")                  \
    ONE (u32,  packet_size,                  "bytes",   0, E1000_PACKET_BYTES, "so far")                                     \
    ONE (bool, packet_open,                  "",        0,          1, "its first descriptor has been read, its last not")   \
    ONE (bool, packet_ready,                 "",        0,          1, "it is whole, and frames of it are still to be sent") \
    ONE (u8,   packet_command,               "bits",    0,       0xff, "command of its last descriptor")                     \
    ONE (bool, packet_legacy,                "",        0,          1, "of legacy descriptors")                              \
    ONE (bool, packet_segments,              "",        0,          1, "TCP segmentation")                                   \
    ONE (u8,   packet_options,               "bits",    0,       0xff, "POPTS: TXSM, IXSM")                                  \
    ONE (u8,   packet_css,                   "",        0,       0xff, "CSS of a legacy descriptor")                         \
    ONE (u8,   packet_cso,                   "",        0,       0xff, "CSO")                                                \
    ONE (u16,  packet_special,               "",        0,     0xffff, "VLAN tag")                                           \
    ONE (u32,  packet_at,                    "bytes",   0, E1000_PACKET_BYTES, "payload that has been sent")                 \
    MANY(u32,  context, 8,                   "bits",    0, 0xffffffff, "context descriptors: for checksums, for segmentation") \
    ONE (bool, interrupting,                 "",        0,          1, "INTA# is asserted")                                  \
    ONE (u64,  throttled_until,              "tick",    0, UINT64_MAX, "ITR: no new interrupt before")                       \
    ONE (u64,  rx_first,                     "tick",    0, UINT64_MAX, "when the absolute receive delay ends")               \
    ONE (u64,  tx_first,                     "tick",    0, UINT64_MAX, "the same for transmission")                          \
    ONE (event, throttle,                    "tick",    0, UINT64_MAX, "the interval of ITR has passed")                     \
    ONE (event, rx_delay,                    "tick",    0, UINT64_MAX, "RXT0 is due")                                        \
    ONE (event, tx_delay,                    "tick",    0, UINT64_MAX, "TXDW is due")                                        \
    ONE (event, transmit,                    "tick",    0, UINT64_MAX, "the cable is free for the next frame")               \
    MANY(u8,   config, PCI_CONFIG_BYTES,     "",        0,       0xff, "configuration space")

/* What the board joins to it. */
struct e1000_wires {
    struct clock *clock;
    struct line *irq;
    struct frame_sink cable;
    void *board;
    void (*decode_changed)(void *board);
    void (*memory_read)(void *board, u64 pa, u8 *bytes, unsigned size);
    void (*memory_write)(void *board, u64 pa, const u8 *bytes, unsigned size);
};

struct e1000_82540em {
    STATE_MEMBERS(E1000_82540EM_STATE)
    struct e1000_wires wires;
};

extern const struct state_layout e1000_82540em_state;

/* Another card of the kind stands in its place: its EEPROM has another address, and so has the register that was loaded from it. */
void e1000_82540em_readdress(struct e1000_82540em *e, const u8 *mac);
void e1000_82540em_init(struct e1000_82540em *e, const struct e1000_wires *wires, const u8 *mac);
void e1000_82540em_reset(struct e1000_82540em *e);
/* Its 128 KiB of memory space, and its 64 ports (IOADDR, IODATA). */
u64 e1000_82540em_memory_read(void *chip, u64 at, unsigned size_bytes);
void e1000_82540em_memory_write(void *chip, u64 at, unsigned size_bytes, u64 value);
u32 e1000_82540em_port_read(void *chip, unsigned reg, unsigned size_bytes);
void e1000_82540em_port_write(void *chip, unsigned reg, unsigned size_bytes, u32 value);
/* A frame has come from the cable, without its FCS. */
void e1000_82540em_receive(void *chip, const u8 *frame, unsigned size_bytes);
/* False while a frame that comes would be lost for want of descriptors. */
bool e1000_82540em_ready(const void *chip);
u8 e1000_82540em_config_read(void *chip, unsigned at);
void e1000_82540em_config_write(void *chip, unsigned at, u8 value);
const char *e1000_82540em_invariant(const struct e1000_82540em *e);

#endif
