#ifndef ORRERY_BOARD_BOARD_H
#define ORRERY_BOARD_BOARD_H
/* What a machine is made of: one owner of clock, memory, processor and chips.               doc: board */
#include "devices/board/clock.h"
#include "devices/board/history.h"
#include "devices/board/journal.h"
#include "devices/board/limits.h"
#include "devices/board/mmio.h"
#include "devices/board/networks.h"
#include "devices/board/pci_cards.h"
#include "devices/board/perturb.h"
#include "devices/board/ports.h"
#include "devices/board/serial_line.h"
#include "devices/board/shelf.h"
#include "devices/board/sounds.h"
#include "devices/chip/ata_channel.h"
#include "devices/chip/cmos_mc146818.h"
#include "devices/chip/dma_8237.h"
#include "devices/chip/fdc_82077.h"
#include "devices/chip/fw_cfg.h"
#include "devices/chip/gameport_558.h"
#include "devices/chip/hpet.h"
#include "devices/chip/ide_piix3.h"
#include "devices/chip/ioapic_82093aa.h"
#include "devices/chip/isa_piix3.h"
#include "devices/chip/kbc_8042.h"
#include "devices/chip/keyboard_mf2.h"
#include "devices/chip/mouse_ps2.h"
#include "devices/chip/mouse_serial.h"
#include "devices/chip/parallel_spp.h"
#include "devices/chip/pci_bus.h"
#include "devices/chip/pci_i440fx.h"
#include "devices/chip/pic_8259.h"
#include "devices/chip/pit_8254.h"
#include "devices/chip/pm_piix4.h"
#include "devices/chip/pm_piix4_function.h"
#include "devices/chip/smbus_piix4.h"
#include "devices/chip/spd_24c02.h"
#include "devices/chip/uart_16550.h"
#include "devices/chip/uhci_piix3.h"
#include "devices/chip/usb_hid.h"
#include "devices/chip/usb_storage.h"
#include "devices/chip/vga_pci.h"
#include "devices/chip/vga_picture.h"
#include "devices/loader/kernel_image.h"
#include "devices/keymap.h"
#include "devices/machine.h"

enum { MACHINE_COMS = CONFIG_COMS, COM_QUEUE = 256, CAPTURE_BYTES = 65536, TYPE_QUEUE = 4096, MACHINE_PARTS = 256, PART_NAME = 24,
       OPTION_ROMS = 5 /* the last one is the kernel loader's */, MEMORY_MODULES = 8 };

/* The last 64 KiB that a serial line or port E9 has sent, and where it goes. */
struct capture {
    u8 byte[CAPTURE_BYTES];
    u64 total;
    struct serial_line line;     /* the host's end; E9 has none */
    struct machine *machine;
};

/* What a parallel port's bytes go to. */
struct printer {
    struct serial_line line;
    struct machine *machine;
};

/* Bytes from outside on their way into a UART, a character time apart. */
#define COM_INPUT_STATE(ONE, MANY) \
    /*    type  name              unit    min         max  meaning                                              */ \
    MANY(u8,   bytes, COM_QUEUE,  "",       0,       0xff, "bytes that have come from outside")                    \
    ONE (u32,  head,              "",       0,        255, "next byte for the UART")                               \
    ONE (u32,  used,              "",       0,        256, "bytes that wait")                                      \
    ONE (event, arrives,          "tick",   0, UINT64_MAX, "the next byte has arrived")

struct com_input {
    STATE_MEMBERS(COM_INPUT_STATE)
    struct machine *machine;
    unsigned n;
};
extern const struct state_layout com_input_state;

/* What the board itself looks at, sixty times a virtual second. */
#define BOARD_WATCH_STATE(ONE, MANY) \
    /*    type  name              unit    min         max  meaning                                              */ \
    ONE (event, look,             "tick",   0, UINT64_MAX, "the next look")                                        \
    ONE (u8,   wild_looks,        "",       0,          2, "looks in a row that found execution where nothing was ever written") \
    ONE (u8,   fault_looks,       "",       0,         60, "looks in a row that found little but faults")          \
    ONE (u64,  faults_before,     "",       0, UINT64_MAX, "faults raised until the last look")                    \
    ONE (u64,  tick_before,       "tick",   0, UINT64_MAX, "when that was")                                        \
    ONE (u32,  resets,            "",       0, UINT32_MAX, "resets by the guest that came soon after each other")  \
    ONE (u64,  reset_at,          "tick",   0, UINT64_MAX, "the last of them")

