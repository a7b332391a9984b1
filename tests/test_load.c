/* Logs to cohorts and back: mapping, codes, order, damage, real mice. */
#include <dirent.h>
#include <inttypes.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deltaw/base/mem.h"
#include "deltaw/base/rng.h"
#include "deltaw/base/strbuf.h"
#include "deltaw/data/load.h"
#include "tap.h"

static char folder[] = "/tmp/deltaw-load-XXXXXX";

static const char *file(const char *name)
{
    static char path[8][300];
    static unsigned turn;
    char *p = path[turn++ % 8];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static void spit(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        tap_ok(false, "cannot write %s", path);
}

static size_t slurp(const char *path, char **bytes)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0, capacity = 0;
    *bytes = mem_new(1, 1);
    for (size_t got = 1; f && got > 0; n += got) {
        *bytes = mem_reserve(*bytes, &capacity, n + 65537, 1);
        got = fread(*bytes + n, 1, 65536, f);
    }
    if (f)
        fclose(f);
    (*bytes)[n] = '\0';
    return n;
}

static struct cohort *load_path(const char *path, struct load_options o, struct err *err)
{
    struct cohort *c = NULL;
    o.paths = &path;
    o.n_paths = 1;
    return cohort_load(&o, &c, err) ? c : NULL;
}

static struct cohort *load_text(const char *text, struct load_options o, struct err *err)
{
    spit(file("log.csv"), text);
    err_clear(err);
    return load_path(file("log.csv"), o, err);
}

/* The cohort on one line: NAME[SESSION: trial stimulus choice reward answer, ...] */
static char *describe(const struct cohort *c)
{
    struct strbuf out = {0};
    for (size_t a = 0; a < c->n_animals; a++) {
        const struct animal *animal = &c->animals[a];
        strbuf_printf(&out, "%s%s[", a ? " " : "", animal->name);
        for (size_t t = animal->first; t < animal->first + animal->count; t++) {
            if (t == animal->first || c->session[t] != c->session[t - 1])
                strbuf_printf(&out, "%s%s:", t == animal->first ? "" : "; ",
                              c->session_names[c->session[t]]);
            else
                strbuf_putc(&out, ',');
            strbuf_printf(&out, " %d %g %d %g %d", c->trial[t], (double)c->stimulus[t],
                          c->choice[t], (double)c->reward[t], c->answer[t]);
        }
        strbuf_putc(&out, ']');
    }
    return strbuf_take(&out);
}

/* `want`: the description, or what the error says. */
static void check(const char *text, struct load_options o, const char *want, const char *what)
{
    struct err err = {0};
    struct cohort *c = load_text(text, o, &err);
    char *got = c ? describe(c) : mem_text(err.message);
    if (c || strchr(want, '['))
        tap_is_text(got, want, "%s", what);
    else
        tap_ok(strstr(got, want) && err.code == ERR_DATA, "%s: %s", what, got);
    free(got);
    cohort_drop(c);
}

#define HEAD "subject,session,trial,stimulus,choice,reward\n"
static const struct load_options plain;

/* Does the report tell it? */
static bool said(const struct cohort *c, const char *text)
{
    return c && (strstr(c->report.mapping, text) || strstr(c->report.notes, text));
}

static void test_native(void)
{
    check(HEAD "m1,1,1,-0.5,0,1\nm1,1,2,0.5,0,0\nm1,2,1,0,1,1\nm2,a,7,.25,1,1\n", plain,
          "m1[1: 1 -0.5 0 1 0, 2 0.5 0 0 1; 2: 1 0 1 1 1] m2[a: 7 0.25 1 1 1]", "a native log");
    check("subject,session,trial,stimulus,choice,reward,answer\nm,1,1,0,0,1,0\nm,1,2,0,1,,0\n",
          (struct load_options){.missing_reward = LOAD_MISSING_HALF},
          "m[1: 1 0 0 1 0, 2 0 1 0.5 0]", "an answer column speaks where the reward is unknown");
    check("subject,stimulus,choice,reward\nm,0,0,1\nm,-1,1,\nm,.5,0,\nm,0,1,\n",
          (struct load_options){.missing_reward = LOAD_MISSING_HALF},
          "m[1: 1 0 0 1 0, 2 -1 1 0.5 0, 3 0.5 0 0.5 1, 4 0 1 0.5 0]",
          "without one the stimulus does, left at 0");
    check("subject,stimulus,choice,reward\nm,0,0,1\nm,-1,1,\nm,1,,1\nm,.5,1,1\n", plain,
          "m[1: 1 0 0 1 0, 4 0.5 1 1 1]", "what is dropped leaves a gap in the numbers");
}

