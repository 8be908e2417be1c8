/* {% include %}, {% extends %} and {% block %}: texts made of others. */
#include "template/compiler.h"

static bool include_names(struct compiler *c, const struct words *words, struct include *include)
{
    struct {
        struct hashed_name *at;
        size_t len, cap;
    } names = {0};
    bool with = false;
    for (size_t i = 2; i < words->len; i++) {
        str name, expression;
        if (str_eq(words->at[i], STR("only")) && !include->only) {
            include->only = true;
        } else if (str_eq(words->at[i], STR("with")) && !with && i + 1 < words->len) {
            with = true;
        } else if (with && compiler_assignment(words->at[i], &name, &expression)) {
            if (!compile_expression(c, expression, false))
                return false;
            *vec_push(c->arena, &names) = program_name(name);
        } else {
            return compiler_fail(c, "« include » ne comprend pas « %.*s ».", STR_ARG(words->at[i]));
        }
    }
    if (with && names.len == 0)
        return compiler_fail(c, "« include … with » veut au moins un nom.");
    include->names = names.at;
    include->name_count = names.len;
    return true;
}

/* A literal name is compiled now, any other when it is known. */
static bool unit_or_name(struct compiler *c, str word, struct unit **unit)
{
    str name;
    *unit = NULL;
    if (compiler_literal(c->arena, word, &name)) {
        if (!compile_other(c, name, unit))
            return false;
        if (*unit == NULL && c->template->settings.dialect == TEMPLATE_WCS)
            return compiler_fail(c, "Le texte « %.*s » n'existe pas.", STR_ARG(name));
    }
    return *unit != NULL || compile_expression(c, word, false);
}

static bool compile_include(struct compiler *c, const struct words *words)
{
    struct include include = {0};
    if (words->len < 2)
        return compiler_fail(c, "« include » veut le nom d'un texte.");
    if (!include_names(c, words, &include) || !unit_or_name(c, words->at[1], &include.unit))
        return false;
    *vec_push(c->arena, &c->unit->includes) = include;
    compiler_emit(c, OP_INCLUDE, c->unit->includes.len - 1);
    return true;
}

static bool is_first(const struct compiler *c)
{
    for (size_t i = 0; i < c->unit->code.len; i++)
        if (c->unit->code.at[i].op != OP_TEXT)
            return false;
    return true;
}

static bool compile_extends(struct compiler *c, const struct words *words)
{
    struct unit *parent;
    if (words->len != 2)
        return compiler_fail(c, "« extends » veut un nom.");
    if (!is_first(c))
        return compiler_fail(c, "« extends » doit être la première balise.");
    if (!unit_or_name(c, words->at[1], &parent))
        return false;
    if (parent != NULL)
        vec_push(c->arena, &c->unit->parents)->unit = parent;
    compiler_emit(c, OP_EXTENDS, parent == NULL ? 0 : c->unit->parents.len);
    return true;
}

static bool compile_block(struct compiler *c, const struct words *words)
{
    if (words->len != 2)
        return compiler_fail(c, "« block » veut un nom.");
    str name = words->at[1];
    for (size_t i = 0; i < c->unit->blocks.len; i++)
        if (str_eq(c->unit->blocks.at[i].name, name))
            return compiler_fail(c, "Le bloc « %.*s » est là deux fois.", STR_ARG(name));
    *vec_push(c->arena, &c->unit->blocks) = (struct block){.name = name, .address = compiler_here(c) + 2};
    compiler_emit(c, OP_BLOCK, c->unit->blocks.len - 1);
    uint32_t over = compiler_emit(c, OP_JUMP, 0);
    size_t loop_depth = c->loop_depth;
    c->loop_depth = 0; /* a block may run outside the loop that it is written in, through block.super */
    *vec_push(c->arena, &c->bound) = STR("block");
    if (!compile_body(c, "block", "endblock"))
        return false;
    c->loop_depth = loop_depth;
    struct words end = lexer_split(c->arena, c->token.text);
    if (end.len > 1 && !str_eq(end.at[1], name))
        return compiler_fail(c, "« endblock %.*s » ferme un autre bloc : « %.*s ».", STR_ARG(end.at[1]), STR_ARG(name));
    compiler_emit(c, OP_END, 0);
    compiler_land(c, over);
    return true;
}

static const struct tag tags[] = {
    {"block", compile_block, false, "Un bloc de page que la page qui hérite peut remplacer ; pour nos propres pages.",
     "{% block titre %}Accueil{% endblock %}", "Accueil"},
    {"extends", compile_extends, false, "Hérite d’une autre page ; pour nos propres pages."},
    {"include", compile_include, false, "Met une autre page à cet endroit ; pour nos propres pages."},
};

const struct tag_table tags_pages = {"Nos pages", tags, sizeof tags / sizeof *tags};
