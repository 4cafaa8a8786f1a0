/* 82540EM Gigabit Ethernet controller.                                                     doc: network
 *         +-----------+   0000 CTRL   0008 STATUS 0010 EECD   0014 EERD   0020 MDIC   00C0 ICR    00C4 ITR    00C8 ICS    00D0 IMS   00D8 IMC
 *  PCI <> |           |   0100 RCTL   2800 RDBAL  2804 RDBAH  2808 RDLEN  2810 RDH    2818 RDT    2820 RDTR   282C RADV   5000 RXCSUM
 *   INTA# |< 82540EM  |<> 0400 TCTL   3800 TDBAL  3804 TDBAH  3808 TDLEN  3810 TDH    3818 TDT    3820 TIDV   382C TADV
 *         |           |   4000-40FF statistics, cleared by a read         5200 MTA    5400 RAL, RAH           5600 VFTA
 *         +-----------+   IOADDR, IODATA: the same registers by ports
 * Source: Intel 317453, "PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual".
 * Not modelled: jumbo frames (nothing longer than 1518 bytes is sent or taken), flow control, wake-up, management, the packet buffer (a frame
 * without a descriptor is lost), TXD_LOW, flash, power management and MSI capabilities. */
#include "devices/chip/e1000_parts.h"

#include <string.h>

enum { R_CTRL = 0x0000, R_CTRL_COPY = 0x0004, R_STATUS = 0x0008, R_EECD = 0x0010, R_EERD = 0x0014, R_MDIC = 0x0020, R_ICR = 0x00c0, R_ICS = 0x00c8, R_IMS = 0x00d0,
       R_IMC = 0x00d8, R_TCTL = 0x0400, R_RDTR = 0x2820, R_TDT = 0x3818, R_TIDV = 0x3820, R_STATISTICS = 0x4000, R_MTA = 0x5200, R_RA = 0x5400, R_VFTA = 0x5600 };
enum { STATUS_FD = 1, STATUS_LU = 2, STATUS_1000 = 0x80, STATUS_ASDV_1000 = 0x200, CAUSES = 0x0001ffff, RAH_AV = 1u << 31, FLUSH = 1u << 31 };
enum { PORT_ADDRESS = 0, PORT_DATA = 4 };

#define STATE_OWNER struct e1000_82540em
STATE_LAYOUT_OF(e1000_82540em_state, "e1000_82540em", E1000_82540EM_STATE, e1000_82540em_invariant);

static const struct pci_register rows[] = {
    /* at   size reset       writable    cleared */
    { 0x00, 4, 0x100e8086, 0,          0          },     /* VID, DID */
    { 0x04, 2, 0x0000,     0x0157,     0          },     /* Command: ports, memory, master, MWI, parity, SERR# */
    { 0x06, 2, 0x0220,     0,          0xf900     },     /* Status */
    { 0x08, 4, 0x02000002, 0,          0          },     /* RID, class: Ethernet controller */
    { 0x0c, 1, 0x00,       0xff,       0          },     /* cache line */
    { 0x0d, 1, 0x00,       0xf8,       0          },     /* latency timer */
    { 0x10, 4, 0x00000000, 0xfffe0000, 0          },     /* registers: 128 KiB of memory */
    { 0x18, 4, 0x00000001, 0xffffffc0, 0          },     /* IOADDR, IODATA: 64 ports */
    { 0x2c, 4, 0x001e8086, 0,          0          },     /* subsystem */
    { 0x3c, 1, 0x00,       0xff,       0          },
    { 0x3d, 1, 0x01,       0,          0          },     /* INTA# */
    { 0x3e, 1, 0xff,       0,          0          },     /* Min_Gnt */
};
static const struct pci_registers registers = { rows, ARRAY_COUNT(rows) };

/* The registers of the list. */
static const struct {
    u32 at, offset, reset, writable;
} kept[] = {
#define ROW(unused, at, name, reset, writable, meaning) { at, offsetof(struct e1000_82540em, name), reset, writable },
    E1000_REGISTERS(ROW, _)
#undef ROW
};

static u32 *kept_at(struct e1000_82540em *e, u32 at, u32 *writable)
{
    for (unsigned n = 0; n < ARRAY_COUNT(kept); n++) {
        if (kept[n].at != at) continue;
        *writable = kept[n].writable;
        return (u32 *)((u8 *)e + kept[n].offset);
    }
    return NULL;
}

