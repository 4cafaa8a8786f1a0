/* The 82540EM sends: descriptors, checksums, segmentation.                                 doc: network
 * A packet is gathered from its descriptors; then its frames leave one by one, each after the time of the one before.
 * Source: Intel 317453, "Packet Transmission", "TCP/IP Context Transmit Descriptor", "TCP Segmentation". */
#include "devices/chip/e1000_parts.h"

#include <string.h>

enum { CMD_EOP = 1, CMD_IFCS = 2, CMD_IC = 4, CMD_TSE = 4, CMD_RS = 8, CMD_DEXT = 0x20, CMD_VLE = 0x40, CMD_IDE = 0x80, STA_DD = 1 };
enum { TUCMD_TCP = 1, TUCMD_IP = 2, POPTS_IXSM = 1, POPTS_TXSM = 2, TYPE_CONTEXT = 0, TYPE_DATA = 1, DESCRIPTORS_AT_ONCE = 64 };
enum { SHORTEST = 60, PREAMBLE_AND_GAP = 20, BYTE_NS = 8, FETCH_NS = 500, TCP_FIN_PSH = 0x09 };

/* --- descriptors to a packet --- */

static unsigned ring(const struct e1000_82540em *e) { return e->tdlen / DESCRIPTOR_BYTES; }

static bool may_fetch(const struct e1000_82540em *e)
{
    return e->tctl & TCTL_EN && e1000_masters(e) && e->tdh < ring(e) && e->tdt < ring(e) && e->tdh != e->tdt;
}

static void append(struct e1000_82540em *e, u64 at, unsigned size)
{
    unsigned room = E1000_PACKET_BYTES - e->packet_size;

    if (size > room) size = room;
    e->wires.memory_read(e->wires.board, at, e->packet + e->packet_size, size);
    e->packet_size += size;
}

/* What holds for all of a packet stands in its first descriptor. */
static void begin(struct e1000_82540em *e, bool legacy, u8 command, u8 options)
{
    if (e->packet_open) return;
    e->packet_open = true;
    e->packet_legacy = legacy;
    e->packet_segments = !legacy && command & CMD_TSE;
    e->packet_options = options;
    e->packet_size = e->packet_at = 0;
}

static void end(struct e1000_82540em *e, const u8 *d)
{
    e->packet_open = false;
    e->packet_ready = true;
    e->packet_command = d[11];
    e->packet_cso = d[10];
    e->packet_css = d[13];
    e->packet_special = get16(d + 14);
}

/* "Transmit Interrupts": at once, or with IDE when TIDV has passed, at latest TADV after the first. */
static void announce(struct e1000_82540em *e, u8 command)
{
    struct clock *clock = e->wires.clock;
    u64 now = clock_now(clock), due = now + e1000_ticks_of_units(e, e->tidv);

    if (!(command & CMD_IDE) || !e->tidv) {
        e1000_cause(e, ICR_TXDW);
        return;
    }
    if (e->tadv && e->tx_first == NEVER) e->tx_first = now + e1000_ticks_of_units(e, e->tadv);
    clock_at(clock, &e->tx_delay, due < e->tx_first ? due : e->tx_first);
}

static void fetch(struct e1000_82540em *e)
{
    u64 at = (e->tdbal | (u64)e->tdbah << 32) + (u64)e->tdh * DESCRIPTOR_BYTES;
    u8 d[DESCRIPTOR_BYTES];

    e->wires.memory_read(e->wires.board, at, d, sizeof d);
    u8 command = d[11];
    bool extended = command & CMD_DEXT, is_data = !extended || d[10] >> 4 == TYPE_DATA;
    if (extended && d[10] >> 4 == TYPE_CONTEXT)
        for (unsigned i = 0; i < 4; i++) e->context[(command & CMD_TSE ? 4 : 0) + i] = get32(d + 4 * i);
    if (is_data) {
        begin(e, !extended, command, d[13]);
        append(e, get64(d), extended ? get32(d + 8) & 0xfffff : get16(d + 8));
        if (command & CMD_EOP) end(e, d);
    }
    e->tdh = (e->tdh + 1) % ring(e);
    if (!(command & CMD_RS)) return;
    d[12] |= STA_DD;
    e->wires.memory_write(e->wires.board, at + 12, d + 12, 1);
    announce(e, command);
}

