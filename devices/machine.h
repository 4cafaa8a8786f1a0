#ifndef ORRERY_MACHINE_H
#define ORRERY_MACHINE_H
/* A PC in your hand.  The public door of liborrery.a:                                       doc: machine
 *
 *     struct machine_config config;  struct error err = { 0 };
 *     machine_config_defaults(&config);
 *     struct machine *m = machine_create(&config, &err);
 *     struct machine_stop stop = machine_run(m, 1000000);
 *     printf("%s at tick %llu\n", stop.text, (unsigned long long)machine_tick(m));
 *     machine_destroy(m);
 *
 * All functions are called from one thread, the machine's. */
#include "cpu/cpu.h"
#include "devices/machine_config.h"

struct machine;

struct machine *machine_create(const struct machine_config *config, struct error *err);   /* NULL: err says why */
void machine_destroy(struct machine *machine);
void machine_reset(struct machine *machine);             /* the reset button */

enum machine_stop_kind {
    MACHINE_TICKS,               /* the ticks asked for have run */
    MACHINE_BREAK,               /* a place of cpu_set_breaks */
    MACHINE_REQUEST,             /* machine_request_stop */
    MACHINE_PAUSED,              /* the host's disk is full or fails: the next machine_run tries again, and the guest has noticed nothing */
    MACHINE_POWER_OFF,           /* the guest switched off: port 8900h "Shutdown" */
    MACHINE_EXIT,                /* debug exit port 0f4h: code is the exit status (V << 1) | 1 */
    MACHINE_TRIPLE_FAULT,
    MACHINE_HALTED_FOREVER,      /* HLT with interrupts off (and no NMI that could come) */
    MACHINE_WILD,                /* execution went into memory that was never written, or where there is none */
    MACHINE_FAULT_LOOP,          /* nothing but faults for a long time */
    MACHINE_PANIC,               /* the machine cannot go on: a disk failed, ... */
    MACHINE_GONE,                /* machine_migrate: another process has it */
    MACHINE_LIMIT                /* the guest has reached one of the configuration's limits */
};

struct machine_stop {
    enum machine_stop_kind kind;
    int code;
    char text[512];              /* one line: what, where (tick, CS:RIP) and why */
};

/* Runs at most `ticks` ticks.  A stop of a frozen kind (TRIPLE_FAULT .. PANIC) is returned again at every further call
 * until machine_reset. */
struct machine_stop machine_run(struct machine *machine, u64 ticks);
void machine_request_stop(struct machine *machine);      /* from a call-out */
/* While another thread says true there, machine_run ends early, with MACHINE_TICKS, behind the next access to a device: a single one may take long, and many a
 * long time.  NULL: nobody is in a hurry. */
void machine_hurry_by(struct machine *machine, const _Atomic bool *hurry);

u64 machine_tick(const struct machine *machine);
u64 machine_ips(const struct machine *machine);          /* ticks a virtual second */
u64 machine_hash(struct machine *machine);               /* XXH3-64 of all state: processor, RAM, devices, disks' overlays */
const struct machine_config *machine_configuration(const struct machine *machine);
struct cpu *machine_cpu(struct machine *machine);        /* view, watch, set_register: see cpu/cpu.h; the chosen one, or whose turn it is */
unsigned machine_processors(const struct machine *machine);
struct cpu *machine_processor(struct machine *machine, unsigned n);
/* Which one machine_cpu gives from now on; machine_processors() or more: the one whose turn it is. */
void machine_choose_processor(struct machine *machine, unsigned n);

/* --- input from outside: stamped with the tick and put in the journal before it acts --- */

/* A key by its USB HID usage number (page 07h: 4 = A, 28h = Enter, 0E0h = left Ctrl): that of the key's place. */
void machine_key(struct machine *machine, u8 usage, bool down);
/* Movement since the last call: dy growing downwards, dz clicks of the wheel towards the person; buttons: bit 0 left, 1 right, 2 middle, 3 and 4 the
 * outer ones. */
void machine_mouse(struct machine *machine, int dx, int dy, int dz, unsigned buttons);
/* Joystick n (0 or 1) of the game port: axes 0 to 255, buttons in bits 0 and 1. */
void machine_joystick(struct machine *machine, unsigned n, unsigned x, unsigned y, unsigned buttons);
/* Where a tablet points: x and y from 0 to 32767, from the upper left corner of the screen; dz and buttons as above.  Without a tablet nothing. */
void machine_point(struct machine *machine, unsigned x, unsigned y, int dz, unsigned buttons);
bool machine_points(struct machine *machine);      /* it has one, and a driver that uses it */
/* Types text as key presses on a US keyboard, or that of keyboard: keymap=, paste_delay apart; false when a character has no key. */
bool machine_type(struct machine *machine, const char *text);
bool machine_typing(const struct machine *machine);      /* keys of machine_type still wait */
/* Bytes that arrive at serial port n (0..3), a character time apart; how many were taken. */
size_t machine_serial_send(struct machine *machine, unsigned n, const void *bytes, size_t size);
bool machine_floppy_insert(struct machine *machine, unsigned drive, const char *path, bool write_protected, struct error *err);
void machine_floppy_eject(struct machine *machine, unsigned drive);
/* CD-ROM drives by channel (0, 1) and unit (0 master, 1 slave); false when there is none, or the image is none. */
bool machine_cd_insert(struct machine *machine, unsigned channel, unsigned unit, const char *path, struct error *err);
void machine_cd_eject(struct machine *machine, unsigned channel, unsigned unit);

