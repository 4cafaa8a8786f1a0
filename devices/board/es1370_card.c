/* An AudioPCI in its slot: DAC1 is the codec's FM input, DAC2 its voice input.              doc: es1370 */
#include "devices/board/es1370_card.h"

#include "devices/board/board.h"

static void on_codec_changing(void *board) { es1370_render(&((struct machine *)board)->sounds.es1370.chip); }

static void on_codec_changed(void *board)
{
    struct machine *m = board;
    struct es1370_card *card = &m->sounds.es1370;

    for (unsigned source = 0; source < AK4531_SOURCES; source++)
        if (card->input[source])
            sound_gain(card->input[source], (struct rate){ m->clock.ips, 1 }, clock_now(&m->clock), ak4531_gain(&card->codec, source, 0), ak4531_gain(&card->codec, source, 1));
    sounds_wake(m);
}

static void put_midi(void *board, u8 byte)
{
    struct machine *m = board;
    if (m->sounds.es1370.midi && !m->past && limits_allow(m, LIMIT_LOG, 1)) midi_file_put(m->sounds.es1370.midi, clock_cycles(&m->clock, (struct rate){ 1000, 1 }), byte);
}

void es1370_card_init(struct machine *m)
{
    struct es1370_card *card = &m->sounds.es1370;
    const struct ak4531_wires codec = { .board = m, .changing = on_codec_changing, .changed = on_codec_changed };
    const struct es1370_wires chip = { .clock = &m->clock, .midi = { m, put_midi }, .codec_chip = &card->codec, .codec_write = ak4531_write, .board = m, .decode_changed = pci_cards_place,
                                       .memory_read = memory_dma_read, .memory_write = memory_dma_write, .wake = sounds_wake };

    ak4531_init(&card->codec, &codec);
    es1370_init(&card->chip, &chip);
}

bool es1370_card_build(struct machine *m, struct sound *sound, struct error *err)
{
    static const struct port_wide doublewords = { .read = es1370_read_wide, .write = es1370_write_wide };
    const struct card_config *config = &m->config.es1370;
    struct es1370_card *card = &m->sounds.es1370;
    struct es1370 *chip = &card->chip;
    const struct port_range ports = { 0, ES1370_PORTS - 1, "es1370", chip, es1370_read, es1370_write, &doublewords };
    const struct pci_card_parts parts = { .name = "es1370", .chip = chip, .config = chip->config, .config_read = es1370_config_read, .config_write = es1370_config_write,
                                          .region = { { .at = PCI_BASE_0, .ports = &ports } } };

    if (!m->pci.present) return fail(err, "es1370: a PCI card needs a PCI bus: pci: enabled=1");
    unsigned slot = pci_slot_for(m, "es1370", 0);
    if (slot == PCI_SLOTS) return fail(err, "es1370: no PCI slot is free");
    if (!pci_card_add(m, slot, &parts, err)) return false;
    chip->wires.irq = pci_card_interrupt(m, slot);
    for (unsigned source = 0; sound && source < AK4531_SOURCES; source++) card->input[source] = sound_add_input(sound, true);
    if (sound) {
        chip->wires.dac[ES1370_DAC1] = (struct sound_wire){ card->input[AK4531_FM], sound_level };
        chip->wires.dac[ES1370_DAC2] = (struct sound_wire){ card->input[AK4531_VOICE], sound_level };
        on_codec_changed(m);
    }
    return card_open_midi(config, "es1370", &card->midi, err);
}

void es1370_card_reset(struct machine *m)
{
    es1370_reset(&m->sounds.es1370.chip);
    ak4531_reset(&m->sounds.es1370.codec);
}

void es1370_card_close(struct machine *m)
{
    midi_file_close(m->sounds.es1370.midi);
    m->sounds.es1370.midi = NULL;
}
