/* System services: INT 05h, 11h, 12h, 15h; interrupts nobody asked for.                    doc: bios
 * Source: IBM PS/2 and PC BIOS Interface Technical Reference; ACPI specification, "INT 15H, E820H". */
#include "bios.h"

enum { PORT_A = 0x92, A20 = 2, UNSUPPORTED = 0x86 };
enum { TYPE_RAM = 1, TYPE_RESERVED = 2, SMAP = 0x534d4150 };

void mouse_service(struct frame *f);
void apm_service(struct frame *f);
void block_move(u32 table_address, u32 words);
void enter_protected(struct frame *f, u32 table_segment, u32 table_offset) __attribute__((noreturn));
extern const u8 configuration_table[];

/* --- small services --- */

void equipment_service(struct frame *f) { f->ax = BDA->equipment; }
void memory_service(struct frame *f) { f->ax = BDA->memory_kib; }

/* 40:6B says which request came, FFh: none did (a software interrupt, or a request that went away). */
void unexpected_master(struct frame *f)
{
    (void)f;
    outb(0x20, 0x0b);
    u8 in_service = inb(0x20);
    BDA->unexpected = in_service ? in_service : 0xff;
    if (in_service) eoi();
}

void unexpected_slave(struct frame *f)
{
    (void)f;
    outb(0xa0, 0x0b);
    u8 in_service = inb(0xa0);
    BDA->unexpected = in_service ? in_service : 0xff;
    if (in_service) outb(0xa0, 0x20);
    eoi();                                                   /* the master has IR2 in service in any case */
}

/* IRQ13: the coprocessor's error; software expects it as NMI. */
void coprocessor_interrupt(struct frame *f)
{
    (void)f;
    outb(0xf0, 0);
    eoi_slave();
    call_int(2, 0, 0);
}

/* --- INT 05h: the screen to the first printer; 50:00 says 1 while at it, FFh after an error --- */

static bool print(u8 character)
{
    struct frame f = { .ax = character };
    call_int_frame(0x17, &f);
    return !(f.ah & 0x29);
}

static u8 print_rows(u8 page, u8 columns, u8 rows)
{
    for (unsigned row = 0; row < rows; row++) {
        if (!print('\r') || !print('\n')) return 0xff;
        for (unsigned column = 0; column < columns; column++) {
            struct frame f = { .ax = 0x0200, .bx = (u16)(page << 8), .dx = (u16)(row << 8 | column) };
            call_int_frame(0x10, &f);
            f.ax = 0x0800;
            f.bx = (u16)(page << 8);
            call_int_frame(0x10, &f);
            if (!print(f.al ? f.al : ' ')) return 0xff;
        }
    }
    return print('\r') && print('\n') ? 0 : 0xff;
}

void print_screen(struct frame *f)
{
    (void)f;
    sti();
    if (far8(0x50, 0) == 1) return;
    far8_put(0x50, 0, 1);
    struct frame mode = { .ax = 0x0f00 };
    call_int_frame(0x10, &mode);
    struct frame cursor = { .ax = 0x0300, .bx = (u16)(mode.bh << 8) };
    call_int_frame(0x10, &cursor);
    u8 rows = BDA->rows_less_one;
    u8 status = print_rows(mode.bh, mode.ah, (u8)(rows ? rows + 1 : 25));
    struct frame back = { .ax = 0x0200, .bx = (u16)(mode.bh << 8), .dx = cursor.dx };
    call_int_frame(0x10, &back);
    far8_put(0x50, 0, status);
}

/* --- memory --- */

/* RAM above 1 MiB, as far as the ROM below 4 GiB.  CMOS 30h-31h count KiB as far as 16 bits reach, 34h-35h 64 KiB
 * blocks above 16 MiB. */
u32 extended_kib(void)
{
    enum { MOST = (0xffff0000u >> 10) - 1024 };
    u32 blocks = cmos_read(0x34) | cmos_read(0x35) << 8, kib = 15 * 1024 + blocks * 64;

    if (!blocks) return cmos_read(0x30) | cmos_read(0x31) << 8;
    return kib < MOST ? kib : MOST;
}

struct map_entry { u64 base, length; u32 type; };

