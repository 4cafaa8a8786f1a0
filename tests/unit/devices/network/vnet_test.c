/* The virtual network as a guest meets it: frames in, frames out.  RFC 826, 792, 2131, 1035, 1350, 2348, 9293, 1945. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "devices/network/vnet.h"
#include "devices/network/wire_order.h"
#include "tests/unit/devices/bench.h"
#include "tests/unit/room.h"

enum { BIG = 100000, IP = 14, PAYLOAD = 34, FIN = 1, SYN = 2, RST = 4, ACK = 16 };
#define GUEST 0xc0a80a0fu

static const u8 mac[6] = { 0x02, 0, 0, 0, 0, 1 };
static struct clock bench;
static struct network net;
static struct vnet *vnet;
static char folder[TEST_ROOM];
static u8 big[BIG], got[FRAME_MOST];
static unsigned got_size, frames;
static void (*on_frame)(const u8 *frame, unsigned size);

static void receive(void *chip, const u8 *frame, unsigned size)
{
    (void)chip;
    memcpy(got, frame, size);
    got_size = size;
    frames++;
    if (on_frame) on_frame(frame, size);
}
static bool always(const void *chip) { (void)chip; return true; }

static void put_file(const char *name, const void *bytes, size_t size)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, size, f) == size);
    fclose(f);
}

static void setup(void)
{
    const struct network_card card = { NULL, receive, always, 100000000 };
    struct nic_config config = { .ethmod = NETWORK_VNET, .bootfile = "boot/loader" };
    struct error err = { 0 };

    test_room(folder);
    for (unsigned i = 0; i < BIG; i++) big[i] = (u8)(i * 2654435761u >> 13);
    put_file("big", big, BIG);
    put_file("exact", big, 1024);
    put_file("a b", "x", 1);
    strcpy(config.ethdev, folder);
    clock_init(&bench, BENCH_IPS);
    network_init(&net, &bench, &card);
    cr_assert(network_open(&net, &config, NULL, "test", &err), "%s", err.text);
    network_reset(&net);
    vnet = net.backend.self;
    frames = got_size = 0;
    on_frame = NULL;
}

static void teardown(void)
{
    static const char *const names[] = { "big", "exact", "a b" };
    char path[256];

    cr_expect_null(vnet_invariant(vnet), "%s", vnet_invariant(vnet));
    cr_expect_null(network_invariant(&net));
    network_close(&net);
    clock_free(&bench);
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++) snprintf(path, sizeof path, "%s/%s", folder, names[i]), unlink(path);
    rmdir(folder);
}
TestSuite(vnet, .init = setup, .fini = teardown);

/* --- what the guest sends --- */

static void send_ip(u32 to, u8 protocol, const u8 *payload, unsigned size)
{
    u8 f[FRAME_MOST] = { 0 };

    memset(f, 0xff, 6);
    memcpy(f + 6, mac, 6);
    put_wire16(f + 12, 0x0800);
    f[IP] = 0x45;
    put_wire16(f + IP + 2, (u16)(20 + size));
    f[IP + 8] = 64;
    f[IP + 9] = protocol;
    put_wire32(f + IP + 12, to == 0xffffffff ? 0 : GUEST);
    put_wire32(f + IP + 16, to);
    put_wire16(f + IP + 10, vnet_checksum(0, f + IP, 20));
    memcpy(f + PAYLOAD, payload, size);
    network_send(&net, f, PAYLOAD + size);
    bench_run(&bench, 1000);
}

static void send_udp(u32 to, u16 from_port, u16 port, const void *bytes, unsigned size)
{
    u8 udp[1500] = { 0 };

    put_wire16(udp, from_port), put_wire16(udp + 2, port), put_wire16(udp + 4, (u16)(8 + size));
    memcpy(udp + 8, bytes, size);
    send_ip(to, 17, udp, 8 + size);
}

