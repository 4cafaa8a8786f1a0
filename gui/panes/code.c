/* Code around the next instruction, with its breakpoints; the stack.                            doc: panes */
#include <stdio.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "gui/debugger/decoded.h"
#include "gui/debugger/disassemble.h"
#include "gui/panes/parts.h"

enum { LONGEST = 15, AHEAD = 3 };

static u64 narrow(const struct panes *p, u64 la) { return p->view.code_bits == 64 ? la : (u32)la; }
static u64 code_base(const struct panes *p) { return next_linear(&p->view) - p->view.rip; }

/* Addresses of 64-bit code without the zeros in front, names without +0x0. */
static void shorten(char *text)
{
    char *to = text;

    for (const char *at = text; *at;) {
        if (at[0] == '0' && at[1] == 'x' && at[2] == '0' && at > text && strspn(at + 2, "0123456789ABCDEFabcdef") > 8) {
            *to++ = *at++, *to++ = *at++;
            while (at[0] == '0' && strchr("0123456789ABCDEFabcdef", at[1]) && at[1]) at++;
        } else if (!strncmp(at, "+0x0>", 5)) {
            at += 4;
        } else {
            *to++ = *at++;
        }
    }
    *to = 0;
}

/* One instruction: its length, 1 where there is none; 0: nothing is mapped. */
static unsigned instruction(struct panes *p, u64 la, u8 bytes[LONGEST], char text[DISASSEMBLY_TEXT])
{
    struct session *s = p->session;
    size_t n = machine_peek_linear(s->machine, la, bytes, LONGEST);
    unsigned bits = s->code_bits ? s->code_bits : p->view.code_bits;

    if (!n) return 0;
    unsigned length = disassemble_named(s->symbols, code_base(p), s->syntax, bytes, n, la - code_base(p), bits, text);
    if (!length) strcpy(text, "(bad)");
    shorten(text);
    return length ? length : 1;
}

static unsigned length_of(struct panes *p, u64 la)
{
    struct decoded_instruction d;
    u8 bytes[LONGEST];
    size_t n = machine_peek_linear(p->session->machine, la, bytes, sizeof bytes);

    return n && decode_instruction(bytes, n, p->session->code_bits ? p->session->code_bits : p->view.code_bits, &d) ? d.instruction.length : 1;
}

static u64 after(struct panes *p, u64 la)
{
    return narrow(p, la + length_of(p, la));
}

/* Instructions have no beginning that can be seen from behind: the one before is where ways that begin further up arrive, and those that begin
 * far enough up all arrive at the same one. */
static u64 before(struct panes *p, u64 la)
{
    enum { BACK = 64 };

    for (unsigned start = BACK; start; start--) {
        unsigned at = start, last = start;
        while (at && at <= BACK) last = at, at -= length_of(p, narrow(p, la - at));
        if (!at && last <= LONGEST) return narrow(p, la - last);
    }
    return narrow(p, la - 1);
}

/* The next instruction is in view, and stays where it was while it walks down the pane. */
static void follow(struct panes *p, int rows)
{
    u64 next = next_linear(&p->view);

    if (!p->code_follows) return;
    p->code_cursor = next;
    for (unsigned i = 0; i < p->code_lines; i++)
        if (p->code[i].la == next && p->code_top == p->code[0].la && (int)p->code[i].row < rows - AHEAD) return;
    p->code_top = next;
    for (int i = 0; i < rows / 4 && i < 4; i++) p->code_top = before(p, p->code_top);
}

void panes_code_move(struct panes *p, int lines)
{
    unsigned last = p->code_lines ? p->code_lines - 1 : 0, at = 0;

    if (!p->code_lines) return;
    p->code_follows = false;
    while (at < last && p->code[at].la != p->code_cursor) at++;
    if (lines == 1 || lines == -1) {             /* the cursor moves, the code where it meets an edge */
        if (lines < 0 && at > 0) p->code_cursor = p->code[at - 1].la;
        else if (lines > 0 && at < last) p->code_cursor = p->code[at + 1].la;
        else p->code_cursor = lines < 0 ? before(p, p->code[0].la) : after(p, p->code[last].la);
        if (lines < 0 && at == 0) p->code_top = p->code_cursor;
        if (lines > 0 && at == last) p->code_top = after(p, p->code_top);
        return;
    }
    for (; lines < 0; lines++) p->code_top = before(p, p->code_top);
    for (; lines > 0; lines--) p->code_top = after(p, p->code_top);
    p->code_cursor = p->code_top;
}

