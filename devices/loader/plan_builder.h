#ifndef ORRERY_LOADER_PLAN_BUILDER_H
#define ORRERY_LOADER_PLAN_BUILDER_H
/* What the kinds of kernels share: whole files, numbers in them, and a plan that grows piece by piece.     doc: kernel */
#include "bios/kernel/plan.h"
#include "cpu/base/bits.h"
#include "devices/loader/kernel_image.h"

struct file_bytes {
    const char *path;
    u8 *bytes;
    u32 size;
};

struct plan_builder {
    u64 ram_bytes;
    struct error *err;
    const char *who;             /* path of the kernel, for messages */
    u32 word[PLAN_WORDS];
    struct { u32 pa, bytes; bool zeros; } piece[PLAN_PIECES_MOST];
    u8 *bytes;                   /* those of the pieces that are not zeros */
    u32 used, room;
};

bool file_read(struct file_bytes *f, const char *who, const char *path, struct error *err);
void file_free(struct file_bytes *f);

/* `size` bytes at pa, or zeros for bytes = NULL.  False: no memory is there for it, or something lies there already. */
bool plan_put(struct plan_builder *b, const char *what, u64 pa, const u8 *bytes, u64 size);
bool plan_put_info(struct plan_builder *b, const u8 *bytes, u32 size);   /* at LOADER_INFO, which is the loader's own */
u64 plan_end(const struct plan_builder *b);              /* where the highest piece ends, 1 MiB at least */

bool linux_is(const struct file_bytes *f);
bool linux_plan(struct plan_builder *b, const struct file_bytes *kernel, const struct kernel_config *config);
bool multiboot_is(const struct file_bytes *f);
bool multiboot_plan(struct plan_builder *b, const struct file_bytes *kernel, const struct kernel_config *config);

/* Segments of an executable of 32 or 64 bits for x86; *entry: the physical address of its first instruction. */
bool elf_is(const struct file_bytes *f);
bool elf_plan(struct plan_builder *b, const struct file_bytes *kernel, u32 *entry);

#endif
