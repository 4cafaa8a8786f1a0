#ifndef ORRERY_NETWORK_VNET_H
#define ORRERY_NETWORK_VNET_H
/* The virtual network: a server at 192.168.10.1 that lives in the machine.                 doc: vnet */
#include "devices/network/folder.h"
#include "devices/network/network.h"

#define VNET_ADDRESS 0xc0a80a01u         /* 192.168.10.1, of the server, router and name server */
#define VNET_MASK 0xffffff00u
#define VNET_FIRST_LEASE 0xc0a80a0fu     /* .15 */

enum { VNET_QUEUE = 32, VNET_LEASES = 16, VNET_CONNECTIONS = 8, VNET_TRANSFERS = 4, REQUEST_BYTES = 1024 };

#define VNET_STATE(ONE, MANY) \
    /*    type  name                                   unit     min         max  meaning                                        */ \
    MANY(u8,   queue, VNET_QUEUE * FRAME_MOST,         "",        0,       0xff, "frames that wait for the cable, a slot each")    \
    MANY(u16,  queue_size, VNET_QUEUE,                 "bytes",   0, FRAME_MOST, "their lengths")                                  \
    ONE (u32,  queue_head,                             "",        0, VNET_QUEUE - 1, "the next one")                               \
    ONE (u32,  queue_used,                             "",        0, VNET_QUEUE, "how many wait")                                  \
    MANY(bool, leased, VNET_LEASES,                    "",        0,          1, "the address 192.168.10.15 + n has been given")   \
    MANY(u8,   lease_mac, VNET_LEASES * 6,             "",        0,       0xff, "to whom")                                        \
    ONE (u16,  ip_id,                                  "",        0,     0xffff, "identification of the next datagram")            \
    ONE (u32,  next_sequence,                          "",        0, 0xffffffff, "initial sequence number of the next connection") \
    ONE (u8,   turn,                                   "",        0, VNET_CONNECTIONS - 1, "connection that may send next")        \
    ONE (event, timer,                                 "tick",    0, UINT64_MAX, "the earliest deadline of connections and transfers")

enum tcp_phase { TCP_FREE, TCP_SYN_RECEIVED, TCP_ESTABLISHED };

/* Offsets count bytes of the answer: offset 0 has the sequence number iss + 1, the FIN that of `total`. */
#define VNET_TCP_STATE(ONE, MANY) \
    /*    type  name                  unit     min         max  meaning                                                  */ \
    ONE (u8,   phase,                 "",        0,          2, "free, SYN received, established")                          \
    MANY(u8,   mac, 6,                "",        0,       0xff, "the peer")                                                 \
    ONE (u32,  ip,                    "",        0, 0xffffffff, "its address")                                              \
    ONE (u16,  port,                  "",        0,     0xffff, "its port")                                                 \
    ONE (u32,  iss,                   "",        0, 0xffffffff, "initial send sequence number")                             \
    ONE (u32,  received,              "",        0, 0xffffffff, "RCV.NXT: next sequence number of the peer's")              \
    ONE (u64,  una,                   "bytes",   0, UINT64_MAX, "SND.UNA as an offset: first one not acknowledged")         \
    ONE (u64,  nxt,                   "bytes",   0, UINT64_MAX, "SND.NXT as an offset")                                     \
    ONE (u64,  highest,               "bytes",   0, UINT64_MAX, "the highest that SND.NXT has been")                        \
    ONE (u32,  window,                "bytes",   0,     0xffff, "SND.WND")                                                  \
    ONE (u16,  mss,                   "bytes",   1,       1460, "longest segment the peer takes")                           \
    ONE (u32,  congestion,            "bytes",   0,    0x20000, "congestion window")                                        \
    ONE (u8,   duplicates,            "",        0,        255, "acknowledgements of the same byte in a row")               \
    ONE (u8,   retries,               "",        0,         16, "timeouts in a row")                                        \
    ONE (u64,  deadline,              "tick",    0, UINT64_MAX, "of the retransmission, or of a peer that is silent")       \
    MANY(u8,   request, REQUEST_BYTES, "",       0,       0xff, "what it asks")                                             \
    ONE (u16,  request_used,          "bytes",   0, REQUEST_BYTES, "so far")                                                \
    ONE (bool, answering,             "",        0,          1, "the request is whole, and there is an answer")             \
    ONE (bool, peer_closed,           "",        0,          1, "its FIN has come")                                         \
    ONE (u16,  status,                "",        0,        599, "of the answer")                                            \
    ONE (u16,  file,                  "",        0, FOLDER_NONE, "its body")                                                \
    ONE (u16,  head,                  "bytes",   0,        512, "length of its header")                                     \
    ONE (u64,  total,                 "bytes",   0, UINT64_MAX, "length of the answer")

