/* Execution phase of the floppy controller: the disk turns, ID fields and data fields pass.  doc: fdc
 * A track in bytes after the index hole (ECMA-125, "Track layout"): 146 of gap and index mark; then for every sector a
 * slot: 12 sync, 4 ID mark, C H R N and CRC end at 22; gap; 12 sync, 4 data mark end at 60; 512 data, 2 CRC end at 574; gap 3.
 * Sources: Intel 290166, "Data Transfer Commands"; NEC uPD765 for the SCAN commands. */
#include "devices/chip/fdc_82077_parts.h"

#include <string.h>

#include "cpu/base/ring.h"

enum { FIRST_SLOT = 146, ID_FIELD = 16, ID_END = 22, DATA_START = 60, DATA_END = 574, ID_BYTES = 4, N_512 = 2 };
enum { HEAD_LOAD_MS = 2, HEAD_UNLOAD_MS = 16 };
enum { FORMAT_FIXED = 62, FORMAT_GAP2_1M = 19 };

#define MARK_FOREIGN (1ull << 63)

/* --- what a command is --- */

static bool is_write(const struct fdc_82077 *f) { return fdc_opcode(f) == WRITE_DATA || fdc_opcode(f) == WRITE_DELETED; }
static bool is_format(const struct fdc_82077 *f) { return fdc_opcode(f) == FORMAT_TRACK; }

static bool is_scan(const struct fdc_82077 *f)
{
    u8 op = fdc_opcode(f);
    return op == SCAN_EQUAL || op == SCAN_LOW_OR_EQUAL || op == SCAN_HIGH_OR_EQUAL;
}

bool fdc_to_host(const struct fdc_82077 *f)
{
    u8 op = fdc_opcode(f);
    return op == READ_DATA || op == READ_DELETED || op == READ_TRACK;
}

static bool moves_data(const struct fdc_82077 *f)
{
    return fdc_opcode(f) != VERIFY && fdc_opcode(f) != READ_ID;
}

/* Bytes go one by one through the FIFO. */
static bool by_fifo(const struct fdc_82077 *f) { return fdc_non_dma(f) && moves_data(f); }

static u8 eot(const struct fdc_82077 *f) { return f->command[6]; }

/* VERIFY with EC: the last byte counts sectors, 0 is 256.  Others end with EOT, of head 1 when MT began on head 0. */
static bool is_last_sector(const struct fdc_82077 *f)
{
    u8 op = fdc_opcode(f);

    if (op == FORMAT_TRACK) return f->sectors_done + 1u >= f->command[3];
    if (op == READ_TRACK) return f->sectors_done + 1u >= eot(f);
    if (op == VERIFY && f->command[1] & 0x80) return f->sectors_done + 1u >= (f->command[8] ? f->command[8] : 256u);
    return f->r == eot(f) && !(f->command[0] & COMMAND_MT && f->hds == 0);
}

/* --- FIFO of the non-DMA mode: DS "FIFO", "Non-DMA Mode" --- */

static struct ring fifo(struct fdc_82077 *f)
{
    return (struct ring){ .bytes = f->fifo, .size = FDC_FIFO, .head = &f->fifo_head, .used = &f->fifo_used };
}

static u32 fifo_room(const struct fdc_82077 *f)
{
    u32 size = f->config & CONFIG_EFIFO ? 1 : FDC_FIFO;
    return f->fifo_used < size ? size - f->fifo_used : 0;
}

/* Towards the host: ask when only the threshold is free or a sector is complete, until the FIFO is empty. */
static bool wants_reader(const struct fdc_82077 *f)
{
    u32 threshold = f->config & CONFIG_EFIFO ? 0 : (f->config & 15) + 1u;

    if (!f->fifo_used) return false;
    return f->fifo_request || fifo_room(f) <= threshold || f->sector_at == f->sector_size || f->step == STEP_DRAIN;
}

