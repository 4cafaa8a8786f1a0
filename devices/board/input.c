/* Input from outside: into the journal first, then into the machine.                       doc: journal */
#include <string.h>

#include "devices/board/board.h"

/* A USB keyboard that a driver has set up takes the keys; until then, and without one, the other has them. */
void input_key(struct machine *m, u8 usage, bool down)
{
    if (!usb_takes_key(m, usage, down)) keyboard_mf2_key(&m->keyboard, usage, down);
}

void input_point(struct machine *m, unsigned x, unsigned y, int dz, unsigned buttons) { (void)usb_takes_point(m, x, y, dz, buttons); }

void input_joystick(struct machine *m, unsigned n, unsigned x, unsigned y, unsigned buttons)
{
    gameport_558_move(&m->gameport, n, (u8)x, (u8)y, buttons);
}

void input_reset(struct machine *m)
{
    m->frozen = false;
    m->watch.resets = 0;
    board_reset(m);
}

void input_poke(struct machine *m, u64 pa, const u8 *bytes, size_t size)
{
    memory_poke(m, pa, bytes, size);
}

void machine_key(struct machine *m, u8 usage, bool down)
{
    if (journal_admits(m, "key %u %u", usage, down)) input_key(m, usage, down);
}

void machine_mouse(struct machine *m, int dx, int dy, int dz, unsigned buttons)
{
    if (journal_admits(m, "mouse %d %d %d %u", dx, dy, dz, buttons)) input_mouse(m, dx, dy, dz, buttons);
}

void machine_joystick(struct machine *m, unsigned n, unsigned x, unsigned y, unsigned buttons)
{
    if (journal_admits(m, "stick %u %u %u %u", n, x & 0xff, y & 0xff, buttons & 3)) input_joystick(m, n, x, y, buttons);
}

void machine_point(struct machine *m, unsigned x, unsigned y, int dz, unsigned buttons)
{
    if (journal_admits(m, "point %u %u %d %u", x, y, dz, buttons)) input_point(m, x, y, dz, buttons);
}

bool machine_points(struct machine *m)
{
    return usb_has_tablet(m);
}

bool machine_type(struct machine *m, const char *text)
{
    if (!journal_admits_bytes(m, "type", 0, (const u8 *)text, strlen(text))) return true;
    return typing_add(m, text);
}

void machine_reset(struct machine *m)
{
    if (journal_admits(m, "reset")) input_reset(m);
}

size_t machine_serial_send(struct machine *m, unsigned n, const void *bytes, size_t size)
{
    if (n >= MACHINE_COMS || !m->config.com[n].enabled) return 0;
    if (!journal_admits_bytes(m, "serial", n, bytes, size)) return size;
    return com_input_take(m, n, bytes, size);
}

size_t machine_poke(struct machine *m, u64 pa, const void *bytes, size_t size)
{
    if (journal_admits_bytes(m, "poke", pa, bytes, size)) input_poke(m, pa, bytes, size);
    return size;
}

/* A name that no register has changes nothing, and is no entry. */
bool machine_set_register(struct machine *m, unsigned processor, const char *name, u64 value, struct error *err)
{
    if (m->journal.mode == JOURNAL_REPLAYS) return true;
    if (!cpu_set_register(m->processor[processor].cpu, name, value, err)) return false;
    return journal_admits(m, "set %u %lld %s", processor, (long long)value, name);
}

void machine_load_float(struct machine *m, unsigned processor, const u8 area[CPU_FLOAT_BYTES])
{
    if (journal_admits_bytes(m, "float", processor, area, CPU_FLOAT_BYTES)) cpu_load_float(m->processor[processor].cpu, area);
}

/* A medium goes into the journal when it could be opened: what cannot be read changes nothing. */
bool machine_floppy_insert(struct machine *m, unsigned drive, const char *path, bool write_protected, struct error *err)
{
    if (m->journal.mode == JOURNAL_REPLAYS) return true;
    return disks_floppy_insert(m, drive, path, write_protected, err) &&
           journal_admits(m, "floppy %u %u %s", drive, write_protected, path);
}

void machine_floppy_eject(struct machine *m, unsigned drive)
{
    if (drive < CONFIG_FLOPPIES && journal_admits(m, "floppy-out %u", drive)) disks_floppy_eject(m, drive);
}

bool machine_cd_insert(struct machine *m, unsigned channel, unsigned unit, const char *path, struct error *err)
{
    if (m->journal.mode == JOURNAL_REPLAYS) return true;
    return disks_cd_insert(m, channel, unit, path, err) && journal_admits(m, "cd %u %u %s", channel, unit, path);
}

void machine_cd_eject(struct machine *m, unsigned channel, unsigned unit)
{
    if (journal_admits(m, "cd-out %u %u", channel, unit)) disks_cd_eject(m, channel, unit);
}
