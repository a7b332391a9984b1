/* Texts to small numbers: a hash table that keeps one copy of each. */
#ifndef DATA_NAMES_H
#define DATA_NAMES_H

#include <stddef.h>
#include <stdint.h>

enum { NAMES_NONE = UINT32_MAX };

struct names {
    size_t n, capacity;
    char **text; /* [n] */
    size_t *length;
    size_t n_slots, length_capacity;
    uint32_t *slots; /* NAMES_NONE: free */
    uint64_t key;    /* of the hash, once there are slots */
};

uint32_t names_find(const struct names *names, const char *text, size_t n);
/* The number of this text, a new one if need be.  The bytes may hold NUL. */
uint32_t names_add(struct names *names, const char *text, size_t n);
void names_free(struct names *names);

#endif
