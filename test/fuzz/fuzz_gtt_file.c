/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_gtt_file.c - any octets at all, taken for a gtt-file
 *
 * What is accepted is a table: no more rules than lines, the same when it is
 * read again, and a title may be looked up and changed in it.
 */

#include "gw/conf.h"
#include "sigtran-box/gtt.h"

#include <gwlib/gwlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ss7_network net = { .id = "n", .n_pc = 1, .pc = { 1 } };

static void must(bool it_is_so)
{
    if (!it_is_so)
        abort();
}

/* One file for all inputs, without a name. */
static int begin(void)
{
    char name[] = "/tmp/fuzz_gtt_file.XXXXXX";
    int fd = mkstemp(name);

    must(fd >= 0 && unlink(name) == 0);
    gwlib_init();
    log_set_output_level(GW_PANIC);
    snprintf(net.gtt_file, sizeof(net.gtt_file), "/proc/self/fd/%d", fd);
    return fd;
}

static size_t lines(const uint8_t *data, size_t size)
{
    size_t n = 1;

    for (size_t i = 0; i < size; i++)
        n += data[i] == '\n';
    return n;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The digits of the input from `at' on. Returns where they end. */
static size_t title(const uint8_t *data, size_t size, size_t at,
                    struct sccp_gt *gt)
{
    size_t n = 0;

    *gt = (struct sccp_gt){ .gti = 4, .np = 1, .nai = 4 };
    for (; at < size && is_digit(data[at]) && n < SCCP_GT_DIGITS; at++)
        gt->digits[n++] = (char)data[at];
    return at;
}

static void look_up(const struct gtt *g, const struct sccp_gt *gt)
{
    struct sccp_gt changed = *gt;
    const struct gtt_rule *rule;
    bool nature;

    rule = gtt_find(g, gt, &nature);
    if (rule == NULL)
        return;
    must(!nature && rule->n_more <= GTT_MORE);
    must(rule->action == GTT_LOCAL || (rule->pc > 0 && rule->pc < 1 << 14));
    if (gtt_modify(rule, &changed))
        must(strlen(changed.digits) <= SCCP_GT_DIGITS);
    else
        must(memcmp(&changed, gt, sizeof(changed)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    struct gtt *g, *again;
    struct sccp_gt gt;

    if (fd < 0)
        fd = begin();
    must(ftruncate(fd, 0) == 0);
    must(pwrite(fd, data, size, 0) == (ssize_t)size);
    g = conf_gtt_read(&net);
    again = conf_gtt_read(&net);
    must((g == NULL) == (again == NULL));
    if (g == NULL)
        return 0;
    must(gtt_count(g) < lines(data, size));
    must(gtt_count(g) == gtt_count(again));
    for (size_t at = 0; at < size; at++)
        if (is_digit(data[at])) {
            at = title(data, size, at, &gt);
            look_up(g, &gt);
        }
    gtt_free(g);
    gtt_free(again);
    return 0;
}
