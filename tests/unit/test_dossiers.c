#include "counterwork.h"
#include "stores.h"

#include "dossiers/tables.h"
#include "mail/mail.h"

static const char form[] =
    "{'kind':'form','slug':'permis',"
    "'digest_template':'{{ form_var_nom }} {{ form_digest }}{% for d in form_objects %}{{ d.form_digest }}{% endfor "
    "%}!',"
    "'name':'Permis de "
    "végétaliser','workflow':'w','functions':{'_receiver':'urbanisme'},"
    "'service':{'silence':'reject','delay':1,'delay_unit':'months','appeal':'Tribunal administratif','contact':"
    "{'name':'Service des arbres','email':'arbres@ville.example','phone':'04 00 00 00 00'}},'fields':["
    "{'id':'1','type':'string','label':'Nom','varname':'nom'},"
    "{'id':'2','type':'string','label':'Rue','varname':'rue','anonymise':'no','display_locations':['listings']},"
    "{'id':'3','type':'email','label':'Courriel','varname':'courriel'},"
    "{'id':'4','type':'file','label':'Plan','varname':'plan'}]}";

static const char workflow[] =
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],'statuses':["
    "{'id':'new','name':'Nouveau','colour':'66FF00','actions':[{'type':'commentable','id':'1','by':['_receiver',"
    "'_submitter']},{'type':'choice','id':'2','label':'Accepter','by':['_receiver'],'status':'ok'},{'type':'jump','id':"
    "'3',"
    "'mode':'timeout','timeout':'2 jours','status':'late'},{'type':'notification','id':'4','to':['_submitter'],"
    "'title':'Bonjour','body':'x'}]},"
    "{'id':'late','name':'En "
    "retard','actions':[{'type':'choice','id':'1','label':'Accepter','by':['_receiver'],'status':"
    "'ok'}]},{'id':'ok','name':'Acceptée','actions':[]}],'global_actions':[{'id':'anon','name':'Anonymiser','triggers':"
    "[{'type':'manual','id':'m','roles':['_receiver']}],'actions':[{'type':'anonymise','id':'1','mode':'final'}]},"
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
    str name = str_fmt(desk->work.arena, "%.*s-%.*s", STR_ARG(test->name),
                       STR_ARG(random_text(desk->work.arena, 6, STR("abcdef"))));
    counterwork_open(&desk->work, test, name);
    desk->store = desk->work.place.store;
    return true;
}

static void desk_close(struct desk *desk)
{
    counterwork_free(&desk->work);
}

#define DESK_OR_SKIP(name)                                                                                             \
    struct desk name;                                                                                                  \
    if (!desk_open(&name, state))                                                                                      \
        skip();                                                                                                        \
    struct dossier_place *place = &name.work.place;                                                                    \
    struct arena *arena = name.work.arena;                                                                             \
    struct err err = {0};                                                                                              \
    (void)place;                                                                                                       \
    (void)arena;                                                                                                       \
    (void)err

static const struct dossier *file(struct desk *desk, const char *answers, int64_t account)
{
    struct err err = {0};
    const struct dossier *dossier = NULL;
    struct filing filing = {.form = desk->work.form,
                            .answers = json_of(desk->work.arena, answers),
                            .account = account,
                            .submitter_name = account ? STR("Rémi Résident") : STR_EMPTY};
    test_now += INSTANT_SECOND;
    if (!dossier_file(&desk->work.place, &filing, &dossier, NULL, &err))
        print_error("%s %s\n", err.message, err.detail);
    assert_non_null(dossier);
    return dossier;
}

struct taken_job {
    struct arena *arena;
    str kind;
    struct job_list jobs;
};

static bool read_jobs(struct tx *tx, void *arg, struct err *err)
{
    struct taken_job *taken = arg;
    struct rows rows = tx_query(tx, "SELECT kind, key, payload, due FROM job WHERE kind = :kind ORDER BY id",
                                P_TEXT("kind", taken->kind));
    while (rows_next(&rows))
        *vec_push(taken->arena, &taken->jobs) = (struct job){.kind = rows_copy(&rows, taken->arena, 0),
                                                             .key = rows_copy(&rows, taken->arena, 1),
                                                             .payload = rows_copy(&rows, taken->arena, 2),
                                                             .due = rows_int(&rows, 3)};
    return rows_end(&rows, err);
}

