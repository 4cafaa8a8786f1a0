#ifndef ORRERY_KEYMAP_H
#define ORRERY_KEYMAP_H
/* Characters as keys of the guest's layout: the US one, or a file's.                        doc: keyboard */
#include "cpu/base/error.h"

struct keymap {
    struct { u8 usage, modifier[2]; } key[256];  /* by Latin-1 character: HID usages; 0: no key has it, no modifier */
};

void keymap_us(struct keymap *map);
/* A file as Bochs has them: KEY[+MODIFIER[+MODIFIER]] CHARACTER HOST_KEY, a line each.  False: err says where and why. */
bool keymap_read(struct keymap *map, const char *path, struct error *err);
/* Next character of UTF-8 text that Latin-1 has; 0 at its end.  Others are skipped, and *all becomes false. */
u8 keymap_next(const char **text, bool *all);

#endif
