/* Multiboot kernels, versions 1 and 2: header, modules, and the information that the kernel finds.          doc: kernel
 * Source: Multiboot Specification 0.6.96, "OS image format", "Boot information format"; Multiboot2 Specification 2.0, the same.
 * Not given: symbols, ELF section headers, APM, drives, VBE (the screen is in text mode: 80 x 25). */
#include <string.h>

#include "devices/loader/plan_builder.h"

enum { SEARCH_1 = 8192, SEARCH_2 = 32768, MAGIC_1 = 0x1badb002, PAGE = 4096 };
#define MAGIC_2 0xe85250d6u
enum { ARCHITECTURE_I386 = 0, INFO_BYTES = 0x6000 };
static const char loader_name[] = "Orrery";

/* --- the header --- */

static u32 find_1(const struct file_bytes *f)
{
    for (u32 at = 0; at + 12 <= f->size && at + 12 <= SEARCH_1; at += 4)
        if (get32(f->bytes + at) == MAGIC_1 && !(u32)(get32(f->bytes + at) + get32(f->bytes + at + 4) + get32(f->bytes + at + 8))) return at;
    return UINT32_MAX;
}

/* Length and all tags lie within the part that is searched. */
static u32 find_2(const struct file_bytes *f)
{
    for (u32 at = 0; at + 16 <= f->size && at + 16 <= SEARCH_2; at += 8) {
        const u8 *h = f->bytes + at;
        u32 length = get32(h + 8);
        if (get32(h) == MAGIC_2 && !(u32)(get32(h) + get32(h + 4) + length + get32(h + 12)) && length >= 16 && length <= SEARCH_2 - at && length <= f->size - at) return at;
    }
    return UINT32_MAX;
}

bool multiboot_is(const struct file_bytes *f) { return find_1(f) != UINT32_MAX || find_2(f) != UINT32_MAX; }

/* "The address fields of Multiboot header": an image that says itself where it belongs. */
struct address_fields {
    u32 header, load, load_end, bss_end;
};

static bool put_by_addresses(struct plan_builder *b, const struct file_bytes *f, u32 header_at, const struct address_fields *a)
{
    u32 before = a->header - a->load, file_at = header_at - before;

    if (a->load > a->header || before > header_at) return fail(b->err, "kernel: \"%s\": the Multiboot header's load address does not fit its place in the file", b->who);
    u32 size = a->load_end ? a->load_end - a->load : f->size - file_at;
    if (size > f->size - file_at || (a->load_end && a->load_end < a->load)) return fail(b->err, "kernel: \"%s\": is cut off: its Multiboot header wants %u bytes of it", b->who, size);
    if (a->bss_end && a->bss_end < a->load + size) return fail(b->err, "kernel: \"%s\": the Multiboot header's bss_end_addr lies within the image", b->who);
    return plan_put(b, "the image", a->load, f->bytes + file_at, size) &&
           plan_put(b, "its zeros", (u64)a->load + size, NULL, a->bss_end ? a->bss_end - a->load - size : 0);
}

static bool needs_elf(const struct plan_builder *b, const struct file_bytes *f)
{
    return elf_is(f) || fail(b->err, "kernel: \"%s\": is no ELF image, and its Multiboot header has no addresses", b->who);
}

/* --- modules: whole pages above the kernel --- */

struct module {
    u32 start, end;
    const char *cmdline;
};

static bool put_module(struct plan_builder *b, const char *who, const char *path, struct module *m)
{
    struct file_bytes f;
    u64 at = (plan_end(b) + PAGE - 1) & ~(u64)(PAGE - 1);
    bool ok = file_read(&f, who, path, b->err) && plan_put(b, who, at, f.bytes, f.size);

    m->start = (u32)at;
    m->end = (u32)at + f.size;
    file_free(&f);
    return ok;
}

