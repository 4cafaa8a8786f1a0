#ifndef ORRERY_BIOS_SYSTEM_BIOS_H
#define ORRERY_BIOS_SYSTEM_BIOS_H
/* What all parts of the system BIOS share.                                                 doc: bios
 * This is 16-bit code made from C.  While it runs
 *     CS = F000h  the ROM        DS = ES = SS  the stack, so a pointer to a local variable is a pointer
 *     FS = 0040h  BIOS data area        GS  the extended BIOS data area that 40:0Eh names
 * There are no writable statics.  A constant is declared ROM_DATA and read with rom8, rom16 or rom32: a plain
 * access would go to the stack's segment.  The linker script refuses an image in which the compiler made constants. */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef _Bool bool;
enum { false, true };

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PACKED __attribute__((packed))
#define ROM_DATA __attribute__((section(".rom")))
/* Text in the ROM: T("like this"). */
#define T(text) ({ static const char text_[] ROM_DATA = text; text_; })

/* --- areas --- */

struct far_pointer { u16 offset, segment; } PACKED;

struct bda {                          /* IBM AT Technical Reference, "Data areas" */
    u16 com[4], lpt[3], ebda_segment;                                    /* 00 */
    u16 equipment; u8 post_flags; u16 memory_kib; u8 reserved_15[2];     /* 10 */
    u8 shift_flags, shift_flags2, alt_keypad;                            /* 17 */
    u16 key_head, key_tail, key_buffer[16];                              /* 1A */
    u8 floppy_calibrated, floppy_motor, motor_ticks, floppy_status, fdc_result[7];  /* 3E */
    u8 video_mode; u16 columns, page_bytes, page_start, cursor[8];       /* 49 */
    u16 cursor_shape; u8 page; u16 crtc; u8 cga_mode, cga_palette;       /* 60 */
    struct far_pointer resume; u8 unexpected;                            /* 67 */
    u32 ticks; u8 ticks_overflow, break_flag; u16 reset_flag;            /* 6C */
    u8 disk_status, disk_count, disk_control, disk_port;                 /* 74 */
    u8 lpt_timeout[4], com_timeout[4];                                   /* 78 */
    u16 key_buffer_start, key_buffer_end;                                /* 80 */
    u8 rows_less_one; u16 character_height; u8 video_flags[4];           /* 84 */
    u8 floppy_rate, hd_status, hd_error, hd_done, floppy_info;           /* 8B */
    u8 media_state[2], media_start[2], cylinder[2];                      /* 90 */
    u8 keyboard_flags, leds;                                             /* 96 */
    struct far_pointer wait_flag; u32 wait_microseconds; u8 wait_active; /* 98 */
} PACKED;

struct floppy_parameters {            /* INT 1Eh */
    u8 step_unload, load_dma, motor_off_ticks, sector_code, last_sector, gap, data_length;
    u8 format_gap, fill, settle_ms, motor_eighths;
} PACKED;

struct disk_parameters {              /* INT 41h and 46h */
    u16 cylinders; u8 heads; u16 reserved_3, precompensation; u8 ecc, control; u8 timeouts[3];
    u16 landing; u8 sectors, checksum;
} PACKED;

enum ata_kind { ATA_ABSENT, ATA_DISK, ATA_CD };

struct ata_drive {
    u8 kind, addressing, number;      /* addressing: 0 CHS, 1 LBA, 2 LBA of 48 bits; number: of its kind */
    u16 cylinders;                    /* as the drive has them */
    u8 heads, sectors;
    u16 logical_cylinders;            /* as INT 13h shows them */
    u8 logical_heads, logical_sectors;
    u8 translation;                   /* CMOS code: 0 none, 1 LBA, 2 large, 3 revised ECHS */
    u8 locked;                        /* a CD's tray, by INT 13h AH=45h */
    u64 total;                        /* sectors */
} PACKED;

struct cd_emulation {                 /* El Torito, "Specification Packet" */
    u8 active, media, drive, cd;      /* media: 0 none, 1..3 floppy, 4 hard disk; cd: index of the ATA drive */
    u32 image;                        /* 2048-byte sector at which the image begins */
    u16 load_segment, load_sectors;
    u16 cylinders; u8 heads, sectors;
} PACKED;

