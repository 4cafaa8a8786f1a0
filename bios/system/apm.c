/* Advanced Power Management: INT 15h AH=53h, and the 16-bit protected-mode entry.                        doc: bios */
#include "apm_calls.h"

void apm16_entry(void);
void apm32_entry(void);

static void idle(enum apm_interface via)
{
    u16 cs;

    __asm__("movw %%cs,%0" : "=r"(cs));
    if (via == APM_REAL) (void)pass_time();
    else if (!(cs & 3)) sti_hlt();
}

static enum apm_status connect(struct frame *f, u8 *apm, enum apm_interface wanted)
{
    enum { SEGMENT = 0xf000, SEGMENT_BYTES = 0xffff };
    u8 connection = *apm & APM_CONNECTION;

    if (f->bx) return APM_UNKNOWN_DEVICE;
    if (connection) return connection == APM_REAL ? APM_REAL_CONNECTED : connection == APM_16 ? APM_16_CONNECTED : APM_32_CONNECTED;
    *apm = (u8)((*apm & ~APM_VERSION) | wanted);
    if (wanted == APM_REAL) return APM_FINE;
    f->ax = SEGMENT;
    f->esi = (u32)SEGMENT_BYTES << 16 | SEGMENT_BYTES;       /* of the 16-bit and the 32-bit code */
    f->di = EBDA_BYTES;
    if (wanted == APM_16) {
        f->bx = (u16)(u32)apm16_entry;
        f->cx = BDA->ebda_segment;
    } else {
        f->ebx = (u32)apm32_entry;
        f->cx = SEGMENT;
        f->dx = BDA->ebda_segment;
    }
    return APM_FINE;
}

void apm_service(struct frame *f)
{
    u8 apm = EBDA->apm, function = f->al;
    enum apm_status status;

    if (function == 0) status = check_installation(f, apm);
    else if (function <= APM_32) status = connect(f, &apm, (enum apm_interface)function);
    else status = apm_function(f, &apm, APM_REAL);
    EBDA->apm = apm;
    apm_answer(f, status);
}

/* What EBDA.apm becomes.  DS = ES = SS; FS and GS are the caller's. */
u32 apm16_service(struct frame *f, u32 was)
{
    u8 apm = (u8)was;

    apm_answer(f, f->al ? apm_function(f, &apm, APM_16) : check_installation(f, apm));
    return apm;
}