/* initrd: is the first module. */
static bool put_modules(struct plan_builder *b, const struct kernel_config *config, struct module *m, unsigned *count)
{
    static const char *const who[] = { "module1", "module2", "module3", "module4", "module5", "module6", "module7", "module8" };

    *count = 0;
    if (config->initrd[0]) {
        m[*count].cmdline = "";
        if (!put_module(b, "initrd", config->initrd, &m[(*count)++])) return false;
    }
    for (unsigned n = 0; n < CONFIG_MODULES; n++) {
        if (!config->module[n].path[0]) continue;
        m[*count].cmdline = config->module[n].cmdline;
        if (!put_module(b, who[n], config->module[n].path, &m[(*count)++])) return false;
    }
    return true;
}

/* --- the information --- */

struct info {
    u8 bytes[INFO_BYTES];
    u32 used;
};

/* Text in the information; its address, 0 when there is no more room. */
static u32 put_text(struct info *i, const char *text)
{
    u32 at = i->used, size = (u32)strlen(text) + 1;

    if (size > INFO_BYTES - at) return 0;
    memcpy(i->bytes + at, text, size);
    i->used += size;
    return LOADER_INFO + at;
}

static bool put_info(struct plan_builder *b, struct info *i, enum plan_kind kind)
{
    i->used = (i->used + 7) & ~7u;
    b->word[PLAN_KIND] = kind;
    b->word[PLAN_INFO] = LOADER_INFO;
    b->word[PLAN_MAP] = LOADER_INFO + i->used;
    return plan_put_info(b, i->bytes, i->used);
}

static bool too_long(const struct plan_builder *b) { return fail(b->err, "cmdline: the command lines of kernel and modules are longer than %d bytes together", INFO_BYTES); }

enum { INFO_1_BYTES = 120, MODULE_1_BYTES = 16, MODULES_MOST = CONFIG_MODULES + 1 };
enum { HAS_MEMORY = 1, HAS_CMDLINE = 4, HAS_MODULES = 8, HAS_MAP = 0x40, HAS_NAME = 0x200, HAS_FRAMEBUFFER = 0x1000 };
enum { TEXT_PA = 0xb8000, TEXT_PITCH = 160, TEXT_COLUMNS = 80, TEXT_ROWS = 25, TEXT_BITS = 16, TEXT_TYPE = 2 };

static bool inform_1(struct plan_builder *b, const struct kernel_config *config, const struct module *m, unsigned count)
{
    struct info i = { .used = INFO_1_BYTES + MODULES_MOST * MODULE_1_BYTES };
    u32 cmdline = put_text(&i, config->cmdline), name = put_text(&i, loader_name);

    for (unsigned n = 0; n < count; n++) {
        u8 *p = i.bytes + INFO_1_BYTES + n * MODULE_1_BYTES;
        u32 text = put_text(&i, m[n].cmdline);
        if (!text) return too_long(b);
        put32(p, m[n].start);
        put32(p + 4, m[n].end);
        put32(p + 8, text);
    }
    put32(i.bytes, (u32)(HAS_MEMORY | HAS_CMDLINE | HAS_MODULES | HAS_MAP | HAS_NAME | HAS_FRAMEBUFFER));
    put32(i.bytes + 16, cmdline);
    put32(i.bytes + 20, count);
    put32(i.bytes + 24, (u32)(LOADER_INFO + INFO_1_BYTES));
    put32(i.bytes + 64, name);
    put64(i.bytes + 88, TEXT_PA);
    put32(i.bytes + 96, TEXT_PITCH);
    put32(i.bytes + 100, TEXT_COLUMNS);
    put32(i.bytes + 104, TEXT_ROWS);
    i.bytes[108] = TEXT_BITS;
    i.bytes[109] = TEXT_TYPE;
    return put_info(b, &i, PLAN_MULTIBOOT);
}

/* --- version 1 --- */

