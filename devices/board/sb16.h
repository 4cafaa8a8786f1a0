#ifndef ORRERY_BOARD_SB16_H
#define ORRERY_BOARD_SB16_H
/* A Sound Blaster 16: DSP, mixer, FM synthesizer and MPU-401 on one card.                   doc: sb16 */
#include "devices/chip/mpu_401.h"
#include "devices/chip/opl3_ymf262.h"
#include "devices/chip/sb16_ct1741.h"
#include "devices/chip/sb16_ct1745.h"
#include "devices/sound/midi_file.h"
#include "devices/sound/sound.h"

enum { SB16_LINE_8, SB16_LINE_16, SB16_LINE_MPU, SB16_LINES };

struct sb16_card {
    struct sb16_ct1741 dsp;
    struct sb16_ct1745 mixer;
    struct mpu_401 mpu;
    struct line line[SB16_LINES];        /* what asks for the interrupt that the mixer chose */
    struct sound_input *input[CT1745_SOURCES];
    struct midi_file *midi;
};

struct machine;
struct error;

void sb16_card_init(struct machine *m);
/* Its sound goes to `sound`; NULL: nowhere. */
bool sb16_card_build(struct machine *m, struct sound *sound, struct error *err);
void sb16_card_reset(struct machine *m);
/* Its chips' state is that of another moment: so are the lines that they drive. */
void sb16_card_derive(struct machine *m);
void sb16_card_close(struct machine *m);
bool sb16_card_render(struct machine *m);
/* It asks for this request. */
bool sb16_card_request(const struct machine *m, unsigned irq);

#endif
