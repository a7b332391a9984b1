/* Keys: bytes from a terminal become named keys.  Control sequences (CSI, SS3),
 * UTF-8, Meta as ESC prefix, and bracketed paste, across any split of reads.
 *
 * Names: "left" "right" "up" "down" "home" "end" "pgup" "pgdn" "insert" "delete" "tab"
 * "enter" "esc" "backspace" "space" "f1".."f20", a printed character as itself ("c", "[",
 * "é"), and the prefixes "C-", "M-", "S-" in this order ("C-left", "M-f", "S-tab").  The
 * mouse (mode 1006): "click", "drag", "release" of the left button, "wheel-up",
 * "wheel-down", with x and y from 0.  An unknown sequence is named "".  Answers of the
 * terminal (OSC, and CSI with "?") are never keys. */
#ifndef SCREEN_KEYS_H
#define SCREEN_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "deltaw/base/strbuf.h"

enum { KEYS_SEQUENCE = 32, KEYS_REPORT = 128, KEYS_PASTE_LIMIT = 4 << 20 };

struct keys {
    unsigned char pending[4096]; /* not decoded yet */
    size_t n;
    double since; /* when the newest byte came */
    bool pasting;
    struct strbuf paste;
};

struct keypress {
    bool paste;  /* text pasted: in keys->paste until the next call */
    bool report; /* an answer of the terminal: `bytes`, ended by 0, without its frame */
    char name[KEYS_SEQUENCE];
    char bytes[KEYS_REPORT]; /* as they came */
    size_t n_bytes;
    int x, y; /* of the mouse */
};

/* Room for at most this many more bytes. */
size_t keys_room(const struct keys *keys);
void keys_feed(struct keys *keys, const void *bytes, size_t n, double now);
/* The next whole key.  A lone ESC (or any beginning of a sequence) is whole once
 * `now` has reached keys_deadline(). */
bool keys_next(struct keys *keys, double now, struct keypress *out);
/* When to call keys_next again even if no byte arrives; INFINITY: never. */
double keys_deadline(const struct keys *keys);
void keys_free(struct keys *keys);
bool key_is(const struct keypress *key, const char *name);

#endif
