/* Settings: `set NAME=VALUE`, a row each. */
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "state.h"

const struct option_row setting_options[] = {
    {"seed", OPTION_INTEGER, 0, SEED_MOST, "default", "default",
     "seed of fits and simulations that name none; default: that of each"},
    {"threads", OPTION_INTEGER, 0, 1024, NULL, "0", "threads of a fit and of a map; 0: all cores"},
    {"support", OPTION_INTEGER, 0, 1e9, NULL, "1",
     "map cells that fewer trials visited are marked, not painted; 0 paints all"},
    {"background", OPTION_WORD, 0, 0, "auto|light|dark", "auto",
     "of the terminal, for the colours of maps; auto: what the terminal says"},
    {"palette", OPTION_WORD, 0, 0, "auto|256|terminal", "auto",
     "colours: all that the terminal has, at most the 256 of xterm, or its own sixteen"},
    {"curves", OPTION_WORD, 0, 0, "auto|braille|quadrants|ascii", "auto",
     "what curves are made of; auto: braille in the full screen, else quadrants of cells"},
    {"mouse", OPTION_WORD, 0, 0, "yes|no", "no",
     "clicks, drags and the wheel go to deltaw; the terminal's own selection needs Shift then"},
    {"hints", OPTION_WORD, 0, 0, "on|off", "on", "what may still follow, behind the cursor"},
    {"editing", OPTION_WORD, 0, 0, "auto|emacs|vi", "auto",
     "keys of the prompt; auto: what readline's inputrc says"},
    {"motion", OPTION_WORD, 0, 0, "full|reduced", "full",
     "reduced: nothing plays by itself; a replay stands still until told to play"},
    {"timing", OPTION_WORD, 0, 0, "on|off", "off", "say how long each command took"},
    {0},
};

static long setting_index(const char *name)
{
    for (long i = 0; setting_options[i].name; i++)
        if (strcmp(setting_options[i].name, name) == 0)
            return i;
    return -1;
}

void session_settings_start(struct session *session)
{
    _Static_assert(sizeof setting_options / sizeof *setting_options <= SETTINGS, "raise SETTINGS");
    for (size_t i = 0; setting_options[i].name; i++)
        session->settings[i] = mem_text(setting_options[i].fallback);
    free(session->settings[0]);
    free(session->settings[1]);
    session->settings[0] = session->setup.seeded
                               ? mem_printf("%llu", (unsigned long long)session->setup.seed)
                               : mem_text("default");
    session->settings[1] = mem_printf("%d", session->setup.threads);
}

void session_settings_free(struct session *session)
{
    for (size_t i = 0; i < SETTINGS; i++)
        free(session->settings[i]);
}

const char *session_setting(const struct session *session, const char *name)
{
    long i = setting_index(name);
    return i < 0 ? NULL : session->settings[i];
}

int session_threads(const struct session *session)
{
    return atoi(session_setting(session, "threads"));
}

/* A setting with the name of a view's option gives its value. */
static bool settings_lay(struct view *view, const char *name, const char *value, struct err *err)
{
    if (!option_find(view_ops_of(view)->options, name))
        return true;
    struct args args = {0};
    args_set(&args, name, value, 0);
    bool good = view_configure(view, &args, err);
    args_free(&args);
    return good;
}

bool session_set(struct session *session, const char *name, const char *value, struct err *err)
{
    long at = setting_index(name);
    for (size_t i = 0; i < VIEWS; i++)
        if (session->views[i] && !settings_lay(session->views[i], name, value, err))
            return false;
    free(session->settings[at]);
    session->settings[at] = mem_text(value);
    return true;
}

struct view *session_view(struct session *session, const char *name, struct err *err)
{
    size_t at = 0;
    while (view_at(at) && strcmp(view_at(at)->name, name) != 0)
        at++;
    const struct view_ops *ops = view_at(at);
    if (!ops || at >= VIEWS) {
        err_set(err, ERR_USAGE, "no view '%s'", name);
        return NULL;
    }
    if (session->views[at])
        return session->views[at];
    struct view *view = view_open(ops, NULL, err);
    for (size_t i = 0; view && setting_options[i].name; i++)
        if (!settings_lay(view, setting_options[i].name, session->settings[i], err)) {
            view_close(view);
            view = NULL;
        }
    session->views[at] = view;
    return view;
}

void session_views_renew(struct session *session)
{
    for (size_t i = 0; i < VIEWS; i++) {
        view_close(session->views[i]);
        session->views[i] = NULL;
    }
}

void session_settings_seed(const struct session *session, struct args *args)
{
    const char *seed = session_setting(session, "seed");
    if (!args_given(args, "seed") && strcmp(seed, "default") != 0)
        args_set(args, "seed", seed, 0);
}
