/* From a filled document to a PDF, by LibreOffice. */
#include "models/models.h"

#include "base/child.h"
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The program itself: what /usr/bin has starts it as another process, which would outlive a time that is over. */
#define OFFICE "/usr/lib/libreoffice/program/soffice.bin"

#define OWN_FOLDER "office-"

enum { RUNS_MOST = 3, PRINTED = 4096, OLD_SECONDS = 3600 };

/* No macro, no link that is followed, no server that is asked, whatever a model says. */
static const char settings[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\">"
    "<item oor:path=\"/org.openoffice.Office.Common/Security/Scripting\">"
    "<prop oor:name=\"DisableMacrosExecution\" oor:op=\"fuse\"><value>true</value></prop></item>"
    "<item oor:path=\"/org.openoffice.Office.Common/Security/Scripting\">"
    "<prop oor:name=\"MacroSecurityLevel\" oor:op=\"fuse\"><value>3</value></prop></item>"
    "<item oor:path=\"/org.openoffice.Office.Common/Security/Scripting\">"
    "<prop oor:name=\"BlockUntrustedRefererLinks\" oor:op=\"fuse\"><value>true</value></prop></item>"
    "<item oor:path=\"/org.openoffice.Office.Writer/Content/Update\">"
    "<prop oor:name=\"Link\" oor:op=\"fuse\"><value>0</value></prop></item>"
    "<item oor:path=\"/org.openoffice.Inet/Settings\">"
    "<prop oor:name=\"ooInetProxyType\" oor:op=\"fuse\"><value>2</value></prop></item>"
    "<item oor:path=\"/org.openoffice.Inet/Settings\">"
    "<prop oor:name=\"ooInetHTTPProxyName\" oor:op=\"fuse\"><value>127.0.0.1</value></prop></item>"
    "<item oor:path=\"/org.openoffice.Inet/Settings\">"
    "<prop oor:name=\"ooInetHTTPProxyPort\" oor:op=\"fuse\"><value>9</value></prop></item>"
    "<item oor:path=\"/org.openoffice.Inet/Settings\">"
    "<prop oor:name=\"ooInetHTTPSProxyName\" oor:op=\"fuse\"><value>127.0.0.1</value></prop></item>"
    "<item oor:path=\"/org.openoffice.Inet/Settings\">"
    "<prop oor:name=\"ooInetHTTPSProxyPort\" oor:op=\"fuse\"><value>9</value></prop></item>"
    "</oor:items>\n";

static bool write_file(const char *path, str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && file_write_open(fd, bytes);
    return fd >= 0 && close(fd) == 0 && ok;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

/* Of the document's name: letters and digits are enough. */
static const char *end_of(struct arena *arena, str name)
{
    size_t from = name.len;
    while (from > 0 && name.ptr[from - 1] != '.')
        from--;
    str end = str_lower(arena, str_slice(name, from > 0 ? from : name.len, name.len));
    for (size_t i = 0; i < end.len; i++)
        if (!(end.ptr[i] >= 'a' && end.ptr[i] <= 'z'))
            return "odt";
    return end.len > 0 && end.len < 6 ? str_dup(arena, end).ptr : "odt";
}

static bool set_up(struct arena *arena, const char *folder, const char *document, str bytes)
{
    const char *profile = str_fmt(arena, "%s/profile", folder).ptr, *user = str_fmt(arena, "%s/user", profile).ptr;
    return mkdir(profile, 0700) == 0 && mkdir(user, 0700) == 0 &&
           write_file(str_fmt(arena, "%s/registrymodifications.xcu", user).ptr, str_of(settings)) &&
           write_file(document, bytes);
}

/* w.c.s. asks as many times: it starts again by itself where its profile is new, and now and then it only fails. */
static bool run(struct arena *arena, const char *folder, const char *document, const char *made)
{
    const char *const words[] = {
        OFFICE,
        str_fmt(arena, "-env:UserInstallation=file://%s/profile", folder).ptr,
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "pdf:writer_pdf_Export:{\"PDFUACompliance\":{\"type\":\"boolean\",\"value\":\"true\"}}",
        "--outdir",
        folder,
        document,
        NULL};
    char printed[PRINTED];
    int fd = open(document, O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < RUNS_MOST && fd >= 0 && access(made, R_OK) != 0; i++)
        child_run(words, fd, printed, sizeof printed);
    if (fd >= 0)
        close(fd);
    return access(made, R_OK) == 0;
}

/* What a process that was killed has left. */
static void remove_old(struct arena *arena, str folder)
{
    DIR *entries = opendir(str_z(arena, folder));
    struct stat about;
    for (struct dirent *entry = entries ? readdir(entries) : NULL; entry != NULL; entry = readdir(entries)) {
        const char *path = str_fmt(arena, "%.*s/%s", STR_ARG(folder), entry->d_name).ptr;
        if (str_starts(str_of(entry->d_name), STR(OWN_FOLDER)) && lstat(path, &about) == 0 &&
            about.st_mtime < time(NULL) - OLD_SECONDS)
            nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    }
    if (entries != NULL)
        closedir(entries);
}

static bool convert(struct arena *arena, const char *folder, str bytes, str name, str *pdf, struct err *err)
{
    static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER; /* each takes some hundred megabytes */
    const char *document = str_fmt(arena, "%s/document.%s", folder, end_of(arena, name)).ptr;
    const char *made = str_fmt(arena, "%s/document.pdf", folder).ptr;
    if (!set_up(arena, folder, document, bytes))
        return err_set(err, ERR_UNAVAILABLE, "Le document n’a pas pu être converti en PDF : la place manque.");
    pthread_mutex_lock(&alone);
    bool ok = run(arena, folder, document, made);
    pthread_mutex_unlock(&alone);
    if (!ok)
        return err_set(err, ERR_UNAVAILABLE, "Le document n’a pas été converti en PDF : LibreOffice a renoncé.");
    return file_read(arena, made, MODEL_FILLED_MOST, pdf, err);
}

bool model_to_pdf(struct arena *arena, str folder, str bytes, str name, str *pdf, struct err *err)
{
    str made = str_fmt(arena, "%.*s/" OWN_FOLDER "XXXXXX", STR_ARG(folder));
    char *own = arena_copy(arena, made.ptr, made.len + 1);
    if (access(OFFICE, X_OK) != 0)
        return err_set(
            err, ERR_UNSUPPORTED,
            "Le document n’est pas converti en PDF : LibreOffice n’est pas installé (libreoffice-writer-nogui).");
    remove_old(arena, folder);
    if (mkdtemp(own) == NULL)
        return err_set(err, ERR_UNAVAILABLE, "Le document n’a pas pu être converti en PDF : la place manque.");
    bool ok = convert(arena, own, bytes, name, pdf, err);
    nftw(own, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return ok;
}
