/* What receivers answer and what admins register, of any bytes: a robot's answer is 0 only where an
 * errcode 0 stands in it; an address that is taken begins with https://, names no user and no host
 * that a resolver would read as another number; a template that is taken can be filled in; a body
 * for a robot is JSON that fits. */
#include <string.h>

#include "fuzz.h"
#include "wire/node.h"
#include "wire/notice_json.h"
#include "wire/url.h"

static void check_answer(struct slice body, struct arena *arena)
{
    if (robot_code(body, arena) == 0)
        CHECK(memmem(body.at, body.size, "errcode", 7) != NULL ||
              memmem(body.at, body.size, "\\u", 2) != NULL);
}

static void check_url(const char *url, struct arena *arena)
{
    struct error err = {.arena = arena};
    struct sockaddr_storage address;
    if (!url_check(url, false, NULL, "/url", &err)) {
        CHECK(err.count == 1);
        return;
    }
    CHECK(text_starts(url, "https://") && strchr(url, '#') == NULL);
    const char *host = url + strlen("https://");
    size_t size = strcspn(host, "/?:");
    const char *plain = arena_bytes(arena, host, size);
    CHECK(strchr(plain, '@') == NULL);
    const char *last = strrchr(plain, '.') == NULL ? plain : strrchr(plain, '.') + 1;
    if (*last >= '0' &&
        *last <= '9') /* what ends in a number is one (URL Standard, host parsing) */
        CHECK(address_parse(plain, &address));
    if (address_parse(plain, &address))
        CHECK(address_reachable(NULL, (const struct sockaddr *)&address));
}

static void check_robot(const char *text, struct arena *arena)
{
    struct error err = {.arena = arena};
    struct node *root;
    struct slice body = message_write(&(struct message){.items = text}, &adapters[1], arena);
    CHECK(node_parse(body, arena, &root, &err));
    const struct node *content = node_member(node_member(root, "text"), "content");
    CHECK(content != NULL && content->type == NODE_TEXT);
    CHECK(strlen(text) <= (size_t)adapters[1].text_limit || strstr(content->text, "（共") != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new();
    struct error err = {.arena = arena};
    const char *text = arena_bytes(arena, bytes, size);
    check_answer((struct slice){(const char *)bytes, size}, arena);
    check_url(text, arena);
    check_robot(text, arena);
    struct address_list list;
    CHECK(address_list_read(text, "/allow", arena, &list, &err) == error_none(&err));
    struct error template_err = {.arena = arena};
    CHECK(template_check(text, "/template", &template_err) == error_none(&template_err));
    arena_free(arena);
    return 0;
}