enum { WANTS_ALIGNMENT = 1, WANTS_MEMORY = 2, WANTS_VIDEO = 4, REQUIREMENTS = 0xffff, HAS_ADDRESSES = 0x10000 };

static bool plan_1(struct plan_builder *b, const struct file_bytes *f, const struct kernel_config *config, u32 at)
{
    const u8 *h = f->bytes + at;
    u32 flags = get32(h + 4), unknown = flags & REQUIREMENTS & ~(u32)(WANTS_ALIGNMENT | WANTS_MEMORY | WANTS_VIDEO);
    struct module m[MODULES_MOST];
    unsigned count;

    if (unknown) return fail(b->err, "kernel: \"%s\": its Multiboot header requires what this loader has not (flags %xh)", b->who, unknown);
    if (flags & HAS_ADDRESSES) {
        if (f->size - at < 32) return fail(b->err, "kernel: \"%s\": is cut off in its Multiboot header", b->who);
        const struct address_fields a = { get32(h + 12), get32(h + 16), get32(h + 20), get32(h + 24) };
        b->word[PLAN_ENTRY] = get32(h + 28);
        if (!put_by_addresses(b, f, at, &a)) return false;
    } else if (!needs_elf(b, f) || !elf_plan(b, f, &b->word[PLAN_ENTRY])) return false;
    return put_modules(b, config, m, &count) && inform_1(b, config, m, count);
}

/* --- version 2 --- */

enum { HEADER_END = 0, HEADER_REQUESTS, HEADER_ADDRESSES, HEADER_ENTRY, HEADER_CONSOLE, HEADER_FRAMEBUFFER, HEADER_ALIGNMENT, HEADER_EFI_SERVICES,
       HEADER_ENTRY_EFI_32, HEADER_ENTRY_EFI_64, HEADER_RELOCATABLE, HEADER_KINDS, HEADER_OPTIONAL = 1 };
enum { TAG_CMDLINE = 1, TAG_NAME, TAG_MODULE, TAG_MEMORY, TAG_MAP = 6, TAG_FRAMEBUFFER = 8, TAG_OLD_RSDP = 14, TAG_NEW_RSDP, TAG_LOAD_BASE = 21 };

struct header_2 {
    bool has_addresses, has_entry;
    struct address_fields address;
    u32 entry;
};

/* What the kernel must be told, or will not start. */
static bool can_tell(const struct plan_builder *b, const u8 *tag, u32 size)
{
    static const u8 told[] = { TAG_CMDLINE, TAG_NAME, TAG_MODULE, TAG_MEMORY, TAG_MAP, TAG_FRAMEBUFFER, TAG_OLD_RSDP, TAG_NEW_RSDP, TAG_LOAD_BASE };

    for (u32 at = 8; at + 4 <= size; at += 4) {
        u32 type = get32(tag + at);
        if (type > 255 || !memchr(told, (int)type, sizeof told)) return fail(b->err, "kernel: \"%s\": its Multiboot2 header requires information of type %u, which this loader does not give", b->who, type);
    }
    return true;
}

static bool take_tag(const struct plan_builder *b, struct header_2 *h, const u8 *tag, u32 size)
{
    u16 type = get16(tag);
    bool optional = get16(tag + 2) & HEADER_OPTIONAL;

    if (type == HEADER_REQUESTS) return optional || can_tell(b, tag, size);
    if (type == HEADER_ADDRESSES && size >= 24) {
        h->address = (struct address_fields){ get32(tag + 8), get32(tag + 12), get32(tag + 16), get32(tag + 20) };
        h->has_addresses = true;
    } else if (type == HEADER_ENTRY && size >= 12) {
        h->entry = get32(tag + 8);
        h->has_entry = true;
    } else if ((type == HEADER_EFI_SERVICES || type >= HEADER_KINDS) && !optional) {
        return fail(b->err, "kernel: \"%s\": its Multiboot2 header requires what this loader has not (tag %u)", b->who, type);
    }
    return true;
}