/* From the host: ask when no more than the threshold is left, until the FIFO is full or has all the command takes. */
static bool wants_writer(const struct fdc_82077 *f)
{
    u32 threshold = f->config & CONFIG_EFIFO ? 0 : (f->config & 15) + 1u;

    if (!fifo_room(f)) return false;
    if (is_last_sector(f) && f->sector_at + f->fifo_used >= f->sector_size) return false;
    return f->fifo_request || f->fifo_used <= threshold;
}

static void update_request(struct fdc_82077 *f)
{
    bool serves = f->phase == PHASE_EXECUTION && by_fifo(f);
    f->fifo_request = serves && (fdc_to_host(f) ? wants_reader(f) : wants_writer(f));
    fdc_update(f);
}

/* --- the end --- */

/* Result bytes C H R N.  DS "Result phase table": the next sector after a completed one. */
static void point_to_next(struct fdc_82077 *f)
{
    if (f->r != eot(f)) {
        f->r++;
        return;
    }
    f->r = 1;
    if (f->command[0] & COMMAND_MT) f->h ^= 1;
    if (!(f->command[0] & COMMAND_MT) || f->hds) f->c++;
}

static void finish(struct fdc_82077 *f, u8 st0)
{
    u8 result[7] = { (u8)(st0 | f->hds << 2 | fdc_unit(f)), f->st1, f->st2, f->c, f->h, f->r, f->command[5] };

    if (fdc_opcode(f) == READ_ID) result[6] = N_512;
    if (is_format(f)) result[6] = f->command[2];
    clock_cancel(f->clock, &f->work);
    f->step = STEP_NONE;
    f->fifo_used = 0;
    f->fifo_request = false;
    f->head_loaded_until = clock_now(f->clock);
    u8 hut = f->srt_hut & 15;
    f->head_loaded_until += clock_ticks_of_ns(f->clock, (hut ? hut : 16) * HEAD_UNLOAD_MS * fdc_unit_ns(f));
    f->result_interrupt = true;
    fdc_give_result(f, result, sizeof result);
}

static void finish_abnormal(struct fdc_82077 *f, u8 st1, u8 st2)
{
    f->st1 |= st1;
    f->st2 |= st2;
    finish(f, ST0_ABNORMAL);
}

/* A completed command still waits for the host to fetch what is in the FIFO. */
static void finish_drained(struct fdc_82077 *f, u8 st0)
{
    clock_cancel(f->clock, &f->work);
    f->end_st0 = st0;
    f->step = STEP_DRAIN;
    update_request(f);
    if (!f->fifo_used || !fdc_to_host(f)) finish(f, st0);
}

/* --- looking for an ID --- */

static u64 cycles_now(const struct fdc_82077 *f, const struct track *t) { return clock_cycles(f->clock, fdc_byte_rate(t)); }

static void at_cycle(struct fdc_82077 *f, const struct track *t, enum fdc_step step, u64 cycle)
{
    u64 tick = clock_tick_of_cycle(f->clock, fdc_byte_rate(t), cycle);

    f->step = (u8)step;
    clock_at(f->clock, &f->work, tick > clock_now(f->clock) ? tick : clock_now(f->clock) + 1);
}

/* Nothing turns: no index hole will ever come by, until something turns or the controller is reset. */
static void stall(struct fdc_82077 *f, enum fdc_step step)
{
    clock_cancel(f->clock, &f->work);
    f->step = (u8)step;
}

/* First cycle from now on at which the sector with this place on the track begins. */
static u64 slot_cycle(const struct track *t, u64 now, unsigned place)
{
    u64 cycle = now - now % t->spin.track_bytes + FIRST_SLOT + place * t->spin.slot_bytes;
    return cycle < now ? cycle + t->spin.track_bytes : cycle;
}

