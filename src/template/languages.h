/* languages: what a language is called, for the tags and filters that name languages. Private to template. */
#ifndef GUICHET_TEMPLATE_LANGUAGES_H
#define GUICHET_TEMPLATE_LANGUAGES_H

#include "base/str.h"

struct language {
    str code; /* as Django spells it: fr, pt-br, zh-hans */
    str english, french, own;
    bool is_bidi; /* written from the right to the left */
};

/* By its code, else by what stands before its hyphen (fr-ca is fr); NULL where there is none. */
const struct language *language_find(str code);

/* The languages that {% get_available_languages %} lists, in its order; NULL behind the last. */
const struct language *language_at(size_t index);

#endif
