/* SDM vol. 3A, "Hierarchical Paging Structures", "Determination of Access Rights".           doc: debugger */
#include "gui/debugger/pages.h"

#include <stdio.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/canvas.h"

typedef unsigned long long llu;

enum { CR0_WP_BIT = 16, CR4_PAE_BIT = 5, EFER_LMA_BIT = 10 };
enum { PTE_P = 1, PTE_RW = 2, PTE_US = 4, PTE_A = 32, PTE_D = 64, PTE_PS = 128, PTE_G = 256 };
#define PTE_XD (1ull << 63)

static bool wide(const struct cpu_view *v) { return v->efer >> EFER_LMA_BIT & 1; }
static bool of_8_bytes(const struct cpu_view *v) { return wide(v) || v->cr4 >> CR4_PAE_BIT & 1; }

/* What one entry stands for: bits of the linear address below its index. */
static unsigned shift_of(const struct cpu_walk_entry *e)
{
    switch (e->name[2]) {
    case '4': case 'L': return 39;               /* PML4E */
    case 'P': return 30;                         /* PDPTE */
    case 'E': return e->name[1] == 'T' ? 12 : e->bytes == 4 ? 22 : 21;
    default: return 12;
    }
}

static bool is_last(const struct cpu_walk *w, unsigned i) { return i + 1 == w->used; }

/* --- Bochs's lines --- */

static void put_entry(const struct cpu_walk_entry *e)
{
    static const char *const names[] = { "g", "ps", "d", "a", "pcd", "pwt", "u", "w", "p" };
    static const char *const set[] = { "G", "PS", "D", "A", "PCD", "PWT", "U", "W", "P" };

    printf("  %s: 0x%08llx : 0x%0*llx   ", e->name, (llu)e->pa, e->bytes * 2, (llu)e->value);
    if (e->bytes == 8) printf("%s ", e->value & PTE_XD ? "XD" : "xd");
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++) printf("%s ", e->value >> (8 - i) & 1 ? set[i] : names[i]);
    putchar('\n');
}

void show_page(struct cpu *cpu, u64 la)
{
    struct cpu_view v;
    struct cpu_walk w;

    cpu_view(cpu, &v);
    if (!wide(&v)) la = (u32)la;
    bool mapped = cpu_walk(cpu, la & ~0xfffull, v.cr3, &w);
    for (unsigned i = 0; i < w.used; i++) put_entry(&w.entry[i]);
    if (mapped) printf("linear page 0x%08llx maps to physical page 0x%08llx\n", (llu)(la & ~0xfffull), (llu)w.pa);
    else printf("physical address not available for linear 0x%08llx\n", (llu)la);
}

/* --- in words --- */

static void put_bits(const struct cpu_walk_entry *e, bool last)
{
    printf(e->value & PTE_P ? "P" : "not present (P=0)");
    if (!(e->value & PTE_P)) return;
    if (!e->in_register) printf(" %s %s", e->value & PTE_RW ? "R/W=1 writable" : "R/W=0 read-only", e->value & PTE_US ? "U/S=1 user" : "U/S=0 supervisor");
    if (e->value & PTE_XD && e->bytes == 8) printf(" XD=1 no-execute");
    if (!e->in_register) printf(" A=%u", e->value & PTE_A ? 1 : 0);
    if (last) printf(" D=%u%s%s", e->value & PTE_D ? 1 : 0, e->value & PTE_G ? " G=1" : "", e->name[1] == 'D' && e->value & PTE_PS ? " PS=1 large page" : "");
    if (e->value & 8) printf(" PWT=1");
    if (e->value & 16) printf(" PCD=1");
    if (e->reserved) printf("  RESERVED BITS SET: %llx", (llu)e->reserved);
}

static const char *page_size(u64 bytes) { return bytes == 4096 ? "4 KiB" : bytes == 2 << 20 ? "2 MiB" : bytes == 4 << 20 ? "4 MiB" : "1 GiB"; }

/* The TLB may keep what memory no longer says until INVLPG or a load of CR3. */
static void put_tlb(const struct cpu_walk *w, bool mapped, const char *indent)
{
    if (!w->cached) return;
    if (!mapped) printf("%s! the TLB still maps it to %08llx: an INVLPG is missing\n", indent, (llu)w->cached_pa);
    else if (w->cached_pa != w->pa) printf("%s! the TLB still maps it to %08llx, the tables to %08llx: an INVLPG is missing\n", indent, (llu)w->cached_pa, (llu)w->pa);
    else if (w->cached_writable && !w->writable) printf("%s! the TLB still lets it be written, the tables do not: an INVLPG is missing (or CR0.WP is 0)\n", indent);
}

