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

static struct prepared_parameter *parameter_called(struct prepared *prepared, const char *name, size_t length)
{
    for (int i = 0; i < prepared->count; i++)
        if (strlen(prepared->parameters[i].name) == length && strncmp(prepared->parameters[i].name, name, length) == 0)
            return &prepared->parameters[i];
    size_t size = sizeof *prepared->parameters * (size_t)(prepared->count + 1);
    prepared->parameters = or_abort(realloc(prepared->parameters, size));
    struct prepared_parameter *added = &prepared->parameters[prepared->count++];
    *added = (struct prepared_parameter){.name = or_abort(strndup(name, length)), .kind = SQL_NULL, .number = -1};
    return added;
}

/* What stands for the parameter in the statement; returns its length. */
static int put_parameter(struct prepared *prepared, struct prepared_parameter *parameter, const struct sql_param *given,
                         char *out)
{
    if (parameter->number == -1) { /* the first time that the statement names it */
        parameter->kind = given->kind;
        parameter->number = given->kind == SQL_NULL ? 0 : ++prepared->bound_count;
    }
    return parameter->number == 0 ? snprintf(out, 8, "NULL") : snprintf(out, 8, "$%d", parameter->number);
}

struct prepared *prepared_new(const char *text, const struct sql_param *params, size_t count)
{
    const char *whole = text;
    size_t next = 0;
    struct prepared *prepared = or_abort(calloc(1, sizeof *prepared));
    char *out = prepared->text = or_abort(calloc(1, strlen(text) * 2 + 1)); /* NULL is longer than :n, $123 than :a */
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
            struct prepared_parameter *parameter = parameter_called(prepared, text + 1, length);
            const struct sql_param *given = sql_param_called(params, count, parameter->name, whole, &next);
            out += put_parameter(prepared, parameter, given, out);
            text += 1 + length;
        } else {
            *out++ = *text++;
        }
    }
    return prepared;
}

bool prepared_fits(const struct prepared *prepared, const char *text, const struct sql_param *params, size_t count)
{
    size_t next = 0;
    for (int i = 0; i < prepared->count; i++) {
        const struct prepared_parameter *parameter = &prepared->parameters[i];
        if (sql_param_called(params, count, parameter->name, text, &next)->kind != parameter->kind)
            return false;
    }
    return true;
}

void prepared_free(void *data)
{
    for (struct prepared *prepared = data, *next; prepared != NULL; prepared = next) {
        next = prepared->next;
        for (int i = 0; i < prepared->count; i++)
            free(prepared->parameters[i].name);
        free(prepared->parameters);
        free(prepared->text);
        free(prepared);
    }
}