/* Entry n of the map; false past its end. */
static bool memory_map(unsigned n, struct map_entry *e)
{
    u32 low = BDA->memory_kib * 1024u;

    switch (n) {
    case 0: *e = (struct map_entry){ .base = 0, .length = low, .type = TYPE_RAM }; return true;
    case 1: *e = (struct map_entry){ .base = low, .length = 0xa0000 - low, .type = TYPE_RESERVED }; return true;
    case 2: *e = (struct map_entry){ .base = 0xf0000, .length = 0x10000, .type = TYPE_RESERVED }; return true;
    case 3: *e = (struct map_entry){ .base = 0x100000, .length = (u64)extended_kib() << 10, .type = TYPE_RAM }; return true;
    case 4: *e = (struct map_entry){ .base = 0xffff0000, .length = 0x10000, .type = TYPE_RESERVED }; return true;
    default: return false;
    }
}

static void map_service(struct frame *f)
{
    struct map_entry e;
    u32 n = f->ebx;

    if (f->edx != SMAP || f->ecx < 20 || n > 4 || !memory_map(n, &e)) {
        f->ah = UNSUPPORTED;
        set_carry(f, true);
        return;
    }
    u16 at = f->di;
    far32_put(f->es, at, (u32)e.base);
    far32_put(f->es, at + 4, (u32)(e.base >> 32));
    far32_put(f->es, at + 8, (u32)e.length);
    far32_put(f->es, at + 12, (u32)(e.length >> 32));
    far32_put(f->es, at + 16, e.type);
    f->eax = SMAP;
    f->ecx = 20;
    n++;
    if (n == 3 && !extended_kib()) n++;                      /* no entry is empty */
    f->ebx = n > 4 ? 0 : n;
    set_carry(f, false);
}

static void big_memory(struct frame *f, bool wide)
{
    u32 kib = extended_kib(), below = kib > 15 * 1024 ? 15 * 1024 : kib, above = (kib - below) / 64;

    if (wide) {
        f->eax = f->ecx = below;
        f->ebx = f->edx = above;
    } else {
        f->ax = f->cx = (u16)below;
        f->bx = f->dx = (u16)above;
    }
    set_carry(f, false);
}

static void a20_service(struct frame *f)
{
    u8 port = inb(PORT_A) & (u8)~1;

    f->ah = 0;
    set_carry(f, false);
    switch (f->al) {
    case 0: outb(PORT_A, port & (u8)~A20); break;
    case 1: outb(PORT_A, port | A20); break;
    case 2: f->al = port & A20 ? 1 : 0; f->cx = 0; break;
    case 3: f->bx = 3; break;                       /* keyboard controller and port 92h */
    default: f->ah = UNSUPPORTED; set_carry(f, true); break;
    }
}

/* --- AH=87h, 89h: descriptor tables of the caller at ES:SI --- */

static void put_descriptor(const struct frame *f, unsigned n, u32 base, u16 limit, u8 access)
{
    u16 at = (u16)(f->si + n * 8);

    far16_put(f->es, at, limit);
    far16_put(f->es, at + 2, (u16)base);
    far16_put(f->es, at + 4, (u16)(base >> 16 | access << 8));
    far16_put(f->es, at + 6, 0);
}

/* No fault may happen in protected mode, for which there is no IDT: a data segment, present, as long as the move. */
static bool fits(const struct frame *f, unsigned n, bool write)
{
    u16 at = (u16)(f->si + n * 8);
    u8 access = far8(f->es, at + 5);

    if ((access & 0x98) != 0x90 || (write && !(access & 2)) || access & 4) return false;
    return !f->cx || far16(f->es, at) >= f->cx * 2u - 1;
}

static void move_service(struct frame *f)
{
    u32 table = ((u32)f->es << 4) + f->si, stack;
    u8 port = inb(PORT_A) & (u8)~1;

    if (f->cx > 0x8000 || !fits(f, 2, false) || !fits(f, 3, true)) {
        f->ah = 2;
        set_carry(f, true);
        return;
    }
    cli();
    __asm__("movw %%ss,%w0\n\tmovzwl %w0,%0" : "=r"(stack));
    put_descriptor(f, 1, table, 0x2f, 0x93);
    put_descriptor(f, 4, 0xf0000, 0xffff, 0x9b);
    put_descriptor(f, 5, stack << 4, 0xffff, 0x93);
    outb(PORT_A, port | A20);
    block_move(table, f->cx);
    outb(PORT_A, port);
    f->ah = 0;
    f->flags |= FLAG_ZF;
    set_carry(f, false);
}

