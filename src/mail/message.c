/* A message as SMTP carries it: headers by RFC 5322, words beyond ASCII by RFC 2047, bodies in base64 (RFC 2045). */
#include "mail/mail.h"

#include "base/base64.h"

#include <string.h>

enum { MESSAGE_MOST = (8 << 20) + MAIL_FILES_MOST * 3 / 2, WORD_BYTES = 45, NAME_MOST = 100 };

static bool is_plain(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || (unsigned char)text.ptr[i] > 0x7E)
            return false;
    return text.len < 60 && !str_contains(text, STR("=?"));
}

/* Encoded words of at most 75 signs, cut between characters, one a line. */
static void add_words(struct buf *out, str text)
{
    for (size_t from = 0; from < text.len;) {
        size_t to = from + WORD_BYTES < text.len ? from + WORD_BYTES : text.len;
        while (to < text.len && ((unsigned char)text.ptr[to] & 0xC0) == 0x80)
            to--;
        if (from > 0)
            buf_add(out, STR("\r\n "));
        str word = base64_encode(out->arena, str_slice(text, from, to));
        buf_fmt(out, "=?UTF-8?B?%.*s?=", STR_ARG(word));
        from = to;
    }
}

/* No control character reaches a header: a line break there would be another header. */
static str one_line(struct arena *arena, str text)
{
    char *out = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] = (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F ? ' ' : text.ptr[i];
    return str_trim((str){out, text.len});
}

static void add_header(struct buf *out, const char *name, str text)
{
    text = one_line(out->arena, text);
    if (text.len == 0)
        return;
    buf_fmt(out, "%s: ", name);
    if (is_plain(text))
        buf_add(out, text);
    else
        add_words(out, text);
    buf_add(out, STR("\r\n"));
}

static void add_address(struct buf *out, const char *header, str name, str address)
{
    address = one_line(out->arena, address);
    if (address.len == 0)
        return;
    name = str_replace(out->arena, one_line(out->arena, name), STR("\""), STR(""));
    buf_fmt(out, "%s: ", header);
    if (name.len > 0 && is_plain(name))
        buf_fmt(out, "\"%.*s\" ", STR_ARG(str_replace(out->arena, name, STR("\\"), STR(""))));
    else if (name.len > 0) {
        add_words(out, name);
        buf_add(out, STR("\r\n "));
    }
    buf_fmt(out, "<%.*s>\r\n", STR_ARG(address));
}

static void add_date(struct buf *out, instant at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct datetime utc = datetime_utc(at);
    buf_fmt(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[date_weekday(utc.date)], utc.date.day,
            months[utc.date.month - 1], utc.date.year, utc.hour, utc.minute, utc.second);
}

static void add_bytes(struct buf *out, str bytes)
{
    buf_add(out, STR("Content-Transfer-Encoding: base64\r\n\r\n"));
    str encoded = base64_encode(out->arena, bytes);
    for (size_t from = 0; from < encoded.len; from += 76) {
        buf_add(out, str_slice(encoded, from, from + 76));
        buf_add(out, STR("\r\n"));
    }
}

static void add_body(struct buf *out, const char *type, str text)
{
    buf_fmt(out, "Content-Type: text/%s; charset=utf-8\r\n", type);
    add_bytes(out, text);
}

/* What the file is, where that is a media type that base 64 may carry (RFC 2045 §6.4: none that is made of parts). */
static str media_type(str type)
{
    static const str unknown = STR_INIT("application/octet-stream");
    size_t slashes = 0;
    for (size_t i = 0; i < type.len; i++) {
        char c = type.ptr[i];
        bool is_sign = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                       c == '.' || c == '+' || c == '-' || c == '_';
        if (!is_sign)
            return unknown;
        slashes += c == '/';
    }
    bool is_made_of_parts = str_starts(type, STR("multipart/")) || str_starts(type, STR("message/"));
    return slashes != 1 || type.len > NAME_MOST || is_made_of_parts ? unknown : type;
}

/* RFC 2231 where the name is more than ASCII. The end of a long name is kept: it says what the file is. */
static void add_file_name(struct buf *out, str name)
{
    size_t length = utf8_length(name);
    name = one_line(out->arena, utf8_slice(name, length > NAME_MOST ? length - NAME_MOST : 0, length));
    if (is_plain(name) && !str_contains(name, STR("\"")) && !str_contains(name, STR("\\"))) {
        buf_fmt(out, " filename=\"%.*s\"\r\n", STR_ARG(name));
        return;
    }
    buf_add(out, STR(" filename*=UTF-8''"));
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool is_free =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (is_free)
            buf_add_char(out, (char)c);
        else
            buf_fmt(out, "%%%02X", c);
    }
    buf_add(out, STR("\r\n"));
}

static void add_file(struct buf *out, const struct mail_file *file)
{
    buf_fmt(out, "Content-Type: %.*s\r\nContent-Disposition: attachment;\r\n", STR_ARG(media_type(file->type)));
    add_file_name(out, file->name.len > 0 ? file->name : STR("fichier"));
    add_bytes(out, file->bytes);
}

static void add_texts(struct buf *out, const struct mail_parts *parts, str boundary)
{
    buf_fmt(out, "Content-Type: multipart/alternative; boundary=\"%.*s\"\r\n\r\n--%.*s\r\n", STR_ARG(boundary),
            STR_ARG(boundary));
    add_body(out, "plain", parts->text);
    buf_fmt(out, "--%.*s\r\n", STR_ARG(boundary));
    add_body(out, "html", parts->html);
    buf_fmt(out, "--%.*s--\r\n", STR_ARG(boundary));
}

/* The texts, then each file (RFC 2046 §5.1.3). */
static void add_mixed(struct buf *out, const struct mail_parts *parts, str boundary)
{
    str around = str_fmt(out->arena, "%.*s-files", STR_ARG(boundary));
    buf_fmt(out, "Content-Type: multipart/mixed; boundary=\"%.*s\"\r\n\r\n--%.*s\r\n", STR_ARG(around),
            STR_ARG(around));
    add_texts(out, parts, boundary);
    for (size_t i = 0; i < parts->files.len; i++) {
        buf_fmt(out, "--%.*s\r\n", STR_ARG(around));
        add_file(out, &parts->files.at[i]);
    }
    buf_fmt(out, "--%.*s--\r\n", STR_ARG(around));
}

static str domain_of(str address)
{
    str local, domain;
    return str_cut(address, '@', &local, &domain) && domain.len > 0 ? domain : STR("localhost");
}

str mail_message(struct arena *arena, const struct mail *mail, const struct mail_parts *parts, str to, str id,
                 instant at)
{
    struct buf out = buf_new(arena, MESSAGE_MOST);
    add_address(&out, "From", mail->from_name, mail->from);
    add_address(&out, "To", STR_EMPTY, to);
    add_address(&out, "Reply-To", STR_EMPTY, mail->reply_to);
    add_header(&out, "Subject", mail->subject);
    add_date(&out, at);
    str domain = one_line(arena, domain_of(mail->from));
    buf_fmt(&out, "Message-ID: <%.*s@%.*s>\r\n", STR_ARG(id), STR_ARG(domain));
    buf_add(&out, STR("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"));
    str boundary = str_fmt(arena, "guichet-%.*s", STR_ARG(id));
    if (parts->files.len > 0)
        add_mixed(&out, parts, boundary);
    else
        add_texts(&out, parts, boundary);
    return buf_str(&out);
}
