/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_help.c - the commands, their options, and what they say of themselves
 */

#include "vmnctl.h"

#include "config.h"

const char vmnctl_help_head[] =
    "usage: vmnctl [-f FILE | --db FILE] COMMAND [OPTION]... [ARGUMENT]...\n"
    "\n"
    "The virtual numbers of a sigtran-box, their owners, and its nodes.\n"
    "\n";

const char vmnctl_help_tail[] =
    "\n"
    "  -f FILE    the box's configuration (" SIGTRAN_BOX_CONF ")\n"
    "  --db FILE  a register in SQLite, without a configuration\n"
    "\n"
    "vmnctl COMMAND --help tells more. Exit status: 0 done, 1 not found or\n"
    "failed, 2 wrong usage. See vmnctl(8).\n";

#define VALUES                                                                 \
    "  --imsi IMSI         6 to 15 digits; in a range that of the first "      \
    "number\n"                                                                 \
    "  --imsi-mode MODE    correlation: made for each question\n"              \
    "  --network ID        of the configuration; default: its first\n"         \
    "  --status STATUS     active, barred, absent or no-sms\n"                 \
    "  --route ID          the group = route; default: by vmn-prefix\n"        \
    "  --owner NAME        see `vmnctl owner'\n"                               \
    "  --rate N            questions a minute; 0: no limit\n"                  \
    "  --valid-from TIME   as 2026-11-24T10:00:00Z (UTC), or a day\n"          \
    "  --valid-to TIME     it is valid until just before\n"                    \
    "  --note TEXT         for people\n"

#define CONDITIONS                                                             \
    "  --prefix DIGITS     numbers that begin so\n"                            \
    "  --network ID, --status STATUS, --route ID, --owner NAME\n"              \
    "  --limit N           not more rows than this\n"

enum { TWO = 2 };

