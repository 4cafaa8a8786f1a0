#ifndef ORRERY_MACHINE_CONFIG_H
#define ORRERY_MACHINE_CONFIG_H
/* Everything a machine is built from, as plain data: bochsrc and command line end here.     doc: configuration */
#include "cpu/base/types.h"

#define DEMO_DISK "builtin:demo"         /* path of the floppy that comes with the machine */

enum { CONFIG_PATH = 1024, CONFIG_ROMS = 5, CONFIG_FLOPPIES = 2, CONFIG_ATA_CHANNELS = 2, CONFIG_COMS = 4,
       CONFIG_PARALLELS = 2, CONFIG_MODULES = 8, CONFIG_SLOTS = 5, CONFIG_NICS = 4, CONFIG_USB_PORTS = 2, CONFIG_SYMBOLS = 16 };

struct rom_config {
    char path[CONFIG_PATH];      /* "" = the built-in one */
    u32 address;                 /* 0 = by size, ending at 1 MiB (and below 4 GiB) for the system ROM */
};

/* Drive types are CMOS codes of register 10h: 0 none, 1 360 K, 2 1.2 M, 3 720 K, 4 1.44 M, 5 2.88 M. */
struct floppy_config {
    u8 drive_type;               /* 0 with a path: chosen by the image's size */
    char path[CONFIG_PATH];      /* "" = no medium; "builtin:demo" = the demo disk */
    bool inserted, write_protected;
};

enum ata_device_type { ATA_NONE, ATA_DISK, ATA_CDROM };
/* Forms of a disk's image: see image_kinds.c. */
enum disk_mode { DISK_FLAT, DISK_CONCAT, DISK_SPARSE, DISK_GROWING, DISK_UNDOABLE, DISK_OVERLAY, DISK_VOLATILE, DISK_VVFAT,
                 DISK_QCOW2, DISK_VMWARE3, DISK_VMWARE4, DISK_VBOX, DISK_VPC, DISK_VHDX, DISK_NBD };
/* By another program, over a connection. */
static inline bool disk_mode_is_served(enum disk_mode mode) { return mode >= DISK_QCOW2 && mode <= DISK_NBD; }
enum disk_translation { TRANSLATION_AUTO, TRANSLATION_NONE, TRANSLATION_LBA, TRANSLATION_LARGE, TRANSLATION_RECHS };

struct ata_device_config {
    enum ata_device_type type;
    char path[CONFIG_PATH];
    u32 cylinders, heads, sectors;     /* 0 = from the image's size */
    enum disk_translation translation;
    bool inserted;               /* CD-ROM medium */
    enum disk_mode mode;
    char writeback[CONFIG_PATH]; /* folder for what the guest changes of mode=vvfat; "" = it is forgotten */
    char journal[CONFIG_PATH];   /* redolog of mode=undoable; "" = beside the image */
    char model[41];              /* "" = one of ours */
};

struct ata_channel_config {
    bool enabled;
    u16 ioaddr1, ioaddr2;
    u8 irq;
    struct ata_device_config device[2];
};

enum com_mode { COM_NULL, COM_FILE, COM_TERM, COM_SOCKET_CLIENT, COM_SOCKET_SERVER, COM_PIPE_CLIENT, COM_PIPE_SERVER, COM_MOUSE };
struct com_config {
    bool enabled;
    enum com_mode mode;
    char path[CONFIG_PATH];      /* dev= */
};

/* A kernel that starts without a disk: Linux, or Multiboot with modules.                    doc: kernel */
struct kernel_config {
    char path[CONFIG_PATH];      /* "" = none: the boot order decides */
    char initrd[CONFIG_PATH], cmdline[CONFIG_PATH];
    struct { char path[CONFIG_PATH], cmdline[CONFIG_PATH]; } module[CONFIG_MODULES];
};

/* What a network card's cable leads to. */
enum network_kind { NETWORK_NULL, NETWORK_VNET, NETWORK_PASST, NETWORK_LAN, NETWORK_TAP, NETWORK_REPLAY };
struct nic_config {
    bool present, is_pci;
    u16 ioaddr;                  /* of an ISA card */
    u8 irq;
    u8 mac[6];                   /* all 0: one that the card's number makes */
    enum network_kind ethmod;
    char ethdev[CONFIG_PATH];    /* folder, socket or interface, as ethmod wants it */
    char bootfile[128];          /* vnet: what DHCP names for booting */
    char pcap[CONFIG_PATH];      /* "" = frames are not written down */
};

