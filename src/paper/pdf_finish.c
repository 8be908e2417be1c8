#include "paper/pdf_finish.h"

#include <glib.h>
#include <qpdf/qpdf-c.h>
#include <stdlib.h>
#include <string.h>

static void set_flag(qpdf_data pdf, qpdf_oh root, const char *dictionary, const char *key)
{
    qpdf_oh values = qpdf_oh_new_dictionary(pdf);
    qpdf_oh_replace_key(pdf, values, key, qpdf_oh_new_bool(pdf, QPDF_TRUE));
    qpdf_oh_replace_key(pdf, root, dictionary, values);
}

/* XMP: title and language again, where readers of documents look for them. */
static void set_metadata(qpdf_data pdf, qpdf_oh root, const char *lang, const char *title)
{
    char *text = g_markup_printf_escaped(
        "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
        "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title><rdf:Alt>"
        "<rdf:li xml:lang=\"x-default\">%s</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>%s</rdf:li>"
        "</rdf:Bag></dc:language></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>",
        title, lang);
    qpdf_oh stream = qpdf_oh_new_stream(pdf), dictionary = qpdf_oh_get_dict(pdf, stream);
    qpdf_oh_replace_key(pdf, dictionary, "/Type", qpdf_oh_new_name(pdf, "/Metadata"));
    qpdf_oh_replace_key(pdf, dictionary, "/Subtype", qpdf_oh_new_name(pdf, "/XML"));
    qpdf_oh_replace_stream_data(pdf, stream, (const unsigned char *)text, strlen(text), qpdf_oh_new_null(pdf),
                                qpdf_oh_new_null(pdf));
    qpdf_oh_replace_key(pdf, root, "/Metadata", stream);
    g_free(text);
}

/* Cairo ends the text that a tag holds before it ends the tag: what follows the last one stands alone. */
static void mark_artifact(qpdf_data pdf, qpdf_oh page)
{
    unsigned char *bytes = NULL;
    size_t length = 0;
    if (qpdf_oh_get_page_content_data(pdf, page, &bytes, &length) & QPDF_ERRORS)
        return;
    const char *last = g_strrstr_len((const char *)bytes, (gssize)length, "EMC");
    size_t kept = last == NULL ? 0 : (size_t)(last - (const char *)bytes) + 3;
    GString *marked = g_string_new_len((const char *)bytes, (gssize)kept);
    g_string_append(marked, "\n/Artifact <</Type /Pagination>> BDC\n");
    g_string_append_len(marked, (const char *)bytes + kept, (gssize)(length - kept));
    g_string_append(marked, "\nEMC\n");
    qpdf_oh contents = qpdf_oh_get_key(pdf, page, "/Contents");
    qpdf_oh_replace_stream_data(pdf, contents, (const unsigned char *)marked->str, marked->len, qpdf_oh_new_null(pdf),
                                qpdf_oh_new_null(pdf));
    g_string_free(marked, TRUE);
    free(bytes);
}

static void complete(qpdf_data pdf, const char *lang, const char *title)
{
    qpdf_oh root = qpdf_get_root(pdf);
    qpdf_oh_replace_key(pdf, root, "/Lang", qpdf_oh_new_unicode_string(pdf, lang));
    set_flag(pdf, root, "/MarkInfo", "/Marked");
    set_flag(pdf, root, "/ViewerPreferences", "/DisplayDocTitle");
    set_metadata(pdf, root, lang, title);
    int pages = qpdf_get_num_pages(pdf);
    for (int i = 0; i < pages; i++)
        mark_artifact(pdf, qpdf_get_page_n(pdf, (size_t)i));
}

bool pdf_finish(const char *drawn, const char *path, const char *lang, const char *title)
{
    qpdf_data pdf = qpdf_init();
    qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
    bool ok = !(qpdf_read(pdf, drawn, NULL) & QPDF_ERRORS);
    if (ok)
        complete(pdf, lang, title);
    ok = ok && !(qpdf_init_write(pdf, path) & QPDF_ERRORS);
    if (ok) {
        qpdf_set_minimum_pdf_version(pdf, "1.7");
        qpdf_set_object_stream_mode(pdf, qpdf_o_generate);
        ok = !(qpdf_write(pdf) & QPDF_ERRORS) && !qpdf_has_error(pdf);
    }
    qpdf_cleanup(&pdf);
    return ok;
}
