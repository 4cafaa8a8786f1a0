/* Operations on a machine, written down and read again.  doc: fuzz */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/run/processor.h"
#include "tests/fuzz/hostile.h"

struct row {
    const char *word;
    unsigned numbers;
    enum tail tail;
    const char *meaning;
};
static const struct row rows[OPERATION_COUNT] = {
#define X(name, word, numbers, tail, meaning) [OP_##name] = { word, numbers, tail, meaning },
    OPERATIONS(X)
#undef X
};

/* Not in `act` or its callers: a sanitizer takes long to guard what is large on the stack, at every call. */
#define APART __attribute__((noinline))

static bool resting;
static FILE *record;
static unsigned long performed;      /* of the machine that was built last */

void operations_rest(bool rest) { resting = rest; }
void operations_record(FILE *to) { record = to; }
unsigned long operations_performed(void) { return performed; }

/* --- time --- */

/* Interrupt vectors that all lead to an IRET after EOIs, and a loop of HLT, whatever DMA has made of them. */
APART static void put_to_rest(struct machine *m)
{
    static const u8 answer[] = { 0x50, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0x58, 0xcf }, loop[] = { 0xfb, 0xf4, 0xeb, 0xfc }, rsm[] = { 0x0f, 0xaa };
    enum { ANSWER = 0x500, LOOP = 0x520, STACK = 0xf00, SMM_ENTRY = 0x38000 };
    struct error err = { 0 };
    u8 low[LOOP + sizeof loop] = { 0 };

    for (unsigned i = 0; i < 256; i++) low[4 * i] = ANSWER & 0xff, low[4 * i + 1] = ANSWER >> 8;
    memcpy(low + ANSWER, answer, sizeof answer);
    memcpy(low + LOOP, loop, sizeof loop);
    if (memcmp(m->ram, low, sizeof low)) machine_poke(m, 0, low, sizeof low);
    if (memcmp(m->ram + SMM_ENTRY, rsm, sizeof rsm)) machine_poke(m, SMM_ENTRY, rsm, sizeof rsm);
    for (unsigned n = 0; n < m->processors; n++) {
        struct cpu *cpu = m->processor[n].cpu;
        cpu_set_register(cpu, "cr0", 0x10, &err);
        cpu_set_register(cpu, "cs", 0, &err), cpu_set_register(cpu, "ss", 0, &err);
        cpu_set_register(cpu, "eip", LOOP, &err), cpu_set_register(cpu, "esp", STACK, &err);
    }
}

/* A reset that was asked for happens in the first tick. */
static void let_pass(struct machine *m, u64 ticks)
{
    if (resting) {
        machine_run(m, 1);
        if (!m->frozen) put_to_rest(m);
    }
    machine_run(m, ticks);
}

/* What a person sees; it lasts as long as the board. */
static struct {
    struct vga_picture *picture;
    struct vga_frame *frame;
} seen;

static void draw(struct machine *m)
{
    if (!seen.picture) seen.picture = calloc(1, sizeof *seen.picture), seen.frame = calloc(1, sizeof *seen.frame);
    machine_take_picture(m, seen.picture);
    vga_render(seen.picture, seen.frame);
}

static void forget_picture(void)
{
    free(seen.picture), free(seen.frame);
    seen.picture = NULL, seen.frame = NULL;
}

/* --- what is saved, and done again --- */

struct done {
    enum operation which;
    u64 number[NUMBERS_MOST];
    u8 *bytes;
    u32 size;
};

enum { DONE_MOST = 4096 };

static struct {
    bool active;                 /* between `save` and `again` */
    u64 hash;
    struct done done[DONE_MOST];
    unsigned count;
} saved;

void operations_begin(void)
{
    for (unsigned i = 0; i < saved.count; i++) free(saved.done[i].bytes);
    saved.count = 0, saved.active = false;
}

void operations_built(const char *name, u32 variant)
{
    operations_begin();
    forget_picture();
    performed = 0;
    if (record) fprintf(record, "build %s %u\n", name, variant), fflush(record);
}

