/* NE2000: DP8390D network interface controller with 16 KiB of buffer memory; RTL8029 on PCI.      doc: network
 *            +--------+      reg 0   CR    PS1 PS0 RD2 RD1 RD0 TXP STA STP: page, remote DMA, transmit, start, stop
 *  A0..3 IOR |        |          1-15 page 0 (PS = 0)      read                     write                     page 1          page 2, read
 *  IOW    >| |        |               1, 2   CLDA0, 1                 PSTART, PSTOP             PAR0, 1         PSTART, PSTOP
 *  D0..15 <> | DP8390 |               3      BNRY                     BNRY                      PAR2            remote next packet
 *      INT < |        |               4      TSR                      TPSR                      PAR3            TPSR
 *            |  RAM   |> cable        5, 6   NCR, FIFO                TBCR0, 1                  PAR4, 5         local next packet, address
 *            |  PROM  |<              7      ISR                      ISR (a 1 clears)          CURR            address counter
 *            +--------+               8, 9   CRDA0, 1                 RSAR0, 1                  MAR0, 1
 *                                     10-15  -, -, RSR, CNTR0-2       RBCR0, 1 RCR TCR DCR IMR  MAR2-7          RCR TCR DCR IMR at 12-15
 *      reg 16-23  data port of remote DMA          24-31  reset port
 * Memory of remote DMA: 0000h PROM (station address, each byte twice, 57h 57h), 4000h-7FFFh RAM.
 * Sources: National Semiconductor DP8390D/NS32490D data sheet (1995); AN-937; Realtek RTL8029AS data sheet (page 3, PCI).
 * Not modelled: collisions and frame errors (the cable has none), byte lanes of a loopback in word mode, the RTL8029's serial EEPROM. */
#include "devices/chip/ne2000_parts.h"

#include <string.h>

enum { R_CR = 0, DATA_PORT = 16, RESET_PORT = 24 };
enum { REMOTE_READ = 1, REMOTE_WRITE = 2, REMOTE_SEND = 3 };
enum { PROM_SIGNATURE = 0x57 };

#define STATE_OWNER struct ne2000_dp8390
STATE_LAYOUT_OF(ne2000_dp8390_state, "ne2000_dp8390", NE2000_DP8390_STATE, ne2000_dp8390_invariant);

static const struct pci_register rows[] = {
    /* at   size reset       writable    cleared */
    { 0x00, 4, 0x802910ec, 0,          0          },     /* VID, DID */
    { 0x04, 2, 0x0000,     0x0003,     0          },     /* Command: ports; memory, which the ROM would need */
    { 0x06, 2, 0x0200,     0,          0x3800     },     /* Status */
    { 0x08, 4, 0x02000000, 0,          0          },     /* RID, class: Ethernet controller */
    { 0x10, 4, 0x00000001, 0xffffffe0, 0          },     /* BASE: 32 ports */
    { 0x2c, 4, 0x802910ec, 0,          0          },     /* subsystem */
    { 0x3c, 1, 0x00,       0xff,       0          },     /* ILR */
    { 0x3d, 1, 0x01,       0,          0          },     /* IPR: INTA# */
};
static const struct pci_registers registers = { rows, ARRAY_COUNT(rows) };

void ne2000_update(struct ne2000_dp8390 *n)
{
    line_set(n->wires.irq, n->isr & n->imr & 0x7f);
}

/* "Network Tally Counters": they stop at 192; CNT says that one has come past its middle. */
void ne2000_count(struct ne2000_dp8390 *n, unsigned counter)
{
    if (n->tally[counter] < 192) n->tally[counter]++;
    if (n->tally[counter] & 0x80) n->isr |= ISR_CNT;
    ne2000_update(n);
}

/* --- memory --- */

u8 ne2000_memory_read(const struct ne2000_dp8390 *n, u16 at)
{
    return at & RAM_BIT ? n->ram[at & (NE2000_RAM_BYTES - 1)] : n->prom[at & (NE2000_PROM_BYTES - 1)];
}

