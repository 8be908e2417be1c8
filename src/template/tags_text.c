/* Tags about text: comment, spaceless, now, filter, verbatim, templatetag, widthratio, and the tags of translations,
 * whose texts are French already. */
#include "template/blanks.h"
#include "template/compiler.h"
#include "template/filter.h"

#include <math.h>

static bool compile_comment(struct compiler *c, const struct words *words)
{
    (void)words;
    return compile_skip(c, "comment", STR("endcomment"));
}

static bool compile_verbatim(struct compiler *c, const struct words *words)
{
    (void)words;
    return compile_body(c, "verbatim", "endverbatim");
}

static bool compile_load(struct compiler *c, const struct words *words)
{
    (void)c;
    (void)words;
    return true;
}

/* Blanks between > and < are left out. */
static struct value call_spaceless(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    str text = blank_trim(args[0].text);
    char *out = arena_alloc(m->arena, text.len), *to = out;
    for (size_t i = 0; i < text.len; i++) {
        *to++ = text.ptr[i];
        if (text.ptr[i] != '>')
            continue;
        size_t next = i + 1;
        for (size_t blank; (blank = blank_at(text, next)) > 0;)
            next += blank;
        if (next < text.len && text.ptr[next] == '<')
            i = next - 1;
    }
    return value_html((str){out, (size_t)(to - out)});
}

static bool compile_spaceless(struct compiler *c, const struct words *words)
{
    (void)words;
    compiler_emit(c, OP_CAPTURE, 0);
    if (!compile_body(c, "spaceless", "endspaceless"))
        return false;
    compiler_emit(c, OP_CAPTURED, 0);
    compiler_call(c, (struct call){.fn = call_spaceless, .argument_count = 1});
    compiler_emit(c, OP_PRINT, 0);
    return true;
}

static struct value call_now(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    struct buf out = buf_new(m->arena, 4096);
    struct value usual = value_text(dates_default_format(m, VALUE_DATE, m->lang));
    if (args[0].text.len == 0)
        args = &usual;
    dates_format(&out, value_datetime(datetime_local(machine_now(m))), dates_named_format(m, args[0].text), m->lang);
    return value_text(buf_str(&out));
}

static bool compile_now(struct compiler *c, const struct words *words)
{
    struct words values = *words;
    str name, format;
    compiler_takes_as(&values, &name);
    if (values.len != 2 || !compiler_literal(c->arena, values.at[1], &format))
        return compiler_fail(c, "« now » veut un format entre guillemets.");
    compiler_constant(c, value_text(format));
    compiler_call(c, (struct call){.fn = call_now, .argument_count = 1});
    compiler_print_or_assign(c, name);
    return true;
}

static struct value call_str(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    return value_html(machine_str(m, args[0]));
}

/* {% filter upper|cut:"x" %}: what comes out is printed as it is. */
static bool compile_filter_tag(struct compiler *c, const struct words *words)
{
    if (words->len < 2)
        return compiler_fail(c, "« filter » veut un filtre.");
    str chain = words->at[1], part, rest = chain;
    chain.len = (size_t)(c->token.text.ptr + c->token.text.len - chain.ptr);
    while (str_next(&rest, '|', &part))
        if (str_eq(part, STR("safe")) || str_eq(part, STR("escape")))
            return compiler_fail(c, "« filter %.*s » n'est pas permis : employez « autoescape ».", STR_ARG(part));
    str filters = str_fmt(c->arena, "|%.*s", STR_ARG(chain));
    compiler_emit(c, OP_CAPTURE, 0);
    if (!compile_body(c, "filter", "endfilter"))
        return false;
    compiler_emit(c, OP_CAPTURED, 0);
    if (!compile_filters(c, filters))
        return false;
    compiler_call(c, (struct call){.fn = call_str, .argument_count = 1});
    compiler_emit(c, OP_ESCAPE, 0);
    compiler_emit(c, OP_PRINT, 0);
    compiler_emit(c, OP_ESCAPE_END, 0);
    return true;
}

