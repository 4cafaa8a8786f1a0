/* 8042 keyboard controller, as programmed for the AT.                           doc: kbc
 *   data     read: output buffer                 write: to the keyboard, or the parameter of a command
 *   command  read: status PERR TO AUX KEYL A2 SYS IBF OBF       write: 20-3F read, 60-7F RAM, A7-A9 aux, AA self-test,
 *            AB interface test, AD/AE keyboard off/on, C0 P1, D0/D1 P2, D2 loop to output, FE reset
 *            D3/D4 loop and send to aux, DD/DF A20 off/on, E0 T inputs, F0-FF pulse P2
 * Source: IBM PC AT Technical Reference, "Keyboard Controller"; IBM PS/2 Hardware Interface Technical Reference. */
#include "devices/chip/kbc_8042.h"

enum { COMMAND_INT = 1, COMMAND_INT_AUX = 2, COMMAND_SYS = 4, COMMAND_DISABLE = 0x10, COMMAND_DISABLE_AUX = 0x20, COMMAND_XLAT = 0x40,
       P2_RESET = 1, P2_A20 = 2,
       STATUS_OBF = 1, STATUS_SYS = 4, STATUS_A2 = 8, STATUS_KEYL = 16, STATUS_AUX = 32, P1_INPUT = 0xb0 };

#define STATE_OWNER struct kbc_8042
STATE_LAYOUT_OF(kbc_8042_state, "kbc_8042", KBC_8042_STATE, kbc_8042_invariant);

/* Set 2 to set 1, IBM PC AT Technical Reference, "Keyboard Scan-Code Translation". */
static const u8 translation[] = {
    0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59, 0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10,
    0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b, 0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21,
    0x14, 0x13, 0x06, 0x5d, 0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f, 0x6b, 0x33,
    0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61, 0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e,
    0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76, 0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e,
    0x7f, 0x6f, 0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54, 0x80, 0x81, 0x82, 0x41, 0x54,
};

static void update_lines(struct kbc_8042 *k)
{
    line_set(k->irq_keyboard, k->output_full && !k->output_aux && k->command_byte & COMMAND_INT);
    line_set(k->irq_aux, k->output_full && k->output_aux && k->command_byte & COMMAND_INT_AUX);
    line_set(k->a20, k->output_port & P2_A20);
    line_set(k->reset_cpu, !(k->output_port & P2_RESET));
}

static bool may_send(const struct kbc_8042 *k, const struct kbc_8042_device *d, u8 disabled)
{
    return d->device && !(k->command_byte & disabled) && d->waiting(d->device);
}

/* A device's clock is held low while it is disabled or the last byte waits; else its next byte starts. */
static void listen(struct kbc_8042 *k)
{
    bool wanted = may_send(k, &k->keyboard, COMMAND_DISABLE) || may_send(k, &k->aux, COMMAND_DISABLE_AUX);
    if (wanted && !k->output_full && k->serial.at == NEVER) clock_at(k->clock, &k->serial, clock_now(k->clock) + k->serial_ticks);
}

static void put_output(struct kbc_8042 *k, u8 value)
{
    k->output = value;
    k->output_full = true;
    k->output_aux = false;
    update_lines(k);
}

static void put_aux(struct kbc_8042 *k, u8 value)
{
    k->output = value;
    k->output_full = k->output_aux = true;
    update_lines(k);
}

static bool translated(struct kbc_8042 *k, u8 *byte)
{
    if (!(k->command_byte & COMMAND_XLAT)) return true;
    if (*byte == 0xf0) {
        k->break_seen = true;
        return false;
    }
    u8 code = *byte < sizeof translation ? translation[*byte] : *byte;
    *byte = k->break_seen ? code | 0x80 : code;
    k->break_seen = false;
    return true;
}

static void on_serial(void *owner)
{
    struct kbc_8042 *k = owner;
    u8 byte;

    if (k->output_full) return;                      /* listen() starts over when it may */
    if (may_send(k, &k->keyboard, COMMAND_DISABLE)) {
        if (k->keyboard.send(k->keyboard.device, &byte) && translated(k, &byte)) put_output(k, byte);
    } else if (may_send(k, &k->aux, COMMAND_DISABLE_AUX) && k->aux.send(k->aux.device, &byte)) {
        put_aux(k, byte);
    }
    listen(k);
}

void kbc_8042_device_ready(void *chip) { listen(chip); }

void kbc_8042_follow_a20(struct kbc_8042 *k, bool level)
{
    k->output_port = (u8)((k->output_port & ~P2_A20) | (level ? P2_A20 : 0));
    update_lines(k);
}

void kbc_8042_init(struct kbc_8042 *k, struct clock *clock)
{
    k->clock = clock;
    clock_add(clock, &k->serial, on_serial, k);
    kbc_8042_reset(k);
}

