#include "cpu/base/allocated.h"

#include <stdio.h>
#include <unistd.h>

void allocation_failed(void)
{
    fputs("orrery: the host has no memory for it\n", stderr);
    _exit(1);
}
