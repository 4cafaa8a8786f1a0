/* Repeated string instructions: a run of elements at a time where they lie in plain memory, one by one everywhere else.
 * SDM vol. 2, "REP/REPE/REPZ/REPNE/REPNZ"; an iteration takes one tick.                     doc: operations */
#include "cpu/run/flags.h"
#include "cpu/run/operations.h"

/* A repeated instruction while it runs. */
struct string {
    struct cpu *cpu;
    const struct record *rec;
    u64 mask;                    /* of the address size */
    unsigned size;               /* bytes an element */
    s64 step;                    /* size, or -size with DF */
    bool while_equal;            /* CMPS, SCAS: REPE, not REPNE */
    bool ended;                  /* ... and the comparison has ended it */
};

static struct string string_of(struct cpu *cpu, const struct record *rec, unsigned size)
{
    s64 step = cpu->rflags & EFLAGS_DF ? -(s64)size : (s64)size;
    return (struct string){ .cpu = cpu, .rec = rec, .mask = record_mask(cpu, rec), .size = size, .step = step };
}

static u64 offset_in(const struct string *s, unsigned reg) { return s->cpu->gpr[reg] & s->mask; }

static void advance(struct string *s, unsigned reg, u64 elements)
{
    string_advance(&s->cpu->gpr[reg], s->step * (s64)elements, s->mask);
}

void repeat_done(struct cpu *cpu, const struct record *rec, u64 iterations)
{
    string_advance(&cpu->gpr[RCX], -(s64)iterations, record_mask(cpu, rec));
    cpu->budget -= (s64)iterations;
}

/* --- runs: elements within one page of host memory --- */

static u64 least(u64 a, u64 b) { return a < b ? a : b; }

/* Elements from seg:offset on, in the direction of DF, that lie within the page, the segment and the address size. */
static u64 elements_ahead(const struct string *s, unsigned seg, u64 offset, bool write)
{
    const struct segment *of = &s->cpu->seg[seg];
    u64 first = write ? of->write_first : of->read_first, last = write ? of->write_last : of->read_last;
    unsigned in_page = (unsigned)(linear_of(s->cpu, seg, offset) & (PAGE_BYTES - 1));

    if (offset < first || offset > last) return 0;
    u64 room = (last < s->mask ? last : s->mask) - offset;       /* bytes behind the first one */
    if (room < s->size - 1 || in_page + s->size > PAGE_BYTES) return 0;
    if (s->step < 0) return least(offset - first, in_page) / s->size + 1;
    room = least(room, PAGE_BYTES - 1 - in_page);
    return (room + 1) / s->size;
}

/* At most `wanted` elements of seg:reg that may be accessed on the host; *host is the first one's place.  0: not even one. */
static u64 run_of(const struct string *s, unsigned seg, unsigned reg, enum access access, u64 wanted, u8 **host)
{
    u64 offset = offset_in(s, reg);
    u64 n = least(wanted, elements_ahead(s, seg, offset, access == ACCESS_WRITE));

    *host = n ? access_host(s->cpu, linear_of(s->cpu, seg, offset), s->size, access) : NULL;
    return *host ? n : 0;
}

/* The pattern of `gap` bytes below `to` again and again. */
static void repeat_pattern(u8 *to, u64 gap, u64 bytes)
{
    const u8 *pattern = to - gap;

    for (u64 done = 0, n; done < bytes; done += n) {
        n = least(gap + done, bytes - done);
        memcpy(to + done, pattern, n);
    }
}

static void copy_singly(u8 *to, const u8 *from, u64 n, unsigned size, s64 step)
{
    for (; n; n--, to += step, from += step) memmove(to, from, size);
}

