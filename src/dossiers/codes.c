/* Tracking codes: 7 signs of an alphabet that nobody misreads, the last a check sign (ux.md §1.8-11). Six drawn signs
 * are 10^9 codes: enough to name a dossier, never enough to be one's only secret. */
#include "dossiers/tables.h"

#include <ctype.h>
#include <string.h>

enum { CODE_LENGTH = 7, DRAWN = CODE_LENGTH - 1 };
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
enum { BASE = sizeof alphabet - 1 };

static int value_of(char sign)
{
    const char *at = sign ? strchr(alphabet, sign) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* Luhn's sum in base 32: finds any one wrong sign, and all but one of the swaps of two neighbours. */
static char check_sign(const char *signs)
{
    int sum = 0;
    for (int i = 0; i < DRAWN; i++) {
        int doubled = value_of(signs[DRAWN - 1 - i]) * (i % 2 == 0 ? 2 : 1);
        sum += doubled / BASE + doubled % BASE;
    }
    return alphabet[(BASE - sum % BASE) % BASE];
}

str dossier_code_new(struct arena *arena)
{
    str drawn = random_text(arena, DRAWN, STR("0123456789ABCDEFGHJKMNPQRSTVWXYZ"));
    return str_fmt(arena, "%.*s%c", STR_ARG(drawn), check_sign(drawn.ptr));
}

str dossier_code_shown(struct arena *arena, str code)
{
    if (code.len != CODE_LENGTH)
        return code;
    return str_fmt(arena, "%.3s-%.3s-%c", code.ptr, code.ptr + 3, code.ptr[6]);
}

static char meant(char typed)
{
    char sign = (char)toupper((unsigned char)typed);
    if (sign == 'O')
        return '0';
    return sign == 'I' || sign == 'L' ? '1' : sign;
}

bool dossier_code_parse(struct arena *arena, str typed, str *code)
{
    char signs[CODE_LENGTH];
    size_t len = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char sign = meant(typed.ptr[i]);
        if (strchr(" -\t.\r\n", sign))
            continue;
        if (value_of(sign) < 0 || len == CODE_LENGTH)
            return false;
        signs[len++] = sign;
    }
    if (len != CODE_LENGTH || check_sign(signs) != signs[DRAWN])
        return false;
    *code = str_dup(arena, (str){signs, CODE_LENGTH});
    return true;
}
