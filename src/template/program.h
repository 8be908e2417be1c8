/* program: what a text compiles to. A unit is one text: code for the machine, with its tables. Private to template. */
#ifndef GUICHET_TEMPLATE_PROGRAM_H
#define GUICHET_TEMPLATE_PROGRAM_H

#include "template/template.h"

/* arg is an index of the table that the comment names, or an address in the code. */
enum op {
    OP_TEXT,         /* texts: prints it as it is */
    OP_LOAD,         /* paths: pushes what it names, undefined where nothing */
    OP_LOAD_OR_NONE, /* paths: the same with None where nothing, as in a condition */
    OP_LOAD_LOOP,    /* enum loop_member of the innermost loop */
    OP_CONST,        /* constants */
    OP_FILTER,       /* filters: pops the argument if there is one, then the value; pushes the result */
    OP_PRINT,        /* pops and prints, escaped where escaping is on */
    OP_PRINT_PATH,   /* paths: OP_LOAD and OP_PRINT */
    OP_JUMP,         /* address */
    OP_JUMP_FALSE,   /* address; pops */
    OP_TEST,         /* paths: OP_LOAD_OR_NONE and the OP_JUMP_FALSE that stands behind it */
    OP_TEST_NOT,     /* the same, where the name must be false */
    OP_AND,          /* address: if the top is false, makes it False and jumps, else pops it */
    OP_OR,           /* address: if the top is true, makes it True and jumps, else pops it */
    OP_FIRST,        /* address: if the top is true, jumps, else pops it */
    OP_TRUTH,        /* makes the top a boolean */
    OP_NOT,
    OP_COMPARE,    /* enum comparison; pops two, pushes a boolean */
    OP_FOR,        /* loops: pops what to go through */
    OP_FOR_NEXT,   /* loops */
    OP_SCOPE,      /* the names that are set from here on … */
    OP_SCOPE_END,  /* … end here */
    OP_SET,        /* names: pops, binds it in this scope */
    OP_ASSIGN,     /* names: pops, binds it or changes it where this scope has it */
    OP_CAPTURE,    /* what is printed from here on … */
    OP_CAPTURED,   /* … is taken back and pushed as safe HTML */
    OP_ESCAPE,     /* arg: escaping on or off until … */
    OP_ESCAPE_END, /* … here */
    OP_CALL,       /* calls: pops its arguments, pushes its result */
    OP_BLOCK,      /* blocks: runs the youngest block of that name */
    OP_INCLUDE,    /* includes: pops the name, then the values of its names */
    OP_EXTENDS,    /* units or none: pops the parent's name where none; runs it in place of this unit */
    OP_END,
};

enum comparison {
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_LT,
    COMPARE_LE,
    COMPARE_GT,
    COMPARE_GE,
    COMPARE_IN,
    COMPARE_NOT_IN,
    COMPARE_IS,
    COMPARE_IS_NOT
};

enum loop_member {
    LOOP_COUNTER,
    LOOP_COUNTER0,
    LOOP_REVCOUNTER,
    LOOP_REVCOUNTER0,
    LOOP_FIRST,
    LOOP_LAST,
    LOOP_MEMBERS
};

enum {
    STACK_LEAST = 8,     /* values on the stack beside a tag's own: an expression needs four at the most */
    ARGUMENTS_MOST = 48, /* values that one tag may push */
    NESTING_MOST = 100,  /* tags in tags, and templates in templates */
};

struct instruction {
    uint32_t op;
    uint32_t arg;
};

struct hashed_name {
    str text;
    uint64_t hash; /* map_hash */
};

/* Where the code from an address on comes from: a tag of the text. */
struct origin {
    uint32_t address;
    int line, column;
};

/* form_var_x.y: the first part is looked for among the local names, then in the scope. */
struct path {
    str whole;
    struct hashed_name head;
    struct hashed_name *parts; /* behind the head */
    size_t part_count;
};

struct filter_use {
    const struct filter *filter; /* NULL: nobody knows it */
    str name;
    bool has_argument;
    int line, column;
};

struct loop_info {
    struct hashed_name *names;
    size_t name_count;
    bool reversed;
    uint32_t body, otherwise; /* addresses */
};

struct machine;

/* What a tag does beyond the operations above: data is the tag's own, slot its state in this rendering. */
struct call {
    struct value (*fn)(struct machine *machine, const struct value *args, const struct call *call);
    const void *data;
    size_t argument_count;
    size_t slot;
    int line, column;
    bool may_raise; /* looks itself whether its arguments could be computed */
};

struct block {
    str name;
    uint32_t address;
};

struct include {
    struct unit *unit; /* NULL: by the name on the stack */
    struct hashed_name *names;
    size_t name_count;
    bool only; /* sees nothing but its names */
};

struct parent { /* what a text extends */
    struct unit *unit;
};

struct unit {
    str name;
    struct {
        struct instruction *at;
        size_t len, cap;
    } code;
    struct {
        struct origin *at;
        size_t len, cap;
    } origins; /* in order of address */
    struct {
        str *at;
        size_t len, cap;
    } texts;
    struct {
        struct value *at;
        size_t len, cap;
    } constants;
    struct {
        struct path *at;
        size_t len, cap;
    } paths;
    struct {
        struct filter_use *at;
        size_t len, cap;
    } filters;
    struct {
        struct hashed_name *at;
        size_t len, cap;
    } names;
    struct {
        struct loop_info *at;
        size_t len, cap;
    } loops;
    struct {
        struct call *at;
        size_t len, cap;
    } calls;
    struct {
        struct block *at;
        size_t len, cap;
    } blocks;
    struct {
        struct include *at;
        size_t len, cap;
    } includes;
    struct {
        struct parent *at;
        size_t len, cap;
    } parents;
    size_t stack_most;   /* values on the stack of one run */
    size_t slot_count;   /* states of cycle and ifchanged */
    size_t usual_length; /* of what it renders, where each text and value is shown once */
};

struct template
{
    struct template_settings settings;
    struct unit *unit;
    bool is_constant;
    str constant;
    struct {
        struct template_name *at;
        size_t len, cap;
    } names;
    struct {
        struct template_unknown *at;
        size_t len, cap;
    } unknowns;
    struct map units; /* by name: includes that go round in circles share them */
};

struct hashed_name program_name(str text);

/* Whether the blanks at both ends of what it renders are taken off. */
static inline bool program_is_stripped(const struct template *template)
{
    return template->settings.kind == TEMPLATE_TEXT && !template->settings.keep_ends;
}

#endif
