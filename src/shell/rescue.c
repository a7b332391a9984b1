/* What would be lost at the end: models not in any file. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "state.h"

static int newest_epoch(const struct model *model)
{
    return model->n_history ? model->history[model->n_history - 1].epoch : 0;
}

void session_saved(struct session *session, const struct model *model)
{
    for (size_t i = 0; i < session->n_fits; i++)
        if (strcmp(fit_name(session->fits[i].fit), model->name) == 0)
            session->fits[i].saved = newest_epoch(model);
}

static bool at_stake(const struct fit_entry *entry, double worth)
{
    struct fit_status status = fit_status(entry->fit);
    return status.state != FIT_OPENED && !entry->lesson && status.epoch > entry->saved &&
           status.seconds >= worth;
}

size_t session_unsaved(struct session *session, double worth, struct strbuf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < session->n_fits; i++)
        if (at_stake(&session->fits[i], worth)) {
            if (out)
                strbuf_printf(out, "%s%s", n ? ", " : "", fit_name(session->fits[i].fit));
            n++;
        }
    return n;
}

/* An epoch that has begun is cut short, so this ends soon. */
static void stop_all(struct session *session, double patience)
{
    double until = clock_seconds() + patience;
    session_stop_fits(session);
    while (session_fits_busy(session) && clock_seconds() < until)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

static void rescue_one(struct fit_entry *entry, const char *folder, struct strbuf *names,
                       struct strbuf *told)
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm parts;
    localtime_r(&now, &parts);
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &parts);
    struct model *model = fit_model(entry->fit);
    char *path = mem_printf("%s/%s-%s-%ld.npz", folder, model->name, stamp, (long)getpid());
    struct err err = {0};
    struct strbuf progress = {0};
    struct fit_status status = fit_status(entry->fit);
    progress_words(model->rule, &status, &progress);
    mode_t mask = umask(0077);
    if (model_save(model, path, &err)) {
        entry->saved = newest_epoch(model);
        if (names)
            strbuf_printf(names, "%s%s", names->len ? ", " : "", model->name);
        else
            strbuf_printf(told, "%s, %s, was not saved; `open %s` reads it\n", model->name,
                          strbuf_text(&progress), path);
    } else {
        strbuf_printf(told, "%s, %s, is lost: %s\n", model->name, strbuf_text(&progress),
                      err.message);
    }
    umask(mask);
    strbuf_free(&progress);
    free(path);
    model_drop(model);
}

bool session_gives_up(const struct session *session)
{
    return session->gives_up;
}

void session_rescue(struct session *session, const char *folder, double patience, double worth,
                    struct strbuf *names, struct strbuf *told)
{
    if (patience > 0)
        stop_all(session, patience);
    for (size_t i = 0; i < session->n_fits; i++)
        if (at_stake(&session->fits[i], worth))
            rescue_one(&session->fits[i], folder, names, told);
}