static bool sums_right(void)
{
    const u8 *ip = got + IP;
    unsigned size = wire16(ip + 2) - 20;
    if (vnet_checksum(0, ip, 20)) return false;
    return ip[9] == 1 ? !vnet_checksum(0, ip + 20, size) : !vnet_checksum(vnet_pseudo_header(wire32(ip + 12), wire32(ip + 16), ip[9], size), ip + 20, size);
}

/* --- ARP, ICMP --- */

Test(vnet, who_asks_for_the_servers_address_gets_it)
{
    u8 f[60] = { 255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 192, 168, 10, 15, 0, 0, 0, 0, 0, 0, 192, 168, 10, 1 };

    network_send(&net, f, 60);
    bench_run(&bench, 1000);
    cr_assert_eq(frames, 1);
    cr_expect(got[21] == 2 && !memcmp(got, mac, 6) && wire32(got + 28) == VNET_ADDRESS && !memcmp(got + 32, mac, 6));
    f[41] = 2;
    network_send(&net, f, 60);
    bench_run(&bench, 1000);
    cr_expect_eq(frames, 1, "of nobody else");
}

Test(vnet, an_echo_comes_back_with_its_data)
{
    u8 echo[64] = { 8, 0, 0, 0, 0x12, 0x34, 0, 1, 'd', 'a', 't', 'a' };

    put_wire16(echo + 2, vnet_checksum(0, echo, sizeof echo));
    send_ip(VNET_ADDRESS, 1, echo, sizeof echo);
    cr_assert(frames == 1 && sums_right());
    cr_expect(got[PAYLOAD] == 0 && !memcmp(got + PAYLOAD + 4, echo + 4, sizeof echo - 4));
    echo[9]++;
    send_ip(VNET_ADDRESS, 1, echo, sizeof echo);
    cr_expect_eq(frames, 1, "a wrong checksum is dropped");
}

Test(vnet, a_port_where_nobody_listens_is_unreachable)
{
    send_udp(VNET_ADDRESS, 5000, 9, "x", 1);
    cr_assert(frames == 1 && sums_right());
    cr_expect(got[PAYLOAD] == 3 && got[PAYLOAD + 1] == 3 && wire16(got + PAYLOAD + 8 + 20 + 2) == 9);
}

/* --- DHCP --- */

static const u8 *dhcp_option(u8 code)
{
    for (unsigned at = PAYLOAD + 8 + 240; at < got_size && got[at] != 255; at += 2u + got[at + 1])
        if (got[at] == code) return got + at + 2;
    return NULL;
}

static void dhcp(u8 kind, u32 wanted, u8 last_of_mac)
{
    u8 m[260] = { 1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef };

    memcpy(m + 28, mac, 6);
    m[33] = last_of_mac;
    put_wire32(m + 236, 0x63825363);
    m[240] = 53, m[241] = 1, m[242] = kind;
    m[243] = 50, m[244] = 4;
    put_wire32(m + 245, wanted);
    m[249] = 255;
    got_size = 0;
    send_udp(0xffffffff, 68, 67, m, sizeof m);
}

Test(vnet, a_client_gets_its_address_and_where_to_boot_from)
{
    dhcp(1, 0, 1);
    cr_assert(frames == 1 && sums_right());
    cr_expect_eq(*dhcp_option(53), 2, "an offer");
    cr_expect_eq(wire32(got + PAYLOAD + 8 + 16), GUEST);
    cr_expect_eq(wire32(got + PAYLOAD + 8 + 4), 0xdeadbeef);
    cr_expect_eq(wire32(dhcp_option(1)), 0xffffff00);
    cr_expect(wire32(dhcp_option(3)) == VNET_ADDRESS && wire32(dhcp_option(6)) == VNET_ADDRESS && wire32(dhcp_option(54)) == VNET_ADDRESS);
    cr_expect_eq(memcmp(dhcp_option(67), "boot/loader", 11), 0);
    cr_expect_str_eq((char *)got + PAYLOAD + 8 + 108, "boot/loader");
    dhcp(3, GUEST, 1);
    cr_expect_eq(*dhcp_option(53), 5);
    dhcp(3, GUEST + 1, 1);
    cr_expect_eq(*dhcp_option(53), 6, "another address than its own is refused");
    dhcp(1, 0, 2);
    cr_expect_eq(wire32(got + PAYLOAD + 8 + 16), GUEST + 1, "another client, another address");
    dhcp(1, 0, 1);
    cr_expect_eq(wire32(got + PAYLOAD + 8 + 16), GUEST);
}

