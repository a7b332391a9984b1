#include "keys.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "deltaw/base/utf8.h"

static const double escape_seconds = .1; /* longer than the gaps between the bytes of a key */
static const double paste_seconds = 2;   /* a paste whose end never comes */
static const double report_seconds = 1;  /* an answer whose end never comes */
static const char paste_end[] = "\033[201~";
enum { PASTE_END = sizeof paste_end - 1 };

/* What the pending bytes turned out to be. */
enum look { LOOK_MORE, LOOK_KEY, LOOK_PASTE };

size_t keys_room(const struct keys *keys)
{
    return sizeof keys->pending - keys->n;
}

void keys_feed(struct keys *keys, const void *bytes, size_t n, double now)
{
    if (n > keys_room(keys))
        n = keys_room(keys);
    memcpy(keys->pending + keys->n, bytes, n);
    keys->n += n;
    keys->since = now;
}

/* No key sends ESC ] and a digit, or ESC [ ?, in one go. */
static bool begins_report(const struct keys *keys)
{
    const unsigned char *p = keys->pending;
    return keys->n > 2 && p[0] == 27 &&
           ((p[1] == ']' && p[2] >= '0' && p[2] <= '9') || (p[1] == '[' && p[2] == '?'));
}

double keys_deadline(const struct keys *keys)
{
    if (keys->pasting)
        return keys->since + paste_seconds;
    if (begins_report(keys))
        return keys->since + report_seconds;
    return keys->n ? keys->since + escape_seconds : INFINITY;
}

void keys_free(struct keys *keys)
{
    strbuf_free(&keys->paste);
}

bool key_is(const struct keypress *key, const char *name)
{
    return strcmp(key->name, name) == 0;
}

static void drop(struct keys *keys, size_t n)
{
    keys->n -= n;
    memmove(keys->pending, keys->pending + n, keys->n);
}

static void name_modified(struct keypress *out, int modifiers, const char *name)
{
    snprintf(out->name, sizeof out->name, "%s%s%s%s", modifiers & 4 ? "C-" : "",
             modifiers & 2 ? "M-" : "", modifiers & 1 ? "S-" : "", name);
}

static const char *letter_key(unsigned char final)
{
    static const char *const names[] = {
        ['A'] = "up",   ['B'] = "down", ['C'] = "right", ['D'] = "left",
        ['H'] = "home", ['F'] = "end",  ['P'] = "f1",    ['Q'] = "f2",
        ['R'] = "f3",   ['S'] = "f4",   ['I'] = "tab",   ['M'] = "enter", /* of the keypad */
    };
    return final < sizeof names / sizeof names[0] ? names[final] : NULL;
}

static const char *number_key(int number)
{
    static const char *const names[] = {
        [1] = "home", [2] = "insert", [3] = "delete", [4] = "end",  [5] = "pgup", [6] = "pgdn",
        [7] = "home", [8] = "end",    [11] = "f1",    [12] = "f2",  [13] = "f3",  [14] = "f4",
        [15] = "f5",  [17] = "f6",    [18] = "f7",    [19] = "f8",  [20] = "f9",  [21] = "f10",
        [23] = "f11", [24] = "f12",   [25] = "f13",   [26] = "f14", [28] = "f15", [29] = "f16",
        [31] = "f17", [32] = "f18",   [33] = "f19",   [34] = "f20",
    };
    return number > 0 && number < (int)(sizeof names / sizeof names[0]) ? names[number] : NULL;
}

