/* Linux bzImage and zImage, by the 16-bit entry of its own set-up code.                     doc: kernel
 *   10000h (90000h)  set-up code   +E000h (+9800h)  its stack above its heap, then the command line
 *   100000h (10000h) the kernel    as high as may be: the initial RAM disk
 * In brackets: a zImage, and protocols before 2.02, which know no other place.
 * Source: The Linux/x86 Boot Protocol, versions 2.00 to 2.15. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "devices/loader/plan_builder.h"

/* "The Real-Mode Kernel Header". */
enum {
    SETUP_SECTS = 0x1f1, SYSSIZE = 0x1f4, VID_MODE = 0x1fa, BOOT_FLAG = 0x1fe, HEADER = 0x202, VERSION = 0x206, TYPE_OF_LOADER = 0x210, LOADFLAGS = 0x211,
    SETUP_MOVE_SIZE = 0x212, RAMDISK_IMAGE = 0x218, RAMDISK_SIZE = 0x21c, HEAP_END_PTR = 0x224, CMD_LINE_PTR = 0x228, INITRD_ADDR_MAX = 0x22c,
    CMDLINE_SIZE = 0x238, PREF_ADDRESS = 0x258, INIT_SIZE = 0x260, HEADER_END = 0x264
};
enum { HDRS = 0x53726448, LOADED_HIGH = 1, CAN_USE_HEAP = 0x80, LOADER_UNDEFINED = 0xff };
enum { OLD_CMD_LINE_MAGIC = 0x20, OLD_CMD_LINE_OFFSET = 0x22, CMD_LINE_MAGIC = 0xa33f };
enum { SECTOR = 512, PAGE = 4096, MIB = 1 << 20, HEAP_GAP = 0x200 };
/* Firmware may keep its tables at the top of memory. */
enum { FIRMWARE_BYTES = MIB };

struct layout {
    u32 setup, stack;            /* address of the set-up code; offset of the end of its heap */
    u32 kernel;
    u16 version;
};

bool linux_is(const struct file_bytes *f)
{
    return f->size >= HEADER_END && get16(f->bytes + BOOT_FLAG) == 0xaa55 && get32(f->bytes + HEADER) == HDRS && get16(f->bytes + VERSION) >= 0x200;
}

/* "Memory Layout", "Details of Header Fields". */
static struct layout lay_out(const u8 *header)
{
    u16 version = get16(header + VERSION);
    bool high = header[LOADFLAGS] & LOADED_HIGH;

    if (version < 0x202 || !high) return (struct layout){ .setup = 0x90000, .stack = 0x9800, .kernel = high ? MIB : 0x10000, .version = version };
    return (struct layout){ .setup = 0x10000, .stack = 0xe000, .kernel = MIB, .version = version };
}

/* The value of an option that the boot protocol gives to the loader, or NULL.  "Special Command Line Options". */
static const char *option(const char *cmdline, const char *name)
{
    const char *found = NULL;
    size_t n = strlen(name);

    for (const char *at = cmdline; (at = strstr(at, name)); at += n)
        if (at == cmdline || at[-1] == ' ') found = at + n;
    return found;
}

static bool video_mode(const char *cmdline, u16 *mode)
{
    const char *text = option(cmdline, "vga=");

    if (!text) return false;
    *mode = !strncmp(text, "ask", 3) ? 0xfffd : !strncmp(text, "ext", 3) ? 0xfffe : !strncmp(text, "normal", 6) ? 0xffff : (u16)strtoul(text, NULL, 0);
    return true;
}

/* Memory that the kernel is going to use. */
static u64 memory_end(const struct plan_builder *b, const char *cmdline)
{
    const char *text = option(cmdline, "mem=");
    u64 end = b->ram_bytes - FIRMWARE_BYTES, mem = 0;
    char *suffix = NULL;

    if (text) mem = strtoull(text, &suffix, 0);
    if (mem && (*suffix | 32) == 'k') mem <<= 10;
    else if (mem && (*suffix | 32) == 'm') mem <<= 20;
    else if (mem && (*suffix | 32) == 'g') mem <<= 30;
    return mem && mem < end ? mem : end;
}

/* What the kernel occupies before it knows of its RAM disk. */
static bool kernel_end(const struct plan_builder *b, const u8 *header, u64 *end)
{
    u64 preferred = 0;

    *end = plan_end(b);
    if (get16(header + VERSION) < 0x20a) return true;
    preferred = get64(header + PREF_ADDRESS);
    if (preferred < MIB) preferred = MIB;
    u64 needed = preferred + get32(header + INIT_SIZE);
    if (preferred > b->ram_bytes || needed > b->ram_bytes)
        return fail(b->err, "kernel: \"%s\": unpacks itself to %llxh to %llxh; the machine has %llu MiB (memory: guest=)", b->who, (unsigned long long)preferred,
                    (unsigned long long)needed - 1, (unsigned long long)b->ram_bytes / MIB);
    if (needed > *end) *end = needed;
    return true;
}