struct board_watch {
    STATE_MEMBERS(BOARD_WATCH_STATE)
};
extern const struct state_layout board_watch_state;

/* Keys that machine_type still has to press: an event a key change. */
#define TYPING_STATE(ONE, MANY) \
    /*    type  name              unit    min         max  meaning                                              */ \
    MANY(u16,  key, TYPE_QUEUE,   "",       0,      0x1ff, "key changes that wait: HID usage, bit 8 down")         \
    ONE (u32,  head,              "",       0, TYPE_QUEUE - 1, "the next one")                                     \
    ONE (u32,  used,              "",       0, TYPE_QUEUE, "how many wait")                                        \
    ONE (event, next,             "tick",   0, UINT64_MAX, "when the next one happens")

struct typing {
    STATE_MEMBERS(TYPING_STATE)
};
extern const struct state_layout typing_state;

struct machine_part {
    char name[PART_NAME];
    const struct state_layout *layout;
    void *instance;
};

#define SYSTEM_PORTS_STATE(ONE, MANY) \
    /*    type  name              unit    min         max  meaning                                              */ \
    ONE (u8,   port_b,            "bits",   0,         15, "port 61h: timer 2 gate, speaker, parity and channel check masks") \
    ONE (u8,   port_a,            "bits",   0,       0xff, "port 92h: A20 in bit 1, fast reset in bit 0")           \
    ONE (u8,   post,              "",       0,       0xff, "port 80h: last code written")                           \
    ONE (u8,   shutdown_matched,  "",       0,          8, "characters of \"Shutdown\" seen at port 8900h")

struct system_ports {
    STATE_MEMBERS(SYSTEM_PORTS_STATE)
};
extern const struct state_layout system_ports_state;

/* What is plugged into a USB port. */
struct usb_port {
    struct usb_device *device;   /* NULL: nothing */
    struct usb_hid hid;
    struct usb_storage storage;
    struct disk_image *image;    /* of the storage */
};

/* What a board with PCI has more than an AT.                                               doc: pci */
struct pci {
    bool present;
    struct pci_bus bus;
    struct pci_i440fx host;
    struct isa_piix3 isa;
    struct ide_piix3 ide;
    struct pm_piix4_function pm;
    struct smbus_piix4 smbus;
    struct spd_24c02 spd[MEMORY_MODULES];
    struct line smbus_interrupt, smi;
    struct uhci_piix3 uhci;
    struct usb_port usb[CONFIG_USB_PORTS];
    struct line usb_interrupt;
    struct vga_pci vga;
    struct ioapic_82093aa ioapic;
    struct hpet hpet;
    struct line hpet_pin[HPET_PINS], hpet_legacy[2];
    struct line irq[PIIX3_IRQS], ata_irq[CONFIG_ATA_CHANNELS];
    unsigned ata_ports[CONFIG_ATA_CHANNELS][2], master_ports, pm_ports, smbus_ports, usb_ports;      /* movable ranges */
    struct pci_card card[PCI_SLOTS];
};

/* The display's memory, and where it is seen.                                       doc: vga-dispi */
struct video {
    u8 *memory;
    u32 bytes;
    u8 *window;                  /* what is mapped at A0000h; NULL: the chip itself */
    enum smram_view smram;       /* derived: what the processor that runs finds at A0000h */
    u64 frame_buffer, registers; /* physical addresses; 0: not decoded */
    u32 linear_bytes;            /* of the frame buffer, that are mapped; the rest of the aperture is the chip's */
    struct vga_picture *picture;             /* of the last question about the screen */
};

