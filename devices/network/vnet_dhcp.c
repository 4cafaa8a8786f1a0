/* DHCP: addresses 192.168.10.15 and up, one a MAC, and where to boot from.                 doc: vnet
 * Sources: RFC 2131, 2132, 951.  Not modelled: relays, options in the sname and file fields, leases that end. */
#include <string.h>

#include "devices/network/vnet.h"
#include "devices/network/wire_order.h"

enum { BOOTREQUEST = 1, BOOTREPLY = 2, CIADDR = 12, YIADDR = 16, SIADDR = 20, CHADDR = 28, SNAME = 44, FILE_NAME = 108, COOKIE = 236, OPTIONS = 240,
       FILE_BYTES = 128, REPLY_BYTES = 548 };
enum { PAD = 0, MASK = 1, ROUTER = 3, NAME_SERVER = 6, DOMAIN = 15, BROADCAST_ADDRESS = 28, REQUESTED = 50, LEASE = 51, MESSAGE = 53, SERVER = 54, TFTP_NAME = 66, BOOTFILE = 67,
       END = 255 };
enum { DISCOVER = 1, OFFER = 2, REQUEST = 3, DECLINE = 4, ACK = 5, NAK = 6, RELEASE = 7, INFORM = 8 };
enum { DHCP_SERVER_PORT = 67, DHCP_CLIENT_PORT = 68, LEASE_SECONDS = 86400 };
#define MAGIC 0x63825363u
#define BROADCAST 0xffffffffu

/* --- what it asks --- */

/* An option's bytes; NULL: it is not there, or shorter than `least`. */
static const u8 *option(const struct vnet_datagram *d, u8 wanted, unsigned least)
{
    for (unsigned at = OPTIONS; at < d->size && d->payload[at] != END;) {
        if (d->payload[at] == PAD) {
            at++;
            continue;
        }
        if (at + 2 > d->size || at + 2 + d->payload[at + 1] > d->size) return NULL;
        if (d->payload[at] == wanted) return d->payload[at + 1] >= least ? d->payload + at + 2 : NULL;
        at += 2u + d->payload[at + 1];
    }
    return NULL;
}

/* The lease of a MAC: the one it has, or the first free one; when all are given, the last one changes hands. */
static unsigned lease_of(struct vnet *v, const u8 *mac)
{
    unsigned n = 0;

    for (unsigned k = 0; k < VNET_LEASES; k++)
        if (v->leased[k] && !memcmp(v->lease_mac + 6 * k, mac, 6)) return k;
    while (n < VNET_LEASES - 1 && v->leased[n]) n++;
    v->leased[n] = true;
    memcpy(v->lease_mac + 6 * n, mac, 6);
    return n;
}

/* --- the answer --- */

struct reply {
    u8 byte[REPLY_BYTES];
    unsigned used;
};

static void add(struct reply *r, u8 code, const void *bytes, size_t size)
{
    if (size > 255 || r->used + 2 + size >= REPLY_BYTES) return;
    r->byte[r->used++] = code;
    r->byte[r->used++] = (u8)size;
    memcpy(r->byte + r->used, bytes, size);
    r->used += (unsigned)size;
}

static void add32(struct reply *r, u8 code, u32 value)
{
    u8 bytes[4];

    put_wire32(bytes, value);
    add(r, code, bytes, 4);
}

static void add_network(const struct vnet *v, struct reply *r)
{
    add32(r, MASK, VNET_MASK);
    add32(r, ROUTER, VNET_ADDRESS);
    add32(r, NAME_SERVER, VNET_ADDRESS);
    add32(r, BROADCAST_ADDRESS, VNET_ADDRESS | ~VNET_MASK);
    add(r, DOMAIN, "vnet", 4);
    if (!v->bootfile[0]) return;
    add(r, TFTP_NAME, "192.168.10.1", 12);
    add(r, BOOTFILE, v->bootfile, strlen(v->bootfile));
    memcpy(r->byte + FILE_NAME, v->bootfile, strlen(v->bootfile));
    put_wire32(r->byte + SIADDR, VNET_ADDRESS);
}

static void answer(struct vnet *v, const struct vnet_datagram *d, u8 kind, u32 address)
{
    struct reply r = { .used = OPTIONS };
    struct vnet_peer to = { .port = DHCP_CLIENT_PORT };
    bool broadcast = d->payload[10] & 0x80 || kind == NAK;
    u32 client = wire32(d->payload + CIADDR);

    memcpy(r.byte, d->payload, CHADDR + 16);             /* transaction, flags, hardware address as they came */
    r.byte[0] = BOOTREPLY;
    put_wire32(r.byte + YIADDR, kind == NAK ? 0 : address);
    put_wire32(r.byte + SIADDR, 0);
    if (kind == NAK) put_wire32(r.byte + CIADDR, 0);
    put_wire32(r.byte + COOKIE, MAGIC);
    add(&r, MESSAGE, &kind, 1);
    add32(&r, SERVER, VNET_ADDRESS);
    if (kind != NAK) {
        if (address) add32(&r, LEASE, LEASE_SECONDS);
        add_network(v, &r);
    }
    r.byte[r.used] = END;
    memcpy(to.mac, d->payload + CHADDR, 6);
    to.ip = broadcast ? BROADCAST : client ? client : address;
    vnet_send_udp(v, &to, DHCP_SERVER_PORT, r.byte, REPLY_BYTES);
}

void vnet_dhcp(struct vnet *v, const struct vnet_datagram *d)
{
    const u8 *p = d->payload, *kind, *server, *requested;

    if (d->size < OPTIONS || p[0] != BOOTREQUEST || p[1] != 1 || p[2] != 6 || wire32(p + COOKIE) != MAGIC) return;
    kind = option(d, MESSAGE, 1);
    server = option(d, SERVER, 4);
    requested = option(d, REQUESTED, 4);
    if (!kind || (server && wire32(server) != VNET_ADDRESS)) return;     /* another server's */
    if (*kind == INFORM) answer(v, d, ACK, 0);
    if (*kind != DISCOVER && *kind != REQUEST) return;                   /* DECLINE, RELEASE: the lease stays the MAC's */
    u32 address = VNET_FIRST_LEASE + lease_of(v, p + CHADDR), wanted = requested ? wire32(requested) : wire32(p + CIADDR);
    if (*kind == DISCOVER) answer(v, d, OFFER, address);
    else answer(v, d, wanted == address ? ACK : NAK, address);
}
