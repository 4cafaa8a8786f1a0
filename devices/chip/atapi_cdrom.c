/* ATAPI CD-ROM drive: packets over PIO and DMA, readiness, the tray.                     doc: atapi
 *   PACKET: features bit 0 DMA, LBA mid/high: byte count limit; then 12 bytes of command through the data register.
 *   sector count is the interrupt reason: CD (bit 0: command or status), IO (bit 1: to the host)
 *       01 send the packet    02 data for the host    03 the command has ended
 * Sources: T13 1410D "Packet commands"; SFF-8020i; INCITS MMC-3, SPC-2.  Not modelled: writing, SCAN, spin-up time. */
#include "devices/chip/atapi_cdrom.h"

#include <string.h>

#include "devices/chip/atapi_parts.h"

enum { REASON_CD = 1, REASON_IO = 2 };
enum { COMMAND_DEVICE_RESET = 0x08, COMMAND_PACKET = 0xa0, COMMAND_IDENTIFY_PACKET = 0xa1, COMMAND_SET_FEATURES = 0xef };
enum { FEATURE_TRANSFER_MODE = 3, FEATURE_KEEP = 0x66, FEATURE_REVERT = 0xcc };
enum { PACKET_NS = 100000 };

#define STATE_OWNER struct atapi_cdrom
STATE_LAYOUT(atapi_cdrom_state, "atapi_cdrom", ATAPI_CDROM_STATE);

/* --- how a packet command ends --- */

void atapi_ok(struct ata_device *d)
{
    d->sector_count[0] = REASON_CD | REASON_IO;
    d->cd.blocks_left = 0;
    ata_done(d);
}

void atapi_check(struct ata_device *d, u8 key, u8 asc, u8 ascq)
{
    d->cd.sense_key = key;
    d->cd.asc = asc;
    d->cd.ascq = ascq;
    d->cd.blocks_left = 0;
    d->sector_count[0] = REASON_CD | REASON_IO;
    ata_failed(d, (u8)(key << 4 | ERROR_ABRT));
}

void atapi_illegal_field(struct ata_device *d) { atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_INVALID_FIELD, 0); }

/* --- data for the host, in DRQ blocks of at most the byte count limit --- */

bool atapi_by_dma(const struct ata_device *d) { return d->features[0] & 1; }

static void offer_block(struct ata_device *d)
{
    u32 n = d->cd.staged - d->buffer_at;

    if (atapi_by_dma(d)) {
        d->sector_count[0] = REASON_IO;
        ata_ask_master(d, ATA_DMA_IN, n);
        return;
    }
    if (n > d->cd.byte_limit) n = d->cd.byte_limit & ~1u ? d->cd.byte_limit & ~1u : 1;
    d->lba_mid[0] = (u8)n;
    d->lba_high[0] = (u8)(n >> 8);
    d->sector_count[0] = REASON_IO;
    ata_ask_host(d, ATA_DATA_IN, n, true);
}

void atapi_answer(struct ata_device *d, u32 size, u32 allocated)
{
    d->cd.staged = size < allocated ? size : allocated;
    d->buffer_at = 0;
    if (!d->cd.staged) atapi_ok(d);
    else if (!d->cd.byte_limit && !atapi_by_dma(d)) ata_failed(d, ERROR_ABRT);       /* "Byte count limit": 0 and data to move is aborted */
    else offer_block(d);
}

/* --- data of the host --- */

static void ask_for_more(struct ata_device *d)
{
    u32 n = d->cd.parameters - d->buffer_at;

    d->sector_count[0] = 0;
    if (atapi_by_dma(d)) {
        ata_ask_master(d, ATA_DMA_OUT, n);
        return;
    }
    if (n > d->cd.byte_limit) n = d->cd.byte_limit & ~1u ? d->cd.byte_limit & ~1u : 2;
    d->lba_mid[0] = (u8)n;
    d->lba_high[0] = (u8)(n >> 8);
    ata_ask_host(d, ATA_DATA_OUT, n + (n & 1), true);            /* words */
}

void atapi_take(struct ata_device *d, u32 bytes)
{
    d->cd.parameters = (u16)bytes;
    d->buffer_at = 0;
    if (!d->cd.byte_limit && !atapi_by_dma(d)) ata_failed(d, ERROR_ABRT);
    else ask_for_more(d);
}

