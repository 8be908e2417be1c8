/* A model of a document: an archive, what is the content of one, or RTF, compiled and filled. What comes of it is an
 * archive that is read, with a content that is XML; or RTF whose groups are all ended. Filled once more, it is so
 * again.
 */
#include "base/unzip.h"
#include "base/xml.h"
#include "base/zip.h"
#include "models/models.h"
#include "models/rtf_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str wrap(struct arena *arena, str content)
{
    struct zip *zip = zip_new(arena, 0);
    struct buf out = buf_new(arena, 1 << 22);
    zip_store(zip, &out, STR("mimetype"), STR("application/vnd.oasis.opendocument.text"));
    zip_begin(zip, &out, STR("content.xml"));
    zip_add(zip, &out, content);
    zip_close(zip, &out);
    zip_end(zip, &out);
    return buf_str(&out);
}

static void check(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static bool picture(void *data, struct value value, str *bytes, str *type)
{
    (void)data;
    *bytes = STR("photo");
    *type = STR("image/png");
    return value.kind == VALUE_TEXT && value.text.len > 2;
}

static void check_rtf(struct arena *arena, str bytes)
{
    struct rtf_reader reader = rtf_reader_of(arena, bytes);
    struct rtf_token token;
    while (rtf_next(&reader, &token))
        check(token.raw.len > 0);
    check(reader.depth == 0 && reader.at == bytes.len);
}

static void fill(struct arena *arena, str bytes, int times)
{
    struct err err = {0};
    struct value_dict *scope = value_dict_new(arena);
    struct model_tools tools = {.picture = picture};
    struct unzip archive;
    str out, content;
    value_dict_set(arena, scope, STR("a"), value_text(STR("<b>&\n\"é\" {\\b")));
    struct render render = {.arena = arena, .scope = value_dict(scope), .now = 1, .steps_most = 5000};
    const struct model *model = model_compile(arena, bytes, STR("m.odt"), STR_EMPTY, &err);
    if (model == NULL || model_kind(model) > MODEL_RTF || !model_fill(model, &render, &tools, &out, &err))
        return;
    if (model_kind(model) == MODEL_RTF) {
        check_rtf(arena, out);
        return;
    }
    check(unzip_open(arena, out, &archive, &err));
    check(unzip_read(arena, &archive, unzip_find(&archive, STR("content.xml")), &content, &err));
    xmlDoc *doc = xml_parse(content, MODEL_FILLED_MOST, &err);
    check(doc != NULL);
    xmlFreeDoc(doc);
    if (times > 1)
        fill(arena, out, times - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str bytes = str_dup(arena, (str){(const char *)data, size});
    fill(arena, bytes, 2);
    fill(arena, wrap(arena, bytes), 2);
    arena_free(arena);
    return 0;
}
