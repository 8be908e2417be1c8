#include "catalogue/catalogue.h"

#include "catalogue/default_workflow.h"
#include "definition/definition.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct catalogue {
    struct arena *arena;
    _Atomic int references;
    struct store *store;
    int64_t epoch;
    struct map forms, cards, workflows, workflows_by_name, sources, calls, mail_templates, comment_templates,
        known;                          /* known: « kind/slug » */
    struct map block_documents, blocks; /* parsed; compiled: a struct block_slot */
    struct catalogue_forms form_list, card_list;
    struct workflow_list workflow_list;
    struct categories categories;
    struct catalogue_faults faults;
    struct block_finder block_finder;
    pthread_mutex_t lock; /* of the older versions */
    struct map older;     /* « kind/slug/version » */
};

static void add_fault(struct catalogue *catalogue, const struct definition *definition, const struct err *err)
{
    *vec_push(catalogue->arena, &catalogue->faults) =
        (struct catalogue_fault){definition->kind, definition->slug, str_dup(catalogue->arena, str_of(err->message))};
}

static const void *compile_form(struct catalogue *catalogue, const json_t *json, int64_t version, struct err *err)
{
    return form_compile(catalogue->arena, json, version, &catalogue->block_finder, err);
}

static const void *compile_workflow(struct catalogue *catalogue, const json_t *json, int64_t version, struct err *err)
{
    return workflow_compile(catalogue->arena, json, version, &catalogue->block_finder, err);
}

static void *or_fault(struct catalogue *catalogue, const struct definition *definition, const void *compiled,
                      const struct err *err)
{
    if (compiled == NULL)
        add_fault(catalogue, definition, err);
    return (void *)(uintptr_t)compiled;
}

static void add_form(struct catalogue *catalogue, const struct definition *definition, const json_t *json)
{
    struct err err = {0};
    const struct form *form =
        or_fault(catalogue, definition, compile_form(catalogue, json, definition->version, &err), &err);
    if (form == NULL)
        return;
    map_set(form->is_card ? &catalogue->cards : &catalogue->forms, form->slug, (void *)(uintptr_t)form);
    *vec_push(catalogue->arena, form->is_card ? &catalogue->card_list : &catalogue->form_list) = form;
}

static void add_workflow(struct catalogue *catalogue, const struct definition *definition, const json_t *json)
{
    struct err err = {0};
    struct workflow *workflow =
        or_fault(catalogue, definition, compile_workflow(catalogue, json, definition->version, &err), &err);
    if (workflow == NULL)
        return;
    map_set(&catalogue->workflows, definition->slug, workflow);
    map_set(&catalogue->workflows_by_name, workflow_name(workflow), workflow);
    *vec_push(catalogue->arena, &catalogue->workflow_list) = workflow;
}

static const struct template *text_part(struct catalogue *catalogue, const struct definition *definition, str text,
                                        enum template_kind kind, const char *part)
{
    struct template_settings settings = {
        .kind = kind, .name = str_fmt(catalogue->arena, "modèle %.*s, %s", STR_ARG(definition->slug), part)};
    struct err err = {0};
    const struct template *template = template_compile(catalogue->arena, text, &settings, &err);
    if (template == NULL)
        add_fault(catalogue, definition, &err);
    return template;
}

/* One that does not compile is left out: the lint tells it. */
static struct attachments attachments_of(struct catalogue *catalogue, const struct definition *definition,
                                         const json_t *json)
{
    struct attachments all = {0};
    const json_t *list = json_list(json, "attachments");
    str name = str_fmt(catalogue->arena, "modèle %.*s, pièces jointes", STR_ARG(definition->slug));
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct attachment one;
        struct err err = {0};
        if (attachment_compile(catalogue->arena, json_str_of(json_array_get(list, i)), name, &one, &err))
            *vec_push(catalogue->arena, &all) = one;
    }
    return all;
}

static void add_mail_template(struct catalogue *catalogue, const struct definition *definition, const json_t *json)
{
    struct mail_text *text = arena_new_of(catalogue->arena, struct mail_text);
    str body = json_str(json, "body");
    text->subject = text_part(catalogue, definition, json_str(json, "subject"), TEMPLATE_TEXT, "objet");
    text->body = text_part(catalogue, definition, body, mail_body_kind(body), "texte");
    text->attachments = attachments_of(catalogue, definition, json);
    if (text->subject != NULL && text->body != NULL)
        map_set(&catalogue->mail_templates, definition->slug, text);
}

