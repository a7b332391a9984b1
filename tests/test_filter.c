/* Parts of a cohort: conditions and ranges of trials. */
#include "deltaw/base/mem.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/data/filter.h"
#include "tap.h"

static struct cohort *make(void)
{
    struct cohort_builder *b = cohort_builder_new();
    static const char *const names[] = {"rt", "block id"};
    cohort_builder_columns(b, 2, names);
    for (int a = 0; a < 2; a++) {
        cohort_builder_animal(b, a ? "m2" : "m1");
        for (int t = 0; t < 6; t++) {
            if (t % 2 == 0) {
                char *session = mem_printf("2020-0%d-0%d", a + 1, t / 2 + 1);
                cohort_builder_session(b, session);
                free(session);
            }
            const float extra[] = {t == 3 ? NAN : (float)t / 10, (float)a};
            struct cohort_trial trial = {.stimulus = (float)(t - 2) / 4,
                                         .reward = t % 2 ? 1 : 0,
                                         .choice = t > 2,
                                         .answer = (t % 2) == (t > 2),
                                         .trial = t * 10};
            cohort_builder_trial(b, &trial, extra);
        }
    }
    struct cohort *c = cohort_builder_finish(b, "c", "made");
    c->truth = mem_text("{}");
    return c;
}

/* The log's trial numbers by animal: "m1 0 10 20 m2 50". */
static char *describe(const struct cohort *c)
{
    struct strbuf out = {0};
    for (size_t a = 0; a < c->n_animals; a++) {
        strbuf_printf(&out, "%s%s", a ? " " : "", c->animals[a].name);
        for (size_t t = c->animals[a].first; t < c->animals[a].first + c->animals[a].count; t++)
            strbuf_printf(&out, " %d", c->trial[t]);
    }
    return strbuf_take(&out);
}

static void check(const struct cohort *c, const char *condition, bool keep, const char *want)
{
    struct cohort *part = NULL;
    struct err err = {0};
    bool fine = cohort_filter(c, condition, keep, &part, &err);
    char *got = fine ? describe(part) : mem_text(err.message);
    tap_is_text(got, want, "%s %s", keep ? "keep" : "drop", condition);
    free(got);
    cohort_drop(part);
}

static void refuse(const struct cohort *c, const char *condition, int column, const char *says)
{
    struct cohort *part = NULL;
    struct err err = {0};
    bool fine = cohort_filter(c, condition, true, &part, &err);
    tap_ok(!fine && !part && strstr(err.message, says) && err.column == column,
           "'%s' is refused at %d: %s", condition, err.column, err.message);
    cohort_drop(part);
}

static void test_conditions(const struct cohort *c)
{
    check(c, "stimulus<0", true, "m1 0 10 m2 0 10");
    check(c, "stimulus<0", false, "m1 20 30 40 50 m2 20 30 40 50");
    check(c, "stimulus <= 0 and Reward=1", true, "m1 10 m2 10");
    check(c, "stimulus<=0", true, "m1 0 10 20 m2 0 10 20");
    check(c, "stimulus<.25", true, "m1 0 10 20 m2 0 10 20");
    check(c, "stimulus>.5", true, "m1 50 m2 50");
    check(c, "trial>=40", false, "m1 0 10 20 30 m2 0 10 20 30");
    check(c, "stimulus>=.5 AND subject=m2", true, "m2 40 50");
    check(c, "subject=m1,m2 and trial=0,50", true, "m1 0 50 m2 0 50");
    check(c, "subject!=m1 and session=2", true, "m2 20 30");
    check(c, "session=2020-01-03", true, "m1 40 50");
    check(c, "trial=10..30", true, "m1 10 20 30 m2 10 20 30");
    check(c, "trial=..10,40..", true, "m1 0 10 40 50 m2 0 10 40 50");
    check(c, "stimulus!=-.25...25", true, "m1 0 40 50 m2 0 40 50");
    check(c, "session=2..3 and subject=m?", true, "m1 20 30 40 50 m2 20 30 40 50");
    check(c, "subject=*1", false, "m2 0 10 20 30 40 50");
    check(c, "session=2020-01-0[34]", true, "m1 40 50");
    check(c, "rt=missing", true, "m1 30 m2 30");
    check(c, "rt!=missing and trial>=20", true, "m1 20 40 50 m2 20 40 50");
    check(c, "rt=missing,.4", true, "m1 30 40 m2 30 40");
    refuse(c, "subject=x*", 9, "no animal's name fits");
    refuse(c, "trial<1..2", 7, "a range stands only after");
    refuse(c, "trial=..", 7, "is not a number");
    refuse(c, "trial=missing", 7, "is not a number");
    check(c, "session>1", false, "m1 0 10 m2 0 10");
    check(c, "choice=right and answer=left", true, "m1 40 m2 40");
    check(c, "rt>0.2", true, "m1 40 50 m2 40 50");
    check(c, "rt=0.1", true, "m1 10 m2 10");
    check(c, "rt!=0.1 and subject=m1", true, "m1 0 20 40 50");
    check(c, "rt=0.1", false, "m1 0 20 30 40 50 m2 0 20 30 40 50");
    check(c, "Block_ID==1", true, "m2 0 10 20 30 40 50");
    check(c, "stimulus=2^-2", true, "m1 30 m2 30");
}

