/* The DP8390's two ends of the cable: transmission, reception into the ring, loopback.    doc: network
 * DS "Packet Reception", "Packet Transmission", "Loopback Diagnostics". */
#include "devices/chip/ne2000_parts.h"

#include <string.h>

enum { PAGE = 256, HEADER_BYTES = 4, CRC_BYTES = 4, SHORTEST = 60, LONGEST = 1518, PREAMBLE_BYTES = 8, ADDRESS_BYTES = 6 };
enum { BYTE_NS = 800, GAP_NS = 9600 };           /* 10 Mbit/s */

/* --- address recognition --- */

/* "Multicast Address Registers": the six most significant bits of the CRC of the address, as it stands in the shift register, name a filter bit. */
static bool hash_accepts(const struct ne2000_dp8390 *n, const u8 *address)
{
    u32 crc = ~frame_fcs(address, ADDRESS_BYTES);
    unsigned index = 0;

    for (unsigned k = 0; k < 6; k++) index = index << 1 | (crc >> k & 1);        /* most significant first */
    return n->mar[index >> 3] >> (index & 7) & 1;
}

/* RCR: AB, AM and PRO are for broadcast, multicast and physical addresses. */
static bool accepts(const struct ne2000_dp8390 *n, const u8 *address)
{
    bool broadcast = true, own = true;

    for (unsigned i = 0; i < ADDRESS_BYTES; i++) {
        broadcast &= address[i] == 0xff;
        own &= address[i] == n->par[i];
    }
    if (broadcast) return n->rcr & RCR_AB;
    if (address[0] & 1) return n->rcr & RCR_AM && hash_accepts(n, address);
    return own || n->rcr & RCR_PRO;
}

/* --- the ring --- */

static u8 page_behind(const struct ne2000_dp8390 *n, u8 page)
{
    page++;
    return page == n->pstop ? n->pstart : page;
}

/* "Buffer Ring Overflow": the packet is lost, those in the ring are not. */
static void overflow(struct ne2000_dp8390 *n)
{
    n->overflowed = true;
    n->isr |= ISR_OVW | ISR_RST;
    ne2000_count(n, CNTR2);
}

/* Data from behind the header's place on, page after page; false when the ring has no more. */
static bool store(struct ne2000_dp8390 *n, const u8 *bytes, unsigned size, u8 *page, unsigned *offset)
{
    for (unsigned piece; size; size -= piece, bytes += piece, *offset += piece) {
        if (*offset == PAGE) {
            u8 next = page_behind(n, *page);
            if (next == n->bnry) return false;
            *page = next;
            *offset = 0;
        }
        piece = size < PAGE - *offset ? size : PAGE - *offset;
        u16 at = (u16)(*page << 8 | *offset);
        if (at & RAM_BIT) memcpy(n->ram + (at & (NE2000_RAM_BYTES - 1)), bytes, piece);
        n->clda = (u16)(at + piece - 1);
    }
    return true;
}

static void store_packet(struct ne2000_dp8390 *n, const u8 *frame, unsigned size)
{
    u32 crc = frame_fcs(frame, size);
    u16 count = (u16)(size + CRC_BYTES), header = (u16)(n->curr << 8);
    u8 crc_bytes[CRC_BYTES], page = n->curr;
    unsigned offset = HEADER_BYTES;

    put32(crc_bytes, crc);
    if (n->full || n->overflowed || !store(n, frame, size, &page, &offset) || !store(n, crc_bytes, CRC_BYTES, &page, &offset)) {
        overflow(n);
        return;
    }
    n->rsr = (u8)(RSR_PRX | (frame[0] & 1 ? RSR_PHY : 0));
    u8 next = page_behind(n, page);
    ne2000_memory_write(n, header, n->rsr);
    ne2000_memory_write(n, (u16)(header + 1), next);
    ne2000_memory_write(n, (u16)(header + 2), (u8)count);
    ne2000_memory_write(n, (u16)(header + 3), (u8)(count >> 8));
    n->curr = next;
    n->full = next == n->bnry;
    n->isr |= ISR_PRX;
    ne2000_update(n);
}

void ne2000_dp8390_receive(void *chip, const u8 *frame, unsigned size)
{
    struct ne2000_dp8390 *n = chip;

    if (!n->running || n->tcr & TCR_LB) return;
    if (size < ADDRESS_BYTES || size > LONGEST || (size < SHORTEST && !(n->rcr & RCR_AR))) return;
    if (!accepts(n, frame)) return;
    if (n->rcr & RCR_MON) ne2000_count(n, CNTR2);
    else store_packet(n, frame, size);
}

