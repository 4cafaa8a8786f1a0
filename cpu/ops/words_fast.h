/* The words of operation bodies, as the fast instance means them: bodies are functions, and every access that a TLB tag does not
 * allow at once makes the exact instance do the record.  KIND is the way to memory, FLAT 32, 64 or 0 says the same.
 * Meanings of the words: cpu/ops/words_exact.h. */
#include "cpu/ops/words.h"
#define HANDLER_(name, w, kind) fast_##name##_##w##_##kind
#define HANDLER(name, w, kind) HANDLER_(name, w, kind)
#define OP(name) static __attribute__((unused)) void HANDLER(name, W, KIND)(FAST_PARAMETERS)

#define SLOW TAIL(fast_slow)
#define NEXT do { rec++; GO; } while (0)
#define RAISE(...) SLOW

/* --- memory --- */
#if FLAT == 32 && INDEXED
#define EA ((u64)(u32)(*(u32 *)SLOT(rec->b & 0xf8) + (*(u32 *)SLOT(rec->x & 0xf8) << (rec->x & 3)) + (u32)rec->disp))
#elif FLAT == 32
#define EA ((u64)(u32)(*(u32 *)SLOT(rec->b & 0xf8) + (u32)rec->disp))
#elif FLAT == 64 && INDEXED
#define EA (*(u64 *)SLOT(rec->b & 0xf8) + (*(u64 *)SLOT(rec->x & 0xf8) << (rec->x & 3)) + (u64)(s64)rec->disp)
#elif FLAT == 64
#define EA (*(u64 *)SLOT(rec->b & 0xf8) + (u64)(s64)rec->disp)
#else
#define EA record_ea(cpu, rec)
#endif

/* Linear address of seg:ea. */
#if FLAT
#define MAY_READ(seg, ea, bytes) true
#define MAY_WRITE(seg, ea, bytes) true
#define LINEAR(seg, ea) (ea)
#else
#define MAY_READ(seg, ea, bytes) segment_may_read(cpu, seg, ea, bytes)
#define MAY_WRITE(seg, ea, bytes) segment_may_write(cpu, seg, ea, bytes)
#define LINEAR(seg, ea) linear_of(cpu, seg, ea)
#endif

#define LD_AS(type, v, seg, ea) \
    do { \
        u64 ea_ = (ea); \
        type value_; \
        if (!MAY_READ(seg, ea_, sizeof(type))) SLOW; \
        u64 la_ = LINEAR(seg, ea_); \
        const struct tlb_entry *t_ = tlb_entry_of(cpu, la_); \
        if (unlikely(t_->tag_read != page_of_last(la_, sizeof(type)))) SLOW; \
        memcpy(&value_, (const u8 *)(uintptr_t)(t_->addend + la_), sizeof(type)); \
        (v) = value_; \
    } while (0)
#define ST_AT(seg, ea, v) \
    do { \
        u64 ea_ = (ea); \
        uw value_ = (uw)(v); \
        if (!MAY_WRITE(seg, ea_, W / 8)) SLOW; \
        u64 la_ = LINEAR(seg, ea_); \
        const struct tlb_entry *t_ = tlb_entry_of(cpu, la_); \
        if (unlikely(t_->tag_write != page_of_last(la_, W / 8))) SLOW; \
        memcpy((u8 *)(uintptr_t)(t_->addend + la_), &value_, W / 8); \
    } while (0)
#define LD(v, ea) LD_AS(uw, v, SEG, ea)
#define ST(ea, v) ST_AT(SEG, ea, v)
#define LD_BYTES(v, ea, bytes) \
    do { \
        if ((bytes) == 1) LD_AS(u8, v, SEG, ea); \
        else if ((bytes) == 2) LD_AS(u16, v, SEG, ea); \
        else LD_AS(u32, v, SEG, ea); \
    } while (0)
/* Declares what WB uses: once in a body. */
#define RMW(v, ea) \
    u64 ea_ = (ea); \
    if (!MAY_WRITE(SEG, ea_, W / 8)) SLOW; \
    u64 la_ = LINEAR(SEG, ea_); \
    const struct tlb_entry *t_ = tlb_entry_of(cpu, la_); \
    if (unlikely(t_->tag_write != page_of_last(la_, W / 8))) SLOW; \
    u8 *host_ = (u8 *)(uintptr_t)(t_->addend + la_); \
    memcpy(&(v), host_, W / 8)
#define WB(v) \
    do { uw value_ = (uw)(v); memcpy(host_, &value_, W / 8); } while (0)