bool e1000_masters(const struct e1000_82540em *e) { return e->config[PCI_COMMAND] & COMMAND_MASTER; }
u64 e1000_ticks_of_units(const struct e1000_82540em *e, u32 units) { return clock_ticks_of_ns(e->wires.clock, (u64)units * 1024); }

/* --- interrupts: causes, mask, throttle.  "Interrupt Handling" --- */

static void update(struct e1000_82540em *e)
{
    bool asked = e->icr & e->ims;
    u64 now = clock_now(e->wires.clock);

    if (!asked) e->interrupting = false;
    else if (!e->interrupting && now < e->throttled_until) clock_at(e->wires.clock, &e->throttle, e->throttled_until);
    else if (!e->interrupting) {
        e->interrupting = true;
        if (e->itr) e->throttled_until = now + clock_ticks_of_ns(e->wires.clock, e->itr * 256ull);
    }
    line_set(e->wires.irq, e->interrupting);
}

static void on_throttle(void *chip) { update(chip); }

void e1000_cause(struct e1000_82540em *e, u32 causes)
{
    e->icr |= causes & CAUSES;
    update(e);
}

static void on_rx_delay(void *chip)
{
    struct e1000_82540em *e = chip;

    e->rx_first = NEVER;
    e1000_cause(e, ICR_RXT0);
}

static void on_tx_delay(void *chip)
{
    struct e1000_82540em *e = chip;

    e->tx_first = NEVER;
    e1000_cause(e, ICR_TXDW);
}

/* --- statistics --- */

/* They stop at their greatest value. */
void e1000_count(struct e1000_82540em *e, unsigned statistic)
{
    if (e->statistics[statistic] != 0xffffffff) e->statistics[statistic]++;
}

static void count_octets(struct e1000_82540em *e, unsigned low, unsigned size)
{
    u64 sum = (e->statistics[low] | (u64)e->statistics[low + 1] << 32) + size;

    e->statistics[low] = (u32)sum;
    e->statistics[low + 1] = (u32)(sum >> 32);
}

void e1000_count_frame(struct e1000_82540em *e, bool sent, const u8 *frame, unsigned size)
{
    unsigned length = size <= 64 ? 0 : size <= 127 ? 1 : size <= 255 ? 2 : size <= 511 ? 3 : size <= 1023 ? 4 : 5;
    bool broadcast = true;

    for (unsigned i = 0; i < ADDRESS_BYTES; i++) broadcast &= frame[i] == 0xff;
    e1000_count(e, sent ? GPTC : GPRC);
    e1000_count(e, sent ? TPT : TPR);
    e1000_count(e, (sent ? PTC64 : PRC64) + length);
    if (broadcast) e1000_count(e, sent ? BPTC : BPRC);
    else if (frame[0] & 1) e1000_count(e, sent ? MPTC : MPRC);
    count_octets(e, sent ? GOTCL : GORCL, size);
    count_octets(e, sent ? TOTL : TORL, size);
}

/* A read clears; of 64 bits the upper half does, for both. */
static u32 statistic_read(struct e1000_82540em *e, unsigned n)
{
    static const u8 wide[] = { GORCL, GOTCL, TORL, TOTL };
    u32 value = e->statistics[n];

    for (unsigned i = 0; i < ARRAY_COUNT(wide); i++) {
        if (n == wide[i]) return value;
        if (n == wide[i] + 1u) e->statistics[n - 1] = 0;
    }
    e->statistics[n] = 0;
    return value;
}

/* --- registers --- */

/* "Device Status Register": the cable's other end speaks 1000 Mbit/s in full duplex, and is always there. */
static u32 status(const struct e1000_82540em *e)
{
    return STATUS_FD | STATUS_1000 | STATUS_ASDV_1000 | (e->ctrl & CTRL_SLU ? STATUS_LU : 0);
}