/* Processors run by turns. */
#define TURN_STATE(ONE, MANY) \
    /*    type  name              unit    min         max  meaning                                              */ \
    ONE (u8,   current,           "",       0, CPU_MOST - 1, "the processor whose turn it is")                     \
    ONE (u64,  end,               "tick",   0, UINT64_MAX, "when it is the next one's")

struct turn {
    STATE_MEMBERS(TURN_STATE)
};
extern const struct state_layout turn_state;

struct processor {
    struct machine *machine;
    struct cpu *cpu;
    struct event timer;          /* its tick is state of the processor */
};

struct machine {
    struct machine_config config;
    struct clock clock;
    struct ports *ports;
    struct mmio mmio;
    struct physical_map *map;
    struct processor processor[CPU_MOST];
    unsigned processors;
    struct cpu *cpu;             /* the boot processor: the 8259A's request and NMI are wired to it */
    struct turn turn;
    bool alone;                  /* derived, while a processor runs: all others stand still, and its turn has no end */
    unsigned chosen;             /* the processor that a debugger looks at; processors or more: whose turn it is */
    struct cpu_model cpu_model;  /* the configured one, with added and excluded features */
    u8 *ram, *rom, *vga_rom, *option_rom[OPTION_ROMS];
    u64 ram_bytes, rom_bytes, vga_rom_bytes, option_rom_bytes[OPTION_ROMS];
    u32 option_rom_at[OPTION_ROMS];
    struct kernel_image kernel;
    struct line irq[16], com_irq[MACHINE_COMS], intr_master, intr_slave, a20, reset_cpu, soft_off;
    struct pic_8259 pic[2];
    struct pit_8254 pit;
    struct cmos_mc146818 cmos;
    struct dma_8237 dma[2];
    struct kbc_8042 kbc;
    struct keyboard_mf2 keyboard;
    struct mouse_ps2 mouse;
    struct mouse_serial serial_mouse;
    unsigned serial_mouse_port;  /* MACHINE_COMS: none */
    struct fdc_82077 fdc;
    struct ata_channel ata[CONFIG_ATA_CHANNELS];
    struct disk_image *ata_image[CONFIG_ATA_CHANNELS][2];
    struct event disks_settle;   /* derived: when what images keep back is flushed for a guest that does not; it sees nothing of it */
    struct fw_cfg fw_cfg;
    struct pm_piix4 pm;
    struct pci pci;
    struct uart_16550 com[MACHINE_COMS];
    struct ne2k_card ne2k[CONFIG_NICS];
    struct e1000_card e1000[CONFIG_NICS];
    struct sounds sounds;
    struct gameport_558 gameport;
    struct parallel_spp parallel[CONFIG_PARALLELS];
    struct printer printer[CONFIG_PARALLELS];
    struct vga vga;
    struct video video;
    struct system_ports system;
    struct capture capture[MACHINE_E9 + 1];
    void (*e9_put)(void *context, u8 byte);
    void *e9_context;
    struct com_input com_input[MACHINE_COMS];
    struct board_watch watch;
    struct allowance allowance[HOST_LIMITS];
    struct typing typing;
    struct keymap keymap;        /* the guest's layout, for typed text */
    struct journal journal;
    struct history *history;     /* NULL: none is kept */
    struct shelf shelf;          /* of its media */
    struct mirror *mirror;       /* the second that follows; NULL: none */
    struct perturb perturb;
    unsigned clone;              /* its number; 0: it is none */
    bool past;                   /* not the present: the host hears and says nothing */
    struct machine_part part[MACHINE_PARTS];
    unsigned parts;
    bool reset_wanted, frozen, stop_requested;
    const _Atomic bool *hurry;   /* somebody who wants the run to end; NULL: nobody */
    bool yields;                 /* and it does */
    struct machine_stop stop;    /* valid while frozen */
};