static struct job_list jobs_of(struct desk *desk, str kind)
{
    struct taken_job taken = {.arena = desk->work.arena, .kind = kind};
    assert_true(store_read(desk->store, read_jobs, &taken, NULL));
    return taken.jobs;
}

static struct dossier *reload(struct desk *desk, const struct dossier *dossier)
{
    struct dossier *again = NULL;
    struct err err = {0};
    assert_true(dossier_load(&desk->work.place, dossier->id, &again, &err));
    return again;
}

/* ---- Codes ---- */

static void a_code_survives_what_people_type(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (int i = 0; i < 200; i++) {
        str code = dossier_code_new(arena), parsed;
        assert_int_equal(code.len, 7);
        assert_true(dossier_code_parse(arena, dossier_code_shown(arena, code), &parsed));
        assert_true(str_eq(code, parsed));
        assert_true(dossier_code_parse(arena, str_lower(arena, code), &parsed));
        str wrong = str_dup(arena, code);
        char *sign = (char *)(uintptr_t)wrong.ptr + i % 7;
        *sign = *sign == '7' ? '8' : '7';
        assert_false(dossier_code_parse(arena, wrong, &parsed));
    }
    str parsed;
    assert_false(dossier_code_parse(arena, STR(""), &parsed));
    assert_false(dossier_code_parse(arena, STR("4K7-P92-MM"), &parsed));
    assert_false(dossier_code_parse(arena, STR("é$"), &parsed));
    arena_free(arena);
}

/* ---- Filing ---- */

static void a_filed_dossier_is_found_whole(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Ana','2':'rue Haute','3':'ana@exemple.fr'}", 0);
    struct dossier *found = NULL;
    assert_true(dossier_find_by_code(place, dossier_code_shown(arena, filed->code), &found, &err));
    assert_int_equal(found->id, filed->id);
    assert_str(found->status, "new");
    assert_str(found->email, "ana@exemple.fr");
    assert_str(found->submitter_name, "Ana");
    assert_str(json_str(found->answers, "2"), "rue Haute");
    assert_int_equal(found->history.len, 1);
    assert_int_equal(found->revision, 1);
    assert_true(str_starts(dossier_number(arena, found), STR("1-")));
    assert_false(dossier_find_by_code(place, STR("1234"), &found, &err));
    assert_int_equal(err.code, ERR_INVALID);
    const struct dossier *second = file(&desk, "{'1':'Bob'}", 0);
    assert_int_equal(second->sequence, filed->sequence + 1);
    assert_int_equal(second->form_number, filed->form_number);
    desk_close(&desk);
}

enum { TAKEN = 6 };

/* As if another process had filed those that ours is about to. */
static bool take_the_next_numbers(struct tx *tx, void *arg, struct err *err)
{
    (void)arg;
    return tx_run(tx, "UPDATE dossier SET sequence = sequence + :taken", err, P_INT("taken", TAKEN));
}

static void numbers_that_another_took_are_drawn_anew(void **state)
{
    DESK_OR_SKIP(desk);
    for (int i = 0; i < TAKEN; i++)
        file(&desk, "{'1':'Ana'}", 0);
    assert_true(store_write(desk.store, take_the_next_numbers, NULL, &err));
    assert_int_equal(file(&desk, "{'1':'Bob'}", 0)->sequence, 2 * TAKEN + 1);
    desk_close(&desk);
}

