/* Snapshots, and the stream of a machine that moves, with bytes changed, cut off, and, by someone who can make the sums right, with other contents.  What has
 * wrong sums is refused and nothing changes; what has right ones is refused, or is a machine that runs.  A sanitizer, an assertion or a machine that is another
 * one than before is the judge.   doc: fuzz */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include "cpu/base/bits.h"
#include "devices/board/snapshot.h"
#include "tests/fuzz/hostile.h"
#include "tests/fuzz/targets.h"

enum { SECTIONS_MOST = 64, RUN_TICKS = 3000, HASH_EVERY = 16 };

static char good_path[128], bad_path[128], socket_path[128];

static void die(const char *what, const char *why)
{
    fprintf(stderr, "fuzz: snapshot: %s: %s\n", what, why);
    abort();
}

/* --- files --- */

struct bytes {
    u8 *at;
    size_t size, room;
};

static void add(struct bytes *b, const void *bytes, size_t size)
{
    if (b->size + size > b->room) {
        b->room = 2 * (b->size + size);
        b->at = realloc(b->at, b->room);
        if (!b->at) abort();
    }
    memcpy(b->at + b->size, bytes, size);
    b->size += size;
}

static struct bytes read_file(const char *path)
{
    struct bytes b = { 0 };
    u8 piece[65536];
    FILE *f = fopen(path, "rb");

    for (size_t n; f && (n = fread(piece, 1, sizeof piece, f));) add(&b, piece, n);
    if (f) fclose(f);
    return b;
}

static void write_file(const char *path, const u8 *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, size, f) != size || fclose(f)) abort();
}

/* --- sections --- */

struct section {
    char kind[SNAPSHOT_KIND + 1], name[SNAPSHOT_NAME + 1];
    struct bytes raw;
};

struct parts {
    struct section section[SECTIONS_MOST];
    unsigned count;
};

static void take_apart(const char *path, struct parts *p)
{
    struct snapshot_reader r;
    struct error err = { 0 };

    if (!snapshot_open(&r, path, &err)) die("the good one", err.text);
    while (p->count < SECTIONS_MOST && snapshot_next(&r, &err)) {
        struct section *s = &p->section[p->count++];
        strcpy(s->kind, r.section.kind);
        strcpy(s->name, r.section.name);
        add(&s->raw, r.section.raw, r.section.raw_bytes + 1);
        s->raw.size--;
    }
    snapshot_close(&r);
}

static void put_head(struct bytes *to, const struct bytes *config)
{
    u8 head[SNAPSHOT_HEAD] = SNAPSHOT_MAGIC;

    put32(head + 16, SNAPSHOT_VERSION);
    put64(head + 24, XXH3_64bits(config->at, config->size));
    add(to, head, sizeof head);
}

static void put_section(struct bytes *to, u64 *hashes, const char *kind, const char *name, const u8 *raw, size_t raw_size)
{
    u8 head[SNAPSHOT_SECTION] = { 0 }, two[16];
    size_t room = ZSTD_compressBound(raw_size), stored = 0;
    u8 *packed = malloc(room);
    bool is_end = !strcmp(kind, "end");

    if (!is_end) stored = ZSTD_compress(packed, room, raw, raw_size, 1);
    memcpy(head, kind, strlen(kind));
    memcpy(head + 16, name, strlen(name));
    put64(head + 40, is_end ? 0 : raw_size);
    put64(head + 48, stored);
    put64(head + 56, is_end ? *hashes : XXH3_64bits(packed, stored));
    add(to, head, sizeof head);
    add(to, packed, stored);
    free(packed);
    put64(two, *hashes);
    put64(two + 8, XXH3_64bits(head, sizeof head));
    *hashes = XXH3_64bits(two, sizeof two);
}

/* Some bytes of one section are others, more or fewer. */
static struct bytes changed(const struct bytes *raw)
{
    struct bytes b = { 0 };
    unsigned changes = 1 + (unsigned)pick(4);

    add(&b, raw->at, raw->size);
    for (unsigned i = 0; i < changes && b.size; i++) {
        size_t at = pick(4) ? pick((u32)b.size) : pick(b.size < 64 ? (u32)b.size : 64);
        switch (pick(8)) {
        case 0: b.size = at; break;
        case 1: add(&b, raw->at, pick(32) % (raw->size + 1)); break;
        case 2: b.at[at] = 0xff; break;
        case 3: b.at[at] = 0; break;
        default: b.at[at] ^= (u8)(1 << pick(8)); break;
        }
    }
    return b;
}

