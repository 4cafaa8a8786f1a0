/* The 82540EM takes frames: filters, checksums, descriptors.                               doc: network
 * Source: Intel 317453, "Packet Reception", "Receive Initialization", "Receive Packet Checksum Offloading". */
#include "devices/chip/e1000_parts.h"

enum { STATUS_DD = 1, STATUS_EOP = 2, STATUS_IXSM = 4, STATUS_VP = 8, STATUS_TCPCS = 0x20, STATUS_IPCS = 0x40, STATUS_PIF = 0x80 };
enum { ERROR_TCPE = 0x20, ERROR_IPE = 0x40, RXCSUM_IPOFLD = 0x100, RXCSUM_TUOFLD = 0x200 };
enum { SHORTEST = 60, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };
enum accepted { REFUSED, ACCEPTED, ACCEPTED_BY_HASH };

/* --- filters --- */

static bool equals_receive_address(const struct e1000_82540em *e, const u8 *address)
{
    for (unsigned n = 0; n < E1000_ADDRESSES; n++)
        if (e->ra[2 * n + 1] >> 31 && e->ra[2 * n] == get32(address) && (e->ra[2 * n + 1] & 0xffff) == get16(address + 4)) return true;
    return false;
}

/* RCTL.MO chooses twelve bits of the address. */
static bool hash_accepts(const struct e1000_82540em *e, const u8 *address)
{
    static const u8 shift[] = { 4, 3, 2, 0 };
    unsigned index = get16(address + 4) >> shift[e->rctl >> 12 & 3] & 0xfff;

    return e->mta[index >> 5] >> (index & 31) & 1;
}

static enum accepted accepts(const struct e1000_82540em *e, const u8 *address)
{
    bool broadcast = get32(address) == 0xffffffff && get16(address + 4) == 0xffff;

    if (broadcast && e->rctl & (RCTL_BAM | RCTL_MPE)) return ACCEPTED;
    if (!(address[0] & 1) && e->rctl & RCTL_UPE) return ACCEPTED;
    if (address[0] & 1 && e->rctl & RCTL_MPE) return ACCEPTED;
    if (equals_receive_address(e, address)) return ACCEPTED;
    return address[0] & 1 && hash_accepts(e, address) ? ACCEPTED_BY_HASH : REFUSED;
}

static bool tagged(const struct e1000_82540em *e, const u8 *frame, unsigned size)
{
    return size >= ETHERNET_HEADER + TAG_BYTES && (frame[12] << 8 | frame[13]) == (int)e->vet;
}

/* "VLAN Packet Filtering" */
static bool vlan_accepts(const struct e1000_82540em *e, const u8 *frame)
{
    unsigned tag = (unsigned)(frame[14] << 8 | frame[15]), id = tag & 0xfff;

    if (e->rctl & RCTL_CFIEN && (tag >> 12 & 1) != !!(e->rctl & RCTL_CFI)) return false;
    return e->vfta[id >> 5] >> (id & 31) & 1;
}

/* --- checksums of IPv4, TCP and UDP --- */

static void check_sums(const struct e1000_82540em *e, const u8 *frame, unsigned size, u8 *status, u8 *errors)
{
    const u8 *ip = frame + ETHERNET_HEADER;
    unsigned room = size - ETHERNET_HEADER, header = room >= 20 ? (ip[0] & 15) * 4u : 0;
    unsigned total = header ? (unsigned)(ip[2] << 8 | ip[3]) : 0;
    bool is_ip = frame[12] == 8 && frame[13] == 0 && header >= 20 && ip[0] >> 4 == 4 && total >= header && total <= room;

    if (!is_ip || !(e->rxcsum & (RXCSUM_IPOFLD | RXCSUM_TUOFLD))) {
        *status |= STATUS_IXSM;
        return;
    }
    if (e->rxcsum & RXCSUM_IPOFLD) {
        *status |= STATUS_IPCS;
        if (internet_sum(0, ip, header) != 0xffff) *errors |= ERROR_IPE;
    }
    bool whole = !((ip[6] << 8 | ip[7]) & 0x3fff), tcp = ip[9] == PROTOCOL_TCP, udp = ip[9] == PROTOCOL_UDP && total >= header + 8;
    if (!(e->rxcsum & RXCSUM_TUOFLD) || !whole || (!tcp && !udp)) return;
    if (udp && !ip[header + 6] && !ip[header + 7]) return;       /* sent without one */
    *status |= STATUS_TCPCS;
    u32 pseudo = internet_sum(ip[9] + total - header, ip + 12, 8);
    if (internet_sum(pseudo, ip + header, total - header) != 0xffff) *errors |= ERROR_TCPE;
}

/* --- descriptors --- */

static unsigned buffer_bytes(const struct e1000_82540em *e)
{
    unsigned size = 2048u >> (e->rctl >> 16 & 3);
    return e->rctl & RCTL_BSEX && size < 2048 ? size * 16 : size;
}

static unsigned ring(const struct e1000_82540em *e) { return e->rdlen / DESCRIPTOR_BYTES; }

/* From head up to tail; a head outside the ring has none. */
static unsigned available(const struct e1000_82540em *e)
{
    unsigned count = ring(e);

    if (!count || e->rdh >= count || e->rdt >= count) return 0;
    return (e->rdt + count - e->rdh) % count;
}

