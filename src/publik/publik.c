#include "publik/publik.h"

#include "base/xml.h"
#include "publik/shape.h"

#include <libxml/xmlsave.h>
#include <string.h>

static const struct root {
    const char *name, *kind, *of, *slug;
    const struct record *record;
    const char *list; /* that every document of ours has */
} roots[] = {
    {"formdef", "form", NULL, "url_name", &form_record, "fields"},
    {"carddef", "card", NULL, "url_name", &form_record, "fields"},
    {"workflow", "workflow", NULL, "slug", &workflow_record, "statuses"},
    {"block", "block", NULL, "slug", &block_record, "fields"},
    {"datasource", "source", NULL, "slug", &other_record},
    {"datasources", "source", NULL, "slug", &other_record},
    {"wscall", "wscall", NULL, "slug", &other_record},
    {"mail-template", "mail-template", NULL, "slug", &other_record},
    {"comment-template", "comment-template", NULL, "slug", &other_record},
    {"category", "category", "form", "url_name", &other_record},
    {"carddef_category", "category", "card", "url_name", &other_record},
    {"workflow_category", "category", "workflow", "url_name", &other_record},
    {"block_category", "category", "block", "url_name", &other_record},
    {"mail_template_category", "category", "mail-template", "url_name", &other_record},
    {"comment_template_category", "category", "comment-template", "url_name", &other_record},
    {"data_source_category", "category", "source", "url_name", &other_record},
};

/* Skips a byte order mark, blanks, the prolog and comments: where the first element's name begins. */
static str root_name(str bytes)
{
    size_t at = str_starts(bytes, STR("\xEF\xBB\xBF")) ? 3 : 0;
    for (;;) {
        while (at < bytes.len && strchr(" \t\r\n", bytes.ptr[at]) != NULL)
            at++;
        str rest = str_slice(bytes, at, bytes.len);
        str end = str_starts(rest, STR("<?")) ? STR("?>") : str_starts(rest, STR("<!--")) ? STR("-->") : STR_EMPTY;
        if (end.len == 0)
            break;
        size_t found = str_find(rest, end, 0);
        if (found == SIZE_MAX)
            return STR_EMPTY;
        at += found + end.len;
    }
    if (at >= bytes.len || bytes.ptr[at] != '<')
        return STR_EMPTY;
    size_t from = ++at;
    while (at < bytes.len && strchr(" \t\r\n/>", bytes.ptr[at]) == NULL)
        at++;
    return str_slice(bytes, from, at);
}

static const struct root *root_called(str name)
{
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (str_eq(name, str_of(roots[i].name)))
            return &roots[i];
    return NULL;
}

bool publik_is_definition(str bytes)
{
    return root_called(root_name(bytes)) != NULL;
}

/* Slugs of old exports are made of the name, as w.c.s. does. */
static str slug_of(struct conversion *conversion, const xmlNode *root, str name)
{
    str slug = node_child_text(conversion, root, "slug");
    if (slug.len == 0)
        slug = node_child_text(conversion, root, "url_name");
    return slug.len > 0 ? slug : utf8_slug(conversion->arena, name);
}

static bool read_root(struct arena *arena, const xmlNode *node, struct publik_document *out, struct err *err)
{
    const struct root *root = root_called(node_name(node));
    if (root == NULL)
        return err_set(err, ERR_INVALID, "L’élément <%s> n’est pas une définition de Publik.", node->name);
    struct conversion conversion = {.arena = arena};
    str name = node_child_text(&conversion, node, "name");
    out->kind = str_of(root->kind);
    out->publik_kind = str_of(root->name);
    out->slug = slug_of(&conversion, node, name);
    out->json = json_keep(arena, json_object());
    if (name.len == 0)
        return err_set(err, ERR_INVALID, "La définition n’a pas de nom.");
    json_set_str(out->json, STR("kind"), out->kind);
    json_set_str(out->json, STR("slug"), out->slug);
    json_set_str(out->json, STR("name"), name);
    if (root->of != NULL)
        json_set_str(out->json, STR("of"), str_of(root->of));
    if (root->list != NULL)
        json_set(out->json, str_of(root->list), json_array());
    record_read(&conversion, node, root->record, out->json);
    out->was_disabled = json_bool(out->json, "disabled");
    return true;
}

bool publik_read(struct arena *arena, str bytes, struct publik_document *out, struct err *err)
{
    *out = (struct publik_document){0};
    xmlDoc *doc = xml_parse(bytes, PUBLIK_FILE_MOST, err);
    if (doc == NULL)
        return false;
    bool ok = read_root(arena, xmlDocGetRootElement(doc), out, err);
    xmlFreeDoc(doc);
    str root = root_name(bytes);
    return ok || xml_refuse_at(bytes, root.len > 0 ? (size_t)(root.ptr - bytes.ptr) - 1 : 0, err);
}

/* ---- Writing ---- */

static const struct root *root_of(const json_t *json)
{
    str kind = json_str(json, "kind"), of = json_str(json, "of");
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (str_eq(kind, str_of(roots[i].kind)) && (of.len == 0 || str_eq(of, str_of(roots[i].of))))
            return &roots[i];
    return NULL;
}

static str text_of(struct arena *arena, xmlDoc *doc)
{
    xmlChar *bytes = NULL;
    int length = 0;
    xmlDocDumpFormatMemoryEnc(doc, &bytes, &length, "UTF-8", 1);
    str text = str_dup(arena, (str){(const char *)bytes, (size_t)length});
    xmlFree(bytes);
    return text;
}

bool publik_write(struct arena *arena, const json_t *json, const struct publik_roles *roles, str *out, struct err *err)
{
    const struct root *root = root_of(json);
    if (root == NULL)
        return err_set(err, ERR_UNSUPPORTED, "Publik n’a pas de « %.*s ».", STR_ARG(json_str(json, "kind")));
    xml_prepare();
    struct conversion conversion = {.arena = arena, .roles = roles, .err = err};
    xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *node = xmlNewNode(NULL, (const xmlChar *)root->name);
    xmlDocSetRootElement(doc, node);
    node_add_text(&conversion, node, "name", json_str(json, "name"));
    node_add_text(&conversion, node, root->slug, json_str(json, "slug"));
    record_write(&conversion, json, root->record, node);
    if (!conversion.has_failed)
        *out = text_of(arena, doc);
    xmlFreeDoc(doc);
    return !conversion.has_failed;
}