static void test_report(void)
{
    struct err err = {0};
    struct cohort *c = load_text("mouse,signed_contrast,response,rewarded,lab,rt,flag,void\n"
                                 "a,0.5,1,1,cs,0.25,True,\na,,,1,cs,,False,\na,1,0,,xy,2,NA,\n",
                                 plain, &err);
    if (!tap_ok(c != NULL, "%s", err.message))
        return;
    tap_ok(c->report.n_rows == 3 && c->report.n_no_choice == 1 && c->report.n_no_reward == 1 &&
               !c->report.reward_half && c->n_trials == 1,
           "what was dropped is counted");
    tap_is_text(c->report.mapping,
                "subject=mouse  session=(one)  trial=(counted)  stimulus=signed_contrast  "
                "choice=response  reward=rewarded  answer=(from choice and reward); kept: rt, "
                "flag; left out, not numbers: lab, void",
                "the mapping");
    tap_is_text(c->report.sides, "choice 1 = right, 0 = left", "the sides");
    tap_ok(c->n_columns == 2 && cohort_column(c, "rt") && !cohort_column(c, "lab"), "kept by name");
    tap_near((double)cohort_column(c, "rt")->values[0], .25, 0, "its value");
    tap_near((double)cohort_column(c, "flag")->values[0], 1, 0, "True is 1");
    tap_is_text(c->name, "log.csv", "the file's name");
    cohort_drop(c);
    c = load_text("subject,stimulus,choice,reward\nm,1,1,\nm,1,0,0\n",
                  (struct load_options){.missing_reward = LOAD_MISSING_HALF, .name = "n"}, &err);
    tap_ok(c && c->report.reward_half && c->report.n_no_reward == 1, "kept at one half, counted");
    tap_is_text(c ? c->name : NULL, "n", "as=");
    cohort_drop(c);
}

static void test_mapping(void)
{
    check("Animal ID,Session_Number,Contrast.Left,contrastRight,Choice,feedback-type\n"
          "x,3,0.5,0,0,1\nx,3,,0.25,0,0\nx,3,0,NaN,1,1\n",
          plain, "x[3: 1 -0.5 0 1 0, 2 0.25 0 0 1, 3 0 1 1 1]",
          "names without case, blanks, signs");
    check("a,b,c,d\nx,1,0,0\n",
          (struct load_options){.subject = "A", .stimulus = "b", .choice = "c", .reward = "d"},
          "x[1: 1 1 0 0 1]", "columns named by the user");
    check("a,b,c,d\nx,1,0,0\n",
          (struct load_options){.subject = "a", .stimulus = "bb", .choice = "c", .reward = "d"},
          "no column 'bb' (stimulus=bb); did you mean 'b'?; the columns are a, b, c, d",
          "an unknown one");
    check("mouse,id,stimulus,choice,reward\nx,7,1,0,0\n", plain,
          "'mouse' and 'id' could both be the animal; say subject=mouse or subject=id", "two");
    check("mouse,id,stimulus,choice,reward\nx,7,1,0,0\n", (struct load_options){.subject = "id"},
          "7[1: 1 1 0 0 1]", "settled by the user");
    check("mouse,id,stimulus,choice,reward\nx,7,1,0,0\n",
          (struct load_options){.subject = "mouse", .session = "id"}, "x[7: 1 1 0 0 1]",
          "a column in use is out of the question");
    check("subject,choice,response,stimulus,contrast_left,contrast_right,reward\n"
          "x,1,0,-1,0,1,0\nx,0,1,-1,0,1,1\n",
          plain, "x[1: 1 -1 1 0 0, 2 -1 0 1 0]", "the role's own name comes first");
    check("subject,stimulus,contrast_left,contrast_right,choice,reward\nx,-1,0,.5,0,1\n",
          (struct load_options){.left = "contrast_left"}, "x[1: 1 0.5 0 1 0]",
          "left= asks for the difference");
    check("stimulus,choice,reward\n1,1,1\n", plain, "subject=none when all trials are of one",
          "no animal");
    check("stimulus,choice,reward\n1,0,1\n", (struct load_options){.subject = "none"},
          "log[1: 1 1 0 1 0]", "the file is one animal");
    check("subject,stimulus,choice,reward\nm,1,1,1\n", (struct load_options){.choice = "none"},
          "no column for the choice", "no log can do without a choice");
    check("subject,stimulus,choice,reward,answer\nm,1,1,1,0\nm,1,0,0,1\n", plain,
          "log.csv:2: the answer says left was right, but the choice right was rewarded",
          "an answer against choice and reward");
    check("subject,stimulus,choice,reward,answer\nm,1,1,1,0\nm,1,0,0,1\n",
          (struct load_options){.answer = "none"}, "m[1: 1 1 1 1 1, 2 1 0 0 1]", "left out");
}

