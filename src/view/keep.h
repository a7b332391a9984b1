/* Which of its arguments a view keeps when others come, or another model. */
#ifndef VIEW_KEEP_H
#define VIEW_KEEP_H

#include "deltaw/view/view.h"

/* `fresh` over `kept`, a copy.  What names a variable that the model's policy lacks (a weight
 * on an axis, a feature held at a value) is left out unless it is fresh, and with it whatever
 * would not go with the axes that come instead; what was left out is added to `gone`, as it
 * was typed.  model NULL: any policy may come, and all are kept. */
struct args keep_merged(const struct view_ops *ops, const struct args *kept,
                        const struct args *fresh, const struct model *model, struct strbuf *gone);
/* Does one of them name a variable? */
bool keep_names_any(const struct view_ops *ops, const struct args *args);
/* Has the policy all that they name? */
bool keep_goes_with(const struct view_ops *ops, const struct args *args, const struct model *model);

#endif
