/* The chains of histories: each way of laying hands on them is told, and what the counter itself erases is not. */
#include "counterwork.h"
#include "stores.h"

#include "dossiers/chain.h"

#include <string.h>

static const char form[] = "{'kind':'form','slug':'permis','name':'Permis','workflow':'w',"
                           "'functions':{'_receiver':'urbanisme'},'fields':["
                           "{'id':'1','type':'string','label':'Nom','varname':'nom'}]}";

static const char workflow[] =
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],'statuses':["
    "{'id':'new','name':'Nouveau','actions':[{'type':'choice','id':'1','label':'Dire','by':['_receiver'],'status':"
    "'said'}]},{'id':'said','name':'Dit','actions':[{'type':'register-comment','id':'1','comment':'<p>{{ form_var_nom "
    "}}</p>'},{'type':'choice','id':'2','label':'Revenir','by':['_receiver'],'status':'new'}]}],'global_actions':["
    "{'id':'anon','name':'Anonymiser','triggers':[{'type':'manual','id':'m','roles':['_receiver']}],'actions':[{'type':"
    "'anonymise','id':'1','mode':'final'}]},"
    "{'id':'del','name':'Supprimer','triggers':[{'type':'manual','id':'m','roles':['_receiver']}],'actions':"
    "[{'type':'remove','id':'1'}]}]}";

struct desk {
    struct counterwork work;
    struct store *store;
};

static bool desk_open(struct desk *desk, void **state)
{
    struct test_stores *test = *state;
    if (!test)
        return false;
    counterwork_make(&desk->work, form, workflow);
    counterwork_open(&desk->work, test,
                     str_fmt(desk->work.arena, "%.*s-%.*s", STR_ARG(test->name),
                             STR_ARG(random_text(desk->work.arena, 6, STR("abcdef")))));
    desk->store = desk->work.place.store;
    return true;
}

#define DESK_OR_SKIP(name)                                                                                             \
    struct desk name;                                                                                                  \
    if (!desk_open(&name, state))                                                                                      \
    skip()

static const struct dossier *perform(struct desk *desk, const struct dossier *dossier, enum event_kind kind,
                                     const char *action)
{
    struct err err = {0};
    struct dossier *now = NULL;
    assert_true(dossier_load(&desk->work.place, dossier->id, &now, &err));
    struct event event = {.kind = kind, .actor = test_agent, .action = str_of(action)};
    test_now += INSTANT_SECOND;
    assert_true(dossier_perform(&desk->work.place, now, &event, NULL, &err));
    return dossier;
}

/* With a history of four entries. */
static const struct dossier *file(struct desk *desk)
{
    struct err err = {0};
    const struct dossier *dossier = NULL;
    struct filing filing = {.form = desk->work.form, .answers = json_of(desk->work.arena, "{'1':'Ana'}"), .account = 3};
    assert_true(dossier_file(&desk->work.place, &filing, &dossier, NULL, &err));
    perform(desk, dossier, EVENT_SUBMIT, "1");
    perform(desk, dossier, EVENT_SUBMIT, "2");
    return perform(desk, dossier, EVENT_SUBMIT, "1");
}

struct told {
    struct arena *arena;
    struct history_check check;
    str words; /* « changed 2/1, cut 4/1 » */
};

static void tell(void *data, const struct history_fault *fault)
{
    static const char *const kinds[] = {"changed", "erased", "missing", "added", "moved", "cut", "end", "no-dossier"};
    struct told *told = data;
    told->words = str_fmt(told->arena, "%.*s%s%s %lld/%lld", STR_ARG(told->words), told->words.len ? ", " : "",
                          kinds[fault->kind], (long long)fault->position, (long long)fault->count);
}

static struct told verify(struct desk *desk)
{
    struct told told = {.arena = desk->work.arena};
    struct err err = {0};
    told.check.tell = tell;
    told.check.data = &told;
    assert_true(dossiers_verify_histories(desk->store, &told.check, &err));
    return told;
}

struct sql_run {
    const char *const *statements;
    int64_t dossier;
};

static bool run_all(struct tx *tx, void *arg, struct err *err)
{
    const struct sql_run *run = arg;
    for (size_t i = 0; run->statements[i]; i++)
        if (!tx_run(tx, run->statements[i], err, P_INT("d", run->dossier)))
            return false;
    return true;
}

static void lay_hands(struct desk *desk, const struct dossier *dossier, const char *const *statements)
{
    struct err err = {0};
    struct sql_run run = {statements, dossier->id};
    if (!store_write(desk->store, run_all, &run, &err))
        fail_msg("%s %s", err.message, err.detail);
}

static void what_the_counter_writes_holds(void **state)
{
    DESK_OR_SKIP(desk);
    for (int i = 0; i < 5; i++)
        file(&desk);
    struct told told = verify(&desk);
    assert_str(told.words, "");
    assert_int_equal(told.check.dossiers, 5);
    assert_int_equal(told.check.entries, 20);
    counterwork_free(&desk.work);
}

static void more_than_a_page_is_looked_at(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = NULL;
    struct filing filing = {.form = desk.work.form, .answers = json_of(desk.work.arena, "{'1':'Ana'}"), .account = 3};
    for (int i = 0; i < 401; i++)
        assert_true(dossier_file(&desk.work.place, &filing, &filed, NULL, NULL));
    assert_int_equal(verify(&desk).check.dossiers, 401);
    lay_hands(&desk, filed, (const char *const[]){"UPDATE dossier_history SET at = at + 1 WHERE dossier = :d", NULL});
    assert_str(verify(&desk).words, "changed 1/1");
    counterwork_free(&desk.work);
}

static void each_way_of_laying_hands_is_told(void **state)
{
    static const struct {
        const char *told;
        const char *statements[6];
    } ways[] = {
        {"changed 2/1", {"UPDATE dossier_history SET parts = '[{}]' WHERE dossier = :d AND position = 2"}},
        {"changed 2/1", {"UPDATE dossier_history SET author_name = 'X' WHERE dossier = :d AND position = 2"}},
        {"changed 2/1", {"UPDATE dossier_history SET account = 99 WHERE dossier = :d AND position = 2"}},
        {"changed 2/1", {"UPDATE dossier_history SET status = 'new' WHERE dossier = :d AND position = 2"}},
        {"changed 1/1", {"UPDATE dossier_history SET at = at - 1 WHERE dossier = :d AND position = 1"}},
        {"changed 4/1", {"UPDATE dossier_history SET author = 0 WHERE dossier = :d AND position = 4"}},
        {"erased 2/1",
         {"UPDATE dossier_history SET parts = '[]', account = 0, author_name = '', salt = '' WHERE dossier = :d"
          " AND position = 2"}},
        {"changed 2/1", {"UPDATE dossier_history SET salt = '' WHERE dossier = :d AND position = 2"}},
        {"missing 2/1", {"DELETE FROM dossier_history WHERE dossier = :d AND position = 2"}},
        {"missing 1/2", {"DELETE FROM dossier_history WHERE dossier = :d AND position <= 2"}},
        {"missing 2/1",
         {"DELETE FROM dossier_history WHERE dossier = :d AND position = 2",
          "UPDATE dossier_history SET position = 2 WHERE dossier = :d AND position = 3",
          "UPDATE dossier_history SET position = 3 WHERE dossier = :d AND position = 4"}},
        {"cut 4/1", {"DELETE FROM dossier_history WHERE dossier = :d AND position = 4"}},
        {"cut 1/4", {"DELETE FROM dossier_history WHERE dossier = :d"}},
        {"end 3/1",
         {"DELETE FROM dossier_history WHERE dossier = :d AND position = 4",
          "UPDATE dossier SET history_length = 3 WHERE id = :d"}},
        {"added 5/1",
         {"INSERT INTO dossier_history (id, dossier, position, at, author, account, author_name, status, parts, salt,"
          " content, link) SELECT 77, dossier, 5, at, author, account, author_name, status, parts, salt, content, link"
          " FROM dossier_history WHERE dossier = :d AND position = 4"}},
        {"added 3/1",
         {"UPDATE dossier_history SET position = 5 WHERE dossier = :d AND position = 4",
          "UPDATE dossier_history SET position = 4 WHERE dossier = :d AND position = 3",
          "INSERT INTO dossier_history (id, dossier, position, at, author, account, author_name, status, parts, salt,"
          " content, link) SELECT 77, dossier, 3, at, author, account, author_name, status, parts, salt, content, link"
          " FROM dossier_history WHERE dossier = :d AND position = 2"}},
        {"moved 2/1, moved 3/1, moved 4/1",
         {"UPDATE dossier_history SET position = 9 WHERE dossier = :d AND position = 2",
          "UPDATE dossier_history SET position = 2 WHERE dossier = :d AND position = 3",
          "UPDATE dossier_history SET position = 3 WHERE dossier = :d AND position = 9"}},
        {"end 4/1", {"UPDATE dossier SET history_head = '' WHERE id = :d"}},
        {"no-dossier 1/4", {"UPDATE dossier SET is_removed = 1 WHERE id = :d"}},
        {"no-dossier 1/4", {"DELETE FROM dossier WHERE id = :d"}},
    };
    DESK_OR_SKIP(desk);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const struct dossier *before = file(&desk), *filed = file(&desk), *behind = file(&desk);
        lay_hands(&desk, filed, ways[i].statements);
        str words = verify(&desk).words;
        if (!str_eq(words, str_of(ways[i].told)))
            print_error("%s\n", ways[i].statements[0]);
        assert_str(words, ways[i].told);
        const struct dossier *const all[] = {before, filed, behind};
        for (size_t k = 0; k < 3; k++)
            lay_hands(&desk, all[k],
                      (const char *const[]){"DELETE FROM dossier_history WHERE dossier = :d",
                                            "DELETE FROM dossier WHERE id = :d", NULL});
    }
    counterwork_free(&desk.work);
}