Test(vnet, options_that_run_over_the_end_are_no_options)
{
    u8 m[244] = { 1, 1, 6 };

    put_wire32(m + 236, 0x63825363);
    m[240] = 53, m[241] = 200, m[242] = 1;
    send_udp(0xffffffff, 68, 67, m, sizeof m);
    cr_expect_eq(frames, 0);
}

/* --- DNS --- */

static void ask(const char *labels, unsigned size, u16 type)
{
    u8 m[300] = { 0x12, 0x34, 1, 0, 0, 1 };

    memcpy(m + 12, labels, size);
    put_wire16(m + 12 + size, type);
    put_wire16(m + 14 + size, 1);
    send_udp(VNET_ADDRESS, 4000, 53, m, 16 + size);
}

Test(vnet, names_of_the_server_have_its_address_and_others_none)
{
    const u8 *reply = got + PAYLOAD + 8;

    ask("\3WWW\4vnet", 10, 1);
    cr_assert(frames == 1 && sums_right());
    cr_expect(wire16(reply) == 0x1234 && wire16(reply + 2) == 0x8580 && wire16(reply + 6) == 1);
    cr_expect_eq(wire32(reply + 12 + 10 + 4 + 12), VNET_ADDRESS);
    ask("\3WWW\4vnet", 10, 28);
    cr_expect(wire16(reply + 2) == 0x8580 && wire16(reply + 6) == 0, "it has no address of that kind");
    ask("\6debian\3org", 12, 1);
    cr_expect_eq(wire16(reply + 2), 0x8583, "NXDOMAIN");
    ask("\0011\00210\003168\003192\7in-addr\4arpa", 27, 12);
    cr_expect_eq(wire16(reply + 6), 1);
    frames = 0;
    ask("\300\300\300", 4, 1);
    cr_expect_eq(frames, 0, "a pointer in a question");
}

/* --- TFTP --- */

static unsigned tftp_block(unsigned block)
{
    const u8 *t = got + PAYLOAD + 8;

    cr_assert(sums_right());
    cr_assert(wire16(t) == 3 && wire16(t + 2) == (u16)block, "block %u", block);
    return wire16(got + PAYLOAD + 4) - 8u - 4;
}

static void tftp_ack(unsigned block)
{
    u8 m[4] = { 0, 4 };

    put_wire16(m + 2, (u16)block);
    send_udp(VNET_ADDRESS, 5000, wire16(got + PAYLOAD), m, 4);
}

Test(vnet, a_file_comes_in_blocks_of_512_until_a_short_one)
{
    unsigned total = 0, size = 512, block = 1;

    send_udp(VNET_ADDRESS, 5000, 69, "\0\1big\0octet", 12);
    for (; size == 512; block++) {
        size = tftp_block(block);
        cr_assert_eq(memcmp(got + PAYLOAD + 12, big + total, size), 0);
        total += size;
        tftp_ack(block);
    }
    cr_expect_eq(total, BIG);
    cr_expect_not(vnet->tftp[0].active);
}

Test(vnet, a_file_of_whole_blocks_ends_with_an_empty_one)
{
    send_udp(VNET_ADDRESS, 5000, 69, "\0\1exact\0octet", 14);
    for (unsigned block = 1; block <= 2; block++) {
        cr_expect_eq(tftp_block(block), 512);
        tftp_ack(block);
    }
    cr_expect_eq(tftp_block(3), 0);
}

Test(vnet, options_are_acknowledged_first)
{
    send_udp(VNET_ADDRESS, 5000, 69, "\0\1big\0octet\0blksize\0001432\0tsize\0000\0", 34);
    const u8 *t = got + PAYLOAD + 8;
    cr_expect_eq(memcmp(t, "\0\6blksize\0001432\0tsize\000100000\0", 28), 0);
    tftp_ack(0);
    cr_expect_eq(tftp_block(1), 1432);
}