static void test_contrast(void)
{
    struct err err = {0};
    const struct load_options tanh5 = {.contrast = LOAD_CONTRAST_TANH5};
    struct cohort *c = load_text("subject,contrast_left,contrast_right,choice,reward\n"
                                 "m,0.0625,0,1,0\nm,0,.125,1,1\nm,.25,0,1,0\nm,0,.5,1,1\n"
                                 "m,1,0,1,0\nm,0,0,1,1\nm,.5,.25,0,1\n",
                                 tanh5, &err);
    /* doc/science, coding of stimuli */
    const double want[] = {-.30273722, .55465008, -.84836067,           .98670389,
                           -1,         0,         .84836067 - .98670389};
    for (size_t i = 0; c && i < 7; i++)
        tap_near((double)c->stimulus[i], want[i], 2e-8, "tanh5 of each side, trial %zu", i);
    tap_ok(c && said(c, "f(c)=tanh(5c)/tanh(5)"), "and it is told");
    cohort_drop(c);
    c = load_text(HEAD "m,1,1,-0.0625,1,0\nm,1,2,0.5,1,1\n", tanh5, &err);
    tap_ok(c && fabs((double)c->stimulus[0] + .30273722) < 2e-8 &&
               fabs((double)c->stimulus[1] - .98670389) < 2e-8,
           "tanh5 of a signed stimulus");
    cohort_drop(c);
    check("subject,contrast_left,contrast_right,choice,reward\nm,0,25,1,1\n", tanh5,
          "log.csv:2: contrast_right '25' is above 1", "per cent is refused by tanh5");
    c = load_text("subject,contrast_left,contrast_right,choice,reward\nm,0,25,1,1\nm,5,0,0,1\n",
                  plain, &err);
    tap_ok(c && said(c, "per cent?"), "and remarked on without it");
    cohort_drop(c);
    c = load_text("subject,contrast_left,contrast_right,choice,reward\nm,0,-.5,0,1\nm,0,.5,0,0\n",
                  plain, &err);
    tap_ok(c && c->stimulus[0] == -.5f && said(c, "1 negative right contrast"),
           "a negative right contrast is a left one");
    cohort_drop(c);
}

/* Trials whose rewards go with the stimulus when `right` codes right; `against`
 * of them do not. */
static char *coded(const char *header, const char *left, const char *right, int n, int against,
                   const char *no, bool sides)
{
    struct strbuf out = {0};
    strbuf_puts(&out, header);
    for (int i = 0; i < n; i++) {
        bool stimulus = i % 2, choice = i / 2 % 2, reward = (stimulus == choice) != (i < against);
        strbuf_puts(&out, "m,");
        if (sides)
            strbuf_puts(&out, stimulus ? "0,1" : "1,0");
        else
            strbuf_puts(&out, stimulus ? "1" : "-1");
        strbuf_printf(&out, ",%s,%s\n", choice ? right : left, reward ? "1" : no);
    }
    return strbuf_take(&out);
}

static void check_codes(char *log, const char *sides, const char *want, const char *what)
{
    struct err err = {0};
    struct cohort *c = load_text(log, plain, &err);
    free(log);
    if (!sides) {
        tap_ok(!c && strstr(err.message, want), "%s: %s", what, err.message);
    } else {
        /* of the first four trials the last two went right */
        bool fine = c && !c->choice[0] && !c->choice[1] && c->choice[2] && c->choice[3];
        tap_ok(fine, "%s %s", what, err.message);
        tap_is_text(c ? c->report.sides : NULL, sides, "%s: the sides are told", what);
    }
    cohort_drop(c);
}

