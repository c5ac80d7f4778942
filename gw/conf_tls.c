/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_tls.c - certificate and key of a TLS port
 */

#include "conf_part.h"
#include "crypto.h"

static const char cert_key[] = "ssl-server-cert-file";
static const char key_key[] = "ssl-server-key-file";

void conf_get_tls(struct conf_group *g, char cert[256], char key[256])
{
    conf_get_file(g, cert_key, cert, 256);
    conf_get_file(g, key_key, key, 256);
}

void conf_need_tls(struct conf_group *g, const char *why)
{
    if (!conf_has(g, cert_key))
        conf_missing(g, cert_key, why);
    if (!conf_has(g, key_key))
        conf_missing(g, key_key, why);
}

void conf_check_tls(struct conf_group *g, const char *cert, const char *key)
{
    if (cert[0] == '\0' || key[0] == '\0')
        return;
    /* gwlib would panic */
    if (!crypto_cert(cert))
        conf_bad(g, cert_key, "is not a certificate in PEM form");
    else if (!crypto_key(cert, key))
        conf_bad(
            g, key_key,
            "is not the certificate's key in PEM form, without a passphrase");
}
