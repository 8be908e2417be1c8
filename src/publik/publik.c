#include "publik/publik.h"

#include "publik/node.h"

#include <libxml/parser.h>
#include <pthread.h>
#include <string.h>

static const struct {
    const char *root, *kind, *of;
    void (*convert)(struct conversion *conversion, const xmlNode *root, json_t *out);
} roots[] = {
    {"formdef", "form", NULL, convert_form},
    {"carddef", "card", NULL, convert_form},
    {"workflow", "workflow", NULL, convert_workflow},
    {"block", "block", NULL, convert_form},
    {"datasource", "source", NULL, convert_source},
    {"datasources", "source", NULL, convert_source},
    {"wscall", "wscall", NULL, convert_other},
    {"mail-template", "mail-template", NULL, convert_other},
    {"comment-template", "comment-template", NULL, convert_other},
    {"category", "category", "form", convert_other},
    {"carddef_category", "category", "card", convert_other},
    {"workflow_category", "category", "workflow", convert_other},
    {"block_category", "category", "block", convert_other},
    {"mail_template_category", "category", "mail-template", convert_other},
    {"comment_template_category", "category", "comment-template", convert_other},
    {"data_source_category", "category", "source", convert_other},
};

void convert_source(struct conversion *conversion, const xmlNode *root, json_t *out)
{
    convert_other(conversion, root, out);
    const xmlNode *source = node_child(root, "data_source");
    json_object_del(out, "data_source");
    if (source != NULL)
        json_set(out, STR("source"), source_to_json(conversion, source));
}

void convert_other(struct conversion *conversion, const xmlNode *root, json_t *out)
{
    for (const xmlNode *node = node_first(root); node != NULL; node = node_next(node)) {
        const char *name = (const char *)node->name;
        bool is_text = strcmp(name, "subject") == 0 || strcmp(name, "body") == 0 || strcmp(name, "comment") == 0;
        if (strcmp(name, "name") == 0 || strcmp(name, "slug") == 0 || strcmp(name, "url_name") == 0)
            continue;
        if (strcmp(name, "category") == 0) {
            set_reference(conversion, node, out, name);
            continue;
        }
        json_object_set_new_nocheck(
            out, name, is_text ? json_from_str(node_text(conversion, node)) : node_to_json(conversion, node));
    }
}

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

static size_t root_index(str name)
{
    size_t index = 0;
    while (index < sizeof roots / sizeof *roots && !str_eq(name, str_of(roots[index].root)))
        index++;
    return index;
}

bool publik_is_definition(str bytes)
{
    return root_index(root_name(bytes)) < sizeof roots / sizeof *roots;
}

static void be_silent(void *arg, xmlErrorPtr error)
{
    (void)arg;
    (void)error;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Line and column of a byte, counted from 1. */
static bool refuse_at(str bytes, size_t at, struct err *err)
{
    int line = 1, column = 1;
    for (size_t i = 0; i < at && i < bytes.len; i++) {
        column = bytes.ptr[i] == '\n' ? 1 : column + 1;
        line += bytes.ptr[i] == '\n';
    }
    if (err != NULL) {
        err->line = line;
        err->column = column;
    }
    return false;
}

/* A document type could declare entities: bombs, files, addresses. No definition has one. The parser itself sees it, in
 * whatever encoding it stands, and stops before any is declared. */
static void stop_at_doctype(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    xmlParserCtxt *context = arg;
    *(bool *)context->_private = true;
    xmlStopParser(context);
}

static void refuse_doctype(str bytes, struct err *err)
{
    size_t at = str_find(bytes, STR("<!DOCTYPE"), 0);
    err_set(err, ERR_INVALID, "Le fichier déclare un type de document ou des entités : il n’est pas lu.");
    refuse_at(bytes, at == SIZE_MAX ? 0 : at, err);
}

static void say_what_is_wrong(const xmlError *error, struct err *err)
{
    str reason = error == NULL || error->message == NULL ? STR("illisible") : str_trim(str_of(error->message));
    int line = error == NULL ? 0 : error->line, column = error == NULL ? 0 : error->int2;
    err_set(err, ERR_INVALID, "Le fichier n’est pas du XML correct, ligne %d, colonne %d : %.*s.", line, column,
            STR_ARG(reason));
    if (err != NULL) {
        err->line = line;
        err->column = column;
    }
}

static xmlDoc *parse(str bytes, struct err *err)
{
    pthread_once(&once, xmlInitParser);
    if (bytes.len > PUBLIK_FILE_MOST) {
        err_set(err, ERR_TOO_LARGE, "Le fichier dépasse %d Mo.", PUBLIK_FILE_MOST >> 20);
        return NULL;
    }
    bool has_doctype = false;
    xmlParserCtxt *context = xmlNewParserCtxt();
    context->_private = &has_doctype;
    context->sax->internalSubset = stop_at_doctype;
    xmlSetStructuredErrorFunc(context, be_silent);
    xmlDoc *doc = xmlCtxtReadMemory(context, bytes.ptr, (int)bytes.len, NULL, NULL,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
    bool is_right = doc != NULL && context->wellFormed && !has_doctype;
    if (has_doctype)
        refuse_doctype(bytes, err);
    else if (!is_right)
        say_what_is_wrong(xmlCtxtGetLastError(context), err);
    if (!is_right) {
        xmlFreeDoc(doc);
        doc = NULL;
    }
    xmlFreeParserCtxt(context);
    return doc;
}

/* Slugs of old exports are made of the name, as w.c.s. does. */
static str slug_of(struct conversion *conversion, const xmlNode *root, str name)
{
    str slug = node_child_text(conversion, root, "slug");
    if (slug.len == 0)
        slug = node_child_text(conversion, root, "url_name");
    return slug.len > 0 ? slug : utf8_slug(conversion->arena, name);
}

static bool read_root(struct arena *arena, const xmlNode *root, struct publik_document *out, struct err *err)
{
    size_t index = root_index(node_name(root));
    if (index == sizeof roots / sizeof *roots)
        return err_set(err, ERR_INVALID, "L’élément <%s> n’est pas une définition de Publik.", root->name);
    struct conversion conversion = {.arena = arena, .document = out};
    str name = node_child_text(&conversion, root, "name");
    out->kind = str_of(roots[index].kind);
    out->publik_kind = str_of(roots[index].root);
    out->slug = slug_of(&conversion, root, name);
    out->json = json_keep(arena, json_object());
    if (name.len == 0)
        return err_set(err, ERR_INVALID, "La définition n’a pas de nom.");
    json_set_str(out->json, STR("kind"), out->kind);
    json_set_str(out->json, STR("slug"), out->slug);
    json_set_str(out->json, STR("name"), name);
    if (roots[index].of != NULL)
        json_set_str(out->json, STR("of"), str_of(roots[index].of));
    roots[index].convert(&conversion, root, out->json);
    return true;
}

bool publik_read(struct arena *arena, str bytes, struct publik_document *out, struct err *err)
{
    *out = (struct publik_document){0};
    xmlDoc *doc = parse(bytes, err);
    if (doc == NULL)
        return false;
    bool ok = read_root(arena, xmlDocGetRootElement(doc), out, err);
    xmlFreeDoc(doc);
    str root = root_name(bytes);
    return ok || refuse_at(bytes, root.len > 0 ? (size_t)(root.ptr - bytes.ptr) - 1 : 0, err);
}
