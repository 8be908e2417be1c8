#include "store/blobs.h"
#include "stores.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files lie in the same place beside both stores; tests of the PostgreSQL one are skipped where there is none. */
#define STORES_OR_SKIP(test)                                                                                           \
    struct test_stores *test = *state;                                                                                 \
    if (test == NULL)                                                                                                  \
        skip();                                                                                                        \
    struct err err = {0}

static const char pdf[] = "%PDF-1.4 bytes";

static str content_of(struct test_stores *test, str id)
{
    int fd;
    int64_t size;
    struct err err;
    assert_true(blob_open(test->stores, id, &fd, &size, &err));
    char *bytes = arena_alloc(test->arena, (size_t)size + 1);
    assert_int_equal(read(fd, bytes, (size_t)size), size);
    close(fd);
    return (str){bytes, (size_t)size};
}

static void the_same_bytes_are_kept_once_by_their_digest(void **state)
{
    STORES_OR_SKIP(test);
    struct blob_id id, same, empty;
    assert_true(blob_put(test->stores, str_of(pdf), &id, &err));
    assert_true(blob_put(test->stores, str_of(pdf), &same, &err));
    assert_string_equal(id.hex, same.hex);
    assert_str(content_of(test, str_of(id.hex)), pdf);
    assert_true(blob_put(test->stores, STR_EMPTY, &empty, &err));
    assert_string_equal(empty.hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"); /* SHA-256 */
    assert_int_equal(content_of(test, str_of(empty.hex)).len, 0);
}

static void only_its_owner_may_read_a_blob(void **state)
{
    STORES_OR_SKIP(test);
    struct blob_id id;
    int fd;
    int64_t size;
    struct stat info;
    assert_true(blob_put(test->stores, str_of(pdf), &id, &err));
    assert_true(blob_open(test->stores, str_of(id.hex), &fd, &size, &err));
    assert_int_equal(fstat(fd, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    close(fd);
}

static void a_received_file_is_moved_into_its_place(void **state)
{
    STORES_OR_SKIP(test);
    struct blob_id id;
    const char *path = str_fmt(test->arena, "%s/upload", stores_folder(test->stores)).ptr;
    assert_true(file_write_durably(path, STR("received"), &err));
    assert_true(blob_put_file(test->stores, path, &id, &err));
    assert_int_equal(access(path, F_OK), -1);
    assert_str(content_of(test, str_of(id.hex)), "received");
    assert_true(file_write_durably(path, STR("received"), &err));
    assert_true(blob_put_file(test->stores, path, &id, &err)); /* it is there already */
    assert_false(blob_put_file(test->stores, "/nowhere/at/all", &id, &err));
    assert_int_equal(err.code, ERR_UNAVAILABLE);
}

static void a_file_from_another_disk_is_copied(void **state)
{
    STORES_OR_SKIP(test);
    struct blob_id id;
    char path[] = "/dev/shm/guichet-blob-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0)
        skip();
    assert_int_equal(write(fd, pdf, strlen(pdf)), strlen(pdf));
    close(fd);
    assert_true(blob_put_file(test->stores, path, &id, &err));
    assert_str(content_of(test, str_of(id.hex)), pdf);
    unlink(path);
}

static void a_name_that_is_no_digest_opens_nothing(void **state)
{
    static const char *const names[] = {"",
                                        "../../../../etc/passwd",
                                        "ab/../../../../../../../../../../../../../../../../../etc/passwd/",
                                        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550",
                                        "0000000000000000000000000000000000000000000000000000000000000000"};
    STORES_OR_SKIP(test);
    int fd;
    int64_t size;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_false(blob_open(test->stores, str_of(names[i]), &fd, &size, &err));
        assert_int_equal(err.code, ERR_NOT_FOUND);
    }
}

static void a_removed_blob_is_gone_and_may_come_back(void **state)
{
    STORES_OR_SKIP(test);
    struct blob_id id;
    int fd;
    int64_t size;
    assert_true(blob_put(test->stores, str_of(pdf), &id, &err));
    assert_true(blob_remove(test->stores, str_of(id.hex), &err));
    assert_true(blob_remove(test->stores, str_of(id.hex), &err));
    assert_false(blob_open(test->stores, str_of(id.hex), &fd, &size, &err));
    assert_true(blob_put(test->stores, str_of(pdf), &id, &err));
    assert_str(content_of(test, str_of(id.hex)), pdf);
}

static bool is_wanted(void *arg, str id)
{
    return str_eq(id, str_of(((struct blob_id *)arg)->hex));
}

static void a_sweep_takes_what_is_old_and_named_by_no_row(void **state)
{
    STORES_OR_SKIP(test);
    struct blob_id named, unnamed;
    int fd;
    int64_t size, removed;
    assert_true(blob_put(test->stores, STR("named"), &named, &err));
    assert_true(blob_put(test->stores, STR("unnamed"), &unnamed, &err));
    const char *rest =
        str_fmt(test->arena, "%s/blobs/%.2s/%s.part", stores_folder(test->stores), named.hex, named.hex + 2).ptr;
    assert_true(file_write_durably(rest, STR("of a put that was interrupted"), &err));
    instant now = instant_now();
    assert_true(blobs_sweep(test->stores, now - 3600 * INSTANT_SECOND, is_wanted, &named, &removed, &err));
    assert_int_equal(removed, 0); /* all are young */
    assert_true(blobs_sweep(test->stores, now + INSTANT_DAY, is_wanted, &named, &removed, &err));
    assert_int_equal(removed, 2);
    assert_str(content_of(test, str_of(named.hex)), "named");
    assert_false(blob_open(test->stores, str_of(unnamed.hex), &fd, &size, &err));
    assert_int_equal(access(rest, F_OK), -1);
}

static void what_a_file_is_shows_in_its_bytes(void **state)
{
    static const struct {
        str bytes;
        const char *type;
    } cases[] = {
        {STR_INIT("%PDF-1.4 bytes"), "application/pdf"},
        {STR_INIT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0"), "image/png"},
        {STR_INIT("\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"), "image/jpeg"},
        {STR_INIT("<!DOCTYPE html><html><script>alert(1)</script></html>"), "text/html"},
        {STR_INIT("bonjour\n"), "text/plain"},
    };
    STORES_OR_SKIP(test);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct blob_id id;
        int fd;
        int64_t size;
        assert_true(blob_put(test->stores, cases[i].bytes, &id, &err));
        assert_true(blob_open(test->stores, str_of(id.hex), &fd, &size, &err));
        assert_str(blob_sniff(test->arena, fd), cases[i].type);
        close(fd);
    }
}

static void *put_many(void *arg)
{
    struct test_stores *test = arg;
    char bytes[] = "content 0";
    for (int i = 0; i < 200; i++) {
        struct blob_id id;
        bytes[8] = (char)('0' + i % 8);
        assert_true(blob_put(test->stores, str_of(bytes), &id, NULL));
    }
    return NULL;
}

static void many_may_put_the_same_at_once(void **state)
{
    STORES_OR_SKIP(test);
    (void)err;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, put_many, test);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH_STORES(the_same_bytes_are_kept_once_by_their_digest),
        ON_BOTH_STORES(only_its_owner_may_read_a_blob),
        ON_BOTH_STORES(a_received_file_is_moved_into_its_place),
        ON_BOTH_STORES(a_file_from_another_disk_is_copied),
        ON_BOTH_STORES(a_name_that_is_no_digest_opens_nothing),
        ON_BOTH_STORES(a_removed_blob_is_gone_and_may_come_back),
        ON_BOTH_STORES(a_sweep_takes_what_is_old_and_named_by_no_row),
        ON_BOTH_STORES(what_a_file_is_shows_in_its_bytes),
        ON_BOTH_STORES(many_may_put_the_same_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
