/* Real mode: what segment:offset means, and what lies in the first kilobyte and a half.     doc: demo-disk */
#include "demo.h"

static void processor(void)
{
    struct line l = { .used = 0 };
    char vendor[13] = "";
    u8 generation = cpu_generation();
    u32 highest = cpuid_vendor(vendor);

    line_text(&l, "Processor: family ");
    line_number(&l, generation, 1);
    line_text(&l, generation == 3 ? ": EFLAGS.AC does not change, a 386" : generation == 4 && !highest ? ": EFLAGS.AC changes, ID does not: a 486" : ", CPUID says ");
    line_text(&l, vendor);
    put_line(2, 3, BRIGHT, &l);
}

static void far_pointers(void)
{
    static const u16 segments[] = { 0xb800, 0xb000, 0xb7ff };
    static const u16 offsets[] = { 0x0000, 0x8000, 0x0010 };
    struct line l = { .used = 0 };

    put_at(4, 3, TITLE, "Segment * 16 + offset: three pointers, one byte (the corner of this screen)");
    for (u8 i = 0; i < 3; i++) {
        line_hex(&l, segments[i], 4);
        line_text(&l, ":");
        line_hex(&l, offsets[i], 4);
        line_text(&l, " = ");
        line_hex(&l, segments[i], 4);
        line_text(&l, "0 + ");
        line_hex(&l, offsets[i], 4);
        line_text(&l, " = ");
        line_hex(&l, ((u32)segments[i] << 4) + offsets[i], 5);
        line_text(&l, "   holds ");
        line_hex(&l, peek8(segments[i], offsets[i]), 2);
        put_line((u8)(5 + i), 5, PLAIN, &l);
    }
}

static void vectors(void)
{
    static const struct { u8 n; const char *what; } shown[] = {
        { 0x00, "divide error" }, { 0x08, "timer, IRQ 0" }, { 0x09, "keys, IRQ 1" }, { 0x10, "video services" }, { 0x13, "disk services" },
        { 0x16, "keyboard services" }, { 0x19, "bootstrap" }, { 0x1e, "floppy parameters" },
    };
    struct line l = { .used = 0 };

    put_at(9, 3, TITLE, "Interrupt vectors: four bytes each from 0000:0000, offset first");
    for (u8 i = 0; i < ARRAY_COUNT(shown); i++) {
        u16 at = (u16)(shown[i].n * 4);
        line_text(&l, "INT ");
        line_hex(&l, shown[i].n, 2);
        line_text(&l, "h  ");
        line_hex(&l, peek16(0, (u32)at + 2), 4);
        line_text(&l, ":");
        line_hex(&l, peek16(0, at), 4);
        line_text(&l, "  ");
        line_text(&l, shown[i].what);
        put_line((u8)(10 + i % 4), (u8)(i < 4 ? 5 : 41), PLAIN, &l);
    }
}

static void data_area(void)
{
    static const struct { u16 offset; const char *what; } shown[] = {
        { 0x00, "port of COM1" }, { 0x0e, "segment of the EBDA" }, { 0x10, "equipment word" }, { 0x13, "KiB of memory" },
        { 0x4a, "screen columns" }, { 0x63, "port of the CRTC" },
    };
    struct line l = { .used = 0 };

    put_at(15, 3, TITLE, "BIOS data area: words from 0040:0000");
    for (u8 i = 0; i < ARRAY_COUNT(shown); i++) {
        line_text(&l, "40:");
        line_hex(&l, shown[i].offset, 2);
        line_text(&l, " = ");
        line_hex(&l, peek16(0x40, shown[i].offset), 4);
        line_text(&l, "  ");
        line_text(&l, shown[i].what);
        put_line((u8)(16 + i % 3), (u8)(i < 3 ? 5 : 44), PLAIN, &l);
    }
}

void real_mode_page(void)
{
    page_begin("Real mode", "r, sreg, xp 0x400 64, info device cmos");
    processor();
    far_pointers();
    vectors();
    data_area();
    page_wait();
}
