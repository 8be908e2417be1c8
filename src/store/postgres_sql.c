/* :name parameters for PostgreSQL. */
#include "store/postgres.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_abort(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The length of what must be copied as it is from here: a literal, a quoted name, a comment, a cast; 0 else. */
static size_t opaque_length(const char *at)
{
    const char *end = NULL;
    if (*at == '\'' || *at == '"') {
        end = strchr(at + 1, *at);
        return end == NULL ? strlen(at) : (size_t)(end - at) + 1;
    }
    if (strncmp(at, "--", 2) == 0)
        return strcspn(at, "\n");
    if (strncmp(at, "/*", 2) == 0) {
        end = strstr(at, "*/");
        return end == NULL ? strlen(at) : (size_t)(end - at) + 2;
    }
    return strncmp(at, "::", 2) == 0 ? 2 : 0;
}

/* The number of a name, from 1; added if it is new. */
static int number_of(struct prepared *prepared, const char *name, size_t length)
{
    for (int i = 0; i < prepared->name_count; i++)
        if (strlen(prepared->names[i]) == length && strncmp(prepared->names[i], name, length) == 0)
            return i + 1;
    prepared->names = or_abort(realloc(prepared->names, sizeof(char *) * (size_t)(prepared->name_count + 1)));
    prepared->names[prepared->name_count] = or_abort(strndup(name, length));
    return ++prepared->name_count;
}

struct prepared *prepared_new(const char *text)
{
    struct prepared *prepared = or_abort(calloc(1, sizeof *prepared));
    char *out = prepared->text = or_abort(calloc(1, strlen(text) * 2 + 1)); /* $n may be longer than :n */
    while (*text != '\0') {
        size_t opaque = opaque_length(text);
        if (opaque > 0) {
            memcpy(out, text, opaque);
            out += opaque;
            text += opaque;
        } else if (*text == ':' && is_name_char(text[1])) {
            size_t length = 1;
            while (is_name_char(text[1 + length]))
                length++;
            out += snprintf(out, 8, "$%d", number_of(prepared, text + 1, length));
            text += 1 + length;
        } else {
            *out++ = *text++;
        }
    }
    return prepared;
}

void prepared_free(void *data)
{
    struct prepared *prepared = data;
    for (int i = 0; i < prepared->name_count; i++)
        free(prepared->names[i]);
    free(prepared->names);
    free(prepared->text);
    free(prepared);
}