static void put_one(struct bytes *to, u64 *hashes, const struct section *s, bool other)
{
    struct bytes b = other ? changed(&s->raw) : s->raw;

    put_section(to, hashes, s->kind, s->name, b.at, b.size);
    if (other) free(b.at);
}

/* All sums are right. */
static struct bytes forged(const struct parts *p)
{
    struct bytes b = { 0 };
    unsigned other = (unsigned)pick(p->count), left_out = pick(16) ? SECTIONS_MOST : (unsigned)pick(p->count), twice = pick(16) ? SECTIONS_MOST : (unsigned)pick(p->count);
    u64 hashes = 0;

    put_head(&b, &p->section[0].raw);
    for (unsigned i = 0; i < p->count; i++) {
        if (i == left_out) continue;
        put_one(&b, &hashes, &p->section[i], i == other);
        if (i == twice) put_one(&b, &hashes, &p->section[i], pick(2));
    }
    put_section(&b, &hashes, "end", "", NULL, 0);
    return b;
}

static const struct section *section_named(const struct parts *p, const char *kind)
{
    for (unsigned i = 0; i < p->count; i++)
        if (!strcmp(p->section[i].kind, kind)) return &p->section[i];
    return NULL;
}

/* As devices/board/passage.h has it; then words of a mirror. */
static struct bytes stream_of(const struct parts *p, bool mirrors, unsigned other)
{
    static const char *const first[] = { "config", "journey", "media", "files", "schema" };
    const char *journey = mirrors ? "mirror\n" : "migrate\n";
    struct bytes b = { 0 };
    u64 hashes = 0;
    unsigned n = 0;

    put_head(&b, &section_named(p, "config")->raw);
    for (unsigned i = 0; i < ARRAY_COUNT(first); i++, n++) {
        const struct section *s = section_named(p, first[i]);
        if (s) put_one(&b, &hashes, s, n == other);
        else put_section(&b, &hashes, first[i], "", (const u8 *)(i == 1 ? journey : ""), i == 1 ? strlen(journey) : 0);
    }
    for (unsigned i = 0; i < p->count; i++) {
        if (strcmp(p->section[i].kind, "pages") && strcmp(p->section[i].kind, "state") && strcmp(p->section[i].kind, "texts")) continue;
        put_one(&b, &hashes, &p->section[i], n++ == other);
        if (pick(4) == 0) put_section(&b, &hashes, "round", "", NULL, 0);
    }
    put_section(&b, &hashes, "end", "", NULL, 0);
    static const char *const words[] = { "ran", "held", "journal", "check", "files", "bye", "go", "nothing" };
    for (unsigned i = 0; mirrors && i < 8; i++) {
        const char *word = words[pick(ARRAY_COUNT(words))];
        u8 text[64] = "12400000 key 4 1\n12400001 type 0 41\n";
        size_t size = !strcmp(word, "ran") || !strcmp(word, "held") ? 8 : pick(2) ? strlen((char *)text) : pick(sizeof text);
        if (size == 8) put64(text, 12345678 + pick(200000));
        else if (pick(2)) text[pick(size)] = (u8)pick(256);
        put_section(&b, &hashes, word, "", text, size);
    }
    if (!mirrors && pick(2)) put_section(&b, &hashes, "go", "", NULL, 0);
    return b;
}

/* --- machines --- */

static void configure(struct machine_config *c)
{
    machine_config_defaults(c);
    c->memory_bytes = 4 << 20;
    c->vga.memory_mib = 4;
    strcpy(c->cpu_model, "pentium");
    strcpy(c->floppy[0].path, DEMO_DISK);
    c->sb16.enabled = true;
    c->ne2k[0].present = c->ne2k[0].is_pci = true;
    c->ne2k[0].ethmod = NETWORK_VNET;
}

static struct machine *create(void)
{
    struct machine_config c;
    struct error err = { 0 };

    configure(&c);
    struct machine *m = machine_create(&c, &err);
    if (!m) die("the machine", err.text);
    return m;
}

static void restore_good(struct machine *m)
{
    struct error err = { 0 };
    if (!machine_restore(m, good_path, &err)) die("the good one is refused", err.text);
}

/* Right sums: the machine is what the file says, and runs. */
static void one_forged(struct machine *m, const struct parts *p)
{
    struct error err = { 0 };
    struct bytes b = forged(p);

    write_file(bad_path, b.at, b.size);
    free(b.at);
    bool taken = machine_restore(m, bad_path, &err);
    if (!taken && !err.count) die("refused", "nothing is said");
    if (taken) machine_run(m, RUN_TICKS);
    restore_good(m);
}

