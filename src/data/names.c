#include "names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "deltaw/base/mem.h"

static size_t slot_of(const struct names *names, const char *text, size_t n)
{
    uint64_t h = names->key;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    size_t at = (size_t)(h ^ h >> 32) & (names->n_slots - 1);
    while (names->slots[at] != NAMES_NONE) {
        uint32_t i = names->slots[at];
        if (names->length[i] == n && memcmp(names->text[i], text, n) == 0)
            break;
        at = (at + 1) & (names->n_slots - 1);
    }
    return at;
}

/* A key of this run alone: a file cannot be made whose names all fall into one slot.  Numbers
 * of names do not depend on it. */
static void make_key(struct names *names)
{
    if (getrandom(&names->key, sizeof names->key, GRND_NONBLOCK) != sizeof names->key)
        names->key = UINT64_C(0xcbf29ce484222325);
}

static void grow(struct names *names)
{
    if (!names->n_slots)
        make_key(names);
    names->n_slots = names->n_slots ? 2 * names->n_slots : 64;
    free(names->slots);
    names->slots = mem_resize(NULL, names->n_slots, sizeof *names->slots);
    memset(names->slots, 0xff, names->n_slots * sizeof *names->slots);
    for (size_t i = 0; i < names->n; i++)
        names->slots[slot_of(names, names->text[i], names->length[i])] = (uint32_t)i;
}

uint32_t names_find(const struct names *names, const char *text, size_t n)
{
    return names->n_slots ? names->slots[slot_of(names, text, n)] : NAMES_NONE;
}

uint32_t names_add(struct names *names, const char *text, size_t n)
{
    uint32_t found = names_find(names, text, n);
    if (found != NAMES_NONE)
        return found;
    if (2 * (names->n + 1) > names->n_slots)
        grow(names);
    size_t at = slot_of(names, text, n);
    names->text = mem_reserve(names->text, &names->capacity, names->n + 1, sizeof *names->text);
    names->length =
        mem_reserve(names->length, &names->length_capacity, names->n + 1, sizeof *names->length);
    char *copy = mem_resize(NULL, n + 1, 1);
    memcpy(copy, text, n);
    copy[n] = '\0';
    names->text[names->n] = copy;
    names->length[names->n] = n;
    names->slots[at] = (uint32_t)names->n;
    return (uint32_t)names->n++;
}

void names_free(struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->text[i]);
    free(names->text);
    free(names->length);
    free(names->slots);
    *names = (struct names){0};
}