Test(vnet, what_is_not_there_or_would_write_is_an_error)
{
    const u8 *t = got + PAYLOAD + 8;

    send_udp(VNET_ADDRESS, 5000, 69, "\0\1../etc/passwd\0octet", 22);
    cr_expect(wire16(t) == 5 && wire16(t + 2) == 1);
    send_udp(VNET_ADDRESS, 5000, 69, "\0\2big\0octet", 12);
    cr_expect(wire16(t) == 5 && wire16(t + 2) == 2);
}

Test(vnet, a_block_is_sent_again_until_patience_ends)
{
    send_udp(VNET_ADDRESS, 5000, 69, "\0\1big\0octet", 12);
    bench_run(&bench, 1100000);
    cr_expect_eq(frames, 2);
    bench_run(&bench, 100000000);
    cr_expect_eq(frames, 7);
    cr_expect_not(vnet->tftp[0].active);
}

/* --- TCP and HTTP: a client that may lose what comes --- */

static struct {
    u32 sequence, received;
    u8 *text;
    unsigned used, lose_every, seen, opens_at;
    bool established, closed, reset;
    const char *request;
    u16 window;
} client;

static void tcp_send(u8 flags, const void *text, unsigned size)
{
    u8 t[1500] = { 0 };

    put_wire16(t, 40000), put_wire16(t + 2, 80);
    put_wire32(t + 4, client.sequence), put_wire32(t + 8, client.received);
    t[12] = flags & SYN ? 0x60 : 0x50;
    t[13] = flags;
    put_wire16(t + 14, client.window);
    unsigned header = 20;
    if (flags & SYN) put_wire32(t + 20, 0x02040000 | 1400), header = 24;
    memcpy(t + header, text, size);
    put_wire16(t + 16, vnet_checksum(vnet_pseudo_header(GUEST, VNET_ADDRESS, 6, header + size), t, header + size));
    u8 f[FRAME_MOST] = { 0 };
    memset(f, 0xff, 6);
    memcpy(f + 6, mac, 6);
    put_wire16(f + 12, 0x0800);
    f[IP] = 0x45, f[IP + 8] = 64, f[IP + 9] = 6;
    put_wire16(f + IP + 2, (u16)(20 + header + size));
    put_wire32(f + IP + 12, GUEST), put_wire32(f + IP + 16, VNET_ADDRESS);
    put_wire16(f + IP + 10, vnet_checksum(0, f + IP, 20));
    memcpy(f + PAYLOAD, t, header + size);
    client.sequence += size + !!(flags & (SYN | FIN));
    network_send(&net, f, PAYLOAD + header + size);
}

static void client_takes(const u8 *frame, unsigned size)
{
    const u8 *t = frame + PAYLOAD;
    unsigned length = wire16(frame + IP + 2) - 20u - (t[12] >> 4) * 4u;

    (void)size;
    if (frame[IP + 9] != 6) return;
    cr_assert(sums_right());
    if (client.opens_at && ++client.seen == client.opens_at) client.window = 65535;
    if (client.lose_every && ++client.seen % client.lose_every == 0) return;
    if (t[13] & RST) client.reset = true;
    else if (t[13] & SYN) {
        cr_expect_eq(wire32(t + 20), 0x020405b4, "MSS 1460");
        client.received = wire32(t + 4) + 1;
        if (!client.established) tcp_send(ACK, client.request, (unsigned)strlen(client.request));
        client.established = true;
    } else if (wire32(t + 4) != client.received) tcp_send(ACK, "", 0);
    else if (length || t[13] & FIN) {
        memcpy(client.text + client.used, t + (t[12] >> 4) * 4, length);
        client.used += length;
        client.received += length;
        if (t[13] & FIN) {
            client.received++;
            client.closed = true;
            tcp_send(FIN | ACK, "", 0);
        } else tcp_send(ACK, "", 0);
    }
}

