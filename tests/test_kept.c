/* Options that a view keeps, for another model and other trials: those that still mean
 * something. */
#include "refusing.h"

/* What was asked of `wide`, which of it is let go for `narrow`, and what is asked then. */
static const struct {
    const char *asked, *gone, *then;
} kept[] = {
    {"map x=w_right", "map: let go of x=w_right, as narrow's policy is stim+bias", "map"},
    {"map y=w_right x=reward", "let go of y=w_right,", "map nx=4"},
    {"map of=w_left", "let go of of=w_left,", "map reward=1"},
    {"map w_left=.01 stimulus=.5 x=reward", "let go of w_left=.01,", "export map a.csv"},
    {"map w_right=.01", "let go of w_right=.01,", "load mice.csv; map"},
    {"map x=w_right xrange=0,1 cross=.5,.5", "let go of x=w_right,", "map"},
    {"map x=w_right stimulus=.5", "let go of x=w_right,", "map"},
    {"map x=w_right y=stimulus", "let go of x=w_right y=stimulus,", "map"},
    {"map x=stimulus y=w_right w_stim=.5", "let go of y=w_right x=stimulus w_stim=.5,", "map"},
    {"slice w_left=.01", "slice: let go of w_left=.01,", "slice x=w_bias"},
    {"slice x=w_left", "let go of x=w_left,", "export slice a.csv"},
    {"slice of=w_right", "let go of of=w_right,", "slice w_bias=0"},
};

static void test_kept_option(size_t i, bool screen)
{
    struct session_setup setup = {.host.show = screen ? on_show : NULL};
    struct desk *d = desk_new(&setup);
    struct strbuf verb = {0};
    strbuf_printf(&verb, "%.*s", (int)strcspn(kept[i].asked, " "), kept[i].asked);
    say(d, "x",
        "load mice.csv; fit reinforce policy=stim+bias name=narrow; "
        "fit reinforce policy=stim+right+left name=wide; wait; use wide");
    bool fine = say(d, "x", kept[i].asked) == STEP_IDLE;
    tap_ok(fine, "%s: %s", kept[i].asked, strbuf_text(&d->complaint));
    say(d, "x", i % 2 ? "use narrow" : "forget wide");
    if (screen) { /* as its tiles do */
        session_update_view(d->session, session_view(d->session, verb.text, NULL), NULL);
        session_tell_views(d->session, &d->out);
    } else {
        say(d, "x", kept[i].then);
    }
    tap_ok(has(&d->complaint, kept[i].gone), "%s is told of once: %s", kept[i].gone,
           strbuf_text(&d->complaint));
    fine = say(d, "x", kept[i].then) == STEP_IDLE && !d->complaint.len;
    tap_ok(fine, "and then: %s: %s", kept[i].then, strbuf_text(&d->complaint));
    struct strbuf line = {0};
    strbuf_printf(&line, "%s x=w_right", verb.text);
    tap_ok(refused(d, line.text), "%s: refused where it is asked for", line.text);
    strbuf_free(&line), strbuf_free(&verb);
    desk_free(d);
}

/* What asks for trials before goes with a model that sees none, and stays with one that does. */
static void test_kept_past(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x",
        "load plain.csv; fit reinforce name=short; fit trace name=long; fit trace name=other; "
        "wait; "
        "map model=auto past=rewarded lags=2; slice past=both");
    say(d, "x", "use long; map; use other; map");
    tap_ok(has(&d->result, "past 2 trials rewarded") && !d->complaint.len, "kept: %s",
           strbuf_text(&d->complaint));
    say(d, "x", "use short; map; slice");
    tap_ok(
        has(&d->complaint, "map: let go of past=rewarded lags=2, as short sees no trials before"),
        "%s", strbuf_text(&d->complaint));
    tap_ok(has(&d->complaint, "slice: let go of past=both"), "and of the slice");
    bool fails = say(d, "x", "map past=unrewarded") == STEP_FAILED;
    tap_ok(fails && has(&d->complaint, "short (rule reinforce) sees no"),
           "refused where it is asked for: %s", strbuf_text(&d->complaint));
    say(d, "x", "simulate trace animals=2 trials=200; fit reinforce name=blind; wait");
    fails = say(d, "x", "slice past=both") == STEP_FAILED;
    tap_ok(!fails, "where the truth sees them a rule that does not is set against it: %s",
           strbuf_text(&d->complaint));
    desk_free(d);
}