/* A name, and a source line, stand above the first instruction that they belong to. */
static int put_heading(struct panes *p, struct cells_region at, int row, u64 la, struct symbol_line *line)
{
    char text[SYMBOL_TEXT];
    struct symbol_line now;
    u64 offset;
    const char *name = symbols_at(p->session->symbols, la, &offset);

    if (name && (!offset || row == 0)) {
        snprintf(text, sizeof text, offset ? "%.200s+0x%llx:" : "%.200s:", name, (llu)offset);
        cells_text(&p->cells, at, 2, row++, COLOR_NAME, text);
    }
    if (!symbols_line(p->session->symbols, la, &now) || (line->file && now.line == line->line && !strcmp(now.file, line->file))) return row;
    const char *slash = strrchr(now.file, '/');
    cells_print(&p->cells, at, 2, row++, COLOR_DIM, "%s:%u  %s", slash ? slash + 1 : now.file, now.line, source_text(p->session, now.file, now.line, text, sizeof text));
    *line = now;
    return row;
}

static void put_instruction(struct panes *p, struct cells_region at, int row, u64 la, unsigned length, const u8 *bytes, const char *text)
{
    struct cells *c = &p->cells;
    const struct breakpoint *b = panes_breakpoint(p, la);
    int digits = la >> 32 ? 16 : 8, x, spare = at.width - digits - 3;
    bool next = la == next_linear(&p->view);

    if (next) cells_paper(c, at, 0, row, at.width, COLOR_NEXT);
    else if (la == p->code_cursor) cells_paper(c, at, 0, row, at.width, COLOR_CURSOR);
    if (b) {
        cells_paper(c, at, 0, row, 2 + digits, b->enabled ? COLOR_BREAK : COLOR_BREAK_OFF);
        cells_glyph(c, at, 0, row, COLOR_TITLE_INK, b->enabled ? GLYPH_BREAK : GLYPH_BREAK_OFF);
    }
    if (next) cells_glyph(c, at, 1, row, COLOR_TITLE_INK, GLYPH_NEXT);
    x = cells_print(c, at, 2, row, b ? COLOR_TITLE_INK : COLOR_ADDRESS, "%0*llx", digits, (llu)la) + 1;
    panes_spot(p, at, 0, row, x, SPOT_BREAKPOINT, la, NULL);
    panes_spot(p, at, x, row, at.width - x, SPOT_CODE, la, NULL);
    if (spare >= (symbols_count(p->session->symbols) ? 56 : 40)) {       /* names are worth more than bytes */
        unsigned shown = spare >= 60 ? 8 : 6;
        for (unsigned i = 0; i < length && i < shown; i++) cells_print(c, at, x + (int)i * 2, row, COLOR_DIM, "%02x", bytes[i]);
        if (length > shown) cells_glyph(c, at, x + (int)shown * 2, row, COLOR_DIM, GLYPH_MORE);
        x += (int)shown * 2 + 2;
    }
    int end = cells_text(c, at, x, row, COLOR_INK, text);
    const char *name = strchr(text, '<');
    if (name) cells_text(c, at, x + (int)(name - text), row, COLOR_NAME, name);
    if (end > at.width) cells_glyph(c, at, at.width - 1, row, COLOR_DIM, GLYPH_MORE);
}

/* What cannot be an instruction, because the next one begins within it: bytes. */
static unsigned cut_off(const struct panes *p, u64 la, unsigned length, const u8 *bytes, char text[DISASSEMBLY_TEXT])
{
    u64 room = narrow(p, next_linear(&p->view) - la);

    if (!room || room >= length) return length;
    int used = snprintf(text, DISASSEMBLY_TEXT, "db");
    for (unsigned i = 0; i < room; i++) used += snprintf(text + used, DISASSEMBLY_TEXT - (size_t)used, "%s 0x%02X", i ? "," : "", bytes[i]);
    return (unsigned)room;
}

void panes_code(struct panes *p, struct cells_region whole)
{
    struct cells_region at = panes_below(whole);
    struct symbol_line line = { 0 };
    char text[DISASSEMBLY_TEXT];
    u8 bytes[LONGEST];

    follow(p, at.height);
    panes_title(p, whole, FOCUS_CODE, "Code  %04x:%0*llx, %u-bit%s", p->view.seg[CPU_SEG_CS].selector, p->view.code_bits == 64 ? 16 : 8, (llu)p->view.rip, p->view.code_bits,
                p->code_follows ? "" : "; Esc: back to the next instruction");
    p->code_lines = 0;
    u64 la = p->code_top;
    for (int row = 0; row < at.height && p->code_lines < CODE_LINES; row++) {
        row = put_heading(p, at, row, la, &line);
        if (row >= at.height) break;
        unsigned length = instruction(p, la, bytes, text);
        if (!length) {
            cells_print(&p->cells, at, 2, row, COLOR_DIM, "%0*llx nothing is mapped", la >> 32 ? 16 : 8, (llu)la);
            break;
        }
        length = cut_off(p, la, length, bytes, text);
        p->code[p->code_lines].la = la;
        p->code[p->code_lines++].row = (unsigned)row;
        put_instruction(p, at, row, la, length, bytes, text);
        la = narrow(p, la + length);
    }
}