/* The longest frame takes six pages. */
bool ne2000_dp8390_ready(const void *chip)
{
    const struct ne2000_dp8390 *n = chip;
    u8 page = n->curr;

    if (!n->running || n->tcr & TCR_LB || n->rcr & RCR_MON) return true;
    if (n->full || n->overflowed) return false;
    for (unsigned i = 0; i < (HEADER_BYTES + LONGEST + CRC_BYTES) / PAGE + 1; i++) {
        page = page_behind(n, page);
        if (page == n->bnry) return false;
    }
    return true;
}

/* --- loopback --- */

/* "Alignment of the Received Packet in the FIFO": it runs round the eight bytes, then its count follows, the upper byte twice. */
static void fill_fifo(struct ne2000_dp8390 *n, const u8 *bytes, unsigned size)
{
    unsigned first = size > 8 ? size - 8 : 0;

    for (unsigned i = first; i < size; i++) n->fifo[i & 7] = bytes[i];
    n->fifo[size & 7] = (u8)size;
    n->fifo[(size + 1) & 7] = n->fifo[(size + 2) & 7] = (u8)(size >> 8);
    n->fifo_at = 0;
}

/* "Loopback Tests": with a CRC of the transmitter's the receiver always finds it wrong, as one generator serves both; ISR.PRX needs a
 * status in memory, and nothing goes there. */
static void loop(struct ne2000_dp8390 *n, u8 *bytes, unsigned size)
{
    bool own_crc = n->tcr & TCR_CRC;
    bool good = own_crc && size > CRC_BYTES && get32(bytes + size - CRC_BYTES) == frame_fcs(bytes, size - CRC_BYTES);

    if (!own_crc) {
        put32(bytes + size, frame_fcs(bytes, size));
        size += CRC_BYTES;
    }
    fill_fifo(n, bytes, size);
    if (size < ADDRESS_BYTES || !accepts(n, bytes)) return;
    n->rsr = good ? RSR_PRX : RSR_CRC;
    if (bytes[0] & 1) n->rsr |= RSR_PHY;
    if (good) return;
    n->isr |= ISR_RXE;
    ne2000_count(n, CNTR1);
}

/* --- transmission --- */

void ne2000_transmit(struct ne2000_dp8390 *n)
{
    unsigned bytes = PREAMBLE_BYTES + n->tbcr + (n->tcr & TCR_CRC ? 0 : CRC_BYTES);

    n->tsr = 0;
    clock_at(n->wires.clock, &n->sent, clock_now(n->wires.clock) + clock_ticks_of_ns(n->wires.clock, (u64)bytes * BYTE_NS + GAP_NS));
}

/* With CR.CRC inhibited the frame brings its own CRC, which the cable's other end checks and takes off. */
static void put_on_cable(struct ne2000_dp8390 *n, const u8 *frame, unsigned size)
{
    if (n->tcr & TCR_CRC) {
        if (size < CRC_BYTES || get32(frame + size - CRC_BYTES) != frame_fcs(frame, size - CRC_BYTES)) return;
        size -= CRC_BYTES;
    }
    if (size >= 2 * ADDRESS_BYTES + 2 && size <= LONGEST && n->wires.cable.put) n->wires.cable.put(n->wires.cable.to, frame, size);
}

void ne2000_on_sent(void *chip)
{
    static const u8 status[] = { 0, TSR_CRS | TSR_CDH, TSR_CDH, 0 };             /* what loopback modes mask.  AN-937 */
    struct ne2000_dp8390 *n = chip;
    unsigned mode = n->tcr >> 1 & 3, size = n->tbcr < LONGEST + CRC_BYTES + 1 ? n->tbcr : LONGEST + CRC_BYTES + 1;
    u8 frame[LONGEST + 2 * CRC_BYTES + 1];

    for (unsigned i = 0; i < size; i++) frame[i] = ne2000_memory_read(n, (u16)((n->tpsr << 8) + i));
    n->cr &= (u8)~CR_TXP;
    n->tsr = (u8)(TSR_PTX | TSR_ND | status[mode]);
    n->isr |= ISR_PTX;
    if (mode == 0) put_on_cable(n, frame, size);
    else if (!(n->dcr & DCR_LS)) loop(n, frame, size);
    ne2000_update(n);
}
