#ifndef ORRERY_BIOS_DEMO_H
#define ORRERY_BIOS_DEMO_H
/* The demo disk's program: one segment of 64 KiB for code, data and stack, at 1000h:0.    doc: demo-disk
 * C compiled for 16-bit mode; CS = DS = ES = SS, in real mode and, through descriptors of the same base, in protected mode. */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef signed short s16;
typedef signed int s32;
typedef _Bool bool;
enum { false, true };

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))
enum { PROGRAM_SEGMENT = 0x1000, PROGRAM_BASE = 0x10000 };

static inline u8 inb(u16 port) { u8 v; __asm__ volatile("inb %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline void outb(u16 port, u8 v) { __asm__ volatile("outb %0,%1" : : "a"(v), "Nd"(port)); }
static inline void cli(void) { __asm__ volatile("cli" : : : "memory"); }
static inline void sti(void) { __asm__ volatile("sti" : : : "memory"); }
static inline void idle(void) { __asm__ volatile("sti\n\thlt" : : : "memory"); }

/* Memory of another segment, or by selector in protected mode; the offset may have 32 bits there. */
static inline u8 peek8(u16 segment, u32 offset)
{
    u8 v;
    __asm__ volatile("movw %1,%%gs\n\tmovb %%gs:(%2),%0" : "=q"(v) : "r"(segment), "r"(offset) : "memory");
    return v;
}
static inline u16 peek16(u16 segment, u32 offset)
{
    u16 v;
    __asm__ volatile("movw %1,%%gs\n\tmovw %%gs:(%2),%0" : "=r"(v) : "r"(segment), "r"(offset) : "memory");
    return v;
}
static inline u32 peek32(u16 segment, u32 offset)
{
    u32 v;
    __asm__ volatile("movw %1,%%gs\n\tmovl %%gs:(%2),%0" : "=r"(v) : "r"(segment), "r"(offset) : "memory");
    return v;
}
static inline void poke8(u16 segment, u32 offset, u8 v)
{
    __asm__ volatile("movw %0,%%gs\n\tmovb %1,%%gs:(%2)" : : "r"(segment), "q"(v), "r"(offset) : "memory");
}
static inline void poke16(u16 segment, u32 offset, u16 v)
{
    __asm__ volatile("movw %0,%%gs\n\tmovw %1,%%gs:(%2)" : : "r"(segment), "r"(v), "r"(offset) : "memory");
}
static inline void poke32(u16 segment, u32 offset, u32 v)
{
    __asm__ volatile("movw %0,%%gs\n\tmovl %1,%%gs:(%2)" : : "r"(segment), "r"(v), "r"(offset) : "memory");
}

/* --- screen.c: text in mode 3, straight into B8000h --- */

enum { PLAIN = 0x17, BRIGHT = 0x1f, TITLE = 0x1e, CHOSEN = 0x70, QUIET = 0x13, ALARM = 0x1c };

void screen_clear(u8 attribute);
void put_at(u8 row, u8 column, u8 attribute, const char *text);
void put_char_at(u8 row, u8 column, u8 attribute, u8 c);
void frame_at(u8 top, u8 left, u8 bottom, u8 right, u8 attribute);
void video_mode(u8 mode);
void cursor_hide(void);

/* A line of text that grows: %-free formatting. */
struct line { char text[81]; u8 used; };
void line_text(struct line *l, const char *text);
void line_hex(struct line *l, u32 value, u8 digits);
void line_number(struct line *l, u32 value, u8 width);
void put_line(u8 row, u8 column, u8 attribute, struct line *l);      /* and empties it */

/* --- graphics.c: mode 13h, a byte a dot, on the screen or in a frame of the same shape --- */
enum { GRAPHICS = 0xa000, GRAPHICS_WIDTH = 320, GRAPHICS_HEIGHT = 200 };
void dot(u16 segment, s32 x, s32 y, u8 color);                       /* outside: nothing */
void graphics_text(u16 segment, u16 x, u16 y, u8 color, const char *text);
void wait_retrace(void);                                             /* until one begins */

/* A page: title, a frame, what to type at Orrery's prompt. */
void page_begin(const char *title, const char *look);
void page_wait(void);

/* --- keyboard, by the BIOS --- */
enum { KEY_ESC = 0x011b, KEY_ENTER = 0x1c0d, KEY_UP = 0x4800, KEY_DOWN = 0x5000 };
u16 key_wait(void);
bool key_ready(void);

/* --- pages --- */
void real_mode_page(void);
void protected_mode_page(void);
void paging_page(void);
void clockwork_page(void);
void colors_page(void);
void scrolling_page(void);
void interrupts_page(void);
void mistakes_page(void);
void shut_down(void);

/* --- start.S --- */
/* Vectors of interrupts that the demo watches; each handler counts and goes on to the old one. */
extern volatile u32 timer_count, key_count, rtc_count;
extern volatile u8 key_codes[8];
void interrupts_hook(void);
void interrupts_unhook(void);
u32 cpuid_vendor(char *vendor13);          /* the highest leaf; 0 without CPUID */
u8 cpu_generation(void);                   /* 3, 4, or CPUID's family */

/* Selectors of the protected-mode pages. */
enum { SEL_CODE = 0x08, SEL_DATA = 0x10, SEL_USER_CODE = 0x1b, SEL_USER_DATA = 0x23, SEL_FLAT = 0x28, SEL_TSS = 0x30, SEL_SMALL = 0x3b };

struct fault { u32 vector, error, eip, cs, flags, cr2; };
extern volatile struct fault last_fault;
/* Runs f in protected mode at CPL 0, interrupts off, and comes back to real mode. */
void protected_run(void (*f)(void));
/* Runs f at CPL 3 until it faults; last_fault then says how it ended. */
void user_run(void (*f)(void));
/* Called for every exception in protected mode; true: the instruction is to be tried again. */
extern bool (*fault_fixed)(void);
void tables_build(void);
extern u8 gdt[], idt[], gdt_pointer[], idt_pointer[];
extern u32 tss[26];

#endif