static void add_comment_template(struct catalogue *catalogue, const struct definition *definition, const json_t *json)
{
    struct comment_text *text = arena_new_of(catalogue->arena, struct comment_text);
    text->comment = text_part(catalogue, definition, json_str(json, "comment"), TEMPLATE_HTML, "texte");
    text->attachments = attachments_of(catalogue, definition, json);
    if (text->comment != NULL)
        map_set(&catalogue->comment_templates, definition->slug, text);
}

static void add_source(struct catalogue *catalogue, const struct definition *definition, const json_t *json)
{
    str where = str_fmt(catalogue->arena, "source %.*s", STR_ARG(definition->slug));
    const struct source *source = source_compile(catalogue->arena, json, where);
    map_set(&catalogue->sources, definition->slug, (void *)(uintptr_t)source);
}

/* ---- Blocks of fields: compiled when the first document that uses one is, since that needs them ---- */

struct block_slot { /* NULL while it is compiled: one that contains itself is not found within itself */
    const struct block *block;
};

static const struct block *find_block(const void *data, str slug)
{
    struct catalogue *catalogue = (struct catalogue *)(uintptr_t)data;
    struct block_slot *slot = map_get(&catalogue->blocks, slug);
    const json_t *json = slot == NULL ? map_get(&catalogue->block_documents, slug) : NULL;
    if (json == NULL)
        return slot == NULL ? NULL : slot->block;
    struct err err = {0};
    slot = arena_new_of(catalogue->arena, struct block_slot);
    map_set(&catalogue->blocks, json_str(json, "slug"), slot);
    slot->block = block_compile(catalogue->arena, json, &catalogue->block_finder, &err);
    return slot->block;
}

static void read_blocks(struct catalogue *catalogue, const struct definitions *all)
{
    for (size_t i = 0; i < all->len; i++) {
        const json_t *json =
            str_eq(all->at[i].kind, STR("block")) ? json_parse(catalogue->arena, all->at[i].json, NULL) : NULL;
        if (json != NULL)
            map_set(&catalogue->block_documents, json_str(json, "slug"), (void *)(uintptr_t)json);
    }
}

/* What is no block is told; all are compiled now, since later no thread may add to them. */
static void add_block(struct catalogue *catalogue, const struct definition *definition, const json_t *json)
{
    struct err err = {0};
    if (find_block(catalogue, definition->slug) == NULL && block_compile(catalogue->arena, json, NULL, &err) == NULL)
        add_fault(catalogue, definition, &err);
}

static void add_call(struct catalogue *catalogue, const struct definition *definition, const json_t *json)
{
    str name = str_fmt(catalogue->arena, "appel %.*s", STR_ARG(definition->slug));
    const struct call *call = call_compile(catalogue->arena, json_dict(json, "request"), name);
    map_set(&catalogue->calls, definition->slug, (void *)(uintptr_t)call);
}

static void add_category(struct catalogue *catalogue, const struct definition *definition, const json_t *json)
{
    str of = json_str(json, "of");
    int64_t position = json_int(json, "position");
    if (of.len > 0 && !str_eq(of, STR("form")))
        return;
    str_to_int64(json_str(json, "position"), &position);
    *vec_push(catalogue->arena, &catalogue->categories) =
        (struct category){definition->slug, json_str(json, "name"), json_str(json, "description"), position};
}

static const struct {
    const char *kind;
    void (*add)(struct catalogue *catalogue, const struct definition *definition, const json_t *json);
} adders[] = {
    {"form", add_form},
    {"card", add_form},
    {"workflow", add_workflow},
    {"mail-template", add_mail_template},
    {"comment-template", add_comment_template},
    {"source", add_source},
    {"category", add_category},
    {"block", add_block},
    {"wscall", add_call},
};

static void add(struct catalogue *catalogue, const struct definition *definition)
{
    struct err err = {0};
    const json_t *json = json_parse(catalogue->arena, definition->json, &err);
    if (json == NULL) {
        add_fault(catalogue, definition, &err);
        return;
    }
    str key = str_fmt(catalogue->arena, "%.*s/%.*s", STR_ARG(definition->kind), STR_ARG(definition->slug));
    map_set(&catalogue->known, key, catalogue);
    for (size_t i = 0; i < sizeof adders / sizeof *adders; i++)
        if (str_eq(definition->kind, str_of(adders[i].kind)))
            adders[i].add(catalogue, definition, json);
}

