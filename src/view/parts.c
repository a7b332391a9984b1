/* Words, numbers and keys that all views share. */
#include "parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/utf8.h"

void parts_forget(struct args *args, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < args->n; i++) {
        struct arg *arg = &args->items[i];
        bool same = name ? arg->name && strcmp(arg->name, name) == 0 : !arg->name;
        if (same) {
            free(arg->name);
            free(arg->value);
        } else {
            args->items[kept++] = *arg;
        }
    }
    args->n = kept;
}

const char *parts_chosen(const struct args *args, const struct option_row *table, const char *name)
{
    const char *text = args_text(args, table, name);
    return text && strcmp(text, "auto") != 0 ? text : NULL;
}

static const char *animal_name_at(void *cohort, size_t i)
{
    const struct cohort *c = cohort;
    return i < c->n_animals ? c->animals[i].name : NULL;
}

long parts_animal(const struct cohort *cohort, const char *asked, struct err *err)
{
    long found = cohort_animal(cohort, asked);
    long long number;
    if (found >= 0) {
        return found;
    }
    if (number_parse_integer(asked, &number) && number >= 1 &&
        (size_t)number <= cohort->n_animals) {
        return (long)number - 1;
    }
    struct cohort *listed = cohort_hold(cohort);
    const char *near = nearest_word(asked, animal_name_at, listed);
    if (near) {
        err_set(err, ERR_FAILED, "no animal '%s' in %s; did you mean '%s'?", asked, cohort->name,
                near);
    } else {
        err_set(err, ERR_FAILED, "no animal '%s' in %s, which has %zu; `animals` lists them", asked,
                cohort->name, cohort->n_animals);
    }
    cohort_drop(listed);
    return -1;
}

bool parts_key(const char *view, const char *key, struct strbuf *command)
{
    if (strcmp(key, "z") == 0) {
        strbuf_printf(command, "zoom %s", view);
        return true;
    }
    if (strcmp(key, "y") == 0) {
        strbuf_printf(command, "copy %s", view);
        return true;
    }
    if (strcmp(key, "e") == 0) {
        char stamp[40];
        time_t now = time(NULL);
        struct tm local;
        if (!localtime_r(&now, &local) ||
            strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &local) == 0) {
            strcpy(stamp, "now");
        }
        strbuf_printf(command, "export %s %s-%s.csv", view, view, stamp);
        return true;
    }
    return false;
}

size_t parts_numbers(const char *text, double *out, size_t most)
{
    size_t n = 0;
    while (text && *text) {
        size_t length = strcspn(text, ",");
        char *item = mem_text_n(text, length);
        double value;
        bool fine = number_parse(item, &value) && isfinite(value) && n < most;
        free(item);
        if (!fine) {
            return 0;
        }
        out[n++] = value;
        text += length;
        text += *text == ',';
    }
    return n;
}

const char *parts_short(char buf[NUMBER_SIZE], double value, int places)
{
    number_fixed(buf, value, places, false);
    if (strchr(buf, '.')) {
        size_t n = strlen(buf);
        while (buf[n - 1] == '0') {
            buf[--n] = '\0';
        }
        if (buf[n - 1] == '.') {
            buf[--n] = '\0';
        }
    }
    if (buf[0] == '\0' || strcmp(buf, "-") == 0) {
        strcpy(buf, "0");
    }
    return buf;
}

static int places_of(double scale)
{
    int places = 4;
    if (scale > 0 && isfinite(scale)) {
        places = 2 - (int)floor(log10(scale));
        places = places < 1 ? 1 : places > 9 ? 9 : places;
    }
    return places;
}

const char *parts_signed(char buf[NUMBER_SIZE], double value, double scale)
{
    return number_fixed(buf, value, places_of(scale), true);
}

const char *parts_size(char buf[NUMBER_SIZE], double value, double scale)
{
    return number_fixed(buf, value, places_of(scale), false);
}

static const double ladder[] = {1, 1.5, 2, 3, 4, 5, 6, 8};
enum { LADDER_N = sizeof ladder / sizeof ladder[0] };

/* Steps of the ladder are counted from 1 = step 0, 10 = step LADDER_N. */
static double ladder_value(long step)
{
    long decade = step >= 0 ? step / LADDER_N : -((-step + LADDER_N - 1) / LADDER_N);
    return ladder[step - decade * LADDER_N] * pow(10, (double)decade);
}

static long ladder_step(double value)
{
    long step = (long)floor(log10(value)) * LADDER_N;
    while (ladder_value(step) < value * (1 - 1e-9)) {
        step++;
    }
    return step;
}

double parts_nice(double value)
{
    if (!(value > 1e-30) || !isfinite(value)) {
        return 1e-3;
    }
    return ladder_value(ladder_step(value));
}