/* Where sound goes: to who shows the machine, to a WAV file, or nowhere.                    doc: sound */
enum sound_driver { SOUND_SHOWN, SOUND_FILE, SOUND_DUMMY };
struct sound_config {
    enum sound_driver wave;
    char wave_file[CONFIG_PATH]; /* of SOUND_FILE */
};

/* Where a card's sound goes: nowhere, where all sound goes, or to a file of its own. */
enum card_wave { CARD_WAVE_NONE, CARD_WAVE_SHARED, CARD_WAVE_FILE };
enum card_midi { CARD_MIDI_NONE, CARD_MIDI_FILE, CARD_MIDI_RAW };        /* a standard MIDI file, or the bytes alone */
struct card_config {
    bool enabled;
    enum card_wave wave;
    char wave_file[CONFIG_PATH]; /* of CARD_WAVE_FILE */
    enum card_midi midi;
    char midi_file[CONFIG_PATH];
};

struct speaker_config {
    bool enabled;
    u8 volume;                   /* 0 to 15 */
};

/* What is plugged into a USB port. */
enum usb_kind_config { CONFIG_USB_NONE, CONFIG_USB_KEYBOARD, CONFIG_USB_MOUSE, CONFIG_USB_TABLET, CONFIG_USB_DISK };
struct usb_port_config {
    enum usb_kind_config kind;
    char path[CONFIG_PATH];      /* of a disk's image */
    enum disk_mode mode;
    bool read_only;
};
struct usb_config {
    bool enabled;
    struct usb_port_config port[CONFIG_USB_PORTS];
};

/* i440FX and PIIX3 for Pentiums and later ones, unless the configuration says. */
enum pci_choice { PCI_BY_MODEL, PCI_OFF, PCI_ON };

enum boot_device { BOOT_NONE, BOOT_FLOPPY, BOOT_DISK, BOOT_CDROM, BOOT_NETWORK };
/* Pace of a machine that is shown; one that nobody looks at runs as fast as it can. */
enum clock_sync { SYNC_NONE, SYNC_REALTIME, SYNC_SLOWDOWN, SYNC_BOTH };

/* Where movement goes.  A serial mouse is on the first port with COM_MOUSE. */
enum mouse_type { MOUSE_TYPE_NONE, MOUSE_TYPE_PS2, MOUSE_TYPE_IMPS2, MOUSE_TYPE_SERIAL, MOUSE_TYPE_SERIAL_WHEEL, MOUSE_TYPE_SERIAL_MSYS };

enum vga_extension { VGA_NONE, VGA_VBE, VGA_CIRRUS };
struct vga_config {
    enum vga_extension extension;
    u32 memory_mib;              /* of an adapter with an extension: 4, 8, 16 or 32 */
    bool ddc;                    /* the monitor tells its modes */
    u16 preferred_width, preferred_height;   /* the mode that it likes best */
    u8 update_hz;                /* pictures a second of a machine that is shown */
};

/* A file with names of the guest's program, or where its sources are. */
struct symbol_config {
    char path[CONFIG_PATH], source[CONFIG_PATH];
    u64 base;                    /* added to its addresses */
};

/* Where a gdb may come from. */
enum gdbstub_arch { GDBSTUB_AUTO, GDBSTUB_I8086, GDBSTUB_I386, GDBSTUB_X86_64 };
struct gdbstub_config {
    bool enabled;
    bool wait;                   /* the machine begins when one has come */
    u16 port;                    /* of the loopback interface; 0: none */
    char socket[CONFIG_PATH];    /* a Unix socket; "": none */
    u8 arch;                     /* enum gdbstub_arch: what it is told the processor to be */
    u64 text_base, data_base, bss_base;      /* how far its program was moved */
};

/* Whether the past is kept. */
enum time_travel_mode { TIME_TRAVEL_AUTO, TIME_TRAVEL_OFF, TIME_TRAVEL_ON };
struct time_travel_config {
    u8 mode;                     /* enum time_travel_mode; AUTO: for whoever sits at a prompt, and for gdb */
    u32 memory_mib;
};

/* What varies by a seed, so that races show; all off: nothing does.                          doc: perturb */
enum perturb_choice { PERTURB_USUAL, PERTURB_RANDOM };
struct perturb_config {
    u64 seed;
    u32 timer_ticks;             /* an interrupt reaches the processor so many ticks late at most */
    u32 completion_percent;      /* disks, DMA and frames take so much more or less time at most */
    u8 ram, undefined;           /* enum perturb_choice: memory at power-on is not 0, undefined flags and results are not the model's */
};
static inline bool perturb_wanted(const struct perturb_config *p) { return p->timer_ticks || p->completion_percent || p->ram || p->undefined; }