static bool compile_templatetag(struct compiler *c, const struct words *words)
{
    static const struct {
        str name, text;
    } pieces[] = {{STR_INIT("openblock"), STR_INIT("{%")},    {STR_INIT("closeblock"), STR_INIT("%}")},
                  {STR_INIT("openvariable"), STR_INIT("{{")}, {STR_INIT("closevariable"), STR_INIT("}}")},
                  {STR_INIT("openbrace"), STR_INIT("{")},     {STR_INIT("closebrace"), STR_INIT("}")},
                  {STR_INIT("opencomment"), STR_INIT("{#")},  {STR_INIT("closecomment"), STR_INIT("#}")}};
    for (size_t i = 0; words->len == 2 && i < sizeof pieces / sizeof *pieces; i++)
        if (str_eq(words->at[1], pieces[i].name)) {
            compiler_constant(c, value_html(pieces[i].text));
            compiler_emit(c, OP_PRINT, 0);
            return true;
        }
    return compiler_fail(c, "« templatetag » veut openblock, closeblock, openvariable, closevariable, openbrace, "
                            "closebrace, opencomment ou closecomment.");
}

/* value / most × width, rounded as Python does. Where Django does not find a name it prints nothing, and sets nothing.
 */
static struct value call_widthratio(struct machine *m, const struct value *args, const struct call *call)
{
    const bool *is_named = call->data;
    double value, most;
    int64_t width;
    for (size_t i = 0; i < 3; i++)
        if (machine_has_raised(&args[i]) && (args[i].is_option || machine_refuses(m, &args[i])))
            return *is_named ? VALUE_NOT_ASSIGNED : VALUE_EMPTY;
    if (!filter_int(m, args[2], &width))
        return machine_fault(m, "« widthratio » veut une largeur.");
    if (!filter_double(m, args[0], &value) || !filter_double(m, args[1], &most))
        return VALUE_EMPTY;
    double ratio = most == 0 ? 0 : value / most * (double)width;
    if (most == 0)
        return value_text(STR("0"));
    if (!isfinite(ratio))
        return VALUE_EMPTY;
    ratio = rint(ratio) + 0.0; /* and no « -0 » */
    return value_text(str_fmt(m->arena, "%.0f", ratio));
}

static bool compile_widthratio(struct compiler *c, const struct words *words)
{
    bool named = words->len == 6 && str_eq(words->at[4], STR("as"));
    if (words->len != 4 && !named)
        return compiler_fail(c, "« widthratio » veut trois valeurs.");
    for (size_t i = 1; i < 4; i++)
        if (!compile_expression(c, words->at[i], false))
            return false;
    compiler_call(c, (struct call){.fn = call_widthratio,
                                   .data = arena_copy(c->arena, &named, sizeof named),
                                   .argument_count = 3,
                                   .may_raise = true});
    compiler_print_or_assign(c, named ? words->at[5] : STR_EMPTY);
    return true;
}

/* Django translates texts alone: it raises on any other kind. Without a context, line ends become those of its
 * catalogues. */
static struct value call_text(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    struct value value = value_plain(m->arena, args[0]);
    return value.kind == VALUE_TEXT || value.kind == VALUE_UNDEFINED ? value : VALUE_RAISED;
}

static struct value call_message(struct machine *m, const struct value *args, const struct call *call)
{
    struct value value = call_text(m, args, call);
    if (value.kind != VALUE_TEXT)
        return value;
    value.text = str_replace(m->arena, value.text, STR("\r\n"), STR("\n"));
    value.text = str_replace(m->arena, value.text, STR("\r"), STR("\n"));
    return value;
}

