/* Files, the plan that the loader follows, and which kind of kernel a file is.              doc: kernel */
#include "devices/loader/kernel_image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cpu/base/allocated.h"
#include "devices/loader/plan_builder.h"

enum { MIB = 1 << 20, LOW_END = 0x9f000 };      /* below 640 KiB, but for the BIOS's extended data area */

bool file_read(struct file_bytes *f, const char *who, const char *path, struct error *err)
{
    struct stat st;
    FILE *file = fopen(path, "rbe");

    *f = (struct file_bytes){ .path = path };
    if (!file) return fail(err, "%s: \"%s\": %s", who, path, strerror(errno));
    bool plain = !fstat(fileno(file), &st) && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size < INT32_MAX;
    if (plain) {
        f->size = (u32)st.st_size;
        f->bytes = malloc(f->size);
    }
    bool whole = f->bytes && fread(f->bytes, 1, f->size, file) == f->size;
    fclose(file);
    if (!plain) return fail(err, "%s: \"%s\": is not a file of 1 byte to 2 GiB", who, path);
    return whole || fail(err, "%s: \"%s\": cannot be read", who, path);
}

void file_free(struct file_bytes *f)
{
    free(f->bytes);
    f->bytes = NULL;
}

/* --- the plan --- */

static bool overlaps(const struct plan_builder *b, u64 pa, u64 size)
{
    for (u32 i = 0; i < b->word[PLAN_PIECES]; i++)
        if (pa < (u64)b->piece[i].pa + b->piece[i].bytes && b->piece[i].pa < pa + size) return true;
    return false;
}

static bool is_memory(const struct plan_builder *b, u64 pa, u64 size)
{
    u64 first = pa < MIB ? LOADER_END : MIB, end = pa < MIB ? LOW_END : b->ram_bytes;

    return pa >= first && pa <= end && size <= end - pa;
}

static bool add_piece(struct plan_builder *b, const char *what, u64 pa, const u8 *bytes, u64 size)
{
    u32 n = b->word[PLAN_PIECES];

    if (n == PLAN_PIECES_MOST) return fail(b->err, "kernel: \"%s\": has more than %d pieces to load", b->who, PLAN_PIECES_MOST);
    if (bytes && size > b->room - b->used) {
        u64 room = (u64)b->used + size + MIB;
        u8 *more = room < UINT32_MAX ? realloc(b->bytes, room) : NULL;
        if (!more) return fail(b->err, "kernel: \"%s\": the host has no memory for %s", b->who, what);
        b->bytes = more;
        b->room = (u32)room;
    }
    if (bytes) {
        memcpy(b->bytes + b->used, bytes, size);
        b->used += (u32)size;
    }
    b->piece[n].pa = (u32)pa;
    b->piece[n].bytes = (u32)size;
    b->piece[n].zeros = !bytes;
    b->word[PLAN_PIECES] = n + 1;
    return true;
}

bool plan_put_info(struct plan_builder *b, const u8 *bytes, u32 size) { return add_piece(b, "the boot information", LOADER_INFO, bytes, size); }

bool plan_put(struct plan_builder *b, const char *what, u64 pa, const u8 *bytes, u64 size)
{
    if (!size) return true;
    if (!is_memory(b, pa, size))
        return fail(b->err, "kernel: \"%s\": %s belongs at %llxh to %llxh; there is memory for it from 10000h to %xh and from 100000h to %llxh (memory: guest=%llu)", b->who, what,
                    (unsigned long long)pa, (unsigned long long)(pa + size - 1), LOW_END - 1, (unsigned long long)b->ram_bytes - 1, (unsigned long long)b->ram_bytes / MIB);
    if (overlaps(b, pa, size)) return fail(b->err, "kernel: \"%s\": %s at %llxh lies on what else is loaded there", b->who, what, (unsigned long long)pa);
    return add_piece(b, what, pa, bytes, size);
}

u64 plan_end(const struct plan_builder *b)
{
    u64 end = MIB;

    for (u32 i = 0; i < b->word[PLAN_PIECES]; i++)
        if ((u64)b->piece[i].pa + b->piece[i].bytes > end) end = (u64)b->piece[i].pa + b->piece[i].bytes;
    return end;
}

/* Pieces of zeros come last: they read behind the end of the bytes. */
static void finish(const struct plan_builder *b, struct kernel_image *image)
{
    u8 *at;

    image->plan_bytes = (PLAN_WORDS + 2 * PLAN_PIECES_MOST) * 4;
    image->plan = at = allocated(calloc(1, image->plan_bytes));
    image->bytes = b->bytes;
    image->size_bytes = b->used;
    for (unsigned i = 0; i < PLAN_WORDS; i++, at += 4) put32(at, b->word[i]);
    for (unsigned zeros = 0; zeros < 2; zeros++)
        for (u32 i = 0; i < b->word[PLAN_PIECES]; i++) {
            if (b->piece[i].zeros != zeros) continue;
            put32(at, b->piece[i].pa);
            put32(at + 4, b->piece[i].bytes);
            at += 8;
        }
}

/* --- kinds --- */

static bool no_kind(const struct plan_builder *b, const struct file_bytes *f)
{
    if (f->size > 2 && f->bytes[0] == 0x1f && f->bytes[1] == 0x8b) return fail(b->err, "kernel: \"%s\": is compressed; unpack it with gunzip", b->who);
    if (elf_is(f)) return fail(b->err, "kernel: \"%s\": is an ELF image without a Multiboot header (in its first 32 KiB); of Linux take the bzImage, which Debian calls /boot/vmlinuz-...", b->who);
    return fail(b->err, "kernel: \"%s\": is neither a Linux bzImage nor an image with a Multiboot header", b->who);
}

bool kernel_image_load(struct kernel_image *image, const struct kernel_config *config, u64 ram_bytes, struct error *err)
{
    struct plan_builder b = { .ram_bytes = ram_bytes, .err = err, .who = config->path };
    struct file_bytes f;
    bool ok = file_read(&f, "kernel", config->path, err);

    *image = (struct kernel_image){ 0 };
    if (ok) ok = linux_is(&f) ? linux_plan(&b, &f, config) : multiboot_is(&f) ? multiboot_plan(&b, &f, config) : no_kind(&b, &f);
    if (ok) finish(&b, image);
    else free(b.bytes);
    file_free(&f);
    return ok;
}

void kernel_image_free(struct kernel_image *image)
{
    free(image->plan);
    free(image->bytes);
    *image = (struct kernel_image){ 0 };
}