static void test_codes(void)
{
    static const char signed_head[] = "subject,stim,choice,reward\n";
    static const char ibl_head[] = "subject,contrastLeft,contrastRight,choice,feedbackType\n";
    check_codes(coded(signed_head, "0", "1", 24, 0, "0", false), "choice 1 = right, 0 = left", "",
                "{0,1}");
    check_codes(coded(signed_head, "0.0", "1.0", 24, 0, "0", false), "choice 1 = right, 0 = left",
                "", "{0.0,1.0}");
    check_codes(coded(signed_head, "1", "2", 24, 0, "0", false), "choice 2 = right, 1 = left", "",
                "{1,2}");
    check_codes(coded(signed_head, "-1", "1", 24, 0, "-1", false),
                "choice +1 = right, -1 = left, 0 = no-go", "", "{-1,1}, reward {-1,1}");
    check_codes(coded(signed_head, "Left", "RIGHT", 24, 0, "false", false),
                "choice left, right as written", "", "words");
    check_codes(coded(ibl_head, "1", "-1", 24, 0, "-1", true),
                "choice -1 = right, +1 = left, 0 = no-go (IBL's codes)", "", "IBL's codes");
    check_codes(coded(ibl_head, "-1", "1", 24, 0, "-1", true),
                "choice +1 = right, -1 = left, 0 = no-go", "", "IBL's names, other codes");
    check_codes(coded(ibl_head, "1", "-1", 24, 8, "-1", true), NULL, "cannot tell the sides",
                "IBL's names, rewards that tell nothing");
    check_codes(coded(signed_head, "1", "-1", 24, 0, "0", false), NULL, "cannot tell the sides",
                "{-1,1} that rewards speak against");
    check_codes(coded(signed_head, "2", "1", 24, 0, "0", false), NULL, "cannot tell the sides",
                "{1,2} that rewards speak against");
    check_codes(coded(signed_head, "-1", "1", 4, 4, "0", false),
                "choice +1 = right, -1 = left, 0 = no-go", "", "too few against it to matter");
}

static void test_odd_codes(void)
{
    struct err err = {0};
    char *log = coded("subject,stim,choice,reward\n", "1", "0", 24, 0, "0", false);
    struct cohort *c = load_text(log, plain, &err);
    tap_ok(!c && strstr(err.message, "say it, as in choice=choice:0=right,1=left"),
           "{0,1} that rewards speak against is refused with what to say: %s", err.message);
    err_clear(&err);
    cohort_drop(c);
    free(log);
    check("subject,stim,choice,reward\nm,1,1,1\nm,1,0,0\nm,-1,-1,1\n", plain,
          "m[1: 1 1 1 1 1, 3 -1 0 1 0]", "0 beside -1 and 1 is no-go");
    check("subject,stim,choice,reward\nm,1,1,1\nm,1,-1,0\nm,1,1,-1\n", plain,
          "m[1: 1 1 1 1 1, 3 1 1 0 0]", "reward 0 beside -1 is none");
    check("subject,stim,choice,reward\nm,1,r,1\nm,1,nogo,0\nm,-1,L,1\n", plain,
          "m[1: 1 1 1 1 1, 3 -1 0 1 0]", "nogo as a word");
    check("subject,stim,choice,reward\nm,1,0,1\nm,1,1,0\nm,1,2,0\n", plain,
          "log.csv:4: the choice codes 0, 1, 2 fit no convention", "{0,1,2}");
    check("subject,stim,choice,reward\nm,1,0,1\nm,1,r,0\n", plain, "fit no convention",
          "words and numbers");
    check("subject,stim,choice,reward\nm,1,1,1\nm,-1,1,0\n", plain,
          "ambiguous choice codes: only 1 is there", "1 alone");
    check(HEAD "m,1,1,1,1,1\nm,1,2,-1,1,0\n", plain, "m[1: 1 1 1 1 1, 2 -1 1 0 0]",
          "1 alone in a native log is right");
    check("subject,stim,choice,reward\nm,1,2,1\nm,-1,2,0\n", plain, "only 2 is there", "2 alone");
    check("subject,stim,choice,reward\nm,1,3,1\n", plain,
          "log.csv:2: the choice codes 3 fit no convention", "a code nobody uses");
    log = coded("subject,stim,choice,reward\n", "1", "1", 4, 0, "0", false);
    struct strbuf many = {0};
    strbuf_puts(&many, "subject,stim,choice,reward\n");
    for (int i = 0; i < 20; i++)
        strbuf_puts(&many, i % 2 ? "m,1,1,0\n" : "m,-1,1,1\n");
    c = load_text(many.text, plain, &err);
    tap_ok(c && c->choice[0] == 0 && strstr(c->report.sides, "1 = left"),
           "1 alone, and rewards that say it is left");
    cohort_drop(c);
    strbuf_free(&many);
    free(log);
}

