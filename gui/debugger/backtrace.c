/* Who called: by the program's own tables where it has some, by frame pointers, and where neither leads on, by what on the stack looks like
 * a place that a CALL returns to.                                                           doc: symbols */
#include <stdio.h>
#include <string.h>

#include "gui/debugger/commands.h"
#include "gui/debugger/disassemble.h"
#include "gui/debugger/expression.h"

typedef unsigned long long llu;

enum { SP = 4, FP = 5, MOST_FRAMES = 4096, SEARCHED_WORDS = 512, LONGEST_CALL = 7 };

struct walk {
    struct session *session;
    struct cpu_view v;
    unsigned size;               /* of a stack element: 2, 4 or 8 bytes */
    struct symbol_frame frame;
    u64 at;                      /* of the frame: where its return address lies, less an element, as EBP has it */
    bool guessed;
};

static u64 narrow(const struct walk *w, u64 value) { return w->size == 8 ? value : w->size == 4 ? (u32)value : (u16)value; }

static bool read_stack(void *context, u64 address, unsigned size, u64 *value)
{
    const struct walk *w = context;
    u8 bytes[8] = { 0 };
    u64 base = w->size == 8 ? 0 : w->v.seg[CPU_SEG_SS].base;

    if (machine_peek_linear(w->session->machine, base + narrow(w, address), bytes, size) < size) return false;
    *value = 0;
    for (unsigned i = 0; i < size; i++) *value |= (u64)bytes[i] << 8 * i;
    return true;
}

static u64 linear_code(const struct walk *w, u64 pc) { return w->size == 8 ? pc : (u32)(w->v.seg[CPU_SEG_CS].base + pc); }

/* --- ways out of a frame --- */

static bool by_tables(struct walk *w)
{
    struct symbol_stack stack = { .read = read_stack, .context = w, .bits = w->size * 8 };
    struct symbol_frame outer = w->frame;

    outer.pc = linear_code(w, outer.pc);
    if (w->size == 2 || !symbols_unwind(w->session->symbols, &outer, &stack)) return false;
    if (outer.gpr[SP] == w->frame.gpr[SP] && outer.pc == w->frame.pc) return false;      /* another stack may lie lower */
    w->at = outer.gpr[SP] - 2 * w->size;
    w->frame = outer;
    return true;
}

/* [FP] is that of the outer frame, and behind it lies where this one returns to: elements of 16-bit code may have 4 bytes too. */
static bool by_frame_pointer(struct walk *w, unsigned element)
{
    u64 fp = narrow(w, w->frame.gpr[FP]), outer, back;

    if (!(w->frame.known >> FP & 1) || fp < narrow(w, w->frame.gpr[SP]) || !read_stack(w, fp, element, &outer) || !read_stack(w, fp + element, element, &back) || !back) return false;
    w->at = fp;
    w->frame.pc = back;
    w->frame.caller = true;
    w->frame.gpr[FP] = outer;
    w->frame.gpr[SP] = fp + 2 * element;
    w->frame.known = outer > fp ? 1u << FP | 1u << SP : 1u << SP;
    return true;
}

static bool behind_a_call(const struct walk *w, u64 pc)
{
    u8 bytes[LONGEST_CALL];
    char text[128];
    u64 la = linear_code(w, pc);

    for (unsigned n = 2; n <= LONGEST_CALL; n++) {
        if (machine_peek_linear(w->session->machine, la - n, bytes, n) < n) continue;
        if (disassemble(bytes, n, pc - n, w->v.code_bits, text, sizeof text) == n && !strncmp(text, "call", 4)) return true;
    }
    return false;
}

/* Before its first instruction a function has no frame yet. */
static bool by_entry(struct walk *w)
{
    u64 sp = w->frame.gpr[SP], offset, back;

    if (w->frame.caller || !symbols_at(w->session->symbols, linear_code(w, w->frame.pc), &offset) || offset) return false;
    if (!read_stack(w, sp, w->size, &back) || !symbols_in_code(w->session->symbols, linear_code(w, back))) return false;
    w->at = sp - w->size;
    w->frame.pc = back;
    w->frame.caller = true;
    w->frame.gpr[SP] = sp + w->size;
    w->frame.known = 1u << FP | 1u << SP;
    return true;
}

static bool by_search(struct walk *w)
{
    u64 sp = w->frame.gpr[SP], value;

    for (unsigned i = 0; i < SEARCHED_WORDS && read_stack(w, sp, w->size, &value); i++, sp += w->size) {
        if (!symbols_in_code(w->session->symbols, linear_code(w, value)) || !behind_a_call(w, value)) continue;
        w->at = sp - w->size;
        w->frame = (struct symbol_frame){ .pc = value, .caller = true, .known = 1u << SP, .gpr = { [SP] = sp + w->size } };
        return w->guessed = true;
    }
    return false;
}

/* A search is for programs that have no frame pointers: once it has begun there are none. */
static bool step_out(struct walk *w)
{
    if (by_tables(w) || by_entry(w)) return true;
    if (w->guessed) return by_search(w);
    if (!symbols_count(w->session->symbols)) return by_frame_pointer(w, w->size);
    struct walk before = *w;
    for (unsigned element = w->size; element <= (w->size == 2 ? 4 : w->size); element += 2) {
        if (by_frame_pointer(w, element) && behind_a_call(w, w->frame.pc)) return true;
        *w = before;
    }
    return by_search(w);
}

static void put_frame(const struct walk *w, bool first)
{
    char text[SYMBOL_TEXT];
    int digits = (int)w->size * 2;

    if (first) printf("%*s    ", digits, "");
    else printf("%0*llx -> ", digits, (llu)w->at);
    if (w->frame.caller) symbols_text_of_return(w->session->symbols, linear_code(w, w->frame.pc), text);
    else symbols_text(w->session->symbols, linear_code(w, w->frame.pc), text);
    printf("%0*llx%s%s%s\n", digits, (llu)w->frame.pc, *text ? " " : "", text, w->guessed ? " ?" : "");
}

bool debug_backtrace(struct session *s, const char *at, struct error *err)
{
    struct walk w = { .session = s };
    u64 most = 16;

    at += strspn(at, " \t");
    if (*at && !expression_value(s, at, &most, err)) return false;
    cpu_view(machine_cpu(s->machine), &w.v);
    w.size = w.v.code_bits / 8;
    w.frame.pc = w.v.rip;
    w.frame.known = 0xffff;
    for (unsigned i = 0; i < 16; i++) w.frame.gpr[i] = narrow(&w, w.v.gpr[i]);
    put_frame(&w, true);
    for (u64 n = 0; n < most && n < MOST_FRAMES && step_out(&w); n++) put_frame(&w, false);
    return true;
}