static void the_receipt_says_what_the_law_asks(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Ana','3':'ana@exemple.fr'}", 0);
    struct job_list mails = jobs_of(&desk, STR("mail.send"));
    assert_int_equal(mails.len, 1);
    const json_t *mail = json_parse(arena, mails.at[0].payload, NULL);
    struct pages *pages = pages_load(NULL, &err);
    assert_non_null(pages);
    struct mail_parts parts;
    assert_true(mail_render(arena, pages, json_str(mail, "page"), json_object_get(mail, "words"), &parts, &err));
    static const char *const mentions[] = {
        "14 décembre 2026", "Service des arbres", "arbres@ville.example",  "04 00 00 00 00",
        "refusée",          "14 janvier 2027",    "Tribunal administratif"};
    for (size_t i = 0; i < sizeof mentions / sizeof *mentions; i++) {
        if (!str_contains(parts.text, str_of(mentions[i])))
            print_error("missing: %s in\n%.*s\n", mentions[i], STR_ARG(parts.text));
        assert_true(str_contains(parts.text, str_of(mentions[i])));
        assert_true(str_contains(parts.html, str_of(mentions[i])));
    }
    assert_true(str_contains(parts.text, dossier_code_shown(arena, filed->code)));
    assert_false(str_contains(parts.text, STR("{{")));
    pages_free(pages);
    desk_close(&desk);
}

