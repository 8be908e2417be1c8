/* compiler: from text to program, in one pass. Private to template; each tag is one function and one line of a table.
 */
#ifndef GUICHET_TEMPLATE_COMPILER_H
#define GUICHET_TEMPLATE_COMPILER_H

#include "template/program.h"

enum token_kind { TOKEN_TEXT, TOKEN_PRINT, TOKEN_TAG, TOKEN_END };

struct token {
    enum token_kind kind;
    str text;         /* without its braces, trimmed; whole for a text */
    int line, column; /* 1-based */
};

struct lexer {
    str source;
    size_t at;
    int line, column;
    size_t vain_until[3]; /* no {{, {% or {# that opens before closes */
    str verbatim;         /* the tag that opened it, empty outside */
};

/* The next token; comments are left out. */
struct token lexer_next(struct lexer *lexer);

struct words {
    str *at;
    size_t len, cap;
};

/* A tag cut at its blanks, but not within quotes (Django's smart_split). */
struct words lexer_split(struct arena *arena, str text);

struct cycle { /* {% cycle … %}, for those that name it later */
    str name;
    struct words words; /* its values */
    size_t slot;
    bool silent;
};

struct compiler {
    struct arena *arena;
    struct template *template;
    struct unit *unit;
    struct lexer lexer;
    struct token token; /* the last one taken */
    struct err *err;
    int nesting;
    size_t loop_depth;
    struct {
        str *at;
        size_t len, cap;
    } bound; /* local names in force, for template_names */
    struct {
        struct cycle *at;
        size_t len, cap;
    } cycles;
    bool any_tag;
};

/* Fails at the last token; false. */
bool compiler_fail(struct compiler *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds an instruction; its address. */
uint32_t compiler_emit(struct compiler *c, enum op op, size_t arg);
/* Adds a jump for where the condition that was compiled from start on is false; its address. */
uint32_t compiler_jump_unless(struct compiler *c, uint32_t start);
/* Makes the jump at address lead to here. */
void compiler_land(struct compiler *c, uint32_t address);
uint32_t compiler_here(const struct compiler *c);

/* Has template_names tell of a name. */
void compiler_remember(struct compiler *c, str name);

void compiler_constant(struct compiler *c, struct value value);
/* Pops into a name, bound until the scope ends. */
void compiler_set(struct compiler *c, enum op op, str name);
/* A call with that many arguments on the stack; its index. */
uint32_t compiler_call(struct compiler *c, struct call call);
size_t compiler_slot(struct compiler *c);

/* The value of an expression with filters. or_none: an unknown name is None, as conditions and loops want. */
bool compile_expression(struct compiler *c, str text, bool or_none);
/* Filters behind what is on the stack: « |upper|cut:"x" ». */
bool compile_filters(struct compiler *c, str text);
/* Texts and {{ }} alone, as translations have: up to one of the tags named in ends. */
bool compile_flat_body(struct compiler *c, const char *opener, const char *ends, bool trimmed);
/* Passes over all up to a tag. */
bool compile_skip(struct compiler *c, const char *opener, str end);
/* « … as name » at the end of words: cuts it off. */
bool compiler_takes_as(struct words *words, str *name);
/* The value on the stack is printed, or kept under a name where there is one. */
void compiler_print_or_assign(struct compiler *c, str name);
/* The same, but what is kept is what would have been printed: a text, escaped. */
void compiler_print_or_assign_printed(struct compiler *c, str name);
/* The expression of {% if %}, cut in words. */
bool compile_condition(struct compiler *c, const struct words *words, size_t from);
/* « a=b » of a tag: the name, and the expression's text. */
bool compiler_assignment(str word, str *name, str *expression);
/* A quoted literal: its content. */
bool compiler_literal(struct arena *arena, str word, str *out);
bool is_name(str text);

/* Compiles up to one of the tags named in ends (separated by blanks), which is left in c->token; NULL: to the end. */
bool compile_body(struct compiler *c, const char *opener, const char *ends);

/* The unit of another text by its name; *out is NULL where the loader has none. */
bool compile_other(struct compiler *c, str name, struct unit **out);

typedef bool tag_fn(struct compiler *c, const struct words *words);

struct tag {
    const char *name;
    tag_fn *compile;
    bool is_long;                       /* its words are not values on the stack: any number */
    const char *what, *example, *gives; /* for the reference, as in struct filter */
};

struct tag_table {
    const char *title; /* of the reference */
    const struct tag *at;
    size_t len;
};

/* {% block_value %} (tags_block.c). */
tag_fn compile_block_value;

extern const struct tag_table tags_flow, tags_scope, tags_text, tags_language, tags_pages, tags_project, tags_wcs;
/* All of them, one table a file; ends with NULL. */
extern const struct tag_table *const tag_tables[];
const struct tag *tag_find(str name);

#endif
