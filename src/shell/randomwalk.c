#include "randomwalk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deltaw/base/mem.h"
#include "deltaw/learn/randomwalk.h"
#include "deltaw/study/reference.h"

/* --- others ------------------------------------------------------------------------ */

struct randomwalk_others *randomwalk_others(const struct session *session,
                                            const struct model *model)
{
    struct randomwalk_others *o = mem_new(1, sizeof *o);
    o->models = mem_new(session->n_fits, sizeof *o->models);
    for (size_t i = 0; i < session->n_fits; i++) {
        struct model *other = fit_model(session->fits[i].fit);
        if (other && other->n_history > 0 && reference_for(model, other))
            o->models[o->n++] = other;
        else
            model_drop(other);
    }
    return o;
}

void randomwalk_others_free(struct randomwalk_others *o)
{
    for (size_t i = 0; o && i < o->n; i++)
        model_drop(o->models[i]);
    if (o)
        free(o->models), free(o->inside);
    free(o);
}

/* The columns true_w_... as weights; false: they are not all there. */
static bool true_weights(const struct policy *policy, const struct cohort *cohort, float *w)
{
    for (size_t k = 0; k < policy->n; k++) {
        char *name = mem_printf("true_%s", policy->weight[k]);
        const struct cohort_column *column = cohort_column(cohort, name);
        free(name);
        if (!column)
            return false;
        for (size_t t = 0; t < cohort->n_trials; t++)
            w[t * policy->n + k] = column->values[t];
    }
    return true;
}

void randomwalk_compare(struct randomwalk_others *o, const struct model *model,
                        const struct cohort *cohort)
{
    size_t k = model->settings.policy.n, n = cohort->n_trials;
    float *w = mem_new(n * k, sizeof *w);
    o->inside = mem_new((o->n + 1) * k, sizeof *o->inside);
    for (size_t i = 0; i < o->n; i++) {
        model_sweep(o->models[i], cohort, w);
        reference_inside(model, 0, n, w, o->inside + i * k);
    }
    o->truth = true_weights(&model->settings.policy, cohort, w);
    if (o->truth)
        reference_inside(model, 0, n, w, o->inside + o->n * k);
    free(w);
}

static const struct column inside_columns[] = {
    {"model", COLUMN_TEXT, .meaning = "or truth"},
    {"weight", .type = COLUMN_TEXT},
    {"inside", COLUMN_NUMBER, .meaning = "share of trials within the 90 % band"},
    {0},
};

static const struct column animal_columns[] = {
    {"animal", .type = COLUMN_TEXT},
    {"trials", .type = COLUMN_COUNT},
    {"evidence", COLUMN_NUMBER, .meaning = "nats (Laplace)"},
    {0},
};

const struct answer_row randomwalk_answer[] = {
    {"trials", ANSWER_COUNT, .sometimes = true, .meaning = "that the evidence is of"},
    {"trials_elsewhere", ANSWER_COUNT, .sometimes = true, .meaning = "of them not in the cohort"},
    {"animals", ANSWER_TABLE, .columns = animal_columns, .sometimes = true,
     .objects = "sigma|sigma_error|sigma_day|sigma_day_error",
     .meaning = "sizes of steps from trial to trial and from day to day, by weight"},
    {"inside", ANSWER_TABLE, .columns = inside_columns, .sometimes = true},
    {0},
};

static void inside_show(const struct model *model, const struct randomwalk_others *o,
                        struct output *out)
{
    const struct policy *policy = &model->settings.policy;
    struct table table = {0};
    size_t rows = o && o->inside ? o->n + o->truth : 0;
    table_declare(&table, inside_columns);
    if (rows > 0 && out->mode == OUTPUT_TEXT)
        output_block(out, "\nshare of trials on which weights lie within the 90 % band\n");
    for (size_t i = 0; i < rows; i++) {
        struct strbuf line = {0};
        const char *name = i < o->n ? o->models[i]->name : "truth";
        char buf[NUMBER_SIZE];
        strbuf_printf(&line, "  %-12s", name);
        for (size_t k = 0; k < policy->n; k++) {
            double inside = o->inside[i * policy->n + k];
            table_add(&table, 2, (const char *[]){name, policy->weight[k]}, 1, &inside);
            strbuf_printf(&line, "%s%s %s %%", k ? ", " : "", policy->weight[k],
                          number_fixed(buf, 100 * inside, 0, false));
        }
        output_say(out, "%s", strbuf_text(&line));
        strbuf_free(&line);
    }
    output_data(out, "inside", &table);
    table_free(&table);
}

/* --- animals ------------------------------------------------------------------------- */

/* Sizes of the steps and their standard errors, natural units. */
static double size_of(const struct randomwalk_animal *animal, size_t i)
{
    return exp(animal->log_sigma[i]);
}

static double error_of(const struct randomwalk_animal *animal, size_t i)
{
    return size_of(animal, i) * animal->log_error[i];
}

static void json_sizes(const struct policy *policy, const struct randomwalk_animal *animal,
                       const char *key, size_t from,
                       double (*value)(const struct randomwalk_animal *, size_t),
                       struct strbuf *out)
{
    strbuf_printf(out, ",\"%s\":{", key);
    for (size_t k = 0; k < policy->n; k++) {
        strbuf_puts(out, k ? "," : "");
        strbuf_json_text(out, policy->weight[k]);
        strbuf_putc(out, ':');
        strbuf_json_number(out, value(animal, from + k));
    }
    strbuf_putc(out, '}');
}