/* devices/board/memory_map.c */
bool memory_build(struct machine *m, struct error *err);
bool memory_change_roms(struct machine *m, struct error *err);           /* between runs, to those that its configuration names now; a reset has to follow. False: it has no whole set of them, and cannot run */
void memory_shadow_roms(struct machine *m);              /* ROM contents to RAM below 1 MiB, at power-on and reset */
void memory_map_by_pam(struct machine *m);                /* C0000h to FFFFFh, and SMRAM, as the host bridge says */
void memory_free(struct machine *m);
void memory_dma_read(void *board, u64 pa, u8 *bytes, unsigned size);
void memory_dma_write(void *board, u64 pa, const u8 *bytes, unsigned size);
void memory_poke(struct machine *m, u64 pa, const u8 *bytes, size_t size);        /* RAM where the processor that runs sees it */
u64 memory_mmio_read(void *board, u64 pa, unsigned size_bytes);
void memory_mmio_write(void *board, u64 pa, unsigned size_bytes, u64 value);

/* devices/board/video.c */
bool video_build(struct machine *m, struct error *err);
void video_free(struct machine *m);
void video_derive(struct machine *m);                    /* its state is that of another moment: what is mapped where */
void video_note_changes(struct machine *m);              /* every page that was stored to has another vga.page_stamp from now on */
bool video_rom_is_of_pci(const struct machine *m);       /* the VGA BIOS wants to know which function it drives */
void video_map_window(struct machine *m);                /* after a change of what A0000h to BFFFFh are */
void video_see_smram(struct machine *m);                 /* another processor runs, or it has entered or left system management mode */
bool video_hides_from_masters(const struct machine *m, u64 pa);          /* SMRAM: no DMA reaches it */
bool video_answers(const struct machine *m, u64 pa);     /* A0000h to BFFFFh, and the PCI function's registers */
u64 video_mmio_read(struct machine *m, u64 pa, unsigned size_bytes);
void video_mmio_write(struct machine *m, u64 pa, unsigned size_bytes, u64 value);

/* devices/board/input.c: what outside input does once it is in the journal */
void input_key(struct machine *m, u8 usage, bool down);
void input_mouse(struct machine *m, int dx, int dy, int dz, unsigned buttons);
void input_joystick(struct machine *m, unsigned n, unsigned x, unsigned y, unsigned buttons);
void input_point(struct machine *m, unsigned x, unsigned y, int dz, unsigned buttons);
void input_reset(struct machine *m);
void input_poke(struct machine *m, u64 pa, const u8 *bytes, size_t size);

/* devices/board/typing.c */
bool typing_init(struct machine *m, struct error *err);
bool typing_add(struct machine *m, const char *text);

/* devices/board/mice.c */
bool mice_build(struct machine *m, struct error *err);
void mice_reset(struct machine *m);

/* devices/board/com_input.c */
size_t com_input_take(struct machine *m, unsigned n, const void *bytes, size_t size);
void com_input_init(struct machine *m, unsigned n);
void com_input_put(struct machine *m, unsigned n, const u8 *bytes, size_t size);        /* from a part of the machine */
void com_input_reset(struct com_input *in);

/* devices/board/disks.c */
bool disks_floppy_insert(struct machine *m, unsigned drive, const char *path, bool write_protected, struct error *err);
void disks_floppy_eject(struct machine *m, unsigned drive);
bool disks_cd_insert(struct machine *m, unsigned channel, unsigned unit, const char *path, struct error *err);
void disks_cd_eject(struct machine *m, unsigned channel, unsigned unit);
void disks_settle_later(struct machine *m);              /* images may keep something back */
bool board_disks_open(struct machine *m, struct error *err);
/* Every image, by number: NULL where there is none; false past the last one. */
bool board_image_at(struct machine *m, unsigned index, const char **name, struct disk_image **image);
void board_disks_close(struct machine *m);
void board_disks_fill_cmos(struct machine *m);
void board_disks_each_byte(struct machine *m, void (*sink)(void *context, const void *bytes, size_t size), void *context);
const char *board_ata_name(unsigned channel, unsigned unit);             /* "ata0-master" */

/* devices/board/watch.c */
bool board_outputs_flow(struct machine *m);              /* false: the machine waits for a file that takes no more */
void board_watch_init(struct machine *m);
void board_watch_reset(struct machine *m);