/* --- the journal: everything that came in, for another run of the same machine --- */

/* Writes all input of a machine that has not run yet, or that is what the file `snapshot` says, to a new file, after `config`, the directives it was
 * built from, a line each. machine_destroy ends the file with the machine's hash.  False: err says why. */
bool machine_record(struct machine *machine, const char *path, const char *config, const char *snapshot, struct error *err);
/* The directives in a journal. */
bool machine_journal_config(const char *path, void (*take)(void *context, const char *directive), void *context, struct error *err);
/* Input comes from the journal from now on, that of the host is ignored.  Images must be what they were. */
bool machine_replay(struct machine *machine, const char *path, u64 *end_tick, struct error *err);
/* At end_tick: the state is the recorded one. */
bool machine_replay_agrees(struct machine *machine, u64 *recorded, u64 *got);

/* --- time travel: the machine at ticks that have passed                                     doc: time-travel --- */

/* From now on the machine can go back to where it has been; what that takes stays within limit_bytes, as far as it can.  Between runs. */
bool machine_keep_history(struct machine *machine, u64 limit_bytes, struct error *err);
void machine_forget_history(struct machine *machine);    /* it comes to its present first */
struct machine_history {
    u64 first, present;          /* ticks it can be at */
    u64 bytes, limit_bytes;
    unsigned checkpoints;
    bool in_past;                /* input from outside is ignored, nothing goes out */
};
bool machine_history(const struct machine *machine, struct machine_history *history);    /* false: none is kept */
/* To any tick from first to present.  A machine in the past that runs comes by everything again, and at its present goes on as ever. */
bool machine_go_to(struct machine *machine, u64 tick, struct error *err);
/* The past is the present from now on: what came after it has never been.  Disks and the recorded journal become what they were.  A replay ends, and
 * input from outside counts. */
bool machine_take_over(struct machine *machine, struct error *err);
/* The last checkpoint before a tick: where a search begins that goes backwards piece by piece; all ones: there is none. */
u64 machine_checkpoint_before(const struct machine *machine, u64 tick);

/* --- snapshots: a machine in a file                                                        doc: snapshots --- */

struct snapshot_progress {
    void (*tell)(void *context, u64 done, u64 all);          /* NULL: nobody wants to know */
    void *context;
};
/* All of it, between runs, after `config`, the directives that it was built from, a line each.  A file that is there is replaced with `force` alone, and
 * then at once: nobody ever sees half of one. */
bool machine_save(struct machine *machine, const char *path, const char *config, bool force, const struct snapshot_progress *progress, struct error *err);
/* The directives in a snapshot. */
bool machine_snapshot_config(const char *path, void (*take)(void *context, const char *directive), void *context, struct error *err);
/* The machine becomes what it was: one of the same configuration, with the same images.  False: err says what does not fit, and nothing has changed. */
bool machine_restore(struct machine *machine, const char *path, struct error *err);

/* --- to another process of this host, over a Unix socket "unix:PATH"                        doc: migration --- */

struct machine_passage {
    struct machine_stop (*run)(void *context, u64 ticks);        /* machine_run, with whatever has to be done besides; MACHINE_REQUEST calls it off */
    void (*tell)(void *context, unsigned round, u64 done, u64 all);      /* pages; NULL: nobody wants to know */
    void *context;
    u64 bytes, longest_ns, pause_ns;     /* out: what was sent; how long the machine stood at most while it was sent, and at the end */
    unsigned rounds;
};
/* The machine goes to the process that waits there, and runs on until little of it is left to be sent.  `config`: as for machine_save.  False: err says why
 * not; the machine is here as ever.  True: the other process has it with its disks, and here it is frozen. */
bool machine_migrate(struct machine *machine, const char *address, const char *config, struct machine_passage *passage, struct error *err);

/* The process that waits there becomes the second of two: it follows, and when this one is killed it is the machine.  What the guest writes waits in memory
 * until the second has come as far; a flush waits for that. */
