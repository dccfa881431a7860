/* Tries. The difficulty is an answer that got lost: the same Idempotency-Key goes with every try,
 * and what has none and must not happen twice is not asked again. */
#include "ctl/ask.h"

#include <time.h>

#include "base/crypt.h"
#include "ctl/refusal.h"

const char *ask_key(struct arena *arena)
{
    unsigned char bytes[16];
    crypt_random(bytes, sizeof(bytes));
    return crypt_base32(arena, bytes, sizeof(bytes));
}

int ask_code(int status)
{
    if (status == 404)
        return EXIT_NOTHING;
    if (status >= 400 && status < 500)
        return EXIT_REFUSED;
    return status >= 200 && status < 400 ? EXIT_OK : EXIT_SERVER;
}

static bool worth_trying(const struct http_request *request, const struct http_answer *answer)
{
    switch (answer->status) {
    case 0:
        return answer->written == 0 && (!request->once || !answer->sent);
    case 429:
    case 503:
        return true; /* said before anything was done */
    case 502:
    case 504:
        return !request->once; /* a proxy's word: the server may have done it */
    default:
        return false;
    }
}

/* Doubles with every try and varies by a quarter, so that many clients do not come back at once. */
static int64_t pause_ms(int64_t tried, const struct http_answer *answer)
{
    int64_t pause = (int64_t)ASK_PAUSE_MS << (tried < 8 ? tried : 8);
    unsigned char dice;
    crypt_random(&dice, sizeof(dice));
    pause += pause * (dice - 128) / 512;
    if (pause < answer->retry_after * 1000)
        pause = answer->retry_after * 1000;
    return pause < ASK_PAUSE_MAX_MS ? pause : ASK_PAUSE_MAX_MS;
}

static void rest(const struct ctl *ctl, int64_t tried, const struct http_answer *answer)
{
    int64_t ms = pause_ms(tried, answer);
    if (!ctl->quiet && answer->status == 0)
        ctl_say("%s: %s; trying again in %.1f s", http_url(ctl->http), answer->trouble,
                (double)ms / 1000);
    else if (!ctl->quiet)
        ctl_say("%d from the server; trying again in %.1f s", answer->status, (double)ms / 1000);
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static int end(const struct ctl *ctl, const struct http_request *request,
               const struct http_answer *answer)
{
    int code = answer->status == 0 ? EXIT_SERVER : ask_code(answer->status);
    if (answer->status == 0 && answer->written > 0)
        ctl_say("the answer broke off after %lld bytes and is not whole: %s",
                (long long)answer->written, answer->trouble);
    else if (answer->status == 0)
        ctl_say("cannot reach %s: %s", http_url(ctl->http), answer->trouble);
    else if (code != EXIT_OK && !(answer->status == 422 && request->own_422)) {
        refusal_say(answer, NULL);
        if (ctl->json)
            ctl_print(answer->body);
    }
    if (answer->status == 401 && !ctl->has_key)
        ctl_say("no key was given: see --key-file, WHISTLED_KEY_FILE and WHISTLED_KEY");
    return code;
}

int ask(struct ctl *ctl, const struct http_request *request, struct arena *arena,
        struct http_answer *ret_answer)
{
    for (int64_t tried = 0;; tried++) {
        http_send(ctl->http, request, arena, ret_answer);
        if (tried >= ctl->retries || !worth_trying(request, ret_answer))
            return end(ctl, request, ret_answer);
        rest(ctl, tried, ret_answer);
    }
}

int ask_get(struct ctl *ctl, const char *path, struct arena *arena, struct http_answer *ret_answer)
{
    return ask(ctl, &(struct http_request){.method = "GET", .path = path}, arena, ret_answer);
}