void ne2000_memory_write(struct ne2000_dp8390 *n, u16 at, u8 value)
{
    if (at & RAM_BIT) n->ram[at & (NE2000_RAM_BYTES - 1)] = value;
}

/* --- remote DMA --- */

/* Within memory that lies in line: the address runs from the end of the ring to its beginning, as packets lie in it. */
static void remote_advance(struct ne2000_dp8390 *n, u32 bytes)
{
    n->crda = (u16)(n->crda + bytes);
    if (n->crda == n->pstop << 8) n->crda = (u16)(n->pstart << 8);
    n->remote_left = n->remote_left > bytes ? (u16)(n->remote_left - bytes) : 0;
}

static void remote_step(struct ne2000_dp8390 *n) { remote_advance(n, 1); }

static void remote_end_if_done(struct ne2000_dp8390 *n)
{
    if (n->remote_left || !n->remote) return;
    if (n->remote == REMOTE_SEND) {
        n->bnry = n->send_next;
        n->full = n->overflowed = false;
    }
    n->remote = 0;
    n->isr |= ISR_RDC;
    ne2000_update(n);
}

/* A transfer is a byte, or with DCR.WTS a word; the count goes down by as many, an odd one's last word to 0. */
static u16 data_read(struct ne2000_dp8390 *n)
{
    u16 value = 0xffff;

    if (n->remote != REMOTE_READ && n->remote != REMOTE_SEND) return value;
    value = ne2000_memory_read(n, n->crda);
    remote_step(n);
    if (n->dcr & DCR_WTS) {
        value |= (u16)(ne2000_memory_read(n, n->crda) << 8);
        remote_step(n);
    }
    remote_end_if_done(n);
    return value;
}

static void data_write(struct ne2000_dp8390 *n, u16 value)
{
    if (n->remote != REMOTE_WRITE) return;
    ne2000_memory_write(n, n->crda, (u8)value);
    remote_step(n);
    if (n->dcr & DCR_WTS) {
        ne2000_memory_write(n, n->crda, (u8)(value >> 8));
        remote_step(n);
    }
    remote_end_if_done(n);
}

/* CR.RD: 001 read, 010 write, 011 send packet, 1xx abort; 000 is not allowed and changes nothing here.  A count of 0 is done at once:
 * the data sheet does not say, and drivers that look for the card ask for it. */
static void remote_command(struct ne2000_dp8390 *n, unsigned command)
{
    if (command & 4) n->remote = 0;
    if (command & 4 || !command) return;
    n->remote = (u8)command;
    n->crda = n->rsar;
    n->remote_left = n->rbcr;
    if (command == REMOTE_SEND) {                        /* "Send Packet Command": address and count come from the ring */
        u16 header = (u16)(n->bnry << 8);
        n->crda = header;
        n->send_next = ne2000_memory_read(n, (u16)(header + 1));
        n->remote_left = (u16)(ne2000_memory_read(n, (u16)(header + 2)) | ne2000_memory_read(n, (u16)(header + 3)) << 8);
    }
    remote_end_if_done(n);
}

/* --- registers --- */

/* STA starts and STP stops; a write of neither, as drivers make to choose a page, leaves the controller as it is. */
static void command_write(struct ne2000_dp8390 *n, u8 value)
{
    bool transmits = value & CR_TXP && !(n->cr & CR_TXP);

    n->cr = (u8)((value & ~CR_TXP) | (n->cr & CR_TXP));
    if (value & CR_STP) {
        n->running = false;
        n->isr |= ISR_RST;
    } else if (value & CR_STA) {
        n->running = true;
        n->isr &= (u8)~ISR_RST;
    }
    if (transmits && n->running) {
        n->cr |= CR_TXP;
        ne2000_transmit(n);
    }
    remote_command(n, (value >> 3) & 7);
    ne2000_update(n);
}