/* {% trans "…" [context "…"] [noop] [as x] %} */
static bool compile_trans(struct compiler *c, const struct words *words)
{
    if (words->len < 2)
        return compiler_fail(c, "« trans » veut un texte.");
    str name = STR_EMPTY;
    bool noop = false, context = false;
    for (size_t i = 2; i < words->len; i++) {
        bool more = i + 1 < words->len;
        if (str_eq(words->at[i], STR("noop")) && !noop) {
            noop = true;
        } else if (str_eq(words->at[i], STR("as")) && more && name.len == 0) {
            name = words->at[++i];
        } else if (str_eq(words->at[i], STR("context")) && more && !context && !str_eq(words->at[i + 1], STR("as")) &&
                   !str_eq(words->at[i + 1], STR("noop"))) {
            context = true;
            i++;
        } else {
            return compiler_fail(c, "« trans » ne comprend pas « %.*s ».", STR_ARG(words->at[i]));
        }
    }
    str what = words->at[1], operand = what, filters = STR_EMPTY;
    if (what.ptr[0] != '"' && what.ptr[0] != '\'' && str_cut(what, '|', &operand, &filters))
        filters = str_slice(what, operand.len, what.len);
    if (!compile_expression(c, operand, false))
        return false;
    if (c->template->settings.dialect == TEMPLATE_DJANGO && !noop)
        compiler_call(c, (struct call){.fn = context ? call_text : call_message, .argument_count = 1});
    if (!compile_filters(c, filters))
        return false;
    compiler_print_or_assign_printed(c, name);
    return true;
}

struct blocktrans {
    const char *opener, *end, *ends; /* Django: each of its two names has an end of its own; ends: before plural too */
    bool scoped, trimmed;
    str count, name;
};
static const struct blocktrans of_blocktrans = {"blocktrans", "endblocktrans", "plural endblocktrans"};
static const struct blocktrans of_blocktranslate = {"blocktranslate", "endblocktranslate", "plural endblocktranslate"};

/* Several « a=b » behind with, or one behind count; « b as a » too. */
static bool blocktrans_values(struct compiler *c, const struct words *words, size_t *i, size_t most, str *last)
{
    size_t count = 0;
    while (*i < words->len && count < most) {
        str expression;
        if (compiler_assignment(words->at[*i], last, &expression)) {
            (*i)++;
        } else if (*i + 2 < words->len && str_eq(words->at[*i + 1], STR("as"))) {
            expression = words->at[*i];
            *last = words->at[*i + 2];
            *i += 3;
            if (*i < words->len && str_eq(words->at[*i], STR("and")))
                (*i)++;
        } else {
            break;
        }
        if (!compile_expression(c, expression, false))
            return false;
        compiler_set(c, OP_SET, *last);
        count++;
    }
    return count > 0 || compiler_fail(c, "« blocktrans » veut un nom et sa valeur.");
}

static bool blocktrans_options(struct compiler *c, const struct words *words, struct blocktrans *tag)
{
    bool with = false, context = false;
    str last;
    for (size_t i = 1; i < words->len;) {
        str option = words->at[i++];
        if (str_eq(option, STR("with")) && !with) {
            with = true;
            if (!blocktrans_values(c, words, &i, ARGUMENTS_MOST, &last))
                return false;
        } else if (str_eq(option, STR("count")) && tag->count.len == 0) {
            if (!blocktrans_values(c, words, &i, 1, &tag->count))
                return false;
        } else if (str_eq(option, STR("trimmed")) && !tag->trimmed) {
            tag->trimmed = true;
        } else if (str_eq(option, STR("context")) && !context && i < words->len) {
            context = true;
            i++;
        } else if (str_eq(option, STR("asvar")) && i < words->len && tag->name.len == 0) {
            tag->name = words->at[i++];
        } else {
            return compiler_fail(c, "« blocktrans » ne comprend pas « %.*s ».", STR_ARG(option));
        }
    }
    return true;
}

/* 0 and 1 are singular in French, 1 alone in English, and in Django for a text that no catalogue has. */
static struct value call_is_singular(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    double count;
    if (!machine_is_wcs(m)) {
        bool is_number = args[0].kind != VALUE_TEXT && filter_double(m, args[0], &count);
        return is_number ? value_bool(count == 1) : VALUE_RAISED;
    }
    if (!filter_double(m, args[0], &count))
        return value_bool(false);
    return value_bool(str_eq(m->lang, STR("en")) ? count == 1 : fabs(count) < 2);
}

