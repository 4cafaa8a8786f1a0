/* The cable: frames take the time of their bits, one after another.                       doc: network */
#include "devices/network/network.h"

#include <errno.h>
#include <string.h>

#include "devices/network/pcap.h"

enum { PREAMBLE_BYTES = 8, FCS_BYTES = 4, GAP_BYTES = 12, SWITCH_NS = 20000, LOOK_NS = 500000 };

#define STATE_OWNER struct network
STATE_LAYOUT_OF(network_state, "network", NETWORK_STATE, network_invariant);

static bool in_past(const struct network *net) { return net->past && *net->past; }

static bool may_go_out(struct network *net, enum host_limit where, unsigned size) { return !net->may_go_out || net->may_go_out(net->board, where, size); }

/* What is in the file stays readable: a reader stops at a record that is cut. */
static void give_up_capture(struct network *net)
{
    fprintf(stderr, "orrery: pcap=\"%s\": %s: no more is written to it\n", net->pcap_path, strerror(errno));
    fclose(net->pcap);
    net->pcap = NULL;
}

static void capture(struct network *net, const u8 *frame, unsigned size)
{
    if (!net->pcap || in_past(net) || !may_go_out(net, LIMIT_LOG, size + PCAP_RECORD_BYTES)) return;
    if (!pcap_write(net->pcap, net->clock, frame, size)) give_up_capture(net);
}

/* Takes the next frame from the far end and puts it on the cable. */
static void take(struct network *net, u64 after_ns)
{
    bool asks = net->backend.next && !(net->backend.outside && in_past(net));
    unsigned size = asks ? net->backend.next(net->backend.self, net->frame) : 0;

    if (net->backend.outside) size = net->admit(net->board, net->n, net->frame, size);
    net->size = (u16)(size <= FRAME_MOST ? size : 0);
    if (!net->size && !net->backend.outside) {
        clock_cancel(net->clock, &net->arrives);
        return;
    }
    u64 bytes = (net->size < FRAME_SHORTEST ? FRAME_SHORTEST : net->size) + PREAMBLE_BYTES + FCS_BYTES + GAP_BYTES;
    u64 ns = net->size ? after_ns + bytes * 8 * 1000000000 / net->card.bit_rate : LOOK_NS;
    clock_at(net->clock, &net->arrives, clock_now(net->clock) + clock_ticks_of_ns(net->clock, ns));
}

/* A switch fills a short frame up to what a card takes. */
static void deliver(struct network *net)
{
    unsigned size = net->size;

    if (size < FRAME_SHORTEST) memset(net->frame + size, 0, FRAME_SHORTEST - size), size = FRAME_SHORTEST;
    net->size = 0;
    capture(net, net->frame, size);
    net->card.receive(net->card.chip, net->frame, size);
}

/* The host's frames wait for a card that has no room; on the cable of a network in the machine they are lost, as on a real one. */
static void on_arrives(void *owner)
{
    struct network *net = owner;

    if (net->size && net->backend.outside && !net->card.ready(net->card.chip)) {
        clock_at(net->clock, &net->arrives, clock_now(net->clock) + clock_ticks_of_ns(net->clock, LOOK_NS));
        return;
    }
    if (net->size) deliver(net);
    take(net, 0);
}

void network_wake(struct network *net)
{
    if (net->arrives.at == NEVER) take(net, SWITCH_NS);
}

/* What stays in the machine costs nobody anything; what leaves it does so once. */
static bool leaves(struct network *net, unsigned size)
{
    return !net->backend.outside || (!in_past(net) && may_go_out(net, LIMIT_NETWORK, size));
}

void network_send(void *network, const u8 *frame, unsigned size)
{
    struct network *net = network;

    if (size < FRAME_HEADER || size > FRAME_MOST) return;
    capture(net, frame, size);
    if (net->backend.send && leaves(net, size)) net->backend.send(net->backend.self, frame, size);
    network_wake(net);
}

void network_init(struct network *net, struct clock *clock, const struct network_card *card)
{
    *net = (struct network){ .clock = clock, .card = *card };
    clock_add(clock, &net->arrives, on_arrives, net);
}

bool network_open(struct network *net, const struct nic_config *config, struct lan_seat *seat, const char *who, struct error *err)
{
    if (config->pcap[0]) {
        net->pcap = pcap_create(config->pcap);
        net->pcap_path = config->pcap;
        if (!net->pcap) return fail(err, "%s: pcap=\"%s\": cannot be created: %s", who, config->pcap, strerror(errno));
    }
    switch (config->ethmod) {
    case NETWORK_VNET: return network_open_vnet(net, config, who, err);
    case NETWORK_PASST: return network_open_passt(net, config, who, err);
    case NETWORK_LAN: return seat ? network_open_seat(net, seat, config, who, err) : network_open_lan(net, config, who, err);
    case NETWORK_TAP: return network_open_tap(net, config, who, err);
    case NETWORK_REPLAY: net->backend.outside = true; return true;       /* a journal's frames, and no others */
    default: return true;                                /* null: frames go nowhere, none come */
    }
}

void network_reset(struct network *net)
{
    net->size = 0;
    if (net->backend.reset) net->backend.reset(net->backend.self);
    clock_cancel(net->clock, &net->arrives);
    if (net->backend.outside) clock_at(net->clock, &net->arrives, clock_now(net->clock) + clock_ticks_of_ns(net->clock, LOOK_NS));
}

void network_close(struct network *net)
{
    if (net->backend.close) net->backend.close(net->backend.self);
    if (net->pcap && fclose(net->pcap)) fprintf(stderr, "orrery: pcap=\"%s\": is not whole: %s\n", net->pcap_path, strerror(errno));
    net->backend = (struct network_backend){ 0 };
    net->pcap = NULL;
}

const char *network_invariant(const struct network *net)
{
    if (state_out_of_range(&network_state, net)) return "every field is in the range its list gives";
    return net->size && net->arrives.at == NEVER ? "a frame on the cable arrives" : NULL;
}