struct machine_mirroring {
    void (*lost)(void *context, const char *sentence);           /* the second is gone, and why: this one goes on alone */
    void *context;
    u64 check_ns;                        /* of the host's time between two comparisons of all state; 0: none */
};
bool machine_mirror(struct machine *machine, const char *address, const char *config, struct machine_passage *passage, const struct machine_mirroring *how, struct error *err);
bool machine_is_mirrored(const struct machine *machine);
void machine_end_mirror(struct machine *machine);        /* in order: the second ends too, and everything is in the files */

/* The waiting side: first words of whoever comes; the directives of its machine; what a configuration takes of it besides; the machine itself, into one
 * that was created so and has not run. */
struct arrival;
struct arrival *machine_await(const char *address, struct error *err);
void arrival_config(const struct arrival *arrival, void (*take)(void *context, const char *directive), void *context);
void arrival_furnish(const struct arrival *arrival, struct machine_config *config);
void arrival_refuse(struct arrival *arrival, const struct error *err);   /* the machine could not be created: the other side hears why */
struct machine_arrival {
    void (*tell)(void *context, const char *sentence);           /* what happens to a mirror; NULL: nobody wants to know */
    void *context;
    u64 tick;                            /* out: that of the machine */
    bool mirrors, ended;                 /* out: it was a mirror; the first has ended in order, and there is nothing to go on with */
};
bool machine_arrive(struct machine *machine, struct arrival *arrival, struct machine_arrival *how, struct error *err);
void arrival_free(struct arrival *arrival);              /* after the machine; NULL is allowed */

/* --- one of several machines that come from one state: a process each                     doc: clones --- */

/* False: err says what the host has once, and cannot be each one's. */
bool machine_may_be_cloned(struct machine *machine, struct error *err);
/* Before they are made: disks are flushed, and when they are to be recorded what their journals say of images is worked out once.  snapshot: with which
 * they begin; NULL: at power-on. */
bool machine_before_clones(struct machine *machine, bool recorded, const char *snapshot, struct error *err);
/* In the process of a clone: what it writes to disks stays in its memory, nothing goes out or comes in, it is not recorded, has no past, and is never
 * destroyed: the process ends.  The machine that it comes from keeps files, lines, cables and sound. */
bool machine_leave_host(struct machine *machine, struct error *err);
/* Its random numbers and the addresses of its network cards are its own from now on. */
void machine_become_clone(struct machine *machine, unsigned number);
unsigned machine_clone_number(const struct machine *machine);    /* 0: it is none */
/* The recorded journal is ended, with the machine's hash. */
void machine_end_recording(struct machine *machine);

/* What a person should know about the media: "floppya: path=...: cannot be written ...", a line each; "" = nothing. */
void machine_notices(struct machine *machine, char *text, size_t size);

/* --- seeing --- */

/* The picture as it stands: devices/chip/vga_picture.h says what a picture and a frame are.  Brings `picture` up to date; false when
 * it was. */
struct vga_picture;
bool machine_take_picture(struct machine *machine, struct vga_picture *picture);
/* The same, drawn. */
struct vga_frame;
void machine_picture(struct machine *machine, struct vga_frame *frame);
/* The screen's text as UTF-8 lines ended by '\n', trailing blanks cut; "" in a graphics mode. */
size_t machine_screen_text(struct machine *machine, char *text, size_t size);
/* What a UART (n = 0..3) or port E9 (n = MACHINE_E9) has sent so far: at most the last 64 KiB. */
enum { MACHINE_E9 = 4 };
size_t machine_serial_text(struct machine *machine, unsigned n, char *text, size_t size);

/* Who else gets the bytes that the guest writes to port E9, as they come; called from within machine_run. */
void machine_on_e9(struct machine *machine, void (*put)(void *context, u8 byte), void *context);

/* Who hears the machine: frames of two samples, left and right, 48000 a virtual second while there is something to hear; called from within
 * machine_run. */
void machine_on_sound(struct machine *machine, void (*put)(void *context, const s16 *frames, unsigned count), void *context);

/* Memory without side effects; bytes that no RAM or ROM backs read as 0xff. Count of bytes that were backed. */
size_t machine_peek(struct machine *machine, u64 pa, void *bytes, size_t size);
size_t machine_peek_linear(struct machine *machine, u64 la, void *bytes, size_t size);   /* stops at an unmapped page */
bool machine_set_register(struct machine *machine, unsigned processor, const char *name, u64 value, struct error *err);  /* cpu_set_register */
void machine_load_float(struct machine *machine, unsigned processor, const u8 area[CPU_FLOAT_BYTES]);          /* cpu_load_float */
size_t machine_poke(struct machine *machine, u64 pa, const void *bytes, size_t size);    /* changes the guest */

/* Parts with state, for `info device`: names by index (NULL past the end), and one part's fields as text. */
const char *machine_device_name(const struct machine *machine, unsigned index);
const struct state_layout *machine_device_state(const struct machine *machine, const char *name, const void **instance);

#endif