static bool put_initrd(struct plan_builder *b, u8 *header, const struct kernel_config *config)
{
    struct file_bytes f;
    u64 low = 0, top = memory_end(b, config->cmdline), most = get16(header + VERSION) < 0x203 ? 0x37ffffff : get32(header + INITRD_ADDR_MAX);

    if (!kernel_end(b, header, &low)) return false;
    if (!config->initrd[0]) return true;
    bool ok = file_read(&f, "initrd", config->initrd, b->err);
    if (top > most + 1) top = most + 1;
    u64 at = (top - f.size) & ~(u64)(PAGE - 1);
    if (ok && (f.size > top || at < low))
        ok = fail(b->err, "initrd: \"%s\": %u bytes do not fit between the kernel, which ends at %llxh, and %llxh; give the machine more memory (memory: guest=)", config->initrd, f.size,
                  (unsigned long long)low, (unsigned long long)top);
    if (ok) {
        put32(header + RAMDISK_IMAGE, (u32)at);
        put32(header + RAMDISK_SIZE, f.size);
        ok = plan_put(b, "its initial RAM disk", at, f.bytes, f.size);
    }
    file_free(&f);
    return ok;
}

/* "The Kernel Command Line", "Old boot protocol". */
static bool put_cmdline(struct plan_builder *b, u8 *setup, const struct layout *l, const char *cmdline)
{
    size_t length = strlen(cmdline), most = l->version >= 0x206 ? get32(setup + CMDLINE_SIZE) : 255;

    if (length > most) return fail(b->err, "cmdline: has %zu characters; this kernel takes %zu", length, most);
    if (l->version >= 0x202) put32(setup + CMD_LINE_PTR, (u32)(l->setup + l->stack));
    else {
        put16(setup + OLD_CMD_LINE_MAGIC, CMD_LINE_MAGIC);
        put16(setup + OLD_CMD_LINE_OFFSET, l->stack);
        put16(setup + SETUP_MOVE_SIZE, (u16)(l->stack + length + 1));
    }
    return plan_put(b, "its command line", l->setup + l->stack, (const u8 *)cmdline, length + 1);
}

static bool put_setup(struct plan_builder *b, u8 *setup, u32 size, const struct layout *l, const struct kernel_config *config)
{
    u16 mode;

    setup[TYPE_OF_LOADER] = LOADER_UNDEFINED;
    if (l->version >= 0x201) {
        setup[LOADFLAGS] |= CAN_USE_HEAP;
        put16(setup + HEAP_END_PTR, (u16)(l->stack - HEAP_GAP));
    }
    if (video_mode(config->cmdline, &mode)) put16(setup + VID_MODE, mode);
    return put_cmdline(b, setup, l, config->cmdline) && plan_put(b, "its set-up code", l->setup, setup, size);
}

bool linux_plan(struct plan_builder *b, const struct file_bytes *kernel, const struct kernel_config *config)
{
    const u8 *bytes = kernel->bytes;
    struct layout l = lay_out(bytes);
    u32 setup_bytes = ((bytes[SETUP_SECTS] ? bytes[SETUP_SECTS] : 4) + 1) * SECTOR, size = kernel->size;

    for (unsigned n = 0; n < CONFIG_MODULES; n++)
        if (config->module[n].path[0]) return fail(b->err, "module%u: is for Multiboot kernels; \"%s\" is Linux, which takes initrd:", n + 1, b->who);
    if (setup_bytes >= size || setup_bytes > l.stack - HEAP_GAP) return fail(b->err, "kernel: \"%s\": a Linux kernel that is cut off in its set-up code", b->who);
    u64 wanted = (u64)get32(bytes + SYSSIZE) * 16;
    if (l.version >= 0x204 && wanted > (u64)size - setup_bytes + 15)
        return fail(b->err, "kernel: \"%s\": a Linux kernel that is cut off: it has %u bytes of %llu", b->who, size, (unsigned long long)(wanted + setup_bytes));
    if (l.version >= 0x204 && wanted < size - setup_bytes) size = setup_bytes + (u32)wanted;     /* a signature may follow */
    u8 *setup = allocated(malloc(setup_bytes));
    memcpy(setup, bytes, setup_bytes);
    bool ok = plan_put(b, "the kernel", l.kernel, bytes + setup_bytes, size - setup_bytes) && put_initrd(b, setup, config) &&
              put_setup(b, setup, setup_bytes, &l, config);
    free(setup);
    b->word[PLAN_KIND] = PLAN_LINUX;
    b->word[PLAN_ENTRY] = l.setup >> 4;
    b->word[PLAN_STACK] = l.stack;
    return ok;
}
