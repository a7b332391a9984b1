/* What sessions of a log have that others have not, a sentence a line. */
#ifndef DATA_REMARKS_H
#define DATA_REMARKS_H

#include "rows.h"

/* Rewards that go to choices away from the stimulus in some sessions only. */
void remark_turned(const struct rows *rows, struct strbuf *out);
/* Stimuli of per cent in some sessions, and shares of one in others. */
void remark_mixed(const struct rows *rows, struct strbuf *out);

#endif
