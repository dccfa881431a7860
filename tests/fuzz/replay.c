/* Gives every file of a corpus to a fuzzer's entry, so that every test run covers what fuzzing
 * found; for compilers without a fuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return -1;
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(size); /* exactly as large, so that a sanitizer sees its end */
    if ((bytes == NULL && size > 0) || fread(bytes, 1, size, file) != size)
        return -1;
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return fclose(file);
}

int main(int count, char **arguments)
{
    int files = 0;
    DIR *folder = count == 2 ? opendir(arguments[1]) : NULL;
    if (folder == NULL) {
        fprintf(stderr, "usage: replay FOLDER\n");
        return 2;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (*entry->d_name == '.')
            continue;
        if (replay(arguments[1], entry->d_name) != 0) {
            perror(entry->d_name);
            return 1;
        }
        files++;
    }
    closedir(folder);
    printf("%d files\n", files);
    return files > 0 ? 0 : 1;
}
