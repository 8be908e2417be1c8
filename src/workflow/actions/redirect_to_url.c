/* redirect_to_url: where the person who acted goes next. */
#include "workflow/actions/actions.h"

struct redirect {
    const struct template *url;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct redirect *redirect = arena_new_of(compiler->arena, struct redirect);
    action->self = redirect;
    redirect->url = compiler_text(compiler, json, "url", TEMPLATE_TEXT);
}

static bool is_web_address(str url)
{
    return str_starts(url, STR("https://")) || str_starts(url, STR("http://")) ||
           (str_starts(url, STR("/")) && !str_starts(url, STR("//")));
}

/* Only to the web: a value that an answer brought must not become javascript: or the like. */
static void perform(struct engine *engine, const struct action *action)
{
    const struct redirect *redirect = action->self;
    str url = engine_text(engine, redirect->url);
    if (is_web_address(url))
        engine->change->redirect_url = url;
}

const struct action_type action_redirect_to_url = {.name = "redirect_to_url", .compile = compile, .perform = perform};
