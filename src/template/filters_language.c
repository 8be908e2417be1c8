/* Filters of languages: which one a text is in, by the small words that no sentence does without; and their names. */
#include "template/filters.h"
#include "template/languages.h"

struct sample {
    const char *code;
    const char *words; /* parted by blanks, folded: no capitals, no accents */
};

static const struct sample samples[] = {
    {"fr",
     " le la les un une des du et est en que qui dans pour pas sur au aux avec ce cette je vous nous il elle ils se "
     "sont par plus mais ou votre vos notre mon ma mes son sa ses c d l j n s qu bonjour merci "},
    {"en",
     " the of and to is are was in that it you for with on as at be this have not but they or from an by we my your "
     "what which hello thanks will can i "},
    {"de",
     " der die das und ist nicht ein eine den dem des zu mit auf fur von im ich sie wir es an auch als wie bei oder "
     "wird sind ihr haben guten danke "},
    {"nl",
     " de het een en van is niet dat op te in voor met zijn aan ik je hij ze wij ook als bij maar door naar uit wordt "
     "deze dit hallo bedankt "},
    {"es",
     " el los las y es una por con para que no se lo como mas pero sus su al del este esta son usted hola gracias "},
    {"it", " il lo gli e una di che non per sono con del della nel alla come piu ma anche questo questa ciao grazie "},
    {"pt", " o os uma e de que nao para com por mais mas dos das ao na no se voce isto esta ola obrigado "},
};

static bool has_word(const struct sample *sample, str word)
{
    str words = str_of(sample->words);
    for (size_t at = 0; (at = str_find(words, word, at)) != SIZE_MAX; at++)
        if (words.ptr[at - 1] == ' ' && words.ptr[at + word.len] == ' ')
            return true;
    return false;
}

/* The language most of whose words stand in the text; '' where two are as likely, or none is. */
static struct value apply_language_detect(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    enum { COUNT = sizeof samples / sizeof *samples, CHARACTERS_READ = 4000 };
    size_t counts[COUNT] = {0}, best = 0, second = 0, found = 0;
    str part, rest = utf8_fold(m->arena, utf8_slice(value.text, 0, CHARACTERS_READ));
    while (str_next(&rest, ' ', &part))
        for (size_t i = 0; i < COUNT && part.len > 0 && part.len < 20; i++)
            counts[i] += has_word(&samples[i], part);
    for (size_t i = 0; i < COUNT; i++) {
        if (counts[i] > best) {
            second = best;
            best = counts[i];
            found = i;
        } else if (counts[i] > second) {
            second = counts[i];
        }
    }
    return best > second ? value_text(str_of(samples[found].code)) : VALUE_EMPTY;
}

static const struct language *language_of(struct value value)
{
    return value.kind == VALUE_TEXT ? language_find(value.text) : NULL;
}

static struct value apply_name(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct language *language = language_of(value);
    return language == NULL ? machine_fault(m, "Cette langue n'est pas connue.") : value_text(language->english);
}

static struct value apply_own_name(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct language *language = language_of(value);
    return language == NULL ? machine_fault(m, "Cette langue n'est pas connue.") : value_text(language->own);
}

static struct value apply_translated_name(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct language *language = language_of(value);
    if (language == NULL)
        return machine_fault(m, "Cette langue n'est pas connue.");
    return value_text(str_eq(m->lang, STR("en")) ? language->english : language->french);
}

static struct value apply_bidi(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct language *language = language_of(value);
    return language == NULL ? machine_fault(m, "Cette langue n'est pas connue.") : value_bool(language->is_bidi);
}

static const struct filter filters[] = {
    {"language_bidi", apply_bidi, ARGUMENT_NONE, 0, "Vrai si cette langue s’écrit de droite à gauche.",
     "{{ 'ar'|language_bidi|yesno }}", "oui", .kinds = GIVES_BOOL},
    {"language_detect", apply_language_detect, ARGUMENT_NONE, FILTER_TEXT | FILTER_WCS,
     "La langue d’un texte, par son code ISO ; vide si elle n’est pas sûre.", "{{ phrase|language_detect }}", "fr",
     .kinds = GIVES_TEXT},
    {"language_name", apply_name, ARGUMENT_NONE, 0, "Le nom anglais de la langue de ce code.",
     "{{ 'de'|language_name }}", "German", .kinds = GIVES_TEXT},
    {"language_name_local", apply_own_name, ARGUMENT_NONE, 0, "Le nom que cette langue se donne.",
     "{{ 'de'|language_name_local }}", "Deutsch", .kinds = GIVES_TEXT},
    {"language_name_translated", apply_translated_name, ARGUMENT_NONE, 0, "Le nom de cette langue dans celle du texte.",
     "{{ 'de'|language_name_translated }}", "Allemand", .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_language, "Langues", filters);
