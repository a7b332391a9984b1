/* Settings as a JSON object: a key per row of settings.def, and the rule. */
#ifndef DELTAW_LEARN_SETTINGS_FILE_H
#define DELTAW_LEARN_SETTINGS_FILE_H

#include "deltaw/learn/settings.h"

struct json_t;
struct json_t *settings_write(const struct fit_settings *s);
/* Sets what the object says; the rest stays.  path: of the file, for errors. */
bool settings_read(const struct json_t *object, const char *path, struct fit_settings *s,
                   struct err *err);

#endif