static const char *fetch(const char *request)
{
    free(client.text);
    u16 window = client.window ? client.window : 65535;
    unsigned lose = client.lose_every;
    memset(&client, 0, sizeof client);
    client.window = window;
    client.lose_every = lose;
    client.sequence = 0xfffffff0;                                                /* it wraps on the way */
    client.request = request;
    client.text = calloc(1, 2 * BIG);
    on_frame = client_takes;
    tcp_send(SYN, "", 0);
    bench_run(&bench, 200000000);
    cr_assert_null(vnet_invariant(vnet), "%s", vnet_invariant(vnet));
    char *body = strstr((char *)client.text, "\r\n\r\n");
    return body ? body + 4 : NULL;
}

Test(vnet, a_file_comes_whole_and_the_connection_closes)
{
    const char *body = fetch("GET /big HTTP/1.0\r\nHost: vnet\r\n\r\n");

    cr_assert(body && client.closed && !client.reset);
    cr_expect_eq(strncmp((char *)client.text, "HTTP/1.0 200 OK\r\n", 17), 0);
    cr_expect(strstr((char *)client.text, "Content-Length: 100000\r\n"));
    cr_expect_eq(client.used - (unsigned)(body - (char *)client.text), BIG);
    cr_expect_eq(memcmp(body, big, BIG), 0);
    cr_expect_eq(vnet->tcp[0].phase, TCP_FREE);
}

Test(vnet, lost_segments_come_again)
{
    static const unsigned every[] = { 2, 3, 7, 20 };

    for (unsigned i = 0; i < ARRAY_COUNT(every); i++) {
        client.lose_every = every[i];
        client.window = 0;
        const char *body = fetch("GET /big HTTP/1.0\r\n\r\n");
        cr_assert(body && client.closed && !client.reset, "one of %u lost", every[i]);
        cr_expect_eq(memcmp(body, big, BIG), 0);
    }
}

Test(vnet, a_small_window_is_respected)
{
    client.window = 100;
    const char *body = fetch("GET /exact HTTP/1.0\r\n\r\n");
    cr_assert(body && client.closed);
    cr_expect_eq(memcmp(body, big, 1024), 0);
}

Test(vnet, a_closed_window_is_probed_by_single_bytes)
{
    static u8 text[4096];

    client = (typeof(client)){ .sequence = 1, .request = "GET /exact HTTP/1.0\r\n\r\n", .text = text, .opens_at = 5 };
    on_frame = client_takes;
    tcp_send(SYN, "", 0);
    bench_run(&bench, 100000000);
    cr_expect(client.closed && !client.reset);
    cr_expect_eq(memcmp(strstr((char *)text, "\r\n\r\n") + 4, big, 1024), 0);
    client.text = NULL;
}

Test(vnet, requests_and_their_answers)
{
    static const struct { const char *request, *begin; } cases[] = {
        { "GET /a%20b HTTP/1.1\r\n\r\n", "HTTP/1.0 200 " }, { "HEAD /big HTTP/1.0\r\n\r\n", "HTTP/1.0 200 " }, { "GET /none HTTP/1.0\r\n\r\n", "HTTP/1.0 404 " },
        { "GET /../big HTTP/1.0\r\n\r\n", "HTTP/1.0 404 " }, { "PUT /big HTTP/1.0\r\n\r\n", "HTTP/1.0 501 " }, { "nonsense\n\n", "HTTP/1.0 400 " },
        { "GET http://vnet/exact?x#y HTTP/1.0\r\n\r\n", "HTTP/1.0 200 " }, { "GET / HTTP/1.0\n\n", "HTTP/1.0 200 " }, { "GET /exact\n", "HTTP/1.0 200 " },
        { "GET /%00 HTTP/1.0\r\n\r\n", "HTTP/1.0 400 " },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *body = fetch(cases[i].request);
        cr_expect_eq(strncmp((char *)client.text, cases[i].begin, strlen(cases[i].begin)), 0, "%s", cases[i].request);
        cr_expect(client.closed);
        if (i == 0) cr_expect_str_eq(body, "x");
        if (i == 1) cr_expect_str_eq(body, "");
        if (i == 7) cr_expect(strstr(body, "<a href=\"/a%20b\">a%20b</a> 1 bytes<br>"));
    }
}