static void die(const char *sentence, const char *why)
{
    fprintf(stderr, "fuzz: %s%s%s\n", sentence, *why ? ": " : "", why);
    abort();
}

APART static void save(struct machine *m)
{
    struct error err = { 0 };

    operations_begin();
    if (m->frozen || m->reset_wanted) return;            /* no run ends with a reset to come */
    saved.hash = machine_hash(m);
    if (!machine_save(m, in_room("snapshot"), "", true, NULL, &err)) die("it cannot be saved", err.text);
    saved.active = true;
}

APART static void restore(struct machine *m)
{
    struct error err = { 0 };

    if (!machine_restore(m, in_room("snapshot"), &err)) die("what was saved is refused", err.text);
    if (machine_hash(m) != saved.hash) die("what was restored is not what was saved", "");
}

static u64 act(struct machine *m, enum operation which, const u64 *n, u8 *bytes, u32 size);

APART static void again(struct machine *m)
{
    if (!saved.active) return;
    saved.active = false;
    u64 hash = machine_hash(m);
    if (m->frozen) return;
    restore(m);
    for (unsigned i = 0; i < saved.count; i++) act(m, saved.done[i].which, saved.done[i].number, saved.done[i].bytes, saved.done[i].size);
    if (machine_hash(m) != hash) die("after a restore it comes out otherwise", "");
    operations_begin();
}

static void remember(enum operation which, const u64 *n, const u8 *bytes, u32 size)
{
    struct done *d = &saved.done[saved.count++];

    *d = (struct done){ .which = which, .size = size };
    memcpy(d->number, n, sizeof d->number);
    if (!bytes) return;
    d->bytes = malloc(size + 1);
    memcpy(d->bytes, bytes, size);
}

/* --- what they do --- */

static void receive(struct machine *m, unsigned card, const u8 *bytes, u32 size)
{
    unsigned n = card % CONFIG_NICS;

    if (size > FRAME_MOST) return;
    if (card < CONFIG_NICS && m->ne2k[n].network.clock) ne2000_dp8390_receive(&m->ne2k[n].chip, bytes, size);
    else if (card >= CONFIG_NICS && m->config.e1000[n].present) e1000_82540em_receive(&m->e1000[n].chip, bytes, size);
}

static void transmit(struct machine *m, unsigned card, const u8 *bytes, u32 size)
{
    unsigned n = card % CONFIG_NICS;

    if (size > FRAME_MOST) return;
    if (card < CONFIG_NICS && m->ne2k[n].network.clock) network_send(&m->ne2k[n].network, bytes, size);
    else if (card >= CONFIG_NICS && m->config.e1000[n].present) network_send(&m->e1000[n].network, bytes, size);
}

static bool is_size(u64 size) { return size == 1 || size == 2 || size == 4; }
/* What a block takes of the buffer; nothing when it is not there. */
static u32 block(u64 size, u64 count, u32 room) { return is_size(size) && count <= room / size ? (u32)count : 0; }

APART static void read_block(struct machine *m, const u64 *n)
{
    u8 read[BYTES_MOST];

    ports_read_block(m->ports, (u16)n[0], (unsigned)n[1], block(n[1], n[2], sizeof read), read);
}

APART static void transfer(struct machine *m, const u64 *n, const u8 *bytes, u32 size)
{
    u8 moved[BYTES_MOST] = { 0 };
    bool tc = false;

    memcpy(moved, bytes, size < sizeof moved ? size : sizeof moved);
    dma_8237_transfer(&m->dma[n[0] & 1], n[1] & 3, moved, n[3] < sizeof moved ? (u32)n[3] : sizeof moved, n[2], &tc);
}

APART static void type(struct machine *m, const u8 *text, u32 size)
{
    char line[128];

    snprintf(line, sizeof line, "%.*s\n", (int)size, text);
    machine_type(m, line);
}

APART static void change_register(struct machine *m, const u64 *n, const u8 *name, u32 size)
{
    char text[32];
    struct error err = { 0 };

    snprintf(text, sizeof text, "%.*s", (int)size, name);
    if (n[0] < m->processors) machine_set_register(m, (unsigned)n[0], text, n[1], &err);
}

