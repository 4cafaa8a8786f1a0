#ifndef ORRERY_DEBUGGER_WHY_NOT_H
#define ORRERY_DEBUGGER_WHY_NOT_H
/* Why an interrupt does not arrive: its way from the line to the handler, station by station.         doc: debugger */
#include "devices/machine.h"

/* The way of IRQ 0 to 15, by the 8259As and by the I/O APIC where there is one. */
bool why_not_irq(struct machine *m, unsigned irq, struct error *err);
/* Of every IRQ that a device asks for now; false with a message when none does. */
bool why_not_any(struct machine *m, struct error *err);

#endif
