/* Replays a fuzz target on the inputs that are kept for it (SEEDS): what was once mended stays mended. Prints TAP. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MOST = 1 << 20 };

static void replay(const char *path)
{
    static uint8_t bytes[INPUT_MOST];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        exit(1);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    uint8_t *exact = malloc(size + 1); /* so that a byte read too far is seen */
    if (exact == NULL)
        abort();
    memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

int main(void)
{
    struct dirent **names;
    int count = scandir(SEEDS, &names, NULL, alphasort), number = 0;
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", SEEDS, names[i]->d_name);
        if (names[i]->d_name[0] != '.') {
            fflush(stdout);
            replay(path);
            printf("ok %d - %s\n", ++number, names[i]->d_name);
        }
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    printf("1..%d\n", number);
    return number == 0;
}