static bool blocktrans_body(struct compiler *c, const struct blocktrans *tag)
{
    if (tag->count.len == 0)
        return compile_flat_body(c, tag->opener, tag->end, tag->trimmed);
    if (!compile_expression(c, tag->count, false))
        return false;
    compiler_call(c, (struct call){.fn = call_is_singular, .argument_count = 1});
    uint32_t plural = compiler_emit(c, OP_JUMP_FALSE, 0);
    if (!compile_flat_body(c, tag->opener, tag->ends, tag->trimmed))
        return false;
    if (!str_eq(c->token.text, STR("plural")))
        return compiler_fail(c, "« blocktrans » qui compte veut « plural ».");
    uint32_t done = compiler_emit(c, OP_JUMP, 0);
    compiler_land(c, plural);
    if (!compile_flat_body(c, tag->opener, tag->end, tag->trimmed))
        return false;
    compiler_land(c, done);
    return true;
}

/* What « asvar » keeps is a text like any other: printed, it is escaped again. */
static struct value call_unsafe(struct machine *m, const struct value *args, const struct call *call)
{
    (void)m;
    (void)call;
    return value_text(args[0].text);
}

static bool compile_blocktrans(struct compiler *c, const struct words *words)
{
    struct blocktrans tag = str_eq(words->at[0], STR("blocktranslate")) ? of_blocktranslate : of_blocktrans;
    compiler_emit(c, OP_SCOPE, 0);
    if (!blocktrans_options(c, words, &tag))
        return false;
    if (tag.name.len > 0)
        compiler_emit(c, OP_CAPTURE, 0);
    if (!blocktrans_body(c, &tag))
        return false;
    if (tag.name.len > 0)
        compiler_emit(c, OP_CAPTURED, 0);
    compiler_emit(c, OP_SCOPE_END, 0);
    if (tag.name.len > 0) {
        compiler_call(c, (struct call){.fn = call_unsafe, .argument_count = 1});
        compiler_set(c, OP_ASSIGN, tag.name);
    }
    return true;
}

static const struct tag tags[] = {
    {"blocktrans", compile_blocktrans, false, "Un texte avec ses noms ; les textes étant français, il reste tel quel.",
     "{% blocktrans count n=enfants|length %}{{ n }} enfant{% plural %}{{ n }} enfants{% endblocktrans %}",
     "2 enfants"},
    {"blocktranslate", compile_blocktrans, false, "L’autre nom de « blocktrans ».",
     "{% blocktranslate %}Bonjour {{ nom }}{% endblocktranslate %}", "Bonjour Élodie Durand"},
    {"comment", compile_comment, false, "Ce qui se trouve dedans n’est pas montré.",
     "a{% comment %}note{% endcomment %}b", "ab"},
    {"filter", compile_filter_tag, false, "Applique des filtres à toute une partie.",
     "{% filter upper %}attention{% endfilter %}", "ATTENTION"},
    {"load", compile_load, false, "Lu et sans effet : tout est déjà chargé.", "{% load i18n %}prêt", "prêt"},
    {"now", compile_now, false, "La date du jour, dans ce format.", "{% now 'j F Y' %}", "14 juillet 2026"},
    {"spaceless", compile_spaceless, false, "Ôte les blancs entre les balises de HTML.",
     "{% spaceless %}<p> <b>a</b> </p>{% endspaceless %}", "<p><b>a</b></p>"},
    {"templatetag", compile_templatetag, false, "Écrit les signes de la langue elle-même.",
     "{% templatetag openvariable %}", "{{"},
    {"trans", compile_trans, false, "Un texte ; français, il reste tel quel.", "{% trans 'Bonjour' %}", "Bonjour"},
    {"translate", compile_trans, false, "L’autre nom de « trans ».", "{% translate 'Bonjour' %}", "Bonjour"},
    {"verbatim", compile_verbatim, false, "Montre tel quel, sans rien interpréter.",
     "{% verbatim %}{{ nom }}{% endverbatim %}", "{{ nom }}"},
    {"widthratio", compile_widthratio, false, "Une règle de trois, arrondie.", "{% widthratio 30 60 100 %}", "50"},
};

const struct tag_table tags_text = {"Textes", tags, sizeof tags / sizeof *tags};