static void parameters_moved(struct ata_device *d)
{
    if (d->buffer_at < d->cd.parameters) ask_for_more(d);
    else ata_busy(d, ATA_WRITE_BLOCK, PACKET_NS);
}

void atapi_cdrom_block_moved(struct ata_device *d)
{
    if (d->cd.parameters) {
        parameters_moved(d);
    } else if (d->step == ATA_DATA_OUT) {
        memcpy(d->cd.packet, d->buffer, sizeof d->cd.packet);
        d->buffer_at = d->buffer_end = 0;
        ata_busy(d, ATA_PACKET_EXECUTE, PACKET_NS);
    } else if (d->command != COMMAND_PACKET) {
        d->step = ATA_IDLE;                                      /* IDENTIFY: no interrupt after its data */
    } else if (d->buffer_at < d->cd.staged || d->cd.blocks_left) {
        ata_busy(d, ATA_READ_BLOCK, ATA_SECTOR_NS);
    } else {
        ata_busy(d, ATA_FINISH, ATA_SECTOR_NS);
    }
}

/* --- readiness --- */

bool atapi_has_disc(const struct ata_device *d) { return d->image && d->cd.disc_sectors && !d->cd.tray_open; }

bool atapi_ready(struct ata_device *d)
{
    if (atapi_has_disc(d)) return true;
    atapi_check(d, SENSE_NOT_READY, ASC_NO_MEDIUM, d->cd.tray_open ? 2 : 1);
    return false;
}

/* A unit attention is told once, in place of the command.  SPC-2 "Unit attention condition". */
static bool told_attention(struct ata_device *d)
{
    u8 attention = d->cd.attention;

    d->cd.attention = ATTENTION_NONE;
    if (attention == ATTENTION_NONE) return false;
    atapi_check(d, SENSE_UNIT_ATTENTION, attention == ATTENTION_MEDIUM ? ASC_MEDIUM_CHANGED : ASC_RESET, 0);
    return true;
}

/* --- commands about the unit --- */

static void test_unit_ready(struct ata_device *d)
{
    if (atapi_ready(d)) atapi_ok(d);
}

static void request_sense(struct ata_device *d)
{
    struct atapi_cdrom *cd = &d->cd;
    u8 *b = d->buffer;

    if (cd->sense_key == SENSE_NONE && cd->attention != ATTENTION_NONE) {
        cd->sense_key = SENSE_UNIT_ATTENTION;
        cd->asc = cd->attention == ATTENTION_MEDIUM ? ASC_MEDIUM_CHANGED : ASC_RESET;
        cd->attention = ATTENTION_NONE;
    }
    memset(b, 0, 18);
    b[0] = 0x70;
    b[2] = cd->sense_key;
    put_be32(b + 3, cd->sense_lba);
    if (cd->sense_lba) b[0] |= 0x80;                             /* the information field is valid */
    b[7] = 10;
    b[12] = cd->asc;
    b[13] = cd->ascq;
    cd->sense_key = cd->asc = cd->ascq = 0;
    cd->sense_lba = 0;
    atapi_answer(d, 18, cd->packet[4]);
}

static void eject(struct ata_device *d)
{
    if (d->cd.locked) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_REMOVAL_PREVENTED, 2);
        return;
    }
    atapi_audio_stop(d);
    d->cd.tray_open = true;
    d->cd.media_event = EVENT_REMOVAL;
    atapi_ok(d);
}

static void load(struct ata_device *d)
{
    if (d->cd.tray_open && d->image) {
        d->cd.attention = ATTENTION_MEDIUM;
        d->cd.media_event = EVENT_NEW_MEDIUM;
    }
    d->cd.tray_open = false;
    atapi_ok(d);
}

/* MMC-3 "START STOP UNIT": LoEj and Start. */
static void start_stop(struct ata_device *d)
{
    switch (d->cd.packet[4] & 3) {
    case 2: eject(d); return;
    case 3: load(d); return;
    default: break;
    }
    if (!atapi_ready(d)) return;
    d->cd.stopped = !(d->cd.packet[4] & 1);
    if (d->cd.stopped) atapi_audio_stop(d);
    atapi_ok(d);
}

static void prevent_removal(struct ata_device *d)
{
    d->cd.locked = d->cd.packet[4] & 1;
    atapi_ok(d);
}