static void test_order(void)
{
    check(HEAD "b,1,1,1,1,1\na,1,1,1,1,1\nb,1,2,.5,1,1\na,2,1,.25,1,1\nb,2,1,0,1,1\n"
               "a,1,2,.75,1,1\n",
          plain,
          "b[1: 1 1 1 1 1, 2 0.5 1 1 1; 2: 1 0 1 1 1] "
          "a[1: 1 1 1 1 1, 2 0.75 1 1 1; 2: 1 0.25 1 1 1]",
          "scattered rows come together");
    check("subject,date,session,stimulus,choice,reward\nm,2020-09-02,001,1,1,1\n"
          "m,2020-08-31,002,.5,0,0\nm,2020-08-31,001,.25,1,1\n",
          plain,
          "m[2020-08-31/001: 1 0.25 1 1 1; 2020-08-31/002: 1 0.5 0 0 1; 2020-09-02/001: 1 1 1 1 1]",
          "sessions by date and number");
    check("subject,date,session,stimulus,choice,reward\nm,2020-08-31,10,1,1,1\n"
          "m,2020-08-31,9,.5,0,0\n",
          plain, "m[2020-08-31/9: 1 0.5 0 0 1; 2020-08-31/10: 1 1 1 1 1]", "9 comes before 10");
    struct err err = {0};
    struct cohort *c = load_text("subject,date,stimulus,choice,reward\nm,02.09.2020,1,1,1\n"
                                 "m,31.08.2020,.5,0,0\n",
                                 plain, &err);
    tap_ok(c && c->stimulus[0] == .5f && said(c, "dates are read as day/month/year"),
           "dates of which only the day can come first");
    cohort_drop(c);
    c = load_text("subject,date,stimulus,choice,reward\nm,02.09.2020,1,1,1\nm,01.08.2020,.5,0,0\n",
                  plain, &err);
    tap_ok(c && c->stimulus[0] == 1 && said(c, "does day or month come first in dates?"),
           "dates that can be read in two ways leave the order of the file");
    cohort_drop(c);
    c = load_text(HEAD "m,1,3,.75,1,1\nm,1,1,.25,1,1\nm,1,2,.5,1,1\n", plain, &err);
    tap_ok(c && c->stimulus[0] == .25f && c->stimulus[2] == .75f && c->trial[2] == 3 &&
               said(c, "trials of 1 session sorted"),
           "trials by number, told");
    cohort_drop(c);
    c = load_text(HEAD "m,1,1,.75,1,1\nm,1,2,.25,1,1\nm,1,1,.5,1,1\nm,1,2,1,1,1\n", plain, &err);
    tap_ok(c && c->stimulus[1] == .25f && c->stimulus[2] == .5f &&
               said(c, "trial numbers come twice"),
           "restarting numbers stay");
    cohort_drop(c);
    check(HEAD "m,1,1,.75,1,1\nm,1,2,.25,1,1\nm,1,1,.75,1,1\nm,1,2,.25,1,1\n", plain,
          "log.csv:4: session 1 of m has every trial more than once", "a doubled session");
}

static void test_several(void)
{
    struct err err = {0};
    spit(file("one.csv"), HEAD "a,1,1,1,1,1\nb,1,1,.5,1,1\na,1,2,1,0,0\n");
    spit(file("two.csv"), "Mouse,Session,Trial,Stimulus,Response,Reward,rt\n"
                          "c,1,1,.25,2,1,7\na,1,1,.75,2,1,8\na,1,2,-.5,1,1,9\n");
    const char *paths[2] = {file("one.csv"), file("two.csv")};
    struct load_options o = {.n_paths = 2, .paths = paths};
    struct cohort *c = NULL;
    tap_ok(cohort_load(&o, &c, &err), "two files: %s", err.message);
    char *got = c ? describe(c) : NULL;
    tap_is_text(got,
                "a[1: 1 1 1 1 1, 2 1 0 0 1; 1#2: 1 0.75 1 1 1, 2 -0.5 0 1 0] "
                "b[1: 1 0.5 1 1 1] c[1: 1 0.25 1 1 1]",
                "an animal goes on in the second, codes by file");
    free(got);
    tap_is_text(c ? c->name : NULL, "one.csv + 1 more", "the name");
    const struct cohort_column *rt = c ? cohort_column(c, "rt") : NULL;
    tap_ok(rt && isnan(rt->values[0]) && rt->values[2] == 8, "a column of one file only");
    tap_ok(c && strstr(c->report.sides, "2 = right") && strstr(c->report.sides, "0 = left"),
           "both conventions are told");
    cohort_drop(c);
    c = NULL;
    paths[1] = paths[0];
    tap_ok(!cohort_load(&o, &c, &err) && !c && strstr(err.message, "the same file"), "%s",
           err.message);
}

