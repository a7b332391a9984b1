/* Logs to cohorts: mapping of columns, order, several files; what is said of them. */
#include "load_logs.h"

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
                "subject=mouse  session=(one a file)  trial=(counted)  stimulus=signed_contrast  "
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
    spit_text(file("one.csv"), HEAD "a,1,1,1,1,1\nb,1,1,.5,1,1\na,1,2,1,0,0\n");
    spit_text(file("two.csv"), "Mouse,Session,Trial,Stimulus,Response,Reward,rt\n"
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

int main(void)
{
    folder_begin();
    test_native();
    test_report();
    test_mapping();
    test_contrast();
    test_order();
    test_several();
    folder_end();
    return tap_done();
}