static void test_refused(const struct cohort *c)
{
    refuse(c, "", 1, "a comparison is missing");
    refuse(c, "stimulus", 1, "a comparison is missing");
    refuse(c, "stimlus<0", 1, "did you mean 'stimulus'");
    refuse(c, "reward=1 and stimlus<0", 14, "no column 'stimlus'");
    refuse(c, "<0", 1, "a column is missing");
    refuse(c, "stimulus<", 10, "a value is missing");
    refuse(c, "stimulus=1,,2", 12, "a value is missing");
    refuse(c, "stimulus<1,2", 12, "several values");
    refuse(c, "stimulus<low", 10, "'low' is not a number");
    refuse(c, "stimulus<nan", 10, "not a number");
    refuse(c, "subject=m3", 9, "no animal is called 'm3'");
    refuse(c, "subject<m1", 9, "= and !=");
    refuse(c, "session=monday", 9, "no session");
    refuse(c, "session<monday", 9, "not a number");
    refuse(c, "reward=1 and", 13, "a comparison is missing");
    refuse(c, "stimulus>5", 0, "no trial would be left of 12");
}

static void test_rest(const struct cohort *c)
{
    struct cohort *part = NULL, *all = NULL;
    struct err err = {0};
    tap_ok(cohort_trials(c, 2, 4, &part, &err), "trials 2..4 %s", err.message);
    char *got = part ? describe(part) : NULL;
    tap_is_text(got, "m1 10 20 30 m2 10 20 30", "of each animal");
    free(got);
    tap_ok(part && part->animals[1].n_sessions == 2 && part->animals[1].first == 3, "its animals");
    tap_is_text(part ? part->chain : NULL, "trials 2..4", "the chain tells");
    tap_is_text(part ? part->truth : NULL, "{}", "the truth goes along");
    const struct cohort_column *rt = part ? cohort_column(part, "rt") : NULL;
    tap_ok(rt && rt->values[0] == .1f && isnan(rt->values[2]), "and the kept columns");
    tap_ok(part && part->digest != c->digest, "it has a digest of its own");
    cohort_drop(part);
    part = NULL;
    tap_ok(cohort_trials(c, 6, 0, &part, &err) && part->n_trials == 2, "6 to the end");
    cohort_drop(part);
    part = NULL;
    tap_ok(!cohort_trials(c, 7, 0, &part, &err) && !part, "past the end: %s", err.message);
    err_clear(&err);
    tap_ok(!cohort_trials(c, 4, 2, &part, &err) && err.code == ERR_USAGE, "4..2: %s", err.message);
    tap_ok(cohort_trials(c, 1, 0, &all, &err) && all->digest == c->digest && c->n_trials == 12,
           "all trials: the same digest, and the old one is untouched");
    cohort_drop(all);
}

int main(void)
{
    struct cohort *c = make();
    test_conditions(c);
    test_refused(c);
    test_rest(c);
    cohort_drop(c);
    return tap_done();
}