/* Place on the track of the sector looked for; false when no ID there answers. */
static bool wanted_place(const struct fdc_82077 *f, const struct track *t, u64 now, unsigned *place)
{
    if (fdc_opcode(f) == READ_TRACK) {                   /* whatever comes next */
        *place = f->sectors_done % t->format->sectors;
    } else if (fdc_opcode(f) == READ_ID) {
        unsigned at = now % t->spin.track_bytes;
        *place = at <= FIRST_SLOT ? 0 : (at - FIRST_SLOT + t->spin.slot_bytes - 1) / t->spin.slot_bytes % t->format->sectors;
    } else {
        *place = f->r - 1u;
        return f->r && f->r <= t->format->sectors && f->c == t->cylinder && f->h == t->head && f->command[5] == N_512;
    }
    return true;
}

static void find(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);
    unsigned place;

    if (!t.turns) {
        stall(f, STEP_ID);
        return;
    }
    u64 now = cycles_now(f, &t);
    if (t.legible && wanted_place(f, &t, now, &place))
        at_cycle(f, &t, STEP_ID, (f->forgiving ? now : slot_cycle(&t, now, place)) + ID_END);
    else at_cycle(f, &t, STEP_NO_ID, now - now % t.spin.track_bytes + 2 * t.spin.track_bytes);
    update_request(f);
}

/* Two index holes without it.  ND: IDs were there, but not this one; MA: not a single ID address mark. */
static void not_found(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);

    if (!t.turns) stall(f, STEP_NO_ID);
    else if (!t.legible) finish_abnormal(f, ST1_MA, 0);
    else finish_abnormal(f, ST1_ND, f->c != t.cylinder ? ST2_WC : 0);
}

/* --- a data field --- */

static u64 image_lba(const struct track *t, unsigned place)
{
    return ((u64)t->cylinder * t->format->heads + t->head) * t->format->sectors + place;
}

static void begin_field(struct fdc_82077 *f)
{
    f->sector_at = 0;
    f->sector_size = is_format(f) ? ID_BYTES : SECTOR_BYTES;
}

static void advance(struct fdc_82077 *f)
{
    bool to_head_1 = f->r == eot(f) && f->command[0] & COMMAND_MT && f->hds == 0 && fdc_opcode(f) != READ_TRACK;

    f->r = to_head_1 ? 1 : f->r + 1;
    if (to_head_1) {
        f->hds = 1;
        f->h ^= 1;
    } else if (is_scan(f) && f->command[8] == 2 && f->r < eot(f)) {
        f->r++;                                          /* STP = 2: every other sector */
    }
}

/* DS "Result phase table", with the reasons a command goes on or ends. */
static void sector_finished(struct fdc_82077 *f, bool wrong_mark)
{
    bool last = is_last_sector(f);
    bool hit = is_scan(f) && !wrong_mark && !(f->st2 & ST2_SN);
    bool counted = !is_write(f) && !fdc_to_host(f);      /* VERIFY and SCAN end by themselves */

    if (wrong_mark && !(f->command[0] & COMMAND_SK)) {
        finish_drained(f, 0);                            /* CM; the ID does not move on */
        return;
    }
    if (f->terminal_count || last || hit) {
        bool early = last && !f->terminal_count && !counted && fdc_opcode(f) != READ_TRACK;
        point_to_next(f);
        if (early) f->st1 |= ST1_EN;
        finish_drained(f, early ? ST0_ABNORMAL : 0);
        return;
    }
    update_request(f);                                   /* the end of a sector asks for its last bytes */
    f->sectors_done++;
    advance(f);
    begin_field(f);
    find(f);
}

/* The condition holds when it holds for every byte; FFh of either side matches all.  (uPD765 "Scan Commands" speaks of bytes
 * and of the sector by turns; a trace of a real part would settle whether LOW and HIGH mean the first difference.) */