void kbc_8042_reset(struct kbc_8042 *k)
{
    k->command_byte = COMMAND_XLAT | COMMAND_DISABLE | COMMAND_DISABLE_AUX;
    k->output_full = k->output_aux = k->last_command = k->break_seen = false;
    k->command = k->output = 0;
    k->output_port = 0xdd | P2_A20 | P2_RESET;
    clock_cancel(k->clock, &k->serial);
    update_lines(k);
}

u8 kbc_8042_data_read(void *chip, unsigned reg)
{
    struct kbc_8042 *k = chip;
    (void)reg;
    k->output_full = false;
    update_lines(k);
    listen(k);
    return k->output;
}

u8 kbc_8042_status_read(void *chip, unsigned reg)
{
    const struct kbc_8042 *k = chip;
    (void)reg;
    return (u8)((k->output_full ? STATUS_OBF : 0) | (k->command_byte & COMMAND_SYS ? STATUS_SYS : 0) | (k->last_command ? STATUS_A2 : 0) |
                (k->output_full && k->output_aux ? STATUS_AUX : 0) | STATUS_KEYL);
}

bool kbc_8042_status_steady(const void *chip, unsigned reg)
{
    (void)chip, (void)reg;
    return true;
}

static void parameter(struct kbc_8042 *k, u8 command, u8 value)
{
    if (command == 0x60) k->command_byte = value;
    else if (command > 0x60 && command < 0x80) k->ram[command & 31] = value;
    else if (command == 0xd1) k->output_port = value;
    else if (command == 0xd2) put_output(k, value);
    else if (command == 0xd3) put_aux(k, value);
    else if (command == 0xd4 && k->aux.device) {
        k->command_byte &= (u8)~COMMAND_DISABLE_AUX;
        k->aux.receive(k->aux.device, value);
    }
    update_lines(k);
    listen(k);
}

void kbc_8042_data_write(void *chip, unsigned reg, u8 value)
{
    struct kbc_8042 *k = chip;
    u8 command = k->command;

    (void)reg;
    k->last_command = false;
    k->command = 0;
    if (command) {
        parameter(k, command, value);
        return;
    }
    k->command_byte &= (u8)~COMMAND_DISABLE;         /* sending to the keyboard enables its interface */
    k->keyboard.receive(k->keyboard.device, value);
    listen(k);
}

static void set_bits(u8 *v, u8 mask, bool set) { *v = set ? *v | mask : *v & (u8)~mask; }

/* Commands without a parameter. */
static void simple_command(struct kbc_8042 *k, u8 value)
{
    switch (value) {
    case 0x20: put_output(k, k->command_byte); break;
    case 0xa7: case 0xa8: set_bits(&k->command_byte, COMMAND_DISABLE_AUX, value == 0xa7); break;
    case 0xa9: put_output(k, k->aux.device ? 0x00 : 0x02); break;        /* 02: clock line stuck high, nothing is there */
    case 0xaa:
        k->command_byte |= COMMAND_SYS;
        put_output(k, 0x55);
        break;
    case 0xab: put_output(k, 0x00); break;
    case 0xad: case 0xae: set_bits(&k->command_byte, COMMAND_DISABLE, value == 0xad); break;
    case 0xc0: put_output(k, P1_INPUT); break;       /* P1: not locked, colour display, 2nd 256 KiB present */
    case 0xd0: put_output(k, (u8)((k->output_port & ~0x30) | (k->irq_keyboard && k->irq_keyboard->level ? 0x10 : 0) |
                                  (k->irq_aux && k->irq_aux->level ? 0x20 : 0))); break;
    case 0xdd: case 0xdf: set_bits(&k->output_port, P2_A20, value == 0xdf); break;
    case 0xe0: put_output(k, 0x00); break;           /* T0, T1: both clocks are held low while a command runs */
    }
}

/* F0..FF: a zero among bits 3..0 pulses that line of P2 low; bit 0 is the processor's reset. */
static void pulse(struct kbc_8042 *k, u8 value)
{
    if (value & 1) return;
    line_set(k->reset_cpu, true);
    line_set(k->reset_cpu, false);
}

void kbc_8042_command_write(void *chip, unsigned reg, u8 value)
{
    struct kbc_8042 *k = chip;

    (void)reg;
    k->last_command = true;
    k->command = 0;
    if (value >= 0xf0) pulse(k, value);
    else if ((value >= 0x60 && value < 0x80) || (value >= 0xd1 && value <= 0xd4)) k->command = value;
    else if (value > 0x20 && value < 0x40) put_output(k, k->ram[value & 31]);
    else simple_command(k, value);
    update_lines(k);
    listen(k);
}

const char *kbc_8042_invariant(const struct kbc_8042 *k)
{
    if (k->irq_keyboard && k->irq_keyboard->level != (k->output_full && !k->output_aux && k->command_byte & COMMAND_INT))
        return "the keyboard's IRQ follows OBF while it is enabled";
    if (k->irq_aux && k->irq_aux->level != (k->output_full && k->output_aux && k->command_byte & COMMAND_INT_AUX))
        return "the auxiliary IRQ follows OBF while it is enabled";
    return 0;
}
