/* The words of operation bodies, as the fast instance means them: bodies are functions; an access that a TLB tag does not allow goes
 * by fast_miss_*, and whatever else is not plain makes the exact instance do the record.  KIND is the way to memory, FLAT 32, 64 or 0 says the same.
 * Meanings of the words: cpu/ops/words_exact.h. */
#include "cpu/ops/words.h"
#define HANDLER_(name, w, kind) fast_##name##_##w##_##kind
#define HANDLER(name, w, kind) HANDLER_(name, w, kind)
#define OP(name) static __attribute__((unused)) FAST_HANDLER HANDLER(name, W, KIND)(FAST_PARAMETERS)
#define HANDLER_UNSIZED_(name, kind) fast_##name##_##kind
#define HANDLER_UNSIZED(name, kind) HANDLER_UNSIZED_(name, kind)
#define OP_UNSIZED(name) static __attribute__((unused)) FAST_HANDLER HANDLER_UNSIZED(name, KIND)(FAST_PARAMETERS)

#define SLOW TAIL(fast_slow)
/* The barrier keeps gcc from loading the handler by the old pointer: two instructions instead of four. */
#define ON(records) do { rec += (records); __asm__("" : "+r"(rec)); GO; } while (0)
#define NEXT ON(1)
#define RAISE(...) SLOW

/* --- memory --- */
#define SCALE record_scale(rec)
#define EA EA_OF(FLAT, INDEXED)
#define EA_OF(flat, indexed) EA_OF_(flat, indexed)
#define EA_OF_(flat, indexed) EA_##flat##_##indexed
#define EA_32_1 ((u64)(u32)(R_AS(u32, b) + (R_AS(u32, x) << SCALE) + (u32)rec->disp))
#define EA_32_0 ((u64)(u32)(R_AS(u32, b) + (u32)rec->disp))
#define EA_64_1 (R_AS(u64, b) + (R_AS(u64, x) << SCALE) + (u64)(s64)rec->disp)
#define EA_64_0 (R_AS(u64, b) + (u64)(s64)rec->disp)
#define EA_0_0 record_ea(cpu, rec)

/* No tag allows the access of `bytes` at la_: read or write. */
#define MISS(access, bytes) do { cpu->miss_la = la_, cpu->miss_last = page_of_last(la_, bytes); TAIL(fast_miss_##access); } while (0)
/* Linear address of seg:ea. */
#define INDEX_MASK (FLAT == 64 ? UINT64_MAX : FLAT == 32 ? 0xffffffffull : ADDR_MASK)
#define MAY_READ(by, ea, bytes) (FLAT || segment_may_read(cpu, by, ea, bytes))
#define MAY_WRITE(by, ea, bytes) (FLAT || segment_may_write(cpu, by, ea, bytes))
#ifdef WITH_BASE                 /* FS or GS in 64-bit code: no limit is looked at */
#define LINEAR(by, ea) (cpu->seg[by].effective_base + (ea))
#else
#define LINEAR(by, ea) (FLAT ? (ea) : linear_of(cpu, by, ea))
#endif

/* The entry of `la`, as bytes from the TLB's start.  It is asked for twice, by an address of two registers each time: the barrier keeps
 * the compiler from adding them up in between. */
#define TLB_PLACE(la) ((la) >> 12 & (TLB_ENTRIES - 1)) * sizeof(struct tlb_entry)
#define TLB_ENTRY(place) ((const struct tlb_entry *)((const u8 *)TLB + (place)))
#define TLB_HOST(type, place, la) ({ __asm__("" : "+r"(place)); (type *)(uintptr_t)(TLB_ENTRY(place)->addend + (la)); })
#define LD_AS(type, v, seg, ea) \
    do { \
        u64 ea_ = (ea); \
        type value_; \
        if (!MAY_READ(seg, ea_, sizeof(type))) SLOW; \
        u64 la_ = LINEAR(seg, ea_); \
        u64 t_ = TLB_PLACE(la_); \
        if (unlikely(TLB_ENTRY(t_)->tag_read != page_of_last(la_, sizeof(type)))) MISS(read, sizeof(type)); \
        memcpy(&value_, TLB_HOST(const u8, t_, la_), sizeof(type)); \
        (v) = value_; \
    } while (0)
#define ST_AT(seg, ea, v) \
    do { \
        u64 ea_ = (ea); \
        uw value_ = (uw)(v); \
        if (!MAY_WRITE(seg, ea_, W / 8)) SLOW; \
        u64 la_ = LINEAR(seg, ea_); \
        u64 t_ = TLB_PLACE(la_); \
        if (unlikely(TLB_ENTRY(t_)->tag_write != page_of_last(la_, W / 8))) MISS(write, W / 8); \
        memcpy(TLB_HOST(u8, t_, la_), &value_, W / 8); \
    } while (0)