static bool scan_meets(u8 opcode, const u8 *disk, const u8 *host, bool *equal)
{
    bool low = true, high = true;

    for (unsigned i = 0; i < SECTOR_BYTES; i++) {
        if (disk[i] == 0xff || host[i] == 0xff) continue;
        low &= disk[i] <= host[i];
        high &= disk[i] >= host[i];
    }
    *equal = low && high;
    return *equal || (low && opcode == SCAN_LOW_OR_EQUAL) || (high && opcode == SCAN_HIGH_OR_EQUAL);
}

/* The host's disk failed, and the board waits for somebody to help it: the step stays due at this tick. */
static bool tries_again(struct fdc_82077 *f, const struct track *t, enum fdc_step step)
{
    if (!disk_image_try_again(f->image[t->drive])) return false;
    f->step = (u8)step;
    clock_at(f->clock, &f->work, clock_now(f->clock));
    return true;
}

/* False after the command was finished with an error. */
static bool compare_sector(struct fdc_82077 *f, const struct track *t, unsigned place)
{
    u8 disk[SECTOR_BYTES];
    bool equal;

    if (!disk_image_read(f->image[t->drive], image_lba(t, place), 1, disk)) {
        if (!tries_again(f, t, STEP_SECTOR_AGAIN)) finish_abnormal(f, ST1_DE, ST2_DD);
        return false;
    }
    f->st2 &= (u8)~(ST2_SH | ST2_SN);
    if (!scan_meets(fdc_opcode(f), disk, f->sector, &equal)) f->st2 |= ST2_SN;
    else if (equal) f->st2 |= ST2_SH;
    return true;
}

static bool store_sector(struct fdc_82077 *f, const struct track *t, unsigned place)
{
    if (!disk_image_write(f->image[t->drive], image_lba(t, place), 1, f->sector)) {
        if (!tries_again(f, t, STEP_SECTOR_AGAIN)) finish(f, ST0_ABNORMAL | ST0_EC);     /* the drive has a fault */
        return false;
    }
    u64 mark = 1ull << place;
    *t->marks = fdc_opcode(f) == WRITE_DELETED ? *t->marks | mark : *t->marks & ~mark;
    return true;
}

static unsigned place_here(const struct fdc_82077 *f, const struct track *t)
{
    return fdc_opcode(f) == READ_TRACK ? f->sectors_done % t->format->sectors : f->r - 1u;
}

static bool wrong_mark(const struct fdc_82077 *f, const struct track *t)
{
    bool deleted = *t->marks >> place_here(f, t) & 1;
    return !is_write(f) && fdc_opcode(f) != READ_TRACK && deleted != (fdc_opcode(f) == READ_DELETED);
}

/* The whole field has passed and all its bytes have come from, or gone to, the host. */
static void field_complete(struct fdc_82077 *f, const struct track *t)
{
    unsigned place = place_here(f, t);

    if (is_write(f) && !store_sector(f, t, place)) return;
    if (is_scan(f) && !compare_sector(f, t, place)) return;
    sector_finished(f, wrong_mark(f, t));
}

static void sector_again(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);
    field_complete(f, &t);
}

/* DMA: the bytes of a field at once.  TC in the middle of a sector to be written fills the rest with zeros. */
static bool move_by_dma(struct fdc_82077 *f, bool *tc)
{
    unsigned moved = 0;

    if (!fdc_to_host(f)) memset(f->sector, 0, sizeof f->sector);
    *tc = false;
    if (f->dor & DOR_DMAGATE && f->dma.transfer)
        moved = f->dma.transfer(f->dma.controller, f->dma.channel, f->sector, f->sector_size, fdc_to_host(f), tc);
    return *tc || moved >= f->sector_size;
}

/* One byte of the non-DMA mode passes the head.  False: the host was late. */
static bool move_by_fifo(struct fdc_82077 *f)
{
    u8 *byte = &f->sector[f->sector_at % SECTOR_BYTES];
    bool in_time = fdc_to_host(f) ? fifo_room(f) && ring_put(fifo(f), *byte) : ring_get(fifo(f), byte);

    if (in_time) f->sector_at++;
    return in_time;
}

