/* How often a view computes anew while its model trains. */
#ifndef VIEW_PACE_H
#define VIEW_PACE_H

#include <stdbool.h>

/* While a model trains, a view spends at most a sixth of the time computing. */
struct pace {
    double cost, ended; /* seconds */
};
bool pace_due(const struct pace *pace);
void pace_took(struct pace *pace, double seconds); /* until now */

#endif
