#include "base/xml.h"

#include <libxml/parser.h>
#include <limits.h>
#include <pthread.h>

static void be_silent(void *arg, xmlErrorPtr error)
{
    (void)arg;
    (void)error;
}

void xml_prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, xmlInitParser);
}

bool xml_refuse_at(str bytes, size_t at, struct err *err)
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

/* A document type could declare entities: bombs, files, addresses. Nothing that we read has one. The parser itself sees
 * it, in whatever encoding it stands, and stops before any is declared. */
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
    xml_refuse_at(bytes, at == SIZE_MAX ? 0 : at, err);
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

xmlDoc *xml_parse(str bytes, size_t most, struct err *err)
{
    xml_prepare();
    if (bytes.len > most || most > INT_MAX) {
        err_set(err, ERR_TOO_LARGE, "Le fichier dépasse %zu Mo.", most >> 20);
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