static void animals_json(const struct model *model, struct strbuf *out)
{
    const struct policy *policy = &model->settings.policy;
    const struct randomwalk_set *set = model->randomwalk;
    for (size_t a = 0; a < set->n_animals; a++) {
        const struct randomwalk_animal *animal = &set->animal[a];
        strbuf_puts(out, a ? ",{\"animal\":" : "[{\"animal\":");
        strbuf_json_text(out, model->animals[a]);
        strbuf_printf(out, ",\"trials\":%zu,\"evidence\":", animal->n_trials);
        strbuf_json_number(out, animal->log_evidence);
        json_sizes(policy, animal, "sigma", 0, size_of, out);
        json_sizes(policy, animal, "sigma_error", 0, error_of, out);
        json_sizes(policy, animal, "sigma_day", policy->n, size_of, out);
        json_sizes(policy, animal, "sigma_day_error", policy->n, error_of, out);
        strbuf_putc(out, '}');
    }
    strbuf_putc(out, ']');
}

/* For CSV each number has a column. */
static void animals_csv(const struct model *model, struct table *t)
{
    static const char *const kinds[] = {"sigma", "sigma_error", "sigma_day", "sigma_day_error"};
    const struct policy *policy = &model->settings.policy;
    const struct randomwalk_set *set = model->randomwalk;
    table_column(t, "animal", COLUMN_TEXT, 0);
    table_column(t, "trials", COLUMN_COUNT, 0);
    table_column(t, "evidence", COLUMN_NUMBER, 9);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < policy->n; k++) {
            char *name = mem_printf("%s_%s", kinds[i], policy->weight[k]);
            table_column(t, name, COLUMN_NUMBER, 4);
            free(name);
        }
    for (size_t a = 0; a < set->n_animals; a++) {
        const struct randomwalk_animal *animal = &set->animal[a];
        table_add(t, 1, (const char *[]){model->animals[a]}, 2,
                  (double[]){animal->n_trials, animal->log_evidence});
        for (size_t i = 0; i < 4; i++)
            for (size_t k = 0; k < policy->n; k++)
                table_number(t, 3 + i * policy->n + k,
                             (i % 2 ? error_of : size_of)(animal, i / 2 * policy->n + k));
    }
}

/* ".021+-.002"; "-": there is none. */
static void size_words(const struct randomwalk_animal *animal, size_t i, char *buf, size_t n)
{
    double size = size_of(animal, i), error = error_of(animal, i);
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    if (isnan(size))
        snprintf(buf, n, "-");
    else if (isnan(error))
        snprintf(buf, n, "%s", number_fixed(a, size, 4, false));
    else {
        int digits = -(int)floor(log10(fmin(size, error)));
        digits = digits < 1 ? 1 : digits > 5 ? 5 : digits;
        snprintf(buf, n, "%s+-%s", number_fixed(a, size, digits, false),
                 number_fixed(b, error, digits, false));
    }
}

static void animals_text(const struct model *model, struct table *t)
{
    const struct policy *policy = &model->settings.policy;
    const struct randomwalk_set *set = model->randomwalk;
    bool days = false;
    for (size_t a = 0; a < set->n_animals; a++)
        days = days || set->animal[a].by_day;
    table_columns(t, "animal|trials|evidence", COLUMN_TEXT, 0);
    for (size_t k = 0; k < policy->n * (days ? 2 : 1); k++) {
        char *name = mem_printf("%s%s", policy->weight[k % policy->n], k < policy->n ? "" : " day");
        table_column(t, name, COLUMN_TEXT, 0);
        free(name);
    }
    for (size_t a = 0; a < set->n_animals; a++) {
        const struct randomwalk_animal *animal = &set->animal[a];
        char trials[NUMBER_SIZE], evidence[NUMBER_SIZE], size[2 * NUMBER_SIZE + 4];
        const char *name = model->animals[a];
        number_grouped(trials, (long long)animal->n_trials);
        snprintf(evidence, sizeof evidence, "%.2f", animal->log_evidence);
        table_add(t, 3, (const char *[]){name, trials, evidence}, 0, NULL);
        for (size_t k = 0; k < policy->n * (days ? 2 : 1); k++) {
            size_words(animal, k, size, sizeof size);
            table_text(t, 3 + k, size);
        }
    }
}

void randomwalk_show(const struct model *model, const struct randomwalk_others *others,
                     struct output *out)
{
    const struct randomwalk_set *set = model->randomwalk;
    struct table table = {0};
    struct strbuf json = {0};
    size_t all = 0;
    for (size_t a = 0; a < set->n_animals; a++)
        all += set->animal[a].n_trials;
    output_field_number(out, "evidence", randomwalk_set_evidence(set));
    output_say(out, "evidence  %.2f nats (Laplace), over %zu trials of %zu animals",
               randomwalk_set_evidence(set), all, set->n_animals);
    if (all > set->n_trials)
        output_say(out,
                   "          %zu of these trials are not in the cohort, as their reward is "
                   "unknown",
                   all - set->n_trials);
    output_field_number(out, "trials", (double)all);
    output_field_number(out, "trials_elsewhere", (double)(all - set->n_trials));
    if (out->mode == OUTPUT_TEXT)
        output_block(out, "\nsizes of the weights' steps from trial to trial and between "
                          "sessions, +- standard error\n");
    if (out->mode == OUTPUT_JSON) {
        animals_json(model, &json);
        answer_json(&out->object, "animals", strbuf_text(&json));
    } else {
        (out->mode == OUTPUT_TEXT ? animals_text : animals_csv)(model, &table);
        output_table(out, "animals", &table);
    }
    inside_show(model, others, out);
    strbuf_free(&json);
    table_free(&table);
}
