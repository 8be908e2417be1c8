/* A whole site: every document that is loaded, against the others and against the site. */
#include "lint/internal.h"

#include "definition/definition.h"

struct checking {
    struct arena *arena;
    const struct lint_place *place;
    struct definitions definitions;
    struct lint_findings *out;
};

static bool read_definitions(struct tx *tx, void *arg, struct err *err)
{
    struct checking *checking = arg;
    checking->definitions = (struct definitions){0};
    return definition_list(tx, checking->arena, STR_EMPTY, &checking->definitions, err);
}

/* ---- References ---- */

static bool is_known(const struct lint_place *place, const struct lint_reference *reference)
{
    if (str_eq(reference->kind, STR("role")))
        return site_role(place->site, reference->slug) != NULL;
    if (str_eq(reference->kind, STR("filter")))
        return map_get(&place->site->filters, reference->slug) != NULL;
    if (str_eq(reference->kind, STR("function")))
        return false;
    if (catalogue_has(place->catalogue, reference->kind, reference->slug))
        return true;
    const struct workflow_list *workflows = catalogue_workflows(place->catalogue);
    for (size_t i = 0; str_eq(reference->kind, STR("workflow")) && i < workflows->len; i++)
        if (reference->name.len > 0 && str_eq(workflow_name(workflows->at[i]), reference->name))
            return true;
    return false;
}

/* What is said, and whether the document does less than it says for want of it. */
static const struct {
    const char *kind, *what, *lack;
    bool is_error;
} lacks[] = {
    {"block", "Le bloc de champs", "n’existe pas ici.", true},
    {"card", "Le modèle de fiche", "n’existe pas ici.", true},
    {"category", "La catégorie", "n’existe pas ici : le document n’est rangé nulle part.", false},
    {"comment-template", "Le modèle de commentaire", "n’existe pas ici.", true},
    {"form", "La démarche", "n’existe pas ici.", true},
    {"function", "La fonction", "n’est pas de ce circuit : personne ne la tient.", true},
    {"mail-template", "Le modèle de courriel", "n’existe pas ici : seul le texte de l’action, s’il y en a un, part.",
     true},
    {"role", "Le rôle", "n’existe pas sur ce site : personne ne le tient.", true},
    {"source", "La source de données", "n’existe pas ici : le champ n’a aucun choix.", true},
    {"wscall", "L’appel de service web", "n’existe pas ici : il donne une valeur vide.", true},
    {"workflow", "Le circuit", "n’existe pas ici : le circuit par défaut est suivi.", true},
};

/* The filter that was probably meant: « : vouliez-vous dire « date » ? »; empty where none is near. */
static str nearest_filter(struct arena *arena, const struct site *site, str name)
{
    struct near_search search = {.word = name};
    struct template_entries entries = template_entries(arena);
    for (size_t i = 0; i < entries.len; i++)
        if (!entries.at[i].is_tag)
            near_try(&search, str_of(entries.at[i].name));
    for (size_t i = 0; i < site->filters.len; i++)
        near_try(&search, site->filters.entries[i].key);
    return search.best.len > 0 ? near_say(arena, &search) : STR_EMPTY;
}

static void tell_filter(struct linting *linting, const struct site *site, const struct lint_reference *filter)
{
    str meant = nearest_filter(linting->arena, site, filter->slug);
    if (meant.len == 0)
        meant = STR(" : il donne une valeur vide.");
    struct lint_finding *finding = linting_add(linting, false, filter->where, "Le filtre « %.*s » n’est pas connu%.*s",
                                               STR_ARG(filter->slug), STR_ARG(meant));
    finding->rule = STR("filter");
    finding->line = filter->line;
    finding->column = filter->column;
}

static void tell_reference(struct linting *linting, const struct lint_reference *reference)
{
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++) {
        if (!str_eq(reference->kind, str_of(lacks[i].kind)))
            continue;
        linting_add(linting, lacks[i].is_error, reference->where, "%s « %.*s » %s", lacks[i].what,
                    STR_ARG(reference->slug), lacks[i].lack);
    }
}

static void check_references(struct linting *linting, const struct lint_place *place)
{
    struct lint_references references = {0};
    lint_references(linting->arena, linting->kind, linting->json, &references);
    for (size_t i = 0; i < references.len; i++) {
        if (is_known(place, &references.at[i]))
            continue;
        if (str_eq(references.at[i].kind, STR("filter")))
            tell_filter(linting, place->site, &references.at[i]);
        else
            tell_reference(linting, &references.at[i]);
    }
}

/* ---- The mentions of the receipt ---- */

/* What the site itself leaves out is told once; a form is told of where it has words of its own. */
static void check_mentions(struct linting *linting, const struct site *site, const json_t *own, bool is_open)
{
    str missing = site_service_lacks(linting->arena, site, own);
    if (missing.len > 0)
        linting_add(linting, is_open, STR("service"),
                    "Il manque, pour les accusés de réception (CRPA R112-11-1) : %.*s.", STR_ARG(missing));
}

/* ---- All documents ---- */

/* What other servers were asked for, and do not give now. */
static void check_failures(struct checking *checking, const struct remote_failures *failures)
{
    struct linting linting = {
        .arena = checking->arena, .kind = STR("site"), .slug = checking->place->site->slug, .out = checking->out};
    for (size_t i = 0; i < failures->len; i++) {
        const struct remote_failure *failure = &failures->at[i];
        linting_add(&linting, false, failure->name, "%.*s ne répond pas depuis le %.*s : %.*s.", STR_ARG(failure->url),
                    STR_ARG(instant_long(checking->arena, failure->since)), STR_ARG(failure->problem));
    }
}

static void check_document(struct checking *checking, const struct definition *definition, struct name_world *names)
{
    struct linting linting = {.arena = checking->arena, .kind = definition->kind, .out = checking->out};
    struct err err = {0};
    const json_t *json = json_parse(checking->arena, definition->json, &err);
    linting.slug = definition->slug;
    if (json == NULL) {
        linting_add(&linting, true, STR_EMPTY, "%s", err.message);
        return;
    }
    linting_begin(&linting, checking->arena, definition->kind, json, catalogue_blocks(checking->place->catalogue),
                  checking->out);
    check_references(&linting, checking->place);
    if (linting.form != NULL && linting.form->service != NULL)
        check_mentions(&linting, checking->place->site, linting.form->service, !linting.form->is_disabled);
    linting_keys(&linting);
    linting_statuses(&linting);
    linting_names(&linting, names);
    linting_templates(&linting, names);
}

bool lint_site(struct arena *arena, const struct lint_place *place, struct lint_findings *out, struct err *err)
{
    struct checking checking = {.arena = arena, .place = place, .out = out};
    struct remote_failures_reading failing = {.arena = arena};
    if (!store_read(place->site->store, read_definitions, &checking, err) ||
        !store_read(place->site->store, remote_failures_read, &failing, err))
        return false;
    struct linting site = {.arena = arena, .kind = STR("site"), .slug = place->site->slug, .out = out};
    check_mentions(&site, place->site, NULL, true);
    check_failures(&checking, &failing.out);
    struct name_world *names = name_world_new(arena, place);
    for (size_t i = 0; i < checking.definitions.len; i++)
        check_document(&checking, &checking.definitions.at[i], names);
    return true;
}
