#ifndef ORRERY_BASE_ERROR_H
#define ORRERY_BASE_ERROR_H
/* What a person is told when their input cannot be used: one line a finding, all of one pass together. */
#include "cpu/base/types.h"

struct error {
    bool about_image;    /* one of them is about a disk image: programs end with a status of their own */
    unsigned count;      /* findings, also those that no longer fitted into text */
    char text[8192];     /* lines ended by '\n' */
};

/* Adds a line (its '\n' is added here).  Always false, so that a function can end with it. */
bool fail(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