static void silence_is_dated_by_the_calendar(void **state)
{
    DESK_OR_SKIP(desk);
    static const struct {
        const char *service, *received, *date; /* date NULL: no decision is born */
    } cases[] = {
        {"{'silence':'accept','delay':2,'delay_unit':'months'}", "2026-12-31T10:00:00Z", "2027-02-28"},
        {"{'silence':'reject','delay':1,'delay_unit':'months'}", "2028-01-31T10:00:00Z", "2028-02-29"},
        {"{'silence':'accept','delay':15,'delay_unit':'days'}", "2026-12-20T10:00:00Z", "2027-01-04"},
        {"{'silence':'accept','delay':2,'delay_unit':'weeks'}", "2026-03-20T10:00:00Z", "2026-04-03"},
        {"{'silence':'accept','delay':4,'delay_unit':'months'}", "2026-11-30T23:30:00Z", "2027-04-01"},
        {"{'silence':'none'}", "2026-12-20T10:00:00Z", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct form other = *desk.work.form;
        other.service = json_of(arena, cases[i].service);
        instant received;
        struct date date;
        bool accepts;
        assert_true(instant_parse(str_of(cases[i].received), &received));
        const struct dossier dossier = {.received = received};
        bool decides = dossier_silence_date(place, &other, &dossier, &date, &accepts);
        assert_int_equal(decides, cases[i].date != NULL);
        if (decides)
            assert_str(date_iso(arena, date), cases[i].date);
    }
    desk_close(&desk);
}

static instant at_or_never(const char *text)
{
    instant at = 0;
    assert_true(!text || instant_parse(str_of(text), &at));
    return at;
}

/* CRPA L114-5: months run from the day of the last document, or stand still. */
static void documents_that_are_asked_for_move_the_day_on_which_silence_decides(void **state)
{
    DESK_OR_SKIP(desk);
    static const struct {
        const char *service, *from, *due, *to, *date;
    } cases[] = {
        {"{'silence':'accept','delay':2}", "2026-01-10T10:00:00Z", "2026-02-10T23:00:00Z", NULL, NULL},
        {"{'silence':'accept','delay':2}", "2026-01-10T10:00:00Z", "2026-02-10T23:00:00Z", "2026-01-31T22:30:00Z",
         "2026-03-31"},
        {"{'silence':'accept','delay':2}", "2026-01-10T10:00:00Z", "2026-01-20T23:00:00Z", "2026-03-01T10:00:00Z",
         "2026-05-01"},
        {"{'silence':'reject','delay':2}", "2026-01-10T10:00:00Z", "2026-01-20T23:00:00Z", NULL, "2026-03-12"},
        {"{'silence':'reject','delay':2}", "2026-01-10T10:00:00Z", "2026-01-20T23:00:00Z", "2026-01-15T10:00:00Z",
         "2026-03-06"},
        {"{'silence':'reject','delay':2}", "2026-01-10T10:00:00Z", "2026-01-20T23:00:00Z", "2026-02-15T10:00:00Z",
         "2026-03-12"},
        {"{'silence':'none'}", "2026-01-10T10:00:00Z", "2026-01-20T23:00:00Z", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct form other = *desk.work.form;
        other.service = json_of(arena, cases[i].service);
        struct date date;
        bool accepts;
        json_t *stop = json_pack("{s:I, s:I}", "from", (json_int_t)at_or_never(cases[i].from), "due",
                                 (json_int_t)at_or_never(cases[i].due));
        if (cases[i].to)
            json_set(stop, STR("to"), json_integer(at_or_never(cases[i].to)));
        const struct dossier dossier = {.received = at_or_never("2026-01-01T10:00:00Z"),
                                        .marks = json_keep(arena, json_pack("{s:[o]}", "stops", stop))};
        assert_int_equal(dossier_silence_date(place, &other, &dossier, &date, &accepts), cases[i].date != NULL);
        if (cases[i].date)
            assert_str(date_iso(arena, date), cases[i].date);
    }
    desk_close(&desk);
}

/* ---- Treating ---- */

static void treating_writes_all_and_is_locked_by_revision(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Ana'}", 3);
    struct dossier *first = reload(&desk, filed), *second = reload(&desk, filed);
    struct event event = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("2"), .status = STR("new")};
    assert_int_equal(jobs_of(&desk, STR("workflow.timer")).len, 1);
    assert_true(dossier_perform(place, first, &event, NULL, &err));
    assert_false(dossier_perform(place, second, &event, NULL, &err));
    assert_int_equal(err.code, ERR_CONFLICT);
    struct dossier *after = reload(&desk, filed);
    assert_str(after->status, "ok");
    assert_true(after->is_final);
    assert_int_equal(after->history.len, 2);
    assert_str(after->history.at[1].author_name, "Agathe Agent");
    assert_int_equal(jobs_of(&desk, STR("workflow.timer")).len, 0);

    struct dossier_notices notices;
    assert_true(dossier_read_notices(place, 3, 10, &notices, &err));
    assert_int_equal(notices.len, 1);
    assert_false(notices.at[0].is_read);
    assert_true(dossier_mark_notices_read(place, 3, &err));
    assert_true(dossier_read_notices(place, 3, 10, &notices, &err));
    assert_true(notices.at[0].is_read);
    desk_close(&desk);
}

static bool plant_value(struct tx *tx, void *dossier, struct err *err)
{
    return tx_run(tx, "INSERT INTO dossier_value (form, field, text, dossier) VALUES ('permis', '9', 'x', :dossier)",
                  err, P_INT("dossier", *(int64_t *)dossier));
}

struct counting {
    int64_t dossier, values, waiting;
};

static bool count_beside(struct tx *tx, void *arg, struct err *err)
{
    struct counting *counting = arg;
    struct rows rows =
        tx_query(tx,
                 "SELECT (SELECT COUNT(*) FROM dossier_value WHERE dossier = :dossier),"
                 " (SELECT COUNT(*) FROM dossier_listing WHERE dossier = :dossier AND phase = 2 AND updated = :now)",
                 P_INT("dossier", counting->dossier), P_INT("now", test_now));
    if (rows_next(&rows)) {
        counting->values = rows_int(&rows, 0);
        counting->waiting = rows_int(&rows, 1);
    }
    return rows_end(&rows, err);
}

/* A row of the index that is put there behind its back stays until what is indexed changes. */
static void what_a_step_leaves_as_it_was_is_not_written_again(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Ana','2':'rue Basse'}", 3);
    struct counting beside = {.dossier = filed->id};
    assert_true(store_read(desk.store, count_beside, &beside, NULL));
    assert_int_equal(beside.values, 1);
    assert_int_equal(beside.waiting, 2); /* of the role, and of the administrators */
    assert_true(store_write(desk.store, plant_value, &beside.dossier, &err));

    static const struct posted_comment comment = {.action = STR_INIT("1"), .text = STR_INIT("Vu.")};
    static const struct {
        struct event event;
        int waiting, values;
    } steps[] = {{{.kind = EVENT_SUBMIT, .comments = &comment, .comment_count = 1}, 2, 2},
                 {{.kind = EVENT_SUBMIT, .action = STR_INIT("2"), .status = STR_INIT("new")}, 0, 2},
                 {{.kind = EVENT_GLOBAL, .action = STR_INIT("anon")}, 0, 0}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct event event = steps[i].event;
        event.actor = test_agent;
        test_now += INSTANT_SECOND;
        assert_true(dossier_perform(place, reload(&desk, filed), &event, NULL, &err));
        assert_true(store_read(desk.store, count_beside, &beside, NULL));
        assert_int_equal(beside.waiting, steps[i].waiting);
        assert_int_equal(beside.values, steps[i].values);
    }
    desk_close(&desk);
}

static void a_timer_job_moves_the_dossier_once(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Ana'}", 3);
    struct job_list timers = jobs_of(&desk, STR("workflow.timer"));
    assert_int_equal(timers.len, 1);
    assert_true(timers.at[0].due == filed->received + 2 * INSTANT_DAY);
    test_now += 2 * INSTANT_DAY;
    assert_true(dossier_run_job(place, &timers.at[0], &err));
    assert_true(dossier_run_job(place, &timers.at[0], &err));
    struct dossier *after = reload(&desk, filed);
    assert_str(after->status, "late");
    assert_int_equal(after->history.len, 2);
    desk_close(&desk);
}

static struct {
    struct desk *desk;
    const struct workflow *(*workflow)(const void *data, str slug, int64_t version);
    int times; /* that it will do so yet */
} somebody;

static bool change_revision(struct tx *tx, void *unused, struct err *err)
{
    (void)unused;
    return tx_run(tx, "UPDATE dossier SET revision = revision + 1", err);
}

/* Asked once a dossier was read: somebody changes it then. */
static const struct workflow *workflow_while_somebody_changes(const void *data, str slug, int64_t version)
{
    if (somebody.times > 0) {
        somebody.times--;
        assert_true(store_write(somebody.desk->store, change_revision, NULL, NULL));
    }
    return somebody.workflow(data, slug, version);
}

static void a_timer_comes_though_somebody_changes_the_dossier_meanwhile(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Ana'}", 3);
    struct job_list timers = jobs_of(&desk, STR("workflow.timer"));
    test_now += 2 * INSTANT_DAY;
    somebody.desk = &desk;
    somebody.workflow = desk.work.definitions.workflow;
    somebody.times = 3;
    desk.work.definitions.workflow = workflow_while_somebody_changes;
    assert_true(dossier_run_job(place, &timers.at[0], &err));
    assert_int_equal(somebody.times, 0);
    assert_str(reload(&desk, filed)->status, "late");
    desk_close(&desk);
}

static void removal_leaves_nothing_but_the_number(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Ana','2':'rue Haute'}", 3);
    struct event event = {.kind = EVENT_GLOBAL, .actor = test_agent, .action = STR("del")};
    assert_true(dossier_perform(place, filed, &event, NULL, &err));
    struct dossier *gone;
    assert_false(dossier_load(place, filed->id, &gone, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    struct dossier_page page;
    struct dossier_query query = {.actor = &test_admin};
    assert_true(dossier_list(place, &query, &page, &err));
    assert_int_equal(page.lines.len, 0);
    query.search = STR("haute");
    assert_true(dossier_list(place, &query, &page, &err));
    assert_int_equal(page.lines.len, 0);
    assert_int_equal(file(&desk, "{'1':'Bob'}", 3)->sequence, filed->sequence + 1);
    desk_close(&desk);
}

static void anonymisation_blanks_history_and_search(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Ana','2':'rue Haute'}", 3);
    assert_true(dossier_add_note(place, filed->id, 7, STR("Agathe"), STR("Ana a téléphoné"), &err));
    assert_true(store_write(place->store, search_index_new, NULL, &err));
    struct event event = {.kind = EVENT_GLOBAL, .actor = test_agent, .action = STR("anon")};
    assert_true(dossier_perform(place, filed, &event, NULL, &err));
    struct dossier *after = reload(&desk, filed);
    assert_true(after->is_anonymised);
    assert_null(json_object_get(after->answers, "1"));
    assert_str(json_str(after->answers, "2"), "rue Haute");
    for (size_t i = 0; i < after->history.len; i++)
        assert_str(after->history.at[i].author_name, "");
    struct dossier_page page;
    struct dossier_query query = {.actor = &test_admin, .search = STR("ana")};
    assert_true(dossier_list(place, &query, &page, &err));
    assert_int_equal(page.lines.len, 0);
    struct dossier_notes notes;
    assert_true(dossier_read_notes(place, filed->id, &notes, &err));
    assert_int_equal(notes.len, 0);
    desk_close(&desk);
}

/* ---- Lists ---- */

static void pages_follow_each_other_without_gap(void **state)
{
    DESK_OR_SKIP(desk);
    int64_t ids[7];
    for (int i = 0; i < 7; i++)
        ids[i] = file(&desk, "{'1':'Ana'}", 3)->id;
    for (int sort = DOSSIER_NEWEST; sort <= DOSSIER_LAST_UPDATED; sort++) {
        struct dossier_query query = {.actor = &test_agent, .limit = 3, .sort = (enum dossier_sort)sort};
        struct dossier_page page;
        size_t seen = 0;
        do {
            assert_true(dossier_list(place, &query, &page, &err));
            for (size_t i = 0; i < page.lines.len; i++, seen++)
                assert_int_equal(page.lines.at[i].id, ids[sort == DOSSIER_OLDEST ? seen : 6 - seen]);
            query.cursor = page.next;
        } while (page.next.len);
        assert_int_equal(seen, 7);
    }
    struct dossier_page own;
    assert_true(dossier_list_of_account(place, 3, STR_EMPTY, 5, &own, &err));
    assert_int_equal(own.lines.len, 5);
    assert_str(own.lines.at[0].public_status_name, "Nouveau");
    assert_true(dossier_list_of_account(place, 3, own.next, 5, &own, &err));
    assert_int_equal(own.lines.len, 2);
    assert_str(own.next, "");
    desk_close(&desk);
}

static size_t count_of(struct dossier_place *place, struct dossier_query query)
{
    struct dossier_page page;
    struct err err = {0};
    int64_t count;
    bool is_more;
    if (!dossier_list(place, &query, &page, &err))
        print_error("%s %s\n", err.message, err.detail);
    assert_true(dossier_count(place, &query, &count, &is_more, &err));
    assert_int_equal(count, page.lines.len);
    assert_false(is_more);
    return page.lines.len;
}

static void lists_filter_and_keep_to_ones_roles(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *first = file(&desk, "{'1':'Ana','2':'rue Haute'}", 3);
    file(&desk, "{'1':'Bob','2':'rue Basse'}", 3);
    struct event event = {.kind = EVENT_SUBMIT, .actor = test_agent, .action = STR("2")};
    assert_true(dossier_perform(place, first, &event, NULL, &err));
    const struct actor *agent = &test_agent;
    str permis = STR("permis");
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent}), 2);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = &test_admin}), 2);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = &test_stranger}), 0);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .waiting_only = true}), 1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = &test_admin, .waiting_only = true}), 1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .state = DOSSIER_FINAL}), 1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .state = DOSSIER_OPEN}), 1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .form = permis}), 2);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .form = STR("x")}), 0);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .form = permis, .status = STR("ok")}), 1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .form = permis, .state = DOSSIER_FINAL}),
                     1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .form = permis, .waiting_only = true}), 1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .to = first->received + 1}), 1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = agent, .from = first->received + 1}), 1);
    assert_int_equal(
        count_of(place,
                 (struct dossier_query){.actor = agent, .to = first->received + 1, .sort = DOSSIER_LAST_UPDATED}),
        1);
    assert_int_equal(
        count_of(place, (struct dossier_query){.actor = agent, .from = first->received + 1, .sort = DOSSIER_OLDEST}),
        1);
    assert_int_equal(
        count_of(place,
                 (struct dossier_query){.actor = agent, .form = permis, .field = STR("2"), .value = STR("rue Basse")}),
        1);
    bool has;
    assert_true(dossier_account_has(place, 3, permis, &has, &err));
    assert_true(has);
    assert_true(dossier_account_has(place, 4, permis, &has, &err));
    assert_false(has);
    desk_close(&desk);
}

