/* TFTP: files of the folder, read only.                                                    doc: vnet
 * Sources: RFC 1350, 2347 (options), 2348 (blksize), 2349 (tsize).  Not modelled: writing (refused), netascii's change of line ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "devices/network/vnet.h"
#include "devices/network/wire_order.h"

enum { RRQ = 1, WRQ = 2, DATA = 3, ACK = 4, ERROR = 5, OACK = 6 };
enum { NOT_FOUND = 1, ACCESS = 2, FULL = 3, ILLEGAL = 4 };
enum { BLOCK_LEAST = 8, BLOCK_MOST = 1468, BLOCK_DEFAULT = 512, RETRIES = 6, TIMEOUT_MS = 1000 };

static void say_error(struct vnet *v, const struct vnet_peer *to, u16 from, u16 code, const char *text)
{
    u8 bytes[64];

    put_wire16(bytes, ERROR);
    put_wire16(bytes + 2, code);
    strcpy((char *)bytes + 4, text);
    vnet_send_udp(v, to, from, bytes, 4 + (unsigned)strlen(text) + 1);
}

static void end_transfer(struct vnet *v, struct vnet_tftp *t)
{
    t->active = false;
    t->deadline = NEVER;
    vnet_set_timer(v);
}

static u64 last_block(const struct vnet *v, const struct vnet_tftp *t) { return folder_size(&v->folder, t->file) / t->block_bytes + 1; }

/* The options that were taken, as name, value. */
static unsigned option_acknowledgement(const struct vnet *v, const struct vnet_tftp *t, u8 *bytes)
{
    unsigned used = 2;

    put_wire16(bytes, OACK);
    if (t->with_blksize) used += (unsigned)sprintf((char *)bytes + used, "blksize%c%u", 0, t->block_bytes) + 1;
    if (t->with_tsize) used += (unsigned)sprintf((char *)bytes + used, "tsize%c%llu", 0, (unsigned long long)folder_size(&v->folder, t->file)) + 1;
    return used;
}

static void send_block(struct vnet *v, struct vnet_tftp *t)
{
    struct vnet_peer to = { .ip = t->ip, .port = t->port };
    u16 from = (u16)(TFTP_FIRST_PORT + (t - v->tftp));
    u8 bytes[4 + BLOCK_MOST];
    u64 offset = (t->block - 1) * t->block_bytes, size = folder_size(&v->folder, t->file);
    unsigned length;

    memcpy(to.mac, t->mac, 6);
    if (t->block == 0) length = option_acknowledgement(v, t, bytes);
    else {
        unsigned piece = (unsigned)(size - offset < t->block_bytes ? size - offset : t->block_bytes);
        put_wire16(bytes, DATA);
        put_wire16(bytes + 2, (u16)t->block);
        if (!folder_read(&v->folder, t->file, offset, bytes + 4, piece)) {
            say_error(v, &to, from, ACCESS, "the file has changed");
            end_transfer(v, t);
            return;
        }
        length = 4 + piece;
    }
    vnet_send_udp(v, &to, from, bytes, length);
    t->deadline = vnet_tick_in_ms(v, TIMEOUT_MS << (t->retries < 3 ? t->retries : 3));
    vnet_set_timer(v);
}

/* --- a request: file, mode, then options by name and value --- */

/* The next text of a request; NULL: there is none with its end. */
static const char *next_text(const struct vnet_datagram *d, unsigned *at)
{
    const u8 *start = d->payload + *at, *end = *at < d->size ? memchr(start, 0, d->size - *at) : NULL;

    if (!end) return NULL;
    *at += (unsigned)(end - start) + 1;
    return (const char *)start;
}

static void take_options(struct vnet_tftp *t, const struct vnet_datagram *d, unsigned at)
{
    const char *name, *value;

    while ((name = next_text(d, &at)) && (value = next_text(d, &at))) {
        unsigned long number = strtoul(value, NULL, 10);
        if (!strcasecmp(name, "tsize")) t->with_tsize = true;
        if (strcasecmp(name, "blksize") || number < BLOCK_LEAST) continue;
        t->with_blksize = true;
        t->block_bytes = (u16)(number < BLOCK_MOST ? number : BLOCK_MOST);
    }
}

/* A free place, or that of the same client's earlier request; VNET_TRANSFERS: none. */
static unsigned place_for(const struct vnet *v, const struct vnet_peer *from)
{
    unsigned n = 0, free = VNET_TRANSFERS;

    for (; n < VNET_TRANSFERS; n++) {
        if (v->tftp[n].active && v->tftp[n].ip == from->ip && v->tftp[n].port == from->port) return n;
        if (!v->tftp[n].active && free == VNET_TRANSFERS) free = n;
    }
    return free;
}

void vnet_tftp_request(struct vnet *v, const struct vnet_datagram *d)
{
    unsigned at = 2, place = place_for(v, &d->from);
    const char *name = d->size > 2 ? next_text(d, &at) : NULL, *mode = name ? next_text(d, &at) : NULL;

    if (!mode || (d->payload[1] != RRQ && d->payload[1] != WRQ) || d->payload[0]) return;
    while (*name == '/') name++;
    unsigned file = *name ? folder_find(&v->folder, name) : FOLDER_NONE;
    if (d->payload[1] == WRQ) say_error(v, &d->from, TFTP_PORT, ACCESS, "this server is read-only");
    else if (strcasecmp(mode, "octet")) say_error(v, &d->from, TFTP_PORT, ILLEGAL, "mode octet alone");
    else if (file == FOLDER_NONE) say_error(v, &d->from, TFTP_PORT, NOT_FOUND, "no such file");
    else if (place == VNET_TRANSFERS) say_error(v, &d->from, TFTP_PORT, FULL, "too many transfers");
    else {
        struct vnet_tftp *t = &v->tftp[place];
        *t = (struct vnet_tftp){ .active = true, .ip = d->from.ip, .port = d->from.port, .file = (u16)file, .block_bytes = BLOCK_DEFAULT };
        memcpy(t->mac, d->from.mac, 6);
        take_options(t, d, at);
        t->block = t->with_blksize || t->with_tsize ? 0 : 1;
        send_block(v, t);
    }
}

/* An acknowledgement of the block that was sent last brings the next; of an earlier one it does nothing (RFC 1123, "Sorcerer's Apprentice"). */
void vnet_tftp_answer(struct vnet *v, unsigned transfer, const struct vnet_datagram *d)
{
    struct vnet_tftp *t = &v->tftp[transfer];

    if (!t->active || t->ip != d->from.ip || t->port != d->from.port || d->size < 4) return;
    if (wire16(d->payload) == ERROR) end_transfer(v, t);
    if (wire16(d->payload) != ACK || wire16(d->payload + 2) != (u16)t->block) return;
    t->retries = 0;
    if (t->block == last_block(v, t)) {
        end_transfer(v, t);
        return;
    }
    t->block++;
    send_block(v, t);
}

void vnet_tftp_on_timer(struct vnet *v)
{
    for (unsigned n = 0; n < VNET_TRANSFERS; n++) {
        struct vnet_tftp *t = &v->tftp[n];
        if (t->deadline > clock_now(v->clock)) continue;
        if (t->retries++ == RETRIES) end_transfer(v, t);
        else send_block(v, t);
    }
}