static void boundary_write(struct ne2000_dp8390 *n, u8 value)
{
    n->bnry = value;
    n->full = n->overflowed = false;
    if (n->running) n->isr &= (u8)~ISR_RST;              /* packets have been removed from the ring */
}

static u8 page_0_read(struct ne2000_dp8390 *n, unsigned reg)
{
    u8 value;

    switch (reg) {
    case 1: return (u8)n->clda;
    case 2: return (u8)(n->clda >> 8);
    case 3: return n->bnry;
    case 4: return n->tsr;
    case 6: value = n->fifo[n->fifo_at]; n->fifo_at = (n->fifo_at + 1) & 7; return value;
    case 7: return n->isr;
    case 8: return (u8)n->crda;
    case 9: return (u8)(n->crda >> 8);
    case 10: return n->wires.is_pci ? 0x50 : 0xff;       /* 8029ID0 */
    case 11: return n->wires.is_pci ? 0x43 : 0xff;       /* 8029ID1 */
    case 12: return n->rsr;
    case 13: case 14: case 15: value = n->tally[reg - 13]; n->tally[reg - 13] = 0; return value;
    default: return 0;                                   /* NCR: there are no collisions */
    }
}

static void page_0_write(struct ne2000_dp8390 *n, unsigned reg, u8 value)
{
    switch (reg) {
    case 1: n->pstart = value; break;
    case 2: n->pstop = value; break;
    case 3: boundary_write(n, value); break;
    case 4: n->tpsr = value; break;
    case 5: n->tbcr = (u16)((n->tbcr & 0xff00) | value); break;
    case 6: n->tbcr = (u16)((n->tbcr & 0x00ff) | value << 8); break;
    case 7: n->isr &= (u8)~(value & 0x7f); break;        /* RST is not cleared by a 1 */
    case 8: n->rsar = (u16)((n->rsar & 0xff00) | value); break;
    case 9: n->rsar = (u16)((n->rsar & 0x00ff) | value << 8); break;
    case 10: n->rbcr = (u16)((n->rbcr & 0xff00) | value); break;
    case 11: n->rbcr = (u16)((n->rbcr & 0x00ff) | value << 8); break;
    case 12: n->rcr = value & 0x3f; n->rsr = (u8)((n->rsr & ~RSR_DIS) | (value & RCR_MON ? RSR_DIS : 0)); break;
    case 13: n->tcr = value & 0x1f; break;
    case 14: n->dcr = value & 0x7f; break;
    default: n->imr = value & 0x7f; break;
    }
    ne2000_update(n);
}

static u8 page_1_read(const struct ne2000_dp8390 *n, unsigned reg)
{
    if (reg <= 6) return n->par[reg - 1];
    return reg == 7 ? n->curr : n->mar[reg - 8];
}

static void page_1_write(struct ne2000_dp8390 *n, unsigned reg, u8 value)
{
    if (reg <= 6) n->par[reg - 1] = value;
    else if (reg >= 8) n->mar[reg - 8] = value;
    else {
        n->curr = value;
        n->full = false;
    }
}

static u8 page_2_read(const struct ne2000_dp8390 *n, unsigned reg)
{
    const u8 value[16] = { 0, n->pstart, n->pstop, (u8)(n->crda >> 8), n->tpsr, n->curr, (u8)(n->clda >> 8), (u8)n->clda, 0xff, 0xff, 0xff, 0xff,
                           n->rcr, n->tcr, n->dcr, n->imr };
    return value[reg];
}

/* "Page 3": the RTL8029's own.  CONFIG3 can be written while 9346CR.EEM is 11. */
static u8 page_3_read(const struct ne2000_dp8390 *n, unsigned reg)
{
    if (!n->wires.is_pci) return 0xff;
    switch (reg) {
    case 1: return n->eeprom_command;
    case 6: return n->config3;
    case 14: return 0x29;                                /* 8029ASID0 */
    case 15: return 0x80;
    default: return 0;
    }
}

