/* DNS: the server's names, and nobody else's.                                              doc: vnet
 * Source: RFC 1035, "Messages".  Not modelled: recursion to the host's name server (nothing leaves the machine), more than one question. */
#include <string.h>
#include <strings.h>

#include "devices/network/vnet.h"
#include "devices/network/wire_order.h"

enum { HEADER = 12, NAME_MOST = 255, LABEL_MOST = 63, ANSWER_FIXED = 12, FLAG_RESPONSE = 0x8400, FLAG_RD = 0x0100, FLAG_RA = 0x0080, NXDOMAIN = 3, NOTIMP = 4 };
enum { TYPE_A = 1, TYPE_PTR = 12, CLASS_IN = 1, DNS_PORT = 53, TTL_SECONDS = 3600 };

/* The name of the question with dots; 0: it is none.  Returns the place behind it. */
static unsigned read_name(const struct vnet_datagram *d, char *name)
{
    unsigned at = HEADER, used = 0;

    while (at < d->size && d->payload[at]) {
        unsigned n = d->payload[at];
        if (n > LABEL_MOST || at + 1 + n >= d->size || used + n + 2 > NAME_MOST) return 0;
        if (used) name[used++] = '.';
        memcpy(name + used, d->payload + at + 1, n);
        used += n;
        at += 1 + n;
    }
    name[used] = 0;
    return at < d->size ? at + 1 : 0;
}

static bool ours(const char *name)
{
    static const char *const names[] = { "vnet", "server", "server.vnet", "www", "www.vnet", "tftp", "tftp.vnet" };

    for (unsigned i = 0; i < ARRAY_COUNT(names); i++)
        if (!strcasecmp(name, names[i])) return true;
    return false;
}

/* An answer of our address, or of our name for the question that asks backwards. */
static unsigned put_answer(u8 *to, u16 type)
{
    static const u8 pointer[] = { 6, 's', 'e', 'r', 'v', 'e', 'r', 4, 'v', 'n', 'e', 't', 0 };
    unsigned size = type == TYPE_A ? 4 : sizeof pointer;

    put_wire16(to, 0xc000 | HEADER);                     /* the name of the question */
    put_wire16(to + 2, type);
    put_wire16(to + 4, CLASS_IN);
    put_wire32(to + 6, TTL_SECONDS);
    put_wire16(to + 10, (u16)size);
    if (type == TYPE_A) put_wire32(to + ANSWER_FIXED, VNET_ADDRESS);
    else memcpy(to + ANSWER_FIXED, pointer, size);
    return ANSWER_FIXED + size;
}

void vnet_dns(struct vnet *v, const struct vnet_datagram *d)
{
    u8 reply[HEADER + NAME_MOST + 2 + 4 + ANSWER_FIXED + 16] = { 0 };
    char name[NAME_MOST + 1];
    unsigned end = d->size > HEADER ? read_name(d, name) : 0;

    if (!end || end + 4 > d->size || wire16(d->payload + 2) & 0x8000 || wire16(d->payload + 4) != 1) return;
    u16 flags = wire16(d->payload + 2), type = wire16(d->payload + end);
    bool query = !(flags & 0x7800), internet = wire16(d->payload + end + 2) == CLASS_IN;
    bool forward = ours(name), backward = !strcasecmp(name, "1.10.168.192.in-addr.arpa");
    bool answers = query && internet && ((forward && type == TYPE_A) || (backward && type == TYPE_PTR));
    unsigned size = end + 4;

    memcpy(reply, d->payload, size);
    put_wire16(reply + 2, (u16)(FLAG_RESPONSE | FLAG_RA | (flags & (0x7800 | FLAG_RD)) | (!query ? NOTIMP : forward || backward ? 0 : NXDOMAIN)));
    put_wire16(reply + 6, answers);
    put_wire32(reply + 8, 0);
    if (answers) size += put_answer(reply + size, type);
    vnet_send_udp(v, &d->from, DNS_PORT, reply, size);
}
