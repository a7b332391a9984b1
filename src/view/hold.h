/* Axes that stay as they are while a replay runs. */
#ifndef VIEW_HOLD_H
#define VIEW_HOLD_H

#include "deltaw/learn/model.h"

/* The y axis of curves in a replay: that of the newest state, `of`, so that it stays; what
 * is beyond it at other epochs is cut off.  of NULL: nothing is held. */
struct hold {
    const struct model *of; /* only compared */
    double lo, hi;
};
/* Make room for a value; NaN is passed over. */
void hold_value(struct hold *hold, double value);
/* lo and hi with a little room, NaN (from the curves) when nothing is held. */
void hold_range(const struct hold *hold, double *lo, double *hi);

#endif
