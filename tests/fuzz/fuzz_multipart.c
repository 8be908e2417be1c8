/* A multipart body, cut into pieces: the first byte chooses the cuts, the first line is the content type, the rest the
 * body. However it is cut, what comes out is the same. */
#include "http/http.h"

#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/guichet-fuzz-XXXXXX";

static void remove_folder(void)
{
    rmdir(folder);
}

static void make_folder(void)
{
    static bool is_made;
    if (is_made)
        return;
    if (mkdtemp(folder) == NULL || atexit(remove_folder) != 0)
        abort();
    is_made = true;
}

struct reading {
    bool ok;
    struct http_params form;
    struct http_uploads uploads;
};

/* seed 0: in one piece. */
static struct reading read_body(struct arena *arena, str type, str body, uint32_t seed)
{
    struct http_limits limits = http_limits_default;
    struct reading reading = {0};
    struct err err = {0};
    limits.uploads = 4;
    limits.params = 20;
    limits.upload_bytes = limits.body_bytes = 4000;
    struct media_type media_type;
    http_parse_media_type(arena, type, &media_type);
    struct multipart *multipart = multipart_new(arena, &media_type, folder, &limits, &err);
    reading.ok = multipart != NULL;
    while (reading.ok && body.len > 0) {
        seed = seed == 0 ? 0 : seed * 1103515245U + 12345U;
        str piece = str_slice(body, 0, seed == 0 ? body.len : 1 + (seed >> 16) % 40);
        piece = str_dup(arena, piece);
        reading.ok = multipart_feed(multipart, piece, &err);
        body = str_slice(body, piece.len, body.len);
    }
    reading.ok = reading.ok && multipart_end(multipart, &reading.form, &reading.uploads, &err);
    multipart_free(multipart);
    return reading;
}

static void check(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void check_same(const struct reading *a, const struct reading *b)
{
    check(a->ok == b->ok);
    if (!a->ok)
        return;
    check(a->form.len == b->form.len && a->uploads.len == b->uploads.len);
    for (size_t i = 0; i < a->form.len; i++)
        check(str_eq(a->form.at[i].name, b->form.at[i].name) && str_eq(a->form.at[i].value, b->form.at[i].value) &&
              utf8_is_valid(a->form.at[i].name) && utf8_is_valid(a->form.at[i].value));
    for (size_t i = 0; i < a->uploads.len; i++)
        check(a->uploads.at[i].size == b->uploads.at[i].size && utf8_is_valid(a->uploads.at[i].file_name) &&
              !str_contains(a->uploads.at[i].file_name, STR("/")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    make_folder();
    struct arena *arena = arena_new();
    str type, body;
    str_cut(str_dup(arena, (str){(const char *)data + 1, size - 1}), '\n', &type, &body);
    struct reading whole = read_body(arena, type, body, 0), cut = read_body(arena, type, body, data[0] + 1U);
    check_same(&whole, &cut);
    arena_free(arena);
    return 0;
}