/* "CTRL.RST": all but configuration space, PHY, EEPROM and what the EEPROM gives. */
static void software_reset(struct e1000_82540em *e)
{
    struct clock *clock = e->wires.clock;

    for (unsigned n = 0; n < ARRAY_COUNT(kept); n++) *(u32 *)((u8 *)e + kept[n].offset) = kept[n].reset;
    e->icr = e->ims = 0;
    memset(e->ra, 0, sizeof e->ra);
    memset(e->statistics, 0, sizeof e->statistics);
    e->ra[0] = e->eeprom[0] | (u32)e->eeprom[1] << 16;
    e->ra[1] = e->eeprom[2] | RAH_AV;
    e->packet_open = e->packet_ready = false;
    e->packet_size = e->packet_at = 0;
    e->throttled_until = 0;
    e->rx_first = e->tx_first = NEVER;
    clock_cancel(clock, &e->throttle);
    clock_cancel(clock, &e->rx_delay);
    clock_cancel(clock, &e->tx_delay);
    clock_cancel(clock, &e->transmit);
    update(e);
}

static u32 *table_at(struct e1000_82540em *e, u32 at)
{
    if (at - R_MTA < sizeof e->mta) return &e->mta[(at - R_MTA) / 4];
    if (at - R_RA < sizeof e->ra) return &e->ra[(at - R_RA) / 4];
    if (at - R_VFTA < sizeof e->vfta) return &e->vfta[(at - R_VFTA) / 4];
    return NULL;
}

static u32 icr_read(struct e1000_82540em *e)
{
    u32 causes = e->icr;

    e->icr = 0;
    update(e);
    return causes;
}

static u32 register_read(struct e1000_82540em *e, u32 at)
{
    u32 writable, *kept_register = kept_at(e, at == R_CTRL_COPY ? R_CTRL : at, &writable), *table = table_at(e, at);

    if (kept_register) return *kept_register;
    if (table) return *table;
    if (at - R_STATISTICS < sizeof e->statistics) return statistic_read(e, (at - R_STATISTICS) / 4);
    switch (at) {
    case R_STATUS: return status(e);
    case R_EECD: return e1000_eecd_read(e);
    case R_EERD: return e->eerd;
    case R_MDIC: return e->mdic;
    case R_ICR: return icr_read(e);
    case R_IMS: return e->ims;
    default: return 0;
    }
}

static void control_write(struct e1000_82540em *e, u32 value, u32 before)
{
    if (value & CTRL_RST) {
        software_reset(e);
        return;
    }
    if (value & 1u << 31) e1000_phy_reset(e);
    if ((value ^ before) & CTRL_SLU) e1000_cause(e, ICR_LSC);
}

/* What a write to a kept register does besides. */
static void kept_written(struct e1000_82540em *e, u32 at, u32 value, u32 before)
{
    switch (at) {
    case R_CTRL: control_write(e, value, before); break;
    case R_TCTL: case R_TDT: e1000_transmit_start(e); break;
    case R_RDTR: if (value & FLUSH && e->rx_delay.at != NEVER) clock_cancel(e->wires.clock, &e->rx_delay), on_rx_delay(e); break;
    case R_TIDV: if (value & FLUSH && e->tx_delay.at != NEVER) clock_cancel(e->wires.clock, &e->tx_delay), on_tx_delay(e); break;
    default: break;
    }
}

static void register_write(struct e1000_82540em *e, u32 at, u32 value)
{
    u32 writable = 0, *kept_register = kept_at(e, at == R_CTRL_COPY ? R_CTRL : at, &writable), *table = table_at(e, at);

    if (kept_register) {
        u32 before = *kept_register;
        *kept_register = (before & ~writable) | (value & writable);
        kept_written(e, at == R_CTRL_COPY ? R_CTRL : at, value, before);
        return;
    }
    if (table) *table = value;
    switch (at) {
    case R_EECD: e1000_eecd_write(e, value); break;
    case R_EERD: e1000_eerd_write(e, value); break;
    case R_MDIC: e1000_mdic_write(e, value); break;
    case R_ICR: e->icr &= ~value; update(e); break;
    case R_ICS: e1000_cause(e, value); break;
    case R_IMS: e->ims |= value & CAUSES; update(e); break;
    case R_IMC: e->ims &= ~value; update(e); break;
    default: break;
    }
}

/* --- the bus: registers are doublewords; a narrower read gives its part, a narrower write does nothing --- */