static void what_is_erased_leaves_the_chain_whole(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk);
    perform(&desk, filed, EVENT_GLOBAL, "anon");
    struct told told = verify(&desk);
    assert_str(told.words, "");
    assert_int_equal(told.check.erased, told.check.entries);
    assert_true(told.check.erased >= 4);
    /* what says when, and where it stood, stays proved */
    lay_hands(&desk, filed,
              (const char *const[]){"UPDATE dossier_history SET at = 0 WHERE dossier = :d AND position = 2", NULL});
    assert_str(verify(&desk).words, "changed 2/1");
    counterwork_free(&desk.work);
}

static void a_removed_dossier_leaves_nothing_to_prove(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk);
    file(&desk);
    perform(&desk, filed, EVENT_GLOBAL, "del");
    struct told told = verify(&desk);
    assert_str(told.words, "");
    assert_int_equal(told.check.dossiers, 1);
    assert_int_equal(told.check.entries, 4);
    counterwork_free(&desk.work);
}

/* As a store from before has them. */
static const char *const unchained[] = {"UPDATE dossier_history SET position = -id, salt = '', content = '', link = ''",
                                        "UPDATE dossier SET history_length = 0, history_head = ''", NULL};

static bool chain_in(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    return chain_all(tx, err);
}

static void histories_from_before_are_chained(void **state)
{
    DESK_OR_SKIP(desk);
    for (int i = 0; i < 300; i++)
        file(&desk);
    const struct dossier *filed = file(&desk), *erased = file(&desk), *removed = file(&desk);
    perform(&desk, erased, EVENT_GLOBAL, "anon");
    perform(&desk, removed, EVENT_GLOBAL, "del");
    int64_t entries = verify(&desk).check.entries, blank = verify(&desk).check.erased;
    lay_hands(&desk, filed, unchained);
    assert_true(verify(&desk).check.faults > 0);
    assert_true(store_write(desk.store, chain_in, NULL, NULL));
    struct told told = verify(&desk);
    assert_str(told.words, "");
    assert_int_equal(told.check.entries, entries);
    assert_int_equal(told.check.erased, blank);
    perform(&desk, filed, EVENT_SUBMIT, "2");
    assert_str(verify(&desk).words, "");
    counterwork_free(&desk.work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH_STORES(what_the_counter_writes_holds),
        ON_BOTH_STORES(more_than_a_page_is_looked_at),
        ON_BOTH_STORES(each_way_of_laying_hands_is_told),
        ON_BOTH_STORES(what_is_erased_leaves_the_chain_whole),
        ON_BOTH_STORES(a_removed_dossier_leaves_nothing_to_prove),
        ON_BOTH_STORES(histories_from_before_are_chained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
