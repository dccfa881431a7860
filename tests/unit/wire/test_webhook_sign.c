/* Signatures against values that others have published. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/calendar_file.h"
#include "wire/webhook_sign.h"

static struct slice slice(const char *text)
{
    return (struct slice){text, strlen(text)};
}

/* The vector of the reference libraries of Standard Webhooks. */
static void standard(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct webhook_secret secrets[] = {
        {"1", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
        {"2", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    };
    struct webhook webhook = {.secret_count = 1, .secrets = secrets};
    struct slice body = slice("{\"test\": 2432232314}");
    const char *id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    assert_string_equal(sign_standard(&webhook, id, 1614265330, body, arena),
                        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    webhook.secret_count = 2;
    const char *both = sign_standard(&webhook, id, 1614265330, body, arena);
    assert_true(text_starts(both, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,"));
    webhook.secret_count = 1;
    assert_string_not_equal(sign_standard(&webhook, id, 1614265331, body, arena),
                            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

static void dingtalk(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_drop) = arena_new();
    struct webhook_secret secret = {"1", "SEC0"};
    struct webhook webhook = {.url = "https://x/robot/send?access_token=t"};
    struct instant now = at("2021-02-25T15:15:30Z");
    assert_string_equal(sign_dingtalk(&webhook, now, arena), webhook.url);
    webhook.secrets = &secret;
    webhook.secret_count = 1;
    const char *url = sign_dingtalk(&webhook, now, arena);
    assert_true(
        text_starts(url, "https://x/robot/send?access_token=t&timestamp=1614266130000&sign="));
    assert_null(strpbrk(strstr(url, "&sign=") + strlen("&sign="), "+/="));
    webhook.url = "https://x/robot/send";
    assert_non_null(strstr(sign_dingtalk(&webhook, now, arena), "send?timestamp="));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(standard), cmocka_unit_test(dingtalk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