APART static void insert(struct machine *m, const u64 *n, bool cd)
{
    struct error err = { 0 };
    const char *disc = m->config.ata[n[0] & 1].device[n[1] & 1].path;

    if (cd) machine_cd_insert(m, (unsigned)n[0], (unsigned)n[1], *disc ? disc : in_room("cd"), &err);
    else machine_floppy_insert(m, (unsigned)n[0], DEMO_DISK, n[1], &err);
}

/* What comes from outside.  False: it is none of these. */
static bool act_outside(struct machine *m, enum operation which, const u64 *n, u8 *bytes, u32 size)
{
    switch (which) {
    case OP_KEY: machine_key(m, (u8)n[0], n[1]); break;
    case OP_MOUSE: machine_mouse(m, (int)n[0], (int)n[1], (int)n[2], (unsigned)n[3]); break;
    case OP_STICK: machine_joystick(m, (unsigned)n[0], (unsigned)n[1], (unsigned)n[2], (unsigned)n[3]); break;
    case OP_POINT: machine_point(m, (unsigned)n[0], (unsigned)n[1], (int)n[2], (unsigned)n[3]); break;
    case OP_SERIAL: machine_serial_send(m, (unsigned)n[0], bytes, size); break;
    case OP_TYPE: type(m, bytes, size); break;
    case OP_FRAME: receive(m, (unsigned)n[0], bytes, size); break;
    case OP_SEND: transmit(m, (unsigned)n[0], bytes, size); break;
    case OP_FLOPPY: insert(m, n, false); break;
    case OP_FLOPPY_EJECT: machine_floppy_eject(m, (unsigned)n[0]); break;
    case OP_CD: insert(m, n, true); break;
    case OP_CD_EJECT: machine_cd_eject(m, (unsigned)n[0], (unsigned)n[1]); break;
    case OP_REGISTER: change_register(m, n, bytes, size); break;
    case OP_PICTURE: draw(m); break;
    case OP_RESET: machine_reset(m); break;
    default: return false;
    }
    return true;
}

static u64 act(struct machine *m, enum operation which, const u64 *n, u8 *bytes, u32 size)
{
    struct cpu *cpu = m->processor[n[0] < m->processors ? n[0] : 0].cpu;

    if (act_outside(m, which, n, bytes, size)) return 0;
    switch (which) {
    case OP_OUT: if (is_size(n[1])) ports_write(m->ports, (u16)n[0], (unsigned)n[1], (u32)n[2]); break;
    case OP_IN: return is_size(n[1]) ? ports_read(m->ports, (u16)n[0], (unsigned)n[1]) : 0;
    case OP_OUT_BLOCK: ports_write_block(m->ports, (u16)n[0], (unsigned)n[1], block(n[1], n[2], size), bytes); break;
    case OP_IN_BLOCK: read_block(m, n); break;
    case OP_STORE: if (is_size(n[1]) || n[1] == 8) memory_mmio_write(m, n[0], (unsigned)n[1], n[2]); break;
    case OP_LOAD: return is_size(n[1]) || n[1] == 8 ? memory_mmio_read(m, n[0], (unsigned)n[1]) : 0;
    case OP_POKE: machine_poke(m, n[0], bytes, size); break;
    case OP_TIME: let_pass(m, n[0]); break;
    case OP_LINE: line_set(&m->irq[n[0] & 15], n[1]); break;
    case OP_CHANNEL: transfer(m, n, bytes, size); break;
    case OP_APIC_PIN: apic_set_pin(cpu, n[1] & 1, n[2]); break;
    case OP_APIC_READ: return apic_mmio_read(cpu, n[1], 4);
    case OP_APIC_WRITE: apic_mmio_write(cpu, n[1], 4, (u32)n[2]); break;
    case OP_SNAPSHOT: save(m); if (saved.active) restore(m); operations_begin(); break;
    case OP_SAVE: save(m); break;
    case OP_AGAIN: again(m); break;
    case OP_CHECK: check_invariants(m); break;
    default: break;
    }
    return 0;
}