#define VNET_TFTP_STATE(ONE, MANY) \
    /*    type  name                  unit     min         max  meaning                                                  */ \
    ONE (bool, active,                "",        0,          1, "a file is read")                                           \
    MANY(u8,   mac, 6,                "",        0,       0xff, "by whom")                                                  \
    ONE (u32,  ip,                    "",        0, 0xffffffff, "its address")                                              \
    ONE (u16,  port,                  "",        0,     0xffff, "its port")                                                 \
    ONE (u16,  file,                  "",        0, FOLDER_NONE, "which file")                                              \
    ONE (u64,  block,                 "",        0, UINT64_MAX, "block that was sent last; 0: the option acknowledgement")  \
    ONE (u16,  block_bytes,           "bytes",   8,       1468, "option blksize")                                           \
    ONE (bool, with_blksize,          "",        0,          1, "it was asked for")                                         \
    ONE (bool, with_tsize,            "",        0,          1, "so was tsize")                                             \
    ONE (u8,   retries,               "",        0,         16, "timeouts in a row")                                        \
    ONE (u64,  deadline,              "tick",    0, UINT64_MAX, "of the retransmission")

struct vnet_tcp {
    STATE_MEMBERS(VNET_TCP_STATE)
};
struct vnet_tftp {
    STATE_MEMBERS(VNET_TFTP_STATE)
};

struct vnet {
    STATE_MEMBERS(VNET_STATE)
    struct vnet_tcp tcp[VNET_CONNECTIONS];
    struct vnet_tftp tftp[VNET_TRANSFERS];
    struct network *net;
    struct clock *clock;
    struct folder folder;
    char bootfile[128];
};

extern const struct state_layout vnet_state, vnet_tcp_state, vnet_tftp_state;

struct vnet_peer {
    u8 mac[6];
    u32 ip;
    u16 port;
};

/* A datagram as it came: the frame has been checked as far as its IP header and length. */
struct vnet_datagram {
    struct vnet_peer from;
    u32 to;
    const u8 *payload;
    unsigned size;
};

void vnet_init(struct vnet *v, struct network *net);
void vnet_reset(struct vnet *v);
void vnet_take(void *vnet, const u8 *frame, unsigned size);      /* a frame from the card */
unsigned vnet_next(void *vnet, u8 *frame);
const char *vnet_invariant(const struct vnet *v);

/* For the protocols. */
u64 vnet_tick_in_ms(const struct vnet *v, u64 ms);
void vnet_set_timer(struct vnet *v);                             /* a deadline has changed */
u16 vnet_checksum(u32 sum, const u8 *bytes, unsigned size);      /* of RFC 1071; sum: what else counts */
u32 vnet_pseudo_header(u32 from, u32 to, u8 protocol, unsigned size);
bool vnet_queue_free(const struct vnet *v);
void vnet_send_ip(struct vnet *v, const struct vnet_peer *to, u8 protocol, const u8 *payload, unsigned size);
void vnet_send_udp(struct vnet *v, const struct vnet_peer *to, u16 from_port, const u8 *bytes, unsigned size);

void vnet_dhcp(struct vnet *v, const struct vnet_datagram *d);   /* payload: behind the UDP header */
void vnet_dns(struct vnet *v, const struct vnet_datagram *d);

enum { TFTP_PORT = 69, TFTP_FIRST_PORT = 3001, HTTP_PORT = 80 };
void vnet_tftp_request(struct vnet *v, const struct vnet_datagram *d);
void vnet_tftp_answer(struct vnet *v, unsigned transfer, const struct vnet_datagram *d);
void vnet_tftp_on_timer(struct vnet *v);

void vnet_tcp_take(struct vnet *v, const struct vnet_datagram *d);
bool vnet_tcp_send_more(struct vnet *v);                         /* a segment, if a connection has one to send now */
void vnet_tcp_on_timer(struct vnet *v);

/* The request so far has grown: false while it is not whole. */
bool vnet_http_request(struct vnet *v, struct vnet_tcp *c);
/* Bytes of the answer. */
bool vnet_http_read(struct vnet *v, const struct vnet_tcp *c, u64 offset, u8 *bytes, unsigned size);

#endif
