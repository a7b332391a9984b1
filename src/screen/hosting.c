#include "hosting.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/option.h"
#include "background.h"
#include "lineedit.h"
#include "screen.h"

bool hosting_feed_rc(struct session *session, struct err *err)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char *path = config && config[0] == '/' ? mem_printf("%s/deltaw/rc", config)
                 : home && home[0] == '/'   ? mem_printf("%s/.config/deltaw/rc", home)
                                            : NULL;
    bool good = !path || access(path, F_OK) != 0 || session_feed_rc(session, path, err);
    free(path);
    return good;
}

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

struct style hosting_style(const struct host_setup *setup, const struct session *session)
{
    struct style style = setup->style;
    const char *background = session_setting(session, "background");
    if (background && strcmp(background, "auto") != 0)
        style.dark = strcmp(background, "dark") == 0;
    else if (!background_from_environment(&style.dark))
        style.dark = true;
    return style;
}

bool hosting_terminal(void *data, const char *bytes, size_t n, struct err *err)
{
    (void)data;
    return screen_raw(bytes, n, err);
}

bool host_full_screen_possible(void)
{
    return screen_probe().full;
}

int host_colours(void)
{
    return screen_probe().colours;
}

void host_libraries(struct strbuf *out)
{
    strbuf_printf(out, "%s, readline %s", screen_version(), lineedit_version());
}