void show_walk(struct cpu *cpu, u64 la, u64 cr3, const char *indent)
{
    struct cpu_view v;
    struct cpu_walk w;

    cpu_view(cpu, &v);
    if (!wide(&v)) la = (u32)la;
    bool mapped = cpu_walk(cpu, la, cr3, &w);
    if (!w.paging) {
        printf("%sCR0.PG = 0: linear %08llx is physical %08llx\n", indent, (llu)la, (llu)w.pa);
        return;
    }
    if (!w.canonical) {
        printf("%slinear %016llx is not canonical: bits 63:48 are not all bit 47\n", indent, (llu)la);
        return;
    }
    printf("%slinear %0*llx, CR3 %08llx: %s\n", indent, wide(&v) ? 16 : 8, (llu)la, (llu)cr3, wide(&v) ? "4-level paging" : of_8_bytes(&v) ? "PAE paging" : "32-bit paging");
    for (unsigned i = 0; i < w.used; i++) {
        const struct cpu_walk_entry *e = &w.entry[i];
        unsigned index = (unsigned)(la >> shift_of(e)) & (e->in_register || (!wide(&v) && e->name[2] == 'P') ? 3 : e->bytes == 4 ? 1023 : 511);
        printf("%s  %*s%s[%u] at %08llx: %0*llx  ", indent, (int)i * 2, "", e->name, index, (llu)e->pa, e->bytes * 2, (llu)e->value);
        put_bits(e, mapped && is_last(&w, i));
        putchar('\n');
    }
    if (mapped)
        printf("%s  physical %08llx, a page of %s: %s, %s%s%s\n", indent, (llu)w.pa, page_size(w.page_bytes), w.user ? "CPL 0 to 3" : "CPL 0 to 2 only",
               w.writable ? "read and write" : v.cr0 >> CR0_WP_BIT & 1 ? "read only" : "read only at CPL 3 (CR0.WP = 0)", w.executable ? ", execute" : ", no execute", w.global ? ", global" : "");
    else printf("%s  nothing is mapped there\n", indent);
    put_tlb(&w, mapped, indent);
}

/* --- all of it --- */

struct range {
    u64 la, pa, bytes;
    bool writable, user, executable, global;
};

typedef void put_range(const struct range *r, void *total);

static bool goes_on(const struct range *r, const struct cpu_walk *w, u64 la, bool rights)
{
    if (r->la + r->bytes != la || r->pa + r->bytes != w->pa) return false;
    return !rights || (r->writable == w->writable && r->user == w->user && r->executable == w->executable && r->global == w->global);
}

enum { MOST_STEPS = 1 << 22 };          /* a guest may map the same table everywhere */

/* Every mapped range, adjacent pages together where they lead on; with `rights`, where these are the same too. */
static void each_range(struct cpu *cpu, bool rights, put_range *put, void *total)
{
    struct cpu_view v;
    struct range r = { 0 };
    unsigned steps = 0;
    bool open = false;

    cpu_view(cpu, &v);
    u64 end = wide(&v) ? 0 : 1ull << 32;
    for (u64 la = 0, step;; la += step) {
        struct cpu_walk w;
        if (++steps > MOST_STEPS) {
            printf("... and so on: more than %u pages; walk ADDRESS looks at one\n", MOST_STEPS);
            break;
        }
        if (wide(&v) && la == 1ull << 47) la = 0xffff800000000000;
        bool mapped = cpu_walk(cpu, la, v.cr3, &w);
        step = mapped ? w.page_bytes : 1ull << shift_of(&w.entry[w.used - 1]);
        if (mapped && open && goes_on(&r, &w, la, rights)) {
            r.bytes += step;
        } else {
            if (open) put(&r, total);
            open = mapped;
            r = (struct range){ .la = la, .pa = w.pa, .bytes = step, .writable = w.writable, .user = w.user, .executable = w.executable, .global = w.global };
        }
        if (la + step == end) break;
    }
    if (open) put(&r, total);
}

static void put_bochs_range(const struct range *r, void *total)
{
    (void)total;
    printf("0x%08llx-0x%08llx -> 0x%08llx-0x%08llx\n", (llu)r->la, (llu)(r->la + r->bytes - 1), (llu)r->pa, (llu)(r->pa + r->bytes - 1));
}

static bool paging(struct cpu *cpu)
{
    struct cpu_view v;

    cpu_view(cpu, &v);
    printf("cr3: 0x%08llx\n", (llu)v.cr3);
    if (v.cr0 >> 31 & 1) return true;
    puts("paging off");
    return false;
}

void show_mapping(struct cpu *cpu)
{
    if (paging(cpu)) each_range(cpu, false, put_bochs_range, NULL);
}

static const char *size_text(u64 bytes, char *text, size_t size)
{
    static const char unit[] = "KMGT";
    unsigned n = 0;

    for (bytes >>= 10; bytes && !(bytes & 1023) && n < 3; n++) bytes >>= 10;
    snprintf(text, size, "%llu %ciB", (llu)bytes, unit[n]);
    return text;
}

static void put_map_range(const struct range *r, void *total)
{
    char size[32];

    printf("%016llx-%016llx %11s  %s r%c%c%s -> %010llx\n", (llu)r->la, (llu)(r->la + r->bytes - 1), size_text(r->bytes, size, sizeof size), r->user ? "user      " : "supervisor",
           r->writable ? 'w' : '-', r->executable ? 'x' : '-', r->global ? "g" : " ", (llu)r->pa);
    *(u64 *)total += r->bytes;
}

