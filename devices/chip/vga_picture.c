/* Pictures: what the monitor shows now, and what of it has changed.                         doc: vga */
#include "devices/chip/vga_picture.h"
#include "devices/chip/vga_registers.h"

#include <string.h>

enum { VGA_PAGES = VGA_MEMORY_LEAST / VGA_PAGE_BYTES };

static void view_dispi(const struct vga_dispi *d, struct vga_view *view)
{
    view->bpp = d->bpp;
    view->width = d->xres;
    view->height = d->yres;
    view->x_offset = d->x_offset;
    view->y_offset = d->y_offset;
    view->pitch = dispi_pitch(d);
    view->first = d->bpp == 4 ? 0 : d->y_offset * view->pitch + d->x_offset * ((d->bpp + 7u) / 8);
}

static void view_now(const struct vga *v, struct vga_view *view)
{
    memset(view, 0, sizeof *view);
    memcpy(view->seq, v->seq, sizeof view->seq);
    memcpy(view->gc, v->gc, sizeof view->gc);
    memcpy(view->crtc, v->crtc, sizeof view->crtc);
    memcpy(view->attr, v->attr, sizeof view->attr);
    memcpy(view->dac, v->dac, sizeof view->dac);
    view->misc = v->misc;
    view->pel_mask = v->pel_mask;
    view->dac_bits = v->dac_bits;
    view->memory_bytes = v->memory_bytes;
    view->shown = v->enabled && v->attr_index & ATTR_PAS && !(v->seq[SEQ_CLOCKING] & CLOCKING_SCREEN_OFF);
    if (dispi_shows(&v->dispi)) view_dispi(&v->dispi, view);
    if (cirrus_shows(&v->cirrus)) cirrus_view(v, view);
    if (view->bpp) return;
    view->cursor_phase = !(vga_frames(v) & 8);       /* 8 frames on, 8 off */
    view->blink_phase = !(vga_frames(v) & 16);       /* 16 frames on, 16 off */
}

struct vga_pages vga_pages_seen(const struct vga_view *view)
{
    u32 pages = view->memory_bytes / VGA_PAGE_BYTES, first = view->first / VGA_PAGE_BYTES;

    if (!view->bpp) return (struct vga_pages){ 0, VGA_PAGES };
    u32 end = view->first + (view->height - 1u) * view->pitch + view->width * ((view->bpp + 7u) / 8);
    if (view->bpp == 4 || end > view->memory_bytes) return (struct vga_pages){ 0, pages };
    if (view->cursor_dots) return (struct vga_pages){ first, pages - first };    /* its pattern is at the end */
    return (struct vga_pages){ first, (end - 1) / VGA_PAGE_BYTES - first + 1 };
}

void vga_stamp_changes(struct vga *v)
{
    u32 pages = v->memory_bytes / VGA_PAGE_BYTES;

    v->stamp++;
    for (u32 i = 0; i < pages; i++) {
        if (!v->page_changed[i]) continue;
        v->page_changed[i] = false;
        v->page_stamp[i] = v->stamp;
    }
}

/* The pages of `p->view` whose stamps differ. */
static bool take_pages(struct vga_picture *p, const u8 *memory, const u32 *stamp)
{
    struct vga_pages seen = vga_pages_seen(&p->view);
    bool any = false;

    for (u32 i = seen.first; i < seen.first + seen.count; i++) {
        if (p->stamp[i] == stamp[i]) continue;
        memcpy(&p->memory[(size_t)i * VGA_PAGE_BYTES], &memory[(size_t)i * VGA_PAGE_BYTES], VGA_PAGE_BYTES);
        p->stamp[i] = stamp[i];
        any = true;
    }
    return any;
}

static bool take_view(struct vga_picture *p, const struct vga_view *view)
{
    if (!memcmp(&p->view, view, sizeof *view)) return false;
    memcpy(&p->view, view, sizeof *view);
    return true;
}

bool vga_take_picture(struct vga *v, struct vga_picture *p)
{
    struct vga_view view;

    view_now(v, &view);
    vga_stamp_changes(v);
    bool other = take_view(p, &view);
    return take_pages(p, v->memory, v->page_stamp) || other;
}

/* What a machine's view always is, and what drawing it relies on. */
static bool is_sound(const struct vga_view *v)
{
    enum { PITCH_MOST = 1 << 18 };
    static const u8 depths[] = { 0, 4, 8, 15, 16, 24, 32 };
    u32 memory = v->memory_bytes;
    bool ok = memory >= VGA_PAGES * VGA_PAGE_BYTES && memory <= VGA_MEMORY_MOST && !(memory & (memory - 1)) && v->first < memory && v->pitch <= PITCH_MOST;

    ok &= !v->bpp || (v->width >= 1 && v->width <= VGA_MAX_WIDTH && v->height >= 1 && v->height <= VGA_MAX_HEIGHT);
    ok &= v->cursor_dots == 0 || v->cursor_dots == 32 || v->cursor_dots == 64;
    return ok && v->bpp <= 32 && memchr(depths, (int)v->bpp, sizeof depths);
}

/* Another process may write `from` meanwhile: what is copied is looked at, not what stands there. */
bool vga_copy_picture(const struct vga_picture *from, struct vga_picture *p)
{
    struct vga_view view;

    memcpy(&view, &from->view, sizeof view);
    if (!is_sound(&view)) return false;
    bool other = take_view(p, &view);
    return take_pages(p, from->memory, from->stamp) || other;
}
