/* TCP for a server that answers one request a connection and closes.                       doc: vnet
 * Whatever it sends can be read again from the folder, so nothing waits for acknowledgement in memory: a retransmission goes back to SND.UNA.
 * Sources: RFC 9293 (TCP), 5681 (congestion control), 6298 (timers).  Not modelled: options but MSS, urgent data, segments out of order
 * (they are asked for again), connections that the server opens. */
#include <string.h>

#include "devices/network/vnet.h"
#include "devices/network/wire_order.h"

enum { TCP_PROTOCOL = 6, TCP_HEADER = 20, MSS_DEFAULT = 536, MSS_MOST = 1460, MSS_LEAST = 64, RECEIVE_WINDOW = REQUEST_BYTES, SEGMENT_ROOM = TCP_HEADER + 4 + MSS_MOST };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, TCP_ACK = 16 };
enum { TIMEOUT_MS = 300, TIMEOUT_DOUBLINGS = 5, RETRIES = 8, SILENCE_MS = 60000, CONGESTION_MOST = 0x20000, OPTION_MSS = 2 };

/* A segment as it came. */
struct segment {
    u32 sequence, acknowledges;
    u8 flags;
    u16 window, mss;
    const u8 *text;
    unsigned size;
};

/* --- out --- */

static u32 sequence_of(const struct vnet_tcp *c, u64 offset) { return c->iss + 1 + (u32)offset; }

static void put_segment(struct vnet *v, const struct vnet_peer *to, u32 sequence, u32 acknowledges, u8 flags, u8 *segment, unsigned header, unsigned size)
{
    put_wire16(segment, HTTP_PORT);
    put_wire16(segment + 2, to->port);
    put_wire32(segment + 4, sequence);
    put_wire32(segment + 8, acknowledges);
    segment[12] = (u8)(header / 4 << 4);
    segment[13] = flags;
    put_wire16(segment + 14, flags & RST ? 0 : RECEIVE_WINDOW);
    put_wire32(segment + 16, 0);
    put_wire16(segment + 16, vnet_checksum(vnet_pseudo_header(VNET_ADDRESS, to->ip, TCP_PROTOCOL, header + size), segment, header + size));
    vnet_send_ip(v, to, TCP_PROTOCOL, segment, header + size);
}

static void peer_of(const struct vnet_tcp *c, struct vnet_peer *to)
{
    *to = (struct vnet_peer){ .ip = c->ip, .port = c->port };
    memcpy(to->mac, c->mac, 6);
}

static void send_control(struct vnet *v, const struct vnet_tcp *c, u32 sequence, u8 flags)
{
    u8 segment[SEGMENT_ROOM];
    struct vnet_peer to;

    peer_of(c, &to);
    if (flags & SYN) put_wire32(segment + TCP_HEADER, (u32)OPTION_MSS << 24 | 4 << 16 | MSS_MOST);
    put_segment(v, &to, sequence, c->received, flags, segment, flags & SYN ? TCP_HEADER + 4 : TCP_HEADER, 0);
}

static void send_ack(struct vnet *v, const struct vnet_tcp *c) { send_control(v, c, sequence_of(c, c->nxt), TCP_ACK); }

/* Until something that was sent is acknowledged; with nothing under way, until the peer says something. */
static void set_deadline(struct vnet *v, struct vnet_tcp *c)
{
    bool waits = c->phase == TCP_SYN_RECEIVED || (c->answering && c->una <= c->total);
    unsigned doublings = c->retries < TIMEOUT_DOUBLINGS ? c->retries : TIMEOUT_DOUBLINGS;

    c->deadline = vnet_tick_in_ms(v, waits ? (u64)TIMEOUT_MS << doublings : SILENCE_MS);
    vnet_set_timer(v);
}

static void free_connection(struct vnet *v, struct vnet_tcp *c)
{
    *c = (struct vnet_tcp){ .deadline = NEVER, .mss = 1 };
    vnet_set_timer(v);
}

