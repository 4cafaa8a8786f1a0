/* The virtual network's server: Ethernet, ARP, IPv4, ICMP, UDP.                            doc: vnet
 * All of it is state of the machine: it works in virtual time, and its answers depend on nothing but what the guest sent and the folder's files.
 * Sources: RFC 826 (ARP), 791 (IP), 792 (ICMP), 768 (UDP), 1071 (checksum).
 * Not modelled: fragments and IP options that would need them (such datagrams are dropped), IPv6, other hosts. */
#include "devices/network/vnet.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "cpu/base/frame_sums.h"
#include "devices/network/wire_order.h"

enum { TYPE_IP = 0x0800, TYPE_ARP = 0x0806, IP_HEADER = 20, UDP_HEADER = 8, ARP_BYTES = 28, ICMP_HEADER = 8 };
enum { ICMP = 1, TCP = 6, UDP = 17, DEFAULT_TTL = 64 };
enum { DHCP_PORT = 67, DHCP_CLIENT = 68, DNS_PORT = 53 };
#define BROADCAST 0xffffffffu

static const u8 server_mac[6] = { 0xb0, 0xc4, 0x20, 0x00, 0x00, 0xff };
static const u8 every_mac[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

#define STATE_OWNER struct vnet
STATE_LAYOUT_OF(vnet_state, "vnet", VNET_STATE, vnet_invariant);
#undef STATE_OWNER
#define STATE_OWNER struct vnet_tcp
STATE_LAYOUT(vnet_tcp_state, "vnet_tcp", VNET_TCP_STATE);
#undef STATE_OWNER
#define STATE_OWNER struct vnet_tftp
STATE_LAYOUT(vnet_tftp_state, "vnet_tftp", VNET_TFTP_STATE);

/* --- out --- */

bool vnet_queue_free(const struct vnet *v) { return v->queue_used < VNET_QUEUE; }

/* The place for a frame that waits for the cable; NULL when so many wait that it is dropped, as a switch would. */
static u8 *new_frame(struct vnet *v, const u8 *to, u16 type, unsigned size)
{
    if (!vnet_queue_free(v) || FRAME_HEADER + size > FRAME_MOST) return NULL;
    unsigned slot = (v->queue_head + v->queue_used++) % VNET_QUEUE;
    u8 *frame = v->queue + slot * FRAME_MOST;
    v->queue_size[slot] = (u16)(FRAME_HEADER + size);
    memcpy(frame, to, 6);
    memcpy(frame + 6, server_mac, 6);
    put_wire16(frame + 12, type);
    return frame + FRAME_HEADER;
}

u16 vnet_checksum(u32 sum, const u8 *bytes, unsigned size) { return (u16)~internet_sum(sum, bytes, size); }

u32 vnet_pseudo_header(u32 from, u32 to, u8 protocol, unsigned size)
{
    return (from >> 16) + (from & 0xffff) + (to >> 16) + (to & 0xffff) + protocol + size;
}

void vnet_send_ip(struct vnet *v, const struct vnet_peer *to, u8 protocol, const u8 *payload, unsigned size)
{
    u8 *ip = new_frame(v, to->ip == BROADCAST ? every_mac : to->mac, TYPE_IP, IP_HEADER + size);

    if (!ip) return;
    memset(ip, 0, IP_HEADER);
    ip[0] = 0x45;
    put_wire16(ip + 2, (u16)(IP_HEADER + size));
    put_wire16(ip + 4, v->ip_id++);
    ip[8] = DEFAULT_TTL;
    ip[9] = protocol;
    put_wire32(ip + 12, VNET_ADDRESS);
    put_wire32(ip + 16, to->ip);
    put_wire16(ip + 10, vnet_checksum(0, ip, IP_HEADER));
    memcpy(ip + IP_HEADER, payload, size);
}

void vnet_send_udp(struct vnet *v, const struct vnet_peer *to, u16 from_port, const u8 *bytes, unsigned size)
{
    u8 udp[FRAME_MOST];

    if (size > FRAME_MOST - FRAME_HEADER - IP_HEADER - UDP_HEADER) return;
    put_wire16(udp, from_port);
    put_wire16(udp + 2, to->port);
    put_wire16(udp + 4, (u16)(UDP_HEADER + size));
    put_wire16(udp + 6, 0);
    memcpy(udp + UDP_HEADER, bytes, size);
    u16 sum = vnet_checksum(vnet_pseudo_header(VNET_ADDRESS, to->ip, UDP, UDP_HEADER + size), udp, UDP_HEADER + size);
    put_wire16(udp + 6, sum ? sum : 0xffff);
    vnet_send_ip(v, to, UDP, udp, UDP_HEADER + size);
}

unsigned vnet_next(void *vnet, u8 *frame)
{
    struct vnet *v = vnet;

    if (!v->queue_used && !vnet_tcp_send_more(v)) return 0;
    if (!v->queue_used) return 0;
    unsigned size = v->queue_size[v->queue_head];
    memcpy(frame, v->queue + v->queue_head * FRAME_MOST, size);
    v->queue_head = (v->queue_head + 1) % VNET_QUEUE;
    v->queue_used--;
    return size;
}

/* --- in --- */

/* RFC 826: who asks for the server's address gets it. */
static void take_arp(struct vnet *v, const u8 *arp, unsigned size)
{
    static const u8 ethernet_ip[] = { 0, 1, 8, 0, 6, 4 };
    enum { OPERATION = 6, SENDER_MAC = 8, SENDER_IP = 14, TARGET_MAC = 18, TARGET_IP = 24, REQUEST = 1, REPLY = 2 };

    if (size < ARP_BYTES || memcmp(arp, ethernet_ip, sizeof ethernet_ip)) return;
    if (wire16(arp + OPERATION) != REQUEST || wire32(arp + TARGET_IP) != VNET_ADDRESS) return;
    u8 *reply = new_frame(v, arp + SENDER_MAC, TYPE_ARP, ARP_BYTES);
    if (!reply) return;
    memcpy(reply, ethernet_ip, sizeof ethernet_ip);
    put_wire16(reply + OPERATION, REPLY);
    memcpy(reply + SENDER_MAC, server_mac, 6);
    put_wire32(reply + SENDER_IP, VNET_ADDRESS);
    memcpy(reply + TARGET_MAC, arp + SENDER_MAC, 10);
}

static void take_icmp(struct vnet *v, const struct vnet_datagram *d)
{
    enum { ECHO_REPLY = 0, ECHO = 8 };
    u8 reply[FRAME_MOST];

    if (d->size < ICMP_HEADER || d->size > FRAME_MOST - FRAME_HEADER - IP_HEADER || d->payload[0] != ECHO || vnet_checksum(0, d->payload, d->size)) return;
    memcpy(reply, d->payload, d->size);
    reply[0] = ECHO_REPLY;
    put_wire16(reply + 2, 0);
    put_wire16(reply + 2, vnet_checksum(0, reply, d->size));
    vnet_send_ip(v, &d->from, ICMP, reply, d->size);
}

/* RFC 1122: nobody listens at a UDP port. */
static void say_unreachable(struct vnet *v, const struct vnet_datagram *d, const u8 *ip, unsigned header)
{
    enum { UNREACHABLE = 3, PORT = 3 };
    u8 message[ICMP_HEADER + 60 + 8] = { UNREACHABLE, PORT };
    unsigned quoted = header + UDP_HEADER;

    memcpy(message + ICMP_HEADER, ip, quoted);
    put_wire16(message + 2, vnet_checksum(0, message, ICMP_HEADER + quoted));
    vnet_send_ip(v, &d->from, ICMP, message, ICMP_HEADER + quoted);
}

static void take_udp(struct vnet *v, struct vnet_datagram *d, const u8 *ip, unsigned header)
{
    const u8 *udp = d->payload;
    unsigned size = d->size >= UDP_HEADER ? wire16(udp + 4) : 0;

    if (size < UDP_HEADER || size > d->size) return;
    if (wire16(udp + 6) && vnet_checksum(vnet_pseudo_header(d->from.ip, d->to, UDP, size), udp, size)) return;
    u16 port = wire16(udp + 2);
    d->from.port = wire16(udp);
    d->payload += UDP_HEADER;
    d->size = size - UDP_HEADER;
    if (port == DHCP_PORT) vnet_dhcp(v, d);
    else if (d->to != VNET_ADDRESS) return;
    else if (port == DNS_PORT) vnet_dns(v, d);
    else if (port == TFTP_PORT) vnet_tftp_request(v, d);
    else if (port >= TFTP_FIRST_PORT && port < TFTP_FIRST_PORT + VNET_TRANSFERS) vnet_tftp_answer(v, port - TFTP_FIRST_PORT, d);
    else say_unreachable(v, d, ip, header);
}

static void take_ip(struct vnet *v, const u8 *frame, const u8 *ip, unsigned size)
{
    struct vnet_datagram d;
    unsigned header = size >= IP_HEADER ? (ip[0] & 15) * 4u : 0, total = size >= IP_HEADER ? wire16(ip + 2) : 0;

    if (header < IP_HEADER || ip[0] >> 4 != 4 || total < header || total > size) return;
    if (vnet_checksum(0, ip, header) || wire16(ip + 6) & 0x3fff) return;         /* a fragment */
    d = (struct vnet_datagram){ .from = { .ip = wire32(ip + 12) }, .to = wire32(ip + 16), .payload = ip + header, .size = total - header };
    memcpy(d.from.mac, frame + 6, 6);
    if (d.to != VNET_ADDRESS && d.to != BROADCAST && d.to != (VNET_ADDRESS | ~VNET_MASK)) return;
    if (ip[9] == UDP) take_udp(v, &d, ip, header);
    if (d.to != VNET_ADDRESS) return;
    if (ip[9] == ICMP) take_icmp(v, &d);
    if (ip[9] == TCP) vnet_tcp_take(v, &d);
}

void vnet_take(void *vnet, const u8 *frame, unsigned size)
{
    struct vnet *v = vnet;

    if (memcmp(frame, server_mac, 6) && memcmp(frame, every_mac, 6)) return;
    if (wire16(frame + 12) == TYPE_ARP) take_arp(v, frame + FRAME_HEADER, size - FRAME_HEADER);
    if (wire16(frame + 12) == TYPE_IP) take_ip(v, frame, frame + FRAME_HEADER, size - FRAME_HEADER);
}

/* --- time --- */

u64 vnet_tick_in_ms(const struct vnet *v, u64 ms) { return clock_now(v->clock) + clock_ticks_of_ns(v->clock, ms * 1000000); }

void vnet_set_timer(struct vnet *v)
{
    u64 first = NEVER;

    for (unsigned n = 0; n < VNET_CONNECTIONS; n++)
        if (v->tcp[n].deadline < first) first = v->tcp[n].deadline;
    for (unsigned n = 0; n < VNET_TRANSFERS; n++)
        if (v->tftp[n].deadline < first) first = v->tftp[n].deadline;
    clock_at(v->clock, &v->timer, first);
}

static void on_timer(void *owner)
{
    struct vnet *v = owner;

    vnet_tcp_on_timer(v);
    vnet_tftp_on_timer(v);
    vnet_set_timer(v);
    network_wake(v->net);
}

/* --- life --- */

void vnet_reset(struct vnet *v)
{
    v->queue_head = v->queue_used = 0;
    memset(v->leased, 0, sizeof v->leased);
    for (unsigned n = 0; n < VNET_CONNECTIONS; n++) v->tcp[n] = (struct vnet_tcp){ .deadline = NEVER, .mss = 1 };
    for (unsigned n = 0; n < VNET_TRANSFERS; n++) v->tftp[n] = (struct vnet_tftp){ .deadline = NEVER, .block_bytes = 512 };
    vnet_set_timer(v);
}

void vnet_init(struct vnet *v, struct network *net)
{
    memset(v, 0, sizeof *v);
    v->net = net;
    v->clock = net->clock;
    v->folder.root = v->folder.fd = -1;
    clock_add(v->clock, &v->timer, on_timer, v);
    vnet_reset(v);
}

static void reset(void *self) { vnet_reset(self); }

static void close_vnet(void *self)
{
    struct vnet *v = self;

    folder_close(&v->folder);
    free(v);
}

static bool part(void *self, unsigned i, const char **name, const struct state_layout **layout, void **instance)
{
    static const char *const names[] = { "vnet", "tcp0", "tcp1", "tcp2", "tcp3", "tcp4", "tcp5", "tcp6", "tcp7", "tftp0", "tftp1", "tftp2", "tftp3" };
    struct vnet *v = self;

    _Static_assert(ARRAY_COUNT(names) == 1 + VNET_CONNECTIONS + VNET_TRANSFERS, "a name a part");
    if (i >= ARRAY_COUNT(names)) return false;
    *name = names[i];
    *layout = i == 0 ? &vnet_state : i <= VNET_CONNECTIONS ? &vnet_tcp_state : &vnet_tftp_state;
    *instance = i == 0 ? (void *)v : i <= VNET_CONNECTIONS ? (void *)&v->tcp[i - 1] : (void *)&v->tftp[i - 1 - VNET_CONNECTIONS];
    return true;
}

bool network_open_vnet(struct network *net, const struct nic_config *config, const char *who, struct error *err)
{
    struct vnet *v = allocated(malloc(sizeof *v));

    vnet_init(v, net);
    memcpy(v->bootfile, config->bootfile, sizeof v->bootfile);
    net->backend = (struct network_backend){ .self = v, .send = vnet_take, .next = vnet_next, .reset = reset, .close = close_vnet, .part = part };
    return folder_open(&v->folder, config->ethdev, who, err);
}

const char *vnet_invariant(const struct vnet *v)
{
    if (state_out_of_range(&vnet_state, v)) return "every field is in the range its list gives";
    for (unsigned n = 0; n < VNET_CONNECTIONS; n++) {
        const struct vnet_tcp *c = &v->tcp[n];
        if (state_out_of_range(&vnet_tcp_state, c)) return "every field of a connection is in the range its list gives";
        if (c->una > c->nxt || c->nxt > c->highest || c->highest > c->total + 1) return "what is acknowledged was sent, and what was sent is of the answer";
        if (!c->phase != (c->deadline == NEVER)) return "a connection has a deadline";
    }
    for (unsigned n = 0; n < VNET_TRANSFERS; n++) {
        if (state_out_of_range(&vnet_tftp_state, &v->tftp[n])) return "every field of a transfer is in the range its list gives";
        if (v->tftp[n].active == (v->tftp[n].deadline == NEVER)) return "a transfer has a deadline";
    }
    return NULL;
}
