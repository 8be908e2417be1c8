/* Buttons in mails: what stands in the two parts of the mail, what the dossier remembers, and what pressing one does.
 */
#include "counterwork.h"

static const char form[] = "{'kind':'form','slug':'visite','name':'Visite','workflow':'w','functions':{'_receiver':"
                           "'urbanisme'},'fields':[{'id':'1','type':'string','label':'Nom','varname':'nom'}]}";
static const char workflow[] =
    "{'kind':'workflow','slug':'w','name':'Circuit','functions':[{'id':'_receiver','name':'Agents'}],'statuses':["
    "{'id':'a','name':'A','actions':[{'type':'sendmail','id':'1','to':['_receiver'],'subject':'Visite',"
    "'body':'{{ form_var_nom }} {% action_button \\\"venir\\\" label=\\\"Je viens\\\" delay=2 message=form_var_nom "
    "%}'},"
    "{'type':'register-comment','id':'2','comment':'<p>x{% action_button \\\"venir\\\" label=\\\"Non\\\" %}y</p>'},"
    "{'type':'choice','id':'3','label':'Viendra','by':['_receiver'],'status':'b','identifier':'venir'}]},"
    "{'id':'b','name':'B','actions':[]}]}";

static str mail_of(struct counterwork *work, const struct change *change, const char *part)
{
    for (size_t i = 0; i < change->jobs.len; i++) {
        const json_t *payload = json_parse(work->arena, change->jobs.at[i].payload, NULL);
        if (json_dict(payload, "words"))
            return json_str(json_dict(payload, "words"), part);
    }
    return STR_EMPTY;
}

/* The token of the first address in the text; empty: there is none. */
static str token_in(str text)
{
    size_t at = str_find(text, STR("/boutons/"), 0);
    if (at == SIZE_MAX)
        return STR_EMPTY;
    at += STR("/boutons/").len;
    return str_slice(text, at, str_find(text, STR("/"), at));
}

static struct event press(str key)
{
    return (struct event){.kind = EVENT_BUTTON, .action = key};
}

static void a_button_serves_once_until_it_expires(void **state)
{
    (void)state;
    struct counterwork work;
    struct mail_button button;
    struct err err = {0};
    int64_t id;
    str key;
    counterwork_make(&work, form, workflow);
    struct change *change = counterwork_file(&work, "{'1':'\xee\x80\x80"
                                                    "0\xee\x80\x81\xee\x80\x80"
                                                    "7\xee\x80\x81 Zoé'}");
    const struct dossier *dossier = change->after;
    assert_null(dossier->buttons);
    str plain = mail_of(&work, change, "text"), token = token_in(plain);
    assert_true(str_contains(plain, STR("[Je viens] https://ville.example/boutons/1000-")));
    assert_true(str_contains(mail_of(&work, change, "html"), STR("/\">Je viens</a>")));
    assert_true(button_token_parse(work.arena, token, &id, &key));
    assert_int_equal(id, 1000);
    const json_t *kept = json_get(dossier->marks, STR("buttons"));
    assert_int_equal(json_array_size(kept), 1); /* that of the mail alone */
    assert_str(json_str(json_array_get(kept, 0), "key"), key.ptr);
    assert_false(str_contains(json_text(work.arena, kept), str_slice(token, 5, SIZE_MAX)));

    assert_int_equal(dossier_button(&work.place, dossier, STR("0"), &button), BUTTON_UNKNOWN);
    assert_int_equal(dossier_button(&work.place, dossier, STR_EMPTY, &button), BUTTON_UNKNOWN);
    assert_int_equal(dossier_button(&work.place, dossier, key, &button), BUTTON_READY);
    assert_str(button.label, "Je viens");
    struct event event = press(key);
    const struct dossier *after = counterwork_do(&work, dossier, &event)->after;
    assert_str(after->status, "b");
    assert_int_equal(dossier_button(&work.place, after, key, &button), BUTTON_USED);
    struct change refused;
    assert_false(dossier_perform_prepare(&work.place, after, &event, &refused, &err));
    assert_int_equal(err.code, ERR_CONFLICT);

    struct dossier elsewhere = *dossier;
    elsewhere.status = STR("b");
    assert_int_equal(dossier_button(&work.place, &elsewhere, key, &button), BUTTON_GONE);
    test_now += 2 * 86400 * INSTANT_SECOND;
    assert_int_equal(dossier_button(&work.place, dossier, key, &button), BUTTON_EXPIRED);
    assert_false(dossier_perform_prepare(&work.place, dossier, &event, &refused, &err));
    counterwork_free(&work);
}

static void an_address_is_read_strictly(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "-", "1", "1-", "x-y", "1-short", "-1-0000000000000000000000000000000000000000000"};
    struct arena *arena = arena_new();
    int64_t id;
    str key;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(button_token_parse(arena, str_of(wrong[i]), &id, &key));
        assert_str(key, "");
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_button_serves_once_until_it_expires),
                                       cmocka_unit_test(an_address_is_read_strictly)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
