/* What a geocoder answers, and what a browser says that it answered. */
#include "geocoder/geocoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_line(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7F)
            return false;
    return utf8_is_valid(text);
}

/* What is kept reads back as the same. */
static void hold(struct arena *arena, const struct address *address)
{
    struct address again;
    bool is_kept = address_from_json(arena, json_keep(arena, address_to_json(address)), &again);
    if (!is_kept || !str_eq(again.label, address->label) || !str_eq(again.id, address->id) ||
        again.has_position != address->has_position || !is_line(address->label) || !is_line(address->street) ||
        (address->has_position && !position_is_on_earth(address->position)))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str bytes = str_dup(arena, (str){(const char *)data, size});
    const json_t *answer = remote_parse(arena, bytes, false, NULL);
    struct addresses found = {0};
    struct address address;
    geocoder_read(arena, answer, &found);
    for (size_t i = 0; i < found.len; i++)
        hold(arena, &found.at[i]);
    if (address_from_json(arena, answer, &address))
        hold(arena, &address);
    if (utf8_is_valid(bytes)) {
        address = address_of_text(arena, bytes);
        if (!is_line(address.label) || !is_line(address.street) || !is_line(address.number))
            __builtin_trap();
    }
    arena_free(arena);
    return 0;
}