/* What a guest may put on the host; 0: as much as it wants. */
enum host_limit { LIMIT_SERIAL, LIMIT_DEBUG, LIMIT_NETWORK, LIMIT_LOG, HOST_LIMITS };
struct limits_config {
    u64 bytes[HOST_LIMITS], rate[HOST_LIMITS];   /* in all, and a virtual second */
    u64 overlay;                 /* bytes that the image of a disk may grow by */
    u32 resets;                  /* one after the other */
};

/* How far the machine's process is locked down: devices/host/sandbox.h. */
struct sandbox_config {
    u8 level;                    /* enum sandbox_level */
    bool asked;                  /* somebody said it */
    char allow[4 * CONFIG_PATH]; /* paths and addresses that may be opened besides, a line each */
    char beside[CONFIG_PATH];    /* a file that goes with a journal and may be read; "" none */
};

/* AUTO is for who runs the machine to decide: it is reset unless somebody asks for a stop (gui/debugger/triple_fault.c). */
enum triple_fault_choice { TRIPLE_FAULT_FREEZES, TRIPLE_FAULT_RESETS, TRIPLE_FAULT_AUTO };

struct machine_config {
    char cpu_model[32];          /* "" = default */
    char cpu_add_features[256], cpu_exclude_features[256];   /* flags of orrery --help cpu */
    u32 cpu_count;               /* processors, 1 to 8 */
    u32 cpu_quantum;             /* ticks of a processor's turn while there are others that run */
    u64 ips;                     /* ticks a virtual second, 1 M at least */
    u8 reset_on_triple_fault;    /* enum triple_fault_choice */
    u64 rdrand_seed;             /* of the numbers that RDRAND and RDSEED give */
    bool cpu_exact;              /* without the fast instance */
    struct perturb_config perturb;
    u64 memory_bytes;            /* multiple of 1 MiB, 1 MiB .. 3 GiB */
    enum pci_choice pci;
    char slot[CONFIG_SLOTS][16];  /* name of the card in each PCI slot, "" none */
    struct vga_config vga;
    bool no_hpet;                /* pci: advopts=nohpet */
    struct rom_config system_rom, vga_rom, option_rom[4];
    bool volatile_media;         /* writes to disks and floppies stay in memory, whatever their own setting */
    struct floppy_config floppy[CONFIG_FLOPPIES];
    struct ata_channel_config ata[CONFIG_ATA_CHANNELS];
    enum boot_device boot[3];
    struct kernel_config kernel;
    bool floppy_bootsig_check_disabled;
    struct com_config com[CONFIG_COMS];
    char parallel[CONFIG_PARALLELS][CONFIG_PATH];   /* "" = port absent */
    bool port_e9;                /* port_e9_hack */
    char magic_break[32];        /* "1", and registers: for the debugger */
    struct usb_config usb;
    struct nic_config ne2k[CONFIG_NICS], e1000[CONFIG_NICS];
    struct sound_config sound;
    struct speaker_config speaker;
    bool gameport;
    u8 gameport_sticks;          /* 0 to 2 */
    struct card_config sb16, es1370;
    bool adlib;                  /* an FM synthesizer alone */
    s64 time0;                   /* start date, seconds since 1970-01-01 UTC as the RTC shows it */
    enum clock_sync sync;
    char cmos_image[CONFIG_PATH];
    bool cmos_image_rtc;         /* rtc_init=image */
    enum mouse_type mouse;
    u8 keyboard_type;            /* 0 xt, 1 at, 2 mf */
    u32 keyboard_serial_delay_us, keyboard_paste_delay_us;
    char keymap[CONFIG_PATH];    /* layout of typed text; "" = US */
    struct limits_config limits;
    /* the host's side: nothing of it reaches the guest */
    const struct image_heritage *heritage;       /* files of images that another process has given; NULL: none */
    struct lan_seat *seat;       /* in a LAN between machines of this process; NULL: ethmod=lan is a hub's */
    char display[16];            /* "" = the one that fits; window, terminal, headless */
    char log_path[CONFIG_PATH], log_prefix[32];
    struct symbol_config symbols[CONFIG_SYMBOLS];
    u32 symbol_files;
    struct gdbstub_config gdbstub;
    struct time_travel_config time_travel;
    struct sandbox_config sandbox;
    char debugger_log[CONFIG_PATH];          /* what it prints goes there too; "" nowhere */
    bool debugger_panes;         /* the window opens with the debugger beside the screen, and the machine stands */
};

/* A machine that runs: the defaults of bochsrc.sample. */
void machine_config_defaults(struct machine_config *config);

#endif
