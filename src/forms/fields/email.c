/* email: an address, and a word where its domain looks mistyped. */
#include "forms/field.h"

static bool is_address(str text)
{
    str local, domain;
    if (!str_cut(text, '@', &local, &domain) || local.len == 0 || local.len > 64 || domain.len > 253)
        return false;
    bool has_dot = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7F || c == '<' || c == '>' || c == '"' || c == ',' || c == ';' || c == '\\')
            return false;
    }
    for (size_t i = 1; i + 1 < domain.len; i++)
        has_dot = has_dot || domain.ptr[i] == '.';
    return has_dot && !str_contains(domain, STR("@")) && !str_contains(text, STR("..")) && domain.ptr[0] != '.' &&
           domain.ptr[0] != '-' && domain.ptr[domain.len - 1] != '.';
}

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    str text;
    *error = posted_problem(posted, field->control);
    if (!posted_text(context, posted, field->control, &text) || text.len == 0)
        return NULL;
    return json_from_str(str_replace(context->arena, text, STR("\n"), STR(" ")));
}

static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    (void)context;
    str text = json_str_of(answer_of(field, answers));
    if (!str_contains(text, STR("@")))
        return STR("L’adresse doit contenir un « @ ». Exemple : prenom@exemple.fr");
    return is_address(text) ? STR_EMPTY : STR("L’adresse ne semble pas complète. Exemple : prenom@exemple.fr");
}

/* Where most people here have their mail; the second kind is never proposed, being near one of the first. */
static const char *const providers[] = {
    "gmail.com",  "hotmail.com", "hotmail.fr", "outlook.com",    "outlook.fr",  "yahoo.com",        "yahoo.fr",
    "orange.fr",  "wanadoo.fr",  "free.fr",    "sfr.fr",         "laposte.net", "icloud.com",       "live.fr",
    "live.com",   "neuf.fr",     "bbox.fr",    "numericable.fr", "skynet.be",   "proximus.be",      "telenet.be",
    "hotmail.be", "outlook.be",  "msn.com",    "protonmail.com", "proton.me",   "club-internet.fr",
};
static const char *const others[] = {"mail.com", "gmx.com", "gmx.fr",   "gmx.net",    "ymail.com",  "email.com",
                                     "yahoo.be", "live.be", "voila.fr", "hotmail.de", "hotmail.it", "aol.com",
                                     "aol.fr",   "me.com",  "mac.com",  "yahoo.de",   "yahoo.it",   "outlook.de"};

static bool is_one_of(str domain, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(domain, str_of(names[i])))
            return true;
    return false;
}

/* One letter too many, too few, another, or swapped with its neighbour. */
static str provider_near(str domain)
{
    struct near_search search = {.word = domain, .most = 1};
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        near_try(&search, str_of(providers[i]));
    return search.best;
}

static str notice(const struct field *field, struct arena *arena, const json_t *answers)
{
    str local, typed;
    if (!str_cut(json_str_of(answer_of(field, answers)), '@', &local, &typed))
        return STR_EMPTY;
    str domain = str_lower(arena, typed);
    if (is_one_of(domain, providers, sizeof providers / sizeof *providers) ||
        is_one_of(domain, others, sizeof others / sizeof *others))
        return STR_EMPTY;
    str meant = provider_near(domain);
    return meant.len == 0 ? STR_EMPTY
                          : str_fmt(arena, "« %.*s » : vouliez-vous écrire « %.*s » ?", STR_ARG(typed), STR_ARG(meant));
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    (void)field;
    (void)answers;
    value_dict_set(context->arena, out, STR("inputmode"), value_text(STR("email")));
}

const struct field_type field_email = {
    .name = "email",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .read = read,
    .check = check,
    .notice = notice,
    .view = view,
};
