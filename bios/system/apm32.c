/* Advanced Power Management for callers in 32-bit protected mode: apm.S calls this with DS = ES = SS.        doc: bios
 * Compiled for 32 bits.  It touches its stack and ports, nothing else. */
#include "apm_calls.h"

static void idle(enum apm_interface via)
{
    u16 cs;

    (void)via;
    __asm__("movw %%cs,%0" : "=r"(cs));
    if (!(cs & 3)) sti_hlt();
}

/* What EBDA.apm becomes. */
u32 apm32_service(struct frame *f, u32 was)
{
    u8 apm = (u8)was;

    apm_answer(f, f->al ? apm_function(f, &apm, APM_32) : check_installation(f, apm));
    return apm;
}