static void page_3_write(struct ne2000_dp8390 *n, unsigned reg, u8 value)
{
    if (!n->wires.is_pci) return;
    if (reg == 1) n->eeprom_command = value & 0xfe;
    if (reg == 6 && n->eeprom_command >= 0xc0) n->config3 = value & 0x46;        /* FUDUP, SLEEP, PWRDN */
}

static void card_reset(struct ne2000_dp8390 *n)
{
    clock_cancel(n->wires.clock, &n->sent);
    n->cr = CR_STP | CR_RD2;
    n->isr = ISR_RST;
    n->imr = n->remote = 0;
    n->running = false;
    n->full = n->overflowed = false;
    n->tcr &= (u8)~TCR_LB;
    n->dcr |= DCR_LAS;
    ne2000_update(n);
}

u8 ne2000_dp8390_read(void *chip, unsigned reg)
{
    struct ne2000_dp8390 *n = chip;

    reg &= NE2000_PORTS - 1;
    if (reg >= RESET_PORT) return card_reset(n), 0;
    if (reg >= DATA_PORT) return (u8)data_read(n);
    if (reg == R_CR) return n->cr;
    switch (n->cr >> 6) {
    case 0: return page_0_read(n, reg);
    case 1: return page_1_read(n, reg);
    case 2: return page_2_read(n, reg);
    default: return page_3_read(n, reg);
    }
}

void ne2000_dp8390_write(void *chip, unsigned reg, u8 value)
{
    struct ne2000_dp8390 *n = chip;

    reg &= NE2000_PORTS - 1;
    if (reg >= RESET_PORT) card_reset(n);
    else if (reg >= DATA_PORT) data_write(n, value);
    else if (reg == R_CR) command_write(n, value);
    else if (n->cr >> 6 == 0) page_0_write(n, reg, value);
    else if (n->cr >> 6 == 1) page_1_write(n, reg, value);
    else if (n->cr >> 6 == 3) page_3_write(n, reg, value);
    /* "Page 2 registers are for diagnostics": what it can write is derived here, and is not written */
}

/* --- words at the data port; elsewhere the bus makes bytes of them --- */

static bool word_transfers(const struct ne2000_dp8390 *n, unsigned reg, unsigned size)
{
    return reg >= DATA_PORT && reg < RESET_PORT && size >= 2 && n->dcr & DCR_WTS;
}

u32 ne2000_dp8390_read_wide(void *chip, unsigned reg, unsigned size)
{
    struct ne2000_dp8390 *n = chip;
    u32 value = 0;

    if (word_transfers(n, reg, size))
        for (unsigned i = 0; i < size; i += 2) value |= (u32)data_read(n) << 8 * i;
    else
        for (unsigned i = 0; i < size; i++) value |= (u32)ne2000_dp8390_read(n, reg + i) << 8 * i;
    return value;
}

void ne2000_dp8390_write_wide(void *chip, unsigned reg, unsigned size, u32 value)
{
    struct ne2000_dp8390 *n = chip;

    if (word_transfers(n, reg, size))
        for (unsigned i = 0; i < size; i += 2) data_write(n, (u16)(value >> 8 * i));
    else
        for (unsigned i = 0; i < size; i++) ne2000_dp8390_write(n, reg + i, (u8)(value >> 8 * i));
}

/* All but the transfer that ends the remote DMA depend on nothing but memory. */
static u32 block(const struct ne2000_dp8390 *n, unsigned reg, unsigned size, u32 count)
{
    u32 before_last = n->remote_left > size ? (n->remote_left - 1u) / size : 0;

    if (!word_transfers(n, reg, size)) return 0;
    return count < before_last ? count : before_last;
}

/* RAM in line from the address on: up to where it begins again, or the ring does. */
static u32 in_line(const struct ne2000_dp8390 *n, u32 most)
{
    u32 room = NE2000_RAM_BYTES - (n->crda & (NE2000_RAM_BYTES - 1)), to_stop = (u16)((n->pstop << 8) - n->crda);

    if (to_stop && to_stop < room) room = to_stop;
    return most < room ? most : room;
}

