/* Where a setting is kept.  Private to settings*.c. */
#ifndef LEARN_SETTINGS_INSIDE_H
#define LEARN_SETTINGS_INSIDE_H

#include "deltaw/learn/settings.h"

static inline void *setting_field(const struct setting *row, const struct fit_settings *s)
{
    return (char *)s + row->offset;
}

/* NULL: the row's parameter has no such values. */
static inline struct held_at *setting_held_at(const struct setting *row,
                                              const struct fit_settings *s)
{
    return row->held ? (struct held_at *)((char *)s + row->held) : NULL;
}

#endif
