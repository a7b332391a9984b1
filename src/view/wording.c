#include "wording.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"
#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"

void wording_past(enum past past, size_t lags, struct strbuf *out)
{
    if (past != PAST_ANY) {
        strbuf_printf(out, " · past %zu %s", lags,
                      past == PAST_BOTH ? "rewarded or not" : choose_past_word(past));
    }
}

const char *wording_letter(const char *variable)
{
    static const char *const names[][2] = {
        {"w_stim", "w"},
        {"w_bias", "bias"},
        {"stimulus", "s"},
        {"reward", "r"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(variable, names[i][0]) == 0)
            return names[i][1];
    return variable;
}

const char *wording_axis(const char *variable)
{
    static const char *const titles[][2] = {
        {"w_stim", "stimulus weight w_stim"},
        {"w_bias", "bias weight w_bias (right positive)"},
        {"stimulus", "stimulus (right positive)"},
        {"choice", "choice (0 left, 1 right)"},
        {"side", "side that pays (0 left, 1 right)"},
        {"day", "first trial of a session (1)"},
        {"prevchoice", "choice before (-1 left, 1 right)"},
        {"prevstim", "stimulus before (right positive)"},
    };
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (strcmp(variable, titles[i][0]) == 0)
            return titles[i][1];
    return variable;
}

const char *wording_change(char buf[WORDING_CHANGE], const char *weight, enum show show)
{
    static const char *const shows[] = {"", "true ", "fitted − true ", "bias of "};
    snprintf(buf, WORDING_CHANGE, "%sΔ%s per trial", shows[show], weight);
    return buf;
}

void wording_wrap(const char *text, int width, struct strbuf *out)
{
    while (*text) {
        size_t skip = 0, n = width > 0 ? utf8_row(text, width, &skip) : strlen(text);
        strbuf_add(out, text, n);
        strbuf_putc(out, '\n');
        text += n + skip;
        text += strspn(text, " ");
    }
}

void wording_styled(const char *text, const struct style *style, struct strbuf *out)
{
    static const char plus_minus[] = "±";
    const size_t n = sizeof plus_minus - 1;
    struct strbuf spelt = {0};
    if (!style->ascii) {
        strbuf_puts(out, text);
        return;
    }
    for (; *text; text++) {
        bool found = strncmp(text, plus_minus, n) == 0;
        strbuf_add(&spelt, found ? "+-" : text, found ? 2 : 1);
        text += found ? n - 1 : 0;
    }
    char *plain = utf8_ascii(strbuf_text(&spelt));
    strbuf_puts(out, plain);
    free(plain);
    strbuf_free(&spelt);
}
