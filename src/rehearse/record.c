/* What is written down while the rehearsal is played: lines of the journal, and what each text came to. The hooks that
 * give them have no place for a pointer, so there is one record in a process. */
#include "rehearse/internal.h"

#include <pthread.h>
#include <stdatomic.h>

struct line {
    enum log_level level;
    str event, text;
    int64_t count;
};
struct message {
    str to, subject;
    int64_t count;
    bool is_empty; /* one of them said nothing */
};
struct watched {
    const struct template *template;
    _Atomic int64_t renderings, empties;
};

static struct {
    struct arena *arena, *lines_arena, *mails_arena;
    pthread_mutex_t lock; /* of lines and mails */
    struct map lines, mails;
    struct map texts; /* a template's address → struct watched *: not changed while it is read */
} record = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- The journal ---- */

/* Without what is another each time, so that the same line is one: « dossier=12 », « request=ab ». */
static str without_numbers(struct arena *arena, str text)
{
    static const str keys[] = {STR_INIT("dossier="), STR_INIT("request="), STR_INIT("id=")};
    struct buf out = buf_new(arena, 4096);
    for (str word, rest = text; str_next(&rest, ' ', &word);) {
        bool is_number = false;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            is_number = is_number || str_starts(word, keys[i]);
        if (is_number)
            continue;
        if (out.len > 0)
            buf_add_char(&out, ' ');
        buf_add(&out, word);
    }
    return buf_str(&out);
}

/* A call that is given up is no error of the program: the server that does not answer is played, or the definition
 * gives no address. */
static bool is_dead_call(const char *event, str text)
{
    return str_eq(str_of(event), STR("job.dead")) && str_starts(text, STR("kind=" CALL_JOB_KIND " "));
}

static void take_line(enum log_level level, const char *event, const char *text)
{
    if (level < LOG_WARNING)
        return;
    pthread_mutex_lock(&record.lock);
    str words = without_numbers(record.lines_arena, str_of(text));
    str key = str_fmt(record.lines_arena, "%s %.*s", event, STR_ARG(words));
    struct line *line = map_get(&record.lines, key);
    if (line == NULL) {
        line = arena_new_of(record.lines_arena, struct line);
        level = is_dead_call(event, words) ? LOG_WARNING : level;
        *line = (struct line){level, str_dup(record.lines_arena, str_of(event)), words, 0};
        map_set(&record.lines, key, line);
    }
    line->count++;
    pthread_mutex_unlock(&record.lock);
}

json_t *record_journal(void)
{
    json_t *list = json_array();
    pthread_mutex_lock(&record.lock);
    for (size_t i = 0; i < record.lines.len; i++) {
        const struct line *line = record.lines.entries[i].value;
        json_t *one = json_object();
        json_set_str(one, STR("level"), line->level == LOG_ERROR ? STR("error") : STR("warning"));
        json_set_str(one, STR("event"), line->event);
        json_set_str(one, STR("text"), utf8_repair(record.lines_arena, line->text));
        json_set(one, STR("count"), json_integer(line->count));
        json_array_append_new(list, one);
    }
    arena_reset(record.lines_arena);
    record.lines = map_new(record.lines_arena);
    pthread_mutex_unlock(&record.lock);
    return list;
}

/* ---- Mails ---- */

static void take_mail(const struct mail *mail, str to, const struct mail_parts *parts)
{
    pthread_mutex_lock(&record.lock);
    str key = str_fmt(record.mails_arena, "%.*s\n%.*s", STR_ARG(to), STR_ARG(mail->subject));
    struct message *message = map_get(&record.mails, key);
    if (message == NULL) {
        message = arena_new_of(record.mails_arena, struct message);
        message->to = str_dup(record.mails_arena, to);
        message->subject = str_dup(record.mails_arena, mail->subject);
        map_set(&record.mails, key, message);
    }
    message->count++;
    message->is_empty |= str_is_empty(str_trim(parts->text)) || str_is_empty(str_trim(mail->subject));
    pthread_mutex_unlock(&record.lock);
}

