/* Tags about languages: which are known, what they are called, and the one that a part of a text is in. */
#include "template/compiler.h"
#include "template/filter.h"
#include "template/languages.h"

typedef struct value call_fn(struct machine *m, const struct value *args, const struct call *call);

/* « … as name » alone. */
static bool compile_get(struct compiler *c, const struct words *words, call_fn *fn)
{
    if (words->len != 3 || !str_eq(words->at[1], STR("as")))
        return compiler_fail(c, "« %.*s » s'écrit « %.*s as nom ».", STR_ARG(words->at[0]), STR_ARG(words->at[0]));
    compiler_call(c, (struct call){.fn = fn});
    compiler_set(c, OP_ASSIGN, words->at[2]);
    return true;
}

static struct value call_current(struct machine *m, const struct value *args, const struct call *call)
{
    (void)args;
    (void)call;
    return value_text(m->lang);
}

static bool compile_get_current(struct compiler *c, const struct words *words)
{
    return compile_get(c, words, call_current);
}

static struct value call_current_bidi(struct machine *m, const struct value *args, const struct call *call)
{
    (void)args;
    (void)call;
    const struct language *language = language_find(m->lang);
    return value_bool(language != NULL && language->is_bidi);
}

static bool compile_get_current_bidi(struct compiler *c, const struct words *words)
{
    return compile_get(c, words, call_current_bidi);
}

static struct value name_in(const struct machine *m, const struct language *language)
{
    return value_text(str_eq(m->lang, STR("en")) ? language->english : language->french);
}

static struct value call_available(struct machine *m, const struct value *args, const struct call *call)
{
    (void)args;
    (void)call;
    struct value_list *all = value_list_new(m->arena);
    const struct language *language;
    for (size_t i = 0; (language = language_at(i)) != NULL; i++) {
        struct value_list *pair = value_list_new(m->arena);
        pair->is_tuple = true;
        value_list_add(m->arena, pair, value_text(language->code));
        value_list_add(m->arena, pair, name_in(m, language));
        value_list_add(m->arena, all, value_list(pair));
    }
    return value_list(all);
}

static bool compile_get_available(struct compiler *c, const struct words *words)
{
    return compile_get(c, words, call_available);
}

static struct value info_of(struct machine *m, struct value code)
{
    const struct language *language = code.kind == VALUE_TEXT ? language_find(code.text) : NULL;
    if (language == NULL)
        return machine_fault(m, "Cette langue n'est pas connue.");
    struct value_dict *info = value_dict_new(m->arena);
    value_dict_set(m->arena, info, STR("bidi"), value_bool(language->is_bidi));
    value_dict_set(m->arena, info, STR("code"), value_text(language->code));
    value_dict_set(m->arena, info, STR("name"), value_text(language->english));
    value_dict_set(m->arena, info, STR("name_local"), value_text(language->own));
    value_dict_set(m->arena, info, STR("name_translated"), name_in(m, language));
    return value_dict(info);
}

static struct value call_info(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    return info_of(m, value_plain(m->arena, args[0]));
}

/* Each is a code, or a list that begins with one. */
static struct value call_info_list(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    const struct value_list *items, *parts;
    struct value_list *infos = value_list_new(m->arena);
    if (args[0].kind == VALUE_UNDEFINED)
        return value_list(infos);
    if (!value_items(m->arena, args[0], &items))
        return machine_fault(m, "Il faut une liste de langues.");
    for (size_t i = 0; i < items->len; i++) {
        struct value code = value_plain(m->arena, items->at[i]);
        if (code.kind == VALUE_LIST && value_items(m->arena, code, &parts) && parts->len > 0)
            code = parts->at[0];
        struct value info = info_of(m, code);
        if (machine_has_raised(&info))
            return info;
        value_list_add(m->arena, infos, info);
    }
    return value_list(infos);
}

static bool compile_info(struct compiler *c, const struct words *words, bool list)
{
    if (words->len != 5 || !str_eq(words->at[1], STR("for")) || !str_eq(words->at[3], STR("as")))
        return compiler_fail(c, "« %.*s » s'écrit « %.*s for langue as nom ».", STR_ARG(words->at[0]),
                             STR_ARG(words->at[0]));
    if (!compile_expression(c, words->at[2], false))
        return false;
    compiler_call(c, (struct call){.fn = list ? call_info_list : call_info, .argument_count = 1});
    compiler_set(c, OP_ASSIGN, words->at[4]);
    return true;
}

