/* What a new password must be. */
#include "people/internal.h"

#include <string.h>

static int classes_of(str password)
{
    bool lower = false, upper = false, digit = false, other = false;
    for (size_t i = 0; i < password.len; i++) {
        char c = password.ptr[i];
        lower = lower || (c >= 'a' && c <= 'z');
        upper = upper || (c >= 'A' && c <= 'Z');
        digit = digit || (c >= '0' && c <= '9');
        other = other || !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
    }
    return lower + upper + digit + other;
}

/* Few different signs, or each the next of the one before: « aaaaaaaaaaaa », « abcdefghijkl », « 123456789012 ». */
static bool is_monotonous(str password)
{
    bool seen[256] = {false};
    size_t different = 0, steps = 0;
    for (size_t i = 0; i < password.len; i++) {
        unsigned char c = (unsigned char)password.ptr[i];
        different += !seen[c];
        seen[c] = true;
        steps += i > 0 && (c == (unsigned char)password.ptr[i - 1] + 1 || c + 1 == (unsigned char)password.ptr[i - 1]);
    }
    return different < 6 || steps * 2 > password.len;
}

/* Beginnings that fill the lists of stolen passwords; what people add behind them is guessed too. */
static bool is_common(struct arena *arena, str password)
{
    static const char *const words[] = {"motdepasse", "password", "azerty", "qwerty",  "iloveyou", "jetaime",
                                        "bonjour",    "welcome",  "admin",  "guichet", "soleil",   "football",
                                        "marseille",  "letmein",  "doudou", "loulou",  "chouchou", "123456",
                                        "000000",     "111111",   "654321"};
    str folded = str_replace(arena, utf8_fold(arena, password), STR(" "), STR(""));
    size_t covered = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_contains(folded, str_of(words[i])))
            covered += strlen(words[i]);
    return covered * 2 >= folded.len && covered > 0;
}

static bool is_about_the_person(struct arena *arena, str password, str words)
{
    str folded = utf8_fold(arena, password);
    for (str word, rest = utf8_fold(arena, words); str_next(&rest, ' ', &word);)
        if (word.len >= 4 && str_contains(folded, word) && password.len < word.len + 8)
            return true;
    return false;
}

str password_problem(struct arena *arena, str password, str email, str name)
{
    size_t length = utf8_length(password);
    int classes = classes_of(password);
    if (password.len > PASSWORD_MOST)
        return STR("Ce mot de passe est trop long : 1 000 caractères au plus.");
    bool is_strong = length >= 20 || (length >= 14 && classes >= 3) || (length >= 12 && classes == 4);
    if (length < 12)
        return STR("Le mot de passe doit contenir 12 caractères ou plus.");
    if (!is_strong)
        return STR(
            "Ce mot de passe est trop simple. Écrivez une phrase de 20 caractères, ou mêlez majuscules, minuscules, "
            "chiffres et signes.");
    if (is_monotonous(password) || is_common(arena, password))
        return STR("Ce mot de passe est trop facile à deviner. Choisissez-en un autre.");
    if (is_about_the_person(arena, password, email) || is_about_the_person(arena, password, name))
        return STR("Ce mot de passe contient votre nom ou votre adresse. Choisissez-en un autre.");
    return STR_EMPTY;
}