static void set_pics(u8 master, u8 slave)
{
    outb(0x20, 0x11);
    outb(0xa0, 0x11);
    outb(0x21, master);
    outb(0xa1, slave);
    outb(0x21, 4);
    outb(0xa1, 2);
    outb(0x21, 1);
    outb(0xa1, 1);
    outb(0x21, 0xff);
    outb(0xa1, 0xff);
}

static void protected_service(struct frame *f)
{
    cli();
    outb(PORT_A, (inb(PORT_A) & (u8)~1) | A20);
    set_pics(f->bh, f->bl);
    put_descriptor(f, 7, 0xf0000, 0xffff, 0x9b);
    f->ah = 0;
    f->cs = 0x30;
    f->flags &= (u16)~(FLAG_IF | FLAG_CF);
    enter_protected(f, f->es, f->si);
}

/* --- AH=83h, 86h: the RTC's periodic interrupt counts microseconds (INT 70h) --- */

static bool start_wait(u16 segment, u16 offset, u32 microseconds)
{
    if (BDA->wait_active & 1) return false;
    BDA->wait_flag.segment = segment;
    BDA->wait_flag.offset = offset;
    BDA->wait_microseconds = microseconds;
    BDA->wait_active = 1;
    outb(0xa1, inb(0xa1) & (u8)~1);
    cmos_write(0x0b, cmos_read(0x0b) | 0x40);
    return true;
}

static void stop_wait(void)
{
    cmos_write(0x0b, cmos_read(0x0b) & (u8)~0x40);
    BDA->wait_active = 0;
}

static void event_service(struct frame *f)
{
    cli();
    bool ok = true;
    if (f->al == 1) stop_wait();
    else ok = f->al == 0 && start_wait(f->es, f->bx, (u32)f->cx << 16 | f->dx);
    if (!ok) f->ah = 0x83;
    else f->ah = 0;
    set_carry(f, !ok);
}

static void wait_service(struct frame *f)
{
    u32 microseconds = (u32)f->cx << 16 | f->dx;

    set_carry(f, false);
    if (microseconds < 2000) {
        for (u32 gone = 0; gone < microseconds; gone += 15) wait_refresh();
        f->ah = 0;
        return;
    }
    cli();
    if (!start_wait(0x40, 0xa0, microseconds)) {
        f->ah = 0x83;
        set_carry(f, true);
        return;
    }
    /* The clock's request may be masked somewhere: then time itself, counted generously, ends the wait. */
    for (u64 gone = 0; gone < microseconds * 4ull + 2000000; gone += pass_time()) {
        cli();
        if (BDA->wait_active & 0x80) break;
    }
    stop_wait();
    sti();
    f->ah = 0;
}

/* --- INT 15h --- */

static void unsupported(struct frame *f)
{
    f->ah = UNSUPPORTED;
    set_carry(f, true);
}

static void fine(struct frame *f)
{
    f->ah = 0;
    set_carry(f, false);
}

static void memory_services(struct frame *f)
{
    switch (f->al) {
    case 0x01: big_memory(f, false); break;
    case 0x20: map_service(f); break;
    case 0x81: big_memory(f, true); break;
    default: unsupported(f); break;
    }
}

void system_service(struct frame *f)
{
    u32 kib;

    if (f->ah != 0x4f && f->ah != 0x91) sti();
    switch (f->ah) {
    case 0x24: a20_service(f); break;
    case 0x4f: set_carry(f, true); break;
    case 0x52: fine(f); break;
    case 0x53: apm_service(f); break;
    case 0x80: case 0x81: case 0x82: case 0x85: case 0x90: case 0x91: fine(f); break;
    case 0x83: event_service(f); break;
    case 0x86: wait_service(f); break;
    case 0x87: move_service(f); break;
    case 0x88:
        kib = extended_kib();
        f->ax = (u16)(kib > 0xfc00 ? 0xfc00 : kib);          /* 63 MiB: callers count the first MiB in */
        set_carry(f, false);
        break;
    case 0x89: protected_service(f); break;
    case 0xc0:
        fine(f);
        f->es = 0xf000;
        f->bx = (u16)(u32)configuration_table;
        break;
    case 0xc1:
        set_carry(f, false);
        f->es = BDA->ebda_segment;
        break;
    case 0xc2: mouse_service(f); break;
    case 0xe8: memory_services(f); break;
    default: unsupported(f); break;
    }
}
