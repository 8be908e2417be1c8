/* guichet template: renders a text of the language, for whoever writes one. */
#include "cli/template.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

extern const struct command command_template;

static const char usage[] = "template TEXTE [--context FICHIER] [--condition] [--html] [--lang L]\n"
                            "       guichet template --jsonl < lignes.jsonl\n"
                            "       guichet template --reference";

enum { OPTION_COUNT = 4 };

static bool read_names(struct arena *arena, const char *path, struct value *names, struct err *err)
{
    *names = value_dict(value_dict_new(arena));
    if (path == NULL)
        return true;
    str text;
    if (!file_read(arena, path, JSON_TEXT_MOST, &text, err))
        return false;
    const json_t *json = json_parse(arena, text, err);
    if (json != NULL && !json_is_object(json))
        err_set(err, ERR_INVALID, "Le contexte n’est pas un objet JSON.");
    if (!json_is_object(json))
        return false;
    *names = template_context(arena, json);
    return true;
}

static void print_faults(const struct render_log *log)
{
    for (size_t i = 0; i < log->len; i++) {
        if (log->at[i].line > 0)
            fprintf(stderr, "Ligne %d, colonne %d : ", log->at[i].line, log->at[i].column);
        fprintf(stderr, "%.*s\n", STR_ARG(log->at[i].message));
    }
}

static bool render(struct arena *arena, str text, const struct template_settings *settings, struct render *render,
                   struct err *err)
{
    const struct template *template = template_compile(arena, text, settings, err);
    struct buf out = buf_new(arena, 16 << 20);
    if (template == NULL)
        return false;
    if (settings->kind == TEMPLATE_CONDITION)
        buf_add(&out, template_holds(template, render) ? STR("vrai") : STR("faux"));
    else if (!template_render(template, render, &out, err))
        return false;
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    return true;
}

static int render_text(struct arena *arena, const char *text, const struct option *options)
{
    struct err err = {0};
    struct render_log log = {0};
    struct render one = {.arena = arena, .log = &log, .lang = str_of(option_or(options, OPTION_COUNT, "lang", "fr"))};
    struct template_settings settings = {.kind = option_is_set(options, OPTION_COUNT, "condition") ? TEMPLATE_CONDITION
                                                 : option_is_set(options, OPTION_COUNT, "html")    ? TEMPLATE_HTML
                                                                                                   : TEMPLATE_TEXT};
    if (!read_names(arena, option_or(options, OPTION_COUNT, "context", NULL), &one.scope, &err))
        return fail_with("template", &err);
    one.site = one.scope;
    bool ok = render(arena, str_of(text), &settings, &one, &err);
    print_faults(&log);
    if (!ok && err.line > 0)
        fprintf(stderr, "Ligne %d, colonne %d : ", err.line, err.column);
    return ok ? 0 : fail_with("template", &err);
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    (void)count;
    return words->len == 1 ? render_text(arena, words->at[0], options) : options_misused(usage);
}

static int run(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--jsonl") == 0)
        return template_jsonl();
    if (argc == 2 && strcmp(argv[1], "--reference") == 0)
        return template_reference();
    struct option options[OPTION_COUNT] = {
        {"context", false, NULL, "FICHIER  les noms, un objet JSON"},
        {"condition", true, NULL, "le texte est une condition, sans accolades"},
        {"html", true, NULL, "le texte est du HTML : ce qui est montré est échappé"},
        {"lang", false, NULL, "L  « fr » (défaut) ou « en »"},
    };
    return options_run(argc, argv, options, OPTION_COUNT, usage, run_words);
}

const struct command command_template = {"template", "rend un texte du langage de modèles", run};