/* --- a packet to frames --- */

/* A context descriptor's fields. */
struct offload {
    u8 ipcss, ipcso, tucss, tucso, tucmd, header;
    u16 ipcse, tucse, mss;
};

static struct offload offload_of(const u32 *c)
{
    return (struct offload){ .ipcss = (u8)c[0], .ipcso = (u8)(c[0] >> 8), .ipcse = (u16)(c[0] >> 16), .tucss = (u8)c[1], .tucso = (u8)(c[1] >> 8), .tucse = (u16)(c[1] >> 16),
                             .tucmd = (u8)(c[2] >> 24), .header = (u8)(c[3] >> 8), .mss = (u16)(c[3] >> 16) };
}

static void put_big16(u8 *p, u16 v) { p[0] = (u8)(v >> 8); p[1] = (u8)v; }

/* The complement of the sum from `first` to `last` (0: the end) into the two bytes at `place`, whose contents count in it. */
static void insert_sum(u8 *frame, unsigned size, unsigned first, unsigned last, unsigned place, u32 more)
{
    unsigned end = last && last < size ? last + 1 : size;

    if (first >= end || place + 2 > size) return;
    put_big16(frame + place, (u16)~internet_sum(more, frame + first, end - first));
}

/* "TCP Segmentation": lengths, identification, sequence number and flags of segment number n, whose payload begins at `at`. */
static void adjust_header(u8 *frame, unsigned size, const struct offload *o, unsigned n, unsigned at, bool last)
{
    u8 *ip = frame + o->ipcss, *tcp = frame + o->tucss;

    if (o->tucmd & TUCMD_IP && o->ipcss + 6u <= size) {
        put_big16(ip + 2, (u16)(size - o->ipcss));
        put_big16(ip + 4, (u16)((ip[4] << 8 | ip[5]) + n));
    } else if (o->ipcss + 6u <= size) put_big16(ip + 4, (u16)(size - o->ipcss - 40));
    if (!(o->tucmd & TUCMD_TCP)) {
        if (o->tucss + 6u <= size) put_big16(tcp + 4, (u16)(size - o->tucss));
        return;
    }
    if (o->tucss + 14u > size) return;
    u32 sequence = ((u32)tcp[4] << 24 | tcp[5] << 16 | tcp[6] << 8 | tcp[7]) + at;
    put_big16(tcp + 4, (u16)(sequence >> 16));
    put_big16(tcp + 6, (u16)sequence);
    if (!last) tcp[13] &= (u8)~TCP_FIN_PSH;
}

/* The next frame of the packet; its length, 0 when none can be made of it. */
static unsigned make_segment(struct e1000_82540em *e, u8 *frame)
{
    struct offload o = offload_of(e->context + 4);
    unsigned payload = e->packet_size > o.header ? e->packet_size - o.header : 0, left = payload - e->packet_at;
    unsigned piece = left < o.mss ? left : o.mss, size = o.header + piece;
    bool last = piece == left;

    if (!o.mss || !payload || size > FRAME_LONGEST) return 0;
    memcpy(frame, e->packet, o.header);
    memcpy(frame + o.header, e->packet + o.header + e->packet_at, piece);
    adjust_header(frame, size, &o, e->packet_at / o.mss, e->packet_at, last);
    if (e->packet_options & POPTS_IXSM) insert_sum(frame, size, o.ipcss, o.ipcse, o.ipcso, 0);
    if (e->packet_options & POPTS_TXSM) insert_sum(frame, size, o.tucss, o.tucse, o.tucso, size > o.tucss ? size - o.tucss : 0);
    e->packet_at += piece;
    e->packet_ready = !last;
    if (last) e1000_count(e, TSCTC);
    return size;
}