/* As MOVS does it, an element at a time: what one has stored, a later one loads. */
static void copy_elements(u8 *to, const u8 *from, u64 n, unsigned size, s64 step)
{
    u64 bytes = n * size, gap = (u64)(step < 0 ? from - to : to - from);

    if (!gap || gap >= bytes) memmove(step < 0 ? to - (bytes - size) : to, step < 0 ? from - (bytes - size) : from, bytes);
    else if (step > 0 && gap >= size) repeat_pattern(to, gap, bytes);
    else copy_singly(to, from, n, size, step);
}

static void fill_elements(u8 *to, u64 value, u64 n, unsigned size)
{
    if (size == 1) {
        memset(to, (int)(u8)value, n);
    } else {
        memcpy(to, &value, size);
        repeat_pattern(to + size, size, (n - 1) * size);
    }
}

static u64 element(const u8 *at, unsigned size)
{
    u64 value = 0;
    memcpy(&value, at, size);
    return value;
}

/* How many bytes are the same from the beginning. */
static u64 equal_bytes(const u8 *a, const u8 *b, u64 bytes)
{
    enum { BLOCK = 256 };
    u64 at = 0;

    while (bytes - at >= BLOCK && !memcmp(a + at, b + at, BLOCK)) at += BLOCK;
    for (; bytes - at >= 8; at += 8) {
        u64 differs = element(a + at, 8) ^ element(b + at, 8);
        if (differs) return at + (unsigned)__builtin_ctzll(differs) / 8;
    }
    while (at < bytes && a[at] == b[at]) at++;
    return at;
}

/* Elements of a before the first that is (un)equal to that of b; n: all of them. b stands still with b_step 0. */
static inline __attribute__((always_inline)) u64
pass_elements(const u8 *a, const u8 *b, s64 step, s64 b_step, u64 n, unsigned size, bool while_equal)
{
    u64 i = 0;
    while (i < n && (element(a, size) == element(b, size)) == while_equal) i++, a += step, b += b_step;
    return i;
}

static u64 pass(const u8 *a, const u8 *b, s64 step, s64 b_step, u64 n, unsigned size, bool while_equal)
{
    switch (size) {
    case 1: return pass_elements(a, b, step, b_step, n, 1, while_equal);
    case 2: return pass_elements(a, b, step, b_step, n, 2, while_equal);
    case 4: return pass_elements(a, b, step, b_step, n, 4, while_equal);
    default: return pass_elements(a, b, step, b_step, n, 8, while_equal);
    }
}

/* --- the loop --- */

/* Elements done, at most `wanted`; 0: the next must go alone. */
typedef u64 string_run(struct string *s, u64 wanted);
/* One element; false after a fault. */
typedef bool string_once(struct string *s);

static bool repeat(struct string *s, string_run *run, string_once *once)
{
    struct cpu *cpu = s->cpu;
    u64 count = repeat_count(cpu, s->rec);

    if (count == 0) {
        cpu->budget--;
        return true;
    }
    for (; count && cpu->budget > 0 && !s->ended; count = repeat_count(cpu, s->rec)) {
        u64 n = run(s, least(count, (u64)cpu->budget));
        if (!n) {
            if (!once(s)) return false;
            n = 1;
        }
        repeat_done(cpu, s->rec, n);
    }
    if (count && !s->ended) cpu->next_rip = cpu->rip;
    return true;
}

/* --- MOVS STOS LODS --- */

static u64 movs_run(struct string *s, u64 wanted)
{
    u8 *from, *to;
    u64 n = run_of(s, record_segment(s->rec), RSI, ACCESS_READ, wanted, &from);

    if (!n || !(n = run_of(s, CPU_SEG_ES, RDI, ACCESS_WRITE, n, &to))) return 0;
    copy_elements(to, from, n, s->size, s->step);
    advance(s, RSI, n);
    advance(s, RDI, n);
    return n;
}

static bool movs_once(struct string *s)
{
    u64 value;

    if (!load(s->cpu, record_segment(s->rec), offset_in(s, RSI), s->size, &value)) return false;
    if (!store(s->cpu, CPU_SEG_ES, offset_in(s, RDI), s->size, value)) return false;
    advance(s, RSI, 1);
    advance(s, RDI, 1);
    return true;
}