void show_map(struct cpu *cpu)
{
    u64 total = 0;

    if (!paging(cpu)) return;
    each_range(cpu, true, put_map_range, &total);
    printf("%llu KiB are mapped\n", (llu)(total >> 10));
}

/* --- as a picture: a row for ranges of equal rights that lie close together, whose bar is as long as the size has bits --- */

enum { ROWS_MOST = 200, ROW_HEIGHT = 20, BAR_LEFT = 8, BAR_WIDTH = 260, TEXT_LEFT = BAR_LEFT + BAR_WIDTH + 12, MAP_WIDTH = TEXT_LEFT + 92 * CANVAS_GLYPH_WIDTH, MAP_TOP = 28 };
#define CLOSE_BYTES (1ull << 20)

struct map_picture {
    struct canvas canvas;        /* no pixels yet: rows are counted */
    unsigned rows, pieces;
    struct range row;            /* from its first byte on; bytes: those that are mapped */
    u64 end;
};

/* Writable and executable at once is the colour of danger; user's pages are light. */
static u32 color_of(const struct range *r)
{
    if (r->writable && r->executable) return r->user ? 0xe08070 : 0xc03020;
    if (r->executable) return r->user ? 0x80b0e0 : 0x3060b0;
    if (r->writable) return r->user ? 0x90d090 : 0x409050;
    return r->user ? 0xc8c8c8 : 0x888888;
}

static void end_row(struct map_picture *p)
{
    int y = MAP_TOP + (int)p->rows * ROW_HEIGHT, bits = 64 - __builtin_clzll(p->row.bytes >> 12 | 1);
    char text[160], size[32];

    if (!p->pieces) return;
    if (p->canvas.pixel && p->rows < ROWS_MOST) {
        const struct range *r = &p->row;
        snprintf(text, sizeof text, "%016llx-%016llx %12s  %s r%c%c", (llu)r->la, (llu)p->end - 1, size_text(r->bytes, size, sizeof size), r->user ? "user      " : "supervisor", r->writable ? 'w' : '-',
                 r->executable ? 'x' : '-');
        if (p->pieces > 1) snprintf(text + strlen(text), sizeof text - strlen(text), " in %u pieces", p->pieces);
        canvas_fill(&p->canvas, BAR_LEFT, y + 1, bits * BAR_WIDTH / 36, ROW_HEIGHT - 2, color_of(r));
        canvas_text(&p->canvas, TEXT_LEFT, y + 2, 0x202020, text);
    }
    p->rows++;
}

static void take_range(const struct range *r, void *picture)
{
    struct map_picture *p = picture;
    bool alike = r->writable == p->row.writable && r->user == p->row.user && r->executable == p->row.executable;

    if (p->pieces && alike && r->la - p->end < CLOSE_BYTES) {
        p->row.bytes += r->bytes;
        p->pieces += r->la != p->end;
    } else {
        end_row(p);
        p->row = *r;
        p->pieces = 1;
    }
    p->end = r->la + r->bytes;
}

static void draw_legend(struct canvas *c)
{
    static const struct { struct range of; const char *text; } kinds[] = {
        { { .executable = true }, "r-x" }, { { .writable = true }, "rw-" }, { { 0 }, "r--" }, { { .writable = true, .executable = true }, "rwx" },
    };
    int x = BAR_LEFT;

    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
        struct range user = kinds[i].of;
        user.user = true;
        canvas_fill(c, x, 6, 14, 14, color_of(&kinds[i].of));
        canvas_fill(c, x + 16, 6, 14, 14, color_of(&user));
        canvas_text(c, x + 36, 5, 0x202020, kinds[i].text);
        x += 80;
    }
    canvas_text(c, x + 8, 5, 0x202020, "dark: supervisor, light: user; a bar's length counts the bits of the size");
}

static unsigned draw_rows(struct cpu *cpu, struct map_picture *p)
{
    p->rows = p->pieces = 0;
    each_range(cpu, true, take_range, p);
    end_row(p);
    return p->rows;
}

bool map_write_png(struct cpu *cpu, const char *path, struct error *err)
{
    struct map_picture p = { 0 };
    struct cpu_view v;

    cpu_view(cpu, &v);
    if (!(v.cr0 >> 31 & 1)) return fail(err, "paging is off: there is nothing to draw");
    unsigned all = draw_rows(cpu, &p), rows = all < ROWS_MOST ? all : ROWS_MOST;
    if (all > rows) printf("%u rows, the first %u are drawn\n", all, rows);
    if (!canvas_open(&p.canvas, MAP_WIDTH, MAP_TOP + rows * ROW_HEIGHT + 8, 0xffffff)) return fail(err, "%s: no memory for a picture", path);
    draw_legend(&p.canvas);
    draw_rows(cpu, &p);
    bool done = canvas_write(&p.canvas, path, err);
    canvas_close(&p.canvas);
    return done;
}