static void name_character(struct keypress *out, int modifiers, const unsigned char *text, size_t n)
{
    char name[16];
    if (n == 1 && text[0] < 32) {
        if (text[0] == '\r')
            snprintf(name, sizeof name, "enter");
        else if (text[0] == '\t')
            snprintf(name, sizeof name, "tab");
        else {
            unsigned char c = text[0] | 64;
            modifiers |= 4;
            snprintf(name, sizeof name, "%c", c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
    } else if (n == 1 && text[0] == 127) {
        snprintf(name, sizeof name, "backspace");
    } else if (n == 1 && text[0] == ' ') {
        snprintf(name, sizeof name, "space");
    } else {
        snprintf(name, sizeof name, "%.*s", (int)n, (const char *)text);
    }
    name_modified(out, modifiers, name);
}

/* Keys as code points, "CSI 97;5u", which some terminals send on request. */
static void name_codepoint(struct keypress *out, int modifiers, int codepoint)
{
    char text[4];
    if (codepoint == 27) {
        name_modified(out, modifiers, "esc");
    } else if (codepoint > 0 && codepoint < 0x110000) {
        size_t n = utf8_encode((uint32_t)codepoint, text);
        name_character(out, modifiers, (unsigned char *)text, n);
    }
}

static void name_control_sequence(struct keypress *out, const unsigned char *parameters, size_t n,
                                  unsigned char final)
{
    int values[2] = {0, 0}, which = 0;
    for (size_t i = 0; i < n; i++)
        if (parameters[i] == ';')
            which++;
        else if (parameters[i] < '0' || parameters[i] > '9')
            return; /* a report or a private sequence: no key */
        else if (which < 2 && values[which] < 100000000)
            values[which] = values[which] * 10 + (parameters[i] - '0');
    int modifiers = values[1] > 0 ? (values[1] - 1) & 7 : 0;
    if (final == 'Z') {
        name_modified(out, modifiers | 1, "tab");
    } else if (final == 'u') {
        name_codepoint(out, modifiers, values[0]);
    } else if (final == '~') {
        if (number_key(values[0]))
            name_modified(out, modifiers, number_key(values[0]));
    } else if (letter_key(final) && final != 'M' && final != 'I') {
        name_modified(out, modifiers, letter_key(final));
    }
}

/* "CSI < button ; x ; y M", or m when it is let go. */
static void name_mouse(struct keypress *out, const unsigned char *parameters, size_t n, bool down)
{
    char text[KEYS_SEQUENCE];
    int button, x, y, used = 0;
    snprintf(text, sizeof text, "%.*s", (int)n, (const char *)parameters);
    if (n >= sizeof text || sscanf(text, "<%4d;%5d;%5d%n", &button, &x, &y, &used) != 3 ||
        text[used] || x < 1 || y < 1)
        return;
    int plain = button & ~28; /* whatever modifiers */
    const char *name = plain == 64   ? "wheel-up"
                       : plain == 65 ? "wheel-down"
                       : plain == 32 ? "drag"
                       : plain == 0  ? down ? "click" : "release"
                                     : "";
    snprintf(out->name, sizeof out->name, "%s", name);
    out->x = x - 1;
    out->y = y - 1;
}

static enum look take(struct keys *keys, struct keypress *out, size_t n)
{
    out->n_bytes = n < sizeof out->bytes ? n : 0; /* an overlong sequence is no key */
    memcpy(out->bytes, keys->pending, out->n_bytes);
    drop(keys, n);
    return LOOK_KEY;
}

/* `n` bytes of an answer that takes `whole` bytes with its frame. */
static enum look take_report(struct keys *keys, struct keypress *out, size_t from, size_t n,
                             size_t whole)
{
    out->report = true;
    out->n_bytes = n < sizeof out->bytes ? n : 0;
    memcpy(out->bytes, keys->pending + from, out->n_bytes);
    drop(keys, whole);
    return LOOK_KEY;
}

/* ESC ] 11;... up to BEL or ESC \. */
static enum look look_report(struct keys *keys, bool late, struct keypress *out)
{
    const unsigned char *p = keys->pending;
    size_t i = 2;
    while (i < keys->n && p[i] >= 0x20 && p[i] < 0x7f)
        i++;
    if (i < keys->n && p[i] == 7)
        return take_report(keys, out, 2, i - 2, i + 1);
    if (i + 1 < keys->n && p[i] == 27 && p[i + 1] == '\\')
        return take_report(keys, out, 2, i - 2, i + 2);
    bool more = i == keys->n || (p[i] == 27 && i + 1 == keys->n);
    if (more && !late && keys->n < sizeof keys->pending)
        return LOOK_MORE;
    return take_report(keys, out, 2, 0, i); /* cut short: none of it counts as typed */
}

/* ESC [ ... */
static enum look look_control(struct keys *keys, bool late, struct keypress *out)
{
    const unsigned char *p = keys->pending;
    if (keys->n > 2 && p[2] == '[') { /* the Linux console: ESC [ [ A is F1 */
        if (keys->n < 4 && !late)
            return LOOK_MORE;
        if (keys->n >= 4 && p[3] >= 'A' && p[3] <= 'E')
            snprintf(out->name, sizeof out->name, "f%d", p[3] - 'A' + 1);
        return take(keys, out, keys->n >= 4 ? 4 : 3);
    }
    size_t i = 2;
    while (i < keys->n && p[i] >= 0x20 && p[i] <= 0x3f)
        i++;
    if (i == keys->n) {
        if (!late && keys->n < sizeof keys->pending)
            return LOOK_MORE;
        if (i == 2)
            snprintf(out->name, sizeof out->name, "M-[");
        return take(keys, out, i);
    }
    if (p[i] < 0x40 || p[i] > 0x7e) /* interrupted by something else */
        return take(keys, out, i);
    if (p[i] == '~' && i == 5 && memcmp(p + 2, "200", 3) == 0) {
        drop(keys, 6);
        strbuf_reset(&keys->paste);
        keys->pasting = true;
        return LOOK_PASTE;
    }
    if (p[2] == '?')
        return take_report(keys, out, 2, i - 1, i + 1);
    if (i > 2 && p[2] == '<' && (p[i] == 'M' || p[i] == 'm'))
        name_mouse(out, p + 2, i - 2, p[i] == 'M');
    else
        name_control_sequence(out, p + 2, i - 2, p[i]);
    return take(keys, out, i + 1);
}

/* ESC O ... */
static enum look look_shift(struct keys *keys, bool late, struct keypress *out)
{
    const unsigned char *p = keys->pending;
    size_t i = 2;
    int modifiers = 0;
    if (keys->n > 2 && p[2] >= '2' && p[2] <= '8') {
        modifiers = p[2] - '1';
        i = 3;
    }
    if (keys->n <= i) {
        if (!late)
            return LOOK_MORE;
        snprintf(out->name, sizeof out->name, "M-O");
        return take(keys, out, i);
    }
    if (letter_key(p[i]))
        name_modified(out, modifiers, letter_key(p[i]));
    return take(keys, out, i + 1);
}

/* Bytes of the character at p, 0: more are to come, -1: no UTF-8. */
static int character_length(const unsigned char *p, size_t n)
{
    int want = p[0] < 0x80                   ? 1
               : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
               : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
               : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                             : -1;
    for (int i = 1; i < want && (size_t)i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return -1;
    return want > (int)n ? 0 : want;
}

static enum look look_character(struct keys *keys, size_t from, bool late, struct keypress *out)
{
    int length = character_length(keys->pending + from, keys->n - from);
    if (length == 0 && !late)
        return LOOK_MORE;
    uint32_t codepoint = 0;
    if (length > 0)
        utf8_decode((const char *)keys->pending + from, (size_t)length, &codepoint);
    if (length <= 0) /* a byte in another encoding, left to the reader */
        length = 1;
    else if (length == 1 || codepoint != 0xfffd)
        name_character(out, from ? 2 : 0, keys->pending + from, (size_t)length);
    return take(keys, out, from + (size_t)length);
}

static enum look look(struct keys *keys, bool late, struct keypress *out)
{
    if (keys->pending[0] != 27)
        return look_character(keys, 0, late, out);
    if (keys->n == 1 && !late)
        return LOOK_MORE;
    if (keys->n == 1 || keys->pending[1] == 27) {
        snprintf(out->name, sizeof out->name, "esc");
        return take(keys, out, 1);
    }
    if (keys->pending[1] == '[')
        return look_control(keys, late, out);
    if (keys->pending[1] == 'O')
        return look_shift(keys, late, out);
    if (keys->pending[1] == ']' && keys->n == 2 && !late)
        return LOOK_MORE;
    if (begins_report(keys))
        return look_report(keys, late, out);
    return look_character(keys, 1, late, out);
}

/* Takes over what was pasted; true at its end. */
static bool paste_more(struct keys *keys, bool late)
{
    unsigned char *end = memmem(keys->pending, keys->n, paste_end, PASTE_END);
    size_t n = end ? (size_t)(end - keys->pending) : keys->n;
    if (!end && !late) { /* keep back what may begin the end marker */
        size_t held = n < PASTE_END - 1 ? n : PASTE_END - 1;
        while (held && memcmp(keys->pending + n - held, paste_end, held) != 0)
            held--;
        n -= held;
    }
    size_t room = KEYS_PASTE_LIMIT - keys->paste.len;
    strbuf_add(&keys->paste, keys->pending, n < room ? n : room);
    drop(keys, n + (end ? PASTE_END : 0));
    return end || late;
}

bool keys_next(struct keys *keys, double now, struct keypress *out)
{
    for (;;) {
        *out = (struct keypress){0};
        bool late = now >= keys_deadline(keys);
        if (keys->pasting) {
            if (!paste_more(keys, late))
                return false;
            keys->pasting = false;
            out->paste = true;
            return true;
        }
        if (!keys->n)
            return false;
        enum look found = look(keys, late, out);
        if (found == LOOK_MORE)
            return false;
        if (found == LOOK_KEY)
            return true;
    }
}