static unsigned make_whole(struct e1000_82540em *e, u8 *frame)
{
    struct offload o = offload_of(e->context);
    unsigned size = e->packet_size;

    e->packet_ready = false;
    if (size > FRAME_LONGEST) return 0;
    memcpy(frame, e->packet, size);
    if (e->packet_legacy) {
        if (e->packet_command & CMD_IC) insert_sum(frame, size, e->packet_css, 0, e->packet_cso, 0);
        return size;
    }
    if (e->packet_options & POPTS_IXSM) insert_sum(frame, size, o.ipcss, o.ipcse, o.ipcso, 0);
    if (e->packet_options & POPTS_TXSM) insert_sum(frame, size, o.tucss, o.tucse, o.tucso, 0);
    return size;
}

static unsigned insert_tag(const struct e1000_82540em *e, u8 *frame, unsigned size)
{
    memmove(frame + 2 * ADDRESS_BYTES + TAG_BYTES, frame + 2 * ADDRESS_BYTES, size - 2 * ADDRESS_BYTES);
    put_big16(frame + 2 * ADDRESS_BYTES, (u16)e->vet);
    put_big16(frame + 2 * ADDRESS_BYTES + 2, e->packet_special);
    return size + TAG_BYTES;
}

/* Bytes that it took on the cable. */
static unsigned send_frame(struct e1000_82540em *e)
{
    u8 frame[FRAME_LONGEST + TAG_BYTES];
    unsigned size = e->packet_segments ? make_segment(e, frame) : make_whole(e, frame);

    if (!size) e->packet_ready = false;
    if (size && !(e->packet_command & CMD_IFCS)) {       /* it brings its own, which the other end takes off when it is right */
        size = size > FCS_BYTES && get32(frame + size - FCS_BYTES) == frame_fcs(frame, size - FCS_BYTES) ? size - FCS_BYTES : 0;
    }
    if (size < ETHERNET_HEADER) return 0;
    if (e->packet_command & CMD_VLE && e->ctrl & CTRL_VME) size = insert_tag(e, frame, size);
    if (size < SHORTEST && e->tctl & TCTL_PSP) {
        memset(frame + size, 0, SHORTEST - size);
        size = SHORTEST;
    }
    if (size > FRAME_LONGEST) return size;
    e1000_count_frame(e, true, frame, size + FCS_BYTES);
    if (e->rctl & RCTL_LBM) e1000_loop(e, frame, size);
    else if (e->ctrl & CTRL_SLU && e->wires.cable.put) e->wires.cable.put(e->wires.cable.to, frame, size);
    return size;
}

/* --- time --- */

static void schedule(struct e1000_82540em *e, u64 ns)
{
    clock_at(e->wires.clock, &e->transmit, clock_now(e->wires.clock) + clock_ticks_of_ns(e->wires.clock, ns));
}

void e1000_transmit_start(struct e1000_82540em *e)
{
    if (e->transmit.at == NEVER && (e->packet_ready || may_fetch(e))) schedule(e, FETCH_NS);
}

void e1000_on_transmit(void *chip)
{
    struct e1000_82540em *e = chip;
    unsigned sent = 0;

    for (unsigned n = 0; n < DESCRIPTORS_AT_ONCE && !e->packet_ready && may_fetch(e); n++) fetch(e);
    if (e->packet_ready) sent = send_frame(e);
    if (e->packet_ready || may_fetch(e)) schedule(e, sent ? (sent + FCS_BYTES + PREAMBLE_AND_GAP) * (u64)BYTE_NS : FETCH_NS);
    else e1000_cause(e, ICR_TXQE);
}