/* devices/board/machine_run.c: behind an access to a device */
void processors_request_stop(struct machine *m);
static inline void board_heed_hurry(struct machine *m)
{
    if (!m->hurry || !*m->hurry) return;
    m->yields = true;
    processors_request_stop(m);
}
/* "tick 5, f000:e05b" */
void board_where(const struct machine *m, char *text, size_t size);

/* devices/board/pci.c */
bool pci_wanted(const struct machine *m);
void pci_init(struct machine *m);
bool pci_build(struct machine *m, struct error *err);    /* functions and ports */
bool pci_add_ata(struct machine *m, unsigned channel, const struct port_range *command, const struct port_range *control, struct error *err);
void pci_reset(struct machine *m);
void pci_derive(struct machine *m);                      /* its state is that of another moment: what is decoded where */

/* devices/board/power.c: the PIIX4's power management function, and what is on its SMBus */
void power_init(struct machine *m);
bool power_build(struct machine *m, struct error *err);
void power_place(struct machine *m);                     /* its configuration has changed */
void power_reset(struct machine *m);
bool power_request(const struct machine *m, unsigned irq);               /* the SMBus controller asks for it */
void power_apm_written(void *board, bool smi);           /* APMC was; the ISA bridge asks for SMI already */
void power_smm_changed(void *board, unsigned processor, bool smm);

/* devices/board/usb.c: the host controller and what is plugged in */
void usb_init(struct machine *m);
const char *usb_port_name(unsigned port);                /* "usb.port1" */
void usb_attach_disk(struct machine *m, unsigned port, struct disk_image *image);
bool usb_build(struct machine *m, struct error *err);
void usb_place(struct machine *m);                       /* its configuration has changed */
void usb_reset(struct machine *m);
void usb_each_part(struct machine *m, void (*add)(struct machine *m, const char *name, const struct state_layout *layout, void *instance));
bool usb_takes_key(struct machine *m, u8 usage, bool down);              /* false: no keyboard of its that a driver has set up */
bool usb_takes_movement(struct machine *m, int dx, int dy, int dz, unsigned buttons);
bool usb_has_tablet(struct machine *m);            /* that a driver has set up */
bool usb_takes_point(struct machine *m, unsigned x, unsigned y, int dz, unsigned buttons);

/* devices/board/processors.c */
bool processors_build(struct machine *m, const struct cpu_bus *bus, struct error *err);
void processors_free(struct machine *m);
void processors_reset(struct machine *m);
struct cpu *processors_running(const struct machine *m);                 /* the one whose turn it is */
enum cpu_stop processors_run(struct machine *m, u64 end);                /* cpu_run by turns, at most to `end` */
bool processors_halted_for_good(const struct machine *m);
/* A message to all that it is for but number `except`.  False: nobody accepts it. */
bool processors_send(void *board, const struct cpu_message *message, unsigned except);
void processors_init_line(struct machine *m);                            /* INIT# of all: the guest resets them */
void processors_memory_changed(struct machine *m);

/* devices/board/apic.c: I/O APIC, HPET, and messages to local APICs */
void board_apic_init(struct machine *m);
void board_apic_reset(struct machine *m);
void board_apic_request(struct machine *m, unsigned irq, bool level);          /* a request of the ISA bus */
void board_apic_intr(struct machine *m, bool level);                           /* the 8259A's */
bool board_apic_replaces(const struct machine *m, unsigned irq, bool *level);  /* HPET drives this request in its chip's place */
bool board_apic_read(struct machine *m, u64 pa, unsigned size, u64 *value);       /* false: not here */
bool board_apic_write(struct machine *m, u64 pa, unsigned size, u64 value);
void board_apic_end_of_interrupt(void *board, u8 vector);

/* devices/board/isa_at.c */
void board_request_changed(struct machine *m, unsigned irq);             /* a line that asks for it has changed */
bool board_build(struct machine *m, struct error *err);
bool board_load_cmos(struct machine *m, struct error *err);              /* from the image that its configuration names, if it names one */
void board_reset(struct machine *m);
void board_stop(struct machine *m, enum machine_stop_kind kind, int code, const char *format, ...) __attribute__((format(printf, 4, 5)));
void board_pause(struct machine *m, const char *sentence);                  /* until the next machine_run */

#endif