static void data_passes(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);
    bool tc = false;

    if (!t.turns || !t.legible || place_here(f, &t) >= t.format->sectors) {
        finish_abnormal(f, ST1_DE, ST2_DD);              /* the medium went away under the head */
        return;
    }
    if (moves_data(f) && !(by_fifo(f) ? move_by_fifo(f) : move_by_dma(f, &tc))) {
        finish_abnormal(f, ST1_OR, 0);
        return;
    }
    f->terminal_count |= tc;
    if (by_fifo(f) && f->sector_at < f->sector_size) {
        at_cycle(f, &t, STEP_SECTOR, f->field_cycle + f->sector_at + 1u);
        update_request(f);
        return;
    }
    field_complete(f, &t);
}

/* The ID looked for has just passed. */
static void id_found(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);
    unsigned place;

    if (!t.turns) {
        stall(f, STEP_ID);
        return;
    }
    u64 now = cycles_now(f, &t);
    bool read_id = fdc_opcode(f) == READ_ID;
    u64 id_start = now >= ID_END ? now - ID_END : 0;
    if (!t.legible || !wanted_place(f, &t, id_start, &place)) {
        find(f);
        return;
    }
    if (read_id) {
        f->c = t.cylinder, f->h = t.head, f->r = (u8)(place + 1);
        finish(f, 0);
        return;
    }
    if (fdc_opcode(f) == READ_TRACK && (f->c != t.cylinder || f->h != t.head || f->r != place + 1 || f->command[5] != N_512))
        f->st1 |= ST1_ND;                                /* said, but the track is read on */
    if (wrong_mark(f, &t)) {
        f->st2 |= ST2_CM;
        if (f->command[0] & COMMAND_SK) {
            sector_finished(f, true);
            return;
        }
    }
    if (!is_write(f) && !is_scan(f) && !disk_image_read(f->image[t.drive], image_lba(&t, place), 1, f->sector)) {
        if (!tries_again(f, &t, STEP_ID)) finish_abnormal(f, ST1_DE, ST2_DD);            /* as a bad CRC */
        return;
    }
    f->field_cycle = now - ID_END + DATA_START;
    at_cycle(f, &t, STEP_SECTOR, by_fifo(f) ? f->field_cycle + 1 : now - ID_END + DATA_END);
}

/* --- FORMAT TRACK: DS "Format Track" --- */

static u32 format_slot(const struct fdc_82077 *f)
{
    unsigned n = f->command[2] < 7 ? f->command[2] : 7;
    return FORMAT_FIXED + (128u << n) + f->command[4] + (f->rate == FLOPPY_1M ? FORMAT_GAP2_1M : 0);
}

/* The next ID field, or the index hole when the track is full or all sectors are laid down. */
static void next_format_step(struct fdc_82077 *f, const struct track *t)
{
    u64 id = FIRST_SLOT + (u64)f->sectors_done * format_slot(f) + ID_FIELD;

    begin_field(f);
    if (f->sectors_done >= f->command[3] || id + ID_BYTES >= t->spin.track_bytes) f->sector_size = 0;
    u64 wait = !f->sector_size ? t->spin.track_bytes : id + (by_fifo(f) ? 1 : ID_BYTES);
    at_cycle(f, t, STEP_FORMAT, f->field_cycle + wait);
    update_request(f);
}

/* The layout is the image's own: the sector gets its filler.  Anything else leaves the track unreadable, since a raw image
 * cannot say what is on it. */
static bool lay_down_sector(struct fdc_82077 *f, const struct track *t)
{
    const u8 *id = f->sector;
    u8 filler[SECTOR_BYTES];

    if (!t->stored) return true;
    *t->marks |= MARK_FOREIGN;
    if (!t->listened || f->command[2] != N_512) return true;
    if (id[0] != t->cylinder || id[1] != t->head || !id[2] || id[2] > t->format->sectors || id[3] != N_512) return true;
    memset(filler, f->command[5], sizeof filler);
    if (!disk_image_write(f->image[t->drive], image_lba(t, id[2] - 1u), 1, filler)) return false;
    f->formatted |= 1ull << (id[2] - 1);
    return true;
}