u32 ne2000_dp8390_block_read(void *chip, unsigned reg, unsigned size, u32 count, u8 *to)
{
    struct ne2000_dp8390 *n = chip;
    u32 moved = n->remote == REMOTE_READ ? block(n, reg, size, count) : 0;

    for (u32 left = moved * size, piece; left; left -= piece, to += piece) {
        bool ram = n->crda & RAM_BIT;
        piece = ram ? in_line(n, left) : 1;
        if (ram) memcpy(to, n->ram + (n->crda & (NE2000_RAM_BYTES - 1)), piece);
        else *to = ne2000_memory_read(n, n->crda);
        remote_advance(n, piece);
    }
    return moved;
}

u32 ne2000_dp8390_block_write(void *chip, unsigned reg, unsigned size, u32 count, const u8 *from)
{
    struct ne2000_dp8390 *n = chip;
    u32 moved = n->remote == REMOTE_WRITE ? block(n, reg, size, count) : 0;

    for (u32 left = moved * size, piece; left; left -= piece, from += piece) {
        bool ram = n->crda & RAM_BIT;
        piece = ram ? in_line(n, left) : 1;
        if (ram) memcpy(n->ram + (n->crda & (NE2000_RAM_BYTES - 1)), from, piece);
        remote_advance(n, piece);
    }
    return moved;
}

/* --- configuration space --- */

u8 ne2000_dp8390_config_read(void *chip, unsigned at) { return ((struct ne2000_dp8390 *)chip)->config[at & 0xff]; }

void ne2000_dp8390_config_write(void *chip, unsigned at, u8 value)
{
    struct ne2000_dp8390 *n = chip;

    pci_config_write(n->config, registers, at & 0xff, value);
    n->wires.decode_changed(n->wires.board);
}

/* --- life --- */

void ne2000_dp8390_readdress(struct ne2000_dp8390 *n, const u8 *mac)
{
    u8 old[6];

    for (unsigned i = 0; i < 6; i++) old[i] = n->prom[2 * i];
    for (unsigned i = 0; i < 6; i++) n->prom[2 * i] = n->prom[2 * i + 1] = mac[i];
    if (!memcmp(n->par, old, 6)) memcpy(n->par, mac, 6);
}

void ne2000_dp8390_init(struct ne2000_dp8390 *n, const struct ne2000_wires *wires, const u8 *mac)
{
    memset(n, 0, sizeof *n);
    n->wires = *wires;
    for (unsigned i = 0; i < 6; i++) n->prom[2 * i] = n->prom[2 * i + 1] = mac[i];
    memset(n->prom + NE2000_PROM_BYTES - 4, PROM_SIGNATURE, 4);
    clock_add(wires->clock, &n->sent, ne2000_on_sent, n);
    if (wires->is_pci) pci_config_reset(n->config, registers);
    card_reset(n);
}

void ne2000_dp8390_reset(struct ne2000_dp8390 *n)
{
    card_reset(n);
    n->dcr = DCR_LAS;
    n->tcr = n->rcr = 0;
    if (!n->wires.is_pci) return;
    n->eeprom_command = n->config3 = 0;
    pci_config_reset(n->config, registers);
    n->wires.decode_changed(n->wires.board);
}

const char *ne2000_dp8390_invariant(const struct ne2000_dp8390 *n)
{
    if (state_out_of_range(&ne2000_dp8390_state, n)) return "every field is in the range its list gives";
    if (!(n->cr & CR_TXP) != (n->sent.at == NEVER)) return "TXP stands exactly while a packet is sent";
    if (n->wires.irq && n->wires.irq->level != !!(n->isr & n->imr & 0x7f)) return "INT is what ISR and IMR say";
    if (n->wires.is_pci && !pci_config_valid(n->config, registers)) return "bits that cannot be written are as reset left them";
    return n->remote && !n->remote_left ? "remote DMA that has nothing left has ended" : NULL;
}