static bool read_tags(const struct plan_builder *b, const u8 *header, struct header_2 *h)
{
    u32 length = get32(header + 8);

    if (get32(header + 4) != ARCHITECTURE_I386) return fail(b->err, "kernel: \"%s\": its Multiboot2 header is for another architecture", b->who);
    for (u32 at = 16; at + 8 <= length;) {
        u32 size = get32(header + at + 4);
        if (size < 8 || size > length - at) return fail(b->err, "kernel: \"%s\": a tag of its Multiboot2 header is cut off", b->who);
        if (get16(header + at) == HEADER_END) return true;
        if (!take_tag(b, h, header + at, size)) return false;
        at += (size + 7) & ~7u;
    }
    return fail(b->err, "kernel: \"%s\": its Multiboot2 header has no end tag", b->who);
}

/* A tag of `size` bytes, its first two words written; NULL: no room. */
static u8 *put_tag(struct info *i, u32 type, u32 size)
{
    u32 at = (i->used + 7) & ~7u;

    if (at > INFO_BYTES || size > INFO_BYTES - at) return NULL;
    put32(i->bytes + at, type);
    put32(i->bytes + at + 4, size);
    i->used = at + size;
    return i->bytes + at + 8;
}

static bool put_text_tag(struct info *i, u32 type, const char *text)
{
    u8 *p = put_tag(i, type, 8 + (u32)strlen(text) + 1);
    if (p) strcpy((char *)p, text);
    return p;
}

static void put_screen_tag(struct info *i)
{
    u8 *p = put_tag(i, TAG_FRAMEBUFFER, 32);

    if (!p) return;
    put64(p, TEXT_PA);
    put32(p + 8, TEXT_PITCH);
    put32(p + 12, TEXT_COLUMNS);
    put32(p + 16, TEXT_ROWS);
    p[20] = TEXT_BITS;
    p[21] = TEXT_TYPE;
}

/* The loader adds sizes and map of memory, ACPI's RSDP and the end. */
static bool inform_2(struct plan_builder *b, const struct kernel_config *config, const struct module *m, unsigned count)
{
    struct info i = { .used = 8 };
    bool ok = put_text_tag(&i, TAG_CMDLINE, config->cmdline) && put_text_tag(&i, TAG_NAME, loader_name);

    put_screen_tag(&i);
    for (unsigned n = 0; ok && n < count; n++) {
        u8 *p = put_tag(&i, TAG_MODULE, 16 + (u32)strlen(m[n].cmdline) + 1);
        if (!p) return too_long(b);
        put32(p, m[n].start);
        put32(p + 4, m[n].end);
        strcpy((char *)p + 8, m[n].cmdline);
    }
    return ok ? put_info(b, &i, PLAN_MULTIBOOT2) : too_long(b);
}

static bool plan_2(struct plan_builder *b, const struct file_bytes *f, const struct kernel_config *config, u32 at)
{
    struct header_2 h = { 0 };
    struct module m[MODULES_MOST];
    unsigned count;

    if (!read_tags(b, f->bytes + at, &h)) return false;
    if (h.has_addresses && !h.has_entry) return fail(b->err, "kernel: \"%s\": its Multiboot2 header has addresses, but no entry", b->who);
    if (h.has_addresses ? !put_by_addresses(b, f, at, &h.address) : !needs_elf(b, f) || !elf_plan(b, f, &b->word[PLAN_ENTRY])) return false;
    if (h.has_entry) b->word[PLAN_ENTRY] = h.entry;
    return put_modules(b, config, m, &count) && inform_2(b, config, m, count);
}

/* An image with both headers is a kernel of version 2. */
bool multiboot_plan(struct plan_builder *b, const struct file_bytes *f, const struct kernel_config *config)
{
    u32 at = find_2(f);
    return at != UINT32_MAX ? plan_2(b, f, config, at) : plan_1(b, f, config, find_1(f));
}
