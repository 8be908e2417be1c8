/* The tags that w.c.s. adds. */
#include "template/compiler.h"
#include "template/filter.h"

static bool takes_windows(const struct words *words)
{
    return words->len > 1 && str_eq(words->at[1], STR("windows=True"));
}

static bool compile_newline(struct compiler *c, const struct words *words)
{
    compiler_constant(c, value_html(takes_windows(words) ? STR("\r\n") : STR("\n")));
    compiler_emit(c, OP_PRINT, 0);
    return true;
}

static struct value call_token(struct machine *m, const struct value *args, const struct call *call)
{
    const str *alphabet = call->data;
    int64_t length;
    if (!filter_int(m, args[0], &length) || length < 1 || length > 100)
        return machine_fault(m, "La longueur d'un code va de 1 à 100.");
    return value_text(random_text(m->arena, (size_t)length, *alphabet));
}

static bool compile_token(struct compiler *c, const struct words *words, const str *alphabet, int usual)
{
    str name, expression;
    if (words->len == 1)
        compiler_constant(c, value_int(usual));
    else if (!compile_expression(c, compiler_assignment(words->at[1], &name, &expression) ? expression : words->at[1],
                                 false))
        return false;
    compiler_call(c, (struct call){.fn = call_token, .data = alphabet, .argument_count = 1});
    compiler_emit(c, OP_PRINT, 0);
    return true;
}

static bool compile_token_decimal(struct compiler *c, const struct words *words)
{
    static const str digits = STR_INIT("0123456789");
    return compile_token(c, words, &digits, 6);
}

static bool compile_token_alphanum(struct compiler *c, const struct words *words)
{
    static const str clear = STR_INIT("23456789ABCDEFGHJKLMNPQRSTUVWXYZ"); /* neither 0 nor O, neither 1 nor I */
    return compile_token(c, words, &clear, 4);
}

/* Tags that speak to the site: each shows what the scope gives under « tag_NAME », nothing where it gives nothing. */
static struct value call_from_scope(struct machine *m, const struct value *args, const struct call *call)
{
    (void)args;
    const str *name = call->data;
    struct value value = value_get(m->arena, m->render->scope, *name);
    if (value.kind == VALUE_UNDEFINED && call->line > 0)
        machine_log(m, str_fmt(m->arena, "La balise « %.*s » ne peut rien montrer ici.", STR_ARG(*name)), call->line,
                    call->column);
    return filter_is_missing(value) ? VALUE_EMPTY : value;
}

static bool compile_from_scope(struct compiler *c, const struct words *words)
{
    str *name = arena_new_of(c->arena, str);
    *name = str_fmt(c->arena, "tag_%.*s", STR_ARG(words->at[0]));
    compiler_remember(c, *name);
    compiler_call(c, (struct call){.fn = call_from_scope, .data = name});
    compiler_emit(c, OP_PRINT, 0);
    return true;
}

/* One that takes arguments: what the scope gives is applied to them, as its filter « tag »; the first is called « 0 ».
 */
static struct value call_with_arguments(struct machine *m, const struct value *args, const struct call *call)
{
    const struct words *names = call->data;
    struct value found = value_get(m->arena, m->render->scope, names->at[0]), out = VALUE_OF_UNDEFINED;
    struct value_dict *given = value_dict_new(m->arena);
    for (size_t i = 0; i < call->argument_count; i++)
        value_dict_set(m->arena, given, names->at[i + 1], args[i]);
    bool is_known = found.kind == VALUE_OBJECT && found.object.type->filter != NULL &&
                    found.object.type->filter(&found.object, m->arena, STR("tag"), value_dict(given), &out);
    if (!is_known || out.kind == VALUE_UNDEFINED)
        machine_log(m,
                    str_fmt(m->arena, "La balise « %.*s » ne peut rien montrer ici.",
                            STR_ARG(str_slice(names->at[0], 4, SIZE_MAX))),
                    call->line, call->column);
    return filter_is_missing(out) ? VALUE_EMPTY : out;
}

static bool compile_action_button(struct compiler *c, const struct words *words)
{
    struct words *names = arena_new_of(c->arena, struct words);
    *vec_push(c->arena, names) = str_fmt(c->arena, "tag_%.*s", STR_ARG(words->at[0]));
    if (words->len < 2)
        return compiler_fail(c, "« action_button » veut l’identifiant d’une action.");
    for (size_t i = 1; i < words->len; i++) {
        str name, expression;
        bool is_named = compiler_assignment(words->at[i], &name, &expression);
        if (!is_named && i > 1)
            return compiler_fail(c, "« action_button » veut « nom=valeur » après l’identifiant.");
        *vec_push(c->arena, names) = !is_named || str_eq(name, STR("action_id")) ? STR("0") : name;
        if (!compile_expression(c, is_named ? expression : words->at[i], false))
            return false;
    }
    compiler_remember(c, names->at[0]);
    compiler_call(c, (struct call){.fn = call_with_arguments, .data = names, .argument_count = words->len - 1});
    compiler_emit(c, OP_PRINT, 0);
    return true;
}

static struct value call_url(struct machine *m, const struct value *args, const struct call *call)
{
    (void)args;
    (void)call;
    machine_stop(m, ERR_INVALID, "« url » ne connaît aucune page de ce nom.");
    return VALUE_EMPTY;
}

static bool compile_url(struct compiler *c, const struct words *words)
{
    if (words->len < 2)
        return compiler_fail(c, "« url » veut un nom.");
    compiler_call(c, (struct call){.fn = call_url});
    compiler_emit(c, OP_PRINT, 0);
    return true;
}

static const struct tag tags[] = {
    {"action_button", compile_action_button, false,
     "Dans un courriel : un bouton qui déclenche une action du circuit de traitement."},
    {"add_javascript", compile_from_scope, false, "Demande un script à la page."},
    {"block_value", compile_block_value, false, "Une valeur de bloc répétable."},
    {"csrf_token", compile_from_scope, false, "Le jeton d’un formulaire de nos pages."},
    {"make_public_url", compile_from_scope, false, "Une adresse publique, signée, de ce qui ne l’est pas."},
    {"newline", compile_newline, false, "Une fin de ligne ; windows=True pour celle de Windows.", "a{% newline %}b",
     "a\nb"},
    {"standard_text", compile_from_scope, false, "Un texte que le site règle une fois pour toutes."},
    {"temporary_access_button", compile_from_scope, false, "Un bouton d’accès temporaire à la demande."},
    {"temporary_access_url", compile_from_scope, false, "Une adresse d’accès temporaire à la demande."},
    {"token_alphanum", compile_token_alphanum, false, "Un code au hasard, sans 0, 1, I ni O.",
     "{% filter length %}{% token_alphanum 8 %}{% endfilter %}", "8"},
    {"token_decimal", compile_token_decimal, false, "Un code de chiffres au hasard.",
     "{% filter length %}{% token_decimal 6 %}{% endfilter %}", "6"},
    {"url", compile_url, false, "Nomme une page de Django : aucune n’est connue."},
    {"version_hash", compile_from_scope, false, "Une marque de la version du site."},
    {"webservice", compile_from_scope, false, "Appelle un webservice du site et en donne la réponse."},
    {"zip", compile_from_scope, false, "Une archive de fichiers."},
};

const struct tag_table tags_wcs = {"Démarches", tags, sizeof tags / sizeof *tags};