static u64 stos_run(struct string *s, u64 wanted)
{
    u8 *to;
    u64 n = run_of(s, CPU_SEG_ES, RDI, ACCESS_WRITE, wanted, &to);

    if (!n) return 0;
    fill_elements(s->step < 0 ? to - (n - 1) * s->size : to, s->cpu->gpr[RAX], n, s->size);
    advance(s, RDI, n);
    return n;
}

static bool stos_once(struct string *s)
{
    if (!store(s->cpu, CPU_SEG_ES, offset_in(s, RDI), s->size, s->cpu->gpr[RAX])) return false;
    advance(s, RDI, 1);
    return true;
}

static void set_accumulator(struct string *s, u64 value)
{
    if (s->size >= 4) s->cpu->gpr[RAX] = value;
    else memcpy(&s->cpu->gpr[RAX], &value, s->size);
}

/* The last element is the one that stays. */
static u64 lods_run(struct string *s, u64 wanted)
{
    u8 *from;
    u64 n = run_of(s, record_segment(s->rec), RSI, ACCESS_READ, wanted, &from);

    if (!n) return 0;
    set_accumulator(s, element(from + s->step * (s64)(n - 1), s->size));
    advance(s, RSI, n);
    return n;
}

static bool lods_once(struct string *s)
{
    u64 value;

    if (!load(s->cpu, record_segment(s->rec), offset_in(s, RSI), s->size, &value)) return false;
    set_accumulator(s, value);
    advance(s, RSI, 1);
    return true;
}

/* --- CMPS SCAS --- */

/* Flags of a - b, as CMP sets them, and whether that was the last comparison. */
static void compared(struct string *s, u64 a, u64 b)
{
    struct cpu *cpu = s->cpu;

    cpu->flag_first = a;
    cpu->flag_result = (a - b) & UINT64_MAX >> (64 - s->size * 8);
    cpu->flag_kind = FLAG_SUB | (s->size * 8) << 8;
    s->ended = (a == b) != s->while_equal;
}

static u64 cmps_run(struct string *s, u64 wanted)
{
    u8 *a, *b;
    u64 n = run_of(s, record_segment(s->rec), RSI, ACCESS_READ, wanted, &a);

    if (!n || !(n = run_of(s, CPU_SEG_ES, RDI, ACCESS_READ, n, &b))) return 0;
    bool wide = s->while_equal && s->step > 0;
    u64 passed = wide ? equal_bytes(a, b, n * s->size) / s->size : pass(a, b, s->step, s->step, n, s->size, s->while_equal);
    s64 last = s->step * (s64)(passed < n ? passed : n - 1);
    compared(s, element(a + last, s->size), element(b + last, s->size));
    n = least(n, passed + 1);
    advance(s, RSI, n);
    advance(s, RDI, n);
    return n;
}

static bool cmps_once(struct string *s)
{
    u64 a, b;

    if (!load(s->cpu, record_segment(s->rec), offset_in(s, RSI), s->size, &a)) return false;
    if (!load(s->cpu, CPU_SEG_ES, offset_in(s, RDI), s->size, &b)) return false;
    advance(s, RSI, 1);
    advance(s, RDI, 1);
    compared(s, a, b);
    return true;
}

static u64 pass_bytes_unequal(const u8 *at, u8 value, u64 n)
{
    const u8 *found = memchr(at, value, n);
    return found ? (u64)(found - at) : n;
}

static u64 scas_run(struct string *s, u64 wanted)
{
    u8 *at;
    u64 a = low_bits(s->cpu->gpr[RAX], s->size * 8);
    u64 n = run_of(s, CPU_SEG_ES, RDI, ACCESS_READ, wanted, &at);

    if (!n) return 0;
    bool wide = s->size == 1 && s->step > 0 && !s->while_equal;
    u64 passed = wide ? pass_bytes_unequal(at, (u8)a, n) : pass(at, (const u8 *)&a, s->step, 0, n, s->size, s->while_equal);
    compared(s, a, element(at + s->step * (s64)(passed < n ? passed : n - 1), s->size));
    n = least(n, passed + 1);
    advance(s, RDI, n);
    return n;
}

