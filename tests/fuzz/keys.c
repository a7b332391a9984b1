/* The full screen without a terminal: what one would send, and its sizes. */
#include "../screenless.h"
#include "fuzz.h"

enum { RESIZE = 0xff, MOST_KEYS = 120, BETWEEN = 8 };
/* RESIZE: a byte that no text holds; then width and height.  BETWEEN two pictures, bytes. */

static void on_line(void *data, const char *line)
{
    explorer_enter(data, line);
}

static void on_candidates(void *data, const struct completion *completion)
{
    promptline_candidates_show(data, completion);
}

static void draw(struct explorer *e)
{
    struct strbuf out = {0};
    explorer_update(e);
    explorer_draw(e);
    canvas_emit(&e->frame, &e->style, &out);
    strbuf_free(&out);
}

static void take(struct explorer *e, double now)
{
    struct keypress key;
    while (!e->quit && keys_next(&e->keys, now, &key)) {
        explorer_key(e, &key);
        fuzz_steps(e->session, &e->out);
    }
}

static void send_bytes(struct explorer *e, const char *bytes, size_t n)
{
    double now = 1;
    for (size_t i = 0; i < n && !e->quit; i++, now += .001) {
        if (i % BETWEEN == 0)
            draw(e);
        if ((unsigned char)bytes[i] == RESIZE && i + 2 < n) {
            resize(e, (unsigned char)bytes[i + 1], (unsigned char)bytes[i + 2]);
            i += 2;
            draw(e);
            continue;
        }
        keys_feed(&e->keys, &bytes[i], 1, now);
        take(e, now);
    }
    take(e, now + 1);
    draw(e);
}

void fuzz_keys(const uint8_t *bytes, size_t n)
{
    struct explorer e;
    char *tame = fuzz_tame(bytes, n < MOST_KEYS ? n : MOST_KEYS);
    begin(&e, n % 2, 80, 24);
    lineedit_open(&(struct lineedit_host){e.session, &e, on_line, on_candidates}, "deltaw> ", true);
    explorer_enter(&e, "simulate reinforce animals=2 trials=20 seed=1");
    explorer_enter(&e, "fit reinforce name=m; wait m");
    fuzz_steps(e.session, &e.out);
    send_bytes(&e, tame, strlen(tame));
    free(tame);
    lineedit_close();
    end(&e);
}