static bool read_all(struct tx *tx, void *arg, struct err *err)
{
    struct catalogue *catalogue = arg;
    struct arena *arena = arena_new(); /* texts of definitions are not kept: their trees are */
    struct definitions all = {0};
    bool ok = definition_epoch(tx, &catalogue->epoch, err) && definition_list(tx, arena, STR_EMPTY, &all, err);
    if (ok)
        read_blocks(catalogue, &all);
    for (size_t i = 0; ok && i < all.len; i++) {
        struct definition definition = all.at[i];
        definition.kind = str_dup(catalogue->arena, definition.kind);
        definition.slug = str_dup(catalogue->arena, definition.slug);
        add(catalogue, &definition);
    }
    arena_free(arena);
    return ok;
}

#define DEFAULT_OF_FORMS STR("_default")
#define DEFAULT_OF_CARDS STR("_carddef_default")

static void add_default_workflow(struct catalogue *catalogue, str slug, const char *json)
{
    struct definition definition = {.kind = STR("workflow"), .slug = slug, .version = 1, .json = str_of(json)};
    if (map_get(&catalogue->workflows, slug) == NULL)
        add(catalogue, &definition);
}

static int by_form_name(const void *a, const void *b)
{
    const struct form *const *left = a, *const *right = b;
    struct arena *arena = arena_new();
    int order = str_cmp(utf8_fold(arena, (*left)->name), utf8_fold(arena, (*right)->name));
    arena_free(arena);
    return order;
}

static int by_position(const void *a, const void *b)
{
    const struct category *left = a, *right = b;
    if (left->position != right->position)
        return left->position < right->position ? -1 : 1;
    return str_cmp(left->name, right->name);
}

static void sort(struct catalogue *catalogue)
{
    struct catalogue_forms *lists[] = {&catalogue->form_list, &catalogue->card_list};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i]->len > 0)
            qsort(lists[i]->at, lists[i]->len, sizeof *lists[i]->at, by_form_name);
    if (catalogue->categories.len > 0)
        qsort(catalogue->categories.at, catalogue->categories.len, sizeof *catalogue->categories.at, by_position);
}

struct catalogue *catalogue_load(struct store *store, struct err *err)
{
    struct arena *arena = arena_new();
    struct catalogue *catalogue = arena_new_of(arena, struct catalogue);
    catalogue->arena = arena;
    catalogue->store = store;
    atomic_store(&catalogue->references, 1);
    struct map *maps[] = {
        &catalogue->forms,   &catalogue->cards,           &catalogue->workflows,      &catalogue->workflows_by_name,
        &catalogue->sources, &catalogue->calls,           &catalogue->mail_templates, &catalogue->comment_templates,
        &catalogue->known,   &catalogue->block_documents, &catalogue->blocks,         &catalogue->older};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        *maps[i] = map_new(arena);
    pthread_mutex_init(&catalogue->lock, NULL);
    catalogue->block_finder = (struct block_finder){find_block, catalogue};
    if (!store_read(store, read_all, catalogue, err)) {
        catalogue_release(catalogue);
        return NULL;
    }
    add_default_workflow(catalogue, DEFAULT_OF_FORMS, default_workflow);
    add_default_workflow(catalogue, DEFAULT_OF_CARDS, default_card_workflow);
    sort(catalogue);
    return catalogue;
}

struct catalogue *catalogue_hold(struct catalogue *catalogue)
{
    atomic_fetch_add(&catalogue->references, 1);
    return catalogue;
}

void catalogue_release(struct catalogue *catalogue)
{
    if (catalogue == NULL || atomic_fetch_sub(&catalogue->references, 1) > 1)
        return;
    pthread_mutex_destroy(&catalogue->lock);
    arena_free(catalogue->arena);
}

int64_t catalogue_epoch(const struct catalogue *catalogue)
{
    return catalogue->epoch;
}

/* ---- Older versions ---- */

struct asking {
    struct arena *arena;
    str kind, slug;
    int64_t version;
    struct definition found;
};

static bool read_version(struct tx *tx, void *arg, struct err *err)
{
    struct asking *asking = arg;
    return definition_at(tx, asking->arena, asking->kind, asking->slug, asking->version, &asking->found, err);
}

static const void *compile_version(struct catalogue *catalogue, str kind, str slug, int64_t version)
{
    struct asking asking = {.arena = catalogue->arena, .kind = kind, .slug = slug, .version = version};
    struct err err = {0};
    if (!store_read(catalogue->store, read_version, &asking, &err))
        return NULL;
    const json_t *json = json_parse(catalogue->arena, asking.found.json, &err);
    if (json == NULL)
        return NULL;
    return str_eq(kind, STR("workflow")) ? compile_workflow(catalogue, json, version, &err)
                                         : compile_form(catalogue, json, version, &err);
}

