/* Executables in ELF: their segments at physical addresses.                                doc: kernel
 * Source: Tool Interface Standard, "Executable and Linking Format"; System V ABI, AMD64 supplement. */
#include <string.h>

#include "devices/loader/plan_builder.h"

enum { CLASS = 4, CLASS_32 = 1, CLASS_64 = 2, DATA = 5, LITTLE_ENDIAN_DATA = 1, TYPE = 16, TYPE_EXEC = 2, TYPE_DYN = 3, MACHINE = 18, MACHINE_386 = 3, MACHINE_X86_64 = 62 };
enum { HEADER_BYTES = 52, HEADER_BYTES_64 = 64, SEGMENT_LOAD = 1 };

struct segment {
    u32 type;
    u64 offset, va, pa, file_bytes, memory_bytes;
};

bool elf_is(const struct file_bytes *f) { return f->size >= HEADER_BYTES && !memcmp(f->bytes, "\177ELF", 4); }

static bool wide(const struct file_bytes *f) { return f->bytes[CLASS] == CLASS_64; }

/* Program header n; false: it lies outside the file. */
static bool segment_at(const struct file_bytes *f, u32 n, struct segment *s)
{
    u64 table = wide(f) ? get64(f->bytes + 32) : get32(f->bytes + 28), entry = get16(f->bytes + (wide(f) ? 54 : 42)), size = wide(f) ? 56 : 32;

    if (entry < size || table > f->size || n * entry + size > f->size - table) return false;
    const u8 *p = f->bytes + table + n * entry;
    if (wide(f))
        *s = (struct segment){ .type = get32(p), .offset = get64(p + 8), .va = get64(p + 16), .pa = get64(p + 24), .file_bytes = get64(p + 32), .memory_bytes = get64(p + 40) };
    else
        *s = (struct segment){ .type = get32(p), .offset = get32(p + 4), .va = get32(p + 8), .pa = get32(p + 12), .file_bytes = get32(p + 16), .memory_bytes = get32(p + 20) };
    return true;
}

static const char *unfit(const struct file_bytes *f)
{
    u16 type = get16(f->bytes + TYPE), machine = get16(f->bytes + MACHINE);

    if (f->bytes[CLASS] != CLASS_32 && (!wide(f) || f->size < HEADER_BYTES_64)) return "is an ELF image of an unknown class";
    if (f->bytes[DATA] != LITTLE_ENDIAN_DATA || (machine != MACHINE_386 && machine != MACHINE_X86_64)) return "is an ELF image for another processor";
    return type != TYPE_EXEC && type != TYPE_DYN ? "is an ELF file that is not an executable (link it)" : NULL;
}

/* The entry is a virtual address where a segment's two addresses differ. */
bool elf_plan(struct plan_builder *b, const struct file_bytes *f, u32 *entry)
{
    const char *reason = unfit(f);
    u64 start = 0;
    u32 count = 0;
    bool found = false;

    if (reason) return fail(b->err, "kernel: \"%s\": %s", b->who, reason);
    start = wide(f) ? get64(f->bytes + 24) : get32(f->bytes + 24);
    count = get16(f->bytes + (wide(f) ? 56 : 44));
    for (u32 n = 0; n < count; n++) {
        struct segment s;
        if (!segment_at(f, n, &s)) return fail(b->err, "kernel: \"%s\": its ELF program headers lie outside the file", b->who);
        if (s.type != SEGMENT_LOAD || !s.memory_bytes) continue;
        if (s.offset > f->size || s.file_bytes > f->size - s.offset || s.file_bytes > s.memory_bytes)
            return fail(b->err, "kernel: \"%s\": ELF segment %u is cut off", b->who, n);
        if (s.pa + s.memory_bytes < s.pa) return fail(b->err, "kernel: \"%s\": ELF segment %u wraps around", b->who, n);
        if (!plan_put(b, "an ELF segment", s.pa, f->bytes + s.offset, s.file_bytes) ||
            !plan_put(b, "an ELF segment's zeros", s.pa + s.file_bytes, NULL, s.memory_bytes - s.file_bytes)) return false;
        if (found || start < s.va || start - s.va >= s.memory_bytes) continue;
        *entry = (u32)(start - s.va + s.pa);
        found = true;
    }
    return found || fail(b->err, "kernel: \"%s\": its entry %llxh lies in no ELF segment", b->who, (unsigned long long)start);
}
