/* Every check, provoked once: the reason that is named, and the error code that the manual gives it. */
#include "tests/unit/cpu/system/provocations.h"

Test(reasons, mov_to_cs_is_undefined_before_its_memory_operand_is_read)        /* SDM vol. 2, "MOV": #UD */
{
    PC(pc) = pc_create("ryzen");
    enter_protected(pc, 0);
    set_segment(pc->cpu, CPU_SEG_DS, KERNEL_DS, 0, 0, DATA_WRITE | FLAT);
    RUN(pc, 0x8e, 0x0d, DWORD(DATA));
    EXPECT_FAULT(pc, BAD_SEGMENT_REGISTER, 0);
}

Test(reasons, every_check_raises_its_own_reason_with_its_own_error_code)
{
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        PC(pc) = pc_in_memory();
        u32 error = provocation[r].provoke(pc);
        cr_expect(pc->cpu->fault_log.count, "%s was not raised, nor was another", provocation[r].name);
        if (!pc->cpu->fault_log.count) continue;
        const struct fault *f = last_fault(pc);
        cr_expect_eq(f->reason, r, "%s was not raised, but: %s", provocation[r].name, told(pc));
        cr_expect_eq(f->vector, provocation[r].vector);
        cr_expect_eq(f->error_code, error, "%s: error code %xh, not %xh", provocation[r].name, f->error_code, error);
        cr_expect_eq(pc->cpu->activity, ACTIVITY_RUNNING, "%s ended in a shutdown", provocation[r].name);
    }
}

Test(reasons, every_sentence_has_its_placeholders_filled)
{
    for (unsigned r = REASON_NONE + 1; r < REASON_COUNT; r++) {
        PC(pc) = pc_in_memory();
        provocation[r].provoke(pc);
        cr_expect(!strpbrk(told(pc), "{}?"), "%s", told(pc));
        cr_expect(strlen(told(pc)) < 400);
    }
}
