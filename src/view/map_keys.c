/* The map's cross-hair and what its keys mean as commands. */
#include <math.h>
#include <string.h>

#include "deltaw/base/number.h"
#include "deltaw/study/probe.h"
#include "choose.h"
#include "map.h"
#include "numbers.h"
#include "source.h"
#include "watch.h"

static size_t nearest_cell(const struct axis *axis, double value)
{
    size_t best = 0;
    for (size_t i = 1; i < axis->n; i++)
        if (fabs(axis->value[i] - value) < fabs(axis->value[best] - value))
            best = i;
    return best;
}

void map_cross(const struct map_state *s, size_t *x, size_t *y)
{
    *x = nearest_cell(&s->map.x, s->cross_x);
    *y = nearest_cell(&s->map.y, s->cross_y);
}

/* The command that puts the cross-hair on a cell. */
void map_cross_to(const struct map_state *s, size_t panel, size_t x, size_t y,
                  struct strbuf *command)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    strbuf_printf(command, "map cross=%s,%s", number_format(a, s->map.x.value[x], 5),
                  number_format(b, s->map.y.value[y], 5));
    if (s->map.n_panels > 1)
        strbuf_printf(command, ",%zu", panel);
}

static void move_cross(const struct map_state *s, int dx, int dy, struct strbuf *command)
{
    size_t x, y, panel = s->cross_panel;
    map_cross(s, &x, &y);
    if (dx < 0 && x == 0 && panel > 0) {
        panel--;
        x = s->map.x.n - 1;
    } else if (dx > 0 && x + 1 == s->map.x.n && panel + 1 < s->map.n_panels) {
        panel++;
        x = 0;
    } else if ((dx < 0 && x > 0) || (dx > 0 && x + 1 < s->map.x.n)) {
        x += (size_t)(long)dx;
    }
    if ((dy < 0 && y > 0) || (dy > 0 && y + 1 < s->map.y.n))
        y += (size_t)(long)dy;
    map_cross_to(s, panel, x, y, command);
}

static void step_weight(const struct map_state *s, bool up, struct strbuf *command)
{
    const char *const axes[] = {s->request.x, s->request.y, NULL};
    held_step("map", &s->fixed, &s->watch.source.model->settings.policy, axes, up, command);
}

static void cycle_reward(const struct map_state *s, struct strbuf *command)
{
    if (strcmp(s->request.x, "reward") != 0 && strcmp(s->request.y, "reward") != 0) {
        double now = held_value(&s->fixed, "reward");
        strbuf_printf(command, "map reward=%s", isnan(now) ? "1" : now == 1 ? "0" : "both");
    }
}

static void slice_through(const struct map_state *s, struct strbuf *command)
{
    char number[NUMBER_SIZE];
    const struct policy *policy = &s->watch.source.model->settings.policy;
    const char *lines = probe_slice_weight(policy, s->request.of);
    double w = strcmp(s->request.y, lines) == 0   ? s->cross_y
               : strcmp(s->request.x, lines) == 0 ? s->cross_x
                                                  : held_value(&s->fixed, lines);
    strbuf_puts(command, "slice");
    if (strcmp(s->request.of, probe_weight(policy)) != 0) {
        strbuf_puts(command, " of=");
        args_word(s->request.of, command);
    }
    if (!isnan(w))
        strbuf_printf(command, " w=%s", numbers_short(number, w, 3));
    for (size_t i = 0; i < s->fixed.n; i++) { /* along the stimulus after both rewards */
        const char *name = s->fixed.item[i].name;
        if (strncmp(name, "w_", 2) == 0 && strcmp(name, lines) != 0) {
            strbuf_printf(command, " %s=%s", name,
                          numbers_short(number, s->fixed.item[i].value, 3));
        }
    }
    if (s->request.past != PAST_ANY) {
        strbuf_printf(command, " past=%s lags=%zu", choose_past_word(s->request.past),
                      s->request.lags);
    }
    if (s->model) {
        strbuf_puts(command, " model=");
        args_word(s->model, command);
    }
}

bool map_key(void *state, const char *key, struct strbuf *command)
{
    struct map_state *s = state;
    static const char *const arrows[] = {"left", "right", "down", "up"};
    char number[NUMBER_SIZE];
    enum past past;
    for (int i = 0; i < 4; i++) {
        if (strcmp(key, arrows[i]) == 0) {
            move_cross(s, i < 2 ? 2 * i - 1 : 0, i < 2 ? 0 : 2 * i - 5, command);
            return true;
        }
    }
    if (choose_past_step(key, s->request.past, PAST_BOTH, &past)) {
        strbuf_printf(command, "map past=%s", choose_past_word(past));
    } else if (strcmp(key, "[") == 0 || strcmp(key, "]") == 0) {
        step_weight(s, key[0] == ']', command);
    } else if (strcmp(key, "c") == 0) {
        cycle_reward(s, command);
    } else if (strcmp(key, "d") == 0) {
        static const char *const next[] = {"true", "yes", "no", "no"};
        if (s->map.panel[0].truth)
            strbuf_printf(command, "map diff=%s", next[s->show]);
    } else if (strcmp(key, "s") == 0) {
        slice_through(s, command);
    } else if (strcmp(key, "+") == 0 || strcmp(key, "-") == 0) {
        double range = numbers_nice_step(map_limit(s), key[0] == '+');
        strbuf_printf(command, "map range=%s", number_format(number, range, 3));
    } else if (strcmp(key, "0") == 0) {
        strbuf_puts(command, "map range=auto");
    } else {
        return false;
    }
    return true;
}