/* Each filter with a word that the index holds whole, one that it holds the beginning of, and one letter. */
static void narrow_the_search(struct dossier_place *place, const struct dossier *filed)
{
    static const str words[] = {STR_INIT("rue"), STR_INIT("vegetaliser"), STR_INIT("r")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct dossier_query all = {.actor = &test_agent, .search = words[i]};
        struct dossier_query query = all;
        assert_int_equal(count_of(place, query), 2);
        query.form = STR("permis");
        assert_int_equal(count_of(place, query), 2);
        query.form = STR("autre");
        assert_int_equal(count_of(place, query), 0);
        query = all, query.status = filed->status;
        assert_int_equal(count_of(place, query), 2);
        query.status = STR("ailleurs");
        assert_int_equal(count_of(place, query), 0);
        query = all, query.state = DOSSIER_OPEN;
        assert_int_equal(count_of(place, query), 2);
        query.state = DOSSIER_FINAL;
        assert_int_equal(count_of(place, query), 0);
        query = all, query.to = filed->received;
        assert_int_equal(count_of(place, query), 0);
        query = all, query.from = filed->received;
        assert_int_equal(count_of(place, query), 2);
    }
}

static void look_for_both(struct desk *desk, const struct dossier *filed)
{
    struct arena *arena = desk->work.arena;
    struct dossier_place *place = &desk->work.place;
    struct err err = {0};
    static const struct {
        str search;
        size_t found;
    } cases[] = {{STR_INIT("elodie"), 1},   {STR_INIT("ÉLO"), 1},         {STR_INIT("oeuvrard eglise"), 1},
                 {STR_INIT("rue"), 2},      {STR_INIT("vegetaliser"), 2}, {STR_INIT("elodie basse"), 0},
                 {STR_INIT("el"), 1},       {STR_INIT("oeuvrar"), 1},     {STR_INIT("oeuvrax"), 0},
                 {STR_INIT("\"' OR *"), 0}, {STR_INIT("AND"), 0},         {STR_INIT("(rue)"), 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(count_of(place, (struct dossier_query){.actor = &test_agent, .search = cases[i].search}),
                         cases[i].found);
    narrow_the_search(place, filed);
    str code = dossier_code_shown(arena, filed->code), number = dossier_number(arena, filed);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = &test_agent, .search = code}), 1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = &test_agent, .search = number}), 1);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = &test_stranger, .search = code}), 0);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = &test_stranger, .search = STR("rue")}), 0);
    assert_int_equal(count_of(place, (struct dossier_query){.actor = &test_admin,
                                                            .search = STR("rue"),
                                                            .form = STR("permis"),
                                                            .waiting_only = true}),
                     2);
    struct dossier_query query = {.actor = &test_agent, .search = STR("rue"), .limit = 1};
    struct dossier_page page;
    assert_true(dossier_list(place, &query, &page, &err));
    assert_true(page.next.len > 0);
    query.cursor = page.next;
    assert_true(dossier_list(place, &query, &page, &err));
    assert_int_equal(page.lines.at[0].id, filed->id);
    assert_str(page.next, "");
}

