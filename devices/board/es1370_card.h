#ifndef ORRERY_BOARD_ES1370_CARD_H
#define ORRERY_BOARD_ES1370_CARD_H
/* An AudioPCI: ES1370 and its codec in a PCI slot.                                          doc: es1370 */
#include "devices/chip/ak4531.h"
#include "devices/chip/es1370.h"
#include "devices/sound/midi_file.h"
#include "devices/sound/sound.h"

struct es1370_card {
    struct es1370 chip;
    struct ak4531 codec;
    struct sound_input *input[AK4531_SOURCES];
    struct midi_file *midi;
};

struct machine;
struct error;

void es1370_card_init(struct machine *m);
/* Its sound goes to `sound`; NULL: nowhere. */
bool es1370_card_build(struct machine *m, struct sound *sound, struct error *err);
void es1370_card_reset(struct machine *m);
void es1370_card_close(struct machine *m);

#endif
