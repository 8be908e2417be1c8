/* Addresses on the web. */
#include "forms/validations/validation.h"

#include <string.h>

static bool url_holds(struct arena *arena, str *text)
{
    str lower = str_lower(arena, *text);
    size_t scheme = str_starts(lower, STR("https://")) ? 8 : str_starts(lower, STR("http://")) ? 7 : 0;
    if (scheme == 0 || text->len <= scheme || text->ptr[scheme] == '/' || text->ptr[scheme] == '.')
        return false;
    for (size_t i = 0; i < text->len; i++)
        if ((unsigned char)text->ptr[i] <= ' ' || strchr("<>\"\\^`{|}", text->ptr[i]) != NULL)
            return false;
    return true;
}

const struct validation_type validations_of_web[] = {
    {"url", url_holds, "Saisissez une adresse qui commence par https://, par exemple https://exemple.fr.", "url"},
    {NULL},
};