/* Offsets 0, 22h..27h, 3Dh and 4Dh are where PS/2 software expects them; the rest is ours. */
struct ebda {
    u8 size_kib, reserved_1[0x21];
    struct far_pointer mouse_handler; u8 mouse_flags, mouse_mode;        /* 22 */
    u8 mouse_packet[8], mouse_count;                                     /* 28 */
    u8 apm, reserved_32[11];          /* 31: who is connected, what is switched off, which version: apm_calls.h */
    struct disk_parameters disk[2];                                      /* 3D */
    u8 stack_used;                                                       /* 5D */
    u8 disks, cds;
    struct ata_drive ata[4];                                             /* 60 */
    struct cd_emulation emulation;
    u8 floppy_specified;              /* SPECIFY was sent since the last reset */
    u8 boot_reason[5];                /* why devices 1 to 4 did not boot, enum boot_reason */
    u32 catalogue;                    /* sector of the boot catalogue, 0: none was read */
    struct far_pointer network_boot;  /* boot entry vector of the first ROM that has one; 0: none */
} PACKED;
enum { EBDA_BYTES = 1024, FACS_SEGMENT = 0x9ffc, FACS_BYTES = 64 };

#define BDA ((volatile struct bda __seg_fs *)0)
#define EBDA ((volatile struct ebda __seg_gs *)0)