static void test_save(void)
{
    struct err err = {0};
    struct cohort *c = load_text("subject,session,trial,stimulus,choice,reward,rt,date_log,"
                                 "trial_n\n"
                                 "\"a, b\",1,1,0.1,1,1,0.3333333,1e-30,1\n"
                                 "\"a, b\",1,2,-1e-7,0,1,,5,1\n\"q\"\"q\",x y,5,3e9,1,0,2,7,2\n",
                                 plain, &err);
    if (!tap_ok(c != NULL, "a log with odd names: %s", err.message))
        return;
    static const char *const names[] = {"s1.csv", "s1.csv.gz"};
    for (size_t i = 0; i < 2; i++) {
        const char *first = file(names[i]), *second = file(i ? "s2.csv.gz" : "s2.csv");
        char *a, *b;
        tap_ok(cohort_save(c, first, &err), "saved as %s %s", names[i], err.message);
        struct cohort *back = load_path(first, plain, &err);
        tap_ok(back && back->digest == c->digest && back->n_columns == c->n_columns,
               "loaded with the same digest %s", err.message);
        char *one = describe(c), *two = back ? describe(back) : NULL;
        tap_is_text(two, one, "and the same trials");
        free(one);
        free(two);
        if (back)
            cohort_save(back, second, &err);
        size_t na = slurp(first, &a), nb = slurp(second, &b);
        tap_ok(na > 0 && na == nb && memcmp(a, b, na) == 0, "saved again: the same bytes");
        free(a);
        free(b);
        cohort_drop(back);
    }
    cohort_drop(c);
}

static void test_truth(void)
{
    struct err err = {0};
    struct cohort *c = load_text(HEAD "m,1,1,.5,1,1\nm,1,2,.5,0,0\n", plain, &err);
    struct cohort *other = load_text(HEAD "m,1,1,.5,1,1\nm,1,2,.5,1,1\n", plain, &err);
    if (!tap_ok(c && other && !c->truth && c->digest != other->digest, "%s", err.message))
        return;
    static const char truth[] = "{\"rule\": \"reinforce\", \"deep\": {\"digest\": [1, \"}\\\"\"]}}";
    c->truth = mem_text(truth);
    tap_ok(cohort_save(c, file("t.csv.gz"), &err), "a simulated cohort is saved %s", err.message);
    struct cohort *back = load_path(file("t.csv.gz"), plain, &err);
    tap_is_text(back ? back->truth : NULL, truth, "its truth comes back");
    cohort_drop(back);

    char *bytes;
    size_t n = slurp(file("t.csv.gz.truth.json"), &bytes);
    cohort_save(other, file("t.csv.gz"), &err);
    tap_ok(access(file("t.csv.gz.truth.json"), F_OK) != 0,
           "data without a truth take away that of the data they replace");
    spit(file("t.csv.gz.truth.json"), bytes);
    back = load_path(file("t.csv.gz"), plain, &err);
    tap_ok(back && !back->truth && said(back, "belongs to other data"),
           "a truth of other data is not believed, and that is told");
    cohort_drop(back);
    cohort_save(c, file("t.csv.gz"), &err);
    for (size_t cut = 0; cut + 1 < n; cut += 3) {
        char *part = mem_text_n(bytes, cut);
        spit(file("t.csv.gz.truth.json"), part);
        free(part);
        back = load_path(file("t.csv.gz"), plain, &err);
        if (!back || back->truth || !said(back, "damaged"))
            tap_ok(false, "a truth cut at %zu is taken for good", cut);
        cohort_drop(back);
    }
    tap_ok(n > 0, "a damaged side file leaves the log loadable");
    free(bytes);
    cohort_drop(c);
    cohort_drop(other);
}

