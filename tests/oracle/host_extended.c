/* The host's x87, SSE and AVX state: images of FXSAVE64 and XSAVE64, and the signal frame's.  doc: oracle */
#include <asm/sigcontext.h>
#include <cpuid.h>
#include <string.h>

#include "cpu/base/bits.h"
#include "tests/oracle/host.h"

/* Byte offsets in the legacy region.  SDM vol. 1, "Legacy Region of an XSAVE Area". */
enum { FCW = 0, FSW = 2, FTW = 4, FOP = 6, FIP = 8, FDP = 16, MXCSR = 24, ST0 = 32, XMM0 = 160,
       FRAME_EXTENSION = 464 };

struct xsave_image oracle_image_in, oracle_image_out;

_Static_assert(offsetof(struct xsave_image, xstate_bv) == 512, "header behind the legacy region");
_Static_assert(offsetof(struct xsave_image, avx) == 576, "AVX behind the header");

static bool keeps_pointers(void)
{
    host_extended_load(&(struct extended){ .fcw = 0x37f, .mxcsr = 0x1f80, .fip = CODE_LA });
    __asm__ volatile("fxrstor64 %1\n fxsave64 %0\n fninit" : "=m"(oracle_image_out) : "m"(oracle_image_in)
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                       "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    return get64(oracle_image_out.legacy + FIP) == CODE_LA;
}

unsigned host_extended_can(void)
{
    unsigned eax, ebx, ecx, edx, enabled, high;

    __cpuid(1, eax, ebx, ecx, edx);
    if (!bit(edx, 24)) return 0;                             /* FXSR */
    unsigned legacy = CAN_EXTENDED | (keeps_pointers() ? CAN_POINTERS : 0);
    if (!bit(ecx, 27) || !bit(ecx, 28)) return legacy;       /* OSXSAVE, AVX */
    __asm__("xgetbv" : "=a"(enabled), "=d"(high) : "c"(0));
    __cpuid_count(13, 2, eax, ebx, ecx, edx);                /* where AVX lies */
    bool usable = (enabled & 7) == 7 && ebx == offsetof(struct xsave_image, avx);
    return legacy | (usable ? CAN_AVX : 0);
}

void host_extended_load(const struct extended *x)
{
    struct xsave_image *image = &oracle_image_in;
    u8 *legacy = image->legacy;

    put16(legacy + FCW, x->fcw);
    put16(legacy + FSW, x->fsw);
    put16(legacy + FTW, x->ftw);
    put16(legacy + FOP, x->fop);
    put64(legacy + FIP, x->fip);
    put64(legacy + FDP, x->fdp);
    put32(legacy + MXCSR, x->mxcsr);
    for (unsigned i = 0; i < 8; i++) memcpy(legacy + ST0 + 16 * i, x->st[i], 10);
    for (unsigned i = 0; i < 16; i++) {
        memcpy(legacy + XMM0 + 16 * i, x->ymm[i], 16);
        memcpy(image->avx[i], x->ymm[i] + 16, 16);
    }
    image->xstate_bv = XSTATE_X87 | XSTATE_SSE | XSTATE_AVX;
}

static void take_x87(struct extended *x, const u8 *legacy)
{
    x->fcw = get16(legacy + FCW);
    x->fsw = get16(legacy + FSW);
    x->ftw = legacy[FTW];
    x->fop = get16(legacy + FOP);
    x->fip = get64(legacy + FIP);
    x->fdp = get64(legacy + FDP);
    for (unsigned i = 0; i < 8; i++) memcpy(x->st[i], legacy + ST0 + 16 * i, 10);
}

void host_extended_take(struct extended *x, const struct xsave_image *image, u64 components)
{
    *x = (struct extended){ .fcw = 0x37f, .mxcsr = get32(image->legacy + MXCSR) };
    if (components & XSTATE_X87) take_x87(x, image->legacy);
    for (unsigned i = 0; i < 16; i++) {
        if (components & XSTATE_SSE) memcpy(x->ymm[i], image->legacy + XMM0 + 16 * i, 16);
        if (components & XSTATE_AVX) memcpy(x->ymm[i] + 16, image->avx[i], 16);
    }
}

void host_extended_from_frame(struct extended *x, const void *fpregs)
{
    const struct xsave_image *image = fpregs;
    struct _fpx_sw_bytes extension;
    u64 components = XSTATE_X87 | XSTATE_SSE;

    memcpy(&extension, image->legacy + FRAME_EXTENSION, sizeof extension);
    if (extension.magic1 == FP_XSTATE_MAGIC1 && extension.extended_size >= sizeof *image)
        components = image->xstate_bv;
    host_extended_take(x, image, components);
}
