#ifndef ORRERY_BOARD_SOUNDS_H
#define ORRERY_BOARD_SOUNDS_H
/* What makes sound on a board, and where it goes.                                           doc: sound */
#include "cpu/base/error.h"
#include "devices/board/clock.h"
#include "devices/board/es1370_card.h"
#include "devices/board/sb16.h"
#include "devices/chip/opl3_ymf262.h"
#include "devices/chip/speaker.h"
#include "devices/sound/sound.h"
#include "devices/machine_config.h"
#include "devices/sound/wav.h"

#define SOUNDS_STATE(ONE, MANY) \
    /*    type  name   unit     min         max  meaning                                                 */ \
    ONE (event, look, "tick",     0, UINT64_MAX, "sources are asked for what they have sounded until now") \
    ONE (u8,   quiet, "",         0,         20, "looks in a row at which none of them went on")

/* A mixture of sources, and its file. */
struct sound_mixture {
    struct sound *sound;
    struct wav *wav;
};

struct sounds {
    STATE_MEMBERS(SOUNDS_STATE)
    struct sound_mixture main, sb16_own, es1370_own;     /* own: of a card that has a file of its own */
    struct speaker speaker;
    struct opl3_ymf262 opl;      /* of an AdLib, or of the next card */
    struct sb16_card sb16;
    struct es1370_card es1370;
};

extern const struct state_layout sounds_state;

struct machine;

void sounds_init(struct machine *m);                     /* chips, before any port leads to them */
bool sounds_build(struct machine *m, struct error *err); /* files and ports */
void sounds_reset(struct machine *m);
void sounds_close(struct machine *m);
void sounds_leave_host(struct machine *m);               /* nothing is put out any more */
void sounds_derive(struct machine *m);                   /* its state is that of another moment */
void sounds_set_speaker(struct machine *m, bool data);
void sounds_wake(void *board);                           /* a source has something to be heard */
/* The file that takes a card's MIDI; NULL in *midi: none does. */
bool card_open_midi(const struct card_config *config, const char *who, struct midi_file **midi, struct error *err);
/* The machine leaves its present: nothing is put out, and what the present was is kept until it is there again, or is another one.
 * NULL: the host has no memory, and nothing has changed. */
struct sounds_left;
struct sounds_left *sounds_leave(struct machine *m);
void sounds_return(struct machine *m, struct sounds_left *left);
void sounds_move(struct machine *m, struct sounds_left *left);           /* NULL: the machine has come from elsewhere */
void sounds_each_part(struct machine *m, void (*part)(struct machine *m, const char *name, const struct state_layout *layout, void *instance));

#endif