/* The next bytes of the answer within both windows, or its FIN.  False: nothing may be sent now. */
static bool send_segment(struct vnet *v, struct vnet_tcp *c)
{
    u8 segment[SEGMENT_ROOM];
    struct vnet_peer to;
    u64 end = c->una + (c->window < c->congestion ? c->window : c->congestion), left = c->total - c->nxt;
    unsigned size = c->mss;

    if (!c->answering || c->nxt > c->total || (c->nxt >= end && left)) return false;
    if (size > left) size = (unsigned)left;
    if (size > end - c->nxt && left) size = (unsigned)(end - c->nxt);
    if (size && !vnet_http_read(v, c, c->nxt, segment + TCP_HEADER, size)) {
        send_control(v, c, sequence_of(c, c->nxt), RST | TCP_ACK);
        free_connection(v, c);
        return true;
    }
    bool last = c->nxt + size == c->total;
    peer_of(c, &to);
    put_segment(v, &to, sequence_of(c, c->nxt), c->received, (u8)(TCP_ACK | (last ? FIN | PSH : 0)), segment, TCP_HEADER, size);
    c->nxt += size + last;
    if (c->nxt > c->highest) c->highest = c->nxt;
    return true;
}

/* Connections take turns. */
bool vnet_tcp_send_more(struct vnet *v)
{
    for (unsigned n = 0; n < VNET_CONNECTIONS; n++) {
        unsigned k = (v->turn + n) % VNET_CONNECTIONS;
        if (!v->tcp[k].phase || !send_segment(v, &v->tcp[k])) continue;
        v->turn = (u8)((k + 1) % VNET_CONNECTIONS);
        return true;
    }
    return false;
}

/* --- in --- */

/* RFC 9293, "Reset Generation": what belongs to no connection. */
static void refuse(struct vnet *v, const struct vnet_datagram *d, const struct segment *s)
{
    u8 segment[SEGMENT_ROOM];

    if (s->flags & RST) return;
    if (s->flags & TCP_ACK) put_segment(v, &d->from, s->acknowledges, 0, RST, segment, TCP_HEADER, 0);
    else put_segment(v, &d->from, 0, s->sequence + s->size + !!(s->flags & SYN) + !!(s->flags & FIN), RST | TCP_ACK, segment, TCP_HEADER, 0);
}

static void accept_connection(struct vnet *v, const struct vnet_datagram *d, const struct segment *s)
{
    for (unsigned n = 0; n < VNET_CONNECTIONS; n++) {
        struct vnet_tcp *c = &v->tcp[n];
        if (c->phase) continue;
        *c = (struct vnet_tcp){ .phase = TCP_SYN_RECEIVED, .ip = d->from.ip, .port = d->from.port, .iss = v->next_sequence, .received = s->sequence + 1, .window = s->window };
        c->mss = s->mss < MSS_LEAST ? MSS_LEAST : s->mss < MSS_MOST ? s->mss : MSS_MOST;
        c->congestion = 4u * c->mss;
        memcpy(c->mac, d->from.mac, 6);
        v->next_sequence += 0x01000193;
        send_control(v, c, c->iss, SYN | TCP_ACK);
        set_deadline(v, c);
        return;
    }                                                    /* all are taken: the peer will ask again */
}

/* RFC 5681, "Fast Retransmit", with a return to SND.UNA in place of recovery by segments. */
static void take_duplicate(struct vnet_tcp *c)
{
    if (c->duplicates < 255) c->duplicates++;
    if (c->duplicates != 3) return;
    c->congestion = c->congestion / 2 > 2u * c->mss ? c->congestion / 2 : 2u * c->mss;
    c->nxt = c->una;
}

static void take_acknowledgement(struct vnet *v, struct vnet_tcp *c, const struct segment *s)
{
    u64 offset = c->una + (u32)(s->acknowledges - sequence_of(c, c->una));

    if (offset > c->highest) return;                     /* an old one, or of what was never sent */
    bool same_window = s->window == c->window;
    c->window = s->window;
    if (offset == c->una) {
        if (same_window && !s->size && c->highest > c->una) take_duplicate(c);
        return;
    }
    c->una = offset;
    if (c->nxt < c->una) c->nxt = c->una;
    c->duplicates = c->retries = 0;
    c->congestion = c->congestion + c->mss < CONGESTION_MOST ? c->congestion + c->mss : CONGESTION_MOST;
    set_deadline(v, c);
}

/* Text in order goes to the request, until that is whole; what follows is acknowledged and forgotten. */
static void take_text(struct vnet *v, struct vnet_tcp *c, const struct segment *s)
{
    unsigned room = REQUEST_BYTES - c->request_used, size = s->size < room ? s->size : room;

    if (s->sequence != c->received) return;
    c->received += s->size;
    if (s->flags & FIN && !c->peer_closed) {
        c->peer_closed = true;
        c->received++;
    }
    if (c->answering) return;
    memcpy(c->request + c->request_used, s->text, size);
    c->request_used = (u16)(c->request_used + size);
    c->answering = vnet_http_request(v, c);
    set_deadline(v, c);
}