/* The speed asked for is granted and changes nothing: transfers take the time of the channel. */
static void set_cd_speed(struct ata_device *d) { atapi_ok(d); }

/* --- dispatch --- */

enum { BEFORE_ATTENTION = 1 };   /* SPC-2: INQUIRY, REQUEST SENSE and the MMC event commands go before a unit attention */

static const struct packet_command {
    u8 code, flags;
    void (*run)(struct ata_device *d);
} commands[] = {
    { 0x00, 0,                test_unit_ready },
    { 0x03, BEFORE_ATTENTION, request_sense },
    { 0x12, BEFORE_ATTENTION, atapi_inquiry },
    { 0x15, 0,                atapi_mode_select_6 },
    { 0x1a, 0,                atapi_mode_sense_6 },
    { 0x1b, 0,                start_stop },
    { 0x1e, 0,                prevent_removal },
    { 0x25, 0,                atapi_read_capacity },
    { 0x28, 0,                atapi_read_10 },
    { 0x2b, 0,                atapi_seek },
    { 0x42, 0,                atapi_read_subchannel },
    { 0x43, 0,                atapi_read_toc },
    { 0x44, 0,                atapi_read_header },
    { 0x45, 0,                atapi_play_10 },
    { 0x46, BEFORE_ATTENTION, atapi_get_configuration },
    { 0x47, 0,                atapi_play_msf },
    { 0x48, 0,                atapi_play_track_index },
    { 0x4a, BEFORE_ATTENTION, atapi_get_event_status },
    { 0x4b, 0,                atapi_pause_resume },
    { 0x4e, 0,                atapi_stop_play },
    { 0x51, 0,                atapi_read_disc_information },
    { 0x52, 0,                atapi_read_track_information },
    { 0x55, 0,                atapi_mode_select_10 },
    { 0x5a, 0,                atapi_mode_sense_10 },
    { 0xa5, 0,                atapi_play_12 },
    { 0xa8, 0,                atapi_read_12 },
    { 0xb9, 0,                atapi_read_cd_msf },
    { 0xbb, 0,                set_cd_speed },
    { 0xbd, 0,                atapi_mechanism_status },
    { 0xbe, 0,                atapi_read_cd },
};

static void execute(struct ata_device *d)
{
    const u8 code = d->cd.packet[0];
    const struct packet_command *command = NULL;

    for (unsigned i = 0; i < ARRAY_COUNT(commands); i++)
        if (commands[i].code == code) command = &commands[i];
    if (!command) {
        atapi_check(d, SENSE_ILLEGAL_REQUEST, ASC_INVALID_OPCODE, 0);
        return;
    }
    if (!(command->flags & BEFORE_ATTENTION) && told_attention(d)) return;
    if (code != 0x03) {                                          /* sense data last until the next command */
        d->cd.sense_key = d->cd.asc = d->cd.ascq = 0;
        d->cd.sense_lba = 0;
    }
    atapi_audio_look(d);
    command->run(d);
}

/* The host has taken what was staged; more of it, or more of the disc, follows. */
static void continue_read(struct ata_device *d)
{
    if (d->buffer_at >= d->cd.staged) {
        if (d->cd.attention == ATTENTION_MEDIUM && told_attention(d)) return;
        if (!atapi_ready(d)) return;
        d->buffer_at = 0;
        if (!atapi_stage_blocks(d)) return;
    }
    offer_block(d);
}

/* DEVICE RESET leaves the signature and a status of 00h, without an interrupt. */
static void after_device_reset(struct ata_device *d)
{
    ata_signature(d);
    d->error = 1;
    d->status = 0;
    d->step = ATA_IDLE;
    ata_update(d->channel);
}

void atapi_cdrom_step(struct ata_device *d)
{
    switch (d->step) {
    case ATA_PACKET_EXECUTE: execute(d); break;
    case ATA_READ_BLOCK: continue_read(d); break;
    case ATA_WRITE_BLOCK:
        d->cd.parameters = 0;
        atapi_mode_select_take(d);
        break;
    case ATA_FINISH:
        if (d->command == COMMAND_PACKET) atapi_ok(d);
        else if (d->command == COMMAND_DEVICE_RESET) after_device_reset(d);
        else ata_done(d);
        break;
    default: ata_failed(d, ERROR_ABRT); break;
    }
}

/* --- ATA commands --- */