static void end_format(struct fdc_82077 *f, const struct track *t)
{
    bool whole = t->stored && f->sectors_done == t->format->sectors && f->formatted == (1ull << t->format->sectors) - 1;

    if (whole) *t->marks = 0;
    finish(f, 0);
}

/* Its ID has come whole. */
static void sector_formatted(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);

    if (!lay_down_sector(f, &t)) {
        if (!tries_again(f, &t, STEP_FORMAT_AGAIN)) finish(f, ST0_ABNORMAL | ST0_EC);
        return;
    }
    f->c = f->sector[0], f->h = f->sector[1], f->r = f->sector[2];
    f->sectors_done++;
    next_format_step(f, &t);
}

static void format_passes(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);
    bool tc;

    if (!t.turns) {
        finish(f, ST0_ABNORMAL | ST0_EC);
        return;
    }
    if (!f->sector_size) {
        end_format(f, &t);
        return;
    }
    if (!(by_fifo(f) ? move_by_fifo(f) : move_by_dma(f, &tc))) {
        finish_abnormal(f, ST1_OR, 0);
        return;
    }
    if (by_fifo(f) && f->sector_at < ID_BYTES) {
        u64 id = FIRST_SLOT + (u64)f->sectors_done * format_slot(f) + ID_FIELD;
        at_cycle(f, &t, STEP_FORMAT, f->field_cycle + id + f->sector_at + 1u);
        update_request(f);
        return;
    }
    sector_formatted(f);
}

/* --- the steps up to the first sector --- */

static void wait_for_index(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);

    if (!t.turns) {
        stall(f, STEP_INDEX);
        return;
    }
    u64 now = cycles_now(f, &t);
    at_cycle(f, &t, STEP_INDEX, now - now % t.spin.track_bytes + t.spin.track_bytes);
    update_request(f);
}

static void index_passes(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);

    if (!t.turns) {
        stall(f, STEP_INDEX);
    } else if (is_format(f)) {
        u64 now = cycles_now(f, &t);
        f->field_cycle = now - now % t.spin.track_bytes;
        next_format_step(f, &t);
    } else {
        find(f);
    }
}

static void head_is_loaded(struct fdc_82077 *f)
{
    if (is_format(f) || fdc_opcode(f) == READ_TRACK) wait_for_index(f);
    else find(f);
}

/* DS "SPECIFY", head load time; a head that is still loaded from the last command need not wait. */
static void load_head(struct fdc_82077 *f)
{
    u64 hlt = f->hlt_nd >> 1 ? f->hlt_nd >> 1 : 128;

    f->step = STEP_HEAD;
    bool loaded = f->forgiving || clock_now(f->clock) < f->head_loaded_until;
    u64 wait = loaded ? 1 : clock_ticks_of_ns(f->clock, hlt * HEAD_LOAD_MS * fdc_unit_ns(f));
    clock_at(f->clock, &f->work, clock_now(f->clock) + wait);
}

void fdc_seek_arrived(struct fdc_82077 *f) { load_head(f); }

/* Strapped: go to where the medium has that cylinder, unless the head is there. */
static void seek_forgivingly(struct fdc_82077 *f)
{
    struct track t = fdc_track(f);
    unsigned to = f->c * t.spin.steps;

    if (!t.format || t.cylinder == f->c || to >= FDC_CYLINDERS) {
        load_head(f);
        return;
    }
    u8 from = f->head_at[t.drive];
    f->pcn[fdc_unit(f)] = from;
    f->step = STEP_SEEK;
    fdc_start_seek(f, fdc_unit(f), to < from ? SEEK_OUT : SEEK_IN, to < from ? from - to : to - from);
}

