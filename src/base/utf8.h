/* UTF-8: checked at the door, read code point by code point, folded for search and comparison. */
#ifndef GUICHET_BASE_UTF8_H
#define GUICHET_BASE_UTF8_H

#include "base/str.h"

/* Well-formed UTF-8 (RFC 3629: no overlong form, no surrogate, nothing over U+10FFFF). */
bool utf8_is_valid(str s);

/* The text with every ill-formed sequence replaced by U+FFFD. */
str utf8_repair(struct arena *arena, str s);

/* The code point at *at, which moves behind it; s must be valid and *at < s.len. */
uint32_t utf8_next(str s, size_t *at);

/* Appends one code point: how many bytes (1 to 4) it wrote to out. */
size_t utf8_encode(uint32_t code_point, char out[4]);

/* The code point of a byte of Windows-1252; U+FFFD where it has none. */
uint32_t utf8_of_windows(unsigned char byte);

/* Number of code points: what a person calls the length. */
size_t utf8_length(str s);

/* The code points [from, to). */
str utf8_slice(str s, size_t from, size_t to);

str utf8_lower(struct arena *arena, str s);
str utf8_upper(struct arena *arena, str s);

/* Without accents, ligatures opened: « Élève cœur » gives « Eleve coeur ». */
str utf8_unaccent(struct arena *arena, str s);

/* Lowered, without accents, runs of white space and punctuation made one blank: what search compares. */
str utf8_fold(struct arena *arena, str s);
/* The same into a room of s.len + 1 bytes, for who folds a long list: the arena is used for rare signs only. */
str utf8_fold_into(struct arena *arena, str s, char *room);

/* Lower-case ASCII letters, digits and hyphens: « Fût à compost » gives « fut-a-compost ». */
str utf8_slug(struct arena *arena, str s);

#endif
