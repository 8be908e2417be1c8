#include "base/file.h"
#include "base/zip.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* An archive of one stored and one deflated entry of so many bytes, and the empty one; flushed as a stream would be. */
static str make(struct arena *arena, size_t size, bool *fits)
{
    struct zip *zip = zip_new(arena, INT64_C(1797237000) * INSTANT_SECOND);
    struct buf out = buf_new(arena, 64 << 20), piece = buf_new(arena, 1 << 20);
    zip_store(zip, &out, STR("mimetype"), STR("text/x"));
    zip_begin(zip, &out, STR("dossier/œuvre « é ».txt"));
    for (size_t i = 0; i < size; i++) {
        buf_fmt(&piece, "%zu,", i * 2654435761U % 1000003);
        if (piece.len > 100000 || i + 1 == size) {
            zip_add(zip, &out, buf_str(&piece));
            piece.len = 0;
        }
    }
    zip_close(zip, &out);
    zip_begin(zip, &out, STR("vide"));
    zip_close(zip, &out);
    *fits = zip_end(zip, &out);
    assert_false(out.overflowed);
    return buf_str(&out);
}

/* Python's reader is the other implementation: names, bytes, checksums, and that the first entry is read as it lies. */
static void another_program_reads_it(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 100, 300000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct arena *arena = arena_new();
        bool fits;
        str bytes = make(arena, sizes[i], &fits);
        assert_true(fits);
        assert_memory_equal(bytes.ptr + 30, "mimetypetext/x", 14);
        char path[] = "/tmp/guichet-zip-XXXXXX";
        int fd = mkstemp(path);
        assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
        close(fd);
        const char *command = str_fmt(arena,
                                      "python3 -c \"import zipfile; z = zipfile.ZipFile('%s'); assert z.testzip() is "
                                      "None; assert z.namelist() == ['mimetype', 'dossier/œuvre « é ».txt', 'vide']; "
                                      "t = z.read(z.namelist()[1]).decode(); assert t == ''.join(str(i * 2654435761 "
                                      "%% 1000003) + ',' for i in range(%zu)); assert z.read('vide') == b''; "
                                      "assert z.infolist()[0].compress_type == 0 and z.infolist()[0].extra == b''; "
                                      "assert z.infolist()[1].date_time[:3] == (2026, 12, 14)\"",
                                      path, sizes[i])
                                  .ptr;
        assert_int_equal(system(command), 0);
        unlink(path);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(another_program_reads_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