static void write_number(u64 n)
{
    if ((s64)n < 0 && (s64)n >= INT32_MIN) fprintf(record, " %lld", (long long)n);
    else fprintf(record, n < 10 ? " %llu" : " %#llx", (unsigned long long)n);
}

static void write_down(enum operation which, const u64 *n, const u8 *bytes, u32 size)
{
    const struct row *r = &rows[which];

    fputs(r->word, record);
    for (unsigned i = 0; i < r->numbers; i++) write_number(n[i]);
    if (r->tail != NOTHING) fputc(' ', record);
    if (r->tail == TEXT) fwrite(bytes, 1, size, record);
    else for (u32 i = 0; i < size; i++) fprintf(record, "%02x", bytes[i]);
    fputc('\n', record);
    fflush(record);
}

u64 perform(struct machine *m, enum operation which, const u64 *n, u8 *bytes, u32 size)
{
    if (record) write_down(which, n, bytes, size);
    performed += which != OP_CHECK && which != OP_AGAIN;
    bool changes_media = which == OP_FLOPPY || which == OP_FLOPPY_EJECT || which == OP_CD || which == OP_CD_EJECT;

    if (changes_media) operations_begin();               /* a snapshot wants the media that it had */
    if (saved.active && which != OP_SAVE && which != OP_AGAIN && which != OP_SNAPSHOT) {
        if (saved.count == DONE_MOST) operations_begin();        /* too long to be remembered */
        else remember(which, n, bytes, size);
    }
    return act(m, which, n, bytes, size);
}

void pass(struct machine *m, u64 ticks) { DO(m, TIME, resting || pick(8) == 0 ? ticks : ticks / 16); }

void out_block(struct machine *m, u16 port, unsigned size, u32 count, const void *bytes)
{
    perform(m, OP_OUT_BLOCK, (const u64[NUMBERS_MOST]){ port, size, count }, (u8 *)bytes, size * count);
}

void poke(struct machine *m, u64 pa, const void *bytes, u32 size) { perform(m, OP_POKE, (const u64[NUMBERS_MOST]){ pa }, (u8 *)bytes, size); }

void set_register(struct machine *m, unsigned processor, const char *name, u64 value)
{
    perform(m, OP_REGISTER, (const u64[NUMBERS_MOST]){ processor, value }, (u8 *)name, (u32)strlen(name));
}

/* --- lines --- */

static u32 take_bytes(const char *at, u8 *bytes, u32 room)
{
    unsigned byte;
    u32 n = 0;
    int used;

    while (n < room && sscanf(at, "%2x%n", &byte, &used) == 1) bytes[n++] = (u8)byte, at += used;
    return n;
}

bool operations_line(struct machine *m, const char *line)
{
    u64 number[NUMBERS_MOST] = { 0 };
    u8 bytes[BYTES_MOST] = { 0 };
    size_t word = strcspn(line, " \n");
    unsigned k = 0;
    u32 size = 0;
    char *at;

    while (k < OPERATION_COUNT && (strlen(rows[k].word) != word || memcmp(line, rows[k].word, word))) k++;
    if (k == OPERATION_COUNT) return false;
    at = (char *)line + word;
    for (unsigned i = 0; i < rows[k].numbers; i++) {
        char *end;
        number[i] = strtoull(at, &end, 0);
        if (end == at) return false;
        at = end;
    }
    while (*at == ' ') at++;
    if (rows[k].tail == BYTES) size = take_bytes(at, bytes, sizeof bytes);
    else if (rows[k].tail == TEXT) size = (u32)strcspn(at, "\n"), memcpy(bytes, at, size < sizeof bytes ? size : (size = sizeof bytes));
    perform(m, (enum operation)k, number, bytes, size);
    return true;
}

void operations_list(FILE *to)
{
    fprintf(to, "  %-13s %s\n", "build", "target variant: the machine, in the first line");
    for (unsigned k = 0; k < OPERATION_COUNT; k++) fprintf(to, "  %-13s %s\n", rows[k].word, rows[k].meaning);
}