/* What an interrupt's entry pushed; the guest's registers go back from here. */
struct frame {
    union { u32 edi; u16 di; };
    union { u32 esi; u16 si; };
    union { u32 ebp; u16 bp; };
    u32 esp;
    union { u32 ebx; u16 bx; struct { u8 bl, bh; }; };
    union { u32 edx; u16 dx; struct { u8 dl, dh; }; };
    union { u32 ecx; u16 cx; struct { u8 cl, ch; }; };
    union { u32 eax; u16 ax; struct { u8 al, ah; }; };
    u16 gs, fs, es, ds, service, ip, cs, flags;
};
/* The layout is IBM's, and apm.S's. */
#define AT(type, member, offset) \
    _Static_assert(__builtin_offsetof(type, member) == (offset), #member " lies where it is looked for")
AT(struct bda, shift_flags, 0x17);
AT(struct bda, floppy_calibrated, 0x3e);
AT(struct bda, video_mode, 0x49);
AT(struct bda, ticks, 0x6c);
AT(struct bda, key_buffer_start, 0x80);
AT(struct bda, media_state, 0x90);
AT(struct bda, keyboard_flags, 0x96);
AT(struct bda, wait_active, 0xa0);
AT(struct ebda, mouse_handler, 0x22);
AT(struct ebda, disk, 0x3d);
AT(struct ebda, stack_used, 0x5d);
AT(struct ebda, apm, 0x31);
AT(struct floppy_parameters, motor_eighths, 10);
AT(struct disk_parameters, checksum, 15);
AT(struct frame, service, 40);

enum { FLAG_CF = 1, FLAG_ZF = 0x40, FLAG_IF = 0x200 };

/* --- the machine --- */

static inline u8 inb(u16 port) { u8 v; __asm__ volatile("inb %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline u16 inw(u16 port) { u16 v; __asm__ volatile("inw %1,%0" : "=a"(v) : "Nd"(port)); return v; }
static inline void outb(u16 port, u8 v) { __asm__ volatile("outb %0,%1" : : "a"(v), "Nd"(port)); }
static inline void outw(u16 port, u16 v) { __asm__ volatile("outw %0,%1" : : "a"(v), "Nd"(port)); }
static inline void cli(void) { __asm__ volatile("cli" : : : "memory"); }
static inline void sti(void) { __asm__ volatile("sti" : : : "memory"); }
static inline void sti_hlt(void) { __asm__ volatile("sti\n\thlt" : : : "memory"); }
static inline void sti_nop(void) { __asm__ volatile("sti\n\tnop" : : : "memory"); }

static inline u8 rom8(const void *p) { u8 v; __asm__("movb %%cs:(%1),%0" : "=q"(v) : "r"(p)); return v; }
static inline u16 rom16(const void *p) { u16 v; __asm__("movw %%cs:(%1),%0" : "=r"(v) : "r"(p)); return v; }
static inline u32 rom32(const void *p) { u32 v; __asm__("movl %%cs:(%1),%0" : "=r"(v) : "r"(p)); return v; }

/* A byte or word anywhere below 1 MiB + 64 KiB; ES is the stack's segment again afterwards. */
u8 far8(u16 segment, u16 offset);
u16 far16(u16 segment, u16 offset);
u32 far32(u16 segment, u16 offset);
void far8_put(u16 segment, u16 offset, u8 value);
void far16_put(u16 segment, u16 offset, u16 value);
void far32_put(u16 segment, u16 offset, u32 value);
/* rep insw / outsw between a port and segment:offset; the words may not wrap the segment. */
void far_insw(u16 segment, u16 offset, u16 port, u16 words);
void far_outsw(u16 segment, u16 offset, u16 port, u16 words);

/* Calls a software interrupt through the vector table, CF set on the way in.  Returns AX, and the flags in the high
 * half. */
u32 call_int(u32 number, u32 ax, u32 bx);
/* The same for services that take DX and CX too: registers go in and come back in the frame. */
void call_int_frame(u32 number, struct frame *f);
enum { CALLED_CF = 0x10000 };

/* Without interrupts, whose services reach CMOS too, from the index to the data. */
u8 cmos_read(u8 at);
void cmos_write(u8 at, u8 v);
static inline void eoi(void) { outb(0x20, 0x20); }
static inline void eoi_slave(void) { outb(0xa0, 0x20); outb(0x20, 0x20); }

static inline void set_carry(struct frame *f, bool carry)
{
    f->flags = (u16)((f->flags & ~FLAG_CF) | (carry ? FLAG_CF : 0));
}

/* --- time.c --- */
/* Called with interrupts off; comes back with them on, after one perhaps. */
void wait_interrupt(void);
/* The same; says how many microseconds that may have been. */
u32 pass_time(void);
/* Lets time pass, asleep where an interrupt is sure to wake the processor. */
void wait_ms(u32 ms);
/* True when a bit of the byte at `offset` in the BIOS data area came on within the time. */
bool wait_bda(u16 offset, u8 mask, u32 ms);
/* One period of the refresh request, 15 us, counted at port 61h. */
void wait_refresh(void);

/* --- console.c --- */
void put_char(char c);
void say(const char *rom_format, ...);
u16 wait_key(void);

/* --- drives --- */
void floppy_post(void);
void floppy_service(struct frame *f);
void floppy_motor_tick(void);
void ata_post(void);
struct disk_request { u64 lba; u32 count, done; u16 segment, offset; u8 command; };
enum disk_command { DISK_READ, DISK_WRITE, DISK_VERIFY };
/* Sectors by number; returns an INT 13h status. */
u8 ata_transfer(unsigned drive, struct disk_request *r);
/* What a packet's data phase does with the bytes it gets: `skip` bytes are dropped, `take` kept, the rest dropped. */
struct packet_data { u16 segment, offset; u32 skip, take, taken; };
u8 ata_packet(unsigned drive, const u8 *packet, struct packet_data *d);
u8 cd_ready(unsigned drive);
u8 cd_read(unsigned drive, u32 lba, u32 count, struct packet_data *d);
u8 cd_boot(void);
void cd_end_emulation(void);
bool cd_service(struct frame *f);
void disk_post(void);
void disk_finish(struct frame *f, u8 status);

/* --- the rest of POST and boot --- */
void keyboard_post(void);
void mouse_post(void);
void serial_post(void);
void boot_again(void) __attribute__((noreturn));
void warm_reset(void) __attribute__((noreturn));
void boot_jump(u32 segment, u32 offset, u32 drive) __attribute__((noreturn));
u32 extended_kib(void);

#endif