static bool compile_get_info(struct compiler *c, const struct words *words)
{
    return compile_info(c, words, false);
}

static bool compile_get_info_list(struct compiler *c, const struct words *words)
{
    return compile_info(c, words, true);
}

/* What is printed from here on is in that language: French or English; in any other nothing changes. */
static struct value call_language(struct machine *m, const struct value *args, const struct call *call)
{
    struct value code = value_plain(m->arena, args[0]);
    *machine_slot(m, call) = value_text(m->lang);
    str generic, rest;
    if (code.kind != VALUE_TEXT)
        return VALUE_EMPTY;
    str_cut(code.text, '-', &generic, &rest);
    if (str_eq(generic, STR("fr")) || str_eq(generic, STR("en")))
        m->lang = generic;
    return VALUE_EMPTY;
}

static struct value call_language_end(struct machine *m, const struct value *args, const struct call *call)
{
    (void)args;
    m->lang = machine_slot(m, call)->text;
    return VALUE_EMPTY;
}

/* A part that begin, which is given what is on the stack, changes and end changes back: both share a slot. */
static bool compile_part(struct compiler *c, const char *name, const char *end_tag, call_fn *begin, call_fn *end)
{
    size_t slot = compiler_slot(c);
    compiler_call(c, (struct call){.fn = begin, .argument_count = 1, .slot = slot});
    compiler_emit(c, OP_PRINT, 0);
    if (!compile_body(c, name, end_tag))
        return false;
    compiler_call(c, (struct call){.fn = end, .slot = slot});
    compiler_emit(c, OP_PRINT, 0);
    return true;
}

static bool compile_language(struct compiler *c, const struct words *words)
{
    if (words->len != 2)
        return compiler_fail(c, "« language » veut une langue.");
    return compile_expression(c, words->at[1], false) &&
           compile_part(c, "language", "endlanguage", call_language, call_language_end);
}

/* Numbers and dates printed as the language has them, or not. */
static struct value call_localize(struct machine *m, const struct value *args, const struct call *call)
{
    *machine_slot(m, call) = value_bool(m->plain_numbers);
    m->plain_numbers = !args[0].boolean;
    return VALUE_EMPTY;
}

static struct value call_localize_end(struct machine *m, const struct value *args, const struct call *call)
{
    (void)args;
    m->plain_numbers = machine_slot(m, call)->boolean;
    return VALUE_EMPTY;
}

static bool compile_localize(struct compiler *c, const struct words *words)
{
    bool off = words->len == 2 && str_eq(words->at[1], STR("off"));
    if (words->len > 2 || (words->len == 2 && !off && !str_eq(words->at[1], STR("on"))))
        return compiler_fail(c, "« localize » veut « on » ou « off ».");
    compiler_constant(c, value_bool(!off));
    return compile_part(c, "localize", "endlocalize", call_localize, call_localize_end);
}

static const struct tag tags[] = {
    {"get_available_languages", compile_get_available, false, "Garde la liste des langues, chacune avec son nom.",
     "{% get_available_languages as langues %}{{ langues.0.0 }}", "af"},
    {"get_current_language", compile_get_current, false, "Garde le code de la langue du texte.",
     "{% get_current_language as langue %}{{ langue }}", "fr"},
    {"get_current_language_bidi", compile_get_current_bidi, false,
     "Garde si la langue du texte s’écrit de droite à gauche.",
     "{% get_current_language_bidi as sens %}{{ sens|yesno }}", "non"},
    {"get_language_info", compile_get_info, false,
     "Garde ce que l’on sait d’une langue : code, name, name_local, name_translated, bidi.",
     "{% get_language_info for 'de' as langue %}{{ langue.name_local }}", "Deutsch"},
    {"get_language_info_list", compile_get_info_list, false, "La même chose pour une liste de langues.",
     "{% get_language_info_list for codes as langues %}{{ langues|length }}", NULL},
    {"language", compile_language, false, "Une partie dans une autre langue : le français ou l’anglais.",
     "{% language 'en' %}{{ oui|yesno }}{% endlanguage %}", NULL},
    {"localize", compile_localize, false, "Nombres et dates écrits à la façon de la langue, ou non.",
     "{% localize off %}{{ 1400000 }}{% endlocalize %}", "1400000"},
};

const struct tag_table tags_language = {"Langues", tags, sizeof tags / sizeof *tags};