/* What needs the truth, or sessions, goes with trials that have them. */
static void test_kept_of_trials(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x",
        "simulate reinforce animals=2 trials=60 session=15; fit reinforce; wait; map diff=yes; "
        "slice diff=true; psychometric sessions=4; load plain.csv; fit reinforce name=real; wait");
    bool fine = say(d, "x", "map nx=3") == STEP_IDLE;
    tap_ok(fine && has(&d->complaint,
                       "map: let go of diff=yes, as the true rule behind plain.csv is not known"),
           "%s", strbuf_text(&d->complaint));
    fine = say(d, "x", "export slice s.csv") == STEP_IDLE;
    tap_ok(fine && has(&d->complaint, "slice: let go of diff=true"), "so is that of a slice: %s",
           strbuf_text(&d->complaint));
    fine = say(d, "x", "keep session=1; psychometric") == STEP_IDLE;
    tap_ok(fine && has(&d->complaint, "psychometric: let go of sessions=4, as no animal of"), "%s",
           strbuf_text(&d->complaint));
    tap_ok(refused(d, "map diff=yes"), "refused where it is asked for");
    say(d, "x",
        "simulate trace animals=2 trials=60; fit trace name=long; wait; "
        "map past=rewarded lags=2 diff=yes; load plain.csv; fit reinforce name=short; wait; map");
    tap_ok(has(&d->complaint, "as the true rule behind plain.csv is not known, and short sees no"),
           "each for its reason: %s", strbuf_text(&d->complaint));
    say(d, "x",
        "simulate reinforce animals=2 trials=60; fit reinforce name=own; wait; map diff=yes; "
        "fit reinforce policy=stim name=other; wait; map");
    tap_ok(has(&d->complaint, "as the true rule behind simulated is of another policy"),
           "a truth of another policy: %s", strbuf_text(&d->complaint));
    desk_free(d);
}

/* Whatever an option names of a model that is forgotten. */
static void test_forgotten_reference(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x",
        "load plain.csv; fit reinforce; fit randomwalk name=w; wait; use reinforce1; "
        "weights reference=w");
    say(d, "x", "forget w");
    tap_ok(has(&d->result, "options of weights named it"), "told: %s", strbuf_text(&d->result));
    tap_ok(say(d, "x", "weights") == STEP_IDLE, "weights go on without it: %s",
           strbuf_text(&d->complaint));
    desk_free(d);
}

/* A title says of which trials the picture is as long as they are not those in use. */
static void test_foreign_title(void)
{
    struct desk *d = desk_new(NULL);
    static const char *const verbs[] = {"map", "slice", "weights"};
    say(d, "x", "simulate reinforce animals=2 trials=60; fit reinforce name=n; wait");
    for (size_t i = 0; i < 3; i++) {
        say(d, "x", verbs[i]);
        bool before = has(&d->result, "n on ");
        say(d, "x", "load plain.csv");
        say(d, "x", verbs[i]);
        bool beside = has(&d->result, "n on ");
        say(d, "x", "undo");
        say(d, "x", verbs[i]);
        tap_ok(!before && beside && !has(&d->result, "n on "), "%s: in its title: %s", verbs[i],
               strbuf_text(&d->result));
    }
    desk_free(d);
}

/* What the model in use lacks is kept as long as nobody looks, and for a view of another. */
static void test_kept_still(void)
{
    struct desk *d = desk_new(NULL);
    say(d, "x",
        "load mice.csv; fit reinforce policy=stim+bias name=narrow; "
        "fit reinforce policy=stim+right+left name=wide; wait; use wide; map x=w_right; "
        "slice model=wide x=w_left; use narrow");
    bool fine = say(d, "x", "slice; use wide; map") == STEP_IDLE && !d->complaint.len;
    tap_ok(fine, "all is kept: %s", strbuf_text(&d->complaint));
    tap_ok(has(&d->result, "over w_stim and w_right") && has(&d->result, "along w_left"),
           "and shown");
    tap_ok(refused(d, "map model=narrow w_left=1"), "a refused command lets nothing go");
    desk_free(d);
}
int main(void)
{
    write_mice("mice.csv", true);
    write_mice("plain.csv", false);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        test_kept_option(i, false);
        test_kept_option(i, true);
    }
    test_kept_still();
    test_kept_of_trials();
    test_forgotten_reference();
    test_foreign_title();
    test_kept_past();
    return tap_done();
}
