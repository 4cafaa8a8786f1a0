/* Over words_fast.h: a body is a step of a handler that does several records (cpu/run/fast_sequence.h).  It ends by saying how it goes
 * on; the compiler keeps all of this in registers. */
struct step {
    struct record *to;           /* where to go on, with what handlers pass on */
    s64 budget;
    u64 flag_result, flag_first, flag_kind;
};
/* What the record's d, s, b and x are, or a slot of an earlier record that is known to be the same one. */
struct slots { unsigned d, s, b, x; };
/* How it goes on with the record `to`. */
enum step_end {
    STEP_NEXT,                   /* it stands next */
    STEP_AWAY,                   /* it stands somewhere else */
    STEP_BY_fast_slow, STEP_BY_fast_miss_read, STEP_BY_fast_miss_write, STEP_BY_fast_miss_stack_read, STEP_BY_fast_miss_stack_write,    /* by this handler */
    STEP_BY_fast_keep_flags, STEP_BY_fast_transfer,
};

#define STEP_NAME_(name, w, kind) step_##name##_##w##_##kind
#define STEP_NAME(name, w, kind) STEP_NAME_(name, w, kind)
#undef OP
#define OP(name) \
    static inline __attribute__((always_inline, unused)) enum step_end STEP_NAME(name, W, KIND)(FAST_PARAMETERS, struct slots slots, struct step *step)

#ifdef FAST_PINS_TLB
#define USE_TLB (void)tlb
#else
#define USE_TLB
#endif
#define STEP_END(end) \
    do { \
        (void)cpu; \
        (void)slots; \
        USE_TLB; \
        *step = (struct step){ .to = rec, .budget = budget, .flag_result = flag_result, .flag_first = flag_first, .flag_kind = flag_kind }; \
        return end; \
    } while (0)
#undef SLOT_OF_d
#undef SLOT_OF_s
#undef SLOT_OF_b
#undef SLOT_OF_x
#define SLOT_OF_d slots.d
#define SLOT_OF_s slots.s
#define SLOT_OF_b slots.b
#define SLOT_OF_x slots.x
#undef TAIL
#undef GO
#undef ON
#define TAIL(handler) STEP_END(STEP_BY_##handler)
#define GO STEP_END(STEP_AWAY)
#define ON(records) do { rec += (records); STEP_END(STEP_NEXT); } while (0)