bool e1000_82540em_ready(const void *chip)
{
    const struct e1000_82540em *e = chip;

    if (!(e->rctl & RCTL_EN) || e->rctl & RCTL_LBM || !e1000_masters(e)) return true;
    return available(e) >= FRAME_LONGEST / buffer_bytes(e) + 1;
}

struct arrival {
    const u8 *bytes;
    unsigned size;
    u16 checksum, special;
    u8 status, errors;
};

static void store(struct e1000_82540em *e, const struct arrival *a)
{
    unsigned room = buffer_bytes(e), count = ring(e);

    for (unsigned done = 0; done < a->size;) {
        u64 at = (e->rdbal | (u64)e->rdbah << 32) + (u64)e->rdh * DESCRIPTOR_BYTES;
        unsigned piece = a->size - done < room ? a->size - done : room;
        bool last = done + piece == a->size;
        u8 d[DESCRIPTOR_BYTES];
        e->wires.memory_read(e->wires.board, at, d, sizeof d);
        if (get64(d)) e->wires.memory_write(e->wires.board, get64(d), a->bytes + done, piece);   /* "a null descriptor" takes none */
        put16(d + 8, (u16)piece);
        put16(d + 10, a->checksum);
        d[12] = (u8)(STATUS_DD | (last ? STATUS_EOP | a->status : 0));
        d[13] = last ? a->errors : 0;
        put16(d + 14, last ? a->special : 0);
        e->wires.memory_write(e->wires.board, at, d, sizeof d);
        e->rdh = (e->rdh + 1) % count;
        done += piece;
    }
}

/* "Receive Interrupts": at once, or when the line has been quiet for RDTR, at latest RADV after the first packet. */
static void announce(struct e1000_82540em *e, unsigned size)
{
    struct clock *clock = e->wires.clock;
    u64 now = clock_now(clock), due = now + e1000_ticks_of_units(e, e->rdtr);
    u32 causes = 0;

    if (available(e) <= ring(e) >> ((e->rctl >> 8 & 3) + 1)) causes |= ICR_RXDMT0;
    if (e->rsrpd && size <= e->rsrpd) causes |= ICR_SRPD;
    if (e->rdtr) {
        if (e->radv && e->rx_first == NEVER) e->rx_first = now + e1000_ticks_of_units(e, e->radv);
        clock_at(clock, &e->rx_delay, due < e->rx_first ? due : e->rx_first);
    } else causes |= ICR_RXT0;
    if (causes) e1000_cause(e, causes);
}

static void keep(struct e1000_82540em *e, u8 *frame, unsigned size, enum accepted how)
{
    struct arrival a = { .bytes = frame };
    unsigned start = e->rxcsum & 0xff;

    if (how == ACCEPTED_BY_HASH) a.status |= STATUS_PIF;
    check_sums(e, frame, size, &a.status, &a.errors);
    put32(frame + size, frame_fcs(frame, size));
    e1000_count_frame(e, false, frame, size + FCS_BYTES);
    if (start < size) a.checksum = (u16)~internet_sum(0, frame + start, size - start);
    a.checksum = (u16)(a.checksum << 8 | a.checksum >> 8);
    if (tagged(e, frame, size) && e->ctrl & CTRL_VME) {          /* the tag goes to the descriptor, the addresses up to the data */
        a.status |= STATUS_VP;
        a.special = (u16)(frame[14] << 8 | frame[15]);
        for (unsigned i = 2 * ADDRESS_BYTES; i-- > 0;) frame[i + TAG_BYTES] = frame[i];
        a.bytes += TAG_BYTES;
        size -= TAG_BYTES;
    }
    a.size = size + (e->rctl & RCTL_SECRC ? 0 : FCS_BYTES);
    store(e, &a);
    announce(e, a.size);
}

static void take(struct e1000_82540em *e, const u8 *bytes, unsigned size)
{
    u8 frame[FRAME_LONGEST + FCS_BYTES];
    enum accepted how = accepts(e, bytes);

    if (!(e->rctl & RCTL_EN) || !(e->ctrl & CTRL_SLU) || !how || !e1000_masters(e)) return;
    if (size < SHORTEST) {
        e1000_count(e, RUC);
        return;
    }
    bool has_tag = tagged(e, bytes, size);
    if (size + FCS_BYTES > (has_tag ? FRAME_LONGEST + TAG_BYTES : FRAME_LONGEST) && !(e->rctl & RCTL_LPE)) {
        e1000_count(e, ROC);
        return;
    }
    if (e->rctl & RCTL_VFE && has_tag && !vlan_accepts(e, bytes)) return;
    if (available(e) < (size + FCS_BYTES) / buffer_bytes(e) + 1) {
        e1000_count(e, RNBC);
        e1000_count(e, MPC);
        e1000_cause(e, ICR_RXO);
        return;
    }
    for (unsigned i = 0; i < size; i++) frame[i] = bytes[i];
    keep(e, frame, size, how);
}

void e1000_82540em_receive(void *chip, const u8 *frame, unsigned size)
{
    struct e1000_82540em *e = chip;

    if (size >= ETHERNET_HEADER && size <= FRAME_LONGEST && !(e->rctl & RCTL_LBM)) take(e, frame, size);
}

/* "Loopback": what is sent comes back, and nothing else does. */
void e1000_loop(struct e1000_82540em *e, const u8 *frame, unsigned size) { take(e, frame, size); }