double parts_nice_step(double value, bool up)
{
    long step = ladder_step(value > 1e-30 && isfinite(value) ? value : 1e-3);
    return ladder_value(up ? step + 1 : step - 1);
}

double parts_bias_step(double now, bool up)
{
    double least = -1;
    if (isnan(now)) {
        return up ? least : NAN;
    }
    double next = up ? floor(now * 2 + 1) / 2 : ceil(now * 2 - 1) / 2;
    return up || next >= least ? next : NAN;
}

enum show parts_show(const char *word)
{
    return strcmp(word, "no") == 0     ? SHOW_FITTED
           : strcmp(word, "true") == 0 ? SHOW_TRUE
                                       : SHOW_DIFFERENCE;
}

bool parts_no_truth(const char *view, const struct cohort *cohort, struct err *err)
{
    return err_set(err, ERR_FAILED,
                   "the true rule behind %s is not known; `%s diff=no` shows the fitted one",
                   cohort ? cohort->name : "it", view);
}

bool parts_names(const char *view, const struct args *args, const struct option_row *table,
                 struct err *err)
{
    for (size_t i = 0; i < args->n; i++) {
        const struct arg *arg = &args->items[i];
        const struct option_row *row = arg->name ? option_find(table, arg->name) : NULL;
        bool weight = row && row->type == OPTION_WEIGHT && strcmp(arg->value, "auto") != 0;
        if (weight && strncmp(arg->value, "w_", 2) != 0) {
            return err_at(err, ERR_USAGE, arg->column,
                          "%s: %s=%s is not a weight; it takes a weight, as w_stim", view,
                          arg->name, arg->value);
        }
        if ((weight || (row && row->type == OPTION_VARIABLE)) && strlen(arg->value) >= PROBE_NAME) {
            return err_at(err, ERR_USAGE, arg->column, "%s: %s=%s: there are no such long names",
                          view, arg->name, arg->value);
        }
    }
    return true;
}

static const char *const past_words[] = {"any", "rewarded", "unrewarded", "both"};
enum { PASTS = sizeof past_words / sizeof past_words[0] };

const char *parts_past_word(enum past past)
{
    return past_words[past];
}

enum past parts_past(const char *word)
{
    for (size_t i = 0; i < PASTS; i++) {
        if (strcmp(word, past_words[i]) == 0) {
            return (enum past)i;
        }
    }
    return PAST_ANY;
}

void parts_past_title(enum past past, size_t lags, struct strbuf *out)
{
    if (past != PAST_ANY) {
        strbuf_printf(out, " · past %zu %s", lags,
                      past == PAST_BOTH ? "rewarded or not" : past_words[past]);
    }
}

bool parts_past_step(const char *key, enum past now, unsigned n, enum past *next)
{
    bool on = strcmp(key, "}") == 0;
    if (!on && strcmp(key, "{") != 0) {
        return false;
    }
    *next = (enum past)(((unsigned)now + (on ? 1 : n - 1)) % n);
    return true;
}

const char *parts_letter(const char *variable)
{
    static const char *const names[][2] = {
        {"w_stim", "w"},
        {"w_bias", "bias"},
        {"stimulus", "s"},
        {"reward", "r"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(variable, names[i][0]) == 0) {
            return names[i][1];
        }
    }
    return variable;
}

const char *parts_axis_title(const char *variable)
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
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (strcmp(variable, titles[i][0]) == 0) {
            return titles[i][1];
        }
    }
    return variable;
}

const char *parts_change_title(char buf[PARTS_CHANGE], const char *weight, enum show show)
{
    static const char *const shows[] = {"", "true ", "fitted − true "};
    snprintf(buf, PARTS_CHANGE, "%sΔ%s per trial", shows[show], weight);
    return buf;
}

void parts_wrap(const char *text, int width, struct strbuf *out)
{
    while (*text) {
        size_t skip = 0, n = width > 0 ? utf8_row(text, width, &skip) : strlen(text);
        strbuf_add(out, text, n);
        strbuf_putc(out, '\n');
        text += n + skip;
        text += strspn(text, " ");
    }
}

void parts_table_copy(const struct table *from, struct table *out)
{
    for (size_t j = 0; j < from->n_columns; j++) {
        table_column(out, from->columns[j].name, from->columns[j].type, from->columns[j].digits);
    }
    for (size_t i = 0; i < from->n_rows; i++) {
        table_row(out);
        for (size_t j = 0; j < from->n_columns; j++) {
            const struct table_cell *cell = &from->cells[i * from->n_columns + j];
            if (from->columns[j].type != COLUMN_TEXT) {
                table_number(out, j, cell->number);
            } else if (cell->text) {
                table_text(out, j, cell->text);
            }
        }
    }
}

void parts_styled(const char *text, const struct style *style, struct strbuf *out)
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
