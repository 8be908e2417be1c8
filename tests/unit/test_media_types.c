/* Content types, by web-platform-tests: the same essence and parameters as every browser reads. */
#include "http/http.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A header is bytes; the suite writes each as the code point of its number. False where it has others. */
static bool bytes_of(struct arena *arena, str text, str *out)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t code = utf8_next(text, &at);
        if (code > 0xFF)
            return false;
        bytes[length++] = (char)code;
    }
    *out = (str){bytes, length};
    return true;
}

static bool needs_quotes(str value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] <= ' ' || value.ptr[i] > '~' || strchr("\"(),/:;<=>?@[\\]{}", value.ptr[i]) != NULL)
            return true;
    return value.len == 0;
}

/* As the MIME Sniffing standard serialises one (§4.5). */
static str serialised(struct arena *arena, const struct media_type *type)
{
    struct buf out = buf_new(arena, 1 << 16);
    buf_add(&out, type->essence);
    for (size_t i = 0; i < type->params.len; i++) {
        str value = type->params.at[i].value;
        buf_fmt(&out, ";%.*s=", STR_ARG(type->params.at[i].name));
        if (!needs_quotes(value)) {
            buf_add(&out, value);
            continue;
        }
        value = str_replace(arena, value, STR("\\"), STR("\\\\"));
        buf_fmt(&out, "\"");
        buf_add(&out, str_replace(arena, value, STR("\""), STR("\\\"")));
        buf_fmt(&out, "\"");
    }
    return buf_str(&out);
}

static void expect(struct arena *arena, str input, const json_t *output)
{
    struct media_type type;
    str expected = STR_EMPTY;
    bool is_one = http_parse_media_type(arena, input, &type);
    if (json_is_string(output) && !bytes_of(arena, json_str_of(output), &expected))
        return;
    if (is_one != json_is_string(output) || (is_one && !str_eq(serialised(arena, &type), expected)))
        fail_msg("« %.*s » gives « %.*s »", STR_ARG(input), STR_ARG(is_one ? serialised(arena, &type) : STR("none")));
}

static void try_file(struct arena *arena, const char *name, size_t least)
{
    const char *corpus = getenv("GUICHET_CORPUS");
    str path =
        str_fmt(arena, "%s/security/mime-wpt/data-url/tests/%s", corpus != NULL ? corpus : "../shared/corpus", name);
    str bytes, input;
    size_t tried = 0;
    if (access(path.ptr, R_OK) != 0) {
        print_message("# no corpus here, skipped\n");
        arena_free(arena);
        skip();
    }
    assert_true(file_read(arena, path.ptr, 1 << 20, &bytes, NULL));
    const json_t *cases = json_parse(arena, bytes, NULL);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *one = json_array_get(cases, i);
        if (!json_is_object(one) || !bytes_of(arena, json_str(one, "input"), &input))
            continue;
        expect(arena, input, json_object_get(one, "output"));
        tried++;
    }
    assert_in_range(tried, least, 10000);
}

static void browsers_agree(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    try_file(arena, "mime-types.json", 40);
    try_file(arena, "generated-mime-types.json", 800);
    arena_free(arena);
}

static void parameters_are_found(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct media_type type;
    assert_true(http_parse_media_type(arena, STR(" Multipart/Form-Data ; BOUNDARY=\"a;b\\\"c\"; x"), &type));
    assert_str(type.essence, "multipart/form-data");
    assert_str(media_type_param(&type, "boundary"), "a;b\"c");
    assert_str(media_type_param(&type, "x"), "");
    assert_false(http_parse_media_type(arena, STR("multipart"), &type));
    assert_false(http_parse_media_type(arena, STR(""), &type));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(browsers_agree),
        cmocka_unit_test(parameters_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