/* --- the stack --- */
#if FLAT == 64
#define STACK_MASK UINT64_MAX
#define SP cpu->gpr[RSP]
#define SET_SP(v) (cpu->gpr[RSP] = (v))
#elif FLAT == 32
#define STACK_MASK 0xffffffffull
#define SP ((u64)REG32(RSP))
#define SET_SP(v) (REG32(RSP) = (u32)(v))
#else
#define STACK_MASK cpu->stack_mask
#define SP (cpu->gpr[RSP] & STACK_MASK)
#define SET_SP(v) (cpu->gpr[RSP] = (cpu->gpr[RSP] & ~STACK_MASK) | ((v) & STACK_MASK))
#endif
#define LD_STACK(v, sp) LD_AS(uw, v, CPU_SEG_SS, sp)
#define PUSH(v) \
    do { uw pushed_ = (uw)(v); u64 sp_ = (cpu->gpr[RSP] - W / 8) & STACK_MASK; ST_AT(CPU_SEG_SS, sp_, pushed_); SET_SP(sp_); } while (0)

/* --- flags --- */
#define LAZY_HERE (u32)flag_kind, flag_result, flag_first, cpu->flag_kept
#define FL(k, a, r) (flag_first = TOP(a), flag_result = TOP(r), flag_kind = FLAG_##k | W << 8)
#define FL_RAW(r, kept) (cpu->flag_kept = (kept), flag_result = TOP(r), flag_kind = FLAG_RAW | W << 8)
#define FL_ALL(f) (cpu->flag_kept = (f) & EFLAGS_ARITHMETIC, flag_kind = FLAG_FULL | 32 << 8)
#define FL_CHANGE(which, bits) \
    (cpu->flag_kept = (lazy_kept(LAZY_HERE) & ~(u32)(which)) | (bits), flag_kind = lazy_kept_kind((u32)flag_kind))
#define EFLAGS() (lazy_all(LAZY_HERE) | (cpu->rflags & ~(u32)EFLAGS_ARITHMETIC))
#define CF() lazy_cf(LAZY_HERE)
#define ZF() lazy_zf(LAZY_HERE)
#define SF() lazy_sf(LAZY_HERE)
#define PF() lazy_pf(LAZY_HERE)
#define OF() lazy_of(LAZY_HERE)
#define BELOW_EQUAL() lazy_be(LAZY_HERE)
#define LESS() lazy_l(LAZY_HERE)
#define LESS_EQUAL() lazy_le(LAZY_HERE)
/* Shifts are functions of struct cpu's flags: out, and back in. */
#define SHIFT_WITH(call) \
    do { \
        cpu->flag_result = flag_result, cpu->flag_first = flag_first, cpu->flag_kind = (u32)flag_kind; \
        call; \
        flag_result = cpu->flag_result, flag_first = cpu->flag_first, flag_kind = cpu->flag_kind; \
    } while (0)
#define SHIFT_BY(name, v, count) SHIFT_WITH(SHIFT_FUNCTION(name, W)(cpu, &(v), count))
#define SHIFT_DOUBLE_BY(name, v, fill, count) SHIFT_WITH(SHIFT_FUNCTION(name, W)(cpu, &(v), fill, count))

/* --- transfers --- */
#define LINK ((struct link *)(rec + 1))
#define LINKED(t) (W == 16 ? LINK->target && LINK->target_rip == (u32)(t) : LINK->target != NULL)
#define AFTER (cpu->trace_rip + (u32)rec->imm)           /* of calls */
#define TARGET ((uw)(cpu->trace_rip + (u64)(s64)LINK->delta))
#define BAD_TARGET(t) (unlikely((t) + cpu->target_bias > cpu->target_last))
#define REFUSE(t) do { (void)(t); SLOW; } while (0)
#define TAKE(t) \
    do { \
        uw target_ = (t); \
        budget -= rec->count; \
        if (likely(LINKED(target_) && budget >= TRACE_MAX_INSTRUCTIONS)) { \
            cpu->trace_rip = target_; \
            rec = LINK->target; \
            GO; \
        } \
        cpu->rip = target_; \
        if (budget < TRACE_MAX_INSTRUCTIONS) TAIL(fast_leave); \
        if (W == 16) TAIL(fast_resolve_16); \
        TAIL(fast_resolve); \
    } while (0)
#define BRANCH(c) \
    do { \
        if (c) { \
            uw t_ = TARGET; \
            if (!LINKED(t_) && BAD_TARGET(t_)) SLOW; \
            TAKE(t_); \
        } \
        rec += 2; \
        GO; \
    } while (0)
#define GOTO(t) \
    do { \
        uw target_ = (t); \
        if (BAD_TARGET(target_)) SLOW; \
        cpu->rip = target_; \
        budget -= rec->count; \
        TAIL(fast_transfer); \
    } while (0)