u64 e1000_82540em_memory_read(void *chip, u64 at, unsigned size)
{
    struct e1000_82540em *e = chip;

    if (size == 8) return register_read(e, (u32)at & ~3u) | (u64)register_read(e, ((u32)at & ~3u) + 4) << 32;
    return low_bits(register_read(e, (u32)at & ~3u) >> 8 * (at & 3), 8 * size);
}

void e1000_82540em_memory_write(void *chip, u64 at, unsigned size, u64 value)
{
    if (size < 4) return;
    register_write(chip, (u32)at & ~3u, (u32)value);
    if (size == 8) register_write(chip, ((u32)at & ~3u) + 4, (u32)(value >> 32));
}

/* "I/O-Mapped Internal Registers" */
u32 e1000_82540em_port_read(void *chip, unsigned reg, unsigned size)
{
    struct e1000_82540em *e = chip;

    if (size != 4) return 0xffffffff;
    if (reg == PORT_ADDRESS) return e->io_address;
    return reg == PORT_DATA && e->io_address < E1000_MEMORY_BYTES ? register_read(e, e->io_address & ~3u) : 0;
}

void e1000_82540em_port_write(void *chip, unsigned reg, unsigned size, u32 value)
{
    struct e1000_82540em *e = chip;

    if (size != 4) return;
    if (reg == PORT_ADDRESS) e->io_address = value;
    if (reg == PORT_DATA && e->io_address < E1000_MEMORY_BYTES) register_write(e, e->io_address & ~3u, value);
}

u8 e1000_82540em_config_read(void *chip, unsigned at) { return ((struct e1000_82540em *)chip)->config[at & 0xff]; }

void e1000_82540em_config_write(void *chip, unsigned at, u8 value)
{
    struct e1000_82540em *e = chip;

    pci_config_write(e->config, registers, at & 0xff, value);
    e->wires.decode_changed(e->wires.board);
    e1000_transmit_start(e);
}

/* --- life --- */

void e1000_82540em_readdress(struct e1000_82540em *e, const u8 *mac)
{
    bool loaded = e->ra[0] == (e->eeprom[0] | (u32)e->eeprom[1] << 16) && (u16)e->ra[1] == e->eeprom[2];

    e1000_eeprom_readdress(e, mac);
    if (!loaded) return;
    e->ra[0] = get32(mac);
    e->ra[1] = (e->ra[1] & 0xffff0000) | get16(mac + 4);
}

void e1000_82540em_init(struct e1000_82540em *e, const struct e1000_wires *wires, const u8 *mac)
{
    memset(e, 0, sizeof *e);
    e->wires = *wires;
    clock_add(wires->clock, &e->throttle, on_throttle, e);
    clock_add(wires->clock, &e->rx_delay, on_rx_delay, e);
    clock_add(wires->clock, &e->tx_delay, on_tx_delay, e);
    clock_add(wires->clock, &e->transmit, e1000_on_transmit, e);
    e1000_eeprom_init(e, mac);
    e1000_phy_reset(e);
    pci_config_reset(e->config, registers);
    software_reset(e);
}

void e1000_82540em_reset(struct e1000_82540em *e)
{
    pci_config_reset(e->config, registers);
    e1000_phy_reset(e);
    software_reset(e);
    e->eecd = e->eerd = e->mdic = e->io_address = 0;
    memset(e->mta, 0, sizeof e->mta);
    memset(e->vfta, 0, sizeof e->vfta);
    e->wires.decode_changed(e->wires.board);
}

const char *e1000_82540em_invariant(const struct e1000_82540em *e)
{
    if (state_out_of_range(&e1000_82540em_state, e)) return "every field is in the range its list gives";
    if (e->wires.irq && e->wires.irq->level != e->interrupting) return "INTA# is what it was told to be";
    if (e->interrupting && !(e->icr & e->ims)) return "an interrupt has a cause";
    if (e->icr & e->ims && !e->interrupting && e->throttle.at == NEVER) return "a cause interrupts, at once or when the throttle lets it";
    if (e->packet_ready && e->packet_open) return "a packet is read or sent";
    if (e->packet_ready && e->transmit.at == NEVER) return "a packet that is ready is sent";
    return pci_config_valid(e->config, registers) ? NULL : "bits that cannot be written are as reset left them";
}