static void test_save_errors(void)
{
    struct err err = {0};
    struct cohort *c = load_text(HEAD "m,1,1,.5,1,1\n", plain, &err);
    c->truth = mem_text("{}");
    tap_ok(!cohort_save(c, file("no/such/x.csv"), &err), "no such folder: %s", err.message);
    err_clear(&err);
    if (access("/dev/full", W_OK) == 0)
        tap_ok(!cohort_save(c, "/dev/full", &err) && err.code == ERR_FAILED, "a full disk: %s",
               err.message);
    else
        tap_skip("no /dev/full");
    /* The side file cannot be written: the log stays as it was. */
    spit(file("keep.csv"), "old");
    mkdir(file("keep.csv.truth.json"), 0700);
    err_clear(&err);
    bool saved = cohort_save(c, file("keep.csv"), &err);
    char *bytes;
    slurp(file("keep.csv"), &bytes);
    tap_ok(!saved && strcmp(bytes, "old") == 0, "no truth, no log: %s", err.message);
    free(bytes);
    rmdir(file("keep.csv.truth.json"));
    cohort_drop(c);
}

static void test_files(void)
{
    struct err err = {0};
    tap_ok(!load_path(file("missing.csv"), plain, &err) && strstr(err.message, "missing.csv") &&
               err.code == ERR_DATA,
           "%s", err.message);
    err_clear(&err);
    mkdir(file("empty"), 0700);
    tap_ok(!load_path(file("empty"), plain, &err) &&
               strstr(err.message, "no log is in this folder"),
           "%s", err.message);
    err_clear(&err);
    atomic_bool cancel = true;
    tap_ok(!load_text(HEAD "m,1,1,1,1,1\n", (struct load_options){.cancel = &cancel}, &err) &&
               err.code == ERR_INTERRUPTED,
           "a cancelled load ends: %s", err.message);
    err_clear(&err);
    if (mkfifo(file("pipe"), 0600) == 0)
        tap_ok(!load_path(file("pipe"), (struct load_options){.cancel = &cancel}, &err) &&
                   err.code == ERR_INTERRUPTED,
               "also one that waits for a pipe");
    atomic_int permille = 0;
    struct cohort *c =
        load_text(HEAD "m,1,1,1,1,1\n", (struct load_options){.permille = &permille}, &err);
    tap_ok(c && permille == 1000, "progress ends at 1000");
    cohort_drop(c);
}

/* Each file: good-* loads, all else is refused with its name in the message. */
static void test_corpus(void)
{
    const char *srcdir = getenv("srcdir");
    char path[600];
    snprintf(path, sizeof path, "%s/tests/corpus", srcdir ? srcdir : ".");
    DIR *d = opendir(path);
    size_t n = 0, good = 0;
    uint64_t digest = 0;
    if (!tap_ok(d != NULL, "the corpus is there"))
        return;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.' || strstr(e->d_name, ".npz"))
            continue;
        snprintf(path, sizeof path, "%s/tests/corpus/%s", srcdir ? srcdir : ".", e->d_name);
        struct err err = {0};
        struct cohort *c = load_path(path, plain, &err);
        bool expected = strncmp(e->d_name, "good-", 5) == 0;
        if (expected)
            tap_ok(c && c->n_trials == 8 && c->n_animals == 2, "%s loads %s", e->d_name,
                   err.message);
        else
            tap_ok(!c && err.code == ERR_DATA && strstr(err.message, e->d_name), "%s: %s",
                   e->d_name, err.message);
        if (c && !strstr(e->d_name, "scattered")) {
            good += digest == 0 || digest == c->digest;
            digest = c->digest;
        }
        n++;
        cohort_drop(c);
    }
    closedir(d);
    tap_ok(n >= 55 && good == 5, "%zu files; the good ones are the same cohort", n);
}

/* A good log with a few bytes changed, dropped or doubled, plain and packed:
 * either a cohort that holds together or an error with a message. */
