#ifndef ORRERY_TESTS_ORACLE_HOST_H
#define ORRERY_TESTS_ORACLE_HOST_H
/* Between host.c and host_extended.c: the images that XSAVE and FXSAVE write.              doc: oracle */
#include "tests/oracle/oracle.h"

/* SDM vol. 1, "Legacy Region of an XSAVE Area", "XSAVE Header"; AVX at its standard offset. */
struct xsave_image {
    u8 legacy[512];
    u64 xstate_bv, xcomp_bv, reserved[6];
    u8 avx[16][16];                      /* upper halves of YMM0..YMM15 */
} __attribute__((aligned(64)));

extern struct xsave_image oracle_image_in, oracle_image_out;

enum { XSTATE_X87 = 1, XSTATE_SSE = 2, XSTATE_AVX = 4 };

/* CAN_EXTENDED, and CAN_AVX when the system has enabled XSAVE of AVX at the offset above. */
unsigned host_extended_can(void);
void host_extended_load(const struct extended *x);           /* into oracle_image_in */
/* components: XSTATE_*; those without a bit have their initial values. */
void host_extended_take(struct extended *x, const struct xsave_image *image, u64 components);
/* From the FPU state of a signal frame, uc_mcontext.fpregs. */
void host_extended_from_frame(struct extended *x, const void *fpregs);

#endif
