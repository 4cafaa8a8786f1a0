/* Asks Linux's cdrom driver what a CD of several tracks and sessions has: one line a finding, for tests/guests/long/cd-tracks.sh. */
#include <fcntl.h>
#include <linux/cdrom.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PIECE = 25, RAW = 2352 };

static int drive;

static int asked(const char *what, unsigned long request, void *answer)
{
    int result = ioctl(drive, request, answer);
    if (result < 0) perror(what);
    return result;
}

static int start_of(int track, int *data)
{
    struct cdrom_tocentry entry = { .cdte_track = (unsigned char)track, .cdte_format = CDROM_LBA };

    if (asked("TOC entry", CDROMREADTOCENTRY, &entry) < 0) return -1;
    *data = entry.cdte_ctrl & CDROM_DATA_TRACK;
    return entry.cdte_addr.lba;
}

static void show_toc(void)
{
    struct cdrom_tochdr head;
    struct cdrom_multisession last = { .addr_format = CDROM_LBA };
    struct cdrom_mcn mcn;
    int data;

    if (asked("TOC", CDROMREADTOCHDR, &head) < 0) return;
    for (int n = head.cdth_trk0; n <= head.cdth_trk1; n++) {
        int lba = start_of(n, &data);
        printf("TRACK %d at %d %s\n", n, lba, data ? "data" : "audio");
    }
    printf("LEAD-OUT %d\n", start_of(CDROM_LEADOUT, &data));
    if (asked("sessions", CDROMMULTISESSION, &last) >= 0) printf("LAST-SESSION %d xa %d\n", last.addr.lba, last.xa_flag);
    if (asked("MCN", CDROM_GET_MCN, &mcn) >= 0) printf("MCN %.13s\n", mcn.medium_catalog_number);
    printf("DISC-STATUS %d\n", ioctl(drive, CDROM_DISC_STATUS, 0));
}

/* Audio from `lba` on to a file. */
static void read_audio(int lba, int frames, const char *path)
{
    static unsigned char samples[PIECE * RAW];
    FILE *to = fopen(path, "wb");

    for (int done = 0; to && done < frames; done += PIECE) {
        int n = frames - done < PIECE ? frames - done : PIECE;
        struct cdrom_read_audio read = { .addr = { .lba = lba + done }, .addr_format = CDROM_LBA, .nframes = n, .buf = samples };
        if (asked("audio", CDROMREADAUDIO, &read) < 0) break;
        fwrite(samples, RAW, (size_t)n, to);
    }
    if (to) fclose(to);
}

static struct cdrom_subchnl where(void)
{
    struct cdrom_subchnl sub = { .cdsc_format = CDROM_LBA };
    asked("subchannel", CDROMSUBCHNL, &sub);
    return sub;
}

static void play(int lba, int frames)
{
    int from = lba + 150, to = from + frames;
    struct cdrom_msf msf = { (unsigned char)(from / 75 / 60), (unsigned char)(from / 75 % 60), (unsigned char)(from % 75), (unsigned char)(to / 75 / 60), (unsigned char)(to / 75 % 60), (unsigned char)(to % 75) };
    struct cdrom_volctrl volume = { 128, 255, 0, 0 };

    if (asked("play", CDROMPLAYMSF, &msf) < 0) return;
    sleep(1);
    struct cdrom_subchnl now = where();
    printf("PLAY status %x track %d second %d\n", now.cdsc_audiostatus, now.cdsc_trk, (now.cdsc_absaddr.lba - lba) / 75);
    asked("pause", CDROMPAUSE, NULL);
    printf("PAUSE status %x\n", where().cdsc_audiostatus);
    asked("resume", CDROMRESUME, NULL);
    sleep(2);
    printf("END status %x\n", where().cdsc_audiostatus);
    if (asked("volume", CDROMVOLCTRL, &volume) >= 0 && asked("volume", CDROMVOLREAD, &volume) >= 0) printf("VOLUME %d %d\n", volume.channel0, volume.channel1);
}

int main(int argc, char **argv)
{
    drive = argc == 5 ? open(argv[1], O_RDONLY | O_NONBLOCK) : -1;
    if (drive < 0) return fprintf(stderr, "cd-tracks DEVICE LBA FRAMES FILE\n"), 1;
    show_toc();
    read_audio(atoi(argv[2]), atoi(argv[3]), argv[4]);
    play(atoi(argv[2]), atoi(argv[3]));
    return 0;
}