const struct vmnctl_command vmnctl_commands[] = {
    { "add", NULL, "insroqvtmNR", 1, TWO, MAKE_REG, vmnctl_numbers, vmnctl_add,
      "add [VALUE]... [--replace] NUMBER [LAST]",
      "A number, or all from NUMBER to LAST. --replace: in place of what is\n"
      "there.\n\n" VALUES },
    { "change", NULL, "insroqvtmN", 1, TWO, OPEN_REG, vmnctl_numbers,
      vmnctl_change, "change VALUE... NUMBER [LAST]",
      "What is given of a number or a range; the rest stays.\n\n" VALUES },
    { "del", NULL, "", 1, TWO, OPEN_REG, vmnctl_numbers, vmnctl_del,
      "del NUMBER [LAST]",
      "Take a number or a range out; a range only as it was put in." },
    { "show", NULL, "ij", 0, 1, OPEN_REG, vmnctl_show_check, vmnctl_show,
      "show NUMBER | --imsi IMSI [--json]",
      "The row that counts for a number, or for the number with this IMSI." },
    { "list", NULL, "nsroplijc", 0, 0, OPEN_REG, NULL, vmnctl_list,
      "list [CONDITION]... [--json | --csv]",
      "The rows that agree with every condition, by number.\n\n" CONDITIONS
      "  --imsi IMSI         the rows that name it or count up to it\n" },
    { "import", NULL, "Rdua", 0, 1, MAKE_REG, vmnctl_import_check,
      vmnctl_import, "import [--replace] [--dry-run] FILE.csv",
      "All rows of the file (- is standard input), or none. The first line\n"
      "names the columns: number, or first and last; imsi, network, status,\n"
      "route, owner, rate, valid-from, valid-to, imsi-mode, note.\n\n"
      "  --replace           in place of the rows that are there\n"
      "  --dry-run           only look whether it could be done\n"
      "  --resume            go on with an import that was broken off\n"
      "  --abort             take out what it had put in\n" },
    { "export", NULL, "nsropl", 0, 1, OPEN_REG, NULL, vmnctl_export,
      "export [CONDITION]... [FILE.csv]",
      "What `import' reads, to the file or to standard "
      "output.\n\n" CONDITIONS },
    { "check", NULL, "", 0, 0, OPEN_REG, NULL, vmnctl_check, "check",
      "Load the register as the box does, and tell what it could not use." },
    { "explain", NULL, "nSj", 1, 1, OPEN_REG, vmnctl_numbers, vmnctl_explain,
      "explain [--network ID] [--sc SC] [--json] NUMBER",
      "What the box does with a question for this number, and with a message\n"
      "that follows, from the global title to the box.\n\n"
      "  --network ID        where it comes from; default: the number's\n"
      "  --sc SC             the service centre that asks\n" },
    { "owner", "add", "N", 1, 1, MAKE_REG, vmnctl_owner_name, vmnctl_owner_add,
      "owner add [--note TEXT] NAME",
      "Whom numbers belong to. An owner that is there gets another note." },
    { "owner", "del", "", 1, 1, OPEN_REG, vmnctl_owner_name, vmnctl_owner_del,
      "owner del NAME", "Refused while numbers are his." },
    { "owner", "list", "j", 0, 0, OPEN_REG, NULL, vmnctl_owner_list,
      "owner list [--json]", "All of them, by name." },
    { "node", "list", "j", 0, 0, OPEN_REG, NULL, vmnctl_node_list,
      "node list [--json]", "The boxes on this register, and how they are." },
    { "node", "drain", "", 1, 1, OPEN_REG, vmnctl_node_name, vmnctl_node_drain,
      "node drain ID", "No answer names it any more; it takes what comes." },
    { "node", "undrain", "", 1, 1, OPEN_REG, vmnctl_node_name,
      vmnctl_node_drain, "node undrain ID", "Answers name it again." },
    { "node", "weight", "", TWO, TWO, OPEN_REG, vmnctl_node_name,
      vmnctl_node_weight, "node weight ID N",
      "Its share of the numbers, 0 to 1000: 100 is what a node begins with." },
    { "node", "del", "", 1, 1, OPEN_REG, vmnctl_node_name, vmnctl_node_del,
      "node del ID", "One that is gone for good; a living one comes back." },
    { "key", "roll", "", 0, 0, OPEN_REG, NULL, vmnctl_key_roll, "key roll",
      "A new key for correlation IMSIs. The two before it still read." },
    { "key", "list", "j", 0, 0, OPEN_REG, NULL, vmnctl_key_list,
      "key list [--json]", "When they were made; keys themselves are secret." },
    { "waiting", "list", "rSlj", 0, 1, OPEN_REG, vmnctl_waiting_check,
      vmnctl_waiting_list,
      "waiting list [--route ID] [--sc SC] [--limit N] [--json] [NUMBER]",
      "Service centres that will be alerted when the number's route has an\n"
      "application again." },
    { "waiting", "del", "rS", 0, 1, OPEN_REG, vmnctl_waiting_check,
      vmnctl_waiting_del, "waiting del [--route ID] [--sc SC] [NUMBER]",
      "Take them off the list, without an alert." },
    { "account", "add", "WR", 1, VMNCTL_ARGS, MAKE_REG, vmnctl_account_check,
      vmnctl_account_add,
      "account add [--replace] [--password-file FILE] NAME [KEY=VALUE]...",
      "An account of smppbox with accounts = database: NAME is its system-id, "
      "and\n"
      "KEY one of a group smpp-account, see smppbox.conf(5). The password is "
      "a\n"
      "line of FILE, or of standard input, or it is asked for; only its hash "
      "is\n"
      "kept." },
    { "account", "change", "wW", 1, VMNCTL_ARGS, OPEN_REG, vmnctl_account_check,
      vmnctl_account_change,
      "account change [--password | --password-file FILE] NAME [KEY=VALUE]...",
      "What is given of it; KEY= takes a key away. Who is bound has to bind "
      "again." },
    { "account", "del", "", 1, 1, OPEN_REG, vmnctl_account_check,
      vmnctl_account_del, "account del NAME",
      "Who is bound to it is sent away." },
    { "account", "list", "j", 0, 1, OPEN_REG, NULL, vmnctl_account_list,
      "account list [--json] [NAME]", "All of them, without passwords." },
    { "migrate", NULL, "d", 0, 0, NO_REG, NULL, vmnctl_migrate,
      "migrate [--dry-run]",
      "Bring the tables of the register to the version of this program." },
    { NULL, NULL, NULL, 0, 0, NO_REG, NULL, NULL, NULL, NULL },
};