static void take_segment(struct vnet *v, struct vnet_tcp *c, const struct segment *s)
{
    if (s->flags & RST) {
        if (s->sequence - c->received < RECEIVE_WINDOW) free_connection(v, c);
        return;
    }
    if (s->flags & SYN) {
        if (c->phase == TCP_SYN_RECEIVED && s->sequence + 1 == c->received) send_control(v, c, c->iss, SYN | TCP_ACK);
        else send_ack(v, c);
        return;
    }
    if (!(s->flags & TCP_ACK)) return;
    if (c->phase == TCP_SYN_RECEIVED) {
        if (s->acknowledges != sequence_of(c, 0)) return;
        c->phase = TCP_ESTABLISHED;
        c->retries = 0;
        set_deadline(v, c);
    }
    take_acknowledgement(v, c, s);
    if (s->size || s->flags & FIN) {
        take_text(v, c, s);
        send_ack(v, c);
    } else if (s->sequence != c->received) send_ack(v, c);        /* a keep-alive, or lost sense of place */
    if (c->answering && c->una > c->total && c->peer_closed) free_connection(v, c);
    else if (c->peer_closed && !c->answering) free_connection(v, c);     /* it went without asking */
}

static bool read_segment(const struct vnet_datagram *d, struct segment *s)
{
    const u8 *p = d->payload;
    unsigned header = d->size >= TCP_HEADER ? (p[12] >> 4) * 4u : 0;

    if (header < TCP_HEADER || header > d->size || vnet_checksum(vnet_pseudo_header(d->from.ip, d->to, TCP_PROTOCOL, d->size), p, d->size)) return false;
    *s = (struct segment){ .sequence = wire32(p + 4), .acknowledges = wire32(p + 8), .flags = p[13], .window = wire16(p + 14), .mss = MSS_DEFAULT,
                           .text = p + header, .size = d->size - header };
    for (unsigned at = TCP_HEADER; at < header && p[at] != 0;) {
        if (p[at] == 1) {
            at++;
            continue;
        }
        if (at + 1 >= header || p[at + 1] < 2 || at + p[at + 1] > header) break;
        if (p[at] == OPTION_MSS && p[at + 1] == 4) s->mss = wire16(p + at + 2);
        at += p[at + 1];
    }
    return true;
}

void vnet_tcp_take(struct vnet *v, const struct vnet_datagram *datagram)
{
    struct vnet_datagram d = *datagram;
    struct segment s;

    if (!read_segment(&d, &s)) return;
    d.from.port = wire16(d.payload);
    bool here = wire16(d.payload + 2) == HTTP_PORT;
    for (unsigned n = 0; here && n < VNET_CONNECTIONS; n++) {
        if (!v->tcp[n].phase || v->tcp[n].ip != d.from.ip || v->tcp[n].port != d.from.port) continue;
        take_segment(v, &v->tcp[n], &s);
        return;
    }
    if (here && (s.flags & (SYN | TCP_ACK | RST | FIN)) == SYN) accept_connection(v, &d, &s);
    else refuse(v, &d, &s);
}

/* --- time --- */

/* RFC 9293, "Retransmission Timeout" and "Zero-Window Probing": back to SND.UNA with a segment at a time, one byte into a closed window. */
static void on_timeout(struct vnet *v, struct vnet_tcp *c)
{
    if (c->retries++ == RETRIES || (c->phase == TCP_ESTABLISHED && !(c->answering && c->una <= c->total))) {
        send_control(v, c, sequence_of(c, c->nxt), RST | TCP_ACK);
        free_connection(v, c);
        return;
    }
    if (c->phase == TCP_SYN_RECEIVED) send_control(v, c, c->iss, SYN | TCP_ACK);
    else {
        c->nxt = c->una;
        c->congestion = c->mss;
        c->duplicates = 0;
        if (!c->window) {
            c->window = 1;
            send_segment(v, c);
            c->window = 0;
        }
    }
    if (c->phase) set_deadline(v, c);
}

void vnet_tcp_on_timer(struct vnet *v)
{
    for (unsigned n = 0; n < VNET_CONNECTIONS; n++)
        if (v->tcp[n].deadline <= clock_now(v->clock)) on_timeout(v, &v->tcp[n]);
}
