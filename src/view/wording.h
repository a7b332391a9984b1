/* Words that views share. */
#ifndef VIEW_WORDING_H
#define VIEW_WORDING_H

#include "deltaw/study/probe.h"
#include "deltaw/view/view.h"
#include "choose.h"

#define SIDES_TEXT "right = 1, positive"

/* Colour of curves that explain or compare and are not fitted. */
enum { WORDING_GREY = 6 };

/* How a variable is called in a read-out: "w", "s", "r"; else its name. */
const char *wording_letter(const char *variable);
/* " · past 3 rewarded" for titles, "" for any. */
void wording_past(enum past past, size_t lags, struct strbuf *out);
/* The same on the axis of a figure: "stimulus (right positive)". */
const char *wording_axis(const char *variable);
/* "Δw_stim per trial", "true Δw_stim per trial". */
enum { WORDING_CHANGE = PROBE_NAME + 40 };
const char *wording_change(char buf[WORDING_CHANGE], const char *weight, enum show show);

/* As it stands, or in 7 bits ("dw . R2 +- .1" for "Δw · R² ± .1") when the style asks. */
void wording_styled(const char *text, const struct style *style, struct strbuf *out);

/* Columns of a cell of a map and of a point of a slice. */
#define WORDING_CELL_COLUMNS                                                                    \
    {"value", COLUMN_NUMBER, .meaning = "change per trial, or what else shown says"},           \
        {"support", COLUMN_COUNT, .meaning = "trials there"},                                   \
        {"se", COLUMN_NUMBER, .meaning = "standard error"},                                     \
        {"lower", COLUMN_NUMBER, .meaning = "of the 90 % interval"},                            \
        {"upper", .type = COLUMN_NUMBER},                                                       \
        {"interval", COLUMN_TEXT, .meaning = "where that is from"},                             \
    {                                                                                           \
        "truth", COLUMN_NUMBER, .optional = true, .meaning = "of the rule that made the trials" \
    }

/* What views say while there are no trials: where some are to be had, and who helps. */
#define WORDING_NO_TRIALS "nothing loaded yet; `load FILE` or `load sample`"
#define WORDING_HELPERS   "`lesson 1` teaches, `help` lists"

#endif
