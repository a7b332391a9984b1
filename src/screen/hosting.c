#include "hosting.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/option.h"
#include "lineedit.h"
#include "screen.h"

bool hosting_feed_rc(struct session *session, struct err *err)
{
    char *path = statefile_config_path("rc");
    bool good = !path || access(path, F_OK) != 0 || session_feed_rc(session, path, err);
    free(path);
    return good;
}

/* --- what the command line asked for ------------------------------------------------ */

static void feed_one(struct session *session, const char *command, const char *source,
                     void (*echo)(void *data, const char *command), void *data)
{
    if (echo)
        echo(data, command);
    session_feed(session, command, source);
}

bool hosting_feed_inputs(const struct host_setup *setup, struct session *session,
                         void (*echo)(void *data, const char *command), void *data, struct err *err)
{
    struct strbuf command = {0};
    if (setup->log) {
        strbuf_puts(&command, "log on ");
        args_word(setup->log, &command);
        session_feed(session, strbuf_text(&command), "--log");
        strbuf_reset(&command);
    }
    for (size_t i = 0; i < setup->n_inputs; i++)
        if (setup->inputs[i].kind == INPUT_LOG_FILE) {
            strbuf_puts(&command, command.len ? " " : "load ");
            args_word(setup->inputs[i].text, &command);
        }
    if (command.len)
        feed_one(session, strbuf_text(&command), "command line", echo, data);
    strbuf_free(&command);
    bool good = true;
    for (size_t i = 0; i < setup->n_inputs && good; i++) {
        const struct host_input *input = &setup->inputs[i];
        if (input->kind == INPUT_COMMAND)
            feed_one(session, input->text, "-c", echo, data);
        else if (input->kind == INPUT_SCRIPT)
            good = session_feed_file(session, input->text, err);
    }
    return good;
}

/* --- the terminal ------------------------------------------------------------------- */

/* One channel as a share of its full scale; NULL: no number there. */
static const char *channel(const char *text, double *out)
{
    char *end;
    unsigned long value = strtoul(text, &end, 16);
    long digits = end - text;
    if (digits < 1 || digits > 4 || strspn(text, "0123456789abcdefABCDEF") != (size_t)digits)
        return NULL;
    *out = (double)value / (double)((1ul << 4 * digits) - 1);
    return end;
}

bool hosting_background_parse(const char *report, bool *dark)
{
    double rgb[3];
    if (strncmp(report, "11;rgb", 6) != 0)
        return false;
    report += 6;
    report += *report == 'a';
    if (*report++ != ':')
        return false;
    for (int i = 0; i < 3; i++) {
        if (i > 0 && *report++ != '/')
            return false;
        if (!(report = channel(report, &rgb[i])))
            return false;
    }
    /* luma of ITU-R BT.601, on the gamma-encoded channels */
    *dark = .299 * rgb[0] + .587 * rgb[1] + .114 * rgb[2] < .5;
    return true;
}

bool hosting_background_from_environment(bool *dark)
{
    const char *colours = getenv("COLORFGBG");
    const char *last = colours ? strrchr(colours, ';') : NULL;
    if (!last || last[1] < '0' || last[1] > '9')
        return false;
    int number = atoi(last + 1);
    *dark = !(number == 7 || (number >= 9 && number <= 15)); /* 8 is a dark grey */
    return true;
}

bool hosting_background_is_last(const char *report)
{
    size_t n = strlen(report);
    return n > 1 && report[0] == '?' && report[n - 1] == 'c';
}

struct style hosting_style(const struct host_setup *setup, const struct session *session)
{
    struct style style = setup->style;
    if (!hosting_background_from_environment(&style.dark))
        style.dark = true;
    session_look(session, &style);
    return style;
}

bool hosting_terminal(void *data, const char *bytes, size_t n, struct err *err)
{
    (void)data;
    return screen_raw(bytes, n, err);
}

void host_libraries(struct strbuf *out)
{
    strbuf_printf(out, "%s, readline %s", screen_version(), lineedit_version());
}
