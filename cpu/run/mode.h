#ifndef ORRERY_RUN_MODE_H
#define ORRERY_RUN_MODE_H
/* The mode key: what, besides its bytes, a decoded trace depends on.                       doc: traces */

enum {
    MODE_CODE32 = 1,         /* CS.D */
    MODE_STACK32 = 2,        /* SS.B */
    MODE_LIMIT_4G = 4,       /* the CS limit is FFFFFFFFh: no fetch and no branch can pass it */
    MODE_USER = 8,           /* CPL 3 */
    MODE_PROTECTED = 16,     /* CR0.PE and not EFLAGS.VM */
    MODE_LONG64 = 32,        /* CS.L in long mode */
    MODE_LIMIT_64K = 64,     /* the CS limit is FFFFh: no 16-bit branch can pass it */
    MODE_FLAT = 128,         /* outside 64-bit mode: ES, SS and DS begin at 0, reach 4 GiB and may be written */
};

#endif
