#include "deltaw/draw/picture.h"

#include <dlfcn.h>
#include <math.h>
#include <string.h>

/* --- libsixel ------------------------------------------------------------------ */

/* As its sixel.h declares them; the library is not needed to build, only to draw. */
enum { SIXEL_RGB888 = 3, SIXEL_COLOURS = 256, SIXEL_FAILED = 0x1000 };

struct sixel {
    void *library;
    int (*output_new)(void **output, int (*write)(char *bytes, int n, void *data), void *data,
                      void *allocator);
    void (*output_unref)(void *output);
    int (*dither_new)(void **dither, int colours, void *allocator);
    void (*dither_unref)(void *dither);
    int (*dither_initialize)(void *dither, unsigned char *rgb, int width, int height, int format,
                             int largest, int representative, int quality);
    int (*encode)(unsigned char *rgb, int width, int height, int depth, void *dither, void *output);
};

static bool sixel_open(struct sixel *s, struct err *err)
{
    *s = (struct sixel){.library = dlopen("libsixel.so.1", RTLD_NOW | RTLD_LOCAL)};
    if (!s->library)
        return err_set(err, ERR_FAILED,
                       "this terminal draws sixels, but libsixel, which makes them, is not "
                       "there: install the Debian package libsixel1");
    const struct {
        const char *name;
        void *to;
    } wanted[] = {{"sixel_output_new", &s->output_new},
                  {"sixel_output_unref", &s->output_unref},
                  {"sixel_dither_new", &s->dither_new},
                  {"sixel_dither_unref", &s->dither_unref},
                  {"sixel_dither_initialize", &s->dither_initialize},
                  {"sixel_encode", &s->encode}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        void *at = dlsym(s->library, wanted[i].name);
        if (!at) {
            dlclose(s->library);
            return err_set(err, ERR_FAILED, "libsixel has no %s; use as=cells", wanted[i].name);
        }
        memcpy(wanted[i].to, &at, sizeof at); /* as POSIX has it for functions */
    }
    return true;
}

static int collect(char *bytes, int n, void *data)
{
    strbuf_add(data, bytes, (size_t)n);
    return n;
}

static bool sixel_draw(unsigned char *rgb, int width, int height, struct strbuf *out,
                       struct err *err)
{
    struct sixel s;
    void *output = NULL, *dither = NULL;
    if (!sixel_open(&s, err))
        return false;
    int status = s.output_new(&output, collect, out, NULL);
    if (!(status & SIXEL_FAILED))
        status = s.dither_new(&dither, SIXEL_COLOURS, NULL);
    if (!(status & SIXEL_FAILED))
        status = s.dither_initialize(dither, rgb, width, height, SIXEL_RGB888, 0, 0, 0);
    if (!(status & SIXEL_FAILED))
        status = s.encode(rgb, width, height, 0, dither, output);
    if (dither)
        s.dither_unref(dither);
    if (output)
        s.output_unref(output);
    dlclose(s.library);
    return !(status & SIXEL_FAILED) ||
           err_set(err, ERR_FAILED, "libsixel failed with status %#x; use as=cells", status);
}

/* --- kitty ----------------------------------------------------------------------- */

/* In pieces of 4096 bytes at most: the protocol wants it. */
static void kitty_draw(const struct strbuf *png, struct strbuf *out)
{
    enum { PIECE = 4096 };
    struct strbuf base64 = {0};
    strbuf_base64(&base64, strbuf_text(png), png->len);
    for (size_t at = 0; at < base64.len; at += PIECE) {
        size_t n = base64.len - at < PIECE ? base64.len - at : PIECE;
        strbuf_printf(out, "\033_G%sm=%d;", at ? "" : "a=T,f=100,q=2,", at + n < base64.len);
        strbuf_add(out, base64.text + at, n);
        strbuf_puts(out, "\033\\");
    }
    strbuf_free(&base64);
}

/* --- both ------------------------------------------------------------------------ */

bool picture_encode(const struct figure *figure, const struct picture_room *room, bool dark,
                    struct strbuf *out, struct err *err)
{
    enum { SIXEL_MOST = 1000 }; /* pixels that xterm draws, unless told otherwise */
    static const double inch = 25.4, font = 9;
    bool sixel = room->kind == PICTURE_SIXEL;
    double dpi = 72 * .8 * room->line / font;
    int width = sixel && room->width > SIXEL_MOST ? SIXEL_MOST : room->width;
    int height = sixel && room->height > SIXEL_MOST ? SIXEL_MOST : room->height;
    struct figure_look look = {.width = width / dpi * inch,
                               .height = height / dpi * inch,
                               .font = font,
                               .dpi = dpi,
                               .family = "sans",
                               .dark = dark};
    struct strbuf image = {0};
    bool good = figure_paint(figure, sixel ? FIGURE_DOTS : FIGURE_PNG, &look, &image, err);
    if (good && sixel) {
        int size[2];
        memcpy(size, image.text, sizeof size);
        good = sixel_draw((unsigned char *)image.text + sizeof size, size[0], size[1], out, err);
    } else if (good) {
        kitty_draw(&image, out);
    }
    strbuf_free(&image);
    return good;
}