static bool scas_once(struct string *s)
{
    u64 b;

    if (!load(s->cpu, CPU_SEG_ES, offset_in(s, RDI), s->size, &b)) return false;
    advance(s, RDI, 1);
    compared(s, low_bits(s->cpu->gpr[RAX], s->size * 8), b);
    return true;
}

/* --- INS OUTS: only the board knows whether many accesses may be one --- */

static u64 ins_run(struct string *s, u64 wanted)
{
    struct cpu *cpu = s->cpu;
    u8 *to;

    if (!cpu->bus.in_block || s->step < 0 || !io_unchecked(cpu)) return 0;
    u64 n = run_of(s, CPU_SEG_ES, RDI, ACCESS_WRITE, wanted, &to);
    cpu->steady_port = 0;
    if (n) n = cpu->bus.in_block(cpu->bus.board, (u16)cpu->gpr[RDX], s->size, (u32)n, to);
    advance(s, RDI, n);
    return n;
}

static u64 outs_run(struct string *s, u64 wanted)
{
    struct cpu *cpu = s->cpu;
    u8 *from;

    if (!cpu->bus.out_block || s->step < 0 || !io_unchecked(cpu)) return 0;
    u64 n = run_of(s, record_segment(s->rec), RSI, ACCESS_READ, wanted, &from);
    cpu->steady_port = 0;
    if (n) n = cpu->bus.out_block(cpu->bus.board, (u16)cpu->gpr[RDX], s->size, (u32)n, from);
    advance(s, RSI, n);
    return n;
}

static bool ins_alone(struct string *s) { return ins_once(s->cpu, s->rec, s->size); }
static bool outs_alone(struct string *s) { return outs_once(s->cpu, s->rec, s->size, PORT_REP_OUTS); }

/* AMD's processors ask for the port's permission even where nothing is repeated. */
static bool repeat_io(struct string *s, string_run *run, string_once *once)
{
    struct cpu *cpu = s->cpu;

    if (is_amd(cpu) && !repeat_count(cpu, s->rec) && !io_allowed(cpu, (u16)cpu->gpr[RDX], s->size)) return false;
    return repeat(s, run, once);
}

/* --- by name --- */

bool rep_movs(struct cpu *cpu, const struct record *rec, unsigned size)
{
    struct string s = string_of(cpu, rec, size);
    return repeat(&s, movs_run, movs_once);
}

bool rep_stos(struct cpu *cpu, const struct record *rec, unsigned size)
{
    struct string s = string_of(cpu, rec, size);
    return repeat(&s, stos_run, stos_once);
}

bool rep_lods(struct cpu *cpu, const struct record *rec, unsigned size)
{
    struct string s = string_of(cpu, rec, size);
    return repeat(&s, lods_run, lods_once);
}

bool rep_cmps(struct cpu *cpu, const struct record *rec, unsigned size, bool while_equal)
{
    struct string s = string_of(cpu, rec, size);
    s.while_equal = while_equal;
    return repeat(&s, cmps_run, cmps_once);
}

bool rep_scas(struct cpu *cpu, const struct record *rec, unsigned size, bool while_equal)
{
    struct string s = string_of(cpu, rec, size);
    s.while_equal = while_equal;
    return repeat(&s, scas_run, scas_once);
}

bool rep_ins(struct cpu *cpu, const struct record *rec, unsigned size)
{
    struct string s = string_of(cpu, rec, size);
    return repeat_io(&s, ins_run, ins_alone);
}

bool rep_outs(struct cpu *cpu, const struct record *rec, unsigned size)
{
    struct string s = string_of(cpu, rec, size);
    return repeat_io(&s, outs_run, outs_alone);
}