/* --- the stack --- */

u64 panes_stack_pointer(const struct cpu_view *v, unsigned *element)
{
    const struct cpu_segment_view *ss = &v->seg[CPU_SEG_SS];

    *element = v->code_bits / 8u;
    if (v->code_bits == 64) return v->gpr[4];
    return (u32)(ss->base + (ss->rights & 0x4000 ? (u32)v->gpr[4] : (u16)v->gpr[4]));
}

static bool stack_changed(const struct panes *p, u64 la, const u8 *bytes, unsigned size)
{
    u64 offset = la - p->stack.address;
    return p->has_run && offset + size <= p->stack.known && memcmp(p->stack.was + offset, bytes, size);
}

/* A function, or a place behind a CALL: other numbers that a name could be given to are numbers. */
static bool is_code(struct panes *p, u64 la)
{
    enum { LONGEST_CALL = 7 };
    struct decoded_instruction d;
    u8 bytes[LONGEST_CALL];
    u64 offset;

    if (!symbols_in_code(p->session->symbols, la)) return false;
    if (symbols_at(p->session->symbols, la, &offset) && !offset) return true;
    for (unsigned n = 2; n <= LONGEST_CALL; n++)
        if (machine_peek_linear(p->session->machine, la - n, bytes, n) == n && decode_instruction(bytes, n, p->view.code_bits, &d) && d.instruction.length == n &&
            d.instruction.meta.category == ZYDIS_CATEGORY_CALL) return true;
    return false;
}

/* What an element may mean: a name of the program, or the frame pointer's place. */
static void put_element(struct panes *p, struct cells_region at, int row, u64 la, u64 sp, unsigned size)
{
    char name[SYMBOL_TEXT];
    u8 bytes[8] = { 0 };
    int digits = (int)size * 2, x;
    unsigned unused;
    struct cpu_view frame = p->view;

    frame.gpr[4] = frame.gpr[5];
    if (machine_peek_linear(p->session->machine, la, bytes, size) < size) {
        cells_print(&p->cells, at, 1, row, COLOR_DIM, "%0*llx unmapped", la >> 32 ? 12 : 8, (llu)la);
        return;
    }
    u64 value = size == 8 ? get64(bytes) : size == 4 ? get32(bytes) : get16(bytes);
    if (la == sp) cells_paper(&p->cells, at, 0, row, at.width, COLOR_NEXT), cells_glyph(&p->cells, at, 0, row, COLOR_TITLE_INK, GLYPH_NEXT);
    if (at.width >= digits + 20 || la >> 32 == 0) x = cells_print(&p->cells, at, 1, row, COLOR_ADDRESS, "%0*llx", la >> 32 ? 16 : 8, (llu)la) + 1;
    else x = cells_print(&p->cells, at, 1, row, COLOR_ADDRESS, "sp%c%04llx", la < sp ? '-' : '+', (llu)(la < sp ? sp - la : la - sp)) + 1;
    u64 code = size == 8 ? value : p->view.seg[CPU_SEG_CS].base + value;
    bool named = value && is_code(p, code);
    bool frame_begins = la == panes_stack_pointer(&frame, &unused);
    bool short_of_room = at.width < x + digits + (named ? 16 : 3);
    if ((named || frame_begins) && short_of_room) digits = value >> 32 ? 12 : value >> 16 ? 6 : 4;
    if (!named || !short_of_room || !(value >> 32))      /* of a far address the name alone */
        x = cells_print(&p->cells, at, x, row, stack_changed(p, la, bytes, size) ? COLOR_CHANGED : COLOR_INK, "%0*llx", digits, (llu)value) + 1;
    if (frame_begins) x = cells_text(&p->cells, at, x, row, COLOR_DIM, "bp") + 1;
    if (named) x = cells_text(&p->cells, at, x, row, COLOR_NAME, symbols_name(p->session->symbols, code, name));
    if (x > at.width) cells_glyph(&p->cells, at, at.width - 1, row, COLOR_DIM, GLYPH_MORE);
}

void panes_stack(struct panes *p, struct cells_region whole)
{
    struct cells_region at = panes_below(whole);
    unsigned size;
    u64 sp = panes_stack_pointer(&p->view, &size), first = sp + (u64)((s64)p->stack_scroll * (s64)size);

    if (p->layout.wide) panes_title(p, whole, FOCUS_STACK, "Stack  %04x:%llx", p->view.seg[CPU_SEG_SS].selector, (llu)p->view.gpr[4]);
    for (int row = 0; row < at.height; row++) put_element(p, at, row, p->view.code_bits == 64 ? first + (u64)row * size : (u32)(first + (u64)row * size), sp, size);
}
