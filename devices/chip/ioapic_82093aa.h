#ifndef ORRERY_CHIP_IOAPIC_82093AA_H
#define ORRERY_CHIP_IOAPIC_82093AA_H
#include "cpu/base/state.h"
#include "cpu/cpu.h"

enum { IOAPIC_PINS = 24 };

#define IOAPIC_82093AA_STATE(ONE, MANY) \
    /*    type  name             unit   min         max  meaning                                                     */ \
    ONE (u8,   index,            "",      0,       0xff, "IOREGSEL: the register that IOWIN shows")                     \
    ONE (u8,   id,               "",      0,         15, "IOAPICID[27:24]")                                             \
    ONE (u32,  pins,             "bits",  0,   0xffffff, "levels of INTIN0..23 as they stand")                          \
    MANY(u64,  entry, IOAPIC_PINS, "bits", 0, UINT64_MAX, "IOREDTBL: vector, delivery, destination, mask; 14 remote IRR") \
    ONE (u32,  waiting,          "bits",  0,   0xffffff, "edges that have come and that no local APIC has accepted yet")

struct ioapic_82093aa {
    STATE_MEMBERS(IOAPIC_82093AA_STATE)
    void *board;
    bool (*send)(void *board, const struct cpu_message *message);        /* false: nobody accepts it */
};

extern const struct state_layout ioapic_82093aa_state;

void ioapic_82093aa_init(struct ioapic_82093aa *a, void *board, bool (*send)(void *board, const struct cpu_message *message));
void ioapic_82093aa_reset(struct ioapic_82093aa *a);
u32 ioapic_82093aa_read(struct ioapic_82093aa *a, unsigned at);          /* at: byte offset; 0 IOREGSEL, 10h IOWIN */
void ioapic_82093aa_write(struct ioapic_82093aa *a, unsigned at, u32 value);
void ioapic_82093aa_set_pin(struct ioapic_82093aa *a, unsigned pin, bool level);
void ioapic_82093aa_end_of_interrupt(struct ioapic_82093aa *a, u8 vector);
const char *ioapic_82093aa_invariant(const struct ioapic_82093aa *a);

#endif