Test(vnet, a_request_without_end_is_too_large)
{
    char request[1201];

    memset(request, 'a', 1200);
    request[1200] = 0;
    memcpy(request, "GET /", 5);
    fetch(request);
    cr_expect_eq(strncmp((char *)client.text, "HTTP/1.0 413 ", 13), 0);
}

Test(vnet, another_port_and_a_stray_segment_are_reset)
{
    memset(&client, 0, sizeof client);
    on_frame = client_takes;
    client.sequence = 5;
    tcp_send(ACK, "", 0);
    bench_run(&bench, 1000);
    cr_expect(client.reset);
}

Test(vnet, a_peer_that_falls_silent_is_forgotten)
{
    client.window = 65535;
    on_frame = NULL;
    for (unsigned i = 0; i < 20; i++) {
        u8 t[20] = { 0 };
        put_wire16(t, (u16)(1000 + i)), put_wire16(t + 2, 80);
        t[12] = 0x50, t[13] = SYN;
        put_wire16(t + 16, vnet_checksum(vnet_pseudo_header(GUEST, VNET_ADDRESS, 6, 20), t, 20));
        send_ip(VNET_ADDRESS, 6, t, 20);
    }
    cr_expect_eq(vnet->tcp[VNET_CONNECTIONS - 1].phase, TCP_SYN_RECEIVED, "all are taken, and no more");
    bench_run(&bench, 200000000);
    for (unsigned n = 0; n < VNET_CONNECTIONS; n++) cr_expect_eq(vnet->tcp[n].phase, TCP_FREE);
}

/* --- anything at all --- */

Test(vnet, frames_of_any_content_keep_the_invariant_and_the_queue_its_bound)
{
    u64 state = 88172645463325252ull;
    u8 f[FRAME_MOST];

    for (unsigned i = 0; i < 100000; i++) {
        unsigned size = 14 + (unsigned)(state >> 20) % 600;
        for (unsigned k = 0; k < size; k++) state ^= state << 13, state ^= state >> 7, state ^= state << 17, f[k] = (u8)(state >> 24);
        memset(f, 0xff, 6);
        put_wire16(f + 12, state & 15 ? 0x0800 : 0x0806);
        f[IP] = 0x45;
        put_wire16(f + IP + 2, (u16)(size - IP));
        put_wire16(f + IP + 6, 0);
        put_wire32(f + IP + 16, VNET_ADDRESS);
        f[IP + 9] = (const u8[]){ 1, 6, 17, 6 }[state >> 8 & 3];
        if (size >= PAYLOAD + 20) {
            put_wire16(f + PAYLOAD, (u16)(1 + (state >> 12 & 3)));
            put_wire16(f + PAYLOAD + 2, (const u16[]){ 80, 80, 67, 53, 69, 3001, 3002, 80 }[state >> 16 & 7]);
            if (f[IP + 9] == 17) put_wire16(f + PAYLOAD + 4, (u16)(size - PAYLOAD)), put_wire16(f + PAYLOAD + 6, 0);
            else {
                f[PAYLOAD + 12] = (u8)(0x50 | (state >> 30 & 0x30));
                put_wire16(f + PAYLOAD + 16, 0);
                put_wire16(f + PAYLOAD + 16, vnet_checksum(vnet_pseudo_header(wire32(f + IP + 12), VNET_ADDRESS, 6, size - PAYLOAD), f + PAYLOAD, size - PAYLOAD));
            }
        }
        put_wire16(f + IP + 10, 0);
        put_wire16(f + IP + 10, vnet_checksum(0, f + IP, 20));
        network_send(&net, f, size);
        if (i % 16 == 0) bench_run(&bench, state >> 50);
        if (i % 100 == 0) cr_assert_null(vnet_invariant(vnet), "%s after %u", vnet_invariant(vnet), i);
    }
}