json_t *record_mails(void)
{
    json_t *list = json_array();
    pthread_mutex_lock(&record.lock);
    for (size_t i = 0; i < record.mails.len; i++) {
        const struct message *message = record.mails.entries[i].value;
        json_t *one = json_object();
        json_set_str(one, STR("to"), message->to);
        json_set_str(one, STR("subject"), message->subject);
        json_set(one, STR("count"), json_integer(message->count));
        json_set(one, STR("empty"), json_boolean(message->is_empty));
        json_array_append_new(list, one);
    }
    arena_reset(record.mails_arena);
    record.mails = map_new(record.mails_arena);
    pthread_mutex_unlock(&record.lock);
    return list;
}

/* ---- Texts ---- */

static str key_of(const struct template *const *template)
{
    return (str){(const char *)template, sizeof *template};
}

static void take_rendering(const struct template *template, bool is_empty)
{
    struct watched *watched = map_get(&record.texts, key_of(&template));
    if (watched == NULL)
        return;
    atomic_fetch_add_explicit(&watched->renderings, 1, memory_order_relaxed);
    if (is_empty)
        atomic_fetch_add_explicit(&watched->empties, 1, memory_order_relaxed);
}

static void watch(const struct template *template)
{
    if (map_get(&record.texts, key_of(&template)) != NULL)
        return;
    struct watched *watched = arena_new_of(record.arena, struct watched);
    watched->template = template;
    map_set(&record.texts, key_of(&watched->template), watched);
}

static void watch_form(struct stage *stage, const struct form *form)
{
    for (size_t i = 0; i < form->texts.len; i++)
        watch(form->texts.at[i].template);
    const struct workflow *workflow = catalogue_workflow_of(stage->catalogue, form);
    const struct workflow_texts *texts = workflow == NULL ? NULL : workflow_texts(workflow);
    for (size_t i = 0; texts != NULL && i < texts->len; i++)
        watch(texts->at[i].template);
}

void record_begin(struct stage *stage)
{
    record.arena = arena_new();
    record.lines_arena = arena_new();
    record.lines = map_new(record.lines_arena);
    record.mails_arena = arena_new();
    record.mails = map_new(record.mails_arena);
    record.texts = map_new(record.arena);
    const struct catalogue_forms *forms = catalogue_forms(stage->catalogue);
    for (size_t i = 0; i < forms->len; i++)
        watch_form(stage, forms->at[i]);
    stage->installation->relay.kept = take_mail;
    log_set_sink(take_line);
    template_set_watch(take_rendering);
}

void record_end(void)
{
    template_set_watch(NULL);
    log_set_sink(NULL);
    arena_free(record.mails_arena);
    arena_free(record.lines_arena);
    arena_free(record.arena);
}

static void tell_text(const struct template *template, str where, json_t *out)
{
    const struct watched *watched = map_get(&record.texts, key_of(&template));
    if (watched == NULL || template_is_constant(template) || template_names(template).len == 0)
        return;
    int64_t renderings = watched->renderings, empties = watched->empties;
    const char *list = NULL;
    if (renderings == 0)
        list = "unused";
    else if (template_is_condition(template))
        list = empties == renderings ? "never_held" : empties == 0 ? "always_held" : NULL;
    else if (empties == renderings)
        list = "empty";
    if (list != NULL)
        json_array_append_new(json_object_get(out, list), json_from_str(where));
}

void record_texts(const struct form *form, const struct workflow *workflow, json_t *out)
{
    for (const char *const *list = (const char *const[]){"empty", "never_held", "always_held", "unused", NULL};
         *list != NULL; list++)
        json_object_set_new(out, *list, json_array());
    for (size_t i = 0; i < form->texts.len; i++)
        tell_text(form->texts.at[i].template, form->texts.at[i].where, out);
    const struct workflow_texts *texts = workflow == NULL ? NULL : workflow_texts(workflow);
    for (size_t i = 0; texts != NULL && i < texts->len; i++)
        tell_text(texts->at[i].template, texts->at[i].where, out);
}