static void packet(struct ata_device *d)
{
    u32 limit = d->lba_mid[0] | (u32)d->lba_high[0] << 8;

    bool no_master = atapi_by_dma(d) && !d->channel->dma.transfer;

    if (no_master || d->features[0] & 2) {                       /* overlap */
        ata_failed(d, ERROR_ABRT);
        return;
    }
    d->cd.byte_limit = limit < ATAPI_BYTE_LIMIT ? limit : ATAPI_BYTE_LIMIT;
    d->cd.staged = d->cd.blocks_left = d->cd.parameters = 0;
    d->sector_count[0] = REASON_CD;
    ata_ask_host(d, ATA_DATA_OUT, ATAPI_PACKET_BYTES, false);
}

static void identify_packet(struct ata_device *d)
{
    ata_identify_cdrom(d);
    ata_ask_host(d, ATA_DATA_IN, SECTOR_BYTES, true);
}

static void set_features(struct ata_device *d)
{
    u8 feature = d->features[0];
    bool known = feature == FEATURE_KEEP || feature == FEATURE_REVERT;

    if (feature == FEATURE_TRANSFER_MODE) known = ata_set_transfer_mode(d, d->sector_count[0]);
    if (known) ata_busy(d, ATA_FINISH, ATA_COMMAND_NS);
    else ata_failed(d, ERROR_ABRT);
}

/* IDENTIFY DEVICE and READ SECTORS abort with the signature, so that a host sees what it talks to. */
void atapi_cdrom_command(struct ata_device *d, u8 command)
{
    d->cd.blocks_left = d->cd.parameters = 0;
    if (!ata_is_power_command(command)) d->power = ATA_POWER_ACTIVE;
    if (command == COMMAND_PACKET) {
        packet(d);
    } else if (command == COMMAND_IDENTIFY_PACKET) {
        identify_packet(d);
    } else if (command == COMMAND_SET_FEATURES) {
        set_features(d);
    } else if (ata_is_power_command(command)) {
        ata_power_command(d, command);
    } else {
        if (command == 0xec || command == 0x20 || command == 0x21) ata_signature(d);
        ata_failed(d, ERROR_ABRT);
    }
}

/* --- the board's side --- */

void atapi_cdrom_reset(struct ata_device *d, bool power_on)
{
    struct atapi_cdrom *cd = &d->cd;

    d->power = ATA_POWER_ACTIVE;
    cd->sense_key = cd->asc = cd->ascq = 0;
    cd->sense_lba = cd->blocks_left = cd->staged = cd->parameters = 0;
    cd->locked = cd->stopped = false;
    atapi_audio_stop(d);
    if (power_on) atapi_pages_reset(d);
    if (power_on) d->dma = (struct ata_dma){ 0 };
    if (cd->attention == ATTENTION_NONE || power_on) cd->attention = ATTENTION_RESET;
}

void atapi_cdrom_insert(struct ata_device *d)
{
    d->cd.disc_sectors = cd_disc_blocks(disk_image_disc(d->image));
    d->cd.tray_open = d->cd.stopped = false;
    d->cd.position = 0;
    d->cd.attention = ATTENTION_MEDIUM;
    d->cd.media_event = EVENT_NEW_MEDIUM;
}

void atapi_cdrom_eject(struct ata_device *d)
{
    atapi_audio_stop(d);
    if (d->image) d->cd.media_event = EVENT_REMOVAL;
    d->cd.disc_sectors = 0;
    d->cd.locked = false;
}

const char *atapi_cdrom_invariant(const struct ata_device *d)
{
    const struct atapi_cdrom *cd = &d->cd;

    if (state_out_of_range(&atapi_cdrom_state, cd)) return "every field is in the range its list gives";
    if (cd->disc_sectors && !d->image) return "a disc has an image";
    if (cd->blocks_left && d->step != ATA_READ_BLOCK && d->step != ATA_DATA_IN && d->step != ATA_DMA_IN) return "blocks are left only while a command reads";
    if ((cd->audio == AUDIO_PLAYS || cd->audio == AUDIO_PAUSE) && cd->audio_from >= cd->audio_end) return "what plays has blocks";
    if (cd->audio == AUDIO_PLAYS && cd->audio_heard < cd->audio_began) return "nothing was heard before the play began";
    if (cd->staged > ATAPI_BYTE_LIMIT) return "a stage fits a DRQ block";
    return NULL;
}
