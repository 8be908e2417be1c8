#include "paper/paper.h"

#include "base/child.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static json_t *text_json(struct arena *arena, str text)
{
    struct buf out = buf_new(arena, text.len + 1);
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t sign = utf8_next(text, &at);
        if (sign == '\n' || (sign >= 0x20 && sign != 0x7F && (sign < 0x80 || sign > 0x9F)))
            buf_add(&out, str_slice(text, from, at));
    }
    return json_from_str(str_trim(buf_str(&out)));
}

void paper_begin(struct paper *paper, struct arena *arena, str title, str author, str footer)
{
    *paper = (struct paper){arena, json_keep(arena, json_object()), json_array(), NULL};
    json_set(paper->document, STR("blocks"), paper->blocks);
    json_set(paper->document, STR("title"), text_json(arena, title));
    json_set(paper->document, STR("author"), text_json(arena, author));
    json_set(paper->document, STR("footer"), text_json(arena, footer));
    json_set_str(paper->document, STR("lang"), STR("fr"));
}

void paper_add_text(struct paper *paper, const char *kind, str text)
{
    if (str_is_empty(str_trim(text)))
        return;
    json_t *block = json_object();
    json_set_str(block, STR("kind"), str_of(kind));
    json_set(block, STR("text"), text_json(paper->arena, text));
    json_array_append_new(paper->blocks, block);
    paper->items = NULL;
}

void paper_add_item(struct paper *paper, str label, str text)
{
    if (str_is_empty(str_trim(text)))
        return;
    if (paper->items == NULL) {
        json_t *block = json_object();
        paper->items = json_array();
        json_set_str(block, STR("kind"), STR("list"));
        json_set(block, STR("items"), paper->items);
        json_array_append_new(paper->blocks, block);
    }
    json_t *item = json_object();
    json_set(item, STR("label"), text_json(paper->arena, label));
    json_set(item, STR("text"), text_json(paper->arena, text));
    json_array_append_new(paper->items, item);
}

/* ---- By a program of its own, beside this one ---- */

static const char *maker_path(struct arena *arena)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    return str_fmt(arena, "%.*s-pdf", (int)(length > 0 ? length : 0), path).ptr;
}

int paper_print(const struct paper *paper, str folder, int64_t *size)
{
    char printed[64];
    struct stat facts;
    struct arena *arena = paper->arena;
    str document = json_text(arena, paper->document);
    const char *path = str_fmt(arena, "%.*s/upload-%.*s.pdf", STR_ARG(folder), STR_ARG(random_token(arena))).ptr;
    const char *const words[] = {maker_path(arena), CHILD_FILE, path, NULL};
    int input = memfd_create("paper", MFD_CLOEXEC), made = -1;
    if (input < 0)
        return -1;
    if (write(input, document.ptr, document.len) == (ssize_t)document.len &&
        child_run(words, input, printed, sizeof printed) == 0)
        made = open(path, O_RDONLY | O_CLOEXEC);
    close(input);
    unlink(path);
    if (made >= 0 && fstat(made, &facts) == 0)
        *size = facts.st_size;
    return made;
}