/* SQLite's index lags behind: what is in it, what is not, and a page over both. */
static void search_forgives_accents_and_keeps_to_ones_roles(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Élodie Œuvrard','2':'rue de l’Église'}", 0);
    assert_true(store_write(place->store, search_index_new, NULL, &err));
    file(&desk, "{'1':'Bob','2':'rue Basse'}", 3);
    look_for_both(&desk, filed);
    assert_true(store_write(place->store, search_index_new, NULL, &err));
    look_for_both(&desk, filed);
    desk_close(&desk);
}

/* ---- Beside ---- */

static void files_and_notes_are_kept_beside(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed =
        file(&desk, "{'1':'Ana','4':{'blob':'abc123','name':'plan.pdf','type':'application/pdf','size':12}}", 3);
    struct dossier_file found;
    assert_true(dossier_has_file(place, filed, STR("abc123"), &found));
    assert_str(found.name, "plan.pdf");
    assert_false(dossier_has_file(place, filed, STR("zzz"), &found));
    assert_false(dossier_add_note(place, filed->id, 7, STR("Agathe"), STR("  "), &err));
    assert_true(dossier_add_note(place, filed->id, 7, STR("Agathe"), STR("Rappeler Ana"), &err));
    struct dossier_notes notes;
    assert_true(dossier_read_notes(place, filed->id, &notes, &err));
    assert_int_equal(notes.len, 1);
    assert_str(notes.at[0].text, "Rappeler Ana");
    desk_close(&desk);
}