#define LD_AT(v, seg, ea) LD_AS(uw, v, seg, ea)
#define LD(v, ea) LD_AT(v, SEG, ea)
#define ST(ea, v) ST_AT(SEG, ea, v)
#define LD_BYTES(v, ea, bytes) \
    do { \
        if ((bytes) == 1) LD_AS(u8, v, SEG, ea); \
        else if ((bytes) == 2) LD_AS(u16, v, SEG, ea); \
        else LD_AS(u32, v, SEG, ea); \
    } while (0)
/* The host address of an operand of `bytes` that may be read, written; of 16 aligned bytes; `ea` is its offset. */
#define HOST_(p, ea, bytes, access, MAY, unaligned) \
    u64 ea = EA; \
    if (!MAY(SEG, ea, bytes)) SLOW; \
    u64 la_ = LINEAR(SEG, ea); \
    u64 t_ = TLB_PLACE(la_); \
    if (unlikely(unaligned)) SLOW; \
    if (unlikely(TLB_ENTRY(t_)->tag_##access != page_of_last(la_, bytes))) MISS(access, bytes); \
    u8 *p = TLB_HOST(u8, t_, la_)
#define HOST_READ_AT(p, ea, bytes) HOST_(p, ea, bytes, read, MAY_READ, false)
#define HOST_READ(p, bytes) HOST_READ_AT(p, ea_, bytes)
#define HOST_WRITE_AT(p, ea, bytes) HOST_(p, ea, bytes, write, MAY_WRITE, false)
#define HOST_WRITE(p, bytes) HOST_WRITE_AT(p, ea_, bytes)
#define HOST_READ_ALIGNED(p) HOST_(p, ea_, 16, read, MAY_READ, la_ & 15)
#define HOST_WRITE_ALIGNED(p) HOST_(p, ea_, 16, write, MAY_WRITE, la_ & 15)
/* Declares what WB uses: once in a body. */
#define RMW(v, ea) \
    u64 ea_ = (ea); \
    if (!MAY_WRITE(SEG, ea_, W / 8)) SLOW; \
    u64 la_ = LINEAR(SEG, ea_); \
    u64 t_ = TLB_PLACE(la_); \
    if (unlikely(TLB_ENTRY(t_)->tag_write != page_of_last(la_, W / 8))) MISS(write, W / 8); \
    u8 *host_ = TLB_HOST(u8, t_, la_); \
    memcpy(&(v), host_, W / 8)
#define WB(v) \
    do { uw value_ = (uw)(v); memcpy(host_, &value_, W / 8); } while (0)

/* --- the stack --- */
#define STACK_MASK (FLAT == 64 ? UINT64_MAX : FLAT == 32 ? 0xffffffffull : cpu->stack_mask)
/* In 32-bit code ESP is read and written by 32 bits alone: a host that must put a load together from stores of different sizes waits for
 * them to reach its cache. */
#define SP (FLAT == 32 ? (u64)REG32(RSP) : cpu->gpr[RSP] & STACK_MASK)
#define SP_LESS(bytes) (FLAT == 32 ? (u64)(u32)(REG32(RSP) - (bytes)) : (cpu->gpr[RSP] - (bytes)) & STACK_MASK)
#define SET_SP(v) \
    do { \
        if (FLAT == 64) cpu->gpr[RSP] = (v); \
        else if (FLAT == 32) REG32(RSP) = (u32)(v); \
        else cpu->gpr[RSP] = (cpu->gpr[RSP] & ~STACK_MASK) | ((v) & STACK_MASK); \
    } while (0)
/* Flat code keeps the TLB entry of its stack's page: it is looked at as any other is, but not looked for. */
#define STACK_MISS(access, bytes) do { cpu->miss_la = la_, cpu->miss_last = page_of_last(la_, bytes); TAIL(fast_miss_stack_##access); } while (0)
#define LD_STACK(v, sp) \
    do { \
        u64 la_ = (sp); \
        uw loaded_; \
        if (!FLAT) { LD_AS(uw, v, CPU_SEG_SS, la_); break; } \
        const struct tlb_entry *t_ = cpu->stack_entry; \
        if (unlikely(t_->tag_read != page_of_last(la_, W / 8))) STACK_MISS(read, W / 8); \
        memcpy(&loaded_, (const u8 *)(uintptr_t)(t_->addend + la_), W / 8); \
        (v) = loaded_; \
    } while (0)
#define ST_STACK(sp, v) \
    do { \
        u64 la_ = (sp); \
        uw stored_ = (uw)(v); \
        if (!FLAT) { ST_AT(CPU_SEG_SS, la_, stored_); break; } \
        const struct tlb_entry *t_ = cpu->stack_entry; \
        if (unlikely(t_->tag_write != page_of_last(la_, W / 8))) STACK_MISS(write, W / 8); \
        memcpy((u8 *)(uintptr_t)(t_->addend + la_), &stored_, W / 8); \
    } while (0)
#define PUSH(v) \
    do { uw pushed_ = (uw)(v); u64 sp_ = SP_LESS(W / 8); ST_STACK(sp_, pushed_); SET_SP(sp_); } while (0)

/* --- flags: never of kind FULL here --- */
#define KIND_BITS ((u32)flag_kind >> 8)
#define LAZY_HERE flag_kind, flag_result, flag_first, cpu->flag_kept | cpu->shift_af
#define KIND_OF(k) (FLAG_##k | W << 8)
#define FL(k, a, r) (flag_first = (uw)(a), flag_result = (uw)(r), flag_kind = KIND_OF(k))
#define FL_RAW(r, kept) (cpu->flag_kept = (kept), flag_result = (uw)(r), flag_kind = KIND_OF(RAW))
#define FL_ALL(f) \
    do { \
        u32 f_ = (f); \
        cpu->flag_kept = lazy_raw_kept(f_); \
        flag_kind = FLAG_RAW | 32 << 8; \
        flag_result = lazy_raw_result(f_); \
    } while (0)
#define FL_LOADED(f) \
    do { \
        u32 loaded_ = (f); \
        if ((loaded_ & (EFLAGS_ZF | EFLAGS_SF)) == (EFLAGS_ZF | EFLAGS_SF)) SLOW; \
        FL_ALL(loaded_); \
    } while (0)
/* Before anything is committed: the record begins again when CF, OF and AF are kept bits. */
#define FL_CHANGE(which, bits) \
    do { \
        if (OPERATION != FLAG_RAW) KEEP_FLAGS; \
        cpu->flag_kept = (cpu->flag_kept & ~(u32)(which)) | (bits); \
    } while (0)
#define KEEP_CF() do { if (OPERATION < FLAG_INC) cpu->flag_kept = CF(); } while (0)
#define EFLAGS() (lazy_all(LAZY_HERE) | (cpu->rflags & ~(u32)EFLAGS_ARITHMETIC))
/* Conditions after the usual operations; otherwise fast_keep_flags makes them kept bits, and the record begins again. */
#define OPERATION ((u8)flag_kind)
#define KEEP_FLAGS TAIL(fast_keep_flags)
#define KEPT(flag) ((cpu->flag_kept & EFLAGS_##flag) != 0)
#define SIGNED(v) ((s64)((v) << (-KIND_BITS & 63)))
#define ZF() (flag_result == 0)
#define SF() (SIGNED(flag_result) < 0)
#define PF() lazy_pf(LAZY_HERE)
#define CF() \
    ({ \
        bool c_; \
        if (OPERATION == FLAG_SUB) c_ = flag_result > flag_first; \
        else if (OPERATION == FLAG_LOGIC) c_ = false; \
        else if (OPERATION >= FLAG_INC) c_ = KEPT(CF); \
        else if (OPERATION == FLAG_ADD) c_ = flag_result < flag_first; \
        else if (OPERATION >= FLAG_SHL) c_ = flag_first & 1; \
        else if (OPERATION == FLAG_ADC1) c_ = flag_result <= flag_first; \
        else c_ = flag_result >= flag_first; \
        c_; \
    })
#define OF() ({ if (OPERATION != FLAG_RAW) KEEP_FLAGS; KEPT(OF); })
#define BELOW_EQUAL() \
    ({ \
        bool c_; \
        if (OPERATION == FLAG_SUB) c_ = flag_first - flag_result >= flag_first; \
        else if (OPERATION == FLAG_LOGIC) c_ = ZF(); \
        else if (OPERATION >= FLAG_INC) c_ = KEPT(CF) | ZF(); \
        else KEEP_FLAGS; \
        c_; \
    })
#define LESS() \
    ({ \
        bool c_; \
        if (OPERATION == FLAG_SUB) c_ = SIGNED(flag_first) < SIGNED(flag_first - flag_result); \
        else if (OPERATION == FLAG_LOGIC) c_ = SF(); \
        else if (OPERATION == FLAG_DEC) c_ = SIGNED(flag_first) <= 0; \
        else if (OPERATION == FLAG_RAW) c_ = SF() != KEPT(OF); \
        else KEEP_FLAGS; \
        c_; \
    })
#define LESS_EQUAL() \
    ({ \
        bool c_; \
        if (OPERATION == FLAG_SUB) c_ = SIGNED(flag_first) <= SIGNED(flag_first - flag_result); \
        else if (OPERATION == FLAG_LOGIC) c_ = SIGNED(flag_result) <= 0; \
        else if (OPERATION == FLAG_DEC) c_ = SIGNED(flag_first) <= 0 || ZF(); \
        else if (OPERATION == FLAG_RAW) c_ = ZF() || SF() != KEPT(OF); \
        else KEEP_FLAGS; \
        c_; \
    })

/* --- shifts --- */
#define COUNT_BITS(count) ((unsigned)(count) & (W == 64 ? 63 : 31))
#define SHIFTED_SHL(v, n) \
    do { \
        u64 whole_ = (u64)(v) << (n); \
        flag_first = W == 64 ? (u64)(v) >> (64 - (n)) : whole_ >> (W & 63); \
        flag_result = (v) = (uw)whole_; \
        flag_kind = KIND_OF(SHL); \
    } while (0)
#define SHIFTED_RIGHT(as, v, n) \
    do { flag_first = (u64)(as(v) >> ((n) - 1)); flag_result = (v) = (uw)(as(v) >> (n)); flag_kind = KIND_OF(SHR); } while (0)
#define SHIFTED_SHR(v, n) SHIFTED_RIGHT((u64), v, n)
#define SHIFTED_SAR(v, n) SHIFTED_RIGHT((s64)(sw), v, n)
/* The others are functions of struct cpu's flags, of which they change CF and OF: out, and back in. */
#define SHIFT_WITH(call) \
    do { \
        cpu->flag_result = flag_result, cpu->flag_first = flag_first, cpu->flag_kind = (u32)flag_kind; \
        call; \
        flag_result = cpu->flag_result, flag_first = cpu->flag_first, flag_kind = cpu->flag_kind; \
    } while (0)
#define ROTATED(name, v, n) \
    do { if (OPERATION != FLAG_RAW) KEEP_FLAGS; cpu->flag_kind = FLAG_RAW; SHIFT_FUNCTION(name, W)(cpu, &(v), n); } while (0)
#define SHIFTED_ROL(v, n) ROTATED(ROL, v, n)
#define SHIFTED_ROR(v, n) ROTATED(ROR, v, n)
#define SHIFTED_RCL(v, n) ROTATED(RCL, v, n)
#define SHIFTED_RCR(v, n) ROTATED(RCR, v, n)
#define SHIFT_BY(name, v, count) do { unsigned n_ = COUNT_BITS(count); if (n_) SHIFTED_##name(v, n_); } while (0)
#define SHIFT_BY_CONSTANT(name, v) do { unsigned n_ = COUNT_BITS((u8)rec->imm); SHIFTED_##name(v, n_); } while (0)      /* never 0 here: fast_of */
#define SHIFT_DOUBLE_BY(name, v, fill, count) SHIFT_WITH(SHIFT_FUNCTION(name, W)(cpu, &(v), fill, count))

#define NOW (cpu->slice_end - (u64)(budget + TRACE_MAX_INSTRUCTIONS - (rec->count - 1)))

/* --- transfers --- */
#define LINK ((struct link *)(rec + 1))
#define AFTER (cpu->trace_rip + (u32)rec->imm)           /* of calls */
#define TARGET ((uw)(cpu->trace_rip + (u64)(s64)LINK->delta))
#define BAD_TARGET(t) (!(FLAT == 32 && W == 32) && unlikely((t) + cpu->target_bias > cpu->target_last))
#define REFUSE(t) SLOW
/* A legal target, and a budget for one more trace: otherwise the exact instance does the transfer. */
#define CHECK_TARGET(t) do { if (unlikely(budget < rec->count) || BAD_TARGET(t)) SLOW; } while (0)
/* A branch to an illegal target has no link: fast_resolve finds out. */
#define CHECK_LINK(t) do { if (unlikely(budget < rec->count) || (W == 16 && BAD_TARGET(t))) SLOW; } while (0)
/* Where a direct branch leads.  The link of one to another page holds while no translation has been forgotten. */
#define LINKED LINK->target
#define FAR_LINKED (LINK->tag == cpu->link_tag ? LINK->target : rec + 1)
#define TAKE(t) \
    do { \
        budget -= rec->count; \
        if (W == 16) { \
            uw target_ = (t); \
            cpu->trace_rip = target_; \
            rec = LINK->target_rip == (u16)target_ ? LINK->target : rec + 1; \
        } else { \
            cpu->trace_rip = (uw)((uw)cpu->trace_rip + (uw)(s64)LINK->delta); \
            rec = LINKED; \
        } \
        GO; \
    } while (0)
#define BRANCH(c) \
    do { \
        if (c) { \
            CHECK_LINK(TARGET); \
            TAKE(TARGET); \
        } \
        ON(2); \
    } while (0)
#define GOTO(t) \
    do { \
        u64 to_ = (uw)(t); \
        const struct target *known_ = target_at(cpu, to_); \
        budget -= rec->count; \
        if (likely(known_->key == (to_ ^ cpu->target_salt))) { \
            cpu->trace_rip = to_; \
            rec = known_->first; \
            GO; \
        } \
        cpu->rip = to_; \
        TAIL(fast_transfer); \
    } while (0)