static void test_mutations(void)
{
    static const char log[] = "subject,session,trial,contrast_left,contrast_right,choice,reward,"
                              "\"q, x\",date\nm1,1,1,0.5,0,0,1,\"a\nb\",2020-01-01\r\n"
                              "m1,1,2,,0.25,1,1,7,2020-01-01\nm2,9,1,0,1,1,0,-1e-3,2020-01-02\n";
    static const char swap[] = {0, '"', ',', '\n', '\r', ';', '\t', '9', '-', '.', 'e', (char)0xff};
    enum { SEED = 5, N = 4000 };
    struct rng rng = rng_stream(SEED, RNG_TEST, 0, 0);
    struct err err = {0};
    char *packed;
    spit(file("seed.csv"), log);
    struct cohort *c = load_path(file("seed.csv"), plain, &err);
    tap_ok(c && c->n_trials == 3 && cohort_save(c, file("seed.csv.gz"), &err), "the seed loads %s",
           err.message);
    cohort_drop(c);
    size_t n_packed = slurp(file("seed.csv.gz"), &packed), wrong = 0, loaded = 0;
    tap_note("seed %d", SEED);
    for (size_t i = 0; i < N; i++) {
        size_t n = i % 2 ? n_packed : sizeof log - 1;
        char *bytes = mem_resize(NULL, n + 16, 1);
        memcpy(bytes, i % 2 ? packed : log, n);
        for (uint32_t k = 1 + rng_below(&rng, 3); k > 0; k--) {
            size_t at = rng_below(&rng, (uint32_t)n);
            uint32_t how = rng_below(&rng, 4);
            if (how == 0 && n > 1) {
                memmove(bytes + at, bytes + at + 1, n - at - 1);
                n--;
            } else if (how == 1) {
                memmove(bytes + at + 1, bytes + at, n - at);
                n++;
            } else {
                bytes[at] = i % 2 ? (char)rng_word(&rng) : swap[rng_below(&rng, sizeof swap)];
            }
        }
        FILE *f = fopen(file("mutant"), "wb");
        fwrite(bytes, 1, n, f);
        fclose(f);
        free(bytes);
        err_clear(&err);
        c = load_path(file("mutant"), plain, &err);
        loaded += c != NULL;
        wrong += c ? c->n_trials == 0 || c->n_trials > 6 || err.code != ERR_NONE
                   : err.code != ERR_DATA || err.message[0] == '\0';
        cohort_drop(c);
    }
    free(packed);
    tap_ok(wrong == 0 && loaded > 0 && loaded < N, "%d mutants: loaded or refused", N);
}

static void test_mice(void)
{
    struct err err = {0};
    char path[600];
    const char *srcdir = getenv("srcdir");
    snprintf(path, sizeof path, "%s/../shared/data/mice.csv.gz", srcdir ? srcdir : ".");
    if (access(path, R_OK) != 0) {
        tap_skip("no ../shared/data/mice.csv.gz");
        return;
    }
    struct cohort *c = load_path(path, plain, &err);
    if (!tap_ok(c != NULL, "the real mice load with no options %s", err.message))
        return;
    tap_ok(c->n_animals == 13 && c->report.n_rows == 73693 && c->report.n_no_reward == 7318 &&
               c->report.n_no_choice == 0 && c->n_trials == 73693 - 7318,
           "13 animals, 73,693 rows, 7,318 of unknown reward dropped");
    tap_is_text(c->animals[0].name, "DAP007", "the first of them");
    tap_ok(c->stimulus[0] == -.5f && c->choice[0] == 1 && c->reward[0] == 0 && c->answer[0] == 0 &&
               c->trial[1] == 3 && c->animals[0].n_sessions == 53,
           "its first trials");
    tap_ok(cohort_column(c, "rt") != NULL && c->n_columns == 1, "the reaction times are kept");
    tap_ok(cohort_animal(c, "DAP069") == 12 && cohort_animal(c, "nobody") == -1, "found by name");
    size_t days = 0;
    for (size_t t = 0; t < c->animals[0].count; t++)
        days += cohort_day(c, &c->animals[0], t);
    tap_ok(days == 52, "the first trial of each session but the first is a new day");
    uint64_t digest = c->digest;
    cohort_drop(c);
    c = load_path(
        path,
        (struct load_options){.missing_reward = LOAD_MISSING_HALF, .contrast = LOAD_CONTRAST_TANH5},
        &err);
    tap_ok(c && c->n_trials == 73693 && c->report.n_no_reward == 7318 && c->digest != digest,
           "all of them with missing_reward=half");
    tap_near(c ? (double)c->stimulus[0] : 0, -.98670389, 2e-8, "contrast=tanh5");
    cohort_drop(c);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    test_native();
    test_report();
    test_mapping();
    test_contrast();
    test_codes();
    test_odd_codes();
    test_order();
    test_several();
    test_save();
    test_truth();
    test_save_errors();
    test_files();
    test_corpus();
    test_mutations();
    test_mice();
    char *command = mem_printf("rm -rf %s", folder);
    int status = system(command);
    free(command);
    tap_ok(status == 0, "cleaned up");
    return tap_done();
}
