#include "config/perturb.h"

#include <stddef.h>

#define AT(member) .offset = offsetof(struct machine_config, perturb.member), .size = sizeof(((struct machine_config *)0)->perturb.member)

static const char *const contents[] = { [PERTURB_USUAL] = "zero", [PERTURB_RANDOM] = "random", NULL };
static const char *const results[] = { [PERTURB_USUAL] = "model", [PERTURB_RANDOM] = "random", NULL };

const struct parameter perturb_parameters[] = {
    { "seed", TYPE_NUMBER, AT(seed), .most = UINT64_MAX, .meaning = "of all that varies: the same seed is the same run" },
    { "timer", TYPE_NUMBER, AT(timer_ticks), .most = 100000000, .meaning = "an interrupt reaches the processor up to so many ticks late; the timers themselves are exact" },
    { "dma", TYPE_NUMBER, AT(completion_percent), .most = 100, .meaning = "disks, DMA and frames take up to so many per cent more or less time" },
    { "ram", TYPE_ENUM, AT(ram), .names = contents, .meaning = "memory at power-on: zero or random" },
    { "undefined", TYPE_ENUM, AT(undefined), .names = results, .meaning = "flags and results that the manual leaves undefined: the model's, or random (slow)" },
    { .name = NULL },
};

void perturb_write(const struct perturb_config *p, FILE *to)
{
    if (!perturb_wanted(p)) return;
    fprintf(to, "perturb: seed=%llu, timer=%u, dma=%u, ram=%s, undefined=%s\n", (unsigned long long)p->seed, p->timer_ticks, p->completion_percent, contents[p->ram], results[p->undefined]);
}

void perturb_usual(struct perturb_config *p)
{
    enum { USUAL_TICKS = 1000, USUAL_PERCENT = 25 };

    if (perturb_wanted(p)) return;
    p->timer_ticks = USUAL_TICKS;
    p->completion_percent = USUAL_PERCENT;
}