/* DS "CONFIGURE", EIS: commands that name a cylinder seek to it first. */
static void seek_first(struct fdc_82077 *f)
{
    u8 from = f->pcn[fdc_unit(f)];

    if (is_format(f) || fdc_opcode(f) == READ_ID) {
        load_head(f);
    } else if (f->config & CONFIG_EIS && from != f->c) {
        f->step = STEP_SEEK;
        fdc_start_seek(f, fdc_unit(f), f->c < from ? SEEK_OUT : SEEK_IN, f->c < from ? from - f->c : f->c - from);
    } else if (f->forgiving) {
        seek_forgivingly(f);
    } else {
        load_head(f);
    }
}

void fdc_execute(struct fdc_82077 *f)
{
    f->phase = PHASE_EXECUTION;
    f->hds = f->command[1] >> 2 & 1;
    f->c = f->command[2], f->h = f->command[3], f->r = f->command[4];
    if (fdc_opcode(f) == READ_ID) f->c = f->h = f->r = 0;
    if (is_format(f)) f->c = f->pcn[fdc_unit(f)], f->h = f->hds, f->r = 1;
    if (fdc_opcode(f) != READ_ID) f->sc_eot = is_format(f) ? f->command[3] : eot(f);
    f->st1 = f->st2 = f->end_st0 = 0;
    f->sectors_done = 0;
    f->formatted = 0;
    f->terminal_count = false;
    f->fifo_head = f->fifo_used = 0;
    begin_field(f);
    if ((is_write(f) || is_format(f)) && fdc_protected(f)) {
        finish_abnormal(f, ST1_NW, 0);
        return;
    }
    seek_first(f);
    update_request(f);
}

void fdc_on_work(void *fdc)
{
    struct fdc_82077 *f = fdc;

    if (f->phase != PHASE_EXECUTION) return;
    switch (f->step) {
    case STEP_HEAD: head_is_loaded(f); break;
    case STEP_INDEX: index_passes(f); break;
    case STEP_ID: id_found(f); break;
    case STEP_NO_ID: not_found(f); break;
    case STEP_SECTOR: data_passes(f); break;
    case STEP_FORMAT: format_passes(f); break;
    case STEP_SECTOR_AGAIN: sector_again(f); break;
    case STEP_FORMAT_AGAIN: sector_formatted(f); break;
    default: break;
    }
}

/* The medium was pulled out: what it was in the middle of comes to nothing. */
void fdc_medium_gone(struct fdc_82077 *f)
{
    if (f->phase != PHASE_EXECUTION) return;
    if (f->step == STEP_SECTOR || f->step == STEP_SECTOR_AGAIN) finish_abnormal(f, ST1_DE, ST2_DD);
    else if (f->step == STEP_FORMAT || f->step == STEP_FORMAT_AGAIN) finish(f, ST0_ABNORMAL | ST0_EC);
}

/* Something that stood still may turn now. */
void fdc_turning_changed(struct fdc_82077 *f)
{
    if (f->phase != PHASE_EXECUTION || f->work.at != NEVER) return;
    if (f->step == STEP_INDEX) wait_for_index(f);
    else if (f->step == STEP_ID || f->step == STEP_NO_ID) find(f);
}

/* --- the host's side of the FIFO --- */

void fdc_fifo_write(struct fdc_82077 *f, u8 value)
{
    if (!f->fifo_request || fdc_to_host(f)) return;
    ring_put(fifo(f), value);
    update_request(f);
}

u8 fdc_fifo_read(struct fdc_82077 *f)
{
    u8 value = 0;

    if (!f->fifo_request || !fdc_to_host(f)) return 0;
    ring_get(fifo(f), &value);
    update_request(f);
    if (f->step == STEP_DRAIN && !f->fifo_used) finish(f, f->end_st0);
    return value;
}
