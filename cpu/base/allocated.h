#ifndef ORRERY_BASE_ALLOCATED_H
#define ORRERY_BASE_ALLOCATED_H
/* Memory of the host for what nobody can go on without: the program ends with a sentence and status 1 when there is none.
 * What is large or a guest's - images, checkpoints, frames - asks for itself, and tells whoever wanted it. */

void allocation_failed(void) __attribute__((noreturn, cold));

/* What malloc and its kin gave: allocated(calloc(1, sizeof *chip)).  Never NULL. */
static inline void *allocated(void *memory)
{
    if (!memory) allocation_failed();
    return memory;
}

#endif