/* Compiled once for all who ask; the lock is held meanwhile, since the arena is one. */
static const void *older(struct catalogue *catalogue, const char *kind, str slug, int64_t version)
{
    struct arena *arena = arena_new();
    str key = str_fmt(arena, "%s/%.*s/%lld", kind, STR_ARG(slug), (long long)version);
    pthread_mutex_lock(&catalogue->lock);
    void *found = map_get(&catalogue->older, key);
    if (found == NULL) {
        found = (void *)(uintptr_t)compile_version(catalogue, str_of(kind), str_dup(catalogue->arena, slug), version);
        if (found != NULL)
            map_set(&catalogue->older, str_dup(catalogue->arena, key), found);
    }
    pthread_mutex_unlock(&catalogue->lock);
    arena_free(arena);
    return found;
}

const struct form *catalogue_form(struct catalogue *catalogue, str slug, int64_t version)
{
    const struct form *form = map_get(&catalogue->forms, slug);
    if (version == 0 || (form != NULL && form->version == version))
        return form;
    return older(catalogue, "form", slug, version);
}

const struct form *catalogue_card(struct catalogue *catalogue, str slug, int64_t version)
{
    const struct form *card = map_get(&catalogue->cards, slug);
    if (version == 0 || (card != NULL && card->version == version))
        return card;
    return older(catalogue, "card", slug, version);
}

const struct workflow *catalogue_workflow(struct catalogue *catalogue, str slug, int64_t version)
{
    const struct workflow *workflow = map_get(&catalogue->workflows, slug);
    if (version == 0 || (workflow != NULL && workflow_version(workflow) == version))
        return workflow;
    return older(catalogue, "workflow", slug, version);
}

const struct workflow *catalogue_workflow_of(struct catalogue *catalogue, const struct form *form)
{
    const struct workflow *workflow = form->workflow.len > 0 ? map_get(&catalogue->workflows, form->workflow) : NULL;
    if (workflow == NULL && form->workflow_name.len > 0)
        workflow = map_get(&catalogue->workflows_by_name, form->workflow_name);
    if (workflow == NULL)
        workflow = map_get(&catalogue->workflows, form->is_card ? DEFAULT_OF_CARDS : DEFAULT_OF_FORMS);
    return workflow;
}

bool catalogue_mail_template(const struct catalogue *catalogue, str slug, struct mail_text *out)
{
    const struct mail_text *found = map_get(&catalogue->mail_templates, slug);
    if (found != NULL)
        *out = *found;
    return found != NULL;
}

bool catalogue_comment_template(const struct catalogue *catalogue, str slug, struct comment_text *out)
{
    const struct comment_text *found = map_get(&catalogue->comment_templates, slug);
    if (found != NULL)
        *out = *found;
    return found != NULL;
}

const struct source *catalogue_source(const struct catalogue *catalogue, str slug)
{
    return map_get(&catalogue->sources, slug);
}

const struct call *catalogue_call(const struct catalogue *catalogue, str slug)
{
    return map_get(&catalogue->calls, slug);
}

const struct block_finder *catalogue_blocks(const struct catalogue *catalogue)
{
    return &catalogue->block_finder;
}

const struct category *catalogue_category(const struct catalogue *catalogue, str slug)
{
    for (size_t i = 0; i < catalogue->categories.len; i++)
        if (str_eq(catalogue->categories.at[i].slug, slug))
            return &catalogue->categories.at[i];
    return NULL;
}

const struct catalogue_forms *catalogue_forms(const struct catalogue *catalogue)
{
    return &catalogue->form_list;
}

const struct catalogue_forms *catalogue_cards(const struct catalogue *catalogue)
{
    return &catalogue->card_list;
}

const struct categories *catalogue_categories(const struct catalogue *catalogue)
{
    return &catalogue->categories;
}

const struct workflow_list *catalogue_workflows(const struct catalogue *catalogue)
{
    return &catalogue->workflow_list;
}

const struct catalogue_faults *catalogue_faults(const struct catalogue *catalogue)
{
    return &catalogue->faults;
}

bool catalogue_has(const struct catalogue *catalogue, str kind, str slug)
{
    struct arena *arena = arena_new();
    bool has = map_get(&catalogue->known, str_fmt(arena, "%.*s/%.*s", STR_ARG(kind), STR_ARG(slug))) != NULL;
    arena_free(arena);
    return has;
}