static size_t head_bytes(const struct bytes *good, size_t *heads, size_t room)
{
    size_t n = 0, at = SNAPSHOT_HEAD;

    for (size_t i = 0; i < SNAPSHOT_HEAD; i++) heads[n++] = i;
    while (at + SNAPSHOT_SECTION <= good->size && n + SNAPSHOT_SECTION <= room) {
        for (size_t i = 0; i < SNAPSHOT_SECTION; i++) heads[n++] = at + i;
        at += SNAPSHOT_SECTION + (size_t)get64(good->at + at + 48);
    }
    return n;
}

/* --- the waiting side --- */

static void send_stream(const struct bytes *b, size_t size)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    u8 answer[256];

    strcpy(name.sun_path, socket_path);
    while (connect(fd, (struct sockaddr *)&name, sizeof name)) usleep(1000);
    for (size_t done = 0; done < size;) {
        ssize_t put = send(fd, b->at + done, size - done, MSG_NOSIGNAL);
        if (put <= 0) break;
        done += (size_t)put;
    }
    shutdown(fd, SHUT_WR);
    while (read(fd, answer, sizeof answer) > 0) { }
    close(fd);
}

static void no_directive(void *context, const char *directive) { (void)context, (void)directive; }

static void one_stream(const struct parts *p)
{
    struct bytes b = stream_of(p, pick(2), pick(p->count + 8));
    struct machine_arrival how = { 0 };
    struct machine_config c;
    struct error err = { 0 };
    char address[160];
    bool here = false;

    fflush(NULL);
    size_t size = pick(4) ? b.size : pick((u32)b.size);
    pid_t child = fork();
    if (!child) {
        send_stream(&b, size);
        _exit(0);
    }
    snprintf(address, sizeof address, "unix:%s", socket_path);
    struct arrival *a = machine_await(address, &err);
    if (a) {
        configure(&c);
        arrival_config(a, no_directive, NULL);
        arrival_furnish(a, &c);
        struct machine *m = machine_create(&c, &err);
        here = m && machine_arrive(m, a, &how, &err);
        if (here && !how.ended) machine_run(m, RUN_TICKS);
        machine_destroy(m);
    }
    if (!here && !err.count) die("stream", "refused, and nothing is said");
    arrival_free(a);
    waitpid(child, NULL, 0);
    free(b.at);
}

/* --- targets --- */

static struct machine *machine;
static struct parts parts;
static struct bytes good;
static size_t heads[SNAPSHOT_HEAD + SECTIONS_MOST * SNAPSHOT_SECTION], head_count;
static u64 good_hash;

void snapshot_begin(void)
{
    struct error err = { 0 };

    if (machine) return;
    snprintf(good_path, sizeof good_path, "%s", in_room("good"));
    snprintf(bad_path, sizeof bad_path, "%s", in_room("bad"));
    snprintf(socket_path, sizeof socket_path, "%s", in_room("socket"));
    machine = create();
    machine_run(machine, 12345678);
    if (!machine_save(machine, good_path, "cpu: model=pentium\n", false, NULL, &err)) die("saving", err.text);
    take_apart(good_path, &parts);
    good = read_file(good_path);
    head_count = head_bytes(&good, heads, ARRAY_COUNT(heads));
    good_hash = machine_hash(machine);
}

/* Wrong sums: a byte of the heads, any bit, any length.  One that is as it was is taken. */
static void one_broken(void)
{
    struct error err = { 0 };
    unsigned kind = pick(3);
    size_t at = kind ? pick((u32)good.size) : heads[pick((u32)head_count)], size = kind == 2 ? pick((u32)good.size) : good.size;
    u8 before = good.at[at];

    good.at[at] ^= (u8)(kind ? 1u << pick(8) : 1 + pick(255));
    write_file(bad_path, good.at, size);
    good.at[at] = before;
    if (machine_restore(machine, bad_path, &err)) die("broken", "it is taken");
    if (!err.count) die("broken", "nothing is said");
    if (pick(HASH_EVERY) == 0 && machine_hash(machine) != good_hash) die("broken", "it is refused, and the machine has changed");
}

unsigned long snapshot_play(const struct fuzz_target *t, unsigned long most)
{
    (void)t, (void)most;
    if (pick(3) == 0) one_forged(machine, &parts);
    else one_broken();
    return 1;
}

unsigned long stream_play(const struct fuzz_target *t, unsigned long most)
{
    (void)t, (void)most;
    one_stream(&parts);
    return 1;
}