/* ---- Names ---- */

static void templates_read_a_dossier_by_publiks_names(void **state)
{
    DESK_OR_SKIP(desk);
    const struct dossier *filed = file(&desk, "{'1':'Ana','2':'rue Haute'}", 3);
    struct render render = {
        .arena = arena, .scope = dossier_scope(place, desk.work.form, NULL, filed), .now = test_now};
    str number = dossier_number(arena, filed), code = dossier_code_shown(arena, filed->code);
    const struct {
        const char *text;
        str expected;
    } cases[] = {
        {"{{ form_name }}", STR("Permis de végétaliser")},
        {"{{ form_number }}", number},
        {"{{ form_tracking_code }}", code},
        {"{{ form_status }}", STR("Nouveau")},
        {"{{ form_var_nom }}/{{ form_var_rue_raw }}", STR("Ana/rue Haute")},
        {"{{ form_user }}|{{ form_user_email }}|{{ form_user_last_name }}",
         STR("Rémi Résident|remi@exemple.fr|Résident")},
        {"{{ session_user_display_name }}", STR("Rémi Résident")},
        {"{% if form_user %}oui{% endif %}", STR("oui")},
        {"{{ commune_cp }} {{ site_name }}", STR("69001 Ville")},
        {"{{ form_receipt_date }}", STR("14/12/2026")},
        {"{{ today|date:\"d/m/Y\" }}", STR("14/12/2026")},
        {"{% if form_var_plan is None %}rien{% endif %}", STR("rien")},
        {"{% if null is None and true %}ok{% endif %}", STR("ok")},
        {"{{ form_previous_status }}{{ form_comment }}{{ form_nothing }}", STR("")},
        {"{{ form_digest }}", STR("Ana !")}, /* which names itself */
        {"{{ form_submission_agent_email }}{{ form_submission_context_mode }}", STR("")},
        {"{{ form_role_receiver_emails|join:\",\" }}", STR("urbanisme@ville.example")},
        {"{% if is_in_backoffice %}x{% endif %}", STR("")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = STR("test")};
        const struct template *template = template_compile(arena, str_of(cases[i].text), &settings, &err);
        assert_non_null(template);
        str text = template_text(template, &render);
        if (!str_eq(text, cases[i].expected))
            print_error("%s gives « %.*s »\n", cases[i].text, STR_ARG(text));
        assert_true(str_eq(text, cases[i].expected));
    }
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_survives_what_people_type),
        ON_BOTH_STORES(a_filed_dossier_is_found_whole),
        ON_BOTH_STORES(numbers_that_another_took_are_drawn_anew),
        ON_BOTH_STORES(the_receipt_says_what_the_law_asks),
        ON_BOTH_STORES(silence_is_dated_by_the_calendar),
        ON_BOTH_STORES(documents_that_are_asked_for_move_the_day_on_which_silence_decides),
        ON_BOTH_STORES(treating_writes_all_and_is_locked_by_revision),
        ON_BOTH_STORES(what_a_step_leaves_as_it_was_is_not_written_again),
        ON_BOTH_STORES(a_timer_job_moves_the_dossier_once),
        ON_BOTH_STORES(a_timer_comes_though_somebody_changes_the_dossier_meanwhile),
        ON_BOTH_STORES(removal_leaves_nothing_but_the_number),
        ON_BOTH_STORES(anonymisation_blanks_history_and_search),
        ON_BOTH_STORES(pages_follow_each_other_without_gap),
        ON_BOTH_STORES(lists_filter_and_keep_to_ones_roles),
        ON_BOTH_STORES(search_forgives_accents_and_keeps_to_ones_roles),
        ON_BOTH_STORES(files_and_notes_are_kept_beside),
        ON_BOTH_STORES(templates_read_a_dossier_by_publiks_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
