/* Logs to cohorts: which code of a choice is right. */
#include <stdint.h>

#include "deltaw/base/rng.h"
#include "load_logs.h"

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

int main(void)
{
    folder_begin();
    test_codes();
    test_odd_codes();
    folder_end();
    return tap_done();
}
